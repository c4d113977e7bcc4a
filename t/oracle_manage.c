/* SPDX-License-Identifier: ISC */
/*
 * oracle_manage.c - the stanzas of operations: the room's configuration, who is what in it
 */
#include <string.h>

#include "oracle.h"
#include "room/waiting.h"

/* -- the room -- */

static bool
owner(struct world *w, struct deed *d, const char *type, const char *query)
{
	return put(
	    w, d, "iq", NULL, "type='%s'><query xmlns='" MUC "#owner'>%s</query>", type, query);
}

static bool
submit(struct world *w, struct deed *d, const char *fields)
{
	return owner(w, d, "set",
	    arena_cat(w->a,
		"<x xmlns='" NS_FORM "' type='submit'><field var='FORM_TYPE'><value>" MUC
		"#roomconfig</value></field>",
		fields, "</x>", NULL));
}

bool
make_unlock(struct world *w, struct deed *d)
{
	const struct room *r = truth_room(w, d->room);

	return r != NULL && r->locked &&
	       owner(w, d, "set", "<x xmlns='" NS_FORM "' type='submit'/>");
}

/* A field with one of its values; a value of several words is that many values. */
static const char *
field(struct world *w, const struct op *op)
{
	const char *v = op->values, *word;
	uint32_t n = 1;
	struct buf b = BUF_INIT;
	const char *out;
	size_t len;

	for (const char *p = v; (p = strchr(p, '|')) != NULL; p++)
		n++;
	for (n = chance(w, n); n > 0; n--)
		v = strchr(v, '|') + 1;
	v = arena_strndup(w->a, v, strcspn(v, "|"));
	buf_adds(&b, arena_cat(w->a, "<field var='", op->var, "'>", NULL));
	for (word = v; *word != '\0' || word == v; word += len) {
		word += *word == ' ';
		len = strcspn(word, " ");
		buf_adds(&b, "<value>");
		xml_escape(&b, arena_strndup(w->a, word, len));
		buf_adds(&b, "</value>");
		if (*v == '\0')
			break;
	}
	buf_adds(&b, "</field>");
	out = arena_strndup(w->a, b.p, b.len);
	buf_release(&b);
	return out;
}

/* In some rooms addresses are never to be open: no byte may tell one there. */
static bool
may_configure(const struct deed *d, const struct op *op)
{
	return d->room >= NCLOSED || strstr(op->var, "whois") == NULL;
}

bool
make_config(struct world *w, struct deed *d)
{
	return truth_room(w, d->room) != NULL && may_configure(d, d->op) &&
	       submit(w, d, field(w, d->op));
}

/* Some other field. */
static const char *
some_field(struct world *w, const struct deed *d)
{
	const struct op *op;

	do
		op = ops_config(w);
	while (!may_configure(d, op));
	return field(w, op);
}

bool
make_config_many(struct world *w, struct deed *d)
{
	const char *fields = "";

	for (uint32_t n = 2 + chance(w, 4); n > 0; n--) {
		const struct op *op = ops_config(w);

		if (may_configure(d, op) && strstr(fields, op->var) == NULL)
			fields = arena_cat(w->a, fields, field(w, op), NULL);
	}
	return truth_room(w, d->room) != NULL && submit(w, d, fields);
}

/* The full lists of owners and admins: 10.2. Often the sender is on it, and somebody who is in. */
bool
make_config_owners(struct world *w, struct deed *d)
{
	const char *var = likely(w, 50) ? "owners" : "admins", *values = "";
	const struct occupant *o = somebody(w, d);

	if (likely(w, 90))
		values = arena_fmt(w->a, "<value>%s</value>", esc(w, d->client->bare));
	if (o != NULL && likely(w, 60))
		values = arena_cat(w->a, values, "<value>", esc(w, o->bare), "</value>", NULL);
	if (likely(w, 60))
		values = arena_cat(w->a, values, "<value>", some_user(w), "</value>", NULL);
	return truth_room(w, d->room) != NULL &&
	       submit(w, d,
		   arena_fmt(w->a, "<field var='muc#roomconfig_room%s'>%s</field>%s", var, values,
		       likely(w, 50) ? "" : some_field(w, d)));
}

bool
make_config_get(struct world *w, struct deed *d)
{
	return owner(w, d, "get", "");
}

bool
make_cancel(struct world *w, struct deed *d)
{
	return owner(w, d, "set", "<x xmlns='" NS_FORM "' type='cancel'/>");
}

bool
make_destroy(struct world *w, struct deed *d)
{
	return owner(
	    w, d, "set", "<destroy jid='other@" DOMAIN "'><reason>enough</reason></destroy>");
}

/* -- who is what -- */

static bool
admin(struct world *w, struct deed *d, const char *type, const char *items)
{
	return put(
	    w, d, "iq", NULL, "type='%s'><query xmlns='" MUC "#admin'>%s</query>", type, items);
}

static const char *
item_role(struct world *w, const char *nick, const char *role)
{
	return arena_fmt(w->a, "<item nick='%s' role='%s'>%s</item>", esc(w, nick), role,
	    likely(w, 30) ? "<reason>because</reason>" : "");
}

static const char *
item_affiliation(struct world *w, const char *jid, const char *affiliation)
{
	return arena_fmt(w->a, "<item jid='%s' affiliation='%s'>%s</item>", esc(w, jid),
	    affiliation, likely(w, 30) ? "<reason>because</reason>" : "");
}

static const char *
some_role(struct world *w)
{
	static const char *const roles[] = { "moderator", "participant", "participant", "visitor" };

	return one_of(w, roles, COUNT(roles));
}

static const char *
some_affiliation(struct world *w)
{
	static const char *const affiliations[] = { "none", "none", "none", "none", "member",
		"member", "member", "outcast", "admin", "owner" };

	return one_of(w, affiliations, COUNT(affiliations));
}

bool
make_kick(struct world *w, struct deed *d)
{
	const struct occupant *o = somebody(w, d);

	return o != NULL && admin(w, d, "set", item_role(w, o->nick, "none"));
}

bool
make_role(struct world *w, struct deed *d)
{
	const struct occupant *o = somebody(w, d);

	return o != NULL && admin(w, d, "set", item_role(w, o->nick, some_role(w)));
}

bool
make_ban(struct world *w, struct deed *d)
{
	const struct occupant *o = somebody(w, d);

	return admin(w, d, "set",
	    item_affiliation(w, o != NULL && likely(w, 60) ? o->bare : some_user(w), "outcast"));
}

bool
make_ban_domain(struct world *w, struct deed *d)
{
	static const char *const domains[] = { "far.example", "east.example" };
	static const char *const affiliations[] = { "outcast", "none", "none", "none", "member" };

	return admin(w, d, "set",
	    item_affiliation(w, one_of(w, domains, COUNT(domains)),
		one_of(w, affiliations, COUNT(affiliations))));
}

bool
make_affiliation(struct world *w, struct deed *d)
{
	const char *jid = likely(w, 20) ? w->client[chance(w, NCLIENTS)].full : some_user(w);

	return admin(w, d, "set", item_affiliation(w, jid, some_affiliation(w)));
}

bool
make_affiliation_by_nick(struct world *w, struct deed *d)
{
	const struct occupant *o = somebody(w, d);

	return o != NULL && admin(w, d, "set",
				arena_fmt(w->a, "<item nick='%s' affiliation='%s'/>",
				    esc(w, o->nick), some_affiliation(w)));
}

/* 9.3: a nick to be reserved, or "" for none any more. */
bool
make_reserve(struct world *w, struct deed *d)
{
	const struct occupant *o = somebody(w, d);
	const char *jid = o != NULL && likely(w, 60) ? o->bare : some_user(w);
	const char *nick = likely(w, 15) ? "" : some_nick(w, d);

	return admin(w, d, "set",
	    arena_fmt(w->a, "<item jid='%s' nick='%s' affiliation='%s'/>", esc(w, jid),
		esc(w, nick), likely(w, 70) ? "member" : some_affiliation(w)));
}

bool
make_items(struct world *w, struct deed *d)
{
	const char *items = "";

	for (uint32_t n = 2 + chance(w, 4); n > 0; n--) {
		const struct occupant *o = somebody(w, d);
		const char *item;

		if (o != NULL && likely(w, 40))
			item = item_role(w, o->nick, likely(w, 15) ? "none" : some_role(w));
		else
			item = item_affiliation(w, some_user(w), some_affiliation(w));
		items = arena_cat(w->a, items, item, NULL);
	}
	return admin(w, d, "set", items);
}

bool
make_list(struct world *w, struct deed *d)
{
	static const char *const items[] = { "<item affiliation='owner'/>",
		"<item affiliation='admin'/>", "<item affiliation='member'/>",
		"<item affiliation='outcast'/>", "<item role='moderator'/>",
		"<item role='participant'/>", "<item role='visitor'/>" };

	return admin(w, d, "get", one_of(w, items, COUNT(items)));
}

/* -- registration: 7.10, 9.9 -- */

bool
make_register_get(struct world *w, struct deed *d)
{
	return put(w, d, "iq", NULL, "type='get'><query xmlns='jabber:iq:register'/>");
}

bool
make_register_set(struct world *w, struct deed *d)
{
	return put(w, d, "iq", NULL,
	    "type='set'><query xmlns='jabber:iq:register'><x xmlns='" NS_FORM
	    "' type='submit'><field var='FORM_TYPE'><value>" MUC
	    "#register</value></field><field var='muc#register_roomnick'><value>%s</value></field>"
	    "</x></query>",
	    esc(w, some_nick(w, d)));
}

static int
take_request(void *arg, const struct request *q)
{
	*(struct request *)arg = *q;
	return 1;
}

/* Mostly what waits, else something that nobody has asked for. */
bool
make_approve(struct world *w, struct deed *d)
{
	const struct room *r = truth_room(w, d->room);
	struct request q = { .jid = some_user(w), .nick = some_nick(w, d) };

	if (r == NULL)
		return false;
	request_each(r, take_request, &q);
	return put(w, d, "message", NULL,
	    "><x xmlns='" NS_FORM "' type='submit'><field var='FORM_TYPE'><value>" MUC
	    "#register</value></field><field var='x-muc#register_jid'><value>%s</value></field>"
	    "<field var='muc#register_roomnick'><value>%s</value></field>"
	    "<field var='muc#register_allow'><value>%s</value></field></x>",
	    esc(w, q.jid), esc(w, q.nick), likely(w, 75) ? "1" : "0");
}

bool
make_register_remove(struct world *w, struct deed *d)
{
	return put(
	    w, d, "iq", NULL, "type='set'><query xmlns='jabber:iq:register'><remove/></query>");
}
