/* SPDX-License-Identifier: ISC */
/*
 * arena.h - memory that is all given back at once
 *
 * A function whose first argument is a struct arena returns memory that lives until the
 * arena is reset; in libmuc that is the end of the turn. Nothing is freed singly.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *); /* NULL is allowed */

/* Gives back everything; keeps one chunk, so a quiet service stays small. */
void arena_reset(struct arena *);

/* What is in it now, and until the next reset, is overwritten then: there is a password in it. */
void arena_wipe(struct arena *);
bool arena_wipes(const struct arena *);

/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *);

/* Zeroed, aligned for any object, never NULL. */
void *arena_alloc(struct arena *, size_t nbytes);

/* Copies; NULL stays NULL. */
char *arena_strdup(struct arena *, const char *s);
char *arena_strndup(struct arena *, const char *s, size_t n);

/* The parts one behind the other; ends at the first NULL: arena_cat(a, "x", "y", NULL). */
char *arena_cat(struct arena *, ...) __attribute__((sentinel));

/* As asprintf(3), in the arena. */
char *arena_fmt(struct arena *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
