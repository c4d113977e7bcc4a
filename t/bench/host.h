/* SPDX-License-Identifier: ISC */
/*
 * host.h - a server that plays the other side of a component (XEP-0114), and its users
 *
 * One connection, one thread, nothing is allocated for a stanza. What a component says to itself comes
 * back, as it does from any server: fences live on that.
 */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define USERS_DOMAIN "bench.example"
#define ROOMS_DOMAIN "rooms.bench.example"
#define SECRET	     "bench"

/* The value of an attribute; p is NULL when there is none. */
struct span {
	const char *p;
	size_t n;
};

struct stanza {
	char kind; /* m, p, i */
	const char *p;
	size_t n;
	struct span from, to, id, type;
};

struct host {
	int listen_fd, fd, port;
	char *in;
	size_t in_len;
	struct buf out;
	size_t out_off;
	uint64_t nstanzas, nbytes; /* taken */
};

/* What goes on over the connection. */
struct load {
	void (*take)(struct load *, const struct stanza *);
	void (*more)(struct load *); /* says what may be said now; may be NULL */
	struct host *h;
	bool done;
};

void host_listen(struct host *);
/* Waits for a component and takes whatever handshake it has. pid: of the process; false: it does not come. */
bool host_accept(struct host *, int timeout_ms);
void host_hang_up(struct host *);
void host_release(struct host *);

void host_say(struct host *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Until the load is done. Dies when nothing comes for long. */
void host_run(struct host *, struct load *);

/* The end of the next whole stanza, or NULL; x->p is where it begins. */
const char *host_next_stanza(const char *p, const char *end, struct stanza *x);

double seconds(void);
void __attribute__((noreturn, format(printf, 1, 2))) die(const char *fmt, ...);

/* The number behind a letter that the value begins with, or behind one `at` finds. */
static inline unsigned
number_at(const char *p)
{
	unsigned n = 0;

	for (; *p >= '0' && *p <= '9'; p++)
		n = n * 10 + (unsigned)(*p - '0');
	return n;
}

#endif
