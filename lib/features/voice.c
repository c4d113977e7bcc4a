/* SPDX-License-Identifier: ISC */
/*
 * voice.c - visitors who ask for voice, and moderators who grant it by a form
 *
 * XEP-0045 7.13, 8.6, 16.5.2.
 */
#include "feature.h"

#define FORM_TYPE "http://jabber.org/protocol/muc#request"

/* -- asking: 7.13 -- */

static enum deny
plan_request(struct plan *p)
{
	const struct ev *ev = p->ev;

	if (ev->session == NULL)
		return NOT_OCCUPANT;
	plan_add(p, CH_VOICE)->session = ev->session;
	return OK;
}

static bool
has_moderator(const struct room *r)
{
	const struct occupant *o;

	TAILQ_FOREACH (o, &r->occupants, entry)
		if (o->role == ROLE_MODERATOR)
			return true;
	return false;
}

static enum deny
may_voice(const struct room *r, const struct plan *p, const struct change *c)
{
	const struct occupant *o = c->session->occupant;

	(void)p;
	if (!r->config.moderatedroom || !r->config.allow_voice_requests)
		return NO_VOICE_REQUESTS;
	if (o->role != ROLE_VISITOR)
		return HAS_VOICE;
	if (asked_lately(r, o->bare))
		return ASKED_ENOUGH;
	return has_moderator(r) ? OK : NO_MODERATORS;
}

/* 8.6, example 108. */
static struct xml *
approval_form(struct plan *p, const struct session *s, enum lang l)
{
	struct arena *a = p->s->arena;
	struct xml *x = stanza_new(a, "message", p->room, NULL, NULL, fresh_id(p->s));
	struct xml *form, *role;

	xml_set_lang(a, x, lang_tag(l));
	form = form_add_titled(a, x, "form", text_in(l, "Voice request"),
	    text_in(l, "To approve this request for voice, select the \"Grant voice to this "
		       "person?\" checkbox and click OK. To skip this request, click the cancel "
		       "button."),
	    FORM_TYPE);
	role = form_add_field(a, form, "list-single", "muc#role", text_in(l, "Requested role"),
	    role_name(ROLE_PARTICIPANT));
	form_add_option(a, role, NULL, role_name(ROLE_PARTICIPANT));
	form_add_field(a, form, "jid-single", "muc#jid", text_in(l, "User ID"), s->jid);
	form_add_field(
	    a, form, "text-single", "muc#roomnick", text_in(l, "Room Nickname"), s->occupant->nick);
	form_add_field(a, form, "boolean", "muc#request_allow",
	    text_in(l, "Grant voice to this person?"), "false");
	return x;
}

static void
on_voice(struct plan *p, const struct change *c)
{
	struct wire *w[LANG_COUNT] = { NULL };
	struct occupant *o;
	struct session *s;
	enum lang l;

	asked_note(p->room, c->session->occupant->bare);
	TAILQ_FOREACH (o, &p->room->occupants, entry)
		if (o->role == ROLE_MODERATOR)
			TAILQ_FOREACH (s, &o->sessions, entry) {
				l = session_lang(s);
				if (w[l] == NULL)
					w[l] = wire_new(p->s, approval_form(p, c->session, l));
				tell(p, w[l], s->addr);
			}
	wires_unref(w, LANG_COUNT);
}

/* -- granting: 8.6 -- */

/*
 * Whom a form means. The JID says who it is, for nicks change: the session, else another one of the same
 * user under that nick. A form whose nick is somebody else's by now names two.
 */
static enum deny
find_visitor(const struct plan *p, const struct xml *form, struct occupant **who)
{
	const char *nick = form_value(form_field(form, "muc#roomnick"));
	const char *jid = form_value(form_field(form, "muc#jid"));
	const struct session *s;
	struct occupant *o = NULL;
	struct jid j;

	if (nick == NULL && jid == NULL)
		return BAD_REQUEST;
	if (nick != NULL)
		nick = jid_nick(p->s->arena, nick, JID_PART_MAX, false);
	if (nick != NULL)
		o = room_nick(p->room, nick);
	if (jid != NULL) {
		if (!jid_prep(p->s->arena, jid, &j))
			return JID_MALFORMED;
		if (o != NULL && strcmp(o->bare, j.bare) != 0)
			return BAD_REQUEST;
		s = room_session(p->room, j.full);
		if (s != NULL)
			o = s->occupant;
	}
	*who = o;
	return o != NULL ? OK : ITEM_NOT_FOUND;
}

static enum deny
plan_approval(struct plan *p, const struct xml *form)
{
	struct occupant *o;
	struct change *c;
	enum deny deny;
	bool allow;

	if (!may(p, MAY_GRANT_VOICE))
		return FORBIDDEN;
	if (!form_bool(form_value(form_field(form, "muc#request_allow")), &allow))
		return BAD_REQUEST;
	if (!allow)
		return OK;
	deny = find_visitor(p, form, &o);
	/* Another moderator was faster, or it is a moderator by now: nobody loses anything by this. */
	if (deny != OK || o->role != ROLE_VISITOR)
		return deny;
	c = plan_add(p, CH_ROLE);
	c->occupant = o;
	c->role = ROLE_PARTICIPANT;
	return OK;
}

static enum deny
plan_form(struct plan *p)
{
	static const char *const vars[] = {
		"muc#role",
		"muc#jid",
		"muc#roomnick",
		"muc#request_allow",
		NULL,
	};
	const struct xml *form = p->ev->x;
	const char *type = xml_get(form, "type"), *role = form_value(form_field(form, "muc#role"));
	bool approval = form_field(form, "muc#request_allow") != NULL;
	bool cancel = type != NULL && strcmp(type, "cancel") == 0;

	/* XEP-0004 3.2: who cancels a form, this one or that of a registration, sends no fields. */
	if (cancel && xml_child(form, NS_DATA, "field") == NULL)
		return OK;
	if (form_field(form, "FORM_TYPE") == NULL || !form_type_is(form, FORM_TYPE))
		return PASS;
	/* A moderator skips the request: example 108. */
	if (cancel)
		return OK;
	if (type == NULL || strcmp(type, "submit") != 0 || !form_is_clear(form, vars))
		return BAD_REQUEST;
	/* What is asked for goes without saying only where it has been said before. */
	if (role == NULL ? !approval : strcmp(role, role_name(ROLE_PARTICIPANT)) != 0)
		return BAD_REQUEST;
	return approval ? plan_approval(p, form) : plan_request(p);
}

/* Clients offer it to whoever has no voice. In a room that is not moderated just now nobody lacks it. */
static void
add_disco(const struct room *r, struct xml *query)
{
	if (r->config.allow_voice_requests)
		disco_feature(r->service->arena, query, FORM_TYPE);
}

static const struct route routes[] = {
	{ KIND_MESSAGE, TO_ROOM, TYPE_NORMAL, NS_DATA, "x", NEED_ROOM, plan_form, NULL },
	{ 0 },
};

const struct feature feature_voice = {
	.name = "voice",
	.routes = routes,
	.may = { [CH_VOICE] = may_voice },
	.on = { [CH_VOICE] = on_voice },
	.add_disco = add_disco,
};
