/* SPDX-License-Identifier: ISC */
/*
 * erl_term.h - Erlang terms as text: what ejabberd dumps
 *
 * Atoms, numbers, binaries, strings, lists, tuples, maps; each term at the top ends with a full stop. Nothing
 * else of the language is read.
 */
#ifndef ERL_TERM_H
#define ERL_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

#define ERL_DEPTH 200 /* terms in one another */

enum erl_type {
	ERL_ATOM,
	ERL_INTEGER,
	ERL_FLOAT,
	ERL_BINARY, /* its bytes; also a string in quotes */
	ERL_LIST,
	ERL_TUPLE, /* a map is a tuple of tuples of two */
};

struct erl {
	enum erl_type type;
	const char *text; /* of an atom, of a binary: a NUL stands behind it */
	size_t len;
	int64_t integer;
	struct erl *child, *next; /* the first element; the next one of what this stands in */
	size_t nchildren;
};

struct erl_text {
	const char *p, *end;
	const char *start; /* for lines */
};

/* Reads a term with its full stop. NULL: *why. */
const struct erl *erl_read(struct arena *, struct erl_text *, const char **why);

/* Goes behind the next full stop that ends a term; false: there is none. */
bool erl_skip(struct erl_text *);

/* Is there nothing left but white space and comments? */
bool erl_at_end(struct erl_text *);

unsigned long erl_line(const struct erl_text *);

/* A tuple of so many that begins with that atom? n 0: of any number. */
bool erl_is(const struct erl *, const char *atom, size_t n);

bool erl_is_atom(const struct erl *, const char *atom);

/* The i-th element, from 0; NULL: there is none. */
const struct erl *erl_at(const struct erl *, size_t i);

/* A binary as a string; NULL: it is none. */
const char *erl_string(const struct erl *);

/* The value of {atom, value} in a list; NULL: there is none. */
const struct erl *erl_get(const struct erl *list, const char *atom);

#endif
