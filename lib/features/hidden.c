/* SPDX-License-Identifier: ISC */
/*
 * hidden.c - rooms that are on the public list, and those that are not
 *
 * XEP-0045 6.3, 10.2. The list is kept by the store, in order.
 */
#include "feature.h"

static void
on_change(struct plan *p, const struct change *c)
{
	(void)c;
	room_list_update(p->room);
}

static void
add_disco(const struct room *r, struct xml *query)
{
	disco_feature(r->service->arena, query, r->config.publicroom ? "muc_public" : "muc_hidden");
}

const struct feature feature_hidden = {
	.name = "hidden",
	.on = { [CH_CONFIG] = on_change, [CH_UNLOCK] = on_change },
	.add_disco = add_disco,
};
