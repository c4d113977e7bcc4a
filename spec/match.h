/* SPDX-License-Identifier: ISC */
/*
 * match.h - is a stanza what a scenario expects? scs.h says by which rules
 */
#ifndef MATCH_H
#define MATCH_H

#include <stdbool.h>

struct arena;
struct buf;
struct xml;

/* What ${...} stands for. */
struct var {
	const char *name;
	const char *value;
	struct var *next;
};

struct match {
	struct arena *a;
	bool strict;	   /* the script is */
	bool ids;	   /* also about the room's own ids */
	const char *self;  /* the full JID of the client that received */
	struct var **vars; /* captured values are put here */
};

/* The value of a variable, NULL when there is none; and setting it. */
const char *var_get(const struct var *vars, const char *name);
void var_set(struct arena *, struct var **vars, const char *name, const char *value);

/*
 * A copy of x in which all ${...} have their values. NULL when one has none: *unknown is its name.
 */
struct xml *
match_expand(struct arena *, const struct var *vars, const struct xml *x, const char **unknown);

/* Does `got` match the expanded `want`? Only if so, values are captured. */
bool match_stanza(const struct match *, const struct xml *want, const struct xml *got);

/* Why not, in a line. */
const char *match_why(const struct match *, const struct xml *want, const struct xml *got);

/* Appends x in lines, each begun by `lead`, for people. */
void match_print(struct buf *, const char *lead, const struct xml *x);

#endif
