/* SPDX-License-Identifier: ISC */
/*
 * arena.c - memory that is all given back at once
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/mem.h"
#include "tap.h"

static bool
is_zero(const unsigned char *p, size_t n)
{
	while (n > 0 && *p == 0) {
		p++;
		n--;
	}
	return n == 0;
}

/* Allocates all sizes up to 5000, and a few large ones, each filled to its last byte. */
static bool
fill(struct arena *a, unsigned char pattern)
{
	bool good = true;
	size_t n, step;

	for (n = 0, step = 1; n < 400000; n += step) {
		unsigned char *p = arena_alloc(a, n);

		good &= p != NULL && (uintptr_t)p % _Alignof(max_align_t) == 0 && is_zero(p, n);
		memset(p, pattern, n);
		step = n < 5000 ? 1 : n;
	}
	return good;
}

static void
strings(struct arena *a)
{
	char *long_text;

	is_str(arena_strdup(a, "abc"), "abc", "strdup copies");
	is_str(arena_strdup(a, ""), "", "and the empty string");
	ok(arena_strdup(a, NULL) == NULL, "NULL stays NULL");
	is_str(arena_strndup(a, "abcdef", 3), "abc", "strndup cuts");
	is_str(arena_strndup(a, "ab", 30), "ab", "but not behind the end");
	ok(arena_strndup(a, NULL, 3) == NULL, "NULL stays NULL there too");
	is_str(arena_cat(a, "x", "", "yz", NULL), "xyz", "cat joins");
	is_str(arena_cat(a, NULL), "", "nothing joined is the empty string");
	is_str(arena_fmt(a, "%s-%d", "n", 7), "n-7", "fmt formats");
	is_str(arena_fmt(a, "%s", ""), "", "also to nothing");

	long_text = malloc(300001);
	memset(long_text, 'x', 300000);
	long_text[300000] = '\0';
	is_str(arena_fmt(a, "%s", long_text), long_text, "also what is larger than a chunk");
	free(long_text);
}

int
main(void)
{
	struct arena *a = arena_new();
	char *kept, *s;
	size_t i;

	is_int((intmax_t)arena_used(a), 0, "a new arena has handed out nothing");
	ok(fill(a, 0xff), "zeroed and aligned, whatever the size");
	arena_reset(a);
	is_int((intmax_t)arena_used(a), 0, "nothing is in use after a reset");
	ok(fill(a, 0xee), "zeroed after a reset too");
	arena_reset(a);

	kept = arena_strdup(a, "stays");
	for (i = 0; i < 100000; i++) {
		s = arena_alloc(a, i % 100);
		memset(s, 'z', i % 100);
	}
	is_str(kept, "stays", "what was handed out is not handed out again");
	ok(arena_used(a) >= 100000 / 100 * 4950, "used counts bytes");
	arena_reset(a);
	strings(a);
	arena_free(a);
	arena_free(NULL);

	s = mem_strndup("abcdef", 2);
	is_str(s, "ab", "mem_strndup cuts");
	free(s);
	s = mem_alloc(1000);
	ok(is_zero((unsigned char *)s, 1000), "mem_alloc zeroes");
	s = mem_realloc(s, 0);
	ok(s != NULL, "mem_realloc to nothing is not NULL");
	free(s);
	return tap_done();
}
