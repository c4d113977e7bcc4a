/* SPDX-License-Identifier: ISC */
/*
 * help.c - what can be done: asked of the service, so that it is true
 */
#include <stdio.h>
#include <string.h>

#include "adhoc.h"
#include "base/arena.h"
#include "help.h"
#include "text.h"

/* -- all commands -- */

static void
json_list(const struct adhoc *ah)
{
	fputs("{\"commands\":[", stdout);
	for (size_t i = 0; i < ah->ncommands; i++) {
		fputs(i > 0 ? ",{\"command\":" : "{\"command\":", stdout);
		json_string(ah->commands[i].name);
		fputs(",\"node\":", stdout);
		json_string(ah->commands[i].node);
		fputs(",\"title\":", stdout);
		json_string(ah->commands[i].title);
		putchar('}');
	}
	puts("]}");
}

static void
show_list(const struct adhoc *ah)
{
	size_t width = 0, w;

	if (ah->ncommands == 0) {
		printf("\n%s has no commands for you.\n", text_visible(ah->a, ah->target));
		return;
	}
	printf("\nCommands of %s; `mucctl help COMMAND` tells what one is given:\n",
	    text_visible(ah->a, ah->target));
	for (size_t i = 0; i < ah->ncommands; i++) {
		w = text_width(text_visible(ah->a, ah->commands[i].name));
		width = w > width ? w : width;
	}
	for (size_t i = 0; i < ah->ncommands; i++) {
		const char *name = text_visible(ah->a, ah->commands[i].name);

		printf("  %s", name);
		text_pad(stdout, width - text_width(name) + 2);
		printf("%s\n", text_visible(ah->a, ah->commands[i].title));
	}
	if (ah->o->room == NULL)
		puts("\nA room may have commands of its own: `mucctl -r ROOM help`.");
}

/* -- one command -- */

static void
json_form(const struct command *command, const struct form *form)
{
	bool is_first = true;

	fputs("{\"command\":", stdout);
	json_string(command->name);
	fputs(",\"node\":", stdout);
	json_string(command->node);
	fputs(",\"title\":", stdout);
	json_string(command->title);
	fputs(",\"fields\":[", stdout);
	for (size_t i = 0; i < form->nfields; i++) {
		const struct field *f = &form->fields[i];

		if (!field_is_asked(f))
			continue;
		fputs(is_first ? "{\"name\":" : ",{\"name\":", stdout);
		is_first = false;
		json_string(f->name);
		fputs(",\"var\":", stdout);
		json_string(f->var);
		fputs(",\"type\":", stdout);
		json_string(field_type_name(f->type));
		fputs(",\"label\":", stdout);
		json_string(f->label);
		printf(",\"required\":%s,\"values\":[", f->is_required ? "true" : "false");
		for (size_t k = 0; k < f->nvalues; k++) {
			fputs(k > 0 ? "," : "", stdout);
			json_string(f->values[k]);
		}
		fputs("],\"choices\":[", stdout);
		for (size_t k = 0; k < f->nchoices; k++) {
			fputs(k > 0 ? "," : "", stdout);
			json_string(f->choices[k].value);
		}
		fputs("]}", stdout);
	}
	puts("]}");
}

/* What may stand behind the equal sign. */
static const char *
values_of(const struct field *f)
{
	switch (f->type) {
	case FIELD_BOOL:
		return "yes|no";
	case FIELD_JID:
	case FIELD_JIDS:
		return "ADDRESS";
	case FIELD_CHOICE:
	case FIELD_CHOICES:
		return "CHOICE";
	default:
		return f->is_number ? "NUMBER" : "TEXT";
	}
}

static void
show_field(struct arena *a, const struct field *f)
{
	printf("\n  %s=%s", text_visible(a, f->name), values_of(f));
	if (field_has_many(f))
		printf(", again for more");
	printf("%s\n        %s", f->is_required ? " (required)" : "", text_visible(a, f->label));
	for (size_t i = 0; i < f->nvalues && f->type != FIELD_SECRET; i++)
		printf("%s%s", i == 0 ? " [" : ", ", field_shown(a, f, f->values[i]));
	puts(f->nvalues > 0 && f->type != FIELD_SECRET ? "]" : "");
	for (size_t i = 0; i < f->nchoices; i++) {
		const struct choice *c = &f->choices[i];

		printf("        %s", text_visible(a, c->value));
		if (strcmp(c->label, c->value) != 0)
			printf(": %s", text_visible(a, c->label));
		putchar('\n');
	}
}

static void
show_form(struct arena *a, const struct command *command, const struct form *form, bool more)
{
	bool any = false;

	printf("%s: %s\n", text_visible(a, command->name), text_visible(a, command->title));
	if (form->instructions != NULL)
		printf("%s\n", text_visible(a, form->instructions));
	for (size_t i = 0; i < form->nfields; i++)
		if (field_is_asked(&form->fields[i])) {
			show_field(a, &form->fields[i]);
			any = true;
		}
	if (!any)
		puts("It has no fields.");
	if (more)
		printf("\nAnother form follows: `mucctl help %s`, with what is required above, "
		       "shows it.\n",
		    text_visible(a, command->name));
}

static enum ctl_exit
help_command(struct adhoc *ah, const char *name, struct ctl_arg *args, size_t nargs)
{
	const struct command *command;
	struct form form;
	bool more;
	enum ctl_exit result = adhoc_find(ah, name, &command);

	if (result == CTL_OK)
		result = adhoc_form(ah, command, args, nargs, &form, &more);
	if (result != CTL_OK)
		return result;
	if (ah->o->is_json)
		json_form(command, &form);
	else
		show_form(ah->a, command, &form, more);
	return CTL_OK;
}

static void
show_own(void)
{
	const struct ctl_subcommand *s;

	puts("mucctl [option ...] command [name=value ...]\n\n"
	     "Options: `mucctl -h`. Commands of mucctl itself:");
	for (size_t i = 0; (s = ctl_subcommand(i)) != NULL; i++)
		printf("  %s%s%s: %s\n", s->name, *s->args != '\0' ? " " : "", s->args, s->what);
}

static bool
help_own(const char *name)
{
	const struct ctl_subcommand *s;

	for (size_t i = 0; (s = ctl_subcommand(i)) != NULL; i++)
		if (strcmp(s->name, name) == 0) {
			printf(
			    "%s%s%s: %s\n", s->name, *s->args != '\0' ? " " : "", s->args, s->what);
			return true;
		}
	return false;
}

enum ctl_exit
ctl_help(const struct ctl_options *o, int argc, char **argv)
{
	const size_t nargs = argc > 2 ? (size_t)argc - 2 : 0;
	struct adhoc ah;
	struct ctl_arg *args;
	enum ctl_exit result;

	if (argc == 2 && help_own(argv[1]))
		return CTL_OK;
	if (argc == 1 && !o->is_json) {
		show_own();
		fflush(stdout);
	}
	result = adhoc_open(&ah, o);
	args = arena_alloc(ah.a, (nargs + 1) * sizeof *args);
	if (nargs > 0 && !ctl_args(args, nargs, argv + 2))
		result = CTL_USAGE;
	if (result == CTL_OK && argc > 1)
		result = help_command(&ah, argv[1], args, nargs);
	else if (result == CTL_OK && o->is_json)
		json_list(&ah);
	else if (result == CTL_OK)
		show_list(&ah);
	adhoc_close(&ah);
	return result;
}
