/* SPDX-License-Identifier: ISC */
/*
 * xml_cut.h - where one stanza ends and the next begins
 *
 * A byte scanner that runs ahead of the parser: it only knows tags, quotes and CDATA, remembers
 * its state between calls and looks at every byte once, so a stanza may arrive split anywhere. It
 * holds size and depth limits before a tree is ever built. Comments, DOCTYPE and processing
 * instructions end the stream (RFC 6120 11.1); <?xml ...?> is allowed before the header.
 */
#ifndef XML_CUT_H
#define XML_CUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Private to xml_cut.c but for the limits, which may be changed between stanzas. */
struct xml_cut {
	size_t max_bytes; /* of a stanza; more is CUT_LONG */
	unsigned
	    max_depth;	/* elements in one another, the stanza itself being 1; more is CUT_DEEP */
	size_t len;	/* bytes of the present piece scanned so far */
	size_t tag_len; /* length of the stanza's start tag, 0 while it is not complete */
	unsigned depth; /* 0: before the header; 1: in the stream */
	unsigned state, quote, match;
	unsigned deepest;
};

enum cut {
	CUT_MORE,   /* all bytes belong to a piece that has not ended */
	CUT_HEADER, /* the piece is the stream header, from <?xml or <stream:stream to its > */
	CUT_STANZA, /* the piece is one whole top-level element */
	CUT_SPACE,  /* the piece is white space between stanzas: a keep-alive */
	CUT_LONG,   /* one top-level element, over max_bytes; it has ended */
	CUT_DEEP,   /* one top-level element, over max_depth; it has ended */
	CUT_CLOSE,  /* the piece is </stream:stream> */
	CUT_BAD,    /* not XMPP: the stream must end; the cutter is of no more use */
};

void xml_cut_init(struct xml_cut *, size_t max_bytes, unsigned max_depth);

/*
 * Scans n bytes at p: the ones that follow those of earlier calls. Sets *used to how many belong to
 * the piece (all, with CUT_MORE). After every result but CUT_MORE and CUT_BAD the cutter stands
 * at the beginning of the next piece.
 *
 * The caller keeps the bytes of the piece. Once xml_cut_over() it need keep no more of them than
 * the start tag: with CUT_LONG and CUT_DEEP the cutter's tag_len tells the length of the start tag
 * (> included, at most max_bytes; 0 when the tag itself is longer), good for answering by name.
 */
enum cut xml_cut(struct xml_cut *, const char *p, size_t n, size_t *used);

/* Is the present piece over a limit already, so that its bytes need not be kept? */
bool xml_cut_over(const struct xml_cut *);

#endif
