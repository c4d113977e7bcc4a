/* SPDX-License-Identifier: ISC */
/*
 * retracting.c - all that somebody wrote is retracted: in what steps, and what may come between them
 */
#include "export.h"
#include "room/retracting.h"
#include "../spec/host_count.h"
#include "service.h"
#include "tap.h"

#include <stdio.h>
#include <unistd.h>

#define MOST_IN_A_STEP 100

static const struct bytes all = { "", 0 };

static void
restart(struct test *t)
{
	test_stop(t);
	test_start_unlimited(t);
}

/* A room of a's that stays when nobody is in. */
static void
make(struct test *t, const char *more)
{
	free(test_ask(t, ENTER("a", "A")));
	free(test_askf(t, CONFIGURE("a", CONFIG_FIELD("persistentroom", "1") "%s"), more));
}

static void
make_with(struct test *t, int nmessages)
{
	test_init(t);
	test_start_unlimited(t);
	make(t, "");
	free(test_ask(t, ENTER("b", "B")));
	for (int i = 0; i < nmessages; i++) {
		free(test_ask(t, SAY("a", "mine")));
		free(test_ask(t, SAY("b", "his")));
	}
}

static char *
order(struct test *t, const char *from, const char *fields)
{
	return test_askf(t,
	    "<iq from='%s@example/r' to='room@rooms.example' type='set' id='c'>"
	    "<command xmlns='http://jabber.org/protocol/commands' node='retract-all'>"
	    "<x xmlns='jabber:x:data' type='submit'>%s</x></command></iq>",
	    from, fields);
}

#define FIELD(var, value) "<field var='" var "'><value>" value "</value></field>"
#define GO_ON		  FIELD("stop", "0")

/* -- what the store has -- */

struct tally {
	int his, mine, tombstones, retractions;
};

static bool
has(struct bytes val, const char *piece)
{
	return memmem(val.p, val.n, piece, strlen(piece)) != NULL;
}

static int
tally_visit(void *arg, struct bytes key, struct bytes val)
{
	struct tally *y = arg;

	(void)key;
	y->his += has(val, "<body>his</body>");
	y->mine += has(val, "<body>mine</body>");
	y->tombstones += has(val, "<retracted ");
	y->retractions += has(val, "<retract ");
	return 0;
}

static struct tally
tally(struct test *t)
{
	struct tally y = { 0, 0, 0, 0 };

	t->host.store->each(t->host.store, TABLE_archive, all, all, tally_visit, &y);
	return y;
}

/* One step, when its time has come; what it tells. */
static char *
tick(struct test *t)
{
	const int64_t at = muc_deadline(t->muc);

	if (at > t->now.mono_ms && at - t->now.mono_ms < 10000) {
		t->now.wall_ms += at - t->now.mono_ms;
		t->now.mono_ms = at;
	}
	muc_tick(t->muc, t->now);
	muc_commit(t->muc);
	return test_drain(t, 65536);
}

/* To the end, and what is told meanwhile. */
static char *
finish(struct test *t)
{
	struct buf b = BUF_INIT;
	char *out;

	for (int i = 0; i < 10000 && test_count(t, TABLE_retracting) > 0; i++) {
		out = tick(t);
		buf_adds(&b, out);
		free(out);
	}
	buf_addc(&b, '\0');
	return buf_steal(&b);
}

/* Stopped after each step, and it might as well have been killed: what a step does is one transaction. */
static void
test_steps(void)
{
	int steps = 0, told = 0, before = 0, most = 0, wrong = 0;
	struct tally y;
	struct test t;
	char *out;

	make_with(&t, 1500);
	t.conf.limits.retractions_told = 250;
	muc_reload(t.muc, &t.conf);
	out = order(&t, "a", FIELD("nick", "B") FIELD("action", "kick") FIELD("reason", "Spam"));
	ok(count_of(out, "type='result'") == 1 && count_of(out, "code='307'") == 2,
	    "it is begun, and he is kicked");
	free(out);
	is_int(tally(&t).tombstones, 0, "nothing has gone when the answer is there");
	for (; test_count(&t, TABLE_retracting) > 0 && steps < 1000; steps++) {
		out = tick(&t);
		y = tally(&t);
		if (y.tombstones - before > most)
			most = y.tombstones - before;
		wrong += y.tombstones + y.his != 1500 || y.retractions != y.tombstones;
		before = y.tombstones;
		told += count_of(out, "<apply-to");
		free(out);
		restart(&t);
	}
	is_int(wrong, 0, "whenever it ends: either a message, or a tombstone and its retraction");
	y = tally(&t);
	ok(y.his == 0 && y.tombstones == 1500, "each message of his has a tombstone");
	is_int(y.retractions, 1500, "and a retraction of its own");
	is_int(y.mine, 1500, "others' are as they were");
	is_int(told, 250, "those in the room were told of as many as are told");
	ok(most <= MOST_IN_A_STEP && steps >= 1500 / MOST_IN_A_STEP, "in %d steps of %d at most",
	    steps, most);
	ok(strstr(t.log, "1500 messages of b@example retracted for a@example/r") != NULL,
	    "the log says what has come of it");
	ok(host_counted(t.host.store, muc_stats(t.muc)), "the archive is counted");
	test_release(&t);
}

/* A long way with nothing on it is as bounded. */
static void
test_nothing(void)
{
	int steps = 0;
	struct test t;

	make_with(&t, 2000);
	free(order(&t, "a", FIELD("jid", "c@example")));
	for (; test_count(&t, TABLE_retracting) > 0 && steps < 1000; steps++)
		free(tick(&t));
	ok(steps == 5 && tally(&t).tombstones == 0, "4000 that are somebody else's: %d steps",
	    steps);
	test_release(&t);
}

/* An id that is corrected is as long as somebody likes, and is read: many of them are too much for one turn. */
static void
test_long_ids(void)
{
	enum { N = 60, LEN = 200000 };
	char *id = malloc(LEN + 1), *out;
	int turns = 0, steps = 0;
	struct test t;

	memset(id, 'x', LEN);
	id[LEN] = '\0';
	make_with(&t, 1);
	for (int i = 0; i < N; i++)
		free(test_askf(&t,
		    "<message from='b@example/r' to='room@rooms.example' type='groupchat' id='i'>"
		    "<replace xmlns='urn:xmpp:message-correct:0' id='%s'/></message>",
		    id));
	free(id);
	is_int(test_count(&t, TABLE_archive), N + 2, "kept");
	out = test_ask(&t, ENTER("c", "C"));
	ok(strstr(out, "<body>his</body>") == NULL && strstr(out, "<subject") != NULL,
	    "a history ends where too much would have to be read");
	free(out);
	out = test_ask(&t, "<iq from='a@example/r' to='room@rooms.example' type='set' id='q'>"
			   "<query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'>"
			   "<field var='FORM_TYPE'><value>urn:xmpp:mam:2</value></field>"
			   "<field var='with'><value>z@example</value></field></x></query></iq>");
	for (; turns < 100 && strstr(out, "<fin") == NULL; turns++) {
		free(out);
		out = tick(&t);
	}
	ok(turns >= N * LEN / (5 << 20), "a search takes %d turns", turns);
	free(out);
	free(order(&t, "a", FIELD("jid", "c@example")));
	for (; test_count(&t, TABLE_retracting) > 0 && steps < 100; steps++)
		free(tick(&t));
	ok(steps >= N * LEN / (5 << 20) && steps < 10, "%d steps", steps);
	test_release(&t);
}

/* Whose address only begins like his is somebody else. */
static void
test_alike(void)
{
	struct tally y;
	struct test t;

	make_with(&t, 2);
	free(test_ask(&t, "<presence from='b@example.org/r' to='room@rooms.example/C'>"
			  "<x xmlns='http://jabber.org/protocol/muc'/></presence>"));
	free(
	    test_ask(&t, "<message from='b@example.org/r' to='room@rooms.example' type='groupchat' "
			 "id='m'><body>mine</body></message>"));
	free(order(&t, "a", FIELD("jid", "b@example")));
	free(finish(&t));
	y = tally(&t);
	ok(y.mine == 3 && y.tombstones == 2, "b@example.org is not b@example");
	test_release(&t);
}

static void
test_comes_back(void)
{
	struct tally y;
	struct test t;
	char *out;

	make_with(&t, 500);
	free(order(&t, "a", FIELD("nick", "B") FIELD("action", "kick")));
	free(tick(&t));
	free(test_ask(&t, ENTER("b", "B2")));
	free(test_ask(&t, SAY("b", "his")));
	free(tick(&t));
	restart(&t);
	free(test_ask(&t, SAY("b", "his")));
	free(finish(&t));
	y = tally(&t);
	ok(y.his == 2 && y.tombstones == 500, "what he writes while it goes on stays");
	free(order(&t, "a", FIELD("nick", "B2")));
	free(order(&t, "a", FIELD("nick", "B2") GO_ON));
	is_int(test_count(&t, TABLE_retracting), 2, "until it is wanted again, twice even");
	out = finish(&t);
	y = tally(&t);
	ok(y.his == 0 && y.tombstones == 502 && y.retractions == 502, "once is enough");
	ok(strstr(out, "Retracted messages: 2 (b@example)") != NULL &&
		strstr(out, "Retracted messages: 0 (b@example)") != NULL,
	    "who wanted it is told so each time");
	free(out);
	test_release(&t);
}

static void
test_room_ends(void)
{
	struct test t;
	char *out;

	make_with(&t, 500);
	free(order(&t, "a", FIELD("nick", "B")));
	free(tick(&t));
	free(test_askf(&t,
	    "<iq from='a@example/r' to='room@rooms.example' type='set' id='d'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'><destroy/></query></iq>"));
	make(&t, "");
	free(test_ask(&t, ENTER("b", "B")));
	free(test_ask(&t, SAY("b", "his")));
	restart(&t);
	out = finish(&t);
	ok(test_count(&t, TABLE_retracting) == 0 && strstr(out, "<retract ") == NULL,
	    "it ends with the room");
	while (test_count(&t, TABLE_dead) > 0)
		free(tick(&t));
	ok(tally(&t).his == 1 && tally(&t).tombstones == 0, "a new one of that name has its own");
	free(out);
	test_release(&t);
}

/* A room of that name with something of b's in it, of which all is to be retracted. */
static void
order_in(struct test *t, const char *room)
{
	free(test_askf(t,
	    "<presence from='a@example/r' to='%s@rooms.example/A'>"
	    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
	    room));
	free(test_askf(t,
	    "<iq from='a@example/r' to='%s@rooms.example' type='set' id='u'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'>"
	    "<x xmlns='jabber:x:data' type='submit'/></query></iq>",
	    room));
	free(test_askf(t,
	    "<presence from='b@example/r' to='%s@rooms.example/B'>"
	    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
	    room));
	free(test_askf(t,
	    "<message from='b@example/r' to='%s@rooms.example' type='groupchat' id='m'>"
	    "<body>his</body></message>",
	    room));
	free(test_askf(t,
	    "<iq from='a@example/r' to='%s@rooms.example' type='set' id='c'>"
	    "<command xmlns='http://jabber.org/protocol/commands' node='retract-all'>"
	    "<x xmlns='jabber:x:data' type='submit'>" FIELD("nick", "B") "</x></command></iq>",
	    room));
}

/*
 * What a destroyed room has left may stay for long, while the database is read. Then the first work in turn is over,
 * and all the others wait for their link.
 */
static void
test_room_ends_while_others_wait(void)
{
	struct test t;

	test_init(&t);
	test_start_unlimited(&t);
	order_in(&t, "ends");
	order_in(&t, "waits");
	order_in(&t, "waits-too");
	muc_retention_pause(t.muc, true);
	free(test_askf(&t,
	    "<iq from='a@example/r' to='ends@rooms.example' type='set' id='d'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'><destroy/></query></iq>"));
	muc_domain_down(t.muc, 0, t.now);
	alarm(60);
	for (int i = 0; i < 3; i++)
		free(tick(&t));
	alarm(0);
	is_int(test_count(&t, TABLE_retracting), 2,
	    "a turn ends when a room has, and the others wait");
	muc_domain_up(t.muc, 0, t.now);
	free(finish(&t));
	ok(tally(&t).tombstones == 2, "which go on");
	test_release(&t);
}

static void
test_forgotten(void)
{
	struct test t;
	char *out;

	make_with(&t, 500);
	free(order(&t, "a", FIELD("nick", "B")));
	free(tick(&t));
	free(test_askf(&t,
	    "<iq from='a@example/r' to='room@rooms.example' type='set' id='f'>"
	    "<command xmlns='http://jabber.org/protocol/commands' node='clear-history'>"
	    "<x xmlns='jabber:x:data' type='submit'>" FIELD("confirm", "1") "</x></command></iq>"));
	out = finish(&t);
	ok(strstr(out, "Retracted messages: ") != NULL &&
		strstr(out, "Retracted messages: 500") == NULL,
	    "what goes from the archive meanwhile is no more to be retracted");
	free(out);
	for (int i = 0; i < 100; i++)
		free(tick(&t));
	ok(test_count(&t, TABLE_archive) == 0 && host_counted(t.host.store, muc_stats(t.muc)),
	    "it has gone");
	test_release(&t);
}

/* A server that takes nothing is given no more. */
static void
test_waits(void)
{
	char reason[4001] = "", *fields, *out;
	struct test t;
	int before, n;

	memset(reason, 'x', sizeof(reason) - 1);
	make_with(&t, 500);
	if (asprintf(&fields, FIELD("nick", "B") "<field var='reason'><value>%s</value></field>",
		reason) == -1)
		abort();
	free(order(&t, "a", fields));
	free(fields);
	for (n = 0; n < 100; n++) {
		t.now.mono_ms += 10000;
		muc_tick(t.muc, t.now);
		muc_commit(t.muc);
	}
	before = tally(&t).tombstones;
	ok(before > 0 && before < 500 && muc_queued(t.muc) < 4 << 20,
	    "it waits with %zu bytes in the queue", muc_queued(t.muc));
	ok(muc_deadline(t.muc) > t.now.mono_ms, "and asks for no time meanwhile");
	out = test_drain(&t, 65536);
	is_int(count_of(out, "<apply-to"), 2 * before, "all of that was told, to both");
	free(out);
	muc_domain_down(t.muc, 0, t.now);
	for (n = 0; n < 10; n++)
		free(tick(&t));
	is_int(tally(&t).tombstones, before, "nor while the link is down");
	muc_domain_up(t.muc, 0, t.now);
	free(finish(&t));
	is_int(tally(&t).tombstones, 500, "then it goes on");
	test_release(&t);
}

static void
test_turns(void)
{
	struct test t;
	char *out = NULL;
	int n = 0;

	make_with(&t, 500);
	free(order(&t, "a", FIELD("jid", "b@example")));
	free(order(&t, "a", FIELD("jid", "c@example")));
	while (out == NULL || strstr(out, "(c@example)") == NULL) {
		free(out);
		out = tick(&t);
		if (++n > 100)
			break;
	}
	ok(tally(&t).his > 0 && n < 10, "a short one does not wait for a long one's end");
	free(out);
	for (n = 0; n < RETRACTING_PER_ROOM - 1; n++)
		free(order(&t, "a", FIELD("jid", "d@example") GO_ON));
	out = order(&t, "a", FIELD("jid", "d@example") GO_ON);
	ok(strstr(out, "<resource-constraint") != NULL, "no room has more than %d of them",
	    RETRACTING_PER_ROOM);
	free(out);
	free(finish(&t));
	ok(tally(&t).his == 0 && test_count(&t, TABLE_retracting) == 0, "all come to their end");
	test_release(&t);
}

/* A room that has kept what was said, and does so no more. */
static void
test_keeps_nothing(void)
{
	struct tally y;
	struct test t;
	char *out;

	make_with(&t, 3);
	make(&t, FIELD("muc#roomconfig_enablearchiving", "0"));
	free(order(&t, "a", FIELD("nick", "B")));
	out = finish(&t);
	y = tally(&t);
	ok(y.his == 0 && y.tombstones == 3 && y.retractions == 0,
	    "a room that keeps nothing any more keeps no retraction");
	is_int(count_of(out, "<apply-to"), 6, "those who are in are told");
	free(out);
	test_release(&t);
}

static unsigned
is_full(struct store *s)
{
	(void)s;
	return 95;
}

/* Where there is hardly room on the disk. */
static void
test_full(void)
{
	struct tally y;
	struct test t;

	make_with(&t, 300);
	t.conf.limits.retractions_told = 10;
	muc_reload(t.muc, &t.conf);
	t.host.store->fill = is_full;
	free(order(&t, "a", FIELD("nick", "B")));
	free(finish(&t));
	y = tally(&t);
	ok(y.his == 0 && y.tombstones == 300 && y.retractions == 10,
	    "a store that is full gets tombstones in the place of messages, and little more");
	ok(host_counted(t.host.store, muc_stats(t.muc)), "that is counted");
	test_release(&t);
}

/* Of those that are to be answered, which are. */
static void
says(struct test *t, const char *from, const char *fields, const char *want, const char *what)
{
	char *out = order(t, from, fields);

	if (!ok(strstr(out, want) != NULL, "%s", what))
		printf("# %s\n", out);
	free(out);
}

/* How far it is can be seen, and somebody else than who began it may stop it. */
static void
test_stopped(void)
{
	struct tally y;
	struct test t;
	char *out;

	make_with(&t, 500);
	free(test_askf(&t, "<iq from='a@example/r' to='room@rooms.example' type='set' id='f'>"
			   "<query xmlns='http://jabber.org/protocol/muc#admin'>"
			   "<item jid='c@example' affiliation='admin'/></query></iq>"));
	says(&t, "a", FIELD("nick", "B") FIELD("stop", "1"), "Nothing was under way: b@example",
	    "nothing is there to be stopped");
	free(order(&t, "a", FIELD("nick", "B")));
	free(order(&t, "a", FIELD("jid", "d@example")));
	free(tick(&t));
	free(tick(&t));
	free(tick(&t));
	restart(&t);
	is_int(tally(&t).tombstones, 200, "it is under way");
	says(&t, "c", FIELD("nick", "B"), "Retracted messages: 200. What was said since 2026-",
	    "whoever wants it, too, is told how far it is");
	says(&t, "c", FIELD("nick", "B") FIELD("action", "ban"), "status='executing'",
	    "before anything is done");
	is_int(test_count(&t, TABLE_retracting), 2, "and nothing is");
	says(&t, "c", FIELD("nick", "B") FIELD("stop", "1") FIELD("action", "ban"), "bad-payload",
	    "to stop and to ban are two things");
	says(&t, "b", FIELD("nick", "B") FIELD("stop", "1"), "forbidden",
	    "whoever may not begin it may not stop it");
	out = order(&t, "c", FIELD("nick", "B") FIELD("stop", "1"));
	ok(strstr(out, "Retracted messages, and then it was stopped: 200 (b@example)</note>") !=
		NULL,
	    "stopped");
	ok(strstr(out, "then it was stopped: 200 (b@example)</body>") != NULL,
	    "and whoever began it is told");
	if (strstr(out, "</body>") == NULL)
		printf("# %s\n", out);
	free(out);
	ok(strstr(t.log, "200 messages of b@example retracted for a@example/r, and stopped by "
			 "c@example/r") != NULL,
	    "so does the log say: %s", t.log);
	is_int(test_count(&t, TABLE_retracting), 1, "that of somebody else goes on");
	restart(&t);
	free(finish(&t));
	y = tally(&t);
	ok(y.his == 300 && y.tombstones == 200 && y.retractions == 200,
	    "what was not retracted stays");
	free(order(&t, "a", FIELD("nick", "B")));
	free(tick(&t));
	out = order(&t, "a", FIELD("nick", "B") FIELD("stop", "1"));
	ok(strstr(out, "it was stopped: 100 (b@example)</note>") != NULL &&
		strstr(out, "</body>") == NULL,
	    "whoever began it and stops it is answered, and that is all");
	free(out);
	test_release(&t);
}

/* A room that may keep so many: what others said is not lost for retractions. */
static void
test_most_entries(void)
{
	struct tally y;
	struct test t;
	char *out;

	make_with(&t, 300);
	t.conf.limits.archive_entries_per_room = 700;
	muc_reload(t.muc, &t.conf);
	free(order(&t, "a", FIELD("nick", "B")));
	out = finish(&t);
	for (int i = 0; i < 100; i++)
		free(tick(&t));
	y = tally(&t);
	ok(y.his == 0 && y.mine == 300 && y.tombstones == 300,
	    "a room of so many keeps what others said: %d", y.mine);
	is_int(test_count(&t, TABLE_archive), 700, "with as many retractions as there is room for");
	is_int(count_of(out, "<apply-to"), 600, "and tells all of them");
	ok(host_counted(t.host.store, muc_stats(t.muc)), "that is counted");
	free(out);
	test_release(&t);
}

#define OTHERS 500 /* so many rooms have no names yet when the first turn of an import is over */

static void
import_room(const struct test *t, struct import *in, const char *node, const char *message)
{
	char line[64];

	snprintf(line, sizeof(line), "room jid=\"%s@rooms.example\"", node);
	import_line(in, line, strlen(line), t->now);
	if (message != NULL)
		is_str(import_line(in, message, strlen(message), t->now), NULL, "with a message");
	import_line(in, "end", 3, t->now);
}

/* What is imported in place of the room is not what was to be retracted. */
static void
test_replaced(void)
{
	static const struct import_conf conf = { .replace = true };
	struct import *in;
	uint64_t nrooms;
	struct tally y;
	struct test t;
	char node[16];

	make_with(&t, 300);
	free(order(&t, "a", FIELD("nick", "B")));
	free(test_ask(&t, LEAVE("b", "B")));
	free(test_ask(&t, LEAVE("a", "A")));
	in = import_new(t.muc, &conf, t.now);
	import_line(in, "mucd-export 1", 13, t.now);
	for (int i = 0; i < OTHERS; i++) {
		snprintf(node, sizeof(node), "%d", i);
		import_room(&t, in, node, NULL);
	}
	import_room(&t, in, "room",
	    "message id=00000000-0001-7000-8000-000000000000 kind=message nick=\"B\" "
	    "jid=\"b@example/r\" payload=\"<body>his</body>\"");
	is_str(import_finish(in, t.now, &nrooms), NULL, "another room comes in its place");
	import_free(in);
	muc_commit(t.muc);
	ok(test_count(&t, TABLE_retracting) == 1 && import_goes_on(t.muc), "and has no name yet");
	free(finish(&t));
	for (int i = 0; i < 100; i++)
		free(tick(&t));
	y = tally(&t);
	ok(y.his == 1 && y.tombstones == 0, "it keeps what was said in it: %d", y.his);
	is_int(test_count(&t, TABLE_archive), 1, "and of the other one nothing is left");
	test_release(&t);
}

int
main(void)
{
	test_steps();
	test_nothing();
	test_long_ids();
	test_alike();
	test_comes_back();
	test_room_ends();
	test_room_ends_while_others_wait();
	test_forgotten();
	test_waits();
	test_turns();
	test_keeps_nothing();
	test_full();
	test_stopped();
	test_most_entries();
	test_replaced();
	return tap_done();
}
