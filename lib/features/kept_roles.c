/* SPDX-License-Identifier: ISC */
/*
 * kept_roles.c - who comes back to a moderated room comes back with their role
 *
 * XEP-0045 5.1: voice and the like that a moderator gave or took would else be had, or lost, by leaving.
 * enter.c asks for what is kept: role_entering().
 */
#include "feature.h"

static void
on_role(struct plan *p, const struct change *c)
{
	const struct occupant *o = c->occupant;

	if (p->room->config.moderatedroom)
		kept_role_set(p->room, o->bare, o->affiliation, c->role);
}

/* Another affiliation, or a ban of the domain: what was given under the old one is over. */
static void
on_affiliation(struct plan *p, const struct change *c)
{
	if (c->before == c->affil.affiliation)
		return;
	kept_role_del(p->room, c->affil.jid);
	if (c->affil.affiliation == AFF_OUTCAST && strchr(c->affil.jid, '@') == NULL)
		kept_roles_del(p->room, c->affil.jid);
}

/* 5.1.3: but a moderator by role may stay one, and does so on coming back, too. */
static void
on_standing(struct plan *p, const struct change *c)
{
	const struct occupant *o = c->occupant;
	enum affiliation now = c->affil.affiliation;

	if (p->room->config.moderatedroom && !c->unsaid)
		kept_role_set(p->room, o->bare, now,
		    role_after(&p->room->config, o->affiliation, now, o->role));
}

/* 8.2: a kick takes the role, but gives nothing back: whoever had lost their voice has none. */
static void
on_leave(struct plan *p, const struct change *c)
{
	const struct room *r = p->room;
	const struct occupant *o = c->occupant;

	if (c->code != STATUS_KICKED)
		return;
	if (role_entering(r, o->bare, o->affiliation) > role_initial(&r->config, o->affiliation))
		kept_role_del(p->room, o->bare);
}

static void
on_config(struct plan *p, const struct change *c)
{
	if (!c->config->moderatedroom)
		shelf_clear(p->room, TABLE_roles);
}

const struct feature feature_kept_roles = {
	.name = "kept_roles",
	.on = {
		[CH_ROLE] = on_role,
		[CH_AFFILIATION] = on_affiliation,
		[CH_STANDING] = on_standing,
		[CH_LEAVE] = on_leave,
		[CH_CONFIG] = on_config,
	},
};
