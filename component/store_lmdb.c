/* SPDX-License-Identifier: ISC */
/*
 * store_lmdb.c - one write transaction a turn
 *
 * LMDB writes at commit only; until then a turn's pages lie in memory. The file is reserved
 * (fallocate(2)) as far as LMDB's map reaches, so a full disk shows when the map is to grow and not
 * in the middle of a commit. When there is no room for a turn, the map grows all the same, without
 * a reservation behind it: the turn goes on, reads see what it wrote, and only the commit is
 * refused, until there is room.
 *
 * LMDB aborts a transaction that met the end of the map, so each turn's changes are also kept
 * as a list (the log) and applied again.
 */
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "log.h"
#include "readers.h"
#include "store_env.h"
#include "store_lmdb.h"
#include "store_lock.h"
#include "store_log.h"
#include "store_new.h"
#include "store_shared.h"
#include "store_walk.h"

#define FIRST_BYTES ((size_t)4 << 20)	/* of the map of a new database */
#define STEP_BYTES  ((size_t)256 << 20) /* the map doubles until a step would be more than that */
#define LEAST_BYTES ((size_t)64 << 10)	/* the least step worth trying on a disk almost full */

struct lmdb {
	struct store store;
	MDB_env *env;
	MDB_txn *txn; /* NULL: none, and nothing of the log is applied */
	MDB_dbi dbi[TABLE_COUNT];
	char *path;
	int dir_fd, lock_fd;
	int shared_fd; /* -1: LMDB opens it by itself */
	size_t page_bytes;
	size_t max_bytes;
	size_t reserved; /* bytes of the file that are reserved: the map when it is sound */
	size_t map_bytes;
	struct store_log log;
	struct store_slot slot; /* what the last commit that was tried has found */
	bool is_doubtful;	/* it is to be that again before anything is written */
	struct readers readers;
	bool pauses; /* what is removed stays: as of the last look */
	char why[256];
};

static struct lmdb *
lmdb_of(struct store *s)
{
	return (struct lmdb *)s;
}

/* Whatever is not a want of room may be anything: the restart will see. */
static void __attribute__((noreturn)) die(const struct lmdb *s, const char *doing, int rc)
{
	fatalx("database %s: %s: %s", s->path, doing, mdb_strerror(rc));
}

static void __attribute__((format(printf, 2, 3))) set_why(struct lmdb *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->why, sizeof s->why, fmt, ap);
	va_end(ap);
}

/* -- room -- */

static size_t
disk_free(const struct lmdb *s)
{
	struct statvfs v;

	if (fstatvfs(s->dir_fd, &v) == -1)
		fatal("database %s: statvfs", s->path);
	return (size_t)v.f_bavail * v.f_frsize;
}

static void
set_map(struct lmdb *s, size_t nbytes)
{
	int rc;

	if (nbytes == s->map_bytes)
		return;
	rc = mdb_env_set_mapsize(s->env, nbytes);
	if (rc != 0)
		die(s, "mapping", rc);
	s->map_bytes = nbytes;
}

/* Has the file reach that far on the disk. Returns 0 or an error of store_is_no_room(). */
static int
reserve(struct lmdb *s, size_t nbytes)
{
	const int rc = store_env_reserve(s->env, nbytes);

	if (rc != 0 && !store_is_no_room(rc))
		die(s, "reserving disk space", rc);
	return rc;
}

/*
 * Grows the map by a step that max_bytes allows and the disk has. No transaction may be open.
 * Returns false, with the reason in why, when there is none.
 */
static bool
grow(struct lmdb *s)
{
	size_t step = s->reserved;
	int rc = 0;

	/* Pages that a reader which died still holds cannot be used again. */
	mdb_reader_check(s->env, NULL);
	if (s->reserved >= s->max_bytes) {
		set_why(s, "it has reached database_max (%zu bytes)", s->max_bytes);
		return false;
	}
	if (step < FIRST_BYTES)
		step = FIRST_BYTES;
	if (step > STEP_BYTES)
		step = STEP_BYTES;
	if (step > s->max_bytes - s->reserved)
		step = s->max_bytes - s->reserved;
	for (; step >= LEAST_BYTES; step = step / 2 / s->page_bytes * s->page_bytes) {
		rc = reserve(s, s->reserved + step);
		if (rc == 0)
			break;
	}
	if (rc != 0 || step < LEAST_BYTES) {
		set_why(s, "%s", rc != 0 ? strerror(rc) : "it has reached database_max");
		return false;
	}
	s->reserved += step;
	set_map(s, s->reserved);
	log_debug("database %s: grown to %zu bytes", s->path, s->reserved);
	return true;
}

/* -- the turn's transaction -- */

static void
abort_txn(struct lmdb *s)
{
	mdb_txn_abort(s->txn);
	s->txn = NULL;
}

/* After a change that could not be written, for rc: ends the transaction, and makes the map larger. */
static void
make_room(struct lmdb *s, int rc)
{
	if (rc != MDB_MAP_FULL)
		die(s, "writing", rc);
	abort_txn(s);
	if (s->map_bytes > s->reserved || !grow(s))
		set_map(s, s->map_bytes * 2);
}

/* After it a transaction is open that has all changes of the turn in it, reserved or not. */
static void
ensure_txn(struct lmdb *s)
{
	int rc;

	while (s->txn == NULL) {
		rc = mdb_txn_begin(s->env, NULL, 0, &s->txn);
		if (rc != 0)
			die(s, "beginning a transaction", rc);
		rc = store_log_apply(&s->log, 0, s->txn, s->dbi);
		if (rc == 0)
			return;
		make_room(s, rc);
	}
}

static void
change(struct lmdb *s, bool is_put, enum table table, struct bytes key, struct bytes val)
{
	size_t at;
	int rc;

	if (key.n == 0 || key.n > STORE_KEY_MAX)
		fatalx("database %s: a key of %zu bytes in %s", s->path, key.n,
		    store_table_name(table));
	ensure_txn(s);
	at = store_log_add(&s->log, is_put, table, key, val);
	/* From the log: what was given may be a value that the change moves. */
	rc = store_log_apply(&s->log, at, s->txn, s->dbi);
	if (rc == 0)
		return;
	make_room(s, rc);
	ensure_txn(s);
}

/* -- struct store -- */

static enum store_result
lmdb_get(struct store *store, enum table table, struct bytes key, struct bytes *val)
{
	struct lmdb *s = lmdb_of(store);
	MDB_val k = { key.n, (void *)(uintptr_t)key.p }, v;
	int rc;

	ensure_txn(s);
	rc = mdb_get(s->txn, s->dbi[table], &k, &v);
	if (rc == MDB_NOTFOUND)
		return STORE_NONE;
	if (rc != 0)
		die(s, "reading", rc);
	val->p = v.mv_data;
	val->n = v.mv_size;
	return STORE_OK;
}

static enum store_result
walk(struct store *store, lmdb_walker *way, enum table table, struct bytes prefix,
    struct bytes edge, store_visit *visit, void *arg)
{
	struct lmdb *s = lmdb_of(store);
	enum store_result result;
	int rc;

	ensure_txn(s);
	rc = way(s->txn, s->dbi[table], prefix, edge, visit, arg, &result);
	if (rc != 0)
		die(s, "reading", rc);
	return result;
}

static enum store_result
lmdb_each(struct store *store, enum table table, struct bytes prefix, struct bytes after,
    store_visit *visit, void *arg)
{
	return walk(store, lmdb_walk, table, prefix, after, visit, arg);
}

static enum store_result
lmdb_each_back(struct store *store, enum table table, struct bytes prefix, struct bytes before,
    store_visit *visit, void *arg)
{
	return walk(store, lmdb_walk_back, table, prefix, before, visit, arg);
}

static void
lmdb_put(struct store *store, enum table table, struct bytes key, struct bytes val)
{
	change(lmdb_of(store), true, table, key, val);
}

static void
lmdb_del(struct store *store, enum table table, struct bytes key)
{
	change(lmdb_of(store), false, table, key, (struct bytes){ NULL, 0 });
}

/* If the write of the slot has failed, and only then, LMDB begins nothing any more. */
static bool
has_given_up(struct lmdb *s)
{
	MDB_txn *txn;
	int rc;

	rc = mdb_txn_begin(s->env, NULL, 0, &txn);
	if (rc == 0)
		mdb_txn_abort(txn);
	else if (rc != MDB_PANIC)
		die(s, "beginning a transaction", rc);
	return rc != 0;
}

/*
 * Takes back what a commit that failed may have left, and opens the file anew: LMDB may have given it up. False,
 * with why: there is no room for that either.
 *
 * Without room it is opened to be read, all the same; but not if it shows the commit that failed: whoever opens a
 * file of LMDB first has all go on from what it shows, and what is taken back afterwards would be missed.
 */
static bool
reopen(struct lmdb *s)
{
	MDB_envinfo info;
	const char *why;
	int rc;

	abort_txn(s);
	rc = store_slot_write(&s->slot, s->dir_fd);
	if (rc != 0 && !store_is_no_room(rc))
		die(s, "taking a commit back", rc);
	if (rc != 0)
		set_why(s, "%s", strerror(rc));
	s->is_doubtful = rc != 0;
	mdb_env_info(s->env, &info);
	if (info.me_last_txnid >= s->slot.txn)
		return false;
	mdb_env_close(s->env);
	s->env = NULL;
	rc = store_env_open(&s->env, s->path, s->map_bytes, 0);
	if (rc != 0)
		die(s, "opening it again", rc);
	why = store_env_tables(s->env, s->dbi, false);
	if (why != NULL)
		fatalx("database %s: opening it again: %s", s->path, why);
	mdb_env_info(s->env, &info);
	s->map_bytes = info.me_mapsize;
	return !s->is_doubtful;
}

/* LMDB says EIO also for a write that came short, which is what a full disk does: then errno does not say so. */
static int
commit_txn(struct lmdb *s)
{
	const char *why = store_slot_read(&s->slot, s->txn);
	int rc;

	if (why != NULL)
		fatalx("database %s: committing: %s", s->path, why);
	errno = 0;
	rc = mdb_txn_commit(s->txn);
	s->txn = NULL;
	return rc == EIO && errno != EIO ? ENOSPC : rc;
}

/*
 * Where a file system copies on write, or has put off finding room, any write may find the disk full, in place or
 * not, and any sync. After that the cache shows what the disk may not have, and another sync would succeed all the
 * same. But the sync of the turn before has succeeded; so in doubt are only the pages of this turn, which are all
 * written again, from the log, and the slot, if it was written to: it is written back before.
 *
 * EIO is another matter: a disk that fails has more to hide than what it was last told to keep. That ends mucd.
 */
static enum store_result
lmdb_commit(struct store *store)
{
	struct lmdb *s = lmdb_of(store);
	int rc;

	if (s->log.buf.len == 0) {
		abort_txn(s);
		return STORE_NONE;
	}
	if (s->is_doubtful && !reopen(s))
		return STORE_RETRY;
	for (;;) {
		ensure_txn(s);
		if (s->map_bytes > s->reserved) {
			/* Again in what is reserved, if that can be more by now. */
			abort_txn(s);
			set_map(s, s->reserved);
			if (!grow(s))
				return STORE_RETRY;
			continue;
		}
		rc = commit_txn(s);
		if (rc == 0)
			break;
		if (rc == MDB_MAP_FULL) {
			if (!grow(s))
				return STORE_RETRY;
			continue;
		}
		if (!store_is_no_room(rc))
			die(s, "committing", rc);
		set_why(s, "%s", strerror(rc));
		if (has_given_up(s))
			reopen(s);
		return STORE_RETRY;
	}
	store_log_clear(&s->log);
	return STORE_OK;
}

static size_t
count_pages(struct lmdb *s)
{
	size_t npages;
	int rc;

	ensure_txn(s);
	rc = lmdb_pages(s->txn, s->dbi, &npages);
	if (rc != 0)
		die(s, "reading", rc);
	return npages;
}

static unsigned
lmdb_fill(struct store *store)
{
	struct lmdb *s = lmdb_of(store);
	size_t npages = count_pages(s), most;

	most = s->reserved + disk_free(s);
	if (most > s->max_bytes)
		most = s->max_bytes;
	npages = npages * 100 / (most / s->page_bytes);
	return npages < 100 ? (unsigned)npages : 100;
}

static uint64_t
lmdb_bytes(struct store *store)
{
	struct lmdb *s = lmdb_of(store);

	return (uint64_t)count_pages(s) * s->page_bytes;
}

static void
lmdb_close(struct store *store)
{
	struct lmdb *s = lmdb_of(store);

	abort_txn(s);
	if (s->env != NULL)
		mdb_env_close(s->env);
	if (s->shared_fd != -1)
		close(s->shared_fd);
	if (s->lock_fd != -1)
		close(s->lock_fd);
	if (s->dir_fd != -1)
		close(s->dir_fd);
	store_log_release(&s->log);
	free(s->path);
	free(s);
}

/* -- opening -- */

/*
 * What is in the file need not be on the disk, if it is there after a commit that failed and ended mucd: LMDB has
 * not synced what it took back.
 */
static bool
settle(struct lmdb *s)
{
	const char *why = store_slot_next(&s->slot, s->env);
	int rc;

	if (why != NULL) {
		set_why(s, "%s", why);
		return false;
	}
	rc = store_slot_write(&s->slot, s->dir_fd);
	s->is_doubtful = store_is_no_room(rc);
	if (rc != 0 && !s->is_doubtful)
		set_why(s, "%s", strerror(rc));
	return rc == 0 || s->is_doubtful;
}

static bool
open_tables(struct lmdb *s)
{
	const char *why = store_env_tables(s->env, s->dbi, !s->is_doubtful);

	if (why != NULL)
		set_why(s, "%s", why);
	return why == NULL;
}

static bool
open_env(struct lmdb *s)
{
	const size_t least = s->max_bytes < FIRST_BYTES ? s->max_bytes : FIRST_BYTES;
	struct stat st;
	MDB_envinfo info;
	MDB_stat stat;
	size_t nbytes = 0;
	const char *why;
	int rc;

	if (fstatat(s->dir_fd, "data.mdb", &st, 0) == 0)
		nbytes = (size_t)st.st_size;
	if (nbytes == 0 && (why = store_new(s->dir_fd, s->path, least)) != NULL) {
		set_why(s, "%s", why);
		return false;
	}
	if (nbytes < least)
		nbytes = least;
	rc = store_env_open(&s->env, s->path, nbytes, 0);
	if (rc != 0) {
		set_why(s, "%s", store_env_why(rc));
		return false;
	}
	mdb_env_info(s->env, &info);
	mdb_env_stat(s->env, &stat);
	s->page_bytes = stat.ms_psize;
	s->max_bytes = s->max_bytes / s->page_bytes * s->page_bytes;
	s->map_bytes = info.me_mapsize;
	s->reserved = info.me_mapsize;
	rc = reserve(s, s->reserved);
	if (rc != 0) {
		/* What is there can be read, and written where pages are free. */
		s->reserved = (info.me_last_pgno + 1) * s->page_bytes;
		set_map(s, s->reserved);
		log_warnx("database %s: %s", s->path, strerror(rc));
	}
	return true;
}

static struct store *
open_store(const char *path, size_t max_bytes, bool goes_on, char *why, size_t why_cap)
{
	struct lmdb *s = mem_alloc(sizeof *s);
	bool is_taken = false;

	s->store = (struct store){ lmdb_get, lmdb_each, lmdb_each_back, lmdb_put, lmdb_del,
		lmdb_commit, lmdb_fill, lmdb_bytes, lmdb_close };
	s->path = mem_strdup(path);
	s->max_bytes = max_bytes;
	s->lock_fd = s->shared_fd = -1;
	if (mkdir(path, 0700) == -1 && errno != EEXIST)
		set_why(s, "cannot make it: %s", strerror(errno));
	s->dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir_fd == -1) {
		if (s->why[0] == '\0')
			set_why(s, "%s", strerror(errno));
		goto fail;
	}
	s->lock_fd = store_lock(s->dir_fd, s->why, sizeof s->why);
	is_taken = s->lock_fd == -1 && errno == EBUSY;
	if (s->lock_fd == -1)
		goto fail;
	if (!goes_on && (s->shared_fd = store_shared_open(s->dir_fd, s->why, sizeof s->why)) == -1)
		goto fail;
	if (!open_env(s) || !settle(s) || !open_tables(s))
		goto fail;
	return &s->store;

fail:
	snprintf(why, why_cap, "database %s: %s", path, s->why);
	lmdb_close(&s->store);
	errno = is_taken ? EBUSY : 0;
	return NULL;
}

struct store *
store_lmdb_open(const char *path, size_t max_bytes, char *why, size_t why_cap)
{
	return open_store(path, max_bytes, false, why, why_cap);
}

struct store *
store_lmdb_go_on(const char *path, size_t max_bytes, char *why, size_t why_cap)
{
	return open_store(path, max_bytes, true, why, why_cap);
}

void
store_lmdb_set_max(struct store *store, size_t max_bytes)
{
	struct lmdb *s = lmdb_of(store);

	s->max_bytes = max_bytes / s->page_bytes * s->page_bytes;
}

static void
warn_of_reader(void *arg, const char *line)
{
	const struct lmdb *s = arg;

	log_warnx("database %s: %s", s->path, line);
}

bool
store_lmdb_look(struct store *store, int64_t now_ms)
{
	struct lmdb *s = lmdb_of(store);
	const bool paused = s->pauses;

	readers_look(&s->readers, s->env, now_ms, warn_of_reader, s);
	s->pauses = readers_pause(&s->readers, now_ms);
	if (s->pauses && !paused)
		log_info("database %s: process %ld reads it: what is too old stays for now",
		    s->path, s->readers.v[0].pid);
	else if (paused && !s->pauses)
		log_info("database %s: what is too old is removed again", s->path);
	return s->pauses;
}

const char *
store_lmdb_why(const struct store *store)
{
	return ((const struct lmdb *)store)->why;
}
