/* SPDX-License-Identifier: ISC */
/*
 * lockdown.c - until when rooms are for members alone
 */
#include "room.h"

static int
lockdown_cmp(const struct room *a, const struct room *b)
{
	if (a->lockdown_ms != b->lockdown_ms)
		return a->lockdown_ms < b->lockdown_ms ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

RB_GENERATE(lockdown_tree, room, ending, lockdown_cmp)

bool
room_locked_down(const struct room *r)
{
	return r->lockdown_ms > r->service->now.wall_ms;
}

bool
lockdown_mutes(const struct occupant *o)
{
	return room_locked_down(o->room) && o->affiliation < AFF_MEMBER &&
	       o->role != ROLE_MODERATOR;
}

void
lockdown_watch(struct room *r)
{
	if (r->lockdown_ms != 0)
		RB_INSERT(lockdown_tree, &r->service->lockdowns, r);
}

void
lockdown_unwatch(struct room *r)
{
	if (r->lockdown_ms != 0)
		RB_REMOVE(lockdown_tree, &r->service->lockdowns, r);
	r->lockdown_ms = 0;
}

void
room_lock_down(struct room *r, int64_t until_ms)
{
	lockdown_unwatch(r);
	r->lockdown_ms = until_ms;
	lockdown_watch(r);
	room_save(r);
}
