/* SPDX-License-Identifier: ISC */
/*
 * avatar.h - what a room looks like: its vCard, and the hashes of the pictures in it; XEP-0486, XEP-0054
 */
#ifndef AVATAR_H
#define AVATAR_H

#include "../base/digest.h"
#include "room.h"

struct record_reader;

struct avatar {
	struct bytes vcard;  /* the element, serialised */
	struct bytes hashes; /* of its pictures, in order: SHA1_LEN bytes each */
};

/* False: the room has no vCard. What it points to lives until the store is changed. */
bool avatar_get(const struct room *, struct avatar *);

/* Sets the vCard and the hashes, which are copied; NULL takes them away. */
void avatar_set(struct room *, const struct avatar *);

/*
 * Appends the hashes of the pictures in a vCard: each PHOTO that is not empty. False: one is not in the vCard
 * itself (a URL), or is not base64.
 */
bool avatar_hashes(const struct xml *vcard, struct buf *);

/* The same for a serialised vCard; false also when it is none, or is followed by anything. */
bool avatar_read(struct arena *, struct record_reader *, struct bytes vcard, struct buf *);

#endif
