/* SPDX-License-Identifier: ISC */
/*
 * tombstone.c - the address of a room that was destroyed
 *
 * XEP-0045 10.9: what happens to it is left to the service. For some days entering and disco get `gone`,
 * with the venue that the owner named (RFC 6120 8.3.3.5), so that bookmarks do not bring the room back
 * under another owner; those who owned it, and admins of the service, may create it at once. To
 * everything else it is a room that does not exist (17.2).
 */
#include "feature.h"

static enum deny
may_create(const struct room *r, const struct plan *p, const struct change *c)
{
	const struct ev *ev = p->ev;
	struct tombstone t;

	(void)r, (void)c;
	if (!tombstone_get(p->s, &ev->to, &t) || tombstone_owner(&t, ev->from.bare) ||
	    service_admin(p->s, ev->from.bare))
		return OK;
	return ROOM_GONE;
}

static void
on_create(struct plan *p, const struct change *c)
{
	(void)c;
	tombstone_remove(p->s, &p->ev->to);
}

/*
 * Only what an owner ended, and what others could have been in: a name is not taken by the way. Who is sent on
 * from a room to that room would be sent on for ever.
 */
static void
on_destroy(struct plan *p, const struct change *c)
{
	const char *venue = c->x != NULL ? xml_get(c->x, "jid") : NULL;

	if (venue != NULL && strcmp(venue, p->room->jid) == 0)
		venue = NULL;
	if (p->ev != NULL && c->x != NULL && !p->room->locked)
		tombstone_set(p->room, venue, p->ev->from.bare);
}

static enum deny
plan_disco(struct plan *p)
{
	struct tombstone t;

	return p->room == NULL && tombstone_get(p->s, &p->ev->to, &t) ? ROOM_GONE : PASS;
}

static int64_t
deadline(const struct service *s)
{
	if (s->ngone > (uint64_t)s->limits.tombstones)
		return s->now.mono_ms;
	return service_due(s, s->gone_first_ms);
}

static void
tick(struct service *s)
{
	if (deadline(s) <= s->now.mono_ms)
		tombstones_expire(s);
}

static const struct route routes[] = {
	{ KIND_IQ, TO_ROOM, TYPE_GET, NS_DISCO_INFO, "query", 0, plan_disco, NULL },
	{ KIND_IQ, TO_ROOM, TYPE_GET, NS_DISCO_ITEMS, "query", 0, plan_disco, NULL },
	{ 0 },
};

const struct feature feature_tombstone = {
	.name = "tombstone",
	.routes = routes,
	.may = { [CH_CREATE] = may_create },
	.on = { [CH_CREATE] = on_create, [CH_DESTROY] = on_destroy },
	.deadline = deadline,
	.tick = tick,
};
