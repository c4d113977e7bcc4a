/* SPDX-License-Identifier: ISC */
/*
 * xml_equal.h - do two trees mean the same? Attribute order and prefixes do not count; white space does
 */
#ifndef XML_EQUAL_H
#define XML_EQUAL_H

#include <stdbool.h>
#include <string.h>

#include "base/xml.h"

static inline const struct xml_attr *
find_attr(const struct xml *x, const struct xml_attr *like)
{
	const struct xml_attr *attr;

	for (attr = x->attr; attr != NULL; attr = attr->next)
		if ((attr->ns == NULL) == (like->ns == NULL) &&
		    strcmp(attr->name, like->name) == 0 &&
		    (attr->ns == NULL || strcmp(attr->ns, like->ns) == 0))
			return attr;
	return NULL;
}

static inline bool
equal_node(const struct xml *a, const struct xml *b)
{
	const struct xml_attr *attr, *other;
	size_t balance = 0;

	if (a->kind != b->kind)
		return false;
	if (a->kind != XML_ELEMENT)
		return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
	if (strcmp(a->name, b->name) != 0 || strcmp(a->ns, b->ns) != 0)
		return false;
	for (attr = a->attr; attr != NULL; attr = attr->next) {
		other = find_attr(b, attr);
		if (other == NULL || strcmp(attr->value, other->value) != 0)
			return false;
		balance++;
	}
	for (attr = b->attr; attr != NULL; attr = attr->next)
		balance--;
	return balance == 0;
}

/* Takes NULL, which only equals NULL. */
static inline bool
xml_equal(const struct xml *a, const struct xml *b)
{
	const struct xml *x = a, *y = b;

	if (a == NULL || b == NULL)
		return a == b;
	for (;;) {
		if (!equal_node(x, y) || (x->child == NULL) != (y->child == NULL))
			return false;
		if (x->child != NULL) {
			x = x->child;
			y = y->child;
			continue;
		}
		while (x != a && x->next == NULL) {
			if (y->next != NULL)
				return false;
			x = x->up;
			y = y->up;
		}
		if (x == a)
			return true;
		if (y->next == NULL)
			return false;
		x = x->next;
		y = y->next;
	}
}

#endif
