/* SPDX-License-Identifier: ISC */
/*
 * config.c - a room's configuration, all of it from the rows of tbl/config.h
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/buf.h"
#include "../base/form.h"
#include "../base/mem.h"
#include "../base/rec.h"
#include "../base/xml.h"

enum field_type {
	FIELD_BOOL,
	FIELD_ENUM,
	FIELD_UINT,
	FIELD_TEXT,
	FIELD_SET,
};

struct field {
	uint8_t tag;
	enum field_type type;
	size_t offset;
	const char *var, *alias, *label;
	uint32_t def;	       /* not of TEXT */
	const char *values;    /* ENUM, SET: the words, in order, with blanks between them */
	size_t max_bytes;      /* TEXT */
	const char *form_type; /* TEXT */
};

#define AT(member) offsetof(struct config, member)
static const struct field fields[] = {
#define BOOL(tag, member, var, alias, def, label)                                                  \
	{ tag, FIELD_BOOL, AT(member), var, alias, label, def, NULL, 0, "boolean" },
#define ENUM(tag, member, var, alias, def, label, values)                                          \
	{ tag, FIELD_ENUM, AT(member), var, alias, label, def, values, 0, "list-single" },
#define UINT(tag, member, var, alias, def, label)                                                  \
	{ tag, FIELD_UINT, AT(member), var, alias, label, def, NULL, 0, "text-single" },
#define TEXT(tag, member, var, alias, bytes, type, label)                                          \
	{ tag, FIELD_TEXT, AT(member), var, alias, label, 0, NULL, bytes, type },
#define SET(tag, member, var, alias, def, label, values)                                           \
	{ tag, FIELD_SET, AT(member), var, alias, label, def, values, 0, "list-multi" },
#include "../tbl/config.h"
#undef BOOL
#undef ENUM
#undef UINT
#undef TEXT
#undef SET
};
#undef AT

#define NFIELDS (sizeof(fields) / sizeof(fields[0]))

_Static_assert(NFIELDS <= 8 * sizeof(config_set), "a config_set has a bit for every field");

static uint32_t *
number_at(const struct config *c, const struct field *f)
{
	return (uint32_t *)((uintptr_t)c + f->offset);
}

static char **
text_at(const struct config *c, const struct field *f)
{
	return (char **)((uintptr_t)c + f->offset);
}

void
config_init(struct config *c)
{
	for (const struct field *f = fields; f < fields + NFIELDS; f++) {
		if (f->type == FIELD_TEXT)
			*text_at(c, f) = mem_strdup("");
		else
			*number_at(c, f) = f->def;
	}
}

void
config_release(struct config *c)
{
	for (const struct field *f = fields; f < fields + NFIELDS; f++)
		if (f->type == FIELD_TEXT) {
			free(*text_at(c, f));
			*text_at(c, f) = NULL;
		}
}

void
config_copy(struct config *to, const struct config *from)
{
	*to = *from;
	for (const struct field *f = fields; f < fields + NFIELDS; f++)
		if (f->type == FIELD_TEXT)
			*text_at(to, f) = mem_strdup(*text_at(from, f));
}

/* The i-th word of a list with blanks between the words; its length to *n; NULL: no such word. */
static const char *
word(const char *list, uint32_t i, size_t *n)
{
	for (; *list != '\0'; list += *n + (list[*n] == ' ')) {
		*n = strcspn(list, " ");
		if (i-- == 0)
			return list;
	}
	return NULL;
}

/* Which word of the list it is; false: none. */
static bool
set_enum(uint32_t *out, const char *values, const char *value)
{
	const char *w;
	size_t n;

	for (uint32_t i = 0; (w = word(values, i, &n)) != NULL; i++)
		if (strlen(value) == n && memcmp(value, w, n) == 0) {
			*out = i;
			return true;
		}
	return false;
}

/* Adds a word's bit. */
static bool
add_word(uint32_t *out, const char *values, const char *value)
{
	uint32_t i;

	if (!set_enum(&i, values, value))
		return false;
	*out |= 1u << i;
	return true;
}

/* Words with blanks between them, the way a configuration file has them. */
static bool
set_words(uint32_t *out, const char *values, const char *list)
{
	const char *w;
	char one[32];
	size_t n;

	*out = 0;
	for (uint32_t i = 0; (w = word(list, i, &n)) != NULL; i++) {
		if (n == 0 || n >= sizeof(one))
			return false;
		memcpy(one, w, n);
		one[n] = '\0';
		if (!add_word(out, values, one))
			return false;
	}
	return true;
}

/* "none" is a word of the registry for maxusers (16.5.3). */
static bool
set_uint(uint32_t *out, const char *value)
{
	unsigned long n;
	char *end;

	if (strcmp(value, "none") == 0 || *value == '\0') {
		*out = 0;
		return true;
	}
	if (*value < '0' || *value > '9')
		return false;
	errno = 0;
	n = strtoul(value, &end, 10);
	if (*end != '\0' || errno != 0 || n > UINT32_MAX)
		return false;
	*out = (uint32_t)n;
	return true;
}

/* With an arena the texts are borrowed or the arena's, without one they are the config's own. */
static bool
set_field(struct arena *a, struct config *c, const struct field *f, const char *value)
{
	bool b;

	switch (f->type) {
	case FIELD_BOOL:
		if (!form_bool(value, &b))
			return false;
		*number_at(c, f) = b;
		return true;
	case FIELD_ENUM:
		return set_enum(number_at(c, f), f->values, value);
	case FIELD_UINT:
		return set_uint(number_at(c, f), value);
	case FIELD_SET:
		return set_words(number_at(c, f), f->values, value);
	case FIELD_TEXT:
		if (strlen(value) > f->max_bytes)
			return false;
		if (a != NULL) {
			*text_at(c, f) = arena_strdup(a, value);
			return true;
		}
		free(*text_at(c, f));
		*text_at(c, f) = mem_strdup(value);
		return true;
	}
	return false;
}

/* Is it one of the field's other names? */
static bool
is_alias(const struct field *f, const char *var)
{
	uint32_t i;

	return set_enum(&i, f->alias, var);
}

bool
config_set_value(struct config *c, const char *var, const char *value, bool *known)
{
	static const char prefix[] = "muc#roomconfig_";

	for (const struct field *f = fields; f < fields + NFIELDS; f++)
		if (strcmp(f->var, var) == 0 || is_alias(f, var) ||
		    (strncmp(f->var, prefix, sizeof(prefix) - 1) == 0 &&
			strcmp(f->var + sizeof(prefix) - 1, var) == 0)) {
			*known = true;
			return set_field(NULL, c, f, value);
		}
	*known = false;
	return true;
}

config_set
config_diff(const struct config *a, const struct config *b)
{
	config_set set = 0;
	bool same;

	for (size_t i = 0; i < NFIELDS; i++) {
		const struct field *f = &fields[i];

		if (f->type == FIELD_TEXT)
			same = strcmp(*text_at(a, f), *text_at(b, f)) == 0;
		else
			same = *number_at(a, f) == *number_at(b, f);
		if (!same)
			set |= (config_set)1 << i;
	}
	return set;
}

config_set
config_field(const char *var)
{
	for (size_t i = 0; i < NFIELDS; i++)
		if (strcmp(fields[i].var, var) == 0)
			return (config_set)1 << i;
	return 0;
}

void
config_write(struct buf *b, const struct config *c)
{
	for (const struct field *f = fields; f < fields + NFIELDS; f++) {
		if (f->type == FIELD_TEXT) {
			if (**text_at(c, f) != '\0')
				rec_put_str(b, f->tag, *text_at(c, f));
		} else if (*number_at(c, f) != f->def)
			rec_put_u64(b, f->tag, *number_at(c, f));
	}
}

void
config_read(struct arena *a, struct config *c, const struct rec *r)
{
	for (const struct field *f = fields; f < fields + NFIELDS; f++) {
		if (f->tag != r->tag)
			continue;
		if (f->type == FIELD_TEXT) {
			free(*text_at(c, f));
			*text_at(c, f) = mem_strdup(rec_str(a, r));
		} else
			*number_at(c, f) = (uint32_t)rec_u64(r);
		return;
	}
}

/* The value as a form has it, in the arena. */
static const char *
value_of(struct arena *a, const struct config *c, const struct field *f)
{
	const char *w;
	size_t n;

	if (f->type == FIELD_TEXT)
		return *text_at(c, f);
	if (f->type == FIELD_SET)
		return NULL;
	if (f->type != FIELD_ENUM)
		return arena_fmt(a, "%u", (unsigned)*number_at(c, f));
	w = word(f->values, *number_at(c, f), &n);
	return w != NULL ? arena_strndup(a, w, n) : NULL;
}

/* The values of a list-multi. */
static void
add_words(struct arena *a, struct xml *x, const struct config *c, const struct field *f)
{
	const char *w;
	size_t n;

	for (uint32_t i = 0; (w = word(f->values, i, &n)) != NULL; i++)
		if ((*number_at(c, f) & 1u << i) != 0)
			form_add_value(a, x, arena_strndup(a, w, n));
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

static void
add_options(struct arena *a, struct xml *x, const struct field *f, enum lang lang)
{
	const char *w, *value, *label;
	size_t n;

	for (uint32_t i = 0; (w = word(f->values, i, &n)) != NULL; i++) {
		value = arena_strndup(a, w, n);
		label = label_of(value);
		form_add_option(a, x, label != NULL ? text_in(lang, label) : NULL, value);
	}
}

void
config_form(
    struct arena *a, struct xml *query, const struct config *c, enum lang lang, const char *title)
{
	struct xml *form = form_add(a, query, "form", "http://jabber.org/protocol/muc#roomconfig");
	struct xml *x;

	xml_add_text(a, form, NS_DATA, "title", title);
	for (const struct field *f = fields; f < fields + NFIELDS; f++) {
		x = form_add_field(
		    a, form, f->form_type, f->var, text_in(lang, f->label), value_of(a, c, f));
		if (f->type == FIELD_SET)
			add_words(a, x, c, f);
		if (f->type == FIELD_ENUM || f->type == FIELD_SET)
			add_options(a, x, f, lang);
	}
}

/* What a form says of a field: under its own name, else under another. */
static const struct xml *
submitted(struct arena *a, const struct xml *form, const struct field *f)
{
	const struct xml *x = form_field(form, f->var);
	const char *w;
	size_t n;

	for (uint32_t i = 0; x == NULL && (w = word(f->alias, i, &n)) != NULL; i++)
		x = form_field(form, arena_strndup(a, w, n));
	return x;
}

/* All values of a list-multi: without any it is the empty set. */
static bool
set_values(uint32_t *out, const struct field *f, const struct xml *x)
{
	const struct xml *v = NULL;

	*out = 0;
	while ((v = form_next_value(x, v)) != NULL)
		if (!add_word(out, f->values, xml_text(v)))
			return false;
	return true;
}

bool
config_submit(struct arena *a, struct config *c, const struct xml *form)
{
	const struct xml *x;
	const char *value;

	for (const struct field *f = fields; f < fields + NFIELDS; f++) {
		x = submitted(a, form, f);
		if (x == NULL)
			continue;
		if (f->type == FIELD_SET) {
			if (!set_values(number_at(c, f), f, x))
				return false;
			continue;
		}
		value = form_value(x);
		if (value == NULL && f->type != FIELD_TEXT)
			return false;
		if (!set_field(a, c, f, value != NULL ? value : ""))
			return false;
	}
	/* Services differ in which of the two they ask for: a secret alone switches it on. */
	if (form_field(form, "muc#roomconfig_passwordprotectedroom") == NULL &&
	    form_field(form, "muc#roomconfig_roomsecret") != NULL)
		c->passwordprotectedroom = *c->roomsecret != '\0';
	return true;
}
