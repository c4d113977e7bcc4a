/* SPDX-License-Identifier: ISC */
/*
 * db_store.h - a database as somebody else's: beside a mucd that runs, and without changing a thing
 *
 * A store (lib/store.h) of which only reading can be done. It shows one moment until commit(): that is the
 * beginning of another one. A moment that is held for long keeps mucd from using pages again, so hold it
 * only as long as something is done.
 */
#ifndef DB_STORE_H
#define DB_STORE_H

#include <lmdb.h>
#include <stddef.h>

#include "store.h"

/* NULL when it cannot be opened: why is a sentence for the operator. */
struct store *db_store_open(const char *path, char *why, size_t why_cap);

/* Lets go of the moment; what is read next shows another one, as after commit(). */
void db_store_rest(struct store *);

/* What is there besides tables. It must be at rest for a copy. */
MDB_env *db_store_env(const struct store *);

/* A table's numbers, at the present moment; false: the database does not have the table. */
bool db_store_stat(struct store *, enum table, MDB_stat *);

/* Pages that are free, at the present moment. */
size_t db_store_free_pages(struct store *);

#endif
