/* SPDX-License-Identifier: ISC */
/*
 * export.c - rooms as text, out of a store
 *
 * A step goes on where the one before it ended, by the last key it has seen: between two of them the store
 * may show another moment, and nothing is held that keeps it from that.
 */
#include "../export.h"

#include <stdlib.h>
#include <string.h>

#include "../base/mem.h"
#include "../base/rec.h"
#include "../base/xml_parse.h"
#include "export_state.h"

#define STEP_BYTES ((size_t)128 << 10)

/* What a walk of one step knows. */
struct walk {
	struct export *x;
	struct buf *out;
	size_t most; /* length of out at which it stops */
};

struct export *
export_new(struct store *store, void (*complaint)(void *, const char *, const char *), void *arg)
{
	struct export *x = mem_alloc(sizeof(*x));

	x->store = store;
	x->arena = arena_new();
	x->reader.parser = record_parser_new();
	x->complaint = complaint;
	x->arg = arg;
	x->waiting.jids = (struct map)MAP_INIT;
	return x;
}

void
export_free(struct export *x)
{
	if (x == NULL)
		return;
	xml_parser_free(x->reader.parser);
	arena_free(x->arena);
	nameless_release(&x->waiting);
	buf_release(&x->name);
	free(x->jid);
	free(x);
}

/* -- which room -- */

struct bytes
export_id(struct export *x)
{
	return (struct bytes){ x->id, sizeof(x->id) };
}

static int
last_visit(void *arg, struct bytes key, struct bytes val)
{
	struct export *x = arg;

	(void)val;
	memcpy(x->last, key.p, key.n);
	x->last_len = key.n;
	return 1;
}

/* Begins with the room of that id; false when there is no record of it. */
static bool
begin(struct export *x, struct bytes id)
{
	struct bytes val;
	struct rec r;

	if (id.n != sizeof(x->id))
		return false;
	memcpy(x->id, id.p, sizeof(x->id));
	if (x->store->get(x->store, TABLE_rooms, export_id(x), &val) != STORE_OK)
		return false;
	if (!record_find(LINE_room, "jid", val, &r))
		return false;
	free(x->jid);
	x->jid = mem_strndup((const char *)r.val, r.len);
	x->line = LINE_room;
	x->after_len = 0;
	x->last_len = 0;
	x->nlines = 0;
	x->skip = 0;
	x->store->each_back(x->store, TABLE_archive, export_id(x), BYTES_NONE, last_visit, x);
	return true;
}

static void
look_for_waiting(struct export *x)
{
	if (!x->has_waiting)
		nameless_load(x->store, &x->waiting);
	x->has_waiting = true;
}

static bool
begin_waiting(struct export *x, const struct nameless *n)
{
	uint8_t id[8];

	return begin(x, id_key(n->id, id));
}

/* The id of the room that has the name. */
static bool
is_named(struct export *x, const char *jid, struct bytes *id)
{
	struct jid j;

	return jid_split(x->arena, jid, &j) && j.node != NULL && j.resource == NULL &&
	       x->store->get(x->store, TABLE_names, name_key(x->arena, j.domain, j.node), id) ==
		   STORE_OK;
}

bool
export_room(struct export *x, const char *jid)
{
	struct nameless *n;
	struct bytes id;

	arena_reset(x->arena);
	/* First: its name may still be that of a room which it replaces. */
	look_for_waiting(x);
	n = nameless_find(&x->waiting, jid);
	if (n != NULL && begin_waiting(x, n))
		return true;
	return is_named(x, jid, &id) && begin(x, id);
}

static int
next_visit(void *arg, struct bytes key, struct bytes val)
{
	struct export *x = arg;

	x->name.len = 0;
	buf_add(&x->name, key.p, key.n);
	if (!begin(x, val)) {
		x->complaint(x->arg, name_address(x->arena, key), "a name without a room");
		return 0;
	}
	return nameless_find(&x->waiting, x->jid) == NULL;
}

/* They come first. One that gets its name meanwhile is passed over when that comes, as is one that it replaces. */
static bool
next_waiting(struct export *x)
{
	while (x->nwaiting < x->waiting.n) {
		const struct nameless *n = &x->waiting.v[x->nwaiting++];

		if (begin_waiting(x, n))
			return true;
		map_del(&x->waiting.jids, n->jid);
	}
	return false;
}

bool
export_next(struct export *x)
{
	struct buf after = BUF_INIT;
	bool found;

	arena_reset(x->arena);
	look_for_waiting(x);
	if (next_waiting(x))
		return true;
	buf_add(&after, x->name.p, x->name.len);
	found = x->store->each(x->store, TABLE_names, BYTES_NONE,
		    (struct bytes){ after.p, after.len }, next_visit, x) == STORE_STOP;
	buf_release(&after);
	return found;
}

/* -- its lines -- */

void
export_line(struct export *x, struct buf *out, enum line line, struct bytes tail, struct bytes val)
{
	const char *why;

	if (record_write(x->arena, &x->reader, out, line, tail, val, &why))
		x->nlines++;
	if (why != NULL)
		x->complaint(x->arg, x->jid,
		    arena_fmt(x->arena, "a record of table %s: %s",
			store_table_name(line_kinds[line].table), why));
}

/* What cannot be said as a value is told of by a check; there it is as if it were not set. */
static void
add_setting(void *arg, const char *var, const char *value)
{
	const struct walk *w = arg;

	if (value == NULL)
		return;
	buf_adds(w->out, "config ");
	buf_adds(w->out, var);
	buf_addc(w->out, '=');
	export_string(w->out, value, strlen(value));
	buf_addc(w->out, '\n');
	w->x->nlines++;
}

static void
add_config(struct export *x, struct buf *out, struct bytes val)
{
	struct walk w = { x, out, 0 };
	struct config c;
	struct rec r;

	config_init(&c);
	rec_init(&r, val.p, val.n);
	while (rec_next(&r))
		config_read(&c, &r);
	config_each(x->arena, &c, add_setting, &w);
	config_release(&c);
}

/* The record but for that field; the bytes are the buffer's. */
static struct bytes
without_secret(struct buf *b, struct bytes val)
{
	struct rec secret, r;

	if (!record_find(LINE_room, "secret", val, &secret))
		return val;
	rec_init(&r, val.p, val.n);
	while (rec_next(&r))
		if (r.tag != secret.tag)
			rec_put(b, r.tag, r.val, r.len);
	return (struct bytes){ b->p, b->len };
}

void
export_head(struct export *x, struct buf *out)
{
	struct buf shown = BUF_INIT;
	struct bytes val;

	if (x->store->get(x->store, TABLE_rooms, export_id(x), &val) != STORE_OK)
		return;
	if ((x->without & EXPORT_NO_SECRET) != 0)
		val = without_secret(&shown, val);
	export_line(x, out, LINE_room, BYTES_NONE, val);
	add_config(x, out, val);
	if (record_has(LINE_subject, val))
		export_line(x, out, LINE_subject, BYTES_NONE, val);
	buf_release(&shown);
}

static int
line_visit(void *arg, struct bytes key, struct bytes val)
{
	struct walk *w = arg;
	struct export *x = w->x;
	const struct bytes last = { x->last, x->last_len };

	if (x->line == LINE_message && bytes_cmp(key, last) > 0)
		return 0;
	memcpy(x->after, key.p, key.n);
	x->after_len = key.n;
	export_line(x, w->out, x->line,
	    (struct bytes){ (const uint8_t *)key.p + sizeof(x->id), key.n - sizeof(x->id) }, val);
	return w->out->len >= w->most;
}

/* Adds records of the present kind; true: there may be more. */
static bool
add_records(struct export *x, struct buf *out)
{
	struct walk w = { x, out, out->len + STEP_BYTES };

	return x->store->each(x->store, line_kinds[x->line].table, export_id(x),
		   (struct bytes){ x->after, x->after_len }, line_visit, &w) == STORE_STOP;
}

/* Is the room still there? One that waits for its name has no other sign than its record. */
static bool
is_there(struct export *x)
{
	const struct nameless *n = nameless_find(&x->waiting, x->jid);
	struct bytes val;

	if (n != NULL && n->id == bytes_id(x->id))
		return x->store->get(x->store, TABLE_rooms, export_id(x), &val) == STORE_OK;
	return is_named(x, x->jid, &val) && bytes_cmp(val, export_id(x)) == 0;
}

/* The last line. */
void
export_end(struct export *x, struct buf *out)
{
	if (is_there(x))
		buf_adds(out, arena_fmt(x->arena, "end %llu\n", (unsigned long long)x->nlines));
	else
		buf_adds(out, "cut\n");
}

_Static_assert(LINE_message == LINE_COUNT - 1, "what takes long comes last");

static bool
is_left_out(const struct export *x, enum line line)
{
	if (line == LINE_invite)
		return (x->without & EXPORT_NO_INVITES) != 0;
	if (line == LINE_message)
		return (x->without & EXPORT_NO_ARCHIVE) != 0;
	return line_kinds[line].table == TABLE_rooms;
}

void
export_next_kind(struct export *x)
{
	x->after_len = 0;
	do
		x->line++;
	while (x->line < LINE_COUNT && is_left_out(x, x->line));
}

enum export_step
export_step(struct export *x, struct buf *out)
{
	arena_reset(x->arena);
	if (x->line == LINE_COUNT) {
		export_end(x, out);
		return EXPORT_END;
	}
	if (x->line == LINE_room)
		export_head(x, out);
	else if (add_records(x, out))
		return x->line == LINE_message ? EXPORT_MORE : EXPORT_HEAD;
	export_next_kind(x);
	return x->line >= LINE_message ? EXPORT_MORE : EXPORT_HEAD;
}
