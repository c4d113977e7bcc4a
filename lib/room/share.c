/* SPDX-License-Identifier: ISC */
/*
 * share.c - what one may do although others do too much
 */
#include "../base/mem.h"
#include "room.h"

#define HALF	0.5
#define QUARTER 0.25

/* What everybody is sure of, as parts of what all may do together. */
#define USER_PART   0.001
#define DOMAIN_PART 0.1

/* Of presences what is left then is for those that wait: they are told in turn. */
static double
kept(enum rate rate)
{
	return rate == RATE_PRESENCE ? QUARTER : 0;
}

/* No bare JID begins with an @, and none has a blank in it. */
const char *
share_name(struct service *s, const char *of, const char *who)
{
	return arena_cat(s->arena, "@@@", of, " ", who, NULL);
}

static bool
counts_domain(const struct share *h)
{
	return h->to != NULL && !domain_holds(h->by->domain, h->to);
}

/* Has somebody done no more than they are sure of? Of whom nothing is noted has done nothing. */
static bool
is_modest(struct service *s, const struct share *h, enum rate rate, double n, const char *who)
{
	const struct user *u = map_get(&s->users, share_name(s, h->of, who));

	return u == NULL || u->together == NULL ||
	       rate_has(s, h->scope, rate, u->together, n, u->part, 0);
}

bool
share_has(struct service *s, const struct share *h, enum rate rate, double n)
{
	if (rate_has(s, h->scope, rate, h->all, n, 1, HALF))
		return true;
	return rate_has(s, h->scope, rate, h->all, n, 1, kept(rate)) &&
	       is_modest(s, h, rate, n, h->by->bare) &&
	       (!counts_domain(h) || is_modest(s, h, rate, n, h->by->domain));
}

static void
note(struct service *s, const struct share *h, enum rate rate, double n, const char *who,
    double part)
{
	struct user *u = user_get(s, share_name(s, h->of, who));

	if (u->together == NULL)
		u->together = mem_alloc(sizeof(*u->together));
	u->scope = h->scope;
	u->part = part;
	rate_take(s, h->scope, rate, u->together, n, part, 0);
}

void
share_take(struct service *s, const struct share *h, enum rate rate, double n)
{
	if (rate_take(s, h->scope, rate, h->all, n, 1, HALF))
		return;
	note(s, h, rate, n, h->by->bare, USER_PART);
	if (counts_domain(h))
		note(s, h, rate, n, h->by->domain, DOMAIN_PART);
}

bool
share_pay(struct service *s, const struct share *h, enum rate rate, double n)
{
	if (rate_pay(s, h->scope, rate, h->all, n, 1, HALF))
		return true;
	if (!share_has(s, h, rate, n))
		return false;
	share_take(s, h, rate, n);
	return true;
}
