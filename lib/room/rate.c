/* SPDX-License-Identifier: ISC */
/*
 * rate.c - what all of a domain, all in a room, all of the service may do together
 */
#include "room.h"

#define BURST_S	    10
#define LEAST_PER_S (1.0 / 60) /* of a part */

/* How many; burst 0: there is no limit. */
struct most {
	double per_s, burst;
};

static struct most
most_of(const struct muc_limits *l, enum scope scope, enum rate rate, double part)
{
	double n;
	int seconds;
	struct most m;

	switch ((int)scope * RATE_COUNT + (int)rate) {
#define RATE(scope, rate, limit, s)                                                                \
	case SCOPE_##scope *RATE_COUNT + RATE_##rate:                                              \
		n = (double)l->limit;                                                              \
		seconds = s;                                                                       \
		break;
		RATES(RATE)
#undef RATE
	default:
		return (struct most){ 0, 0 };
	}
	m.per_s = n * part / seconds;
	m.burst = n * part * (seconds == 1 ? BURST_S : 1);
	if (part < 1 && m.per_s < LEAST_PER_S)
		m.per_s = LEAST_PER_S;
	if (part < 1 && m.burst < 1)
		m.burst = 1;
	return m;
}

bool
rate_has(const struct service *s, enum scope scope, enum rate rate, const struct rates *r, double n,
    double part, double keep)
{
	const struct most most = most_of(&s->limits, scope, rate, part);
	const double burst = most.burst * (1 - keep);

	return most.burst == 0 ||
	       bucket_has(&r->of[rate], s->now.mono_ms, most.per_s, burst, n < burst ? n : burst);
}

void
rate_take(const struct service *s, enum scope scope, enum rate rate, struct rates *r, double n,
    double part)
{
	const struct most most = most_of(&s->limits, scope, rate, part);

	if (most.burst > 0)
		bucket_take(&r->of[rate], s->now.mono_ms, most.per_s, n);
}

bool
rates_full(const struct service *s, enum scope scope, const struct rates *r, double part)
{
	for (enum rate rate = 0; rate < RATE_COUNT; rate++) {
		const struct most most = most_of(&s->limits, scope, rate, part);

		if (most.burst > 0 && !bucket_has(&r->of[rate], s->now.mono_ms, most.per_s, 0, 0))
			return false;
	}
	return true;
}
