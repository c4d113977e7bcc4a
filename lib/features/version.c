/* SPDX-License-Identifier: ISC */
/*
 * version.c - which software is this?
 *
 * XEP-0092. The operating system is nobody's business (section 5).
 */
#include "feature.h"

static enum deny
plan_version(struct plan *p)
{
	struct arena *a = p->s->arena;
	struct xml *x = xml_add(a, result_new(p), NS_VERSION, "query");

	xml_add_text(a, x, NS_VERSION, "name", "mucd");
	xml_add_text(a, x, NS_VERSION, "version", MUC_VERSION);
	return OK;
}

static const struct route routes[] = {
	{ KIND_IQ, TO_SERVICE, TYPE_GET, NS_VERSION, "query", 0, plan_version,
	    "jabber:iq:version" },
	{ KIND_IQ, TO_ROOM, TYPE_GET, NS_VERSION, "query", NEED_ROOM, plan_version,
	    "jabber:iq:version" },
	{ 0 },
};

const struct feature feature_version = {
	.name = "version",
	.routes = routes,
};
