/* SPDX-License-Identifier: ISC */
/*
 * brief.c - all rooms of a domain, in short, and when they were used
 *
 * To load a room costs memory; what lists say of it is in its record. When it was used last is written
 * with the record, and for itself once an hour at most: for finding rooms that nobody uses that is enough.
 */
#include <string.h>

#include "../base/date.h"
#include "../base/rec.h"
#include "directory.h"
#include "room_tag.h"

enum {
#define TEXT(tag, member, var, alias, bytes, type, label) TAG_OF_##member = tag,
#define BOOL(tag, member, var, alias, def, label)
#define ENUM(tag, member, var, alias, def, label, values)
#define UINT(tag, member, var, alias, def, label)
#define PICK(tag, member, var, alias, def, label, values)
#define SET(tag, member, var, alias, def, label, values)
#include "../tbl/config.h"
#undef TEXT
#undef BOOL
#undef ENUM
#undef UINT
#undef PICK
#undef SET
};

#define USED_STEP_MS HOUR_MS

void
room_used(struct room *r)
{
	r->used_ms = r->service->now.wall_ms;
	if (r->used_ms - r->used_stored_ms >= USED_STEP_MS || r->used_ms < r->used_stored_ms)
		room_save(r);
}

int64_t
room_used_ms(const struct room *r)
{
	return r->used_ms != 0 ? r->used_ms : r->created_ms;
}

static bool
read_brief(struct service *s, struct bytes val, struct room_brief *b)
{
	struct arena *a = s->arena;
	const char *jid = NULL;
	const struct room *r;
	struct rec f;

	rec_init(&f, val.p, val.n);
	while (rec_next(&f)) {
		if (f.tag == TAG_JID)
			jid = rec_str(a, &f);
		else if (f.tag == TAG_LOCKED)
			b->locked = rec_u64(&f) != 0;
		else if (f.tag == TAG_CREATED)
			b->created_ms = (int64_t)rec_u64(&f);
		else if (f.tag == TAG_USED)
			b->used_ms = (int64_t)rec_u64(&f);
		else if (f.tag == TAG_CREATOR)
			b->creator = rec_str(a, &f);
		else if (f.tag == TAG_OF_roomname)
			b->name = rec_str(a, &f);
	}
	if (!jid_split(a, jid, &b->jid) || b->jid.node == NULL)
		return false;
	r = map_get(&s->rooms, b->jid.bare);
	if (r != NULL) {
		b->noccupants = r->noccupants;
		b->used_ms = r->used_ms;
	}
	if (b->used_ms == 0)
		b->used_ms = b->created_ms;
	return true;
}

bool
room_brief(struct service *s, uint64_t id, struct room_brief *b)
{
	struct bytes val;
	uint8_t key[8];

	*b = (struct room_brief){ .id = id };
	return s->store->get(s->store, TABLE_rooms, id_key(id, key), &val) == STORE_OK &&
	       read_brief(s, val, b);
}

struct walk {
	struct service *service;
	int (*visit)(void *, const struct room_brief *);
	void *arg;
	int result;
};

static int
walk_visit(void *arg, struct bytes key, struct bytes id)
{
	struct walk *w = arg;
	struct room_brief b;

	(void)key;
	if (!room_brief(w->service, key_id(id), &b))
		return 0;
	return w->result = w->visit(w->arg, &b);
}

int
rooms_each_after(struct service *s, const char *domain, const char *after,
    int (*visit)(void *arg, const struct room_brief *), void *arg)
{
	const struct bytes prefix = { domain, strlen(domain) + 1 };
	struct walk w = { s, visit, arg, 0 };

	s->store->each(s->store, TABLE_names, prefix,
	    after != NULL ? name_key(s->arena, domain, after) : BYTES_NONE, walk_visit, &w);
	return w.result;
}

int
rooms_each(struct service *s, const char *domain,
    int (*visit)(void *arg, const struct room_brief *), void *arg)
{
	return rooms_each_after(s, domain, NULL, visit, arg);
}
