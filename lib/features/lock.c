/* SPDX-License-Identifier: ISC */
/*
 * lock.c - a new room belongs to its creator alone until it is configured
 *
 * XEP-0045 10.1 (creating), 7.2.10 (a locked room does not exist for others), 14.6 (it ends when it
 * is not configured in time).
 */
#include "feature.h"

static enum deny
may_create(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r, (void)c;
	if (strlen(p->ev->to.node) > (size_t)p->s->limits.name_bytes)
		return BAD_ROOM_NAME;
	if (service_full(p->s))
		return SERVICE_FULL;
	return OK;
}

/* It may be made for somebody else, whose it is then. */
static void
on_create(struct plan *p, const struct change *c)
{
	const char *by = p->ev->from.bare;
	struct affil owner = { .affiliation = AFF_OWNER, .jid = c->affil.jid };

	if (owner.jid == NULL)
		owner.jid = by;
	p->room = room_create(p->s, &p->ev->to, owner.jid);
	affiliation_set(p->room, &owner, by);
}

static enum deny
may_enter(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)c;
	return r->locked && !may(p, MAY_ENTER_LOCKED) ? ITEM_NOT_FOUND : OK;
}

static void
on_unlock(struct plan *p, const struct change *c)
{
	(void)c;
	p->room->locked = false;
	room_unwatch(p->room);
	room_save(p->room);
}

/* Who enters again from within is told all that they were told (17.3), and may still have to configure it. */
static void
add_codes(const struct plan *p, const struct change *c, unsigned codes[8])
{
	bool created = TAILQ_FIRST(&p->changes)->kind == CH_CREATE;

	if (created || (c->kind == CH_SYNC && p->room->locked && may(p, MAY_ENTER_LOCKED)))
		code_add(codes, STATUS_CREATED);
}

/* -- time -- */

static int64_t
deadline(const struct service *s)
{
	const struct room *r = RB_MIN(lock_tree, (struct lock_tree *)(uintptr_t)&s->locks);

	return r != NULL ? r->lock_due_ms : INT64_MAX;
}

/* 10.1.1: who does not configure a room in time is taken to have cancelled it. */
static void
tick(struct service *s)
{
	struct room *r;
	struct plan p;

	while ((r = RB_MIN(lock_tree, &s->locks)) != NULL && r->lock_due_ms <= s->now.mono_ms &&
	       s->turn_pairs <= TURN_PAIRS) {
		plan_init(&p, s, NULL, r);
		plan_destroyed(
		    &p, NULL, NULL, text_in(room_lang(r), "The room was not configured in time"));
		plan_run(&p);
		plan_release(&p);
	}
}

const struct feature feature_lock = {
	.name = "lock",
	.may = { [CH_CREATE] = may_create, [CH_ENTER] = may_enter },
	.on = { [CH_CREATE] = on_create, [CH_UNLOCK] = on_unlock },
	.add_codes = add_codes,
	.deadline = deadline,
	.tick = tick,
};
