/* SPDX-License-Identifier: ISC */
/*
 * base64.h - bytes as text
 */
#ifndef BASE64_H
#define BASE64_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/*
 * Appends the bytes. White space counts for nothing wherever it stands, all else as XML Schema has it for
 * base64Binary: groups of four, padded, no bits left over. False: it is none; then the buf is as it was.
 */
bool base64_read(struct buf *, const char *s);

/* Appends the bytes as base64, in one line. */
void base64_write(struct buf *, const void *, size_t n);

#endif
