/* SPDX-License-Identifier: ISC */
/*
 * oracle_ops.c - THE table of operations, and how one of them is done
 *
 * A row is a kind of operation, done at random as often as its weight says. A feature adds its row here and the
 * function that writes its stanza to oracle_stanza.c or oracle_manage.c. A row with `must` has to be taken by the
 * service some time in a full run; the rows without are known from the XEP and refused by a service that does not
 * have that part.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "oracle.h"

static bool
do_wait(struct world *w, struct deed *d)
{
	(void)d;
	world_passes(w, 60000 + chance(w, 600000));
	return true;
}

static bool
do_wait_long(struct world *w, struct deed *d)
{
	(void)d;
	world_passes(w, INT64_C(3600000) * (1 + chance(w, 60)));
	return true;
}

static bool
is_nowhere(const struct world *w, const struct client *c)
{
	for (unsigned room = 0; room < NROOMS; room++)
		if (truth_in(w, c, room))
			return false;
	return true;
}

/* Goes without a word, as far as the service can know. */
static bool
do_vanish(struct world *w, struct deed *d)
{
	struct client *c = &w->client[chance(w, NCLIENTS)];

	(void)d;
	if (c->life != ALIVE || is_nowhere(w, c))
		return false;
	c->life = likely(w, 40) ? SILENT : DEAD;
	world_notes(w, "%s is %s", c->full, c->life == DEAD ? "dead" : "silent");
	for (unsigned room = 0; room < NROOMS; room++)
		view_loses(&c->view[room]);
	return true;
}

static bool
do_return(struct world *w, struct deed *d)
{
	struct client *c = &w->client[chance(w, NCLIENTS)];

	(void)d;
	if (c->life == ALIVE)
		return false;
	c->life = ALIVE;
	world_notes(w, "%s is back", c->full);
	return true;
}

/* A server tells all rooms of the end of a session. */
static bool
do_disconnect(struct world *w, struct deed *d)
{
	struct client *c = &w->client[chance(w, NCLIENTS)];
	struct buf b = BUF_INIT;
	bool any = false;

	(void)d;
	for (unsigned room = 0; room < NROOMS; room++) {
		if (c->life != ALIVE || !truth_in(w, c, room))
			continue;
		any = true;
		buf_adds(&b, "<presence type='unavailable' from='");
		xml_escape(&b, c->full);
		buf_adds(&b, "' to='");
		xml_escape(&b, w->model[room].jid);
		buf_adds(&b, "/whoever'/>");
		buf_addc(&b, '\0');
		world_input(w, b.p, NULL);
		buf_release(&b);
	}
	return any;
}

static bool do_restart(struct world *, struct deed *);
static bool do_kill(struct world *, struct deed *);
static bool do_crash(struct world *, struct deed *);
static bool do_forced(struct world *, struct deed *);
static bool do_link(struct world *, struct deed *);
static bool do_crowded(struct world *, struct deed *);

#define CONFIG(name, weight, must, var, values)                                                    \
	{                                                                                          \
		"config " name, weight, OWNER, must, make_config, var, values                      \
	}
#define ROOMCONFIG "muc#roomconfig_"

const struct op ops[] = {
	{ "create", 25, ANYBODY, true, make_create, NULL, NULL },
	{ "unlock", 30, OWNER, true, make_unlock, NULL, NULL },
	{ "enter", 300, OUTSIDE, true, make_enter, NULL, NULL },
	{ "enter again", 15, INSIDE, true, make_enter_again, NULL, NULL },
	{ "enter with history", 40, OUTSIDE, true, make_enter_history, NULL, NULL },
	{ "come back", 40, LOST, true, make_enter_again, NULL, NULL },
	{ "leave, forgotten", 25, LOST, true, make_leave, NULL, NULL },
	{ "leave", 25, INSIDE, true, make_leave, NULL, NULL },
	{ "nick", 30, INSIDE, true, make_rename, NULL, NULL },
	{ "presence", 60, INSIDE, true, make_presence, NULL, NULL },
	{ "presence from outside", 6, OUTSIDE, true, make_outside_presence, NULL, NULL },
	{ "say", 130, INSIDE, true, make_say, NULL, NULL },
	{ "say with forged children", 10, INSIDE, true, make_say_forged, NULL, NULL },
	{ "marker", 10, INSIDE, true, make_marker, NULL, NULL },
	{ "archive", 25, ANYBODY, true, make_archive, NULL, NULL },
	{ "subject", 12, INSIDE, true, make_subject, NULL, NULL },
	{ "kick", 14, MODERATOR, true, make_kick, NULL, NULL },
	{ "role", 40, MODERATOR, true, make_role, NULL, NULL },
	{ "ban", 8, ADMIN, true, make_ban, NULL, NULL },
	{ "domain", 8, ADMIN, true, make_ban_domain, NULL, NULL },
	{ "affiliation", 40, ADMIN, true, make_affiliation, NULL, NULL },
	{ "affiliation by nick", 12, ADMIN, true, make_affiliation_by_nick, NULL, NULL },
	{ "nick reserved", 15, ADMIN, true, make_reserve, NULL, NULL },
	{ "many items", 25, ADMIN, true, make_items, NULL, NULL },
	{ "list", 12, ADMIN, true, make_list, NULL, NULL },
	CONFIG("whois", 14, true, ROOMCONFIG "whois", "anyone|moderators"),
	CONFIG("moderated", 14, true, ROOMCONFIG "moderatedroom", "0|1"),
	CONFIG("members-only", 7, true, ROOMCONFIG "membersonly", "0|0|0|1"),
	CONFIG("password", 7, true, ROOMCONFIG "roomsecret", "|||one|two"),
	CONFIG("persistent", 7, true, ROOMCONFIG "persistentroom", "0|1"),
	CONFIG("changesubject", 6, true, ROOMCONFIG "changesubject", "0|1"),
	CONFIG("maxusers", 6, true, ROOMCONFIG "maxusers", "0|8|30|abc|-1"),
	CONFIG("public", 4, true, ROOMCONFIG "publicroom", "0|1"),
	CONFIG("name", 4, true, ROOMCONFIG "roomname", "A&B|<name/>|"),
	CONFIG("presencebroadcast", 10, true, ROOMCONFIG "presencebroadcast",
	    "moderator participant visitor|moderator participant|moderator|"),
	CONFIG("allowpm", 4, true, ROOMCONFIG "allowpm", "anyone|participants|moderators|none"),
	CONFIG("allowinvites", 3, true, ROOMCONFIG "allowinvites", "0|1"),
	CONFIG("logging", 3, true, ROOMCONFIG "enablelogging", "0|1"),
	CONFIG("archiving", 3, true, ROOMCONFIG "enablearchiving", "0|1"),
	CONFIG("history", 3, true, "muc#maxhistoryfetch", "0|1|5|100"),
	CONFIG("getmemberlist", 3, true, ROOMCONFIG "getmemberlist", "moderator|participant|"),
	CONFIG("queries", 3, true, "allow_query_users", "0|1"),
	CONFIG("visitors' nicks", 3, true, "allow_visitor_nickchange", "0|1"),
	CONFIG("visitors' status", 3, true, "allow_visitor_status", "0|1"),
	CONFIG("voice requests", 3, true, "allow_voice_requests", "0|1"),
	CONFIG("nicks locked down", 6, true, "x-muc#roomconfig_reservednick", "0|1"),
	CONFIG("registration", 3, true, "x-muc#roomconfig_registration", "0|1|1"),
	CONFIG("approval", 4, true, "x-muc#roomconfig_registrationapproval", "auto|always|never"),
	{ "config of the owners", 6, OWNER, true, make_config_owners, NULL, NULL },
	{ "config of many fields", 12, OWNER, true, make_config_many, NULL, NULL },
	{ "config asked for", 4, OWNER, true, make_config_get, NULL, NULL },
	{ "config cancelled", 3, OWNER, true, make_cancel, NULL, NULL },
	{ "destroy", 2, OWNER, true, make_destroy, NULL, NULL },
	{ "retract", 20, INSIDE, true, make_retract, NULL, NULL },
	{ "moderate", 15, MODERATOR, true, make_moderate, NULL, NULL },
	{ "private message", 20, INSIDE, true, make_pm, NULL, NULL },
	{ "groupchat to one", 3, INSIDE, false, make_say_to_one, NULL, NULL },
	{ "invite", 8, INSIDE, true, make_invite, NULL, NULL },
	{ "decline", 3, OUTSIDE, true, make_decline, NULL, NULL },
	{ "register: ask", 3, ANYBODY, true, make_register_get, NULL, NULL },
	{ "register", 10, ANYBODY, true, make_register_set, NULL, NULL },
	{ "register: remove", 3, ANYBODY, true, make_register_remove, NULL, NULL },
	{ "register: approve", 6, ADMIN, true, make_approve, NULL, NULL },
	{ "voice request", 6, VISITOR, true, make_voice_request, NULL, NULL },
	{ "voice granted", 4, MODERATOR, true, make_voice_grant, NULL, NULL },
	{ "disco", 8, ANYBODY, true, make_disco, NULL, NULL },
	{ "ping", 8, INSIDE, true, make_ping, NULL, NULL },
	{ "IQ to one", 10, INSIDE, true, make_iq_to_one, NULL, NULL },
	{ "error", 4, INSIDE, true, make_error, NULL, NULL },
	{ "garbage", 15, ANYBODY, false, make_garbage, NULL, NULL },
	{ "many disconnect", 3, WORLD, true, do_disconnect, NULL, NULL },
	{ "vanish", 12, WORLD, true, do_vanish, NULL, NULL },
	{ "be back", 60, WORLD, true, do_return, NULL, NULL },
	{ "wait", 12, WORLD, true, do_wait, NULL, NULL },
	{ "wait long", 1, WORLD, true, do_wait_long, NULL, NULL },
	{ "options forced", 4, WORLD, true, do_forced, NULL, NULL },
	{ "restart", 10, WORLD, true, do_restart, NULL, NULL },
	{ "kill", 10, WORLD, true, do_kill, NULL, NULL },
	{ "crash", 20, WORLD, true, do_crash, NULL, NULL },
	{ "link down and up", 8, WORLD, true, do_link, NULL, NULL },
	{ "no room for input", 8, WORLD, true, do_crowded, NULL, NULL },
};

#define NOPS (sizeof(ops) / sizeof(ops[0]))

size_t
ops_count(void)
{
	return NOPS;
}

/* -- choosing -- */

static const struct op *
choose(struct world *w)
{
	unsigned total = 0, n;

	for (size_t i = 0; i < NOPS; i++)
		total += ops[i].weight;
	n = chance(w, total);
	for (size_t i = 0;; i++) {
		if (n < ops[i].weight)
			return &ops[i];
		n -= ops[i].weight;
	}
}

const struct op *
ops_config(struct world *w)
{
	const struct op *op;

	do
		op = &ops[chance(w, NOPS)];
	while (op->make != make_config);
	return op;
}

static bool
suits(const struct world *w, enum who who, const struct client *c, unsigned room)
{
	const struct room *r = truth_room(w, room);
	const struct session *s = r != NULL ? map_get(&r->sessions, c->full) : NULL;

	if (c->life != ALIVE || c->view[room].lost != (who == LOST))
		return false;
	switch (who) {
	case OUTSIDE:
		return s == NULL;
	case INSIDE:
	case LOST:
		return s != NULL;
	case VISITOR:
		return s != NULL && s->occupant->role == ROLE_VISITOR;
	case MODERATOR:
		return s != NULL && s->occupant->role == ROLE_MODERATOR;
	case ADMIN:
		return truth_affiliation(w, c, room) >= AFF_ADMIN;
	case OWNER:
		return truth_affiliation(w, c, room) == AFF_OWNER;
	default:
		return true;
	}
}

/* Mostly somebody who may; sometimes anybody, to be refused. In that room, or, NROOMS, in any. */
static bool
cast(struct world *w, const struct op *op, unsigned room, struct deed *d)
{
	enum who who = op->who != LOST && likely(w, 12) ? ANYBODY : op->who;

	for (int i = 0; i < 300; i++) {
		d->client = &w->client[chance(w, NCLIENTS)];
		d->room = room < NROOMS ? room : chance(w, NROOMS);
		if (suits(w, who, d->client, d->room))
			return true;
	}
	return false;
}

/* -- doing -- */

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* Gives it to the service. What it is to come to was settled when it was made. */
static void
give(struct world *w, struct deed *d)
{
	const struct room *r = truth_room(w, d->room);

	if (w->crowded && !begins(d->stanza, "<presence")) {
		d->foul = d->foul || d->fair;
		d->fair = false;
	}
	d->is_iq = begins(d->stanza, "<iq ") && (strstr(d->stanza, "type='get'") != NULL ||
						    strstr(d->stanza, "type='set'") != NULL);
	d->in_before = truth_in(w, d->client, d->room);
	d->by_admin = truth_affiliation(w, d->client, d->room) >= AFF_ADMIN;
	d->room_id = r != NULL ? r->id : 0;
	if (d->effect == EFFECT_ENTER)
		view_enters(&d->client->view[d->room], d->id);
	if (d->effect == EFFECT_LOST)
		view_loses(&d->client->view[d->room]);
	world_input(w, d->stanza, d);
}

/* One deed of somebody, in that room or in any; false: it is not possible now. */
static bool
do_deed_in(struct world *w, const struct op *op, unsigned room)
{
	struct deed *d = &w->deed[w->ndeeds];

	if (w->ndeeds == NDEEDS)
		return false;
	memset(d, 0, sizeof(*d));
	d->op = op;
	snprintf(d->id, sizeof(d->id), "d%lu", ++w->ids);
	if (!cast(w, op, room, d) || !op->make(w, d))
		return false;
	w->ndeeds++;
	world_notes(w, "%s: %s: %s", op->name, w->model[d->room].jid, d->stanza);
	give(w, d);
	return true;
}

static bool
do_deed(struct world *w, const struct op *op)
{
	return do_deed_in(w, op, NROOMS);
}

/* Some deeds in one turn, by those who are not lost. */
static void
do_deeds(struct world *w, unsigned n)
{
	const struct op *op;

	while (n > 0) {
		op = choose(w);
		if (op->who != WORLD && op->who != LOST && do_deed(w, op))
			n--;
	}
}

/* -- what comes of it -- */

static void
was_said(struct world *w, const struct deed *d)
{
	struct model *m = &w->model[d->room];
	struct due due = { .user = d->client->user };

	if (w->loses && m->id != d->room_id)
		return;
	due.stored = d->stored;
	if (!d->is_iq)
		memcpy(due.id, d->id, sizeof(due.id));
	memcpy(due.nick, d->nick, sizeof(due.nick));
	for (unsigned i = 0; i < NCLIENTS; i++)
		if ((d->recipients & CLIENT(i)) != 0)
			view_expects(&w->client[i].view[d->room], &due);
	if (m->id != d->room_id)
		return;
	if (d->takes_back > 0)
		m->said[d->takes_back - 1].retracted = w->step;
	if (!d->kept)
		return;
	if (m->nsaid == m->cap) {
		m->cap = m->cap > 0 ? 2 * m->cap : 64;
		m->said = mem_realloc(m->said, m->cap * sizeof(*m->said));
	}
	m->said[m->nsaid++] = due;
}

/* The turn has happened: what the clients are to be told of it, from the first of its deeds on. */
static void
apply(struct world *w, unsigned first)
{
	for (unsigned i = first; i < w->ndeeds; i++) {
		struct deed *d = &w->deed[i];
		struct model *m = &w->model[d->room];

		if (d->effect == EFFECT_SAY && d->fair)
			was_said(w, d);
		else if (d->effect == EFFECT_SUBJECT && d->fair && m->id == d->room_id) {
			memcpy(m->subject, d->text, TEXT_MAX);
			memcpy(m->subject_nick, d->nick, TEXT_MAX);
		} else if (d->effect == EFFECT_ENTER)
			d->entered_at = m->nsaid;
	}
}

static bool
do_restart(struct world *w, struct deed *d)
{
	(void)d;
	world_restart(w);
	return true;
}

/* Of some rooms addresses are never to be open, so who may see them is not forced. */
static bool
do_forced(struct world *w, struct deed *d)
{
	static const char *const forced[][9] = {
		{ NULL },
		{ "moderatedroom", "1", "enablearchiving", "0", NULL },
		{ "presencebroadcast", "moderator", "persistentroom", "1", NULL },
		{ "presencebroadcast", "moderator participant", "moderatedroom", "1", NULL },
		{ "membersonly", "1", NULL },
		{ "membersonly", "0", "whois", "moderators", "passwordprotectedroom", "0", NULL },
		{ "allow_visitor_status", "0", "changesubject", "1", "persistentroom", "0", NULL },
		{ "muc#maxhistoryfetch", "2", "x-muc#roomconfig_reservednick", "1", NULL },
	};

	(void)d;
	world_forces(w, forced[likely(w, 50) ? 0 : chance(w, COUNT(forced))]);
	return true;
}

static bool
do_kill(struct world *w, struct deed *d)
{
	struct model was[NROOMS];

	(void)d;
	memcpy(was, w->model, sizeof(was));
	do_deeds(w, 1 + chance(w, 4));
	/* None of it has happened: not even that a room went, and another came in its place. */
	memcpy(w->model, was, sizeof(was));
	world_kill(w);
	/* Whoever waits for an answer gives up. */
	for (unsigned i = 0; i < w->ndeeds; i++)
		view_stays(&w->deed[i].client->view[w->deed[i].room]);
	return true;
}

/* Some turns, of which the clients hear the beginning. */
static void
do_unheard(struct world *w)
{
	unsigned first;

	for (unsigned n = 1 + chance(w, 6); n > 0 && !w->failed; n--) {
		first = w->ndeeds;
		do_deeds(w, 1 + chance(w, 3));
		apply(w, first);
		world_rests(w);
		world_passes(w, 1 + chance(w, 300));
	}
}

/* What comes of deeds of which some were never answered. */
static void
settle_unheard(struct world *w)
{
	for (unsigned i = 0; i < w->ndeeds; i++) {
		struct deed *d = &w->deed[i];
		struct view *v = &d->client->view[d->room];

		/* It may have entered before, and not know it. */
		if (d->refused && strcmp(v->enters, d->id) == 0 &&
		    (v->in || !truth_in(w, d->client, d->room)))
			view_stays(v);
		if ((d->effect == EFFECT_LOOK || d->effect == EFFECT_ENTER) && !d->refused &&
		    d->in_after)
			d->client->look[d->room] = d->look;
	}
}

/* Of what was told last not all arrives, and then it ends; perhaps again before that has arrived. */
static bool
do_crash(struct world *w, struct deed *d)
{
	(void)d;
	world_fences(w, true);
	w->killed = w->loses = true;
	w->reaches = likely(w, 50) ? 0 : chance(w, 60);
	for (unsigned n = 1 + (likely(w, 40) ? 1 + chance(w, 2) : 0); n > 0 && !w->failed; n--) {
		do_unheard(w);
		if (likely(w, 20)) {
			w->reaches = 0;
			world_link(w);
		}
		world_notes(w, "crash");
		w->again = true;
		w->loses = n > 1;
		w->reaches = likely(w, 50) ? 0 : chance(w, 60);
		settle_unheard(w);
		world_crash(w);
	}
	world_rests(w);
	for (unsigned i = 0; i < NCLIENTS && !w->failed; i++)
		client_has_all(w, &w->client[i]);
	world_passes(w, 1000);
	world_fences(w, false);
	return true;
}

static bool
do_link(struct world *w, struct deed *d)
{
	(void)d;
	do_deeds(w, chance(w, 4));
	apply(w, 0);
	world_link(w);
	return true;
}

static bool
do_crowded(struct world *w, struct deed *d)
{
	(void)d;
	w->crowded = true;
	do_deeds(w, 1 + chance(w, 3));
	w->crowded = false;
	apply(w, 0);
	return true;
}

static void
settle_one(struct world *w, struct deed *d)
{
	struct tally *t = &w->tally[d->op - ops];
	bool ignored = d->op->make == make_leave && !d->in_before;

	if (d->refused || ignored)
		t->refused++;
	else
		t->taken++;
	if (d->foul && !d->refused)
		world_fails(
		    w, d->client, "%s: was taken, but must be refused: %s", d->op->name, d->stanza);
	if (d->fair && d->refused)
		world_fails(w, d->client, "%s: was refused: %s", d->op->name, d->stanza);
	if (d->is_iq && !d->answered && d->op->make == make_iq_to_one)
		memcpy(d->client->open[d->client->nopened++ % NOPEN], d->id, sizeof(d->id));
	else if (d->is_iq && !d->answered)
		world_fails(w, d->client, "%s: no answer to %s", d->op->name, d->stanza);
	if ((d->effect == EFFECT_LOOK || d->effect == EFFECT_ENTER) && !d->refused && d->in_after)
		d->client->look[d->room] = d->look;
	for (unsigned i = 0; d->effect == EFFECT_PM && !d->refused && i < NCLIENTS; i++)
		if ((d->recipients & CLIENT(i)) != 0 && !w->client[i].view[d->room].lost)
			world_fails(
			    w, &w->client[i], "a private message did not come: %s", d->stanza);
}

static void
settle(struct world *w)
{
	for (unsigned i = 0; i < w->ndeeds; i++) {
		if (!w->killed && !w->failed)
			settle_one(w, &w->deed[i]);
		free(w->deed[i].stanza);
		w->deed[i].stanza = NULL;
	}
}

/* -- a step -- */

static void
step_begins(struct world *w)
{
	w->step++;
	w->ndeeds = 0;
	w->killed = w->again = false;
	w->told.len = 0;
	free(w->last[w->step % NLAST]);
	w->last[w->step % NLAST] = NULL;
	w->log.len = 0;
	arena_reset(w->a);
	truth_begins(w);
}

/* Chooses until something is possible. */
static void
do_something(struct world *w)
{
	const struct op *op;

	do {
		op = choose(w);
		if (op->who == WORLD && op->make(w, NULL)) {
			w->tally[op - ops].taken++;
			world_notes(w, "%s", op->name);
			return;
		}
	} while (op->who == WORLD || !do_deed(w, op));
	if (op->who != LOST && likely(w, 8))
		do_deeds(w, 1 + chance(w, 5));
	apply(w, 0);
}

/* So many presences in one room that others have to wait there, for LATE_MS at most. */
#define MANY	30
#define LATE_MS 100000

static void
do_many_presences(struct world *w)
{
	const unsigned room = chance(w, NROOMS);
	const struct op *op = ops;

	while (op->make != make_presence)
		op++;
	for (unsigned n = 0; n < MANY && do_deed_in(w, op, room); n++)
		continue;
	world_rests(w);
	settle(w);
	w->ndeeds = 0;
}

void
ops_step(struct world *w)
{
	const bool few = likely(w, 6);

	step_begins(w);
	world_presences(w, few);
	if (few)
		do_many_presences(w);
	do_something(w);
	world_rests(w);
	world_passes(w, few ? LATE_MS : likely(w, 10) ? chance(w, 3000) : 1);
	settle(w);
	truth_checks(w);
}
