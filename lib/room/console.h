/* SPDX-License-Identifier: ISC */
/*
 * console.h - those who run the service from the machine itself
 *
 * A console is no session of anybody's. Its stanzas are an administrator's, from an address that no link can
 * bring: a domain that is nobody's (RFC 6761 6.4). What is told to that address waits in a queue of its own,
 * and never goes out over a link: out_take().
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "room.h"

#define CONSOLE_DOMAIN "console.invalid"

struct console {
	TAILQ_ENTRY(console) entry; /* of service.consoles */
	char *jid;		    /* user@console.invalid/n */
	struct out out;
};

struct console *console_new(struct service *, const char *user);
void console_free(struct service *, struct console *);

/* Is that the domain of consoles, or the address of one, bare or full? */
bool console_domain(const char *domain);
bool console_is(const char *jid);

/* What waits for the console of that address; NULL: it has gone. */
struct out *console_out(struct service *, const struct addr *);

/* The turn is committed: what consoles were told may be given out. */
void consoles_commit(struct service *);

#endif
