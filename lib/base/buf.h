/* SPDX-License-Identifier: ISC */
/*
 * buf.h - bytes that grow
 */
#ifndef BUF_H
#define BUF_H

#include <stddef.h>

struct buf {
	char *p;    /* not NUL-terminated */
	size_t len; /* bytes in use */
	size_t cap; /* bytes allocated */
};

#define BUF_INIT                                                                                   \
	{                                                                                          \
		NULL, 0, 0                                                                         \
	}

void buf_release(struct buf *); /* frees the bytes; the buf is BUF_INIT again */
void buf_reserve(struct buf *, size_t more);
void buf_add(struct buf *, const void *p, size_t n);
void buf_addc(struct buf *, char c);
void buf_adds(struct buf *, const char *s);
void buf_consume(struct buf *, size_t n); /* drops the first n bytes, n <= len */

/* The contents as a string of their own, which the caller frees; the buf is empty after it. */
char *buf_steal(struct buf *);

#endif
