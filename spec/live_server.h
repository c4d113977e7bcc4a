/* SPDX-License-Identifier: ISC */
/*
 * live_server.h - a real Prosody or ejabberd for a while
 *
 * It has a throwaway directory, loopback ports of its own, one host `localhost` with plain-text
 * accounts, and components. Works for root and for anybody else, without network.
 */
#ifndef LIVE_SERVER_H
#define LIVE_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "live_proc.h"

enum server_kind {
	SERVER_PROSODY,
	SERVER_EJABBERD,
};

struct server_account {
	const char *user; /* of user@localhost */
	const char *password;
};

struct server_component {
	const char *domain;
	const char *secret; /* NULL: the server's own MUC service, nothing attaches */
	int port;	    /* set by server_start() */
};

#define SERVER_MAX 512 /* accounts; components */

struct server_conf {
	enum server_kind kind;
	struct server_account account[SERVER_MAX];
	size_t naccounts;
	struct server_component component[SERVER_MAX];
	size_t ncomponents;
	const char *extra; /* a file of more configuration; NULL: none */
};

struct server {
	struct proc proc;
	char *dir; /* for others' files, too */
	char *log;
	int client_port;
};

/* False when the account has another password already, or there is no room for more. */
bool server_add_account(struct server_conf *, const char *user, const char *password);
bool server_add_component(struct server_conf *, const char *domain, const char *secret);

/* The kind of that name; false when there is none. */
bool server_kind(const char *name, enum server_kind *);

/*
 * Starts it and waits until clients and components can connect. False, and says why; then nothing
 * is left behind.
 */
bool server_start(struct server *, struct server_conf *);

/* Stops it and removes its directory, unless it is to be kept. */
void server_stop(struct server *, bool keep);

#endif
