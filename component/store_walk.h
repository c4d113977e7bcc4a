/* SPDX-License-Identifier: ISC */
/*
 * store_walk.h - what each() and each_back() are in LMDB, and how much there is, whoever has the transaction
 */
#ifndef STORE_WALK_H
#define STORE_WALK_H

#include <lmdb.h>

#include "store.h"

/*
 * Visits the records whose keys begin with prefix and lie beyond edge, which is left out itself. Returns LMDB's
 * result, 0 when nothing went wrong; and by the last argument what the store is to return.
 */
typedef int lmdb_walker(MDB_txn *, MDB_dbi, struct bytes prefix, struct bytes edge, store_visit *,
    void *arg, enum store_result *);

lmdb_walker lmdb_walk, lmdb_walk_back;

/* Pages in use: of all tables, dbi[TABLE_COUNT], and the two that begin the file. Returns LMDB's result. */
int lmdb_pages(MDB_txn *, const MDB_dbi *dbi, size_t *npages);

#endif
