/* SPDX-License-Identifier: ISC */
/*
 * recall.h - what may not have arrived, by who it is of
 *
 * What told_take() gives is a long row. Looked over once, it says of each session when it was in a room, of each nick
 * what became of it, and of each room what was said: each question costs the same, however long the row is.
 */
#ifndef RECALL_H
#define RECALL_H

#include "fence.h"

/* When one session was in a room. */
struct stay {
	const struct told *since;   /* it was in then for the first time */
	const struct told *entered; /* its first TOLD_ENTERED; NULL: it has been in all the time */
	const struct told *left;    /* its last TOLD_LEFT, or NULL */
	const struct told *shown;   /* the last time it was told of all others, or NULL */
	const struct told *message; /* the next one of the room; only for recall_message() */
	bool is_in; /* the caller's, who goes along the row; at first: at its begin */
};

/* What was told of one nick. */
struct goings {
	const struct told *last, *last_others; /* what others were told; NULL: nothing */
	bool self;			       /* whoever goes by it was told, too */
};

struct recall {
	struct arena *arena;
	struct told *v;
	size_t n;
	struct map stays; /* room and full JID -> struct stay */
	struct map nicks; /* room and nick -> struct goings */
	struct map went;  /* room, nick and bare JID -> struct told */
	struct map moved; /* room, nick and full JID -> struct told */
	struct map rooms; /* room -> struct said */
};

/* Looks over a row of so many, which lives as long; so does the arena. */
void recall_init(struct recall *, struct arena *, struct told *, size_t n);
void recall_release(struct recall *);

/* Rooms are named by their ids, `jid` is a full one. NULL: it has been in all the time, or was never. */
struct stay *recall_stay(const struct recall *, uint64_t room, const char *jid);

/* NULL: nothing was told of it. */
const struct goings *recall_goings(const struct recall *, uint64_t room, const char *nick);

/* The last time that others were told that somebody has gone from a nick; NULL: never. */
const struct told *
recall_went(const struct recall *, uint64_t room, const char *nick, const char *bare);

/* Was a session told that it has another nick than that one now? */
bool recall_moved(const struct recall *, uint64_t room, const char *nick, const char *jid);

/* The id of the first message in the room since a stay of it began; NULL: there is none. */
const uint8_t *recall_message(struct recall *, const struct stay *, uint64_t room);

/* The last subject that was told in it; NULL: none. */
const struct told *recall_subject(struct recall *, uint64_t room);

/* Is it told to a session itself that it has another nick? */
bool told_moves(const struct told *);

#endif
