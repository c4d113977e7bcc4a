/* SPDX-License-Identifier: ISC */
/*
 * conf_secret.h - the secrets of mucd.conf(5): read with care, and wiped
 */
#ifndef CONF_SECRET_H
#define CONF_SECRET_H

#include <confuse.h>

#define SECRET_MAX 1024 /* bytes */

void secret_wipe(char *); /* NULL is allowed */
void secret_wipe_option(cfg_t *, const char *name);
void secret_wipe_section(cfg_t *); /* all its values */

/* The first line of the file, for free(3); NULL after a complaint. */
char *secret_read_file(cfg_t *, const char *path);

#endif
