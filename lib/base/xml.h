/* SPDX-License-Identifier: ISC */
/*
 * xml.h - a stanza as a tree
 *
 * A tree lives in an arena and is not changed once somebody else has seen it: it is built, then
 * shared as const. Namespaces that mucd knows (tbl/ns.h) are always the very pointers NS_*, in
 * parsed trees and in built ones, so they are compared with ==; xml_is() does. Strings are UTF-8
 * without NUL.
 */
#ifndef XML_H
#define XML_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct arena;
struct buf;

/*
 * NS_STANZA is the stream's own namespace (jabber:component:accept) and jabber:client. It is
 * written as nothing directly in a stanza and as xmlns='jabber:client' beneath a foreign
 * element, so a forwarded message (XEP-0297) is what it has to be. NS_NONE is no namespace at
 * all (xmlns='').
 */
#define NS(name, uri) extern const char NS_##name[];
#include "../tbl/ns.h"
#undef NS

/* The NS_* of a namespace, or NULL when mucd does not know it. */
const char *ns_known(const char *uri);

enum xml_kind {
	XML_ELEMENT,
	XML_TEXT, /* character data; neighbours are always merged into one node */
	XML_RAW,  /* bytes serialised before, only as a direct child of a stanza */
};

struct xml_attr {
	const char *name;   /* the local name */
	const char *ns;	    /* NULL: unqualified, the only kind that means anything to mucd */
	const char *prefix; /* of a qualified one, as it came: "xml", "e" */
	const char *value;
	struct xml_attr *next;
};

struct xml {
	enum xml_kind kind;
	const char *name; /* of an element: the local name */
	const char *ns;	  /* of an element: never NULL */
	struct xml_attr *attr;
	struct xml *child, *last; /* first and last child */
	struct xml *next;	  /* sibling */
	struct xml *up;		  /* NULL at the top */
	const char *text;	  /* of TEXT: a string; of RAW: len bytes */
	size_t len;		  /* of TEXT and RAW: bytes in text */
};

/* Are two names, or two namespaces, the same? In the header: mostly it takes no more than a look. */
static inline bool
xml_same(const char *a, const char *b)
{
	return a == b || (*a == *b && strcmp(a, b) == 0);
}

/* -- building -- strings given are borrowed: they must live as long as the arena */

struct xml *xml_new(struct arena *, const char *ns, const char *name);

/* A new element as the last child of up. */
struct xml *xml_add(struct arena *, struct xml *up, const char *ns, const char *name);

/* The same with text in it; a NULL text makes an empty element. */
struct xml *
xml_add_text(struct arena *, struct xml *up, const char *ns, const char *name, const char *text);

/* Character data at the end of up, merged with text that stands there. "" adds nothing. */
void xml_text_add(struct arena *, struct xml *up, const char *text);

/* Bytes serialised by xml_write_children(), at the end of a stanza. */
void xml_raw_add(struct arena *, struct xml *up, const char *bytes, size_t n);

/* Sets an unqualified attribute, replacing one of that name. A NULL value takes it away. */
void xml_set(struct arena *, struct xml *, const char *name, const char *value);

/* Sets xml:lang; a NULL value takes it away. */
void xml_set_lang(struct arena *, struct xml *, const char *lang);

/* A deep copy of x as the last child of up; up NULL: a tree of its own. */
struct xml *xml_copy(struct arena *, struct xml *up, const struct xml *x);

/* A copy of x without its children: the name and all attributes. */
struct xml *xml_copy_head(struct arena *, const struct xml *x);

/* -- reading -- every function takes NULL for x and then finds nothing */

bool xml_is(const struct xml *x, const char *ns, const char *name); /* name NULL: any */

/* The value of an unqualified attribute, NULL if it is not there. e:from is not from. */
const char *xml_get(const struct xml *x, const char *name);

/* The longest xml:lang that is one: RFC 5646 4.4.1 wants 35 characters. */
#define XML_LANG_MAX 64

/* xml:lang of x or of the nearest element around it; NULL if nobody says, or says too much. */
const char *xml_lang(const struct xml *x);

/* The first child element; of that namespace and name. ns NULL or name NULL: any. */
const struct xml *xml_child(const struct xml *x, const char *ns, const char *name);

/* The next sibling element like that, after x itself. */
const struct xml *xml_next(const struct xml *x, const char *ns, const char *name);

/*
 * The text of x before its first child element: all of it when it has only text. "" when there
 * is none, NULL when x is NULL.
 */
const char *xml_text(const struct xml *x);

/* xml_text(xml_child(x, ns, name)): NULL when there is no such child. */
const char *xml_child_text(const struct xml *x, const char *ns, const char *name);

#endif
