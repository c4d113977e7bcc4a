/* SPDX-License-Identifier: ISC */
/*
 * returned.c - what is on its way between occupants: how much, how long, and that nothing of it stays
 */
#include "service.h"
#include "tap.h"

/* Two occupants, A and B, of an open room. */
static void
begin(struct test *t)
{
	enum muc_error e;

	test_start(t, &e);
	free(test_ask(t, ENTER("a", "A")));
	free(test_ask(t, UNLOCK("a")));
	free(test_ask(t, ENTER("b", "B")));
}

/* A asks B; what is told. The caller frees it. */
static char *
query(struct test *t, int id)
{
	char stanza[300];

	snprintf(stanza, sizeof(stanza),
	    "<iq from='a@example/r' to='room@rooms.example/B' type='get' id='q%d'>"
	    "<query xmlns='jabber:iq:version'/></iq>",
	    id);
	return test_ask(t, stanza);
}

/* The id under which it went on. */
static void
read_id(const char *told, char id[64])
{
	const char *p = strstr(told, " id='");

	snprintf(id, 64, "%.*s", p != NULL ? (int)strcspn(p + 5, "'") : 0, p != NULL ? p + 5 : "");
}

static char *
tick(struct test *t, int64_t ms)
{
	t->now.mono_ms += ms;
	t->now.wall_ms += ms;
	muc_tick(t->muc, t->now);
	muc_commit(t->muc);
	return test_drain(t, 65536);
}

static void
test_ids(void)
{
	struct test t;
	char one[64], two[64], *out;

	test_init(&t);
	begin(&t);
	out = query(&t, 1);
	read_id(out, one);
	free(out);
	out = query(&t, 1);
	read_id(out, two);
	ok(strlen(one) == 22 && strlen(two) == 22 && strcmp(one, two) != 0,
	    "each request goes on under an id of its own: %s, %s", one, two);
	ok(strstr(out, "from='room@rooms.example/A'") != NULL && strstr(out, "a@example") == NULL,
	    "from the nick, which is all that is told");
	free(out);
	test_release(&t);
}

#define CHAT(nick)                                                                                 \
	"<message from='a@example/r' to='room@rooms.example/" nick "' type='chat' id='same'>"      \
	"<body>x</body></message>"

/* Of two messages with one id the later one is meant by what comes back. */
static void
test_same_id(void)
{
	static const char back[] =
	    "<message from='b@example/r' to='room@rooms.example/A' type='error' id='same'>"
	    "<error type='wait'><resource-constraint "
	    "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>";
	struct test t;
	char *out;

	test_init(&t);
	begin(&t);
	free(test_ask(&t, CHAT("B")));
	free(test_ask(&t, "<presence from='b@example/r' to='room@rooms.example/C'/>"));
	free(test_ask(&t, CHAT("C")));
	out = test_ask(&t, back);
	ok(count_of(out, "<resource-constraint") == 1 &&
		strstr(out, "from='room@rooms.example/C'") != NULL,
	    "of an id that was used twice the later one comes back");
	free(out);
	out = test_ask(&t, back);
	is_int(count_of(out, "<resource-constraint"), 0, "once");
	free(out);
	test_release(&t);
}

static void
test_time(void)
{
	const int n = 100;
	struct test t;
	char *out;

	test_init(&t);
	t.conf.limits.query_wait_s = 10;
	t.conf.limits.doubt_wait_s = 86400;
	begin(&t);
	/* Whoever has spoken is not in doubt. */
	free(test_ask(&t, SAY("a", "1")));
	free(test_ask(&t, SAY("b", "2")));
	is_int(muc_deadline(t.muc), INT64_MAX, "without requests nothing is due");
	for (int i = 0; i < n; i++) {
		free(query(&t, i));
		t.now.mono_ms += 10;
	}
	is_int(muc_deadline(t.muc) - t.now.mono_ms, 10000 - n * 10, "the oldest is due first");
	out = tick(&t, 10000 - n * 10);
	is_int(count_of(out, "remote-server-timeout"), 1, "and told alone");
	free(out);
	out = tick(&t, 10000);
	is_int(count_of(out, "remote-server-timeout"), n - 1, "then all the others");
	free(out);
	is_int(muc_deadline(t.muc), INT64_MAX, "nothing is left to wait for");
	test_release(&t);
}

static void
test_bounds(void)
{
	struct test t;
	int passed = 0, refused = 0;
	char *out;

	test_init(&t);
	t.conf.limits.queries_per_session = 50;
	t.conf.limits.queries = 80;
	t.conf.limits.sessions_per_occupant = 5;
	begin(&t);
	for (int i = 0; i < 60; i++) {
		out = query(&t, i);

		passed += count_of(out, "to='b@example/r'");
		refused += count_of(out, "resource-constraint");
		free(out);
	}
	is_int(passed, 50, "so many of one session");
	is_int(refused, 10, "no more");
	for (int i = 0; i < 40; i++) {
		out = test_ask(&t,
		    "<iq from='b@example/r' to='room@rooms.example/A' type='get' id='v'>"
		    "<vCard xmlns='vcard-temp'/></iq>");

		passed += count_of(out, "to='a@example'");
		free(out);
	}
	is_int(passed, 90, "nobody is kept from asking by what waits");
	out = tick(&t, 0);
	is_int(count_of(out, "remote-server-timeout"), 10,
	    "of too many of all the oldest are waited for no more");
	free(out);
	/* Each who leaves takes its own with it, those it asked and those it was asked. */
	free(test_ask(&t, LEAVE("b", "B")));
	free(test_ask(&t, ENTER("b", "B")));
	passed = 0;
	for (int i = 0; i < 60; i++) {
		out = query(&t, i);

		passed += count_of(out, "to='b@example/r'");
		free(out);
	}
	is_int(passed, 50, "who leaves makes room");
	test_release(&t);
}

/* B answers with so many bytes; what is told. The caller frees it. */
static char *
answer(struct test *t, const char *id, int nbytes)
{
	struct buf b = BUF_INIT;
	char *out;

	buf_adds(&b, "<iq from='b@example/r' to='room@rooms.example/A' type='result' id='");
	buf_adds(&b, id);
	buf_adds(&b, "'><query xmlns='jabber:iq:version'><name>");
	for (int i = 0; i < nbytes; i++)
		buf_addc(&b, 'x');
	buf_adds(&b, "</name></query></iq>");
	buf_addc(&b, '\0');
	out = test_ask(t, b.p);
	buf_release(&b);
	return out;
}

/* What cannot be relayed is no empty result. */
static void
test_over(void)
{
	struct test t;
	char id[64], tag[300], *out;

	test_init(&t);
	t.conf.limits.stanza_out_bytes = 10000;
	begin(&t);
	out = query(&t, 1);
	read_id(out, id);
	free(out);
	snprintf(tag, sizeof(tag),
	    "<iq from='b@example/r' to='room@rooms.example/A' type='result' id='%s'>", id);
	muc_input_over(t.muc, t.stream, tag, strlen(tag), t.now);
	muc_commit(t.muc);
	out = test_drain(&t, 65536);
	ok(strstr(out, "to='a@example/r'") != NULL && strstr(out, "id='q1'") != NULL &&
		strstr(out, "undefined-condition") != NULL,
	    "an answer too large to be read is told as an error");
	free(out);
	out = query(&t, 2);
	read_id(out, id);
	free(out);
	out = answer(&t, id, 9000);
	ok(strstr(out, "id='q2'") != NULL && strstr(out, "undefined-condition") != NULL,
	    "so is one too large to be told");
	free(out);
	test_release(&t);
}

/* Messages are remembered up to a number; the newest are. */
static void
test_notes(void)
{
	struct test t;
	char stanza[400], *out;
	int back = 0;

	test_init(&t);
	t.conf.limits.notes_per_session = 20;
	t.conf.limits.notes = 30;
	begin(&t);
	for (int i = 0; i < 50; i++) {
		snprintf(stanza, sizeof(stanza),
		    "<message from='%c@example/r' to='room@rooms.example/%c' id='m%d'>"
		    "<body>hist</body></message>",
		    i % 2 == 0 ? 'a' : 'b', i % 2 == 0 ? 'B' : 'A', i);
		out = test_ask(&t, stanza);
		if (i == 0)
			is_int(count_of(out, "<body>hist</body>"), 1, "it goes on");
		free(out);
	}
	for (int i = 0; i < 50; i++) {
		snprintf(stanza, sizeof(stanza),
		    "<message from='%c@example/r' to='room@rooms.example/%c' id='m%d' type='error'>"
		    "<error type='cancel'><not-acceptable "
		    "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>",
		    i % 2 == 0 ? 'b' : 'a', i % 2 == 0 ? 'A' : 'B', i);
		out = test_ask(&t, stanza);
		if (count_of(out, "not-acceptable") > 0) {
			back++;
			ok(i >= 20, "number %d is told", i);
		}
		free(out);
	}
	is_int(back, 30, "no more than are remembered");
	test_release(&t);
}

/* The one who sends and the one who gets are the same, and end with the service. */
static void
test_own(void)
{
	struct test t;

	test_init(&t);
	begin(&t);
	free(test_ask(&t, "<iq from='a@example/r' to='room@rooms.example/A' type='get' id='o'>"
			  "<query xmlns='jabber:iq:version'/></iq>"));
	free(test_ask(&t, "<message from='a@example/r' to='room@rooms.example/A' id='o'/>"));
	free(test_ask(&t, LEAVE("a", "A")));
	is_int((int)muc_stats(t.muc)->sessions, 1, "one leaves while it asks itself");
	free(test_ask(&t, ENTER("a", "A")));
	free(query(&t, 1));
	free(test_ask(&t, "<message from='b@example/r' to='room@rooms.example/A' id='o'/>"));
	test_release(&t);
	ok(true, "the service ends with requests and messages under way");
}

int
main(void)
{
	test_ids();
	test_same_id();
	test_time();
	test_bounds();
	test_over();
	test_notes();
	test_own();
	return tap_done();
}
