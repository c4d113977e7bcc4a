/* SPDX-License-Identifier: ISC */
/*
 * store_full.c - a database on a disk that has no room, or fails
 */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <lmdb.h>
#include <signal.h>

#include "lmdb.h"

/* -- a disk that does what the test wants: these stand before the C library's -- */

static bool reserves_none;
static int nsyncs;

/* What happens to writes by a descriptor that syncs each, then to others, then to syncs: an errno, or 0. */
static struct {
	int durable, write, sync;
	enum { NOTHING, HALF, ALL } done; /* of a durable one, nevertheless; HALF: it comes short */
	bool is_over;			  /* after that one write */
	unsigned nhits;
} fault;

/* What LMDB's slot was is written again, and not synced; anything else has been, then. */
static bool slot_waits, is_early;

int
fallocate(int fd, int mode, off_t offset, off_t len)
{
	if (reserves_none) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return (int)syscall(SYS_fallocate, fd, mode, offset, len);
}

int
fdatasync(int fd)
{
	nsyncs++;
	if (fault.sync != 0) {
		fault.nhits++;
		errno = fault.sync;
		return -1;
	}
	slot_waits = false;
	return (int)syscall(SYS_fdatasync, fd);
}

ssize_t
pwrite(int fd, const void *p, size_t n, off_t at)
{
	const bool is_durable = (fcntl(fd, F_GETFL) & O_DSYNC) != 0;
	/* All but the number of a process, in mucd.lock. */
	const int error = is_durable ? fault.durable : n > 32 ? fault.write : 0;
	size_t most = n;

	if (error != 0) {
		fault.nhits++;
		most = !is_durable || fault.done == NOTHING ? 0 : fault.done == HALF ? n / 2 : n;
		if (fault.is_over)
			fault.durable = fault.write = 0;
	}
	if (n == 512)
		slot_waits = true;
	else
		is_early |= slot_waits && n > 512;
	if (most > 0 && syscall(SYS_pwrite64, fd, p, most, at) != (ssize_t)most)
		return -1;
	if (error == 0 || (is_durable && fault.done == HALF))
		return (ssize_t)most;
	errno = error;
	return -1;
}

/* A limit on the size of files stands for a full disk: fallocate(2) fails. */
static void
test_full_disk(void)
{
	struct rlimit was, small = { 6 * MB, 6 * MB };
	struct store *s;

	fresh();
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &was);
	small.rlim_max = was.rlim_max;
	s = reopen(1024 * MB);
	put(s, "a", "1");
	s->commit(s);
	setrlimit(RLIMIT_FSIZE, &small);
	put(s, "a", "2");
	put_many(s, 0, 3000);
	put(s, "b", "2");
	ok(has(s, "a", "2") && has(s, "b", "2") && count_many(s, 3000) == 3000,
	    "a full disk: the turn goes on");
	is_int(s->commit(s), STORE_RETRY, "and has to wait");
	ok(strstr(store_lmdb_why(s), strerror(EFBIG)) != NULL, "why: %s", store_lmdb_why(s));
	ok(has(s, "a", "2") && count_many(s, 3000) == 3000, "it can be read while it waits");
	is_int(s->commit(s), STORE_RETRY, "again, in vain");
	setrlimit(RLIMIT_FSIZE, &was);
	is_int(s->commit(s), STORE_OK, "there is room: committed");
	ok(has(s, "a", "2") && has(s, "b", "2") && count_many(s, 3000) == 3000, "all is there");
	s->close(s);
	s = reopen(1024 * MB);
	ok(has(s, "b", "2") && count_many(s, 3000) == 3000, "after reopening, too");
	s->close(s);
}

/* No byte of any file can be written: not even the number of the process that has it. */
static void
test_begun_full(void)
{
	struct rlimit was, none = { 0, 0 };
	bool is_there, is_read;
	int waits;
	struct store *s;

	fresh();
	s = reopen(1024 * MB);
	put(s, "a", "1");
	s->commit(s);
	s->close(s);
	getrlimit(RLIMIT_FSIZE, &was);
	none.rlim_max = was.rlim_max;
	setrlimit(RLIMIT_FSIZE, &none);
	s = reopen(1024 * MB);
	is_there = s != NULL;
	is_read = is_there && has(s, "a", "1");
	if (is_there)
		put(s, "a", "2");
	waits = is_there ? (int)s->commit(s) : -1;
	setrlimit(RLIMIT_FSIZE, &was);
	ok(is_there && is_read, "a disk that is full from the beginning: it is opened, and read");
	is_int(waits, STORE_RETRY, "what is written waits");
	if (!is_there)
		return;
	is_int(s->commit(s), STORE_OK, "there is room: committed");
	ok(has(s, "a", "2"), "it is there");
	s->close(s);
}

/* Where nothing can be reserved LMDB meets the full disk itself, in the middle of a commit. */
static void
test_no_fallocate(void)
{
	struct rlimit was, small = { 4 * MB + 100000, 0 };
	struct store *s;

	fresh();
	getrlimit(RLIMIT_FSIZE, &was);
	small.rlim_max = was.rlim_max;
	reserves_none = true;
	s = reopen(1024 * MB);
	put(s, "a", "1");
	s->commit(s);
	setrlimit(RLIMIT_FSIZE, &small);
	put(s, "a", "2");
	put_many(s, 0, 3000);
	is_int(s->commit(s), STORE_RETRY, "a full disk without fallocate(2)");
	ok(has(s, "a", "2") && count_many(s, 3000) == 3000, "it can be read while it waits");
	is_int(s->commit(s), STORE_RETRY, "again, in vain");
	setrlimit(RLIMIT_FSIZE, &was);
	is_int(s->commit(s), STORE_OK, "there is room: committed");
	s->close(s);
	s = reopen(1024 * MB);
	ok(has(s, "a", "2") && count_many(s, 3000) == 3000, "after reopening, too");
	s->close(s);
	reserves_none = false;
}

static void
exit_if_synced_again(void)
{
	if (nsyncs != 1)
		_exit(2);
}

/* A disk that fails is not trusted with another sync. */
static void
test_failing(const char *what, int durable, int sync)
{
	struct store *s;
	char said[512] = "";
	int fds[2], status = 0;
	pid_t pid;

	fresh();
	if (pipe(fds) == -1)
		return;
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		s = reopen(64 * MB);
		put(s, "a", "1");
		s->commit(s);
		put(s, "a", "2");
		fault.durable = durable;
		fault.sync = sync;
		fault.done = NOTHING;
		nsyncs = 0;
		/* fatalx() calls exit(3): with one sync, and with the right words. */
		atexit(exit_if_synced_again);
		s->commit(s);
		_exit(0);
	}
	close(fds[1]);
	waitpid(pid, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 1, "%s ends the process", what);
	ok(read(fds[0], said, sizeof said - 1) > 0 && strstr(said, "committing: ") != NULL &&
		strstr(said, strerror(EIO)) != NULL,
	    "it says so");
	s = reopen(64 * MB);
	ok(has(s, "a", "1"), "the turn before is there");
	put(s, "a", "3");
	ok(s->commit(s) == STORE_OK && has(s, "a", "3"), "and more can be written");
	s->close(s);
}

ssize_t
writev(int fd, const struct iovec *iov, int n)
{
	is_early |= slot_waits;
	return syscall(SYS_writev, fd, iov, n);
}

/* Another process that has the database open, to read, until it is killed. */
static pid_t
start_reader(void)
{
	MDB_env *env = NULL;
	MDB_txn *txn;
	int fds[2];
	pid_t pid;
	char byte;

	if (pipe(fds) == -1)
		return -1;
	pid = fork();
	if (pid == 0) {
		/* What it has of ours holds our lock, too. */
		close_range(STDERR_FILENO + 1, (unsigned)fds[1] - 1, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (mdb_env_create(&env) == 0 && mdb_env_open(env, path, MDB_RDONLY, 0600) == 0 &&
		    mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) == 0 && write(fds[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	close(fds[1]);
	if (read(fds[0], &byte, 1) != 1)
		printf("# the reader does not read\n");
	close(fds[0]);
	return pid;
}

/*
 * The write that ends a commit, and what comes after it, on disks that write nothing in place. LMDB gives the file
 * up by that; the turn is in it once, whatever the failed one has left.
 */
static void
test_failed_end(bool is_read)
{
	static const struct {
		const char *what;
		int durable, write, sync;
		int done;
		bool is_over, is_blind;
	} cases[] = {
		{ "it fails once", ENOSPC, 0, 0, NOTHING, true, false },
		{ "it fails", ENOSPC, 0, 0, NOTHING, false, false },
		{ "by the quota", EDQUOT, 0, 0, NOTHING, false, false },
		{ "it comes short", EIO, 0, 0, HALF, false, false },
		{ "it is done, and fails", ENOSPC, 0, 0, ALL, false, false },
		{ "and nothing else can be written", ENOSPC, ENOSPC, 0, NOTHING, false, false },
		{ "it is done and fails, and nothing else can be written", ENOSPC, ENOSPC, 0, ALL,
		    false, true },
		{ "any sync fails", 0, 0, ENOSPC, NOTHING, false, false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *what = cases[i].what;
		struct store *s;
		pid_t reader = 0;
		bool good = true;

		/* Commits are even and odd: both slots. */
		for (unsigned ncommits = 1; ncommits <= 4; ncommits++) {
			fresh();
			s = reopen(64 * MB);
			for (unsigned n = 0; n < ncommits; n++) {
				put_many(s, n, n + 1);
				s->commit(s);
			}
			if (is_read)
				reader = start_reader();
			put(s, "a", "2");
			put_many(s, 10, 60);
			s->del(s, TABLE_affil, number(0));
			fault.durable = cases[i].durable;
			fault.write = cases[i].write;
			fault.sync = cases[i].sync;
			fault.done = cases[i].done;
			fault.is_over = cases[i].is_over;
			fault.nhits = 0;
			/* A sync of what is new comes first, and the write not at all. */
			good &= s->commit(s) == STORE_RETRY && fault.nhits > 0;
			good &= cases[i].done == HALF || cases[i].durable == 0 ||
				strstr(store_lmdb_why(s), strerror(cases[i].durable)) != NULL;
			good &= cases[i].is_blind ||
				(has(s, "a", "2") && count_many(s, 60) == 49 + ncommits);
			if (!cases[i].is_over)
				good &= s->commit(s) == STORE_RETRY && s->commit(s) == STORE_RETRY;
			good &= cases[i].is_blind || has(s, "a", "2");
			fault.durable = fault.write = fault.sync = 0;
			good &= s->commit(s) == STORE_OK;
			good &= has(s, "a", "2") && count_many(s, 60) == 49 + ncommits;
			for (unsigned n = 100; n < 110; n++) {
				put_many(s, n, n + 1);
				s->del(s, TABLE_affil, number(n - 90));
				good &= s->commit(s) == STORE_OK;
			}
			s->close(s);
			s = reopen(64 * MB);
			good &= has(s, "a", "2") && count_many(s, 110) == 49 + ncommits;
			s->close(s);
			if (is_read) {
				kill(reader, SIGKILL);
				waitpid(reader, NULL, 0);
			}
		}
		good &= !is_early;
		ok(good, "the end of a commit%s: %s", is_read ? ", and it is read" : "", what);
	}
}

/* A database is opened on a disk so full that nothing in place can be written, either. */
static void
test_opened_full(void)
{
	struct store *s;

	fresh();
	s = reopen(64 * MB);
	put(s, "a", "1");
	s->commit(s);
	s->close(s);
	fault.write = fault.durable = ENOSPC;
	fault.is_over = false;
	fault.done = NOTHING;
	s = reopen(64 * MB);
	ok(s != NULL && has(s, "a", "1"), "a database is opened on a full disk, and read");
	put(s, "a", "2");
	is_int(s->commit(s), STORE_RETRY, "nothing can be written");
	fault.write = fault.durable = 0;
	is_int(s->commit(s), STORE_OK, "there is room: committed");
	s->close(s);
	s = reopen(64 * MB);
	ok(has(s, "a", "2"), "it is there");
	s->close(s);
}

int
main(void)
{
	if (!lmdb_begin())
		return 1;
	test_full_disk();
	test_begun_full();
	test_no_fallocate();
	test_failed_end(false);
	test_failed_end(true);
	test_opened_full();
	test_failing("a sync that fails", 0, EIO);
	test_failing("a last write that fails", EIO, 0);
	return lmdb_done();
}
