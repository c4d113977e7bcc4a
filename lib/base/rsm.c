/* SPDX-License-Identifier: ISC */
/*
 * rsm.c - results in pages (XEP-0059)
 */
#include "rsm.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "xml.h"

#define DIGITS 18 /* of a number at most: more do not fit */

/* The number in the child of that name; without the child the value stays. */
static bool
read_number(const struct xml *set, const char *name, uint64_t *out)
{
	const char *s = xml_child_text(set, NS_RSM, name);
	size_t n;

	if (s == NULL)
		return true;
	n = strspn(s, "0123456789");
	if (n == 0 || n > DIGITS || s[n] != '\0')
		return false;
	*out = strtoull(s, NULL, 10);
	return true;
}

bool
rsm_read(const struct xml *x, struct rsm *r)
{
	const struct xml *set = xml_child(x, NS_RSM, "set");

	memset(r, 0, sizeof(*r));
	r->asked = set != NULL;
	r->max = UINT64_MAX;
	r->after = xml_child_text(set, NS_RSM, "after");
	r->before = xml_child_text(set, NS_RSM, "before");
	r->by_index = xml_child(set, NS_RSM, "index") != NULL;
	return read_number(set, "max", &r->max) && read_number(set, "index", &r->index);
}

/* As text; NULL when it is not known. */
static const char *
number(struct arena *a, uint64_t n)
{
	return n != RSM_UNKNOWN ? arena_fmt(a, "%llu", (unsigned long long)n) : NULL;
}

void
rsm_add(struct arena *a, struct xml *x, const char *first, const char *last, uint64_t index,
    uint64_t count)
{
	struct xml *set = xml_add(a, x, NS_RSM, "set");

	if (first != NULL) {
		xml_set(a, xml_add_text(a, set, NS_RSM, "first", first), "index", number(a, index));
		xml_add_text(a, set, NS_RSM, "last", last);
	}
	if (count != RSM_UNKNOWN)
		xml_add_text(a, set, NS_RSM, "count", number(a, count));
}
