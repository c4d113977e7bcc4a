/* SPDX-License-Identifier: ISC */
/*
 * purge.c - what is left of destroyed rooms goes, in steps
 *
 * Table dead has their ids. An archive that is to be kept for a while (archive_after_destroy_days) waits in
 * table aging, under the time of the room's end, and comes back to table dead when that is over. Ids of
 * rooms are never used again, so nobody sees it in a new room of the name.
 */
#include "../base/rec.h"
#include "archive.h"
#include "held.h"

#define STEP 500 /* records */

enum { /* tags of a record in table dead, which may be empty; never reused */
	DEAD_AT = 1,
	DEAD_JID = 2,
};

/* A record in table rooms is left by an import that did not come to its end. */
const enum table room_tables[NROOM_TABLES] = { TABLE_rooms, TABLE_affil, TABLE_nicks, TABLE_changes,
	TABLE_requests, TABLE_invites, TABLE_roles, TABLE_spoke, TABLE_blobs, TABLE_retracting };

static void
put_dead(struct service *s, uint64_t room_id, struct bytes val)
{
	uint8_t id[8];

	s->store->put(s->store, TABLE_dead, id_key(room_id, id), val);
	s->purging = true;
}

void
room_bury(struct service *s, uint64_t room_id)
{
	put_dead(s, room_id, BYTES_NONE);
}

void
room_mourn(struct room *r)
{
	struct buf b = BUF_INIT;

	rec_put_u64(&b, DEAD_AT, (uint64_t)r->service->now.wall_ms);
	rec_put_str(&b, DEAD_JID, r->jid);
	put_dead(r->service, r->id, (struct bytes){ b.p, b.len });
	buf_release(&b);
}

struct dead {
	uint64_t id;
	int64_t at_ms;
	const char *jid;
};

struct purge {
	struct arena *arena;
	uint64_t below; /* of dead rooms: the first id that is left alone */
	struct bytes keys[STEP];
	struct dead dead[STEP];
	size_t n, ndead;
};

/* Ids that an import is still to give a name to have their data. */
static int
dead_visit(void *arg, struct bytes key, struct bytes val)
{
	struct purge *p = arg;
	struct dead *d = &p->dead[p->ndead];
	struct rec f;

	if (bytes_id(key.p) >= p->below)
		return 1;
	p->ndead++;
	*d = (struct dead){ .id = bytes_id(key.p) };
	rec_init(&f, val.p, val.n);
	while (rec_next(&f))
		if (f.tag == DEAD_AT)
			d->at_ms = (int64_t)rec_u64(&f);
		else if (f.tag == DEAD_JID)
			d->jid = rec_str(p->arena, &f);
	return p->ndead == STEP;
}

static int
key_visit(void *arg, struct bytes key, struct bytes val)
{
	struct purge *p = arg;

	(void)val;
	p->keys[p->n++] = bytes_copy(p->arena, key);
	return p->n == STEP;
}

/* Removes what fits into the step; true: the step is full. */
static bool
purge_table(struct service *s, enum table t, struct bytes id, struct purge *p)
{
	size_t from = p->n;

	s->store->each(s->store, t, id, BYTES_NONE, key_visit, p);
	for (size_t i = from; i < p->n; i++)
		s->store->del(s->store, t, p->keys[i]);
	return p->n == STEP;
}

static bool
purge_archive(struct service *s, const struct dead *d, struct bytes key, struct purge *p)
{
	static const struct stay nothing = { .since_ms = INT64_MAX };
	struct held *h = held_get(s, d->id);
	const struct aged a = { d->at_ms, d->id, d->jid };

	if (d->jid != NULL && s->limits.archive_after_destroy_days > 0 &&
	    (h->entries > 0 || s->archives.is_counting)) {
		aging_put(s, AGING_DEAD, &a);
		h->ended_ms = d->at_ms;
		held_touch(s, h);
		return false;
	}
	p->n += archive_trim(s, h, &nothing, STEP - p->n);
	if (p->n == STEP)
		return true;
	h->is_dead = true;
	s->store->del(s->store, TABLE_over, key);
	return false;
}

/* All that is left of one room; true: the step is full. */
static bool
purge_room(struct service *s, const struct dead *d, struct purge *p)
{
	uint8_t id[8];
	const struct bytes key = id_key(d->id, id);

	for (size_t t = 0; t < NROOM_TABLES; t++)
		if (purge_table(s, room_tables[t], key, p))
			return true;
	if (purge_archive(s, d, key, p))
		return true;
	s->store->del(s->store, TABLE_dead, key);
	return false;
}

bool
rooms_purge(struct service *s)
{
	struct purge *p = arena_alloc(s->arena, sizeof(*p));
	bool full = false;

	p->arena = s->arena;
	p->n = p->ndead = 0;
	p->below = s->import_from != 0 ? s->import_from : UINT64_MAX;
	s->store->each(s->store, TABLE_dead, BYTES_NONE, BYTES_NONE, dead_visit, p);
	for (size_t i = 0; i < p->ndead && !full; i++)
		full = purge_room(s, &p->dead[i], p);
	s->purging = full || p->ndead == STEP;
	return s->purging;
}
