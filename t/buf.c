/* SPDX-License-Identifier: ISC */
/*
 * buf.c - bytes that grow
 */
#include <stdlib.h>

#include "base/buf.h"
#include "tap.h"

int
main(void)
{
	struct buf b = BUF_INIT;
	bool good = true;
	unsigned moves = 0;
	const char *p = NULL;
	char *s;
	size_t i;

	s = buf_steal(&b);
	is_str(s, "", "stealing nothing gives the empty string");
	free(s);
	ok(b.p == NULL && b.len == 0 && b.cap == 0, "the buf is new again");

	buf_add(&b, NULL, 0);
	buf_adds(&b, "hello");
	buf_addc(&b, ' ');
	buf_add(&b, "world\0!", 7);
	ok(b.len == 13 && memcmp(b.p, "hello world\0!", 13) == 0, "bytes are added, NUL too");
	buf_consume(&b, 6);
	ok(b.len == 7 && memcmp(b.p, "world\0!", 7) == 0, "the first ones are dropped");
	buf_consume(&b, 0);
	is_int((intmax_t)b.len, 7, "or none");
	buf_consume(&b, 7);
	is_int((intmax_t)b.len, 0, "or all");
	buf_release(&b);
	buf_consume(&b, 0);
	ok(b.p == NULL && b.cap == 0, "released");
	buf_release(&b);

	buf_reserve(&b, 1000);
	ok(b.cap >= 1000 && b.len == 0, "room is made");
	for (i = 0; i < 3000000; i++) {
		buf_addc(&b, (char)(i % 251));
		moves += p != b.p;
		p = b.p;
	}
	for (i = 0; i < 3000000; i++)
		good &= b.p[i] == (char)(i % 251);
	ok(good, "three million single bytes are there");
	ok(moves < 40, "and were moved seldom: %u times", moves);
	buf_release(&b);

	buf_adds(&b, "mine");
	s = buf_steal(&b);
	is_str(s, "mine", "the contents as a string");
	ok(b.p == NULL && b.len == 0, "are taken away");
	free(s);
	return tap_done();
}
