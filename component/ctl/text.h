/* SPDX-License-Identifier: ISC */
/*
 * text.h - texts that others have written, on a terminal
 */
#ifndef CTL_TEXT_H
#define CTL_TEXT_H

#include <stddef.h>
#include <stdio.h>

struct arena;

/* With control characters and what moves or hides text as \xNN, a backslash as two: log.h. */
const char *text_visible(struct arena *, const char *s);

/* How many columns a visible text takes. */
size_t text_width(const char *s);

/* Writes blanks. */
void text_pad(FILE *, size_t n);

/* What people call something by: the part of its name behind the last of these characters. */
const char *text_tail(const char *name, const char *separators);

/* The language of the user's environment as xml:lang has it; NULL: none. */
const char *text_lang(struct arena *);

#endif
