/* SPDX-License-Identifier: ISC */
/*
 * charge.c - what a stanza costs its sender
 *
 * XEP-0045 14.6. First what it is, then what it makes: answers, what is looked at, what others are told.
 */
#include "charge.h"

/* Administrators can still do something about it when the service has too much to do. */
static bool
service_charge(struct service *s, const struct jid *by, const char *to, size_t nbytes)
{
	const struct share h = {
		.scope = SCOPE_SERVICE,
		.all = &s->rates,
		.of = "",
		.by = by,
		.to = to,
	};

	if (!service_admin(s, by->bare))
		return share_pay(s, &h, RATE_STANZA, 1) &&
		       share_pay(s, &h, RATE_BYTE, (double)nbytes);
	share_take(s, &h, RATE_STANZA, 1);
	share_take(s, &h, RATE_BYTE, (double)nbytes);
	return true;
}

/* The users of the host's own domain pay for themselves alone: there may be any number of them. */
enum deny
charge(struct service *s, const struct jid *by, const char *to, size_t nbytes)
{
	if (by->resource != NULL && !session_charge(s, by->full, nbytes))
		return TOO_FAST;
	if (!user_charge(s, by->bare, nbytes))
		return TOO_FAST;
	if (!domain_holds(by->domain, to) && !domain_charge(s, by, nbytes))
		return TOO_FAST;
	return service_charge(s, by, to, nbytes) ? OK : SERVICE_BUSY;
}

/* A long answer to a short question is no flood. Administrators may ask for all. */
void
charge_reply(const struct plan *p)
{
	if (p->reply_wire != NULL && !p->paid && !service_admin(p->s, p->ev->from.bare))
		sender_told(p->s, &p->ev->from, p->reply_wire->len);
}

/*
 * What the sender makes us look at may be long where the answer is short, or no. It costs as if so much had been
 * told for each record, which is more than it is to look at one.
 */
#define WALKED_BYTES 16

void
charge_walk(const struct plan *p)
{
	if (p->s->walked > 0 && !service_admin(p->s, p->ev->from.bare))
		sender_told(p->s, &p->ev->from, p->s->walked * WALKED_BYTES);
}

/*
 * A short request may be a presence of each to each: the configuration, roles, affiliations. And whatever is said to
 * all is said as often as there are sessions. Owners and admins are not held to what a room takes, and anybody may
 * make a room, be its owner, and fill it.
 */
void
charge_run(struct plan *p, const struct jid *by)
{
	const struct out *o = &p->s->out[plan_domain(p)];
	const size_t waited = o->bytes;

	plan_run(p);
	if (!p->paid && !service_admin(p->s, by->bare))
		sender_told_others(p->s, by, o->bytes - waited);
}
