/* SPDX-License-Identifier: ISC */
/*
 * utf8.h - is it UTF-8, and which characters are it
 */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Are the n bytes UTF-8 (RFC 3629): nothing cut off, overlong, above U+10FFFF, no surrogate? */
bool utf8_is(const char *p, size_t n);

/* The same, and characters that XML 1.0 has (its production 2): nothing else may ever be told to anybody. */
bool utf8_is_text(const char *p, size_t n);

/* Decodes the character at s, of what utf8_is(). Returns how many bytes it has. */
size_t utf8_decode(const char *s, uint32_t *c);

/* The greatest length up to max at which the n bytes, of what utf8_is(), can be cut. */
size_t utf8_cut(const char *p, size_t n, size_t max);

/* Does the character move or hide the text around it, where people read it? */
bool utf8_hides(uint32_t c);

#endif
