/* SPDX-License-Identifier: ISC */
/*
 * date.h - times as XMPP writes them (XEP-0082)
 */
#ifndef DATE_H
#define DATE_H

#include <stdbool.h>
#include <stdint.h>

struct arena;

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS	  (60 * MINUTE_MS)
#define DAY_MS	  (24 * HOUR_MS)

/* "2026-03-01T12:00:00.123Z" for milliseconds since 1970, UTC. */
char *date_write(struct arena *, int64_t wall_ms);

/* The reverse; any offset and any number of digits in the fraction. False when it is no date. */
bool date_read(const char *s, int64_t *wall_ms);

/* The first millisecond that is not before it: what has one of ours is then or later exactly from that on. */
bool date_read_up(const char *s, int64_t *wall_ms);

#endif
