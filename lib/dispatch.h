/* SPDX-License-Identifier: ISC */
/*
 * dispatch.h - from a stanza to the feature that takes it, and back as an answer
 */
#ifndef DISPATCH_H
#define DISPATCH_H

#include "feature.h"

/* The way that a stanza has come. */
struct way {
	unsigned domain_no;	 /* over the link of that domain... */
	struct console *console; /* ...unless it came from this; NULL: it did not */
};

/*
 * Handles one stanza of nbytes: charge, plan, may, on. The domain it is addressed to answers; when that is none
 * of ours, the answer goes the way back it came. To a console all answers do.
 */
void dispatch(struct service *, const struct way *, const struct xml *stanza, size_t nbytes);

/*
 * Answers it with that error. Of a stanza that may not be answered (an error, a result, somebody leaving) the
 * head is handled instead, unless it is refused for want of room.
 */
void dispatch_refuse(
    struct service *, const struct way *, const struct xml *stanza, size_t nbytes, enum deny);

#endif
