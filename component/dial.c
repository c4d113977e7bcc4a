/* SPDX-License-Identifier: ISC */
/*
 * dial.c - a TCP connection to a component's server, without waiting for it
 */
#include "dial.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "connector.h"
#include "log.h"
#include "pass_fd.h"

struct dial {
	int answers; /* -1: it could not be asked */
	int fd;
	char address[64];
	char why[200];
};

struct dial *
dial_new(struct connector *c, const char *domain, int64_t address_ms)
{
	struct dial *d = mem_alloc(sizeof *d);
	int fds[2];

	d->answers = d->fd = -1;
	snprintf(d->why, sizeof d->why, "cannot connect: whoever did it for us was ended");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) == -1) {
		snprintf(d->why, sizeof d->why, "cannot connect: %s", strerror(errno));
		return d;
	}
	if (connector_ask(c, domain, address_ms, fds[1]))
		d->answers = fds[0];
	else {
		snprintf(d->why, sizeof d->why, "cannot ask for a connection: %s", strerror(errno));
		close(fds[0]);
	}
	close(fds[1]);
	return d;
}

void
dial_free(struct dial *d)
{
	if (d == NULL)
		return;
	if (d->answers != -1)
		close(d->answers);
	if (d->fd != -1)
		close(d->fd);
	free(d);
}

void
dial_poll(const struct dial *d, struct pollfd *p)
{
	p->fd = d->answers;
	p->events = POLLIN;
}

int
dial_take(struct dial *d)
{
	int fd = d->fd;

	d->fd = -1;
	return fd;
}

static enum dial_result
take_answer(struct dial *d, struct connector_answer *a)
{
	a->address[sizeof a->address - 1] = a->why[sizeof a->why - 1] = '\0';
	if (a->said != CONNECTOR_DONE && d->fd != -1)
		close(dial_take(d));
	if (a->said != CONNECTOR_FAILED)
		snprintf(d->address, sizeof d->address, "%s", a->address);
	if (a->said == CONNECTOR_DONE)
		return d->fd != -1 ? DIAL_DONE : DIAL_FAILED;
	snprintf(d->why, sizeof d->why, "%s", a->why);
	if (a->said == CONNECTOR_FAILED)
		return DIAL_FAILED;
	log_debug("%s: %s", d->address, d->why);
	return DIAL_GOES_ON;
}

enum dial_result
dial_run(struct dial *d, short revents)
{
	enum dial_result result = DIAL_GOES_ON;
	struct connector_answer a;
	ssize_t n;

	if (d->answers == -1)
		return DIAL_FAILED;
	while (revents != 0 && result == DIAL_GOES_ON) {
		n = take_fd(d->answers, &a, sizeof a, &d->fd);
		if (n == -1 && errno == EAGAIN)
			return DIAL_GOES_ON;
		result = n == (ssize_t)sizeof a ? take_answer(d, &a) : DIAL_FAILED;
	}
	return result;
}

const char *
dial_address(const struct dial *d)
{
	return d->address;
}

const char *
dial_why(const struct dial *d)
{
	return d->why;
}
