/* SPDX-License-Identifier: ISC */
/*
 * xml_write.c - trees to bytes
 *
 * Elements are written with default namespaces, so the namespace in force inside an element is
 * its own and no stack is needed. The one exception is an element in the namespace of `xml`,
 * which may not be a default (Namespaces in XML 1.0, 3): it is written <xml:name>.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "xml.h"
#include "xml_write.h"

/* Bytes that cannot be written as they are: in text, in an attribute value. */
#define IN_TEXT 1
#define IN_ATTR 2
#define IN_BOTH (IN_TEXT | IN_ATTR)

static const unsigned char special[256] = {
	[0x00 ... 0x08] = IN_BOTH,
	['\t'] = IN_ATTR,
	['\n'] = IN_ATTR,
	[0x0b ... 0x1f] = IN_BOTH,
	['&'] = IN_BOTH,
	['<'] = IN_BOTH,
	['>'] = IN_TEXT,
	['\''] = IN_ATTR,
};

static void
escape_char(struct buf *b, char c)
{
	switch (c) {
	case '&':
		buf_adds(b, "&amp;");
		return;
	case '<':
		buf_adds(b, "&lt;");
		return;
	case '>':
		buf_adds(b, "&gt;");
		return;
	case '\'':
		buf_adds(b, "&apos;");
		return;
	case '\t':
		buf_adds(b, "&#9;");
		return;
	case '\n':
		buf_adds(b, "&#10;");
		return;
	case '\r':
		buf_adds(b, "&#13;");
		return;
	default: /* XML has no way to say it (XML 1.0, 2.2): U+FFFD stands for it */
		buf_adds(b, "\xef\xbf\xbd");
	}
}

/* Would > end here the ]]> that text may not contain? What stands before counts, RAW too. */
static bool
after_brackets(const struct buf *b)
{
	return b->len >= 2 && b->p[b->len - 1] == ']' && b->p[b->len - 2] == ']';
}

/* With every_gt no > stays: for text whose neighbours are not known yet. */
static void
escape_text(struct buf *b, const char *s, size_t n, bool every_gt)
{
	const char *end = s + n, *from = s;

	for (; s < end; s++) {
		if (!(special[(unsigned char)*s] & IN_TEXT))
			continue;
		buf_add(b, from, (size_t)(s - from));
		from = s + 1;
		if (*s == '>' && !every_gt && !after_brackets(b))
			buf_addc(b, '>');
		else
			escape_char(b, *s);
	}
	buf_add(b, from, (size_t)(s - from));
}

void
xml_escape(struct buf *b, const char *s)
{
	const char *from = s;

	for (; *s != '\0'; s++) {
		if (!(special[(unsigned char)*s] & IN_ATTR))
			continue;
		buf_add(b, from, (size_t)(s - from));
		from = s + 1;
		escape_char(b, *s);
	}
	buf_add(b, from, (size_t)(s - from));
}

static void
put_value(struct buf *b, const char *value)
{
	buf_add(b, "='", 2);
	xml_escape(b, value);
	buf_addc(b, '\'');
}

/*
 * May the attribute keep its prefix? What begins with xml is reserved (Namespaces in XML 1.0, 3),
 * ns and a digit are ours.
 */
static bool
usable(const char *prefix)
{
	if (prefix == NULL || prefix[0] == '\0' || strchr(prefix, ':') != NULL)
		return false;
	if (strncasecmp(prefix, "xml", 3) == 0)
		return false;
	return strncmp(prefix, "ns", 2) != 0 || prefix[2] < '0' || prefix[2] > '9';
}

/*
 * Writes the name of a qualified attribute and, unless an earlier one of x has done so, declares
 * its prefix. All attributes of one namespace have the prefix of the first; that keeps its own
 * unless an earlier one of another namespace came with the same.
 */
static void
put_qualified(struct buf *b, const struct xml *x, const struct xml_attr *attr)
{
	const struct xml_attr *first, *other;
	char made[24];
	const char *prefix = made;
	unsigned i = 1;
	bool keep;

	for (first = x->attr; first->ns == NULL || !xml_same(first->ns, attr->ns);
	     first = first->next)
		i++;
	keep = usable(first->prefix);
	for (other = x->attr; keep && other != first; other = other->next)
		keep = other->prefix == NULL || strcmp(other->prefix, first->prefix) != 0;
	if (keep)
		prefix = first->prefix;
	else
		snprintf(made, sizeof(made), "ns%u", i);
	if (first == attr) {
		buf_add(b, " xmlns:", 7);
		buf_adds(b, prefix);
		put_value(b, attr->ns);
	}
	buf_addc(b, ' ');
	buf_adds(b, prefix);
	buf_addc(b, ':');
	buf_adds(b, attr->name);
}

static void
put_attr(struct buf *b, const struct xml *x, const struct xml_attr *attr)
{
	/* A tree built wrongly must not declare or use a prefix behind our back. */
	if (strchr(attr->name, ':') != NULL)
		return;
	if (attr->ns == NULL || attr->ns[0] == '\0') {
		if (xml_same(attr->name, "xmlns"))
			return;
		buf_addc(b, ' ');
		buf_adds(b, attr->name);
	} else if (xml_same(attr->ns, NS_XML)) {
		buf_add(b, " xml:", 5);
		buf_adds(b, attr->name);
	} else {
		put_qualified(b, x, attr);
	}
	put_value(b, attr->value);
}

static void
put_name(struct buf *b, const struct xml *x)
{
	const char *colon = strrchr(x->name, ':');

	if (x->ns == NS_XML)
		buf_add(b, "xml:", 4);
	buf_adds(b, colon != NULL ? colon + 1 : x->name);
}

/* The default namespace inside x, or around it when x is <xml:...>. */
static const char *
inside(const struct xml *x, const struct xml *top)
{
	for (; x->ns == NS_XML; x = x->up)
		if (x == top)
			return NS_STANZA;
	return x->ns;
}

/* Everything of the start tag but its last byte; outside is the default namespace around x. */
static void
put_head(struct buf *b, const struct xml *x, const char *outside, size_t *to)
{
	const struct xml_attr *attr;

	buf_addc(b, '<');
	put_name(b, x);
	if (to != NULL) {
		buf_add(b, " to='", 5);
		*to = b->len;
		buf_addc(b, '\'');
	}
	if (x->ns != NS_XML && !xml_same(x->ns, outside)) {
		buf_add(b, " xmlns", 6);
		put_value(b, x->ns);
	}
	for (attr = x->attr; attr != NULL; attr = attr->next)
		if (to == NULL || attr->ns != NULL || !xml_same(attr->name, "to"))
			put_attr(b, x, attr);
}

static void
put_end(struct buf *b, const struct xml *x)
{
	buf_add(b, "</", 2);
	put_name(b, x);
	buf_addc(b, '>');
}

/*
 * The children of top; outside is the default namespace around them. False, and not all is written, when
 * the buf has grown beyond max bytes.
 */
static bool
put_children(struct buf *b, const struct xml *top, const char *outside, bool alone, size_t max)
{
	const struct xml *x = top->child;

	while (x != NULL) {
		if (b->len > max)
			return false;
		if (x->kind == XML_RAW)
			buf_add(b, x->text, x->len);
		else if (x->kind == XML_TEXT)
			escape_text(b, x->text, x->len, alone && x == top->child);
		else {
			put_head(b, x, x->up == top ? outside : inside(x->up, top), NULL);
			if (x->child != NULL) {
				buf_addc(b, '>');
				x = x->child;
				continue;
			}
			buf_add(b, "/>", 2);
		}
		while (x->next == NULL) {
			x = x->up;
			if (x == top)
				return b->len <= max;
			put_end(b, x);
		}
		x = x->next;
	}
	return b->len <= max;
}

/* x, and what is in it; outside is the default namespace around x. */
static bool
put_element(struct buf *b, const struct xml *x, const char *outside, size_t *to, size_t max)
{
	put_head(b, x, outside, to);
	if (x->child == NULL) {
		buf_add(b, "/>", 2);
		return b->len <= max;
	}
	buf_addc(b, '>');
	if (!put_children(b, x, inside(x, x), false, max))
		return false;
	put_end(b, x);
	return b->len <= max;
}

void
xml_write(struct buf *b, const struct xml *x)
{
	put_element(b, x, NS_STANZA, NULL, SIZE_MAX);
}

bool
xml_write_max(struct buf *b, const struct xml *x, size_t max)
{
	const size_t before = b->len;

	if (put_element(b, x, NS_STANZA, NULL, before + max))
		return true;
	b->len = before;
	return false;
}

size_t
xml_write_to(struct buf *b, const struct xml *x)
{
	size_t to;

	put_element(b, x, NS_STANZA, &to, SIZE_MAX);
	return to;
}

void
xml_write_children(struct buf *b, const struct xml *x)
{
	put_children(b, x, NS_STANZA, true, SIZE_MAX);
}

/* -- without a tree -- */

/* What the present element holds begins here. */
static void
end_head(struct xml_pen *pen)
{
	if (pen->in_head)
		buf_addc(pen->b, '>');
	pen->in_head = false;
}

size_t
pen_stanza(struct xml_pen *pen, const char *name)
{
	size_t to;

	buf_addc(pen->b, '<');
	buf_adds(pen->b, name);
	buf_add(pen->b, " to='", 5);
	to = pen->b->len;
	buf_addc(pen->b, '\'');
	pen->in_head = true;
	return to;
}

void
pen_open(struct xml_pen *pen, const char *ns, const char *name)
{
	end_head(pen);
	buf_addc(pen->b, '<');
	buf_adds(pen->b, name);
	pen->in_head = true;
	pen_word(pen, "xmlns", ns);
}

void
pen_attr(struct xml_pen *pen, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_addc(pen->b, ' ');
	buf_adds(pen->b, name);
	put_value(pen->b, value);
}

void
pen_from(struct xml_pen *pen, const char *room, const char *nick)
{
	buf_add(pen->b, " from='", 7);
	xml_escape(pen->b, room);
	buf_addc(pen->b, '/');
	xml_escape(pen->b, nick);
	buf_addc(pen->b, '\'');
}

void
pen_word(struct xml_pen *pen, const char *name, const char *word)
{
	if (word == NULL)
		return;
	buf_addc(pen->b, ' ');
	buf_adds(pen->b, name);
	buf_add(pen->b, "='", 2);
	buf_adds(pen->b, word);
	buf_addc(pen->b, '\'');
}

void
pen_text(struct xml_pen *pen, const char *text)
{
	end_head(pen);
	escape_text(pen->b, text, strlen(text), false);
}

void
pen_raw(struct xml_pen *pen, const char *bytes, size_t n)
{
	if (n == 0)
		return;
	end_head(pen);
	buf_add(pen->b, bytes, n);
}

void
pen_tree(struct xml_pen *pen, const char *ns, const struct xml *x)
{
	end_head(pen);
	put_element(pen->b, x, ns, NULL, SIZE_MAX);
}

void
pen_close(struct xml_pen *pen, const char *name)
{
	if (pen->in_head) {
		buf_add(pen->b, "/>", 2);
		pen->in_head = false;
		return;
	}
	buf_add(pen->b, "</", 2);
	buf_adds(pen->b, name);
	buf_addc(pen->b, '>');
}
