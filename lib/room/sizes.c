/* SPDX-License-Identifier: ISC */
/*
 * sizes.c - what each room takes in a store
 */
#include "../base/rec.h"
#include "../export.h"
#include "held.h"
#include "naming.h"
#include "record.h"

struct sizing {
	struct store *store;
	struct arena *arena; /* of a room */
	void (*visit)(void *, const char *, const struct store_room_size *);
	void *arg;
	struct store_room_size size;
	struct nameless_list waiting;
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

static void
size_room(struct sizing *z, const char *jid, struct bytes id)
{
	z->size = (struct store_room_size){ 0 };
	for (size_t i = 0; i < NROOM_TABLES; i++)
		add_table(z, room_tables[i], id);
	add_table(z, TABLE_sessions, id);
	add_table(z, TABLE_held, id);
	z->size.messages = add_table(z, TABLE_archive, id);
	z->visit(z->arg, jid, &z->size);
}

/* One that another is to replace is not there any more. */
static int
name_visit(void *arg, struct bytes name, struct bytes id)
{
	struct sizing *z = arg;
	const char *jid;
	struct bytes val;
	struct rec r;

	(void)name;
	arena_reset(z->arena);
	if (z->store->get(z->store, TABLE_rooms, id, &val) != STORE_OK ||
	    !record_find(LINE_room, "jid", val, &r))
		return 0;
	jid = rec_str(z->arena, &r);
	if (nameless_find(&z->waiting, jid) == NULL)
		size_room(z, jid, id);
	return 0;
}

void
store_rooms(struct store *store,
    void (*visit)(void *, const char *, const struct store_room_size *), void *arg)
{
	struct sizing z = {
		.store = store,
		.arena = arena_new(),
		.visit = visit,
		.arg = arg,
		.waiting.jids = MAP_INIT,
	};
	uint8_t id[8];

	nameless_load(store, &z.waiting);
	store->each(store, TABLE_names, BYTES_NONE, BYTES_NONE, name_visit, &z);
	for (size_t i = 0; i < z.waiting.n; i++)
		size_room(&z, z.waiting.v[i].jid, id_key(z.waiting.v[i].id, id));
	nameless_release(&z.waiting);
	arena_free(z.arena);
}
