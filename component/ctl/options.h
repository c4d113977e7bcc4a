/* SPDX-License-Identifier: ISC */
/*
 * options.h - what stands before the command
 */
#ifndef CTL_OPTIONS_H
#define CTL_OPTIONS_H

#include <stddef.h>

#include "ctl.h"

#define CTL_SOCKET "/run/mucd/control"

/* What holds when nothing is given: the environment's, and mucctl's own. */
void options_default(struct ctl_options *, const char *program);

/*
 * Reads options up to the first word that is none; argv[0] is passed over. Returns its index; less than
 * 0: help (OPTIONS_HELP) or the version (OPTIONS_VERSION) is wanted, or an option is wrong, and that
 * was said (OPTIONS_WRONG).
 */
int options_read(struct ctl_options *, int argc, char **argv);

enum {
	OPTIONS_HELP = -1,
	OPTIONS_VERSION = -2,
	OPTIONS_WRONG = -3,
};

/* The i-th long option; NULL beyond the last. */
const char *options_name(size_t i);

/* Prints what they are. */
void options_print(void);

#endif
