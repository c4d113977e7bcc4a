/* SPDX-License-Identifier: ISC */
/*
 * retracting.h - all that somebody wrote in a room is being taken back
 *
 * Table retracting has a record of each such work: room id and the archive id that was given when it was
 * ordered -> of whom, by whom, why, and how far it has come. What was said before that id is looked through
 * from the latest to the first, a step at a time; the record goes into the transaction that does the step,
 * so whenever the service ends, nothing is done twice and nothing is left out.
 */
#ifndef RETRACTING_H
#define RETRACTING_H

#include "room.h"
#include "text.h"

/* Works under way in one room, at most. */
#define RETRACTING_PER_ROOM 100

struct retracting {
	uint64_t room_id;
	uint8_t end[ARCHIVE_ID_LEN]; /* what has a greater id was written later, and stays */
	uint8_t at[ARCHIVE_ID_LEN];  /* where it goes on: before that */
	const char *jid;	     /* bare: who wrote it */
	int64_t since_ms;	     /* wall: what they wrote before stays; 0: all goes */
	const char *actor;	     /* full JID of who ordered it */
	const char *nick;	     /* theirs in the room then, or NULL */
	enum lang lang;		     /* in which they are spoken to */
	bool audited;		     /* it is a deed of the service's administrators */
	const char *reason;	     /* or NULL */
	uint64_t found;		     /* what has been retracted so far */
	uint64_t told;		     /* what of it those in the room were told */
};

/* Learns from the store whether there is any. */
void retracting_load(struct service *);

/* Stores it, in place of what it was before. */
void retracting_put(struct service *, const struct retracting *);
void retracting_del(struct service *, const struct retracting *);

/* The next one in turn: each has one step before any has its second. False: there is none. Strings: arena. */
bool retracting_next(struct service *, struct retracting *);

/* How many there are of a room. */
unsigned retracting_count(const struct room *);

/* Visits those of a room in the order in which they were ordered, until visit returns non-zero. Strings: arena. */
void
retracting_each(const struct room *, int (*visit)(void *arg, const struct retracting *), void *arg);

/* The nick of who ordered it, if it is theirs still; it may be somebody else's by now. NULL: it is not. */
const char *retracting_nick(const struct room *, const struct retracting *);

#endif
