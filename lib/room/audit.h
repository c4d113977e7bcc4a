/* SPDX-License-Identifier: ISC */
/*
 * audit.h - what administrators have done, and to whom
 *
 * Each deed of a command is noted in the transaction that does it. The oldest notes go when there are more
 * than audit_records.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include "room.h"

struct audit {
	uint64_t no;	     /* they count up; set by audit_put() */
	int64_t ms;	     /* wall; set by audit_put() */
	const char *actor;   /* full JID */
	const char *command; /* its node */
	const char *room;    /* bare JID; what follows may be NULL, too */
	const char *target;  /* whom it is about */
	const char *before, *after;
	const char *reason;
};

void audit_put(struct service *, const struct audit *);

/*
 * Visits those before that number (0: all), the latest first; returns 0, or what visit returned to stop it.
 * Strings: arena.
 */
int audit_each_back(
    struct service *, uint64_t before, int (*visit)(void *arg, const struct audit *), void *arg);

/* The one of that number; false: there is none, or none any more. */
bool audit_get(struct service *, uint64_t no, struct audit *);

#endif
