/* SPDX-License-Identifier: ISC */
/*
 * bucket.h - how much of something may still be done, by token buckets
 *
 * A bucket holds `burst` tokens and gets `per_s` back each second. All of a new one, which is all zero, are
 * there. Times are of a clock that does not jump, in ms; one that goes back takes no tokens away.
 */
#ifndef BUCKET_H
#define BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct bucket {
	double spent;	   /* tokens that are not there */
	int64_t filled_ms; /* when that was so */
};

/* Are there n tokens? */
bool bucket_has(const struct bucket *, int64_t now_ms, double per_s, double burst, double n);

/* Takes n tokens, also such as are not there: then it is longer until there are some again. */
void bucket_take(struct bucket *, int64_t now_ms, double per_s, double n);

#endif
