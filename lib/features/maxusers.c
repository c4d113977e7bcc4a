/* SPDX-License-Identifier: ISC */
/*
 * maxusers.c - how many may be in a room, under a nick, and in how many rooms one may be
 *
 * XEP-0045 7.2.9; 14.6.
 */
#include "feature.h"

/* "Up to some reasonable number" by which admins may exceed the limit: 7.2.9. */
#define ADMINS_MORE 5

/* What foreign domains leave of the sessions of the service, whatever they do. */
#define LOCAL_PART 10

/*
 * Memory is what sessions take. Whoever has a domain has any number of users, and, by names below it, any number of
 * domains: so all of one have a limit, and all foreign ones together.
 */
static bool
are_too_many(const struct plan *p)
{
	const struct muc_limits *l = &p->s->limits;
	const struct ev *ev = p->ev;
	const int64_t all = (int64_t)p->s->stats.sessions;

	if (service_admin(p->s, ev->from.bare))
		return false;
	if (domain_holds(ev->from.domain, ev->to.domain))
		return all >= l->sessions;
	return all >= l->sessions - l->sessions / LOCAL_PART ||
	       domain_user(p->s, ev->from.domain)->nsessions >= l->domain_sessions;
}

static bool
in_too_many(const struct plan *p)
{
	return user_get(p->s, p->ev->from.bare)->nsessions >= p->s->limits.rooms_per_user ||
	       are_too_many(p);
}

static enum deny
may_create(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r, (void)c;
	return in_too_many(p) ? RESOURCE_CONSTRAINT : OK;
}

/* 14.6: nobody takes all places alone. Whoever has fewer sessions in all has not so many here. */
static bool
has_enough(const struct room *r, const struct plan *p)
{
	const struct user *u = user_get(p->s, p->ev->from.bare);
	const struct occupant *o;
	int64_t n = 0;

	if (u->nsessions < p->s->limits.nicks_per_user)
		return false;
	TAILQ_FOREACH (o, &r->occupants, entry)
		n += o->user == u;
	return n >= p->s->limits.nicks_per_user;
}

/* One more session under the nick; NULL: one more occupant. */
static enum deny
may_add(const struct room *r, const struct plan *p, const struct occupant *o)
{
	int64_t most = p->s->limits.occupants_per_room;

	if (o != NULL)
		return o->nsessions < p->s->limits.sessions_per_occupant ? OK : RESOURCE_CONSTRAINT;
	if (has_enough(r, p))
		return RESOURCE_CONSTRAINT;
	if (r->config.maxusers > 0 && r->config.maxusers < most)
		most = r->config.maxusers;
	if (may(p, MAY_ENTER_FULL))
		most += ADMINS_MORE;
	return r->noccupants < most ? OK : ROOM_FULL;
}

static enum deny
may_enter(const struct room *r, const struct plan *p, const struct change *c)
{
	return in_too_many(p) ? RESOURCE_CONSTRAINT : may_add(r, p, room_nick(r, c->nick));
}

/* Taking another nick makes one more occupant only when other sessions stay under the old one. */
static enum deny
may_rename(const struct room *r, const struct plan *p, const struct change *c)
{
	const struct occupant *to = room_nick(r, c->nick);

	if (to == c->session->occupant || (to == NULL && c->session->occupant->nsessions == 1))
		return OK;
	return may_add(r, p, to);
}

const struct feature feature_maxusers = {
	.name = "maxusers",
	.may = {
		[CH_CREATE] = may_create,
		[CH_ENTER] = may_enter,
		[CH_RENAME] = may_rename,
	},
};
