/* SPDX-License-Identifier: ISC */
/*
 * host_newer.c - a store as a newer mucd has it, which had more to say of everything
 *
 * Who reads a record skips the fields that it does not know (base/rec.h): whoever goes back to an older mucd
 * finds all as it was. So at each restart all records get such a field.
 */
#include <string.h>

#include "base/arena.h"
#include "base/rec.h"
#include "host_in.h"

#define TAG_OF_LATER 250

struct plain {
	struct arena *a;
	enum table table;
	struct found {
		struct bytes key;
		struct buf val;
		struct found *next;
	} * first;
};

/* An expiry has a name for its value; what is forced is compared as a whole. */
static bool
is_record(enum table t, struct bytes key)
{
	static const char forced[] = "forced";

	if (t == TABLE_gone)
		return *(const char *)key.p != '\0';
	return t != TABLE_meta || bytes_cmp(key, (struct bytes){ forced, strlen(forced) }) != 0;
}

static int
take(void *arg, struct bytes key, struct bytes val)
{
	struct plain *p = arg;
	struct found *f;
	struct rec r;

	if (!is_record(p->table, key))
		return 0;
	rec_init(&r, val.p, val.n);
	while (rec_next(&r))
		if (r.tag == TAG_OF_LATER)
			return 0;
	f = arena_alloc(p->a, sizeof(*f));
	f->key = (struct bytes){ memcpy(arena_alloc(p->a, key.n), key.p, key.n), key.n };
	buf_add(&f->val, val.p, val.n);
	f->next = p->first;
	p->first = f;
	return 0;
}

static void
add_to_table(struct store *s, struct arena *a, enum table t)
{
	struct plain p = { .a = a, .table = t };

	s->each(s, t, BYTES_NONE, BYTES_NONE, take, &p);
	for (struct found *f = p.first; f != NULL; f = f->next) {
		rec_put_str(&f->val, TAG_OF_LATER, "of later");
		s->put(s, t, f->key, (struct bytes){ f->val.p, f->val.len });
		buf_release(&f->val);
	}
}

void
host_make_newer(struct store *store)
{
	/* All but those whose values are names, or nothing, or counted byte by byte. */
	static const enum table tables[] = { TABLE_meta, TABLE_rooms, TABLE_affil, TABLE_changes,
		TABLE_requests, TABLE_listed, TABLE_sessions, TABLE_user, TABLE_gone, TABLE_held,
		TABLE_invites, TABLE_roles, TABLE_bans, TABLE_spoke, TABLE_blobs, TABLE_audit,
		TABLE_commands, TABLE_told, TABLE_retracting, TABLE_dead };
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		add_to_table(store, a, tables[i]);
	arena_free(a);
}
