/* SPDX-License-Identifier: ISC */
/*
 * leaving.c - mucd --leave: the mucd that runs is stopped for good
 *
 * It is found by the lock of its database, in which its process id is, and asked by SIGUSR1. When all have left and
 * the servers have taken what they are told, it leaves a word in the lock's place.
 */
#include "leaving.h"

#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "store_lock.h"

#define LEFT	"left\n"
#define WAIT_MS 5000

static const char *
content(int lock, char *text, size_t cap)
{
	const ssize_t n = pread(lock, text, cap - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* Is that process there, whatever it is? */
static bool
is_there(pid_t pid)
{
	return pid > 0 && (kill(pid, 0) == 0 || errno == EPERM);
}

/*
 * Does it wait for the signal, as mucd does before it has the folder? It would end any other: mucctl, which has
 * the folder too, or an older mucd.
 */
static bool
waits_for_it(pid_t pid)
{
	const uint64_t usr1 = UINT64_C(1) << (SIGUSR1 - 1);
	char line[256];
	uint64_t blocked = 0;
	FILE *f;

	snprintf(line, sizeof line, "/proc/%ld/status", (long)pid);
	f = fopen(line, "re");
	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, "SigBlk:", 7) == 0)
			blocked = strtoull(line + 7, NULL, 16);
	if (f != NULL)
		fclose(f);
	return (blocked & usr1) != 0;
}

/*
 * A pidfd of who has the folder: -1 with errno, ESRCH if nobody does, EBUSY if it is no mucd. While another mucd goes
 * on (SIGUSR2) nobody has it for a moment, but the process whose number is in the file is there.
 */
static int
find(int lock)
{
	const struct timespec pause = { 0, 10000000 };
	char text[32];
	pid_t pid;
	int fd;

	for (int ms = 0; ms < WAIT_MS; ms += 10) {
		pid = store_lock_holder(lock);
		fd = pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
		if (fd != -1 && store_lock_holder(lock) == pid) {
			if (waits_for_it(pid))
				return fd;
			close(fd);
			errno = EBUSY;
			return -1;
		}
		if (fd != -1)
			close(fd);
		if (pid <= 0 && !is_there((pid_t)atol(content(lock, text, sizeof text))))
			break;
		nanosleep(&pause, NULL);
	}
	errno = ESRCH;
	return -1;
}

int
leaving_ask(const char *database)
{
	char path[4096], text[32];
	struct pollfd p = { .events = POLLIN };
	int lock;

	snprintf(path, sizeof path, "%s/mucd.lock", database);
	lock = open(path, O_RDONLY | O_CLOEXEC);
	if (lock == -1 && errno != ENOENT) {
		fprintf(stderr, "mucd: %s: %s\n", path, strerror(errno));
		return 1;
	}
	if (lock == -1)
		errno = ESRCH;
	p.fd = lock == -1 ? -1 : find(lock);
	if (p.fd == -1) {
		fprintf(stderr, "mucd: database %s: %s\n", database,
		    errno == EBUSY   ? "it is no mucd that has it: mucctl, perhaps"
		    : errno == ESRCH ? "no mucd has it: none runs"
				     : strerror(errno));
		return 1;
	}
	if (syscall(SYS_pidfd_send_signal, p.fd, SIGUSR1, NULL, 0) == -1 && errno != ESRCH) {
		fprintf(stderr, "mucd: database %s: who has it cannot be asked: %s\n", database,
		    strerror(errno));
		return 1;
	}
	while (poll(&p, 1, -1) != 1)
		continue;
	if (strcmp(content(lock, text, sizeof text), LEFT) == 0)
		return 0;
	fprintf(stderr,
	    "mucd: it has ended, but not all were told, or it was stopped otherwise: its log says "
	    "more\n");
	return 1;
}

void
leaving_done(const char *database)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof path, "%s/mucd.lock", database);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd == -1 || write(fd, LEFT, strlen(LEFT)) != (ssize_t)strlen(LEFT))
		log_warn("%s", path);
	if (fd != -1)
		close(fd);
}
