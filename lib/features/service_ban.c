/* SPDX-License-Identifier: ISC */
/*
 * service_ban.c - whom the operators keep out of all rooms
 *
 * XEP-0045 14.6. To them the service answers nothing but that. Whoever is in a room when a ban comes is
 * removed as by a ban of the room's (9.1, code 301), but for the affiliation: that is the room's, and
 * stays. Administrators of the service are never banned from it.
 */
#include "feature.h"
#include "room/ban.h"

#define SWEPT 5000 /* occupants looked at in one turn */

/* Leaving, answers and errors are taken: they end things. */
static enum deny
plan_any(struct plan *p)
{
	const struct ev *ev = p->ev;
	struct user *u =
	    ev->session != NULL ? ev->session->occupant->user : user_get(p->s, ev->from.bare);

	return user_ban(p->s, u) != NULL ? BANNED_HERE : PASS;
}

static enum deny
may_invite(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r;
	return user_ban(p->s, user_get(p->s, c->to->bare)) != NULL ? INVITEE_BANNED : OK;
}

/* A search in an archive that goes on when the ban comes ends with it. */
static enum deny
may_read(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r, (void)c;
	return user_ban(p->s, user_get(p->s, p->ev->from.bare)) != NULL ? BANNED_HERE : OK;
}

static void
sweep_room(struct service *s, struct room *r)
{
	struct occupant *o;
	struct change *c;
	const struct ban *b;
	struct plan p;

	plan_init(&p, s, NULL, r);
	TAILQ_FOREACH (o, &r->occupants, entry) {
		b = user_ban(s, o->user);
		if (b == NULL)
			continue;
		c = plan_add(&p, CH_LEAVE);
		c->occupant = o;
		c->code = STATUS_BANNED;
		c->reason = b->reason;
	}
	plan_run(&p);
	plan_release(&p);
}

/* Goes on where it stopped: rooms that were looked at since bans changed are told by their epoch. */
static void
sweep(struct service *s)
{
	struct room *r, *next;
	unsigned looked = 0;

	TAILQ_FOREACH_SAFE (r, &s->busy, entry, next) {
		if (r->ban_epoch == s->bans.epoch)
			continue;
		if (looked > SWEPT || s->turn_pairs > TURN_PAIRS)
			return;
		looked += r->noccupants;
		r->ban_epoch = s->bans.epoch;
		sweep_room(s, r);
	}
	s->bans.sweeping = false;
}

static int64_t
deadline(const struct service *s)
{
	return s->bans.sweeping ? s->now.mono_ms : service_due(s, s->bans.first_ms);
}

static void
tick(struct service *s)
{
	if (s->bans.first_ms <= s->now.wall_ms)
		bans_expire(s);
	if (s->bans.sweeping)
		sweep(s);
}

static const struct route routes[] = {
	{ KIND_IQ | KIND_MESSAGE | KIND_PRESENCE, TO_SERVICE | TO_ROOM | TO_NICK,
	    TYPE_GET | TYPE_SET | TYPE_NORMAL | TYPE_CHAT | TYPE_GROUPCHAT | TYPE_HEADLINE |
		TYPE_AVAILABLE,
	    NULL, NULL, 0, plan_any, NULL },
	{ 0 },
};

const struct feature feature_service_ban = {
	.name = "service_ban",
	.routes = routes,
	.may = { [CH_INVITE] = may_invite, [CH_READ] = may_read },
	.deadline = deadline,
	.tick = tick,
};
