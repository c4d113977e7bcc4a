/* SPDX-License-Identifier: ISC */
/*
 * live_client.h - real XMPP clients, on libstrophe
 */
#ifndef LIVE_CLIENT_H
#define LIVE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct client;
struct clients;
struct xml;

/* Given a stanza that came; it lives as long as the arena. */
typedef void client_take(void *arg, const struct xml *);

/* An event loop for any number of clients; what they get is made in the arena. */
struct clients *clients_new(struct arena *);
void clients_free(struct clients *);

/* Waits up to so many ms for events, and handles them. */
void clients_run(struct clients *, unsigned ms);

/*
 * Connects to that loopback port, authenticates, binds, and is available. jid is bare or full.
 * NULL, and says why, when it cannot be done.
 */
struct client *client_open(
    struct clients *, const char *jid, const char *password, int port, client_take *, void *arg);

/* Ends the stream and waits for the server to end it, too. NULL is allowed. */
void client_close(struct client *);

bool client_is_up(const struct client *);
const char *client_full(const struct client *); /* its full JID, as bound */

void client_send(struct client *, const struct xml *);

/*
 * Asks that domain by a ping and waits for the answer, up to a minute: what came before it is there.
 * The answer is not given to take(). False when none comes.
 */
bool client_barrier(struct client *, const char *domain);

/* Waits until the server answers for a session that it has ended; false when it does not. */
bool client_sees_gone(struct client *, const char *full);

/* Does that domain answer disco#info with a result, at once? Asked when mucd ends it may never be answered. */
bool client_finds(struct client *, const char *domain);

#endif
