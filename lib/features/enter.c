/* SPDX-License-Identifier: ISC */
/*
 * enter.c - coming in
 *
 * XEP-0045 7.1 (the order of events), 7.2.1, 7.2.2, 10.1.1; 17.3 (who is in already is told all
 * again).
 */
#include "feature.h"

/* What one is told on entering, up to one's own presence: 7.1. It costs them what lists did not. */
static void
tell_entry(struct plan *p, const struct change *c, struct session *s)
{
	struct presence self = {
		.occupant = s->occupant, .role = s->occupant->role, .id = p->ev->id
	};
	size_t nbytes;

	features_codes(p, c, self.self_codes);
	features_greet(p, s);
	nbytes = tell_roster(p, s);
	tell_presence(p, &self, s, true);
	note_entered(p, s, true, c->kind == CH_SYNC);
	sender_told(p->s, &p->ev->from, nbytes);
}

static void
on_enter(struct plan *p, const struct change *c)
{
	struct room *r = p->room;
	enum affiliation affiliation = affiliation_of(r, c->from->bare);
	struct session *s = session_add(
	    r, c->nick, c->from, role_entering(r, c->from->bare, affiliation), affiliation);
	struct presence pr = { .occupant = s->occupant, .role = s->occupant->role };

	session_presence(s, p->ev->stanza, c->text, c->text_len);
	session_save(s);
	/* One more session under a nick is news only when it is the one that is shown. */
	if (occupant_shown(s->occupant) == s)
		tell_presence_all(p, &pr, TELL_EVERYBODY, s);
	tell_entry(p, c, s);
}

static void
on_sync(struct plan *p, const struct change *c)
{
	tell_entry(p, c, c->session);
}

/*
 * Somebody who is in enters again, perhaps under another nick: they have lost track. Their own presence comes
 * once, behind those of the others: it says that they know all (7.2.2).
 */
static void
plan_again(struct plan *p, struct session *s, const char *nick, bool renicked)
{
	struct change *c;

	plan_presence(p, s, nick, renicked);
	TAILQ_FOREACH (c, &p->changes, entry)
		c->silent = true;
	c = plan_add(p, CH_SYNC);
	c->session = s;
	c->renicked = renicked;
}

static enum deny
plan_enter(struct plan *p)
{
	const struct ev *ev = p->ev;
	const char *nick = nick_asked(p);
	struct change *c;

	if (nick == NULL)
		return BAD_NICK;
	nick = nick_assigned(p, nick);
	if (ev->session != NULL) {
		plan_again(p, ev->session, nick, strcmp(nick, ev->to.resource) != 0);
		return presence_fits(p);
	}
	if (p->room == NULL)
		plan_add(p, CH_CREATE);
	c = plan_add(p, CH_ENTER);
	c->from = &ev->from;
	c->nick = nick;
	c->renicked = strcmp(nick, ev->to.resource) != 0;
	c->x = ev->x;
	c->text = clean_payload(
	    p->s, ev->to.bare, ev->stanza, (size_t)p->s->limits.presence_bytes, &c->text_len);
	return presence_fits(p);
}

/* 7.2.1, example 19. */
static enum deny
plan_no_nick(struct plan *p)
{
	(void)p;
	return NO_NICK;
}

static const struct route routes[] = {
	{ KIND_PRESENCE, TO_NICK, TYPE_AVAILABLE, NS_MUC, "x", 0, plan_enter, NULL },
	{ KIND_PRESENCE, TO_ROOM, TYPE_AVAILABLE, NULL, NULL, 0, plan_no_nick, NULL },
	{ 0 },
};

const struct feature feature_enter = {
	.name = "enter",
	.routes = routes,
	.on = { [CH_ENTER] = on_enter, [CH_SYNC] = on_sync },
};
