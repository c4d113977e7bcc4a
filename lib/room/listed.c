/* SPDX-License-Identifier: ISC */
/*
 * listed.c - the list of public rooms, and how many are on it; XEP-0045 6.3
 *
 * Table listed is the list of each domain in the order of its keys. How many there are is kept beside
 * it, so a page costs what is on it, however long the list is.
 */
#include <string.h>

#include "../base/rec.h"
#include "directory.h"

enum { /* tags of a record in table listed; never reused */
	LISTED_NODE = 1,
	LISTED_NAME = 2,
};

enum { /* tags of a record `listed` NUL domain in table meta; never reused */
	COUNT_ROOMS = 1,
};

static struct bytes
prefix_of(const char *domain)
{
	return (struct bytes){ domain, strlen(domain) + 1 };
}

static struct bytes
count_key(struct arena *a, const char *domain)
{
	static const char head[] = "listed";
	size_t n = strlen(domain);
	char *k = arena_alloc(a, sizeof(head) + n);

	memcpy(k, head, sizeof(head));
	memcpy(k + sizeof(head), domain, n);
	return (struct bytes){ k, sizeof(head) + n };
}

uint64_t
rooms_listed_count(struct service *s, const char *domain)
{
	struct bytes val;
	struct rec r;

	if (s->store->get(s->store, TABLE_meta, count_key(s->arena, domain), &val) != STORE_OK)
		return 0;
	rec_init(&r, val.p, val.n);
	while (rec_next(&r))
		if (r.tag == COUNT_ROOMS)
			return rec_u64(&r);
	return 0;
}

static void
set_count(struct service *s, const char *domain, uint64_t n)
{
	struct buf b = BUF_INIT;

	rec_put_u64(&b, COUNT_ROOMS, n);
	s->store->put(
	    s->store, TABLE_meta, count_key(s->arena, domain), (struct bytes){ b.p, b.len });
	buf_release(&b);
}

struct recount {
	struct service *service;
	const char *domain; /* of the records counted now */
	uint64_t n;
	struct recounted {
		const char *domain;
		uint64_t n;
		struct recounted *next;
	} * done;
};

static void
recounted(struct recount *c)
{
	struct recounted *d = arena_alloc(c->service->arena, sizeof(*d));

	*d = (struct recounted){ c->domain, c->n, c->done };
	c->done = d;
}

static int
recount_visit(void *arg, struct bytes key, struct bytes val)
{
	struct recount *c = arg;
	size_t n = strnlen(key.p, key.n);

	(void)val;
	if (c->domain == NULL || strlen(c->domain) != n || memcmp(c->domain, key.p, n) != 0) {
		if (c->domain != NULL)
			recounted(c);
		c->domain = arena_strndup(c->service->arena, key.p, n);
		c->n = 0;
	}
	c->n++;
	return 0;
}

void
rooms_listed_recount(struct service *s)
{
	struct recount c = { .service = s };

	s->store->each(s->store, TABLE_listed, BYTES_NONE, BYTES_NONE, recount_visit, &c);
	if (c.domain != NULL)
		recounted(&c);
	for (const struct recounted *d = c.done; d != NULL; d = d->next)
		set_count(s, d->domain, d->n);
}

/* -- walking -- */

struct walk {
	struct service *service;
	room_visit *visit;
	void *arg;
	int result;
};

static int
walk_visit(void *arg, struct bytes key, struct bytes val)
{
	struct walk *w = arg;
	const char *node = NULL, *name = NULL;
	struct rec r;

	(void)key;
	w->service->walked++;
	rec_init(&r, val.p, val.n);
	while (rec_next(&r)) {
		if (r.tag == LISTED_NODE)
			node = rec_str(w->service->arena, &r);
		else if (r.tag == LISTED_NAME)
			name = rec_str(w->service->arena, &r);
	}
	if (node == NULL)
		return 0;
	return w->result = w->visit(w->arg, node, name);
}

int
rooms_listed(struct service *s, const char *domain, const char *after, room_visit *visit, void *arg)
{
	struct walk w = { s, visit, arg, 0 };

	s->store->each(s->store, TABLE_listed, prefix_of(domain),
	    after != NULL ? name_key(s->arena, domain, after) : BYTES_NONE, walk_visit, &w);
	return w.result;
}

int
rooms_listed_back(
    struct service *s, const char *domain, const char *before, room_visit *visit, void *arg)
{
	struct walk w = { s, visit, arg, 0 };

	s->store->each_back(s->store, TABLE_listed, prefix_of(domain),
	    before != NULL ? name_key(s->arena, domain, before) : BYTES_NONE, walk_visit, &w);
	return w.result;
}

/* Takes the node of the one to which so many steps lead, and reads no other. */
struct steps {
	struct walk walk;
	uint64_t left;
};

static int
take_node(void *arg, const char *node, const char *name)
{
	(void)name;
	*(const char **)arg = node;
	return 1;
}

static int
step_visit(void *arg, struct bytes key, struct bytes val)
{
	struct steps *t = arg;

	if (t->left > 0) {
		t->left--;
		t->walk.service->walked++;
		return 0;
	}
	return walk_visit(&t->walk, key, val);
}

const char *
rooms_listed_before(struct service *s, const char *domain, uint64_t index, uint64_t most)
{
	uint64_t count = rooms_listed_count(s, domain);
	const char *node = NULL;
	struct steps t = { .walk = { s, take_node, &node, 0 } };

	if (index <= most) {
		t.left = index - 1;
		s->store->each(
		    s->store, TABLE_listed, prefix_of(domain), BYTES_NONE, step_visit, &t);
	} else if (count - index <= most) {
		t.left = count - index;
		s->store->each_back(
		    s->store, TABLE_listed, prefix_of(domain), BYTES_NONE, step_visit, &t);
	}
	return node;
}

/* -- changing -- */

static void
list(struct room *r, bool listed)
{
	struct service *s = r->service;
	struct bytes key = name_key(s->arena, r->domain, r->node), val;
	bool was = s->store->get(s->store, TABLE_listed, key, &val) == STORE_OK;
	uint64_t count = rooms_listed_count(s, r->domain);
	struct buf b = BUF_INIT;

	if (was && !listed)
		s->store->del(s->store, TABLE_listed, key);
	if (listed) {
		rec_put_str(&b, LISTED_NODE, r->node);
		rec_put_str(
		    &b, LISTED_NAME, *r->config.roomname != '\0' ? r->config.roomname : NULL);
		s->store->put(s->store, TABLE_listed, key, (struct bytes){ b.p, b.len });
	}
	if (was != listed)
		set_count(s, r->domain, listed ? count + 1 : count - 1);
	buf_release(&b);
}

void
room_list_update(struct room *r)
{
	list(r, !r->locked && r->config.publicroom);
}

void
room_unlist(struct room *r)
{
	list(r, false);
}
