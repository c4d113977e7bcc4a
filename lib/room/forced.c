/* SPDX-License-Identifier: ISC */
/*
 * forced.c - what the service decides in all rooms, and not their owners
 *
 * A room keeps what its owners want: it holds again when nothing is forced any more. In its record that
 * stands where it always has, and what was forced besides it: so after a restart it is known what
 * occupants have been told. All rooms in the store are looked through once for each change, since the
 * list of public rooms knows their configuration, too; table meta says with what they agree.
 */
#include "forced.h"

#include <stdlib.h>

#include "../base/mem.h"
#include "../base/rec.h"

static const struct bytes forced_key = { "forced", 6 };

/* A field of no room: some rooms agree, and others do not yet. */
#define TAG_UNDER_WAY 1

/* Notes what all rooms in the store agree with, or that they are still being looked through. */
static void
save_force(struct service *s, bool under_way)
{
	struct buf b = BUF_INIT;

	if (under_way)
		rec_put_u64(&b, TAG_UNDER_WAY, 1);
	else
		config_write_set(&b, &s->force.config, s->force.set);
	s->store->put(s->store, TABLE_meta, forced_key, (struct bytes){ b.p, b.len });
	buf_release(&b);
}

static bool
store_agrees(struct service *s)
{
	struct bytes val = { NULL, 0 };
	struct buf b = BUF_INIT;
	bool same;

	config_write_set(&b, &s->force.config, s->force.set);
	s->store->get(s->store, TABLE_meta, forced_key, &val);
	same = bytes_cmp((struct bytes){ b.p, b.len }, val) == 0;
	buf_release(&b);
	return same;
}

void
force_take(struct service *s, struct config *config, config_set set)
{
	struct force *f = &s->force;

	f->in_memory = f->in_memory || set != 0 || f->set != 0;
	config_release(&f->config);
	f->config = *config;
	f->set = set;
	f->version++;
	f->in_store = f->in_store || !store_agrees(s);
	f->at = 0;
}

void
force_doubt(struct service *s)
{
	if (s->force.set == 0)
		return;
	s->force.in_store = true;
	s->force.at = 0;
	save_force(s, true);
}

struct step {
	uint64_t *ids;
	size_t n;
};

static int
take_id(void *arg, struct bytes key, struct bytes val)
{
	struct step *t = arg;

	(void)val;
	t->ids[t->n++] = key_id(key);
	return t->n == FORCE_STEP;
}

size_t
force_step(struct service *s, uint64_t ids[FORCE_STEP])
{
	struct force *f = &s->force;
	struct step t = { .ids = ids };
	uint8_t key[8];

	if (f->at == 0)
		save_force(s, true);
	s->store->each(s->store, TABLE_rooms, BYTES_NONE, id_key(f->at, key), take_id, &t);
	if (t.n > 0)
		f->at = ids[t.n - 1];
	if (t.n == FORCE_STEP)
		return t.n;
	f->in_store = false;
	save_force(s, false);
	return t.n;
}

static const struct config *
own_config(const struct room *r)
{
	return r->own != NULL ? r->own : &r->config;
}

void
force_config(const struct room *r, struct config *c)
{
	const struct force *f = &r->service->force;

	*c = *own_config(r);
	config_take(c, &f->config, f->set);
}

/*
 * Copies of both come first: what is given may be made of what there is. Where only one half of a password is forced,
 * owners may take away the other: what they want then is none.
 */
void
room_configure(struct room *r, const struct config *c)
{
	struct config own = *c, old = r->config, *own_copy = mem_alloc(sizeof(*own_copy));

	config_take(&own, own_config(r), r->service->force.set);
	if (*own.roomsecret == '\0')
		own.passwordprotectedroom = false;
	config_copy(own_copy, &own);
	config_copy(&r->config, c);
	config_release(&old);
	forced_release(r);
	r->own = own_copy;
	if (config_diff(r->own, &r->config) == 0)
		forced_release(r);
}

void
forced_release(struct room *r)
{
	if (r->own == NULL)
		return;
	config_release(r->own);
	free(r->own);
	r->own = NULL;
}

void
forced_write(struct buf *b, uint8_t tag, const struct room *r)
{
	struct buf fields = BUF_INIT;

	if (r->own == NULL)
		return;
	config_write_set(&fields, &r->config, config_diff(r->own, &r->config));
	rec_put(b, tag, fields.p, fields.len);
	buf_release(&fields);
}

/* The rest of the record has been read: it has what the owners want. */
void
forced_read(struct room *r, struct bytes val)
{
	struct rec f;

	if (val.n == 0)
		return;
	r->own = mem_alloc(sizeof(*r->own));
	config_copy(r->own, &r->config);
	rec_init(&f, val.p, val.n);
	while (rec_next(&f))
		config_read(&r->config, &f);
}
