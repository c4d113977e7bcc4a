/* SPDX-License-Identifier: ISC */
/*
 * xml_parse.h - one stanza's bytes to a tree, by libxml2's SAX2 push parser
 *
 * The only file of lib/ that knows libxml2. A parser is fed the real stream header first, for the
 * namespaces and prefixes it declares. libxml2 interns every name it ever met, so the context is
 * renewed (header fed again) whenever its dictionary has grown beyond a bound; a peer that
 * invents names costs time, never memory.
 */
#ifndef XML_PARSE_H
#define XML_PARSE_H

#include <stddef.h>

struct arena;
struct xml;
struct xml_parser;

enum parse {
	PARSE_OK,
	PARSE_UNBOUND,	/* well-formed, but a prefix is declared nowhere, or namespaces are misused
			 */
	PARSE_BAD,	/* not well-formed: drop this stanza alone */
	PARSE_DISAGREE, /* libxml2 does not see exactly one whole child here: close the stream */
};

/*
 * A parser for the stream whose header (from <?xml or <stream:stream up to its >) is given; the
 * bytes are copied. NULL when the header cannot be parsed.
 */
struct xml_parser *xml_parser_new(const char *header, size_t n);
void xml_parser_free(struct xml_parser *); /* NULL is allowed */

/* Overwrites what it has of the stanzas that it has parsed. What libxml2 keeps stays, until there is more to parse. */
void xml_parser_wipe(struct xml_parser *);

/* The header's own element, for its attributes (id, from, xml:lang); lives as long as the parser.
 */
const struct xml *xml_parser_header(const struct xml_parser *);

/*
 * Parses one top-level element, as xml_cut() cuts it. With PARSE_OK *out is the tree, in the
 * arena. With PARSE_UNBOUND *out is its head alone (name and those attributes that are sound): who
 * sent it, to whom and its id, for an error. Otherwise *out is NULL. After every result but
 * PARSE_DISAGREE the parser is ready for the next stanza.
 */
enum parse
xml_parse(struct xml_parser *, struct arena *, const char *p, size_t n, const struct xml **out);

/*
 * Parses a start tag alone (what is left of a stanza that was too long), as if it were an empty
 * element. Results as above.
 */
enum parse
xml_parse_tag(struct xml_parser *, struct arena *, const char *p, size_t n, const struct xml **out);

#endif
