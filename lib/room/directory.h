/* SPDX-License-Identifier: ISC */
/*
 * directory.h - the names of a domain: which rooms are listed, who made them, which are gone
 */
#ifndef DIRECTORY_H
#define DIRECTORY_H

#include "room.h"

/* -- listed.c: the public rooms of a domain, in an order of their own -- */

/* How many public rooms there are. */
uint64_t rooms_listed_count(struct service *, const char *domain);

typedef int room_visit(void *arg, const char *node, const char *name); /* name may be NULL */

/*
 * Visits those after that node (NULL: from the first), or, backwards, those before it (NULL: from the
 * last); there need not be such a room. Returns 0, or what visit returned to stop it.
 */
int
rooms_listed(struct service *, const char *domain, const char *after, room_visit *visit, void *arg);
int rooms_listed_back(
    struct service *, const char *domain, const char *before, room_visit *visit, void *arg);

/*
 * The node right before the one of that index, which is from 1 to the count - 1; NULL when
 * it is more than `most` steps away from either end. In the arena.
 */
const char *
rooms_listed_before(struct service *, const char *domain, uint64_t index, uint64_t most);

/* Puts the room on the list, or takes it off, as its configuration says. */
void room_list_update(struct room *);
void room_unlist(struct room *);

/* Counts anew, for all domains. */
void rooms_listed_recount(struct service *);

/* -- made.c: who made a room, and how long it may stay as it was made -- */

/* bare JID NUL, and a room's id behind it; id 0: the prefix of all of them. */
struct bytes creator_key(struct arena *, const char *bare, uint64_t id);

void creator_note(const struct room *);
void creator_forget(const struct room *);

/* How many rooms there are that a bare JID created; does not count beyond `most`. */
uint64_t creator_count(struct service *, const char *bare, uint64_t most);

/* Sets when a locked room ends, from when it was created; a room that is not locked has no such time. */
void room_watch(struct room *);
void room_unwatch(struct room *);

/* -- brief.c: all rooms of a domain, and when they were used -- */

/* What is known of a room without loading it. */
struct room_brief {
	uint64_t id;
	struct jid jid;
	const char *name, *creator;  /* or NULL */
	int64_t created_ms, used_ms; /* wall; as room_used_ms() */
	unsigned noccupants;
	bool locked;
};

/* Visits them in the order of the store; returns 0, or what visit returned to stop it. Strings: arena. */
int rooms_each(struct service *, const char *domain,
    int (*visit)(void *arg, const struct room_brief *), void *arg);

/* The same for those whose names come after that node, whether there is such a room or not; NULL: for all. */
int rooms_each_after(struct service *, const char *domain, const char *after,
    int (*visit)(void *arg, const struct room_brief *), void *arg);

/* That of a room by its id; false: there is none. Strings: arena. */
bool room_brief(struct service *, uint64_t id, struct room_brief *);

/* Somebody enters or says something. The store may be an hour behind. */
void room_used(struct room *);

/* When it was used last, in wall ms; what was never noted is when it was created. */
int64_t room_used_ms(const struct room *);

/* -- tombstone.c: rooms that were destroyed -- */

struct tombstone {
	const char *venue; /* bare JID of where to go instead, or NULL */
	const uint8_t *owners;
	size_t nowners;
};

/* What is left of a room that was at this address; false: nothing. Lives as long as the arena. */
bool tombstone_get(struct service *, const struct jid *, struct tombstone *);

/* Was that user an owner of the room? */
bool tombstone_owner(const struct tombstone *, const char *bare);

/* Sets one for a room that an owner (by: bare JID) is about to destroy. venue may be NULL. */
void tombstone_set(struct room *, const char *venue, const char *by);
void tombstone_remove(struct service *, const struct jid *);

/* Learns from the store when the first expires. */
void tombstones_load(struct service *);

/* Removes some of those that have expired or are too many. */
void tombstones_expire(struct service *);

#endif
