/* SPDX-License-Identifier: ISC */
/*
 * selfping.c - am I still in?
 *
 * XEP-0410: a ping to one's own occupant JID is answered by the room itself.
 */
#include "feature.h"

static enum deny
plan_ping(struct plan *p)
{
	const struct ev *ev = p->ev;

	/* 0410 3.3: also where there is no room. That an item is not found would say that one is in: 3.2. */
	if (ev->session == NULL)
		return NOT_OCCUPANT;
	/* 0410 3: under a nick that is not (any more) one's own, one is not in. */
	if (ev->target == NULL)
		return NOT_OCCUPANT;
	if (ev->target != ev->session->occupant)
		return PASS;
	result_new(p);
	return OK;
}

static const struct route routes[] = {
	{ KIND_IQ, TO_NICK, TYPE_GET, NS_PING, "ping", 0, plan_ping, NULL },
	{ 0 },
};

static void
add_disco(const struct room *r, struct xml *query)
{
	disco_feature(
	    r->service->arena, query, "http://jabber.org/protocol/muc#self-ping-optimization");
}

const struct feature feature_selfping = {
	.name = "selfping",
	.routes = routes,
	.add_disco = add_disco,
};
