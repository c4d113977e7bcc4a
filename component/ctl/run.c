/* SPDX-License-Identifier: ISC */
/*
 * run.c - an ad-hoc command, from its first form to its answer: XEP-0050 2.4, 3.4
 *
 * Arguments go into whichever form has their field. What is still missing is asked for if somebody
 * is there to answer. Without that, what a form proposes is taken, and what is required and not
 * there ends it.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "adhoc.h"
#include "ask.h"
#include "base/arena.h"
#include "base/xml.h"
#include "db.h"
#include "text.h"

#define MAX_STEPS    1000 /* forms and pages: more is a loop */
#define FIRST_NAP_MS 100  /* between two questions how far long work has come... */
#define LAST_NAP_MS  2000 /* ...longer and longer */

enum action {
	ACT_EXECUTE,
	ACT_PREV,
	ACT_NEXT,
	ACT_COMPLETE,
	ACT_CANCEL,
};

static const char *const action_names[] = {
	[ACT_EXECUTE] = "execute",
	[ACT_PREV] = "prev",
	[ACT_NEXT] = "next",
	[ACT_COMPLETE] = "complete",
	[ACT_CANCEL] = "cancel",
};

struct run {
	struct adhoc *ah;
	struct arena *a;
	const struct command *command;
	struct ctl_arg *args;
	size_t nargs;
	bool asks; /* somebody is at the terminal */
	struct answer answer;

	/* Of the step that was reached last. */
	const struct xml *at; /* its <command/> */
	const char *sessionid;
	bool may[ACT_CANCEL + 1];
	enum action usual;
	struct form form;
	const struct xml *x; /* the form itself; NULL: there is none */
	unsigned nsteps;
	int nap_ms;
	bool is_line_dirty; /* how far it has come stands on the terminal */
};

static void
clean_line(struct run *r)
{
	if (r->is_line_dirty)
		fputs("\r\033[K", stderr);
	r->is_line_dirty = false;
}

/* -- one step -- */

/* What may be done now: 3.4. */
static void
read_actions(struct run *r)
{
	const struct xml *actions = xml_child(r->at, NS_COMMANDS, "actions");
	const char *usual = xml_get(actions, "execute");

	memset(r->may, 0, sizeof r->may);
	r->may[ACT_COMPLETE] = actions == NULL;
	for (int i = ACT_PREV; i <= ACT_COMPLETE; i++)
		if (xml_child(actions, NS_COMMANDS, action_names[i]) != NULL)
			r->may[i] = true;
	r->usual = actions == NULL ? ACT_COMPLETE : ACT_NEXT;
	for (int i = ACT_NEXT; usual != NULL && i <= ACT_COMPLETE; i++)
		if (strcmp(usual, action_names[i]) == 0)
			r->usual = (enum action)i;
	/* What is usual and not allowed is invalid. */
	if (!r->may[r->usual])
		r->usual = r->may[ACT_COMPLETE] ? ACT_COMPLETE
			   : r->may[ACT_NEXT]	? ACT_NEXT
						: ACT_EXECUTE;
}

static void
read_form(struct run *r)
{
	const struct xml *x = xml_child(r->at, NS_DATA, "x");
	const char *type;

	r->x = NULL;
	for (; x != NULL && r->x == NULL; x = xml_next(x, NS_DATA, "x")) {
		type = xml_get(x, "type");
		if (type == NULL || strcmp(type, "form") == 0)
			r->x = x;
	}
	form_read(r->a, r->x, &r->form);
}

/* Sends an action, with the form if it goes on. The <iq/> that answers, or NULL. */
static const struct xml *
act(struct run *r, enum action action)
{
	struct xml *iq = adhoc_iq(r->ah, "set");
	struct xml *x = xml_add(r->a, iq, NS_COMMANDS, "command");

	xml_set(r->a, x, "node", r->command->node);
	xml_set(r->a, x, "sessionid", r->sessionid);
	xml_set(r->a, x, "action", action_names[action]);
	if (r->x != NULL && (action == ACT_NEXT || action == ACT_COMPLETE || action == ACT_EXECUTE))
		form_submit(r->a, &r->form, x);
	return way_ask(r->ah->way, iq);
}

/* The session ends, whatever the service says to that. */
static void
cancel(struct run *r)
{
	const sig_atomic_t stopping = ctl_stopping;

	clean_line(r);
	if (r->sessionid == NULL)
		return;
	ctl_stopping = 0;
	act(r, ACT_CANCEL);
	ctl_stopping |= stopping;
}

/* -- filling in -- */

static bool
is_list(const struct field *f)
{
	return f->type == FIELD_CHOICE || f->type == FIELD_CHOICES;
}

static bool
has_field(const struct form *form, bool (*is_such)(const struct field *))
{
	for (size_t i = 0; i < form->nfields; i++)
		if (is_such(&form->fields[i]))
			return true;
	return false;
}

/*
 * Is there an argument for another form or page? Where the service would rather be done than go on, only
 * a choice that is not on this page is.
 */
static bool
goes_elsewhere(const struct run *r)
{
	for (size_t i = 0; r->may[ACT_NEXT] && i < r->nargs; i++)
		if (!r->args[i].is_used &&
		    (r->usual == ACT_NEXT || form_find(&r->form, r->args[i].name) != NULL))
			return true;
	return false;
}

/* Where there is no other one, each argument has to have found its place. */
static bool
all_used(struct run *r)
{
	const char *names = "";

	for (size_t i = 0; i < r->nargs; i++) {
		if (r->args[i].is_used)
			continue;
		for (size_t k = 0; k < r->form.nfields; k++)
			if (field_is_asked(&r->form.fields[k]))
				names = arena_cat(r->a, names, *names != '\0' ? ", " : "",
				    r->form.fields[k].name, NULL);
		if (*names == '\0')
			ctl_complain("%s: it has no field %s", r->command->name, r->args[i].name);
		else
			ctl_complain("%s: it has no field %s, but: %s", r->command->name,
			    r->args[i].name, names);
		return false;
	}
	return true;
}

/* Is an argument for that field a choice of another page? */
static bool
is_awaited(const struct run *r, const struct field *f)
{
	for (size_t i = 0; i < r->nargs; i++)
		if (!r->args[i].is_used && form_find(&r->form, r->args[i].name) == f)
			return true;
	return false;
}

/* The next field behind f (NULL: the first) that is required, not there, and not to come on another page. */
static const struct field *
next_missing(const struct run *r, const struct field *f)
{
	const struct field *end = r->form.fields + r->form.nfields;

	for (f = f != NULL ? f + 1 : r->form.fields; f < end; f++)
		if (field_is_missing(f) && !is_awaited(r, f))
			return f;
	return NULL;
}

static bool
says_missing(struct run *r)
{
	const struct field *f = NULL;
	bool any = false;

	while ((f = next_missing(r, f)) != NULL) {
		ctl_complain("%s: %s= is missing: %s", r->command->name, f->name, f->label);
		any = true;
	}
	return any;
}

/* Are there arguments for this form? */
static bool
any_given(const struct run *r)
{
	for (size_t i = 0; i < r->form.nfields; i++)
		if (r->form.fields[i].is_given || is_awaited(r, &r->form.fields[i]))
			return true;
	return false;
}

static bool
any_unused(const struct run *r)
{
	for (size_t i = 0; i < r->nargs; i++)
		if (!r->args[i].is_used)
			return true;
	return false;
}

/* What the fields alone do not tell: is what the form says all right, is another page of it wanted? */
static enum ctl_exit
confirm(struct run *r, enum action *action)
{
	bool is_second = false;

	if (!has_field(&r->form, field_is_asked)) {
		if (ask_either("Go on", "yes", "no", &is_second) != ASKED || is_second)
			return CTL_INTERRUPTED;
		return CTL_OK;
	}
	if (*action != ACT_COMPLETE || !r->may[ACT_NEXT] || !has_field(&r->form, is_list))
		return CTL_OK;
	if (ask_either("Is that all", "yes", "more", &is_second) != ASKED)
		return CTL_INTERRUPTED;
	if (is_second)
		*action = ACT_NEXT;
	return CTL_OK;
}

/*
 * Has the form filled in, and finds out how to go on: *action. CTL_OK, or how it ends. After a refusal
 * everything is asked for again.
 */
static enum ctl_exit
fill(struct run *r, bool is_refused, enum action *action)
{
	const char *why;
	bool only_missing;

	*action = r->usual;
	if (!is_refused)
		form_enlarge_pages(&r->form);
	why = form_take(r->a, &r->form, r->args, r->nargs, r->may[ACT_NEXT]);
	if (why != NULL) {
		ctl_complain("%s: %s", r->command->name, why);
		return CTL_USAGE;
	}
	if (goes_elsewhere(r))
		*action = ACT_NEXT;
	else if (!all_used(r))
		return CTL_USAGE;
	if (!r->asks)
		return says_missing(r) ? CTL_USAGE : CTL_OK;
	only_missing = any_given(r) && !is_refused;
	if (only_missing && next_missing(r, NULL) == NULL)
		return CTL_OK;
	switch (ask_form(r->a, &r->form, only_missing, r->may[ACT_PREV])) {
	case ASKED:
		break;
	case ASKED_BACK:
		*action = ACT_PREV;
		return CTL_OK;
	case ASKED_STOP:
		return CTL_INTERRUPTED;
	}
	return confirm(r, action);
}

/* -- long work -- */

/* There is nothing to fill in: the service is at it still, and says how far it has come. */
static void
show_progress(struct run *r)
{
	const struct xml *note = NULL;
	struct timespec ts;

	for (const struct xml *x = xml_child(r->at, NS_COMMANDS, "note"); x != NULL;
	     x = xml_next(x, NS_COMMANDS, "note"))
		note = x;
	clean_line(r);
	if (note != NULL && isatty(STDERR_FILENO)) {
		fprintf(stderr, "%s", text_visible(r->a, xml_text(note)));
		r->is_line_dirty = true;
	}
	ts.tv_sec = r->nap_ms / 1000;
	ts.tv_nsec = (long)(r->nap_ms % 1000) * 1000000;
	nanosleep(&ts, NULL);
	r->nap_ms = 2 * r->nap_ms < LAST_NAP_MS ? 2 * r->nap_ms : LAST_NAP_MS;
}

/* -- from step to step -- */

/* What the service says while there is more to fill in. */
static void
show_notes(struct run *r)
{
	struct answer said;

	answer_init(&said);
	answer_take(r->a, &said, r->at);
	for (const struct answer_note *n = said.notes; n != NULL; n = n->next) {
		if (strcmp(n->type, "info") != 0)
			ctl_complain("%s: %s", r->command->name, n->text);
		else if (r->asks)
			fprintf(stderr, "%s\n", text_visible(r->a, n->text));
	}
}

/* Has the step results, and nothing to fill in? */
static bool
is_page(const struct run *r)
{
	return r->x == NULL && xml_child(r->at, NS_DATA, "x") != NULL;
}

static bool
has_failed(struct run *r)
{
	struct answer said;

	answer_init(&said);
	answer_take(r->a, &said, r->at);
	return said.has_failed;
}

/* Many pages take their time, too. */
static void
show_page(struct run *r)
{
	clean_line(r);
	if (r->nsteps > 1 && isatty(STDERR_FILENO)) {
		fprintf(stderr, "page %u", r->nsteps);
		r->is_line_dirty = true;
	}
}

/* What has come of a command so far: lines that are wanted as they are do not wait for its end. */
static void
take_answer(struct run *r)
{
	clean_line(r);
	answer_take(r->a, &r->answer, r->at);
	if (r->ah->o->is_raw)
		answer_lines(r->a, &r->answer);
}

/* Takes an <iq/>: true when another step is to be done, else *result is how it has ended. */
static bool
take(struct run *r, const struct xml *iq, enum ctl_exit *result)
{
	const struct xml *command = xml_child(iq, NS_COMMANDS, "command");
	const char *status = xml_get(command, "status"), *id = xml_get(command, "sessionid");

	*result = CTL_FAILED;
	r->answer.error = xml_child(iq, NS_STANZA, "error");
	if (r->answer.error != NULL) {
		r->answer.status = "refused";
		*result = CTL_REFUSED;
		return false;
	}
	if (command == NULL || status == NULL) {
		ctl_complain("%s has answered what is no command", r->ah->target);
		return false;
	}
	r->at = command;
	if (id != NULL && *id != '\0')
		r->sessionid = id;
	if (strcmp(status, "executing") == 0)
		return true;
	r->sessionid = NULL;
	take_answer(r);
	if (strcmp(status, "canceled") == 0)
		r->answer.status = "canceled";
	*result = strcmp(status, "completed") == 0 && !r->answer.has_failed ? CTL_OK : CTL_REFUSED;
	return false;
}

/* Goes on. False, and *result is set, when it has ended. */
static bool
go(struct run *r, enum action action, enum ctl_exit *result)
{
	const struct xml *iq = ctl_stopping ? NULL : act(r, action);

	if (iq != NULL)
		return take(r, iq, result);
	*result = ctl_stopping ? CTL_INTERRUPTED : CTL_FAILED;
	cancel(r);
	return false;
}

/* Was the form refused in such a way that it can be filled in again, and does somebody do that? */
static bool
may_correct(const struct run *r)
{
	const char *type = xml_get(r->answer.error, "type");

	return type != NULL && strcmp(type, "modify") == 0 && r->asks && r->sessionid != NULL;
}

/* A form. False, and *result is set, when that was the end. */
static bool
do_form(struct run *r, enum ctl_exit *result)
{
	bool is_refused = has_failed(r);
	enum action action;

	show_notes(r);
	/* With the same arguments it would come out the same way. */
	*result = is_refused && !r->asks ? CTL_REFUSED : fill(r, is_refused, &action);
	while (*result == CTL_OK) {
		if (go(r, action, result))
			return true;
		if (!may_correct(r)) {
			cancel(r);
			return false;
		}
		ctl_complain("%s: %s", r->command->name, error_text(r->a, r->answer.error));
		r->answer.error = NULL;
		r->answer.status = "completed";
		*result = fill(r, true, &action);
	}
	r->answer.status = "refused";
	cancel(r);
	return false;
}

/* One step. False, and *result is set, when it was the last one. */
static bool
step(struct run *r, enum ctl_exit *result)
{
	read_actions(r);
	read_form(r);
	if (r->x != NULL || is_page(r)) {
		clean_line(r);
		r->nap_ms = FIRST_NAP_MS;
		if (++r->nsteps > MAX_STEPS) {
			ctl_complain("%s: there is no end to it after %d forms and pages",
			    r->command->name, MAX_STEPS);
			cancel(r);
			*result = CTL_FAILED;
			return false;
		}
	}
	if (r->x != NULL)
		return do_form(r, result);
	if (is_page(r)) {
		take_answer(r);
		show_page(r);
		return go(r, r->may[ACT_NEXT] ? ACT_NEXT : r->usual, result);
	}
	show_progress(r);
	return go(r, r->usual, result);
}

static void
run_init(struct run *r, struct adhoc *ah, const struct command *command)
{
	*r = (struct run){ .ah = ah, .a = ah->a, .command = command, .nap_ms = FIRST_NAP_MS };
	r->asks = !ah->o->asks_nothing && isatty(STDIN_FILENO);
	answer_init(&r->answer);
	r->answer.command = command->name;
	r->answer.node = command->node;
}

enum ctl_exit
adhoc_run(struct adhoc *ah, const struct command *command, struct ctl_arg *args, size_t nargs)
{
	enum ctl_exit result = CTL_FAILED;
	const struct xml *iq;
	struct run r;

	run_init(&r, ah, command);
	r.args = args;
	r.nargs = nargs;
	iq = act(&r, ACT_EXECUTE);
	if (iq == NULL)
		return ctl_stopping ? CTL_INTERRUPTED : CTL_FAILED;
	if (take(&r, iq, &result))
		while (step(&r, &result))
			;
	clean_line(&r);
	if (result != CTL_OK && result != CTL_REFUSED)
		return result;
	if (result == CTL_OK && any_unused(&r))
		ctl_complain("%s: it had no field for all that was given", command->name);
	if (ah->o->is_json)
		answer_json(r.a, &r.answer);
	else
		answer_show(r.a, &r.answer);
	return ah->o->is_raw ? db_written(result) : result;
}

/* The fields of the form at hand, behind those of the forms before it. */
static void
add_fields(const struct run *r, struct form *all)
{
	struct field *fields =
	    arena_alloc(r->a, (all->nfields + r->form.nfields + 1) * sizeof *fields);

	for (size_t i = 0; i < all->nfields; i++)
		fields[i] = all->fields[i];
	for (size_t i = 0; i < r->form.nfields; i++)
		fields[all->nfields + i] = r->form.fields[i];
	if (all->instructions == NULL)
		all->instructions = r->form.instructions;
	all->fields = fields;
	all->nfields += r->form.nfields;
}

/* Is there another form behind this one for sure, and is this one filled in? Then going on does nothing yet. */
static bool
may_look_on(struct run *r, bool *more)
{
	*more = r->x != NULL && r->usual == ACT_NEXT && r->may[ACT_NEXT] && !r->may[ACT_COMPLETE];
	return *more && form_take(r->a, &r->form, r->args, r->nargs, true) == NULL &&
	       next_missing(r, NULL) == NULL;
}

enum ctl_exit
adhoc_form(struct adhoc *ah, const struct command *command, struct ctl_arg *args, size_t nargs,
    struct form *form, bool *more)
{
	enum ctl_exit result;
	enum action action = ACT_EXECUTE;
	const struct xml *iq;
	struct run r;

	run_init(&r, ah, command);
	r.args = args;
	r.nargs = nargs;
	*form = r.form;
	*more = false;
	if (adhoc_has_no_form(ah, command))
		return CTL_OK;
	do {
		iq = act(&r, action);
		action = ACT_NEXT;
		*more = false;
		if (iq == NULL)
			return ctl_stopping ? CTL_INTERRUPTED : CTL_FAILED;
		if (!take(&r, iq, &result)) {
			if (r.answer.error != NULL)
				ctl_complain(
				    "%s: %s", command->name, error_text(r.a, r.answer.error));
			if (r.answer.error == NULL)
				return CTL_OK;
			cancel(&r);
			return CTL_REFUSED;
		}
		read_actions(&r);
		read_form(&r);
		add_fields(&r, form);
	} while (may_look_on(&r, more) && ++r.nsteps < MAX_STEPS);
	cancel(&r);
	return CTL_OK;
}
