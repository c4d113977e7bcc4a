/* SPDX-License-Identifier: ISC */
/*
 * form.c - data forms (XEP-0004), read and written
 */
#include <string.h>

#include "form.h"
#include "xml.h"

/* That field, or the first one after it, of that var. */
static const struct xml *
find(const struct xml *f, const char *var)
{
	const char *given;

	for (; f != NULL; f = xml_next(f, NS_DATA, "field")) {
		given = xml_get(f, "var");
		if (given != NULL && strcmp(given, var) == 0)
			return f;
	}
	return NULL;
}

const struct xml *
form_field(const struct xml *x, const char *var)
{
	return find(xml_child(x, NS_DATA, "field"), var);
}

bool
form_repeats(const struct xml *x, const char *var)
{
	const struct xml *f = form_field(x, var);

	return f != NULL && find(xml_next(f, NS_DATA, "field"), var) != NULL;
}

const char *
form_value(const struct xml *field)
{
	return xml_child_text(field, NS_DATA, "value");
}

const struct xml *
form_next_value(const struct xml *field, const struct xml *before)
{
	if (before == NULL)
		return xml_child(field, NS_DATA, "value");
	return xml_next(before, NS_DATA, "value");
}

bool
form_is_multi(const struct xml *field)
{
	const struct xml *first = form_next_value(field, NULL);

	return first != NULL && form_next_value(field, first) != NULL;
}

bool
form_is_clear(const struct xml *x, const char *const *vars)
{
	for (; *vars != NULL; vars++)
		if (form_repeats(x, *vars) || form_is_multi(form_field(x, *vars)))
			return false;
	return true;
}

bool
form_type_is(const struct xml *x, const char *form_type)
{
	const struct xml *field = form_field(x, "FORM_TYPE");
	const char *given = form_value(field);

	if (field == NULL)
		return xml_child(x, NS_DATA, "field") == NULL;
	return given != NULL && strcmp(given, form_type) == 0;
}

bool
form_bool(const char *s, bool *out)
{
	if (s == NULL)
		return false;
	if (strcmp(s, "1") == 0 || strcmp(s, "true") == 0) {
		*out = true;
		return true;
	}
	if (strcmp(s, "0") == 0 || strcmp(s, "false") == 0) {
		*out = false;
		return true;
	}
	return false;
}

struct xml *
form_add(struct arena *a, struct xml *up, const char *type, const char *form_type)
{
	struct xml *x = xml_add(a, up, NS_DATA, "x");

	xml_set(a, x, "type", type);
	if (form_type != NULL)
		form_add_field(a, x, "hidden", "FORM_TYPE", NULL, form_type);
	return x;
}

struct xml *
form_add_titled(struct arena *a, struct xml *up, const char *type, const char *title,
    const char *instructions, const char *form_type)
{
	struct xml *x = form_add(a, up, type, NULL);

	xml_add_text(a, x, NS_DATA, "title", title);
	if (instructions != NULL)
		xml_add_text(a, x, NS_DATA, "instructions", instructions);
	if (form_type != NULL)
		form_add_field(a, x, "hidden", "FORM_TYPE", NULL, form_type);
	return x;
}

struct xml *
form_add_field(struct arena *a, struct xml *form, const char *type, const char *var,
    const char *label, const char *value)
{
	struct xml *f = xml_add(a, form, NS_DATA, "field");

	xml_set(a, f, "type", type);
	xml_set(a, f, "var", var);
	xml_set(a, f, "label", label);
	if (value != NULL)
		form_add_value(a, f, value);
	return f;
}

void
form_add_value(struct arena *a, struct xml *field, const char *value)
{
	xml_add_text(a, field, NS_DATA, "value", value);
}

void
form_add_option(struct arena *a, struct xml *field, const char *label, const char *value)
{
	struct xml *option = xml_add(a, field, NS_DATA, "option");

	xml_set(a, option, "label", label);
	form_add_value(a, option, value);
}

struct xml *
form_add_validate(struct arena *a, struct xml *field, const char *datatype, const char *method)
{
	struct xml *x = xml_add(a, field, NS_VALIDATE, "validate");

	xml_set(a, x, "datatype", datatype);
	return xml_add(a, x, NS_VALIDATE, method);
}
