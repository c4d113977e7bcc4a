/* SPDX-License-Identifier: ISC */
/*
 * xml.c - a stanza as a tree
 *
 * Nothing here recurses: how deep a tree is was a stranger's choice.
 */
#include <string.h>

#include "arena.h"
#include "once.h"
#include "xml.h"

#define NS(name, uri) const char NS_##name[] = uri;
#include "../tbl/ns.h"
#undef NS

static const char *const known[] = {
#define NS(name, uri) NS_##name,
#include "../tbl/ns.h"
#undef NS
};

const char *
ns_known(const char *uri)
{
	size_t low = 0, high = sizeof(known) / sizeof(known[0]), mid;
	int order;

	while (low < high) {
		mid = (low + high) / 2;
		order = uri == known[mid] ? 0 : strcmp(uri, known[mid]);
		if (order == 0)
			return known[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return strcmp(uri, "jabber:component:accept") == 0 ? NS_STANZA : NULL;
}

static struct xml *
node(struct arena *a, struct xml *up, enum xml_kind kind)
{
	struct xml *x = arena_alloc(a, sizeof(*x));

	x->kind = kind;
	x->up = up;
	if (up == NULL)
		return x;
	if (up->last != NULL)
		up->last->next = x;
	else
		up->child = x;
	up->last = x;
	return x;
}

struct xml *
xml_add(struct arena *a, struct xml *up, const char *ns, const char *name)
{
	struct xml *x = node(a, up, XML_ELEMENT);

	/* Mostly it is that of what it is put into, which has been looked up. */
	x->ns = ns == NS_STANZA || (up != NULL && ns == up->ns) ? ns : ns_known(ns);
	if (x->ns == NULL)
		x->ns = ns;
	x->name = name;
	return x;
}

struct xml *
xml_new(struct arena *a, const char *ns, const char *name)
{
	return xml_add(a, NULL, ns, name);
}

struct xml *
xml_add_text(struct arena *a, struct xml *up, const char *ns, const char *name, const char *text)
{
	struct xml *x = xml_add(a, up, ns, name);

	if (text != NULL)
		xml_text_add(a, x, text);
	return x;
}

/* A text that starts a node is borrowed; one that is joined to another is copied. */
static void
text_add(struct arena *a, struct xml *up, const char *text, size_t n)
{
	struct xml *x = up->last;
	char *both;

	if (n == 0)
		return;
	if (x == NULL || x->kind != XML_TEXT) {
		x = node(a, up, XML_TEXT);
		x->text = text;
		x->len = n;
		return;
	}
	both = arena_alloc(a, x->len + n + 1);
	memcpy(both, x->text, x->len);
	memcpy(both + x->len, text, n);
	x->text = both;
	x->len += n;
}

void
xml_text_add(struct arena *a, struct xml *up, const char *text)
{
	text_add(a, up, text, strlen(text));
}

void
xml_raw_add(struct arena *a, struct xml *up, const char *bytes, size_t n)
{
	struct xml *x;

	if (n == 0)
		return;
	x = node(a, up, XML_RAW);
	x->text = bytes;
	x->len = n;
}

static void
set(struct arena *a, struct xml *x, const char *ns, const char *name, const char *value)
{
	struct xml_attr **at, *attr;

	for (at = &x->attr; *at != NULL; at = &(*at)->next)
		if ((*at)->ns == ns && xml_same((*at)->name, name))
			break;
	attr = *at;
	if (value == NULL) {
		if (attr != NULL)
			*at = attr->next;
		return;
	}
	if (attr == NULL) {
		*at = attr = arena_alloc(a, sizeof(*attr));
		attr->name = name;
		attr->ns = ns;
		attr->prefix = ns != NULL ? "xml" : NULL;
	}
	attr->value = value;
}

void
xml_set(struct arena *a, struct xml *x, const char *name, const char *value)
{
	set(a, x, NULL, name, value);
}

void
xml_set_lang(struct arena *a, struct xml *x, const char *lang)
{
	set(a, x, NS_XML, "lang", lang);
}

static const char *
copy_ns(struct once *foreign, struct arena *a, const char *ns)
{
	const char *own = ns != NULL ? ns_known(ns) : NULL;

	return own != NULL ? own : once_copy(foreign, a, ns);
}

/*
 * A copy of the one node x under up. Strings are copied too, since the copy may outlive the
 * arena of x; foreign namespaces once for the whole tree.
 */
static struct xml *
copy_node(struct once *foreign, struct arena *a, struct xml *up, const struct xml *x)
{
	struct xml *copy = node(a, up, x->kind);
	const struct xml_attr *attr;
	struct xml_attr **at = &copy->attr;

	if (x->kind != XML_ELEMENT) {
		copy->text = memcpy(arena_alloc(a, x->len + 1), x->text, x->len);
		copy->len = x->len;
		return copy;
	}
	copy->ns = copy_ns(foreign, a, x->ns);
	copy->name = arena_strdup(a, x->name);
	for (attr = x->attr; attr != NULL; attr = attr->next, at = &(*at)->next) {
		*at = arena_alloc(a, sizeof(**at));
		(*at)->name = arena_strdup(a, attr->name);
		(*at)->ns = copy_ns(foreign, a, attr->ns);
		(*at)->prefix = arena_strdup(a, attr->prefix);
		(*at)->value = arena_strdup(a, attr->value);
	}
	return copy;
}

struct xml *
xml_copy(struct arena *a, struct xml *up, const struct xml *x)
{
	struct once foreign = { 0 };
	const struct xml *at = x;
	struct xml *copy, *top;

	if (up != NULL && x->kind == XML_TEXT) {
		text_add(a, up, arena_strdup(a, x->text), x->len);
		return up->last;
	}
	top = copy = copy_node(&foreign, a, up, x);
	for (;;) {
		if (at->child != NULL) {
			at = at->child;
			copy = copy_node(&foreign, a, copy, at);
			continue;
		}
		while (at != x && at->next == NULL) {
			at = at->up;
			copy = copy->up;
		}
		if (at == x)
			return top;
		at = at->next;
		copy = copy_node(&foreign, a, copy->up, at);
	}
}

struct xml *
xml_copy_head(struct arena *a, const struct xml *x)
{
	struct once foreign = { 0 };

	return copy_node(&foreign, a, NULL, x);
}

bool
xml_is(const struct xml *x, const char *ns, const char *name)
{
	if (x == NULL || x->kind != XML_ELEMENT || !xml_same(x->ns, ns))
		return false;
	return name == NULL || xml_same(x->name, name);
}

const char *
xml_get(const struct xml *x, const char *name)
{
	const struct xml_attr *attr;

	if (x == NULL)
		return NULL;
	for (attr = x->attr; attr != NULL; attr = attr->next)
		if (attr->ns == NULL && xml_same(attr->name, name))
			return attr->value;
	return NULL;
}

const char *
xml_lang(const struct xml *x)
{
	const struct xml_attr *attr;

	for (; x != NULL; x = x->up)
		for (attr = x->attr; attr != NULL; attr = attr->next)
			if (attr->ns == NS_XML && strcmp(attr->name, "lang") == 0)
				return strlen(attr->value) <= XML_LANG_MAX ? attr->value : NULL;
	return NULL;
}

/* x or the first sibling after it that is such an element. */
static const struct xml *
from(const struct xml *x, const char *ns, const char *name)
{
	for (; x != NULL; x = x->next)
		if (x->kind == XML_ELEMENT && (ns == NULL || xml_same(x->ns, ns)) &&
		    (name == NULL || xml_same(x->name, name)))
			return x;
	return NULL;
}

const struct xml *
xml_child(const struct xml *x, const char *ns, const char *name)
{
	return x != NULL ? from(x->child, ns, name) : NULL;
}

const struct xml *
xml_next(const struct xml *x, const char *ns, const char *name)
{
	return x != NULL ? from(x->next, ns, name) : NULL;
}

const char *
xml_text(const struct xml *x)
{
	if (x == NULL)
		return NULL;
	return x->child != NULL && x->child->kind == XML_TEXT ? x->child->text : "";
}

const char *
xml_child_text(const struct xml *x, const char *ns, const char *name)
{
	return xml_text(xml_child(x, ns, name));
}
