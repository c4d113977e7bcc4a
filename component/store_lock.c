/* SPDX-License-Identifier: ISC */
/*
 * store_lock.c - a folder is one process's
 */
#include "store_lock.h"

#include <sys/file.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store_env.h"

static int
refused(int fd, int error, char *why, size_t cap)
{
	char pid[32] = "";
	ssize_t n;

	if (error == EWOULDBLOCK) {
		n = pread(fd, pid, sizeof pid - 1, 0);
		pid[n > 0 ? strcspn(pid, "\n") : 0] = '\0';
		snprintf(
		    why, cap, "another mucd, process %s, has it", pid[0] != '\0' ? pid : "unknown");
		error = EBUSY;
	} else
		snprintf(why, cap, "mucd.lock: %s", strerror(error));
	if (fd != -1)
		close(fd);
	errno = error;
	return -1;
}

static struct flock
whole_file(void)
{
	return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
}

/* For the message alone, so a full disk may do without. */
static bool
write_pid(int fd)
{
	char pid[32];

	snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) == 0 && pwrite(fd, pid, strlen(pid), 0) != -1)
		return true;
	return store_is_no_room(errno);
}

/*
 * The second lock keeps nobody out; it can be asked for without being taken, and the kernel knows whose it is.
 */
int
store_lock(int dir_fd, char *why, size_t why_cap)
{
	const int fd = openat(dir_fd, "mucd.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct flock holder = whole_file();

	if (fd == -1 || flock(fd, LOCK_EX | LOCK_NB) == -1)
		return refused(fd, errno, why, why_cap);
	fcntl(fd, F_SETLK, &holder);
	if (!write_pid(fd))
		return refused(fd, errno, why, why_cap);
	return fd;
}

pid_t
store_lock_holder(int fd)
{
	struct flock holder = whole_file();

	return fcntl(fd, F_GETLK, &holder) == 0 && holder.l_type != F_UNLCK ? holder.l_pid : 0;
}
