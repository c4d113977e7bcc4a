/* SPDX-License-Identifier: ISC */
/*
 * xml.c - a stanza as a tree
 */
#include "base/arena.h"
#include "base/xml.h"
#include "tap.h"
#include "xml_equal.h"

static struct arena *a;

static void
namespaces(void)
{
	static const char *const known[] = {
#define NS(name, uri) NS_##name,
#include "tbl/ns.h"
#undef NS
	};
	static const char *const uris[] = {
#define NS(name, uri) uri,
#include "tbl/ns.h"
#undef NS
	};
	size_t i, n = sizeof(known) / sizeof(known[0]), sorted = 1, found = 0;
	char copy[128];

	for (i = 1; i < n; i++)
		sorted += strcmp(uris[i - 1], uris[i]) < 0;
	is_int((intmax_t)sorted, (intmax_t)n, "tbl/ns.h is sorted, and no line is there twice");
	for (i = 0; i < n; i++) {
		snprintf(copy, sizeof(copy), "%s", uris[i]);
		found += ns_known(copy) == known[i];
	}
	is_int((intmax_t)found, (intmax_t)n, "every one is found");
	ok(ns_known("jabber:component:accept") == NS_STANZA, "the stream's own is NS_STANZA");
	ok(ns_known("jabber:clien") == NULL && ns_known("jabber:client ") == NULL &&
		ns_known("zzz") == NULL && ns_known("!") == NULL,
	    "others are not");
}

static void
building(void)
{
	struct xml *x = xml_new(a, "jabber:client", "message"), *body, *foreign;
	const struct xml *c;
	char ns[] = "jabber:x:data";

	ok(x->ns == NS_STANZA && x->up == NULL, "a known namespace becomes its pointer");
	ok(xml_add(a, x, ns, "x")->ns == NS_DATA, "whoever spells it");
	body = xml_add_text(a, x, NS_STANZA, "body", "one");
	xml_text_add(a, body, " two");
	xml_text_add(a, body, "");
	is_str(xml_text(body), "one two", "texts are joined");
	ok(body->child == body->last && body->child->len == 7, "to one node");
	ok(body->child->up == body && body->up == x, "up is the element around");
	ok(xml_add_text(a, x, NS_STANZA, "subject", NULL)->child == NULL, "NULL is no text");
	ok(xml_add_text(a, x, NS_STANZA, "thread", "")->child == NULL, "nor is the empty one");
	foreign = xml_add(a, x, "urn:foreign", "body");
	ok(xml_is(foreign, "urn:foreign", "body") && !xml_is(foreign, NS_STANZA, "body"),
	    "a foreign namespace is kept");
	ok(xml_child(x, NS_STANZA, "body") == body, "found by namespace and name");
	ok(xml_child(x, "urn:foreign", "body") == foreign, "also the foreign one");
	ok(xml_child(x, NULL, "body") == body && xml_next(body, NULL, "body") == foreign,
	    "or by name only");
	ok(xml_child(x, NS_STANZA, NULL) == body, "or by namespace only");
	ok(xml_next(foreign, NULL, NULL) == NULL, "the last one has no next");
	ok(xml_child(x, NS_STANZA, "nothing") == NULL, "what is not there is not found");
	is_str(xml_child_text(x, NS_STANZA, "body"), "one two", "the text of a child");
	is_str(xml_child_text(x, NS_STANZA, "thread"), "", "or none");
	ok(xml_child_text(x, NS_STANZA, "nothing") == NULL, "or no child");

	xml_text_add(a, foreign, "before");
	xml_add_text(a, foreign, "urn:foreign", "b", "in");
	xml_text_add(a, foreign, "after");
	is_str(xml_text(foreign), "before", "text ends at the first child");
	c = xml_child(foreign, NULL, NULL);
	ok(c != NULL && c->next->kind == XML_TEXT && xml_next(c, NULL, NULL) == NULL,
	    "text is no element");
	xml_raw_add(a, x, "<raw/>", 6);
	xml_raw_add(a, x, "", 0);
	ok(x->last->kind == XML_RAW && x->last->len == 6, "bytes serialised before");
	ok(!xml_is(x->last, NS_NONE, NULL), "are no element");
	xml_text_add(a, x, "t");
	ok(x->last->kind == XML_TEXT, "and are not joined to");
}

static void
attributes(void)
{
	struct xml *x = xml_new(a, NS_STANZA, "iq"), *child = xml_add(a, x, NS_PING, "ping");
	struct xml_attr forged = { .name = "from", .ns = "urn:e", .prefix = "e", .value = "owner" };

	x->attr = &forged;
	ok(xml_get(x, "from") == NULL, "e:from is not from");
	xml_set(a, x, "from", "romeo");
	is_str(xml_get(x, "from"), "romeo", "from is");
	is_str(forged.value, "owner", "and did not replace the other");
	xml_set(a, x, "from", "juliet");
	is_str(xml_get(x, "from"), "juliet", "set again");
	xml_set(a, x, "id", "1");
	xml_set(a, x, "from", NULL);
	ok(xml_get(x, "from") == NULL, "taken away");
	xml_set(a, x, "nothing", NULL);
	ok(x->attr == &forged && forged.next->next == NULL, "the others stay");
	ok(xml_lang(child) == NULL, "nobody says a language");
	xml_set(a, x, "lang", "xx");
	ok(xml_lang(child) == NULL, "lang is not xml:lang");
	xml_set_lang(a, x, "de");
	is_str(xml_lang(child), "de", "the language of the element around");
	xml_set_lang(a, child, "fr");
	is_str(xml_lang(child), "fr", "or its own");
	is_str(xml_get(x, "lang"), "xx", "and it is not lang");
	xml_set_lang(a, child, NULL);
	is_str(xml_lang(child), "de", "taken away");
}

static void
nothing(void)
{
	ok(!xml_is(NULL, NS_STANZA, NULL) && xml_get(NULL, "a") == NULL && xml_lang(NULL) == NULL &&
		xml_child(NULL, NULL, NULL) == NULL && xml_next(NULL, NULL, NULL) == NULL &&
		xml_text(NULL) == NULL && xml_child_text(NULL, NULL, NULL) == NULL,
	    "NULL has nothing");
	ok(xml_equal(NULL, NULL) && !xml_equal(NULL, xml_new(a, NS_NONE, "a")), "and equals NULL");
}

static struct xml *
sample(struct arena *in)
{
	struct xml *x = xml_new(in, NS_STANZA, "message"), *y;

	xml_set(in, x, "type", "groupchat");
	xml_set(in, x, "id", "7");
	xml_set_lang(in, x, "en");
	xml_add_text(in, x, NS_STANZA, "body", "hello");
	y = xml_add(in, x, "urn:foreign", "y");
	xml_add(in, y, "urn:foreign", "z");
	xml_text_add(in, y, "tail");
	xml_raw_add(in, x, "<r/>", 4);
	return x;
}

static void
copies(void)
{
	struct arena *other = arena_new();
	struct xml *x = sample(other), *copy = xml_copy(a, NULL, x), *head = xml_copy_head(a, x);
	struct xml *up = xml_new(a, NS_NONE, "up");

	ok(xml_equal(x, copy), "a copy is equal");
	arena_free(other);
	x = sample(a);
	ok(xml_equal(x, copy), "and stands when the original is gone");
	ok(copy->up == NULL && copy->next == NULL, "a tree of its own");
	ok(head->child == NULL && head->attr != NULL && xml_lang(head) != NULL, "a head alone");
	is_str(xml_get(head, "id"), "7", "with all attributes");
	ok(xml_copy(a, up, xml_child(x, "urn:foreign", "y"))->up == up, "or a part under another");
	ok(up->child == up->last, "that part alone");
	xml_copy(a, up, xml_child(x, NS_STANZA, "body")->child);
	xml_copy(a, up, xml_child(x, NS_STANZA, "body")->child);
	is_str(up->last->text, "hellohello", "copied texts are joined");
}

static void
differences(void)
{
	struct xml *x = sample(a), *y;

	y = sample(a);
	xml_set(a, y, "type", NULL);
	ok(!xml_equal(x, y) && !xml_equal(y, x), "an attribute less");
	xml_set(a, y, "type", "groupchat");
	ok(xml_equal(x, y) && xml_equal(y, x), "their order does not count");
	xml_set(a, y, "id", "8");
	ok(!xml_equal(x, y), "another value");
	y = sample(a);
	xml_add(a, y, NS_STANZA, "more");
	ok(!xml_equal(x, y) && !xml_equal(y, x), "a child more");
	y = sample(a);
	xml_text_add(a, y, " ");
	ok(!xml_equal(x, y) && !xml_equal(y, x), "white space");
	y = sample(a);
	y->child->next->child->name = "Z";
	ok(!xml_equal(x, y), "another name");
	y = sample(a);
	y->child->next->child->ns = "urn:other";
	ok(!xml_equal(x, y), "another namespace");
	y = sample(a);
	xml_add(a, y->child->next->child, NS_NONE, "deep");
	ok(!xml_equal(x, y) && !xml_equal(y, x), "a grandchild more");
	y = sample(a);
	y->attr->ns = "urn:q";
	ok(!xml_equal(x, y) && !xml_equal(y, x), "qualified or not");
}

/* As deep as a stack would not bear. */
static void
deep(void)
{
	struct xml *x = xml_new(a, "urn:deep", "d"), *at = x, *copy;
	unsigned i;

	for (i = 0; i < 1000000; i++)
		at = xml_add(a, at, "urn:deep", "d");
	copy = xml_copy(a, NULL, x);
	ok(xml_equal(x, copy), "a million elements in one another are copied and compared");
	xml_text_add(a, at, "x");
	ok(!xml_equal(x, copy), "to the innermost");
}

int
main(void)
{
	a = arena_new();
	namespaces();
	building();
	attributes();
	nothing();
	copies();
	differences();
	deep();
	arena_free(a);
	return tap_done();
}
