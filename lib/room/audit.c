/* SPDX-License-Identifier: ISC */
/*
 * audit.c - what administrators have done
 *
 * Table audit has the notes under numbers without a gap: so their count is known from the first and the
 * last one.
 */
#include "audit.h"

#include <string.h>

#include "../base/rec.h"

/* More than one that goes for each that comes: the limit may be a lower one by now. */
#define STEP 4

enum { /* tags of a record in table audit; never reused */
	AUDIT_TIME = 1,
	AUDIT_ACTOR = 2,
	AUDIT_COMMAND = 3,
	AUDIT_ROOM = 4,
	AUDIT_TARGET = 5,
	AUDIT_BEFORE = 6,
	AUDIT_AFTER = 7,
	AUDIT_REASON = 8,
};

static int
number_visit(void *arg, struct bytes key, struct bytes val)
{
	(void)val;
	*(uint64_t *)arg = bytes_id(key.p);
	return 1;
}

static void
drop_oldest(struct service *s, uint64_t last)
{
	uint8_t key[8];
	uint64_t first;

	for (int i = 0; i < STEP; i++) {
		s->store->each(s->store, TABLE_audit, BYTES_NONE, BYTES_NONE, number_visit, &first);
		if (last - first < (uint64_t)s->limits.audit_records)
			return;
		s->store->del(s->store, TABLE_audit, id_key(first, key));
	}
}

void
audit_put(struct service *s, const struct audit *n)
{
	struct buf b = BUF_INIT;
	uint64_t last = 0;
	uint8_t key[8];

	s->store->each_back(s->store, TABLE_audit, BYTES_NONE, BYTES_NONE, number_visit, &last);
	rec_put_u64(&b, AUDIT_TIME, (uint64_t)s->now.wall_ms);
	rec_put_str(&b, AUDIT_ACTOR, n->actor);
	rec_put_str(&b, AUDIT_COMMAND, n->command);
	rec_put_str(&b, AUDIT_ROOM, n->room);
	rec_put_str(&b, AUDIT_TARGET, n->target);
	rec_put_str(&b, AUDIT_BEFORE, n->before);
	rec_put_str(&b, AUDIT_AFTER, n->after);
	rec_put_str(&b, AUDIT_REASON, n->reason);
	s->store->put(s->store, TABLE_audit, id_key(last + 1, key), (struct bytes){ b.p, b.len });
	buf_release(&b);
	drop_oldest(s, last + 1);
}

static void
read_audit(struct arena *a, struct bytes key, struct bytes val, struct audit *n)
{
	struct rec r;

	memset(n, 0, sizeof(*n));
	n->no = bytes_id(key.p);
	rec_init(&r, val.p, val.n);
	while (rec_next(&r))
		switch (r.tag) {
		case AUDIT_TIME:
			n->ms = (int64_t)rec_u64(&r);
			break;
		case AUDIT_ACTOR:
			n->actor = rec_str(a, &r);
			break;
		case AUDIT_COMMAND:
			n->command = rec_str(a, &r);
			break;
		case AUDIT_ROOM:
			n->room = rec_str(a, &r);
			break;
		case AUDIT_TARGET:
			n->target = rec_str(a, &r);
			break;
		case AUDIT_BEFORE:
			n->before = rec_str(a, &r);
			break;
		case AUDIT_AFTER:
			n->after = rec_str(a, &r);
			break;
		case AUDIT_REASON:
			n->reason = rec_str(a, &r);
			break;
		default:
			break;
		}
}

struct walk {
	struct service *service;
	int (*visit)(void *, const struct audit *);
	void *arg;
	int result;
};

static int
walk_visit(void *arg, struct bytes key, struct bytes val)
{
	struct walk *w = arg;
	struct audit n;

	read_audit(w->service->arena, key, val, &n);
	return w->result = w->visit(w->arg, &n);
}

int
audit_each_back(
    struct service *s, uint64_t before, int (*visit)(void *arg, const struct audit *), void *arg)
{
	struct walk w = { s, visit, arg, 0 };
	uint8_t key[8];

	s->store->each_back(s->store, TABLE_audit, BYTES_NONE,
	    before != 0 ? id_key(before, key) : BYTES_NONE, walk_visit, &w);
	return w.result;
}

bool
audit_get(struct service *s, uint64_t no, struct audit *n)
{
	uint8_t id[8];
	const struct bytes key = id_key(no, id);
	struct bytes val;

	if (s->store->get(s->store, TABLE_audit, key, &val) != STORE_OK)
		return false;
	read_audit(s->arena, key, val, n);
	return true;
}
