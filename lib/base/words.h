/* SPDX-License-Identifier: ISC */
/*
 * words.h - is it in a text, however it is written?
 *
 * Capitals do not count, nor how a character is put together: both sides are folded by NFKC and the case
 * folding of RFC 3454 B.2. What libidn does not know is compared as it is.
 */
#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* The words of s, folded, with a blank between each; NULL when there is none. s is UTF-8. */
const char *words_read(struct arena *, const char *s);

/* How many such words they are. */
size_t words_count(const char *words);

/*
 * Is each of them somewhere in the text, which is n bytes of UTF-8 (NULL is allowed if n is 0)? *nslow
 * becomes how many of the bytes were hard to fold: such a one takes as long as a hundred others.
 */
bool words_in(const char *words, const char *text, size_t n, size_t *nslow);

#endif
