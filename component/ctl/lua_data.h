/* SPDX-License-Identifier: ISC */
/*
 * lua_data.h - data that was written as Lua: what Prosody keeps
 *
 * A subset of Lua's expressions: nil, booleans, numbers, strings in quotes, tables of them. Nothing is
 * ever executed.
 */
#ifndef LUA_DATA_H
#define LUA_DATA_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

#define LUA_DEPTH 64 /* tables in one another */

enum lua_type {
	LUA_NIL,
	LUA_BOOL,
	LUA_NUMBER,
	LUA_STRING,
	LUA_TABLE,
};

struct lua {
	enum lua_type type;
	bool is_true;
	double number;
	const char *string; /* there may be NULs in it; one stands behind it */
	size_t len;
	struct lua_pair *pairs; /* of a table, in the order of the text */
};

struct lua_pair {
	struct lua key, value;
	struct lua_pair *next;
};

/* What is left of a text. */
struct lua_text {
	const char *p, *end;
	const char *start; /* for lines */
};

/* Reads the call or statement `word(value)` or `word value`, with a ; behind it or not. False: *why. */
bool lua_statement(
    struct arena *, struct lua_text *, const char *word, struct lua *out, const char **why);

/* Is there nothing left but white space? */
bool lua_at_end(struct lua_text *);

/* In which line it is. */
unsigned long lua_line(const struct lua_text *);

/* The value under a string; NULL: none, or the table is none. And what it is, if it is of that type. */
const struct lua *lua_get(const struct lua *table, const char *key);
const char *lua_string(const struct lua *table, const char *key); /* NULL */
bool lua_true(const struct lua *table, const char *key);

#endif
