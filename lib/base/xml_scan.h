/* SPDX-License-Identifier: ISC */
/*
 * xml_scan.h - what mucd has written, read without making a tree of it
 *
 * Rows of elements as xml_write_children() writes them: values stand between apostrophes, `<` is always
 * escaped, and a namespace is declared where it changes.
 */
#ifndef XML_SCAN_H
#define XML_SCAN_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* An element of such a row. */
struct xml_piece {
	const char *begin, *end;	 /* all of it, tags included */
	const char *inside, *inside_end; /* what it holds; equal when that is nothing */
};

/* The next element after *at, which moves behind it. False: there is none. */
bool xml_scan(const char **at, const char *end, struct xml_piece *);

/* Is it of that name, and in the stanza's own namespace? */
bool xml_piece_is(const struct xml_piece *, const char *name);

/* Appends the text in it, unescaped; of elements in it, too. */
void xml_scan_text(struct buf *, const struct xml_piece *);

#endif
