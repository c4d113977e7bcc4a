/* SPDX-License-Identifier: ISC */
/*
 * db_backup.c - `mucctl db backup`: a copy of the database as it is at one moment
 */
#include "db.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "db_store.h"

/* In a folder it has the name that mucd looks for. */
static char *
file_of(const char *to)
{
	struct stat st;
	char *path;

	if (stat(to, &st) == -1 || !S_ISDIR(st.st_mode))
		return mem_strdup(to);
	path = mem_alloc(strlen(to) + sizeof "/data.mdb");
	strcpy(path, to);
	return strcat(path, "/data.mdb");
}

enum ctl_exit
db_backup(const struct db *db)
{
	char *path = file_of(db->argv[0]);
	FILE *f = db_create(path);
	struct store *s = f != NULL ? db_read(db) : NULL;
	bool good = false;
	int rc;

	if (s != NULL) {
		db_store_rest(s);
		do /* mucd may have made the database larger since we looked */
			rc = mdb_env_copyfd2(db_store_env(s), fileno(f), MDB_CP_COMPACT);
		while (rc == MDB_MAP_RESIZED && mdb_env_set_mapsize(db_store_env(s), 0) == 0);
		good = rc == 0;
		if (!good)
			ctl_complain("%s: %s", path, mdb_strerror(rc));
		s->close(s);
	}
	if (f != NULL)
		good = db_finish(f, path, good);
	free(path);
	return good ? CTL_OK : CTL_FAILED;
}
