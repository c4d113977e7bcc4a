/* SPDX-License-Identifier: ISC */
/*
 * muc.c - turns, output, time and trouble, as the host program sees them
 */
#include "muc.h"

#include "room/room.h"
#include "service.h"
#include "tap.h"

static void
test_commit_then_speak(void)
{
	struct test t;
	enum muc_error e;
	char *out;

	test_init(&t);
	test_start(&t, &e);
	is_int(e, MUC_OK, "an empty store is a service");
	is_int(test_send(&t, ENTER("a", "A")), MUC_GO_ON, "a stanza is handled");
	ok(muc_queued(t.muc) > 0, "its output waits");
	out = test_drain(&t, 65536);
	is_str(out, "", "nothing is told before the commit");
	free(out);
	is_int(muc_commit(t.muc), MUC_COMMITTED, "committed");
	out = test_drain(&t, 65536);
	ok(strstr(out, "<status code='201'/>") != NULL, "then it is told");
	is_int((int)muc_queued(t.muc), 0, "and nothing waits");
	free(out);
	is_int((int)muc_stats(t.muc)->commits, 1, "it counts as a durable commit");
	free(test_ask(&t, "<iq from='a@example/r' to='rooms.example' type='get' id='i'>"
			  "<query xmlns='http://jabber.org/protocol/disco#info'/></iq>"));
	is_int((int)muc_stats(t.muc)->commits, 1, "a turn that writes nothing does not");
	test_release(&t);
}

static void
test_parts(void)
{
	struct test t;
	enum muc_error e;
	char *whole, *parts;
	char byte[7];

	test_init(&t);
	test_start(&t, &e);
	whole = test_ask(&t, ENTER("a", "A"));
	free(test_ask(&t, "<presence from='a@example/r' to='room@rooms.example/A' "
			  "type='unavailable'/>"));
	t.seed = 0;
	test_stop(&t);
	t.host.store->close(t.host.store);
	test_init(&t);
	test_start(&t, &e);
	test_send(&t, ENTER("a", "A"));
	muc_commit(t.muc);
	parts = test_drain(&t, 1);
	is_str(parts, whole, "byte by byte it is the same");
	free(parts);

	test_send(&t, UNLOCK("a"));
	test_send(&t, SAY("a", "x"));
	muc_commit(t.muc);
	is_int((int)muc_drain(t.muc, 0, byte, sizeof(byte)), sizeof(byte), "a part of a stanza");
	muc_domain_down(t.muc, 0, t.now);
	muc_domain_up(t.muc, 0, t.now);
	parts = test_drain(&t, 3);
	ok(strncmp(parts, "<iq to='a@example/r'", 20) == 0,
	    "after a lost link it begins anew: %.20s", parts);
	is_int(count_of(parts, "<body>x</body>"), 1, "and what came behind it follows");
	free(parts);
	free(whole);
	test_release(&t);
}

/* A store whose commits fail for a while. */
static int no_room;
static enum store_result (*real_commit)(struct store *);

static enum store_result
full_commit(struct store *s)
{
	if (no_room > 0) {
		no_room--;
		return STORE_RETRY;
	}
	return real_commit(s);
}

static void
test_retry(void)
{
	struct test t;
	enum muc_error e;
	char *out;

	test_init(&t);
	real_commit = t.host.store->commit;
	t.host.store->commit = full_commit;
	test_start(&t, &e);
	no_room = 2;
	test_send(&t, ENTER("a", "A"));
	is_int(muc_commit(t.muc), MUC_RETRY, "a full store: again");
	out = test_drain(&t, 65536);
	is_str(out, "", "nothing is told meanwhile");
	free(out);
	is_int(muc_commit(t.muc), MUC_RETRY, "and again");
	is_int(muc_commit(t.muc), MUC_COMMITTED, "until there is room");
	out = test_drain(&t, 65536);
	is_int(count_of(out, "<presence"), 1, "then it is told once");
	is_int((int)muc_stats(t.muc)->retries, 2, "the retries are counted");
	free(out);
	test_release(&t);
}

static void
test_refuse(void)
{
	struct test t;
	enum muc_error e;
	enum muc_input in;
	static const char *const late[] = {
		"<presence from='a@example/r' "
		"to='room@rooms.example/A'><show>away</show></presence>",
		"<presence from='a@example/r' to='room@rooms.example/A'><show>xa</show></presence>",
	};
	char *out;

	test_init(&t);
	test_start(&t, &e);
	free(test_ask(&t, ENTER("a", "A")));
	free(test_ask(&t, UNLOCK("a")));
	muc_refuse(t.muc, t.stream, SAY("a", "x"), strlen(SAY("a", "x")), t.now);
	for (int i = 0; i < 2; i++)
		muc_refuse(t.muc, t.stream, late[i], strlen(late[i]), t.now);
	muc_commit(t.muc);
	out = test_drain(&t, 65536);
	is_int(
	    count_of(out, "<resource-constraint"), 1, "a message there is no room for is refused");
	is_int(count_of(out, "<presence"), 0, "a presence is not");
	free(out);
	ok(muc_late(t.muc, t.now, &in), "it is kept");
	ok(!muc_late(t.muc, t.now, &in), "the last one alone");
	muc_commit(t.muc);
	out = test_drain(&t, 65536);
	is_int(count_of(out, "<show>xa</show>"), 1, "and handled later");
	is_int(count_of(out, "<show>away</show>"), 0, "the one before is forgotten");
	free(out);
	is_int((int)muc_stats(t.muc)->in_refused, 3, "all three are counted");
	muc_refuse(t.muc, t.stream, late[0], strlen(late[0]), t.now);
	muc_stream_free(t.stream);
	t.stream = NULL;
	ok(!muc_late(t.muc, t.now, &in), "with its stream a late presence goes");
	test_release(&t);
}

/* Whoever leaves has left, however much others have sent before for which there was no room. */
#define BYE                                                                                        \
	"<presence from='b@example/r' to='room@rooms.example/B' "                                  \
	"type='unavailable'><status>bye</status></presence>"

static void
test_late_leaving(void)
{
	enum { PAYLOAD = 7000 };
	struct test t;
	struct buf b = BUF_INIT;
	enum muc_error e;
	enum muc_input result;
	char *out;

	test_init(&t);
	test_start(&t, &e);
	free(test_ask(&t, ENTER("a", "A")));
	free(test_ask(&t, UNLOCK("a")));
	free(test_ask(&t, ENTER("b", "B")));
	for (int i = 0; i < 3000; i++) {
		char head[200];

		b.len = 0;
		snprintf(head, sizeof(head),
		    "<presence from='s@example/r' to='room@rooms.example/S%d'><status>", i);
		buf_adds(&b, head);
		for (int n = 0; n < PAYLOAD; n++)
			buf_addc(&b, 'x');
		buf_adds(&b, "</status></presence>");
		muc_refuse(t.muc, t.stream, b.p, b.len, t.now);
	}
	for (int i = 0; i < 3000; i++) {
		char leave[200];

		snprintf(leave, sizeof(leave),
		    "<presence from='s@example/r' to='room%d@rooms.example/S' type='unavailable'/>",
		    i);
		muc_refuse(t.muc, t.stream, leave, strlen(leave), t.now);
	}
	muc_refuse(t.muc, t.stream, BYE, strlen(BYE), t.now);
	muc_commit(t.muc);
	free(test_drain(&t, 65536));
	b.len = 0;
	while (muc_late(t.muc, t.now, &result)) {
		muc_commit(t.muc);
		out = test_drain(&t, 65536);
		buf_adds(&b, out);
		free(out);
	}
	buf_addc(&b, '\0');
	ok(strstr(b.p, "to='a@example/r'") != NULL, "who leaves when there is no room has left");
	buf_release(&b);
	test_release(&t);
}

typedef enum muc_input
refuse_by(struct muc *, struct muc_stream *, const char *, size_t, struct muc_now);

/* How many are in the room when all that was kept is handled: b enters, and leaves by that. */
static int
left_by(refuse_by *refuse, const char *leave)
{
	enum muc_input result;
	enum muc_error e;
	struct test t;
	int n;

	test_init(&t);
	test_start(&t, &e);
	free(test_ask(&t, ENTER("a", "A")));
	free(test_ask(&t, UNLOCK("a")));
	muc_refuse(t.muc, t.stream, ENTER("b", "B"), strlen(ENTER("b", "B")), t.now);
	ok(refuse(t.muc, t.stream, leave, strlen(leave), t.now) == MUC_GO_ON, "%.80s", leave);
	while (muc_late(t.muc, t.now, &result))
		muc_commit(t.muc);
	n = (int)muc_stats(t.muc)->sessions;
	test_release(&t);
	return n;
}

/* Nor is it lost because the stanza cannot be read: what is never answered is taken by its head. */
static void
test_late_malformed(void)
{
#define HEAD_OF_BYE "<presence from='b@example/r' to='room@rooms.example/B' type='unavailable'>"
	struct test t;
	enum muc_error e;
	char *out;

	is_int(left_by(muc_refuse, HEAD_OF_BYE "</presence>"), 1, "who leaves has left");
	is_int(left_by(muc_refuse, HEAD_OF_BYE "<e:x/></presence>"), 1,
	    "so has who does with a prefix that is declared nowhere");
	is_int(left_by(muc_refuse, HEAD_OF_BYE "&x;</presence>"), 1, "or what is not well-formed");
	is_int(left_by(muc_refuse_over, HEAD_OF_BYE), 1, "or too much");
	test_init(&t);
	test_start(&t, &e);
	free(test_ask(&t, ENTER("a", "A")));
	muc_refuse(t.muc, t.stream, SAY("a", "&x;"), strlen(SAY("a", "&x;")), t.now);
	muc_commit(t.muc);
	out = test_drain(&t, 65536);
	is_int(count_of(out, "<resource-constraint"), 1, "others are told that there is no room");
	free(out);
	muc_refuse_over(
	    t.muc, t.stream, "<message from='a@example/r' to='room@rooms.example'>", 52, t.now);
	muc_commit(t.muc);
	out = test_drain(&t, 65536);
	is_int(count_of(out, "<policy-violation"), 1, "or that it is too much anyway");
	free(out);
	is_int((int)muc_stats(t.muc)->in_over, 1, "which is counted");
	test_release(&t);
}

static void
test_over(void)
{
	static const char tag[] =
	    "<message from='a@example/r' to='room@rooms.example' type='groupchat' id='big'>";
	struct test t;
	enum muc_error e;
	char *out;

	test_init(&t);
	test_start(&t, &e);
	is_int(muc_input_over(t.muc, t.stream, tag, strlen(tag), t.now), MUC_GO_ON, "too long");
	is_int(muc_input_over(t.muc, t.stream, NULL, 0, t.now), MUC_GO_ON, "without even a tag");
	muc_commit(t.muc);
	out = test_drain(&t, 65536);
	ok(strstr(out, "id='big'") != NULL && strstr(out, "<policy-violation") != NULL,
	    "is answered by name");
	is_int((int)muc_stats(t.muc)->in_over, 2, "and counted");
	free(out);
	is_int(muc_input(t.muc, t.stream, "<a/><b/>", 8, t.now), MUC_DISAGREE,
	    "two elements are not one stanza");
	test_release(&t);
}

/* What is no stanza, or nobody's. */
static void
test_odd(void)
{
	static const char bad[] = "<message from='a@example/r' to='rooms.example'>&b;</message>";
	static const char worse[] =
	    "<message from='a@example/r' to='rooms.example' to='rooms.example'/>";
	char attr[32];
	int nanswers = 0;
	struct test t;
	enum muc_error e;
	struct buf b = BUF_INIT;
	char *out;

	test_init(&t);
	test_start(&t, &e);
	out = test_ask(&t, "<handshake/>");
	is_str(out, "", "an element that is no stanza is not answered");
	is_int((int)muc_stats(t.muc)->in_other, 1, "and counted");
	free(out);
	out = test_ask(&t, "<iq to='rooms.example' type='get' id='i'><x xmlns='urn:x'/></iq>");
	is_str(out, "", "nor is what comes from nowhere");
	free(out);
	out = test_ask(&t, bad);
	ok(strstr(out, "type='error'") != NULL && strstr(out, "<bad-request ") != NULL &&
		strstr(out, "to='a@example/r'") != NULL,
	    "what is not well-formed is refused by its start tag");
	is_int((int)muc_stats(t.muc)->in_bad, 1, "and counted");
	is_str(t.log, "", "and is not worth a line");
	free(out);
	for (int i = 0; i < 2; i++) {
		t.log[0] = '\0';
		out = test_ask(&t, worse);
		is_str(out, "", "where that is not well-formed either nobody is answered");
		is_str(t.log, i == 0 ? "a stanza of 67 bytes is not well-formed: dropped" : "",
		    "and the log has it, but not each time");
		free(out);
	}
	t.now.mono_ms += 60000;
	free(test_ask(&t, worse));
	is_str(t.log, "a stanza of 67 bytes is not well-formed: dropped", "in a minute again");
	t.log[0] = '\0';
	buf_adds(
	    &b, "<iq from='a@example/r' to='rooms.example' type='set' id='i'><x xmlns='urn:x'");
	for (int i = 0; i < 500; i++) {
		snprintf(attr, sizeof(attr), " a%d='123'", i);
		buf_adds(&b, attr);
	}
	buf_adds(&b, "/></iq>");
	buf_addc(&b, '\0');
	out = test_ask(&t, b.p);
	ok(strstr(out, "<bad-request ") != NULL && strstr(out, "id='i'") != NULL,
	    "hundreds of attributes are refused");
	free(out);
	b.len = 0;
	t.conf.limits.rate_per_s = t.conf.limits.rate_burst = 10;
	muc_reload(t.muc, &t.conf);
	t.now.mono_ms += 1000;
	for (int i = 0; i < 1000; i++) {
		out = test_ask(&t, bad);
		nanswers += *out != '\0';
		free(out);
	}
	ok(nanswers < 250, "and cost their sender what others do: %d are told so", nanswers);
	is_str(t.log, "", "without a line");
	t.now.mono_ms += 60000;
	buf_adds(
	    &b, "<iq from='a@example/r' to='rooms.example' type='set' id='i'><x xmlns='urn:x'>");
	for (int i = 0; i < 9000; i++)
		buf_addc(&b, 'y');
	buf_adds(&b, "</x></iq>");
	buf_addc(&b, '\0');
	out = test_ask(&t, b.p);
	ok(strstr(out, "<x xmlns='urn:x'/><error") != NULL,
	    "what was asked comes back by name, %zu", strlen(out));
	free(out);
	buf_release(&b);
	ok(muc_stream_new(t.muc, 0, "<x>", 3) == NULL, "a stream begins with its header");
	free(test_ask(&t, ENTER("a", "A")));
	free(test_ask(&t, UNLOCK("a")));
	out = test_ask(&t, "<message from='a@example/r' to='room@rooms.example' type='groupchat' "
			   "id='m'>loose &lt;<body>x</body>&amp; text</message>");
	ok(strstr(out, "loose &lt;<body>x</body>&amp; text") != NULL,
	    "loose text stays where it is");
	free(out);
	test_release(&t);
}

/* Nothing is kept without end for a link that does not come back. */
static void
test_down(void)
{
	struct test t;
	struct buf b = BUF_INIT;
	char *out;
	int n;

	test_init(&t);
	test_start_unlimited(&t);
	free(test_ask(&t, ENTER("a", "A")));
	free(test_ask(&t, UNLOCK("a")));
	muc_domain_down(t.muc, 0, t.now);
	buf_adds(&b,
	    "<message from='a@example/r' to='room@rooms.example' type='groupchat' id='m'><body>");
	for (int i = 0; i < 100000; i++)
		buf_addc(&b, 'y');
	buf_adds(&b, "</body></message>");
	for (n = 0; n < 1000 && muc_stats(t.muc)->in_refused == 0; n++) {
		muc_input(t.muc, t.stream, b.p, b.len, t.now);
		muc_commit(t.muc);
	}
	ok(n > 100 && n < 200, "after %d messages of 100 kB no more are taken while it is down", n);
	muc_domain_up(t.muc, 0, t.now);
	out = test_drain(&t, 65536);
	is_int(count_of(out, "</body>"), n - 1, "all that were taken are told when it is up");
	free(out);
	buf_release(&b);
	test_release(&t);
}

static unsigned
almost_full(struct store *s)
{
	(void)s;
	return 90;
}

/* Where there is little room left nothing new begins. */
static void
test_almost_full(void)
{
	struct test t;
	enum muc_error e;
	char *out;

	test_init(&t);
	test_start(&t, &e);
	free(test_ask(&t, ENTER("a", "A")));
	free(test_ask(&t, UNLOCK("a")));
	t.host.store->fill = almost_full;
	out = test_ask(&t, "<presence from='b@example/r' to='new@rooms.example/B'>"
			   "<x xmlns='http://jabber.org/protocol/muc'/></presence>");
	ok(strstr(out, "<resource-constraint") != NULL, "no new room");
	free(out);
	out = test_ask(&t, "<iq from='a@example/r' to='room@rooms.example' type='set' id='v'>"
			   "<vCard xmlns='vcard-temp'><DESC>x</DESC></vCard></iq>");
	ok(strstr(out, "<resource-constraint") != NULL, "no vCard");
	free(out);
	out = test_ask(&t, "<iq from='a@example/r' to='room@rooms.example' type='set' id='v'>"
			   "<vCard xmlns='vcard-temp'/></iq>");
	ok(strstr(out, "type='result'") != NULL, "but it may be taken away");
	free(out);
	out = test_ask(&t, ENTER("b", "B"));
	ok(strstr(out, "<status code='110'/>") != NULL, "who enters is in");
	free(out);
	out = test_ask(&t, SAY("b", "x"));
	is_int(count_of(out, "<body>x</body>"), 2, "and speaks");
	free(out);
	test_release(&t);
}

/* How many of 100 stanzas that are refused by their head are answered, each way of refusing them. */
static int
answered(struct test *t, refuse_by *refuse, const char *head)
{
	char *out;
	int n = 0;

	for (int i = 0; i < 100; i++)
		refuse(t->muc, t->stream, head, strlen(head), t->now);
	muc_commit(t->muc);
	out = test_drain(t, 1 << 20);
	for (const char *p = out; (p = strstr(p, "<error ")) != NULL; p++)
		n++;
	free(out);
	return n;
}

/* One user does not fill a room alone, by as many nicknames as there are places. */
static void
test_nicks(void)
{
	struct test t;
	enum muc_error e;
	int n = 0;
	char *out;

	test_init(&t);
	t.conf.limits.rooms_per_user = 1000;
	test_start(&t, &e);
	free(test_ask(&t, ENTER("a", "A")));
	free(test_ask(&t, UNLOCK("a")));
	for (int i = 0; i < 100; i++) {
		out = test_askf(&t,
		    "<presence from='s@example/%d' to='room@rooms.example/S%d'>"
		    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
		    i, i);
		n += strstr(out, "<status code='110'/>") != NULL;
		free(out);
	}
	is_int(n, (int)t.conf.limits.nicks_per_user, "one user has so many nicknames in a room");
	free(test_ask(
	    &t, "<presence from='s@example/0' to='room@rooms.example' type='unavailable'/>"));
	out = test_ask(&t, "<presence from='s@example/x' to='room@rooms.example/S1'><x "
			   "xmlns='http://jabber.org/protocol/muc'/></presence>");
	ok(strstr(out, "<status code='110'/>") != NULL,
	    "one more session under one of them is none");
	free(out);
	out = test_ask(&t, "<presence from='s@example/x' to='room@rooms.example/S0'/>");
	ok(strstr(out, "<status code='303'/>") != NULL, "it takes one that is free");
	free(out);
	out = test_ask(&t, "<presence from='s@example/y' to='room@rooms.example/S2'><x "
			   "xmlns='http://jabber.org/protocol/muc'/></presence>");
	free(out);
	out = test_ask(&t, "<presence from='s@example/y' to='room@rooms.example/SY' id='y'/>");
	ok(strstr(out, "<resource-constraint") != NULL, "and none beyond");
	free(out);
	test_release(&t);
}

/* Does that stanza wake the room, which sleeps? */
static bool
wakes(struct test *t, const char *stanza)
{
	const struct service *s = (const struct service *)t->muc;
	bool awake;

	test_send(t, stanza);
	awake = map_get(&s->rooms, "room@rooms.example") != NULL;
	muc_commit(t->muc);
	free(test_drain(t, 65536));
	return awake;
}

/* What costs its sender nothing has no room read from the disk. */
static void
test_sleeping(void)
{
	static const char error[] =
	    "<message from='s@far.example' to='room@rooms.example' type='error' id='x'/>";
	static const char *const persistent[] = { "persistentroom", "1", NULL };
	struct test t;
	enum muc_error e;
	int n = 0;

	test_init(&t);
	t.conf.room_defaults = persistent;
	t.conf.limits.rate_burst = 5;
	test_start(&t, &e);
	free(test_ask(&t, ENTER("a", "A")));
	free(test_ask(&t, UNLOCK("a")));
	free(test_ask(
	    &t, "<presence from='a@example/r' to='room@rooms.example' type='unavailable'/>"));
	ok(!wakes(&t,
	       "<presence from='s@far.example/r' to='room@rooms.example' type='unavailable'/>") &&
		!wakes(&t,
		    "<presence from='s@far.example/r' to='room@rooms.example/A' type='error'/>") &&
		!wakes(&t,
		    "<iq from='s@far.example/r' to='room@rooms.example/A' type='result' id='x'/>"),
	    "a room in which nobody is sleeps on when somebody leaves it or answers");
	while (n < 100 && wakes(&t, error))
		n++;
	is_int(n, 5, "an invitation may come back; not without end");
	ok(wakes(&t, "<iq from='b@example/r' to='room@rooms.example' type='get' id='x'><query "
		     "xmlns='http://jabber.org/protocol/disco#info'/></iq>"),
	    "others wake it");
	test_release(&t);
}

/* Nobody is made to answer without end by what cannot be read. */
static void
test_refusals(void)
{
	struct test t;
	enum muc_error e;

	test_init(&t);
	t.conf.limits.rate_burst = 5;
	t.conf.limits.session_percent = 100;
	t.conf.limits.refusals_per_s = 1;
	test_start(&t, &e);
	is_int(answered(&t, muc_input_over,
		   "<iq from='a@example/r' to='rooms.example' type='get' id='o'>"),
	    15, "what is too long is answered as far as what is too much is");
	is_int(answered(&t, muc_input,
		   "<iq from='b@example/r' to='rooms.example' type='get' id='u'><e:x/></iq>"),
	    15, "so is a prefix that is declared nowhere");
	is_int(answered(&t, muc_refuse,
		   "<iq from='c@example/r' to='rooms.example' type='get' id='n'><x/></iq>"),
	    15, "so is what there is no room for");
	test_release(&t);
}

/*
 * A namespace is declared once and used on thousands of elements: written again it would be declared on
 * each. Wherever such a payload would be repeated, it is refused or left out, and quickly.
 */
static void
test_namespace_bomb(void)
{
	enum { URI = 30000, ELEMENTS = 3000 };
	static const char *const heads[] = {
		"<message from='a@example/r' to='room@rooms.example' type='groupchat' id='b'>",
		"<message from='s@example/r' to='nowhere@rooms.example' type='groupchat' id='b'>",
		"<presence from='a@example/r' to='room@rooms.example/A' id='b'>",
		"<presence from='s@example/r' to='room@rooms.example/S' id='b'>"
		"<x xmlns='http://jabber.org/protocol/muc'/>",
		"<presence from='b@example/r' to='room@rooms.example/B' type='unavailable' id='b'>",
	};
	struct test t;
	enum muc_error e;

	test_init(&t);
	test_start(&t, &e);
	free(test_ask(&t, ENTER("a", "A")));
	free(test_ask(&t, UNLOCK("a")));
	free(test_ask(&t, ENTER("b", "B")));
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		struct buf b = BUF_INIT;
		char *out;

		buf_adds(&b, heads[i]);
		buf_adds(&b, "<body xmlns:p='");
		for (int n = 0; n < URI; n++)
			buf_addc(&b, 'u');
		buf_adds(&b, "'>");
		for (int n = 0; n < ELEMENTS; n++)
			buf_adds(&b, "<a p:k=''/>");
		buf_adds(&b, heads[i][1] == 'm' ? "</body></message>" : "</body></presence>");
		muc_input(t.muc, t.stream, b.p, b.len, t.now);
		muc_commit(t.muc);
		out = test_drain(&t, 65536);
		ok(*out != '\0' && strlen(out) < 20000, "%zu bytes of it come to %zu: %.30s", b.len,
		    strlen(out), heads[i]);
		free(out);
		buf_release(&b);
	}
	is_int((int)muc_stats(t.muc)->occupants, 1, "who leaves with it has left");
	test_release(&t);
}

static void
test_turn_ends(void)
{
	struct test t;
	enum muc_error e;
	int n = 0;

	test_init(&t);
	t.conf.limits.rate_burst = 1000000;
	t.conf.limits.rate_bytes_burst = 1000000000;
	test_start(&t, &e);
	free(test_ask(&t, ENTER("a", "A")));
	free(test_ask(&t, UNLOCK("a")));
	while (n < 100000 && test_send(&t, SAY("a", "some words")) == MUC_GO_ON)
		n++;
	ok(n > 100 && n < 100000, "a turn ends after %d messages, whatever waits", n);
	muc_commit(t.muc);
	is_int(test_send(&t, SAY("a", "more")), MUC_GO_ON, "and the next one begins");
	test_release(&t);
}

static void
test_schema(void)
{
	static const uint8_t newer[] = { 1, 2, 0x7f, 0xff };
	struct test t;
	enum muc_error e;

	test_init(&t);
	t.host.store->put(t.host.store, TABLE_meta, (struct bytes){ "state", 5 },
	    (struct bytes){ newer, sizeof(newer) });
	ok(test_start(&t, &e) == NULL && e == MUC_SCHEMA_NEWER, "a newer schema is refused");
	t.host.store->put(
	    t.host.store, TABLE_meta, (struct bytes){ "state", 5 }, (struct bytes){ "\377", 1 });
	ok(test_start(&t, &e) == NULL && e == MUC_STORE_BROKEN, "a broken one, too");
	ok(strstr(t.log, "meta") != NULL, "and the log says where: %s", t.log);
	test_release(&t);
}

static void
test_conf(void)
{
	static const char *const good[] = { "publicroom", "0", "muc#roomconfig_whois", "anyone",
		NULL };
	static const char *const unknown[] = { "colour", "red", NULL };
	static const char *const bad[] = { "maxusers", "many", NULL };
	struct test t;
	enum muc_error e;
	const char *var = NULL;
	char *out;

	test_init(&t);
	t.conf.room_defaults = good;
	test_start(&t, &e);
	out = test_ask(&t, ENTER("a", "A"));
	ok(strstr(out, "<status code='100'/>") != NULL, "room defaults are a new room's");
	free(out);
	t.conf.room_defaults = unknown;
	is_int(muc_conf_check(&t.conf, &var), MUC_CONF_BAD, "an unknown default");
	is_str(var, "colour", "is named");
	ok(muc_option_suits("muc#roomconfig_passwordprotectedroom", "1"), "one half of a password");
	ok(!muc_option_suits("muc#roomconfig_passwordprotectedroom", "perhaps") &&
		!muc_option_suits("colour", "1"),
	    "a bad value, and an option that is none");
	t.conf.room_defaults = bad;
	is_int(muc_reload(t.muc, &t.conf), MUC_CONF_BAD, "a bad value changes nothing");
	out = test_ask(&t, "<presence from='b@example/r' to='other@rooms.example/B'>"
			   "<x xmlns='http://jabber.org/protocol/muc'/></presence>");
	ok(strstr(out, "<status code='100'/>") != NULL, "the old defaults still hold");
	free(out);
	test_release(&t);
}

/* A room with many affiliations, destroyed: its data goes in steps, its name is free at once. */
static void
test_purge(void)
{
	struct test t;
	enum muc_error e;
	char stanza[512];
	int ticks = 0;
	char *out;

	test_init(&t);
	t.conf.limits.rate_burst = 1000000;
	t.conf.limits.tombstone_days = 0;
	test_start(&t, &e);
	free(test_ask(&t, ENTER("a", "A")));
	free(test_ask(&t, UNLOCK("a")));
	for (int i = 0; i < 1200; i++) {
		snprintf(stanza, sizeof(stanza),
		    "<iq from='a@example/r' to='room@rooms.example' type='set' id='%d'>"
		    "<query xmlns='http://jabber.org/protocol/muc#admin'>"
		    "<item affiliation='member' jid='u%d@example'/></query></iq>",
		    i, i);
		free(test_ask(&t, stanza));
	}
	is_int(muc_deadline(t.muc), INT64_MAX, "nothing is due");
	free(test_ask(&t,
	    "<iq from='a@example/r' to='room@rooms.example' type='set' id='d'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'><destroy/></query></iq>"));
	out = test_ask(&t, ENTER("b", "B"));
	ok(strstr(out, "<status code='201'/>") != NULL, "the name is free at once");
	free(out);
	out = test_ask(&t, "<iq from='b@example/r' to='room@rooms.example' type='get' id='l'>"
			   "<query xmlns='http://jabber.org/protocol/muc#admin'>"
			   "<item affiliation='member'/></query></iq>");
	ok(strstr(out, "u7@example") == NULL, "and the new room knows nothing of the old");
	free(out);
	while (muc_deadline(t.muc) <= t.now.mono_ms && ticks < 100) {
		muc_tick(t.muc, t.now);
		muc_commit(t.muc);
		ticks++;
	}
	ok(ticks >= 3 && ticks < 100, "what it held goes in %d steps", ticks);
	test_release(&t);
}

/* Every limit's default lies within its bounds. */
static void
test_limits(void)
{
#define LIMIT(name, def, least, greatest, what)                                                    \
	ok((def) >= (least) && (def) <= (greatest), "default of " #name);
	MUC_LIMITS(LIMIT)
#undef LIMIT
}

/* What has one of our own addresses is not heard: nothing of ours talks to us. */
static void
test_own(void)
{
	static const char *const from[] = { "room@rooms.example/A", "other@rooms.example/B",
		"rooms.example", "x@other.example/y", "room@ROOMS.example/A" };
	static const char *const what[][2] = {
		{ "presence", "to='room@rooms.example/B'>"
			      "<x xmlns='http://jabber.org/protocol/muc'/></presence>" },
		{ "presence", "to='new@rooms.example/B'>"
			      "<x xmlns='http://jabber.org/protocol/muc'/></presence>" },
		{ "message", "to='room@rooms.example' type='groupchat'><body>x</body></message>" },
		{ "iq", "to='room@rooms.example' type='get' id='p'>"
			"<ping xmlns='urn:xmpp:ping'/></iq>" },
	};
	struct test t;
	enum muc_error e;
	char stanza[512], *out;

	test_init(&t);
	test_start(&t, &e);
	muc_domain_add(t.muc, "other.example");
	free(test_ask(&t, ENTER("a", "A")));
	free(test_ask(&t, UNLOCK("a")));
	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++)
		for (size_t k = 0; k < sizeof(what) / sizeof(what[0]); k++) {
			snprintf(stanza, sizeof(stanza), "<%s from='%s' %s", what[k][0], from[i],
			    what[k][1]);
			out = test_ask(&t, stanza);
			is_str(out, "", stanza);
			free(out);
		}
	is_int((int)muc_stats(t.muc)->rooms_stored, 1, "no room came to be");
	test_release(&t);
}

/* Sends, and looks for a piece in what is told. */
static void
answers(struct test *t, const char *stanza, const char *piece, const char *what)
{
	char *out = test_ask(t, stanza);

	ok(strstr(out, piece) != NULL, "%s", what);
	free(out);
}

/*
 * ejabberd passes on addresses in the letters that clients use: who logs in as A, or writes to ROOM, is
 * a, and writes to room. XEP-0045 17.1, 7.2.7.
 */
static void
test_letters(void)
{
	struct test t;
	enum muc_error e;

	test_init(&t);
	test_start(&t, &e);
	free(test_ask(&t, ENTER("a", "A")));
	free(test_ask(&t, UNLOCK("A")));
	answers(&t,
	    "<iq from='A@EXAMPLE/r' to='ROOM@rooms.example' type='set' id='1'>"
	    "<query xmlns='http://jabber.org/protocol/muc#admin'>"
	    "<item affiliation='outcast' jid='b@example'/></query></iq>",
	    "<iq to='a@example/r' from='room@rooms.example' type='result'",
	    "the owner is the owner, in whatever letters");
	answers(&t, ENTER("b", "B"), "<forbidden ", "who is banned is banned");
	answers(&t, ENTER("B", "B"), "<forbidden ", "in whatever letters");
	answers(&t,
	    "<presence from='c@example/r' to='a&amp;b@rooms.example/C'>"
	    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
	    "<jid-malformed ", "no room has a name that nodeprep refuses");
	test_release(&t);
}

/* Gateways and components may enter without a resource; they are told by that address. */
static void
test_bare(void)
{
	struct test t;
	enum muc_error e;

	test_init(&t);
	test_start(&t, &e);
	answers(&t,
	    "<presence from='gateway.example' to='room@rooms.example/G'>"
	    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
	    "<presence to='gateway.example' from='room@rooms.example/G'>",
	    "a component enters under its own address");
	answers(&t,
	    "<presence from='d@example' to='other@rooms.example/D'>"
	    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
	    "<presence to='d@example' from='other@rooms.example/D'>", "and so does a bare JID");
	test_release(&t);
}

/* XEP-0045 7.2.2: of whoever is in one is told before oneself, however many they are. */
static void
test_crowd(void)
{
	enum { CROWD = 400 };
	struct test t;
	enum muc_error e;
	char stanza[200];
	const char *self;
	char *out;

	test_init(&t);
	test_start(&t, &e);
	free(test_ask(&t, ENTER("a", "A")));
	free(test_ask(&t, UNLOCK("a")));
	for (int i = 0; i < CROWD; i++) {
		snprintf(stanza, sizeof(stanza),
		    "<presence from='u%d@example/r' to='room@rooms.example/U%d'>"
		    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
		    i, i);
		free(test_ask(&t, stanza));
	}
	test_send(&t, ENTER("z", "Z"));
	out = test_ask(&t, SAY("a", "x"));
	self = strstr(out, "<presence to='z@example/r' from='room@rooms.example/Z'");
	if (ok(self != NULL && strstr(self, "code='110'") != NULL, "one is told of oneself"))
		ok(count_of(self + 1, "<presence to='z@example/r'") == 0 &&
			count_of(out, "<presence to='z@example/r'") == CROWD + 2,
		    "after all the others");
	ok(self != NULL && strstr(self, "<message to='z@example/r'") != NULL &&
		count_of(out, "<message to='z@example/r'") == 2,
	    "and of the subject and what is said then");
	free(out);
	test_release(&t);
}

int
main(void)
{
	test_commit_then_speak();
	test_parts();
	test_retry();
	test_refuse();
	test_late_leaving();
	test_late_malformed();
	test_over();
	test_odd();
	test_down();
	test_almost_full();
	test_refusals();
	test_sleeping();
	test_nicks();
	test_namespace_bomb();
	test_turn_ends();
	test_schema();
	test_conf();
	test_purge();
	test_limits();
	test_letters();
	test_bare();
	test_crowd();
	test_own();
	return tap_done();
}
