/* SPDX-License-Identifier: ISC */
/*
 * config.c - a room's configuration, all of it from the rows of tbl/config.h
 */
#include "config_field.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/buf.h"
#include "../base/form.h"
#include "../base/mem.h"
#include "../base/rec.h"
#include "../base/utf8.h"
#include "../base/xml.h"

#define AT(member) offsetof(struct config, member)
const struct field config_fields[] = {
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
	{ .var = NULL },
};

_Static_assert(sizeof(config_fields) / sizeof(config_fields[0]) - 1 <= 8 * sizeof(config_set),
    "a config_set has a bit for every field");

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
	{ AT(lang), "xs:language", lang_suits },
	{ AT(pubsub), "xs:anyURI", is_xmpp_uri },
};
#undef AT

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

uint32_t *
field_number(const struct config *c, const struct field *f)
{
	return (uint32_t *)((uintptr_t)c + f->offset);
}

char **
field_text(const struct config *c, const struct field *f)
{
	return (char **)((uintptr_t)c + f->offset);
}

/* Most texts say nothing: that takes no memory. */
static char nothing[1];

static char *
text_of(const char *s, size_t n)
{
	return n > 0 && *s != '\0' ? mem_strndup(s, n) : nothing;
}

static char *
text_new(const char *s)
{
	return text_of(s, strlen(s));
}

static void
text_free(char *s)
{
	if (s != nothing)
		mem_free_secret(s);
}

void
config_init(struct config *c)
{
	for (const struct field *f = config_fields; f->var != NULL; f++) {
		if (f->type == FIELD_TEXT)
			*field_text(c, f) = nothing;
		else
			*field_number(c, f) = f->def;
	}
}

void
config_release(struct config *c)
{
	for (const struct field *f = config_fields; f->var != NULL; f++)
		if (f->type == FIELD_TEXT) {
			text_free(*field_text(c, f));
			*field_text(c, f) = nothing;
		}
}

void
config_copy(struct config *to, const struct config *from)
{
	*to = *from;
	for (const struct field *f = config_fields; f->var != NULL; f++)
		if (f->type == FIELD_TEXT)
			*field_text(to, f) = text_new(*field_text(from, f));
}

const char *
field_word(const char *list, uint32_t i, size_t *n)
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

	for (uint32_t i = 0; (w = field_word(values, i, &n)) != NULL; i++)
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

bool
field_add_word(uint32_t *out, const struct field *f, const char *value)
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
	for (uint32_t i = 0; (w = field_word(list, i, &n)) != NULL; i++) {
		if (n == 0 || n >= sizeof(one))
			return false;
		memcpy(one, w, n);
		one[n] = '\0';
		if (!field_add_word(out, f, one))
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

const char *
field_datatype(const struct field *f)
{
	for (size_t i = 0; i < LENGTH(checked); i++)
		if (checked[i].offset == f->offset)
			return checked[i].datatype;
	return NULL;
}

static bool
text_suits(const struct field *f, const char *value)
{
	if (strlen(value) > f->max_bytes || !utf8_is_text(value, strlen(value)))
		return false;
	for (size_t i = 0; i < LENGTH(checked); i++)
		if (checked[i].offset == f->offset && *value != '\0')
			return checked[i].suits(value);
	return true;
}

bool
field_is_secret(const struct field *f)
{
	return strcmp(f->form_type, "text-private") == 0;
}

bool
field_take(struct arena *a, struct config *c, const struct field *f, const char *value)
{
	bool b;

	switch (f->type) {
	case FIELD_BOOL:
		if (!form_bool(value, &b))
			return false;
		*field_number(c, f) = b;
		return true;
	case FIELD_ENUM:
		return set_enum(field_number(c, f), f->values, meaning(f, value));
	case FIELD_UINT:
	case FIELD_PICK:
		return set_uint(field_number(c, f), value);
	case FIELD_SET:
		return set_words(field_number(c, f), f, value);
	case FIELD_TEXT:
		if (!text_suits(f, value))
			return false;
		if (a != NULL) {
			*field_text(c, f) = arena_strdup(a, value);
			if (field_is_secret(f) && *value != '\0')
				arena_wipe(a);
			return true;
		}
		text_free(*field_text(c, f));
		*field_text(c, f) = text_new(value);
		return true;
	}
	return false;
}

config_set
field_set(const struct field *f)
{
	return (config_set)1 << (f - config_fields);
}

/* The var without the name of the form that it is in. */
static const char *
short_name(const char *var)
{
	var += strncmp(var, "x-", 2) == 0 ? 2 : 0;
	var += strncmp(var, "muc#", 4) == 0 ? 4 : 0;
	return var + (strncmp(var, "roomconfig_", 11) == 0 ? 11 : 0);
}

bool
config_set_value(struct config *c, const char *var, const char *value, config_set *field)
{
	for (const struct field *f = config_fields; f->var != NULL; f++)
		if (strcmp(f->var, var) == 0 || strcmp(short_name(f->var), var) == 0) {
			*field = field_set(f);
			return field_take(NULL, c, f, value);
		}
	*field = 0;
	return true;
}

void
config_take(struct config *to, const struct config *from, config_set which)
{
	for (const struct field *f = config_fields; f->var != NULL; f++) {
		if ((which & field_set(f)) == 0)
			continue;
		if (f->type == FIELD_TEXT)
			*field_text(to, f) = *field_text(from, f);
		else
			*field_number(to, f) = *field_number(from, f);
	}
}

config_set
config_diff(const struct config *a, const struct config *b)
{
	config_set set = 0;
	bool same;

	for (const struct field *f = config_fields; f->var != NULL; f++) {
		if (f->type == FIELD_TEXT)
			same = strcmp(*field_text(a, f), *field_text(b, f)) == 0;
		else
			same = *field_number(a, f) == *field_number(b, f);
		if (!same)
			set |= field_set(f);
	}
	return set;
}

config_set
config_field(const char *var)
{
	for (const struct field *f = config_fields; f->var != NULL; f++)
		if (strcmp(f->var, var) == 0)
			return field_set(f);
	return 0;
}

static bool
is_default(const struct config *c, const struct field *f)
{
	return f->type == FIELD_TEXT ? **field_text(c, f) == '\0' : *field_number(c, f) == f->def;
}

void
config_write_set(struct buf *b, const struct config *c, config_set which)
{
	for (const struct field *f = config_fields; f->var != NULL; f++) {
		if ((which & field_set(f)) == 0)
			continue;
		if (f->type == FIELD_TEXT)
			rec_put_str(b, f->tag, *field_text(c, f));
		else
			rec_put_u64(b, f->tag, *field_number(c, f));
	}
}

void
config_write(struct buf *b, const struct config *c)
{
	for (const struct field *f = config_fields; f->var != NULL; f++)
		if (!is_default(c, f))
			config_write_set(b, c, field_set(f));
}

void
config_read(struct config *c, const struct rec *r)
{
	for (const struct field *f = config_fields; f->var != NULL; f++) {
		if (f->tag != r->tag)
			continue;
		if (f->type == FIELD_TEXT) {
			text_free(*field_text(c, f));
			*field_text(c, f) = text_of((const char *)r->val, r->len);
		} else
			*field_number(c, f) = (uint32_t)rec_u64(r);
		return;
	}
}
