/* SPDX-License-Identifier: ISC */
/*
 * host_count.c - is what is noted of the archives what they hold?
 */
#include "host_count.h"

#include <string.h>

#include "room/archive.h"
#include "room/held.h"

_Static_assert(HOST_AGING_DEAD == AGING_DEAD, "the store knows it by this number");

struct sums {
	struct arena *a;
	struct map rooms; /* id -> struct held */
	uint64_t entries, bytes, naging;
	bool good;
};

static struct held *
sum_of(struct sums *s, const void *id)
{
	const char *text = arena_fmt(s->a, "%llu", (unsigned long long)bytes_id(id));
	struct held *h = map_get(&s->rooms, text);

	if (h == NULL) {
		h = arena_alloc(s->a, sizeof(*h));
		memset(h, 0, sizeof(*h));
		map_put(&s->rooms, text, h);
	}
	return h;
}

static int
add_entry(void *arg, struct bytes key, struct bytes val)
{
	struct sums *s = arg;
	struct held *h = sum_of(s, key.p);

	if (h->entries++ == 0)
		h->oldest_ms = archive_ms((const uint8_t *)key.p + 8);
	h->bytes += key.n + val.n;
	s->entries++;
	s->bytes += key.n + val.n;
	return 0;
}

static int
compare_held(void *arg, struct bytes key, struct bytes val)
{
	struct sums *s = arg;
	const struct held *h = sum_of(s, key.p);
	struct held told = { .room_id = 0 };

	held_read(&told, val);
	s->good = s->good && told.entries == h->entries && told.bytes == h->bytes &&
		  told.oldest_ms == h->oldest_ms;
	s->entries -= told.entries;
	s->bytes -= told.bytes;
	s->naging -= told.entries > 0;
	return 0;
}

static int
count_aging(void *arg, struct bytes key, struct bytes val)
{
	struct sums *s = arg;

	(void)key, (void)val;
	s->naging++;
	return 0;
}

bool
host_counted(struct store *store, const struct muc_stats *stats)
{
	const uint8_t said = AGING_SAID;
	struct sums s = { .a = arena_new(), .rooms = MAP_INIT, .good = true };
	struct bytes all = { "", 0 };

	store->each(store, TABLE_archive, all, all, add_entry, &s);
	s.good = s.entries == stats->archive_entries && s.bytes == stats->archive_bytes;
	store->each(store, TABLE_aging, (struct bytes){ &said, 1 }, all, count_aging, &s);
	store->each(store, TABLE_held, all, all, compare_held, &s);
	map_release(&s.rooms);
	arena_free(s.a);
	return s.good && s.entries == 0 && s.bytes == 0 && s.naging == 0;
}
