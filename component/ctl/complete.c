/* SPDX-License-Identifier: ISC */
/*
 * complete.c - what may come next on a command line, for the shell
 */
#include <stdio.h>
#include <string.h>

#include "adhoc.h"
#include "base/arena.h"
#include "db.h"
#include "help.h"
#include "options.h"
#include "text.h"

#define WAIT_S 5

/* A candidate, if it begins as the word does. What a terminal could not show is left out. */
static void
offer(struct arena *a, const char *word, const char *head, const char *tail)
{
	const char *all = arena_cat(a, head, tail, NULL);

	if (strncmp(all, word, strlen(word)) == 0 && strcmp(text_visible(a, all), all) == 0)
		puts(all);
}

static void
offer_commands(const struct adhoc *ah, const char *word)
{
	const struct ctl_subcommand *s;

	for (size_t i = 0; (s = ctl_subcommand(i)) != NULL; i++)
		offer(ah->a, word, s->name, "");
	for (size_t i = 0; i < ah->ncommands; i++)
		offer(ah->a, word, ah->commands[i].name, "");
}

static void
offer_values(struct arena *a, const char *word, const struct field *f)
{
	const char *head = arena_cat(a, f->name, "=", NULL);

	if (f->type == FIELD_BOOL) {
		offer(a, word, head, "yes");
		offer(a, word, head, "no");
	}
	for (size_t i = 0; i < f->nchoices; i++)
		offer(a, word, head, f->choices[i].value);
}

static bool
is_given(const struct form *form, const struct field *f, const struct ctl_arg *args, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (form_find(form, args[i].name) == f)
			return true;
	return false;
}

/* words[0] is the command, the last one is that which is being typed. */
static void
offer_fields(struct adhoc *ah, char **words, int nwords)
{
	const char *word = words[nwords - 1];
	const size_t nargs = (size_t)nwords - 2;
	struct ctl_arg *args = arena_alloc(ah->a, (nargs + 1) * sizeof *args);
	const struct command *command;
	struct form form;
	bool more;

	/* What was typed before may open another form. */
	if (adhoc_find(ah, words[0], &command) != CTL_OK || !ctl_args(args, nargs, words + 1) ||
	    adhoc_form(ah, command, args, nargs, &form, &more) != CTL_OK)
		return;
	for (size_t i = 0; i < form.nfields; i++) {
		const struct field *f = &form.fields[i];
		const size_t n = strlen(f->name);

		if (!field_is_asked(f))
			continue;
		if (strncmp(word, f->name, n) == 0 && word[n] == '=')
			offer_values(ah->a, word, f);
		else if (field_has_many(f) || !is_given(&form, f, args, nargs))
			offer(ah->a, word, f->name, "=");
	}
}

static void
offer_db(const char *word)
{
	struct arena *a = arena_new();
	const char *name;

	for (size_t i = 0; (name = db_command_name(i)) != NULL; i++)
		offer(a, word, name, "");
	arena_free(a);
}

static void
offer_options(const char *word)
{
	struct arena *a = arena_new();
	const char *name;

	for (size_t i = 0; (name = options_name(i)) != NULL; i++)
		offer(a, word, "--", name);
	arena_free(a);
}

enum ctl_exit
ctl_complete(const struct ctl_options *o, int argc, char **argv)
{
	struct ctl_options all = *o;
	struct adhoc ah;
	int at;

	ctl_hush();
	at = options_read(&all, argc, argv);
	/* The word itself may be an option, or what belongs to one. */
	if (at < 0 || at >= argc - 1) {
		if (argc > 1 && argv[argc - 1][0] == '-') {
			offer_options(argv[argc - 1]);
			return CTL_OK;
		}
		if (at < 0 || at >= argc)
			return CTL_OK;
	}
	all.asks_nothing = true;
	all.timeout_s = WAIT_S;
	if (at + 1 < argc && strcmp(argv[at], "help") == 0)
		at++;
	if (at + 2 == argc && strcmp(argv[at], "db") == 0) {
		offer_db(argv[at + 1]);
		return CTL_OK;
	}
	if (adhoc_open(&ah, &all) == CTL_OK || at + 1 == argc) {
		if (at + 1 == argc)
			offer_commands(&ah, argv[at]);
		else
			offer_fields(&ah, argv + at, argc - at);
	}
	adhoc_close(&ah);
	return CTL_OK;
}
