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
};

/*
 * To be called each minute. Frees what processes that have died were reading, and names, once an hour each,
 * those that have been reading the same for longer than five minutes.
 */
void readers_look(struct readers *, MDB_env *, int64_t now_ms,
    void (*say)(void *arg, const char *line), void *arg);

#endif
