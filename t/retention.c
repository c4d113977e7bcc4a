/* SPDX-License-Identifier: ISC */
/*
 * retention.c - what goes of the archives, in what order and in how many steps, and that it is counted
 */
#include <stdio.h>

#include "../spec/host_count.h"
#include "base/date.h"
#include "base/rec.h"
#include "room/held.h"
#include "service.h"
#include "tap.h"

static const struct bytes all = { "", 0 };

static void
start(struct test *t)
{
	t->conf.limits.rooms_per_creator = 100000;
	t->conf.limits.rooms_per_user = 100000;
	test_start_unlimited(t);
}

static void
restart(struct test *t)
{
	test_stop(t);
	start(t);
}

static void
make(struct test *t, int room, const char *fields)
{
	free(test_askf(t,
	    "<presence from='a@example/r' to='r%d@rooms.example/A'>"
	    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
	    room));
	free(test_askf(t,
	    "<iq from='a@example/r' to='r%d@rooms.example' type='set' id='u'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'>"
	    "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
	    "<value>http://jabber.org/protocol/muc#roomconfig</value></field>"
	    "<field "
	    "var='muc#roomconfig_persistentroom'><value>1</value></field>%s</x></query></iq>",
	    room, fields));
}

static void
leave(struct test *t, int room)
{
	free(test_askf(
	    t, "<presence from='a@example/r' to='r%d@rooms.example' type='unavailable'/>", room));
}

static void
destroy(struct test *t, int room)
{
	free(test_askf(t,
	    "<iq from='a@example/r' to='r%d@rooms.example' type='set' id='d'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'><destroy/></query></iq>",
	    room));
}

/* Says it, in a millisecond of its own; the stanza-id if it is wanted. */
static void
say(struct test *t, int room, const char *text, char id[37])
{
	char *out, *at;

	t->now.wall_ms++;
	t->now.mono_ms++;
	out = test_askf(t,
	    "<message from='a@example/r' to='r%d@rooms.example' type='groupchat' id='m'>"
	    "<body>%s</body></message>",
	    room, text);
	at = strstr(out, "<stanza-id");
	at = at != NULL ? strstr(at, " id='") : NULL;
	if (id != NULL)
		snprintf(id, 37, "%s", at != NULL ? at + strlen(" id='") : "");
	free(out);
}

static void
pass(struct test *t, int64_t ms)
{
	t->now.wall_ms += ms;
	t->now.mono_ms += ms;
}

/* Does what is due now; returns in how many steps. */
static int
tick(struct test *t)
{
	int n = 0;

	for (; muc_deadline(t->muc) <= t->now.mono_ms && n < 10000; n++) {
		muc_tick(t->muc, t->now);
		muc_commit(t->muc);
	}
	return n;
}

static bool
is_counted(struct test *t)
{
	return host_counted(t->host.store, muc_stats(t->muc));
}

/* What the room shows to somebody else who enters and leaves: bodies, in order. */
static void
shown(struct test *t, int room, char text[1000])
{
	char *out = test_askf(t,
	    "<presence from='b@example/r' to='r%d@rooms.example/B'>"
	    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
	    room);
	char *at = out;

	*text = '\0';
	while ((at = strstr(at, "<body>")) != NULL) {
		at += strlen("<body>");
		snprintf(
		    text + strlen(text), 1000 - strlen(text), "%.*s ", (int)strcspn(at, "<"), at);
	}
	free(out);
	free(test_askf(
	    t, "<presence from='b@example/r' to='r%d@rooms.example' type='unavailable'/>", room));
}

/* How many messages a query of the archive finds. */
static int
found(struct test *t, int room)
{
	char *out = test_askf(t,
	    "<iq from='a@example/r' to='r%d@rooms.example' type='set' id='q'>"
	    "<query xmlns='urn:xmpp:mam:2'/></iq>",
	    room);
	int n = count_of(out, "<result ");

	free(out);
	return n;
}

#define IS_SHOWN(t, room, want, what)                                                              \
	do {                                                                                       \
		char got[1000];                                                                    \
                                                                                                   \
		shown(t, room, got);                                                               \
		is_str(got, want, what);                                                           \
	} while (0)

static void
test_counts(void)
{
	char id[37], large[1001] = "", *out;
	struct test t;
	uint64_t before;

	memset(large, 'x', sizeof(large) - 1);
	test_init(&t);
	start(&t);
	make(&t, 1, "");
	ok(is_counted(&t) && muc_stats(t.muc)->archive_entries == 0, "nothing is held");
	say(&t, 1, "one", NULL);
	say(&t, 1, large, id);
	ok(is_counted(&t) && muc_stats(t.muc)->archive_entries == 2, "two messages");
	before = muc_stats(t.muc)->archive_bytes;
	out = test_askf(&t,
	    "<message from='a@example/r' to='r%d@rooms.example' type='groupchat' id='x'>"
	    "<retract xmlns='urn:xmpp:message-retract:1' id='%s'/></message>",
	    1, id);
	ok(is_counted(&t) && muc_stats(t.muc)->archive_entries == 3 &&
		muc_stats(t.muc)->archive_bytes < before,
	    "a tombstone in the place of one, and the retraction");
	free(out);
	restart(&t);
	ok(is_counted(&t) && muc_stats(t.muc)->archive_entries == 3, "the same after a restart");
	is_int(tick(&t), 0, "nothing is due");
	for (int i = 0; i < 100; i++)
		test_send(&t, "<message from='a@example/r' to='r1@rooms.example' type='groupchat' "
			      "id='m'><body>x</body></message>");
	muc_commit(t.muc);
	free(test_drain(&t, 65536));
	ok(is_counted(&t) && muc_stats(t.muc)->archive_entries == 103, "a hundred in one turn");
	test_release(&t);
}

static void
test_entries(void)
{
	struct test t;

	test_init(&t);
	t.conf.limits.archive_entries_per_room = 3;
	start(&t);
	make(&t, 1, "");
	make(&t, 2, "");
	for (char text[2] = "a"; *text <= 'f'; ++*text)
		say(&t, 1, text, NULL);
	say(&t, 2, "z", NULL);
	is_int(test_count(&t, TABLE_archive), 7, "what is too much is there for a moment");
	restart(&t);
	ok(tick(&t) == 1 && test_count(&t, TABLE_over) == 0, "and goes, after a restart, too");
	IS_SHOWN(&t, 1, "d e f ", "the last ones stay");
	IS_SHOWN(&t, 2, "z ", "the other room keeps what it has");
	ok(is_counted(&t), "it is counted");
	test_release(&t);
}

static void
clear(struct test *t, int room)
{
	free(test_askf(t,
	    "<iq from='a@example/r' to='r%d@rooms.example' type='set' id='c'>"
	    "<command xmlns='http://jabber.org/protocol/commands' node='clear-history'>"
	    "<x xmlns='jabber:x:data' type='submit'>"
	    "<field var='confirm'><value>1</value></field></x></command></iq>",
	    room));
}

static void
test_clear(void)
{
	struct test t;
	int n;

	test_init(&t);
	start(&t);
	make(&t, 1, "");
	make(&t, 2, "");
	for (int i = 0; i < 2000; i++)
		say(&t, 1, "a", NULL);
	say(&t, 2, "z", NULL);
	clear(&t, 1);
	ok(test_count(&t, TABLE_archive) == 2001 && found(&t, 1) == 0,
	    "what was cleared is there for a while, and not shown");
	IS_SHOWN(&t, 1, "", "to nobody");
	muc_tick(t.muc, t.now);
	muc_commit(t.muc);
	n = test_count(&t, TABLE_archive);
	ok(n > 1 && n < 2001, "some of it goes in a step: %d are left", n);
	say(&t, 1, "b", NULL);
	restart(&t);
	tick(&t);
	ok(test_count(&t, TABLE_archive) == 2 && test_count(&t, TABLE_over) == 0,
	    "the rest after a restart, but nothing of another room");
	IS_SHOWN(&t, 1, "b ", "nor what was said since");
	IS_SHOWN(&t, 2, "z ", "there all is as before");
	clear(&t, 1);
	tick(&t);
	t.now.wall_ms -= HOUR_MS;
	restart(&t);
	say(&t, 1, "c", NULL);
	tick(&t);
	IS_SHOWN(&t, 1, "c ", "a clock that steps back hides nothing");
	ok(is_counted(&t), "it is counted");
	test_release(&t);
}

/* While somebody reads the database, what is removed would leave no room. */
static void
test_paused(void)
{
	struct test t;

	test_init(&t);
	t.conf.limits.archive_entries_per_room = 3;
	t.conf.limits.archive_days = 1;
	start(&t);
	make(&t, 1, "");
	make(&t, 2, "");
	muc_retention_pause(t.muc, true);
	is_int((int64_t)muc_stats(t.muc)->retention_paused, 1, "it pauses, the statistics say so");
	for (char text[2] = "a"; *text <= 'f'; ++*text)
		say(&t, 1, text, NULL);
	say(&t, 2, "z", NULL);
	destroy(&t, 2);
	is_int(tick(&t), 0, "there is nothing to do");
	ok(test_count(&t, TABLE_archive) == 7 && test_count(&t, TABLE_dead) == 1, "too much stays");
	pass(&t, 50 * HOUR_MS);
	tick(&t);
	ok(test_count(&t, TABLE_archive) == 7 && found(&t, 1) == 0, "what is too old, too, unseen");
	muc_retention_pause(t.muc, false);
	ok(tick(&t) > 0 && test_count(&t, TABLE_archive) == 0 && test_count(&t, TABLE_dead) == 0,
	    "all of it goes afterwards");
	is_int((int64_t)muc_stats(t.muc)->retention_paused, 0, "it goes on");
	ok(is_counted(&t), "it is counted");
	test_release(&t);
}

static void
test_bytes(void)
{
	char large[3001] = "";
	struct test t;

	memset(large, 'x', sizeof(large) - 1);
	test_init(&t);
	t.conf.limits.archive_bytes_per_room = 4000;
	start(&t);
	make(&t, 1, "");
	for (char text[2] = "a"; *text <= 'f'; ++*text)
		say(&t, 1, text, NULL);
	tick(&t);
	is_int(test_count(&t, TABLE_archive), 6, "small ones, all of them");
	say(&t, 1, large, NULL);
	say(&t, 1, "g", NULL);
	tick(&t);
	ok(is_counted(&t) && muc_stats(t.muc)->archive_bytes <= 4000 &&
		muc_stats(t.muc)->archive_entries > 2,
	    "a large one takes the place of some");
	say(&t, 1, large, NULL);
	tick(&t);
	is_int(test_count(&t, TABLE_archive), 2, "a second one that of the first");
	t.conf.limits.archive_bytes_per_room = 100;
	muc_reload(t.muc, &t.conf);
	tick(&t);
	is_int(test_count(&t, TABLE_archive), 0, "what is larger than all of it is not kept");
	ok(is_counted(&t), "it is counted");
	test_release(&t);
}

/* Rooms that sleep are found when the operator allows less. */
static void
test_less(void)
{
	enum { NROOMS = 2500 };
	struct test t;
	int nsteps;

	test_init(&t);
	start(&t);
	for (int room = 1; room <= NROOMS; room++) {
		make(&t, room, "");
		for (int i = 0; i < 3; i++)
			say(&t, room, "word", NULL);
		leave(&t, room);
	}
	is_int(muc_stats(t.muc)->rooms_loaded, 0, "all rooms sleep");
	ok(tick(&t) == 0 && muc_deadline(t.muc) == INT64_MAX, "and nothing is to be done, ever");
	t.conf.limits.archive_entries_per_room = 2;
	muc_reload(t.muc, &t.conf);
	muc_tick(t.muc, t.now);
	muc_commit(t.muc);
	ok(is_counted(&t) && test_count(&t, TABLE_archive) >= 3 * NROOMS - 600,
	    "one step is a small one");
	t.conf.limits.archive_entries_per_room = 1;
	muc_reload(t.muc, &t.conf);
	nsteps = tick(&t);
	ok(nsteps > 5 && test_count(&t, TABLE_archive) == NROOMS && test_count(&t, TABLE_over) == 0,
	    "one message each stays, after %d steps, also where the limit changed meanwhile",
	    nsteps);
	ok(is_counted(&t), "it is counted");
	restart(&t);
	is_int(tick(&t), 0, "that is remembered");
	test_release(&t);
}

static void
test_all(void)
{
	struct test t;
	uint64_t held;

	test_init(&t);
	start(&t);
	make(&t, 1, "");
	make(&t, 2, "");
	for (char text[2] = "a"; *text <= 'e'; ++*text) {
		say(&t, 1, text, NULL);
		pass(&t, HOUR_MS);
		say(&t, 2, text, NULL);
		pass(&t, HOUR_MS);
	}
	leave(&t, 1);
	held = muc_stats(t.muc)->archive_bytes;
	t.conf.limits.archive_bytes = (int64_t)(held / 2);
	muc_reload(t.muc, &t.conf);
	tick(&t);
	ok(is_counted(&t) && muc_stats(t.muc)->archive_bytes <= held / 2, "half of it goes");
	IS_SHOWN(&t, 1, "d e ", "the oldest of all rooms");
	IS_SHOWN(&t, 2, "c d e ", "not those of one");
	for (int i = 0; i < 3000; i++)
		test_send(&t, "<message from='a@example/r' to='r2@rooms.example' type='groupchat' "
			      "id='m'><body>x</body></message>");
	muc_commit(t.muc);
	free(test_drain(&t, 65536));
	is_int(tick(&t), 1, "however much comes in one turn goes in one step");
	ok(is_counted(&t) && muc_stats(t.muc)->archive_bytes <= held / 2, "it is counted");
	test_release(&t);
}

static void
test_age(void)
{
	struct test t;
	char id[37], later[37];

	test_init(&t);
	t.conf.limits.archive_days = 2;
	start(&t);
	make(&t, 1, "");
	make(&t, 2, "<field var='x-muc#roomconfig_archivedays'><value>1</value></field>");
	make(&t, 3, "<field var='x-muc#roomconfig_archivedays'><value>9</value></field>");
	for (int room = 1; room <= 3; room++)
		say(&t, room, "old", NULL);
	pass(&t, 23 * HOUR_MS);
	for (int room = 1; room <= 3; room++)
		say(&t, room, "new", room == 2 ? id : NULL);
	for (int room = 1; room <= 3; room++)
		leave(&t, room);
	is_int(tick(&t), 0, "nothing is too old");
	pass(&t, HOUR_MS);
	IS_SHOWN(&t, 1, "old new ", "a day: what the service keeps for two stays");
	IS_SHOWN(&t, 2, "new ", "what a room keeps for one is not shown any more");
	ok(found(&t, 1) == 2 && found(&t, 2) == 1, "nor found");
	ok(tick(&t) == 0 && test_count(&t, TABLE_archive) == 6, "although it is still there");
	pass(&t, HOUR_MS);
	ok(tick(&t) == 1 && test_count(&t, TABLE_archive) == 5, "an hour later it has gone");
	restart(&t);
	pass(&t, 23 * HOUR_MS);
	IS_SHOWN(&t, 1, "new ", "two days: the service's time is over");
	IS_SHOWN(&t, 3, "new ", "also where the room wants more of it");
	pass(&t, HOUR_MS);
	tick(&t);
	is_int(test_count(&t, TABLE_archive), 2, "what was said first has gone");
	pass(&t, 30 * HOUR_MS);
	tick(&t);
	is_int(test_count(&t, TABLE_archive), 0, "all has gone");
	ok(is_counted(&t) && muc_deadline(t.muc) == INT64_MAX, "nothing more is to be done");
	restart(&t);
	pass(&t, -80 * HOUR_MS);
	make(&t, 2, "");
	say(&t, 2, "again", later);
	ok(strcmp(id, later) < 0, "no id comes again, nor a lesser one, whatever the clock says");
	test_release(&t);
}

static void
test_own(void)
{
	struct test t;

	test_init(&t);
	start(&t);
	make(&t, 1, "");
	say(&t, 1, "old", NULL);
	pass(&t, 30 * HOUR_MS);
	say(&t, 1, "new", NULL);
	is_int(muc_deadline(t.muc), INT64_MAX, "kept for ever");
	make(&t, 1, "<field var='x-muc#roomconfig_archivedays'><value>1</value></field>");
	IS_SHOWN(&t, 1, "new ", "a room's own limit holds at once");
	tick(&t);
	is_int(test_count(&t, TABLE_archive), 1, "for what there is, too");
	make(&t, 1, "<field var='x-muc#roomconfig_archivedays'><value>4294967295</value></field>");
	pass(&t, 9000 * HOUR_MS);
	ok(tick(&t) == 0 && test_count(&t, TABLE_archive) == 1 && is_counted(&t),
	    "a very long time");
	make(&t, 1, "<field var='x-muc#roomconfig_archivedays'><value>0</value></field>");
	is_int(muc_deadline(t.muc), INT64_MAX, "for ever again");
	make(&t, 1, "<field var='x-muc#roomconfig_archivedays'><value>375</value></field>");
	tick(&t);
	pass(&t, 3 * HOUR_MS);
	ok(tick(&t) > 0 || test_count(&t, TABLE_archive) == 1, "nearly");
	t.conf.limits.archive_days = 1;
	muc_reload(t.muc, &t.conf);
	tick(&t);
	ok(test_count(&t, TABLE_archive) == 0 && is_counted(&t),
	    "the operator's new limit, at once");
	test_release(&t);
}

/* What a destroyed room held is kept for as long as the operator wishes, and shown to nobody. */
static void
test_destroyed(void)
{
	struct test t;

	test_init(&t);
	t.conf.limits.archive_after_destroy_days = 2;
	start(&t);
	for (int room = 1; room <= 3; room++) {
		make(&t, room, "");
		say(&t, room, "word", NULL);
		destroy(&t, room);
	}
	tick(&t);
	ok(test_count(&t, TABLE_archive) == 3 && test_count(&t, TABLE_dead) == 0 &&
		test_count(&t, TABLE_affil) == 0 && is_counted(&t),
	    "the archives of three rooms stay, the rooms do not");
	make(&t, 1, "");
	IS_SHOWN(&t, 1, "", "a new one of the name has nothing of them");
	say(&t, 1, "anew", NULL);
	pass(&t, 47 * HOUR_MS);
	restart(&t);
	tick(&t);
	is_int(test_count(&t, TABLE_archive), 4, "47 hours");
	pass(&t, HOUR_MS);
	tick(&t);
	ok(test_count(&t, TABLE_archive) == 1 && test_count(&t, TABLE_held) == 1 && is_counted(&t),
	    "48 hours");
	IS_SHOWN(&t, 1, "anew ", "the new room has its own");
	destroy(&t, 1);
	tick(&t);
	is_int(test_count(&t, TABLE_archive), 1, "it is destroyed, too");
	t.conf.limits.archive_after_destroy_days = 0;
	muc_reload(t.muc, &t.conf);
	tick(&t);
	ok(test_count(&t, TABLE_archive) == 0 && test_count(&t, TABLE_held) == 0 &&
		test_count(&t, TABLE_aging) == 0,
	    "the operator wishes it to go, and it does");
	test_release(&t);
}

/* Archives that are kept after their rooms are under the same limits. */
static void
test_destroyed_limits(void)
{
	struct test t;

	test_init(&t);
	t.conf.limits.archive_after_destroy_days = 300;
	start(&t);
	make(&t, 1, "<field var='x-muc#roomconfig_archivedays'><value>1</value></field>");
	make(&t, 2, "");
	for (int room = 1; room <= 2; room++)
		for (int i = 0; i < 5; i++)
			say(&t, room, "word", NULL);
	destroy(&t, 1);
	destroy(&t, 2);
	tick(&t);
	is_int(test_count(&t, TABLE_archive), 10, "two archives without rooms");
	pass(&t, 25 * HOUR_MS);
	tick(&t);
	is_int(test_count(&t, TABLE_archive), 5, "what its room kept for a day goes after it");
	t.conf.limits.archive_entries_per_room = 2;
	muc_reload(t.muc, &t.conf);
	tick(&t);
	ok(test_count(&t, TABLE_archive) == 2 && is_counted(&t), "of the other one some go");
	test_release(&t);
}

/* Has the store be one of a mucd that counted nothing; and a room that it destroyed. */
static void
make_old(struct test *t)
{
	struct store *s = t->host.store;
	struct buf b = BUF_INIT;
	uint8_t id[8];

	rec_put_u64(&b, 1, 2);
	rec_put_u64(&b, 2, 400);
	rec_put_u64(&b, 3, 300);
	s->put(s, TABLE_meta, (struct bytes){ "state", 5 }, (struct bytes){ b.p, b.len });
	s->del(s, TABLE_meta, (struct bytes){ "archives", 8 });
	for (uint64_t n = 1; n <= 400; n++) {
		id_bytes(n, id);
		s->del(s, TABLE_held, (struct bytes){ id, 8 });
	}
	id_bytes(7, id);
	s->put(s, TABLE_dead, (struct bytes){ id, 8 }, (struct bytes){ "", 0 });
	s->commit(s);
	buf_release(&b);
}

static int
take_key(void *arg, struct bytes key, struct bytes val)
{
	struct buf *b = arg;

	(void)val;
	if (key.n == 17)
		buf_add(b, key.p, key.n);
	return 0;
}

static void
forget_aging(struct test *t)
{
	struct store *s = t->host.store;
	struct buf b = BUF_INIT;

	s->each(s, TABLE_aging, all, all, take_key, &b);
	for (size_t i = 0; i < b.len; i += 17)
		s->del(s, TABLE_aging, (struct bytes){ b.p + i, 17 });
	s->commit(s);
	buf_release(&b);
}

static void
test_old(void)
{
	char id[37];
	struct test t;
	int nsteps = 0;

	test_init(&t);
	t.conf.limits.archive_after_destroy_days = 9;
	start(&t);
	for (int room = 1; room <= 300; room++) {
		make(&t, room, "");
		for (int i = 0; i < (room == 100 ? 15000 : 3); i++)
			say(&t, room, "word", room == 300 ? id : NULL);
		if (room != 1 && room != 300)
			leave(&t, room);
	}
	test_stop(&t);
	forget_aging(&t);
	make_old(&t);
	t.conf.limits.archive_entries_per_room = 2;
	start(&t);
	ok(!is_counted(&t) && muc_stats(t.muc)->archive_entries == 0,
	    "an older mucd has counted nothing");
	for (; muc_deadline(t.muc) <= t.now.mono_ms && nsteps < 10000; nsteps++) {
		muc_tick(t.muc, t.now);
		if (nsteps % 3 == 1) {
			restart(&t);
			continue;
		}
		say(&t, 1, "at the front", NULL);
		say(&t, 300, "at the end", NULL);
		if (nsteps == 2)
			free(test_askf(&t,
			    "<message from='a@example/r' to='r%d@rooms.example' "
			    "type='groupchat' id='x'><retract "
			    "xmlns='urn:xmpp:message-retract:1' id='%s'/></message>",
			    300, id));
		muc_commit(t.muc);
	}
	ok(nsteps > 6, "it is counted in %d steps, some of which are lost and done again", nsteps);
	ok(is_counted(&t), "exactly, while more is said");
	is_int(test_count(&t, TABLE_archive), 2 * 299, "and then what is too much goes");
	is_int(test_count(&t, TABLE_dead), 0, "what it destroyed has gone, too");
	test_release(&t);
}

int
main(void)
{
	test_counts();
	test_entries();
	test_clear();
	test_paused();
	test_bytes();
	test_less();
	test_all();
	test_age();
	test_own();
	test_destroyed();
	test_destroyed_limits();
	test_old();
	return tap_done();
}
