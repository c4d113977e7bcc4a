/* SPDX-License-Identifier: ISC */
/*
 * user.c - what a bare JID does over all rooms, and what it may cost
 *
 * Token buckets (stanzas and bytes) fill with time. A bucket that is full again says nothing, so
 * users without a session are forgotten then: memory is bounded by who spoke in the last seconds.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/mem.h"
#include "room.h"

static double
refill(double tokens, int64_t passed_ms, int64_t per_s, int64_t burst)
{
	tokens += (double)passed_ms * (double)per_s / 1000.0;
	return tokens < (double)burst ? tokens : (double)burst;
}

static void
fill(struct service *s, struct user *u)
{
	int64_t passed_ms = s->now.mono_ms - u->filled_ms;

	u->stanzas = refill(u->stanzas, passed_ms, s->limits.rate_per_s, s->limits.rate_burst);
	u->bytes =
	    refill(u->bytes, passed_ms, s->limits.rate_bytes_per_s, s->limits.rate_bytes_burst);
	u->filled_ms = s->now.mono_ms;
}

static void
user_free(struct service *s, struct user *u)
{
	map_del(&s->users, u->bare);
	TAILQ_REMOVE(&s->user_order, u, entry);
	free(u->bare);
	free(u);
}

/* Looks at the one looked at longest ago: forgets it or puts it at the end. */
static void
sweep_one(struct service *s)
{
	struct user *u = TAILQ_FIRST(&s->user_order);

	if (u == NULL)
		return;
	fill(s, u);
	if (u->nsessions == 0 && u->stanzas >= (double)s->limits.rate_burst &&
	    u->bytes >= (double)s->limits.rate_bytes_burst) {
		user_free(s, u);
		return;
	}
	TAILQ_REMOVE(&s->user_order, u, entry);
	TAILQ_INSERT_TAIL(&s->user_order, u, entry);
}

struct user *
user_get(struct service *s, const char *bare)
{
	struct user *u = map_get(&s->users, bare);

	if (u != NULL)
		return u;
	/* Two out of sight for one that comes keeps the list short. */
	sweep_one(s);
	sweep_one(s);
	u = mem_alloc(sizeof(*u));
	u->bare = mem_strdup(bare);
	u->stanzas = (double)s->limits.rate_burst;
	u->bytes = (double)s->limits.rate_bytes_burst;
	u->filled_ms = s->now.mono_ms;
	TAILQ_INSERT_TAIL(&s->user_order, u, entry);
	map_put(&s->users, u->bare, u);
	return u;
}

bool
user_charge(struct service *s, const char *bare, size_t nbytes)
{
	struct user *u = user_get(s, bare);

	fill(s, u);
	if (u->stanzas < 1 || u->bytes < (double)nbytes)
		return false;
	u->stanzas -= 1;
	u->bytes -= (double)nbytes;
	return true;
}

void
users_free(struct service *s)
{
	while (!TAILQ_EMPTY(&s->user_order))
		user_free(s, TAILQ_FIRST(&s->user_order));
	map_release(&s->users);
}
