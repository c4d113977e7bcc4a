/* SPDX-License-Identifier: ISC */
/*
 * store_env.h - LMDB's environment, and the page by which its commits stand or fall
 *
 * A file of LMDB's begins with two pages, its slots, each of which says where the tables are. Commit n writes
 * and syncs what is new, in places that nothing uses, and then the slot n & 1 by a write that is a sync itself
 * (O_DSYNC). The other slot has commit n - 1, and the newer one of the two counts.
 *
 * If the write of a slot fails nobody knows what is in it on the disk. LMDB writes over it what is older,
 * without a sync, refuses to go on (MDB_PANIC), and would, opened anew, write over the pages that the slot on
 * the disk may name. So it is first made what it was before, on the disk as well.
 */
#ifndef STORE_ENV_H
#define STORE_ENV_H

#include <sys/types.h>

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>

/* All that LMDB keeps in a slot, in one sector. */
struct store_slot {
	size_t txn; /* the commit that is to write it */
	off_t at;
	char p[512];
};

/*
 * Opens the file data.mdb in that folder, which is there; or, with flags of mdb_env_open(), what those make of the
 * path. Returns LMDB's result. *env is to be closed in any case; NULL when it could not even be made.
 */
int store_env_open(MDB_env **env, const char *path, size_t map_bytes, unsigned flags);

/* Why it was not: a sentence for the operator. */
const char *store_env_why(int rc);

/* Is it an errno that says that there is no room? */
bool store_is_no_room(int error);

/*
 * Has the file reach that far on the disk. Returns 0 or an errno. A file system that cannot reserve says so at commit
 * when it is full.
 */
int store_env_reserve(MDB_env *, size_t nbytes);

/* Opens dbi[TABLE_COUNT]; those that are missing are made, if that may be. NULL: done; else why not. */
const char *store_env_tables(MDB_env *, MDB_dbi *dbi, bool may_make);

/* What the slot is before that transaction is committed. NULL: done; else why not. */
const char *store_slot_read(struct store_slot *, MDB_txn *);

/* The same of the next commit, when no transaction is open. */
const char *store_slot_next(struct store_slot *, MDB_env *);

/*
 * Makes it that again, in the data.mdb of an open folder: on the disk when it returns 0. Else an errno, and it
 * may be called again: the page is written anew, so what a sync that failed has made of it does not matter.
 */
int store_slot_write(const struct store_slot *, int dir_fd);

#endif
