/* SPDX-License-Identifier: ISC */
/*
 * rates.c - how fast rooms are entered, nicknames changed and messages sent
 *
 * XEP-0045 14.6. What one user does is limited over all rooms; what all of a foreign domain, all in a room and
 * all of the service do, together. When strangers pour into a room it is closed to strangers for a while; whoever
 * belongs to it gets in.
 */
#include "feature.h"

static bool
is_stranger(const struct plan *p)
{
	return plan_affiliation(p, p->ev->from.bare) < AFF_MEMBER;
}

/* -- what is done together -- */

/* A room under attack is theirs to speak and act in. */
static bool
is_above_room(const struct plan *p)
{
	if (p->room == NULL || service_admin(p->s, p->ev->from.bare))
		return true;
	return may(p, MAY_EXCEED_SLOW_MODE) || may(p, MAY_KICK);
}

/*
 * For whoever belongs to a room its password is no riddle: strangers that guess, in whatever room, do not keep
 * them out of theirs. What one user may guess holds for all.
 */
static bool
is_known(const struct plan *p, enum rate rate)
{
	return rate == RATE_GUESS && !is_stranger(p);
}

static bool
is_foreign(const struct ev *ev)
{
	return ev->console == NULL && !domain_holds(ev->from.domain, ev->to.domain);
}

static struct share
share_of(const struct plan *p, enum scope scope)
{
	const struct ev *ev = p->ev;
	struct service *s = p->s;
	struct share h = { .scope = scope, .by = &ev->from, .to = ev->to.domain };

	switch (scope) {
	case SCOPE_DOMAIN:
		h.all = domain_rates(s, ev->from.domain);
		h.of = ev->from.domain;
		h.to = NULL;
		break;
	case SCOPE_ROOM:
		h.all = &p->room->rates;
		h.of = p->room->jid;
		break;
	default:
		h.all = &s->rates;
		h.of = "";
		break;
	}
	return h;
}

static bool
has(const struct plan *p, enum scope scope, enum rate rate, double n)
{
	const struct share h = share_of(p, scope);

	return share_has(p->s, &h, rate, n);
}

static void
take(const struct plan *p, enum scope scope, enum rate rate, double n)
{
	const struct share h = share_of(p, scope);

	share_take(p->s, &h, rate, n);
}

enum deny
rates_may(const struct plan *p, enum rate rate)
{
	const struct ev *ev = p->ev;

	if (service_admin(p->s, ev->from.bare) || is_known(p, rate))
		return OK;
	if (is_foreign(ev) && !has(p, SCOPE_DOMAIN, rate, 1))
		return TOO_FAST;
	if (!is_above_room(p) && !has(p, SCOPE_ROOM, rate, 1))
		return ROOM_BUSY;
	return has(p, SCOPE_SERVICE, rate, 1) ? OK : SERVICE_BUSY;
}

void
rates_did(struct plan *p, enum rate rate)
{
	if (is_foreign(p->ev))
		take(p, SCOPE_DOMAIN, rate, 1);
	if (p->room != NULL)
		take(p, SCOPE_ROOM, rate, 1);
	take(p, SCOPE_SERVICE, rate, 1);
}

static bool
take_of_room(struct plan *p, enum rate rate)
{
	const struct share h = share_of(p, SCOPE_ROOM);

	if (!is_above_room(p))
		return share_pay(p->s, &h, rate, 1);
	share_take(p->s, &h, rate, 1);
	return true;
}

bool
rates_query(struct plan *p)
{
	return take_of_room(p, RATE_QUERY);
}

bool
rates_presence(struct plan *p)
{
	return take_of_room(p, RATE_PRESENCE);
}

/* -- entering -- */

/* Making a room is entering it; there is no other judgement of that. */
static enum deny
may_come(const struct plan *p)
{
	if (!sender_has(p->s, &p->ev->from, ALLOWANCE_ENTER, 1))
		return TOO_FAST;
	return rates_may(p, RATE_ENTRY);
}

/* Rooms stay, and whoever has a domain has as many users as they like, each of whom may create some. */
static enum deny
may_create(const struct room *r, const struct plan *p, const struct change *c)
{
	enum deny deny = may_come(p);

	(void)r, (void)c;
	return deny == OK ? rates_may(p, RATE_CREATE) : deny;
}

static void
on_create(struct plan *p, const struct change *c)
{
	(void)c;
	rates_did(p, RATE_CREATE);
}

/* What one does in one room alone. */
static const char *
here(const struct plan *p)
{
	return share_name(p->s, p->room->jid, p->ev->from.bare);
}

/* It is noted who comes only where so many come at once, beside one a second. */
#define COMINGS 20

static bool
is_quiet(const struct plan *p)
{
	return bucket_has(&p->room->comings, p->s->now.mono_ms, 1, COMINGS, 1);
}

static enum deny
may_sync(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r, (void)c;
	return is_quiet(p) || user_has(p->s, here(p), ALLOWANCE_AGAIN, 1) ? OK : TOO_FAST;
}

static void
note_coming(struct plan *p)
{
	if (is_quiet(p))
		bucket_take(&p->room->comings, p->s->now.mono_ms, 1, 1);
	else
		user_spend(p->s, here(p), ALLOWANCE_AGAIN);
}

static void
on_sync(struct plan *p, const struct change *c)
{
	(void)c;
	note_coming(p);
}

static enum deny
may_enter(const struct room *r, const struct plan *p, const struct change *c)
{
	enum deny deny = may_come(p);

	if (deny == OK && p->room != NULL)
		deny = may_sync(r, p, c);
	if (deny != OK)
		return deny;
	if (r->closed_until_ms > p->s->now.mono_ms && is_stranger(p))
		return ROOM_CLOSED;
	return OK;
}

/* A room that nobody enters so fast need not know of it. Whoever comes again and again is one. */
static void
count_stranger(struct plan *p)
{
	struct service *s = p->s;
	struct room *r = p->room;
	const double per_min = (double)s->limits.room_entries_per_min;

	if (!is_stranger(p) || r->closed_until_ms > s->now.mono_ms)
		return;
	if (!is_quiet(p) && !user_is_fresh(s, here(p), ALLOWANCE_AGAIN))
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

static void
on_enter(struct plan *p, const struct change *c)
{
	(void)c;
	sender_spend(p->s, &p->ev->from, ALLOWANCE_ENTER);
	rates_did(p, RATE_ENTRY);
	count_stranger(p);
	note_coming(p);
}

/* -- in the room -- */

static enum deny
may_rename(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r, (void)c;
	if (!sender_has(p->s, &p->ev->from, ALLOWANCE_NICK, 1))
		return TOO_FAST;
	return rates_may(p, RATE_NICK);
}

static void
on_rename(struct plan *p, const struct change *c)
{
	(void)c;
	sender_spend(p->s, &p->ev->from, ALLOWANCE_NICK);
	rates_did(p, RATE_NICK);
}

static enum deny
may_message(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r;
	if (is_above_room(p))
		return OK;
	return has(p, SCOPE_ROOM, RATE_MESSAGE, 1) &&
		       has(p, SCOPE_ROOM, RATE_BYTE, (double)c->text_len)
		   ? OK
		   : ROOM_BUSY;
}

static void
on_message(struct plan *p, const struct change *c)
{
	take(p, SCOPE_ROOM, RATE_MESSAGE, 1);
	take(p, SCOPE_ROOM, RATE_BYTE, (double)c->text_len);
}

static enum deny
may_invite(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r, (void)c;
	return rates_may(p, RATE_INVITE);
}

static void
on_invite(struct plan *p, const struct change *c)
{
	(void)c;
	rates_did(p, RATE_INVITE);
}

/* Who registers, at once or with somebody's approval; not who gives it up. */
static bool
registers(const struct change *c)
{
	return c->kind == CH_REQUEST ? c->request->nick != NULL
				     : c->own && c->affil.affiliation >= AFF_MEMBER;
}

static enum deny
may_register(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r;
	return registers(c) ? rates_may(p, RATE_REGISTER) : OK;
}

static void
on_register(struct plan *p, const struct change *c)
{
	if (registers(c))
		rates_did(p, RATE_REGISTER);
}

const struct feature feature_rates = {
	.name = "rates",
	.may = {
		[CH_CREATE] = may_create,
		[CH_ENTER] = may_enter,
		[CH_SYNC] = may_sync,
		[CH_RENAME] = may_rename,
		[CH_MESSAGE] = may_message,
		[CH_SUBJECT] = may_message,
		[CH_RETRACT] = may_message,
		[CH_PRIVATE] = may_message,
		[CH_INVITE] = may_invite,
		[CH_AFFILIATION] = may_register,
		[CH_REQUEST] = may_register,
	},
	.on = {
		[CH_CREATE] = on_create,
		[CH_ENTER] = on_enter,
		[CH_SYNC] = on_sync,
		[CH_RENAME] = on_rename,
		[CH_MESSAGE] = on_message,
		[CH_SUBJECT] = on_message,
		[CH_RETRACT] = on_message,
		[CH_PRIVATE] = on_message,
		[CH_INVITE] = on_invite,
		[CH_AFFILIATION] = on_register,
		[CH_REQUEST] = on_register,
	},
};
