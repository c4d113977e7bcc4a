/* SPDX-License-Identifier: ISC */
/*
 * once.h - strings that are copied once, however often they occur
 *
 * A name that stands once in a stanza may be that of each of its elements: a copy for each would take as much
 * memory as the product of both. Strings are told apart by where they are, not by what they say: the same string at two
 * places is copied twice.
 */
#ifndef ONCE_H
#define ONCE_H

#include <stdint.h>

struct arena;
struct once_slot;

/* All zero: empty. What it needs lies in the arena of the copies, and goes with it. */
struct once {
	struct once_slot *slot;
	uint32_t nslots, n;
};

/* The copy of s in the arena, always the same one; NULL of NULL. s must stay where it is. */
const char *once_copy(struct once *, struct arena *, const char *s);

#endif
