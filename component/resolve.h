/* SPDX-License-Identifier: ISC */
/*
 * resolve.h - names to addresses without waiting for them
 *
 * getaddrinfo(3) may take many seconds when a name server is away, and the other links must not
 * wait for it: it runs in a thread of its own.
 */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <netdb.h>

struct resolve;

/* Begins to look for stream addresses of host. NULL when that failed, with errno set. */
struct resolve *resolve_start(const char *host, int port);

int resolve_fd(const struct resolve *); /* to poll: readable when there is an answer */

/*
 * The answer, once resolve_fd() is readable: 0 and a list for freeaddrinfo(3), or an error for
 * gai_strerror(3). Ends the struct resolve.
 */
int resolve_finish(struct resolve *, struct addrinfo **list);

/* Without waiting for the answer. NULL is allowed. */
void resolve_cancel(struct resolve *);

#endif
