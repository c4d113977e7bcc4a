/* SPDX-License-Identifier: ISC */
/*
 * sizes.c - what each room takes in a store
 */
#include "../base/rec.h"
#include "../export.h"
#include "held.h"
#include "record.h"

struct sizing {
	struct store *store;
	struct arena *arena; /* of a room */
	void (*visit)(void *, const char *, const struct store_room_size *);
	void *arg;
	struct store_room_size size;
};

static int
add_record(void *arg, struct bytes key, struct bytes val)
{
	struct sizing *z = arg;

	z->size.records++;
	z->size.bytes += key.n + val.n;
	return 0;
}

/* Adds what a table has of a room; returns how many records that is. */
static uint64_t
add_table(struct sizing *z, enum table t, struct bytes id)
{
	const uint64_t before = z->size.records;

	z->store->each(z->store, t, id, BYTES_NONE, add_record, z);
	return z->size.records - before;
}

static int
size_room(void *arg, struct bytes name, struct bytes id)
{
	struct sizing *z = arg;
	struct bytes val;
	struct rec r;

	(void)name;
	arena_reset(z->arena);
	z->size = (struct store_room_size){ 0 };
	for (size_t i = 0; i < NROOM_TABLES; i++)
		add_table(z, room_tables[i], id);
	add_table(z, TABLE_sessions, id);
	add_table(z, TABLE_held, id);
	z->size.messages = add_table(z, TABLE_archive, id);
	if (z->store->get(z->store, TABLE_rooms, id, &val) == STORE_OK &&
	    record_find(LINE_room, "jid", val, &r))
		z->visit(z->arg, rec_str(z->arena, &r), &z->size);
	return 0;
}

void
store_rooms(struct store *store,
    void (*visit)(void *, const char *, const struct store_room_size *), void *arg)
{
	struct sizing z = { store, arena_new(), visit, arg, { 0 } };

	store->each(store, TABLE_names, BYTES_NONE, BYTES_NONE, size_room, &z);
	arena_free(z.arena);
}
