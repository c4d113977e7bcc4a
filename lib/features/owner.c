/* SPDX-License-Identifier: ISC */
/*
 * owner.c - the configuration form: asked for, submitted, cancelled
 *
 * XEP-0045 10.1.2, 10.1.3 (a new room), 10.2 (later), 10.2.1 (who is told).
 */
#include "feature.h"

#define FORM_TYPE "http://jabber.org/protocol/muc#roomconfig"

static enum deny
plan_get(struct plan *p)
{
	const struct room *r = p->room;
	struct arena *a = p->s->arena;

	if (p->ev->affiliation != AFF_OWNER)
		return FORBIDDEN;
	config_form(a, xml_add(a, result_said(p), NS_MUC_OWNER, "query"), &r->config, plan_lang(p),
	    say_of(p, "Configuration of %s", r->jid));
	return OK;
}

/* 10.2: who is no member of what becomes a members-only room leaves. */
static void
plan_members_only(struct plan *p)
{
	struct occupant *o;
	struct change *c;

	TAILQ_FOREACH (o, &p->room->occupants, entry) {
		if (plan_affiliation(p, o->bare) >= AFF_MEMBER)
			continue;
		c = plan_add(p, CH_LEAVE);
		c->occupant = o;
		c->code = STATUS_NOW_MEMBERS_ONLY;
	}
}

/* 7.2.3: where JIDs are open from now on, all who saw none are told those of all. */
static void
plan_open_jids(struct plan *p)
{
	const struct occupant *o;

	TAILQ_FOREACH (o, &p->room->occupants, entry)
		if (o->role != ROLE_MODERATOR)
			p->promoted += o->nsessions;
	if (p->promoted > 0)
		plan_add(p, CH_ROSTER);
}

static enum deny
plan_submit(struct plan *p, const struct xml *form)
{
	struct room *r = p->room;
	struct config *config = arena_alloc(p->s->arena, sizeof(*config));
	int64_t most = p->s->limits.occupants_per_room;

	if (!form_type_is(form, FORM_TYPE))
		return BAD_REQUEST;
	*config = r->config;
	if (!config_submit(p->s->arena, config, form))
		return NOT_ACCEPTABLE;
	if (config->maxusers > most)
		config->maxusers = (uint32_t)most;
	/* First of all: with the last who is no member the room itself may go. */
	if (r->locked)
		plan_add(p, CH_UNLOCK);
	if (config_diff(config, &r->config) != 0) {
		plan_add(p, CH_CONFIG)->config = config;
		if (config->membersonly && !r->config.membersonly)
			plan_members_only(p);
		if (config->whois == WHOIS_ANYONE && r->config.whois != WHOIS_ANYONE)
			plan_open_jids(p);
	}
	result_new(p);
	return OK;
}

/* 10.1.3: a new room is gone when its form is cancelled; later nothing changes (10.2). */
static enum deny
plan_cancel(struct plan *p)
{
	if (p->room->locked)
		plan_add(p, CH_DESTROY);
	result_new(p);
	return OK;
}

static enum deny
plan_set(struct plan *p)
{
	const struct xml *form = xml_child(p->ev->x, NS_DATA, "x");
	const char *type = xml_get(form, "type");

	if (xml_child(p->ev->x, NS_MUC_OWNER, "destroy") != NULL)
		return PASS;
	if (p->ev->affiliation != AFF_OWNER)
		return FORBIDDEN;
	if (type != NULL && strcmp(type, "submit") == 0)
		return plan_submit(p, form);
	if (type != NULL && strcmp(type, "cancel") == 0)
		return plan_cancel(p);
	return BAD_REQUEST;
}

/* 10.2.1: what touches privacy has its own code; everything else is 104. */
static void
on_config(struct plan *p, const struct change *c)
{
	struct room *r = p->room;
	struct arena *a = p->s->arena;
	config_set diff = config_diff(c->config, &r->config);
	config_set whois = config_field("muc#roomconfig_whois");
	struct xml *x = stanza_new(a, "message", r, NULL, "groupchat", fresh_id(p->s));
	struct xml *user = xml_add(a, x, NS_MUC_USER, "x");
	struct config old = r->config;
	unsigned codes[8] = { 0 };
	struct wire *w;

	config_copy(&r->config, c->config);
	config_release(&old);
	room_save(r);
	if ((diff & ~whois) != 0)
		code_add(codes, STATUS_CONFIG_CHANGED);
	if ((diff & whois) != 0)
		code_add(codes, r->config.whois == WHOIS_ANYONE ? STATUS_NOW_NONANONYMOUS
								: STATUS_NOW_SEMIANONYMOUS);
	for (int i = 0; codes[i] != 0; i++)
		xml_set(a, xml_add(a, user, NS_MUC_USER, "status"), "code",
		    arena_fmt(a, "%u", codes[i]));
	w = wire_new(p->s, x);
	tell_all(p, w);
	wire_unref(w);
}

static const struct route routes[] = {
	{ KIND_IQ, TO_ROOM, TYPE_GET, NS_MUC_OWNER, "query", NEED_ROOM, plan_get, NULL },
	{ KIND_IQ, TO_ROOM, TYPE_SET, NS_MUC_OWNER, "query", NEED_ROOM, plan_set, NULL },
	{ 0 },
};

const struct feature feature_owner = {
	.name = "owner",
	.routes = routes,
	.on = { [CH_CONFIG] = on_config },
};
