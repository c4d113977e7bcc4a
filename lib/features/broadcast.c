/* SPDX-License-Identifier: ISC */
/*
 * broadcast.c - rooms that do not show everybody's presence to others
 *
 * XEP-0045 7.2.2, 5.1.1, 5.1.3; muc#roomconfig_presencebroadcast. What is shown to whom is decided by
 * sees_presence(): whoever is not shown is there, sees all who are shown and themselves, and may do what
 * their role allows; nobody else is told of them, moderators neither.
 */
#include "feature.h"

bool
plan_hides(const struct plan *p, enum role before, enum role after)
{
	return role_shown(&p->room->config, before) && !role_shown(&p->room->config, after);
}

void
plan_shown(struct plan *p, const struct config *config)
{
	struct occupant *o;

	TAILQ_FOREACH (o, &p->room->occupants, entry)
		if (role_shown(config, o->role) != role_shown(&p->room->config, o->role))
			plan_add(p, CH_SHOW)->occupant = o;
}

/* To others somebody comes, or goes; the role is as it was and no code says why. */
static void
on_show(struct plan *p, const struct change *c)
{
	struct occupant *o = c->occupant;
	struct presence pr = { .occupant = o, .role = o->role };

	pr.hides = !role_shown(&p->room->config, o->role);
	tell_presence_all(p, &pr, TELL_OTHERS, NULL);
}

const struct feature feature_broadcast = {
	.name = "broadcast",
	.on = { [CH_SHOW] = on_show },
};
