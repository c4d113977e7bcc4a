/* SPDX-License-Identifier: ISC */
/*
 * conf_value.h - values of mucd.conf(5): what libConfuse has judge them
 */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include <confuse.h>
#include <stdbool.h>
#include <stdint.h>

#define CONTACTS_MAX 8 /* of a kind */

#define CONF_NUMBER_MAX 32 /* bytes of a number as it is written */

/* Is that option a number of bytes? */
bool conf_is_bytes(const char *name);

/* Writes the value of that option: bytes with the greatest unit that leaves no rest. Returns out. */
const char *conf_write_number(char out[CONF_NUMBER_MAX], const char *name, int64_t v);

/*
 * A decimal number, with k, M, G or T behind it if it is a number of bytes. One that is too large is the
 * largest there is, which no option takes.
 */
bool conf_read_number(const char *s, bool is_bytes, int64_t *out);

/* Which enum muc_create a word is; -1: none. */
int conf_create_of(const char *s);

int conf_parse_port(cfg_t *, cfg_opt_t *, const char *value, void *result);

/* Return 0, or -1 after a complaint. */
int conf_check_level(cfg_t *, cfg_opt_t *);
int conf_check_seccomp(cfg_t *, cfg_opt_t *);
int conf_check_path(cfg_t *, cfg_opt_t *);
int conf_check_socket(cfg_t *, cfg_opt_t *);
int conf_check_server(cfg_t *, cfg_opt_t *);
int conf_check_create(cfg_t *, cfg_opt_t *);
int conf_check_name(cfg_t *, cfg_opt_t *);
int conf_check_contact(cfg_t *, cfg_opt_t *);

#endif
