/* SPDX-License-Identifier: ISC */
/*
 * store_walk.h - what each() and each_back() are in LMDB, and how much there is, whoever has the transaction
 */
#ifndef STORE_WALK_H
#define STORE_WALK_H

#include <lmdb.h>

#include "store.h"

/* Return LMDB's result, 0 if nothing went wrong, and what the store is to return. */
int lmdb_walk(MDB_txn *, MDB_dbi, struct bytes prefix, struct bytes after, store_visit *, void *arg,
    enum store_result *);
int lmdb_walk_back(MDB_txn *, MDB_dbi, struct bytes prefix, struct bytes before, store_visit *,
    void *arg, enum store_result *);

/* Pages in use: of all tables, dbi[TABLE_COUNT], and the two that begin the file. Returns LMDB's result. */
int lmdb_pages(MDB_txn *, const MDB_dbi *dbi, size_t *npages);

#endif
