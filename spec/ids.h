/* SPDX-License-Identifier: ISC */
/*
 * ids.h - what holds for the ids of rooms in every script, whatever it is about
 *
 * XEP-0421: what is told of an occupant has exactly one occupant-id, which belongs to one bare JID for
 * as long as the room exists. XEP-0359: a groupchat message of an occupant has exactly one stanza-id by
 * the room, the same for all and whenever it is told; live ones rise, but for those that are told again
 * since the service cannot know that they arrived. A chat state need not have one, nothing else has, but
 * for what the room itself says.
 */
#ifndef IDS_H
#define IDS_H

#include <stdbool.h>

struct play;
struct seat;
struct xml;

/* What the clients of a play have learnt. */
struct ids {
	struct person *persons;
	struct heard *heard; /* the last one first */
	bool again;	     /* what was heard may be heard again */
};

/* A stanza is given to a client. False after play_fail(). */
bool ids_check(struct play *, const struct seat *, const struct xml *);

#endif
