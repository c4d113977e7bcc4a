/* SPDX-License-Identifier: ISC */
/*
 * config_field.h - the rows of tbl/config.h; inside of config.c and config_form.c
 */
#ifndef CONFIG_FIELD_H
#define CONFIG_FIELD_H

#include "config.h"

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

/* The rows, in the order of the form; ends with one without a var. */
extern const struct field config_fields[];

/* The field as a set. */
config_set field_set(const struct field *);

/* Its member: of a TEXT the second, else the first. */
uint32_t *field_number(const struct config *, const struct field *);
char **field_text(const struct config *, const struct field *);

/* Is it a text that nobody is to find in memory? */
bool field_is_secret(const struct field *);

/* The datatype of a text that is not just anything (XEP-0122); NULL: it is. */
const char *field_datatype(const struct field *);

/* The i-th word of a list with blanks between the words; its length to *n; NULL: no such word. */
const char *field_word(const char *list, uint32_t i, size_t *n);

/* Adds a word's bit to those of a SET; "" has none. False: it is none of its words. */
bool field_add_word(uint32_t *out, const struct field *, const char *value);

/*
 * Sets a value that is not a list of its own; false: it does not suit. With an arena the texts are the
 * arena's, without one they are the config's own.
 */
bool field_take(struct arena *, struct config *, const struct field *, const char *value);

#endif
