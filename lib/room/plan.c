/* SPDX-License-Identifier: ISC */
/*
 * plan.c - what a request will have changed
 */
#include "plan.h"

#include <string.h>

void
plan_init(struct plan *p, struct service *s, const struct ev *ev, struct room *r)
{
	memset(p, 0, sizeof(*p));
	p->s = s;
	p->ev = ev;
	p->room = r;
	p->side = &p->rest;
	p->deeds_end = &p->deeds;
	TAILQ_INIT(&p->changes);
}

void
plan_release(struct plan *p)
{
	for (struct plan *deed = p->deeds; deed != NULL; deed = deed->next)
		plan_release(deed);
	pairs_release(&p->first);
	pairs_release(&p->rest);
	map_release(&p->affils);
	map_release(&p->nicks);
	map_release(&p->named);
	if (p->reply_wire != NULL)
		wire_unref(p->reply_wire);
	left_free(p->s);
}

struct change *
plan_add(struct plan *p, enum change_kind kind)
{
	struct change *c = arena_alloc(p->s->arena, sizeof(*c));

	c->kind = kind;
	TAILQ_INSERT_TAIL(&p->changes, c, entry);
	return c;
}

static const char *
name_of(const struct plan *p, const char *kind, const char *name)
{
	return arena_cat(p->s->arena, kind, name, NULL);
}

bool
plan_names(struct plan *p, const char *kind, const char *name)
{
	return map_put(&p->named, name_of(p, kind, name), p) == NULL;
}

bool
plan_named(const struct plan *p, const char *kind, const char *name)
{
	return map_get(&p->named, name_of(p, kind, name)) != NULL;
}

bool
plan_own_affiliation(const struct plan *p, const char *jid, enum affiliation *a)
{
	const struct change *c = map_get(&p->affils, jid);
	struct affil f;

	if (c != NULL) {
		*a = c->affil.affiliation;
		return *a != AFF_NONE;
	}
	if (!affiliation_stored(p->room, jid, &f))
		return false;
	*a = f.affiliation;
	return true;
}

static bool
find_planned(const void *plan, const char *jid, enum affiliation *a)
{
	return plan_own_affiliation(plan, jid, a);
}

enum affiliation
plan_affiliation(const struct plan *p, const char *bare)
{
	if (map_count(&p->affils) == 0)
		return affiliation_of(p->room, bare);
	return affiliation_find(p->s->arena, find_planned, p, bare);
}

struct change *
plan_add_affiliation(struct plan *p, const struct affil *f)
{
	struct change *c = plan_add(p, CH_AFFILIATION);
	enum affiliation own;
	bool had = plan_own_affiliation(p, f->jid, &own);
	const char *owner = f->nick != NULL ? plan_nick_owner(p, f->nick) : NULL;

	c->affil = *f;
	c->before = plan_affiliation(p, f->jid);
	p->owners += (f->affiliation == AFF_OWNER) - (had && own == AFF_OWNER);
	p->records += (f->affiliation != AFF_NONE) - had;
	map_put(&p->affils, c->affil.jid, c);
	if (f->nick != NULL) {
		c->reserves = owner == NULL || strcmp(owner, f->jid) != 0;
		map_put(&p->nicks, c->affil.nick, c);
	}
	return c;
}

/* Who has it already keeps it before all who want it: so a second owner is seen, and refused. */
const char *
plan_nick_owner(const struct plan *p, const char *nick)
{
	const char *owner = nick_owner(p->room, nick);
	const struct change *c;

	if (owner != NULL) {
		c = map_get(&p->affils, owner);
		if (c == NULL || (c->affil.nick != NULL && strcmp(c->affil.nick, nick) == 0))
			return owner;
	}
	c = map_get(&p->nicks, nick);
	if (c != NULL && map_get(&p->affils, c->affil.jid) == c)
		return c->affil.jid;
	return NULL;
}

unsigned
plan_owners(const struct plan *p)
{
	return (unsigned)((int)p->room->nowners + p->owners);
}

const struct step *
plan_take_step(struct plan *p, const struct occupant *o)
{
	const struct step *step = p->step;

	if (step == NULL || strcmp(step->jid, o->bare) != 0)
		return NULL;
	p->step = NULL;
	return step;
}

size_t
plan_pairs(const struct plan *p)
{
	const size_t n = p->room != NULL ? map_count(&p->room->sessions) : 0;
	const struct change *c;
	size_t told = 0, leaving = 0, deeds = 0;

	TAILQ_FOREACH (c, &p->changes, entry)
		switch (c->kind) {
		case CH_LEAVE:
			leaving++;
			break;
		case CH_STANDING:
			told += !c->unsaid;
			break;
		case CH_AFFILIATION:
			told += !c->shown;
			break;
		case CH_ROLE:
		case CH_SHOW:
		case CH_VOICE:
		case CH_ANNOUNCE:
		case CH_LOCKDOWN:
			told++;
			break;
		case CH_RENICK:
			told += 2;
			break;
		case CH_ROSTER:
			told += p->promoted;
			break;
		default:
			break;
		}
	for (const struct plan *deed = p->deeds; deed != NULL; deed = deed->next)
		deeds += plan_pairs(deed);
	/* Those who leave hear of themselves alone. */
	return deeds + told * n + leaving + (leaving < n ? leaving * (n - leaving) : 0);
}
