/* SPDX-License-Identifier: ISC */
/*
 * charge.h - what a stanza costs its sender: XEP-0045 14.6
 */
#ifndef CHARGE_H
#define CHARGE_H

#include "feature.h"

/*
 * Takes a stanza of nbytes from what its session, its sender, all of a foreign domain and all of the service may
 * send. OK, TOO_FAST or SERVICE_BUSY.
 */
enum deny charge(struct service *, const struct ev *, size_t nbytes);

/* The sender pays for the answer, before it is told. */
void charge_reply(const struct plan *);

/* For what they have made us look at, whether it was answered or refused. */
void charge_walk(const struct plan *);

/* plan_run(), and the sender pays for what others are told by it. */
void charge_run(struct plan *);

#endif
