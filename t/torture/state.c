/* SPDX-License-Identifier: ISC */
/*
 * state.c - does a database hold to what was told?
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "export.h"
#include "muc.h"
#include "room/record.h"
#include "room/room_tag.h"
#include "spoken.h"

#define HEADER                                                                                     \
	"<stream:stream xmlns='jabber:component:accept' "                                          \
	"xmlns:stream='http://etherx.jabber.org/streams' to='" DOMAIN "'>"

enum { /* tags of tbl/config.h */
#define BOOL(tag, name, ...) CONFIG_##name = tag,
#define ENUM(tag, name, ...) CONFIG_##name = tag,
#define UINT(tag, name, ...) CONFIG_##name = tag,
#define PICK(tag, name, ...) CONFIG_##name = tag,
#define TEXT(tag, name, ...) CONFIG_##name = tag,
#define SET(tag, name, ...)  CONFIG_##name = tag,
#include "tbl/config.h"
#undef BOOL
#undef ENUM
#undef UINT
#undef PICK
#undef TEXT
#undef SET
};

/* -- reading -- */

struct reading {
	struct state *state;
	struct map jids; /* id of a room -> its address */
	enum table table;
	say *say;
	bool is_bad;
};

static const char *
string_of(struct state *s, enum line line, const char *name, struct bytes val)
{
	struct rec r;

	return record_find(line, name, val, &r) ? rec_str(s->arena, &r) : NULL;
}

static const char *
room_of(const struct reading *g, struct bytes key)
{
	char id[17];

	for (int i = 0; i < 8; i++)
		snprintf(id + 2 * i, 3, "%02x", ((const uint8_t *)key.p)[i]);
	return map_get(&g->jids, id);
}

static void
put(struct state *s, const char *kind, const char *room, const char *jid, const char *value)
{
	const char *key = jid != NULL ? arena_cat(s->arena, kind, room, " ", jid, NULL)
				      : arena_cat(s->arena, kind, room, NULL);

	map_put(&s->registers, key, arena_strdup(s->arena, value));
}

static const char *
name_of(uint64_t v)
{
	static const char *const names[] = { "outcast", "none", "member", "admin", "owner" };

	return v < 5 ? names[v] : "?";
}

static void
take_room(struct reading *g, struct bytes key, struct bytes val)
{
	struct state *s = g->state;
	const char *jid = string_of(s, LINE_room, "jid", val), *name = "";
	char *id = arena_alloc(s->arena, 17);
	struct rec r;

	for (int i = 0; i < 8; i++)
		snprintf(id + 2 * i, 3, "%02x", ((const uint8_t *)key.p)[i]);
	map_put(&g->jids, id, arena_strdup(s->arena, jid));
	for (rec_init(&r, val.p, val.n); rec_next(&r);)
		if (r.tag == CONFIG_roomname)
			name = rec_str(s->arena, &r);
	put(s, "room ", jid, NULL, name);
}

static void
take_message(struct reading *g, const char *room, struct bytes key, struct bytes val)
{
	struct state *s = g->state;
	const char *id = archive_text(s->arena, (const uint8_t *)key.p + 8);
	struct said *m = arena_alloc(s->arena, sizeof(*m));

	*m = (struct said){ .key = arena_cat(s->arena, room, " ", id, NULL),
		.text = string_of(s, LINE_message, "payload", val) };
	map_put(&s->said, m->key, m);
}

static void
take(struct reading *g, struct bytes key, struct bytes val)
{
	struct state *s = g->state;
	const char *room, *reason;
	struct rec r;

	if (g->table == TABLE_rooms) {
		take_room(g, key, val);
		return;
	}
	if (g->table != TABLE_affil && g->table != TABLE_sessions && g->table != TABLE_archive)
		return;
	/* What is left of a room that was destroyed goes in steps. */
	room = room_of(g, key);
	if (room == NULL)
		return;
	if (g->table == TABLE_sessions)
		put(s, "in ", room, string_of(s, LINE_session, "jid", val), "in");
	if (g->table == TABLE_archive)
		take_message(g, room, key, val);
	if (g->table != TABLE_affil || !record_find(LINE_affil, "affiliation", val, &r))
		return;
	reason = string_of(s, LINE_affil, "reason", val);
	put(s, "affil ", room, string_of(s, LINE_affil, "jid", val),
	    arena_cat(s->arena, name_of(rec_u64(&r)), "/", reason != NULL ? reason : "", NULL));
}

static int
visit(void *arg, struct bytes key, struct bytes val)
{
	struct reading *g = arg;
	struct state *s = g->state;

	s->nrecords++;
	take(g, key, val);
	return 0;
}

static void
wrong(void *arg, const char *table, const char *room, const char *what)
{
	struct reading *g = arg;
	char text[1000];

	snprintf(text, sizeof(text), "%s: %s", room != NULL ? room : "-", what);
	g->say(table, text);
	g->is_bad = true;
}

bool
state_read(struct state *s, struct store *store, say *complain)
{
	static const enum table first = TABLE_rooms; /* the others name rooms by their ids */
	static const struct bytes all = { NULL, 0 };
	struct reading g = { .state = s, .table = first, .say = complain };
	struct check_totals totals;

	*s = (struct state){ .arena = arena_new() };
	store->each(store, first, all, all, visit, &g);
	for (g.table = 0; g.table < TABLE_COUNT; g.table++)
		if (g.table != first)
			store->each(store, g.table, all, all, visit, &g);
	map_release(&g.jids);
	store_check(store, wrong, &g, &totals);
	return !g.is_bad;
}

void
state_release(struct state *s)
{
	map_release(&s->registers);
	map_release(&s->said);
	arena_free(s->arena);
}

/* -- comparing -- */

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Before anything was acknowledged there may be nothing; a room that has just been made has no name. */
static bool
holds(const struct reg *r, const char *value)
{
	if (r->acked == 0 && (value == NULL || value[0] == '\0'))
		return true;
	for (size_t i = r->acked > 0 ? r->acked - 1 : 0; i < r->n; i++)
		if (same(r->values[i], value))
			return true;
	return false;
}

/* Is the room to be there? Whatever was in one that is destroyed went with it. */
static bool
is_room(const struct spoken *sp, const char *key)
{
	char name[1200];
	const struct reg *r;

	snprintf(name, sizeof(name), "room %.*s", (int)strcspn(key, " "), key);
	r = map_get(&sp->registers, name);
	for (size_t i = 0; r != NULL && i < r->n; i++)
		if (r->values[i] == NULL)
			return false;
	return true;
}

static const char *
in_room(const char *key)
{
	return strchr(key, ' ') + 1;
}

unsigned
state_missing(const struct state *s, const struct spoken *sp, say *complain)
{
	unsigned nmissing = 0;
	const struct said *m;
	const struct reg *r;
	uint32_t i = 0;

	while ((r = map_each(&sp->registers, &i)) != NULL) {
		const bool is_of_room = strncmp(r->key, "room ", 5) == 0;

		if (!is_of_room && !is_room(sp, in_room(r->key)))
			continue;
		if (holds(r, map_get(&s->registers, r->key)))
			continue;
		complain("not as acknowledged", r->key);
		nmissing++;
	}
	for (i = 0; (m = map_each(&sp->said, &i)) != NULL;) {
		const struct said *kept = map_get(&s->said, m->key);

		if (!is_room(sp, m->key) || (kept != NULL && strstr(kept->text, m->text) != NULL))
			continue;
		complain(kept == NULL ? "told and not kept" : "kept otherwise than told", m->key);
		nmissing++;
	}
	return nmissing;
}

/* -- telling again -- */

static void
no_chance(void *arg, void *p, size_t n)
{
	uint8_t *seed = arg;

	for (size_t i = 0; i < n; i++)
		((uint8_t *)p)[i] = *seed = (uint8_t)(*seed * 5 + 77);
}

static void
no_log(void *arg, enum muc_log urgency, const char *line)
{
	(void)arg, (void)urgency, (void)line;
}

/* All that the service says when its link comes up, as a stream; false: it does not start. */
static bool
tell_again(struct store *store, struct buf *out)
{
	static char piece[65536];
	uint8_t seed = 1;
	struct muc_host host = { .arg = &seed, .store = store, .random = no_chance, .log = no_log };
	struct muc_now now = { (int64_t)time(NULL) * 1000, 1000 };
	struct muc_conf conf = { .admins = NULL };
	enum muc_error error;
	struct muc *m;
	bool is_good;
	size_t n;

	muc_limits_default(&conf.limits);
	m = muc_new(&host, &conf, now, &error);
	is_good = m != NULL && muc_domain_add(m, DOMAIN) == 0;
	if (is_good) {
		muc_domain_up(m, 0, now);
		is_good = muc_commit(m) == MUC_COMMITTED;
	}
	while (is_good && (n = muc_drain(m, 0, piece, sizeof(piece))) > 0)
		buf_add(out, piece, n);
	muc_free(m);
	return is_good;
}

void
state_begin(void)
{
	struct store *store = store_mem_new();
	struct buf out = BUF_INIT;

	tell_again(store, &out);
	buf_release(&out);
	store->close(store);
}

static bool
is_heard(const struct state *s, const struct spoken *again, const char *to, const char *room,
    const char *what)
{
	return map_get(&again->heard, arena_cat(s->arena, to, " ", room, " ", what, NULL)) != NULL;
}

/* What one session is to hear again. */
static unsigned
silent_for(const struct state *s, const struct spoken *sp, const struct spoken *again,
    const struct reg *r, say *complain)
{
	const char *key = in_room(r->key), *to = in_room(key);
	const char *room = arena_strndup(s->arena, key, strcspn(key, " "));
	const bool is_told = r->acked > 0 && r->values[r->acked - 1] != NULL;
	const uint64_t since = is_told ? r->told_at[r->acked - 1] : UINT64_MAX;
	const struct said *kept, *told;
	unsigned nsilent = 0;
	uint32_t i = 0;

	if (since >= sp->ntaken && !is_heard(s, again, to, room, "in")) {
		complain("not told again that it is in", r->key);
		nsilent++;
	}
	/* Whether it was in when they were said is not known of one that was not told. */
	while (since != UINT64_MAX && (kept = map_each(&s->said, &i)) != NULL) {
		const bool is_here = strncmp(kept->key, room, strlen(room)) == 0;

		told = map_get(&sp->said, kept->key);
		if (!is_here || (told != NULL && (told->at < since || told->at < sp->ntaken)) ||
		    is_heard(s, again, to, room, in_room(kept->key)))
			continue;
		complain("a message is not told again", r->key);
		nsilent++;
	}
	return nsilent;
}

unsigned
state_silent(const struct state *s, const struct spoken *sp, struct store *store, say *complain,
    uint64_t *ntold)
{
	struct spoken again;
	struct buf out = BUF_INIT;
	const struct reg *r;
	unsigned nsilent = 0;
	uint32_t i = 0;

	buf_adds(&out, HEADER);
	if (!tell_again(store, &out)) {
		buf_release(&out);
		complain("no service starts on it", "");
		return 1;
	}
	spoken_init(&again);
	again.listens = true;
	if (!spoken_sent(&again, 0, out.p, out.len))
		complain("what is told again is no XMPP", "");
	buf_release(&out);
	*ntold += again.nstanzas;
	while ((r = map_each(&sp->registers, &i)) != NULL)
		if (strncmp(r->key, "in ", 3) == 0 && map_get(&s->registers, r->key) != NULL)
			nsilent += silent_for(s, sp, &again, r, complain);
	spoken_release(&again);
	return nsilent;
}
