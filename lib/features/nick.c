/* SPDX-License-Identifier: ISC */
/*
 * nick.c - whose nick it is, and taking another one
 *
 * XEP-0045 7.2.8 (conflict; one bare JID may share a nick among its sessions), 7.6 (changing it).
 */
#include "feature.h"

/* For entering and renaming alike: a nick is one bare JID's. */
static enum deny
may_take(const struct room *r, const struct plan *p, const struct change *c)
{
	const struct occupant *o = room_nick(r, c->nick);

	return o != NULL && strcmp(o->bare, p->ev->from.bare) != 0 ? NICK_CONFLICT : OK;
}

/*
 * The old nick is still there, with its other sessions. Told to `to`, who has been told that it is
 * gone; NULL: to everybody, since another presence is shown for it.
 */
static void
tell_left(struct plan *p, const struct occupant *o, const struct session *to)
{
	struct presence left = { .occupant = o, .role = o->role };

	if (to != NULL)
		tell_presence(p, &left, to, false);
	else
		tell_presence_all(p, &left, TELL_EVERYBODY, NULL);
}

/*
 * 7.6, example 50: `unavailable` of the old nick with 303 and the new one, then the new presence.
 * Where other sessions stay behind under the old nick, that nick is not gone: only the session
 * itself is told 303, the others see a new nick come.
 */
static void
on_rename(struct plan *p, const struct change *c)
{
	struct session *s = c->session;
	struct occupant *o = s->occupant;
	bool alone = o->nsessions == 1;
	struct presence old = {
		.occupant = o,
		.shown = s,
		.unavailable = true,
		.role = o->role,
		.new_nick = c->nick,
		.codes = { STATUS_NEW_NICK },
	};
	struct presence now = { .unavailable = false };

	if (alone)
		tell_presence_all(p, &old, TELL_EVERYBODY, NULL);
	else
		tell_presence(p, &old, s, true);
	session_rename(s, c->nick);
	if (!alone)
		tell_left(p, o, c->was_shown ? NULL : s);
	now.occupant = s->occupant;
	now.role = s->occupant->role;
	if (c->renicked)
		now.self_codes[0] = STATUS_NICK_CHANGED_BY_ROOM;
	tell_presence_all(p, &now, TELL_EVERYBODY, s);
	now.id = p->ev->id;
	tell_presence(p, &now, s, true);
}

/* 7.2.2: 210 tells that the nick is not the one that was asked for. */
static void
add_codes(const struct plan *p, const struct change *c, unsigned codes[8])
{
	(void)p;
	if (c->renicked)
		code_add(codes, STATUS_NICK_CHANGED_BY_ROOM);
}

const struct feature feature_nick = {
	.name = "nick",
	.may = { [CH_ENTER] = may_take, [CH_RENAME] = may_take },
	.on = { [CH_RENAME] = on_rename },
	.add_codes = add_codes,
};
