/* SPDX-License-Identifier: ISC */
/*
 * nick.c - whose nick it is, and taking another one
 *
 * XEP-0045 7.2.8 (conflict; one bare JID may share a nick among its sessions), 7.6 (changing it), 7.10,
 * 7.12 (nicks that are reserved, and going by those alone).
 */
#include "feature.h"

enum deny
nick_free(const struct plan *p, const char *nick, const char *bare)
{
	const struct occupant *o = room_nick(p->room, nick);
	const char *owner = plan_nick_owner(p, nick);

	if (o != NULL && strcmp(o->bare, bare) != 0)
		return NICK_CONFLICT;
	return owner != NULL && strcmp(owner, bare) != 0 ? NICK_RESERVED : OK;
}

/* The nick that is reserved for a bare JID, where nicks are locked down; NULL: any will do. */
static const char *
locked_nick(const struct room *r, const char *bare)
{
	struct affil f;

	return r->config.reservednick && affiliation_stored(r, bare, &f) ? f.nick : NULL;
}

const char *
nick_asked(const struct plan *p)
{
	const struct ev *ev = p->ev;

	if (ev->target != NULL)
		return arena_strdup(p->s->arena, ev->target->nick);
	return jid_nick(p->s->arena, ev->to.resource, (size_t)p->s->limits.nick_bytes, false);
}

/* 7.10, 7.2.2: whoever asks for another nick than their own enters under their own, and is told so (210). */
const char *
nick_assigned(const struct plan *p, const char *nick)
{
	const char *locked = p->room != NULL ? locked_nick(p->room, p->ev->from.bare) : NULL;

	return locked != NULL ? locked : nick;
}

static enum deny
may_enter(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r;
	return nick_free(p, c->nick, c->from->bare);
}

/* 7.6, example 53: where nicks are locked down, only to one's own. */
static enum deny
may_rename(const struct room *r, const struct plan *p, const struct change *c)
{
	const struct occupant *o = c->session->occupant;
	const char *locked = locked_nick(r, o->bare);

	if (locked != NULL && strcmp(c->nick, locked) != 0)
		return NICK_LOCKED;
	return nick_free(p, c->nick, o->bare);
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
 * 7.2.4: under a moderator's nick a session sees addresses, also of those who have been here all along.
 * `saw`: it did before.
 */
static void
tell_addresses(struct plan *p, const struct session *s, bool saw)
{
	if (!saw && s->occupant->role == ROLE_MODERATOR && p->room->config.whois != WHOIS_ANYONE)
		tell_roster(p, s);
}

/*
 * That the old nick is gone, for the new one. Where the user is under that one already, and not shown by its
 * role, others will see nobody come: for them the old one goes, and that is all.
 */
static void
tell_renamed(struct plan *p, const struct presence *old)
{
	const struct occupant *to = room_nick(p->room, old->new_nick);
	struct presence gone = {
		.occupant = old->occupant, .shown = old->shown, .unavailable = true
	};

	if (to == NULL || role_shown(&p->room->config, to->role)) {
		tell_presence_all(p, old, TELL_EVERYBODY, NULL);
		return;
	}
	gone.role = to->role;
	tell_presence_all(p, old, TELL_SELF, NULL);
	tell_presence_all(p, &gone, TELL_OTHERS, NULL);
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
	bool alone = o->nsessions == 1, saw_jids = o->role == ROLE_MODERATOR;
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
		tell_renamed(p, &old);
	else
		tell_presence(p, &old, s, true);
	session_rename(s, c->nick);
	if (!alone)
		tell_left(p, o, c->was_seen ? NULL : s);
	now.occupant = s->occupant;
	now.role = s->occupant->role;
	if (c->renicked)
		now.self_codes[0] = STATUS_NICK_CHANGED_BY_ROOM;
	tell_presence_all(p, &now, TELL_EVERYBODY, s);
	if (c->silent)
		return;
	now.id = p->ev->id;
	tell_presence(p, &now, s, true);
	tell_addresses(p, s, saw_jids);
}

static enum deny
may_renick(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r;
	return nick_free(p, c->nick, c->occupant->bare);
}

/*
 * 7.10: all see 210 with the nick that the room gives. Under it the user may be in already, by other
 * sessions and with another role. Who is to be told addresses still is so under any nick.
 */
static void
on_renick(struct plan *p, const struct change *c)
{
	struct occupant *o = c->occupant, *to;
	const unsigned moved = o->nsessions;
	const struct session *s;
	struct presence old = {
		.occupant = o,
		.unavailable = true,
		.role = o->role,
		.new_nick = c->nick,
		.codes = { STATUS_NEW_NICK },
	};
	struct presence now = { .codes = { STATUS_NICK_CHANGED_BY_ROOM } };

	tell_renamed(p, &old);
	for (unsigned n = moved; n > 0; n--)
		session_rename(TAILQ_FIRST(&o->sessions), c->nick);
	to = room_nick(p->room, c->nick);
	to->promoted = to->promoted || o->promoted;
	now.occupant = to;
	now.role = to->role;
	tell_presence_all(p, &now, TELL_EVERYBODY, NULL);
	s = TAILQ_LAST(&to->sessions, session_list);
	for (unsigned n = moved; n > 0; n--, s = TAILQ_PREV(s, session_list, entry))
		tell_addresses(p, s, o->role == ROLE_MODERATOR);
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
	.may = { [CH_ENTER] = may_enter, [CH_RENAME] = may_rename, [CH_RENICK] = may_renick },
	.on = { [CH_RENAME] = on_rename, [CH_RENICK] = on_renick },
	.add_codes = add_codes,
};
