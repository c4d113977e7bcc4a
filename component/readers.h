/* SPDX-License-Identifier: ISC */
/*
 * readers.h - who has been reading the database for so long that it grows
 *
 * While somebody reads, what was there at that moment stays: its pages are not used again. Tools of mucd
 * let go in time; others, or one that was stopped in the midst of it, may not.
 */
#ifndef READERS_H
#define READERS_H

#include <lmdb.h>
#include <stdbool.h>
#include <stdint.h>

#define READERS_MAX 128 /* LMDB's own limit is 126 */

struct reader {
	long pid;
	char thread[24], txn[24]; /* as mdb_reader_list() has them */
	int64_t since_ms;	  /* mono: when it was seen first */
	int64_t said_ms;	  /* mono: when it was named last; 0: never */
	bool is_there;
};

struct readers {
	struct reader v[READERS_MAX];
	unsigned n;
	int64_t busy_ms; /* mono: since when there has been one at each look; 0: there is none */
};

/*
 * To be called each minute. Frees what processes that have died were reading, and names, once an hour each,
 * those that have been reading the same for longer than five minutes.
 */
void readers_look(struct readers *, MDB_env *, int64_t now_ms,
    void (*say)(void *arg, const char *line), void *arg);

/*
 * Should what is removed stay for now? While somebody reads, it would leave no room. Not for longer than an hour at a
 * stretch: who never lets go keeps nothing from being removed for ever.
 */
bool readers_pause(const struct readers *, int64_t now_ms);

#endif
