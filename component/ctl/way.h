/* SPDX-License-Identifier: ISC */
/*
 * way.h - the ways to a service: as a client of its server, or over the socket of mucd
 *
 * Both carry IQs and wait for their answers. What is wrong is said by ctl_complain().
 */
#ifndef CTL_WAY_H
#define CTL_WAY_H

#include <stddef.h>
#include <stdint.h>

#include "ctl.h"

struct xml;

struct way {
	const struct way_kind *kind;
	const struct ctl_options *o;
	struct arena *a; /* what comes lives there */
	unsigned nids;
	const char *service; /* whom to ask if nobody is named; NULL: somebody has to be */
	const char *hint;    /* if so: what may be named, or NULL */
};

struct way_kind {
	/* Sends the stanza. False, and says why, when it cannot. */
	bool (*send)(struct way *, const struct xml *);

	/* Waits until then, at most, for one that comes. False, and says why, when none can come. */
	bool (*wait)(struct way *, int64_t until_ms, const struct xml **);

	void (*close)(struct way *);
};

/* Opens the one that the options name. NULL when it cannot be had. */
struct way *way_open(const struct ctl_options *, struct arena *);
struct way *way_client(const struct ctl_options *, struct arena *);
struct way *way_local(const struct ctl_options *, struct arena *);
void way_close(struct way *); /* NULL is allowed */

/*
 * Asks, with an IQ that has neither id nor language yet, and waits for the answer: a result or an
 * error. NULL when there is none, or we are to stop.
 */
const struct xml *way_ask(struct way *, struct xml *iq);

/* The time, of a clock that never jumps. */
int64_t way_now_ms(void);

/* The password of the account, for free(3) and to be wiped; NULL when it cannot be had. */
char *way_password(const struct ctl_options *);

#endif
