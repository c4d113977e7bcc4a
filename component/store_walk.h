/* SPDX-License-Identifier: ISC */
/*
 * store_walk.h - what each() and each_back() are in LMDB, whoever has the transaction
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

#endif
