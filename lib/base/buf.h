/* SPDX-License-Identifier: ISC */
/*
 * buf.h - bytes that grow
 */
#ifndef BUF_H
#define BUF_H

#include <stddef.h>
#include <string.h>

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

/* In the header, because whoever writes a stanza does so some hundred times. */
static inline void
buf_add(struct buf *b, const void *p, size_t n)
{
	if (n > b->cap - b->len)
		buf_reserve(b, n);
	if (n > 0)
		memcpy(b->p + b->len, p, n);
	b->len += n;
}

static inline void
buf_addc(struct buf *b, char c)
{
	if (b->len == b->cap)
		buf_reserve(b, 1);
	b->p[b->len++] = c;
}

static inline void
buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_consume(struct buf *, size_t n); /* drops the first n bytes, n <= len */

/* The contents as a string of their own, which the caller frees; the buf is empty after it. */
char *buf_steal(struct buf *);

#endif
