/* SPDX-License-Identifier: ISC */
/*
 * mucctl.c - the operator's command line: options, and who does the rest
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../log.h"
#include "base/mem.h"
#include "ctl.h"
#include "db.h"
#include "muc.h"

static enum ctl_exit help(const struct ctl_options *, int argc, char **argv);

/* A command is looked for here first. */
static const struct ctl_subcommand subcommands[] = {
	{ "db", "command [argument ...]",
	    "look after a database: check, stat, backup, export, import", ctl_db },
	{ "help", "", "this text", help },
};

#define NSUBCOMMANDS (sizeof subcommands / sizeof subcommands[0])

static const struct option long_options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static const char usage_head[] = "usage: mucctl [-hV] command [argument ...]\n"
				 "\n"
				 "The operator's command line of mucd. See mucctl(1).\n"
				 "\n"
				 "  -h, --help     this text\n"
				 "  -V, --version  the version\n"
				 "\n"
				 "Commands:\n";

void
ctl_complain(const char *fmt, ...)
{
	char line[2048], visible[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	log_visible(line, visible, sizeof visible);
	fprintf(stderr, "mucctl: %s\n", visible);
}

static void
print_usage(FILE *to)
{
	fputs(usage_head, to);
	for (size_t i = 0; i < NSUBCOMMANDS; i++) {
		const struct ctl_subcommand *s = &subcommands[i];

		fprintf(to, "  %s%s%s\n        %s\n", s->name, *s->args != '\0' ? " " : "", s->args,
		    s->what);
	}
}

static enum ctl_exit
usage(void)
{
	print_usage(stderr);
	return CTL_USAGE;
}

static enum ctl_exit
help(const struct ctl_options *o, int argc, char **argv)
{
	(void)o;
	(void)argv;
	if (argc > 1)
		return usage();
	print_usage(stdout);
	return CTL_OK;
}

static void __attribute__((noreturn)) out_of_memory(size_t nbytes)
{
	ctl_complain("out of memory: %zu bytes", nbytes);
	exit(CTL_FAILED);
}

static enum ctl_exit
run(const struct ctl_options *o, int argc, char **argv)
{
	for (size_t i = 0; i < NSUBCOMMANDS; i++)
		if (strcmp(subcommands[i].name, argv[0]) == 0) {
			optind = 0;
			return subcommands[i].run(o, argc, argv);
		}
	ctl_complain("%s: no such command", argv[0]);
	return CTL_USAGE;
}

int
main(int argc, char **argv)
{
	struct ctl_options o = { .program = argv[0] };
	int c;

	mem_die = out_of_memory;
	while ((c = getopt_long(argc, argv, "+hV", long_options, NULL)) != -1) {
		switch (c) {
		case 'h':
			print_usage(stdout);
			return CTL_OK;
		case 'V':
			puts("mucctl " MUC_VERSION);
			return CTL_OK;
		default:
			return usage();
		}
	}
	if (optind == argc)
		return usage();
	return run(&o, argc - optind, argv + optind);
}
