/* SPDX-License-Identifier: ISC */
/*
 * sizes.c - what each room takes in a store
 */
#include "../base/rec.h"
#include "../export.h"
#include "record.h"

/* Those with keys that begin with a room's id. */
static const enum table of_room[] = { TABLE_rooms, TABLE_affil, TABLE_nicks, TABLE_changes,
	TABLE_requests, TABLE_sessions, TABLE_archive, TABLE_held, TABLE_invites, TABLE_roles,
	TABLE_spoke, TABLE_blobs, TABLE_retracting };

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

static int
size_room(void *arg, struct bytes name, struct bytes id)
{
	struct sizing *z = arg;
	struct bytes val;
	uint64_t before;
	struct rec r;

	(void)name;
	arena_reset(z->arena);
	z->size = (struct store_room_size){ 0 };
	for (size_t i = 0; i < sizeof(of_room) / sizeof(of_room[0]); i++) {
		before = z->size.records;
		z->store->each(z->store, of_room[i], id, BYTES_NONE, add_record, z);
		if (of_room[i] == TABLE_archive)
			z->size.messages = z->size.records - before;
	}
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
