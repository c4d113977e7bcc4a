/* SPDX-License-Identifier: ISC */
/*
 * store_log.h - what a turn changes, as a list that can be applied again
 *
 * What is applied twice is as if applied once: each key has the last value that it was given, or none.
 */
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "store.h"

/* Zeroed, it is empty. */
struct store_log {
	struct buf buf; /* struct change, key, value; again */
};

/* Adds a change; bytes are copied. Returns where it stands. */
size_t
store_log_add(struct store_log *, bool is_put, enum table, struct bytes key, struct bytes val);

/* Applies the changes from there on, 0 for all. Returns LMDB's result; of the first that fails. */
int store_log_apply(const struct store_log *, size_t from, MDB_txn *, const MDB_dbi *dbi);

/* It is empty again, and small. */
void store_log_clear(struct store_log *);

void store_log_release(struct store_log *);

#endif
