/* SPDX-License-Identifier: ISC */
/*
 * ids.c - what holds for the ids of rooms in every script
 */
#include "ids.h"

#include <string.h>

#include "base/arena.h"
#include "base/xml.h"
#include "play.h"
#include "scs.h"

/* Who has which occupant-id in a room. */
struct person {
	const char *room, *bare, *id;
	struct person *next;
};

/* A message that a client got. */
struct heard {
	const struct seat *who;
	const struct scs_step *step; /* when */
	const char *room, *from, *msg_id, *stanza_id, *body;
	unsigned nchildren;
	bool live;
	struct heard *next;
};

/* A stanza on its way to a client. */
struct told {
	struct play *p;
	const struct seat *who;
	const struct xml *x;
	const char *room, *from, *type;
};

static bool
equal(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The only child like that; *n says how many there are. by NULL: whatever it says. */
static const struct xml *
only(const struct xml *x, const char *ns, const char *name, const char *by, unsigned *n)
{
	const struct xml *c, *found = NULL;

	*n = 0;
	for (c = xml_child(x, ns, name); c != NULL; c = xml_next(c, ns, name))
		if (by == NULL || equal(xml_get(c, "by"), by)) {
			found = c;
			++*n;
		}
	return found;
}

static bool
has_status(const struct xml *x, const char *code)
{
	const struct xml *user = xml_child(x, NS_MUC_USER, "x"), *c;

	for (c = xml_child(user, NS_MUC_USER, "status"); c != NULL;
	     c = xml_next(c, NS_MUC_USER, "status"))
		if (equal(xml_get(c, "code"), code))
			return true;
	return false;
}

/* XEP-0045 7.2.18: an answer to somebody who is not in; the room may not even exist. */
static bool
is_not_in(const struct xml *x)
{
	return has_status(x, "110") && has_status(x, "307") && has_status(x, "333");
}

/* -- occupant ids -- */

/* The bare JID of whoever a presence is of, as far as its receiver can know. */
static const char *
person_of(const struct told *t)
{
	const struct xml *item = xml_child(xml_child(t->x, NS_MUC_USER, "x"), NS_MUC_USER, "item");
	const char *jid = xml_get(item, "jid");

	if (!xml_is(t->x, NS_STANZA, "presence"))
		return NULL;
	if (jid != NULL)
		return bare_of(t->p->a, jid);
	return has_status(t->x, "110") ? t->who->client->jid : NULL;
}

/* A new room has new ids. */
static void
forget(struct ids *ids, const char *room)
{
	struct person **at = &ids->persons;

	while (*at != NULL)
		if (equal((*at)->room, room))
			*at = (*at)->next;
		else
			at = &(*at)->next;
}

static bool
check_person(const struct told *t, const char *id)
{
	struct play *p = t->p;
	const char *bare = person_of(t);
	struct person *who;

	if (has_status(t->x, "201"))
		forget(&p->ids, t->room);
	if (bare == NULL)
		return true;
	for (who = p->ids.persons; who != NULL; who = who->next) {
		if (!equal(who->room, t->room) || equal(who->bare, bare) == equal(who->id, id))
			continue;
		return play_fail(p, "in %s occupant-id %s is of %s, and %s of %s", t->room, who->id,
		    who->bare, id, bare);
	}
	who = arena_alloc(p->a, sizeof(*who));
	*who = (struct person){ t->room, bare, id, p->ids.persons };
	p->ids.persons = who;
	return true;
}

static bool
check_occupant_id(const struct told *t)
{
	unsigned n;
	const struct xml *x = only(t->x, NS_OCCUPANT_ID, "occupant-id", NULL, &n);
	const char *id = xml_get(x, "id");
	bool occupant = strchr(t->from, '/') != NULL;

	if (n == 0 && (!occupant || is_not_in(t->x)))
		return true;
	if (n != 1 || !occupant)
		return play_fail(
		    t->p, "a <%s/> from %s has %u occupant-ids", t->x->name, t->from, n);
	if (id == NULL || *id == '\0' || strlen(id) > 128)
		return play_fail(t->p, "an occupant-id of %s is none", t->from);
	return check_person(t, id);
}

/* -- stanza ids -- */

/* The delay that the room has put on it, or NULL. */
static const struct xml *
room_delay(const struct told *t)
{
	const struct xml *c;

	for (c = xml_child(t->x, NS_DELAY, "delay"); c != NULL; c = xml_next(c, NS_DELAY, "delay"))
		if (equal(xml_get(c, "from"), t->room))
			return c;
	return NULL;
}

static bool
same_said(const struct heard *a, const struct heard *b)
{
	return equal(a->from, b->from) && equal(a->msg_id, b->msg_id) && equal(a->body, b->body) &&
	       (a->body == NULL || a->nchildren == b->nchildren);
}

static const struct heard *
find_heard(const struct heard *list, const struct seat *who, const char *room, const char *id)
{
	for (; list != NULL; list = list->next)
		if ((who == NULL || list->who == who) && equal(list->room, room) &&
		    equal(list->stanza_id, id))
			return list;
	return NULL;
}

/* Did somebody else just now get the same message under another id, which this one has not got? */
static const struct heard *
find_twin(const struct heard *list, const struct heard *now)
{
	const struct heard *h;

	for (h = list; h != NULL; h = h->next)
		if (h->step == now->step && h->who != now->who && h->live &&
		    equal(h->room, now->room) && same_said(h, now) &&
		    !equal(h->stanza_id, now->stanza_id) &&
		    find_heard(list, now->who, now->room, h->stanza_id) == NULL)
			return h;
	return NULL;
}

static bool
check_heard(struct play *p, const struct heard *now)
{
	const struct heard *list = p->ids.heard,
			   *h = find_heard(list, NULL, now->room, now->stanza_id);

	if (h != NULL && !same_said(h, now))
		return play_fail(p, "stanza-id %s is of two messages", now->stanza_id);
	if (!now->live)
		return true;
	if (h == NULL && (h = find_twin(list, now)) != NULL)
		return play_fail(
		    p, "stanza-ids %s and %s are of one message", h->stanza_id, now->stanza_id);
	for (h = list; h != NULL; h = h->next)
		if (h->who == now->who && h->live && equal(h->room, now->room))
			break;
	if (h != NULL && strcmp(h->stanza_id, now->stanza_id) >= 0 &&
	    (!p->ids.again || find_heard(list, now->who, now->room, now->stanza_id) == NULL))
		return play_fail(p, "stanza-id %s comes after %s", now->stanza_id, h->stanza_id);
	return true;
}

/* Only passed on; where there is an archive it has no id, and otherwise one. */
static bool
is_chat_state(const struct xml *x)
{
	return xml_child(x, NS_CHATSTATES, NULL) != NULL && xml_child(x, NS_STANZA, "body") == NULL;
}

static bool
check_stanza_id(const struct told *t)
{
	struct play *p = t->p;
	unsigned n;
	const struct xml *sid = only(t->x, NS_SID, "stanza-id", t->room, &n), *c;
	bool said = strchr(t->from, '/') != NULL && equal(t->type, "groupchat");
	struct heard *h;

	if (said && n == 0 && is_chat_state(t->x))
		return true;
	if (n != said && (said || strchr(t->from, '/') != NULL || n > 1))
		return play_fail(p, "a <%s/> from %s has %u stanza-ids", t->x->name, t->from, n);
	if (!said)
		return true;
	h = arena_alloc(p->a, sizeof(*h));
	*h = (struct heard){ .who = t->who,
		.step = p->step,
		.room = t->room,
		.from = t->from,
		.msg_id = xml_get(t->x, "id"),
		.stanza_id = xml_get(sid, "id"),
		.body = xml_child_text(t->x, NS_STANZA, "body"),
		.live = xml_child(t->x, NS_DELAY, "delay") == NULL,
		.next = p->ids.heard };
	if (h->stanza_id == NULL || h->msg_id == NULL)
		return play_fail(p, "a message from %s has no id", t->from);
	for (c = xml_child(t->x, NULL, NULL); c != NULL; c = xml_next(c, NULL, NULL))
		h->nchildren += c != room_delay(t);
	if (!check_heard(p, h))
		return false;
	p->ids.heard = h;
	return true;
}

bool
ids_check(struct play *p, const struct seat *who, const struct xml *x)
{
	struct told t = { .p = p, .who = who, .x = x, .from = xml_get(x, "from") };

	t.type = xml_get(x, "type");
	if (t.from == NULL || !play_is_service(p, t.from) || equal(t.type, "error") ||
	    xml_is(x, NS_STANZA, "iq"))
		return true;
	t.room = bare_of(p->a, t.from);
	return check_occupant_id(&t) && check_stanza_id(&t);
}
