/* SPDX-License-Identifier: ISC */
/*
 * persistent.c - rooms that stay when the last occupant has left, and those that do not
 *
 * XEP-0045 7.14, last note; 10.1.3 (a room that was never configured never stays).
 */
#include "feature.h"

/* Not before all is done that the request asks for: a room that is gone cannot be changed. */
static void
on_end(struct plan *p)
{
	struct room *r = p->room;
	const struct change *c;

	if (r == NULL || r->gone || r->noccupants > 0 || (!r->locked && r->config.persistentroom))
		return;
	TAILQ_FOREACH (c, &p->changes, entry)
		if (c->kind == CH_LEAVE) {
			room_destroy(r);
			return;
		}
}

static void
add_disco(const struct room *r, struct xml *query)
{
	disco_feature(r->service->arena, query,
	    r->config.persistentroom ? "muc_persistent" : "muc_temporary");
}

const struct feature feature_persistent = {
	.name = "persistent",
	.on_end = on_end,
	.add_disco = add_disco,
};
