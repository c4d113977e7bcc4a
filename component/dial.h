/* SPDX-License-Identifier: ISC */
/*
 * dial.h - a TCP connection to a component's server, without waiting for it: from connector.h
 */
#ifndef DIAL_H
#define DIAL_H

#include <poll.h>
#include <stdint.h>

struct connector;
struct dial;

enum dial_result {
	DIAL_GOES_ON,
	DIAL_DONE,   /* dial_take() has the socket */
	DIAL_FAILED, /* dial_why() knows */
};

/* Tries each address of its server's name in turn, and gives each that time. */
struct dial *dial_new(struct connector *, const char *domain, int64_t address_ms);
void dial_free(struct dial *); /* NULL is allowed */

/* What to wait for. No time is needed: an answer comes in any case. */
void dial_poll(const struct dial *, struct pollfd *);

/* Goes on with what poll(2) has returned. First call it with 0. */
enum dial_result dial_run(struct dial *, short revents);

/* The socket, non-blocking; it is the caller's now. */
int dial_take(struct dial *);

/* Both live as long as the struct dial. */
const char *dial_address(const struct dial *); /* the last one tried, in digits; "" if none was */
const char *dial_why(const struct dial *);

#endif
