/* SPDX-License-Identifier: ISC */
/*
 * backoff.c - how long to wait before trying again
 */
#include "backoff.h"

#define LEAST_MS 50 /* nobody profits from less */

int64_t
backoff_next(struct backoff *b, int64_t first_ms, int64_t greatest_ms, uint32_t random)
{
	int64_t most = first_ms;

	for (unsigned i = 0; i < b->ntries && most < greatest_ms; i++)
		most *= 2;
	if (most > greatest_ms)
		most = greatest_ms;
	b->ntries++;
	most = (int64_t)((uint64_t)most * random >> 32);
	return most > LEAST_MS ? most : LEAST_MS;
}
