/* SPDX-License-Identifier: ISC */
/*
 * ask.h - asking somebody at a terminal
 *
 * Questions go to standard error, answers come from standard input.
 */
#ifndef CTL_ASK_H
#define CTL_ASK_H

#include <stdbool.h>

struct arena;
struct form;

/* A line that is not shown while it is typed, for free(3) and to be wiped; NULL: none came. */
char *ask_secret(const char *prompt);

enum asked {
	ASKED,	    /* the form is filled in */
	ASKED_BACK, /* the step before is wanted */
	ASKED_STOP, /* no more answers come */
};

/* Asks for the fields of a form: for all, or for those that are required and have no value. */
enum asked ask_form(struct arena *, struct form *, bool only_missing, bool may_go_back);

/* One of two words; the first is meant by nothing. */
enum asked ask_either(const char *question, const char *first, const char *second, bool *is_second);

#endif
