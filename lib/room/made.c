/* SPDX-License-Identifier: ISC */
/*
 * made.c - who made a room, and how long it may stay as it was made; XEP-0045 10.1.1, 14.6
 *
 * Table user has a record for each room that a bare JID created and that still exists, whoever owns
 * it now. A room that waits to be configured has a deadline, which a restart does not put off.
 */
#include <string.h>

#include "../base/digest.h"
#include "../base/rec.h"
#include "directory.h"

enum { /* tags of a record in table user; never reused */
	USER_CREATED = 1,
};

static int
lock_cmp(const struct room *a, const struct room *b)
{
	if (a->lock_due_ms != b->lock_due_ms)
		return a->lock_due_ms < b->lock_due_ms ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

RB_GENERATE(lock_tree, room, watched, lock_cmp)

struct bytes
creator_key(struct arena *a, const char *bare, uint64_t id)
{
	uint8_t *k = arena_alloc(a, STORE_KEY_MAX);
	size_t n = strlen(bare);

	if (n + 1 + 8 <= STORE_KEY_MAX)
		memcpy(k, bare, n);
	else {
		k[0] = 0xff; /* never in UTF-8 */
		digest_sha256(bare, n, k + 1);
		n = 1 + SHA256_LEN;
	}
	k[n++] = '\0';
	if (id != 0) {
		id_bytes(id, k + n);
		n += 8;
	}
	return (struct bytes){ k, n };
}

void
creator_note(const struct room *r)
{
	struct service *s = r->service;
	struct buf b = BUF_INIT;

	rec_put_u64(&b, USER_CREATED, (uint64_t)r->created_ms);
	s->store->put(s->store, TABLE_user, creator_key(s->arena, r->creator, r->id),
	    (struct bytes){ b.p, b.len });
	buf_release(&b);
}

void
creator_forget(const struct room *r)
{
	struct service *s = r->service;

	if (r->creator != NULL)
		s->store->del(s->store, TABLE_user, creator_key(s->arena, r->creator, r->id));
}

struct count {
	uint64_t n, most;
};

static int
count_visit(void *arg, struct bytes key, struct bytes val)
{
	struct count *c = arg;

	(void)key, (void)val;
	return ++c->n >= c->most;
}

uint64_t
creator_count(struct service *s, const char *bare, uint64_t most)
{
	struct count c = { 0, most };

	s->store->each(
	    s->store, TABLE_user, creator_key(s->arena, bare, 0), BYTES_NONE, count_visit, &c);
	return c.n;
}

/*
 * It was created by the wall's clock and is waited for by the other one: a clock that jumps neither ends
 * it at once nor lets it stay.
 */
void
room_watch(struct room *r)
{
	struct service *s = r->service;
	int64_t all_ms = s->limits.configure_s * 1000;
	int64_t left_ms = r->created_ms + all_ms - s->now.wall_ms;

	if (!r->locked)
		return;
	if (left_ms < 1)
		left_ms = 1;
	if (left_ms > all_ms)
		left_ms = all_ms;
	r->lock_due_ms = s->now.mono_ms + left_ms;
	RB_INSERT(lock_tree, &s->locks, r);
}

void
room_unwatch(struct room *r)
{
	if (r->lock_due_ms == 0)
		return;
	RB_REMOVE(lock_tree, &r->service->locks, r);
	r->lock_due_ms = 0;
}
