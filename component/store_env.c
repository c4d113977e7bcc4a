/* SPDX-License-Identifier: ISC */
/*
 * store_env.c - LMDB's environment, and the page by which its commits stand or fall
 */
#include "store_env.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store.h"

int
store_env_open(MDB_env **env, const char *path, size_t map_bytes, unsigned flags)
{
	int rc;

	*env = NULL;
	rc = mdb_env_create(env);
	if (rc == 0)
		rc = mdb_env_set_maxdbs(*env, TABLE_COUNT);
	if (rc == 0)
		rc = mdb_env_set_mapsize(*env, map_bytes);
	if (rc == 0)
		rc = mdb_env_open(*env, path, flags, 0600);
	return rc;
}

const char *
store_env_why(int rc)
{
	switch (rc) {
	case MDB_INVALID:
		return "data.mdb is not a database of LMDB";
	case MDB_VERSION_MISMATCH:
		return "data.mdb was written by a version of LMDB with another format";
	default:
		return mdb_strerror(rc);
	}
}

bool
store_is_no_room(int error)
{
	return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

int
store_env_reserve(MDB_env *env, size_t nbytes)
{
	int fd, rc;

	rc = mdb_env_get_fd(env, &fd);
	if (rc != 0)
		return rc;
	do
		rc = fallocate(fd, 0, 0, (off_t)nbytes) == 0 ? 0 : errno;
	while (rc == EINTR);
	return rc == EOPNOTSUPP || rc == ENOSYS ? 0 : rc;
}

const char *
store_env_tables(MDB_env *env, MDB_dbi *dbi, bool may_make)
{
	static char why[256];
	MDB_txn *txn;
	int rc;

	rc = mdb_txn_begin(env, NULL, 0, &txn);
	if (rc != 0)
		return mdb_strerror(rc);
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		const char *name = store_table_name((enum table)i);

		rc = mdb_dbi_open(txn, name, may_make ? MDB_CREATE : 0, &dbi[i]);
		if (rc != 0) {
			snprintf(why, sizeof why, "table %s: %s", name, mdb_strerror(rc));
			mdb_txn_abort(txn);
			return why;
		}
	}
	rc = mdb_txn_commit(txn);
	return rc != 0 ? mdb_strerror(rc) : NULL;
}

const char *
store_slot_read(struct store_slot *slot, MDB_txn *txn)
{
	MDB_env *env = mdb_txn_env(txn);
	MDB_envinfo info;
	MDB_stat stat;
	ssize_t n;
	int fd, rc;

	mdb_env_stat(env, &stat);
	mdb_env_info(env, &info);
	rc = mdb_env_get_fd(env, &fd);
	if (rc != 0)
		return mdb_strerror(rc);
	slot->txn = mdb_txn_id(txn);
	slot->at = (off_t)((slot->txn & 1) * stat.ms_psize);
	if (slot->txn != info.me_last_txnid + 1)
		return "the file shows what whoever reads it does not know: end them, and start "
		       "again";
	do
		n = pread(fd, slot->p, sizeof slot->p, slot->at);
	while (n == -1 && errno == EINTR);
	if (n == (ssize_t)sizeof slot->p)
		return NULL;
	return strerror(n == -1 ? errno : EIO);
}

const char *
store_slot_next(struct store_slot *slot, MDB_env *env)
{
	const char *why;
	MDB_txn *txn;
	int rc;

	rc = mdb_txn_begin(env, NULL, 0, &txn);
	if (rc != 0)
		return mdb_strerror(rc);
	why = store_slot_read(slot, txn);
	mdb_txn_abort(txn);
	return why;
}

/* A write that comes short is what a full disk does. */
static int
write_slot(const struct store_slot *slot, int fd)
{
	ssize_t n;

	do
		n = pwrite(fd, slot->p, sizeof slot->p, slot->at);
	while (n == -1 && errno == EINTR);
	if (n != (ssize_t)sizeof slot->p)
		return n == -1 ? errno : ENOSPC;
	return fdatasync(fd) == -1 ? errno : 0;
}

int
store_slot_write(const struct store_slot *slot, int dir_fd)
{
	const int fd = openat(dir_fd, "data.mdb", O_WRONLY | O_CLOEXEC);
	int rc;

	if (fd == -1)
		return errno;
	rc = write_slot(slot, fd);
	close(fd);
	return rc;
}
