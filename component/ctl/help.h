/* SPDX-License-Identifier: ISC */
/*
 * help.h - what can be done, for people and for the shell
 */
#ifndef CTL_HELP_H
#define CTL_HELP_H

#include "ctl.h"

enum ctl_exit ctl_help(const struct ctl_options *, int argc, char **argv);

/*
 * Prints what may stand in the place of the last word of a command line, a candidate a line; the words
 * before it are given, too. Says nothing else, asks nobody, and waits only a moment.
 */
enum ctl_exit ctl_complete(const struct ctl_options *, int argc, char **argv);

#endif
