/* SPDX-License-Identifier: ISC */
/*
 * told.c - what a turn notes of what it tells
 *
 * A record of table told is a row of things told, each begun by its kind. It names what is stored
 * elsewhere and repeats none of it. A message that is not in the archive, and what goes to one client
 * alone (private messages, answers), is not noted: to say it again would mean to store what nobody
 * asked to have stored.
 */
#include <string.h>

#include "../base/rec.h"
#include "archive.h"
#include "fence.h"

enum { /* tags of the things told, of which a record is a row; never reused */
	TAG_KIND = 1,
	TAG_ROOM = 2,
	TAG_ID = 3,
	TAG_NICK = 4,
	TAG_JID = 5,
	TAG_NEW_NICK = 6,
	TAG_ROOM_JID = 7,
	TAG_OTHERS = 8,
	TAG_SELF = 9,
	TAG_OCCUPANT_ID = 10,
	TAG_CODE = 11,
	TAG_WAS_IN = 12,
};

static void
put_flag(struct buf *b, uint8_t tag, bool flag)
{
	if (flag)
		rec_put_u64(b, tag, 1);
}

void
note_told(struct service *s, unsigned domain_no, const struct told *t)
{
	struct buf *b = &s->out[domain_no].fences->turn;

	if (s->limits.fence_bytes == 0)
		return;
	rec_put_u64(b, TAG_KIND, t->kind);
	rec_put_u64(b, TAG_ROOM, t->room);
	if (t->id != NULL)
		rec_put(b, TAG_ID, t->id, ARCHIVE_ID_LEN);
	rec_put_str(b, TAG_NICK, t->nick);
	rec_put_str(b, TAG_JID, t->jid);
	rec_put_str(b, TAG_NEW_NICK, t->new_nick);
	rec_put_str(b, TAG_ROOM_JID, t->room_jid);
	put_flag(b, TAG_OTHERS, t->others);
	put_flag(b, TAG_SELF, t->self);
	put_flag(b, TAG_WAS_IN, t->was_in);
	rec_put_str(b, TAG_OCCUPANT_ID, t->occupant_id);
	for (int i = 0; i < 8 && t->codes[i] != 0; i++)
		rec_put_u64(b, TAG_CODE, t->codes[i]);
}

/* -- reading it back -- */

struct taking {
	struct service *s;
	struct told *v; /* NULL: only counting */
	size_t n;
	struct bytes *keys;
	size_t nkeys;
};

static void
take_code(struct told *t, unsigned code)
{
	for (int i = 0; i < 7; i++)
		if (t->codes[i] == 0) {
			t->codes[i] = code;
			return;
		}
}

static void
take_field(struct arena *a, struct told *t, const struct rec *f)
{
	switch (f->tag) {
	case TAG_KIND:
		t->kind = (enum told_kind)rec_u64(f);
		break;
	case TAG_ROOM:
		t->room = rec_u64(f);
		break;
	case TAG_ID:
		t->id = f->len == ARCHIVE_ID_LEN ? bytes_copy(a, (struct bytes){ f->val, f->len }).p
						 : NULL;
		break;
	case TAG_NICK:
		t->nick = rec_str(a, f);
		break;
	case TAG_JID:
		t->jid = rec_str(a, f);
		break;
	case TAG_NEW_NICK:
		t->new_nick = rec_str(a, f);
		break;
	case TAG_ROOM_JID:
		t->room_jid = rec_str(a, f);
		break;
	case TAG_OTHERS:
		t->others = true;
		break;
	case TAG_SELF:
		t->self = true;
		break;
	case TAG_WAS_IN:
		t->was_in = true;
		break;
	case TAG_OCCUPANT_ID:
		t->occupant_id = rec_str(a, f);
		break;
	case TAG_CODE:
		take_code(t, (unsigned)rec_u64(f));
		break;
	default:
		break;
	}
}

/* What is broken ends there: it is told once less. */
static int
take_visit(void *arg, struct bytes key, struct bytes val)
{
	struct taking *t = arg;
	struct arena *a = t->s->arena;
	struct rec f;

	if (t->keys != NULL)
		t->keys[t->nkeys] = bytes_copy(a, key);
	t->nkeys++;
	rec_init(&f, val.p, val.n);
	while (rec_next(&f)) {
		t->n += f.tag == TAG_KIND;
		if (t->v != NULL && t->n > 0)
			take_field(a, &t->v[t->n - 1], &f);
	}
	return 0;
}

/* The number of a record is at the end of its key. */
static uint64_t
number_of(struct bytes key)
{
	return bytes_id((const uint8_t *)key.p + key.n - 8);
}

size_t
told_take(struct service *s, unsigned domain_no, struct told **out)
{
	const char *domain = s->out[domain_no].domain;
	const struct bytes prefix = { domain, strlen(domain) + 1 };
	struct taking t = { .s = s };

	s->store->each(s->store, TABLE_told, prefix, BYTES_NONE, take_visit, &t);
	*out = t.v = arena_alloc(s->arena, (t.n + 1) * sizeof(*t.v));
	t.keys = arena_alloc(s->arena, (t.nkeys + 1) * sizeof(*t.keys));
	t.n = t.nkeys = 0;
	s->store->each(s->store, TABLE_told, prefix, BYTES_NONE, take_visit, &t);
	for (size_t i = 0; i < t.nkeys; i++)
		s->store->del(s->store, TABLE_told, t.keys[i]);
	if (t.nkeys > 0)
		s->out[domain_no].fences->nnoted = number_of(t.keys[t.nkeys - 1]);
	return t.n;
}
