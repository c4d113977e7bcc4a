/* SPDX-License-Identifier: ISC */
/*
 * held.h - how much the archives hold, and what of it goes
 *
 * Table held has for each room how many entries and bytes its archive holds, and since when. It is exact: the
 * record goes into the transaction that changes the archive, once a turn for each room. Table aging has
 * the same rooms in the order of their oldest entries, so that what is too old, or the oldest of all,
 * is found without a look at any other room.
 *
 * What goes is always the oldest of a room (XEP-0313 3.2), in steps. What is past its age is not shown any
 * more, whether it has gone yet or not: archive_horizon().
 */
#ifndef HELD_H
#define HELD_H

#include "room.h"

/* What the archive of a room holds. Lives until the turn ends. */
struct held {
	uint64_t room_id;
	uint64_t entries, bytes;
	int64_t oldest_ms;  /* wall: when the oldest of them was said; 0: there is none */
	uint32_t days;	    /* the room's own limit of their age, in days; 0: none */
	int64_t ended_ms;   /* wall: when its room ended, if it is kept after that; else 0 */
	int64_t cleared_ms; /* wall: what was said before goes, and is not shown; or 0 */
	uint64_t replaced;  /* how many tombstones it has been given, ever */
	bool is_over;	    /* noted in table over */
	bool is_dead;	    /* its room is no more, nor is anything that it held */
	uint8_t last_id[ARCHIVE_ID_LEN]; /* the last that has gone: no later one is less */
	struct {
		int64_t oldest_ms;
		uint32_t days;
	} aging; /* as table aging has it */
	bool is_changed;
	TAILQ_ENTRY(held) changed; /* in service.archives.changed */
	RB_ENTRY(held) entry;	   /* in service.archives.held */
};

/* In which orders table aging has rooms; numbers are the store's. */
enum aging {
	AGING_SAID = 1, /* when the oldest was said */
	AGING_OWN = 2,	/* when the oldest goes by the room's own limit */
	AGING_DEAD = 3, /* destroyed rooms whose archives are kept for a while: when that was */
	AGING_END,
};

/* -- held.c -- */

/*
 * For a new store, in which nothing is held; and for another one: reads what is, or, if not `counted`, begins
 * to count.
 */
void held_begin(struct service *);
void held_load(struct service *, bool counted);

/* Reads a record of table held into what is all zero but for the id. */
void held_read(struct held *, struct bytes val);

struct held *held_get(struct service *, uint64_t room_id);

/* Writes what the turn has changed. */
void held_settle(struct service *);

/*
 * An entry of that key has come, to a room with that limit (days) of its own; or has gone (-1), or has another
 * size (0).
 */
void held_add(struct service *, struct held *, const uint8_t *key, size_t nbytes, uint32_t days);
void held_change(struct service *, struct held *, const uint8_t *key, int entries, int64_t nbytes);
void held_empty(struct service *, struct held *); /* it holds nothing at all */

/* The room has another limit (days) of its own now; 0: none. */
void held_set_days(struct service *, struct held *, uint32_t days);

/* Has it written when the turn ends. */
void held_touch(struct service *, struct held *);

/* A room in one of the orders. */
struct aged {
	int64_t ms;
	uint64_t room_id;
	const char *jid; /* AGING_DEAD: the address that it had, in the arena */
};

/* The first in one of the orders that comes after `after`; false: there is none. */
bool aging_next(struct service *, enum aging, const struct aged *after, struct aged *out);
void aging_put(struct service *, enum aging, const struct aged *);
void aging_del(struct service *, enum aging, const struct aged *);

/* Counts some of what an older mucd has not counted. */
void held_count(struct service *);

/* -- retention.c -- */

/* What may stay of an archive. When there is more of any of these, the oldest goes. */
struct stay {
	int64_t since_ms;	 /* what was said before goes; INT64_MIN: none does */
	uint64_t entries, bytes; /* of the room */
	uint64_t all_bytes;	 /* of all rooms; what was said before all_ms goes for that */
	int64_t all_ms;
};

/*
 * Removes what may not stay, in at most about `most` steps, of which a small entry takes one; returns how many it
 * took. When that is all of them there may be more to remove.
 */
size_t archive_trim(struct service *, struct held *, const struct stay *, size_t most);

/* To be called when something has come to what the room holds: notes whether it is too much now. */
void retention_note(struct service *, struct held *);

/* Learns from the store what is still to be done. */
void retention_load(struct service *);

/* When something is to be done next, in mono ms (INT64_MAX: never); and a step of it. */
int64_t retention_due(const struct service *);
void retention_step(struct service *);

/* -- purge.c: what is left of destroyed rooms -- */

/*
 * The tables whose keys begin with a room's id, and which are emptied by that when the room is gone. Three more
 * have such keys: sessions have left before, archive and held go by what is held.
 */
#define NROOM_TABLES 10
extern const enum table room_tables[NROOM_TABLES];

/* Has all that the room's tables hold go in steps, its archive when it has been kept for long enough. */
void room_mourn(struct room *);

/* The time of an archive that was kept is over. */
void room_bury(struct service *, uint64_t room_id);

/* Removes a step's worth; false when none is left. */
bool rooms_purge(struct service *);

#endif
