/* SPDX-License-Identifier: ISC */
/*
 * disco.c - what the service and its rooms say of themselves
 *
 * XEP-0030; XEP-0045 6.2 to 6.6, 18.1.1; XEP-0059; XEP-0128. Features are derived from the rows that
 * route, and from what each feature says of a room.
 */
#include <stdlib.h>

#include "base/rsm.h"
#include "feature.h"

#define MUC "http://jabber.org/protocol/muc"

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

/*
 * Of the nodes that XEP-0045 names one is about rooms: what traffic they let through. All of it, and
 * that is said by service-unavailable (18.1.1). The nick that is reserved in a room is that room's to tell:
 * what becomes of the question elsewhere is in 7.12, too.
 */
static enum deny
check_node(const struct ev *ev)
{
	const char *node = xml_get(ev->x, "node");

	if (node == NULL)
		return OK;
	if (strcmp(node, MUC "#traffic") == 0)
		return SERVICE_UNAVAILABLE;
	return strcmp(node, "x-roomuser-item") == 0 ? FEATURE_NOT_IMPLEMENTED : ITEM_NOT_FOUND;
}

/* What holds for the service and all of its rooms. */
static void
add_common(struct arena *a, struct xml *query, enum address address)
{
	disco_feature(a, query, MUC);
	disco_feature(a, query, MUC "#stable_id"); /* 7.4 */
	add_routed(a, query, address);
}

static enum deny
plan_info_service(struct plan *p)
{
	struct arena *a = p->s->arena;
	enum deny deny = check_node(p->ev);
	struct xml *query;

	if (deny != OK)
		return deny;
	query = xml_add(a, result_said(p), NS_DISCO_INFO, "query");
	add_identity(a, query, say(p, p->s->policy.name));
	add_common(a, query, TO_SERVICE);
	disco_feature(a, query, NS_RSM);
	for (const struct feature *const *f = features; *f != NULL; f++)
		if ((*f)->add_disco_service != NULL)
			(*f)->add_disco_service(p->s, query);
	return OK;
}

/* The form comes right behind the features and is the first one: clients read only the first. */
static void
add_roominfo(const struct plan *p, struct xml *query)
{
	const struct room *r = p->room;
	struct arena *a = p->s->arena;
	struct xml *form = form_add(a, query, "result", MUC "#roominfo");

	form_add_field(a, form, "text-single", "muc#roominfo_description", say(p, "Description"),
	    r->config.roomdesc);
	form_add_field(a, form, "text-single", "muc#roominfo_occupants",
	    say(p, "Number of occupants"), arena_fmt(a, "%u", r->noccupants));
	for (const struct feature *const *f = features; *f != NULL; f++)
		if ((*f)->add_roominfo != NULL)
			(*f)->add_roominfo(p, form);
}

static enum deny
plan_info_room(struct plan *p)
{
	struct arena *a = p->s->arena;
	const struct room *r = p->room;
	enum deny deny = check_node(p->ev);
	struct xml *query;

	if (deny != OK)
		return deny;
	query = xml_add(a, result_said(p), NS_DISCO_INFO, "query");
	add_identity(a, query, *r->config.roomname != '\0' ? r->config.roomname : r->node);
	add_common(a, query, TO_ROOM);
	disco_feature(a, query, MUC "#roominfo"); /* 16.3 */
	/* XEP-0004 6: messages with nothing but a form are read, 8.6, 9.9. */
	disco_feature(a, query, NS_DATA);
	for (const struct feature *const *f = features; *f != NULL; f++)
		if ((*f)->add_disco != NULL)
			(*f)->add_disco(r, query);
	add_roominfo(p, query);
	return OK;
}

/* -- the list of rooms -- */

struct item {
	const char *node, *name;
	struct item *next, *prev;
};

/* Rooms as they come, up to what was asked for and to what a stanza takes. */
struct page {
	struct arena *arena;
	const char *domain;
	struct buf scratch;
	struct item *first, *last;
	uint64_t n, max;
	size_t bytes, max_bytes;
	bool back; /* they come from the last to the first */
	bool more; /* there was another one */
};

/* The tags of an item, and of all that is around the items. */
#define ITEM_BYTES  24
#define FRAME_BYTES 512

static size_t
escaped(struct page *pg, const char *s)
{
	pg->scratch.len = 0;
	xml_escape(&pg->scratch, s);
	return pg->scratch.len;
}

static int
take_room(void *arg, const char *node, const char *name)
{
	struct page *pg = arg;
	struct item *i;

	pg->bytes += ITEM_BYTES + escaped(pg, node) + strlen(pg->domain) +
		     (name != NULL ? escaped(pg, name) : 0);
	pg->more = pg->n == pg->max || pg->bytes > pg->max_bytes;
	if (pg->more)
		return 1;
	i = arena_alloc(pg->arena, sizeof(*i));
	*i = (struct item){ .node = node, .name = name };
	if (pg->n++ == 0)
		pg->first = pg->last = i;
	else if (pg->back) {
		i->next = pg->first;
		pg->first = i;
	} else {
		pg->last->next = i;
		pg->last = i;
	}
	return 0;
}

/*
 * An id for paging is "index:node". By the node it is found again, though the room may have gone; the
 * index, which it had on its page, saves counting (XEP-0059 2.2: it may be approximate).
 */
static char *
page_id(struct arena *a, uint64_t index, const struct item *i)
{
	return arena_fmt(a, "%llu:%s", (unsigned long long)index, i->node);
}

static bool
read_page_id(const char *id, uint64_t *index, const char **node)
{
	size_t n = strspn(id, "0123456789");

	if (n == 0 || n > 18 || id[n] != ':' || id[n + 1] == '\0')
		return false;
	*index = strtoull(id, NULL, 10);
	*node = id + n + 1;
	return strlen(*node) <= JID_PART_MAX;
}

/* How far an index may be from an end of the list. */
#define INDEX_STEPS 5000

/*
 * Finds where the page is: *from is the node next to it (NULL: an end of the list), *index that of its first
 * item or, when pages go back, of the one behind its last.
 */
static enum deny
find_page(struct service *s, const char *domain, const struct rsm *rsm, uint64_t count,
    const char **from, uint64_t *index)
{
	if ((rsm->after != NULL) + (rsm->before != NULL) + rsm->by_index > 1)
		return BAD_REQUEST;
	*from = NULL;
	*index = rsm->before != NULL ? count : 0;
	if (rsm->after != NULL) {
		if (!read_page_id(rsm->after, index, from))
			return ITEM_NOT_FOUND;
		++*index;
	} else if (rsm->before != NULL && *rsm->before != '\0') {
		if (!read_page_id(rsm->before, index, from))
			return ITEM_NOT_FOUND;
	} else if (rsm->by_index && rsm->index > 0 && rsm->index < count) {
		/* XEP-0059 2.6: where finding it would take too long it is refused. */
		*from = rooms_listed_before(s, domain, rsm->index, INDEX_STEPS);
		*index = rsm->index;
		return *from != NULL ? OK : FEATURE_NOT_IMPLEMENTED;
	}
	return OK;
}

/* The index of the page's first item: exact at both ends of the list, whatever the id said. */
static uint64_t
first_index(const struct page *pg, uint64_t index, uint64_t count)
{
	uint64_t greatest = count > pg->n ? count - pg->n : 0;

	if (pg->back)
		index = index > pg->n && pg->more ? index - pg->n : 0;
	else if (!pg->more)
		index = greatest;
	return index < greatest ? index : greatest;
}

static struct xml *
answer_page(struct plan *p, const struct page *pg)
{
	struct arena *a = pg->arena;
	struct xml *query = xml_add(a, result_new(p), NS_DISCO_ITEMS, "query"), *x;

	for (const struct item *i = pg->first; i != NULL; i = i->next) {
		x = xml_add(a, query, NS_DISCO_ITEMS, "item");
		xml_set(a, x, "jid", arena_cat(a, i->node, "@", pg->domain, NULL));
		xml_set(a, x, "name", i->name);
	}
	return query;
}

static void
add_set(const struct page *pg, struct xml *query, uint64_t index, uint64_t count)
{
	struct arena *a = pg->arena;

	if (pg->n == 0)
		rsm_add(a, query, NULL, NULL, 0, count);
	else
		rsm_add(a, query, page_id(a, index, pg->first),
		    page_id(a, index + pg->n - 1, pg->last), index, count);
}

/* What of a stanza is left for items. */
static size_t
room_for_items(const struct plan *p, bool paged)
{
	size_t all = (size_t)p->s->limits.stanza_out_bytes;
	size_t frame = FRAME_BYTES + 6 * (strlen(p->ev->from.full) + strlen(p->ev->id)) +
		       strlen(p->ev->to.domain) + (paged ? 2 * JID_PART_MAX : 0);

	return all > frame ? all - frame : 0;
}

/*
 * 6.3. Who asks for a page gets one, and less than asked for where a stanza takes no more. Who does not
 * gets all or an error: part of a list could be taken for the whole.
 */
static enum deny
plan_items_service(struct plan *p)
{
	const char *domain = p->ev->to.domain, *from;
	uint64_t count = rooms_listed_count(p->s, domain), index;
	struct page pg = { .arena = p->s->arena, .domain = domain, .scratch = BUF_INIT };
	struct xml *query;
	struct rsm rsm;
	enum deny deny;

	if (xml_get(p->ev->x, "node") != NULL)
		return ITEM_NOT_FOUND;
	if (!rsm_read(p->ev->x, &rsm))
		return BAD_REQUEST;
	deny = find_page(p->s, domain, &rsm, count, &from, &index);
	if (deny != OK)
		return deny;
	pg.max = rsm.max;
	pg.max_bytes = room_for_items(p, rsm.asked);
	pg.back = rsm.before != NULL;
	if (pg.back && pg.max > 0)
		rooms_listed_back(p->s, domain, from, take_room, &pg);
	else if (pg.max > 0 && !(rsm.by_index && rsm.index >= count))
		rooms_listed(p->s, domain, from, take_room, &pg);
	buf_release(&pg.scratch);
	if (pg.more && (!rsm.asked || pg.n == 0))
		return RESOURCE_CONSTRAINT;
	query = answer_page(p, &pg);
	if (rsm.asked)
		add_set(&pg, query, first_index(&pg, index, count), count);
	return OK;
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
