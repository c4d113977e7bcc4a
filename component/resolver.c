/* SPDX-License-Identifier: ISC */
/*
 * resolver.c - one connection, by a process that does nothing else and ends
 */
#include "resolver.h"

#include <sys/prctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "connector.h"
#include "pass_fd.h"

#define RESOLVE_S 60 /* for getaddrinfo(3), which has no limit of its own */
#define ADDRESSES 16 /* of a name are tried */

static int answer_to;

void
resolver_fail(int to, const char *why)
{
	struct connector_answer a = { .said = CONNECTOR_FAILED };

	snprintf(a.why, sizeof a.why, "%s", why);
	pass_fd(to, &a, sizeof a, -1);
}

static void
on_alarm(int signo)
{
	static const struct connector_answer late = {
		.said = CONNECTOR_FAILED,
		.why = "cannot find its address: no answer within 60 s",
	};

	(void)signo;
	pass_fd(answer_to, &late, sizeof late, -1);
	_exit(1);
}

/* A socket that finds out by itself when the machine at the other end is gone. -1 with errno. */
static int
open_socket(const struct addrinfo *a)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{ IPPROTO_TCP, TCP_NODELAY, 1 },
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, 60 },
		{ IPPROTO_TCP, TCP_KEEPINTVL, 10 },
		{ IPPROTO_TCP, TCP_KEEPCNT, 6 },
	};
	int fd =
	    socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);

	for (size_t i = 0; fd != -1 && i < sizeof options / sizeof options[0]; i++)
		setsockopt(fd, options[i].level, options[i].name, &options[i].value,
		    sizeof options[i].value);
	return fd;
}

/* Waits until it is connected. Returns 0 or an error of connect(2). */
static int
finish(int fd, uint32_t address_ms)
{
	struct pollfd p[] = { { .fd = fd, .events = POLLOUT }, { .fd = answer_to } };
	int error = 0, rc;
	socklen_t len = sizeof error;

	do
		rc = poll(p, 2, (int)address_ms);
	while (rc == -1 && errno == EINTR);
	if (rc == 0)
		return ETIMEDOUT;
	if (rc == -1)
		return errno;
	if (p[1].revents != 0)
		_exit(0); /* nobody wants it any more */
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1 ? errno : error;
}

/* Tries one address; true when that is the one. */
static bool
try_address(const struct addrinfo *a, uint32_t address_ms)
{
	struct connector_answer answer = { .said = CONNECTOR_TRIED };
	int fd, error = 0;

	getnameinfo(a->ai_addr, a->ai_addrlen, answer.address, sizeof answer.address, NULL, 0,
	    NI_NUMERICHOST);
	fd = open_socket(a);
	if (fd == -1)
		error = errno;
	else if (connect(fd, a->ai_addr, a->ai_addrlen) == -1)
		error = errno == EINPROGRESS ? finish(fd, address_ms) : errno;
	if (error == 0) {
		answer.said = CONNECTOR_DONE;
		return pass_fd(answer_to, &answer, sizeof answer, fd);
	}
	snprintf(answer.why, sizeof answer.why, "cannot connect: %s", strerror(error));
	pass_fd(answer_to, &answer, sizeof answer, -1);
	if (fd != -1)
		close(fd);
	return false;
}

void
resolver_run(const char *host, int port, uint32_t address_ms, int to, enum filter_mode mode)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list, *a;
	char number[8], why[200];
	sigset_t none;
	int error, n = 0;

	answer_to = to;
	prctl(PR_SET_NAME, "mucd-resolver");
	if (!filter_load(FILTER_RESOLVER, mode, why, sizeof why)) {
		resolver_fail(to, why);
		return;
	}
	signal(SIGCHLD, SIG_DFL);
	signal(SIGALRM, on_alarm);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	alarm(RESOLVE_S);
	snprintf(number, sizeof number, "%d", port);
	error = getaddrinfo(host, number, &hints, &list);
	if (error != 0) {
		snprintf(why, sizeof why, "cannot find its address: %s",
		    error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error));
		resolver_fail(to, why);
		return;
	}
	alarm(0);
	for (a = list; a != NULL && n < ADDRESSES; a = a->ai_next, n++)
		if (try_address(a, address_ms))
			break;
	freeaddrinfo(list);
}
