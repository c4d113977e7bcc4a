/* SPDX-License-Identifier: ISC */
/*
 * host.c - the service in process: its clock, its turns, its restarts
 *
 * What goes in is serialised, cut (once in whole, once in random pieces: both must agree) and
 * handled; what comes out is drained in random pieces, cut and parsed namespace-strictly.
 * host_route.c is the server's routing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/xml.h"
#include "base/xml_parse.h"
#include "base/xml_write.h"
#include "host_in.h"
#include "match.h"
#include "scs.h"

#define START_MS  INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */
#define STEP_MS	  1
#define MAX_TURNS 1000000 /* of one step: more is a loop */

#define HEADER                                                                                     \
	"<stream:stream xmlns='jabber:component:accept' "                                          \
	"xmlns:stream='http://etherx.jabber.org/streams' id='1' from='conference.localhost'>"

/* -- chance and log -- */

/* xorshift64*: the same in every run. */
uint64_t
host_chance(struct host *h)
{
	h->chance ^= h->chance >> 12;
	h->chance ^= h->chance << 25;
	h->chance ^= h->chance >> 27;
	return h->chance * UINT64_C(2685821657736338717);
}

static void
give_random(void *arg, void *p, size_t n)
{
	unsigned char *byte = p;

	while (n-- > 0)
		*byte++ = (unsigned char)(host_chance(arg) >> 56);
}

/* There is no file, log or disk here; a stop is asked for when there is nothing more to do. */
static const char *
asked(void *arg, enum muc_ask what, const char *with)
{
	(void)arg, (void)with;
	return what == MUC_ASK_BACKUP || what == MUC_ASK_VERIFY ? "backup_dir is not configured"
								: NULL;
}

static void
take_log(void *arg, enum muc_log level, const char *line)
{
	const struct host *h = arg;

	if (level == MUC_LOG_ERROR || (h->p != NULL && h->p->verbose))
		printf("# mucd: %s\n", line);
}

/* -- the service begins and ends -- */

static bool
set_limit(struct muc_limits *limits, const char *name, const char *value)
{
#define LIMIT(member, def, least, greatest, what)                                                  \
	if (strcmp(name, #member) == 0) {                                                          \
		limits->member = strtoll(value, NULL, 10);                                         \
		return true;                                                                       \
	}
	MUC_LIMITS(LIMIT)
#undef LIMIT
	return false;
}

/* All values of that name in the script's conf, in order. */
static const char *const *
values(struct host *h, const char *name)
{
	const struct scs_pair *s;
	const char **list, **end;
	size_t n = 1;

	for (s = h->p->scs->conf; s != NULL; s = s->next)
		n += strcmp(s->name, name) == 0;
	end = list = arena_alloc(h->p->a, n * sizeof(*list));
	for (s = h->p->scs->conf; s != NULL; s = s->next)
		if (strcmp(s->name, name) == 0)
			*end++ = s->value;
	return list;
}

/* Who may create rooms, and what the service says of itself. */
static void
read_policy(struct host *h)
{
	static const char *const creates[] = { "all", "local", "listed", "admins" };
	const char *const *create = values(h, "create");
	const struct scs_pair *s;
	const char **contact;
	size_t n = 1;

	for (size_t i = 0; *create != NULL && i < sizeof(creates) / sizeof(creates[0]); i++)
		if (strcmp(*create, creates[i]) == 0)
			h->conf.create = (enum muc_create)i;
	h->conf.creators = values(h, "creators");
	h->conf.reserved_names = values(h, "reserved_names");
	h->conf.banned = values(h, "banned");
	h->conf.service_name = *values(h, "service_name");
	for (s = h->p->scs->conf; s != NULL; s = s->next)
		n += 2;
	h->conf.contacts = contact = arena_alloc(h->p->a, n * sizeof(*contact));
	for (s = h->p->scs->conf; s != NULL; s = s->next)
		if (strncmp(s->name, "contact.", 8) == 0) {
			*contact++ = s->name + 8;
			*contact++ = s->value;
		}
}

/* What `#@ conf` and `#@ admin` say. */
static void
read_conf(struct host *h)
{
	const struct scs *scs = h->p->scs;
	const struct scs_pair *s;
	const char **admin, **pair, **forced;
	size_t n = 1;

	for (s = scs->admins; s != NULL; s = s->next)
		n++;
	for (s = scs->conf; s != NULL; s = s->next)
		n += 2;
	admin = arena_alloc(h->p->a, n * sizeof(*admin));
	pair = arena_alloc(h->p->a, n * sizeof(*pair));
	forced = arena_alloc(h->p->a, n * sizeof(*forced));
	muc_limits_default(&h->conf.limits);
	read_policy(h);
	h->conf.admins = admin;
	h->conf.room_defaults = pair;
	h->conf.room_forced = forced;
	for (s = scs->admins; s != NULL; s = s->next)
		*admin++ = s->value;
	for (s = scs->conf; s != NULL && scs->admins == NULL; s = s->next)
		if (strcmp(s->name, "admins") == 0)
			*admin++ = s->value;
	for (s = scs->conf; s != NULL; s = s->next) {
		if (scs_is_policy(s->name) || set_limit(&h->conf.limits, s->name, s->value))
			continue;
		if (scs_forced(s->name) != NULL) {
			*forced++ = scs_forced(s->name);
			*forced++ = s->value;
			continue;
		}
		*pair++ = s->name;
		*pair++ = s->value;
	}
}

static bool
begin_service(struct host *h)
{
	struct muc_host host = { h, h->store, give_random, take_log, asked, NULL };
	const struct scs_pair *s;
	enum muc_error error;
	unsigned i;

	h->muc = muc_new(&host, &h->conf, h->now, &error);
	if (h->muc == NULL)
		return play_fail(h->p, "muc_new() says %d", (int)error);
	for (s = h->p->scs->services, i = 0; s != NULL; s = s->next, i++) {
		if (muc_domain_add(h->muc, s->value) != (int)i)
			return play_fail(h->p, "muc_domain_add() refuses %s", s->value);
		if (h->link_up)
			muc_domain_up(h->muc, i, h->now);
	}
	h->stream = muc_stream_new(h->muc, 0, HEADER, strlen(HEADER));
	if (h->stream == NULL)
		return play_fail(h->p, "muc_stream_new() refuses our header");
	return true;
}

static void
end_service(struct host *h)
{
	muc_stream_free(h->stream);
	muc_free(h->muc);
	h->stream = NULL;
	h->muc = NULL;
}

/* -- input -- */

void
host_input(struct host *h, const struct xml *x)
{
	xml_write(&h->in, x);
	h->stanzas++;
}

static void
cut_init(struct xml_cut *cut, const struct muc_limits *limits)
{
	size_t used;

	xml_cut_init(cut, (size_t)limits->stanza_bytes, (unsigned)limits->stanza_depth);
	if (xml_cut(cut, HEADER, strlen(HEADER), &used) != CUT_HEADER)
		abort();
}

/* The same piece in random pieces: does the cutter find the same? */
static bool
cut_agrees(struct host *h, enum cut whole, const char *p, size_t n)
{
	size_t at = 0, piece, used;
	enum cut what = CUT_MORE;

	while (at < n && what == CUT_MORE) {
		piece = 1 + host_chance(h) % 16;
		if (piece > n - at)
			piece = n - at;
		what = xml_cut(&h->cut_in_pieces, p + at, piece, &used);
		at += used;
	}
	return at == n && what == whole;
}

/* One stanza of the input. */
static bool
input_one(struct host *h, enum muc_input *result)
{
	struct play *p = h->p;
	size_t used;
	enum cut what = xml_cut(&h->cut, h->in.p, h->in.len, &used);

	if (!cut_agrees(h, what, h->in.p, used))
		return play_fail(p, "cut in pieces the stanza ends elsewhere");
	if (what == CUT_STANZA && muc_fence(h->muc, h->in.p, used, h->now))
		*result = MUC_GO_ON;
	else if (what == CUT_STANZA)
		*result = muc_input(h->muc, h->stream, h->in.p, used, h->now);
	else if (what == CUT_LONG || what == CUT_DEEP)
		*result = muc_input_over(h->muc, h->stream, h->in.p, h->cut.tag_len, h->now);
	else
		return play_fail(p, "the cutter says %d", (int)what);
	buf_consume(&h->in, used);
	if (*result == MUC_DISAGREE)
		return play_fail(p, "muc_input() says that cutter and parser disagree");
	return true;
}

/* -- output -- */

static bool
output_one(struct host *h, const struct link *link, const char *bytes, size_t n)
{
	struct play *p = h->p;
	const struct xml *x;
	const char *from, *to;

	if (xml_parse(h->parser, p->a, bytes, n, &x) != PARSE_OK)
		return play_fail(p, "mucd speaks bad XML: %.*s", (int)n, bytes);
	from = xml_get(x, "from");
	to = xml_get(x, "to");
	if (from == NULL || to == NULL || *to == '\0')
		return play_fail(p, "mucd speaks without from or to: %.*s", (int)n, bytes);
	if (strcmp(domain_of(p->a, from), link->domain) != 0)
		return play_fail(p, "mucd speaks as %s on the link of %s", from, link->domain);
	if (!xml_is(x, NS_STANZA, "message") && !xml_is(x, NS_STANZA, "presence") &&
	    !xml_is(x, NS_STANZA, "iq"))
		return play_fail(p, "mucd speaks of <%s xmlns='%s'/>", x->name, x->ns);
	/* A fence: it comes back, and no script is told of it. */
	if (strcmp(from, link->domain) == 0 && strcmp(to, link->domain) == 0) {
		if (h->loses == LOSES_NOTHING)
			xml_write(&h->in, x);
		return true;
	}
	h->stanzas++;
	return h->loses == LOSES_ALL || host_route(h, x);
}

/* All that is told to a domain's server now. */
static bool
output_domain(struct host *h, unsigned i, bool *any)
{
	struct link *link = &h->link[i];
	char piece[4096];
	size_t n, used, at;
	enum cut what;

	while ((n = muc_drain(h->muc, i, piece, 1 + host_chance(h) % sizeof(piece))) > 0) {
		*any = true;
		buf_add(&link->out, piece, n);
		for (at = link->scanned; at < link->out.len; at = link->scanned) {
			what = xml_cut(&link->cut, link->out.p + at, link->out.len - at, &used);
			link->scanned += used;
			if (what == CUT_MORE)
				break;
			if (what != CUT_STANZA && what != CUT_SPACE)
				return play_fail(h->p, "mucd speaks no stanza: %.*s",
				    (int)link->out.len, link->out.p);
			if (what == CUT_STANZA && !output_one(h, link, link->out.p, link->scanned))
				return false;
			buf_consume(&link->out, link->scanned);
			link->scanned = 0;
		}
	}
	if (link->out.len > 0)
		return play_fail(h->p, "mucd's last stanza does not end");
	return true;
}

static bool
output_all(struct host *h, bool *any)
{
	unsigned i;

	for (i = 0; h->link_up && i < h->nlinks; i++)
		if (!output_domain(h, i, any))
			return false;
	return true;
}

/* -- turns -- */

static bool
turn(struct host *h, bool *any)
{
	enum muc_input result = MUC_GO_ON;

	while (h->in.len > 0 && result == MUC_GO_ON) {
		*any = true;
		if (!input_one(h, &result))
			return false;
	}
	if (result == MUC_GO_ON && !h->no_ticks && muc_deadline(h->muc) <= h->now.mono_ms) {
		*any = true;
		muc_tick(h->muc, h->now);
	}
	if (muc_commit(h->muc) != MUC_COMMITTED)
		return play_fail(h->p, "a commit to memory fails");
	return output_all(h, any);
}

bool
host_turns(struct host *h)
{
	unsigned n;
	bool any = true, good = true;

	h->in_turns = true;
	for (n = 0; good && any && n < MAX_TURNS; n++) {
		any = false;
		good = turn(h, &any);
	}
	h->in_turns = false;
	if (good && any)
		return play_fail(h->p, "the service does not come to rest");
	return good;
}

static void
pass_time(struct host *h, int64_t ms)
{
	h->now.wall_ms += ms;
	h->now.mono_ms += ms;
}

/* Runs the service until it rests; every step of a script does, and takes a moment. */
static bool
run_step(struct host *h)
{
	pass_time(h, STEP_MS);
	return host_turns(h);
}

bool
host_settles(struct host *h)
{
	pass_time(h, h->conf.limits.fence_ms);
	return host_turns(h);
}

/* -- the world's functions -- */

static bool
begin(struct play *p)
{
	struct host *h = p->arg;
	const struct scs_pair *s;

	h->p = p;
	h->chance = UINT64_C(0x9e3779b97f4a7c15);
	h->now.wall_ms = START_MS;
	h->now.mono_ms = 1000;
	h->link_up = true;
	h->loses = LOSES_NOTHING;
	h->store = store_mem_new();
	h->parser = xml_parser_new(HEADER, strlen(HEADER));
	h->vcards = NULL;
	h->session = arena_alloc(p->a, (p->nseats + 1) * sizeof(*h->session));
	for (s = p->scs->services, h->nlinks = 0; s != NULL; s = s->next)
		h->nlinks++;
	h->link = arena_alloc(p->a, h->nlinks * sizeof(*h->link));
	read_conf(h);
	cut_init(&h->cut, &h->conf.limits);
	h->cut_in_pieces = h->cut;
	for (s = p->scs->services, h->nlinks = 0; s != NULL; s = s->next) {
		h->link[h->nlinks].domain = s->value;
		cut_init(&h->link[h->nlinks++].cut, &h->conf.limits);
	}
	return begin_service(h) && host_turns(h);
}

/* A good end: the server has taken all and says so. */
static bool
stop_service(struct host *h)
{
	if (!host_turns(h))
		return false;
	for (unsigned i = 0; h->link_up && h->loses == LOSES_NOTHING && i < h->nlinks; i++)
		muc_domain_taken(h->muc, i);
	return host_turns(h);
}

static bool
restart(struct play *p, bool kill)
{
	struct host *h = p->arg;

	if (!kill && !stop_service(h))
		return false;
	if (kill && h->loses == LOSES_NOTHING && !host_settles(h))
		return false;
	h->loses = LOSES_NOTHING;
	end_service(h);
	if (!h->no_ticks)
		host_make_newer(h->store);
	return begin_service(h) && host_turns(h);
}

static bool
reload(struct play *p)
{
	struct host *h = p->arg;

	if (!host_turns(h))
		return false;
	read_conf(h);
	if (muc_reload(h->muc, &h->conf) != MUC_OK)
		return play_fail(p, "muc_reload() refuses");
	return host_turns(h);
}

static bool
end(struct play *p, bool failed)
{
	struct host *h = p->arg;
	unsigned i;
	bool good = !failed && host_same_after_restart(h);

	end_service(h);
	xml_parser_free(h->parser);
	h->store->close(h->store);
	for (i = 0; i < h->nlinks; i++)
		buf_release(&h->link[i].out);
	buf_release(&h->in);
	h->p = NULL;
	return good;
}

static bool
sends(struct play *p, struct seat *s, struct xml *const *stanza, size_t n)
{
	struct host *h = p->arg;
	size_t i;

	for (i = 0; i < n; i++)
		if (!host_from_client(h, s, stanza[i]))
			return false;
	return h->in_turns || run_step(h);
}

static bool
connects(struct play *p, struct seat *s)
{
	struct host *h = p->arg;
	const char *resource = s->client->resource;

	if (resource == NULL)
		resource = arena_fmt(p->a, "%016llx", (unsigned long long)host_chance(h));
	s->full = arena_cat(p->a, s->client->jid, "/", resource, NULL);
	h->session[s - p->seat].directed = NULL;
	return run_step(h);
}

static bool
disconnects(struct play *p, struct seat *s)
{
	return host_session_ends(p->arg, s) && run_step(p->arg);
}

static bool
vanish(struct play *p, struct seat *s)
{
	(void)s;
	return run_step(p->arg);
}

/* In process everything has arrived when a step is done. */
static bool
arrived(struct play *p, struct seat *s)
{
	(void)p;
	(void)s;
	return true;
}

static bool
advance(struct play *p, int64_t ms)
{
	struct host *h = p->arg;
	int64_t until = h->now.mono_ms + ms, next;

	while ((next = muc_deadline(h->muc)) <= until) {
		if (next > h->now.mono_ms)
			pass_time(h, next - h->now.mono_ms);
		if (!host_turns(h))
			return false;
	}
	pass_time(h, until - h->now.mono_ms);
	return host_turns(h);
}

static bool
set_link(struct play *p, bool up)
{
	struct host *h = p->arg;
	unsigned i;

	if (h->link_up == up)
		return play_fail(p, "the link is %s already", up ? "up" : "down");
	if (!up && h->loses == LOSES_NOTHING && !host_settles(h))
		return false;
	h->link_up = up;
	h->loses = LOSES_NOTHING;
	for (i = 0; i < h->nlinks; i++) {
		if (up)
			muc_domain_up(h->muc, i, h->now);
		else
			muc_domain_down(h->muc, i, h->now);
	}
	return run_step(h);
}

static bool
lose(struct play *p, bool only_fences)
{
	struct host *h = p->arg;

	h->loses = only_fences ? LOSES_FENCES : LOSES_ALL;
	return true;
}

const struct world host_world = {
	.begin = begin,
	.end = end,
	.connects = connects,
	.disconnects = disconnects,
	.vanish = vanish,
	.sends = sends,
	.wait = arrived,
	.settle = arrived,
	.advance = advance,
	.restart = restart,
	.lose = lose,
	.link = set_link,
	.reload = reload,
};

struct host *
host_new(void)
{
	return mem_alloc(sizeof(struct host));
}

void
host_free(struct host *h)
{
	free(h);
}

unsigned long
host_stanzas(const struct host *h)
{
	return h->stanzas;
}
