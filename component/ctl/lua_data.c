/* SPDX-License-Identifier: ISC */
/*
 * lua_data.c - data that was written as Lua
 */
#include "lua_data.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
static const char digits[] = "0123456789";

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static void
skip_space(struct lua_text *t)
{
	while (t->p < t->end && is_one_of(*t->p, " \t\r\n"))
		t->p++;
}

static bool
take(struct lua_text *t, char c)
{
	skip_space(t);
	if (t->p == t->end || *t->p != c)
		return false;
	t->p++;
	return true;
}

/* A name; 0 bytes: there is none. */
static size_t
name_len(struct lua_text *t)
{
	const char *p;

	skip_space(t);
	p = t->p;
	while (p < t->end && (is_one_of(*p, letters) || (p > t->p && is_one_of(*p, digits))))
		p++;
	return (size_t)(p - t->p);
}

static bool
take_name(struct lua_text *t, const char *name)
{
	size_t n = name_len(t);

	if (n == 0 || n != strlen(name) || memcmp(t->p, name, n) != 0)
		return false;
	t->p += n;
	return true;
}

/* -- values -- */

static bool
read_escape(struct lua_text *t, char *out)
{
	static const char from[] = "abfnrtv\\\"'\n", to[] = "\a\b\f\n\r\t\v\\\"'\n";
	unsigned n = 0, ndigits = 0;

	if (t->p == t->end)
		return false;
	if (is_one_of(*t->p, from)) {
		*out = to[strchr(from, *t->p++) - from];
		return true;
	}
	for (; t->p < t->end && ndigits < 3 && is_one_of(*t->p, digits); ndigits++)
		n = n * 10 + (unsigned)(*t->p++ - '0');
	*out = (char)n;
	return ndigits > 0 && n <= 255;
}

static size_t
string_len(const struct lua_text *t, char quote)
{
	const char *p = t->p;

	while (p < t->end && *p != quote)
		p += *p == '\\' && t->end - p > 1 ? 2 : 1;
	return (size_t)(p - t->p);
}

static bool
read_string(struct arena *a, struct lua_text *t, struct lua *out, const char **why)
{
	const char quote = *t->p++;
	char *s = arena_alloc(a, string_len(t, quote) + 1);
	size_t n = 0;

	for (; t->p < t->end && *t->p != quote; n++) {
		s[n] = *t->p++;
		if (s[n] == '\\' && !read_escape(t, &s[n])) {
			*why = "an escape that is none";
			return false;
		}
	}
	if (t->p == t->end) {
		*why = "a string without its end";
		return false;
	}
	t->p++;
	out->type = LUA_STRING;
	out->string = s;
	out->len = n;
	return true;
}

static bool
read_number(struct lua_text *t, struct lua *out, const char **why)
{
	char text[64], *end;
	size_t n = 0;

	while (t->p < t->end && n < sizeof text - 1 && is_one_of(*t->p, "0123456789+-.eEnaif"))
		text[n++] = *t->p++;
	text[n] = '\0';
	out->type = LUA_NUMBER;
	out->number = strtod(text, &end);
	if (*end == '\0')
		return true;
	*why = "a number that is none";
	return false;
}

static bool
read_value(struct arena *, struct lua_text *, unsigned depth, struct lua *, const char **);

/* [value] = , name = , or nothing: then it is the next index. */
static bool
read_key(struct arena *a, struct lua_text *t, unsigned depth, struct lua *key, double *next,
    const char **why)
{
	const char *from;
	size_t n;

	if (take(t, '[')) {
		if (!read_value(a, t, depth, key, why))
			return false;
		*why = "no ] and = behind a key";
		return take(t, ']') && take(t, '=');
	}
	from = t->p;
	n = name_len(t);
	if (n > 0) {
		key->type = LUA_STRING;
		key->string = arena_strndup(a, t->p, n);
		key->len = n;
		t->p += n;
		if (take(t, '='))
			return true;
		t->p = from;
	}
	*key = (struct lua){ .type = LUA_NUMBER, .number = (*next)++ };
	return true;
}

static bool
read_table(struct arena *a, struct lua_text *t, unsigned depth, struct lua *out, const char **why)
{
	struct lua_pair **last = &out->pairs;
	double next = 1;

	out->type = LUA_TABLE;
	t->p++;
	while (!take(t, '}')) {
		*last = arena_alloc(a, sizeof **last);
		if (!read_key(a, t, depth, &(*last)->key, &next, why) ||
		    !read_value(a, t, depth, &(*last)->value, why))
			return false;
		last = &(*last)->next;
		if (take(t, ';') || take(t, ','))
			continue;
		if (take(t, '}'))
			break;
		*why = "neither a separator nor the end of a table";
		return false;
	}
	return true;
}

static bool
read_value(struct arena *a, struct lua_text *t, unsigned depth, struct lua *out, const char **why)
{
	memset(out, 0, sizeof *out);
	skip_space(t);
	if (t->p == t->end) {
		*why = "the end, where there is to be a value";
		return false;
	}
	if (*t->p == '{') {
		*why = "tables too deep in one another";
		return depth < LUA_DEPTH && read_table(a, t, depth + 1, out, why);
	}
	if (*t->p == '"' || *t->p == '\'')
		return read_string(a, t, out, why);
	if (is_one_of(*t->p, "-0123456789"))
		return read_number(t, out, why);
	out->is_true = take_name(t, "true");
	out->type = LUA_BOOL;
	if (out->is_true || take_name(t, "false"))
		return true;
	out->type = LUA_NIL;
	*why = "not a value";
	return take_name(t, "nil");
}

bool
lua_statement(
    struct arena *a, struct lua_text *t, const char *word, struct lua *out, const char **why)
{
	bool in_brackets;

	*why = "something else than data";
	if (!take_name(t, word))
		return false;
	in_brackets = take(t, '(');
	if (!read_value(a, t, 0, out, why))
		return false;
	*why = "no ) behind a value";
	if (in_brackets && !take(t, ')'))
		return false;
	take(t, ';');
	return true;
}

bool
lua_at_end(struct lua_text *t)
{
	skip_space(t);
	return t->p == t->end;
}

unsigned long
lua_line(const struct lua_text *t)
{
	unsigned long n = 1;

	for (const char *p = t->start; p < t->p; p++)
		n += *p == '\n';
	return n;
}

/* -- what is in it -- */

const struct lua *
lua_get(const struct lua *table, const char *key)
{
	if (table == NULL || table->type != LUA_TABLE)
		return NULL;
	for (const struct lua_pair *p = table->pairs; p != NULL; p = p->next)
		if (p->key.type == LUA_STRING && strcmp(p->key.string, key) == 0)
			return &p->value;
	return NULL;
}

const char *
lua_string(const struct lua *table, const char *key)
{
	const struct lua *v = lua_get(table, key);

	return v != NULL && v->type == LUA_STRING ? v->string : NULL;
}

bool
lua_true(const struct lua *table, const char *key)
{
	const struct lua *v = lua_get(table, key);

	return v != NULL && v->type != LUA_NIL && (v->type != LUA_BOOL || v->is_true);
}
