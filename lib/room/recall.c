/* SPDX-License-Identifier: ISC */
/*
 * recall.c - what may not have arrived, by who it is of
 */
#include "recall.h"

#include <stdio.h>
#include <string.h>

/* What was told in a room; NULL: nothing. */
struct said {
	const struct told *message; /* the first, or of those that have been looked at */
	const struct told *subject; /* the last */
};

#define KEY_MAX 8192 /* more than a room's id and two addresses */

/* In `key`, to look something up. What the name is ends by its length: it may have a slash in it, as may the other. */
static const char *
key_write(char key[KEY_MAX], uint64_t room, const char *name, const char *bare)
{
	snprintf(
	    key, KEY_MAX, "%llu/%zu/%s/%s", (unsigned long long)room, strlen(name), name, bare);
	return key;
}

/* What the map has under that key, or, new and all zero, has from now on. */
static void *
of_key(struct recall *r, struct map *m, const char *key, size_t size)
{
	void *v = map_get(m, key);

	if (v != NULL)
		return v;
	v = arena_alloc(r->arena, size);
	memset(v, 0, size);
	map_put(m, arena_strdup(r->arena, key), v);
	return v;
}

static const char *
bare_of(const struct recall *r, const char *full)
{
	struct jid jid;

	return jid_split(r->arena, full, &jid) ? jid.bare : full;
}

static void
look_at_stay(struct recall *r, const struct told *t)
{
	char key[KEY_MAX];
	struct stay *st = of_key(r, &r->stays, key_write(key, t->room, t->jid, ""), sizeof(*st));
	const bool enters = t->kind == TOLD_ENTERED && t->self;

	if (t->kind == TOLD_ENTERED)
		st->shown = t;
	if (!enters && t->kind != TOLD_LEFT)
		return;
	if (st->since == NULL) {
		st->is_in = !enters || t->was_in;
		st->since = st->is_in ? r->v : t;
	}
	if (t->kind == TOLD_LEFT)
		st->left = t;
	if (enters && st->entered == NULL)
		st->entered = t;
}

bool
told_moves(const struct told *t)
{
	return t->kind == TOLD_PRESENCE && t->self && t->new_nick != NULL && t->jid != NULL;
}

static void
look_at_nick(struct recall *r, struct told *t)
{
	char key[KEY_MAX];
	struct goings *n = of_key(r, &r->nicks, key_write(key, t->room, t->nick, ""), sizeof(*n));

	n->last = t;
	if (t->others)
		n->last_others = t;
	n->self = n->self || (t->self && !told_moves(t));
	if (told_moves(t))
		map_put(
		    &r->moved, arena_strdup(r->arena, key_write(key, t->room, t->nick, t->jid)), t);
	if (t->jid != NULL && t->others)
		map_put(&r->went,
		    arena_strdup(r->arena, key_write(key, t->room, t->nick, bare_of(r, t->jid))),
		    t);
}

static struct said *
said_in(struct recall *r, uint64_t room)
{
	char key[KEY_MAX];

	return of_key(r, &r->rooms, key_write(key, room, "", ""), sizeof(struct said));
}

/* From the last to the first: the one that was met last is the next one for whoever came. */
static void
look_at_messages(struct recall *r)
{
	char key[KEY_MAX];
	struct stay *st;

	for (size_t i = r->n; i-- > 0;) {
		const struct told *t = &r->v[i];

		if (t->kind == TOLD_MESSAGE)
			said_in(r, t->room)->message = t;
		if (t->kind != TOLD_ENTERED || t->jid == NULL)
			continue;
		st = map_get(&r->stays, key_write(key, t->room, t->jid, ""));
		if (st->since == t)
			st->message = said_in(r, t->room)->message;
	}
}

void
recall_init(struct recall *r, struct arena *a, struct told *v, size_t n)
{
	*r = (struct recall){ .arena = a, .v = v, .n = n };
	for (size_t i = 0; i < r->n; i++) {
		struct told *t = &r->v[i];

		if (t->kind == TOLD_PRESENCE && t->nick != NULL)
			look_at_nick(r, t);
		if ((t->kind == TOLD_ENTERED || t->kind == TOLD_LEFT) && t->jid != NULL)
			look_at_stay(r, t);
		if (t->kind == TOLD_SUBJECT)
			said_in(r, t->room)->subject = t;
	}
	look_at_messages(r);
}

void
recall_release(struct recall *r)
{
	map_release(&r->stays);
	map_release(&r->nicks);
	map_release(&r->went);
	map_release(&r->moved);
	map_release(&r->rooms);
}

struct stay *
recall_stay(const struct recall *r, uint64_t room, const char *jid)
{
	char key[KEY_MAX];

	if (map_count(&r->stays) == 0)
		return NULL;
	return map_get(&r->stays, key_write(key, room, jid, ""));
}

const struct goings *
recall_goings(const struct recall *r, uint64_t room, const char *nick)
{
	char key[KEY_MAX];

	return map_get(&r->nicks, key_write(key, room, nick, ""));
}

const struct told *
recall_went(const struct recall *r, uint64_t room, const char *nick, const char *bare)
{
	char key[KEY_MAX];

	return map_get(&r->went, key_write(key, room, nick, bare));
}

bool
recall_moved(const struct recall *r, uint64_t room, const char *nick, const char *jid)
{
	char key[KEY_MAX];

	return map_get(&r->moved, key_write(key, room, nick, jid)) != NULL;
}

const uint8_t *
recall_message(struct recall *r, const struct stay *st, uint64_t room)
{
	const struct told *t = st->since == r->v ? said_in(r, room)->message : st->message;

	return t != NULL ? t->id : NULL;
}

const struct told *
recall_subject(struct recall *r, uint64_t room)
{
	return said_in(r, room)->subject;
}
