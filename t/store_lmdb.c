/* SPDX-License-Identifier: ISC */
/*
 * store_lmdb.c - what lasts
 */
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <linux/fs.h>
#include <lmdb.h>
#include <signal.h>
#include <stdarg.h>

#include "../component/store_shared.h"
#include "lmdb.h"

/* A file system that writes in place what it is told to, if that is empty. */
static unsigned nin_place;

int
ioctl(int fd, unsigned long what, ...)
{
	struct stat st;
	va_list ap;
	int *flags;

	va_start(ap, what);
	flags = va_arg(ap, int *);
	va_end(ap);
	if (what == FS_IOC_GETFLAGS) {
		*flags = 0;
		return 0;
	}
	if (what == FS_IOC_SETFLAGS && (*flags & FS_NOCOW_FL) != 0 && fstat(fd, &st) == 0 &&
	    st.st_size == 0)
		nin_place++;
	errno = EOPNOTSUPP;
	return -1;
}

struct walk {
	char text[256];
	unsigned n, stop_at;
};

static int
visit(void *arg, struct bytes key, struct bytes val)
{
	struct walk *w = arg;
	size_t len = strlen(w->text);

	snprintf(w->text + len, sizeof w->text - len, "%.*s=%.*s ", (int)key.n, (const char *)key.p,
	    (int)val.n, (const char *)val.p);
	return ++w->n == w->stop_at;
}

static struct walk
walk(struct store *s, const char *prefix, const char *after, unsigned stop_at)
{
	struct walk w = { .stop_at = stop_at };
	enum store_result want = stop_at != 0 ? STORE_STOP : STORE_OK;

	if (s->each(s, TABLE_rooms, str(prefix), str(after), visit, &w) != want)
		snprintf(w.text, sizeof w.text, "wrong result");
	return w;
}

static struct walk
walk_back(struct store *s, const char *prefix, const char *before, unsigned stop_at)
{
	struct walk w = { .stop_at = stop_at };
	enum store_result want = stop_at != 0 ? STORE_STOP : STORE_OK;

	if (s->each_back(s, TABLE_rooms, str(prefix), str(before), visit, &w) != want)
		snprintf(w.text, sizeof w.text, "wrong result");
	return w;
}

static void
test_basics(void)
{
	struct store *s;
	struct bytes val;
	struct stat st;
	char long_key[STORE_KEY_MAX];

	fresh();
	s = reopen(64 * MB);
	ok(s != NULL, "a new database");
	ok(stat(path, &st) == 0 && (st.st_mode & 07777) == 0700, "its folder is ours alone");
	ok(has(s, "a", NULL), "nothing is there");
	put(s, "b", "2");
	put(s, "ab", "1");
	put(s, "a", "0");
	put(s, "b\xff", "3");
	put(s, "c", "");
	ok(has(s, "b", "2") && has(s, "c", ""), "a turn reads what it wrote");
	is_str(walk(s, "", "", 0).text, "a=0 ab=1 b=2 b\xff=3 c= ", "in order");
	is_int(s->commit(s), STORE_OK, "commit");
	put(s, "b", "two");
	s->del(s, TABLE_rooms, str("a"));
	s->del(s, TABLE_rooms, str("nothing there"));
	ok(has(s, "b", "two") && has(s, "a", NULL), "replaced and deleted within the turn");
	is_str(walk(s, "b", "", 0).text, "b=two b\xff=3 ", "each: by prefix");
	is_str(walk(s, "b", "b", 0).text, "b\xff=3 ", "each: after a key that is there");
	is_str(walk(s, "b", "ba", 0).text, "b\xff=3 ", "each: after a key that is not");
	is_str(walk(s, "b", "a", 0).text, "b=two b\xff=3 ", "each: after a key before the prefix");
	is_str(walk(s, "b", "c", 0).text, "", "each: after a key behind the prefix");
	is_str(walk(s, "", "b", 0).text, "b\xff=3 c= ", "each: after, without prefix");
	is_str(walk(s, "", "", 2).text, "ab=1 b=two ", "each: the visitor stops");
	is_str(walk(s, "x", "", 0).text, "", "each: nothing of that prefix");
	is_str(
	    walk_back(s, "", "", 0).text, "c= b\xff=3 b=two ab=1 ", "each_back: in reverse order");
	is_str(walk_back(s, "b", "", 0).text, "b\xff=3 b=two ", "each_back: by prefix");
	is_str(
	    walk_back(s, "b\xff", "", 0).text, "b\xff=3 ", "each_back: a prefix that ends in 255");
	is_str(walk_back(s, "c", "", 0).text, "c= ", "each_back: the last prefix of all");
	is_str(walk_back(s, "b", "b\xff", 0).text, "b=two ", "each_back: before a key");
	is_str(
	    walk_back(s, "b", "ba", 0).text, "b=two ", "each_back: before one that is not there");
	is_str(walk_back(s, "b", "b", 0).text, "", "each_back: before the first");
	is_str(walk_back(s, "b", "a", 0).text, "", "each_back: before a key before the prefix");
	is_str(walk_back(s, "b", "c", 0).text, "b\xff=3 b=two ",
	    "each_back: before a key behind the prefix");
	is_str(walk_back(s, "", "b", 0).text, "ab=1 ", "each_back: before, without prefix");
	is_str(walk_back(s, "", "", 2).text, "c= b\xff=3 ", "each_back: the visitor stops");
	is_str(walk_back(s, "x", "", 0).text, "", "each_back: nothing of that prefix");
	memset(long_key, 'k', sizeof long_key);
	s->put(s, TABLE_names, (struct bytes){ long_key, sizeof long_key }, str("long"));
	ok(s->get(s, TABLE_names, (struct bytes){ long_key, sizeof long_key }, &val) == STORE_OK &&
		s->get(s, TABLE_rooms, (struct bytes){ long_key, sizeof long_key }, &val) ==
		    STORE_NONE,
	    "the longest key, in its table alone");
	s->close(s);
	s = reopen(64 * MB);
	ok(has(s, "b", "2") && has(s, "a", "0"), "what was not committed is gone");
	is_int(s->commit(s), STORE_NONE, "a turn that has only read");
	s->close(s);
}

/* One turn writes far more than the map of a new database has. */
static void
test_growth(void)
{
	struct store *s;
	struct stat st;
	char file[80];
	struct bytes val;

	fresh();
	s = reopen(1024 * MB);
	put(s, "first", "1");
	s->commit(s);
	put(s, "first", "2");
	put_many(s, 0, 10000);
	s->del(s, TABLE_affil, number(77));
	ok(has(s, "first", "2") && count_many(s, 10000) == 9999, "40 MB in one turn, read in it");
	is_int(s->commit(s), STORE_OK, "committed");
	is_int(count_many(s, 10000), 9999, "and there");
	s->get(s, TABLE_affil, number(5), &val);
	s->put(s, TABLE_affil, number(20000), val);
	is_int(count_many(s, 20001), 10000, "a value of the store itself can be put");
	s->commit(s);
	s->close(s);
	snprintf(file, sizeof file, "%s/data.mdb", path);
	stat(file, &st);
	ok((size_t)st.st_blocks * 512 >= (size_t)st.st_size, "the file has no holes: reserved");
	s = reopen(1024 * MB);
	is_int(count_many(s, 10000), 9999, "after reopening");
	is_int(s->fill(s), 3, "fill: per cent of 1 GB");
	/* 9999 records of 4000 bytes, a page each. */
	ok(s->bytes(s) > 9999 * 4000 && s->bytes(s) < 9999 * 4300, "%llu bytes are in use",
	    (unsigned long long)s->bytes(s));
	s->close(s);
}

static void
test_ceiling(void)
{
	struct store *s;
	unsigned n = 0;

	fresh();
	s = reopen(1 * MB);
	put_many(s, 0, 300);
	is_int(s->commit(s), STORE_RETRY, "1 MB does not hold 300 records of 4000 bytes");
	s->close(s);

	fresh();
	s = reopen(8 * MB);
	while (n < 10000) {
		put_many(s, n, n + 50);
		if (s->commit(s) != STORE_OK)
			break;
		n += 50;
	}
	ok(n > 1000 && n <= 2048, "8 MB hold %u records of 4000 bytes", n);
	ok(strstr(store_lmdb_why(s), "database_max") != NULL, "why: %s", store_lmdb_why(s));
	ok(s->fill(s) >= 90, "fill: %u %%", s->fill(s));
	is_int(count_many(s, n + 50), n + 50, "what waits for room can be read");
	is_int(s->commit(s), STORE_RETRY, "again, in vain");
	is_int(s->commit(s), STORE_RETRY, "and again");
	is_int(count_many(s, n + 50), n + 50, "it can still be read");
	store_lmdb_set_max(s, 16 * MB);
	is_int(s->commit(s), STORE_OK, "the ceiling is raised: committed");
	is_int(count_many(s, n + 50), n + 50, "all is there");
	for (unsigned i = 0; i < n; i++)
		s->del(s, TABLE_affil, number(i));
	is_int(s->commit(s), STORE_OK, "nearly all is deleted");
	ok(s->fill(s) <= 5, "fill: %u %%", s->fill(s));
	/* LMDB keeps the pages of the last turn but one, for the case that the last one is torn. */
	put(s, "one turn", "between");
	s->commit(s);
	put_many(s, 0, n);
	is_int(s->commit(s), STORE_OK, "and its room is used again");
	s->close(s);
	s = reopen(8 * MB);
	ok(s != NULL, "a ceiling below what is there");
	is_int(count_many(s, n + 50), n + 50, "all can be read");
	is_int(s->fill(s), 100, "fill: all of it");
	s->close(s);
}

/* The child commits turns of two records each until it is killed. */
static void
test_kill(void)
{
	struct store *s;
	struct bytes a, b;
	unsigned n = 0;
	pid_t pid;
	int fds[2];
	char byte;

	fresh();
	if (pipe(fds) == -1)
		return;
	pid = fork();
	if (pid == 0) {
		s = reopen(64 * MB);
		for (unsigned i = 0; s != NULL && i < 1000000; i++) {
			s->put(s, TABLE_names, number(i), str("x"));
			s->put(s, TABLE_rooms, number(i), str("y"));
			if (s->commit(s) != STORE_OK || (i == 100 && write(fds[1], "", 1) != 1))
				break;
		}
		_exit(1);
	}
	ok(read(fds[0], &byte, 1) == 1, "a child commits");
	ok(reopen(64 * MB) == NULL, "nobody else can open what it has open");
	usleep(50000);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	s = reopen(64 * MB);
	ok(s != NULL, "killed, it is not in the way");
	while (s->get(s, TABLE_names, number(n), &a) == STORE_OK &&
	       s->get(s, TABLE_rooms, number(n), &b) == STORE_OK)
		n++;
	ok(n > 100 && s->get(s, TABLE_names, number(n), &a) == STORE_NONE &&
		s->get(s, TABLE_rooms, number(n), &a) == STORE_NONE,
	    "%u whole turns, no half one", n);
	s->close(s);
}

static void
write_file(const char *name, const void *p, size_t n)
{
	char file[80];
	int fd;

	snprintf(file, sizeof file, "%s/%s", path, name);
	fd = open(file, O_WRONLY | O_CREAT, 0600);
	if (fd == -1 || write(fd, p, n) != (ssize_t)n)
		printf("# cannot write %s\n", file);
	close(fd);
}

/* Is opening it refused, with words like these? */
static void
refused(const char *words, const char *what)
{
	char why[512] = "";
	struct store *s = store_lmdb_open(path, 64 * MB, why, sizeof why);

	ok(s == NULL && strstr(why, words) != NULL && strstr(why, path) != NULL, "%s: %s", what,
	    why);
	if (s != NULL)
		s->close(s);
}

static void
test_refused(void)
{
	struct store *s;
	char pid[32];
	uint32_t version;

	fresh();
	s = reopen(64 * MB);
	snprintf(pid, sizeof pid, "process %ld,", (long)getpid());
	refused(pid, "opened twice");
	s->close(s);

	fresh();
	mkdir(path, 0700);
	write_file("data.mdb", value, sizeof value);
	refused("not a database of LMDB", "garbage");

	/* The version stands behind the 16 bytes of the page's head and the magic number. */
	fresh();
	s = reopen(64 * MB);
	s->close(s);
	version = 9;
	for (off_t page = 0; page < 2; page++) {
		char file[80];
		int fd;

		snprintf(file, sizeof file, "%s/data.mdb", path);
		fd = open(file, O_WRONLY);
		if (pwrite(fd, &version, sizeof version, page * 4096 + 20) == -1)
			printf("# pwrite: %s\n", strerror(errno));
		close(fd);
	}
	refused("another format", "another version of LMDB");

	snprintf(path, sizeof path, "%s/not/there", top);
	refused("cannot make it", "no place for it");
	snprintf(path, sizeof path, "/dev/null");
	refused("Not a directory", "not a folder");
}

/* The machine lost power when a database was made, or before that was on the disk. */
static void
test_new(void)
{
	struct store *s;
	char file[80];

	fresh();
	mkdir(path, 0700);
	write_file("new.mdb", value, sizeof value);
	write_file("data.mdb", "", 0);
	s = reopen(64 * MB);
	ok(s != NULL, "a database that was half made is made anew");
	if (s == NULL)
		return;
	s->put(s, TABLE_rooms, str("key"), str("value"));
	ok(s->commit(s) == STORE_OK, "and takes changes");
	s->close(s);
	snprintf(file, sizeof file, "%s/new.mdb", path);
	ok(access(file, F_OK) == -1, "nothing is left of the other one");

	fresh();
	mkdir(path, 0700);
	snprintf(file, sizeof file, "%s/new.mdb", path);
	mkdir(file, 0700);
	refused("new.mdb: Is a directory", "no place for a new one");
}

/* -- the lock that readers share -- */

static bool
shared_has_blocks(void)
{
	char file[80];
	struct stat st;

	snprintf(file, sizeof file, "%s/lock.mdb", path);
	return stat(file, &st) == 0 && st.st_size > 0 && st.st_blocks * 512 >= st.st_size;
}

/* In a process of its own: has another one LMDB's lock? */
static bool
shared_is_locked(void)
{
	struct flock first = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };
	char file[80];
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		snprintf(file, sizeof file, "%s/lock.mdb", path);
		if (fcntl(open(file, O_RDWR), F_GETLK, &first) == -1)
			_exit(2);
		_exit(first.l_type == F_UNLCK);
	}
	return waitpid(pid, &status, 0) == pid && status == 0;
}

/* A process that reads the database as LMDB's own tools do, until it is asked by a byte for what is in it. */
static pid_t
reader(int fds[2])
{
	MDB_env *env;
	MDB_txn *txn;
	MDB_stat stat;
	pid_t pid;
	char byte;
	bool good;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == -1 || (pid = fork()) == -1)
		return -1;
	if (pid > 0) {
		close(fds[1]);
		return read(fds[0], &byte, 1) == 1 ? pid : -1;
	}
	close(fds[0]);
	good = mdb_env_create(&env) == 0 && mdb_env_open(env, path, MDB_RDONLY, 0600) == 0 &&
	       mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) == 0;
	if (!good || write(fds[1], "", 1) != 1 || read(fds[1], &byte, 1) != 1)
		_exit(2);
	good = mdb_stat(txn, 1, &stat) == 0 && stat.ms_entries == TABLE_COUNT;
	mdb_txn_abort(txn);
	mdb_env_close(env);
	_exit(good ? 0 : 1);
}

static void
test_shared(void)
{
	struct rlimit was, small = { 4096, 0 };
	struct store *s;
	char file[80];
	int fds[2], status = -1;
	pid_t pid;

	fresh();
	nin_place = 0;
	s = reopen(64 * MB);
	ok(shared_has_blocks(),
	    "the lock that readers share has its blocks before it is written to");
	is_int(nin_place, 1, "and is to be written in place");
	ok(shared_is_locked(), "a process that comes is not alone");
	s->put(s, TABLE_rooms, str("key"), str("value"));
	s->commit(s);
	s->close(s);
	s = reopen(64 * MB);
	is_int(nin_place, 1, "one that is so stays");
	s->close(s);

	snprintf(file, sizeof file, "%s/lock.mdb", path);
	unlink(file);
	pid = reader(fds);
	ok(pid > 0 && !shared_has_blocks(), "LMDB itself makes it without");
	s = reopen(64 * MB);
	ok(s != NULL && !shared_has_blocks() && shared_is_locked(),
	    "while another process has it, it stays");
	s->put(s, TABLE_rooms, str("key"), str("another"));
	ok(s->commit(s) == STORE_OK && store_lmdb_look(s, 1), "that one's reading is seen");
	s->close(s);
	ok(write(fds[0], "", 1) == 1 && waitpid(pid, &status, 0) == pid && status == 0,
	    "and not disturbed");
	close(fds[0]);
	s = reopen(64 * MB);
	ok(s != NULL && shared_has_blocks() && nin_place == 2, "afterwards it is made anew");
	ok(has(s, "key", "another"), "and nothing else is");
	s->close(s);

	unlink(file);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &was);
	small.rlim_max = was.rlim_max;
	setrlimit(RLIMIT_FSIZE, &small);
	refused("lock.mdb: File too large", "no room for it");
	setrlimit(RLIMIT_FSIZE, &was);

	fresh();
	nin_place = 0;
	s = reopen(64 * MB);
	s->close(s);
	snprintf(file, sizeof file, "%s/lock.mdb", path);
	unlink(file);
	s = store_lmdb_go_on(path, 64 * MB, file, sizeof file);
	ok(s != NULL && nin_place == 1,
	    "who goes on under a filter of system calls leaves it alone");
	s->close(s);
}

/* What another process cuts off is not there; so it is of a file system that cannot write it. */
static void
test_explained(void)
{
	char file[80], said[4096] = "";
	int fds[2], status = 0;
	size_t n = 0;
	pid_t pid;

	fresh();
	if (pipe(fds) == -1 || (pid = fork()) == -1)
		return;
	if (pid == 0) {
		struct store *s = reopen(64 * MB);

		dup2(fds[1], STDERR_FILENO);
		store_shared_explain();
		snprintf(file, sizeof file, "%s/lock.mdb", path);
		if (truncate(file, 0) == 0)
			put(s, "key", "value");
		_exit(1);
	}
	close(fds[1]);
	for (ssize_t got; (got = read(fds[0], said + n, sizeof said - 1 - n)) > 0;)
		n += (size_t)got;
	close(fds[0]);
	ok(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS,
	    "without a page for the lock the kernel ends the process");
	ok(strstr(said, "(SIGBUS): the disk is full, or fails") != NULL, "which says why: %.80s",
	    said);
}

int
main(void)
{
	if (!lmdb_begin())
		return 1;
	test_basics();
	test_growth();
	test_ceiling();
	test_kill();
	test_refused();
	test_new();
	test_shared();
	test_explained();
	return lmdb_done();
}
