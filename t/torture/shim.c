/* SPDX-License-Identifier: ISC */
/*
 * shim.c - stands between mucd and the kernel (LD_PRELOAD): logs what is written to the database and said
 * to the server, and has calls fail
 *
 * TORTURE_LOG is where to log to, TORTURE_SWITCHES the file of switches (shim.h); either may be missing.
 * mucd's loop is one thread, and it alone touches the database and the links, so nothing is locked here.
 */
#include "shim.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define FDS    1024
#define LOG_FD 900 /* or the next one that is free: above what mucd has */
#define NAME   "data.mdb"
#define NEW    "new.mdb" /* what is made, to be given that name */

enum kind {
	OTHER,
	DATABASE,
	DURABLE, /* the same file, opened with O_DSYNC */
};

static uint8_t kinds[FDS]; /* of open descriptors, as far as they matter */
static int log_fd = -1;
static struct switches none, *sw = &none;

/* -- what is real -- */

#define REAL(name)                                                                                 \
	static __typeof__(name) *real_##name;                                                      \
	static void find_##name(void)                                                              \
	{                                                                                          \
		if (real_##name == NULL)                                                           \
			*(void **)&real_##name = dlsym(RTLD_NEXT, #name);                          \
	}
REAL(open)
REAL(openat)
REAL(close)
REAL(pwrite)
REAL(writev)
REAL(write)
REAL(fdatasync)
REAL(fsync)
REAL(ftruncate)
REAL(fallocate)
REAL(renameat)
REAL(send)
REAL(recv)
REAL(clock_gettime)
#undef REAL

static void note(enum call, unsigned flags, int64_t at, const struct iovec *, int niov,
    int64_t result, uint64_t conn);
static void note_done(const struct logged *, const struct iovec *, int niov);

/* Who kills mucd from without waits for a moment outside of this: a killed writev() may come short. */
static bool
goes_in(void)
{
	sw->within++;
	return true;
}

static void
goes_out(const bool *was_in)
{
	sw->within -= *was_in;
}

#define WITHIN __attribute__((cleanup(goes_out), unused)) const bool is_in = goes_in()

/* mucd closes what whoever started it has left open; the log is not that. */
EXPORT int
close_range(unsigned first, unsigned last, int flags)
{
	return (int)syscall(SYS_close_range, first, last < LOG_FD ? last : LOG_FD - 1, flags);
}

static void __attribute__((constructor)) begin(void)
{
	const char *path = getenv("TORTURE_SWITCHES");
	int fd;

	find_open();
	find_openat();
	find_close();
	find_pwrite();
	find_writev();
	find_write();
	find_fdatasync();
	find_fsync();
	find_ftruncate();
	find_fallocate();
	find_renameat();
	find_send();
	find_recv();
	find_clock_gettime();
	if (path != NULL) {
		fd = real_open(path, O_RDWR | O_CLOEXEC);
		if (fd == -1)
			abort();
		sw = mmap(NULL, sizeof(*sw), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		real_close(fd);
		if (sw == MAP_FAILED)
			abort();
	}
	sw->within = 0; /* the last one may have died there */
	WITHIN;
	path = getenv("TORTURE_LOG");
	if (path != NULL) {
		fd = real_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		log_fd = fcntl(fd, F_DUPFD_CLOEXEC, LOG_FD);
		real_close(fd);
	}
	note(CALL_START, 0, 0, NULL, 0, 0, 0);
}

static enum kind
kind_of(int fd)
{
	return fd >= 0 && fd < FDS ? (enum kind)kinds[fd] : OTHER;
}

/* -- the log -- */

static void
note(enum call call, unsigned flags, int64_t at, const struct iovec *iov, int niov, int64_t result,
    uint64_t conn)
{
	const struct logged l = { call, flags, at, result > 0 && iov != NULL ? result : 0, result,
		conn };

	note_done(&l, iov, niov);
}

static void
note_done(const struct logged *l, const struct iovec *iov, int niov)
{
	struct iovec out[1 + 128] = { { (void *)(uintptr_t)l, sizeof(*l) } };
	int64_t left = l->len;
	const int error = errno;
	int n = 1;

	if (log_fd == -1)
		return;
	for (int i = 0; i < niov && left > 0; i++) {
		out[n] = iov[i];
		if ((int64_t)out[n].iov_len > left)
			out[n].iov_len = (size_t)left;
		left -= (int64_t)out[n++].iov_len;
	}
	if (real_writev(log_fd, out, n) != (ssize_t)(sizeof(*l) + (size_t)l->len))
		abort(); /* half a log is worse than none */
	errno = error;
}

/* -- what happens to a call -- */

static void __attribute__((noreturn)) die(void)
{
	for (;;)
		kill(getpid(), SIGKILL);
}

/* Is it this call's turn, and what befalls it? */
static enum deed
deed_of_any(unsigned calls)
{
	if (sw->nth == 0 || (sw->calls & calls) == 0)
		return DEED_NONE;
	if (++sw->done != sw->nth)
		return DEED_NONE;
	sw->ndeeds++;
	if (sw->deed == DEED_KILL)
		die();
	return (enum deed)sw->deed;
}

static enum deed
deed_of(enum call call)
{
	return deed_of_any(1u << call);
}

static int
fail(int error)
{
	errno = error;
	return -1;
}

static int64_t
result_of(ssize_t rc)
{
	return rc == -1 ? -errno : rc;
}

/* So much of them. */
static int
cut(struct iovec *to, const struct iovec *from, int n, size_t nbytes)
{
	int i;

	for (i = 0; i < n && nbytes > 0; i++) {
		to[i] = from[i];
		if (to[i].iov_len > nbytes)
			to[i].iov_len = nbytes;
		nbytes -= to[i].iov_len;
	}
	return i;
}

static size_t
total(const struct iovec *iov, int n)
{
	size_t nbytes = 0;

	for (int i = 0; i < n; i++)
		nbytes += iov[i].iov_len;
	return nbytes;
}

static ssize_t
put(int fd, const struct iovec *iov, int niov, int64_t at)
{
	WITHIN;
	const unsigned flags = kind_of(fd) == DURABLE ? IS_DURABLE : 0;
	const enum deed deed = deed_of_any(1u << CALL_WRITE | (flags != 0 ? 1u << CALL_LAST : 0));
	const size_t nbytes = total(iov, niov);
	struct iovec part[128];
	ssize_t rc;
	int n = niov;

	if (niov > 128)
		abort();
	memcpy(part, iov, (size_t)niov * sizeof(*iov));
	/* As where even what has its place is written elsewhere first. */
	if (sw->is_full) {
		sw->nfull++;
		rc = fail(ENOSPC);
	} else if (deed == DEED_FAIL)
		rc = fail(sw->error);
	else {
		if (deed == DEED_SHORT || deed == DEED_TEAR)
			n = cut(part, iov, niov, nbytes / 2);
		rc = pwritev(fd, part, n, at);
	}
	if (rc > 0 && deed >= DEED_DONE) {
		const struct logged l = { CALL_WRITE, flags, at, rc, -sw->error, 0 };

		sw->is_full |= deed == DEED_FILL;
		note_done(&l, part, n);
		return fail(sw->error);
	}
	note(CALL_WRITE, flags, at, part, n, result_of(rc), 0);
	if (deed == DEED_TEAR || deed == DEED_AFTER)
		die();
	return rc;
}

/* -- the database -- */

static int
opened(int fd, const char *path, int flags)
{
	const char *name = strrchr(path, '/');

	if (fd < 0 || fd >= FDS)
		return fd;
	kinds[fd] = OTHER;
	name = name != NULL ? name + 1 : path;
	if (strcmp(name, NAME) == 0 || strcmp(name, NEW) == 0)
		kinds[fd] = (flags & O_DSYNC) != 0 ? DURABLE : DATABASE;
	return fd;
}

static mode_t
mode_of(int flags, va_list ap)
{
	return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(ap, mode_t) : 0;
}

EXPORT int
open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	find_open();
	va_start(ap, flags);
	mode = mode_of(flags, ap);
	va_end(ap);
	return opened(real_open(path, flags, mode), path, flags);
}

EXPORT int
openat(int dir, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	find_openat();
	va_start(ap, flags);
	mode = mode_of(flags, ap);
	va_end(ap);
	return opened(real_openat(dir, path, flags, mode), path, flags);
}

EXPORT int
close(int fd)
{
	find_close();
	if (fd >= 0 && fd < FDS)
		kinds[fd] = OTHER;
	return real_close(fd);
}

EXPORT ssize_t
pwrite(int fd, const void *p, size_t n, off_t at)
{
	struct iovec iov = { (void *)(uintptr_t)p, n };

	if (kind_of(fd) == OTHER)
		return real_pwrite(fd, p, n, at);
	return put(fd, &iov, 1, at);
}

EXPORT ssize_t
writev(int fd, const struct iovec *iov, int n)
{
	off_t at;
	ssize_t rc;

	if (kind_of(fd) == OTHER)
		return real_writev(fd, iov, n);
	at = lseek(fd, 0, SEEK_CUR);
	rc = put(fd, iov, n, at);
	if (rc > 0)
		lseek(fd, at + rc, SEEK_SET);
	return rc;
}

EXPORT ssize_t
write(int fd, const void *p, size_t n)
{
	struct iovec iov = { (void *)(uintptr_t)p, n };

	find_write();
	if (kind_of(fd) == OTHER)
		return real_write(fd, p, n);
	return writev(fd, &iov, 1);
}

/* A sync has no half: it fails after all, and what it was to save may be gone. */
static int
synced(int fd, int (*real)(int))
{
	WITHIN;
	const enum deed deed = deed_of(CALL_SYNC);
	int rc;

	if (deed == DEED_FAIL || deed == DEED_SHORT)
		rc = fail(sw->error != 0 ? sw->error : EIO);
	else
		rc = real(fd);
	note(CALL_SYNC, 0, 0, NULL, 0, result_of(rc), 0);
	if (deed == DEED_TEAR || deed == DEED_AFTER)
		die();
	return rc;
}

EXPORT int
fdatasync(int fd)
{
	return kind_of(fd) == OTHER ? real_fdatasync(fd) : synced(fd, real_fdatasync);
}

EXPORT int
fsync(int fd)
{
	return kind_of(fd) == OTHER ? real_fsync(fd) : synced(fd, real_fsync);
}

/* LMDB maps the file for reading alone; if that ever changes, nothing of this log is true. */
EXPORT int
msync(void *p, size_t n, int flags)
{
	(void)p, (void)n, (void)flags;
	abort();
}

EXPORT int
ftruncate(int fd, off_t n)
{
	WITHIN;
	enum deed deed;
	int rc;

	if (kind_of(fd) == OTHER)
		return real_ftruncate(fd, n);
	deed = deed_of(CALL_TRUNCATE);
	rc = deed == DEED_FAIL ? fail(sw->error) : real_ftruncate(fd, n);
	note(CALL_TRUNCATE, 0, n, NULL, 0, result_of(rc), 0);
	if (deed >= DEED_TEAR)
		die();
	return rc;
}

EXPORT int
fallocate(int fd, int mode, off_t at, off_t n)
{
	WITHIN;
	enum deed deed;
	int rc;

	if (kind_of(fd) == OTHER)
		return real_fallocate(fd, mode, at, n);
	deed = deed_of(CALL_RESERVE);
	if (sw->is_full) {
		sw->nfull++;
		rc = fail(ENOSPC);
	} else if (deed == DEED_FAIL || deed == DEED_SHORT)
		rc = fail(sw->error);
	else
		rc = real_fallocate(fd, mode, at, n);
	note(CALL_RESERVE, 0, at + n, NULL, 0, result_of(rc), 0);
	if (deed >= DEED_TEAR)
		die();
	return rc;
}

EXPORT int
renameat(int dir, const char *name, int to_dir, const char *to)
{
	WITHIN;
	enum deed deed;
	int rc;

	if (strcmp(to, NAME) != 0)
		return real_renameat(dir, name, to_dir, to);
	deed = deed_of(CALL_NAME);
	rc = deed == DEED_FAIL ? fail(sw->error) : real_renameat(dir, name, to_dir, to);
	note(CALL_NAME, 0, 0, NULL, 0, result_of(rc), 0);
	if (deed >= DEED_TEAR)
		die();
	return rc;
}

/* -- the server -- */

/* Zero: it is nobody's whom we watch. */
static uint64_t
server_of(int fd)
{
	struct sockaddr_storage ss;
	socklen_t n = sizeof(ss);
	struct stat st;

	if (getsockname(fd, (struct sockaddr *)&ss, &n) == -1 || ss.ss_family != AF_INET ||
	    fstat(fd, &st) == -1)
		return 0;
	return st.st_ino;
}

EXPORT ssize_t
send(int fd, const void *p, size_t n, int flags)
{
	WITHIN;
	struct iovec iov = { (void *)(uintptr_t)p, n };
	const uint64_t conn = server_of(fd);
	enum deed deed;
	ssize_t rc;

	if (conn == 0)
		return real_send(fd, p, n, flags);
	deed = deed_of(CALL_SEND);
	if (deed == DEED_FAIL)
		rc = fail(sw->error);
	else
		rc = real_send(
		    fd, p, deed == DEED_SHORT || deed == DEED_TEAR ? (n + 1) / 2 : n, flags);
	note(CALL_SEND, 0, 0, &iov, 1, result_of(rc), conn);
	if (deed >= DEED_TEAR)
		die();
	return rc;
}

EXPORT ssize_t
recv(int fd, void *p, size_t n, int flags)
{
	WITHIN;
	struct iovec iov = { p, n };
	const uint64_t conn = server_of(fd);
	const ssize_t rc = real_recv(fd, p, n, flags);

	if (conn != 0)
		note(CALL_RECV, 0, 0, &iov, 1, result_of(rc), conn);
	return rc;
}

/* Fortified programs call it by this name. */
ssize_t __recv_chk(int, void *, size_t, size_t, int);

EXPORT ssize_t
__recv_chk(int fd, void *p, size_t n, size_t cap, int flags)
{
	if (n > cap)
		abort();
	return recv(fd, p, n, flags);
}

/* -- the clocks -- */

EXPORT int
clock_gettime(clockid_t clock, struct timespec *ts)
{
	int64_t ms = 0;
	int rc;

	find_clock_gettime();
	rc = real_clock_gettime(clock, ts);
	if (rc == 0 && clock == CLOCK_REALTIME)
		ms = sw->wall_ms;
	if (rc == 0 && clock == CLOCK_BOOTTIME)
		ms = sw->boot_ms;
	ts->tv_sec += ms / 1000;
	ts->tv_nsec += ms % 1000 * 1000000;
	if (ts->tv_nsec < 0) {
		ts->tv_sec--;
		ts->tv_nsec += 1000000000;
	}
	if (ts->tv_nsec >= 1000000000) {
		ts->tv_sec++;
		ts->tv_nsec -= 1000000000;
	}
	return rc;
}
