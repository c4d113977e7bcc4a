/* SPDX-License-Identifier: ISC */
/*
 * tombstone.c - what is left of rooms that were destroyed; XEP-0045 10.9
 *
 * Table gone has each under its name, under its expiry, so that they go in order, in steps, and under who
 * destroyed the room, so that nobody leaves more than rooms_per_creator of them. Of people only digests are
 * kept: that is all it takes to know them again.
 */
#include <string.h>

#include "../base/date.h"
#include "../base/digest.h"
#include "../base/rec.h"
#include "directory.h"
#include "lists.h"

#define OWNER_BYTES 16
#define MOST_OWNERS 100 /* that are known again */
#define STEP	    100 /* tombstones removed at once */

enum { /* tags of a record in table gone; never reused */
	GONE_UNTIL = 1,
	GONE_ID = 2,
	GONE_VENUE = 3,
	GONE_OWNERS = 4,
	GONE_BY = 5,
};

static const struct bytes by_expiry = { "", 1 }; /* a NUL: no domain begins so */

static struct bytes
expiry_key(struct arena *a, uint64_t until_ms, uint64_t id)
{
	uint8_t *k = arena_alloc(a, 1 + 8 + 8);

	id_bytes(until_ms, k + 1);
	id_bytes(id, k + 1 + 8);
	return (struct bytes){ k, 1 + 8 + 8 };
}

/* Of one who destroyed rooms: all that begins with a SOH and a digest, in order of expiry. */
static struct bytes
by_key(struct arena *a, const uint8_t by[OWNER_BYTES], uint64_t until_ms, uint64_t id)
{
	uint8_t *k = arena_alloc(a, 1 + OWNER_BYTES + 8 + 8);

	k[0] = 1; /* no domain begins so */
	memcpy(k + 1, by, OWNER_BYTES);
	id_bytes(until_ms, k + 1 + OWNER_BYTES);
	id_bytes(id, k + 1 + OWNER_BYTES + 8);
	return (struct bytes){ k, 1 + OWNER_BYTES + 8 + 8 };
}

static void
owner_digest(const char *bare, uint8_t out[OWNER_BYTES])
{
	uint8_t all[SHA256_LEN];

	digest_sha256(bare, strlen(bare), all);
	memcpy(out, all, OWNER_BYTES);
}

struct found {
	uint64_t until_ms, id;
	const uint8_t *by; /* NULL: a mucd left it that did not note it */
	struct tombstone t;
};

/* The record under a name, whether it has expired or not. */
static bool
find(struct service *s, struct bytes name, struct found *out)
{
	struct bytes val;
	struct rec r;

	memset(out, 0, sizeof(*out));
	if (s->store->get(s->store, TABLE_gone, name, &val) != STORE_OK)
		return false;
	rec_init(&r, val.p, val.n);
	while (rec_next(&r))
		switch (r.tag) {
		case GONE_UNTIL:
			out->until_ms = rec_u64(&r);
			break;
		case GONE_ID:
			out->id = rec_u64(&r);
			break;
		case GONE_VENUE:
			out->t.venue = rec_str(s->arena, &r);
			break;
		case GONE_OWNERS:
			out->t.owners = bytes_copy(s->arena, (struct bytes){ r.val, r.len }).p;
			out->t.nowners = r.len / OWNER_BYTES;
			break;
		case GONE_BY:
			if (r.len == OWNER_BYTES)
				out->by = bytes_copy(s->arena, (struct bytes){ r.val, r.len }).p;
			break;
		default:
			break;
		}
	return true;
}

bool
tombstone_get(struct service *s, const struct jid *j, struct tombstone *out)
{
	struct found f;

	if (j->node == NULL || !find(s, name_key(s->arena, j->domain, j->node), &f) ||
	    (int64_t)f.until_ms <= s->now.wall_ms)
		return false;
	*out = f.t;
	return true;
}

bool
tombstone_owner(const struct tombstone *t, const char *bare)
{
	uint8_t d[OWNER_BYTES];

	owner_digest(bare, d);
	for (size_t i = 0; i < t->nowners; i++)
		if (memcmp(t->owners + i * OWNER_BYTES, d, OWNER_BYTES) == 0)
			return true;
	return false;
}

static int
first_visit(void *arg, struct bytes key, struct bytes val)
{
	(void)val;
	*(int64_t *)arg = (int64_t)bytes_id((const uint8_t *)key.p + 1);
	return 1;
}

void
tombstones_load(struct service *s)
{
	s->gone_first_ms = INT64_MAX;
	s->store->each(s->store, TABLE_gone, by_expiry, BYTES_NONE, first_visit, &s->gone_first_ms);
}

static void
drop(struct service *s, struct bytes name, const struct found *f)
{
	s->store->del(s->store, TABLE_gone, name);
	s->store->del(s->store, TABLE_gone, expiry_key(s->arena, f->until_ms, f->id));
	if (f->by != NULL)
		s->store->del(s->store, TABLE_gone, by_key(s->arena, f->by, f->until_ms, f->id));
	s->ngone--;
}

void
tombstone_remove(struct service *s, const struct jid *j)
{
	struct bytes name = name_key(s->arena, j->domain, j->node);
	struct found f;

	if (!find(s, name, &f))
		return;
	drop(s, name, &f);
	state_save(s);
	tombstones_load(s);
}

static int
owner_visit(void *arg, const char *bare)
{
	struct buf *b = arg;
	uint8_t d[OWNER_BYTES];

	owner_digest(bare, d);
	buf_add(b, d, sizeof(d));
	return b->len >= MOST_OWNERS * OWNER_BYTES;
}

struct left {
	struct arena *arena;
	struct bytes first; /* the name of the one that expires first */
	int64_t n;
};

static int
left_visit(void *arg, struct bytes key, struct bytes val)
{
	struct left *l = arg;

	(void)key;
	if (l->n++ == 0)
		l->first = bytes_copy(l->arena, val);
	return 0;
}

/* Of too many that one leaves the oldest goes: names are not taken by destroying rooms. */
static void
make_room(struct service *s, const uint8_t by[OWNER_BYTES])
{
	struct bytes prefix = by_key(s->arena, by, 0, 0);
	struct left l = { .arena = s->arena };
	struct found f;

	prefix.n -= 8 + 8;
	s->store->each(s->store, TABLE_gone, prefix, BYTES_NONE, left_visit, &l);
	if (l.n >= s->limits.rooms_per_creator && find(s, l.first, &f))
		drop(s, l.first, &f);
}

void
tombstone_set(struct room *r, const char *venue, const char *by)
{
	struct service *s = r->service;
	uint64_t until_ms = (uint64_t)(s->now.wall_ms + s->limits.tombstone_days * DAY_MS);
	struct bytes name = name_key(s->arena, r->domain, r->node);
	struct buf b = BUF_INIT, owners = BUF_INIT;
	uint8_t who[OWNER_BYTES];

	if (s->limits.tombstone_days == 0 || s->limits.tombstones == 0)
		return;
	owner_digest(by, who);
	if (!service_admin(s, by))
		make_room(s, who);
	owner_visit(&owners, by);
	affiliation_owners(r, owner_visit, &owners);
	rec_put_u64(&b, GONE_UNTIL, until_ms);
	rec_put_u64(&b, GONE_ID, r->id);
	rec_put_str(&b, GONE_VENUE, venue);
	rec_put(&b, GONE_OWNERS, owners.p, owners.len);
	rec_put(&b, GONE_BY, who, sizeof(who));
	s->store->put(s->store, TABLE_gone, name, (struct bytes){ b.p, b.len });
	s->store->put(s->store, TABLE_gone, expiry_key(s->arena, until_ms, r->id), name);
	s->store->put(s->store, TABLE_gone, by_key(s->arena, who, until_ms, r->id), name);
	s->ngone++;
	state_save(s);
	tombstones_load(s);
	buf_release(&owners);
	buf_release(&b);
}

struct expiry {
	struct service *service;
	uint64_t too_many;
	struct bytes names[STEP];
	size_t n;
};

static int
expire_visit(void *arg, struct bytes key, struct bytes val)
{
	struct expiry *e = arg;
	int64_t until_ms;

	first_visit(&until_ms, key, val);
	if (until_ms > e->service->now.wall_ms && e->n >= e->too_many)
		return 1;
	e->names[e->n++] = bytes_copy(e->service->arena, val);
	return e->n == STEP;
}

void
tombstones_expire(struct service *s)
{
	const uint64_t most = (uint64_t)s->limits.tombstones;
	struct expiry *e = arena_alloc(s->arena, sizeof(*e));
	struct found f;

	e->service = s;
	e->too_many = s->ngone > most ? s->ngone - most : 0;
	s->store->each(s->store, TABLE_gone, by_expiry, BYTES_NONE, expire_visit, e);
	for (size_t i = 0; i < e->n; i++)
		if (find(s, e->names[i], &f))
			drop(s, e->names[i], &f);
	if (e->n > 0)
		state_save(s);
	tombstones_load(s);
}
