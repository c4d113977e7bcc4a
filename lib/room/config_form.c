/* SPDX-License-Identifier: ISC */
/*
 * config_form.c - a room's configuration as a form, and as text
 */
#include <string.h>

#include "../base/arena.h"
#include "../base/form.h"
#include "../base/xml.h"
#include "config_field.h"

/* The i-th other name of a field; NULL: there are no more. `shown`: it stands in the form, too. */
static const char *
alias_of(struct arena *a, const struct field *f, uint32_t i, bool *shown)
{
	size_t n;
	const char *w = field_word(f->alias, i, &n);

	if (w == NULL)
		return NULL;
	*shown = *w == '+';
	return arena_strndup(a, w + *shown, n - *shown);
}

/* The value as a form has it, in the arena. */
static const char *
value_of(struct arena *a, const struct config *c, const struct field *f)
{
	uint32_t n = f->type != FIELD_TEXT ? *field_number(c, f) : 0;
	const char *w;
	size_t len;

	switch (f->type) {
	case FIELD_TEXT:
		return *field_text(c, f);
	case FIELD_ENUM:
		w = field_word(f->values, n, &len);
		return w != NULL ? arena_strndup(a, w, len) : NULL;
	case FIELD_PICK:
		return n == 0 ? "none" : arena_fmt(a, "%u", (unsigned)n);
	case FIELD_BOOL:
	case FIELD_UINT:
		return arena_fmt(a, "%u", (unsigned)n);
	case FIELD_SET:
		break;
	}
	return NULL;
}

/* The values of a list-multi. */
static void
add_words(struct arena *a, struct xml *x, const struct config *c, const struct field *f)
{
	const char *w;
	size_t n;

	for (uint32_t i = 0; (w = field_word(f->values, i, &n)) != NULL; i++)
		if ((*field_number(c, f) & 1u << i) != 0)
			form_add_value(a, x, arena_strndup(a, w, n));
}

/* The same in one, with blanks between them. */
static const char *
words_of(struct arena *a, const struct config *c, const struct field *f)
{
	const char *w, *all = "";
	size_t n;

	for (uint32_t i = 0; (w = field_word(f->values, i, &n)) != NULL; i++)
		if ((*field_number(c, f) & 1u << i) != 0)
			all = arena_cat(
			    a, all, *all != '\0' ? " " : "", arena_strndup(a, w, n), NULL);
	return all;
}

void
config_each(struct arena *a, const struct config *c,
    void (*visit)(void *, const char *, const char *), void *arg)
{
	for (const struct field *f = config_fields; f->var != NULL; f++)
		visit(arg, f->var, f->type == FIELD_SET ? words_of(a, c, f) : value_of(a, c, f));
}

/* How people read a value of a list; NULL: as it is. */
static const char *
label_of(const char *value)
{
	static const char *const words[][2] = {
#define WORD(value, label) { value, label },
#include "../tbl/word.h"
#undef WORD
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], value) == 0)
			return words[i][1];
	return NULL;
}

/* What may be chosen; of a PICK the present value, too: clients send back what they find. */
static void
add_options(
    struct arena *a, struct xml *x, const struct config *c, const struct field *f, enum lang lang)
{
	const char *present = f->type == FIELD_PICK ? value_of(a, c, f) : NULL, *w, *label;
	bool proposed = present == NULL;
	size_t n;

	for (uint32_t i = 0; (w = field_word(f->values, i, &n)) != NULL; i++) {
		w = arena_strndup(a, w, n);
		proposed = proposed || strcmp(w, present) == 0;
		label = present == NULL ? label_of(w) : NULL;
		form_add_option(a, x, label != NULL ? text_in(lang, label) : NULL, w);
	}
	if (!proposed)
		form_add_option(a, x, NULL, present);
}

/* XEP-0122: what suits the field, for clients that check it before they send it. */
static void
add_validation(struct arena *a, struct xml *x, const struct field *f)
{
	if (f->type == FIELD_PICK)
		form_add_validate(a, x, "xs:string", "open");
	if (f->type == FIELD_UINT)
		xml_set(a, form_add_validate(a, x, "xs:integer", "range"), "min", "0");
	if (field_datatype(f) != NULL)
		form_add_validate(a, x, field_datatype(f), "basic");
}

static struct xml *
add_field(struct arena *a, struct xml *form, const struct config *c, const struct field *f,
    bool fixed, enum lang lang, const char *var)
{
	struct xml *x = form_add_field(a, form, fixed ? "fixed" : f->form_type, var,
	    text_in(lang, f->label), value_of(a, c, f));

	if (f->type == FIELD_SET)
		add_words(a, x, c, f);
	if (field_is_secret(f) && **field_text(c, f) != '\0')
		arena_wipe(a);
	return x;
}

struct xml *
config_form(struct arena *a, struct xml *query, const struct config *c, config_set fixed,
    enum lang lang, const char *title)
{
	struct xml *form = form_add_titled(
	    a, query, "form", title, NULL, "http://jabber.org/protocol/muc#roomconfig");
	const char *alias;
	bool shown;

	for (const struct field *f = config_fields; f->var != NULL; f++) {
		bool as_it_is = (fixed & field_set(f)) != 0;
		struct xml *x = add_field(a, form, c, f, as_it_is, lang, f->var);

		if (!as_it_is)
			add_validation(a, x, f);
		if (!as_it_is && f->values != NULL)
			add_options(a, x, c, f, lang);
		for (uint32_t i = 0; (alias = alias_of(a, f, i, &shown)) != NULL; i++)
			if (shown)
				add_field(a, form, c, f, as_it_is, lang, alias);
	}
	return form;
}

void
config_info(
    struct arena *a, struct xml *form, const struct config *c, enum lang lang, const char *var)
{
	for (const struct field *f = config_fields; f->var != NULL; f++)
		if (strcmp(f->var, var) == 0 &&
		    (f->type != FIELD_TEXT || **field_text(c, f) != '\0'))
			add_field(a, form, c, f, false, lang, var);
}

/* The fields of a form: each row looks for its own, by several names. */
struct given {
	struct named {
		const char *var;
		size_t n;
		const struct xml *field;
	} * v;
	size_t n;
};

static struct given
fields_of(struct arena *a, const struct xml *form)
{
	struct given g = { NULL, 0 };
	const struct xml *x;
	size_t n = 0;

	for (x = xml_child(form, NS_DATA, "field"); x != NULL; x = xml_next(x, NS_DATA, "field"))
		n++;
	g.v = arena_alloc(a, n * sizeof(*g.v));
	for (x = xml_child(form, NS_DATA, "field"); x != NULL; x = xml_next(x, NS_DATA, "field")) {
		const char *var = xml_get(x, "var");

		if (var != NULL)
			g.v[g.n++] = (struct named){ var, strlen(var), x };
	}
	return g;
}

/* Finds the field of that var, NULL: none. False: there are several, and none is the one that is meant. */
static bool
named(const struct given *g, const char *var, size_t n, const struct xml **x)
{
	*x = NULL;
	for (size_t i = 0; i < g->n; i++) {
		if (g->v[i].n != n || memcmp(g->v[i].var, var, n) != 0)
			continue;
		if (*x != NULL)
			return false;
		*x = g->v[i].field;
	}
	return true;
}

/* What a form says of a field: under its own name, else under another; NULL: nothing. False: it is unclear. */
static bool
submitted(const struct given *g, const struct field *f, const struct xml **x)
{
	bool clear = named(g, f->var, strlen(f->var), x);
	const char *w;
	size_t n;

	for (uint32_t i = 0; clear && *x == NULL && (w = field_word(f->alias, i, &n)) != NULL; i++)
		clear = named(g, w + (*w == '+'), n - (*w == '+'), x);
	return clear && (*x == NULL || f->type == FIELD_SET || !form_is_multi(*x));
}

/* All values of a list-multi: without any it is the empty set. */
static bool
set_values(uint32_t *out, const struct field *f, const struct xml *x)
{
	const struct xml *v = NULL;

	*out = 0;
	while ((v = form_next_value(x, v)) != NULL)
		if (!field_add_word(out, f, xml_text(v)))
			return false;
	return true;
}

bool
config_submit(struct arena *a, struct config *c, const struct xml *form)
{
	const struct given g = fields_of(a, form);
	const struct xml *x;
	const char *value;

	for (const struct field *f = config_fields; f->var != NULL; f++) {
		if (!submitted(&g, f, &x))
			return false;
		if (x == NULL)
			continue;
		if (f->type == FIELD_SET) {
			if (!set_values(field_number(c, f), f, x))
				return false;
			continue;
		}
		/* XEP-0004 3.6: a field without a value says the same as one with an empty value. */
		value = form_value(x);
		if (!field_take(a, c, f, value != NULL ? value : ""))
			return false;
	}
	/* Services differ in which of the two they ask for: a secret alone switches it on. */
	if (form_field(form, "muc#roomconfig_passwordprotectedroom") == NULL &&
	    form_field(form, "muc#roomconfig_roomsecret") != NULL)
		c->passwordprotectedroom = *c->roomsecret != '\0';
	return true;
}
