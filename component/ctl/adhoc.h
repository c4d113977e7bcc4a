/* SPDX-License-Identifier: ISC */
/*
 * adhoc.h - ad-hoc commands (XEP-0050), as they are asked for
 */
#ifndef CTL_ADHOC_H
#define CTL_ADHOC_H

#include "answer.h"
#include "ctl.h"
#include "fields.h"
#include "way.h"

/* A command that the service has for us. */
struct command {
	const char *node;
	const char *name;  /* short, if that is enough to tell it from the others; else node */
	const char *title; /* or "" */
};

/* Whom we ask, and what there is. */
struct adhoc {
	const struct ctl_options *o;
	struct arena *a;
	struct way *way;
	const char *target; /* the service or the room */
	struct command *commands;
	size_t ncommands;
};

/* Opens the way and learns what there is; CTL_OK, or why not was said. */
enum ctl_exit adhoc_open(struct adhoc *, const struct ctl_options *);
void adhoc_close(struct adhoc *); /* also of one that was not opened */

/* By its short name or its node; CTL_OK, or why not was said. */
enum ctl_exit adhoc_find(const struct adhoc *, const char *name, const struct command **);

/* Runs a command with these arguments, from the first form to the answer, and shows that. */
enum ctl_exit adhoc_run(struct adhoc *, const struct command *, struct ctl_arg *args, size_t nargs);

/*
 * Is nothing filled in for that command? Then it is done by asking for its form. As the service says; false if it
 * does not.
 */
bool adhoc_has_no_form(struct adhoc *, const struct command *);

/*
 * The fields of a command, which is canceled then: of its first form, and of those behind it as far as the
 * arguments are enough to get there without doing anything. *more: there is another one. CTL_OK, or why not
 * was said.
 */
enum ctl_exit adhoc_form(struct adhoc *, const struct command *, struct ctl_arg *args, size_t nargs,
    struct form *, bool *more);

/* An <iq/> to whom we ask. */
struct xml *adhoc_iq(struct adhoc *, const char *type);

#endif
