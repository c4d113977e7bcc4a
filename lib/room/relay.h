/* SPDX-License-Identifier: ISC */
/*
 * relay.h - what is on its way between occupants
 *
 * Requests of one to another that wait for their answer, and messages that may come back. Both are
 * bounded per session and over all (MUC_LIMITS), and neither is stored: after a restart an answer is
 * nobody's.
 */
#ifndef RELAY_H
#define RELAY_H

#include <bsd/sys/queue.h>
#include <bsd/sys/tree.h>
#include <stdbool.h>
#include <stdint.h>

#include "../base/map.h"

struct room;
struct service;
struct session;

/* A request that was passed on. */
struct query {
	TAILQ_ENTRY(query) entry;    /* of the service: the oldest first */
	TAILQ_ENTRY(query) by_entry; /* of `by` */
	TAILQ_ENTRY(query) of_entry; /* of `of`, if there is one */
	struct session *by;	     /* who asks */
	struct session *of;	     /* who is asked; NULL: the account, not one of its sessions */
	char id[24];		     /* with which it was passed on; nobody else can know it */
	char *by_id;		     /* which it came with */
	char *nick;		     /* to which it came */
	char *jid;		     /* whose answer counts: the full or bare JID that is asked */
	int64_t due_ms;		     /* mono: until when it is waited for */
};

TAILQ_HEAD(query_list, query);

/* A message that went on, and may come back as an error. */
struct note {
	RB_ENTRY(note) found;
	TAILQ_ENTRY(note) entry;    /* of the service: the oldest first */
	TAILQ_ENTRY(note) by_entry; /* of `by` */
	struct session *by;	    /* who sent it */
	uint64_t key;		    /* hash of whom it came from, whom it went to, and its id */
	unsigned left;		    /* copies that have not come back */
	int64_t due_ms;		    /* mono: until when it is remembered */
	char *nick;		    /* to which it came; NULL: to the room */
};

TAILQ_HEAD(note_list, note);
RB_HEAD(note_tree, note);

/* Of one session; made with the first of them, gone with the last. */
struct talk {
	struct query_list asks, asked;
	struct note_list notes;
	unsigned nasks, nnotes;
};

/* Of the service. */
struct relay {
	struct map queries; /* id -> struct query */
	struct query_list query_order;
	struct note_tree notes;
	struct note_list note_order;
	size_t nnotes;
};

void relay_init(struct relay *);
void relay_release(struct relay *); /* when no session is left */

/* May the session have one more request under way? */
bool query_fits(const struct session *by);

/* A new one, of `by` to the nick; jid as above. Strings are copied. */
struct query *query_add(
    struct session *by, struct session *of, const char *jid, const char *nick, const char *by_id);

/* The one that this answer from `from` to the room is for; NULL: none. */
struct query *query_find(const struct room *, const char *id, const char *from);

/*
 * The oldest one, and when it has waited long enough (mono): now, when all sessions together have too many. So
 * whoever asks what nobody answers keeps nobody else from asking. NULL: none.
 */
struct query *query_first(const struct service *, int64_t *due_ms);

void query_free(struct query *);

/*
 * Remembers that a message of a session was told in so many copies, from an address of the room to a bare
 * JID, for when it comes back. nick is the one that the session had sent it to; NULL: to the room. An earlier
 * note of the same addresses and id is forgotten, and so is the oldest one beyond a limit.
 */
void note_add(struct session *by, const char *from, const char *to, const char *id,
    const char *nick, unsigned copies);

/* The one that comes back from a bare JID to that address of the room; NULL: none. */
struct note *note_find(struct service *, const char *bare, const char *to, const char *id);

void note_free(struct note *);

/* Whatever the session sent or is asked is forgotten. */
void talk_forget(struct session *);

#endif
