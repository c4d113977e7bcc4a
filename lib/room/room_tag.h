/* SPDX-License-Identifier: ISC */
/*
 * room_tag.h - the fields of a record in table rooms
 */
#ifndef ROOM_TAG_H
#define ROOM_TAG_H

enum { /* tags of a record in table rooms; 33 and above are in tbl/config.h; never reused */
	TAG_JID = 1,
	TAG_LOCKED = 2,
	TAG_CREATED = 3,
	TAG_NOWNERS = 5,
	TAG_NAFFILIATIONS = 6,
	TAG_SUBJECT = 7,
	TAG_SUBJECT_NICK = 8,
	TAG_SUBJECT_TIME = 9,
	TAG_SUBJECT_LANG = 10,
	TAG_SECRET = 11,
	TAG_SUBJECT_JID = 12,
	TAG_SUBJECT_MSG_ID = 13,
	TAG_SUBJECT_ID = 14,
	TAG_VERSION = 15,
	TAG_CREATOR = 20,
	TAG_SUBJECT_TEXT = 21,
	TAG_FORCED = 22,
	TAG_USED = 23,
	TAG_LOCKDOWN = 24,
};

#endif
