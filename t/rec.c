/* SPDX-License-Identifier: ISC */
/*
 * rec.c - a record of tagged fields
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/rec.h"
#include "tap.h"

static void
round_trip(struct arena *a)
{
	static const uint64_t number[] = { 0, 1, 255, 256, 0x123456789, UINT64_MAX };
	struct buf b = BUF_INIT;
	struct rec r;
	char *text;
	size_t i;

	text = malloc(70001);
	memset(text, 'x', 70000);
	text[70000] = '\0';
	for (i = 0; i < 6; i++)
		rec_put_u64(&b, (uint8_t)(i + 1), number[i]);
	rec_put_str(&b, 200, NULL);
	rec_put_str(&b, 201, "");
	rec_put_str(&b, 202, text);
	rec_put(&b, 255, "a\0b", 3);

	rec_init(&r, b.p, b.len);
	for (i = 0; i < 6; i++) {
		ok(rec_next(&r) && r.tag == i + 1, "number %zu", i);
		ok(rec_u64(&r) == number[i], "is the same again");
		ok(r.len == 0 || r.val[0] != 0, "and has no leading zero bytes");
	}
	ok(rec_next(&r) && r.tag == 201, "a NULL was not written");
	is_str(rec_str(a, &r), "", "the empty string was");
	ok(rec_next(&r) && r.tag == 202, "then the long one");
	is_str(rec_str(a, &r), text, "of 70,000 bytes");
	ok(rec_next(&r) && r.tag == 255 && r.len == 3 && memcmp(r.val, "a\0b", 3) == 0,
	    "any bytes");
	ok(!rec_next(&r) && r.p != NULL, "the end, in good order");
	ok(!rec_next(&r) && r.p != NULL, "and again");
	free(text);
	buf_release(&b);
}

/* Every beginning of a record ends where a field ends or is broken; nothing is read behind it. */
static void
truncated(void)
{
	struct buf b = BUF_INIT;
	struct rec r;
	char big[300] = { 0 }, *cut;
	size_t n, whole, good = 0;

	rec_put_str(&b, 1, "abc");
	rec_put(&b, 2, big, sizeof(big));
	rec_put_u64(&b, 3, 77);
	whole = b.len;
	for (n = 0; n <= whole; n++) {
		cut = malloc(n > 0 ? n : 1);
		memcpy(cut, b.p, n);
		rec_init(&r, cut, n);
		while (rec_next(&r))
			continue;
		good += (r.p != NULL) == (n == 0 || n == 5 || n == 5 + 3 + 300 || n == whole);
		free(cut);
	}
	is_int((intmax_t)good, (intmax_t)whole + 1, "a cut record is known to be broken");
	buf_release(&b);
}

static bool
is_broken(const char *bytes, size_t n)
{
	struct rec r;

	rec_init(&r, bytes, n);
	while (rec_next(&r))
		continue;
	return r.p == NULL && !rec_next(&r);
}

int
main(void)
{
	struct arena *a = arena_new();
	struct rec r;

	round_trip(a);
	truncated();
	ok(is_broken("\0\0", 2), "there is no tag 0");
	ok(is_broken("\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\1x", 13),
	    "a length over all bounds");
	ok(is_broken("\1\xff\xff\xff\xff\xff\xff\xff\x7fx", 10), "a length of 2^63");
	rec_init(&r, NULL, 0);
	ok(!rec_next(&r) && r.p != NULL, "nothing is an empty record");
	arena_free(a);
	return tap_done();
}
