/* SPDX-License-Identifier: ISC */
/*
 * cost.h - what hostile input costs: the cases, and what they are made with
 *
 * A case is played with n of something and with 4 n. Its preparation is free; its work is counted: the
 * instructions of the whole process (callgrind's, libraries included) and the bytes that it has on the heap. The
 * same input costs the same on every machine, however busy it is.
 */
#ifndef COST_H
#define COST_H

#include <stdarg.h>
#include <stdio.h>

#include "../service.h"

struct world {
	struct test t;
	struct buf todo; /* stanzas, each with a NUL behind it: what play() sends */
	size_t told;	 /* bytes */
	/* Of what is told it is counted how often this occurs; NULL: nothing is. */
	const char *piece;
	size_t found;
	void *own; /* of the case; on the heap */
};

struct cost {
	const char *name; /* NULL ends */
	const char *what;
	unsigned n;

	/* How many times the instructions of n those of 4 n may be. 0: LINEAR */
	double times;

	/*
	 * Bytes, with 4 n: above what there was before, at the worst moment and in the end. 0: not looked at.
	 * More than that and memory is not bounded by what the case is about.
	 */
	size_t peak, keeps;

	/* Bytes told for each byte that came, with 4 n, at most; 0: not looked at. */
	double told;

	void (*prepare)(struct world *, unsigned n);
	void (*work)(struct world *, unsigned n); /* NULL: play() */

	/* Has it been what it is to be? Without this a case could measure refusals. NULL: nothing to look at. */
	bool (*holds)(const struct world *, unsigned n);
};

/* Four times the input, a little for what grows in steps, and no more. */
#define LINEAR 4.6

extern const struct cost costs_base[], costs_room[], costs_ask[];

/* Adds a stanza to what is to be done. */
void add(struct world *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Adds a piece to the one that is being made; buf_addc(&w->todo, '\0') ends it. */
void put(struct world *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Sends all that is to be done, a turn for each, takes what is told, and forgets it. */
void play(struct world *);

/* The same, a hundred a second: what is forgotten in time is what memory is bounded by. */
void at_leisure(struct world *, unsigned n);

/* The same of one stanza, at once: for preparations. */
void send_now(struct world *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Time passes. */
void pass(struct world *, int64_t ms);

/* A room, unlocked, whose owner o@example/r is in it. */
void room_new(struct world *, const char *node);

/* Its owner sets an option: a var without muc#roomconfig_. */
void room_set(struct world *, const char *node, const char *var, const char *value);

/* n more enter it: u0@example/r as u0, and so on. */
void enter_all(struct world *, const char *node, unsigned n);

#define PRESENCE_MUC "<x xmlns='http://jabber.org/protocol/muc'/>"

#endif
