/* SPDX-License-Identifier: ISC */
/*
 * buf.c - bytes that grow
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"

void
buf_release(struct buf *b)
{
	free(b->p);
	*b = (struct buf)BUF_INIT;
}

void
buf_reserve(struct buf *b, size_t more)
{
	size_t cap;

	if (more <= b->cap - b->len)
		return;
	if (more > SIZE_MAX / 2 - b->len)
		mem_die(more);
	cap = b->cap < 128 ? 256 : b->cap * 2;
	if (cap < b->len + more)
		cap = b->len + more;
	b->p = mem_realloc(b->p, cap);
	b->cap = cap;
}

void
buf_consume(struct buf *b, size_t n)
{
	b->len -= n;
	if (n > 0 && b->len > 0)
		memmove(b->p, b->p + n, b->len);
}

char *
buf_steal(struct buf *b)
{
	char *s;

	buf_addc(b, '\0');
	s = b->p;
	*b = (struct buf)BUF_INIT;
	return s;
}
