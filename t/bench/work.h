/* SPDX-License-Identifier: ISC */
/*
 * work.h - the workloads: what the users do, and whether each of them is told all of it, once, in order
 */
#ifndef WORK_H
#define WORK_H

#include "host.h"

/* What one of them took, and what went wrong in it. */
struct took {
	double s;
	uint64_t n;	  /* of what is counted: copies, presences, rooms */
	uint64_t nerrors; /* lost, twice, out of order */
	double p50, p99;  /* seconds, where messages go one by one */
};

/*
 * User 0 makes a room, which keeps what is said in it or does not, and stays in it. In a quiet one nobody
 * is told who else is there.
 */
void work_create(struct host *, unsigned room, bool archive, bool quiet);

/* Users first to n - 1 enter at once; counted are presences. */
void
work_storm(struct host *, unsigned room, unsigned first, unsigned n, bool quiet, struct took *);

/*
 * So many messages are said to the n users of a room, so many of them on their way at a time. Counted are
 * copies.
 */
void work_fanout(
    struct host *, unsigned room, unsigned n, unsigned nmessages, unsigned window, struct took *);

/* Of n users each leaves, enters again and changes the nick, and back; counted are presences. */
void work_churn(struct host *, unsigned room, unsigned n, unsigned ntimes, struct took *);

/* Rooms first to last - 1 of four: created, configured, entered, and a message said; counted are rooms. */
void work_rooms(struct host *, unsigned first, unsigned last, struct took *);

/* Four more users enter each of them. */
void work_rooms_fill(struct host *, unsigned first, unsigned last, struct took *);

/* Takes stanzas of that form, without end; see blast.c. */
void work_raw(struct host *, unsigned n, uint64_t ncopies, struct took *);

#endif
