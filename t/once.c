/* SPDX-License-Identifier: ISC */
/*
 * once.c - strings are copied once, however often they occur
 */
#include "base/once.h"

#include "base/arena.h"
#include "tap.h"

int
main(void)
{
	static char s[100][8];
	const char *copy[100];
	struct arena *a = arena_new();
	struct once o = { 0 };
	unsigned same = 0, right = 0;

	for (int i = 0; i < 100; i++) {
		snprintf(s[i], sizeof(s[i]), "s%d", i / 2);
		copy[i] = once_copy(&o, a, s[i]);
	}
	for (int i = 0; i < 100; i++) {
		same += once_copy(&o, a, s[i]) == copy[i];
		right += copy[i] != s[i] && strcmp(copy[i], s[i]) == 0;
	}
	is_int(right, 100, "all are copied");
	is_int(same, 100, "once");
	is_int(o.n, 100, "each by where it is");
	ok(once_copy(&o, a, NULL) == NULL, "nothing is nothing");
	arena_free(a);
	return tap_done();
}
