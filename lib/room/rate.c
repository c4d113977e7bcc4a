/* SPDX-License-Identifier: ISC */
/*
 * rate.c - what all of a domain, all in a room, all of the service may do together
 */
#include <stddef.h>

#include "room.h"

#define BURST_S	    10
#define LEAST_PER_S (1.0 / 60) /* of a part */

/* Where the limit stands; 0 seconds: there is none. */
static const struct limit {
	size_t at;
	int seconds;
} limits[SCOPE_COUNT][RATE_COUNT] = {
#define RATE(scope, rate, limit, seconds)                                                          \
	[SCOPE_##scope][RATE_##rate] = { offsetof(struct muc_limits, limit), seconds },
	RATES(RATE)
#undef RATE
};

struct most {
	double per_s, burst;
};

/* False: there is no limit. */
static bool
most_of(const struct service *s, enum scope scope, enum rate rate, double part, struct most *m)
{
	const struct limit *l = &limits[scope][rate];
	double n;

	if (l->seconds == 0)
		return false;
	n = (double)*(const int64_t *)((const char *)&s->limits + l->at) * part;
	m->per_s = l->seconds == 1 ? n : n / l->seconds;
	m->burst = l->seconds == 1 ? n * BURST_S : n;
	if (part < 1) {
		m->per_s = m->per_s < LEAST_PER_S ? LEAST_PER_S : m->per_s;
		m->burst = m->burst < 1 ? 1 : m->burst;
	}
	return true;
}

/* Of more than may ever come at once as much as that is enough. */
static bool
has(const struct service *s, const struct most *m, const struct bucket *b, double n, double keep)
{
	const double burst = m->burst * (1 - keep);

	return bucket_has(b, s->now.mono_ms, m->per_s, burst, n < burst ? n : burst);
}

bool
rate_has(const struct service *s, enum scope scope, enum rate rate, const struct rates *r, double n,
    double part, double keep)
{
	struct most m;

	return !most_of(s, scope, rate, part, &m) || has(s, &m, &r->of[rate], n, keep);
}

bool
rate_take(const struct service *s, enum scope scope, enum rate rate, struct rates *r, double n,
    double part, double keep)
{
	struct most m;
	bool had;

	if (!most_of(s, scope, rate, part, &m))
		return true;
	had = has(s, &m, &r->of[rate], n, keep);
	bucket_take(&r->of[rate], s->now.mono_ms, m.per_s, n);
	return had;
}

bool
rate_pay(const struct service *s, enum scope scope, enum rate rate, struct rates *r, double n,
    double part, double keep)
{
	struct most m;

	if (!most_of(s, scope, rate, part, &m))
		return true;
	if (!has(s, &m, &r->of[rate], n, keep))
		return false;
	bucket_take(&r->of[rate], s->now.mono_ms, m.per_s, n);
	return true;
}

bool
rates_full(const struct service *s, enum scope scope, const struct rates *r, double part)
{
	struct most m;

	for (enum rate rate = 0; rate < RATE_COUNT; rate++)
		if (most_of(s, scope, rate, part, &m) &&
		    !bucket_has(&r->of[rate], s->now.mono_ms, m.per_s, 0, 0))
			return false;
	return true;
}
