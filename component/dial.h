/* SPDX-License-Identifier: ISC */
/*
 * dial.h - a TCP connection to a server given by name, without waiting for it
 *
 * All addresses of the name are tried in turn.
 */
#ifndef DIAL_H
#define DIAL_H

#include <poll.h>
#include <stdint.h>

struct dial;

enum dial_result {
	DIAL_GOES_ON,
	DIAL_DONE,   /* dial_take() has the socket */
	DIAL_FAILED, /* dial_why() knows */
};

/* Each address is given that time. */
struct dial *dial_new(const char *host, int port, int64_t address_ms);
void dial_free(struct dial *); /* NULL is allowed */

/* What to wait for, and until when (mono_ms; INT64_MAX: for ever). */
void dial_poll(const struct dial *, struct pollfd *);
int64_t dial_deadline(const struct dial *);

/* Goes on: with what poll(2) has returned, or because of the time. First call it with 0. */
enum dial_result dial_run(struct dial *, short revents, int64_t mono_ms);

/* The socket, non-blocking; it is the caller's now. */
int dial_take(struct dial *);

/* Both live as long as the struct dial. */
const char *dial_address(const struct dial *); /* the last one tried, in digits; "" if none was */
const char *dial_why(const struct dial *);

#endif
