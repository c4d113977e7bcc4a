/* SPDX-License-Identifier: ISC */
/*
 * naming.c - rooms that an import has brought get their names, in steps
 *
 * The ids of those that still wait stand in table dead, and the record `state` says from which id on those are no
 * dead ones that have a record in table rooms: service.c. What is not finished by a turn is gone on with by the
 * next one, or after a restart.
 */
#include "naming.h"

#include <stdlib.h>
#include <string.h>

#include "../base/mem.h"
#include "../base/rec.h"
#include "directory.h"
#include "record.h"
#include "waiting.h"

#define STEP 200 /* rooms of a turn */

struct naming {
	struct nameless_list list;
	size_t at; /* those before it have their names */
};

/* -- lists -- */

void
nameless_add(struct nameless_list *l, uint64_t id, uint64_t line, char *jid)
{
	if (l->n == l->cap) {
		l->cap = l->cap > 0 ? 2 * l->cap : 16;
		l->v = mem_realloc(l->v, l->cap * sizeof(*l->v));
	}
	l->v[l->n++] = (struct nameless){ id, line, jid };
	/* By number: the rooms move when there are more of them. */
	map_put(&l->jids, jid, (void *)(uintptr_t)l->n);
}

struct nameless *
nameless_find(const struct nameless_list *l, const char *jid)
{
	uintptr_t n = (uintptr_t)map_get(&l->jids, jid);

	return n != 0 ? &l->v[n - 1] : NULL;
}

void
nameless_release(struct nameless_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i].jid);
	map_release(&l->jids);
	free(l->v);
	*l = (struct nameless_list){ .jids = MAP_INIT };
}

/* -- a name -- */

/* Reads what there is to know of a room in its lists; its strings live in the arena. False: it cannot be read. */
static bool
read_room(struct service *s, uint64_t id, struct room *r, struct jid *j)
{
	struct arena *a = s->arena;
	struct bytes val;
	struct rec f;

	*r = (struct room){ .service = s, .id = id };
	config_init(&r->config);
	if (s->store->get(s->store, TABLE_rooms, store_key(a, id, ""), &val) != STORE_OK)
		return false;
	rec_init(&f, val.p, val.n);
	while (rec_next(&f))
		config_read(&r->config, &f);
	r->locked = record_find(LINE_room, "locked", val, &f) && rec_u64(&f) != 0;
	if (record_find(LINE_room, "created", val, &f))
		r->created_ms = (int64_t)rec_u64(&f);
	if (record_find(LINE_room, "creator", val, &f))
		r->creator = rec_str(a, &f);
	if (!record_find(LINE_room, "jid", val, &f))
		return false;
	r->jid = rec_str(a, &f);
	if (!jid_split(a, r->jid, j))
		return false;
	r->node = arena_strdup(a, j->node);
	r->domain = arena_strdup(a, j->domain);
	return true;
}

/* The room has a domain that is served no more: nobody has it in memory. */
static void
replace_stored(struct service *s, const struct jid *j)
{
	struct bytes id;
	struct room r;
	struct jid was;

	if (service_domain(s, j->domain) >= 0 ||
	    s->store->get(s->store, TABLE_names, name_key(s->arena, j->domain, j->node), &id) !=
		STORE_OK ||
	    id.n != 8)
		return;
	if (read_room(s, bytes_id(id.p), &r, &was)) {
		shelf_clear(&r, TABLE_sessions);
		room_destroy(&r);
	}
	config_release(&r.config);
}

/* Everything of a room that is to be replaced; who is in it hears nothing. */
static void
replace(struct service *s, const struct jid *j)
{
	struct room *r = room_get(s, j);

	if (r == NULL) {
		replace_stored(s, j);
		return;
	}
	while (!TAILQ_EMPTY(&r->occupants))
		session_remove(TAILQ_FIRST(&TAILQ_FIRST(&r->occupants)->sessions));
	left_free(s);
	room_destroy(r);
}

/* Here and in all lists. */
static void
name(struct service *s, struct nameless *n)
{
	const struct bytes key = store_key(s->arena, n->id, "");
	struct room r;
	struct jid j;

	map_del(&s->naming->list.jids, n->jid);
	read_room(s, n->id, &r, &j);
	replace(s, &j);
	tombstone_remove(s, &j);
	s->store->put(s->store, TABLE_names, name_key(s->arena, j.domain, j.node), key);
	s->store->del(s->store, TABLE_dead, key);
	room_list_update(&r);
	if (r.creator != NULL)
		creator_note(&r);
	config_release(&r.config);
	s->nrooms++;
	s->state_unsaved = true;
	n->id = 0;
}

/* -- all of them -- */

static void
begin(struct service *s, struct nameless_list *l, uint64_t from)
{
	s->naming = mem_alloc(sizeof(*s->naming));
	s->naming->list = *l;
	s->import_from = from;
	*l = (struct nameless_list){ .jids = MAP_INIT };
}

void
naming_begin(struct service *s, struct nameless_list *l, uint64_t from)
{
	begin(s, l, from);
	s->state_unsaved = true;
}

void
naming_of(struct service *s, const char *jid)
{
	struct nameless *l = nameless_find(&s->naming->list, jid);

	if (l != NULL)
		name(s, l);
}

bool
naming_step(struct service *s)
{
	struct naming *w = s->naming;
	unsigned n = 0;

	for (; w->at < w->list.n && n < STEP; w->at++)
		if (w->list.v[w->at].id != 0) {
			name(s, &w->list.v[w->at]);
			n++;
		}
	if (w->at < w->list.n)
		return true;
	naming_free(s);
	s->import_from = 0;
	s->state_unsaved = s->purging = true;
	return false;
}

void
naming_free(struct service *s)
{
	if (s->naming == NULL)
		return;
	nameless_release(&s->naming->list);
	free(s->naming);
	s->naming = NULL;
}

/* -- after a restart -- */

struct load {
	struct store *store;
	struct nameless_list *list;
};

/* A room that was destroyed since then is in table rooms no more; and no other import has begun. */
static int
load_visit(void *arg, struct bytes key, struct bytes val)
{
	struct load *w = arg;
	struct bytes room;
	struct rec f;

	(void)val;
	if (w->store->get(w->store, TABLE_rooms, key, &room) == STORE_OK &&
	    record_find(LINE_room, "jid", room, &f))
		nameless_add(w->list, bytes_id(key.p), 0, mem_strndup((const char *)f.val, f.len));
	return 0;
}

uint64_t
nameless_load(struct store *store, struct nameless_list *l)
{
	struct load w = { store, l };
	uint64_t from = state_naming(store);
	uint8_t before[8];

	if (from != 0)
		store->each(
		    store, TABLE_dead, BYTES_NONE, id_key(from - 1, before), load_visit, &w);
	return from;
}

void
naming_resume(struct service *s)
{
	struct nameless_list l = { .jids = MAP_INIT };
	uint64_t from = nameless_load(s->store, &l);

	if (from != 0)
		begin(s, &l, from);
}
