/* SPDX-License-Identifier: ISC */
/*
 * create.c - who may create rooms, how many, and under which names
 *
 * XEP-0045 10.1.1, example 152; 14.6. Where creating is not open to somebody the error is
 * not-allowed, whatever the reason: 10.1.1 leaves no other. Admins of the service may always.
 */
#include "feature.h"

static bool
is_listed(const struct service *s, const struct ev *ev)
{
	return map_get(&s->policy.creators, ev->from.bare) != NULL ||
	       map_get(&s->policy.creators, ev->from.domain) != NULL;
}

static bool
may_at_all(const struct service *s, const struct ev *ev)
{
	switch (s->policy.create) {
	case MUC_CREATE_ALL:
		return true;
	case MUC_CREATE_LOCAL:
		return domain_holds(ev->from.domain, ev->to.domain) || is_listed(s, ev);
	case MUC_CREATE_LISTED:
		return is_listed(s, ev);
	case MUC_CREATE_ADMINS:
		break;
	}
	return false;
}

static enum deny
may_create(const struct room *r, const struct plan *p, const struct change *c)
{
	const struct ev *ev = p->ev;
	const uint64_t most = (uint64_t)p->s->limits.rooms_per_creator;

	(void)r, (void)c;
	if (service_admin(p->s, ev->from.bare))
		return OK;
	if (!may_at_all(p->s, ev))
		return MAY_NOT_CREATE;
	if (map_get(&p->s->policy.reserved, ev->to.node) != NULL)
		return NAME_RESERVED;
	return creator_count(p->s, ev->from.bare, most) < most ? OK : TOO_MANY_ROOMS;
}

const struct feature feature_create = {
	.name = "create",
	.may = { [CH_CREATE] = may_create },
};
