/* SPDX-License-Identifier: ISC */
/*
 * between.c - requests of occupants to one another
 *
 * XEP-0045 17.4, 6.6. One goes to the session that is shown for the nick, or, when it is about the person
 * (a vCard, an avatar), to the account. What comes back is in returned.c.
 */
#include "feature.h"

/* Requests that servers answer for an account (XEP-0054, XEP-0292, XEP-0163). */
static const struct {
	const char *ns, *name;
} of_accounts[] = {
	{ NS_VCARD, "vCard" },
	{ NS_VCARD4, "vcard" },
	{ NS_PUBSUB, "pubsub" },
};

static bool
is_of_account(const struct xml *x)
{
	for (size_t i = 0; i < sizeof(of_accounts) / sizeof(of_accounts[0]); i++)
		if (xml_is(x, of_accounts[i].ns, of_accounts[i].name))
			return true;
	return false;
}

/* XEP-0084, XEP-0292 3.2. Other nodes would tell from their items whose they are. */
static bool
is_open_node(const char *node)
{
	static const char avatar[] = "urn:xmpp:avatar:";

	return strncmp(node, avatar, sizeof(avatar) - 1) == 0 ||
	       strcmp(node, "urn:xmpp:vcard4") == 0;
}

/* Somebody else's account is read, never changed; and only what says who somebody is to others. */
static enum deny
check_account(const struct ev *ev)
{
	const struct xml *items = xml_child(ev->x, NS_PUBSUB, "items");
	const char *node = xml_get(items, "node");

	if (ev->type == TYPE_SET)
		return FORBIDDEN;
	if (ev->x->ns == NS_PUBSUB && (node == NULL || !is_open_node(node)))
		return FORBIDDEN;
	return OK;
}

static enum deny
plan_query(struct plan *p)
{
	const struct ev *ev = p->ev;
	const struct xml *asked = ev->stanza;
	bool account = is_of_account(ev->x);
	enum deny deny = account ? check_account(ev) : OK;
	struct change *c;

	if (ev->target == NULL)
		return ITEM_NOT_FOUND;
	if (deny != OK)
		return deny;
	if (!sees_jid(p->room, ev->target, ev->session->occupant))
		asked = without_jid(p->s->arena, asked, ev->from.bare);
	c = plan_add(p, CH_QUERY);
	c->session = ev->session;
	c->occupant = ev->target;
	c->account = account ? ev->target->bare : NULL;
	c->text = relayed_payload(p, asked, &c->text_len);
	if (c->text == NULL)
		return TOO_LARGE;
	/* Nothing is left of a request that only the room may make. */
	return c->text_len > 0 ? OK : BAD_REQUEST;
}

static enum deny
may_query(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)p;
	if (!r->config.allow_query_users)
		return NO_QUERIES;
	return query_fits(c->session) ? OK : RESOURCE_CONSTRAINT;
}

static void
on_query(struct plan *p, const struct change *c)
{
	const struct ev *ev = p->ev;
	struct arena *a = p->s->arena;
	struct session *of = c->account == NULL ? occupant_shown(c->occupant) : NULL;
	const char *jid = of != NULL ? of->jid : c->account;
	const struct query *q = query_add(c->session, of, jid, c->occupant->nick, ev->id);
	struct xml *x = stanza_new(
	    a, "iq", p->room, c->session->occupant->nick, xml_get(ev->stanza, "type"), q->id);

	xml_set_lang(a, x, xml_lang(ev->stanza));
	xml_raw_add(a, x, c->text, c->text_len);
	tell_jid(p, x, jid);
}

static const struct route routes[] = {
	{ KIND_IQ, TO_NICK, TYPE_GET | TYPE_SET, NULL, NULL, NEED_ROOM | NEED_OCCUPANT, plan_query,
	    NULL },
	{ 0 },
};

const struct feature feature_between = {
	.name = "between",
	.routes = routes,
	.may = { [CH_QUERY] = may_query },
	.on = { [CH_QUERY] = on_query },
};
