/* SPDX-License-Identifier: ISC */
/*
 * real.h - the same workloads by real clients through a real server
 */
#ifndef REAL_H
#define REAL_H

#include "../../spec/live_server.h"
#include "peer.h"
#include "work.h"

/* What was not measured is not written. */
struct real {
	struct took enter, say, one, say_few, rooms; /* messages to 100, one by one, to 10 */
	double server_cpu_s, component_cpu_s;	     /* while messages to 100 were said */
};

#define REAL_DOMAIN "rooms.localhost"
#define REAL_MOST   500 /* clients */
#define REAL_ROOMS  400

/* Through a component of that kind, or in the server's own rooms. With 100 clients all, else only their entry. */
void real_run(enum server_kind, enum peer_kind, unsigned nclients, struct real *);

#endif
