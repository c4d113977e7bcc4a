/* SPDX-License-Identifier: ISC */
/*
 * db_store.c - a database as somebody else's
 */
#include "db_store.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../store_env.h"
#include "../store_walk.h"
#include "base/mem.h"
#include "ctl.h"

struct reading {
	struct store store;
	MDB_env *env;
	MDB_txn *txn;
	bool at_rest; /* txn shows no moment */
	MDB_dbi dbi[TABLE_COUNT];
	bool is_there[TABLE_COUNT]; /* an older mucd made no such table */
	char *path;
};

/* -- the moment that is shown -- */

static struct reading *
reading_of(const struct store *s)
{
	return (struct reading *)(uintptr_t)s;
}

static void __attribute__((noreturn)) die(const struct reading *s, int rc)
{
	ctl_complain("database %s: reading: %s", s->path, mdb_strerror(rc));
	exit(CTL_FAILED);
}

/* Another process has made the database larger than our map of it. */
static int
begin(struct reading *s)
{
	int rc = s->txn == NULL ? mdb_txn_begin(s->env, NULL, MDB_RDONLY, &s->txn)
				: mdb_txn_renew(s->txn);

	if (rc != MDB_MAP_RESIZED)
		return rc;
	mdb_txn_abort(s->txn);
	s->txn = NULL;
	rc = mdb_env_set_mapsize(s->env, 0);
	return rc != 0 ? rc : mdb_txn_begin(s->env, NULL, MDB_RDONLY, &s->txn);
}

static void
show_moment(struct reading *s)
{
	int rc;

	if (!s->at_rest)
		return;
	rc = begin(s);
	if (rc != 0)
		die(s, rc);
	s->at_rest = false;
}

void
db_store_rest(struct store *store)
{
	struct reading *s = reading_of(store);

	if (!s->at_rest)
		mdb_txn_reset(s->txn);
	s->at_rest = true;
}

MDB_env *
db_store_env(const struct store *store)
{
	return reading_of(store)->env;
}

bool
db_store_stat(struct store *store, enum table t, MDB_stat *st)
{
	struct reading *s = reading_of(store);
	int rc;

	if (!s->is_there[t])
		return false;
	show_moment(s);
	rc = mdb_stat(s->txn, s->dbi[t], st);
	if (rc != 0)
		die(s, rc);
	return true;
}

/* LMDB's own table 0: lists of pages, each with its length before it. */
static int
count_free(void *arg, struct bytes key, struct bytes val)
{
	size_t n;

	(void)key;
	memcpy(&n, val.p, sizeof n);
	*(size_t *)arg += n;
	return 0;
}

size_t
db_store_free_pages(struct store *store)
{
	struct reading *s = reading_of(store);
	enum store_result result;
	size_t n = 0;
	int rc;

	show_moment(s);
	rc = lmdb_walk(s->txn, 0, BYTES_NONE, BYTES_NONE, count_free, &n, &result);
	if (rc != 0)
		die(s, rc);
	return n;
}

/* -- struct store -- */

static enum store_result
read_get(struct store *store, enum table t, struct bytes key, struct bytes *val)
{
	struct reading *s = reading_of(store);
	MDB_val k = { key.n, (void *)(uintptr_t)key.p }, v;
	int rc;

	if (!s->is_there[t])
		return STORE_NONE;
	show_moment(s);
	rc = mdb_get(s->txn, s->dbi[t], &k, &v);
	if (rc == MDB_NOTFOUND || rc == MDB_BAD_VALSIZE)
		return STORE_NONE;
	if (rc != 0)
		die(s, rc);
	val->p = v.mv_data;
	val->n = v.mv_size;
	return STORE_OK;
}

static enum store_result
walk(struct store *store, lmdb_walker *way, enum table t, struct bytes prefix, struct bytes edge,
    store_visit *visit, void *arg)
{
	struct reading *s = reading_of(store);
	enum store_result result = STORE_OK;
	int rc;

	if (!s->is_there[t])
		return result;
	show_moment(s);
	rc = way(s->txn, s->dbi[t], prefix, edge, visit, arg, &result);
	if (rc != 0)
		die(s, rc);
	return result;
}

static enum store_result
read_each(struct store *store, enum table t, struct bytes prefix, struct bytes after,
    store_visit *visit, void *arg)
{
	return walk(store, lmdb_walk, t, prefix, after, visit, arg);
}

static enum store_result
read_each_back(struct store *store, enum table t, struct bytes prefix, struct bytes before,
    store_visit *visit, void *arg)
{
	return walk(store, lmdb_walk_back, t, prefix, before, visit, arg);
}

static void
read_put(struct store *store, enum table t, struct bytes key, struct bytes val)
{
	(void)t, (void)key, (void)val;
	die(reading_of(store), MDB_BAD_TXN);
}

static void
read_del(struct store *store, enum table t, struct bytes key)
{
	(void)t, (void)key;
	die(reading_of(store), MDB_BAD_TXN);
}

static enum store_result
read_commit(struct store *store)
{
	db_store_rest(store);
	return STORE_NONE;
}

static unsigned
read_fill(struct store *store)
{
	(void)store;
	return 0;
}

/* Nobody asks: `db stat` counts by itself. */
static uint64_t
read_bytes(struct store *store)
{
	(void)store;
	return 0;
}

static void
read_close(struct store *store)
{
	struct reading *s = reading_of(store);

	if (s->txn != NULL)
		mdb_txn_abort(s->txn);
	if (s->env != NULL)
		mdb_env_close(s->env);
	free(s->path);
	free(s);
}

static int
open_tables(struct reading *s)
{
	int rc = begin(s);

	s->at_rest = true;
	for (int t = 0; rc == 0 && t < TABLE_COUNT; t++) {
		rc = mdb_dbi_open(s->txn, store_table_name((enum table)t), 0, &s->dbi[t]);
		s->is_there[t] = rc == 0;
		if (rc == MDB_NOTFOUND)
			rc = 0;
	}
	/* What is opened in a transaction stays open only after its commit. */
	if (rc == 0) {
		rc = mdb_txn_commit(s->txn);
		s->txn = NULL;
	}
	return rc;
}

struct store *
db_store_open(const char *path, char *why, size_t why_cap)
{
	struct reading *s = mem_alloc(sizeof *s);
	int rc;

	s->store = (struct store){ read_get, read_each, read_each_back, read_put, read_del,
		read_commit, read_fill, read_bytes, read_close };
	s->path = mem_strdup(path);
	rc = mdb_env_create(&s->env);
	if (rc == 0)
		rc = mdb_env_set_maxdbs(s->env, TABLE_COUNT);
	if (rc == 0)
		rc = mdb_env_open(s->env, path, MDB_RDONLY, 0600);
	if (rc == 0)
		rc = open_tables(s);
	if (rc == 0)
		return &s->store;
	snprintf(why, why_cap, "database %s: %s", path,
	    rc == ENOENT ? "there is no data.mdb in it" : store_env_why(rc));
	read_close(&s->store);
	return NULL;
}
