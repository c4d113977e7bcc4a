/* SPDX-License-Identifier: ISC */
/*
 * naming.h - rooms that an import has brought get their names, in steps
 *
 * When all of an import is there, and nothing is against it, that is written down: from then on all of its rooms are
 * there, whatever happens. A room that somebody asks for gets its name at once, so nobody finds one missing; the
 * others get theirs a few in a turn, so nobody waits for very many. Lists of rooms have those that have their names.
 */
#ifndef NAMING_H
#define NAMING_H

#include "room.h"

/* A room that waits for its name. */
struct nameless {
	uint64_t id, line; /* where it begins in its file */
	char *jid;
};

struct nameless_list {
	struct nameless *v;
	size_t n, cap;
	struct map jids; /* their addresses -> themselves */
};

/* Takes the address over; it is not in the list. */
void nameless_add(struct nameless_list *, uint64_t id, uint64_t line, char *jid);

/* The room of that address that waits; NULL: none does. Lives until the next is added. */
struct nameless *nameless_find(const struct nameless_list *, const char *jid);
void nameless_release(struct nameless_list *);

/* Adds those that wait in a store, all with an id not below what is returned; 0: none do. */
uint64_t nameless_load(struct store *, struct nameless_list *);

/* Takes the list over: its rooms, all with an id not below that one, are there when this turn is committed. */
void naming_begin(struct service *, struct nameless_list *, uint64_t from);

/* The same after a restart, of those that still wait, if any do. */
void naming_resume(struct service *);

/* Gives some of them their names. True: there are more. */
bool naming_step(struct service *);

/* Gives the room of that address its name, if it waits for it. */
void naming_of(struct service *, const char *jid);

void naming_free(struct service *);

#endif
