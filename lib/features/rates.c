/* SPDX-License-Identifier: ISC */
/*
 * rates.c - how fast rooms are entered, nicknames changed and messages sent
 *
 * XEP-0045 14.6. What one user does is limited over all rooms, what all do in one room by the room. When
 * strangers pour into a room it is closed to strangers for a while; whoever belongs to it gets in.
 */
#include "feature.h"

#define BURST_S 10 /* seconds' worth that a room takes at once */

static bool
is_stranger(const struct plan *p)
{
	return plan_affiliation(p, p->ev->from.bare) < AFF_MEMBER;
}

/* Making a room is entering it; there is no other judgement of that. */
static enum deny
may_create(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r, (void)c;
	return user_has(p->s, p->ev->from.bare, ALLOWANCE_ENTER, 1) ? OK : TOO_FAST;
}

static enum deny
may_enter(const struct room *r, const struct plan *p, const struct change *c)
{
	if (may_create(r, p, c) != OK)
		return TOO_FAST;
	if (r->closed_until_ms > p->s->now.mono_ms && is_stranger(p))
		return ROOM_CLOSED;
	return OK;
}

/* A room that nobody enters so fast need not know of it. */
static void
on_enter(struct plan *p, const struct change *c)
{
	struct service *s = p->s;
	struct room *r = p->room;
	const double per_min = (double)s->limits.room_entries_per_min;

	(void)c;
	user_spend(s, p->ev->from.bare, ALLOWANCE_ENTER);
	if (!is_stranger(p) || r->closed_until_ms > s->now.mono_ms)
		return;
	/* Those who were in may all come back at once, when their server was away. */
	if (bucket_has(&r->entries, s->now.mono_ms, per_min / 60, 0, 0))
		r->nreturning = r->noccupants - 1;
	bucket_take(&r->entries, s->now.mono_ms, per_min / 60, 1);
	if (bucket_has(&r->entries, s->now.mono_ms, per_min / 60, per_min + r->nreturning, 1))
		return;
	r->closed_until_ms = s->now.mono_ms + s->limits.room_closed_s * 1000;
	service_log(s, MUC_LOG_WARN, "%s: too many enter: closed to strangers for %lld s", r->jid,
	    (long long)s->limits.room_closed_s);
}

static enum deny
may_rename(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r, (void)c;
	return user_has(p->s, p->ev->from.bare, ALLOWANCE_NICK, 1) ? OK : TOO_FAST;
}

static void
on_rename(struct plan *p, const struct change *c)
{
	(void)c;
	user_spend(p->s, p->ev->from.bare, ALLOWANCE_NICK);
}

static enum deny
may_message(const struct room *r, const struct plan *p, const struct change *c)
{
	const double per_s = (double)p->s->limits.room_messages_per_s;

	(void)c;
	if (may(p, MAY_EXCEED_SLOW_MODE) ||
	    bucket_has(&r->messages, p->s->now.mono_ms, per_s, BURST_S * per_s, 1))
		return OK;
	return ROOM_BUSY;
}

static void
on_message(struct plan *p, const struct change *c)
{
	(void)c;
	bucket_take(
	    &p->room->messages, p->s->now.mono_ms, (double)p->s->limits.room_messages_per_s, 1);
}

const struct feature feature_rates = {
	.name = "rates",
	.may = {
		[CH_CREATE] = may_create,
		[CH_ENTER] = may_enter,
		[CH_RENAME] = may_rename,
		[CH_MESSAGE] = may_message,
		[CH_SUBJECT] = may_message,
		[CH_RETRACT] = may_message,
	},
	.on = {
		[CH_ENTER] = on_enter,
		[CH_RENAME] = on_rename,
		[CH_MESSAGE] = on_message,
		[CH_SUBJECT] = on_message,
		[CH_RETRACT] = on_message,
	},
};
