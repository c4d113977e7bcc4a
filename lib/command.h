/* SPDX-License-Identifier: ISC */
/*
 * command.h - ad-hoc commands (XEP-0050) as data, and what they are written with
 *
 * A command is a row: its node, its name, where it is run and by whom, the forms that are filled in one
 * after the other, and a function for when all of them are. The rows stand in the member `commands` of a
 * feature, beside the code that does the thing; the order of the menu is that of features.c. Sessions,
 * actions, rights, languages, forms and what is wrong with what was filled in are adhoc.c's:
 *
 *	static const struct command_field fields[] = {
 *		{ .var = "room", .type = "jid-single", .label = SAID("Room"), .required = true },
 *		{ NULL },
 *	};
 *	static const struct command_step steps[] = { { .fields = fields } };
 *
 *	const struct feature feature_command_x = {
 *		.commands = (const struct command[]){
 *		    { .node = "x", .name = SAID("Do x"), .where = TO_SERVICE, .steps = steps,
 *			.nsteps = 1, .run = run_x },
 *		    { NULL },
 *		} };
 *
 * `run` is part of a plan: it reads (call_value() and others), plans (changes of call->plan, which is that of
 * the room for a command to a room; for other rooms plan_deed(), which is judged and made by the features of
 * that room like any request of an owner) and writes the answer (command_note(), command_result(),
 * command_table()). It changes nothing. What is to be done besides the plan's changes, at the same time, is
 * done by call->on. A refusal leaves the dialog as it was: the form can be corrected and sent again.
 *
 * A command without steps is done by asking for it, which people do to see its form: it changes nothing.
 *
 * A command that is asked for with its form already filled in (its fields are in mucd-rooms(7)) is
 * done at once, if all that is required is there; else the first form that lacks something is shown.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "feature.h"
#include "room/audit.h"
#include "room/dialog.h"

/* One of several values: what is sent, and what people read (SAID()). */
struct command_option {
	const char *value, *label;
};

struct command_field {
	const char *var;   /* NULL ends */
	const char *type;  /* XEP-0004 3.3 */
	const char *label; /* SAID() */
	const char *def;   /* what holds when nothing was given; NULL: nothing */
	bool required;
	bool is_long; /* text-multi: a line may be longer than reason_bytes */

	/*
	 * Its options come in pages, and what was chosen on each counts. As there may be very many, a value
	 * that no page has shown may be given as well (XEP-0122 3.2.2); `run` has to judge it.
	 */
	bool paged;

	const struct command_option *options; /* of lists; ends with value NULL; or see fill */
	int64_t least, most;		      /* text-single, if most is not 0: a number within */
};

struct call;

/* A form. */
struct command_step {
	const char *title;	  /* SAID(), or NULL: the command's name */
	const char *instructions; /* SAID(), or NULL */
	const struct command_field *fields;

	/*
	 * Adds what depends on the state: more fields to the form, options to a field that stands there
	 * (command_option()). Of a paged field it adds the options of page call->dialog.page, and sets
	 * call->dialog.more when there is another page: only in the last step.
	 */
	void (*fill)(struct call *, struct xml *form);

	bool takes_all; /* fill adds fields that are not in the table */

	/* A form that was filled in at once and says nothing for this step does not skip it: it is shown. */
	bool essential;

	/* Does it say what nobody who fills it in at once can have known? Then it is shown first. NULL: no. */
	bool (*has_news)(struct call *);

	/* Judges what was given for this step, when each field by itself is good. NULL: nothing to judge. */
	enum deny (*check)(struct call *);
};

struct command {
	const char *node;
	const char *alias;	/* another node that means the same to those who know it, or NULL */
	const char *name;	/* SAID(): of the menu */
	const char *form_type;	/* NULL: the node (XEP-0068) */
	enum address where;	/* TO_SERVICE or TO_ROOM */
	enum affiliation least; /* TO_ROOM: who may; admins of the service may do all */
	const struct command_step *steps;
	unsigned nsteps;

	/*
	 * Called when all steps are done. A command that only shows something may do so in pages:
	 * call->dialog.page is the one that is wanted, and it sets call->dialog.more when there is another.
	 */
	enum deny (*run)(struct call *);
};

/* A command that is asked for, goes on or is done: lives for this stanza. */
struct call {
	struct plan *plan;
	const struct command *command;
	struct dialog dialog;
	struct xml *out;		       /* <command/> of the answer */
	bool ends;			       /* this answer is the last one */
	struct noted_deed *noted, **noted_end; /* for the audit log, when it is done */

	/* Called when the changes of the plan are made; cannot fail. */
	void (*on)(struct call *);
	void *arg; /* for it */
};

/* What follows is in command.c, unless a comment names another file. */

/* -- what was filled in -- */

/* The first value that was given for a field, else its default; NULL: none, or "". */
const char *call_value(const struct call *, const char *var);

/* Is the field in what was given, be it without a value? What is left out stays as it is: XEP-0004 3.5. */
bool call_given(const struct call *, const char *var);

/* All values that were given for it, on whatever page, and their number in *n. Empty ones are left out. */
const char **call_values(const struct call *, const char *var, size_t *n);

/* The lines of a text-multi as one text; NULL: none. */
const char *call_text(const struct call *, const char *var);

/* The next word of *line, which is moved behind it; "" at the end of the line. */
const char *call_word(const struct call *, const char **line);

/* The value of a boolean, and of a field with least and most: false and 0 when it has none. */
bool call_flag(const struct call *, const char *var);
int64_t call_number(const struct call *, const char *var);

/*
 * Reads the address of a room: room@domain, or the room alone, of the domain that was asked. False
 * when it is neither, or the domain is not served.
 */
bool call_room_jid(const struct call *, const char *text, struct jid *);

/*
 * Who is to own a room: whoever the field "owner" names, else the sender; but nobody at a console can own
 * one, and has to name somebody. OK; or MISSING or BAD_PAYLOAD, and the error says what.
 */
enum deny call_owner(struct call *, struct jid *);

/* Says so in the form: the `fill` of a step with that field. */
void call_owner_fill(struct call *, struct xml *form);

/* The room that a value names: OK; or BAD_PAYLOAD or NO_SUCH_ROOM, and the error says which. */
enum deny call_room(struct call *, const char *text, struct room **);

/* Refuses what was given (any text, shown to the sender); returns the enum deny. */
enum deny call_fault(struct call *, enum deny, const char *what);

/* -- what is done -- */

/* The deed in that room: plan_deed(), or the one that there is. */
struct plan *call_deed(struct call *, struct room *);

/*
 * The plan for a deed in the room that the command is for: the command's own plan; for an administrator of the
 * service who is no owner of the room, call_deed().
 */
struct plan *call_own_deed(struct call *);

/*
 * Plans an affiliation and, in a deed, what is noted of it. When all are planned, call plan_granted().
 * OK; BAD_PAYLOAD when the plan has one of the same user already. command_affiliations.c
 */
enum deny call_grant(struct call *, struct plan *, const struct affil *);

/*
 * Has this noted in the audit log when it is done; actor and command are filled in. What it points to
 * is borrowed until then.
 */
void call_audit(struct call *, const struct audit *);

/* Writes what was to be noted; for adhoc.c. */
void call_noted(struct call *);

/* -- the answer -- */

/* A text of tbl/text.h in the language of the dialog. */
const char *call_say(const struct call *, const char *english);
const char *call_say_of(const struct call *, const char *english, const char *what);
const char *call_say_number(const struct call *, const char *english, uint64_t n);

enum command_note {
	NOTE_INFO,
	NOTE_WARN,
	NOTE_ERROR, /* 3.6: it is done, but has failed */
};

void command_note(struct call *, enum command_note, const char *text);

/* A form of type result; title is a text in the language of the dialog. */
struct xml *command_result(struct call *, const char *title);

/* A field of it; with a value of NULL it is left out. */
void command_say(
    struct call *, struct xml *result, const char *var, const char *english, const char *value);

/* Columns of a table, and rows in it: XEP-0004 3.4. */
struct command_column {
	const char *var, *type, *label; /* label: SAID(); var NULL ends */
};

struct xml *command_table(struct call *, const char *title, const struct command_column *);

/* A row; values stand in the order of the columns, NULL is nothing. */
void command_row(
    struct call *, struct xml *table, const struct command_column *, const char *const values[]);

/* -- pages of what is visited in its order -- */

#define COMMAND_LOOKS 100000 /* rows that are looked at in one turn, at most */

/* The field that says how many rows a page has. */
#define COMMAND_MAX                                                                                \
	{                                                                                          \
		.var = "max", .type = "text-single", .label = SAID("Rows on a page"), .def = "50", \
		.least = 1, .most = 200                                                            \
	}

struct command_page {
	size_t skip, left; /* rows before it, and on it, that are still to come */
	size_t looked;
	bool more;   /* there is a row behind it */
	bool is_cut; /* there are more than were looked at */
};

/* The page of a dialog that is wanted, of so many rows; 0: as the field says. */
struct command_page command_page(const struct call *, size_t nrows);

/* To be asked of each row that suits: is it on the page? */
bool command_page_has(struct command_page *);

/* To be asked of each row, whether it suits or not, and returned by the visitor: is the visit to end? */
bool command_page_ends(struct command_page *);

/* An option of a field that stands in the form. */
void command_option(
    struct call *, struct xml *form, const char *var, const char *label, const char *value);

/* A value of a field that stands in the form, unless something was given for it. */
void command_value(struct call *, struct xml *form, const char *var, const char *value);

/* The FORM_TYPE of its forms. */
const char *command_form_type(const struct call *);

/* The form of a step, with what was given for it so far; for adhoc.c. */
void command_form(struct call *, const struct command_step *);

/* Is what was given for a step good? OK; or MISSING or BAD_PAYLOAD, and the error says which field. */
enum deny command_check(struct call *, const struct command_step *);

#endif
