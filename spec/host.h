/* SPDX-License-Identifier: ISC */
/*
 * host.h - the world in process: a host server played around libmuc
 *
 * It stamps `from`, routes by `to`, tells the service when a session that had sent directed
 * presence ends and bounces what cannot be delivered, as Prosody and ejabberd do. Its clock and its
 * random bytes are the same in every run.
 */
#ifndef HOST_H
#define HOST_H

#include "play.h"

struct host;

extern const struct world host_world; /* its play.arg is a struct host */

struct host *host_new(void);
void host_free(struct host *);

/* Stanzas that the service has taken and given in all plays of this host. */
unsigned long host_stanzas(const struct host *);

#endif
