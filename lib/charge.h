/* SPDX-License-Identifier: ISC */
/*
 * charge.h - what a stanza costs its sender: XEP-0045 14.6
 */
#ifndef CHARGE_H
#define CHARGE_H

#include "feature.h"

/*
 * Takes a stanza of nbytes to a domain from what the session that sent it, its user, all of a foreign domain and all
 * of the service may send. OK, TOO_FAST or SERVICE_BUSY.
 */
enum deny charge(struct service *, const struct jid *by, const char *to, size_t nbytes);

/* The sender pays for the answer, before it is told. */
void charge_reply(const struct plan *);

/* For what they have made us look at, whether it was answered or refused. */
void charge_walk(const struct plan *);

/* plan_run(), and whoever has caused it pays for what others are told by it. */
void charge_run(struct plan *, const struct jid *by);

#endif
