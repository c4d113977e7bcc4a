/* SPDX-License-Identifier: ISC */
/*
 * retention.c - what of the archives goes, and when
 *
 * By age, by number and by size, always the oldest of a room. Nothing here looks at rooms that have
 * nothing to lose: table aging says what is old, table over which rooms hold too much. Only limits that
 * the operator has changed are compared with what every room holds, in one slow walk.
 */
#include <string.h>

#include "../base/date.h"
#include "archive.h"
#include "held.h"

#define STEP	     500  /* entries that go in one step; large ones count for several */
#define GREATEST     5000 /* of them, where so many more come */
#define LARGE_BYTES  8192
#define TRIM_STEP    64
#define LOOK_STEP    1000    /* rooms compared with new limits */
#define BURY_STEP    100     /* destroyed rooms whose time has come */
#define AGE_SLACK_MS HOUR_MS /* what is too old goes in batches; it is not shown meanwhile */
#define SHARE_MS     60000   /* to that the oldest of all rooms is found */

static const struct stay all_of_it = { INT64_MIN, UINT64_MAX, UINT64_MAX, UINT64_MAX, INT64_MIN };

/* -- one room -- */

struct trim {
	const struct stay *stay;
	uint64_t entries, bytes, all_bytes; /* left */
	size_t most, cost;
	uint8_t key[TRIM_STEP][ARCHIVE_KEY_LEN];
	uint64_t size[TRIM_STEP];
	size_t n;
	int64_t first_ms; /* of the first that stays; 0: none does */
};

static bool
goes(const struct trim *t, int64_t ms)
{
	const struct stay *stay = t->stay;

	return ms < stay->since_ms || t->entries > stay->entries || t->bytes > stay->bytes ||
	       (t->all_bytes > stay->all_bytes && ms < stay->all_ms);
}

static uint64_t
less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static int
trim_visit(void *arg, struct bytes key, struct bytes val)
{
	struct trim *t = arg;
	int64_t ms;

	if (key.n != ARCHIVE_KEY_LEN)
		return 0;
	ms = archive_ms((const uint8_t *)key.p + 8);
	if (t->n == TRIM_STEP || t->cost >= t->most || !goes(t, ms)) {
		t->first_ms = ms;
		return 1;
	}
	memcpy(t->key[t->n], key.p, ARCHIVE_KEY_LEN);
	t->size[t->n] = key.n + val.n;
	t->cost += 1 + t->size[t->n] / LARGE_BYTES;
	t->entries = less(t->entries, 1);
	t->bytes = less(t->bytes, t->size[t->n]);
	t->all_bytes = less(t->all_bytes, t->size[t->n]);
	t->n++;
	return 0;
}

/* Removes some; true: that was not all. */
static bool
trim_some(struct service *s, struct held *h, struct trim *t)
{
	uint8_t prefix[8];

	t->n = 0;
	t->first_ms = 0;
	s->store->each(
	    s->store, TABLE_archive, id_key(h->room_id, prefix), BYTES_NONE, trim_visit, t);
	for (size_t i = 0; i < t->n; i++) {
		s->store->del(
		    s->store, TABLE_archive, (struct bytes){ t->key[i], ARCHIVE_KEY_LEN });
		held_change(s, h, t->key[i], -1, -(int64_t)t->size[i]);
	}
	/* The last that was given may be known already: archive_clear(). */
	if (t->n > 0 && memcmp(t->key[t->n - 1] + 8, h->last_id, ARCHIVE_ID_LEN) > 0)
		memcpy(h->last_id, t->key[t->n - 1] + 8, ARCHIVE_ID_LEN);
	return t->n == TRIM_STEP;
}

size_t
archive_trim(struct service *s, struct held *h, const struct stay *stay, size_t most)
{
	struct trim t = {
		.stay = stay,
		.entries = h->entries,
		.bytes = h->bytes,
		.all_bytes = s->stats.archive_bytes,
		.most = most,
	};

	while (trim_some(s, h, &t))
		continue;
	if (t.first_ms == 0 && !s->archives.is_counting)
		held_empty(s, h);
	h->oldest_ms = h->entries > 0 ? t.first_ms : 0;
	held_touch(s, h);
	return t.cost < most ? t.cost : most;
}

/* -- by age -- */

static int64_t
horizon(const struct service *s, uint32_t own_days)
{
	int64_t days = s->limits.archive_days;

	if (own_days > 0 && (days == 0 || own_days < days))
		days = own_days;
	return days > 0 ? s->now.wall_ms - days * DAY_MS : INT64_MIN;
}

int64_t
archive_horizon(const struct room *r)
{
	const int64_t ms = horizon(r->service, r->config.archivedays);
	const struct held *h = held_get(r->service, r->id);

	return h->cleared_ms > ms ? h->cleared_ms : ms;
}

/* When the first of an order goes, wall; INT64_MAX: never. */
static int64_t
goes_at(const struct service *s, enum aging order)
{
	int64_t first_ms = s->archives.aging_first_ms[order], days = 0;

	if (order == AGING_SAID)
		days = s->limits.archive_days;
	if (order == AGING_DEAD)
		days = s->limits.archive_after_destroy_days;
	if (first_ms == INT64_MAX || (order == AGING_SAID && days == 0))
		return INT64_MAX;
	return first_ms + days * DAY_MS + (order == AGING_DEAD ? 0 : AGE_SLACK_MS);
}

static size_t
trim_aged(struct service *s, enum aging order, size_t left)
{
	struct stay stay = all_of_it;
	struct aged first;
	struct held *h;

	while (
	    left > 0 && goes_at(s, order) <= s->now.wall_ms && aging_next(s, order, NULL, &first)) {
		h = held_get(s, first.room_id);
		stay.since_ms = horizon(s, h->days);
		left = less(left, archive_trim(s, h, &stay, left) + 1);
		held_settle(s);
	}
	return left;
}

/* -- by what all of them hold -- */

static bool
is_too_much(const struct service *s)
{
	return s->limits.archive_bytes > 0 && !s->archives.is_counting &&
	       s->stats.archive_bytes > (uint64_t)s->limits.archive_bytes;
}

static size_t
trim_all(struct service *s, size_t left)
{
	struct stay stay = all_of_it;
	struct aged first, second;

	stay.all_bytes = (uint64_t)s->limits.archive_bytes;
	while (left > 0 && is_too_much(s) && aging_next(s, AGING_SAID, NULL, &first)) {
		stay.all_ms = INT64_MAX;
		if (aging_next(s, AGING_SAID, &first, &second))
			stay.all_ms =
			    second.ms > first.ms + SHARE_MS ? second.ms : first.ms + SHARE_MS;
		left = less(left, archive_trim(s, held_get(s, first.room_id), &stay, left) + 1);
		held_settle(s);
	}
	return left;
}

/* -- by what one room holds: table over -- */

static struct room_limits
room_limits(const struct service *s)
{
	return (struct room_limits){ (uint64_t)s->limits.archive_entries_per_room,
		(uint64_t)s->limits.archive_bytes_per_room };
}

static bool
are_equal(struct room_limits a, struct room_limits b)
{
	return a.entries == b.entries && a.bytes == b.bytes;
}

static struct stay
room_stay(const struct service *s, const struct held *h)
{
	const struct room_limits limits = room_limits(s);
	struct stay stay = all_of_it;

	if (limits.entries > 0)
		stay.entries = limits.entries;
	if (limits.bytes > 0)
		stay.bytes = limits.bytes;
	if (h->cleared_ms != 0)
		stay.since_ms = h->cleared_ms;
	return stay;
}

static bool
holds_too_much(const struct service *s, const struct held *h)
{
	const struct stay stay = room_stay(s, h);

	return h->entries > stay.entries || h->bytes > stay.bytes ||
	       (h->entries > 0 && h->oldest_ms < h->cleared_ms);
}

static void
set_over(struct service *s, struct held *h, bool over)
{
	uint8_t id[8];
	struct bytes key = id_key(h->room_id, id);

	if (h->is_over == over)
		return;
	if (over)
		s->store->put(s->store, TABLE_over, key, BYTES_NONE);
	else
		s->store->del(s->store, TABLE_over, key);
	s->archives.are_over = s->archives.are_over || over;
	h->is_over = over;
	held_touch(s, h);
}

void
retention_note(struct service *s, struct held *h)
{
	if (holds_too_much(s, h))
		set_over(s, h, true);
	if (h->is_over || is_too_much(s))
		s->archives.nadded++;
}

/* What is said from now on has a later time than all before it, also where a clock steps back. */
void
archive_clear(struct room *r)
{
	struct service *s = r->service;
	struct held *h = held_get(s, r->id);
	uint8_t id[ARCHIVE_ID_LEN];

	archive_next_id(r, id);
	h->cleared_ms = archive_ms(id) + 1;
	archive_id_at(h->cleared_ms, id);
	memcpy(r->last_id, id, sizeof(id));
	memcpy(h->last_id, id, sizeof(id));
	held_touch(s, h);
	set_over(s, h, true);
}

static int
first_visit(void *arg, struct bytes key, struct bytes val)
{
	(void)val;
	*(uint64_t *)arg = bytes_id(key.p);
	return 1;
}

static bool
next_over(struct service *s, uint64_t *room_id)
{
	s->archives.are_over = s->store->each(s->store, TABLE_over, BYTES_NONE, BYTES_NONE,
				   first_visit, room_id) == STORE_STOP;
	return s->archives.are_over;
}

void
retention_load(struct service *s)
{
	uint64_t id;

	next_over(s, &id);
}

static size_t
trim_over(struct service *s, size_t left)
{
	struct stay stay;
	struct held *h;
	uint64_t id;

	while (s->archives.are_over && next_over(s, &id) && left > 0) {
		h = held_get(s, id);
		stay = room_stay(s, h);
		left = less(left, archive_trim(s, h, &stay, left) + 1);
		if (!holds_too_much(s, h))
			set_over(s, h, false);
		held_settle(s);
	}
	return left;
}

/* -- new limits -- */

static bool
is_stricter(uint64_t limit, uint64_t than)
{
	return limit > 0 && (than == 0 || limit < than);
}

struct look {
	uint64_t id[LOOK_STEP];
	size_t n;
};

static int
look_visit(void *arg, struct bytes key, struct bytes val)
{
	struct look *l = arg;

	(void)val;
	l->id[l->n++] = bytes_id(key.p);
	return l->n == LOOK_STEP;
}

/* Compares some rooms with the limits; true: those were the last. */
static bool
compare_some(struct service *s)
{
	struct look *l = arena_alloc(s->arena, sizeof(*l));
	uint8_t after[8];
	bool ended;

	l->n = 0;
	ended = s->store->each(s->store, TABLE_held, BYTES_NONE,
		    id_key(s->archives.compared_to, after), look_visit, l) != STORE_STOP;
	for (size_t i = 0; i < l->n; i++) {
		struct held *h = held_get(s, l->id[i]);

		if (holds_too_much(s, h))
			set_over(s, h, true);
	}
	s->archives.compared_to = ended ? 0 : l->id[l->n - 1];
	return ended;
}

static void
compare(struct service *s)
{
	const struct room_limits now = room_limits(s), before = s->archives.compared;

	if (!are_equal(now, s->archives.comparing))
		s->archives.compared_to = 0;
	s->archives.comparing = now;
	if ((is_stricter(now.entries, before.entries) || is_stricter(now.bytes, before.bytes)) &&
	    !compare_some(s))
		return;
	s->archives.compared = now;
	s->archives.is_changed = true;
}

/* -- destroyed rooms -- */

/* The archives whose time has come go with what is destroyed now. */
static void
bury(struct service *s)
{
	struct aged first;

	for (unsigned i = 0; i < BURY_STEP && goes_at(s, AGING_DEAD) <= s->now.wall_ms &&
			     aging_next(s, AGING_DEAD, NULL, &first);
	     i++) {
		aging_del(s, AGING_DEAD, &first);
		room_bury(s, first.room_id);
	}
}

/* -- all of it -- */

int64_t
retention_due(const struct service *s)
{
	int64_t first_ms = INT64_MAX, at_ms;

	if (s->archives.is_counting)
		return s->now.mono_ms;
	if (s->stats.retention_paused)
		return INT64_MAX;
	if (s->archives.are_over || is_too_much(s) ||
	    !are_equal(room_limits(s), s->archives.compared))
		return s->now.mono_ms;
	for (enum aging order = AGING_SAID; order < AGING_END; order++)
		if ((at_ms = goes_at(s, order)) < first_ms)
			first_ms = at_ms;
	return service_due(s, first_ms);
}

/* More than has come since the last step, so that no flood outruns it. */
void
retention_step(struct service *s)
{
	size_t left = STEP + 2 * s->archives.nadded;

	if (left > GREATEST)
		left = GREATEST;
	s->archives.nadded = 0;
	held_settle(s);
	if (s->archives.is_counting)
		held_count(s);
	if (s->stats.retention_paused)
		return;
	if (!are_equal(room_limits(s), s->archives.compared))
		compare(s);
	bury(s);
	left = trim_over(s, left);
	left = trim_aged(s, AGING_SAID, left);
	left = trim_aged(s, AGING_OWN, left);
	trim_all(s, left);
}
