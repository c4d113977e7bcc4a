/* SPDX-License-Identifier: ISC */
/*
 * xml_scan.c - what mucd has written, read without making a tree of it
 */
#include <string.h>

#include "buf.h"
#include "xml_scan.h"

/* Where the tag that begins at p ends. */
static const char *
tag_end(const char *p, const char *end)
{
	for (bool quoted = false; p < end && (quoted || *p != '>'); p++)
		if (*p == '\'')
			quoted = !quoted;
	return p < end ? p + 1 : end;
}

bool
xml_scan(const char **at, const char *end, struct xml_piece *x)
{
	const char *p = memchr(*at, '<', (size_t)(end - *at)), *next;
	unsigned depth = 0;

	*at = end;
	if (p == NULL)
		return false;
	x->begin = p;
	x->inside = NULL;
	for (; p != NULL; p = memchr(next, '<', (size_t)(end - next))) {
		bool closes = end - p > 1 && p[1] == '/';

		next = tag_end(p, end);
		if (x->inside == NULL)
			x->inside = x->inside_end = next;
		if (closes)
			depth--;
		else if (next[-2] != '/')
			depth++;
		if (depth > 0)
			continue;
		if (closes)
			x->inside_end = p;
		*at = x->end = next;
		return true;
	}
	return false;
}

bool
xml_piece_is(const struct xml_piece *x, const char *name)
{
	static const char declares[] = " xmlns='";
	const char *p = x->begin + 1;
	size_t n = strlen(name);

	if ((size_t)(x->end - p) <= n || memcmp(p, name, n) != 0)
		return false;
	p += n;
	if (*p != '>' && *p != ' ' && *p != '/')
		return false;
	return strncmp(p, declares, sizeof(declares) - 1) != 0;
}

struct reference {
	const char *text;
	char is;
};

/* The character that a reference stands for, one of those that xml_write() writes; *n is how long it is. */
static char
dereference(const char *p, size_t left, size_t *n)
{
	static const struct reference references[] = { { "&amp;", '&' }, { "&lt;", '<' },
		{ "&gt;", '>' }, { "&apos;", '\'' }, { "&#9;", '\t' }, { "&#10;", '\n' },
		{ "&#13;", '\r' } };

	for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++) {
		*n = strlen(references[i].text);
		if (*n <= left && memcmp(p, references[i].text, *n) == 0)
			return references[i].is;
	}
	*n = 1;
	return *p;
}

void
xml_scan_text(struct buf *b, const struct xml_piece *x)
{
	const char *p = x->inside, *from = p;
	size_t n;

	for (; p < x->inside_end; p += n) {
		n = 1;
		if (*p != '<' && *p != '&')
			continue;
		buf_add(b, from, (size_t)(p - from));
		if (*p == '<')
			n = (size_t)(tag_end(p, x->inside_end) - p);
		else
			buf_addc(b, dereference(p, (size_t)(x->inside_end - p), &n));
		from = p + n;
	}
	buf_add(b, from, (size_t)(p - from));
}
