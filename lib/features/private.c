/* SPDX-License-Identifier: ISC */
/*
 * private.c - messages to one occupant
 *
 * XEP-0045 7.5; 7.2.8: they go to all sessions of a nick. Other sessions of the sender are told by its
 * own server (XEP-0280), for which there is the <x/>.
 */
#include "feature.h"

static enum deny
plan_private(struct plan *p)
{
	const struct ev *ev = p->ev;
	struct change *c;

	if (ev->target == NULL)
		return ITEM_NOT_FOUND;
	c = plan_add(p, CH_PRIVATE);
	c->session = ev->session;
	c->occupant = ev->target;
	c->text = relayed_payload(p, ev->stanza, &c->text_len);
	return c->text != NULL ? OK : TOO_LARGE;
}

/* 16.5.3: muc#roomconfig_allowpm says which roles may; to whom does not matter. */
static enum deny
may_private(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r, (void)c;
	return may(p, MAY_SEND_PRIVATELY) ? OK : NO_PRIVATE;
}

/* The type as it came; one that nobody knows counts as none (RFC 6121 5.2.2). */
static const char *
type_of(const struct ev *ev)
{
	const char *type = xml_get(ev->stanza, "type");

	return ev->type != TYPE_NORMAL || (type != NULL && strcmp(type, "normal") == 0) ? type
											: NULL;
}

static void
on_private(struct plan *p, const struct change *c)
{
	const struct ev *ev = p->ev;
	struct arena *a = p->s->arena;
	const char *id = ev->id != NULL ? ev->id : fresh_id(p->s);
	struct xml *x =
	    stanza_new(a, "message", p->room, c->session->occupant->nick, type_of(ev), id);
	struct session *to;
	struct wire *w;

	xml_set_lang(a, x, xml_lang(ev->stanza));
	xml_raw_add(a, x, c->text, c->text_len);
	xml_add(a, x, NS_MUC_USER, "x");
	occupant_id_add(a, x, c->session->occupant->id);
	w = wire_new(p->s, x);
	TAILQ_FOREACH (to, &c->occupant->sessions, entry)
		tell(p, w, to->addr);
	wire_unref(w);
	note_add(c->session, xml_get(x, "from"), c->occupant->bare, id, c->occupant->nick,
	    c->occupant->nsessions);
}

static const struct route routes[] = {
	{ KIND_MESSAGE, TO_NICK, TYPE_NORMAL | TYPE_CHAT | TYPE_HEADLINE, NULL, NULL,
	    NEED_ROOM | NEED_OCCUPANT, plan_private, NULL },
	{ 0 },
};

const struct feature feature_private = {
	.name = "private",
	.routes = routes,
	.may = { [CH_PRIVATE] = may_private },
	.on = { [CH_PRIVATE] = on_private },
};
