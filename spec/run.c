/* SPDX-License-Identifier: ISC */
/*
 * run.c - plays scenarios in process and tells the outcome as TAP
 *
 * Each script is played as it is, and again with a restart of the service between all steps.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "host.h"
#include "scs.h"

struct run {
	struct host *host;
	bool verbose, only_plain, only_restarted;
	unsigned ntests, nfailed;
};

static void
result(struct run *run, bool good, const char *file, const char *title, const char *more)
{
	run->ntests++;
	run->nfailed += !good;
	printf("%sok %u - %s: %s%s\n", good ? "" : "not ", run->ntests, file, title, more);
	fflush(stdout);
}

static void
skip(struct run *run, const struct scs *scs, const char *more, const char *why)
{
	run->ntests++;
	printf("ok %u - %s: %s%s # SKIP %s\n", run->ntests, scs->file, scs->title, more, why);
}

/* One pass of a script, which is read for it anew. */
static void
play_pass(struct run *run, const char *file, bool restarted)
{
	const char *more = restarted ? ", restarted between all steps" : "";
	struct arena *a = arena_new();
	struct play play = { .a = a, .restart_always = restarted, .verbose = run->verbose };
	const char *error;
	struct scs *scs = scs_read(a, file, &error);

	if (scs == NULL) {
		printf("# %s\n", error);
		result(run, false, file, "cannot be read", more);
	} else if (scs->live_only != NULL) {
		skip(run, scs, more, scs->live_only);
	} else if (restarted && scs->no_restart != NULL) {
		skip(run, scs, more, scs->no_restart);
	} else {
		result(
		    run, play_script(&play, scs, &host_world, run->host), file, scs->title, more);
	}
	arena_free(a);
}

static int
usage(void)
{
	fprintf(stderr, "usage: run [-v] [-p | -r] script.scs ...\n"
			"  -v  tell all stanzas and mucd's log\n"
			"  -p  play scripts only as they are\n"
			"  -r  play scripts only with a restart between all steps\n");
	return 2;
}

int
main(int argc, char **argv)
{
	struct run run = { .host = NULL };
	clock_t begin = clock();
	int c;

	while ((c = getopt(argc, argv, "prv")) != -1) {
		if (c == 'v')
			run.verbose = true;
		else if (c == 'p')
			run.only_plain = true;
		else if (c == 'r')
			run.only_restarted = true;
		else
			return usage();
	}
	if (optind == argc || (run.only_plain && run.only_restarted))
		return usage();
	run.host = host_new();
	for (; optind < argc; optind++) {
		if (!run.only_restarted)
			play_pass(&run, argv[optind], false);
		if (!run.only_plain)
			play_pass(&run, argv[optind], true);
	}
	printf("1..%u\n# %lu stanzas, %.2f s\n", run.ntests, host_stanzas(run.host),
	    (double)(clock() - begin) / CLOCKS_PER_SEC);
	host_free(run.host);
	return run.nfailed != 0;
}
