/* SPDX-License-Identifier: ISC */
/*
 * spoken.h - what mucd was asked and what it has told, and whether a database holds to it
 *
 * Everything that may change is a register: it has the values that were asked for, in order, and one of
 * them is the last that was acknowledged. A database is to hold that one or a later one.
 */
#ifndef SPOKEN_H
#define SPOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/map.h"
#include "store.h"

#define DOMAIN "conference.localhost"

/* The values of a register; NULL is one, too: it is not there. */
struct reg {
	const char *key;
	const char **values;
	uint64_t *told_at; /* UINT64_MAX: not yet */
	size_t n, cap;
	size_t acked; /* values[acked - 1] was the last; 0: none was */
};

/* A message. */
struct said {
	const char *key;
	const char *text; /* as told: its body; as kept: all of it */
	uint64_t at;	  /* when it was told first */
};

struct spoken {
	struct arena *keep, *arena; /* for good; of a stanza */
	struct map sides;	    /* of connections */
	struct map registers;	    /* "room ROOM", "affil ROOM JID", "in ROOM JID" */
	struct map asks;	    /* id -> struct awaited */
	struct map said;	    /* ROOM STANZA-ID -> struct said */
	struct map fences;	    /* id -> nstanzas before it */
	bool listens;
	struct map heard;  /* JID ROOM STANZA-ID, or "in", if it listens */
	uint64_t nstanzas; /* told */
	uint64_t ntaken;   /* of these a fence stands behind so many, and has come back */
};

void spoken_init(struct spoken *);
void spoken_release(struct spoken *);

/* Bytes of a connection that came from the server, or went to it. False: that is no XMPP. */
bool spoken_recv(struct spoken *, uint64_t conn, const char *p, size_t n);
bool spoken_sent(struct spoken *, uint64_t conn, const char *p, size_t n);

/* -- state.c: what a database says of the same things -- */

struct state {
	struct arena *arena;
	struct map registers; /* "room ROOM", ... -> its value, if it has one */
	struct map said;      /* ROOM STANZA-ID -> struct said */
	uint64_t nrecords;
};

/* To be called before any map is filled: the first service of a process seeds them all. */
void state_begin(void);

typedef void say(const char *what, const char *key);

/* Reads it. False: something cannot be read, and was said. */
bool state_read(struct state *, struct store *, say *);
void state_release(struct state *);

/* Says what of the spoken is not there; returns how much it is. */
unsigned state_missing(const struct state *, const struct spoken *, say *);

/*
 * Starts a service on a store, which is then of no more use, and says what it is to tell again and does not:
 * whatever no fence stands behind that came back. Returns how much it is; *ntold is what it told.
 */
unsigned
state_silent(const struct state *, const struct spoken *, struct store *, say *, uint64_t *ntold);

#endif
