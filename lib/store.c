/* SPDX-License-Identifier: ISC */
/*
 * store.c - what all stores have in common: the names of the tables, the order of the keys
 */
#include <string.h>

#include "store.h"

const char *
store_table_name(enum table t)
{
	static const char *const names[] = {
#define TABLE(name, what) #name,
		STORE_TABLES(TABLE)
#undef TABLE
	};

	return names[t];
}

int
bytes_cmp(struct bytes a, struct bytes b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n > 0 ? memcmp(a.p, b.p, n) : 0;

	return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

bool
bytes_begin(struct bytes a, struct bytes prefix)
{
	return a.n >= prefix.n && (prefix.n == 0 || memcmp(a.p, prefix.p, prefix.n) == 0);
}
