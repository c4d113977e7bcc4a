/* SPDX-License-Identifier: ISC */
/*
 * base64.h - bytes written in base64, read
 */
#ifndef BASE64_H
#define BASE64_H

#include <stdbool.h>

struct buf;

/*
 * Appends the bytes. White space counts for nothing wherever it stands, all else as XML Schema has it for
 * base64Binary: groups of four, padded, no bits left over. False: it is none; then the buf is as it was.
 */
bool base64_read(struct buf *, const char *s);

#endif
