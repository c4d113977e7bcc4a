/* SPDX-License-Identifier: ISC */
/*
 * form.c - data forms, read and written
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/form.h"
#include "base/xml.h"
#include "base/xml_write.h"
#include "tap.h"

static void
reading(struct arena *a)
{
	struct xml *x = xml_new(a, NS_DATA, "x"), *field, *wrong;
	const struct xml *v;

	ok(form_type_is(x, "t"), "an empty submit needs no FORM_TYPE");
	wrong = xml_add(a, x, "jabber:x:other", "field");
	xml_set(a, wrong, "var", "color");
	ok(form_field(x, "color") == NULL, "a field of another namespace is none");
	ok(form_type_is(x, "t"), "nor does it make the form not empty");
	xml_add(a, x, NS_DATA, "field");
	field = form_add_field(a, x, NULL, "color", NULL, NULL);
	ok(!form_type_is(x, "t"), "a submit with fields needs a FORM_TYPE");
	ok(form_field(x, "color") == field, "a field is found by its var");
	ok(form_field(x, "colour") == NULL, "no other is");
	ok(form_value(field) == NULL, "it has no value");
	ok(form_next_value(field, NULL) == NULL, "not one");
	form_add_option(a, field, "Green", "green");
	ok(form_value(field) == NULL, "the value of an option is not the field's");
	form_add_value(a, field, "red");
	form_add_value(a, field, "");
	is_str(form_value(field), "red", "the first value");
	v = form_next_value(field, NULL);
	is_str(xml_text(v), "red", "the first in the walk");
	v = form_next_value(field, v);
	is_str(xml_text(v), "", "the second is the empty one");
	ok(form_next_value(field, v) == NULL, "and no third");
	ok(form_is_multi(field), "these are several");
	field = form_add_field(a, x, NULL, "size", NULL, "1");
	ok(!form_is_multi(field) && !form_is_multi(NULL), "one is not, none is not");
	ok(!form_repeats(x, "size") && !form_repeats(x, "weight"),
	    "a var that is there once, or not");
	form_add_field(a, x, NULL, "size", NULL, "1");
	ok(form_repeats(x, "size") && !form_repeats(x, "color"), "one that is there twice");
	form_add_field(a, x, NULL, "weight", NULL, "1");
	ok(form_is_clear(x, (const char *const[]){ "weight", "height", NULL }), "what is clear");
	ok(!form_is_clear(x, (const char *const[]){ "weight", "size", NULL }), "what is twice");
	ok(!form_is_clear(x, (const char *const[]){ "color", NULL }), "what has several values");
	field = form_add_field(a, x, NULL, "FORM_TYPE", NULL, NULL);
	ok(!form_type_is(x, "t"), "a FORM_TYPE without a value is not it");
	form_add_value(a, field, "t");
	ok(form_type_is(x, "t"), "the right one is");
	ok(!form_type_is(x, "u"), "another is not");
	ok(form_field(NULL, "x") == NULL && form_value(NULL) == NULL &&
		form_next_value(NULL, NULL) == NULL,
	    "NULL has no fields");
}

static void
booleans(void)
{
	bool b = false;

	ok(form_bool("1", &b) && b, "1 is true");
	ok(form_bool("0", &b) && !b, "0 is false");
	ok(form_bool("true", &b) && b, "true is true");
	ok(form_bool("false", &b) && !b, "false is false");
	b = true;
	ok(!form_bool("TRUE", &b) && !form_bool("yes", &b) && !form_bool("", &b) &&
		!form_bool("10", &b) && !form_bool(NULL, &b) && b,
	    "other things are neither, and change nothing");
}

static void
writing(struct arena *a)
{
	struct xml *query = xml_new(a, NS_MUC_OWNER, "query"), *form, *field;
	struct buf b = BUF_INIT;

	form = form_add(a, query, "form", "urn:t");
	form_add_field(a, form, "boolean", "b", "A label", "1");
	field = form_add_field(a, form, "list-single", "l", NULL, "x");
	form_add_option(a, field, "The x", "x");
	form_add_option(a, field, NULL, "y");
	form_add_field(a, form, "text-single", "t", NULL, NULL);
	form_add(a, query, "result", NULL);
	form_add_titled(a, query, "form", "T", "I", "urn:t");
	form_add_titled(a, query, "result", "T", NULL, NULL);
	xml_write(&b, query);
	buf_addc(&b, '\0');
	is_str(b.p,
	    "<query xmlns='http://jabber.org/protocol/muc#owner'>"
	    "<x xmlns='jabber:x:data' type='form'>"
	    "<field type='hidden' var='FORM_TYPE'><value>urn:t</value></field>"
	    "<field type='boolean' var='b' label='A label'><value>1</value></field>"
	    "<field type='list-single' var='l'><value>x</value>"
	    "<option label='The x'><value>x</value></option>"
	    "<option><value>y</value></option></field>"
	    "<field type='text-single' var='t'/></x>"
	    "<x xmlns='jabber:x:data' type='result'/>"
	    "<x xmlns='jabber:x:data' type='form'><title>T</title><instructions>I</instructions>"
	    "<field type='hidden' var='FORM_TYPE'><value>urn:t</value></field></x>"
	    "<x xmlns='jabber:x:data' type='result'><title>T</title></x></query>",
	    "a form as it is written");
	buf_release(&b);
}

int
main(void)
{
	struct arena *a = arena_new();

	reading(a);
	booleans();
	writing(a);
	arena_free(a);
	return tap_done();
}
