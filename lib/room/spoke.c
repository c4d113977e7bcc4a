/* SPDX-License-Identifier: ISC */
/*
 * spoke.c - who has spoken a short while ago, in rooms where that matters; XEP-0500 8
 */
#include "../base/rec.h"
#include "waiting.h"

bool
spoke_lately(const struct room *r, const char *bare, int64_t within_ms)
{
	struct service *s = r->service;
	struct bytes val;
	struct rec f;
	int64_t ago_ms;

	if (s->store->get(s->store, TABLE_spoke, store_key(s->arena, r->id, bare), &val) !=
	    STORE_OK)
		return false;
	rec_init(&f, val.p, val.n);
	if (!rec_next(&f) || f.tag != SHELF_TIME)
		return false;
	/* A clock that was set back makes nobody wait for longer. */
	ago_ms = s->now.wall_ms - (int64_t)rec_u64(&f);
	return ago_ms >= 0 && ago_ms < within_ms;
}

void
spoke_note(struct room *r, const char *bare)
{
	struct service *s = r->service;
	const struct shelf shelf = {
		.table = TABLE_spoke,
		.most = SPOKE_MOST,
		.max_ms = (int64_t)r->config.slow_mode_duration * 1000,
	};
	struct buf b = BUF_INIT;

	rec_put_u64(&b, SHELF_TIME, (uint64_t)s->now.wall_ms);
	shelf_put(r, &shelf, store_key(s->arena, r->id, bare), (struct bytes){ b.p, b.len });
	buf_release(&b);
}

void
spoke_clear(struct room *r)
{
	shelf_clear(r, TABLE_spoke);
}
