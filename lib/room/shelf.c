/* SPDX-License-Identifier: ISC */
/*
 * shelf.c - small records of a room, which the oldest leave when there are too many
 *
 * Strangers cause them, so a room has so many at most. A record begins with its time; a new one is
 * worth a look at all of its room.
 */
#include <string.h>

#include "../base/rec.h"
#include "waiting.h"

#define STALE_STEP 16 /* more than one that goes for each that comes */

struct look {
	struct service *service;
	const struct shelf *shelf;
	struct bytes key; /* that is put */
	int64_t n;	  /* others that are not too old */
	int64_t oldest_ms;
	uint8_t oldest[STORE_KEY_MAX];
	size_t oldest_len;
	struct bytes stale[STALE_STEP];
	size_t nstale;
};

static int64_t
time_of(struct bytes val)
{
	struct rec r;

	rec_init(&r, val.p, val.n);
	return rec_next(&r) && r.tag == SHELF_TIME ? (int64_t)rec_u64(&r) : 0;
}

static int
look_at(void *arg, struct bytes key, struct bytes val)
{
	struct look *l = arg;
	struct service *s = l->service;
	int64_t ms = time_of(val);

	if (key.n == l->key.n && memcmp(key.p, l->key.p, key.n) == 0)
		return 0;
	if (l->shelf->max_ms > 0 && s->now.wall_ms - ms >= l->shelf->max_ms) {
		if (l->nstale < STALE_STEP)
			l->stale[l->nstale++] = bytes_copy(s->arena, key);
		return 0;
	}
	if (l->n++ == 0 || ms < l->oldest_ms) {
		l->oldest_ms = ms;
		/* Over the one before: in the worst order each is older. */
		memcpy(l->oldest, key.p, key.n);
		l->oldest_len = key.n;
	}
	return 0;
}

void
shelf_put(struct room *r, const struct shelf *shelf, struct bytes key, struct bytes val)
{
	struct service *s = r->service;
	struct look l = { .service = s, .shelf = shelf, .key = key };
	uint8_t id[8];

	s->store->each(s->store, shelf->table, id_key(r->id, id), BYTES_NONE, look_at, &l);
	for (size_t i = 0; i < l.nstale; i++)
		s->store->del(s->store, shelf->table, l.stale[i]);
	if (l.n >= shelf->most)
		s->store->del(s->store, shelf->table, (struct bytes){ l.oldest, l.oldest_len });
	s->store->put(s->store, shelf->table, key, val);
}

struct keys {
	struct arena *arena;
	struct bytes v[STALE_STEP];
	size_t n;
};

static int
take_key(void *arg, struct bytes key, struct bytes val)
{
	struct keys *k = arg;

	(void)val;
	k->v[k->n++] = bytes_copy(k->arena, key);
	return k->n == STALE_STEP;
}

void
shelf_clear(struct room *r, enum table table)
{
	struct service *s = r->service;
	struct keys k = { .arena = s->arena };
	uint8_t id[8];

	do {
		k.n = 0;
		s->store->each(s->store, table, id_key(r->id, id), BYTES_NONE, take_key, &k);
		for (size_t i = 0; i < k.n; i++)
			s->store->del(s->store, table, k.v[i]);
	} while (k.n == STALE_STEP);
}
