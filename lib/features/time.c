/* SPDX-License-Identifier: ISC */
/*
 * time.c - what time is it?
 *
 * XEP-0202. Told is UTC alone: where the service stands is nobody's business (section 6).
 */
#include "base/date.h"
#include "feature.h"

static enum deny
plan_time(struct plan *p)
{
	struct arena *a = p->s->arena;
	struct xml *x = xml_add(a, result_new(p), NS_TIME, "time");

	xml_add_text(a, x, NS_TIME, "tzo", "+00:00");
	xml_add_text(a, x, NS_TIME, "utc", date_write(a, p->s->now.wall_ms));
	return OK;
}

static const struct route routes[] = {
	{ KIND_IQ, TO_SERVICE, TYPE_GET, NS_TIME, "time", 0, plan_time, "urn:xmpp:time" },
	{ KIND_IQ, TO_ROOM, TYPE_GET, NS_TIME, "time", NEED_ROOM, plan_time, "urn:xmpp:time" },
	{ 0 },
};

const struct feature feature_time = {
	.name = "time",
	.routes = routes,
};
