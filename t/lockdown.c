/* SPDX-License-Identifier: ISC */
/*
 * lockdown.c - a lock-down ends when its time is up, and not before
 */
#include "service.h"
#include "tap.h"

#define BEGINS "For a while only members may enter this room, and speak in it"
#define ENDS   "This room is as open again as it was before"

static char *
say(struct test *t)
{
	return test_ask(t,
	    "<message from='j@example/r' to='room@rooms.example' type='groupchat' id='m'>"
	    "<body>Hello</body></message>");
}

static void
is_quiet(struct test *t, const char *what)
{
	char *out = say(t);

	ok(strstr(out, "For a while only members may speak") != NULL, "%s: no voice", what);
	free(out);
}

static void
is_open(struct test *t, const char *what)
{
	char *out = say(t);

	ok(count_of(out, "<body>Hello</body>") == 2, "%s: she speaks", what);
	free(out);
}

/* A room with an owner and somebody who is no member, locked down for ten minutes. */
static void
begin(struct test *t)
{
	enum muc_error e;
	char *out;

	test_init(t);
	test_start(t, &e);
	free(test_ask(t, "<presence from='r@example/r' to='room@rooms.example/r'>"
			 "<x xmlns='http://jabber.org/protocol/muc'/></presence>"));
	free(test_ask(t, CONFIGURE("r", CONFIG_FIELD("persistentroom", "1"))));
	free(test_ask(t, "<presence from='j@example/r' to='room@rooms.example/j'>"
			 "<x xmlns='http://jabber.org/protocol/muc'/></presence>"));
	out = test_ask(t, "<iq from='r@example/r' to='room@rooms.example' type='set' id='l'>"
			  "<command xmlns='http://jabber.org/protocol/commands' node='lock-down'>"
			  "<x xmlns='jabber:x:data' type='submit'>"
			  "<field var='minutes'><value>10</value></field></x></command></iq>");
	is_int(count_of(out, BEGINS), 2, "all are told that it begins");
	ok(strstr(out, "2026-01-01T00:10:00") != NULL, "and who did it, until when");
	free(out);
}

/* Lets time pass; returns how often somebody was told that it is over. */
static int
pass(struct test *t, int64_t ms)
{
	int n = 0;
	char *out;

	t->now.wall_ms += ms;
	t->now.mono_ms += ms;
	while (muc_deadline(t->muc) <= t->now.mono_ms) {
		muc_tick(t->muc, t->now);
		muc_commit(t->muc);
		out = test_drain(t, 65536);
		n += count_of(out, ENDS);
		free(out);
	}
	return n;
}

static void
test_time(void)
{
	struct test t;

	begin(&t);
	is_quiet(&t, "at once");
	is_int(pass(&t, 599000), 0, "nobody is told anything before its time");
	is_quiet(&t, "a second before");
	ok(muc_deadline(t.muc) <= t.now.mono_ms + 1000, "it is waited for");
	is_int(pass(&t, 1000), 2, "both are told that it is over, once");
	is_open(&t, "then");
	is_int(pass(&t, 600000), 0, "and not again");
	test_release(&t);
}

static void
test_restart(void)
{
	struct test t;
	enum muc_error e;

	begin(&t);
	pass(&t, 300000);
	test_stop(&t);
	test_start(&t, &e);
	is_quiet(&t, "after a restart");
	test_stop(&t);
	t.now.wall_ms += 3600000;
	t.now.mono_ms += 3600000;
	test_start(&t, &e);
	is_open(&t, "when its time came while nobody was there");
	is_int(pass(&t, 1), 2, "they are told so");
	test_stop(&t);
	test_start(&t, &e);
	is_int(pass(&t, 1000), 0, "and not after every restart");
	test_release(&t);
}

/* A room that sleeps has nobody to tell; who comes finds it as it is. */
static void
test_asleep(void)
{
	struct test t;
	char *out;

	begin(&t);
	free(test_ask(&t, LEAVE("r", "r")));
	free(test_ask(&t, LEAVE("j", "j")));
	is_int(pass(&t, 1000), 0, "nobody is in");
	out = test_ask(&t, "<presence from='j@example/r' to='room@rooms.example/j'>"
			   "<x xmlns='http://jabber.org/protocol/muc'/></presence>");
	ok(strstr(out, "registration-required") != NULL, "who comes is refused");
	free(out);
	is_int(pass(&t, 600000), 0, "its time is up");
	out = test_ask(&t, "<presence from='j@example/r' to='room@rooms.example/j'>"
			   "<x xmlns='http://jabber.org/protocol/muc'/></presence>");
	ok(strstr(out, "code='110'") != NULL, "and who comes then is in");
	free(out);
	test_release(&t);
}

/* Makes another room and locks it down for so many minutes. */
static void
lock_other(struct test *t, const char *room, int minutes)
{
	free(test_askf(t,
	    "<presence from='r@example/r' to='%s@rooms.example/r'>"
	    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
	    room));
	free(test_askf(t,
	    "<iq from='r@example/r' to='%s@rooms.example' type='set' id='u'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'>"
	    "<x xmlns='jabber:x:data' type='submit'/></query></iq>",
	    room));
	free(test_askf(t,
	    "<iq from='r@example/r' to='%s@rooms.example' type='set' id='l'>"
	    "<command xmlns='http://jabber.org/protocol/commands' node='lock-down'>"
	    "<x xmlns='jabber:x:data' type='submit'>"
	    "<field var='minutes'><value>%d</value></field></x></command></iq>",
	    room, minutes));
}

/* Each room has its own time, in whatever order they were locked down. */
static void
test_order(void)
{
	struct test t;

	begin(&t);
	lock_other(&t, "sooner", 5);
	lock_other(&t, "later", 20);
	lock_other(&t, "same", 10);
	is_int(pass(&t, 299000), 0, "four rooms are locked down");
	ok(muc_deadline(t.muc) <= t.now.mono_ms + 1000, "the one that ends first is waited for");
	is_int(pass(&t, 1000), 1, "it ends alone");
	is_int(pass(&t, 300000), 3, "then two at one time, with three people in them");
	is_int(pass(&t, 600000), 1, "and the last");
	test_release(&t);
}

int
main(void)
{
	test_time();
	test_restart();
	test_asleep();
	test_order();
	return tap_done();
}
