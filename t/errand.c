/* SPDX-License-Identifier: ISC */
/*
 * errand.c - what the host program does in a while: who wanted it is told how it went, the statistics have it
 */
#include <stdio.h>

#include "service.h"
#include "tap.h"

#define COMMAND                                                                                    \
	"<iq from='%s' to='rooms.example' type='set' id='i' xml:lang='%s'>"                        \
	"<command xmlns='http://jabber.org/protocol/commands' node='%s'>"                          \
	"<x xmlns='jabber:x:data' type='submit'/></command></iq>"

static bool is_refused;

static const char *
asked(void *arg, enum muc_ask what, const char *with)
{
	(void)arg, (void)what, (void)with;
	return is_refused ? "there is no folder" : NULL;
}

static char *
command(struct test *t, const char *from, const char *lang, const char *node)
{
	char stanza[512];

	snprintf(stanza, sizeof(stanza), COMMAND, from, lang, node);
	return test_ask(t, stanza);
}

static void
wants(struct test *t, const char *from, const char *lang, const char *node, const char *answer)
{
	char *out = command(t, from, lang, node);

	ok(strstr(out, answer) != NULL, "%s: %s", node, answer);
	free(out);
}

/* What is said when it is done. */
static char *
done(struct test *t, enum muc_ask what, bool good)
{
	muc_asked_done(t->muc, what, good, "mucd-now", t->now);
	muc_commit(t->muc);
	return test_drain(t, 65536);
}

/* The value of a field of the statistics, until the next call; "": it is not there. */
static const char *
statistic(struct test *t, const char *var)
{
	static char value[64];
	char *out = command(t, "root@x/r", "en", "statistics"), want[64];
	const char *at;

	snprintf(want, sizeof(want), "var='%s'", var);
	at = strstr(out, want);
	at = at != NULL ? strstr(at, "<value>") : NULL;
	*value = '\0';
	if (at != NULL)
		sscanf(at, "<value>%63[^<]", value);
	free(out);
	return value;
}

static void
test_told(struct test *t)
{
	char *out;

	is_str(statistic(t, "backup"), "", "nobody has wanted a copy");
	wants(t, "root@x/r", "en", "back-up", "you are told when it is done");
	is_str(statistic(t, "backup"), "running", "it is being made");
	is_str(statistic(t, "backup_time"), "2026-01-01T00:00:00.000Z", "since then");
	t->now.wall_ms += 60000;
	out = done(t, MUC_ASK_BACKUP, true);
	ok(strstr(out, "to='root@x/r'") != NULL, "whoever wanted it is told");
	ok(count_of(out, "<message") == 1 &&
		strstr(out, "The copy of the database is complete: mucd-now") != NULL,
	    "that it is done, and what it is called");
	ok(strstr(out, "from='rooms.example'") != NULL, "by the service");
	free(out);
	is_str(statistic(t, "backup"), "done", "so do the statistics");
	is_str(statistic(t, "backup_time"), "2026-01-01T00:01:00.000Z", "and when that was");
	is_str(statistic(t, "verification"), "", "it was not looked through");
	out = done(t, MUC_ASK_BACKUP, true);
	is_str(out, "", "nobody is told twice");
	free(out);
}

static void
test_failed(struct test *t)
{
	char *out;

	wants(t, "root@x/r", "de", "verify-database", "Sie erfahren");
	out = done(t, MUC_ASK_VERIFY, false);
	ok(strstr(out, "das Protokoll sagt, was nicht stimmt") != NULL,
	    "what is wrong is told in the language of the command");
	free(out);
	is_str(statistic(t, "verification"), "failed", "the statistics say so");
	is_str(statistic(t, "backup"), "done", "the copy was good all the same");
	wants(t, "root@x/r", "en", "verify-database", "you are told");
	out = done(t, MUC_ASK_VERIFY, true);
	ok(strstr(out, "all of it is sound") != NULL, "the next time all is well");
	free(out);
	wants(t, "root@x/r", "en", "back-up", "you are told");
	out = done(t, MUC_ASK_BACKUP, false);
	ok(strstr(out, "No copy of the database was made") != NULL, "a copy that failed is told");
	free(out);
	is_str(statistic(t, "backup"), "failed", "and in the statistics");
	is_refused = true;
	wants(t, "root@x/r", "en", "back-up", "No copy is made: there is no folder");
	is_str(statistic(t, "backup"), "failed", "what is not begun does not count");
	is_refused = false;
}

/* Who is no administrator any more hears nothing of it. */
static void
test_dismissed(struct test *t)
{
	static const char *const others[] = { "root@x", NULL }, *const none[] = { NULL };
	char *out;

	wants(t, "root@x/r", "en", "back-up", "you are told");
	t->conf.admins = none;
	muc_reload(t->muc, &t->conf);
	out = done(t, MUC_ASK_BACKUP, true);
	is_str(out, "", "who was dismissed meanwhile is not told");
	free(out);
	t->conf.admins = others;
	muc_reload(t->muc, &t->conf);
	is_str(statistic(t, "backup"), "done", "the others see it");
}

/* Somebody at a console has gone, or has not. */
static void
test_console(struct test *t)
{
	static const char ask[] =
	    "<iq to='rooms.example' type='set' id='i'>"
	    "<command xmlns='http://jabber.org/protocol/commands' node='back-up'>"
	    "<x xmlns='jabber:x:data' type='submit'/></command></iq>";
	char heard[2048], *out;
	struct muc_stream *st;
	size_t n;

	for (int stays = 0; stays < 2; stays++) {
		st = muc_console_new(t->muc, "root", HEADER, strlen(HEADER));
		muc_input(t->muc, st, ask, strlen(ask), t->now);
		muc_commit(t->muc);
		n = muc_console_drain(st, heard, sizeof(heard) - 1);
		heard[n] = '\0';
		ok(strstr(heard, "the statistics say when it is done") != NULL,
		    "who is at a console is told where to look");
		if (!stays)
			muc_stream_free(st);
		out = done(t, MUC_ASK_BACKUP, true);
		is_str(out, "", "nothing for a console goes over the link");
		free(out);
		if (!stays)
			continue;
		n = muc_console_drain(st, heard, sizeof(heard) - 1);
		heard[n] = '\0';
		ok(strstr(heard, "complete: mucd-now") != NULL, "who is there still is told");
		muc_stream_free(st);
	}
}

int
main(void)
{
	static const char *const admins[] = { "root@x", NULL };
	enum muc_error error;
	struct test t;

	test_init(&t);
	t.host.ask = asked;
	t.conf.admins = admins;
	test_start(&t, &error);
	muc_commit(t.muc);
	free(test_drain(&t, 65536));
	test_told(&t);
	test_failed(&t);
	test_dismissed(&t);
	test_console(&t);
	test_release(&t);
	return tap_done();
}
