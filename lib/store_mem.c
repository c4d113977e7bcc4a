/* SPDX-License-Identifier: ISC */
/*
 * store_mem.c - a store in memory, for tests and scripts
 *
 * Each table is a red-black tree of records. There is no turn to undo: what is put is there.
 *
 * LMDB's pages move under whoever keeps a pointer for too long, or changes what it walks through. Here that
 * would go well by chance, so what is given out is a copy, which is spoilt when store.h says that it is
 * over, and a visitor that puts or deletes ends the process.
 */
#include <bsd/sys/queue.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/tree.h"
#include "store.h"

struct record {
	RB_ENTRY(record) entry;
	struct bytes key, val; /* their bytes follow the record */
};

RB_HEAD(records, record);

/* A copy that was given out. */
struct lent {
	SLIST_ENTRY(lent) entry;
	size_t n;
	char bytes[];
};

struct store_mem {
	struct store store;
	struct records now[TABLE_COUNT];
	SLIST_HEAD(, lent) lent; /* by get() since the last change */
	unsigned nwalks;	 /* that are under way */
	bool has_changed;	 /* since the last commit */
};

static int
record_cmp(const struct record *a, const struct record *b)
{
	return bytes_cmp(a->key, b->key);
}

TREE(records, record, entry, record_cmp)

static struct store_mem *
mem_of(struct store *s)
{
	return (struct store_mem *)s;
}

static struct records *
table_of(struct store *s, enum table t)
{
	return &mem_of(s)->now[t];
}

static struct lent *
lend(struct bytes b)
{
	struct lent *l = mem_alloc(sizeof(*l) + b.n);

	l->n = b.n;
	if (b.n > 0)
		memcpy(l->bytes, b.p, b.n);
	return l;
}

#define SPOILT 0xdb

static void
spoil(struct lent *l)
{
	memset(l->bytes, SPOILT, l->n);
	free(l);
}

/* What get() has given out is over. */
static void
take_back(struct store_mem *m)
{
	struct lent *l;

	while ((l = SLIST_FIRST(&m->lent)) != NULL) {
		SLIST_REMOVE_HEAD(&m->lent, entry);
		spoil(l);
	}
}

/* Shows a visitor copies of a record. */
static int
show(struct store_mem *m, const struct record *r, store_visit *visit, void *arg)
{
	struct lent *key = lend(r->key), *val = lend(r->val);
	int result;

	m->nwalks++;
	result =
	    visit(arg, (struct bytes){ key->bytes, key->n }, (struct bytes){ val->bytes, val->n });
	m->nwalks--;
	spoil(key);
	spoil(val);
	return result;
}

static enum store_result
mem_get(struct store *s, enum table t, struct bytes key, struct bytes *val)
{
	struct record want = { .key = key }, *r = RB_FIND(records, table_of(s, t), &want);
	struct lent *l;

	if (r == NULL)
		return STORE_NONE;
	l = lend(r->val);
	SLIST_INSERT_HEAD(&mem_of(s)->lent, l, entry);
	*val = (struct bytes){ l->bytes, l->n };
	return STORE_OK;
}

static enum store_result
mem_each(struct store *s, enum table t, struct bytes prefix, struct bytes after, store_visit *visit,
    void *arg)
{
	struct record want = { .key = bytes_cmp(after, prefix) > 0 ? after : prefix };
	struct record *r = RB_NFIND(records, table_of(s, t), &want);

	if (r != NULL && after.n > 0 && bytes_cmp(r->key, after) == 0)
		r = RB_NEXT(records, table_of(s, t), r);
	for (; r != NULL && bytes_begin(r->key, prefix); r = RB_NEXT(records, table_of(s, t), r))
		if (show(mem_of(s), r, visit, arg) != 0)
			return STORE_STOP;
	return STORE_OK;
}

static enum store_result
mem_each_back(struct store *s, enum table t, struct bytes prefix, struct bytes before,
    store_visit *visit, void *arg)
{
	uint8_t top[STORE_KEY_MAX]; /* no key of that prefix is greater */
	struct record want = { .key = { top, sizeof(top) } }, *r;

	memset(top, 0xff, sizeof(top));
	if (prefix.n > 0)
		memcpy(top, prefix.p, prefix.n);
	if (before.n > 0 && bytes_cmp(before, want.key) < 0)
		want.key = before;
	r = RB_NFIND(records, table_of(s, t), &want);
	if (r == NULL)
		r = RB_MAX(records, table_of(s, t));
	else if (bytes_cmp(r->key, want.key) > 0)
		r = RB_PREV(records, table_of(s, t), r);
	for (; r != NULL && bytes_begin(r->key, prefix); r = RB_PREV(records, table_of(s, t), r)) {
		if (before.n > 0 && bytes_cmp(r->key, before) == 0)
			continue;
		if (show(mem_of(s), r, visit, arg) != 0)
			return STORE_STOP;
	}
	return STORE_OK;
}

static void
take_out(struct store *s, enum table t, struct bytes key)
{
	struct record want = { .key = key }, *r = RB_FIND(records, table_of(s, t), &want);

	if (r == NULL)
		return;
	RB_REMOVE(records, table_of(s, t), r);
	free(r);
}

/* Something has changed; what was given may be what was put. */
static void
changed(struct store_mem *m)
{
	if (m->nwalks > 0)
		abort();
	take_back(m);
	m->has_changed = true;
}

static void
mem_del(struct store *s, enum table t, struct bytes key)
{
	take_out(s, t, key);
	changed(mem_of(s));
}

static void
mem_put(struct store *s, enum table t, struct bytes key, struct bytes val)
{
	struct record *r = mem_alloc(sizeof(*r) + key.n + val.n);
	char *p = (char *)(r + 1);

	memcpy(p, key.p, key.n);
	if (val.n > 0)
		memcpy(p + key.n, val.p, val.n);
	r->key = (struct bytes){ p, key.n };
	r->val = (struct bytes){ p + key.n, val.n };
	take_out(s, t, key);
	RB_INSERT(records, table_of(s, t), r);
	changed(mem_of(s));
}

static enum store_result
mem_commit(struct store *s)
{
	struct store_mem *m = mem_of(s);
	bool had_changed = m->has_changed;

	changed(m);
	m->has_changed = false;
	return had_changed ? STORE_OK : STORE_NONE;
}

static unsigned
mem_fill(struct store *s)
{
	(void)s;
	return 0;
}

static uint64_t
mem_bytes(struct store *s)
{
	struct record *r;
	uint64_t n = 0;

	for (int t = 0; t < TABLE_COUNT; t++)
		RB_FOREACH (r, records, table_of(s, (enum table)t))
			n += sizeof(*r) + r->key.n + r->val.n;
	return n;
}

static void
mem_close(struct store *s)
{
	struct record *r;

	for (int t = 0; t < TABLE_COUNT; t++)
		while ((r = RB_MIN(records, table_of(s, (enum table)t))) != NULL) {
			RB_REMOVE(records, table_of(s, (enum table)t), r);
			free(r);
		}
	take_back(mem_of(s));
	free(s);
}

struct store *
store_mem_new(void)
{
	struct store_mem *m = mem_alloc(sizeof(*m));

	m->store = (struct store){
		.get = mem_get,
		.each = mem_each,
		.each_back = mem_each_back,
		.put = mem_put,
		.del = mem_del,
		.commit = mem_commit,
		.fill = mem_fill,
		.bytes = mem_bytes,
		.close = mem_close,
	};
	return &m->store;
}
