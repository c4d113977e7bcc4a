/* SPDX-License-Identifier: ISC */
/*
 * background.c - a daemon that is ready when the command that started it returns
 */
#include "background.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "log.h"

char *
background_path(const char *path)
{
	char folder[PATH_MAX], whole[2 * PATH_MAX];

	if (*path == '/' || getcwd(folder, sizeof folder) == NULL)
		return mem_strdup(path);
	snprintf(whole, sizeof whole, "%s/%s", folder, path);
	return mem_strdup(whole);
}

int
background_enter(void)
{
	int fds[2];
	pid_t pid;
	char byte;

	if (pipe2(fds, O_CLOEXEC) == -1)
		fatal("pipe");
	pid = fork();
	if (pid == -1)
		fatal("fork");
	if (pid > 0) {
		close(fds[1]);
		_exit(read(fds[0], &byte, 1) == 1 ? 0 : 1);
	}
	close(fds[0]);
	if (setsid() == -1)
		fatal("setsid");
	if (chdir("/") == -1)
		fatal("chdir /");
	return fds[1];
}

void
background_ready(int fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null == -1)
		fatal("/dev/null");
	for (int to = STDIN_FILENO; to <= STDERR_FILENO; to++)
		if (dup2(null, to) == -1)
			fatal("dup2");
	close(null);
	if (write(fd, "", 1) != 1)
		log_warn("telling the process that started us");
	close(fd);
}
