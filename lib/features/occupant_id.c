/* SPDX-License-Identifier: ISC */
/*
 * occupant_id.c - who is who, whatever the nick
 *
 * XEP-0421. All rooms have it, so the service says so too (4). The ids are made in room/view.c and put
 * wherever an occupant is told of: room/tell.c, room/archive.c.
 */
#include "feature.h"

static void
add_disco(const struct room *r, struct xml *query)
{
	disco_feature(r->service->arena, query, NS_OCCUPANT_ID);
}

static void
add_disco_service(const struct service *s, struct xml *query)
{
	disco_feature(s->arena, query, NS_OCCUPANT_ID);
}

const struct feature feature_occupant_id = {
	.name = "occupant_id",
	.add_disco = add_disco,
	.add_disco_service = add_disco_service,
};
