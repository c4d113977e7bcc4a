/* SPDX-License-Identifier: ISC */
/*
 * alike.c - nicknames that look like a moderator's
 *
 * XEP-0045 14.6: mimicking others by visually similar characters. Whoever does not belong to a room does not
 * speak in it as if they had a say there.
 */
#include "base/alike.h"
#include "base/mem.h"
#include "feature.h"

/* Moderators who are looked at, in order of entering: a room of nothing else costs no more. */
#define MOST 50

/* A nick stays with its occupant, and whoever is refused may try again at once. */
static const char *
form_of(struct arena *a, struct occupant *o)
{
	if (o->alike == NULL)
		o->alike = mem_strdup(alike_form(a, o->nick));
	return o->alike;
}

/* Who has become a member by registering, without anybody's word, belongs to the room no more than others. */
static bool
is_member_by_others(const struct plan *p)
{
	const char *bare = p->ev->from.bare;
	struct affil f;

	if (p->ev->affiliation < AFF_MEMBER)
		return false;
	return p->ev->affiliation >= AFF_ADMIN || !affiliation_stored(p->room, bare, &f) ||
	       f.actor == NULL || strcmp(f.actor, bare) != 0;
}

/* Who may be taken for whom they like: members and more, and who is a moderator. */
static bool
is_trusted(const struct plan *p)
{
	const struct session *s = p->ev->session;

	return (s != NULL && s->occupant->role == ROLE_MODERATOR) ||
	       service_admin(p->s, p->ev->from.bare) || is_member_by_others(p);
}

static enum deny
look_at(const struct room *r, const struct plan *p, const char *nick)
{
	struct arena *a = p->s->arena;
	const char *form = NULL;
	struct occupant *o;
	unsigned n = 0;

	if (is_trusted(p))
		return OK;
	TAILQ_FOREACH (o, &r->occupants, entry) {
		if (o->role != ROLE_MODERATOR || strcmp(o->nick, nick) == 0)
			continue;
		if (++n > MOST)
			break;
		if (form == NULL)
			form = alike_form(a, nick);
		if (strcmp(form, form_of(a, o)) == 0)
			return NICK_ALIKE;
	}
	return OK;
}

static enum deny
may_take(const struct room *r, const struct plan *p, const struct change *c)
{
	return look_at(r, p, c->nick);
}

/* Nor is it reserved by oneself, where one would go by it at once (7.10) or later. */
static enum deny
may_reserve(const struct room *r, const struct plan *p, const struct change *c)
{
	return c->own && c->reserves ? look_at(r, p, c->affil.nick) : OK;
}

const struct feature feature_alike = {
	.name = "alike",
	.may = {
		[CH_ENTER] = may_take,
		[CH_RENAME] = may_take,
		[CH_AFFILIATION] = may_reserve,
	},
};
