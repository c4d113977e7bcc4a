/* SPDX-License-Identifier: ISC */
/*
 * connector.c - the process that connects for mucd: how it is asked, and what it does
 */
#include "connector.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "conf.h"
#include "confine.h"
#include "filter.h"
#include "log.h"
#include "pass_fd.h"
#include "resolver.h"

#define WANTED_ENV "MUCD_CONNECTOR" /* FILTER_IS() of that in force; how many resolvers run */
#define FD	   3		    /* how it is asked, on its own side */
#define SPARE	   8		    /* resolvers beside two for each component */

enum { RENEW = 1, CONNECT = 2 };

struct request {
	uint32_t what;
	uint32_t address_ms;
	char domain[1024];
};

struct connector {
	int fd;
	pid_t pid; /* 0: it has ended */
};

/* What it knows. */
struct server {
	const char *exe, *path;
	const struct conf *conf;
	enum filter_mode mode;
	int filter; /* FILTER_IS() of that in force */
	size_t nresolvers;
};

/* -- mucd's side -- */

static struct connector *
new_connector(int fd, pid_t pid)
{
	struct connector *c = mem_alloc(sizeof *c);

	c->fd = fd;
	c->pid = pid;
	/* A request that it does not take now fails; nobody waits. */
	fcntl(fd, F_SETFL, O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	return c;
}

static void
keep_quiet(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int to = STDIN_FILENO; fd != -1 && to <= STDERR_FILENO; to++)
		dup2(fd, to);
}

struct connector *
connector_start(struct conf *conf, const char *exe, const char *path, bool quiet)
{
	const pid_t parent = getpid();
	int fds[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == -1 ||
	    (pid = fork()) == -1) {
		log_warn("the process that connects cannot be started");
		return NULL;
	}
	if (pid > 0) {
		close(fds[1]);
		return new_connector(fds[0], pid);
	}
	/* Nothing of mucd's is its own. */
	if (dup2(fds[1], FD) == -1)
		_exit(1);
	close_range(FD + 1, ~0U, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	if (quiet)
		keep_quiet();
	if (setenv(WANTED_ENV, "0", 1) == -1)
		_exit(1);
	connector_run(conf, exe, path);
}

static bool
send_request(const struct connector *c, const struct request *r, int fd)
{
	return pass_fd(c->fd, r, sizeof *r, fd);
}

struct connector *
connector_renew(int fd, pid_t pid)
{
	struct connector *c = new_connector(fd, pid);

	if (!send_request(c, &(struct request){ .what = RENEW }, -1))
		log_warn("the process that connects is not renewed");
	return c;
}

void
connector_free(struct connector *c)
{
	if (c == NULL)
		return;
	close(c->fd);
	free(c);
}

bool
connector_ask(struct connector *c, const char *domain, int64_t address_ms, int to)
{
	struct request r = { .what = CONNECT, .address_ms = (uint32_t)address_ms };

	if (c->pid == 0)
		fatalx(
		    "the process that connects has ended: this one ends, too, to be started again");
	snprintf(r.domain, sizeof r.domain, "%s", domain);
	return send_request(c, &r, to);
}

void
connector_reap(struct connector *c)
{
	int status;

	if (c == NULL || c->pid == 0 || waitpid(c->pid, &status, WNOHANG) != c->pid)
		return;
	c->pid = 0;
	if (WIFSIGNALED(status))
		log_warnx("the process that connects was ended by signal %d: connections stay, but "
			  "the loss of one ends this process, too",
		    WTERMSIG(status));
	else
		log_warnx("the process that connects has ended (status %d): connections stay, but "
			  "the loss of one ends this process, too",
		    WEXITSTATUS(status));
}

int
connector_fd(const struct connector *c)
{
	return c->fd;
}

pid_t
connector_pid(const struct connector *c)
{
	return c->pid;
}

/* -- its own side -- */

bool
connector_is_wanted(void)
{
	return getenv(WANTED_ENV) != NULL;
}

/* Only to interrupt what waits. */
static void
on_child(int signo)
{
	(void)signo;
}

/* It ends with mucd, not with the signals that mucd is stopped or told things by. */
static void
set_signals(void)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGPIPE };
	struct sigaction sa = { .sa_handler = on_child };
	sigset_t set;

	for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
		signal(ignored[i], SIG_IGN);
	sigaction(SIGCHLD, &sa, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_SETMASK, &set, NULL);
}

static void
reap(struct server *s)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		s->nresolvers--;
}

/* Becomes the program that is installed now; when that cannot be run all stays as it is. */
static void
renew(const struct server *s)
{
	char kept[64];

	/* Those who connect just now stay its children, and end as such. */
	snprintf(kept, sizeof kept, "%d %zu", s->filter, s->nresolvers);
	if (setenv(WANTED_ENV, kept, 1) == -1)
		return;
	fcntl(FD, F_SETFD, 0);
	execl(s->exe, s->exe, "-c", s->path, (char *)NULL);
	fcntl(FD, F_SETFD, FD_CLOEXEC);
}

static void
connect_for(struct server *s, const struct request *r, int to)
{
	const struct conf_component *c = conf_component(s->conf, r->domain);
	const pid_t parent = getpid();
	pid_t pid;

	if (c == NULL) {
		resolver_fail(to, "the process that connects does not know this component");
		return;
	}
	if (s->nresolvers >= 2 * s->conf->ncomponents + SPARE) {
		resolver_fail(to, "cannot connect: too many connections are being made");
		return;
	}
	pid = fork();
	if (pid > 0)
		s->nresolvers++;
	else if (pid == -1)
		resolver_fail(to, "cannot connect: no process can be started");
	else {
		close(FD);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			resolver_run(c->server, c->port, r->address_ms, to, s->mode);
		_exit(1);
	}
}

static void
take_request(struct server *s)
{
	struct request r;
	int to;
	const ssize_t n = take_fd(FD, &r, sizeof r, &to);

	if (n == 0)
		_exit(0);
	if (n == (ssize_t)sizeof r && r.what == RENEW)
		renew(s);
	if (n == (ssize_t)sizeof r && r.what == CONNECT && to != -1 &&
	    memchr(r.domain, '\0', sizeof r.domain) != NULL)
		connect_for(s, &r, to);
	if (to != -1)
		close(to);
}

void
connector_run(struct conf *conf, const char *exe, const char *path)
{
	struct server s = { .exe = exe, .path = path, .conf = conf, .mode = conf->seccomp };
	char why[256];
	bool is_new;
	sigset_t none;

	fcntl(FD, F_SETFD, FD_CLOEXEC);
	prctl(PR_SET_NAME, "mucd-connector");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	conf_forget_secrets(conf);
	set_signals();
	sigemptyset(&none);
	confine_memory();
	if (sscanf(getenv(WANTED_ENV), "%d %zu", &s.filter, &s.nresolvers) == EOF)
		_exit(1);
	is_new = s.mode != FILTER_OFF && s.filter != FILTER_IS(s.mode);
	if (is_new)
		s.filter = FILTER_IS(s.mode);
	if (!confine_capabilities(why, sizeof why) ||
	    (is_new && !filter_load(FILTER_CONNECTOR, s.mode, why, sizeof why))) {
		log_warnx("%s", why);
		_exit(1);
	}
	for (;;) {
		struct pollfd p = { .fd = FD, .events = POLLIN };

		if (ppoll(&p, 1, NULL, &none) == 1)
			take_request(&s);
		reap(&s);
	}
}
