/* SPDX-License-Identifier: ISC */
/*
 * store_lmdb.h - what lasts, in LMDB
 *
 * A store (lib/store.h) in a folder of its own, which one process at a time may have.
 */
#ifndef STORE_LMDB_H
#define STORE_LMDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store.h"

/*
 * Opens the database in the folder path, which is made (mode 0700) when it is not there. It may
 * grow to max_bytes. Returns NULL when it cannot be opened; why then is a sentence for the
 * operator, and errno is EBUSY if another process has it, 0 if it is something else.
 */
struct store *store_lmdb_open(const char *path, size_t max_bytes, char *why, size_t why_cap);

/*
 * The same under a filter of system calls, of a mucd that goes on in place of another one, or of its child: the lock
 * that readers share stays what it was (store_shared.h).
 */
struct store *store_lmdb_go_on(const char *path, size_t max_bytes, char *why, size_t why_cap);

/* Lets it grow to that from now on, or stops it from growing on; it never shrinks. */
void store_lmdb_set_max(struct store *, size_t max_bytes);

/*
 * To be called each minute, with the time in mono_ms: readers.h. What is found is logged. Returns whether what is to
 * be removed should stay for now.
 */
bool store_lmdb_look(struct store *, int64_t now_ms);

/* Why the last commit returned STORE_RETRY; lives until the next commit. */
const char *store_lmdb_why(const struct store *);

#endif
