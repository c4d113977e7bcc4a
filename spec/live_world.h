/* SPDX-License-Identifier: ISC */
/*
 * live_world.h - the world of real clients, a real server and mucd
 */
#ifndef LIVE_WORLD_H
#define LIVE_WORLD_H

#include "live_mucd.h"
#include "play.h"

/* The account of the player itself. */
#define LIVE_USER     "player"
#define LIVE_PASSWORD "player"

struct client;
struct clients;

struct live {
	const struct server *server;
	const struct server_conf *conf;
	const char *program; /* mucd; NULL: the service is the server's own */
	struct mucd mucd;
	struct clients *clients; /* NULL between plays */
	struct client *control;	 /* asks whether the service is there */
	struct live_seat *seat;	 /* one per seat of the play */
	struct seat *speaker;	 /* who sent last, and has not been waited for; NULL: nobody */
	bool in_events;		 /* within the event loop: do not wait here */
};

extern const struct world live_world; /* its play.arg is a struct live */

/*
 * Waits until all domains of the service answer. False, and says why, when they do not for 20 s or
 * mucd ends.
 */
bool live_attached(struct client *, const struct server_conf *, struct mucd *);

#endif
