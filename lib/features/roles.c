/* SPDX-License-Identifier: ISC */
/*
 * roles.c - voice, moderators, kicks: who may give and take a role
 *
 * XEP-0045 8.2 (kick), 8.3, 8.4 (voice), 9.6, 9.7 (moderators), 5.1.3 (tbl/priv.h).
 */
#include "feature.h"

/* 8.2: nobody is kicked by somebody with a lower affiliation. Only kicks are judged here. */
static enum deny
may_leave(const struct room *r, const struct plan *p, const struct change *c)
{
	const struct occupant *o = c->occupant;

	(void)r;
	if (c->code != STATUS_KICKED)
		return OK;
	if (!may(p, MAY_KICK))
		return FORBIDDEN;
	/* To go oneself needs no right; 8.2: it is a way of apologising. */
	if (p->ev->session != NULL && p->ev->session->occupant == o)
		return OK;
	if (o->affiliation > p->ev->affiliation || !may(p, role_change(o->role, ROLE_NONE)))
		return NOT_ALLOWED;
	return OK;
}

static enum deny
may_role(const struct room *r, const struct plan *p, const struct change *c)
{
	const struct occupant *o = c->occupant;
	enum affiliation theirs = plan_affiliation(p, o->bare);

	(void)r;
	if (!may(p, MAY_KICK))
		return FORBIDDEN;
	/* 8.4, 9.7: what admins and owners have by their affiliation nobody takes. */
	if (c->role < ROLE_MODERATOR && theirs >= AFF_ADMIN)
		return NOT_ALLOWED;
	if (!may(p, role_change(o->role, c->role)))
		return FORBIDDEN;
	/* 8.4: not from a user whose affiliation is at or above the moderator's own. */
	if (c->role < o->role && theirs >= p->ev->affiliation)
		return NOT_ALLOWED;
	return OK;
}

static void
on_role(struct plan *p, const struct change *c)
{
	struct occupant *o = c->occupant;
	struct presence pr = { .occupant = o, .role = c->role, .reason = c->reason };

	pr.hides = plan_hides(p, o->role, c->role);
	o->promoted = c->role == ROLE_MODERATOR && p->room->config.whois != WHOIS_ANYONE;
	o->role = c->role;
	occupant_save(o);
	tell_presence_all(p, &pr, TELL_EVERYBODY, NULL);
}

/* 7.2.4: a moderator sees addresses: from now on also of those who have been here all along. */
static void
on_roster(struct plan *p, const struct change *c)
{
	struct occupant *o;

	(void)c;
	tell_promoted(p);
	TAILQ_FOREACH (o, &p->room->occupants, entry)
		o->promoted = false;
}

const struct feature feature_roles = {
	.name = "roles",
	.may = { [CH_LEAVE] = may_leave, [CH_ROLE] = may_role },
	.on = { [CH_ROLE] = on_role, [CH_ROSTER] = on_roster },
};
