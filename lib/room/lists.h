/* SPDX-License-Identifier: ISC */
/*
 * lists.h - who is what in a room, for good, and the lists of that in versions; XEP-0045 5.2, XEP-0463
 *
 * Each change of somebody's own affiliation (a bare JID's or a domain's) makes a new version of the lists.
 * A room remembers its last changes, so it can tell what is different from an earlier version.
 * Who may read which lists is another matter (room_lists()): a set of lists is bits 1 << affiliation, and
 * whoever is on no list of the set is shown as if they had no affiliation. A version, as somebody is told it,
 * also names the lists that they may read: with other lists it is not the same version.
 */
#ifndef LISTS_H
#define LISTS_H

#include "room.h"

/* -- affiliation.c -- */

struct affil {
	enum affiliation affiliation;
	const char *jid;    /* bare JID or domain */
	const char *nick;   /* that is reserved for it, prepared, or NULL; of members and above */
	const char *reason; /* or NULL */
	const char *actor;  /* the bare JID of who made it so; NULL in one that is not stored yet */
	int64_t set_ms;	    /* wall: when; 0 in one that is not stored yet */
};

/* What is stored for this very bare JID or domain; false: nothing. Strings: arena. */
bool affiliation_stored(const struct room *, const char *bare, struct affil *);

/* The same for a room that need not be loaded. */
bool affiliation_in(struct service *, uint64_t room_id, const char *bare, struct affil *);

/* The affiliation that this very JID has of its own; false: none. */
typedef bool affiliation_own(const void *of, const char *jid, enum affiliation *);

/*
 * The affiliation that holds for a bare JID: its own, else a ban of the same one with its domain written another way
 * (jid_ways()), else its domain's, else a ban of that written another way.
 */
enum affiliation
affiliation_find(struct arena *, affiliation_own *, const void *of, const char *bare);

/* The same by what is stored. */
enum affiliation affiliation_of(const struct room *, const char *bare);

/* To be called at the end of a turn: forgets what affiliation_of() remembers. */
void standing_forget(struct service *);

/*
 * Stores it; AFF_NONE removes the record. The nick goes into the index of reserved nicks, from which
 * the one before is taken.
 */
void affiliation_set(struct room *, const struct affil *, const char *actor);

/* Visits the owners' bare JIDs, in the arena; stops when visit returns non-zero. */
void affiliation_owners(const struct room *, int (*visit)(void *arg, const char *bare), void *arg);

/* The bare JID for which the nick is reserved, in the arena; NULL: nobody's. */
const char *nick_owner(const struct room *, const char *nick);

/*
 * Visits the records of those affiliations in order of JIDs; stops when visit returns non-zero, and
 * returns that. What is visited is gone with the next one: what is to stay is copied. All records of the
 * room are looked at, and counted in service.walked.
 */
int affiliation_each(const struct room *, enum affiliation least, enum affiliation most,
    int (*visit)(void *arg, const struct affil *), void *arg);

/* -- lists.c -- */

/* How many sets of lists there are. */
#define LISTS (1u << (AFF_OWNER + 1))

/* The lists that somebody may read: XEP-0045 9.2, 9.5, 10.5, 10.8. priv.c */
unsigned room_lists(const struct config *, enum affiliation, enum role);

/* The lists of whose versions the session is told; 0: of none. view.c */
unsigned session_lists(const struct session *);

/* A change of somebody's own affiliation, with the versions before and after it. */
struct step {
	struct version since, until;
	const char *jid;
	enum affiliation affiliation; /* the new one */
};

/* The present version; a room that has none yet is given one. */
struct version version_now(struct room *);

/* How a version is told to those who may read the lists. */
char *version_text(struct arena *, const struct version *, unsigned lists);

/* Notes a change that is about to be saved with the room: a new version, if it is one. */
void change_note(struct room *, const char *jid, enum affiliation before, enum affiliation now);

enum since {
	SINCE_NOW,  /* that is the present version */
	SINCE_THEN, /* all that is different has been visited, perhaps nothing */
	SINCE_LOST, /* it is no version of these lists, or too much has changed since */
};

typedef void lists_visit(void *arg, const char *jid, enum affiliation);

/*
 * Visits those whose place on the lists is not the one that they had in a version, in the order of their
 * first change. Who has gone and come back is not among them. Strings: arena.
 */
enum since
lists_since(struct room *, const char *version, unsigned lists, lists_visit *, void *arg);

/* Visits all on the lists, in order of JIDs. Strings: arena. */
void lists_each(const struct room *, unsigned lists, lists_visit *, void *arg);

#endif
