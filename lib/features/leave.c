/* SPDX-License-Identifier: ISC */
/*
 * leave.c - going out, of one's own will or not
 *
 * XEP-0045 7.14 (of one's own will), 8.2 (kicked), 9.1 (banned), 9.4 and 10.2 (no member), 11 (the
 * service removes somebody).
 */
#include "feature.h"

/* 8.2: of a kick the one who is kicked is told first, then the moderator, then the others. */
static struct pairs *
side_of_self(struct plan *p, const struct change *c)
{
	return c->code == STATUS_KICKED ? &p->first : &p->rest;
}

/* One of several sessions under a nick goes: the nick stays, with another presence perhaps. */
static void
one_of_many(struct plan *p, const struct change *c, struct presence *pr)
{
	struct session *s = c->session;
	struct occupant *o = s->occupant;
	bool was_seen = session_is_seen(s);
	struct presence left = { .occupant = o, .role = o->role };

	pr->shown = s;
	if (!c->silent)
		tell_presence(p, pr, s, true);
	session_remove(s);
	if (was_seen)
		tell_presence_all(p, &left, TELL_EVERYBODY, NULL);
}

static void
on_leave(struct plan *p, const struct change *c)
{
	struct occupant *o = c->session != NULL ? c->session->occupant : c->occupant;
	struct presence pr = {
		.occupant = o,
		.unavailable = true,
		.role = ROLE_NONE,
		.text = c->text,
		.text_len = c->text_len,
		.lang = c->text != NULL ? xml_lang(p->ev->stanza) : NULL,
		.actor = c->actor,
		.reason = c->reason,
		.codes = { c->code },
		.step = plan_take_step(p, o),
	};

	if (c->session != NULL && o->nsessions > 1) {
		one_of_many(p, c, &pr);
		return;
	}
	if (!c->silent) {
		p->side = side_of_self(p, c);
		tell_presence_all(p, &pr, TELL_SELF, NULL);
		p->side = &p->rest;
	}
	tell_presence_all(p, &pr, TELL_OTHERS, NULL);
	for (unsigned n = o->nsessions; n > 0; n--)
		session_remove(TAILQ_FIRST(&o->sessions));
}

/*
 * 17.3: unavailable from somebody who is not in is ignored. It need not name the right nick: a
 * server tells us that a session ends, whatever address it knows.
 */
static enum deny
plan_leave(struct plan *p)
{
	const struct ev *ev = p->ev;
	struct change *c;

	if (ev->session == NULL)
		return IGNORE;
	/* 10.1.3: with its creator a room that was never configured goes, too. */
	if (p->room->locked && p->room->noccupants == 1 && ev->session->occupant->nsessions == 1) {
		plan_add(p, CH_DESTROY);
		return OK;
	}
	c = plan_add(p, CH_LEAVE);
	c->session = ev->session;
	/* Who leaves has left: too much of it is not said, and not refused. */
	c->text = clean_payload(
	    p->s, p->room->jid, ev->stanza, (size_t)p->s->limits.presence_bytes, &c->text_len);
	return OK;
}

static const struct route routes[] = {
	{ KIND_PRESENCE, TO_NICK | TO_ROOM, TYPE_UNAVAILABLE, NULL, NULL, 0, plan_leave, NULL },
	{ 0 },
};

const struct feature feature_leave = {
	.name = "leave",
	.routes = routes,
	.on = { [CH_LEAVE] = on_leave },
};
