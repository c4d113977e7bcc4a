/* SPDX-License-Identifier: ISC */
/*
 * destroy.c - the end of a room
 *
 * XEP-0045 10.9.
 */
#include "feature.h"

/* The element as the occupants see it: what the owner said, in the right namespace. */
static const struct xml *
told_destroy(struct arena *a, const char *venue, const char *password, const char *reason)
{
	struct xml *x = xml_new(a, NS_MUC_USER, "destroy");

	xml_set(a, x, "jid", venue);
	if (password != NULL)
		xml_add_text(a, x, NS_MUC_USER, "password", password);
	if (reason != NULL)
		xml_add_text(a, x, NS_MUC_USER, "reason", reason);
	return x;
}

void
plan_destroyed(struct plan *p, const char *venue, const char *password, const char *reason)
{
	plan_add(p, CH_DESTROY)->x = told_destroy(p->s->arena, venue, password, reason);
}

/* What is told to everybody is not larger than a reason may be. */
static bool
fits(const struct plan *p, const struct xml *asked, const char *name)
{
	const char *text = xml_child_text(asked, NS_MUC_OWNER, name);

	return text == NULL || strlen(text) <= (size_t)p->s->limits.reason_bytes;
}

static enum deny
plan_destroy(struct plan *p)
{
	const struct xml *asked = xml_child(p->ev->x, NS_MUC_OWNER, "destroy");
	const char *venue = xml_get(asked, "jid");
	struct jid j = { .bare = NULL };

	if (asked == NULL)
		return PASS;
	if (!may(p, MAY_DESTROY))
		return FORBIDDEN;
	/* The schema has one or the other, once: what is gone by mistake does not come back. */
	if (xml_child(p->ev->x, NS_DATA, "x") != NULL ||
	    xml_next(asked, NS_MUC_OWNER, "destroy") != NULL)
		return BAD_REQUEST;
	if (venue != NULL && *venue != '\0' && !jid_prep(p->s->arena, venue, &j))
		return JID_MALFORMED;
	if (!fits(p, asked, "reason") || !fits(p, asked, "password"))
		return POLICY_VIOLATION;
	plan_destroyed(p, j.bare, xml_child_text(asked, NS_MUC_OWNER, "password"),
	    xml_child_text(asked, NS_MUC_OWNER, "reason"));
	result_new(p);
	return OK;
}

/* One stanza for each session, about itself; the element is there even when nothing was said. */
static void
on_destroy(struct plan *p, const struct change *c)
{
	struct room *r = p->room;
	const struct xml *destroy =
	    c->x != NULL ? c->x : told_destroy(p->s->arena, NULL, NULL, NULL);
	struct occupant *o;

	p->side = &p->first;
	while ((o = TAILQ_FIRST(&r->occupants)) != NULL) {
		struct presence pr = {
			.occupant = o,
			.unavailable = true,
			.role = ROLE_NONE,
			.destroy = destroy,
		};

		o->affiliation = AFF_NONE;
		tell_presence_all(p, &pr, TELL_SELF, NULL);
		for (unsigned n = o->nsessions; n > 0; n--)
			session_remove(TAILQ_FIRST(&o->sessions));
	}
	p->side = &p->rest;
	room_destroy(r);
}

static const struct route routes[] = {
	{ KIND_IQ, TO_ROOM, TYPE_SET, NS_MUC_OWNER, "query", NEED_ROOM, plan_destroy, NULL },
	{ 0 },
};

const struct feature feature_destroy = {
	.name = "destroy",
	.routes = routes,
	.on = { [CH_DESTROY] = on_destroy },
};
