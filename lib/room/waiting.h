/* SPDX-License-Identifier: ISC */
/*
 * waiting.h - what a room keeps of people who are not in it: what they asked for, and what waits for them
 *
 * Registrations to be approved, invitations, roles for those who come back, requests for voice. All of it
 * is bounded, and goes with the room.
 */
#ifndef WAITING_H
#define WAITING_H

#include "room.h"

/* -- request.c: who asked to register and waits for approval; XEP-0045 9.9 -- */

/* What is asked of somebody besides the nick: features/register.c has the names. */
#define REQUEST_TEXTS 5

struct request {
	const char *jid;  /* bare */
	const char *nick; /* that is to be reserved, prepared */
	const char *id;	  /* of this request: a later one of the same JID has another */
	const char *text[REQUEST_TEXTS]; /* or NULL */
	int64_t asked_ms;		 /* wall */
};

/* What waits of that bare JID; false: nothing. Strings: arena. */
bool request_stored(const struct room *, const char *bare, struct request *);

/* Stores it in place of one of the same JID; forgets those that have waited for too long. */
void request_set(struct room *, const struct request *);

void request_del(struct room *, const char *bare); /* nothing there: no error */

/* Visits all that wait, in order of JIDs; stops when visit returns non-zero, and returns that. */
int request_each(const struct room *, int (*visit)(void *arg, const struct request *), void *arg);

/* -- shelf.c: small records of a room, of which the oldest go when there are too many -- */

/* Tag of the first field of such a record: wall ms. */
#define SHELF_TIME 1

struct shelf {
	enum table table; /* its keys begin with the room's id */
	int64_t most;	  /* records of a room */
	int64_t max_ms;	  /* what is older goes; 0: they stay, however old */
};

/* Puts a record; removes some that are too old, and the oldest when there are too many. */
void shelf_put(struct room *, const struct shelf *, struct bytes key, struct bytes val);

/* Removes all records of a room. */
void shelf_clear(struct room *, enum table);

/* -- invitation.c: who was invited by whom, for when it is declined or comes back; 7.8.2 -- */

struct invitation {
	const char *invitee; /* the JID to which it was sent */
	const char *inviter; /* full JID */
	const char *shown;   /* how the invitee knows the inviter: a bare or an occupant JID */
	const char *id;	     /* of the message */
	int64_t sent_ms;     /* wall */
};

/* The key of what one JID sent another, by their bare JIDs. */
struct bytes
invitation_key(struct arena *, uint64_t room_id, const char *invitee, const char *inviter);

/* Stores it in place of an older one of the same two; sets sent_ms. */
void invitation_set(struct room *, const struct invitation *);
void invitation_del(struct room *, const struct invitation *);

/*
 * Visits those to a bare JID that have not expired; stops when visit returns non-zero, and returns that.
 * Strings: arena.
 */
int invitation_each(const struct room *, const char *bare,
    int (*visit)(void *arg, const struct invitation *), void *arg);

/* -- kept_role.c: roles that are kept for those who come back to a moderated room; 5.1 -- */

/* What somebody of that affiliation enters as. */
enum role role_entering(const struct room *, const char *bare, enum affiliation);

/* Keeps a role; one that they would enter with anyway is not kept. */
void kept_role_set(struct room *, const char *bare, enum affiliation, enum role);
void kept_role_del(struct room *, const char *bare);

/* Those of all of a domain who have no affiliation of their own are kept no longer. */
void kept_roles_del(struct room *, const char *domain);

/* -- spoke.c: who has spoken a short while ago; XEP-0500 -- */

/* Records of a room: beyond it the oldest is forgotten. */
#define SPOKE_MOST 1000

bool spoke_lately(const struct room *, const char *bare, int64_t within_ms);
void spoke_note(struct room *, const char *bare);
void spoke_clear(struct room *);

/* -- asked.c: who asked for voice a while ago; 7.13 -- */

/* Of a room: beyond it the oldest is forgotten. */
#define ASKED_MOST 1000

bool asked_lately(const struct room *, const char *bare);
void asked_note(struct room *, const char *bare);
void asked_release(struct room *);

#endif
