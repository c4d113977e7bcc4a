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

/* Who may be taken for whom they like: members and more, and who is a moderator. */
static bool
is_trusted(const struct plan *p)
{
	const struct session *s = p->ev->session;

	return plan_affiliation(p, p->ev->from.bare) >= AFF_MEMBER ||
	       (s != NULL && s->occupant->role == ROLE_MODERATOR) ||
	       service_admin(p->s, p->ev->from.bare);
}

static enum deny
may_take(const struct room *r, const struct plan *p, const struct change *c)
{
	struct arena *a = p->s->arena;
	const char *form = NULL;
	struct occupant *o;
	unsigned n = 0;

	if (is_trusted(p))
		return OK;
	TAILQ_FOREACH (o, &r->occupants, entry) {
		if (o->role != ROLE_MODERATOR || strcmp(o->nick, c->nick) == 0)
			continue;
		if (++n > MOST)
			break;
		if (form == NULL)
			form = alike_form(a, c->nick);
		if (strcmp(form, form_of(a, o)) == 0)
			return NICK_ALIKE;
	}
	return OK;
}

const struct feature feature_alike = {
	.name = "alike",
	.may = { [CH_ENTER] = may_take, [CH_RENAME] = may_take },
};
