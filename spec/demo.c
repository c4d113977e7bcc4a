/* SPDX-License-Identifier: ISC */
/*
 * demo.c - mucd at work: a throwaway Prosody, mucd attached, and a short conversation
 *
 *	demo build/mucd
 *
 * It stays until SIGINT or SIGTERM, with DEMO_SECONDS in the environment so many seconds, and
 * shows what is said in the room meanwhile. Nothing is left behind.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/xml.h"
#include "base/xml_parse.h"
#include "live_client.h"
#include "live_world.h"
#include "scs.h"

#define DOMAIN "conference.localhost"
#define ROOM   "verona@" DOMAIN
#define SECRET "component-secret"
#define MUC    "http://jabber.org/protocol/muc"

enum who {
	ROMEO,
	JULIET,
	NWHO,
};

static const char *const names[NWHO] = { "Romeo", "Juliet" };
static const char *const users[NWHO] = { "romeo", "juliet" };

static const struct step {
	enum who who;
	const char *told; /* of what happens; NULL: mucd is killed and starts again */
	const char *stanza;
} steps[] = {
	{ ROMEO, "Romeo makes a room",
	    "<presence to='" ROOM "/Romeo'><x xmlns='" MUC "'/></presence>" },
	{ ROMEO, "Romeo gives it a name and opens it",
	    "<iq type='set' id='d1' to='" ROOM "'><query xmlns='" MUC "#owner'>"
	    "<x xmlns='jabber:x:data' type='submit'>"
	    "<field var='FORM_TYPE'><value>" MUC "#roomconfig</value></field>"
	    "<field var='muc#roomconfig_roomname'><value>Verona</value></field>"
	    "<field var='muc#roomconfig_persistentroom'><value>1</value></field>"
	    "</x></query></iq>" },
	{ ROMEO, "Romeo sets the subject",
	    "<message type='groupchat' to='" ROOM
	    "'><subject>A balcony in Verona</subject></message>" },
	{ JULIET, "Juliet enters",
	    "<presence to='" ROOM "/Juliet'><x xmlns='" MUC "'/></presence>" },
	{ ROMEO, "Romeo speaks",
	    "<message type='groupchat' to='" ROOM "'><body>But, soft! what light through yonder "
	    "window breaks?</body></message>" },
	{ JULIET, "Juliet speaks",
	    "<message type='groupchat' to='" ROOM "'><body>Art thou not Romeo and a "
	    "Montague?</body></message>" },
	{ ROMEO, "Romeo makes Juliet a moderator",
	    "<iq type='set' id='d2' to='" ROOM "'><query xmlns='" MUC "#admin'>"
	    "<item nick='Juliet' role='moderator'/></query></iq>" },
	{ ROMEO, NULL, NULL },
	{ JULIET, "Juliet speaks, and is still in",
	    "<message type='groupchat' to='" ROOM "'><body>O Romeo, Romeo! wherefore art thou "
	    "Romeo?</body></message>" },
};

struct demo {
	struct arena *a;
	struct clients *clients;
	struct client *client[NWHO];
	struct server server;
	struct server_conf conf;
	struct mucd mucd;
	bool tells; /* what a client gets is printed */
};

/* One of the two, and what it is told. */
struct person {
	struct demo *d;
	enum who who;
};

static const char *
nick_of(const struct xml *x)
{
	const char *from = xml_get(x, "from"), *slash = from != NULL ? strchr(from, '/') : NULL;

	return slash != NULL ? slash + 1 : "the room";
}

static const char *
said(const char *s)
{
	return s != NULL ? s : "";
}

static void
take_presence(const char *name, const struct xml *x)
{
	const struct xml *user = xml_child(x, NS_MUC_USER, "x");
	const struct xml *item = xml_child(user, NS_MUC_USER, "item");
	const char *type = xml_get(x, "type");

	if (type != NULL && strcmp(type, "unavailable") == 0)
		printf("    %-6s sees: %s leaves\n", name, nick_of(x));
	else if (type != NULL)
		printf("    %-6s is refused: %s\n", name,
		    said(xml_child_text(
			xml_child(x, NS_STANZA, "error"), NS_STANZA_ERRORS, "text")));
	else if (item != NULL)
		printf("    %-6s sees: %s is here (%s, affiliation %s)\n", name, nick_of(x),
		    said(xml_get(item, "role")), said(xml_get(item, "affiliation")));
}

static void
take_message(const char *name, const struct xml *x)
{
	const char *body = xml_child_text(x, NS_STANZA, "body");
	const char *subject = xml_child_text(x, NS_STANZA, "subject");

	if (body != NULL)
		printf("    %-6s reads: <%s> %s\n", name, nick_of(x), body);
	else if (subject != NULL && *subject != '\0')
		printf("    %-6s reads: the subject is: %s\n", name, subject);
}

static void
take(void *arg, const struct xml *x)
{
	const struct person *person = arg;
	const char *from = xml_get(x, "from");

	/* Their accounts' own presence is nothing of ours. */
	if (!person->d->tells || from == NULL || strncmp(from, ROOM, strlen(ROOM)) != 0)
		return;
	if (xml_is(x, NS_STANZA, "presence"))
		take_presence(names[person->who], x);
	else if (xml_is(x, NS_STANZA, "message"))
		take_message(names[person->who], x);
	else if (xml_child(x, NS_STANZA, "error") != NULL)
		printf("    %-6s is refused\n", names[person->who]);
	fflush(stdout);
}

static bool
send_text(struct demo *d, enum who who, const char *text)
{
	struct xml_parser *parser = scs_parser();
	const struct xml *x;
	bool good = xml_parse(parser, d->a, text, strlen(text), &x) == PARSE_OK;

	if (good)
		client_send(d->client[who], x);
	xml_parser_free(parser);
	return good;
}

static bool
restart(struct demo *d)
{
	printf("  mucd is killed (kill -9) and starts again; what may not have arrived of the last "
	       "it said\n"
	       "  it says once more, by the same ids, and clients show it once\n");
	return mucd_stop(&d->mucd, SIGKILL) && mucd_start(&d->mucd) &&
	       live_attached(d->client[ROMEO], &d->conf, &d->mucd);
}

/* A ping of the service after each step: when it comes back, all that went before has come. */
static bool
play_step(struct demo *d, const struct step *step)
{
	if (step->told == NULL)
		return restart(d);
	printf("  %s\n", step->told);
	return send_text(d, step->who, step->stanza) &&
	       client_barrier(d->client[step->who], DOMAIN) &&
	       client_barrier(d->client[step->who == ROMEO ? JULIET : ROMEO], DOMAIN);
}

static bool
play_all(struct demo *d)
{
	d->tells = true;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (live_stopping || !play_step(d, &steps[i]))
			return false;
	return true;
}

static void
print_how(const struct demo *d, const char *seconds)
{
	printf("\nConnect with any XMPP client. Loopback only, no TLS: allow it in the client.\n"
	       "    account    romeo@localhost, password \"romeo\" (or juliet, \"juliet\")\n"
	       "    server     127.0.0.1, port %d\n"
	       "    room       " ROOM "\n"
	       "With profanity, for example:\n"
	       "    /connect romeo@localhost server 127.0.0.1 port %d tls disable\n"
	       "    /join " ROOM " nick Guest\n\n",
	    d->server.client_port, d->server.client_port);
	if (seconds != NULL)
		printf(
		    "Up for %s seconds, or until Ctrl-C. What Romeo and Juliet hear:\n", seconds);
	else
		printf("Up until Ctrl-C. What Romeo and Juliet hear:\n");
	fflush(stdout);
}

/* False: a client or mucd is gone. */
static bool
stay(struct demo *d, const char *seconds)
{
	int64_t until = live_now_ms() + (seconds != NULL ? atol(seconds) * 1000L : 0);
	int status;

	while (!live_stopping && (seconds == NULL || live_now_ms() < until)) {
		clients_run(d->clients, 100);
		arena_reset(d->a);
		if (!client_is_up(d->client[ROMEO]) || !client_is_up(d->client[JULIET]) ||
		    !proc_runs(&d->mucd.proc, &status))
			return live_stopping;
	}
	return true;
}

static bool
bring_up(struct demo *d, const char *program)
{
	static struct person people[NWHO];

	d->conf.kind = SERVER_PROSODY;
	for (enum who i = ROMEO; i < NWHO; i++)
		server_add_account(&d->conf, users[i], users[i]);
	server_add_component(&d->conf, DOMAIN, SECRET);
	printf("Starting Prosody on loopback, and mucd as its component " DOMAIN ".\n");
	fflush(stdout);
	if (!server_start(&d->server, &d->conf))
		return false;
	if (!mucd_prepare(&d->mucd, program, &d->server, &d->conf, NULL) || !mucd_start(&d->mucd))
		return false;
	for (enum who i = ROMEO; i < NWHO; i++) {
		const char *jid = arena_cat(d->a, users[i], "@localhost", NULL);

		people[i] = (struct person){ d, i };
		d->client[i] =
		    client_open(d->clients, jid, users[i], d->server.client_port, take, &people[i]);
		if (d->client[i] == NULL)
			return false;
	}
	return live_attached(d->client[ROMEO], &d->conf, &d->mucd);
}

static void
bring_down(struct demo *d)
{
	d->tells = false;
	for (enum who i = ROMEO; i < NWHO; i++)
		client_close(d->client[i]);
	clients_free(d->clients);
	mucd_release(&d->mucd);
	if (d->server.dir != NULL)
		server_stop(&d->server, false);
	arena_free(d->a);
	live_reap();
}

int
main(int argc, char **argv)
{
	static struct demo d;
	const char *seconds = getenv("DEMO_SECONDS");
	bool good;

	if (argc != 2) {
		fprintf(stderr, "usage: demo mucd\n");
		return 2;
	}
	live_signals();
	d.a = arena_new();
	d.clients = clients_new(d.a);
	good = bring_up(&d, argv[1]) && play_all(&d);
	if (good) {
		print_how(&d, seconds);
		good = stay(&d, seconds);
	}
	if (!good && !live_stopping && d.mucd.log != NULL)
		print_tail(d.mucd.log, 20);
	bring_down(&d);
	if (!good && !live_stopping) {
		fprintf(stderr, "demo: FAILED, see above\n");
		return 1;
	}
	printf("demo: ended, nothing is left running\n");
	return 0;
}
