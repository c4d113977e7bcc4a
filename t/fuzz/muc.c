/* SPDX-License-Identifier: ISC */
/*
 * muc.c - a service with rooms, and whatever its users send it
 *
 * An input is a list of lines. "a" to "h" sends the stanza behind it, from one of the users below; what
 * the line says of `from` is replaced, as a server does. "+N" lets N seconds pass, "!" restarts the
 * service on its store, "-" takes its link down and up again. In a stanza "%i" stands for the last
 * stanza-id that the service gave, "%q" for the id of the last request that it made. What is told is read
 * again by the strict parser, and at the end a new service must find in the store what was in the old one.
 *
 * scripts.py makes inputs of the scenarios in spec/.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/xml.h"
#include "base/xml_cut.h"
#include "base/xml_parse.h"
#include "base/xml_write.h"
#include "fuzz.h"
#include "muc.h"
#include "store.h"

#define HEADER                                                                                     \
	"<stream:stream xmlns='jabber:component:accept' "                                          \
	"xmlns:stream='http://etherx.jabber.org/streams' id='1' from='conference.localhost'>"

static const char *const users[] = { "romeo@localhost/1", "romeo@localhost/2", "juliet@localhost/1",
	"rosaline@localhost/1", "mercutio@remote.example/x", "admin@localhost/a", "localhost",
	"bot@localhost" };

struct world {
	struct store *store;
	struct muc_conf conf;
	struct muc *muc;
	struct muc_stream *stream;
	struct muc_now now;
	struct arena *arena;
	struct xml_parser *parser; /* reads what is told, and what is to be sent */
	struct xml_cut cut;
	struct buf out; /* told, and not a whole stanza yet */
	uint64_t chance;
	char last_id[64], last_query[64];
};

static void
give_random(void *arg, void *p, size_t n)
{
	struct world *w = arg;

	for (size_t i = 0; i < n; i++) {
		w->chance =
		    w->chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		((uint8_t *)p)[i] = (uint8_t)(w->chance >> 56);
	}
}

static void
take_log(void *arg, enum muc_log level, const char *line)
{
	(void)arg;
	HOLDS(level != MUC_LOG_ERROR || line == NULL);
}

/* Small numbers, so that inputs come to them. */
static void
set_limits(struct muc_limits *l)
{
	muc_limits_default(l);
	l->occupants_per_room = 6;
	l->sessions_per_occupant = 3;
	l->rooms_per_user = 4;
	l->rooms_per_creator = 4;
	l->affiliations_per_room = 10;
	l->items_per_request = 8;
	l->history_stanzas = 5;
	l->invites_per_message = 3;
	l->invitations_per_room = 4;
	l->kept_roles_per_room = 4;
	l->registrations_waiting = 3;
	l->queries_per_session = 4;
	l->notes_per_session = 4;
	l->tombstones = 2;
	l->fence_bytes = 0; /* there is no server that returns them */
}

static void
start(struct world *w)
{
	struct muc_host host = { w, w->store, give_random, take_log, NULL, NULL };
	enum muc_error error;

	w->muc = muc_new(&host, &w->conf, w->now, &error);
	HOLDS(w->muc != NULL);
	HOLDS(muc_domain_add(w->muc, "conference.localhost") == 0);
	muc_domain_up(w->muc, 0, w->now);
	w->stream = muc_stream_new(w->muc, 0, HEADER, strlen(HEADER));
	HOLDS(w->stream != NULL);
}

static void
stop(struct world *w)
{
	muc_stream_free(w->stream);
	muc_free(w->muc);
}

/* -- what is told -- */

static void
keep(char to[64], const char *id)
{
	if (id != NULL && strlen(id) < 64)
		memcpy(to, id, strlen(id) + 1);
}

static void
read_told(struct world *w, const char *p, size_t n)
{
	const struct xml *x, *sid;

	HOLDS(xml_parse(w->parser, w->arena, p, n, &x) == PARSE_OK);
	HOLDS(xml_get(x, "from") != NULL && xml_get(x, "to") != NULL);
	HOLDS(strcmp(xml_get(x, "from"), xml_get(x, "to")) != 0);
	HOLDS(n <= (size_t)w->conf.limits.stanza_out_bytes);
	sid = xml_child(x, NS_SID, "stanza-id");
	if (sid != NULL)
		keep(w->last_id, xml_get(sid, "id"));
	if (xml_is(x, NS_STANZA, "iq") && xml_child(x, NS_STANZA, "error") == NULL)
		keep(w->last_query, xml_get(x, "id"));
}

static void
drain(struct world *w)
{
	char piece[8192];
	size_t n, used;

	while ((n = muc_drain(w->muc, 0, piece, sizeof(piece))) > 0)
		buf_add(&w->out, piece, n);
	while (w->out.len > 0) {
		HOLDS(xml_cut(&w->cut, w->out.p, w->out.len, &used) == CUT_STANZA);
		read_told(w, w->out.p, used);
		buf_consume(&w->out, used);
	}
}

static void
turn(struct world *w)
{
	HOLDS(muc_commit(w->muc) == MUC_COMMITTED);
	drain(w);
	arena_reset(w->arena);
}

static void
ticks(struct world *w)
{
	unsigned n = 0;

	while (muc_deadline(w->muc) <= w->now.mono_ms) {
		HOLDS(n++ < 100000);
		muc_tick(w->muc, w->now);
		turn(w);
	}
}

/* -- what is done -- */

static void
pass(struct world *w, int64_t ms)
{
	w->now.mono_ms += ms;
	w->now.wall_ms += ms;
	ticks(w);
}

/* The text with %i and %q filled in. */
static void
fill_in(const struct world *w, struct buf *b, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] == '%' && i + 1 < n && p[i + 1] == 'i') {
			buf_adds(b, w->last_id);
			i++;
		} else if (p[i] == '%' && i + 1 < n && p[i + 1] == 'q') {
			buf_adds(b, w->last_query);
			i++;
		} else
			buf_addc(b, p[i]);
}

static void
send_as(struct world *w, const char *from, const char *p, size_t n)
{
	struct xml_cut cut;
	const struct xml *x;
	struct xml *stamped;
	struct buf b = BUF_INIT;
	size_t used;

	xml_cut_init(&cut, 1 << 20, 64);
	HOLDS(xml_cut(&cut, HEADER, strlen(HEADER), &used) == CUT_HEADER);
	fill_in(w, &b, p, n);
	if (xml_cut(&cut, b.p, b.len, &used) == CUT_STANZA &&
	    xml_parse(w->parser, w->arena, b.p, used, &x) == PARSE_OK) {
		stamped = xml_copy(w->arena, NULL, x);
		xml_set(w->arena, stamped, "from", from);
		b.len = 0;
		xml_write(&b, stamped);
		HOLDS(muc_input(w->muc, w->stream, b.p, b.len, w->now) != MUC_DISAGREE);
		turn(w);
	}
	buf_release(&b);
}

static void
act(struct world *w, const char *p, size_t n)
{
	char seconds[8] = "";

	if (n == 0)
		return;
	if (*p >= 'a' && *p <= 'h')
		send_as(w, users[*p - 'a'], p + 1, n - 1);
	if (*p == '+') {
		memcpy(seconds, p + 1, n - 1 < sizeof(seconds) - 1 ? n - 1 : sizeof(seconds) - 1);
		pass(w, strtoll(seconds, NULL, 10) * 1000);
	}
	if (*p == '!') {
		stop(w);
		start(w);
		turn(w);
	}
	if (*p == '-') {
		muc_domain_down(w->muc, 0, w->now);
		muc_domain_up(w->muc, 0, w->now);
	}
	pass(w, 1);
}

/* What is in memory is what is in the store. */
static void
compare(struct world *w)
{
	const struct muc_stats before = *muc_stats(w->muc);
	const struct muc_stats *after;

	stop(w);
	start(w);
	turn(w);
	after = muc_stats(w->muc);
	HOLDS(after->rooms_stored == before.rooms_stored);
	HOLDS(after->occupants == before.occupants);
	HOLDS(after->sessions == before.sessions);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const admins[] = { "admin@localhost", NULL };
	struct world w = { .now = { 1767225600000, 1000 }, .chance = 1 };
	const char *p = (const char *)data, *end = p + n, *nl;
	size_t used;

	w.store = store_mem_new();
	w.conf.admins = admins;
	set_limits(&w.conf.limits);
	w.arena = arena_new();
	w.parser = xml_parser_new(HEADER, strlen(HEADER));
	xml_cut_init(&w.cut, 16 << 20, 1000);
	HOLDS(xml_cut(&w.cut, HEADER, strlen(HEADER), &used) == CUT_HEADER);
	start(&w);
	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			nl = end;
		act(&w, p, (size_t)(nl - p));
	}
	compare(&w);
	stop(&w);
	xml_parser_free(w.parser);
	arena_free(w.arena);
	buf_release(&w.out);
	w.store->close(w.store);
	return 0;
}
