/* SPDX-License-Identifier: ISC */
/*
 * check.h - is a store sound? Inside of check.c and check_held.c
 */
#ifndef CHECK_H
#define CHECK_H

#include "../export.h"
#include "held.h"
#include "record.h"

struct check {
	struct service service; /* a store and an arena, for functions that read */
	struct store *store;
	struct arena *arena; /* of a record */
	struct record_reader reader;
	struct buf line; /* a record as a line; thrown away */
	void (*wrong)(void *, const char *, const char *, const char *);
	void *arg;
	enum table table;
	struct check_totals *totals;
	uint64_t greatest_id, ngone;
	struct held held; /* what all archives do */
	bool counting;	  /* they are not counted yet */
};

/* Tells what is wrong with the present table; room is an address, or NULL. */
void check_wrong(struct check *, const char *room, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* A record; false: there is none. */
bool check_get(struct check *, enum table, struct bytes key, struct bytes *val);

/* A field as a number; 0: the record has none. */
uint64_t check_number(enum line, const char *name, struct bytes val);

/* The address of the room of that id (8 bytes) in the arena; NULL: there is none. */
char *check_room_of(struct check *, struct bytes id);

/* Can the record be read? */
void check_record(struct check *, const char *room, enum line, struct bytes tail, struct bytes val);

/* -- check_held.c: what archives hold, and what of it goes when -- */

/* Is that the archive of a room that has ended? */
bool check_is_kept(struct check *, struct bytes id);

/* Is what archives hold still to be counted? Older mucds counted nothing. */
bool check_is_counting(struct check *);

void check_held(struct check *, struct bytes key, struct bytes val);
void check_aging(struct check *, struct bytes key);

/* An entry of any archive; and, after all of them, what is counted of all. */
void check_entry(struct check *, struct bytes key, struct bytes val);
void check_archives(struct check *);

#endif
