/* SPDX-License-Identifier: ISC */
/*
 * fields.c - data forms (XEP-0004) as they are filled in by arguments and by people
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/form.h"
#include "base/xml.h"
#include "ctl.h"
#include "fields.h"
#include "text.h"

static const struct {
	const char *word;
	bool is_many, is_asked;
} types[] = {
#define TYPE(name, word, many, asked) [FIELD_##name] = { word, many, asked },
	FIELD_TYPES(TYPE)
#undef TYPE
};

#define NTYPES (sizeof types / sizeof types[0])

const char *
field_type_name(enum field_type type)
{
	return types[type].word;
}

bool
field_has_many(const struct field *f)
{
	return types[f->type].is_many;
}

bool
field_is_asked(const struct field *f)
{
	return types[f->type].is_asked;
}

/* -- reading -- */

/* What is of no known type counts as text-single: XEP-0004 3.2. */
static enum field_type
read_type(const struct xml *x)
{
	const char *type = xml_get(x, "type");

	for (size_t i = 0; type != NULL && i < NTYPES; i++)
		if (strcmp(types[i].word, type) == 0)
			return (enum field_type)i;
	return FIELD_TEXT;
}

static size_t
count(const struct xml *x, const char *ns, const char *name)
{
	size_t n = 0;

	for (const struct xml *c = xml_child(x, ns, name); c != NULL; c = xml_next(c, ns, name))
		n++;
	return n;
}

static void
put_value(struct arena *a, struct field *f, const char *value)
{
	const char **more;

	if (f->nvalues == f->cap) {
		f->cap = f->cap > 0 ? 2 * f->cap : 4;
		more = arena_alloc(a, f->cap * sizeof *more);
		for (size_t i = 0; i < f->nvalues; i++)
			more[i] = f->values[i];
		f->values = more;
	}
	f->values[f->nvalues++] = value;
}

static void
read_choices(struct arena *a, const struct xml *x, struct field *f)
{
	const struct xml *c = xml_child(x, NS_DATA, "option");
	const char *value, *label;

	f->choices = arena_alloc(a, (count(x, NS_DATA, "option") + 1) * sizeof *f->choices);
	for (; c != NULL; c = xml_next(c, NS_DATA, "option")) {
		value = xml_child_text(c, NS_DATA, "value");
		label = xml_get(c, "label");
		if (value != NULL)
			f->choices[f->nchoices++] = (struct choice){ value,
				label != NULL && *label != '\0' ? label : value };
	}
}

/* XEP-0122. A list without options can only be open. */
static void
read_validation(const struct xml *x, struct field *f)
{
	static const char *const numbers[] = { "xs:integer", "xs:int", "xs:long", "xs:short",
		"xs:byte", "xs:nonNegativeInteger", "xs:positiveInteger", "xs:unsignedInt",
		"xs:unsignedLong", "xs:unsignedShort", "xs:unsignedByte" };
	const struct xml *v = xml_child(x, NS_VALIDATE, "validate");
	const struct xml *range = xml_child(v, NS_VALIDATE, "range");
	const char *type = xml_get(v, "datatype");

	f->is_open = xml_child(v, NS_VALIDATE, "open") != NULL || f->nchoices == 0;
	for (size_t i = 0; type != NULL && i < sizeof numbers / sizeof numbers[0]; i++)
		f->is_number |= strcmp(type, numbers[i]) == 0;
	f->least = xml_get(range, "min");
	f->most = xml_get(range, "max");
}

/* It is put there anew. */
static const char *
without_colon(struct arena *a, const char *label)
{
	size_t n = strlen(label);

	while (n > 0 && (label[n - 1] == ':' || label[n - 1] == ' '))
		n--;
	return arena_strndup(a, label, n);
}

static void
read_field(struct arena *a, const struct xml *x, struct field *f)
{
	const struct xml *v = xml_child(x, NS_DATA, "value");
	const char *var = xml_get(x, "var"), *label = xml_get(x, "label");

	f->type = read_type(x);
	f->var = var != NULL ? var : "";
	f->label = label != NULL && *label != '\0' ? without_colon(a, label) : f->var;
	f->desc = xml_child_text(x, NS_DATA, "desc");
	f->is_required = xml_child(x, NS_DATA, "required") != NULL;
	read_choices(a, x, f);
	read_validation(x, f);
	for (; v != NULL; v = xml_next(v, NS_DATA, "value"))
		put_value(a, f, xml_text(v));
	/* XEP-0004 3.3 has it so; without a name it cannot be sent back. */
	if (f->var[0] == '\0')
		f->type = FIELD_FIXED;
	if (strcmp(f->var, "FORM_TYPE") == 0)
		f->type = FIELD_HIDDEN;
}

/*
 * The ends of a var by which it may be called: all of it, what is behind the last '#', and what is
 * behind the first '_' there: muc#roomconfig_maxusers, roomconfig_maxusers, maxusers.
 */
static const char *
var_end(const char *var, unsigned i)
{
	const char *hash = strrchr(var, '#'), *dash;

	if (i == 0)
		return var;
	if (hash == NULL || hash[1] == '\0')
		return NULL;
	if (i == 1)
		return hash + 1;
	dash = strchr(hash, '_');
	return i == 2 && dash != NULL && dash[1] != '\0' ? dash + 1 : NULL;
}

struct field *
form_find(const struct form *form, const char *name)
{
	struct field *found = NULL;
	const char *end;
	unsigned n = 0;

	for (unsigned i = 0; i < 3 && n == 0; i++)
		for (size_t k = 0; k < form->nfields; k++) {
			struct field *f = &form->fields[k];

			end = field_is_asked(f) ? var_end(f->var, i) : NULL;
			if (end == NULL || strcmp(end, name) != 0)
				continue;
			found = f;
			n++;
		}
	return n == 1 ? found : NULL;
}

static void
read_text(struct arena *a, const struct xml *x, const char *name, const char **text)
{
	const struct xml *c = xml_child(x, NS_DATA, name);

	for (; c != NULL; c = xml_next(c, NS_DATA, name))
		*text = *text == NULL ? xml_text(c) : arena_cat(a, *text, "\n", xml_text(c), NULL);
}

void
form_read(struct arena *a, const struct xml *x, struct form *form)
{
	const struct xml *c = xml_child(x, NS_DATA, "field");
	const char *end;

	*form = (struct form){ .title = NULL };
	read_text(a, x, "title", &form->title);
	read_text(a, x, "instructions", &form->instructions);
	form->fields = arena_alloc(a, (count(x, NS_DATA, "field") + 1) * sizeof *form->fields);
	for (; c != NULL; c = xml_next(c, NS_DATA, "field"))
		read_field(a, c, &form->fields[form->nfields++]);
	for (size_t i = 0; i < form->nfields; i++) {
		struct field *f = &form->fields[i];

		f->name = f->var;
		for (unsigned k = 1; k < 3; k++)
			if ((end = var_end(f->var, k)) != NULL && form_find(form, end) == f)
				f->name = end;
	}
}

/* -- filling in -- */

void
field_clear(struct field *f)
{
	f->nvalues = 0;
}

static const char *
read_bool(const char *s)
{
	static const struct {
		const char *word, *value;
	} words[] = { { "yes", "1" }, { "no", "0" }, { "true", "1" }, { "false", "0" },
		{ "on", "1" }, { "off", "0" }, { "1", "1" }, { "0", "0" }, { "y", "1" },
		{ "n", "0" } };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcasecmp(words[i].word, s) == 0)
			return words[i].value;
	return NULL;
}

/* The one whose address begins with that name, if it is the only one; NULL: none is, or several are. */
static const char *
read_name(const struct field *f, const char *s)
{
	const size_t n = strlen(s);
	const char *found = NULL;

	for (size_t i = 0; n > 0 && i < f->nchoices; i++) {
		const char *value = f->choices[i].value;

		if (strncmp(value, s, n) != 0 || value[n] != '@')
			continue;
		if (found != NULL)
			return NULL;
		found = value;
	}
	return found;
}

/*
 * By its value, else by its label in whatever case, else, as a room may be named without the domain, by
 * the beginning of an address; NULL: none, and the list is not open.
 */
static const char *
read_choice(const struct field *f, const char *s)
{
	const char *named;

	for (size_t i = 0; i < f->nchoices; i++)
		if (strcmp(f->choices[i].value, s) == 0)
			return s;
	for (size_t i = 0; i < f->nchoices; i++)
		if (strcasecmp(f->choices[i].label, s) == 0)
			return f->choices[i].value;
	named = read_name(f, s);
	if (named != NULL)
		return named;
	return f->is_open ? s : NULL;
}

static const char *
no_choice(struct arena *a, const struct field *f, const char *s)
{
	const char *list = "";

	for (size_t i = 0; i < f->nchoices && i < 20; i++)
		list = arena_cat(a, list, i > 0 ? ", " : "", f->choices[i].value, NULL);
	return arena_cat(
	    a, "\"", s, "\" is none of: ", list, f->nchoices > 20 ? ", ..." : "", NULL);
}

static const char *
check_number(struct arena *a, const struct field *f, const char *s)
{
	const char *p = s + (*s == '-' || *s == '+');
	long long n;

	errno = 0;
	n = strtoll(s, NULL, 10);
	if (*p == '\0' || strspn(p, "0123456789") != strlen(p) || errno != 0)
		return arena_cat(a, "\"", s, "\" is not a number", NULL);
	if (f->least != NULL && n < strtoll(f->least, NULL, 10))
		return arena_cat(a, s, " is less than ", f->least, NULL);
	if (f->most != NULL && n > strtoll(f->most, NULL, 10))
		return arena_cat(a, s, " is more than ", f->most, NULL);
	return NULL;
}

/* Each line is a value; an empty last one is none. */
static void
put_lines(struct arena *a, struct field *f, const char *s)
{
	size_t n;

	for (; *s != '\0'; s += n + (s[n] == '\n')) {
		n = strcspn(s, "\n");
		put_value(a, f, arena_strndup(a, s, n));
	}
}

const char *
field_add(struct arena *a, struct field *f, const char *value)
{
	const char *good = value, *why = NULL;

	switch (f->type) {
	case FIELD_BOOL:
		good = read_bool(value);
		if (good == NULL)
			why = arena_cat(a, "\"", value, "\" is neither yes nor no", NULL);
		break;
	case FIELD_CHOICE:
	case FIELD_CHOICES:
		good = read_choice(f, value);
		if (good == NULL)
			why = no_choice(a, f, value);
		break;
	case FIELD_TEXTS:
	case FIELD_JIDS:
		put_lines(a, f, value);
		return NULL;
	default:
		if (strchr(value, '\n') != NULL)
			why = "there is room for one line only";
		else if (f->is_number && *value != '\0')
			why = check_number(a, f, value);
		break;
	}
	if (why == NULL)
		put_value(a, f, good);
	return why;
}

const char *
field_shown(struct arena *a, const struct field *f, const char *value)
{
	bool is_true;

	if (f->type == FIELD_BOOL && form_bool(value, &is_true))
		return is_true ? "yes" : "no";
	return text_visible(a, value);
}

bool
field_is_missing(const struct field *f)
{
	return f->is_required && field_is_asked(f) && (f->nvalues == 0 || f->values[0][0] == '\0');
}

bool
ctl_args(struct ctl_arg *args, size_t n, char **words)
{
	for (size_t i = 0; i < n; i++) {
		char *at = strchr(words[i], '=');

		if (*words[i] == '-') {
			ctl_complain("%s: options stand before the command", words[i]);
			return false;
		}
		if (at == NULL || at == words[i]) {
			ctl_complain("%s: that is not name=value", words[i]);
			return false;
		}
		*at = '\0';
		args[i] = (struct ctl_arg){ .name = words[i], .value = at + 1 };
	}
	return true;
}

/* Puts one argument into its field. */
static const char *
take_one(struct arena *a, struct field *f, struct ctl_arg *arg, bool may_go_on)
{
	const char *why;

	/* It may be one of the choices of another page. */
	if (may_go_on && (f->type == FIELD_CHOICES || f->type == FIELD_CHOICE) &&
	    read_choice(f, arg->value) == NULL)
		return NULL;
	if (f->is_given && !field_has_many(f))
		return arena_cat(a, arg->name, "= is there twice", NULL);
	if (!f->is_given)
		field_clear(f);
	f->is_given = arg->is_used = true;
	/* name= alone empties it. */
	why = *arg->value != '\0' ? field_add(a, f, arg->value) : NULL;
	return why != NULL ? arena_cat(a, arg->name, "=: ", why, NULL) : NULL;
}

const char *
form_take(struct arena *a, struct form *form, struct ctl_arg *args, size_t nargs, bool may_go_on)
{
	struct field *f;
	const char *why = NULL;

	for (size_t i = 0; i < nargs && why == NULL; i++) {
		f = args[i].is_used ? NULL : form_find(form, args[i].name);
		if (f != NULL)
			why = take_one(a, f, &args[i], may_go_on);
	}
	return why;
}

/* Fixed fields say something to people and have no place here; hidden ones are sent back. */
void
form_enlarge_pages(struct form *form)
{
	struct field *f = form_find(form, "max");

	if (f == NULL || f->is_given || !f->is_number || f->most == NULL || f->nvalues != 1)
		return;
	f->values[0] = f->most;
}

void
form_submit(struct arena *a, const struct form *form, struct xml *up)
{
	struct xml *x = xml_add(a, up, NS_DATA, "x"), *field;

	xml_set(a, x, "type", "submit");
	for (size_t i = 0; i < form->nfields; i++) {
		const struct field *f = &form->fields[i];

		if (f->type == FIELD_FIXED)
			continue;
		field = xml_add(a, x, NS_DATA, "field");
		xml_set(a, field, "var", f->var);
		xml_set(a, field, "type", field_type_name(f->type));
		for (size_t k = 0; k < f->nvalues; k++)
			xml_add_text(a, field, NS_DATA, "value", f->values[k]);
	}
}
