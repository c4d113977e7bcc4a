/* SPDX-License-Identifier: ISC */
/*
 * dispatch.h - from a stanza to the feature that takes it, and back as an answer
 */
#ifndef DISPATCH_H
#define DISPATCH_H

#include "feature.h"

/*
 * Handles one stanza of nbytes: charge, plan, may, on. The domain it is addressed to answers; when that is none
 * of ours, the answer goes the way back it came.
 */
void dispatch(struct service *, unsigned way_back, const struct xml *stanza, size_t nbytes);

/*
 * Answers it with that error; of a stanza that may not be answered (errors, results, who leaves) the
 * head is handled, unless it is for want of room.
 */
void dispatch_refuse(
    struct service *, unsigned way_back, const struct xml *stanza, size_t nbytes, enum deny);

#endif
