/* SPDX-License-Identifier: ISC */
/*
 * oracle_world.c - the service with its host server: turns, restarts, kills, the link, time
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/xml_parse.h"
#include "oracle.h"

#define HEADER                                                                                     \
	"<stream:stream xmlns='jabber:component:accept' "                                          \
	"xmlns:stream='http://etherx.jabber.org/streams' id='1' from='" DOMAIN "'>"

#define MOST_ROUNDS 100000 /* of one step: more is a loop */

/* -- chance -- */

/* xorshift64*: the same in every run. */
static uint32_t
draw(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (uint32_t)((*state * UINT64_C(2685821657736338717)) >> 32);
}

uint32_t
chance(struct world *w, uint32_t n)
{
	return draw(&w->chance) % n;
}

bool
likely(struct world *w, unsigned per_cent)
{
	return chance(w, 100) < per_cent;
}

static void
give_random(void *arg, void *p, size_t n)
{
	struct world *w = arg;

	for (size_t i = 0; i < n; i++)
		((uint8_t *)p)[i] = (uint8_t)(draw(&w->service_chance) >> 24);
}

static void
take_log(void *arg, enum muc_log level, const char *line)
{
	if (level == MUC_LOG_ERROR)
		world_fails(arg, NULL, "the service logs an error: %s", line);
}

/* -- what went wrong -- */

void
world_fails(struct world *w, const struct client *c, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (w->failed)
		return;
	w->failed = true;
	n = snprintf(
	    w->why, sizeof(w->why), "step %lu: %s: ", w->step, c != NULL ? c->full : "the service");
	va_start(ap, fmt);
	vsnprintf(w->why + n, sizeof(w->why) - (size_t)n, fmt, ap);
	va_end(ap);
}

void
world_notes(struct world *w, const char *fmt, ...)
{
	char **line = &w->last[w->step % NLAST], *more;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&more, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	if (*line != NULL) {
		char *both;

		if (asprintf(&both, "%s\n#\t%s", *line, more) < 0)
			abort();
		free(*line);
		free(more);
		more = both;
	}
	*line = more;
}

static void
log_stanza(struct world *w, const char *way, const char *p, size_t n)
{
	buf_adds(&w->log, way);
	buf_add(&w->log, p, n);
	buf_addc(&w->log, '\n');
}

/* -- a store whose turn can be undone -- */

/* What a record was before the turn changed it; p NULL: it was not there. */
struct undo {
	enum table table;
	struct bytes key, val;
	struct undo *before;
};

/*
 * store_mem.c writes at once. Its own functions are wrapped, so that everything else that a store has
 * is store_mem.c's.
 */
static struct {
	struct store was;
	struct undo *last;
	bool lossy; /* LOSE_RECORD: some of what is put is not */
	unsigned long nputs;
} journal;

static struct bytes
keep(struct bytes b)
{
	char *p = mem_alloc(b.n + 1);

	if (b.n > 0)
		memcpy(p, b.p, b.n);
	return (struct bytes){ p, b.n };
}

static void
remember(struct store *s, enum table t, struct bytes key)
{
	struct undo *u = mem_alloc(sizeof(*u));
	struct bytes val;

	u->table = t;
	u->key = keep(key);
	if (journal.was.get(s, t, key, &val) == STORE_OK)
		u->val = keep(val);
	u->before = journal.last;
	journal.last = u;
}

static void
journal_put(struct store *s, enum table t, struct bytes key, struct bytes val)
{
	struct bytes k = keep(key), v = keep(val);

	remember(s, t, k);
	if (!journal.lossy || t != TABLE_sessions || ++journal.nputs % 100 != 0)
		journal.was.put(s, t, k, v);
	free((void *)(uintptr_t)k.p);
	free((void *)(uintptr_t)v.p);
}

static void
journal_del(struct store *s, enum table t, struct bytes key)
{
	struct bytes k = keep(key);

	remember(s, t, k);
	journal.was.del(s, t, k);
	free((void *)(uintptr_t)k.p);
}

/* Forgets what was before, or brings it back. */
static void
journal_ends(struct store *s, bool undo)
{
	struct undo *u;

	while ((u = journal.last) != NULL) {
		journal.last = u->before;
		if (undo && u->val.p != NULL)
			journal.was.put(s, u->table, u->key, u->val);
		else if (undo)
			journal.was.del(s, u->table, u->key);
		free((void *)(uintptr_t)u->key.p);
		free((void *)(uintptr_t)u->val.p);
		free(u);
	}
}

static enum store_result
journal_commit(struct store *s)
{
	journal_ends(s, false);
	return journal.was.commit(s);
}

static struct store *
store_new(bool lossy)
{
	struct store *s = store_mem_new();

	journal.was = *s;
	journal.lossy = lossy;
	journal.nputs = 0;
	s->put = journal_put;
	s->del = journal_del;
	s->commit = journal_commit;
	return s;
}

/* -- the service begins and ends -- */

static void
cut_begins(struct world *w)
{
	size_t used;

	xml_cut_init(
	    &w->cut, (size_t)w->conf.limits.stanza_bytes, (unsigned)w->conf.limits.stanza_depth);
	if (xml_cut(&w->cut, HEADER, strlen(HEADER), &used) != CUT_HEADER)
		abort();
	buf_release(&w->out);
	w->scanned = 0;
}

static void
service_begins(struct world *w)
{
	enum muc_error error;

	w->muc = muc_new(&w->host, &w->conf, w->now, &error);
	if (w->muc == NULL || muc_domain_add(w->muc, DOMAIN) != 0) {
		world_fails(w, NULL, "does not begin on its own store");
		return;
	}
	muc_domain_up(w->muc, 0, w->now);
	w->stream = muc_stream_new(w->muc, 0, HEADER, strlen(HEADER));
	cut_begins(w);
}

static void
service_ends(struct world *w)
{
	muc_stream_free(w->stream);
	muc_free(w->muc);
	w->stream = NULL;
	w->muc = NULL;
}

const struct service *
world_inside(const struct world *w)
{
	return (const void *)w->muc;
}

static void
client_init(struct client *c, unsigned no)
{
	static const char *const domains[] = { "home.example", "home.example", "far.example",
		"east.example", "xn--bcher-kva.example" };
	static const char *const resources[NSEATS] = { "phone", "r&d 'lab'", "x/y" };

	c->no = no;
	c->user = no / NSEATS;
	snprintf(c->bare, sizeof(c->bare), "qz%02u@%s", c->user,
	    domains[c->user % (sizeof(domains) / sizeof(domains[0]))]);
	snprintf(c->full, sizeof(c->full), "%.60s/%s", c->bare, resources[no % NSEATS]);
}

void
world_init(struct world *w, uint64_t seed, struct tally *tally, enum sabotage sabotage)
{
	memset(w, 0, sizeof(*w));
	w->tally = tally;
	w->sabotage = sabotage;
	w->chance = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15) | 1;
	for (int i = 0; i < 8; i++)
		draw(&w->chance);
	w->service_chance = w->chance ^ UINT64_C(0x5bd1e9955bd1e995);
	w->now = (struct muc_now){ INT64_C(1767225600000), 1000 };
	w->a = arena_new();
	w->parser = xml_parser_new(HEADER, strlen(HEADER));
	muc_limits_default(&w->conf.limits);
	w->conf.limits.rate_per_s = w->conf.limits.rate_burst = 1000000;
	w->conf.limits.rate_bytes_per_s = w->conf.limits.rate_bytes_burst = 1 << 30;
	w->conf.limits.sessions_per_occupant = NSEATS - 1;
	w->conf.limits.presence_bytes = 2000;
	w->most_presences = w->conf.limits.room_presences_per_s;
	/* Nothing is told twice, but where that is the point: world_fences(). */
	w->conf.limits.fence_bytes = 0;
	for (unsigned i = 0; i < NCLIENTS; i++)
		client_init(&w->client[i], i);
	for (unsigned i = 0; i < NROOMS; i++)
		snprintf(w->model[i].jid, TEXT_MAX, "room%u@" DOMAIN, i);
	w->host = (struct muc_host){ w, store_new(sabotage == LOSE_RECORD), give_random, take_log,
		NULL, NULL };
	service_begins(w);
	if (!w->failed && (world_inside(w)->store != w->host.store ||
			      world_inside(w)->now.mono_ms != w->now.mono_ms))
		world_fails(w, NULL, "struct service is not the beginning of struct muc any more");
}

void
world_release(struct world *w)
{
	service_ends(w);
	journal_ends(w->host.store, false);
	w->host.store->close(w->host.store);
	xml_parser_free(w->parser);
	for (unsigned i = 0; i < NCLIENTS; i++)
		for (unsigned r = 0; r < NROOMS; r++)
			view_release(&w->client[i].view[r]);
	for (unsigned r = 0; r < NROOMS; r++)
		free(w->model[r].said);
	for (unsigned i = 0; i < w->ndeeds; i++)
		free(w->deed[i].stanza);
	for (unsigned i = 0; i < NLAST; i++)
		free(w->last[i]);
	free(w->held);
	buf_release(&w->out);
	buf_release(&w->answers);
	buf_release(&w->log);
	buf_release(&w->told);
	arena_free(w->a);
}

/* -- output -- */

static void
takes_fence(struct world *w, const char *bytes, size_t n)
{
	if (!w->loses && !muc_fence(w->muc, bytes, n, w->now))
		world_fails(w, NULL, "speaks to its own domain, and knows nothing of it: %.*s",
		    (int)n, bytes);
}

/* Its client does not hear that it is refused, but so it is. */
static void
is_lost(struct world *w, const struct client *c, const struct xml *x)
{
	const char *id = xml_get(x, "id"), *type = xml_get(x, "type");

	if (c == NULL || id == NULL || type == NULL || strcmp(type, "error") != 0)
		return;
	for (unsigned i = 0; i < w->ndeeds; i++)
		if (w->deed[i].client == c && strcmp(w->deed[i].id, id) == 0)
			w->deed[i].refused = true;
}

static void
deliver(struct world *w, const char *bytes, size_t n)
{
	const struct xml *x;
	struct client *c;
	const char *to;

	log_stanza(w, "  < ", bytes, n);
	if (xml_parse(w->parser, w->a, bytes, n, &x) != PARSE_OK) {
		world_fails(w, NULL, "speaks bad XML");
		return;
	}
	to = xml_get(x, "to");
	c = to != NULL ? truth_client(w, to) : NULL;
	if (to != NULL && strcmp(to, DOMAIN) == 0) {
		takes_fence(w, bytes, n);
		return;
	}
	if (c != NULL && w->retells)
		told_checks(w, c, x);
	if (c != NULL && w->loses)
		told_notes(w, c, x);
	if (w->loses && w->reaches == 0) {
		is_lost(w, c, x);
		return;
	}
	w->reaches -= w->loses;
	w->ndelivered++;
	if (c != NULL)
		client_takes(w, c, x, bytes, n);
	else if (to == NULL || strncmp(to, "qz", 2) != 0)
		world_fails(w, NULL, "speaks to nobody known: %.*s", (int)n, bytes);
	else
		/* An account's bare JID: an invitation. */
		truth_searches(w, NULL, -1, x, bytes, n);
}

/* What was asked for (enum sabotage), for the test of the tests. */
static bool
is_message(const char *p, size_t n)
{
	return n > 9 && memcmp(p, "<message ", 9) == 0 && memmem(p, n, "<body>", 6) != NULL &&
	       memmem(p, n, "type='groupchat'", 16) != NULL;
}

static void
spoil_jid(struct world *w, const char *p, size_t n)
{
	static const char item[] = "<item ", jid[] = "<item jid='qz99@home.example/r' ";
	const char *at = memmem(p, n, item, strlen(item));
	struct buf b = BUF_INIT;

	buf_add(&b, p, (size_t)(at - p));
	buf_adds(&b, jid);
	at += strlen(item);
	buf_add(&b, at, (size_t)(p + n - at));
	deliver(w, b.p, b.len);
	buf_release(&b);
}

static void
deliver_spoilt(struct world *w, const char *p, size_t n)
{
	bool presence =
	    n > 10 && memcmp(p, "<presence ", 10) == 0 && memmem(p, n, "<item ", 6) != NULL;
	bool now = w->sabotage != HONEST && w->ndelivered % 400 == 399;

	if (w->held != NULL && is_message(p, n)) {
		deliver(w, p, n);
		deliver(w, w->held, strlen(w->held));
		free(w->held);
		w->held = NULL;
	} else if (now && w->sabotage == LOSE_PRESENCE && presence)
		w->ndelivered++;
	else if (now && w->sabotage == LOSE_MESSAGE && is_message(p, n))
		w->ndelivered++;
	else if (now && w->sabotage == TWICE_MESSAGE && is_message(p, n)) {
		deliver(w, p, n);
		deliver(w, p, n);
	} else if (now && w->sabotage == SWAP_MESSAGES && is_message(p, n))
		w->held = mem_strndup(p, n);
	else if (now && w->sabotage == SHOW_JID && presence)
		spoil_jid(w, p, n);
	else
		deliver(w, p, n);
}

/* All whole stanzas of what was drained. */
static void
cut_output(struct world *w)
{
	size_t used;
	enum cut what;

	while (w->scanned < w->out.len && !w->failed) {
		what = xml_cut(&w->cut, w->out.p + w->scanned, w->out.len - w->scanned, &used);
		w->scanned += used;
		if (what == CUT_MORE)
			return;
		if (what != CUT_STANZA) {
			world_fails(w, NULL, "speaks no stanza: cut %d", (int)what);
			return;
		}
		deliver_spoilt(w, w->out.p, w->scanned);
		buf_consume(&w->out, w->scanned);
		w->scanned = 0;
	}
}

/* Up to `most` bytes of what waits; false: nothing does. */
static bool
drain(struct world *w, size_t most)
{
	char piece[8192];
	size_t n = 1 + chance(w, sizeof(piece));

	if (n > most)
		n = most;
	n = muc_drain(w->muc, 0, piece, n);
	buf_add(&w->out, piece, n);
	cut_output(w);
	return n > 0;
}

static void
commit(struct world *w)
{
	if (muc_commit(w->muc) != MUC_COMMITTED)
		world_fails(w, NULL, "a commit to memory fails");
}

/* -- input -- */

void
world_input(struct world *w, const char *stanza, struct deed *d)
{
	enum muc_input result;
	size_t n = strlen(stanza);

	log_stanza(w, w->crowded ? "  > (late) " : "  > ", stanza, n);
	if (!w->crowded)
		result = muc_input(w->muc, w->stream, stanza, n, w->now);
	else {
		result = muc_refuse(w->muc, w->stream, stanza, n, w->now);
		muc_late(w->muc, w->now, &result);
	}
	if (result == MUC_DISAGREE)
		world_fails(w, NULL, "cutter and parser disagree about %s", stanza);
	truth_notes(w);
	/* A room that slept is in memory until the turn ends. */
	if (d != NULL) {
		d->in_after = truth_in(w, d->client, d->room);
		d->by_admin |= truth_affiliation(w, d->client, d->room) >= AFF_ADMIN;
	}
	if (result == MUC_TURN_ENDS)
		commit(w);
}

/* What clients answer of themselves. */
static bool
take_answer(struct world *w)
{
	char *stanza;

	if (w->answers.len == 0)
		return false;
	stanza = mem_strdup(w->answers.p);
	buf_consume(&w->answers, strlen(stanza) + 1);
	world_input(w, stanza, NULL);
	free(stanza);
	return true;
}

void
world_rests(struct world *w)
{
	bool any = true;

	for (unsigned n = 0; any && !w->failed; n++) {
		any = take_answer(w);
		if (!any && muc_deadline(w->muc) <= w->now.mono_ms) {
			muc_tick(w->muc, w->now);
			truth_notes(w);
			any = true;
		}
		commit(w);
		while (!w->failed && drain(w, SIZE_MAX))
			any = true;
		if (n > MOST_ROUNDS)
			world_fails(w, NULL, "does not come to rest");
	}
	if (!w->failed && w->out.len > 0)
		world_fails(w, NULL, "its last stanza does not end");
}

/* -- what happens -- */

void
world_passes(struct world *w, int64_t ms)
{
	int64_t until = w->now.mono_ms + ms, due;

	while (!w->failed && (due = muc_deadline(w->muc)) <= until) {
		if (due > w->now.mono_ms) {
			w->now.wall_ms += due - w->now.mono_ms;
			w->now.mono_ms = due;
		}
		world_rests(w);
	}
	w->now.wall_ms += until - w->now.mono_ms;
	w->now.mono_ms = until;
}

void
world_forces(struct world *w, const char *const *pairs)
{
	w->conf.room_forced = pairs;
	if (muc_reload(w->muc, &w->conf) != MUC_OK)
		world_fails(w, NULL, "does not take another configuration");
	truth_notes(w);
	world_passes(w, 1);
}

/* It ends, and is there again some time later, with the same rooms and the same in them. */
static void
begins_again(struct world *w)
{
	struct buf before = BUF_INIT, after = BUF_INIT;

	truth_writes(w, &before);
	service_ends(w);
	/* A process that was away: its clock of deadlines begins anew, or goes on. */
	w->now.wall_ms += 1 + chance(w, 100000);
	w->now.mono_ms = likely(w, 50) ? 1000 : w->now.mono_ms + 5000;
	service_begins(w);
	truth_writes(w, &after);
	if (strcmp(before.p, after.p) != 0)
		world_fails(
		    w, NULL, "after a restart others are in, or in another order:\n%s", after.p);
	buf_release(&before);
	buf_release(&after);
}

void
world_restart(struct world *w)
{
	begins_again(w);
}

void
world_fences(struct world *w, bool on)
{
	w->conf.limits.fence_bytes = on ? 4096 : 0;
	if (muc_reload(w->muc, &w->conf) != MUC_OK)
		world_fails(w, NULL, "does not take another limit");
}

void
world_presences(struct world *w, bool few)
{
	const int64_t most = few ? 1 : w->most_presences;

	if (w->conf.limits.room_presences_per_s == most)
		return;
	w->conf.limits.room_presences_per_s = most;
	if (muc_reload(w->muc, &w->conf) != MUC_OK)
		world_fails(w, NULL, "does not take another limit");
}

void
world_crash(struct world *w)
{
	buf_release(&w->answers);
	begins_again(w);
	truth_notes(w);
	commit(w);
	w->retells = true;
	while (!w->failed && drain(w, SIZE_MAX))
		continue;
	w->retells = false;
}

void
world_kill(struct world *w)
{
	service_ends(w);
	journal_ends(w->host.store, true);
	w->killed = true;
	service_begins(w);
}

void
world_link(struct world *w)
{
	commit(w);
	for (uint32_t i = chance(w, 6); i > 0 && !w->failed && drain(w, 1 + chance(w, 700)); i--)
		;
	muc_domain_down(w->muc, 0, w->now);
	cut_begins(w);
	w->now.wall_ms += 1000;
	w->now.mono_ms += 1000;
	if (likely(w, 30)) {
		w->now.mono_ms += 7200 * 1000;
		if (muc_deadline(w->muc) <= w->now.mono_ms)
			muc_tick(w->muc, w->now);
		commit(w);
	}
	muc_stream_free(w->stream);
	w->stream = muc_stream_new(w->muc, 0, HEADER, strlen(HEADER));
	muc_domain_up(w->muc, 0, w->now);
}
