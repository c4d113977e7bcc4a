/* SPDX-License-Identifier: ISC */
/*
 * utf8.c - is it UTF-8, and which characters are it
 */
#include <stdlib.h>

#include "base/utf8.h"
#include "tap.h"

static size_t
encode(uint32_t c, char *out)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;
	static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (i = n - 1; i > 0; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(first[n] | c);
	return n;
}

/* Of its own, so that a sanitizer sees who reads behind the end. */
static bool
is(const char *s, size_t n)
{
	char *copy = malloc(n > 0 ? n : 1);
	bool result;

	memcpy(copy, s, n);
	result = utf8_is(copy, n);
	free(copy);
	return result;
}

int
main(void)
{
	static const char *const bad[] = { "\x80", "\xbf", "\xc0\x80", "\xc0\xaf", "\xc1\x92",
		"\xc1\xbf", "\xc2", "\xc2 ", "\xc2\xc2", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xe2\x82",
		"\xe2\x82 ", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
		"\xf0\x9f\xa6", "\xf0\x9f\xa6 ", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xf8\x88\x80\x80\x80", "\xfe", "\xff" };
	char s[64];
	size_t i, k, n, right = 0, refused = 0;
	uint32_t c, again;

	for (c = 0; c < 0x110000; c++) {
		n = encode(c, s);
		if (c >= 0xd800 && c <= 0xdfff) {
			refused += !utf8_is(s, n);
			continue;
		}
		right += utf8_is(s, n) && !utf8_is(s, n - 1) == (n > 1) &&
			 utf8_decode(s, &again) == n && again == c;
	}
	is_int((intmax_t)right, 0x110000 - 0x800, "every character");
	is_int((intmax_t)refused, 0x800, "no surrogate");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		for (k = 0, refused = 0; k < 20; k++) {
			n = (size_t)snprintf(s, sizeof(s), "%.*s%s%.*s", (int)k,
			    "aaaaaaaaaaaaaaaaaaaa", bad[i], (int)(20 - k), "bbbbbbbbbbbbbbbbbbbb");
			refused += !is(s, n) && !is(s, k + strlen(bad[i]));
		}
		is_int((intmax_t)refused, 20, "no UTF-8, wherever it stands");
	}
	ok(is("", 0) && is("a\0b", 3) && is("0123456\xc3\xa9", 9), "nothing, NUL, and at the end");
	ok(utf8_is_text("a\t\r\n\xef\xbf\xbd", 7) && !utf8_is_text("a\x1f", 2) &&
		!utf8_is_text("\0", 1) && !utf8_is_text("\xef\xbf\xbe", 3) &&
		!utf8_is_text("\xef\xbf\xbf", 3) && !utf8_is_text("\x80", 1),
	    "what XML has");
	is_int((intmax_t)utf8_cut("ab", 2, 2), 2, "what is short enough is not cut");
	is_int((intmax_t)utf8_cut("abc", 3, 2), 2, "cut at the limit");
	is_int((intmax_t)utf8_cut("a\xe2\x82\xac", 4, 3), 1, "not within a character");
	is_int((intmax_t)utf8_cut("\xe2\x82\xac", 3, 2), 0, "nor within the first");
	ok(utf8_hides(0xad) && utf8_hides(0x200b) && utf8_hides(0x202e) && utf8_hides(0x2060) &&
		utf8_hides(0xfeff),
	    "what hides or moves text");
	ok(!utf8_hides('a') && !utf8_hides(0xe9) && !utf8_hides(0x200a) && !utf8_hides(0x2010) &&
		!utf8_hides(0x2027) && !utf8_hides(0x202f) && !utf8_hides(0x2070),
	    "and what does not");
	return tap_done();
}
