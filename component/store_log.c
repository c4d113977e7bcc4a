/* SPDX-License-Identifier: ISC */
/*
 * store_log.c - what a turn changes, as a list that can be applied again
 */
#include "store_log.h"

#include <stdint.h>
#include <string.h>

#define KEPT_BYTES ((size_t)1 << 20)

struct change {
	uint32_t table;
	uint32_t key_len;
	uint64_t val_len;
	bool is_put;
};

size_t
store_log_add(
    struct store_log *log, bool is_put, enum table table, struct bytes key, struct bytes val)
{
	const struct change c = { table, (uint32_t)key.n, val.n, is_put };
	const size_t at = log->buf.len;

	buf_add(&log->buf, &c, sizeof c);
	buf_add(&log->buf, key.p, key.n);
	if (val.n > 0)
		buf_add(&log->buf, val.p, val.n);
	return at;
}

static int
apply(const struct change *c, const char *key, MDB_txn *txn, const MDB_dbi *dbi)
{
	MDB_val k = { c->key_len, (void *)(uintptr_t)key };
	MDB_val v = { c->val_len, (void *)(uintptr_t)(key + c->key_len) };
	int rc;

	if (c->is_put)
		return mdb_put(txn, dbi[c->table], &k, &v, 0);
	rc = mdb_del(txn, dbi[c->table], &k, NULL);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

int
store_log_apply(const struct store_log *log, size_t from, MDB_txn *txn, const MDB_dbi *dbi)
{
	struct change c;
	size_t off = from;
	int rc = 0;

	while (rc == 0 && off < log->buf.len) {
		memcpy(&c, log->buf.p + off, sizeof c);
		off += sizeof c;
		rc = apply(&c, log->buf.p + off, txn, dbi);
		off += c.key_len + c.val_len;
	}
	return rc;
}

void
store_log_clear(struct store_log *log)
{
	log->buf.len = 0;
	if (log->buf.cap > KEPT_BYTES)
		buf_release(&log->buf);
}

void
store_log_release(struct store_log *log)
{
	buf_release(&log->buf);
}
