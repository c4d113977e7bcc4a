/* SPDX-License-Identifier: ISC */
/*
 * config.h - a room's configuration: from tbl/config.h to the struct, the form and the store
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

struct arena;
struct buf;
struct rec;
struct xml;

enum whois {
	WHOIS_MODERATORS, /* semi-anonymous: XEP-0045 7.2.4 */
	WHOIS_ANYONE,	  /* non-anonymous: 7.2.3 */
};

enum allowpm {
	ALLOWPM_ANYONE,
	ALLOWPM_PARTICIPANTS,
	ALLOWPM_MODERATORS,
	ALLOWPM_NONE,
};

/* Who registers becomes a member: by whose leave? XEP-0045 7.10, 9.9. */
enum approval {
	APPROVAL_AUTO, /* an admin's, where members may what others may not */
	APPROVAL_ALWAYS,
	APPROVAL_NEVER,
};

struct config {
#define BOOL(tag, member, var, alias, def, label)	  uint32_t member;
#define ENUM(tag, member, var, alias, def, label, values) uint32_t member;
#define UINT(tag, member, var, alias, def, label)	  uint32_t member;
#define PICK(tag, member, var, alias, def, label, values) uint32_t member;
#define TEXT(tag, member, var, alias, bytes, type, label) char *member;
#define SET(tag, member, var, alias, def, label, values)  uint32_t member;
#include "../tbl/config.h"
#undef BOOL
#undef ENUM
#undef UINT
#undef PICK
#undef TEXT
#undef SET
};

/* A set of fields, as bits in the order of tbl/config.h. */
typedef uint64_t config_set;

/* The built-in defaults; every text is "". */
void config_init(struct config *);
void config_release(struct config *);
void config_copy(struct config *to, const struct config *from);

/*
 * Sets the field called var, or var without "x-", "muc#" and "roomconfig_". False when the value
 * does not suit it. *field is that field; without one nothing happens, it is 0 and the result true.
 */
bool config_set_value(struct config *, const char *var, const char *value, config_set *field);

/* The fields in which a and b differ. */
config_set config_diff(const struct config *a, const struct config *b);

/* The field as a set; var in full. */
config_set config_field(const char *var);

/* Sets those fields to what they are in `from`; texts are borrowed. */
void config_take(struct config *to, const struct config *from, config_set);

/* Writes the fields that differ from the built-in defaults, or those of a set; and reads one field of a record. */
void config_write(struct buf *, const struct config *);
void config_write_set(struct buf *, const struct config *, config_set);
void config_read(struct config *, const struct rec *);

/*
 * Visits all fields with their values, each as config_set_value() takes it. A text lives as long as the config, any
 * other value as long as the arena.
 */
void config_each(struct arena *, const struct config *,
    void (*visit)(void *arg, const char *var, const char *value), void *arg);

/*
 * Adds a form with all fields and their present values (XEP-0045 10.2, example 165), its labels in a
 * language. Those of `fixed` cannot be set (XEP-0004 3.3).
 */
struct xml *config_form(struct arena *, struct xml *query, const struct config *, config_set fixed,
    enum lang, const char *title);

/* Adds that field to a form, unless it is an empty text. */
void
config_info(struct arena *, struct xml *form, const struct config *, enum lang, const char *var);

/*
 * Takes a submitted form into *c, a plain copy of a config whose new texts will be the arena's: fields
 * that are not in it keep their values, unknown ones are ignored, the full name wins over an alias,
 * a secret without the boolean switches the password on. False, with *c half set, when a value does
 * not suit its field, or there are several where one may be, or the field is there twice.
 */
bool config_submit(struct arena *, struct config *c, const struct xml *form);

#endif
