/* SPDX-License-Identifier: ISC */
/*
 * muc.c - the service as its host program sees it: turns, input, output, time
 */
#include "muc_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/xml_parse.h"
#include "dispatch.h"
#include "feature.h"
#include "room/ban.h"
#include "room/console.h"
#include "room/held.h"
#include "room/import.h"
#include "room/naming.h"
#include "room/sorted.h"
#include "room/fence.h"

enum {
	TURN_ARENA = 8 << 20, /* bytes of trees that end a turn */
};

/* All maps of a process share one key: a second service must not change it under the first one's. */
static void
seed_maps(const struct muc_host *host)
{
	static bool seeded;
	uint8_t seed[16];

	if (seeded)
		return;
	host->random(host->arg, seed, sizeof(seed));
	map_seed(seed);
	seeded = true;
}

struct muc *
muc_new(const struct muc_host *host, const struct muc_conf *conf, struct muc_now now,
    enum muc_error *error)
{
	struct muc *m = mem_alloc(sizeof(*m));
	struct service *s = &m->s;

	m->host = *host;
	s->host = &m->host;
	s->store = host->store;
	s->now = now;
	seed_maps(host);
	features_init();
	s->arena = arena_new();
	TAILQ_INIT(&s->consoles);
	TAILQ_INIT(&s->sorted);
	TAILQ_INIT(&s->busy);
	TAILQ_INIT(&s->idle);
	TAILQ_INIT(&s->left_sessions);
	TAILQ_INIT(&s->left_occupants);
	TAILQ_INIT(&s->user_order);
	TAILQ_INIT(&s->late);
	TAILQ_INIT(&s->seen);
	TAILQ_INIT(&s->bans.exact);
	TAILQ_INIT(&s->bans.patterns);
	TAILQ_INIT(&s->lookups);
	TAILQ_INIT(&m->late_order);
	RB_INIT(&s->doubts);
	relay_init(&s->relay);
	RB_INIT(&s->locks);
	RB_INIT(&s->archives.held);
	TAILQ_INIT(&s->archives.changed);
	s->started_ms = now.mono_ms;
	fence_secret_make(s);
	config_init(&s->defaults);
	config_init(&s->force.config);
	*error = muc_reload(m, conf);
	if (*error == MUC_OK)
		*error = service_load(s);
	if (*error != MUC_OK) {
		muc_free(m);
		return NULL;
	}
	return m;
}

void
muc_free(struct muc *m)
{
	struct service *s;

	if (m == NULL)
		return;
	s = &m->s;
	while (!TAILQ_EMPTY(&m->late_order))
		late_free(m, TAILQ_FIRST(&m->late_order));
	map_release(&m->lates);
	while (!TAILQ_EMPTY(&s->busy))
		room_free(TAILQ_FIRST(&s->busy));
	rooms_sweep(s);
	map_release(&s->rooms);
	relay_release(&s->relay);
	lookups_free(s);
	users_free(s);
	bans_free(s);
	askers_free(s);
	errands_free(s);
	naming_free(s);
	sorted_free(s);
	muc_conf_forget(m);
	for (unsigned i = 0; i < s->ndomains; i++)
		out_release(&s->out[i]);
	free(s->out);
	buf_release(&s->written);
	arena_free(s->arena);
	free(m);
}

/* Every session of the domain's rooms may have gone without our hearing of it. */
static void
doubt_domain(struct service *s, unsigned domain)
{
	struct room *r;
	struct occupant *o;
	struct session *x;

	TAILQ_FOREACH (r, &s->busy, entry)
		if (r->domain_no == domain)
			TAILQ_FOREACH (o, &r->occupants, entry)
				TAILQ_FOREACH (x, &o->sessions, entry)
					features_doubt(s, x);
}

/* What lies in the arena is gone. */
static void
forget_turn(struct service *s)
{
	standing_forget(s);
	RB_INIT(&s->archives.held);
	arena_reset(s->arena);
}

int
muc_domain_add(struct muc *m, const char *domain)
{
	struct service *s = &m->s;
	unsigned no = s->ndomains++;
	bool good;

	s->out = mem_realloc(s->out, s->ndomains * sizeof(*s->out));
	memset(&s->out[no], 0, sizeof(s->out[no]));
	s->out[no].domain = mem_strdup(domain);
	s->out[no].fences = fences_new();
	good = sessions_load(s, no);
	doubt_domain(s, no);
	if (good)
		features_start(s, no);
	rooms_sweep(s);
	forget_turn(s);
	return good ? (int)no : -1;
}

void
muc_domain_up(struct muc *m, unsigned domain, struct muc_now now)
{
	struct out *o = &m->s.out[domain];

	m->s.now = now;
	o->up = true;
	o->up_ms = now.mono_ms;
	doubt_domain(&m->s, domain);
}

void
muc_domain_down(struct muc *m, unsigned domain, struct muc_now now)
{
	struct out *o = &m->s.out[domain];
	struct late *l, *next;

	m->s.now = now;
	o->up = false;
	fence_rewind(o);
	/* What comes by the next link would be overtaken by these; doubt finds out what they said. */
	TAILQ_FOREACH_SAFE (l, &m->late_order, entry, next)
		if (l->stream->way.domain_no == domain)
			late_free(m, l);
}

struct muc_stream *
muc_stream_new(struct muc *m, unsigned domain, const char *header, size_t n)
{
	struct xml_parser *p = xml_parser_new(header, n);
	struct muc_stream *st;

	if (p == NULL)
		return NULL;
	st = mem_alloc(sizeof(*st));
	st->parser = p;
	st->muc = m;
	st->way.domain_no = domain;
	return st;
}

struct muc_stream *
muc_console_new(struct muc *m, const char *user, const char *header, size_t n)
{
	struct muc_stream *st = muc_stream_new(m, 0, header, n);

	if (st != NULL)
		st->way.console = console_new(&m->s, user);
	return st;
}

const char *
muc_console_address(const struct muc_stream *st)
{
	return st->way.console->jid;
}

/* What it had late is handled without it no more: its sender is in doubt then. */
void
muc_stream_free(struct muc_stream *st)
{
	struct late *l, *next;

	if (st == NULL)
		return;
	TAILQ_FOREACH_SAFE (l, &st->muc->late_order, entry, next)
		if (l->stream == st)
			late_free(st->muc, l);
	if (st->way.console != NULL)
		console_free(&st->muc->s, st->way.console);
	xml_parser_free(st->parser);
	free(st);
}

enum muc_input
muc_turn_state(struct muc *m)
{
	struct service *s = &m->s;

	m->did = true;
	if (s->turn_bytes > TURN_BYTES || s->turn_pairs > TURN_PAIRS ||
	    arena_used(s->arena) > TURN_ARENA)
		return MUC_TURN_ENDS;
	return MUC_GO_ON;
}

/* How long the start tag is; 0: it has no end. */
static size_t
tag_length(const char *p, size_t n)
{
	char quote = '\0';

	for (size_t i = 0; i < n; i++) {
		if (quote != '\0')
			quote = p[i] == quote ? '\0' : quote;
		else if (p[i] == '"' || p[i] == '\'')
			quote = p[i];
		else if (p[i] == '>')
			return i + 1;
	}
	return 0;
}

enum parse
muc_parse_head(struct muc_stream *st, const char *p, size_t n, const struct xml **x)
{
	const size_t ntag = tag_length(p, n);

	if (ntag == 0)
		return PARSE_BAD;
	return xml_parse_tag(st->parser, st->muc->s.arena, p, ntag, x);
}

/* Time from one complaint to the next: it is clients that make servers pass on such things. */
#define BAD_SAY_MS (60 * 1000)

static void
say_bad(struct service *s, size_t n)
{
	if (s->now.mono_ms < s->bad_say_ms)
		return;
	s->bad_say_ms = s->now.mono_ms + BAD_SAY_MS;
	service_log(s, MUC_LOG_WARN, "a stanza of %zu bytes is not well-formed: dropped", n);
}

/*
 * libxml2 does not take it, or would take too long, as for hundreds of attributes, which servers pass on. By its
 * start tag, if that is sound, whoever sent it is told so and pays for it.
 */
static enum muc_input
refuse_bad(struct muc *m, struct muc_stream *st, const char *p, size_t n)
{
	struct service *s = &m->s;
	const struct xml *x;
	enum parse e;

	s->stats.in_bad++;
	if (st->way.console != NULL)
		return MUC_DISAGREE;
	e = muc_parse_head(st, p, n, &x);
	if (e == PARSE_DISAGREE)
		return MUC_DISAGREE;
	if (e == PARSE_OK || e == PARSE_UNBOUND)
		dispatch_refuse(s, &st->way, x, n, BAD_REQUEST);
	else
		say_bad(s, n);
	return MUC_GO_ON;
}

enum muc_input
muc_input(struct muc *m, struct muc_stream *st, const char *p, size_t n, struct muc_now now)
{
	struct service *s = &m->s;
	const struct xml *x;

	s->now = now;
	switch (xml_parse(st->parser, s->arena, p, n, &x)) {
	case PARSE_OK:
		dispatch(s, &st->way, x, n);
		break;
	case PARSE_UNBOUND:
		dispatch_refuse(s, &st->way, x, n, BAD_REQUEST);
		break;
	case PARSE_BAD:
		if (refuse_bad(m, st, p, n) == MUC_DISAGREE)
			return MUC_DISAGREE;
		break;
	case PARSE_DISAGREE:
		return MUC_DISAGREE;
	}
	if (arena_wipes(s->arena))
		xml_parser_wipe(st->parser);
	return muc_turn_state(m);
}

enum muc_input
muc_over(struct muc *m, struct muc_stream *st, const char *tag, size_t n, struct muc_now now,
    head_refuser *refuse)
{
	struct service *s = &m->s;
	const struct xml *x;
	enum parse e;

	s->now = now;
	s->stats.in_over++;
	if (n == 0)
		return muc_turn_state(m);
	e = xml_parse_tag(st->parser, s->arena, tag, n, &x);
	if (e == PARSE_DISAGREE)
		return MUC_DISAGREE;
	if (e == PARSE_OK || e == PARSE_UNBOUND)
		refuse(m, st, x, n, TOO_LARGE);
	return muc_turn_state(m);
}

enum muc_input
muc_input_over(struct muc *m, struct muc_stream *st, const char *tag, size_t n, struct muc_now now)
{
	return muc_over(m, st, tag, n, now, late_refuse);
}

int64_t
muc_deadline(const struct muc *m)
{
	int64_t first = fences_deadline(&m->s), t;

	if (m->s.naming != NULL || (m->s.purging && !m->s.stats.retention_paused))
		return m->s.now.mono_ms;
	for (const struct feature *const *f = features; *f != NULL; f++)
		if ((*f)->deadline != NULL && (t = (*f)->deadline(&m->s)) < first)
			first = t;
	return first;
}

enum muc_input
muc_tick(struct muc *m, struct muc_now now)
{
	m->s.now = now;
	fences_tick(&m->s);
	if (m->s.naming != NULL)
		naming_step(&m->s);
	if (m->s.purging && !m->s.stats.retention_paused)
		rooms_purge(&m->s);
	for (const struct feature *const *f = features; *f != NULL; f++)
		if ((*f)->tick != NULL)
			(*f)->tick(&m->s);
	return muc_turn_state(m);
}

void
muc_leave(struct muc *m, struct muc_now now)
{
	m->s.now = now;
	m->s.stop_ms = now.mono_ms;
	m->s.stops = m->s.stop_leaves = true;
}

enum muc_commit
muc_commit(struct muc *m)
{
	struct service *s = &m->s;
	enum store_result result;

	held_settle(s);
	service_write(s);
	if (!m->retries)
		fences_note(s);
	/* Also when nothing was written: a turn that has read ends its transaction, too. */
	result = s->store->commit(s->store);
	m->retries = result == STORE_RETRY;
	if (m->retries) {
		s->stats.retries++;
		return MUC_RETRY;
	}
	s->stats.commits += result == STORE_OK;
	s->fill_known = false;
	for (unsigned i = 0; i < s->ndomains; i++)
		s->out[i].ncommitted = s->out[i].pairs.n;
	consoles_commit(s);
	s->stats.rooms_stored = s->nrooms;
	rooms_sweep(s);
	s->stats.turns += m->did;
	m->did = false;
	s->turn_bytes = s->turn_pairs = 0;
	forget_turn(s);
	return MUC_COMMITTED;
}

void
muc_asked_done(struct muc *m, enum muc_ask what, bool good, const char *name, struct muc_now now)
{
	m->s.now = now;
	errand_done(&m->s, what, good, name);
	m->did = true;
}

void
muc_retention_pause(struct muc *m, bool pauses)
{
	m->s.stats.retention_paused = pauses;
}

struct import *
import_new(struct muc *m, const struct import_conf *conf, struct muc_now now)
{
	m->s.now = now;
	return import_begin(&m->s, conf);
}

bool
import_goes_on(const struct muc *m)
{
	return m->s.naming != NULL;
}
