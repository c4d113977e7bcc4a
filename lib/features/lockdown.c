/* SPDX-License-Identifier: ISC */
/*
 * lockdown.c - a room under attack: for a while only members enter and speak
 *
 * What moderated and members-only rooms are (XEP-0045 7.2.6, 7.4, 8.1), for so many minutes, whatever the
 * configuration says. Nobody is made to leave: most of those who are in did nothing, and would not get back in;
 * but whoever is no member has no voice meanwhile, in no way: not to all, not to one, not by the nickname
 * that they take, and not by a status text: is_muted(). Nor can they become a member by registering. Roles stay,
 * so a room with a thousand occupants is not told a thousand presences, twice.
 */
#include "feature.h"

/* Somebody who is neither a member nor a moderator, in a room that is locked down. */
static bool
is_outside(const struct plan *p)
{
	const struct ev *ev = p->ev;

	return room_locked_down(p->room) && ev != NULL && ev->affiliation < AFF_MEMBER &&
	       !may(p, MAY_KICK);
}

static enum deny
may_enter(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r, (void)c;
	return is_outside(p) ? REGISTRATION_REQUIRED : OK;
}

/* XEP-0313 6.1.2. Who is in already reads on. */
static enum deny
may_read(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r, (void)c;
	return p->ev->session == NULL && is_outside(p) ? MEMBERS_READ : OK;
}

static enum deny
may_speak(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r, (void)c;
	return is_outside(p) ? QUIET : OK;
}

/* 7.10: who registers with an open room is a member. */
static enum deny
may_affiliation(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r;
	return c->own && c->affil.affiliation >= AFF_MEMBER && is_outside(p) ? LOCKED_DOWN : OK;
}

/* 10.2.1: what disco#info says of the room has changed. */
static void
on_lockdown(struct plan *p, const struct change *c)
{
	room_lock_down(p->room, c->until_ms);
	tell_codes(p, (const unsigned[8]){ STATUS_CONFIG_CHANGED });
}

void
plan_lockdown(struct plan *p, int64_t until_ms)
{
	plan_add(p, CH_LOCKDOWN)->until_ms = until_ms;
	plan_announced(
	    p, until_ms != 0 ? SAID("For a while only members may enter this room, and speak in it")
			     : SAID("This room is as open again as it was before"));
}

/* -- time -- */

static int64_t
deadline(const struct service *s)
{
	const struct room *r =
	    RB_MIN(lockdown_tree, (struct lockdown_tree *)(uintptr_t)&s->lockdowns);

	return r != NULL ? service_due(s, r->lockdown_ms) : INT64_MAX;
}

static void
tick(struct service *s)
{
	struct room *r;
	struct plan p;

	while ((r = RB_MIN(lockdown_tree, &s->lockdowns)) != NULL &&
	       r->lockdown_ms <= s->now.wall_ms && s->turn_pairs <= TURN_PAIRS) {
		plan_init(&p, s, NULL, r);
		plan_lockdown(&p, 0);
		plan_run(&p);
		plan_release(&p);
	}
}

const struct feature feature_lockdown = {
	.name = "lockdown",
	.may = {
		[CH_ENTER] = may_enter,
		[CH_READ] = may_read,
		[CH_MESSAGE] = may_speak,
		[CH_RETRACT] = may_speak,
		[CH_SUBJECT] = may_speak,
		[CH_PRIVATE] = may_speak,
		[CH_INVITE] = may_speak,
		[CH_RENAME] = may_speak,
		[CH_AFFILIATION] = may_affiliation,
	},
	.on = { [CH_LOCKDOWN] = on_lockdown },
	.deadline = deadline,
	.tick = tick,
};
