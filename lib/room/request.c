/* SPDX-License-Identifier: ISC */
/*
 * request.c - registrations that wait for approval; XEP-0045 9.9
 *
 * One for each bare JID. What has waited for too long does not count any more; it is removed when
 * the next one comes.
 */
#include <string.h>

#include "../base/rec.h"
#include "waiting.h"

enum { /* tags of a record in table requests; never reused */
	TAG_JID = 1,
	TAG_NICK = 2,
	TAG_ID = 3,
	TAG_TIME = 4,
	TAG_TEXT = 16, /* and the next REQUEST_TEXTS - 1 */
};

static bool
read_request(struct arena *a, struct bytes val, struct request *out)
{
	struct rec r;

	memset(out, 0, sizeof(*out));
	rec_init(&r, val.p, val.n);
	while (rec_next(&r))
		switch (r.tag) {
		case TAG_JID:
			out->jid = rec_str(a, &r);
			break;
		case TAG_NICK:
			out->nick = rec_str(a, &r);
			break;
		case TAG_ID:
			out->id = rec_str(a, &r);
			break;
		case TAG_TIME:
			out->asked_ms = (int64_t)rec_u64(&r);
			break;
		default:
			if (r.tag >= TAG_TEXT && r.tag < TAG_TEXT + REQUEST_TEXTS)
				out->text[r.tag - TAG_TEXT] = rec_str(a, &r);
			break;
		}
	return out->jid != NULL && out->nick != NULL && out->id != NULL;
}

static bool
waits(const struct service *s, const struct request *q)
{
	return s->now.wall_ms - q->asked_ms < s->limits.registration_wait_s * 1000;
}

bool
request_stored(const struct room *r, const char *bare, struct request *out)
{
	struct service *s = r->service;
	struct request q;
	struct bytes val;

	if (s->store->get(s->store, TABLE_requests, store_key(s->arena, r->id, bare), &val) !=
	    STORE_OK)
		return false;
	if (!read_request(s->arena, val, &q) || !waits(s, &q))
		return false;
	*out = q;
	return true;
}

struct walk {
	struct service *service;
	int (*visit)(void *, const struct request *);
	void *arg;
	bool stale; /* visit those that have waited for too long, not the others */
	int result;
};

static int
walk_one(void *arg, struct bytes key, struct bytes val)
{
	struct walk *w = arg;
	struct request q;

	(void)key;
	if (!read_request(w->service->arena, val, &q) || waits(w->service, &q) == w->stale)
		return 0;
	return w->result = w->visit(w->arg, &q);
}

static int
walk(const struct room *r, bool stale, int (*visit)(void *, const struct request *), void *arg)
{
	struct service *s = r->service;
	struct walk w = { s, visit, arg, stale, 0 };
	uint8_t id[8];

	s->store->each(s->store, TABLE_requests, id_key(r->id, id), BYTES_NONE, walk_one, &w);
	return w.result;
}

int
request_each(const struct room *r, int (*visit)(void *, const struct request *), void *arg)
{
	return walk(r, false, visit, arg);
}

void
request_del(struct room *r, const char *bare)
{
	struct service *s = r->service;

	s->store->del(s->store, TABLE_requests, store_key(s->arena, r->id, bare));
}

#define STALE_STEP 16 /* more than one that goes for each that comes */

struct stale {
	const char *jid[STALE_STEP];
	size_t n;
};

static int
stale_visit(void *arg, const struct request *q)
{
	struct stale *l = arg;

	l->jid[l->n++] = q->jid;
	return l->n == STALE_STEP;
}

void
request_set(struct room *r, const struct request *q)
{
	struct service *s = r->service;
	struct stale l = { .n = 0 };
	struct buf b = BUF_INIT;

	walk(r, true, stale_visit, &l);
	for (size_t i = 0; i < l.n; i++)
		request_del(r, l.jid[i]);
	rec_put_str(&b, TAG_JID, q->jid);
	rec_put_str(&b, TAG_NICK, q->nick);
	rec_put_str(&b, TAG_ID, q->id);
	rec_put_u64(&b, TAG_TIME, (uint64_t)q->asked_ms);
	for (int i = 0; i < REQUEST_TEXTS; i++)
		rec_put_str(&b, (uint8_t)(TAG_TEXT + i), q->text[i]);
	s->store->put(s->store, TABLE_requests, store_key(s->arena, r->id, q->jid),
	    (struct bytes){ b.p, b.len });
	buf_release(&b);
}
