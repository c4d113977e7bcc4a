/* SPDX-License-Identifier: ISC */
/*
 * host_check.c - loaded from its store again, is the service the same?
 *
 * Before and after the restart the whole store is written down, and what the service answers
 * when every client asks about every room: what it is, who is in it, who is what in it, how it is
 * configured. All of that must be equal. And of rooms that are gone nothing is left.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/xml.h"
#include "base/xml_write.h"
#include "host_count.h"
#include "host_in.h"
#include "match.h"
#include "scs.h"

/* What was found out. */
struct state {
	struct buf tables, answers;
	uint64_t rooms, occupants, sessions;
};

struct name {
	const char *address;
	struct name *next;
};

struct names {
	struct arena *a;
	struct name *first;
};

static void
add_bytes(struct buf *b, struct bytes bytes)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *p = bytes.p;
	size_t i;

	for (i = 0; i < bytes.n; i++) {
		if (p[i] > ' ' && p[i] < 0x7f) {
			buf_addc(b, (char)p[i]);
			continue;
		}
		buf_addc(b, '\\');
		buf_addc(b, hex[p[i] >> 4]);
		buf_addc(b, hex[p[i] & 15]);
	}
}

static int
dump_record(void *arg, struct bytes key, struct bytes val)
{
	struct buf *b = arg;

	buf_adds(b, "  ");
	add_bytes(b, key);
	buf_adds(b, " = ");
	add_bytes(b, val);
	buf_addc(b, '\n');
	return 0;
}

static void
dump_store(struct store *store, struct buf *b)
{
	static const char *const names[] = {
#define TABLE(name, what) #name,
		STORE_TABLES(TABLE)
#undef TABLE
	};
	struct bytes all = { "", 0 };
	int i;

	for (i = 0; i < TABLE_COUNT; i++) {
		buf_adds(b, names[i]);
		buf_addc(b, '\n');
		store->each(store, (enum table)i, all, all, dump_record, b);
	}
}

/* A record of `names`: the key is domain NUL node. */
static int
take_name(void *arg, struct bytes key, struct bytes val)
{
	struct names *names = arg;
	const char *domain = key.p;
	const char *nul = memchr(domain, '\0', key.n);
	struct name *name;

	(void)val;
	if (nul == NULL)
		return 0;
	name = arena_alloc(names->a, sizeof(*name));
	name->address = arena_cat(names->a,
	    arena_strndup(names->a, nul + 1, key.n - (size_t)(nul + 1 - domain)), "@", domain,
	    NULL);
	name->next = names->first;
	names->first = name;
	return 0;
}

/* One question; the answer comes as any other stanza, to the seat that asks. */
static void
ask(struct host *h, struct seat *s, const char *room, const char *ns, const char *attr,
    const char *value)
{
	struct arena *a = h->p->a;
	struct xml *iq = xml_new(a, NS_STANZA, "iq"), *query;

	xml_set(a, iq, "type", "get");
	xml_set(a, iq, "id", value != NULL ? value : "ask");
	xml_set(a, iq, "from", s->full);
	xml_set(a, iq, "to", room);
	query = xml_add(a, iq, ns, "query");
	if (attr != NULL)
		xml_set(a, xml_add(a, query, ns, "item"), attr, value);
	host_input(h, iq);
}

static void
ask_all(struct host *h, struct seat *s, const char *room)
{
	static const char *const affiliations[] = { "owner", "admin", "member", "outcast" };
	static const char *const roles[] = { "moderator", "participant", "visitor" };
	size_t i;

	ask(h, s, room, NS_DISCO_INFO, NULL, NULL);
	ask(h, s, room, NS_DISCO_ITEMS, NULL, NULL);
	ask(h, s, room, NS_MUC_OWNER, NULL, NULL);
	for (i = 0; i < sizeof(affiliations) / sizeof(affiliations[0]); i++)
		ask(h, s, room, NS_MUC_ADMIN, "affiliation", affiliations[i]);
	for (i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		ask(h, s, room, NS_MUC_ADMIN, "role", roles[i]);
}

static void
take_answers(struct seat *s, struct buf *b)
{
	struct unread *u;

	for (u = s->first; u != NULL; u = u->next)
		match_print(b, "  ", u->x);
	s->first = NULL;
	s->last = &s->first;
}

/* Every client that was ever connected asks, a minute later so that no bucket is empty. */
static bool
look_around(struct host *h, struct state *state)
{
	struct names names = { h->p->a, NULL };
	struct bytes all = { "", 0 };
	const struct name *name;
	struct seat *s;
	size_t i;

	h->store->each(h->store, TABLE_names, all, all, take_name, &names);
	for (i = 0; i < h->p->nseats; i++) {
		s = &h->p->seat[i];
		if (s->full == NULL)
			continue;
		s->connected = s->manual = true;
		s->first = NULL;
		s->last = &s->first;
		for (name = names.first; name != NULL; name = name->next) {
			h->now.mono_ms += 60000;
			ask_all(h, s, name->address);
			if (!host_turns(h))
				return false;
			take_answers(s, &state->answers);
		}
	}
	return true;
}

static bool
find_out(struct host *h, struct state *state)
{
	const struct muc_stats *stats = muc_stats(h->muc);

	state->rooms = stats->rooms_stored;
	state->occupants = stats->occupants;
	state->sessions = stats->sessions;
	dump_store(h->store, &state->tables);
	return look_around(h, state);
}

/* Shows where two texts first differ, by lines. */
static void
show_difference(struct buf *a, struct buf *b)
{
	size_t i = 0, line = 0, na, nb;

	while (i < a->len && i < b->len && a->p[i] == b->p[i])
		if (a->p[i++] == '\n')
			line = i;
	buf_addc(a, '\n');
	buf_addc(b, '\n');
	na = (size_t)((char *)memchr(a->p + line, '\n', a->len - line) - (a->p + line));
	nb = (size_t)((char *)memchr(b->p + line, '\n', b->len - line) - (b->p + line));
	printf("#   before: %.*s\n#   after:  %.*s\n", (int)na, a->p + line, (int)nb, b->p + line);
}

static bool
same(struct play *p, const char *what, struct buf *a, struct buf *b)
{
	if (a->len == b->len && (a->len == 0 || memcmp(a->p, b->p, a->len) == 0))
		return true;
	play_fail(p, "after a restart %s not the same", what);
	show_difference(a, b);
	return false;
}

/* -- what belongs to no room -- */

struct strays {
	struct arena *a;
	struct map rooms; /* ids of rooms that have a name, or whose data still goes; -> "" */
	uint64_t n;
};

static const char *
id_text(struct arena *a, const void *id)
{
	char *s = arena_alloc(a, 17);

	for (int i = 0; i < 8; i++)
		snprintf(s + 2 * i, 3, "%02x", ((const unsigned char *)id)[i]);
	return s;
}

static int
take_named(void *arg, struct bytes key, struct bytes val)
{
	struct strays *s = arg;

	(void)key;
	map_put(&s->rooms, id_text(s->a, val.p), s);
	return 0;
}

static int
take_dead(void *arg, struct bytes key, struct bytes val)
{
	return take_named(arg, val, key);
}

/* A room that is gone, and its archive is not: order, when, id. */
static int
take_kept(void *arg, struct bytes key, struct bytes val)
{
	return take_named(arg, val, (struct bytes){ (const uint8_t *)key.p + 9, 8 });
}

static int
count_stray(void *arg, struct bytes key, struct bytes val)
{
	struct strays *s = arg;

	(void)val;
	s->n += map_get(&s->rooms, id_text(s->a, key.p)) == NULL;
	return 0;
}

/*
 * Records of a room's own stand under its id; a room that is gone has none, or they are going, or its
 * archive is kept.
 */
static bool
no_strays(struct host *h)
{
	static const enum table living[] = { TABLE_rooms, TABLE_sessions };
	static const enum table going[] = { TABLE_affil, TABLE_nicks, TABLE_requests, TABLE_invites,
		TABLE_roles, TABLE_spoke };
	static const enum table kept[] = { TABLE_archive, TABLE_held, TABLE_over };
	const uint8_t dead = HOST_AGING_DEAD;
	struct strays s = { h->p->a, MAP_INIT, 0 };
	struct bytes all = { "", 0 };
	struct store *store = h->store;
	size_t i;

	store->each(store, TABLE_names, all, all, take_named, &s);
	for (i = 0; i < sizeof(living) / sizeof(living[0]); i++)
		store->each(store, living[i], all, all, count_stray, &s);
	store->each(store, TABLE_dead, all, all, take_dead, &s);
	for (i = 0; i < sizeof(going) / sizeof(going[0]); i++)
		store->each(store, going[i], all, all, count_stray, &s);
	store->each(store, TABLE_aging, (struct bytes){ &dead, 1 }, all, take_kept, &s);
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		store->each(store, kept[i], all, all, count_stray, &s);
	map_release(&s.rooms);
	if (s.n > 0)
		play_fail(h->p, "%llu records in the store are of rooms that are not there",
		    (unsigned long long)s.n);
	return s.n == 0;
}

static bool
counted(struct host *h)
{
	if (host_counted(h->store, muc_stats(h->muc)))
		return true;
	play_fail(h->p, "what the archives hold is not what is noted of it");
	return false;
}

bool
host_same_after_restart(struct host *h)
{
	struct state before = { BUF_INIT, BUF_INIT, 0, 0, 0 }, after = before;
	struct muc_now now = h->now;
	bool good, verbose = h->p->verbose;

	h->p->verbose = false;
	good = host_settles(h);
	h->no_ticks = true;
	good = good && no_strays(h) && counted(h) && find_out(h, &before);
	h->now = now;
	good = good && h->p->world->restart(h->p, true) && find_out(h, &after) &&
	       same(h->p, "the store is", &before.tables, &after.tables) &&
	       same(h->p, "the answers are", &before.answers, &after.answers);
	if (good && (before.rooms != after.rooms || before.occupants != after.occupants ||
			before.sessions != after.sessions))
		good = play_fail(h->p,
		    "after a restart there are %llu rooms, %llu occupants, %llu sessions; before "
		    "it "
		    "%llu, %llu, %llu",
		    (unsigned long long)after.rooms, (unsigned long long)after.occupants,
		    (unsigned long long)after.sessions, (unsigned long long)before.rooms,
		    (unsigned long long)before.occupants, (unsigned long long)before.sessions);
	h->p->verbose = verbose;
	h->no_ticks = false;
	buf_release(&before.tables);
	buf_release(&before.answers);
	buf_release(&after.tables);
	buf_release(&after.answers);
	return good;
}
