/* SPDX-License-Identifier: ISC */
/*
 * resolve.c - names to addresses without waiting for them
 */
#include <sys/eventfd.h>

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "resolve.h"

/* Belongs to whoever comes last: the thread or the asker. */
struct resolve {
	pthread_mutex_t lock;
	bool is_done;	  /* the thread has ended */
	bool is_unwanted; /* the asker has gone */
	int fd;
	char *host;
	char port[8];
	int error;
	struct addrinfo *list;
};

static void
resolve_free(struct resolve *r)
{
	if (r->list != NULL)
		freeaddrinfo(r->list);
	close(r->fd);
	pthread_mutex_destroy(&r->lock);
	free(r->host);
	free(r);
}

static void *
run(void *arg)
{
	struct resolve *r = arg;
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	const uint64_t one = 1;
	bool is_unwanted;
	int error;

	error = getaddrinfo(r->host, r->port, &hints, &list);
	pthread_mutex_lock(&r->lock);
	r->error = error;
	r->list = error == 0 ? list : NULL;
	r->is_done = true;
	is_unwanted = r->is_unwanted;
	if (!is_unwanted && write(r->fd, &one, sizeof one) == -1)
		abort(); /* an eventfd takes a 1 */
	pthread_mutex_unlock(&r->lock);
	if (is_unwanted)
		resolve_free(r);
	return NULL;
}

struct resolve *
resolve_start(const char *host, int port)
{
	struct resolve *r = mem_alloc(sizeof *r);
	pthread_attr_t attr;
	pthread_t thread;
	int error;

	r->host = mem_strdup(host);
	snprintf(r->port, sizeof r->port, "%d", port);
	pthread_mutex_init(&r->lock, NULL);
	r->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (r->fd == -1) {
		error = errno;
		goto fail;
	}
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	error = pthread_create(&thread, &attr, run, r);
	pthread_attr_destroy(&attr);
	if (error != 0)
		goto fail;
	return r;

fail:
	resolve_free(r);
	errno = error;
	return NULL;
}

int
resolve_fd(const struct resolve *r)
{
	return r->fd;
}

int
resolve_finish(struct resolve *r, struct addrinfo **list)
{
	int error;

	/* The thread lets go of the lock as the last thing it does with r. */
	pthread_mutex_lock(&r->lock);
	error = r->error;
	*list = r->list;
	r->list = NULL;
	pthread_mutex_unlock(&r->lock);
	resolve_free(r);
	return error;
}

void
resolve_cancel(struct resolve *r)
{
	bool is_done;

	if (r == NULL)
		return;
	pthread_mutex_lock(&r->lock);
	is_done = r->is_done;
	r->is_unwanted = true;
	pthread_mutex_unlock(&r->lock);
	if (is_done)
		resolve_free(r);
}
