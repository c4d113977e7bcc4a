/* SPDX-License-Identifier: ISC */
/*
 * answer.c - what a command has answered, for people
 */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "answer.h"
#include "base/arena.h"
#include "base/form.h"
#include "base/xml.h"
#include "ctl.h"
#include "fields.h"
#include "text.h"

#define GAP 2 /* blanks between two columns */

void
answer_init(struct answer *an)
{
	*an = (struct answer){ .status = "completed" };
	an->last_note = &an->notes;
	an->last_form = &an->forms;
}

static void
take_note(struct arena *a, struct answer *an, const struct xml *x)
{
	struct answer_note *n = arena_alloc(a, sizeof *n);
	const char *type = xml_get(x, "type");

	n->type = type != NULL ? type : "info";
	n->text = xml_text(x);
	an->has_failed |= strcmp(n->type, "error") == 0;
	*an->last_note = n;
	an->last_note = &n->next;
}

void
answer_take(struct arena *a, struct answer *an, const struct xml *command)
{
	for (const struct xml *x = xml_child(command, NULL, NULL); x != NULL;
	     x = xml_next(x, NULL, NULL)) {
		const char *type = xml_get(x, "type");

		if (xml_is(x, NS_COMMANDS, "note"))
			take_note(a, an, x);
		if (xml_is(x, NS_DATA, "x") && type != NULL && strcmp(type, "result") == 0) {
			struct answer_form *f = arena_alloc(a, sizeof *f);

			f->x = x;
			*an->last_form = f;
			an->last_form = &f->next;
		}
	}
}

const char *
error_condition_of(const struct xml *error)
{
	const struct xml *x = xml_child(error, NS_STANZA_ERRORS, NULL);

	while (x != NULL && strcmp(x->name, "text") == 0)
		x = xml_next(x, NS_STANZA_ERRORS, NULL);
	return x != NULL ? x->name : "undefined-condition";
}

/* What those mean here that come without a text. */
static const struct {
	const char *condition, *text;
} conditions[] = {
	{ "feature-not-implemented", "that is nothing that has commands" },
	{ "forbidden", "you may not do that" },
	{ "item-not-found", "there is nothing of that name" },
	{ "not-allowed", "that is not allowed" },
	{ "policy-violation", "that is too much at once" },
	{ "remote-server-not-found", "there is no such server" },
	{ "remote-server-timeout", "that server does not answer" },
	{ "resource-constraint", "there is no room for that now" },
	{ "service-unavailable", "nothing that has commands answers there" },
};

const char *
error_text(struct arena *a, const struct xml *error)
{
	const char *text = xml_child_text(error, NS_STANZA_ERRORS, "text");
	const char *condition = error_condition_of(error);

	if (text != NULL && *text != '\0')
		return text;
	for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++)
		if (strcmp(conditions[i].condition, condition) == 0)
			return arena_cat(a, conditions[i].text, " (", condition, ")", NULL);
	return condition;
}

/* -- values -- */

/* A text of several lines is several of them. */
static void
show_lines(struct arena *a, const char *lead, const char *text)
{
	size_t n;

	for (;; text += n + 1) {
		n = strcspn(text, "\n");
		printf("%s%s\n", lead, text_visible(a, arena_strndup(a, text, n)));
		if (text[n] == '\0')
			return;
	}
}

static void
show_field(struct arena *a, const struct field *f)
{
	const bool has_lines =
	    f->nvalues > 1 || (f->nvalues == 1 && strchr(f->values[0], '\n') != NULL);

	if (f->type == FIELD_HIDDEN)
		return;
	if (f->type == FIELD_FIXED && f->label[0] == '\0') {
		for (size_t i = 0; i < f->nvalues; i++)
			show_lines(a, "", f->values[i]);
		return;
	}
	printf("%s:", text_visible(a, f->label));
	if (f->nvalues == 1 && !has_lines && f->values[0][0] != '\0')
		printf(" %s", field_shown(a, f, f->values[0]));
	putchar('\n');
	for (size_t i = 0; has_lines && i < f->nvalues; i++)
		show_lines(a, "  ", f->values[i]);
}

static bool
has_rest(const struct form *form)
{
	bool is_true = false;

	for (size_t i = 0; i < form->nfields; i++)
		if (strcmp(form->fields[i].var, "continues") == 0 && form->fields[i].nvalues == 1)
			form_bool(form->fields[i].values[0], &is_true);
	return is_true;
}

static void
write_lines(struct answer *an, const struct field *f, bool is_rest)
{
	for (size_t i = 0; f->type == FIELD_TEXTS && i < f->nvalues; i++) {
		if (an->in_line && !(is_rest && i == 0))
			putchar('\n');
		fputs(f->values[i], stdout);
		an->in_line = true;
	}
}

void
answer_lines(struct arena *a, struct answer *an)
{
	struct form form;

	for (const struct answer_form *f = an->forms; f != NULL; f = f->next) {
		form_read(a, f->x, &form);
		for (size_t i = 0; i < form.nfields; i++)
			write_lines(an, &form.fields[i], has_rest(&form));
	}
	an->is_raw = true;
	an->forms = NULL;
	an->last_form = &an->forms;
}

/* -- tables: XEP-0004 3.4 -- */

struct table {
	struct form head;
	const char **cells; /* [nrows * head.nfields] */
	size_t nrows;
	size_t *width;
	bool *is_number; /* of each column: is a number in it... */
	bool *is_text;	 /* ...and anything else? */
};

static const char *
cell_of(struct arena *a, const struct field *column, const struct xml *item)
{
	const struct xml *field = form_field(item, column->var), *v = NULL;
	const char *cell = NULL;

	while ((v = form_next_value(field, v)) != NULL) {
		const char *s = field_shown(a, column, xml_text(v));

		cell = cell == NULL ? s : arena_cat(a, cell, ", ", s, NULL);
	}
	return cell != NULL && *cell != '\0' ? cell : "-";
}

static void
table_read(struct arena *a, const struct xml *x, struct table *t)
{
	const struct xml *item = xml_child(x, NS_DATA, "item");
	size_t n = 0, cols;

	form_read(a, xml_child(x, NS_DATA, "reported"), &t->head);
	cols = t->head.nfields;
	for (t->nrows = 0; item != NULL; item = xml_next(item, NS_DATA, "item"))
		t->nrows++;
	t->cells = arena_alloc(a, (t->nrows * cols + 1) * sizeof *t->cells);
	t->width = arena_alloc(a, (cols + 1) * sizeof *t->width);
	t->is_number = arena_alloc(a, (cols + 1) * sizeof *t->is_number);
	t->is_text = arena_alloc(a, (cols + 1) * sizeof *t->is_text);
	for (size_t c = 0; c < cols; c++)
		t->width[c] = text_width(text_visible(a, t->head.fields[c].label));
	for (item = xml_child(x, NS_DATA, "item"); item != NULL;
	     item = xml_next(item, NS_DATA, "item"))
		for (size_t c = 0; c < cols; c++) {
			const char *cell = cell_of(a, &t->head.fields[c], item);
			const size_t width = text_width(cell);

			t->cells[n++] = cell;
			if (width > t->width[c])
				t->width[c] = width;
			if (strcmp(cell, "-") == 0)
				continue;
			if (strspn(cell, "0123456789") == strlen(cell))
				t->is_number[c] = true;
			else
				t->is_text[c] = true;
		}
}

/* Numbers stand at the right; behind the last column there are no blanks. */
static void
show_cell(const struct table *t, size_t column, const char *cell)
{
	const size_t blanks = t->width[column] - text_width(cell);
	const bool is_last = column + 1 == t->head.nfields;

	const bool at_right = t->is_number[column] && !t->is_text[column];

	if (at_right)
		text_pad(stdout, blanks);
	fputs(cell, stdout);
	if (!at_right && !is_last)
		text_pad(stdout, blanks);
	if (is_last)
		putchar('\n');
	else
		text_pad(stdout, GAP);
}

/* Would the terminal break its lines? What is no terminal takes any. */
static bool
is_too_wide(const struct table *t)
{
	struct winsize size = { 0 };
	size_t width = 0;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == -1 || size.ws_col == 0)
		return false;
	for (size_t c = 0; c < t->head.nfields; c++)
		width += t->width[c] + (c > 0 ? GAP : 0);
	return width > size.ws_col;
}

/* Each row by itself, as fields are shown, an empty line between two. What is not there is left out. */
static void
show_rows_alone(struct arena *a, const struct table *t, bool is_first)
{
	for (size_t row = 0; row < t->nrows; row++) {
		const char **cells = &t->cells[row * t->head.nfields];

		if (row > 0 || !is_first)
			putchar('\n');
		for (size_t c = 0; c < t->head.nfields; c++)
			if (strcmp(cells[c], "-") != 0)
				printf(
				    "%s: %s\n", text_visible(a, t->head.fields[c].label), cells[c]);
	}
}

static bool
same_columns(const struct table *t, const struct table *u)
{
	if (t->head.nfields != u->head.nfields)
		return false;
	for (size_t c = 0; c < t->head.nfields; c++)
		if (strcmp(t->head.fields[c].var, u->head.fields[c].var) != 0)
			return false;
	return true;
}

/* The pages of a table are as wide as all of them together, and have one head. */
static size_t
show_tables(struct arena *a, struct table *t, size_t n)
{
	size_t pages = 1;

	while (pages < n && same_columns(t, &t[pages]))
		pages++;
	for (size_t i = 1; i < pages; i++)
		for (size_t c = 0; c < t->head.nfields; c++) {
			if (t[i].width[c] > t->width[c])
				t->width[c] = t[i].width[c];
			t->is_number[c] |= t[i].is_number[c];
			t->is_text[c] |= t[i].is_text[c];
		}
	if (is_too_wide(t)) {
		for (size_t i = 0; i < pages; i++)
			show_rows_alone(a, &t[i], i == 0);
		return pages;
	}
	for (size_t c = 0; c < t->head.nfields; c++)
		show_cell(t, c, text_visible(a, t->head.fields[c].label));
	for (size_t i = 0; i < pages; i++)
		for (size_t k = 0; k < t[i].nrows * t->head.nfields; k++)
			show_cell(t, k % t->head.nfields, t[i].cells[k]);
	return pages;
}

void
answer_show(struct arena *a, const struct answer *an)
{
	struct table *tables;
	size_t n = 0;

	for (const struct answer_form *f = an->forms; f != NULL; f = f->next)
		n++;
	tables = arena_alloc(a, (n + 1) * sizeof *tables);
	n = 0;
	for (const struct answer_form *f = an->forms; f != NULL; f = f->next) {
		struct form form;

		form_read(a, f->x, &form);
		for (size_t i = 0; i < form.nfields; i++)
			show_field(a, &form.fields[i]);
		if (xml_child(f->x, NS_DATA, "reported") != NULL)
			table_read(a, f->x, &tables[n++]);
	}
	for (size_t i = 0; i < n;)
		i += show_tables(a, &tables[i], n - i);
	if (an->in_line)
		putchar('\n');
	for (const struct answer_note *note = an->notes; note != NULL; note = note->next)
		if (!an->is_raw && strcmp(note->type, "info") == 0)
			show_lines(a, "", note->text);
	fflush(stdout);
	for (const struct answer_note *note = an->notes; note != NULL; note = note->next)
		if (an->is_raw || strcmp(note->type, "info") != 0)
			ctl_complain("%s: %s%s", an->command,
			    strcmp(note->type, "warn") == 0 ? "warning: " : "", note->text);
	if (an->error != NULL && strcmp(error_condition_of(an->error), "bad-request") == 0)
		ctl_complain("%s: %s; `mucctl help %s` tells what it is given", an->command,
		    error_text(a, an->error), an->command);
	else if (an->error != NULL)
		ctl_complain("%s: %s", an->command, error_text(a, an->error));
	else if (strcmp(an->status, "canceled") == 0)
		ctl_complain("%s: the service has canceled it", an->command);
}
