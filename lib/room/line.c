/* SPDX-License-Identifier: ISC */
/*
 * line.c - a line of an export, taken apart
 *
 * A word, then fields `name=value` or words alone, with blanks between them. A value is a bare word or a
 * string in double quotes, in which \" \\ \n \t \r and \xNN stand for what cannot stand there itself.
 */
#include <string.h>

#include "../base/digest.h"
#include "../base/utf8.h"
#include "record.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* What is left of a line. */
struct rest {
	const char *p, *end;
};

static void
skip_blanks(struct rest *r)
{
	while (r->p < r->end && is_blank(*r->p))
		r->p++;
}

/* One character behind a backslash. False: it is none of those. */
static bool
unescape(struct rest *r, char *out)
{
	static const char from[] = "\"\\ntr", to[] = "\"\\\n\t\r";
	const char *e;
	int high, low;

	if (r->p == r->end)
		return false;
	e = *r->p != '\0' ? strchr(from, *r->p) : NULL;
	if (e != NULL) {
		*out = to[e - from];
		r->p++;
		return true;
	}
	if (*r->p != 'x' || r->end - r->p < 3)
		return false;
	high = hex_digit(r->p[1]);
	low = hex_digit(r->p[2]);
	if (high < 0 || low < 0)
		return false;
	*out = (char)(high << 4 | low);
	r->p += 3;
	return true;
}

/* How many bytes there are up to the quote that ends a string; to the end of the line: there is none. */
static size_t
string_len(const struct rest *r)
{
	const char *p = r->p;

	while (p < r->end && *p != '"')
		p += *p == '\\' && r->end - p > 1 ? 2 : 1;
	return (size_t)(p - r->p);
}

/* A string behind its first quote. */
static const char *
read_string(struct arena *a, struct rest *r, struct line_field *w)
{
	char *s = arena_alloc(a, string_len(r) + 1);
	size_t n = 0;

	for (; r->p < r->end && *r->p != '"'; n++) {
		s[n] = *r->p++;
		if (s[n] == '\\' && !unescape(r, &s[n]))
			return "an escape that is none";
	}
	if (r->p == r->end)
		return "a string without its end";
	r->p++;
	if (!utf8_is(s, n) || memchr(s, '\0', n) != NULL)
		return "a string that is not UTF-8";
	w->value = s;
	w->len = n;
	w->quoted = true;
	return NULL;
}

static const char *
read_bare(struct arena *a, struct rest *r, struct line_field *w)
{
	const char *p = r->p;

	while (r->p < r->end && !is_blank(*r->p)) {
		if (*r->p <= ' ' || *r->p > '~' || *r->p == '"')
			return "a character that has to stand in quotes";
		r->p++;
	}
	w->value = arena_strndup(a, p, (size_t)(r->p - p));
	w->len = (size_t)(r->p - p);
	return NULL;
}

/* The name before a `=`; NULL: there is none. */
static const char *
read_name(struct arena *a, struct rest *r)
{
	const char *p = r->p, *name;

	while (p != r->end && *p > ' ' && *p <= '~' && *p != '=' && *p != '"')
		p++;
	if (p == r->p || p == r->end || *p != '=')
		return NULL;
	name = arena_strndup(a, r->p, (size_t)(p - r->p));
	r->p = p + 1;
	return name;
}

static const char *
read_word(struct arena *a, const char *line, struct rest *r, struct line_fields *out)
{
	struct line_field *w = &out->v[out->n];
	const char *wrong;
	const char *at = r->p;

	if (out->n == LINE_FIELDS_MAX)
		return "too many fields";
	memset(w, 0, sizeof(*w));
	w->name = read_name(a, r);
	for (size_t i = 0; w->name != NULL && i < out->n; i++)
		if (out->v[i].name != NULL && strcmp(out->v[i].name, w->name) == 0)
			return arena_fmt(a, "field %.64s: twice", w->name);
	if (r->p < r->end && *r->p == '"') {
		r->p++;
		wrong = read_string(a, r, w);
	} else
		wrong = read_bare(a, r, w);
	if (wrong == NULL && r->p < r->end && !is_blank(*r->p))
		wrong = "no blank behind a string";
	if (wrong != NULL)
		return arena_fmt(a, "column %zu: %s", (size_t)(at - line) + 1, wrong);
	out->n++;
	return NULL;
}

const char *
line_read(struct arena *a, const char *line, size_t n, struct line_fields *out)
{
	struct rest r = { line, line + n };
	const char *wrong = NULL;
	struct line_field first = { NULL, NULL, 0, false };

	out->n = 0;
	skip_blanks(&r);
	wrong = read_bare(a, &r, &first);
	out->kind = first.value;
	for (skip_blanks(&r); wrong == NULL && r.p < r.end; skip_blanks(&r))
		wrong = read_word(a, line, &r, out);
	return wrong;
}

void
export_string(struct buf *b, const char *s, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	static const char plain[] = "\"\\\n\t\r", letters[] = "\"\\ntr";
	bool is_utf8 = utf8_is(s, n);
	const char *e;

	buf_addc(b, '"');
	for (size_t i = 0; i < n; i++) {
		uint8_t c = (uint8_t)s[i];

		e = c != '\0' ? strchr(plain, c) : NULL;
		if (e != NULL) {
			buf_addc(b, '\\');
			buf_addc(b, letters[e - plain]);
		} else if (c < ' ' || c == 0x7f || (c > '~' && !is_utf8)) {
			buf_adds(b, "\\x");
			buf_addc(b, hex[c >> 4]);
			buf_addc(b, hex[c & 15]);
		} else
			buf_addc(b, (char)c);
	}
	buf_addc(b, '"');
}
