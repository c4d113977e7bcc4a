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
	FIELD_PICK,
	FIELD_TEXT,
	FIELD_SET,
};

struct field {
	uint8_t tag;
	enum field_type type;
	size_t offset;
	const char *var, *alias, *label;
	uint32_t def;	    /* not of TEXT */
	const char *values; /* ENUM, PICK, SET: the words, in order, with blanks between them */
	size_t max_bytes;   /* TEXT */
	const char *form_type;
};

#define AT(member) offsetof(struct config, member)
static const struct field fields[] = {
#define BOOL(tag, member, var, alias, def, label)                                                  \
	{ tag, FIELD_BOOL, AT(member), var, alias, label, def, NULL, 0, "boolean" },
#define ENUM(tag, member, var, alias, def, label, values)                                          \
	{ tag, FIELD_ENUM, AT(member), var, alias, label, def, values, 0, "list-single" },
#define UINT(tag, member, var, alias, def, label)                                                  \
	{ tag, FIELD_UINT, AT(member), var, alias, label, def, NULL, 0, "text-single" },
#define PICK(tag, member, var, alias, def, label, values)                                          \
	{ tag, FIELD_PICK, AT(member), var, alias, label, def, values, 0, "list-single" },
#define TEXT(tag, member, var, alias, bytes, type, label)                                          \
	{ tag, FIELD_TEXT, AT(member), var, alias, label, 0, NULL, bytes, type },
#define SET(tag, member, var, alias, def, label, values)                                           \
	{ tag, FIELD_SET, AT(member), var, alias, label, def, values, 0, "list-multi" },
#include "../tbl/config.h"
#undef BOOL
#undef ENUM
#undef UINT
#undef PICK
#undef TEXT
#undef SET
};

#define NFIELDS (sizeof(fields) / sizeof(fields[0]))

_Static_assert(NFIELDS <= 8 * sizeof(config_set), "a config_set has a bit for every field");

/*
 * Words of other services, and of older ones, for values: what is meant is never less strict than what
 * was said. "" is none of the words of a SET.
 */
static const struct {
	size_t offset;
	const char *word, *means;
} said_elsewhere[] = {
	{ AT(allowpm), "visitor", "anyone" },
	{ AT(allowpm), "participant", "participants" },
	{ AT(allowpm), "moderator", "moderators" },
	{ AT(allowpm), "affiliated", "moderators" },
	{ AT(allowpm), "1", "anyone" },
	{ AT(allowpm), "true", "anyone" },
	{ AT(allowpm), "0", "none" },
	{ AT(allowpm), "false", "none" },
	{ AT(presencebroadcast), "none", "" },
	{ AT(getmemberlist), "none", "" },
};

/* xs:language: letters, then parts of letters and digits. */
static bool
is_language(const char *s)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	static const char both[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	size_t n = strspn(s, letters);

	while (n > 0 && n <= 8 && s[n] == '-') {
		s += n + 1;
		n = strspn(s, both);
	}
	return n > 0 && n <= 8 && s[n] == '\0';
}

/* 16.5.3: an XMPP URI. Clients make links of it, so it is nothing else. */
static bool
is_xmpp_uri(const char *s)
{
	return strncmp(s, "xmpp:", 5) == 0 && s[5] != '\0' &&
	       strcspn(s, " \t\r\n<>\"") == strlen(s);
}

/* Texts that are not just anything (XEP-0122); an empty one always suits. */
static const struct {
	size_t offset;
	const char *datatype;
	bool (*suits)(const char *);
} checked[] = {
	{ AT(lang), "xs:language", is_language },
	{ AT(pubsub), "xs:anyURI", is_xmpp_uri },
};
#undef AT

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

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

/* The word of this field that is meant. */
static const char *
meaning(const struct field *f, const char *value)
{
	for (size_t i = 0; i < LENGTH(said_elsewhere); i++)
		if (said_elsewhere[i].offset == f->offset &&
		    strcmp(said_elsewhere[i].word, value) == 0)
			return said_elsewhere[i].means;
	return value;
}

/* Adds a word's bit; "" has none. */
static bool
add_word(uint32_t *out, const struct field *f, const char *value)
{
	uint32_t i;

	value = meaning(f, value);
	if (*value == '\0')
		return true;
	if (!set_enum(&i, f->values, value))
		return false;
	*out |= 1u << i;
	return true;
}

/* Words with blanks between them, the way a configuration file has them. */
static bool
set_words(uint32_t *out, const struct field *f, const char *list)
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
		if (!add_word(out, f, one))
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

static bool
text_suits(const struct field *f, const char *value)
{
	if (strlen(value) > f->max_bytes)
		return false;
	for (size_t i = 0; i < LENGTH(checked); i++)
		if (checked[i].offset == f->offset && *value != '\0')
			return checked[i].suits(value);
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
		return set_enum(number_at(c, f), f->values, meaning(f, value));
	case FIELD_UINT:
	case FIELD_PICK:
		return set_uint(number_at(c, f), value);
	case FIELD_SET:
		return set_words(number_at(c, f), f, value);
	case FIELD_TEXT:
		if (!text_suits(f, value))
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

/* The i-th other name of a field; NULL: there are no more. `shown`: it stands in the form, too. */
static const char *
alias_of(struct arena *a, const struct field *f, uint32_t i, bool *shown)
{
	size_t n;
	const char *w = word(f->alias, i, &n);

	if (w == NULL)
		return NULL;
	*shown = *w == '+';
	return arena_strndup(a, w + *shown, n - *shown);
}

static config_set
set_of(const struct field *f)
{
	return (config_set)1 << (f - fields);
}

bool
config_set_value(struct config *c, const char *var, const char *value, config_set *field)
{
	static const char prefix[] = "muc#roomconfig_";

	for (const struct field *f = fields; f < fields + NFIELDS; f++)
		if (strcmp(f->var, var) == 0 ||
		    (strncmp(f->var, prefix, sizeof(prefix) - 1) == 0 &&
			strcmp(f->var + sizeof(prefix) - 1, var) == 0)) {
			*field = set_of(f);
			return set_field(NULL, c, f, value);
		}
	*field = 0;
	return true;
}

void
config_take(struct config *to, const struct config *from, config_set which)
{
	for (const struct field *f = fields; f < fields + NFIELDS; f++) {
		if ((which & set_of(f)) == 0)
			continue;
		if (f->type == FIELD_TEXT)
			*text_at(to, f) = *text_at(from, f);
		else
			*number_at(to, f) = *number_at(from, f);
	}
}

config_set
config_diff(const struct config *a, const struct config *b)
{
	config_set set = 0;
	bool same;

	for (const struct field *f = fields; f < fields + NFIELDS; f++) {
		if (f->type == FIELD_TEXT)
			same = strcmp(*text_at(a, f), *text_at(b, f)) == 0;
		else
			same = *number_at(a, f) == *number_at(b, f);
		if (!same)
			set |= set_of(f);
	}
	return set;
}

config_set
config_field(const char *var)
{
	for (const struct field *f = fields; f < fields + NFIELDS; f++)
		if (strcmp(f->var, var) == 0)
			return set_of(f);
	return 0;
}

static bool
is_default(const struct config *c, const struct field *f)
{
	return f->type == FIELD_TEXT ? **text_at(c, f) == '\0' : *number_at(c, f) == f->def;
}

void
config_write_set(struct buf *b, const struct config *c, config_set which)
{
	for (const struct field *f = fields; f < fields + NFIELDS; f++) {
		if ((which & set_of(f)) == 0)
			continue;
		if (f->type == FIELD_TEXT)
			rec_put_str(b, f->tag, *text_at(c, f));
		else
			rec_put_u64(b, f->tag, *number_at(c, f));
	}
}

void
config_write(struct buf *b, const struct config *c)
{
	for (const struct field *f = fields; f < fields + NFIELDS; f++)
		if (!is_default(c, f))
			config_write_set(b, c, set_of(f));
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
	uint32_t n = f->type != FIELD_TEXT ? *number_at(c, f) : 0;
	const char *w;
	size_t len;

	switch (f->type) {
	case FIELD_TEXT:
		return *text_at(c, f);
	case FIELD_ENUM:
		w = word(f->values, n, &len);
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

	for (uint32_t i = 0; (w = word(f->values, i, &n)) != NULL; i++)
		if ((*number_at(c, f) & 1u << i) != 0)
			form_add_value(a, x, arena_strndup(a, w, n));
}

/* The same in one, with blanks between them. */
static const char *
words_of(struct arena *a, const struct config *c, const struct field *f)
{
	const char *w, *all = "";
	size_t n;

	for (uint32_t i = 0; (w = word(f->values, i, &n)) != NULL; i++)
		if ((*number_at(c, f) & 1u << i) != 0)
			all = arena_cat(
			    a, all, *all != '\0' ? " " : "", arena_strndup(a, w, n), NULL);
	return all;
}

void
config_each(struct arena *a, const struct config *c,
    void (*visit)(void *, const char *, const char *), void *arg)
{
	for (const struct field *f = fields; f < fields + NFIELDS; f++)
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

	for (uint32_t i = 0; (w = word(f->values, i, &n)) != NULL; i++) {
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
	for (size_t i = 0; i < LENGTH(checked); i++)
		if (checked[i].offset == f->offset)
			form_add_validate(a, x, checked[i].datatype, "basic");
}

static struct xml *
add_field(struct arena *a, struct xml *form, const struct config *c, const struct field *f,
    bool fixed, enum lang lang, const char *var)
{
	struct xml *x = form_add_field(a, form, fixed ? "fixed" : f->form_type, var,
	    text_in(lang, f->label), value_of(a, c, f));

	if (f->type == FIELD_SET)
		add_words(a, x, c, f);
	return x;
}

struct xml *
config_form(struct arena *a, struct xml *query, const struct config *c, config_set fixed,
    enum lang lang, const char *title)
{
	struct xml *form = form_add(a, query, "form", "http://jabber.org/protocol/muc#roomconfig");
	const char *alias;
	bool shown;

	xml_add_text(a, form, NS_DATA, "title", title);
	for (const struct field *f = fields; f < fields + NFIELDS; f++) {
		bool as_it_is = (fixed & set_of(f)) != 0;
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
	for (const struct field *f = fields; f < fields + NFIELDS; f++)
		if (strcmp(f->var, var) == 0 && (f->type != FIELD_TEXT || **text_at(c, f) != '\0'))
			add_field(a, form, c, f, false, lang, var);
}

/* What a form says of a field: under its own name, else under another. */
static const struct xml *
submitted(struct arena *a, const struct xml *form, const struct field *f)
{
	const struct xml *x = form_field(form, f->var);
	const char *alias;
	bool shown;

	for (uint32_t i = 0; x == NULL && (alias = alias_of(a, f, i, &shown)) != NULL; i++)
		x = form_field(form, alias);
	return x;
}

/* All values of a list-multi: without any it is the empty set. */
static bool
set_values(uint32_t *out, const struct field *f, const struct xml *x)
{
	const struct xml *v = NULL;

	*out = 0;
	while ((v = form_next_value(x, v)) != NULL)
		if (!add_word(out, f, xml_text(v)))
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
		/* XEP-0004 3.6: a field without a value says the same as one with an empty value. */
		value = form_value(x);
		if (!set_field(a, c, f, value != NULL ? value : ""))
			return false;
	}
	/* Services differ in which of the two they ask for: a secret alone switches it on. */
	if (form_field(form, "muc#roomconfig_passwordprotectedroom") == NULL &&
	    form_field(form, "muc#roomconfig_roomsecret") != NULL)
		c->passwordprotectedroom = *c->roomsecret != '\0';
	return true;
}
