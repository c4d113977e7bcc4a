/* SPDX-License-Identifier: ISC */
/*
 * affiliation.c - who is what in a room, for good; XEP-0045 5.2
 *
 * Affiliations are read from the store whenever they are asked for: the turn's transaction is the
 * one truth, and a room with many members costs no memory. But for the last answer, which one stanza asks
 * for again and again. Nicks that are reserved (7.10, 9.3) stand in
 * the records of their owners, and in an index from nick to owner.
 */
#include <string.h>

#include "../base/rec.h"
#include "lists.h"
#include "room.h"

enum { /* tags of a record in table affil; never reused */
	TAG_JID = 1,
	TAG_AFFILIATION = 2,
	TAG_NICK = 3,
	TAG_REASON = 4,
	TAG_ACTOR = 5,
	TAG_TIME = 6,
};

static bool
read_affil(struct arena *a, struct bytes val, struct affil *out)
{
	struct rec r;

	memset(out, 0, sizeof(*out));
	out->affiliation = AFF_NONE;
	rec_init(&r, val.p, val.n);
	while (rec_next(&r))
		switch (r.tag) {
		case TAG_JID:
			out->jid = rec_str(a, &r);
			break;
		case TAG_AFFILIATION:
			out->affiliation = (enum affiliation)rec_u64(&r);
			break;
		case TAG_NICK:
			out->nick = rec_str(a, &r);
			break;
		case TAG_REASON:
			out->reason = rec_str(a, &r);
			break;
		case TAG_ACTOR:
			out->actor = rec_str(a, &r);
			break;
		case TAG_TIME:
			out->set_ms = (int64_t)rec_u64(&r);
			break;
		default:
			break;
		}
	return out->jid != NULL && out->affiliation <= AFF_OWNER;
}

bool
affiliation_in(struct service *s, uint64_t room_id, const char *bare, struct affil *out)
{
	struct bytes val;

	if (s->store->get(s->store, TABLE_affil, store_key(s->arena, room_id, bare), &val) !=
	    STORE_OK)
		return false;
	return read_affil(s->arena, val, out);
}

bool
affiliation_stored(const struct room *r, const char *bare, struct affil *out)
{
	return affiliation_in(r->service, r->id, bare, out);
}

/*
 * What users of a domain have by the domain's affiliation (9.2). Whole domains may be banned or be members; a
 * component that owns a room does not make its users owners.
 */
static enum affiliation
by_domain(enum affiliation a)
{
	return a <= AFF_MEMBER ? a : AFF_NONE;
}

/* *own: it is its own, not its domain's. */
static enum affiliation
find_written(affiliation_own *find, const void *of, const char *bare, bool *own)
{
	const char *at = strchr(bare, '@');
	enum affiliation a;

	*own = find(of, bare, &a);
	if (*own)
		return a;
	return at != NULL && find(of, at + 1, &a) ? by_domain(a) : AFF_NONE;
}

/*
 * A ban holds however the domain is written; what is given to somebody is for the address that it was given to, and
 * what is given to a domain for those who are not banned themselves.
 */
enum affiliation
affiliation_find(struct arena *arena, affiliation_own *find, const void *of, const char *bare)
{
	bool own, other_own;
	enum affiliation a = find_written(find, of, bare, &own);
	const char *ways[2];

	if (own)
		return a;
	jid_ways(arena, bare, ways);
	for (int i = 0; i < 2; i++)
		if (ways[i] != bare && find_written(find, of, ways[i], &other_own) == AFF_OUTCAST &&
		    (a == AFF_NONE || other_own))
			return AFF_OUTCAST;
	return a;
}

static bool
find_stored(const void *room, const char *jid, enum affiliation *a)
{
	struct affil f;

	if (!affiliation_stored(room, jid, &f))
		return false;
	*a = f.affiliation;
	return true;
}

enum affiliation
affiliation_of(const struct room *r, const char *bare)
{
	struct service *s = r->service;
	struct standing *last = &s->standing;

	if (last->bare == NULL || last->room_id != r->id || strcmp(last->bare, bare) != 0)
		*last = (struct standing){
			.room_id = r->id,
			.affiliation = affiliation_find(s->arena, find_stored, r, bare),
			.bare = arena_strdup(s->arena, bare),
		};
	return last->affiliation;
}

void
standing_forget(struct service *s)
{
	s->standing.bare = NULL;
}

const char *
nick_owner(const struct room *r, const char *nick)
{
	struct service *s = r->service;
	struct bytes val;

	if (s->store->get(s->store, TABLE_nicks, store_key(s->arena, r->id, nick), &val) !=
	    STORE_OK)
		return NULL;
	return arena_strndup(s->arena, val.p, val.n);
}

/*
 * The index of reserved nicks: one owner each. Of two that swap theirs in one request the first has
 * taken the other's entry already, so an entry goes only while it is one's own.
 */
static void
index_nick(struct room *r, const char *jid, const char *before, const char *now)
{
	struct service *s = r->service;
	const char *owner;

	if (before != NULL && (now == NULL || strcmp(before, now) != 0)) {
		owner = nick_owner(r, before);
		if (owner != NULL && strcmp(owner, jid) == 0)
			s->store->del(s->store, TABLE_nicks, store_key(s->arena, r->id, before));
	}
	if (now != NULL)
		s->store->put(s->store, TABLE_nicks, store_key(s->arena, r->id, now),
		    (struct bytes){ jid, strlen(jid) });
}

void
affiliation_set(struct room *r, const struct affil *f, const char *actor)
{
	struct service *s = r->service;
	struct bytes key = store_key(s->arena, r->id, f->jid);
	struct buf b = BUF_INIT;
	struct affil before;
	bool had = affiliation_stored(r, f->jid, &before);
	/* 9.1: an outcast has none. */
	const char *nick = f->affiliation > AFF_NONE ? f->nick : NULL;

	standing_forget(s);
	if (had && before.affiliation == AFF_OWNER)
		r->nowners--;
	if (had)
		r->naffiliations--;
	index_nick(r, f->jid, had ? before.nick : NULL, nick);
	change_note(r, f->jid, had ? before.affiliation : AFF_NONE, f->affiliation);
	if (f->affiliation == AFF_NONE) {
		s->store->del(s->store, TABLE_affil, key);
		room_save(r);
		return;
	}
	rec_put_str(&b, TAG_JID, f->jid);
	rec_put_u64(&b, TAG_AFFILIATION, f->affiliation);
	rec_put_str(&b, TAG_NICK, nick);
	rec_put_str(&b, TAG_REASON, f->reason);
	rec_put_str(&b, TAG_ACTOR, actor);
	rec_put_u64(&b, TAG_TIME, (uint64_t)s->now.wall_ms);
	s->store->put(s->store, TABLE_affil, key, (struct bytes){ b.p, b.len });
	buf_release(&b);
	r->naffiliations++;
	if (f->affiliation == AFF_OWNER)
		r->nowners++;
	room_save(r);
}

struct walk {
	const struct room *room;
	struct arena *arena; /* of the record at hand */
	enum affiliation least, most;
	int (*visit)(void *, const struct affil *);
	void *arg;
	int result;
};

/* Of all others nothing is copied, and of these only one at a time: there may be very many. */
static bool
is_wanted(const struct walk *w, struct bytes val)
{
	struct rec r;

	rec_init(&r, val.p, val.n);
	while (rec_next(&r))
		if (r.tag == TAG_AFFILIATION)
			return rec_u64(&r) >= w->least && rec_u64(&r) <= w->most;
	return false;
}

static int
walk_one(void *arg, struct bytes key, struct bytes val)
{
	struct walk *w = arg;
	struct affil f;

	(void)key;
	w->room->service->walked++;
	arena_reset(w->arena);
	if (!is_wanted(w, val) || !read_affil(w->arena, val, &f))
		return 0;
	return w->result = w->visit(w->arg, &f);
}

int
affiliation_each(const struct room *r, enum affiliation least, enum affiliation most,
    int (*visit)(void *, const struct affil *), void *arg)
{
	struct service *s = r->service;
	struct walk w = { r, arena_new(), least, most, visit, arg, 0 };
	uint8_t id[8];

	s->store->each(s->store, TABLE_affil, id_key(r->id, id), BYTES_NONE, walk_one, &w);
	arena_free(w.arena);
	return w.result;
}

struct owners {
	struct arena *arena;
	int (*visit)(void *, const char *);
	void *arg;
	unsigned left;
};

static int
owners_one(void *arg, const struct affil *f)
{
	struct owners *w = arg;

	return w->visit(w->arg, arena_strdup(w->arena, f->jid)) != 0 || --w->left == 0;
}

void
affiliation_owners(const struct room *r, int (*visit)(void *, const char *), void *arg)
{
	struct owners w = { r->service->arena, visit, arg, r->nowners };

	if (r->nowners > 0)
		affiliation_each(r, AFF_OWNER, AFF_OWNER, owners_one, &w);
}
