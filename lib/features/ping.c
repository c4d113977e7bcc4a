/* SPDX-License-Identifier: ISC */
/*
 * ping.c - is the service, is the room there?
 *
 * XEP-0199.
 */
#include "feature.h"

static enum deny
plan_ping(struct plan *p)
{
	result_new(p);
	return OK;
}

static const struct route routes[] = {
	{ KIND_IQ, TO_SERVICE, TYPE_GET, NS_PING, "ping", 0, plan_ping, "urn:xmpp:ping" },
	{ KIND_IQ, TO_ROOM, TYPE_GET, NS_PING, "ping", NEED_ROOM, plan_ping, "urn:xmpp:ping" },
	{ 0 },
};

const struct feature feature_ping = {
	.name = "ping",
	.routes = routes,
};
