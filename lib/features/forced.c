/* SPDX-License-Identifier: ISC */
/*
 * forced.c - options of rooms that the operator has decided for all of them
 *
 * XEP-0045 10.1.2 and 10.2 leave to the service what it lets owners configure. A room that does not agree
 * yet is changed as if an owner had done it: all are told (10.2.1), and who has no place in it any more
 * leaves. In the form such a field is fixed (owner.c), and what a submitted form says of it is not
 * heard: clients send back all that they know.
 */
#include "feature.h"

/* What would be too much to tell is learned as presences come. */
static void
shorten(struct plan *p)
{
	struct change *c, *next;

	if (plan_pairs(p) <= PLAN_PAIRS)
		return;
	TAILQ_FOREACH_SAFE (c, &p->changes, entry, next)
		if (c->kind == CH_SHOW)
			TAILQ_REMOVE(&p->changes, c, entry);
}

/* With this the room may end. */
static void
agree(struct service *s, struct room *r)
{
	struct config now;
	struct plan p;

	if (r->forced == s->force.version)
		return;
	r->forced = s->force.version;
	force_config(r, &now);
	if (config_diff(&now, &r->config) == 0)
		return;
	plan_init(&p, s, NULL, r);
	plan_config(&p, &now);
	shorten(&p);
	plan_run(&p);
	plan_release(&p);
}

static void
on_create(struct plan *p, const struct change *c)
{
	struct config now;

	(void)c;
	p->room->forced = p->s->force.version;
	if (p->s->force.set == 0)
		return;
	force_config(p->room, &now);
	room_configure(p->room, &now);
	room_save(p->room);
}

static void
on_room(struct service *s, struct room *r)
{
	agree(s, r);
}

/* -- time -- */

static int64_t
deadline(const struct service *s)
{
	return s->force.in_memory || s->force.in_store ? s->now.mono_ms : INT64_MAX;
}

/* False: enough for this turn. */
static bool
agree_all(struct service *s)
{
	struct room *r, *next;

	TAILQ_FOREACH_SAFE (r, &s->busy, entry, next) {
		if (s->turn_pairs > TURN_PAIRS || s->turn_bytes > TURN_BYTES)
			return false;
		agree(s, r);
	}
	s->force.in_memory = false;
	return true;
}

static void
tick(struct service *s)
{
	uint64_t ids[FORCE_STEP];
	struct room *r;
	size_t n;

	if (s->force.in_memory && !agree_all(s))
		return;
	if (!s->force.in_store)
		return;
	n = force_step(s, ids);
	for (size_t i = 0; i < n; i++)
		if ((r = room_get_id(s, ids[i])) != NULL)
			agree(s, r);
}

const struct feature feature_forced = {
	.name = "forced",
	.on = { [CH_CREATE] = on_create },
	.deadline = deadline,
	.tick = tick,
	.on_room = on_room,
};
