/* SPDX-License-Identifier: ISC */
/*
 * live.c - plays scenarios over a real server, or has one for others to use
 *
 *	live prosody|ejabberd [-kv] [-e file] [-m mucd | -b] script.scs ...
 *	live serve prosody|ejabberd [-k] [-a user:password] [-C domain=secret] [-e file] [-m mucd]
 *
 * The second starts the server (with -m: and mucd, attached), prints one line of name=value pairs
 * and stays until SIGINT, SIGTERM or the end of standard input.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/mem.h"
#include "live_client.h"
#include "live_world.h"
#include "scs.h"

#define SECRET "component-secret"

struct options {
	struct server_conf conf;
	const char *program;
	bool builtin, verbose, keep;
	unsigned ntests, nfailed;
};

static int
usage(void)
{
	fprintf(stderr,
	    "usage: live prosody|ejabberd [-kv] [-e file] [-m mucd | -b] script.scs ...\n"
	    "       live serve prosody|ejabberd [-k] [-a user:password] ... [-C domain=secret] "
	    "...\n"
	    "                  [-e file] [-m mucd]\n"
	    "  -a  an account at localhost\n"
	    "  -b  play against the server's own MUC service, without mucd\n"
	    "  -C  a component's domain\n"
	    "  -e  more of the server's configuration\n"
	    "  -k  keep the server's directory\n"
	    "  -m  mucd's program (play: build/mucd)\n"
	    "  -v  tell all stanzas\n");
	return 2;
}

/* -- playing -- */

static void
result(struct options *o, const char *good, const struct scs *scs, const char *more)
{
	o->ntests++;
	o->nfailed += strcmp(good, "ok") != 0;
	printf("%s %u - %s: %s%s\n", good, o->ntests, scs->file, scs->title, more);
	fflush(stdout);
}

/* What the script needs of the server: its accounts and domains. */
static bool
take_needs(struct options *o, struct arena *a, const struct scs *scs)
{
	const struct scs_client *c;
	const struct scs_pair *s;

	if (scs->process_only != NULL)
		return true;
	for (c = scs->clients; c != NULL; c = c->next) {
		const char *at = strstr(c->jid, "@localhost");

		if (at == NULL || at[strlen("@localhost")] != '\0') {
			printf("# %s: %s is not at localhost\n", scs->file, c->jid);
			return false;
		}
		if (!server_add_account(
			&o->conf, arena_strndup(a, c->jid, (size_t)(at - c->jid)), c->password)) {
			printf("# %s: %s has another password elsewhere, or a bad one\n", scs->file,
			    c->jid);
			return false;
		}
	}
	for (s = scs->services; s != NULL; s = s->next)
		if (!server_add_component(&o->conf, s->value, o->builtin ? NULL : SECRET))
			return false;
	return true;
}

static void
play_one(struct options *o, struct live *w, struct scs *scs)
{
	struct play play = { .a = arena_new(), .verbose = o->verbose };
	const char *good;

	if (scs->process_only != NULL)
		result(o, "ok", scs, arena_cat(play.a, " # SKIP ", scs->process_only, NULL));
	else {
		good = play_script(&play, scs, &live_world, w) ? "ok" : "not ok";
		result(o, good, scs, "");
	}
	arena_free(play.a);
}

static int
play_all(struct options *o, char **files)
{
	struct arena *a = arena_new();
	struct scs *scs[512];
	struct server server;
	struct live w = { .server = &server, .conf = &o->conf, .program = o->program };
	const char *error;
	size_t i, n = 0;
	bool good = server_add_account(&o->conf, LIVE_USER, LIVE_PASSWORD);

	for (; *files != NULL && n < 512; files++) {
		scs[n] = scs_read(a, *files, &error);
		if (scs[n] == NULL)
			printf("# %s\n", error);
		good = scs[n] != NULL && take_needs(o, a, scs[n]) && good;
		n++;
	}
	good = good && server_start(&server, &o->conf);
	for (i = 0; good && i < n && !live_stopping; i++)
		play_one(o, &w, scs[i]);
	if (good)
		server_stop(&server, o->keep);
	else
		printf("Bail out! nothing can be played\n");
	printf("1..%zu\n", n);
	arena_free(a);
	return !good || o->nfailed != 0 || o->ntests != n;
}

/* -- serving -- */

static void
print_line(const struct options *o, const struct server *s, const struct mucd *m)
{
	size_t i;

	printf("client_port=%d component_port=%d", s->client_port,
	    o->conf.ncomponents > 0 ? o->conf.component[0].port : 0);
	for (i = 0; i < o->conf.ncomponents; i++)
		printf(" component_port.%s=%d", o->conf.component[i].domain,
		    o->conf.component[i].port);
	printf(" dir=%s server_pid=%d", s->dir, (int)s->proc.pid);
	if (o->program != NULL)
		printf(" mucd_pid=%d mucd_conf=%s mucd_log=%s", (int)m->proc.pid, m->conf, m->log);
	printf("\n");
	fflush(stdout);
}

/* Until a signal, or the end of standard input. */
static void
stay(void)
{
	struct pollfd in = { .fd = 0, .events = POLLIN };
	char dropped[256];

	while (!live_stopping)
		if (poll(&in, 1, -1) > 0 && read(0, dropped, sizeof(dropped)) <= 0)
			return;
}

/* Starts mucd and waits until it is attached. */
static bool
attach(const struct options *o, const struct server *s, struct mucd *m)
{
	struct arena *a = arena_new();
	struct clients *all = clients_new(a);
	struct client *c =
	    client_open(all, LIVE_USER "@localhost", LIVE_PASSWORD, s->client_port, NULL, NULL);
	bool good = c != NULL && mucd_prepare(m, o->program, s, &o->conf, NULL) && mucd_start(m) &&
		    live_attached(c, &o->conf, m);

	client_close(c);
	clients_free(all);
	arena_free(a);
	if (!good && m->log != NULL)
		print_tail(m->log, 20);
	return good;
}

static int
serve(struct options *o)
{
	struct server server;
	struct mucd mucd = { .program = NULL };
	bool good;

	if (!server_add_account(&o->conf, LIVE_USER, LIVE_PASSWORD) ||
	    !server_start(&server, &o->conf))
		return 1;
	good = o->program == NULL || attach(o, &server, &mucd);
	if (good) {
		print_line(o, &server, &mucd);
		stay();
	}
	if (o->program != NULL)
		good = mucd_stop(&mucd, SIGTERM) && good;
	mucd_release(&mucd);
	server_stop(&server, o->keep);
	return !good;
}

/* -- options -- */

/* "name" and "value" of name:value, split at the first such sign. False when there is none. */
static bool
split(const char *arg, char sign, const char **name, const char **value)
{
	const char *at = strchr(arg, sign);

	if (at == NULL)
		return false;
	*name = mem_strndup(arg, (size_t)(at - arg));
	*value = at + 1;
	return true;
}

static bool
take_option(struct options *o, int c)
{
	const char *name, *value;

	switch (c) {
	case 'a':
		return split(optarg, ':', &name, &value) &&
		       server_add_account(&o->conf, name, value);
	case 'b':
		return o->builtin = true;
	case 'C':
		return split(optarg, '=', &name, &value) &&
		       server_add_component(&o->conf, name, value);
	case 'e':
		return (o->conf.extra = optarg) != NULL;
	case 'k':
		return o->keep = true;
	case 'm':
		return (o->program = optarg) != NULL;
	case 'v':
		return o->verbose = true;
	default:
		return false;
	}
}

int
main(int argc, char **argv)
{
	static struct options o;
	bool serving = argc > 1 && strcmp(argv[1], "serve") == 0;
	int c;

	argc -= serving;
	argv += serving;
	if (argc < 2 || !server_kind(argv[1], &o.conf.kind))
		return usage();
	argc--;
	argv++;
	while ((c = getopt(argc, argv, serving ? "a:C:e:km:" : "be:km:v")) != -1)
		if (!take_option(&o, c))
			return usage();
	argv += optind;
	if (serving ? *argv != NULL || o.conf.ncomponents == 0
		    : *argv == NULL || (o.builtin && o.program != NULL))
		return usage();
	live_signals();
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!serving && o.program == NULL && !o.builtin)
		o.program = "build/mucd";
	c = serving ? serve(&o) : play_all(&o, argv);
	live_reap();
	return c;
}
