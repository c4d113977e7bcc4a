/* SPDX-License-Identifier: ISC */
/*
 * store_walk.c - records of LMDB in order
 */
#include "store_walk.h"

#include <stdint.h>
#include <string.h>

/* Visits what has the prefix, from there on; `but` itself is left out. */
static int
walk(MDB_txn *txn, MDB_dbi dbi, bool back, struct bytes from, struct bytes prefix, struct bytes but,
    store_visit *visit, void *arg, enum store_result *result)
{
	MDB_val k = { from.n, (void *)(uintptr_t)from.p }, v;
	MDB_cursor *cursor;
	int rc;

	*result = STORE_OK;
	rc = mdb_cursor_open(txn, dbi, &cursor);
	if (rc != 0)
		return rc;
	rc = mdb_cursor_get(cursor, &k, &v, from.n > 0 ? MDB_SET_RANGE : MDB_FIRST);
	if (back && rc == MDB_NOTFOUND)
		rc = mdb_cursor_get(cursor, &k, &v, MDB_LAST);
	else if (back && rc == 0 && bytes_cmp((struct bytes){ k.mv_data, k.mv_size }, from) > 0)
		rc = mdb_cursor_get(cursor, &k, &v, MDB_PREV);
	for (; rc == 0; rc = mdb_cursor_get(cursor, &k, &v, back ? MDB_PREV : MDB_NEXT)) {
		const struct bytes key = { k.mv_data, k.mv_size }, val = { v.mv_data, v.mv_size };

		if (!bytes_begin(key, prefix))
			break;
		if ((but.n == 0 || bytes_cmp(key, but) != 0) && visit(arg, key, val) != 0) {
			*result = STORE_STOP;
			break;
		}
	}
	mdb_cursor_close(cursor);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

int
lmdb_walk(MDB_txn *txn, MDB_dbi dbi, struct bytes prefix, struct bytes after, store_visit *visit,
    void *arg, enum store_result *result)
{
	return walk(txn, dbi, false, bytes_cmp(after, prefix) > 0 ? after : prefix, prefix, after,
	    visit, arg, result);
}

int
lmdb_walk_back(MDB_txn *txn, MDB_dbi dbi, struct bytes prefix, struct bytes before,
    store_visit *visit, void *arg, enum store_result *result)
{
	uint8_t top[STORE_KEY_MAX]; /* no key of that prefix is greater */
	struct bytes from = { top, sizeof top };

	memset(top, 0xff, sizeof top);
	if (prefix.n > 0)
		memcpy(top, prefix.p, prefix.n);
	if (before.n > 0 && bytes_cmp(before, from) < 0)
		from = before;
	return walk(txn, dbi, true, from, prefix, before, visit, arg, result);
}

int
lmdb_pages(MDB_txn *txn, const MDB_dbi *dbi, size_t *npages)
{
	MDB_stat st;
	int rc;

	*npages = 2;
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		rc = mdb_stat(txn, dbi[i], &st);
		if (rc != 0)
			return rc;
		*npages += st.ms_branch_pages + st.ms_leaf_pages + st.ms_overflow_pages;
	}
	return 0;
}
