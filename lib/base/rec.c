/* SPDX-License-Identifier: ISC */
/*
 * rec.c - a record of tagged fields, as it lies in the store
 *
 * A length is written in groups of seven bits, low ones first; the high bit says that more follow.
 */
#include <string.h>

#include "arena.h"
#include "buf.h"
#include "rec.h"

void
rec_put(struct buf *b, uint8_t tag, const void *p, size_t n)
{
	size_t rest = n;

	buf_addc(b, (char)tag);
	for (; rest > 0x7f; rest >>= 7)
		buf_addc(b, (char)(0x80 | (rest & 0x7f)));
	buf_addc(b, (char)rest);
	buf_add(b, p, n);
}

void
rec_put_str(struct buf *b, uint8_t tag, const char *s)
{
	if (s != NULL)
		rec_put(b, tag, s, strlen(s));
}

void
rec_put_u64(struct buf *b, uint8_t tag, uint64_t v)
{
	uint8_t bytes[8];
	size_t n = 0;

	for (; v != 0; v >>= 8)
		bytes[8 - ++n] = (uint8_t)v;
	rec_put(b, tag, bytes + 8 - n, n);
}

void
rec_init(struct rec *r, const void *p, size_t n)
{
	memset(r, 0, sizeof(*r));
	r->p = n > 0 ? p : (const uint8_t *)"";
	r->end = r->p + n;
}

/* Reads a length. False when it is cut off or does not fit. */
static bool
read_len(struct rec *r)
{
	unsigned shift = 0;
	size_t len = 0;
	uint8_t c;

	do {
		if (r->p == r->end || shift > 56)
			return false;
		c = *r->p++;
		len |= (size_t)(c & 0x7f) << shift;
		shift += 7;
	} while (c & 0x80);
	r->len = len;
	return true;
}

bool
rec_next(struct rec *r)
{
	if (r->p == NULL || r->p == r->end)
		return false;
	r->tag = *r->p++;
	if (r->tag == 0 || !read_len(r) || r->len > (size_t)(r->end - r->p)) {
		r->p = NULL;
		return false;
	}
	r->val = r->p;
	r->p += r->len;
	return true;
}

uint64_t
rec_u64(const struct rec *r)
{
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < r->len; i++)
		v = v << 8 | r->val[i];
	return v;
}

char *
rec_str(struct arena *a, const struct rec *r)
{
	return arena_strndup(a, (const char *)r->val, r->len);
}
