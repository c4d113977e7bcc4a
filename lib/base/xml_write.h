/* SPDX-License-Identifier: ISC */
/*
 * xml_write.h - trees to bytes
 *
 * What is written is always namespace-well-formed, whatever tree is given: a default namespace is
 * declared where it changes, the prefix of a qualified attribute on the element that uses it
 * (`xml` needs none; two prefixes that clash on one element are renamed). Only what XML demands
 * is escaped: & and < in text, > only as part of ]]>, and & < ' in attribute values; white space
 * other than blanks in attribute values and carriage returns are written as character
 * references, so that they survive.
 */
#ifndef XML_WRITE_H
#define XML_WRITE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct xml;

/* Appends the stanza x. */
void xml_write(struct buf *, const struct xml *x);

/*
 * The same, but gives up soon after more than max bytes were added: then false, and the buf is as it was.
 * A few bytes of input can mean very many of output: a namespace that was declared once is declared anew
 * on each element that uses it.
 */
bool xml_write_max(struct buf *, const struct xml *x, size_t max);

/*
 * The same with an empty attribute `to` put first: <message to='' from=...; an attribute `to` of
 * x itself is left out. Returns where in the buf the value of `to` belongs.
 */
size_t xml_write_to(struct buf *, const struct xml *x);

/* Appends the children of a stanza only: what xml_raw_add() takes. */
void xml_write_children(struct buf *, const struct xml *x);

/* Appends s escaped as an attribute value between single quotes. */
void xml_escape(struct buf *, const char *s);

/*
 * -- without a tree --
 *
 * A stanza that is said very often is written at once, one thing after the other as it stands in it. What
 * is escaped is the same. Whoever holds the pen has to see to it that all names are plain ones, and that
 * what is opened is closed.
 */
struct xml_pen {
	struct buf *b;
	bool in_head; /* behind attributes: the tag is not closed yet */
};

/* Opens a stanza; returns what xml_write_to() does. */
size_t pen_stanza(struct xml_pen *, const char *name);

/* Opens an element in the present one; ns: NS_*, or NULL for the same namespace. */
void pen_open(struct xml_pen *, const char *ns, const char *name);

/* An attribute of the element that was opened last, as long as nothing is in it; NULL: none. */
void pen_attr(struct xml_pen *, const char *name, const char *value);

/* The attribute `from` of somebody in a room. */
void pen_from(struct xml_pen *, const char *room, const char *nick);

/* An attribute with a value of our own, in which there is nothing to escape; NULL: none. */
void pen_word(struct xml_pen *, const char *name, const char *word);

void pen_text(struct xml_pen *, const char *text);

/* Bytes serialised by xml_write_children(), directly in a stanza. */
void pen_raw(struct xml_pen *, const char *bytes, size_t n);

/* A tree in an element whose namespace is ns. */
void pen_tree(struct xml_pen *, const char *ns, const struct xml *x);

/* Ends the present element, whose name that is. */
void pen_close(struct xml_pen *, const char *name);

#endif
