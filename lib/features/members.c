/* SPDX-License-Identifier: ISC */
/*
 * members.c - rooms for members only
 *
 * XEP-0045 7.2.6 (entering), 9.4 (who is no member any more), 10.2 (the room becomes one).
 */
#include "feature.h"

static enum deny
may_enter(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)c;
	if (r->config.membersonly && !may(p, MAY_ENTER_MEMBERS_ONLY))
		return REGISTRATION_REQUIRED;
	return OK;
}

/* XEP-0313 6.1.2, 8.1. */
static enum deny
may_read(const struct room *r, const struct plan *p, const struct change *c)
{
	return may_enter(r, p, c) == OK ? OK : MEMBERS_READ;
}

static void
add_disco(const struct room *r, struct xml *query)
{
	disco_feature(r->service->arena, query,
	    r->config.membersonly || room_locked_down(r) ? "muc_membersonly" : "muc_open");
}

const struct feature feature_members = {
	.name = "members",
	.may = { [CH_ENTER] = may_enter, [CH_READ] = may_read },
	.add_disco = add_disco,
};
