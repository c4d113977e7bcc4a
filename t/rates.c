/* SPDX-License-Identifier: ISC */
/*
 * rates.c - what all of a domain, all in a room, all of the service may do together: each row of room/rate.h
 *
 * Everybody does it once, until one is refused. Whoever is above the limit still may, and all may again in a while.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "room/room.h"
#include "service.h"
#include "tap.h"

#define USERS 40

#define MUC "<x xmlns='http://jabber.org/protocol/muc'>"

/* What somebody does: %u is their bare JID, %n something new, %f a thousand bytes. */
static const char *const deeds[RATE_COUNT] = {
	[RATE_STANZA] = "<iq from='%u/r' to='rooms.example' type='get' id='%n'>"
			"<ping xmlns='urn:xmpp:ping'/></iq>",
	[RATE_BYTE] = "<message from='%u/r' to='a@rooms.example' type='groupchat' id='%n'>"
		      "<body>%f</body></message>",
	[RATE_MESSAGE] = "<message from='%u/r' to='a@rooms.example' type='groupchat' id='%n'>"
			 "<body>x</body></message>",
	[RATE_PRESENCE] = "<presence from='%u/r' to='a@rooms.example/%u' id='%n'>"
			  "<status>%n</status></presence>",
	[RATE_QUERY] = "<iq from='%u/r' to='a@rooms.example' type='get' id='%n'>"
		       "<query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
	[RATE_NICK] = "<presence from='%u/r' to='a@rooms.example/%n' id='%n'/>",
	[RATE_ENTRY] =
	    "<presence from='%u/e' to='b%n@rooms.example/e' id='%n'>" MUC "</x></presence>",
	[RATE_CREATE] =
	    "<presence from='%u/e' to='c%n@rooms.example/e' id='%n'>" MUC "</x></presence>",
	[RATE_INVITE] = "<message from='%u/r' to='a@rooms.example' id='%n'>"
			"<x xmlns='http://jabber.org/protocol/muc#user'>"
			"<invite to='%n@other.example'/></x></message>",
	[RATE_REGISTER] =
	    "<iq from='%u/r' to='a@rooms.example' type='set' id='%n'>"
	    "<query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' type='submit'>"
	    "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#register</value>"
	    "</field><field var='muc#register_roomnick'><value>n%n</value></field></x>"
	    "</query></iq>",
	[RATE_GUESS] = "<presence from='%u/r' to='p@rooms.example/%n' id='%n'>" MUC
		       "<password>%n</password></x></presence>",
};

static const struct row {
	const char *name;
	enum scope scope;
	enum rate rate;
	size_t limit;
	int seconds;
} rows[] = {
#define RATE(scope, rate, limit, seconds)                                                          \
	{ #limit, SCOPE_##scope, RATE_##rate, offsetof(struct muc_limits, limit), seconds },
	RATES(RATE)
#undef RATE
};

static char filler[1001];
static int number;

static void
fill_in(char *to, const char *deed, const char *bare, const char *id)
{
	for (*to = '\0'; *deed != '\0'; deed += *deed == '%' ? 2 : 1)
		if (*deed == '%')
			to = stpcpy(to, deed[1] == 'u' ? bare : deed[1] == 'n' ? id : filler);
		else
			*to++ = *deed;
	*to = '\0';
}

/* Does it; false: it is refused, by that condition if there is one, or not told. */
static bool
done(struct test *t, const struct row *row, const char *bare, const char *condition)
{
	char stanza[4096], id[32], mark[64];
	char *out;
	bool good;

	snprintf(id, sizeof(id), "x%d", number++);
	fill_in(stanza, deeds[row->rate], bare, id);
	out = test_ask(t, stanza);
	snprintf(mark, sizeof(mark), "<status>%s</status>", id);
	good = row->rate == RATE_PRESENCE ? strstr(out, mark) != NULL
					  : strstr(out, condition) == NULL && *out != '\0';
	free(out);
	return good;
}

static void
user_of(char bare[64], const struct row *row, int i)
{
	if (row->scope == SCOPE_SERVICE)
		snprintf(bare, 64, "u%d@d%d.net", i, i);
	else
		snprintf(bare, 64, "u%d@%s", i, row->scope == SCOPE_DOMAIN ? "far.net" : "example");
}

static void
ask(struct test *t, const char *fmt, ...)
{
	char stanza[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(stanza, sizeof(stanza), fmt, ap);
	va_end(ap);
	free(test_ask(t, stanza));
}

static void
make_room(struct test *t, const char *node, const char *fields)
{
	ask(t, "<presence from='o@example/r' to='%s@rooms.example/o'>" MUC "</x></presence>", node);
	ask(t,
	    "<iq from='o@example/r' to='%s@rooms.example' type='set' id='u'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'>"
	    "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
	    "<value>http://jabber.org/protocol/muc#roomconfig</value></field>%s</x></query></iq>",
	    node, fields);
}

static void
begin(struct test *t, const struct row *row)
{
	static const char *const admins[] = { "admin@example", NULL };
	enum muc_error error;
	char bare[64];

	test_init(t);
	t->conf.admins = admins;
	t->conf.limits.rate_burst = t->conf.limits.rate_per_s = 1000000;
	test_start(t, &error);
	make_room(t, "a", "<field var='muc#roomconfig_allowinvites'><value>1</value></field>");
	make_room(t, "p",
	    "<field var='muc#roomconfig_passwordprotectedroom'><value>1</value></field>"
	    "<field var='muc#roomconfig_roomsecret'><value>secret</value></field>");
	ask(t, "<presence from='admin@example/r' to='a@rooms.example/admin@example'>" MUC
	       "</x></presence>");
	for (int i = 0; i < USERS; i++) {
		user_of(bare, row, i);
		ask(t, "<presence from='%s/r' to='a@rooms.example/%s'>" MUC "</x></presence>", bare,
		    bare);
	}
	t->now.mono_ms += 3600000; /* what was spent by that is there again */
	muc_tick(t->muc, t->now);
	free(test_drain(t, 65536));
	muc_commit(t->muc);
	free(test_drain(t, 65536));
}

/* Who is above it: of a room its owner, of all else the service's administrator. */
static const char *
above(const struct row *row)
{
	return row->scope == SCOPE_ROOM && row->rate != RATE_PRESENCE ? "o@example"
								      : "admin@example";
}

static int64_t *
limit_of(struct test *t, const struct row *row)
{
	return (int64_t *)((char *)&t->conf.limits + row->limit);
}

static void
play(const struct row *row)
{
	const char *condition =
	    row->scope == SCOPE_SERVICE ? "resource-constraint" : "policy-violation";
	/* The last quarter of presences is for those that wait. */
	const int most = row->rate == RATE_BYTE	      ? 10
			 : row->rate == RATE_PRESENCE ? 15
			 : row->seconds == 1	      ? 20
						      : 2;
	struct test t;
	char bare[64];
	int n;

	begin(&t, row);
	*limit_of(&t, row) = row->rate == RATE_BYTE ? 1200 : 2;
	muc_reload(t.muc, &t.conf);
	for (n = 0; n < USERS; n++) {
		user_of(bare, row, n);
		if (!done(&t, row, bare, condition))
			break;
	}
	if (row->rate == RATE_BYTE)
		ok(n >= most && n <= 12, "%s: %d of a thousand bytes", row->name, n);
	else
		is_int(n, most, row->name);
	ok(done(&t, row, above(row), condition), "%s: not for %s", row->name, above(row));
	t.now.mono_ms += 60000;
	muc_tick(t.muc, t.now);
	muc_commit(t.muc);
	free(test_drain(&t, 65536));
	user_of(bare, row, USERS - 1);
	ok(done(&t, row, bare, condition), "%s: again in a while", row->name);
	test_release(&t);
}

/* Ten who do as much of it as they can keep nobody else from doing it. */
static void
play_fair(const struct row *row)
{
	const char *condition =
	    row->scope == SCOPE_SERVICE ? "resource-constraint" : "policy-violation";
	struct test t;
	char bare[64];
	int n = 0, one;

	begin(&t, row);
	t.conf.limits.registrations_per_min = t.conf.limits.invites_per_min = 1000;
	t.conf.limits.entries_per_min = t.conf.limits.nick_changes_per_min = 1000;
	t.conf.limits.password_guesses_per_min = 1000;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		*limit_of(&t, &rows[i]) = 1000000;
	*limit_of(&t, row) = row->rate == RATE_BYTE ? 20000 : 40;
	muc_reload(t.muc, &t.conf);
	for (int i = 0; i < 10; i++) {
		user_of(bare, row, i);
		for (one = 0; one < 400 && done(&t, row, bare, condition); one++)
			n++;
	}
	user_of(bare, row, USERS - 1);
	ok(n < 400 && done(&t, row, bare, condition), "%s: %d by ten, and one by another",
	    row->name, n);
	test_release(&t);
}

/* Nor do all of a foreign domain, each of whom does it once. */
static void
play_domain(void)
{
	const struct row far = { "", SCOPE_DOMAIN, RATE_MESSAGE, 0, 1 };
	const struct row near = { "", SCOPE_ROOM, RATE_MESSAGE, 0, 1 };
	struct test t;
	char bare[64];
	int n;

	begin(&t, &far);
	ask(&t, "<presence from='u0@example/r' to='a@rooms.example/near'>" MUC "</x></presence>");
	t.now.mono_ms += 60000;
	t.conf.limits.room_messages_per_s = 2;
	muc_reload(t.muc, &t.conf);
	for (n = 0; n < USERS; n++) {
		user_of(bare, &far, n);
		if (!done(&t, &far, bare, "policy-violation"))
			break;
	}
	user_of(bare, &near, 0);
	ok(n == 12 && done(&t, &near, bare, "policy-violation"),
	    "%d by all of a domain, and one by another", n);
	test_release(&t);
}

/* Whose presence waits is told in turn, however many more the others send. */
static void
play_in_turn(void)
{
	const struct row presences = { "", SCOPE_ROOM, RATE_PRESENCE, 0, 1 };
	struct test t;
	char bare[64];
	char *out;
	int ms = 0;
	bool told = false;

	begin(&t, &presences);
	t.conf.limits.room_presences_per_s = 2;
	muc_reload(t.muc, &t.conf);
	for (; !told && ms < 60000; ms += 100) {
		for (int i = 0; i < 100; i++) {
			user_of(bare, &presences, i % 10);
			done(&t, &presences, bare, "");
		}
		user_of(bare, &presences, 20);
		if (ms < 1000)
			done(&t, &presences, bare, "");
		if (ms == 1000)
			ask(&t,
			    "<presence from='%s/r' to='a@rooms.example/%s'><status>the "
			    "last</status></presence>",
			    bare, bare);
		t.now.mono_ms += 100;
		muc_tick(t.muc, t.now);
		muc_commit(t.muc);
		out = test_drain(&t, 65536);
		told = strstr(out, "the last") != NULL;
		free(out);
	}
	ok(told && ms < 10000, "presences that wait are told in turn: after %d ms", ms);
	test_release(&t);
}

#define LATECOMERS 10

/* Sends a presence of one of the sessions of somebody who sends more than they may; how often the owner is told one. */
static int
send_presence(struct test *t, int session, const char *status)
{
	char *out = test_askf(t,
	    "<presence from='late@example/%d' "
	    "to='a@rooms.example/late%d'><status>%s</status></presence>",
	    session, session, status);
	const int n = count_of(out, "to='o@example/r'");

	free(out);
	return n;
}

static int
wait_for_presences(struct test *t, int ms)
{
	char *out;
	int n;

	t->now.mono_ms += ms;
	muc_tick(t->muc, t->now);
	muc_commit(t->muc);
	out = test_drain(t, 65536);
	n = count_of(out, "to='o@example/r'");
	free(out);
	return n;
}

/* What waits is paid for when it is told, as what is told at once; and its last state is told in the end. */
static void
play_late(void)
{
	const struct row row = { "", SCOPE_ROOM, RATE_PRESENCE, 0, 1 };
	uint64_t before, nbytes;
	struct test t;
	int n = 0;

	begin(&t, &row);
	for (int i = 0; i < LATECOMERS; i++)
		ask(&t,
		    "<presence from='late@example/%d' to='a@rooms.example/late%d'>" MUC
		    "</x></presence>",
		    i, i);
	t.conf.limits.rate_bytes_burst = 10000;
	t.conf.limits.rate_bytes_per_s = 1024;
	muc_reload(t.muc, &t.conf);
	before = muc_stats(t.muc)->out_bytes;
	for (int ms = 0; ms < 60000; ms += 100) {
		char status[3200];

		snprintf(status, sizeof(status), "%d %s%s%s", ms, filler, filler, filler);
		for (int i = 0; i < LATECOMERS; i++)
			send_presence(&t, i, status);
		wait_for_presences(&t, 100);
	}
	nbytes = muc_stats(t.muc)->out_bytes - before;
	ok(nbytes < 8000000, "by presences that wait all are told %llu bytes in a minute",
	    (unsigned long long)nbytes);
	for (int i = 0; i < LATECOMERS; i++)
		n += send_presence(&t, i, "the last");
	for (int i = 0; i < 60; i++)
		n += wait_for_presences(&t, 1000);
	is_int(n, LATECOMERS, "the last of each is told in the end, once");
	test_release(&t);
}

/* Two minutes of somebody who is in and does nothing but enter; how often they are told all, and how much. */
static int
enter_again(struct test *t, const char *leave, uint64_t *nbytes)
{
	static const char enter[] =
	    "<presence from='u0@example/r' to='a@rooms.example/u0@example'>" MUC "</x></presence>";
	const uint64_t before = muc_stats(t->muc)->out_bytes;
	int n = 0;
	char *out;

	for (int ms = 0; ms < 120000; ms += 20) {
		out = test_ask(t, enter);
		n += strstr(out, "<subject") != NULL;
		free(out);
		if (leave != NULL)
			ask(t, "%s", leave);
		t->now.mono_ms += 20;
	}
	*nbytes = muc_stats(t->muc)->out_bytes - before;
	return n;
}

static void
play_again(void)
{
	const struct row row = { "", SCOPE_ROOM, RATE_ENTRY, 0, 60 };
	static const char leave[] =
	    "<presence from='u0@example/r' to='a@rooms.example' type='unavailable'/>";
	struct test t;
	uint64_t nbytes;
	char *out;
	int n;

	begin(&t, &row);
	t.conf.limits.room_entries_of_one_per_min = 60;
	muc_reload(t.muc, &t.conf);
	n = enter_again(&t, NULL, &nbytes);
	ok(n > 100 && n < 350, "who is in enters again %d times in two minutes, not 6000", n);
	test_release(&t);

	begin(&t, &row);
	t.conf.limits.room_entries_of_one_per_min = 1000000;
	t.conf.limits.rate_bytes_burst = 100000;
	t.conf.limits.rate_bytes_per_s = 10000;
	muc_reload(t.muc, &t.conf);
	n = enter_again(&t, NULL, &nbytes);
	ok(n > 10 && nbytes < 8 * 1300000, "of entering %d times one is told %d bytes", n,
	    (int)nbytes);
	test_release(&t);

	begin(&t, &row);
	t.conf.limits.room_entries_per_min = 50;
	t.conf.limits.room_entries_of_one_per_min = 60;
	muc_reload(t.muc, &t.conf);
	n = enter_again(&t, leave, &nbytes);
	out = test_ask(
	    &t, "<presence from='new@example/r' to='a@rooms.example/new'>" MUC "</x></presence>");
	ok(n > 100 && strstr(out, "type='error'") == NULL,
	    "a room is not closed by one who comes again, %d times", n);
	free(out);
	test_release(&t);
}

/* Does that address get into the room? */
static bool
gets_in(struct test *t, const char *full, const char *nick)
{
	char *out = test_askf(
	    t, "<presence from='%s' to='a@rooms.example/%s'>" MUC "</x></presence>", full, nick);
	bool in = strstr(out, "code='110'") != NULL;

	ok(in == (strstr(out, "<resource-constraint ") == NULL), "%s is in, or it is too many",
	    full);
	free(out);
	return in;
}

/* All users of a foreign domain have so many sessions, and all foreign ones nine tenths of what there are. */
static void
play_sessions(void)
{
	const struct row far = { "", SCOPE_DOMAIN, RATE_MESSAGE, 0, 1 };
	enum muc_error error;
	struct test t;
	char full[32];
	uint64_t n;

	begin(&t, &far);
	t.conf.limits.domain_sessions = USERS;
	muc_reload(t.muc, &t.conf);
	ok(!gets_in(&t, "new@far.net/r", "n1"), "of a domain there are too many");
	ok(!gets_in(&t, "new@FAR.net./r", "n1"), "however it is written");
	ok(gets_in(&t, "new@near.net/r", "n2"), "of another one there are not");
	ok(gets_in(&t, "new@example/r", "n3"), "nor of one's own");
	ask(&t, "<presence from='u1@far.net/r' to='a@rooms.example/x' type='unavailable'/>");
	ok(gets_in(&t, "new@far.net/r", "n1"), "where one has left another one enters");
	test_stop(&t);
	test_start(&t, &error);
	ok(!gets_in(&t, "u1@far.net/r", "u1"), "a restart forgets none of them");
	n = muc_stats(t.muc)->sessions;
	t.conf.limits.domain_sessions = 1000;
	t.conf.limits.sessions = (int64_t)n + 10;
	muc_reload(t.muc, &t.conf);
	for (n = 0; n < 20; n++) {
		snprintf(full, sizeof(full), "x@near.net/%d", (int)n);
		if (!gets_in(&t, full, "x"))
			break;
	}
	ok(n > 2 && n < 10, "all foreign domains together leave some: %d", (int)n);
	t.conf.limits.sessions = (int64_t)muc_stats(t.muc)->sessions + 1;
	muc_reload(t.muc, &t.conf);
	ok(gets_in(&t, "x@example/1", "y"), "to others");
	ok(!gets_in(&t, "x@example/2", "y"), "as far as there are any");
	ok(gets_in(&t, "admin@example/2", "admin@example"), "administrators always enter");
	test_release(&t);
}

/* Private messages are messages, too: many send them to one. */
static void
play_private(void)
{
	const struct row row = { "", SCOPE_ROOM, RATE_MESSAGE, 0, 1 };
	struct test t;
	char bare[64];
	int n = 0;

	begin(&t, &row);
	t.conf.limits.room_messages_per_s = 2;
	muc_reload(t.muc, &t.conf);
	for (int i = 0; i < 400; i++) {
		char *out;

		user_of(bare, &row, i % 20);
		out = test_askf(&t,
		    "<message from='%s/r' to='a@rooms.example/u39@example' type='chat' "
		    "id='p%d'><body>x</body></message>",
		    bare, i);
		n += strstr(out, "to='u39@example/r'") != NULL;
		free(out);
	}
	is_int(n, 20, "private messages are among the messages of a room");
	test_release(&t);
}

/* Two minutes of somebody who asks for a long list, again and again. */
static void
play_lists(void)
{
	const struct row row = { "", SCOPE_ROOM, RATE_QUERY, 0, 1 };
	struct buf b = BUF_INIT;
	struct test t;
	uint64_t before, nbytes;
	char item[200];
	int n = 0;

	begin(&t, &row);
	buf_adds(&b, "<iq from='o@example/r' to='a@rooms.example' type='set' id='l'>"
		     "<query xmlns='http://jabber.org/protocol/muc#admin'>");
	for (int i = 0; i < 1000; i++) {
		snprintf(item, sizeof(item),
		    "<item jid='member%d@somewhere.example' affiliation='member'/>", i);
		buf_adds(&b, item);
	}
	buf_adds(&b, "</query></iq>");
	buf_addc(&b, '\0');
	free(test_ask(&t, b.p));
	buf_release(&b);
	t.conf.limits.rate_bytes_burst = 100000;
	t.conf.limits.rate_bytes_per_s = 10000;
	muc_reload(t.muc, &t.conf);
	before = muc_stats(t.muc)->out_bytes;
	for (int ms = 0; ms < 120000; ms += 20) {
		char *out =
		    test_ask(&t, "<iq from='o@example/r' to='a@rooms.example' type='get' id='g'>"
				 "<query xmlns='http://jabber.org/protocol/muc#admin'><item "
				 "affiliation='member'/></query></iq>");

		n += strstr(out, "member999@") != NULL;
		free(out);
		t.now.mono_ms += 20;
	}
	nbytes = muc_stats(t.muc)->out_bytes - before;
	ok(n > 10 && nbytes < 8 * 1300000 + 1000000,
	    "of asking for a list %d times one is told %llu bytes", n, (unsigned long long)nbytes);
	test_release(&t);
}

#define SHOWN                                                                                      \
	"<iq from='o@example/r' to='a@rooms.example' type='set' id='s%d'>"                         \
	"<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' "            \
	"type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig"    \
	"</value></field><field var='muc#roomconfig_presencebroadcast'><value>moderator</value>"   \
	"%s</field></x></query></iq>"
#define PARTICIPANT "<value>participant</value>"

/*
 * Two minutes of an owner whose short requests show each to each, and hide them again: it is what is told that
 * counts, a part of it, and never more than is there at once.
 */
static void
play_shown(void)
{
	const struct row row = { "", SCOPE_ROOM, RATE_QUERY, 0, 1 };
	uint64_t before, nbytes;
	struct test t;
	char *out;
	int n = 0;

	begin(&t, &row);
	t.conf.limits.rate_bytes_burst = 100000;
	t.conf.limits.rate_bytes_per_s = 10000;
	muc_reload(t.muc, &t.conf);
	before = muc_stats(t.muc)->out_bytes;
	for (int ms = 0; ms < 120000; ms += 100) {
		out = test_askf(&t, SHOWN, n, n % 2 != 0 ? PARTICIPANT : "");
		n += strstr(out, "type='result'") != NULL;
		free(out);
		t.now.mono_ms += 100;
	}
	nbytes = muc_stats(t.muc)->out_bytes - before;
	ok(n > 20 && nbytes < 64 * 1300000, "of %d changes all are told %llu bytes", n,
	    (unsigned long long)nbytes);
	t.now.mono_ms += 60000;
	before = muc_stats(t.muc)->out_bytes;
	for (int i = 0; i < 1200; i++) {
		free(test_askf(&t,
		    "<message from='o@example/r' to='a@rooms.example' type='groupchat' id='m%d'>"
		    "<body>%s%s%s</body></message>",
		    i, filler, filler, filler));
		t.now.mono_ms += 100;
	}
	nbytes = muc_stats(t.muc)->out_bytes - before;
	ok(nbytes > 20000000 && nbytes < 64 * 1300000, "nor by messages: %llu bytes",
	    (unsigned long long)nbytes);
	for (int i = 0; i < USERS; i++)
		free(test_askf(&t,
		    "<presence from='u%d@example/r' to='a@rooms.example/u%d@example'>"
		    "<status>%s%s%s</status></presence>",
		    i, i, filler, filler, filler));
	t.conf.limits.rate_bytes_per_s = 20000;
	t.conf.limits.rate_bytes_burst = 20000;
	muc_reload(t.muc, &t.conf);
	t.now.mono_ms += 60000;
	before = muc_stats(t.muc)->out_bytes;
	out = test_askf(&t, SHOWN, n, n % 2 != 0 ? PARTICIPANT : "");
	nbytes = muc_stats(t.muc)->out_bytes - before;
	free(out);
	t.now.mono_ms += 2000;
	out = test_ask(&t, "<message from='o@example/r' to='a@rooms.example' type='groupchat' "
			   "id='m'><body>x</body></message>");
	ok(strstr(out, "to='u2@example/r'") != NULL,
	    "%llu bytes at once: two seconds later the owner speaks", (unsigned long long)nbytes);
	free(out);
	test_release(&t);
}

/* Many owners of rooms tell one who is absent what they have made of them: 18.1. */
static void
play_notices(void)
{
	const struct row row = { "", SCOPE_ROOM, RATE_QUERY, 0, 1 };
	struct test t;
	int n = 0;

	begin(&t, &row);
	for (int i = 0; i < 30; i++) {
		free(test_askf(&t,
		    "<presence from='u%d@example/r' to='r%d@rooms.example/o'>" MUC
		    "</x></presence>",
		    i, i));
		free(test_askf(&t,
		    "<iq from='u%d@example/r' to='r%d@rooms.example' type='set' id='u'>"
		    "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' "
		    "type='submit'/></query></iq>",
		    i, i));
		for (int j = 0; j < 4; j++) {
			char *out = test_askf(&t,
			    "<iq from='u%d@example/r' to='r%d@rooms.example' type='set' id='s'>"
			    "<query xmlns='http://jabber.org/protocol/muc#admin'><item "
			    "jid='victim@far.net' affiliation='%s'/></query></iq>",
			    i, i, j % 2 == 0 ? "member" : "none");

			n += strstr(out, "to='victim@far.net'") != NULL;
			free(out);
		}
	}
	is_int(n, (int)t.conf.limits.noticed_per_min, "so many notices go to one who is absent");
	test_release(&t);
}

int
main(void)
{
	memset(filler, 'x', sizeof(filler) - 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		play(&rows[i]);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		play_fair(&rows[i]);
	play_domain();
	play_in_turn();
	play_late();
	play_again();
	play_private();
	play_lists();
	play_shown();
	play_sessions();
	play_notices();
	return tap_done();
}
