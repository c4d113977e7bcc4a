/* SPDX-License-Identifier: ISC */
/*
 * shutdown.c - an administrator stops the service: room by room, in as many turns as it takes
 */
#include <stdio.h>

#include "service.h"
#include "tap.h"

#define ROOMS	  20
#define OCCUPANTS 220 /* of each: all of them are more than a turn tells */

static const char shut_down[] =
    "<iq from='root@x/r' to='rooms.example' type='set' id='i'>"
    "<command xmlns='http://jabber.org/protocol/commands' node='shutdown'>"
    "<x xmlns='jabber:x:data' type='submit'><field var='delay'><value>%d</value></field>"
    "<field var='leave'><value>%d</value></field></x></command></iq>";

static int stops; /* how often the host was told to */

static const char *
asked(void *arg, enum muc_ask what, const char *with)
{
	(void)arg, (void)with;
	stops += what == MUC_ASK_STOP;
	return NULL;
}

static void
enter(struct test *t, int room, int user)
{
	char stanza[256];

	snprintf(stanza, sizeof(stanza),
	    "<presence from='u%d@x/r' to='r%d@rooms.example/n%d'>"
	    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
	    user, room, user);
	t->now.mono_ms += 1;
	if (test_send(t, stanza) == MUC_TURN_ENDS) {
		muc_commit(t->muc);
		free(test_drain(t, 65536));
	}
}

/* An owner opens a new room. */
static void
open_room(struct test *t, int room)
{
	char stanza[256];

	enter(t, room, 0);
	snprintf(stanza, sizeof(stanza),
	    "<iq from='u0@x/r' to='r%d@rooms.example' type='set' id='o'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'>"
	    "<x xmlns='jabber:x:data' type='submit'/></query></iq>",
	    room);
	free(test_ask(t, stanza));
}

static char *
command(struct test *t, int delay, int leave)
{
	char stanza[1024];

	snprintf(stanza, sizeof(stanza), shut_down, delay, leave);
	return test_ask(t, stanza);
}

/* A turn of what is due; how many are told that they leave. */
static int
turn(struct test *t)
{
	char *out;
	int n;

	muc_tick(t->muc, t->now);
	muc_commit(t->muc);
	out = test_drain(t, 65536);
	n = count_of(out, "<status code='332'/>");
	free(out);
	return n;
}

static void
test_leave(struct test *t)
{
	int n, told = 0, turns = 0, most = 0;
	char *out;

	for (int room = 0; room < ROOMS; room++) {
		open_room(t, room);
		for (int user = 1; user < OCCUPANTS; user++)
			enter(t, room, user);
	}
	muc_commit(t->muc);
	free(test_drain(t, 65536));
	is_int((int)muc_stats(t->muc)->occupants, ROOMS * OCCUPANTS, "all are in");
	out = command(t, 60, 1);
	ok(strstr(out, "status='completed'") != NULL, "the service is told to stop");
	free(out);
	is_int(turn(t), 0, "not now");
	t->now.mono_ms += 59999;
	is_int(turn(t), 0, "nor a moment before");
	t->now.mono_ms += 1;
	ok(muc_deadline(t->muc) <= t->now.mono_ms, "then it is time");
	while (stops == 0 && turns < 1000) {
		n = turn(t);
		told += n;
		most = n > most ? n : most;
		turns++;
	}
	is_int(told, ROOMS * OCCUPANTS, "each is told once");
	ok(turns > 1 && most < told, "in %d turns, %d at most", turns, most);
	is_int((int)muc_stats(t->muc)->occupants, 0, "nobody is in");
	is_int(stops, 1, "the host is told to stop");
	turn(t);
	is_int(stops, 1, "once");
	out = test_ask(t, "<presence from='u0@x/r' to='r0@rooms.example/n'>"
			  "<x xmlns='http://jabber.org/protocol/muc'/></presence>");
	ok(strstr(out, "service-unavailable") != NULL,
	    "nobody comes in, not into a new room either");
	free(out);
}

/* Who stays is told nothing, and comes and goes as before. */
static void
test_stay(struct test *t)
{
	char *out;

	stops = 0;
	open_room(t, 0);
	out = command(t, 0, 0);
	ok(strstr(out, "status='completed'") != NULL, "it is told to stop as it is");
	free(out);
	is_int(turn(t), 0, "nobody leaves");
	is_int(stops, 1, "the host is told");
	enter(t, 0, 1);
	is_int((int)muc_stats(t->muc)->occupants, 2, "until it does all goes on");
}

/* What the host program has, as the command. */
static void
test_leave_by_host(struct test *t)
{
	char *out;

	stops = 0;
	open_room(t, 0);
	enter(t, 0, 1);
	muc_commit(t->muc);
	free(test_drain(t, 65536));
	muc_leave(t->muc, t->now);
	ok(muc_deadline(t->muc) <= t->now.mono_ms, "the host has all leave: it is time");
	is_int(turn(t), 2, "each is told");
	is_int((int)muc_stats(t->muc)->occupants, 0, "nobody is in");
	is_int(stops, 1, "the host is told to stop");
	out = test_ask(t, "<presence from='u0@x/r' to='r0@rooms.example/n'>"
			  "<x xmlns='http://jabber.org/protocol/muc'/></presence>");
	ok(strstr(out, "service-unavailable") != NULL, "and nobody comes in");
	free(out);
}

int
main(void)
{
	static const char *const admins[] = { "root@x", NULL };
	enum muc_error e;
	struct test t;

	test_init(&t);
	t.host.ask = asked;
	t.conf.admins = admins;
	test_start(&t, &e);
	test_leave(&t);
	test_release(&t);
	test_init(&t);
	t.host.ask = asked;
	t.conf.admins = admins;
	test_start(&t, &e);
	test_stay(&t);
	test_release(&t);
	test_init(&t);
	t.host.ask = asked;
	test_start(&t, &e);
	test_leave_by_host(&t);
	test_release(&t);
	return tap_done();
}
