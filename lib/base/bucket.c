/* SPDX-License-Identifier: ISC */
/*
 * bucket.c - token buckets
 */
#include "bucket.h"

static double
spent_by(const struct bucket *b, int64_t now_ms, double per_s)
{
	int64_t passed_ms = now_ms > b->filled_ms ? now_ms - b->filled_ms : 0;
	double left = b->spent - (double)passed_ms * per_s / 1000.0;

	return left > 0 ? left : 0;
}

bool
bucket_has(const struct bucket *b, int64_t now_ms, double per_s, double burst, double n)
{
	return spent_by(b, now_ms, per_s) + n <= burst;
}

void
bucket_take(struct bucket *b, int64_t now_ms, double per_s, double n)
{
	b->spent = spent_by(b, now_ms, per_s) + n;
	b->filled_ms = now_ms;
}
