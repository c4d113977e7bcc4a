/* SPDX-License-Identifier: ISC */
/*
 * fields.h - data forms (XEP-0004) as they are filled in by arguments and by people
 */
#ifndef CTL_FIELDS_H
#define CTL_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct xml;

/* TYPE(NAME, as XEP-0004 3.3 has it, more than one value, asked for). */
#define FIELD_TYPES(TYPE)                                                                          \
	TYPE(TEXT, "text-single", false, true)                                                     \
	TYPE(TEXTS, "text-multi", true, true)                                                      \
	TYPE(SECRET, "text-private", false, true)                                                  \
	TYPE(BOOL, "boolean", false, true)                                                         \
	TYPE(CHOICE, "list-single", false, true)                                                   \
	TYPE(CHOICES, "list-multi", true, true)                                                    \
	TYPE(JID, "jid-single", false, true)                                                       \
	TYPE(JIDS, "jid-multi", true, true)                                                        \
	TYPE(HIDDEN, "hidden", false, false)                                                       \
	TYPE(FIXED, "fixed", false, false)

enum field_type {
#define TYPE(name, word, many, asked) FIELD_##name,
	FIELD_TYPES(TYPE)
#undef TYPE
};

struct choice {
	const char *value, *label; /* label is the value when there is none */
};

struct field {
	enum field_type type;
	const char *var; /* "" of some that are fixed */
	/* Short, if that is enough to tell it from the others: see fields_find(). */
	const char *name;
	const char *label; /* or var */
	const char *desc;  /* or NULL */
	bool is_required;
	bool is_open;		  /* of a list: other values are good, too; XEP-0122 3.2.2 */
	bool is_number;		  /* XEP-0122: an integer... */
	const char *least, *most; /* ...in that range; NULL: no limit */
	struct choice *choices;
	size_t nchoices;
	const char **values;
	size_t nvalues, cap;
	bool is_given; /* by an argument: what the form proposed has gone */
};

struct form {
	const char *title;	  /* or NULL */
	const char *instructions; /* or NULL */
	struct field *fields;
	size_t nfields;
};

const char *field_type_name(enum field_type);
bool field_has_many(const struct field *); /* may it have several values? */
bool field_is_asked(const struct field *); /* is it for people to fill in? */

/* A form, or the fields of a result, of <x xmlns='jabber:x:data'/>, <reported/> or <item/>. */
void form_read(struct arena *, const struct xml *x, struct form *);

/* Forgets all values of a field. */
void field_clear(struct field *);

/*
 * Adds a value as somebody writes it: yes for a boolean, the label of a choice. Several lines are
 * several values where there may be several. Returns NULL, or why it cannot be one.
 */
const char *field_add(struct arena *, struct field *, const char *value);

/* A value of a field as people read it. */
const char *field_shown(struct arena *, const struct field *, const char *value);

/* Is something required not there? */
bool field_is_missing(const struct field *);

/* An argument name=value. */
struct ctl_arg {
	const char *name, *value;
	bool is_used;
};

/* Reads n of them; the words are cut at their equal signs. False, and says which, when one is none. */
bool ctl_args(struct ctl_arg *, size_t n, char **words);

/* The field of that name: its var, or the end of it if only one field's var ends so; or NULL. */
struct field *form_find(const struct form *, const char *name);

/*
 * Puts the arguments into the form that belong there. With may_go_on one that is no choice of a list
 * may be one on the next page, and stays unused. NULL, or why one is not good.
 */
const char *
form_take(struct arena *, struct form *, struct ctl_arg *args, size_t nargs, bool may_go_on);

/*
 * Has its pages as large as they may be, if the form proposes how many rows one has (max). That is all one to
 * whoever gets all of them: the fewer the better.
 */
void form_enlarge_pages(struct form *);

/* <x xmlns='jabber:x:data' type='submit'/> as last child of up. */
void form_submit(struct arena *, const struct form *, struct xml *up);

#endif
