/* SPDX-License-Identifier: ISC */
/*
 * store_shared.c - lock.mdb, which all who read or write a database write to
 */
#include "store_shared.h"

#include <sys/ioctl.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

#define NBYTES 8192 /* what LMDB makes of it, with the 126 readers that it has room for */

/* The lock by which LMDB knows whether it is alone. */
static bool
is_ours_alone(int fd)
{
	struct flock first = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };

	return fcntl(fd, F_SETLK, &first) == 0;
}

/* LMDB itself only sets the size, and uses the first pages. */
static bool
has_blocks(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_size >= NBYTES && st.st_blocks * 512 >= NBYTES;
}

/* Only an empty file can be told; most file systems refuse it, and need not be. */
static void
write_in_place(int fd)
{
	int flags;

	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) == -1)
		return;
	flags |= FS_NOCOW_FL;
	ioctl(fd, FS_IOC_SETFLAGS, &flags);
}

static bool
take_blocks(int fd)
{
	static const char zeros[NBYTES];
	ssize_t n;
	int rc;

	do
		rc = fallocate(fd, 0, 0, NBYTES);
	while (rc == -1 && errno == EINTR);
	if (rc == 0)
		return true;
	if (errno != EOPNOTSUPP && errno != ENOSYS)
		return false;
	do
		n = pwrite(fd, zeros, NBYTES, 0);
	while (n == -1 && errno == EINTR);
	if (n >= 0 && n < NBYTES)
		errno = ENOSPC;
	return n == NBYTES && fsync(fd) == 0;
}

/* While we have the lock nobody maps it, and LMDB makes all of it anew. */
static bool
make(int fd)
{
	if (ftruncate(fd, 0) == -1)
		return false;
	write_in_place(fd);
	return take_blocks(fd);
}

int
store_shared_open(int dir_fd, char *why, size_t why_cap)
{
	const int fd = openat(dir_fd, "lock.mdb", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd != -1 && (has_blocks(fd) || !is_ours_alone(fd) || make(fd)))
		return fd;
	snprintf(why, why_cap, "lock.mdb: %s", strerror(errno));
	if (fd != -1)
		close(fd);
	return -1;
}

/* LMDB was writing, or reading: nothing of what the log needs is in use. The fault comes again, and ends us. */
static void
explain(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (info->si_code == BUS_ADRERR)
		log_line(MUC_LOG_ERROR,
		    "the kernel has no page for a file of the database (SIGBUS): the disk is full, "
		    "or fails; "
		    "nothing is lost that was told, and mucd goes on when it is started again");
	else
		raise(sig);
}

void
store_shared_explain(void)
{
	const struct sigaction action = { .sa_sigaction = explain,
		.sa_flags = SA_SIGINFO | SA_RESETHAND | SA_NODEFER };

	sigaction(SIGBUS, &action, NULL);
}
