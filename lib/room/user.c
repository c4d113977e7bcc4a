/* SPDX-License-Identifier: ISC */
/*
 * user.c - what a bare JID does over all rooms, and what it may cost
 *
 * Token buckets (stanzas and bytes) fill with time. A bucket that is full again says nothing, so
 * users without a session are forgotten then: memory is bounded by who spoke in the last seconds, or
 * used an allowance in the last minute.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/mem.h"
#include "room.h"

#define REFUSALS_S     10 /* seconds' worth that may be told at once */
#define TOLD_FOR_ONE   8  /* bytes told for one that one may send */
#define OTHERS_FOR_ONE 64 /* bytes told to others */

static double
refill(double tokens, double more, double burst)
{
	tokens += more;
	return tokens < burst ? tokens : burst;
}

static int64_t
per_min(const struct service *s, enum allowance a)
{
	switch (a) {
#define ALLOWANCE(name, limit)                                                                     \
	case ALLOWANCE_##name:                                                                     \
		return s->limits.limit;
		ALLOWANCES(ALLOWANCE)
#undef ALLOWANCE
	default:
		return 0;
	}
}

static double
part_of(const struct service *s, bool is_session)
{
	return is_session ? (double)s->limits.session_percent / 100.0 : 1;
}

/* What there may be of an allowance: of a session at least one. */
static double
rim_of(const struct service *s, bool is_session, enum allowance a)
{
	const double rim = part_of(s, is_session) * (double)per_min(s, a);

	return is_session && rim < 1 ? 1 : rim;
}

static void
fill(struct service *s, struct user *u)
{
	const struct muc_limits *l = &s->limits;
	const double passed_s = (double)(s->now.mono_ms - u->filled_ms) / 1000.0;
	const double part = part_of(s, u->is_session);

	if (s->now.mono_ms == u->filled_ms)
		return;
	u->stanzas = refill(
	    u->stanzas, part * passed_s * (double)l->rate_per_s, part * (double)l->rate_burst);
	u->bytes = refill(u->bytes, part * passed_s * (double)l->rate_bytes_per_s,
	    part * (double)l->rate_bytes_burst);
	u->filled_ms = s->now.mono_ms;
}

/* These are asked for much less often than tokens. */
static void
fill_allowances(struct service *s, struct user *u)
{
	const double passed_min = (double)(s->now.mono_ms - u->allowed_ms) / 60000.0;

	if (s->now.mono_ms == u->allowed_ms)
		return;
	for (enum allowance a = 0; a < ALLOWANCE_COUNT; a++)
		u->allowance[a] = refill(u->allowance[a], passed_min * rim_of(s, u->is_session, a),
		    rim_of(s, u->is_session, a));
	u->allowed_ms = s->now.mono_ms;
}

static void
user_free(struct service *s, struct user *u)
{
	for (unsigned i = 0; i < LAST_USERS; i++)
		if (s->last_users[i] == u)
			s->last_users[i] = NULL;
	map_del(&s->users, u->bare);
	TAILQ_REMOVE(&s->user_order, u, entry);
	free(u->together);
	free(u);
}

/* A bucket that is full again says nothing. */
static bool
is_full(const struct service *s, const struct user *u)
{
	for (enum allowance a = 0; a < ALLOWANCE_COUNT; a++)
		if (u->allowance[a] < rim_of(s, u->is_session, a))
			return false;
	if (u->together != NULL && !rates_full(s, u->scope, u->together, u->part))
		return false;
	if (!bucket_has(&u->refusals, s->now.mono_ms, (double)s->limits.refusals_per_s, 0, 0))
		return false;
	return u->stanzas >= part_of(s, u->is_session) * (double)s->limits.rate_burst &&
	       u->bytes >= part_of(s, u->is_session) * (double)s->limits.rate_bytes_burst;
}

/* Looks at the one looked at longest ago: forgets it or puts it at the end. */
static void
sweep_one(struct service *s)
{
	struct user *u = TAILQ_FIRST(&s->user_order);

	if (u == NULL)
		return;
	fill(s, u);
	fill_allowances(s, u);
	if (u->nsessions == 0 && is_full(s, u)) {
		user_free(s, u);
		return;
	}
	TAILQ_REMOVE(&s->user_order, u, entry);
	TAILQ_INSERT_TAIL(&s->user_order, u, entry);
}

static struct user *
user_new(struct service *s, const char *bare)
{
	struct user *u;

	/* Two out of sight for one that comes keeps the list short. */
	sweep_one(s);
	sweep_one(s);
	u = mem_alloc(sizeof(*u) + strlen(bare) + 1);
	strcpy(u->bare, bare);
	u->is_session = strchr(bare, '/') != NULL;
	u->stanzas = part_of(s, u->is_session) * (double)s->limits.rate_burst;
	u->bytes = part_of(s, u->is_session) * (double)s->limits.rate_bytes_burst;
	for (enum allowance a = 0; a < ALLOWANCE_COUNT; a++)
		u->allowance[a] = rim_of(s, u->is_session, a);
	u->filled_ms = u->allowed_ms = s->now.mono_ms;
	TAILQ_INSERT_TAIL(&s->user_order, u, entry);
	map_put(&s->users, u->bare, u);
	return u;
}

/* One stanza asks for its sender again and again: as a session, a user, one of a domain. NULL: nobody. */
static struct user *
user_find(struct service *s, const char *bare)
{
	struct user *u;

	for (unsigned i = 0; i < LAST_USERS; i++)
		if (s->last_users[i] != NULL && strcmp(s->last_users[i]->bare, bare) == 0)
			return s->last_users[i];
	u = map_get(&s->users, bare);
	if (u != NULL)
		s->last_users[s->nlast_users++ % LAST_USERS] = u;
	return u;
}

struct user *
user_get(struct service *s, const char *bare)
{
	struct user *u = user_find(s, bare);

	if (u == NULL)
		u = s->last_users[s->nlast_users++ % LAST_USERS] = user_new(s, bare);
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

bool
session_charge(struct service *s, const char *full, size_t nbytes)
{
	return s->limits.session_percent >= 100 || user_charge(s, full, nbytes);
}

bool
user_refuse(struct service *s, const char *bare)
{
	struct user *u = user_get(s, bare);
	const double per_s = (double)s->limits.refusals_per_s;

	if (!bucket_has(&u->refusals, s->now.mono_ms, per_s, REFUSALS_S * per_s, 1))
		return false;
	bucket_take(&u->refusals, s->now.mono_ms, per_s, 1);
	return true;
}

bool
user_charge_more(struct service *s, const char *bare, size_t nbytes)
{
	struct user *u = user_get(s, bare);

	fill(s, u);
	if (u->bytes < (double)nbytes)
		return false;
	u->bytes -= (double)nbytes;
	return true;
}

void
user_owe(struct service *s, const char *bare, size_t nbytes)
{
	struct user *u = user_get(s, bare);

	fill(s, u);
	u->bytes -= (double)nbytes;
}

static bool
is_parted(const struct service *s, const struct jid *sender)
{
	return sender->resource != NULL && s->limits.session_percent < 100;
}

void
sender_told(struct service *s, const struct jid *sender, size_t nbytes)
{
	if (is_parted(s, sender))
		user_owe(s, sender->full, nbytes / TOLD_FOR_ONE);
	user_owe(s, sender->bare, nbytes / TOLD_FOR_ONE);
}

void
sender_told_others(struct service *s, const struct jid *sender, size_t nbytes)
{
	const size_t most = (size_t)s->limits.rate_bytes_burst;

	nbytes /= OTHERS_FOR_ONE;
	sender_told(s, sender, TOLD_FOR_ONE * (nbytes < most ? nbytes : most));
}

bool
domain_holds(const char *domain, const char *of)
{
	const char *dot = strchr(of, '.');

	return dot != NULL && strcmp(dot + 1, domain) == 0;
}

/* No bare JID begins with an @, and no domain. */
struct user *
domain_user(struct service *s, const char *domain)
{
	return user_get(s, arena_cat(s->arena, "@", domain, NULL));
}

static struct rates *
together(struct service *s, enum scope scope, const char *of)
{
	struct user *u = scope == SCOPE_DOMAIN ? domain_user(s, of)
					       : user_get(s, arena_cat(s->arena, "@@", of, NULL));

	if (u->together == NULL)
		u->together = mem_alloc(sizeof(*u->together));
	u->scope = scope;
	u->part = 1;
	return u->together;
}

struct rates *
domain_rates(struct service *s, const char *domain)
{
	return together(s, SCOPE_DOMAIN, domain);
}

void
rates_keep(struct service *s, const struct room *r)
{
	if (!rates_full(s, SCOPE_ROOM, &r->rates, 1))
		*together(s, SCOPE_ROOM, r->jid) = r->rates;
}

void
rates_recall(struct service *s, struct room *r)
{
	const struct user *u = map_get(&s->users, arena_cat(s->arena, "@@", r->jid, NULL));

	if (u != NULL)
		r->rates = *u->together;
}

bool
domain_charge(struct service *s, const struct jid *from, size_t nbytes)
{
	const struct share h = {
		.scope = SCOPE_DOMAIN,
		.all = domain_rates(s, from->domain),
		.of = from->domain,
		.by = from,
	};

	return share_pay(s, &h, RATE_STANZA, 1) && share_pay(s, &h, RATE_BYTE, (double)nbytes);
}

/* Whom nobody knows has used nothing; who looks does not make them known. */
bool
user_has(struct service *s, const char *bare, enum allowance a, int64_t n)
{
	struct user *u = user_find(s, bare);

	if (u == NULL)
		return (double)n <= rim_of(s, strchr(bare, '/') != NULL, a);
	fill_allowances(s, u);
	return u->allowance[a] >= (double)n;
}

bool
user_is_fresh(struct service *s, const char *bare, enum allowance a)
{
	struct user *u = user_find(s, bare);

	if (u == NULL)
		return true;
	fill_allowances(s, u);
	return u->allowance[a] >= rim_of(s, u->is_session, a);
}

bool
user_spend(struct service *s, const char *bare, enum allowance a)
{
	struct user *u = user_get(s, bare);

	fill_allowances(s, u);
	if (u->allowance[a] < 1)
		return false;
	u->allowance[a] -= 1;
	return true;
}

bool
sender_has(struct service *s, const struct jid *sender, enum allowance a, int64_t n)
{
	return user_has(s, sender->bare, a, n) &&
	       (!is_parted(s, sender) || user_has(s, sender->full, a, n));
}

bool
sender_spend(struct service *s, const struct jid *sender, enum allowance a)
{
	if (is_parted(s, sender) && !user_spend(s, sender->full, a))
		return false;
	return user_spend(s, sender->bare, a);
}

void
users_free(struct service *s)
{
	while (!TAILQ_EMPTY(&s->user_order))
		user_free(s, TAILQ_FIRST(&s->user_order));
	map_release(&s->users);
}
