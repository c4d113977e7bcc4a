/* SPDX-License-Identifier: ISC */
/*
 * dial.c - a TCP connection to a server given by name, without waiting for it
 */
#include <sys/socket.h>

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "dial.h"
#include "log.h"
#include "resolve.h"

struct dial {
	struct resolve *resolve;
	struct addrinfo *list, *next; /* all addresses, and the one to try next */
	int fd;
	int64_t address_ms;
	int64_t deadline_ms; /* of the address in use */
	char address[NI_MAXHOST];
	char why[200];
};

struct dial *
dial_new(const char *host, int port, int64_t address_ms)
{
	struct dial *d = mem_alloc(sizeof *d);

	d->fd = -1;
	d->address_ms = address_ms;
	d->deadline_ms = INT64_MAX;
	d->resolve = resolve_start(host, port);
	if (d->resolve == NULL)
		snprintf(d->why, sizeof d->why, "cannot look for its address: %s", strerror(errno));
	return d;
}

void
dial_free(struct dial *d)
{
	if (d == NULL)
		return;
	resolve_cancel(d->resolve);
	if (d->list != NULL)
		freeaddrinfo(d->list);
	if (d->fd != -1)
		close(d->fd);
	free(d);
}

void
dial_poll(const struct dial *d, struct pollfd *p)
{
	p->fd = d->resolve != NULL ? resolve_fd(d->resolve) : d->fd;
	p->events = d->resolve != NULL ? POLLIN : POLLOUT;
}

int64_t
dial_deadline(const struct dial *d)
{
	return d->deadline_ms;
}

/* A socket that finds out by itself when the machine at the other end is gone. */
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

	if (fd == -1)
		return -1;
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
		if (setsockopt(fd, options[i].level, options[i].name, &options[i].value,
			sizeof options[i].value) == -1)
			log_warn("setsockopt %d", options[i].name);
	return fd;
}

static void
failed(struct dial *d, int error)
{
	snprintf(d->why, sizeof d->why, "cannot connect: %s", strerror(error));
	log_debug("%s: %s", d->address, d->why);
	if (d->fd != -1)
		close(d->fd);
	d->fd = -1;
}

/* Begins to connect to the next address that does not fail at once. */
static enum dial_result
connect_next(struct dial *d, int64_t mono_ms)
{
	const struct addrinfo *a;

	while ((a = d->next) != NULL) {
		d->next = a->ai_next;
		getnameinfo(a->ai_addr, a->ai_addrlen, d->address, sizeof d->address, NULL, 0,
		    NI_NUMERICHOST);
		d->deadline_ms = mono_ms + d->address_ms;
		d->fd = open_socket(a);
		if (d->fd != -1 && connect(d->fd, a->ai_addr, a->ai_addrlen) == 0)
			return DIAL_DONE;
		if (d->fd != -1 && errno == EINPROGRESS)
			return DIAL_GOES_ON;
		failed(d, errno);
	}
	return DIAL_FAILED;
}

enum dial_result
dial_run(struct dial *d, short revents, int64_t mono_ms)
{
	int error = 0;
	socklen_t len = sizeof error;

	if (d->resolve != NULL) {
		if (revents == 0)
			return DIAL_GOES_ON;
		error = resolve_finish(d->resolve, &d->list);
		d->resolve = NULL;
		d->next = d->list;
		if (error == 0)
			return connect_next(d, mono_ms);
		snprintf(d->why, sizeof d->why, "cannot find its address: %s", gai_strerror(error));
		return DIAL_FAILED;
	}
	if (d->fd == -1)
		return DIAL_FAILED;
	if (revents == 0 && mono_ms < d->deadline_ms)
		return DIAL_GOES_ON;
	if (revents == 0)
		error = ETIMEDOUT;
	else if (getsockopt(d->fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		error = errno;
	if (error == 0)
		return DIAL_DONE;
	failed(d, error);
	return connect_next(d, mono_ms);
}

int
dial_take(struct dial *d)
{
	int fd = d->fd;

	d->fd = -1;
	return fd;
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
