/* SPDX-License-Identifier: ISC */
/*
 * json.c - what a command has answered, for programs
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "base/arena.h"
#include "base/form.h"
#include "base/utf8.h"
#include "base/xml.h"
#include "fields.h"

/* Even for programs nothing is written that a terminal obeys, or that hides or moves text. */
static bool
is_plain(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == '"' || c == '\\')
		return false;
	return !utf8_hides(c);
}

void
json_string(const char *s)
{
	uint32_t c;
	size_t n;

	if (s == NULL) {
		fputs("null", stdout);
		return;
	}
	putchar('"');
	for (; *s != '\0'; s += n) {
		n = utf8_decode(s, &c);
		if (is_plain(c))
			fwrite(s, 1, n, stdout);
		else if (c == '"' || c == '\\')
			printf("\\%c", (int)c);
		else
			printf("\\u%04x", (unsigned)c);
	}
	putchar('"');
}

static void
put_name(const char *name, bool *is_first)
{
	if (!*is_first)
		putchar(',');
	*is_first = false;
	json_string(name);
	putchar(':');
}

/* The values of a field in one form, as elements of a list. */
static void
put_elements(const struct xml *field, bool *is_first)
{
	const struct xml *v = NULL;

	while ((v = form_next_value(field, v)) != NULL) {
		if (!*is_first)
			putchar(',');
		*is_first = false;
		json_string(xml_text(v));
	}
}

/* In a result a field may leave out its type: then several values are a list, and one is not. */
static bool
is_list(const struct field *f, const struct xml *field)
{
	return field_has_many(f) || form_next_value(field, form_next_value(field, NULL)) != NULL;
}

static void
put_value(const struct field *f, const struct xml *field)
{
	const char *value = form_value(field);
	bool is_true, is_first = true;

	if (is_list(f, field)) {
		putchar('[');
		put_elements(field, &is_first);
		putchar(']');
	} else if (f->type == FIELD_BOOL && value != NULL && form_bool(value, &is_true))
		fputs(is_true ? "true" : "false", stdout);
	else
		json_string(value);
}

/* The same of a field that goes on in later forms: they are pages of one answer. */
static void
put_pages(const struct answer_form *f, const char *var)
{
	bool is_first = true;

	putchar('[');
	for (; f != NULL; f = f->next)
		put_elements(form_field(f->x, var), &is_first);
	putchar(']');
}

static bool
has_field(const struct answer_form *from, const struct answer_form *end, const char *var)
{
	for (; from != end; from = from->next)
		if (form_field(from->x, var) != NULL)
			return true;
	return false;
}

static void
put_field(
    const struct answer *an, const struct answer_form *f, const struct field *field, bool *is_first)
{
	const struct xml *x = form_field(f->x, field->var);

	if (field->var[0] == '\0' || field->type == FIELD_HIDDEN ||
	    has_field(an->forms, f, field->var))
		return;
	put_name(field->var, is_first);
	if (is_list(field, x) && has_field(f->next, NULL, field->var))
		put_pages(f, field->var);
	else
		put_value(field, x);
}

static void
put_fields(struct arena *a, const struct answer *an)
{
	bool is_first = true;

	fputs(",\"fields\":{", stdout);
	for (const struct answer_form *f = an->forms; f != NULL; f = f->next) {
		struct form form;

		form_read(a, f->x, &form);
		for (size_t i = 0; i < form.nfields; i++)
			put_field(an, f, &form.fields[i], &is_first);
	}
	putchar('}');
}

static void
put_item(const struct form *head, const struct xml *item)
{
	bool is_first = true;

	putchar('{');
	for (size_t i = 0; i < head->nfields; i++) {
		put_name(head->fields[i].var, &is_first);
		put_value(&head->fields[i], form_field(item, head->fields[i].var));
	}
	putchar('}');
}

static void
put_items(struct arena *a, const struct answer *an)
{
	bool is_first = true;

	fputs(",\"items\":[", stdout);
	for (const struct answer_form *f = an->forms; f != NULL; f = f->next) {
		const struct xml *item = xml_child(f->x, NS_DATA, "item");
		struct form head;

		form_read(a, xml_child(f->x, NS_DATA, "reported"), &head);
		for (; item != NULL; item = xml_next(item, NS_DATA, "item")) {
			if (!is_first)
				putchar(',');
			is_first = false;
			put_item(&head, item);
		}
	}
	putchar(']');
}

static void
put_notes(const struct answer *an)
{
	bool is_first = true;

	fputs(",\"notes\":[", stdout);
	for (const struct answer_note *n = an->notes; n != NULL; n = n->next) {
		if (!is_first)
			putchar(',');
		is_first = false;
		fputs("{\"type\":", stdout);
		json_string(n->type);
		fputs(",\"text\":", stdout);
		json_string(n->text);
		putchar('}');
	}
	putchar(']');
}

void
answer_json(struct arena *a, const struct answer *an)
{
	fputs("{\"command\":", stdout);
	json_string(an->command);
	fputs(",\"node\":", stdout);
	json_string(an->node);
	fputs(",\"status\":", stdout);
	json_string(an->status);
	put_notes(an);
	put_fields(a, an);
	put_items(a, an);
	if (an->error != NULL) {
		fputs(",\"error\":{\"type\":", stdout);
		json_string(xml_get(an->error, "type"));
		fputs(",\"condition\":", stdout);
		json_string(error_condition_of(an->error));
		fputs(",\"text\":", stdout);
		json_string(xml_child_text(an->error, NS_STANZA_ERRORS, "text"));
		putchar('}');
	}
	puts("}");
}
