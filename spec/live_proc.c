/* SPDX-License-Identifier: ISC */
/*
 * live_proc.c - processes, ports and directories that are there for a while
 *
 * Whatever is started gets a process group of its own and is ended by its number; it is
 * killed by the kernel should we be killed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "live_proc.h"

#define STOP_MS 60000
#define REAP_MS 3000

volatile sig_atomic_t live_stopping;

static void
on_signal(int sig)
{
	(void)sig;
	live_stopping = 1;
}

void
live_signals(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
}

void
live_reap(void)
{
	int64_t until = live_now_ms() + REAP_MS;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0 && live_now_ms() < until)
		if (pid == 0)
			live_sleep_ms(5);
}

int64_t
live_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void
live_sleep_ms(int ms)
{
	struct timespec ts = { ms / 1000, (long)(ms % 1000) * 1000000 };

	nanosleep(&ts, NULL);
}

static bool
complain(const char *what)
{
	fprintf(stderr, "live: %s: %s\n", what, strerror(errno));
	return false;
}

/* -- processes -- */

/* In the child: becomes argv. Standard input is a pipe at its end. */
static void __attribute__((noreturn))
become(const char *const *argv, const char *const *env, int log, pid_t parent)
{
	char **args = mem_alloc(64 * sizeof(*args));
	int empty[2];
	size_t i;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || pipe(empty) != 0)
		_exit(127);
	close(empty[1]);
	dup2(empty[0], 0);
	dup2(log, 1);
	dup2(log, 2);
	for (i = 3; i < 256; i++)
		close((int)i);
	signal(SIGPIPE, SIG_DFL);
	for (i = 0; env != NULL && env[i] != NULL; i++)
		putenv(mem_strdup(env[i]));
	for (i = 0; argv[i] != NULL && i < 63; i++)
		args[i] = mem_strdup(argv[i]);
	execvp(args[0], args);
	complain(args[0]);
	_exit(127);
}

bool
proc_start(struct proc *p, const char *const *argv, const char *const *env, const char *log)
{
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	pid_t parent = getpid();

	if (fd < 0)
		return complain(log);
	fflush(stdout);
	p->pid = fork();
	if (p->pid == 0)
		become(argv, env, fd, parent);
	close(fd);
	if (p->pid < 0) {
		p->pid = 0;
		return complain("fork");
	}
	setpgid(p->pid, p->pid);
	return true;
}

bool
proc_runs(struct proc *p, int *status)
{
	if (p->pid == 0)
		return false;
	if (waitpid(p->pid, status, WNOHANG) != p->pid)
		return true;
	kill(-p->pid, SIGKILL);
	p->pid = 0;
	return false;
}

int
proc_stop(struct proc *p, int sig)
{
	int64_t until = live_now_ms() + STOP_MS;
	int status = 0;

	if (p->pid == 0)
		return 0;
	kill(p->pid, sig);
	while (proc_runs(p, &status)) {
		if (live_now_ms() > until)
			kill(-p->pid, SIGKILL);
		live_sleep_ms(5);
	}
	return status;
}

const char *
proc_fate(int status)
{
	static char words[64];

	if (WIFSIGNALED(status))
		snprintf(words, sizeof(words), "was killed by signal %d", WTERMSIG(status));
	else
		snprintf(words, sizeof(words), "ended with status %d", WEXITSTATUS(status));
	return words;
}

/* -- ports -- */

static struct sockaddr_in
loopback(int port)
{
	struct sockaddr_in sin;

	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_port = htons((uint16_t)port);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return sin;
}

/* A port that is bound is given to nobody who asks for any; SO_REUSEADDR is what servers set, too. */
bool
ports_take(int *port, int *fd, size_t n)
{
	const int yes = 1;
	bool good = true;
	size_t i;

	for (i = 0; i < n; i++) {
		struct sockaddr_in sin = loopback(0);
		socklen_t len = sizeof(sin);

		fd[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd[i] < 0 ||
		    setsockopt(fd[i], SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 ||
		    bind(fd[i], (struct sockaddr *)&sin, len) != 0 ||
		    getsockname(fd[i], (struct sockaddr *)&sin, &len) != 0)
			good = complain("a free port");
		port[i] = ntohs(sin.sin_port);
	}
	return good;
}

void
ports_give(const int *fd, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fd[i] >= 0)
			close(fd[i]);
}

bool
port_accepts(int port)
{
	struct sockaddr_in sin = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool good = fd >= 0 && connect(fd, (struct sockaddr *)&sin, sizeof(sin)) == 0;

	if (fd >= 0)
		close(fd);
	return good;
}

/* -- files -- */

char *
temp_dir(void)
{
	const char *tmp = getenv("TMPDIR");
	struct buf b = BUF_INIT;
	char *dir;

	buf_adds(&b, tmp != NULL && *tmp != '\0' ? tmp : "/tmp");
	buf_adds(&b, "/mucd-live-XXXXXX");
	dir = buf_steal(&b);
	if (mkdtemp(dir) != NULL)
		return dir;
	complain(dir);
	free(dir);
	return NULL;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	if (remove(path) != 0 && errno != ENOENT)
		complain(path);
	return 0;
}

void
remove_dir(const char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

bool
write_file(const char *path, const char *text, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool good;

	if (fd < 0)
		return complain(path);
	good = write(fd, text, n) == (ssize_t)n;
	if (close(fd) != 0 || !good)
		return complain(path);
	return true;
}

void
print_tail(const char *path, unsigned lines)
{
	char line[512];
	FILE *f = fopen(path, "re");
	unsigned all = 0, n = 0;

	if (f == NULL)
		return;
	while (fgets(line, sizeof(line), f) != NULL)
		all++;
	rewind(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (n++ + lines >= all)
			printf("#   %s%s", line, strchr(line, '\n') != NULL ? "" : "\n");
	fclose(f);
}
