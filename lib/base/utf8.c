/* SPDX-License-Identifier: ISC */
/*
 * utf8.c - is it UTF-8, and which characters are it
 */
#include <string.h>

#include "utf8.h"

/*
 * The bytes a character has, told by its first, and the least and greatest second one: that
 * alone rules out what is overlong, a surrogate, or too large (RFC 3629, 4). 0: no first byte.
 */
static size_t
length(unsigned char first, unsigned char *least, unsigned char *greatest)
{
	*least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
	*greatest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

bool
utf8_is(const char *p, size_t n)
{
	const unsigned char *s = (const unsigned char *)p, *end = s + n;
	unsigned char least, greatest;
	uint64_t eight;
	size_t len;

	while (s < end) {
		while (end - s >= 8) { /* most of what we read is ASCII */
			memcpy(&eight, s, 8);
			if (eight & 0x8080808080808080)
				break;
			s += 8;
		}
		if (s == end)
			break;
		len = length(*s, &least, &greatest);
		if (len == 0 || len > (size_t)(end - s))
			return false;
		if (len > 1 && (s[1] < least || s[1] > greatest))
			return false;
		if (len > 2 && (s[2] & 0xc0) != 0x80)
			return false;
		if (len > 3 && (s[3] & 0xc0) != 0x80)
			return false;
		s += len;
	}
	return true;
}

size_t
utf8_decode(const char *s, uint32_t *c)
{
	const unsigned char *u = (const unsigned char *)s;

	if (u[0] < 0x80) {
		*c = u[0];
		return 1;
	}
	if (u[0] < 0xe0) {
		*c = (u[0] & 0x1fU) << 6 | (u[1] & 0x3fU);
		return 2;
	}
	if (u[0] < 0xf0) {
		*c = (u[0] & 0xfU) << 12 | (u[1] & 0x3fU) << 6 | (u[2] & 0x3fU);
		return 3;
	}
	*c = (u[0] & 7U) << 18 | (u[1] & 0x3fU) << 12 | (u[2] & 0x3fU) << 6 | (u[3] & 0x3fU);
	return 4;
}

bool
utf8_is_text(const char *p, size_t n)
{
	uint32_t c;

	if (!utf8_is(p, n))
		return false;
	for (size_t i = 0; i < n;) {
		i += utf8_decode(p + i, &c);
		if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0xfffe || c == 0xffff)
			return false;
	}
	return true;
}

size_t
utf8_cut(const char *p, size_t n, size_t max)
{
	if (n <= max)
		return n;
	while (max > 0 && ((unsigned char)p[max] & 0xc0) == 0x80)
		max--;
	return max;
}

bool
utf8_hides(uint32_t c)
{
	return c == 0xad || c == 0x061c || c == 0xfeff || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f);
}
