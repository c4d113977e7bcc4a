/* SPDX-License-Identifier: ISC */
/*
 * inq.c - what has come in and waits to be handled
 */
#include <string.h>

#include "inq.h"

#define KEEP_BYTES ((size_t)1 << 20) /* an empty queue gives back memory above that */

struct head {
	uint32_t kind;
	uint32_t len;
};

void
inq_release(struct inq *q)
{
	buf_release(&q->b);
	*q = (struct inq){ .came = q->came, .handled = q->came };
}

size_t
inq_bytes(const struct inq *q)
{
	return q->b.len - q->head;
}

void
inq_add(struct inq *q, const void *p, size_t n)
{
	const struct head h = { 0, 0 };

	if (!q->is_open) {
		/* Move rather than grow: at most two bytes for each one handled. */
		if (q->b.len + sizeof h + n > q->b.cap && q->head > 0 &&
		    q->head >= inq_bytes(q) / 2) {
			buf_consume(&q->b, q->head);
			q->head = 0;
		}
		q->open = q->b.len;
		q->is_open = true;
		buf_add(&q->b, &h, sizeof h);
	}
	if (n > 0)
		buf_add(&q->b, p, n);
}

const char *
inq_opened(const struct inq *q, size_t *n)
{
	if (!q->is_open) {
		*n = 0;
		return "";
	}
	*n = q->b.len - q->open - sizeof(struct head);
	return q->b.p + q->open + sizeof(struct head);
}

void
inq_cut_opened(struct inq *q, size_t n)
{
	size_t len;

	inq_opened(q, &len);
	if (len > n)
		q->b.len -= len - n;
}

void
inq_close(struct inq *q, enum piece kind)
{
	struct head h = { kind, 0 };
	size_t n;

	inq_add(q, NULL, 0);
	inq_opened(q, &n);
	h.len = (uint32_t)n;
	memcpy(q->b.p + q->open, &h, sizeof h);
	q->is_open = false;
	q->came++;
}

/* An empty queue begins at the beginning again. */
static void
rewind_empty(struct inq *q)
{
	if (q->head < q->b.len)
		return;
	q->head = q->b.len = 0;
	if (q->b.cap > KEEP_BYTES)
		buf_release(&q->b);
}

void
inq_drop_opened(struct inq *q)
{
	if (!q->is_open)
		return;
	q->b.len = q->open;
	q->is_open = false;
	rewind_empty(q);
}

bool
inq_waits(const struct inq *q)
{
	return q->came != q->handled;
}

bool
inq_first(const struct inq *q, enum piece *kind, const char **p, size_t *n)
{
	struct head h;

	if (!inq_waits(q))
		return false;
	memcpy(&h, q->b.p + q->head, sizeof h);
	*kind = h.kind;
	*p = q->b.p + q->head + sizeof h;
	*n = h.len;
	return true;
}

void
inq_pop(struct inq *q)
{
	struct head h;

	memcpy(&h, q->b.p + q->head, sizeof h);
	q->head += sizeof h + h.len;
	q->handled++;
	rewind_empty(q);
}

void
inq_copy(const struct inq *q, struct buf *b)
{
	const size_t end = q->is_open ? q->open : q->b.len;
	struct head h;
	const char *p;
	size_t n;

	for (size_t at = q->head; at < end; at += sizeof h + h.len) {
		memcpy(&h, q->b.p + at, sizeof h);
		if (h.kind == PIECE_STANZA)
			buf_add(b, q->b.p + at + sizeof h, h.len);
	}
	p = inq_opened(q, &n);
	buf_add(b, p, n);
}

void
inq_skip_stream(struct inq *q)
{
	enum piece kind;
	const char *p;
	size_t n;

	while (inq_first(q, &kind, &p, &n) && kind != PIECE_STREAM)
		inq_pop(q);
}
