/* SPDX-License-Identifier: ISC */
/*
 * affiliations.c - owners, admins, members, outcasts: who may make whom what
 *
 * XEP-0045 5.2.2, 9.1 to 9.5, 10.3 to 10.8.
 */
#include "feature.h"

void
plan_grant(struct plan *p, const struct affil *f)
{
	struct affil stored;
	bool had = affiliation_stored(p->room, f->jid, &stored);
	bool same_reason =
	    !had || (f->reason == NULL && stored.reason == NULL) ||
	    (f->reason != NULL && stored.reason != NULL && strcmp(f->reason, stored.reason) == 0);

	if (f->affiliation != (had ? stored.affiliation : AFF_NONE) || !same_reason)
		plan_add_affiliation(p, f);
}

/* The change in the plan that decides about an occupant: to its own JID, or its domain's; or NULL. */
static struct change *
cause_of(const struct plan *p, const struct occupant *o)
{
	struct change *own = map_get(&p->affils, o->bare);
	const char *at = strchr(o->bare, '@');
	enum affiliation a;

	if (own != NULL || at == NULL)
		return own;
	return plan_own_affiliation(p, o->bare, &a) ? NULL : map_get(&p->affils, at + 1);
}

/* A change of an occupant's standing at the end of the plan. */
static void
add_standing(struct plan *p, struct occupant *o, const struct change *cause, enum affiliation now,
    unsigned code)
{
	struct change *c = plan_add(p, CH_STANDING);

	c->occupant = o;
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
	c->actor = actor_nick(p);
}

enum deny
plan_standings(struct plan *p)
{
	enum affiliation now;
	struct occupant *o;
	struct change *cause;

	if (map_count(&p->affils) == 0)
		return OK;
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
	return OK;
}

/*
 * The highest affiliation that one may give, and may touch in others: 5.2.1. Admins deal with
 * members and outcasts, owners with all.
 */
static const enum affiliation reach[] = {
	[AFF_OUTCAST] = AFF_OUTCAST,
	[AFF_NONE] = AFF_OUTCAST,
	[AFF_MEMBER] = AFF_OUTCAST,
	[AFF_ADMIN] = AFF_MEMBER,
	[AFF_OWNER] = AFF_OWNER,
};

static enum deny
may_affiliation(const struct room *r, const struct plan *p, const struct change *c)
{
	enum affiliation have = p->ev->affiliation, to = c->affil.affiliation;

	if (have < AFF_ADMIN || to > reach[have])
		return FORBIDDEN;
	/* 9.1: nobody bans himself. */
	if (to == AFF_OUTCAST && strcmp(c->affil.jid, p->ev->from.bare) == 0)
		return CONFLICT;
	/* 9.1: an outranked target is not-allowed; 10.4, 10.7: taking a rank is the owners' right. */
	if (c->before > reach[have])
		return to == AFF_OUTCAST ? NOT_ALLOWED : FORBIDDEN;
	/* 10.2 to 10.5: the last owner stays one, whoever asks. */
	if (c->before == AFF_OWNER && plan_owners(p) == 0)
		return LAST_OWNER;
	if (p->records > 0 && r->naffiliations + p->records > p->s->limits.affiliations_per_room)
		return RESOURCE_CONSTRAINT;
	return OK;
}

/*
 * 10.3, example 176, 10.6, example 190: of somebody who is not here the occupants hear by a message;
 * it names a JID, so only those hear it who may see JIDs.
 */
static void
tell_absent(struct plan *p, const struct change *c)
{
	struct arena *a = p->s->arena;
	struct xml *x = stanza_new(a, "message", p->room, NULL, NULL, fresh_id(p->s));
	struct xml *item = xml_add(a, xml_add(a, x, NS_MUC_USER, "x"), NS_MUC_USER, "item");
	struct wire *w;
	struct occupant *o;
	struct session *s;

	xml_set(a, item, "affiliation", affiliation_name(c->affil.affiliation));
	xml_set(a, item, "jid", c->affil.jid);
	xml_set(a, item, "role", role_name(ROLE_NONE));
	w = wire_new(p->s, x);
	p->side = &p->first;
	TAILQ_FOREACH (o, &p->room->occupants, entry)
		if (sees_jid(p->room, o, NULL))
			TAILQ_FOREACH (s, &o->sessions, entry)
				tell(p, w, s->addr);
	p->side = &p->rest;
	wire_unref(w);
}

static void
on_affiliation(struct plan *p, const struct change *c)
{
	affiliation_set(p->room, &c->affil, p->ev->from.bare);
	if (!c->here && c->before != c->affil.affiliation)
		tell_absent(p, c);
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
	tell_presence_all(p, &pr, TELL_EVERYBODY, NULL);
}

const struct feature feature_affiliations = {
	.name = "affiliations",
	.may = { [CH_AFFILIATION] = may_affiliation },
	.on = { [CH_AFFILIATION] = on_affiliation, [CH_STANDING] = on_standing },
};
