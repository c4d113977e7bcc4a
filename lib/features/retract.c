/* SPDX-License-Identifier: ISC */
/*
 * retract.c - whoever said something takes it back
 *
 * XEP-0424 3, 5: by the room's stanza-id (5.1), whatever nick or session they have by now. The id that a
 * sender gave is no name for a message here: others need not know it, nor is it the only one (6.1), and
 * with another one in its place a retraction would be none to clients that go by such ids. The room looks
 * into its archive for whose message it was, so that nobody depends on what a client checks. 4: from then
 * on a tombstone stands in its place; who enters is told neither. All versions of a message go with each of
 * them (XEP-0308): some clients name the first, some the last.
 */
#include "base/date.h"
#include "feature.h"

enum {
	VERSIONS_MOST = 100,
	VERSIONS_VISITED = 1000, /* entries, in each direction */
};

enum deny
find_original(const struct plan *p, const char *id, bool unkept, const struct entry **original)
{
	struct entry *e = arena_alloc(p->s->arena, sizeof(*e));
	uint8_t sid[ARCHIVE_ID_LEN];

	*original = NULL;
	if (id == NULL)
		return BAD_REQUEST;
	if (!archive_read_id(id, sid))
		return ITEM_NOT_FOUND;
	if (!archive_get(p->room, sid, e))
		return history_keeps(p) && !(unkept && archive_gave(p->room, sid)) ? ITEM_NOT_FOUND
										   : OK;
	/* 5: not what is no message. Nothing takes a retraction back. */
	if (e->kind == ENTRY_SUBJECT || e->kind == ENTRY_RETRACTION)
		return BAD_REQUEST;
	*original = e;
	return OK;
}

/* The other versions of a message. */
struct versions {
	const struct entry *one;
	const char *first; /* attribute id of the first of them */
	struct entry others[VERSIONS_MOST];
	unsigned n, visited;
	struct arena *arena;
	size_t used; /* of it, when the walk began */
};

static bool
is_same_author(const struct entry *a, const struct entry *b)
{
	size_t n;

	if (a->jid == NULL || b->jid == NULL)
		return false;
	n = strcspn(a->jid, "/");
	return n == strcspn(b->jid, "/") && memcmp(a->jid, b->jid, n) == 0;
}

/* Ids of messages need not be unique; before the first version there is none. */
static int
version_visit(void *arg, const struct entry *e)
{
	struct versions *v = arg;
	bool first = e->corrects == NULL && strcmp(e->msg_id, v->first) == 0;
	bool later = e->corrects != NULL && strcmp(e->corrects, v->first) == 0;
	bool back = v->one->corrects != NULL && memcmp(e->id, v->one->id, ARCHIVE_ID_LEN) < 0;

	if ((e->kind == ENTRY_MESSAGE || e->kind == ENTRY_EVENT) && is_same_author(e, v->one) &&
	    (later || (first && back)))
		v->others[v->n++] = *e;
	return v->n == VERSIONS_MOST || ++v->visited == VERSIONS_VISITED || (first && back) ||
	       arena_used(v->arena) - v->used > ARCHIVE_WALK_BYTES;
}

static struct versions *
find_versions(const struct plan *p, const struct entry *one)
{
	struct versions *v = arena_alloc(p->s->arena, sizeof(*v));

	v->one = one;
	v->first = one->corrects != NULL ? one->corrects : one->msg_id;
	v->n = v->visited = 0;
	v->arena = p->s->arena;
	v->used = arena_used(v->arena);
	if (one->corrects != NULL)
		archive_each_back(p->room, one->id, version_visit, v);
	v->visited = 0;
	v->used = arena_used(v->arena);
	if (v->n < VERSIONS_MOST)
		archive_each(p->room, one->id, version_visit, v);
	return v;
}

static void
put_tombstone(struct plan *p, const struct entry *original, const struct buf *payload)
{
	struct entry tombstone = *original;

	tombstone.kind = ENTRY_RETRACTED;
	tombstone.lang = NULL;
	tombstone.corrects = NULL;
	tombstone.prior = false;
	tombstone.payload = payload->p;
	tombstone.payload_len = payload->len;
	archive_replace(p->room, &tombstone);
}

/* What stands in a tombstone. */
static void
write_retracted(struct arena *a, struct buf *b, const struct entry *by, const struct xml *why)
{
	struct xml *top = xml_new(a, NS_STANZA, "message");
	struct xml *x = xml_add(a, top, NS_RETRACT, "retracted");

	xml_set(a, x, "id", by->msg_id);
	xml_set(a, x, "stamp", date_write(a, archive_ms(by->id)));
	for (const struct xml *c = xml_child(why, NULL, NULL); c != NULL;
	     c = xml_next(c, NULL, NULL))
		xml_copy(a, x, c);
	xml_write_children(b, top);
}

void
retract_version(
    struct plan *p, const struct entry *original, const struct entry *by, const struct xml *why)
{
	struct buf b = BUF_INIT;

	write_retracted(p->s->arena, &b, by, why);
	put_tombstone(p, original, &b);
	buf_release(&b);
}

void
retract_entry(
    struct plan *p, const struct entry *original, const struct entry *by, const struct xml *why)
{
	const struct versions *v = find_versions(p, original);
	struct buf b = BUF_INIT;

	write_retracted(p->s->arena, &b, by, why);
	put_tombstone(p, original, &b);
	for (unsigned i = 0; i < v->n; i++)
		put_tombstone(p, &v->others[i], &b);
	buf_release(&b);
}

/*
 * The one <retract/> that is not a forgery; forgeries are taken out (room/view.c). False: there are
 * several, and the one that was checked need not be the one that a client goes by.
 */
static bool
find_retract(const struct plan *p, const struct xml **found)
{
	const struct xml *x;

	*found = NULL;
	for (x = xml_child(p->ev->stanza, NS_RETRACT, "retract"); x != NULL;
	     x = xml_next(x, NS_RETRACT, "retract")) {
		if (is_forgery(p->s, p->room->jid, x))
			continue;
		if (*found != NULL)
			return false;
		*found = x;
	}
	return true;
}

/* By bare JID, which is what an occupant-id stands for: 5. What the room itself said is nobody's. */
static bool
is_author(const struct plan *p, const struct entry *e)
{
	return e->jid != NULL &&
	       strcmp(occupant_id(p->s->arena, p->room, e->jid), p->ev->session->occupant->id) == 0;
}

static enum deny
plan_retract(struct plan *p)
{
	const struct entry *original;
	const struct xml *x;
	enum deny deny;

	if (!find_retract(p, &x))
		return BAD_REQUEST;
	if (x == NULL)
		return PASS;
	if (xml_child(p->ev->stanza, NS_STANZA, "subject") != NULL)
		return BAD_REQUEST;
	deny = find_original(p, xml_get(x, "id"), false, &original);
	if (deny != OK)
		return deny;
	/* Where nothing is kept it is a message like any other; 5: who gets it checks the author. */
	if (original == NULL)
		return PASS;
	if (!is_author(p, original))
		return NOT_AUTHOR;
	if (original->kind == ENTRY_RETRACTED)
		return ITEM_NOT_FOUND;
	deny = plan_reflected(p, CH_RETRACT);
	TAILQ_LAST(&p->changes, change_list)->original = original;
	return deny;
}

static void
on_retract(struct plan *p, const struct change *c)
{
	struct entry e;

	reflect(p, c, &e);
	retract_entry(p, c->original, &e, NULL);
}

/* 2, 4: where nothing is kept nothing is ensured. */
static void
add_disco(const struct room *r, struct xml *query)
{
	if (!r->config.enablearchiving)
		return;
	disco_feature(r->service->arena, query, NS_RETRACT);
	disco_feature(r->service->arena, query, "urn:xmpp:message-retract:1#tombstone");
}

static const struct route routes[] = {
	{ KIND_MESSAGE, TO_ROOM, TYPE_GROUPCHAT, NS_RETRACT, "retract", NEED_ROOM | NEED_OCCUPANT,
	    plan_retract, NULL },
	{ 0 },
};

const struct feature feature_retract = {
	.name = "retract",
	.routes = routes,
	.on = { [CH_RETRACT] = on_retract },
	.add_disco = add_disco,
};
