/* SPDX-License-Identifier: ISC */
/*
 * mucctl.c - the operator's command line: what is wanted, and who does it
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../log.h"
#include "adhoc.h"
#include "base/mem.h"
#include "db.h"
#include "help.h"
#include "muc.h"
#include "options.h"

/* A command is looked for here first. What has no description is for other programs. */
static const struct ctl_subcommand subcommands[] = {
	{ "db", "command [argument ...]",
	    "look after a database: check, stat, backup, export, import", ctl_db },
	{ "help", "[command [name=value ...]]", "what can be done, or what a command is given",
	    ctl_help },
	{ "complete", "word ...", NULL, ctl_complete },
};

#define NSUBCOMMANDS (sizeof subcommands / sizeof subcommands[0])

volatile sig_atomic_t ctl_stopping;
static bool is_hushed;

static void
on_signal(int sig)
{
	(void)sig;
	ctl_stopping = 1;
}

/* What waits is woken: no SA_RESTART. */
void
ctl_catch(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
}

void
ctl_hush(void)
{
	is_hushed = true;
}

void
ctl_complain(const char *fmt, ...)
{
	char text[4096], visible[4096], *line, *rest = text;
	const char *lead = "mucctl: ";
	va_list ap;

	if (is_hushed)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	while ((line = strsep(&rest, "\n")) != NULL) {
		log_visible(line, visible, sizeof visible);
		fprintf(stderr, "%s%s\n", lead, visible);
		lead = "  ";
	}
}

const struct ctl_subcommand *
ctl_subcommand(size_t i)
{
	for (size_t k = 0; k < NSUBCOMMANDS; k++)
		if (subcommands[k].what != NULL && i-- == 0)
			return &subcommands[k];
	return NULL;
}

static void
print_usage(void)
{
	const struct ctl_subcommand *s;

	fputs("usage: mucctl [option ...] command [name=value ...]\n\n"
	      "The operator's command line of mucd. See mucctl(1).\n\n",
	    stdout);
	options_print();
	fputs("\nCommands of mucctl itself:\n", stdout);
	for (size_t i = 0; (s = ctl_subcommand(i)) != NULL; i++)
		printf("  %s%s%s\n        %s\n", s->name, *s->args != '\0' ? " " : "", s->args,
		    s->what);
}

static void __attribute__((noreturn)) out_of_memory(size_t nbytes)
{
	ctl_complain("out of memory: %zu bytes", nbytes);
	exit(CTL_FAILED);
}

/* A command of the service. */
static enum ctl_exit
ask_service(const struct ctl_options *o, int argc, char **argv)
{
	struct ctl_arg *args = mem_alloc((size_t)argc * sizeof *args);
	const struct command *command;
	enum ctl_exit result = CTL_USAGE;
	struct adhoc ah;

	if (ctl_args(args, (size_t)argc - 1, argv + 1)) {
		result = adhoc_open(&ah, o);
		if (result == CTL_OK)
			result = adhoc_find(&ah, argv[0], &command);
		if (result == CTL_OK)
			result = adhoc_run(&ah, command, args, (size_t)argc - 1);

		adhoc_close(&ah);
	}
	free(args);
	return result;
}

static enum ctl_exit
run(const struct ctl_options *o, int argc, char **argv)
{
	for (size_t i = 0; i < NSUBCOMMANDS; i++)
		if (strcmp(subcommands[i].name, argv[0]) == 0) {
			optind = 0;
			return subcommands[i].run(o, argc, argv);
		}
	return ask_service(o, argc, argv);
}

int
main(int argc, char **argv)
{
	struct ctl_options o;
	int at;

	mem_die = out_of_memory;
	options_default(&o, argv[0]);
	at = options_read(&o, argc, argv);
	if (at == OPTIONS_HELP) {
		print_usage();
		return CTL_OK;
	}
	if (at == OPTIONS_VERSION) {
		puts("mucctl " MUC_VERSION);
		return CTL_OK;
	}
	if (at == argc)
		ctl_complain("which command? `mucctl help` lists them");
	if (at < 0 || at == argc)
		return CTL_USAGE;
	return run(&o, argc - at, argv + at);
}
