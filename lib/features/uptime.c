/* SPDX-License-Identifier: ISC */
/*
 * uptime.c - for how long has the service been running?
 *
 * XEP-0012 5.
 */
#include "feature.h"

static enum deny
plan_last(struct plan *p)
{
	struct arena *a = p->s->arena;
	struct xml *x = xml_add(a, result_new(p), NS_LAST, "query");
	int64_t up_ms = p->s->now.mono_ms - p->s->started_ms;

	xml_set(a, x, "seconds", arena_fmt(a, "%lld", (long long)(up_ms / 1000)));
	return OK;
}

static const struct route routes[] = {
	{ KIND_IQ, TO_SERVICE, TYPE_GET, NS_LAST, "query", 0, plan_last, "jabber:iq:last" },
	{ 0 },
};

const struct feature feature_uptime = {
	.name = "uptime",
	.routes = routes,
};
