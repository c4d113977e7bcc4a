/* SPDX-License-Identifier: ISC */
/*
 * row.h - the rows of tbl/record.h, and what suits each type of value; inside of record.c
 */
#ifndef ROW_H
#define ROW_H

#include "record.h"

#define RECORD_TIME_MAX INT64_C(253402300799999) /* the end of the year 9999 */

enum value_type {
	VALUE_BARE, /* a bare JID or a domain, prepared */
	VALUE_FULL, /* the same, there may be a resource */
	VALUE_SHOWN, /* the same; perhaps an occupant's, then it is the room's address that changes */
	VALUE_NICK,    /* prepared */
	VALUE_TEXT,    /* XML's characters */
	VALUE_XML,     /* the children of a stanza */
	VALUE_BOOL,    /* 0, 1 */
	VALUE_TIME,    /* ms since 1970: a date */
	VALUE_WORD,    /* one of a list, by its place there, a `-` is no word */
	VALUE_SECRET,  /* SECRET_LEN bytes: hexadecimal */
	VALUE_UUID,    /* an id of the archive */
	VALUE_DERIVED, /* is not written */
};

struct row {
	enum line line;
	uint8_t tag;
	enum value_type type;
	const char *name, *words;
	bool must;
};

/* The rows, one behind the other; NULL after the last; first: NULL. */
const struct row *row_next(const struct row *);

/* The row of a tag; tags of several kinds of lines of one table are one set. NULL: not known. */
const struct row *row_of_tag(enum table, uint8_t tag);

const struct row *row_of_name(enum line, const char *name); /* NULL: none */

/* Does that kind of line have what no row knows? A newer mucd wrote it. */
bool row_is_unknown(enum line, uint8_t tag);

/* Strings stand in quotes, all other values are bare words. */
bool row_is_string(const struct row *);

/*
 * NULL, or why a string does not suit the field. It has n bytes and a NUL behind them; the reader is for
 * payloads alone.
 */
const char *
row_check(struct arena *, struct record_reader *, const struct row *, const char *s, size_t n);

/* The n-th word of the field's; NULL: there is none. And the reverse; false: it is none. */
const char *row_word(struct arena *, const struct row *, uint64_t n);
bool row_number(const struct row *, const char *word, uint64_t *n);

#endif
