/* SPDX-License-Identifier: ISC */
/*
 * persistent.c - rooms that stay when the last occupant has left, and those that do not
 *
 * XEP-0045 7.14, last note; 10.1.3 (a room that was never configured never stays).
 */
#include "feature.h"

static void
on_leave(struct plan *p, const struct change *c)
{
	struct room *r = p->room;

	(void)c;
	if (r->noccupants == 0 && !r->gone && (r->locked || !r->config.persistentroom))
		room_destroy(r);
}

static void
add_disco(const struct room *r, struct xml *query)
{
	disco_feature(r->service->arena, query,
	    r->config.persistentroom ? "muc_persistent" : "muc_temporary");
}

const struct feature feature_persistent = {
	.name = "persistent",
	.on = { [CH_LEAVE] = on_leave },
	.add_disco = add_disco,
};
