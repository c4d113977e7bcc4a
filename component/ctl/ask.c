/* SPDX-License-Identifier: ISC */
/*
 * ask.c - asking somebody at a terminal
 */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <termios.h>
#include <unistd.h>

#include "ask.h"
#include "base/arena.h"
#include "base/mem.h"
#include "ctl.h"
#include "fields.h"
#include "text.h"

/* What an answer may be instead of a value. */
#define SAYS_BACK  "<"
#define SAYS_EMPTY "-"

/*
 * Waits until there is a line. An interrupt that comes between the question and the reading must not be lost,
 * so it is let through only while this waits. False: we are to stop.
 */
static bool
wait_for_line(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	sigset_t stops, before;

	sigemptyset(&stops);
	sigaddset(&stops, SIGINT);
	sigaddset(&stops, SIGTERM);
	sigprocmask(SIG_BLOCK, &stops, &before);
	while (!ctl_stopping && ppoll(&p, 1, NULL, &before) == -1 && errno == EINTR)
		continue;
	sigprocmask(SIG_SETMASK, &before, NULL);
	return !ctl_stopping;
}

/* The next line without its end, in the arena; NULL: there is none. */
static char *
read_line(struct arena *a)
{
	char *line = NULL, *copy = NULL;
	size_t cap = 0;
	ssize_t n;

	fflush(stdout);
	fflush(stderr);
	n = wait_for_line() ? getline(&line, &cap, stdin) : -1;
	if (n >= 0 && !ctl_stopping) {
		line[strcspn(line, "\r\n")] = '\0';
		copy = arena_strdup(a, line);
		explicit_bzero(line, (size_t)n);
	} else
		fputc('\n', stderr);
	free(line);
	return copy;
}

/* Does what is typed show? Returns whether it did before. */
static bool
set_echo(bool on)
{
	struct termios t;
	bool was;

	if (tcgetattr(STDIN_FILENO, &t) == -1)
		return true;
	was = (t.c_lflag & ECHO) != 0;
	if (on)
		t.c_lflag |= ECHO;
	else
		t.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &t);
	return was;
}

char *
ask_secret(const char *prompt)
{
	const bool was = set_echo(false);
	struct arena *a = arena_new();
	char *line, *copy = NULL;

	fputs(prompt, stderr);
	line = read_line(a);
	set_echo(was);
	if (line != NULL) {
		fputc('\n', stderr);
		copy = mem_strdup(line);
		explicit_bzero(line, strlen(line));
	}
	arena_free(a);
	return copy;
}

/* -- one field -- */

static void
show_text(struct arena *a, const char *text)
{
	const char *end;

	for (; text != NULL && *text != '\0'; text = *end == '\n' ? end + 1 : end) {
		end = text + strcspn(text, "\n");
		fprintf(
		    stderr, "%s\n", text_visible(a, arena_strndup(a, text, (size_t)(end - text))));
	}
}

/* The number of a choice that is chosen now; 0: of none. */
static size_t
chosen(const struct field *f)
{
	for (size_t i = 0; i < f->nchoices; i++)
		if (f->nvalues > 0 && strcmp(f->choices[i].value, f->values[0]) == 0)
			return i + 1;
	return 0;
}

static bool
has_value(const struct field *f, const char *value)
{
	for (size_t i = 0; i < f->nvalues; i++)
		if (strcmp(f->values[i], value) == 0)
			return true;
	return false;
}

static void
show_choices(struct arena *a, const struct field *f)
{
	for (size_t i = 0; i < f->nchoices; i++) {
		const struct choice *c = &f->choices[i];

		fprintf(stderr, "  %c%2zu) %s", has_value(f, c->value) ? '*' : ' ', i + 1,
		    text_visible(a, c->label));
		if (strstr(c->label, c->value) == NULL)
			fprintf(stderr, " (%s)", text_visible(a, c->value));
		fputc('\n', stderr);
	}
}

/* What is in the brackets: what holds if nothing is typed. */
static const char *
default_of(struct arena *a, const struct field *f)
{
	const char *value = f->nvalues > 0 ? f->values[0] : "";

	switch (f->type) {
	case FIELD_BOOL:
		if (*value == '\0')
			return "y/n";
		return strcmp(value, "1") == 0 || strcmp(value, "true") == 0 ? "Y/n" : "y/N";
	case FIELD_SECRET:
		return *value != '\0' ? "unchanged" : "";
	case FIELD_CHOICE:
		return chosen(f) > 0 ? arena_fmt(a, "%zu", chosen(f)) : value;
	case FIELD_CHOICES:
		return f->nvalues > 0 ? "those with *" : "none";
	case FIELD_TEXTS:
	case FIELD_JIDS:
		return f->nvalues > 0 ? "these" : "";
	default:
		return value;
	}
}

static void
show_question(struct arena *a, const struct field *f)
{
	const bool has_lines = f->type == FIELD_TEXTS || f->type == FIELD_JIDS;
	const char *held = default_of(a, f);

	show_text(a, f->desc);
	if (f->type == FIELD_CHOICE || f->type == FIELD_CHOICES)
		fprintf(stderr, "%s:\n", text_visible(a, f->label));
	show_choices(a, f);
	for (size_t i = 0; has_lines && i < f->nvalues; i++)
		fprintf(stderr, "  %s\n", text_visible(a, f->values[i]));
	if (f->type == FIELD_CHOICE)
		fputs("Which one", stderr);
	else if (f->type == FIELD_CHOICES)
		fputs("Which ones, with commas between", stderr);
	else
		fputs(text_visible(a, f->label), stderr);
	if (has_lines)
		fputs(", each on a line, an empty one ends", stderr);
	else if (f->is_required && *held == '\0')
		fputs(" (required)", stderr);
	if (*held != '\0')
		fprintf(stderr, " [%s]", text_visible(a, held));
	fputs(": ", stderr);
}

static bool
is_choice(const struct field *f, const char *value)
{
	for (size_t i = 0; i < f->nchoices; i++)
		if (strcmp(f->choices[i].value, value) == 0)
			return true;
	return false;
}

/* A number of the list stands for what is there, even if it is the value of another one. */
static const char *
add_choice(struct arena *a, struct field *f, const char *word)
{
	const size_t n = strspn(word, "0123456789") == strlen(word) ? strtoul(word, NULL, 10) : 0;

	if (n > f->nchoices && f->nchoices > 0 && !is_choice(f, word))
		return arena_cat(a, "there is no number ", word, NULL);
	return field_add(a, f, n >= 1 && n <= f->nchoices ? f->choices[n - 1].value : word);
}

static const char *
add_choices(struct arena *a, struct field *f, const char *line)
{
	const char *why = NULL;
	size_t n;

	while (*line != '\0' && why == NULL) {
		line += strspn(line, ", ");
		n = strcspn(line, ",");
		while (n > 0 && line[n - 1] == ' ')
			n--;
		if (n > 0)
			why = add_choice(a, f, arena_strndup(a, line, n));
		line += n;
		line += strspn(line, ", ");
	}
	return why;
}

/* The lines behind the first one, until an empty one. */
static bool
add_lines(struct arena *a, struct field *f, const char *line)
{
	while (line != NULL && *line != '\0') {
		field_add(a, f, line);
		line = read_line(a);
	}
	return line != NULL;
}

static const char *
add_answer(struct arena *a, struct field *f, const char *line)
{
	if (f->type == FIELD_CHOICE)
		return add_choice(a, f, line);
	if (f->type == FIELD_CHOICES)
		return add_choices(a, f, line);
	return field_add(a, f, line);
}

/* Takes what was typed; *again: that was no answer. */
static enum asked
take_answer(struct arena *a, struct field *f, const char *line, bool *again)
{
	const struct field was = *f;
	const char *why = NULL;

	*again = false;
	if (*line != '\0')
		field_clear(f);
	if (strcmp(line, SAYS_EMPTY) != 0 && *line != '\0') {
		if (f->type == FIELD_TEXTS || f->type == FIELD_JIDS)
			return add_lines(a, f, line) ? ASKED : ASKED_STOP;
		why = add_answer(a, f, line);
	}
	if (why == NULL && field_is_missing(f))
		why = "something is needed here";
	if (why == NULL)
		return ASKED;
	fprintf(stderr, "%s\n", text_visible(a, why));
	*f = was;
	*again = true;
	return ASKED;
}

static enum asked
ask_field(struct arena *a, struct field *f, bool may_go_back)
{
	enum asked result = ASKED;
	bool again = true;
	const bool is_secret = f->type == FIELD_SECRET;
	bool was = true;
	char *line;

	while (again && result == ASKED) {
		/* Before it is asked for: an answer may come at once. */
		if (is_secret)
			was = set_echo(false);
		show_question(a, f);
		line = read_line(a);
		if (is_secret) {
			set_echo(was);
			fputc('\n', stderr);
		}
		if (line == NULL)
			return ASKED_STOP;
		if (may_go_back && strcmp(line, SAYS_BACK) == 0)
			return ASKED_BACK;
		result = take_answer(a, f, line, &again);
	}
	return result;
}

/* -- a form -- */

enum asked
ask_form(struct arena *a, struct form *form, bool only_missing, bool may_go_back)
{
	enum asked result = ASKED;

	if (form->title != NULL)
		show_text(a, form->title);
	show_text(a, form->instructions);
	if (!only_missing)
		fprintf(stderr, "(Enter keeps what is in brackets, %s empties it%s)\n", SAYS_EMPTY,
		    may_go_back ? ", " SAYS_BACK " goes back a step" : "");
	for (size_t i = 0; i < form->nfields && result == ASKED; i++) {
		struct field *f = &form->fields[i];

		if (f->type == FIELD_FIXED)
			for (size_t k = 0; k < f->nvalues; k++)
				show_text(a, f->values[k]);
		else if (field_is_asked(f) && (!only_missing || field_is_missing(f)))
			result = ask_field(a, f, may_go_back);
	}
	return result;
}

enum asked
ask_either(const char *question, const char *first, const char *second, bool *is_second)
{
	struct arena *a = arena_new();
	enum asked result = ASKED_STOP;
	char *line;

	do {
		fprintf(stderr, "%s: %s or %s? [%s]: ", question, first, second, first);
		line = read_line(a);
		if (line == NULL)
			break;
		*is_second = *line != '\0' && strncasecmp(line, second, strlen(line)) == 0;
		if (*is_second || strncasecmp(line, first, strlen(line)) == 0)
			result = ASKED;
	} while (result != ASKED);
	arena_free(a);
	return result;
}
