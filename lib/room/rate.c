/* SPDX-License-Identifier: ISC */
/*
 * rate.c - what all of a domain, all in a room, all of the service may do together
 */
#include "room.h"

#define BURST_S 10

/* How many in how many seconds; seconds 0: there is no limit. */
struct most {
	int64_t n;
	int seconds;
};

static struct most
most_of(const struct muc_limits *l, enum scope scope, enum rate rate)
{
	switch ((int)scope * RATE_COUNT + (int)rate) {
#define RATE(scope, rate, limit, seconds)                                                          \
	case SCOPE_##scope *RATE_COUNT + RATE_##rate:                                              \
		return (struct most){ l->limit, seconds };
		RATES(RATE)
#undef RATE
	default:
		return (struct most){ 0, 0 };
	}
}

bool
rate_has(const struct service *s, enum scope scope, enum rate rate, const struct rates *r, double n)
{
	const struct most most = most_of(&s->limits, scope, rate);
	const double burst = (double)most.n * (most.seconds == 1 ? BURST_S : 1);

	return most.seconds == 0 ||
	       bucket_has(&r->of[rate], s->now.mono_ms, (double)most.n / most.seconds, burst,
		   n < burst ? n : burst);
}

void
rate_take(const struct service *s, enum scope scope, enum rate rate, struct rates *r, double n)
{
	const struct most most = most_of(&s->limits, scope, rate);

	if (most.seconds > 0)
		bucket_take(&r->of[rate], s->now.mono_ms, (double)most.n / most.seconds, n);
}

bool
rates_full(const struct service *s, enum scope scope, const struct rates *r)
{
	for (enum rate rate = 0; rate < RATE_COUNT; rate++) {
		const struct most most = most_of(&s->limits, scope, rate);

		if (most.seconds > 0 &&
		    !bucket_has(&r->of[rate], s->now.mono_ms, (double)most.n / most.seconds, 0, 0))
			return false;
	}
	return true;
}
