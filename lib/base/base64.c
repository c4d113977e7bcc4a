/* SPDX-License-Identifier: ISC */
/*
 * base64.c - bytes as text; RFC 4648 4
 */
#include <stdint.h>
#include <string.h>

#include "base64.h"
#include "buf.h"

/* The six bits of a digit; -1: it is none. */
static int
digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* What has been read: digits, the `=` behind them, and the bits that are no byte yet. */
struct reading {
	size_t ndigits, npads;
	uint32_t bits;
	unsigned nbits;
};

static bool
take(struct reading *r, char c, struct buf *b)
{
	int d = digit(c);

	if (c == '=')
		return ++r->npads <= 2;
	if (d < 0 || r->npads > 0)
		return false;
	r->ndigits++;
	r->bits = r->bits << 6 | (uint32_t)d;
	r->nbits += 6;
	if (r->nbits >= 8) {
		r->nbits -= 8;
		buf_addc(b, (char)(r->bits >> r->nbits));
		r->bits &= (1u << r->nbits) - 1;
	}
	return true;
}

bool
base64_read(struct buf *b, const char *s)
{
	struct reading r = { 0 };
	const size_t from = b->len;
	bool good = true;

	for (; good && *s != '\0'; s++)
		if (strchr(" \t\r\n", *s) == NULL)
			good = take(&r, *s, b);
	if (good && (r.ndigits + r.npads) % 4 == 0 && r.bits == 0)
		return true;
	b->len = from;
	return false;
}

void
base64_write(struct buf *b, const void *p, size_t n)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *bytes = p;

	for (size_t i = 0; i < n; i += 3) {
		const size_t left = n - i;
		const uint32_t bits = (uint32_t)bytes[i] << 16 |
				      (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
				      (left > 2 ? bytes[i + 2] : 0);

		buf_addc(b, digits[bits >> 18]);
		buf_addc(b, digits[bits >> 12 & 63]);
		buf_addc(b, left > 1 ? digits[bits >> 6 & 63] : '=');
		buf_addc(b, left > 2 ? digits[bits & 63] : '=');
	}
}
