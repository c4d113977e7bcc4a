/* SPDX-License-Identifier: ISC */
/*
 * form.h - data forms (XEP-0004), read and written
 */
#ifndef FORM_H
#define FORM_H

#include <stdbool.h>

struct arena;
struct xml;

/* -- reading a submitted form: x is <x xmlns='jabber:x:data'/> -- */

/* The field of that var, NULL when the form does not have it (which is not: an empty one). */
const struct xml *form_field(const struct xml *x, const char *var);

/* The first value of a field; NULL when it has none. Takes NULL. */
const char *form_value(const struct xml *field);

/* The next value after the one before: start with NULL. Returns the <value/>, NULL at the end. */
const struct xml *form_next_value(const struct xml *field, const struct xml *before);

/* Has it several values? Only list-multi, jid-multi, text-multi and hidden may: XEP-0004 3.2. */
bool form_is_multi(const struct xml *field);

/* Are there several fields of that var? It names one of them: XEP-0004 3.2. */
bool form_repeats(const struct xml *x, const char *var);

/* Is each of these vars, NULL at the end, there once at most, with one value at most? */
bool form_is_clear(const struct xml *x, const char *const *vars);

/* Is FORM_TYPE absent or this one? XEP-0068 3: absent only in an empty submit. */
bool form_type_is(const struct xml *x, const char *form_type);

/* xs:boolean: 0 1 true false. False when s is none of them. */
bool form_bool(const char *s, bool *out);

/* -- writing -- */

/* An empty form of that type ("form", "result") with its hidden FORM_TYPE, as last child of up. */
struct xml *form_add(struct arena *, struct xml *up, const char *type, const char *form_type);

/*
 * The same with what goes before all fields (XEP-0004 10); instructions may be NULL. It has no FORM_TYPE where
 * that is NULL: a table has no fields beside it (3.4).
 */
struct xml *form_add_titled(struct arena *, struct xml *up, const char *type, const char *title,
    const char *instructions, const char *form_type);

/* A field with a value; label and value may be NULL. Returns it, for more values and options. */
struct xml *form_add_field(struct arena *, struct xml *form, const char *type, const char *var,
    const char *label, const char *value);
void form_add_value(struct arena *, struct xml *field, const char *value);
void form_add_option(struct arena *, struct xml *field, const char *label, const char *value);

/* What suits a field: XEP-0122. Returns the method's element, for its attributes. */
struct xml *
form_add_validate(struct arena *, struct xml *field, const char *datatype, const char *method);

#endif
