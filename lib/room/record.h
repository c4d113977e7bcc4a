/* SPDX-License-Identifier: ISC */
/*
 * record.h - stored records as lines of text, and back; the format is in mucd-export(5)
 *
 * A line is a word and fields behind it, `affil jid="romeo@example.org" affiliation=owner`. Strings are in
 * double quotes, all else is a bare word. Everything comes from the rows of tbl/record.h. What is read
 * is not trusted: strings are XML's characters, addresses are prepared, payloads are well-formed.
 */
#ifndef RECORD_H
#define RECORD_H

#include "../base/buf.h"
#include "../base/rec.h"
#include "../export.h"
#include "archive.h"

/* The kinds of lines that are records. */
enum line {
#define LINE(line, table, key) LINE_##line,
#include "../tbl/record.h"
	LINE_COUNT
};

/* What stands in a record's key behind the room's id. */
enum line_key {
	KEY_NONE, /* nothing */
	KEY_ROOM, /* nothing: a room has one such record */
	KEY_JID,  /* the field jid, as store_key() has it */
	KEY_TAIL, /* a bare JID that no field has: it is written as jid, or, as its digest, as sha256 */
	KEY_UUID,   /* an id of the archive: it is written as id */
	KEY_INVITE, /* what invitation_key() makes of invitee and inviter */
};

struct line_kind {
	const char *name;
	enum table table;
	enum line_key key;
};

extern const struct line_kind line_kinds[LINE_COUNT];

/* What an export does with a table; rows of tbl/record.h. */
enum table_fate {
	FATE_NONE, /* nobody has thought of it */
	FATE_LINES,
	FATE_MADE,
	FATE_LEFT,
};

extern const enum table_fate table_fates[TABLE_COUNT];

/* One field of a line, as it was read. */
struct line_field {
	const char *name; /* NULL: a word without `=` */
	const char *value;
	size_t len;
	bool quoted;
};

#define LINE_FIELDS_MAX 64

struct line_fields {
	const char *kind; /* the first word */
	struct line_field v[LINE_FIELDS_MAX];
	size_t n;
};

/* Takes a line apart. NULL, or what is wrong with it. Strings: arena. */
const char *line_read(struct arena *, const char *line, size_t n, struct line_fields *);

/* What is needed to look into values. */
struct record_reader {
	struct xml_parser *parser; /* of record_parser_new(); it may become another one */
	/* The room's address in the file and here, when it gets another one; or NULL. */
	const char *room_was, *room_is;
};

struct xml_parser *record_parser_new(void);

/* The stanza that has such children; NULL: they are none. */
const struct xml *record_xml(struct arena *, struct record_reader *, const char *s, size_t n);

/*
 * Writes a record as a line: of table rooms only what belongs to that kind of line; the configuration belongs
 * to none. `tail` is the key behind the room's id. *why becomes what is wrong with the record, or NULL; the line
 * is written all the same, if it can be shown at all. Else false, and nothing is written.
 */
bool record_write(struct arena *, struct record_reader *, struct buf *, enum line,
    struct bytes tail, struct bytes val, const char **why);

/* Has the record fields of that kind of line? */
bool record_has(enum line, struct bytes val);

/* Says which field is missing; NULL: none. */
const char *record_lacks(struct arena *, enum line, struct bytes val);

/* One field of a record by its name, which must be one of tbl/record.h; false: the record does not have it. */
bool record_find(enum line, const char *name, struct bytes val, struct rec *);

/* Adds a field, by such a name. */
void record_put(struct buf *, enum line, const char *name, const void *p, size_t n);
void record_put_u64(struct buf *, enum line, const char *name, uint64_t v);

/* A record that was read: its value, and what makes its key. */
struct record {
	struct buf val;
	const char *jid;	       /* KEY_JID, KEY_TAIL */
	const uint8_t *digest;	       /* KEY_TAIL: SHA256_LEN bytes instead of it; or NULL */
	uint8_t id[ARCHIVE_ID_LEN];    /* KEY_UUID */
	const char *invitee, *inviter; /* KEY_INVITE */
};

/*
 * Reads the fields of a line into a struct record that is zeroed; its val is the caller's to release,
 * the rest lives in the arena. NULL, or what is wrong.
 */
const char *record_read(
    struct arena *, struct record_reader *, enum line, const struct line_fields *, struct record *);

/* The key of a record of the room of that id. */
struct bytes record_key(struct arena *, uint64_t id, enum line, const struct record *);

/* The kind of line of that name; LINE_COUNT: none. */
enum line line_of(const char *name);

#endif
