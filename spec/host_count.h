/* SPDX-License-Identifier: ISC */
/*
 * host_count.h - is what is noted of the archives what they hold?
 *
 * Apart from the other checks: a session of room.h is not one of host_in.h.
 */
#ifndef HOST_COUNT_H
#define HOST_COUNT_H

#include <stdbool.h>

#include "muc.h"
#include "store.h"

/* The first byte of keys in table aging that are about rooms that are no more. */
#define HOST_AGING_DEAD 3

/* Of each room and of all of them: entries, bytes, the time of the oldest, and its place in table aging. */
bool host_counted(struct store *, const struct muc_stats *);

#endif
