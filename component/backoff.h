/* SPDX-License-Identifier: ISC */
/*
 * backoff.h - how long to wait before trying again
 *
 * Exponential with full jitter: the n-th wait is drawn from between nothing and
 * first_ms * 2^n, at most greatest_ms. Many components that lost one server come back spread out.
 */
#ifndef BACKOFF_H
#define BACKOFF_H

#include <stdint.h>

struct backoff {
	unsigned ntries; /* since the last success; 0 begins anew */
};

/* The next wait; random is a number of 32 random bits. */
int64_t backoff_next(struct backoff *, int64_t first_ms, int64_t greatest_ms, uint32_t random);

#endif
