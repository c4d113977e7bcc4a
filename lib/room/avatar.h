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

/* False: the room has no vCard. Lives until the store is changed. */
bool avatar_get(const struct room *, struct avatar *);

/* What it holds is copied; NULL takes it away. */
void avatar_set(struct room *, const struct avatar *);

/*
 * Appends the hashes of the pictures in a vCard: each PHOTO that is not empty. False: one is not in the vCard
 * itself, or not in base64.
 */
bool avatar_hashes(const struct xml *vcard, struct buf *);

/* The same for one that is serialised; false also when it is no vCard, or more than that. */
bool avatar_read(struct arena *, struct record_reader *, struct bytes vcard, struct buf *);

#endif
