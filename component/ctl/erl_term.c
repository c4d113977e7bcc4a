/* SPDX-License-Identifier: ISC */
/*
 * erl_term.c - Erlang terms as text
 */
#include "erl_term.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"

static const char small[] = "abcdefghijklmnopqrstuvwxyz";
static const char in_atom[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@";

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static void
skip_space(struct erl_text *t)
{
	for (; t->p < t->end; t->p++) {
		if (*t->p == '%')
			while (t->p < t->end && *t->p != '\n')
				t->p++;
		if (t->p == t->end || !is_one_of(*t->p, " \t\r\n\f"))
			return;
	}
}

static bool
take(struct erl_text *t, const char *s)
{
	size_t n = strlen(s);

	skip_space(t);
	if ((size_t)(t->end - t->p) < n || memcmp(t->p, s, n) != 0)
		return false;
	t->p += n;
	return true;
}

/* -- strings -- */

static unsigned
digits(struct erl_text *t, unsigned base, unsigned most)
{
	unsigned n = 0;

	for (; most > 0 && t->p < t->end; most--, t->p++) {
		int d = *t->p >= '0' && *t->p <= '9'		     ? *t->p - '0'
			: (*t->p | 32) >= 'a' && (*t->p | 32) <= 'f' ? (*t->p | 32) - 'a' + 10
								     : 99;

		if (d >= (int)base)
			break;
		n = n * base + (unsigned)d;
	}
	return n;
}

/* A character by its number: a byte, or, above that, as UTF-8. */
static bool
add_character(struct buf *b, unsigned c)
{
	if (c < 0x100)
		buf_addc(b, (char)c);
	else if (c < 0x800) {
		buf_addc(b, (char)(0xc0 | c >> 6));
		buf_addc(b, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_addc(b, (char)(0xe0 | c >> 12));
		buf_addc(b, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_addc(b, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x110000) {
		buf_addc(b, (char)(0xf0 | c >> 18));
		buf_addc(b, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_addc(b, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_addc(b, (char)(0x80 | (c & 0x3f)));
	} else
		return false;
	return true;
}

/* Behind a backslash. */
static bool
add_escape(struct erl_text *t, struct buf *b)
{
	static const char from[] = "bdefnrstv", to[] = "\b\x7f\x1b\f\n\r \t\v";
	unsigned c;

	if (t->p == t->end)
		return false;
	if (is_one_of(*t->p, from)) {
		buf_addc(b, to[strchr(from, *t->p++) - from]);
		return true;
	}
	if (*t->p >= '0' && *t->p <= '7')
		return add_character(b, digits(t, 8, 3));
	if (*t->p != 'x') {
		buf_addc(b, *t->p++);
		return true;
	}
	t->p++;
	if (!take(t, "{"))
		return add_character(b, digits(t, 16, 2));
	c = digits(t, 16, 6);
	return take(t, "}") && add_character(b, c);
}

/* What stands between quotes; the first was taken. */
static bool
add_quoted(struct erl_text *t, char quote, struct buf *b, const char **why)
{
	while (t->p < t->end && *t->p != quote) {
		if (*t->p != '\\') {
			buf_addc(b, *t->p++);
			continue;
		}
		t->p++;
		if (!add_escape(t, b)) {
			*why = "an escape that is none";
			return false;
		}
	}
	*why = "a string without its end";
	return t->p < t->end && t->p++ != NULL;
}

static void
set_text(struct arena *a, struct erl *e, enum erl_type type, const struct buf *b)
{
	char *s = arena_alloc(a, b->len + 1);

	if (b->len > 0)
		memcpy(s, b->p, b->len);
	e->type = type;
	e->text = s;
	e->len = b->len;
}

static bool
read_quoted(struct arena *a, struct erl_text *t, struct erl *e, const char **why)
{
	const char quote = *t->p++;
	struct buf b = BUF_INIT;
	bool good = add_quoted(t, quote, &b, why);

	set_text(a, e, quote == '\'' ? ERL_ATOM : ERL_BINARY, &b);
	buf_release(&b);
	return good;
}

/* Strings and bytes, with commas between them, up to >>. */
static bool
add_segments(struct erl_text *t, struct buf *b, const char **why)
{
	unsigned n;

	if (take(t, ">>"))
		return true;
	do {
		skip_space(t);
		if (take(t, "\"")) {
			if (!add_quoted(t, '"', b, why))
				return false;
			take(t, "/utf8");
			continue;
		}
		*why = "a binary that is none";
		if (t->p == t->end || *t->p < '0' || *t->p > '9')
			return false;
		n = digits(t, 10, 4);
		if (n > 255)
			return false;
		buf_addc(b, (char)n);
	} while (take(t, ","));
	*why = "no >> behind a binary";
	return take(t, ">>");
}

/* -- terms -- */

static bool
read_number(struct erl_text *t, struct erl *e, const char **why)
{
	char text[64], *end;
	size_t n = 0;
	bool is_float = false;

	while (t->p < t->end && n < sizeof text - 1 && is_one_of(*t->p, "0123456789+-.eE")) {
		/* A full stop behind a number is no part of it. */
		if (*t->p == '.' && (t->end - t->p < 2 || !is_one_of(t->p[1], "0123456789")))
			break;
		is_float = is_float || *t->p == '.';
		text[n++] = *t->p++;
	}
	text[n] = '\0';
	e->type = is_float ? ERL_FLOAT : ERL_INTEGER;
	if (is_float)
		strtod(text, &end);
	else
		e->integer = strtoll(text, &end, 10);
	*why = "a number that is none";
	return n > 0 && *end == '\0';
}

static bool
read_term(struct arena *, struct erl_text *, unsigned depth, struct erl *, const char **);

/* Elements with commas between them, up to what ends them; of a map each is a pair. */
static bool
read_elements(struct arena *a, struct erl_text *t, unsigned depth, const char *end, bool in_map,
    struct erl *e, const char **why)
{
	struct erl **last = &e->child;

	if (take(t, end))
		return true;
	do {
		struct erl *c = arena_alloc(a, sizeof *c);

		if (!read_term(a, t, depth, c, why))
			return false;
		if (in_map) {
			struct erl *pair = arena_alloc(a, sizeof *pair);

			*pair = (struct erl){ .type = ERL_TUPLE, .child = c, .nchildren = 2 };
			c->next = arena_alloc(a, sizeof *c);
			*why = "no => in a map";
			if (!take(t, "=>") || !read_term(a, t, depth, c->next, why))
				return false;
			c = pair;
		}
		*last = c;
		last = &c->next;
		e->nchildren++;
	} while (take(t, ","));
	*why = "neither a comma nor the end";
	return take(t, end);
}

static bool
read_atom(struct arena *a, struct erl_text *t, struct erl *e)
{
	const char *p = t->p;

	if (p == t->end || !is_one_of(*p, small))
		return false;
	while (p < t->end && is_one_of(*p, in_atom))
		p++;
	e->type = ERL_ATOM;
	e->len = (size_t)(p - t->p);
	e->text = arena_strndup(a, t->p, e->len);
	t->p = p;
	return true;
}

static bool
read_term(struct arena *a, struct erl_text *t, unsigned depth, struct erl *e, const char **why)
{
	struct buf b = BUF_INIT;
	bool good;

	memset(e, 0, sizeof *e);
	skip_space(t);
	if (depth == ERL_DEPTH) {
		*why = "terms too deep in one another";
		return false;
	}
	if (take(t, "<<")) {
		good = add_segments(t, &b, why);
		set_text(a, e, ERL_BINARY, &b);
		buf_release(&b);
		return good;
	}
	e->type = ERL_TUPLE;
	if (take(t, "{"))
		return read_elements(a, t, depth + 1, "}", false, e, why);
	if (take(t, "#{"))
		return read_elements(a, t, depth + 1, "}", true, e, why);
	e->type = ERL_LIST;
	if (take(t, "["))
		return read_elements(a, t, depth + 1, "]", false, e, why);
	if (t->p < t->end && (*t->p == '"' || *t->p == '\''))
		return read_quoted(a, t, e, why);
	if (t->p < t->end && is_one_of(*t->p, "-0123456789"))
		return read_number(t, e, why);
	*why = "not a term that can be read";
	return read_atom(a, t, e);
}

const struct erl *
erl_read(struct arena *a, struct erl_text *t, const char **why)
{
	struct erl *e = arena_alloc(a, sizeof *e);

	if (!read_term(a, t, 0, e, why))
		return NULL;
	*why = "no full stop behind a term";
	return take(t, ".") ? e : NULL;
}

bool
erl_skip(struct erl_text *t)
{
	char quote;

	for (; t->p < t->end; t->p++) {
		if (*t->p == '"' || *t->p == '\'') {
			quote = *t->p++;
			for (; t->p < t->end && *t->p != quote; t->p++)
				t->p += *t->p == '\\' && t->end - t->p > 1;
			if (t->p == t->end)
				return false;
		} else if (*t->p == '.' && (t->p + 1 == t->end || is_one_of(t->p[1], " \t\r\n"))) {
			t->p++;
			return true;
		}
	}
	return false;
}

bool
erl_at_end(struct erl_text *t)
{
	skip_space(t);
	return t->p == t->end;
}

unsigned long
erl_line(const struct erl_text *t)
{
	unsigned long n = 1;

	for (const char *p = t->start; p < t->p; p++)
		n += *p == '\n';
	return n;
}

/* -- what is in it -- */

bool
erl_is_atom(const struct erl *e, const char *atom)
{
	return e != NULL && e->type == ERL_ATOM && strcmp(e->text, atom) == 0;
}

bool
erl_is(const struct erl *e, const char *atom, size_t n)
{
	return e != NULL && e->type == ERL_TUPLE && erl_is_atom(e->child, atom) &&
	       (n == 0 || e->nchildren == n);
}

const struct erl *
erl_at(const struct erl *e, size_t i)
{
	if (e == NULL || (e->type != ERL_TUPLE && e->type != ERL_LIST))
		return NULL;
	for (e = e->child; e != NULL && i > 0; i--)
		e = e->next;
	return e;
}

const char *
erl_string(const struct erl *e)
{
	return e != NULL && e->type == ERL_BINARY ? e->text : NULL;
}

const struct erl *
erl_get(const struct erl *list, const char *atom)
{
	if (list == NULL || list->type != ERL_LIST)
		return NULL;
	for (const struct erl *e = list->child; e != NULL; e = e->next)
		if (erl_is(e, atom, 2))
			return erl_at(e, 1);
	return NULL;
}
