/* SPDX-License-Identifier: ISC */
/*
 * disco.c - what the service and its rooms say of themselves
 *
 * XEP-0030; XEP-0045 6.2 to 6.6; XEP-0128. Features are derived from the rows that route, and from
 * what each feature says of a room.
 */
#include "feature.h"

#define ROOMINFO "http://jabber.org/protocol/muc#roominfo"

void
disco_feature(struct arena *a, struct xml *query, const char *var)
{
	const struct xml *x;

	for (x = xml_child(query, NS_DISCO_INFO, "feature"); x != NULL;
	     x = xml_next(x, NS_DISCO_INFO, "feature"))
		if (strcmp(xml_get(x, "var"), var) == 0)
			return;
	xml_set(a, xml_add(a, query, NS_DISCO_INFO, "feature"), "var", var);
}

/* What routes to such an address says. */
static void
add_routed(struct arena *a, struct xml *query, enum address address)
{
	for (const struct feature *const *f = features; *f != NULL; f++)
		for (const struct route *r = (*f)->routes; r != NULL && r->kind != 0; r++)
			if (r->disco != NULL && (r->address & address) != 0)
				disco_feature(a, query, r->disco);
}

static void
add_identity(struct arena *a, struct xml *query, const char *name)
{
	struct xml *x = xml_add(a, query, NS_DISCO_INFO, "identity");

	xml_set(a, x, "category", "conference");
	xml_set(a, x, "type", "text");
	xml_set(a, x, "name", name);
}

static enum deny
plan_info_service(struct plan *p)
{
	struct arena *a = p->s->arena;
	struct xml *query;

	if (xml_get(p->ev->x, "node") != NULL)
		return ITEM_NOT_FOUND;
	query = xml_add(a, result_said(p), NS_DISCO_INFO, "query");
	add_identity(a, query, say(p, "Chat rooms"));
	disco_feature(a, query, "http://jabber.org/protocol/muc");
	add_routed(a, query, TO_SERVICE);
	return OK;
}

/* The form comes right behind the features and is the first one: clients read only the first. */
static void
add_roominfo(const struct plan *p, struct xml *query)
{
	const struct room *r = p->room;
	struct arena *a = p->s->arena;
	struct xml *form = form_add(a, query, "result", ROOMINFO);

	form_add_field(a, form, "text-single", "muc#roominfo_description", say(p, "Description"),
	    r->config.roomdesc);
	form_add_field(a, form, "text-single", "muc#roominfo_occupants",
	    say(p, "Number of occupants"), arena_fmt(a, "%u", r->noccupants));
	form_add_field(a, form, "boolean", "muc#roomconfig_changesubject",
	    say(p, "Participants may change the subject"), r->config.changesubject ? "1" : "0");
	for (const struct feature *const *f = features; *f != NULL; f++)
		if ((*f)->add_roominfo != NULL)
			(*f)->add_roominfo(p, form);
}

static enum deny
plan_info_room(struct plan *p)
{
	struct arena *a = p->s->arena;
	const struct room *r = p->room;
	struct xml *query;

	if (xml_get(p->ev->x, "node") != NULL)
		return ITEM_NOT_FOUND;
	query = xml_add(a, result_said(p), NS_DISCO_INFO, "query");
	add_identity(a, query, *r->config.roomname != '\0' ? r->config.roomname : r->node);
	disco_feature(a, query, "http://jabber.org/protocol/muc");
	add_routed(a, query, TO_ROOM);
	for (const struct feature *const *f = features; *f != NULL; f++)
		if ((*f)->add_disco != NULL)
			(*f)->add_disco(r, query);
	add_roominfo(p, query);
	return OK;
}

struct listing {
	struct arena *arena;
	struct xml *query;
	const char *domain;
	size_t bytes, max_bytes;
};

/* Room enough for an item's tags around what is counted; what must be escaped is counted double. */
#define ITEM_BYTES 60

static int
list_room(void *arg, const char *node, const char *name)
{
	struct listing *l = arg;
	struct xml *x;

	l->bytes += ITEM_BYTES + 2 * strlen(node) + strlen(l->domain) +
		    (name != NULL ? 2 * strlen(name) : 0);
	if (l->bytes > l->max_bytes)
		return 1;
	x = xml_add(l->arena, l->query, NS_DISCO_ITEMS, "item");
	xml_set(l->arena, x, "jid", arena_cat(l->arena, node, "@", l->domain, NULL));
	xml_set(l->arena, x, "name", name);
	return 0;
}

static enum deny
plan_items_service(struct plan *p)
{
	struct listing l = {
		.arena = p->s->arena,
		.domain = p->ev->to.domain,
		.max_bytes = (size_t)p->s->limits.stanza_out_bytes,
	};

	if (xml_get(p->ev->x, "node") != NULL)
		return ITEM_NOT_FOUND;
	l.query = xml_add(l.arena, result_new(p), NS_DISCO_ITEMS, "query");
	return rooms_listed(p->s, l.domain, list_room, &l) == 0 ? OK : RESOURCE_CONSTRAINT;
}

/* 6.5: who is in a room is not told; an empty list is not an error. */
static enum deny
plan_items_room(struct plan *p)
{
	if (xml_get(p->ev->x, "node") != NULL)
		return ITEM_NOT_FOUND;
	xml_add(p->s->arena, result_new(p), NS_DISCO_ITEMS, "query");
	return OK;
}

/* 6.6: who is not in may not ask about who is. */
static enum deny
plan_occupant(struct plan *p)
{
	return p->ev->session == NULL ? BAD_REQUEST : PASS;
}

static const struct route routes[] = {
	{ KIND_IQ, TO_SERVICE, TYPE_GET, NS_DISCO_INFO, "query", 0, plan_info_service,
	    "http://jabber.org/protocol/disco#info" },
	{ KIND_IQ, TO_SERVICE, TYPE_GET, NS_DISCO_ITEMS, "query", 0, plan_items_service,
	    "http://jabber.org/protocol/disco#items" },
	{ KIND_IQ, TO_ROOM, TYPE_GET, NS_DISCO_INFO, "query", NEED_ROOM, plan_info_room,
	    "http://jabber.org/protocol/disco#info" },
	{ KIND_IQ, TO_ROOM, TYPE_GET, NS_DISCO_ITEMS, "query", NEED_ROOM, plan_items_room,
	    "http://jabber.org/protocol/disco#items" },
	{ KIND_IQ, TO_NICK, TYPE_GET, NS_DISCO_INFO, "query", NEED_ROOM, plan_occupant, NULL },
	{ KIND_IQ, TO_NICK, TYPE_GET, NS_DISCO_ITEMS, "query", NEED_ROOM, plan_occupant, NULL },
	{ 0 },
};

const struct feature feature_disco = {
	.name = "disco",
	.routes = routes,
};
