/* SPDX-License-Identifier: ISC */
/*
 * archive.h - what was said in a room, in order
 *
 * Table archive: room id and a UUIDv7 (RFC 9562 5.7) -> a tagged record. The UUID is at once the
 * record's place in the order, the time it was said, and its stanza-id (XEP-0359, XEP-0313 6.2): live,
 * in the history on entering and in the archive a message has the same one. Within a room it only ever
 * rises, although the clock may step back: then the time is that of the message before.
 *
 * A record holds what is needed to say the message again to anybody; who may see what of it
 * is decided when it is said. It is written in the turn in which the message is told, before that.
 * How much there is, and what of it goes when: held.h. A destroyed room's records go in steps
 * (rooms_purge); ids of rooms are never reused, so a new room of that name has nothing of them.
 */
#ifndef ARCHIVE_H
#define ARCHIVE_H

#include "room.h"

/* What a record is; numbers are the store's. */
enum entry_kind {
	ENTRY_NONE = 0,	   /* not to be kept */
	ENTRY_MESSAGE = 1, /* part of the conversation: who enters is told it */
	ENTRY_SUBJECT = 2, /* a change of the subject */
	ENTRY_EVENT = 3,   /* something about a message: a reaction, a marker */

	ENTRY_RETRACTION = 4, /* takes a message back, by its author or a moderator */
	ENTRY_RETRACTED = 5,  /* a tombstone, where a message was that was taken back */
};

/* Something that was said. What it points to is borrowed. */
struct entry {
	uint8_t id[ARCHIVE_ID_LEN]; /* all zero: it has none, and is no record */
	enum entry_kind kind;
	const char *nick;	 /* under which it was said; NULL: by the room itself */
	const char *jid;	 /* full, of who said it; NULL: the room, or not known */
	const char *occupant_id; /* of jid; NULL: to be computed */
	const char *msg_id;	 /* attribute id of the message */
	const char *lang;	 /* its xml:lang, or NULL */
	/* Attribute id of the message whose last version it is (XEP-0308), or NULL. */
	const char *corrects;
	const char *payload; /* its children, cleaned and serialised */
	size_t payload_len;
	bool prior; /* it has the delay of an earlier conversation: XEP-0045 7.9 */
};

/* A room's id and one of the archive's as a key, which lies in `out`. */
struct bytes
archive_key(uint64_t room_id, const uint8_t id[ARCHIVE_ID_LEN], uint8_t out[ARCHIVE_KEY_LEN]);

/* The next id of a room. It is used up also when nothing is stored under it. */
void archive_next_id(struct room *, uint8_t id[ARCHIVE_ID_LEN]);

/* Did this room give it, whether anything is stored under it or not? Not known of ids that an older mucd gave. */
bool archive_gave(const struct room *, const uint8_t id[ARCHIVE_ID_LEN]);

/*
 * What is less than every id of that time, and greater than every id of an earlier one: no UUID has only zeros
 * behind its time. A time before the first that an id can have, or after the last, counts as that.
 */
void archive_id_at(int64_t wall_ms, uint8_t id[ARCHIVE_ID_LEN]);

/* When an id was given, ms of the wall clock; and the id as text, 8-4-4-4-12 digits. */
int64_t archive_ms(const uint8_t id[ARCHIVE_ID_LEN]);
char *archive_text(struct arena *, const uint8_t id[ARCHIVE_ID_LEN]);

/* The reverse. False when it is not written as archive_text() writes it, to the letter. */
bool archive_read_id(const char *s, uint8_t id[ARCHIVE_ID_LEN]);

/* Stores the entry under an id of archive_next_id(), or in place of the one that is there. */
void archive_add(struct room *, const struct entry *);
void archive_replace(struct room *, const struct entry *);

/*
 * What was said before that time (wall ms) is too old to be shown, or cleared, though it may still be stored.
 * retention.c
 */
int64_t archive_horizon(const struct room *);

/* What has been said so far is not shown any more, and goes in steps. Ids go on from where they are. retention.c */
void archive_clear(struct room *);

/*
 * The entry of that id; its payload lives until the store is written to. False: there is none, or it is
 * too old.
 */
bool archive_get(struct room *, const uint8_t id[ARCHIVE_ID_LEN], struct entry *);

/*
 * Visits a room's entries after an id, oldest first, or before one, newest first (NULL: all), except
 * those that are too old. An entry and what it points to live until visit returns. When it returns anything
 * but 0 the walk stops and returns that; else 0. A record that cannot be read is logged and left out.
 */
typedef int archive_visit(void *arg, const struct entry *);

/*
 * What a visit reads, except payloads, stays in the turn's arena, and the id of what a message corrects is as long
 * as its sender likes. So a walk of many entries ends, or goes on in another turn, when the arena has grown by
 * this many bytes.
 */
#define ARCHIVE_WALK_BYTES ((size_t)4 << 20)
int archive_each(struct room *, const uint8_t *after, archive_visit *, void *arg);
int archive_each_back(struct room *, const uint8_t *before, archive_visit *, void *arg);

/*
 * Writes what stands in the groupchat message that says it, as it was told at first, with stanza-id and
 * occupant-id. Call it after pen_stanza() or pen_open() of the message; the caller may add more, and closes it.
 */
void entry_put(struct xml_pen *, const struct room *, const struct entry *);

#endif
