/* SPDX-License-Identifier: ISC */
/*
 * lockdown.h - rooms that are for members alone for a while: what a moderator does who cannot keep up
 *
 * It stands beside the configuration, which stays as the owners want it and can be changed meanwhile; so
 * there is nothing to be put back when it ends. features/lockdown.c says what it means.
 */
#ifndef LOCKDOWN_H
#define LOCKDOWN_H

#include <bsd/sys/tree.h>
#include <stdbool.h>
#include <stdint.h>

struct occupant;
struct room;
RB_HEAD(lockdown_tree, room);

/* Is it locked down now? */
bool room_locked_down(const struct room *);

/* Has somebody in it no voice for so long? Who is neither a member nor a moderator. */
bool lockdown_mutes(const struct occupant *);

/* Locks it down until then (wall), or ends it: 0. It is saved. */
void room_lock_down(struct room *, int64_t until_ms);

/* The room has been loaded; or is no more, here or at all. */
void lockdown_watch(struct room *);
void lockdown_unwatch(struct room *);

/* By when it ends. */
RB_PROTOTYPE(lockdown_tree, room, ending, lockdown_cmp)

#endif
