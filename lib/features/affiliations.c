/* SPDX-License-Identifier: ISC */
/*
 * affiliations.c - owners, admins, members, outcasts: who may make whom what
 *
 * XEP-0045 5.2.2, 9.1 to 9.5, 10.3 to 10.8, 18.1 (who is not there is told, too); XEP-0463 5.2.2.
 */
#include "feature.h"

/* NULL is a text, too. */
static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

const char *
plan_listed(const struct plan *p, const char *jid, enum affiliation to)
{
	const char *ways[2];
	enum affiliation a;

	if (to > AFF_NONE || plan_own_affiliation(p, jid, &a))
		return jid;
	if (to == AFF_OUTCAST)
		return jid_pure(p->s->arena, jid);
	jid_ways(p->s->arena, jid, ways);
	for (int i = 0; i < 2; i++)
		if (plan_own_affiliation(p, ways[i], &a) && a == AFF_OUTCAST)
			return ways[i];
	return jid;
}

struct change *
plan_grant(struct plan *p, const struct affil *f)
{
	struct affil stored = { .affiliation = AFF_NONE }, now = *f;

	if (!affiliation_stored(p->room, f->jid, &stored))
		stored.affiliation = AFF_NONE;
	/* 9.5: without the attribute the nick is as before, an empty one unsets it; 9.1. */
	if (now.nick == NULL)
		now.nick = stored.nick;
	if (now.affiliation <= AFF_NONE || (now.nick != NULL && *now.nick == '\0'))
		now.nick = NULL;
	if (now.affiliation != stored.affiliation)
		return plan_add_affiliation(p, &now);
	/* Whoever says nothing new of why has not taken back what was said. */
	if (now.reason == NULL)
		now.reason = stored.reason;
	if (same_text(now.nick, stored.nick) && same_text(now.reason, stored.reason))
		return NULL;
	return now.affiliation != AFF_NONE ? plan_add_affiliation(p, &now) : NULL;
}

static struct change *
cause_written(const struct plan *p, const char *bare)
{
	struct change *own = map_get(&p->affils, bare), *domains;
	const char *at = strchr(bare, '@');
	enum affiliation a;

	if (own != NULL || at == NULL)
		return own;
	/* Asked first: the store need not be, for each who is in. */
	domains = map_get(&p->affils, at + 1);
	return domains != NULL && !plan_own_affiliation(p, bare, &a) ? domains : NULL;
}

/*
 * The change in the plan that decides about an occupant: to its own JID, or its domain's; or a ban of either as it is
 * not written by its server; or NULL.
 */
static struct change *
cause_of(const struct plan *p, const struct occupant *o)
{
	struct change *c = cause_written(p, o->bare);
	const char *ways[2];

	if (c != NULL)
		return c;
	jid_ways(p->s->arena, o->bare, ways);
	for (int i = 0; i < 2 && c == NULL; i++)
		if (ways[i] != o->bare && plan_affiliation(p, o->bare) == AFF_OUTCAST)
			c = cause_written(p, ways[i]);
	return c;
}

/*
 * XEP-0463 5.2.2: versions follow each other in the order in which they are told. So what an occupant's
 * presence tells is made right before it, behind what messages tell.
 */
static void
show_cause(struct plan *p, const struct occupant *o, struct change *cause, enum affiliation now)
{
	if (cause->shown || strcmp(cause->affil.jid, o->bare) != 0 ||
	    cause->affil.affiliation != now)
		return;
	cause->shown = true;
	TAILQ_REMOVE(&p->changes, cause, entry);
	TAILQ_INSERT_TAIL(&p->changes, cause, entry);
}

/* A change of an occupant's standing at the end of the plan. */
static void
add_standing(
    struct plan *p, struct occupant *o, struct change *cause, enum affiliation now, unsigned code)
{
	struct change *c;

	show_cause(p, o, cause, now);
	c = plan_add(p, CH_STANDING);
	c->occupant = o;
	c->before = o->affiliation;
	c->affil.affiliation = now;
	c->affil.reason = cause->affil.reason;
	c->unsaid = code != 0;
	if (now >= AFF_ADMIN && o->role != ROLE_MODERATOR)
		p->promoted += o->nsessions;
	if (code == 0)
		return;
	c = plan_add(p, CH_LEAVE);
	c->occupant = o;
	c->code = code;
	c->reason = cause->affil.reason;
	c->actor = cause->own ? NULL : actor_nick(p);
}

/* 7.10: where nicks are locked down, the one that is reserved now becomes the occupant's. */
static void
add_renick(struct plan *p, struct occupant *o, const char *nick)
{
	struct change *c;

	if (!p->room->config.reservednick || nick == NULL || strcmp(nick, o->nick) == 0)
		return;
	c = plan_add(p, CH_RENICK);
	c->occupant = o;
	c->nick = nick;
}

enum deny
plan_standings(struct plan *p)
{
	enum affiliation now;
	struct occupant *o;
	struct change *cause;

	if (map_count(&p->affils) == 0)
		return OK;
	p->s->walked += p->room->noccupants;
	TAILQ_FOREACH (o, &p->room->occupants, entry) {
		cause = cause_of(p, o);
		if (cause == NULL)
			continue;
		if (plan_named(p, "nick/", o->nick))
			return BAD_REQUEST;
		cause->here = true;
		now = plan_affiliation(p, o->bare);
		if (now == AFF_OUTCAST)
			add_standing(p, o, cause, now, STATUS_BANNED);
		else if (p->room->config.membersonly && now < AFF_MEMBER)
			add_standing(p, o, cause, now, STATUS_AFFILIATION_LOST);
		else if (now != o->affiliation)
			add_standing(p, o, cause, now, 0);
	}
	/* Who goes by two nicks has the new standing under both before they become one. */
	TAILQ_FOREACH (o, &p->room->occupants, entry)
		if ((cause = map_get(&p->affils, o->bare)) != NULL)
			add_renick(p, o, cause->affil.nick);
	return OK;
}

enum deny
plan_granted(struct plan *p)
{
	enum deny deny = plan_standings(p);

	if (deny == OK && p->promoted > 0 && p->room->config.whois != WHOIS_ANYONE)
		plan_add(p, CH_ROSTER);
	return deny;
}

/* What the sender may make of others. */
static enum deny
may_rank(const struct plan *p, const struct change *c)
{
	enum affiliation to = c->affil.affiliation;

	/* 9: who is no admin asks in vain. */
	if (!may(p, MAY_BAN))
		return FORBIDDEN;
	/* 9.1: nobody bans themselves. */
	if (to == AFF_OUTCAST && strcmp(c->affil.jid, p->ev->from.bare) == 0)
		return CONFLICT;
	/* 9.1: an outranked target is not-allowed; 10.4, 10.7: taking a rank is the owners' right. */
	if (!may(p, affiliation_change(c->before, to)))
		return to == AFF_OUTCAST ? NOT_ALLOWED : FORBIDDEN;
	return OK;
}

/* Rooms of ours, and who is in them by the address that the room shows, are nobody who could enter. */
static bool
is_nobody(const struct service *s, const char *jid)
{
	return service_domain(s, jid_domain(jid)) >= 0;
}

static enum deny
may_affiliation(const struct room *r, const struct plan *p, const struct change *c)
{
	enum deny deny = c->own || c->invited ? OK : may_rank(p, c);
	const bool to_ban = c->affil.affiliation == AFF_OUTCAST;
	int64_t most = p->s->limits.affiliations_per_room;

	if (deny != OK)
		return deny;
	if (c->affil.affiliation != AFF_NONE && is_nobody(p->s, c->affil.jid))
		return ITEM_NOT_FOUND;
	/* 10.2 to 10.5: the last owner stays one, whoever asks. */
	if (c->before == AFF_OWNER && plan_owners(p) == 0)
		return LAST_OWNER;
	/* Whoever comes may register, and members invite; that leaves room for whom an admin wants to ban. */
	if (c->own || (c->invited && !may(p, MAY_EDIT_MEMBERS)))
		most /= 2;
	if (p->records > 0 && r->naffiliations + p->records > most)
		return RESOURCE_CONSTRAINT;
	/* When storage runs out rooms go on, and who is in can be banned. */
	if (p->records > 0 && !(to_ban && c->here) && service_full(p->s))
		return SERVICE_FULL;
	/* 7.10, example 72: one nick has one owner, and nobody loses the one they go by. */
	return c->reserves ? nick_free(p, c->affil.nick, c->affil.jid) : OK;
}

/*
 * 10.3, example 176, 10.6, example 190: of somebody who is not here the occupants hear by a message;
 * it names a JID, so only those hear it who may see JIDs, and behind the code that says so (10.2.1). XEP-0463
 * 5.2.2: who follows the lists hears of each change in them, `to_all` or not: of the affiliation that somebody
 * has of their own, not by their domain.
 */
static void
tell_absent(struct plan *p, const struct change *c, enum affiliation now, bool to_all)
{
	struct wire *wire[LISTS] = { NULL };
	struct occupant *o;
	struct session *s;

	p->side = p->configured ? &p->rest : &p->first;
	TAILQ_FOREACH (o, &p->room->occupants, entry) {
		if (!sees_jid(p->room, o, NULL))
			continue;
		TAILQ_FOREACH (s, &o->sessions, entry) {
			unsigned lists = p->step != NULL ? session_lists(s) : 0;

			if (lists == 0 && !to_all)
				continue;
			if (wire[lists] == NULL)
				wire[lists] = wire_affiliation(p, c->affil.jid,
				    lists != 0 ? c->affil.affiliation : now, p->step, lists);
			tell(p, wire[lists], s->addr);
		}
	}
	p->side = &p->rest;
	wires_unref(wire, LISTS);
}

/*
 * 18.1: who is not here hears of it, too, with code 101. Nothing that the sender has written goes with
 * it: nobody asked for this message. Nor do whole domains, or whoever did it themselves.
 */
static void
tell_concerned(struct plan *p, const struct change *c, enum affiliation now)
{
	struct arena *a = p->s->arena;
	struct xml *x, *user, *item;

	if (strchr(c->affil.jid, '@') == NULL || strcmp(c->affil.jid, p->ev->from.bare) == 0 ||
	    !sender_spend(p->s, &p->ev->from, ALLOWANCE_NOTICE) ||
	    !user_spend(p->s, c->affil.jid, ALLOWANCE_NOTICED))
		return;
	x = stanza_new(a, "message", p->room, NULL, NULL, fresh_id(p->s));
	user = xml_add(a, x, NS_MUC_USER, "x");
	item = xml_add(a, user, NS_MUC_USER, "item");
	xml_set(a, item, "affiliation", affiliation_name(now));
	xml_set(a, item, "jid", c->affil.jid);
	xml_set(a, item, "role", role_name(ROLE_NONE));
	codes_write(a, user, (const unsigned[8]){ STATUS_AFFILIATION_CHANGED });
	tell_jid(p, x, c->affil.jid);
}

/* Whose word it is: who reserves a nickname has not made himself what he was before. */
static const char *
word_of(const struct plan *p, const struct change *c)
{
	struct affil f;

	if (c->own && affiliation_stored(p->room, c->affil.jid, &f) &&
	    f.affiliation == c->affil.affiliation)
		return f.actor;
	return p->ev->from.bare;
}

/* Makes the change; as a step of versions it waits in the plan until it is told. */
static void
make(struct plan *p, const struct change *c)
{
	struct step *step = arena_alloc(p->s->arena, sizeof(*step));

	step->jid = c->affil.jid;
	step->affiliation = c->affil.affiliation;
	step->since = version_now(p->room);
	affiliation_set(p->room, &c->affil, word_of(p, c));
	step->until = version_now(p->room);
	p->step = memcmp(&step->since, &step->until, sizeof(step->since)) != 0 ? step : NULL;
}

static void
on_affiliation(struct plan *p, const struct change *c)
{
	enum affiliation now;
	bool to_all;

	make(p, c);
	if (c->shown)
		return;
	/* Whose own goes may have another by its domain. */
	now = affiliation_of(p->room, c->affil.jid);
	to_all = !c->here && c->before != now;
	tell_absent(p, c, now, to_all);
	if (to_all)
		tell_concerned(p, c, now);
	p->step = NULL;
}

/* Somebody who is here: the new role follows from the new affiliation (5.1.3), and all see it. */
static void
on_standing(struct plan *p, const struct change *c)
{
	struct occupant *o = c->occupant;
	struct presence pr = { .occupant = o, .reason = c->affil.reason };
	enum role before = o->role;

	/* Who leaves by the same plan is seen to leave as what they were. */
	if (!c->unsaid)
		o->role =
		    role_after(&p->room->config, o->affiliation, c->affil.affiliation, before);
	o->affiliation = c->affil.affiliation;
	if (c->unsaid)
		return;
	if (o->role == ROLE_MODERATOR && before != ROLE_MODERATOR &&
	    p->room->config.whois != WHOIS_ANYONE)
		o->promoted = true;
	occupant_save(o);
	pr.role = o->role;
	pr.hides = plan_hides(p, before, o->role);
	pr.step = plan_take_step(p, o);
	tell_presence_all(p, &pr, TELL_EVERYBODY, NULL);
}

const struct feature feature_affiliations = {
	.name = "affiliations",
	.may = { [CH_AFFILIATION] = may_affiliation },
	.on = { [CH_AFFILIATION] = on_affiliation, [CH_STANDING] = on_standing },
};
