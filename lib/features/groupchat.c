/* SPDX-License-Identifier: ISC */
/*
 * groupchat.c - messages to all
 *
 * XEP-0045 7.4 (who may, what is reflected), 7.5 (groupchat is not for one occupant).
 */
#include "feature.h"

/* What a stanza has besides its payload: names, addresses, an id; addresses are at most 3 KB. */
#define HEAD_BYTES 8192

const char *
relayed_payload(const struct plan *p, const struct xml *stanza, size_t *len)
{
	size_t max = (size_t)p->s->limits.stanza_out_bytes - HEAD_BYTES;

	return clean_payload(p->s, p->room->jid, stanza, max, len);
}

enum deny
plan_reflected(struct plan *p, enum change_kind kind)
{
	struct change *c = plan_add(p, kind);

	c->session = p->ev->session;
	c->text = relayed_payload(p, p->ev->stanza, &c->text_len);
	return c->text != NULL ? OK : TOO_LARGE;
}

static enum deny
plan_message(struct plan *p)
{
	return plan_reflected(p, CH_MESSAGE);
}

/* 7.4: in a moderated room visitors have no voice; elsewhere everybody has (5.1.1, second note). */
static enum deny
may_message(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r, (void)c;
	return may(p, MAY_SEND_MESSAGES) ? OK : NO_VOICE;
}

static void
on_message(struct plan *p, const struct change *c)
{
	struct entry e;

	reflect(p, c, &e);
}

/* 7.5, example 48. */
static enum deny
plan_to_one(struct plan *p)
{
	(void)p;
	return BAD_REQUEST;
}

static void
add_disco(const struct room *r, struct xml *query)
{
	disco_feature(r->service->arena, query,
	    r->config.moderatedroom || room_locked_down(r) ? "muc_moderated" : "muc_unmoderated");
}

static const struct route routes[] = {
	{ KIND_MESSAGE, TO_ROOM, TYPE_GROUPCHAT, NULL, NULL, NEED_ROOM | NEED_OCCUPANT,
	    plan_message, NULL },
	{ KIND_MESSAGE, TO_NICK, TYPE_GROUPCHAT, NULL, NULL, NEED_ROOM | NEED_OCCUPANT, plan_to_one,
	    NULL },
	{ 0 },
};

const struct feature feature_groupchat = {
	.name = "groupchat",
	.routes = routes,
	.may = { [CH_MESSAGE] = may_message, [CH_RETRACT] = may_message },
	.on = { [CH_MESSAGE] = on_message },
	.add_disco = add_disco,
};
