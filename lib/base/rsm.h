/* SPDX-License-Identifier: ISC */
/*
 * rsm.h - results in pages (XEP-0059): what is asked for, and what is said of a page
 */
#ifndef RSM_H
#define RSM_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct xml;

struct rsm {
	bool asked;	    /* there is a <set/>: the answer is a page, too */
	uint64_t max;	    /* items; UINT64_MAX: as many as there is room for */
	const char *after;  /* an id, NULL: none */
	const char *before; /* an id, "": the end, NULL: none */
	bool by_index;
	uint64_t index; /* of the first item, with by_index */
};

/* Reads the <set/> in x, if there is one. False when what should be a number in it is none. */
bool rsm_read(const struct xml *x, struct rsm *);

/* An index or a count that is not told: XEP-0059 2.2, where it would be exceptionally hard to find. */
#define RSM_UNKNOWN UINT64_MAX

/*
 * Adds the <set/> of a page to x: the ids of its first and last item (NULL: it is empty), where the
 * first one stands in the whole result, and how many there are in all.
 */
void rsm_add(struct arena *, struct xml *x, const char *first, const char *last, uint64_t index,
    uint64_t count);

#endif
