/* SPDX-License-Identifier: ISC */
/*
 * retracting.c - all that somebody wrote in a room is being taken back
 */
#include "retracting.h"

#include <string.h>

#include "../base/rec.h"
#include "archive.h"

enum { /* tags of a record in table retracting; never reused */
	RETRACTING_JID = 1,
	RETRACTING_SINCE = 2,
	RETRACTING_ACTOR = 3,
	RETRACTING_NICK = 4,
	RETRACTING_LANG = 5,
	RETRACTING_AUDITED = 6,
	RETRACTING_REASON = 7,
	RETRACTING_AT = 8,
	RETRACTING_FOUND = 9,
	RETRACTING_TOLD = 10,
};

static struct bytes
key_of(const struct retracting *w, uint8_t key[ARCHIVE_KEY_LEN])
{
	return archive_key(w->room_id, w->end, key);
}

void
retracting_load(struct service *s)
{
	s->retracts = !table_is_empty(s, TABLE_retracting);
}

void
retracting_put(struct service *s, const struct retracting *w)
{
	uint8_t key[ARCHIVE_KEY_LEN];
	struct buf b = BUF_INIT;

	rec_put_str(&b, RETRACTING_JID, w->jid);
	rec_put_u64(&b, RETRACTING_SINCE, (uint64_t)w->since_ms);
	rec_put_str(&b, RETRACTING_ACTOR, w->actor);
	rec_put_str(&b, RETRACTING_NICK, w->nick);
	rec_put_u64(&b, RETRACTING_LANG, w->lang);
	rec_put_u64(&b, RETRACTING_AUDITED, w->audited);
	rec_put_str(&b, RETRACTING_REASON, w->reason);
	rec_put(&b, RETRACTING_AT, w->at, ARCHIVE_ID_LEN);
	rec_put_u64(&b, RETRACTING_FOUND, w->found);
	rec_put_u64(&b, RETRACTING_TOLD, w->told);
	s->store->put(s->store, TABLE_retracting, key_of(w, key), (struct bytes){ b.p, b.len });
	s->retracts = true;
	buf_release(&b);
}

void
retracting_del(struct service *s, const struct retracting *w)
{
	uint8_t key[ARCHIVE_KEY_LEN];

	s->store->del(s->store, TABLE_retracting, key_of(w, key));
}

struct search {
	struct service *service;
	struct retracting *out;
};

static void
read_field(struct arena *a, const struct rec *r, struct retracting *w)
{
	switch (r->tag) {
	case RETRACTING_JID:
		w->jid = rec_str(a, r);
		break;
	case RETRACTING_SINCE:
		w->since_ms = (int64_t)rec_u64(r);
		break;
	case RETRACTING_ACTOR:
		w->actor = rec_str(a, r);
		break;
	case RETRACTING_NICK:
		w->nick = rec_str(a, r);
		break;
	case RETRACTING_LANG:
		w->lang = rec_u64(r) < LANG_COUNT ? (enum lang)rec_u64(r) : LANG_EN;
		break;
	case RETRACTING_AUDITED:
		w->audited = rec_u64(r) != 0;
		break;
	case RETRACTING_REASON:
		w->reason = rec_str(a, r);
		break;
	case RETRACTING_AT:
		if (r->len == ARCHIVE_ID_LEN)
			memcpy(w->at, r->val, ARCHIVE_ID_LEN);
		break;
	case RETRACTING_FOUND:
		w->found = rec_u64(r);
		break;
	case RETRACTING_TOLD:
		w->told = rec_u64(r);
		break;
	default:
		break;
	}
}

/* False: the record cannot be read. */
static bool
read_work(struct arena *a, struct bytes key, struct bytes val, struct retracting *w)
{
	struct rec r;

	memset(w, 0, sizeof(*w));
	if (key.n != ARCHIVE_KEY_LEN)
		return false;
	w->room_id = bytes_id(key.p);
	memcpy(w->end, (const uint8_t *)key.p + 8, ARCHIVE_ID_LEN);
	memcpy(w->at, w->end, ARCHIVE_ID_LEN);
	rec_init(&r, val.p, val.n);
	while (rec_next(&r))
		read_field(a, &r, w);
	return w->jid != NULL && w->actor != NULL;
}

static int
next_visit(void *arg, struct bytes key, struct bytes val)
{
	struct search *f = arg;

	return read_work(f->service->arena, key, val, f->out);
}

bool
retracting_next(struct service *s, struct retracting *out)
{
	const struct bytes after = { s->retracted_key, ARCHIVE_KEY_LEN };
	struct search f = { s, out };

	if (s->store->each(s->store, TABLE_retracting, BYTES_NONE, after, next_visit, &f) !=
		STORE_STOP &&
	    s->store->each(s->store, TABLE_retracting, BYTES_NONE, BYTES_NONE, next_visit, &f) !=
		STORE_STOP) {
		s->retracts = false;
		return false;
	}
	key_of(out, s->retracted_key);
	return true;
}

static int
count_visit(void *arg, struct bytes key, struct bytes val)
{
	(void)key, (void)val;
	++*(unsigned *)arg;
	return 0;
}

unsigned
retracting_count(const struct room *r)
{
	struct service *s = r->service;
	uint8_t id[8];
	unsigned n = 0;

	s->store->each(s->store, TABLE_retracting, id_key(r->id, id), BYTES_NONE, count_visit, &n);
	return n;
}

struct walk {
	struct arena *arena;
	int (*visit)(void *, const struct retracting *);
	void *arg;
};

static int
walk_visit(void *arg, struct bytes key, struct bytes val)
{
	const struct walk *w = arg;
	struct retracting work;

	return read_work(w->arena, key, val, &work) ? w->visit(w->arg, &work) : 0;
}

void
retracting_each(const struct room *r, int (*visit)(void *arg, const struct retracting *), void *arg)
{
	struct service *s = r->service;
	struct walk w = { s->arena, visit, arg };
	uint8_t id[8];

	s->store->each(s->store, TABLE_retracting, id_key(r->id, id), BYTES_NONE, walk_visit, &w);
}

const char *
retracting_nick(const struct room *r, const struct retracting *w)
{
	const struct occupant *o = w->nick != NULL ? room_nick(r, w->nick) : NULL;

	return o != NULL && jid_is_of(w->actor, o->bare) ? w->nick : NULL;
}
