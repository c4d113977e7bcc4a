/* SPDX-License-Identifier: ISC */
/*
 * answer.h - what a command has answered, for people and for programs
 */
#ifndef CTL_ANSWER_H
#define CTL_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct xml;

struct answer_note {
	const char *type, *text;
	struct answer_note *next;
};

struct answer_form {
	const struct xml *x;
	struct answer_form *next;
};

struct answer {
	const char *command, *node; /* its short name, and all of it */
	const char *status;	    /* completed, canceled, refused */
	struct answer_note *notes, **last_note;
	struct answer_form *forms, **last_form; /* of type result */
	bool has_failed;			/* a note says so: XEP-0050 3.6 */
	bool is_raw;				/* its lines have been written by answer_lines() */
	bool in_line;				/* the end of the last of them has not */
	const struct xml *error;		/* of an IQ; NULL: there is none */
};

void answer_init(struct answer *);

/* Takes the notes and the results of a <command/>. */
void answer_take(struct arena *, struct answer *, const struct xml *command);

/*
 * Writes the lines of all fields that have several, as they are, and forgets the results. A hidden field
 * `continues` says that the first one is the rest of the last one before.
 */
void answer_lines(struct arena *, struct answer *);

/* Warnings and errors go to standard error, all else to standard output. */
void answer_show(struct arena *, const struct answer *);

/* As an object on standard output: mucctl(1) has its shape. */
void answer_json(struct arena *, const struct answer *);

/* The text of an <error/>, or what its condition means when it says no more. */
const char *error_text(struct arena *, const struct xml *error);
const char *error_condition_of(const struct xml *error);

/* -- JSON, on standard output -- */

void json_string(const char *); /* NULL: null */

#endif
