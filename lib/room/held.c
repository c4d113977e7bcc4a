/* SPDX-License-Identifier: ISC */
/*
 * held.c - how much the archives hold, counted as it changes
 *
 * A turn's changes are in a tree in its arena and are written when it ends: a busy room costs one small
 * record a turn and not one for each message. A database of an older mucd is counted in steps that go
 * through table archive in its order: what stands behind the last key that was counted is left for
 * later, whoever changes it meanwhile, so the result is exact.
 */
#include "held.h"

#include <string.h>

#include "../base/date.h"
#include "../base/rec.h"
#include "../base/tree.h"
#include "archive.h"

#define COUNT_STEP  2000 /* entries */
#define COUNT_ROOMS 100

enum { /* tags of a record in table held; never reused */
	TAG_ENTRIES = 1,
	TAG_BYTES = 2,
	TAG_OLDEST = 3,
	TAG_DAYS = 4,
	TAG_LAST_ID = 5,
	TAG_OVER = 6,
	TAG_ENDED = 7,
	TAG_CLEARED = 8,
	TAG_REPLACED = 9,
};

enum { /* tags of the record `archives` in table meta; never reused */
	META_ENTRIES = 30,
	META_BYTES = 31,
	META_COUNTED_TO = 32,
	META_ENTRIES_LIMIT = 33,
	META_BYTES_LIMIT = 34,
};

static const struct bytes archives_key = { "archives", 8 };

static int
held_cmp(const struct held *a, const struct held *b)
{
	return a->room_id < b->room_id ? -1 : a->room_id > b->room_id;
}

TREE(held_tree, held, entry, held_cmp)

/* -- table aging: which order, time, room id -- */

enum { AGING_LEN = 1 + 8 + 8 };

static void
aging_key(uint8_t key[AGING_LEN], enum aging order, const struct aged *a)
{
	key[0] = (uint8_t)order;
	id_bytes((uint64_t)a->ms, key + 1);
	id_bytes(a->room_id, key + 1 + 8);
}

struct found {
	struct arena *arena;
	struct aged *out;
};

static int
aged_visit(void *arg, struct bytes key, struct bytes val)
{
	struct found *f = arg;

	f->out->ms = (int64_t)bytes_id((const uint8_t *)key.p + 1);
	f->out->room_id = bytes_id((const uint8_t *)key.p + 1 + 8);
	f->out->jid = arena_strndup(f->arena, val.p, val.n);
	return 1;
}

bool
aging_next(struct service *s, enum aging order, const struct aged *after, struct aged *out)
{
	struct found f = { s->arena, out };
	uint8_t prefix = (uint8_t)order, key[AGING_LEN];

	if (after != NULL)
		aging_key(key, order, after);
	return s->store->each(s->store, TABLE_aging, (struct bytes){ &prefix, 1 },
		   after != NULL ? (struct bytes){ key, sizeof(key) } : BYTES_NONE, aged_visit,
		   &f) == STORE_STOP;
}

static void
learn_first(struct service *s, enum aging order)
{
	struct aged first;

	s->archives.aging_first_ms[order] =
	    aging_next(s, order, NULL, &first) ? first.ms : INT64_MAX;
}

void
aging_put(struct service *s, enum aging order, const struct aged *a)
{
	uint8_t key[AGING_LEN];

	aging_key(key, order, a);
	s->store->put(s->store, TABLE_aging, (struct bytes){ key, sizeof(key) },
	    (struct bytes){ a->jid, a->jid != NULL ? strlen(a->jid) : 0 });
	if (a->ms < s->archives.aging_first_ms[order])
		s->archives.aging_first_ms[order] = a->ms;
}

void
aging_del(struct service *s, enum aging order, const struct aged *a)
{
	uint8_t key[AGING_LEN];

	aging_key(key, order, a);
	s->store->del(s->store, TABLE_aging, (struct bytes){ key, sizeof(key) });
	if (a->ms <= s->archives.aging_first_ms[order])
		learn_first(s, order);
}

/* Has the room where its oldest entry belongs. */
static void
age(struct service *s, struct held *h)
{
	struct aged said = { .room_id = h->room_id }, own = said;

	if (h->aging.oldest_ms == h->oldest_ms && h->aging.days == h->days)
		return;
	said.ms = h->aging.oldest_ms;
	own.ms = h->aging.oldest_ms + h->aging.days * DAY_MS;
	if (h->aging.oldest_ms != 0)
		aging_del(s, AGING_SAID, &said);
	if (h->aging.oldest_ms != 0 && h->aging.days != 0)
		aging_del(s, AGING_OWN, &own);
	said.ms = h->oldest_ms;
	own.ms = h->oldest_ms + h->days * DAY_MS;
	if (h->oldest_ms != 0)
		aging_put(s, AGING_SAID, &said);
	if (h->oldest_ms != 0 && h->days != 0)
		aging_put(s, AGING_OWN, &own);
	h->aging.oldest_ms = h->oldest_ms;
	h->aging.days = h->days;
}

/* -- table held -- */

void
held_read(struct held *h, struct bytes val)
{
	struct rec r;

	rec_init(&r, val.p, val.n);
	while (rec_next(&r))
		switch (r.tag) {
		case TAG_ENTRIES:
			h->entries = rec_u64(&r);
			break;
		case TAG_BYTES:
			h->bytes = rec_u64(&r);
			break;
		case TAG_OLDEST:
			h->aging.oldest_ms = h->oldest_ms = (int64_t)rec_u64(&r);
			break;
		case TAG_DAYS:
			h->aging.days = h->days = (uint32_t)rec_u64(&r);
			break;
		case TAG_LAST_ID:
			if (r.len == sizeof(h->last_id))
				memcpy(h->last_id, r.val, r.len);
			break;
		case TAG_OVER:
			h->is_over = rec_u64(&r) != 0;
			break;
		case TAG_ENDED:
			h->ended_ms = (int64_t)rec_u64(&r);
			break;
		case TAG_CLEARED:
			h->cleared_ms = (int64_t)rec_u64(&r);
			break;
		case TAG_REPLACED:
			h->replaced = rec_u64(&r);
			break;
		default:
			break;
		}
}

struct held *
held_get(struct service *s, uint64_t room_id)
{
	struct held want = { .room_id = room_id },
		    *h = RB_FIND(held_tree, &s->archives.held, &want);
	struct bytes val;
	uint8_t key[8];

	if (h != NULL)
		return h;
	h = arena_alloc(s->arena, sizeof(*h));
	h->room_id = room_id;
	if (s->store->get(s->store, TABLE_held, id_key(room_id, key), &val) == STORE_OK)
		held_read(h, val);
	RB_INSERT(held_tree, &s->archives.held, h);
	return h;
}

static void
write_held(struct service *s, struct held *h)
{
	struct buf b = BUF_INIT;
	uint8_t id[8];
	const struct bytes key = id_key(h->room_id, id);

	age(s, h);
	h->is_changed = false;
	if (h->is_dead) {
		s->store->del(s->store, TABLE_held, key);
		return;
	}
	rec_put_u64(&b, TAG_ENTRIES, h->entries);
	rec_put_u64(&b, TAG_BYTES, h->bytes);
	rec_put_u64(&b, TAG_OLDEST, (uint64_t)h->oldest_ms);
	if (h->days != 0)
		rec_put_u64(&b, TAG_DAYS, h->days);
	if (h->last_id[0] != 0 || h->last_id[1] != 0)
		rec_put(&b, TAG_LAST_ID, h->last_id, sizeof(h->last_id));
	if (h->is_over)
		rec_put_u64(&b, TAG_OVER, 1);
	if (h->ended_ms != 0)
		rec_put_u64(&b, TAG_ENDED, (uint64_t)h->ended_ms);
	if (h->cleared_ms != 0)
		rec_put_u64(&b, TAG_CLEARED, (uint64_t)h->cleared_ms);
	if (h->replaced != 0)
		rec_put_u64(&b, TAG_REPLACED, h->replaced);
	s->store->put(s->store, TABLE_held, key, (struct bytes){ b.p, b.len });
	buf_release(&b);
}

static void
write_archives(struct service *s)
{
	struct buf b = BUF_INIT;

	rec_put_u64(&b, META_ENTRIES, s->stats.archive_entries);
	rec_put_u64(&b, META_BYTES, s->stats.archive_bytes);
	if (s->archives.is_counting)
		rec_put(
		    &b, META_COUNTED_TO, s->archives.counted_to, sizeof(s->archives.counted_to));
	rec_put_u64(&b, META_ENTRIES_LIMIT, s->archives.compared.entries);
	rec_put_u64(&b, META_BYTES_LIMIT, s->archives.compared.bytes);
	s->store->put(s->store, TABLE_meta, archives_key, (struct bytes){ b.p, b.len });
	buf_release(&b);
}

void
held_settle(struct service *s)
{
	struct held *h;

	if (!TAILQ_EMPTY(&s->archives.changed) || s->archives.is_changed)
		write_archives(s);
	s->archives.is_changed = false;
	while ((h = TAILQ_FIRST(&s->archives.changed)) != NULL) {
		TAILQ_REMOVE(&s->archives.changed, h, changed);
		write_held(s, h);
	}
}

void
held_touch(struct service *s, struct held *h)
{
	if (h->is_changed)
		return;
	h->is_changed = true;
	TAILQ_INSERT_TAIL(&s->archives.changed, h, changed);
}

void
held_set_days(struct service *s, struct held *h, uint32_t days)
{
	if (h->entries == 0 || h->days == days)
		return;
	h->days = days;
	held_touch(s, h);
}

/* What stands behind the last key that was counted is counted when its turn comes. */
static bool
counts(const struct service *s, const uint8_t *key)
{
	return !s->archives.is_counting ||
	       memcmp(key, s->archives.counted_to, ARCHIVE_KEY_LEN) <= 0;
}

void
held_change(struct service *s, struct held *h, const uint8_t *key, int entries, int64_t nbytes)
{
	if (!counts(s, key))
		return;
	h->entries += (uint64_t)(int64_t)entries;
	h->bytes += (uint64_t)nbytes;
	s->stats.archive_entries += (uint64_t)(int64_t)entries;
	s->stats.archive_bytes += (uint64_t)nbytes;
	held_touch(s, h);
}

void
held_add(struct service *s, struct held *h, const uint8_t *key, size_t nbytes, uint32_t days)
{
	const int64_t ms = archive_ms(key + 8);

	if (!counts(s, key))
		return;
	held_change(s, h, key, 1, (int64_t)nbytes);
	if (h->oldest_ms == 0)
		h->days = days;
	if (h->oldest_ms == 0 || ms < h->oldest_ms)
		h->oldest_ms = ms;
	retention_note(s, h);
}

void
held_empty(struct service *s, struct held *h)
{
	s->stats.archive_entries -= h->entries;
	s->stats.archive_bytes -= h->bytes;
	h->entries = h->bytes = 0;
	h->oldest_ms = 0;
	held_touch(s, h);
}

/* -- loading, and counting what is not counted -- */

void
held_load(struct service *s, bool counted)
{
	struct bytes val;
	struct rec r;

	for (enum aging order = AGING_SAID; order < AGING_END; order++)
		learn_first(s, order);
	retention_load(s);
	s->archives.is_counting = !counted;
	s->archives.is_changed = !counted;
	if (s->store->get(s->store, TABLE_meta, archives_key, &val) != STORE_OK)
		return;
	rec_init(&r, val.p, val.n);
	while (rec_next(&r))
		switch (r.tag) {
		case META_ENTRIES:
			s->stats.archive_entries = rec_u64(&r);
			break;
		case META_BYTES:
			s->stats.archive_bytes = rec_u64(&r);
			break;
		case META_COUNTED_TO:
			s->archives.is_counting = r.len == sizeof(s->archives.counted_to);
			if (s->archives.is_counting)
				memcpy(s->archives.counted_to, r.val, r.len);
			break;
		case META_ENTRIES_LIMIT:
			s->archives.compared.entries = rec_u64(&r);
			break;
		case META_BYTES_LIMIT:
			s->archives.compared.bytes = rec_u64(&r);
			break;
		default:
			break;
		}
}

void
held_begin(struct service *s)
{
	for (enum aging order = AGING_SAID; order < AGING_END; order++)
		s->archives.aging_first_ms[order] = INT64_MAX;
	s->archives.compared.entries = (uint64_t)s->limits.archive_entries_per_room;
	s->archives.compared.bytes = (uint64_t)s->limits.archive_bytes_per_room;
	s->archives.is_changed = true;
}

/* Entries of one room that stand together. */
struct run {
	uint64_t room_id, entries, bytes;
	int64_t oldest_ms;
};

struct count {
	struct run run[COUNT_ROOMS];
	unsigned nruns, n;
	uint8_t last[ARCHIVE_KEY_LEN];
};

static int
count_visit(void *arg, struct bytes key, struct bytes val)
{
	struct count *c = arg;
	struct run *run = &c->run[c->nruns > 0 ? c->nruns - 1 : 0];
	uint64_t id;

	if (key.n != ARCHIVE_KEY_LEN)
		return 0;
	id = bytes_id(key.p);
	if (c->nruns == 0 || run->room_id != id) {
		if (c->nruns == COUNT_ROOMS)
			return 1;
		run = &c->run[c->nruns++];
		*run = (struct run){ .room_id = id,
			.oldest_ms = archive_ms((const uint8_t *)key.p + 8) };
	}
	run->entries++;
	run->bytes += key.n + val.n;
	memcpy(c->last, key.p, ARCHIVE_KEY_LEN);
	return ++c->n == COUNT_STEP;
}

static void
take_run(struct service *s, const struct run *run)
{
	struct held *h = held_get(s, run->room_id);

	if (h->entries == 0) {
		const struct room *r = room_get_id(s, run->room_id);

		h->oldest_ms = run->oldest_ms;
		h->days = r != NULL ? r->config.archivedays : 0;
	}
	h->entries += run->entries;
	h->bytes += run->bytes;
	s->stats.archive_entries += run->entries;
	s->stats.archive_bytes += run->bytes;
	held_touch(s, h);
	retention_note(s, h);
}

void
held_count(struct service *s)
{
	static const uint8_t nothing[ARCHIVE_KEY_LEN];
	struct count *c = arena_alloc(s->arena, sizeof(*c));
	struct bytes after = { s->archives.counted_to, ARCHIVE_KEY_LEN };

	c->nruns = c->n = 0;
	if (memcmp(s->archives.counted_to, nothing, ARCHIVE_KEY_LEN) == 0)
		after = BYTES_NONE;
	s->archives.is_counting = s->store->each(s->store, TABLE_archive, BYTES_NONE, after,
				      count_visit, c) == STORE_STOP;
	for (unsigned i = 0; i < c->nruns; i++)
		take_run(s, &c->run[i]);
	if (c->n > 0)
		memcpy(s->archives.counted_to, c->last, ARCHIVE_KEY_LEN);
	s->archives.is_changed = true;
}
