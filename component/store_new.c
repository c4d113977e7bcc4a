/* SPDX-License-Identifier: ISC */
/*
 * store_new.c - a database that has never been there
 *
 * LMDB writes the first pages of a new file without a sync, and never syncs the folder. A machine that
 * loses power then leaves a file that is no database, or, later, none at all. So a new one is made under
 * another name, and is data.mdb when it is on the disk.
 */
#include "store_new.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store.h"
#include "store_env.h"

#define NAME "new.mdb"

/* NULL, or why not. */
static const char *
make(const char *path, size_t map_bytes)
{
	MDB_dbi dbi[TABLE_COUNT];
	const char *why;
	MDB_env *env;
	int rc = store_env_open(&env, path, map_bytes, MDB_NOSUBDIR | MDB_NOLOCK);

	/* The commit of the tables syncs the pages before them, too. */
	why = rc != 0 ? mdb_strerror(rc) : store_env_tables(env, dbi, true);
	mdb_env_close(env);
	return why;
}

/* A file system that cannot sync folders says so by EINVAL. */
static bool
keep_names(int fd)
{
	return fsync(fd) == 0 || errno == EINVAL;
}

/* The folder's own name may be new, too; but we may have no right to look into what it is in. */
static bool
keep_folder(int dir_fd)
{
	int up = openat(dir_fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_kept;

	if (up == -1)
		return errno == EACCES;
	is_kept = keep_names(up);
	close(up);
	return is_kept;
}

const char *
store_new(int dir_fd, const char *path, size_t map_bytes)
{
	static char why[256];
	char name[4096];
	const char *wrong;

	if ((size_t)snprintf(name, sizeof name, "%s/" NAME, path) >= sizeof name)
		return "its name is too long";
	if (unlinkat(dir_fd, NAME, 0) == -1 && errno != ENOENT)
		wrong = strerror(errno);
	else
		wrong = make(name, map_bytes);
	if (wrong != NULL) {
		snprintf(why, sizeof why, NAME ": %s", wrong);
		unlinkat(dir_fd, NAME, 0);
		return why;
	}
	if (renameat(dir_fd, NAME, dir_fd, "data.mdb") == -1 || !keep_names(dir_fd) ||
	    !keep_folder(dir_fd)) {
		snprintf(why, sizeof why, "data.mdb: %s", strerror(errno));
		return why;
	}
	return NULL;
}
