/* SPDX-License-Identifier: ISC */
/*
 * images.c - what a database is if the power fails now, for every now that a log of shim.c has
 *
 *	images LOG SEED VARIANTS FOLDER    every image there was, or could have been on the disk
 *	images -f LOG DATABASE FOLDER      the database as it is, against all of the log
 *
 * After each call that changed the file there are two images: all that was written, which a killed process
 * leaves behind, and what was synced, which the disk is sure to have. Between them anything is possible: of
 * what was not synced any sectors may have come to the disk, in any order. VARIANTS of these are tried,
 * by chance. Each image is to open and to be sound, and to hold everything that had been told by the
 * next such call; now and then a service is started on it, to say again what may not have
 * arrived. FOLDER, empty, is for images that are opened as mucd does it.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <lmdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../component/log.h"
#include "../../component/store_lmdb.h"
#include "../../component/store_walk.h"
#include "base/buf.h"
#include "base/mem.h"
#include "shim.h"
#include "spoken.h"

#define PAGE	    4096
#define SECTOR	    512
#define OPEN_EVERY  40 /* of the images, one is opened as mucd does it, and written to */
#define START_EVERY 10 /* on one, about, a service is started */
#define SAY_MOST    40
#define MAX_BYTES   ((size_t)1 << 30)

/* A write to a page that no sync stands behind. */
struct pending {
	int64_t at;
	size_t n;
	const char *p; /* in the log */
	bool is_lost;  /* writing it back failed: another sync will not bring it to the disk */
};

struct images {
	const char *folder;
	struct spoken spoken;
	int all, disk, maybe; /* images: all that was written; what is synced; one that may be */
	int64_t disk_size;
	bool is_there; /* it has its name */
	bool sync_failed;
	struct pending *pending;
	size_t npending, cap;
	uint64_t chance;
	unsigned nvariants;

	struct state state;	       /* of the transaction that was looked at last */
	uint64_t txn;		       /* UINT64_MAX: none */
	uint64_t asked_txn, asked_for; /* the last question */
	struct map hashes;	       /* of every transaction that was seen; 0: not yet */
	bool has_failed;	       /* the last transaction, in its last write */
	uint64_t *failed;	       /* its hash, if it has been seen all the same */
	struct arena *keep;
	uint64_t nimages, nsynced, nmaybe, nopened, nstarted, ntxns, ntold;
	uint64_t ncalls[CALL_COUNT];
};

static const char *now = "";	/* what is looked at */
static uint64_t number, nwrong; /* of the call in the log; of complaints */

static void
complain(const char *what, const char *key)
{
	if (nwrong++ < SAY_MOST)
		printf("call %" PRIu64 ", %s: %s: %s\n", number, now, what, key);
}

static void __attribute__((noreturn)) bail(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	exit(2);
}

static uint64_t
chance(struct images *g, uint64_t n)
{
	g->chance ^= g->chance << 13;
	g->chance ^= g->chance >> 7;
	g->chance ^= g->chance << 17;
	return g->chance % n;
}

static int
image_new(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd == -1)
		bail(name);
	return fd;
}

static int64_t
size_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		bail("fstat");
	return st.st_size;
}

static void
copy(int from, int to, int64_t at, size_t n)
{
	static char page[65536];
	ssize_t got;

	while (n > 0) {
		got = pread(from, page, n < sizeof(page) ? n : sizeof(page), at);
		if (got < 0)
			bail("pread");
		if (got == 0)
			return;
		if (pwrite(to, page, (size_t)got, at) != got)
			bail("pwrite");
		at += got;
		n -= (size_t)got;
	}
}

/* -- an image as a store that is only read -- */

struct looking {
	struct store store;
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi[TABLE_COUNT];
	bool is_there[TABLE_COUNT];
};

static enum store_result
look_get(struct store *store, enum table t, struct bytes key, struct bytes *val)
{
	struct looking *l = (struct looking *)store;
	MDB_val k = { key.n, (void *)(uintptr_t)key.p }, v;
	int rc = l->is_there[t] ? mdb_get(l->txn, l->dbi[t], &k, &v) : MDB_NOTFOUND;

	if (rc == MDB_NOTFOUND || rc == MDB_BAD_VALSIZE)
		return STORE_NONE;
	if (rc != 0)
		complain(store_table_name(t), mdb_strerror(rc));
	*val = (struct bytes){ v.mv_data, v.mv_size };
	return rc == 0 ? STORE_OK : STORE_NONE;
}

static enum store_result
look_each(struct store *store, enum table t, struct bytes prefix, struct bytes after,
    store_visit *visit, void *arg)
{
	struct looking *l = (struct looking *)store;
	enum store_result result = STORE_OK;
	int rc;

	rc = l->is_there[t] ? lmdb_walk(l->txn, l->dbi[t], prefix, after, visit, arg, &result) : 0;
	if (rc != 0)
		complain(store_table_name(t), mdb_strerror(rc));
	return result;
}

static enum store_result
look_each_back(struct store *store, enum table t, struct bytes prefix, struct bytes before,
    store_visit *visit, void *arg)
{
	struct looking *l = (struct looking *)store;
	enum store_result result = STORE_OK;
	int rc;

	rc = l->is_there[t] ? lmdb_walk_back(l->txn, l->dbi[t], prefix, before, visit, arg, &result)
			    : 0;
	if (rc != 0)
		complain(store_table_name(t), mdb_strerror(rc));
	return result;
}

/* Returns LMDB's result; *txn is the number of the last transaction. */
static int
look_open(struct looking *l, const char *path, uint64_t *txn)
{
	MDB_envinfo info;
	int rc;

	*l = (struct looking){ .store = { look_get, look_each, look_each_back, NULL, NULL, NULL,
				   NULL, NULL } };
	rc = mdb_env_create(&l->env);
	if (rc == 0)
		rc = mdb_env_set_maxdbs(l->env, TABLE_COUNT);
	if (rc == 0)
		rc = mdb_env_open(l->env, path, MDB_RDONLY | MDB_NOSUBDIR | MDB_NOLOCK, 0600);
	if (rc == 0)
		rc = mdb_txn_begin(l->env, NULL, MDB_RDONLY, &l->txn);
	if (rc != 0)
		return rc;
	mdb_env_info(l->env, &info);
	*txn = info.me_last_txnid;
	for (int t = 0; rc == 0 && t < TABLE_COUNT; t++) {
		rc = mdb_dbi_open(l->txn, store_table_name((enum table)t), 0, &l->dbi[t]);
		l->is_there[t] = rc == 0;
		if (rc == MDB_NOTFOUND)
			rc = 0;
	}
	return rc;
}

static void
look_close(struct looking *l)
{
	if (l->txn != NULL)
		mdb_txn_abort(l->txn);
	if (l->env != NULL)
		mdb_env_close(l->env);
}

/* -- what an image is to be -- */

/* All of it passes here for every image: this is quick, and nobody chooses what it is given. */
static uint64_t
mix(uint64_t hash, struct bytes b)
{
	uint64_t word;
	size_t i;

	hash = (hash ^ b.n) * 0x9e3779b97f4a7c15;
	for (i = 0; i + 8 <= b.n; i += 8) {
		memcpy(&word, (const char *)b.p + i, 8);
		hash = (hash ^ word) * 0x9e3779b97f4a7c15;
		hash ^= hash >> 29;
	}
	word = 0;
	if (i < b.n)
		memcpy(&word, (const char *)b.p + i, b.n - i);
	hash = (hash ^ word) * 0x9e3779b97f4a7c15;
	return hash ^ hash >> 32;
}

static int
add_to_hash(void *arg, struct bytes key, struct bytes val)
{
	uint64_t *hash = arg;

	*hash = mix(mix(*hash, key), val);
	return 0;
}

static uint64_t
hash_of(struct store *store)
{
	static const struct bytes all = { NULL, 0 };
	uint64_t hash = 0;

	for (int t = 0; t < TABLE_COUNT; t++)
		store->each(store, (enum table)t, all, all, add_to_hash, &hash);
	return hash;
}

struct into {
	struct store *store;
	enum table table;
};

static int
put_into(void *arg, struct bytes key, struct bytes val)
{
	struct into *into = arg;

	into->store->put(into->store, into->table, key, val);
	return 0;
}

static void
start_service(struct images *g, struct store *store)
{
	static const struct bytes all = { NULL, 0 };
	struct into into = { .store = store_mem_new() };

	for (into.table = 0; into.table < TABLE_COUNT; into.table++)
		store->each(store, into.table, all, all, put_into, &into);
	state_silent(&g->state, &g->spoken, into.store, complain, &g->ntold);
	into.store->close(into.store);
	g->nstarted++;
}

/* Another one is to be in its place, of the same number. */
static void
forget_failed(struct images *g)
{
	g->has_failed = false;
	if (g->failed == NULL)
		return;
	*g->failed = 0;
	g->failed = NULL;
	if (g->txn != UINT64_MAX)
		state_release(&g->state);
	g->txn = g->asked_txn = UINT64_MAX;
}

/* The records of a transaction never change, whatever is written behind it. */
static void
look_at(struct images *g, struct store *store, uint64_t txn)
{
	const char *name = arena_fmt(g->keep, "%" PRIu64, txn);
	uint64_t *known = map_get(&g->hashes, name), hash = hash_of(store);

	if (known == NULL) {
		known = arena_alloc(g->keep, sizeof(*known));
		map_put(&g->hashes, name, known);
		g->ntxns++;
		if (g->has_failed)
			g->failed = known;
	}
	if (*known == 0)
		*known = hash;
	if (*known != hash)
		complain("a transaction is not what it was", name);
	if (txn == g->txn)
		return;
	if (g->txn != UINT64_MAX)
		state_release(&g->state);
	g->txn = txn;
	state_read(&g->state, store, complain);
}

/* Opens a copy, as mucd does it, and writes. */
static void
open_copy(struct images *g, int fd)
{
	char path[4096], why[512];
	struct store *store;
	int to;

	snprintf(path, sizeof(path), "%s/data.mdb", g->folder);
	to = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (to == -1 || ftruncate(to, size_of(fd)) == -1)
		bail(path);
	copy(fd, to, 0, (size_t)size_of(fd));
	close(to);
	store = store_lmdb_open(g->folder, MAX_BYTES, why, sizeof(why));
	g->nopened++;
	if (store == NULL) {
		complain("mucd does not open it", why);
		return;
	}
	store->put(store, TABLE_meta, (struct bytes){ "torture", 7 }, (struct bytes){ "1", 1 });
	if (store->commit(store) != STORE_OK)
		complain("it cannot be written to", "");
	store->close(store);
	snprintf(path, sizeof(path), "%s/lock.mdb", g->folder);
	unlink(path);
}

/* Is everything there that was told? The same is not asked twice. */
static void
look_for_told(struct images *g)
{
	if (g->asked_txn == g->txn && g->asked_for == g->spoken.nstanzas)
		return;
	state_missing(&g->state, &g->spoken, complain);
	g->asked_txn = g->txn;
	g->asked_for = g->spoken.nstanzas;
}

static void
check(struct images *g, int fd, const char *what)
{
	struct looking l;
	char path[64];
	uint64_t txn;
	int rc;

	now = what;
	g->nimages++;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	rc = look_open(&l, path, &txn);
	if (rc == 0) {
		look_at(g, &l.store, txn);
		look_for_told(g);
		if (chance(g, START_EVERY) == 0)
			start_service(g, &l.store);
	} else
		complain("LMDB does not open it", mdb_strerror(rc));
	look_close(&l);
	if (g->nimages % OPEN_EVERY == 0)
		open_copy(g, fd);
}

/* -- what happened -- */

static void
write_to(int fd, const char *p, size_t n, int64_t at)
{
	if (pwrite(fd, p, n, at) != (ssize_t)n)
		bail("pwrite");
}

/* Page by page, as the kernel has them. */
static void
pend(struct images *g, int64_t at, size_t n, const char *p, bool is_lost)
{
	while (n > 0) {
		const size_t room = (size_t)(PAGE - at % PAGE), most = n < room ? n : room;

		if (g->npending == g->cap) {
			g->cap = g->cap > 0 ? 2 * g->cap : 64;
			g->pending = mem_realloc(g->pending, g->cap * sizeof(*g->pending));
		}
		g->pending[g->npending++] = (struct pending){ at, most, p, is_lost };
		at += (int64_t)most;
		p += most;
		n -= most;
	}
}

/* A page goes to the disk, and with it all that waits to be written of it. */
static void
settle_pages(struct images *g, int64_t at, size_t n)
{
	const int64_t from = at / PAGE * PAGE;
	const int64_t to = (at + (int64_t)n + PAGE - 1) / PAGE * PAGE;
	size_t left = 0;

	copy(g->all, g->disk, from, (size_t)(to - from));
	copy(g->all, g->maybe, from, (size_t)(to - from));
	for (size_t i = 0; i < g->npending; i++) {
		const struct pending *p = &g->pending[i];

		if (p->at < from || p->at + (int64_t)p->n > to)
			g->pending[left++] = *p;
	}
	g->npending = left;
}

static void
wrote(struct images *g, const struct logged *l, const char *p)
{
	if (g->sync_failed)
		complain("written to after a sync that failed by no want of room", "");
	if (l->len == 0)
		return;
	write_to(g->all, p, (size_t)l->len, l->at);
	if ((l->flags & IS_DURABLE) != 0 && l->result > 0)
		forget_failed(g);
	g->has_failed |= (l->flags & IS_DURABLE) != 0 && l->result < 0;
	if ((l->flags & IS_DURABLE) != 0 && l->result > 0)
		settle_pages(g, l->at, (size_t)l->len);
	else
		pend(g, l->at, (size_t)l->len, p, l->result < 0);
}

/* What a sync brings to the disk. */
static const struct pending *
first_of_now(const struct images *g)
{
	for (size_t i = 0; i < g->npending; i++)
		if (!g->pending[i].is_lost)
			return &g->pending[i];
	return NULL;
}

static void
synced(struct images *g, const struct logged *l)
{
	const struct pending *p;

	if (g->sync_failed)
		complain("synced after a sync that failed by no want of room", "");
	for (size_t i = 0; l->result != 0 && i < g->npending; i++)
		g->pending[i].is_lost = true;
	g->sync_failed = l->result != 0 && l->result != -ENOSPC;
	if (l->result != 0)
		return;
	while ((p = first_of_now(g)) != NULL)
		settle_pages(g, p->at, p->n);
	g->disk_size = size_of(g->all);
	if (ftruncate(g->disk, g->disk_size) == -1 || ftruncate(g->maybe, g->disk_size) == -1)
		bail("ftruncate");
}

/* Some sectors of what is pending have come to the disk. */
static void
check_maybe(struct images *g)
{
	const unsigned odds = 2 + (unsigned)chance(g, 7);

	for (size_t i = 0; i < g->npending; i++) {
		const struct pending *p = &g->pending[i];

		for (size_t off = 0; off < p->n; off += SECTOR)
			if (chance(g, odds) != 0)
				write_to(g->maybe, p->p + off,
				    p->n - off < SECTOR ? p->n - off : SECTOR,
				    p->at + (int64_t)off);
	}
	check(g, g->maybe, "some of what was not synced");
	g->nmaybe++;
	for (size_t i = 0; i < g->npending; i++)
		copy(g->disk, g->maybe, g->pending[i].at, g->pending[i].n);
	if (ftruncate(g->maybe, size_of(g->disk)) == -1)
		bail("ftruncate");
}

static void
check_all(struct images *g)
{
	if (!g->is_there)
		return;
	check(g, g->all, "all that was written");
	if (g->npending == 0)
		return;
	check(g, g->disk, "what was synced");
	g->nsynced++;
	for (unsigned i = 0; i < g->nvariants; i++)
		check_maybe(g);
}

/* True: the file has changed. */
static bool
happened(struct images *g, const struct logged *l, const char *p)
{
	g->ncalls[l->call]++;
	switch ((enum call)l->call) {
	case CALL_WRITE:
		wrote(g, l, p);
		return true;
	case CALL_SYNC:
		synced(g, l);
		return true;
	case CALL_TRUNCATE:
	case CALL_RESERVE:
		if (l->result == 0 && (l->call == CALL_TRUNCATE || l->at > size_of(g->all)) &&
		    ftruncate(g->all, l->at) == -1)
			bail("ftruncate");
		return true;
	case CALL_NAME:
		g->is_there |= l->result == 0;
		return true;
	case CALL_SEND:
		if (!spoken_sent(&g->spoken, l->conn, p, (size_t)l->len))
			complain("told what is no XMPP", "");
		return false;
	case CALL_RECV:
		if (!spoken_recv(&g->spoken, l->conn, p, (size_t)l->len))
			complain("asked what is no XMPP", "");
		return false;
	case CALL_START:
		g->sync_failed = false;
		return false;
	case CALL_LAST:
	case CALL_COUNT:
		break;
	}
	bail("the log cannot be read");
}

/* Each image holds what is told until the next one comes. */
static void
replay(struct images *g, const char *log, size_t n, bool with_images)
{
	struct logged l;
	bool is_due = false;

	for (size_t off = 0; off < n;) {
		if (n - off < sizeof(l))
			bail("the log ends in the middle");
		memcpy(&l, log + off, sizeof(l));
		off += sizeof(l);
		if (n - off < (size_t)l.len)
			bail("the log ends in the middle");
		if (l.call < CALL_SEND && is_due)
			check_all(g);
		number++;
		is_due = happened(g, &l, log + off) ? with_images : is_due && l.call >= CALL_SEND;
		off += (size_t)l.len;
	}
	if (is_due)
		check_all(g);
}

/* The database as it is. */
static void
check_file(struct images *g, const char *folder)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/data.mdb", folder);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		bail(path);
	check(g, fd, "the file");
	if (g->nopened == 0)
		open_copy(g, fd);
	close(fd);
}

int
main(int argc, char **argv)
{
	struct images g = { .chance = 88172645463325252,
		.txn = UINT64_MAX,
		.asked_txn = UINT64_MAX,
		.keep = arena_new() };
	const bool is_final = argc == 5 && strcmp(argv[1], "-f") == 0;
	const char *log;
	size_t n;
	int fd;

	if (argc != 5) {
		fputs("usage: images LOG SEED VARIANTS FOLDER\n       images -f LOG DATABASE "
		      "FOLDER\n",
		    stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	log_to_stderr();
	log_set_level(MUC_LOG_ERROR);
	state_begin();
	spoken_init(&g.spoken);
	g.folder = argv[4];
	g.all = image_new("all");
	g.disk = image_new("disk");
	g.maybe = image_new("maybe");
	if (!is_final) {
		g.chance += strtoull(argv[2], NULL, 10) * 7919;
		g.nvariants = (unsigned)strtoul(argv[3], NULL, 10);
	}
	fd = open(argv[is_final ? 2 : 1], O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		bail("the log");
	n = (size_t)size_of(fd);
	log = n > 0 ? mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0) : "";
	if (log == MAP_FAILED)
		bail("the log");
	replay(&g, log, n, !is_final);
	if (is_final)
		check_file(&g, argv[3]);
	printf("images %" PRIu64 " synced %" PRIu64 " maybe %" PRIu64 " opened %" PRIu64
	       " started %" PRIu64 " transactions %" PRIu64 " again %" PRIu64 " told %" PRIu64
	       " registers %zu messages %zu writes %" PRIu64 " syncs %" PRIu64 " wrong %" PRIu64
	       "\n",
	    g.nimages, g.nsynced, g.nmaybe, g.nopened, g.nstarted, g.ntxns, g.ntold,
	    g.spoken.nstanzas, map_count(&g.spoken.registers), map_count(&g.spoken.said),
	    g.ncalls[CALL_WRITE], g.ncalls[CALL_SYNC], nwrong);
	return nwrong != 0;
}
