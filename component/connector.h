/* SPDX-License-Identifier: ISC */
/*
 * connector.h - the process that connects for mucd, which may not itself
 *
 * It starts before mucd reads a byte, outside of mucd's filter (filter.h) and inside one of its own. It
 * connects to the servers of the configuration and to no others, whatever it is asked; for each request it
 * starts a resolver, which looks for the addresses of the name, tries each of them and ends. So one that hangs
 * or dies keeps nobody else waiting.
 *
 * The answers come over a socket that goes along with the request: messages that are each a struct
 * connector_answer; the connection comes with the last one. If the socket ends before, there is no connection.
 */
#ifndef CONNECTOR_H
#define CONNECTOR_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

struct conf;
struct connector;

/* -- mucd's side -- */

enum connector_said {
	CONNECTOR_TRIED,  /* that address: why not */
	CONNECTOR_FAILED, /* none could be had: why */
	CONNECTOR_DONE,	  /* that address: the descriptor is with it */
};

struct connector_answer {
	uint32_t said;	  /* enum connector_said */
	char address[64]; /* in digits */
	char why[200];
};

/*
 * Starts it; exe and path, of the program and its configuration, are for connector_renew(). quiet: it keeps
 * nobody's standard descriptors. NULL when it cannot be started, with a word in the log.
 */
struct connector *connector_start(struct conf *, const char *exe, const char *path, bool quiet);

/* Takes over one that another mucd has started, and has it become the program that is installed now. */
struct connector *connector_renew(int fd, pid_t pid);

/* It ends by that, too. NULL is allowed. */
void connector_free(struct connector *);

/*
 * Asks for a connection to the server of that component; address_ms for each of its addresses. The answers
 * come over `to`, which stays the caller's to close. False with errno.
 */
bool connector_ask(struct connector *, const char *domain, int64_t address_ms, int to);

/* SIGCHLD: has it ended? It never does by itself; the log says so, and from then on no request is taken. */
void connector_reap(struct connector *);

/* For another mucd. */
int connector_fd(const struct connector *);
pid_t connector_pid(const struct connector *);

/* -- its own side -- */

/* Are we to be it, started anew by connector_renew()? */
bool connector_is_wanted(void);

/* Is it, until mucd ends. The secrets are wiped. */
void connector_run(struct conf *, const char *exe, const char *path) __attribute__((noreturn));

#endif
