/* SPDX-License-Identifier: ISC */
/*
 * ghost.c - how fast sessions in doubt are asked, and how long they are waited for
 */
#include "service.h"
#include "tap.h"

#define NSESSIONS 400

/* Many sessions, of the host's own domain or of foreign ones, and a restart. */
static void
begin(struct test *t, const char *domain)
{
	enum muc_error e;
	char stanza[300];

	test_init(t);
	t->conf.limits.rate_burst = 1000000;
	test_start(t, &e);
	for (int i = 0; i < NSESSIONS; i++) {
		snprintf(stanza, sizeof(stanza),
		    "<presence from='u%d@%s/r' to='room@rooms.example/n%d'>"
		    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
		    i, domain, i);
		free(test_ask(t, stanza));
		if (i > 0)
			continue;
		snprintf(stanza, sizeof(stanza),
		    "<iq from='u0@%s/r' to='room@rooms.example' type='set' id='u'>"
		    "<query xmlns='http://jabber.org/protocol/muc#owner'>"
		    "<x xmlns='jabber:x:data' type='submit'/></query></iq>",
		    domain);
		free(test_ask(t, stanza));
	}
	test_stop(t);
	test_start(t, &e);
}

/* Lets time pass, tick by tick; returns how many questions were asked. */
static int
pass(struct test *t, int64_t ms)
{
	const int64_t end = t->now.mono_ms + ms;
	int64_t due;
	int n = 0;

	while ((due = muc_deadline(t->muc)) <= end) {
		char *out;

		if (due > t->now.mono_ms) {
			t->now.wall_ms += due - t->now.mono_ms;
			t->now.mono_ms = due;
		}
		muc_tick(t->muc, t->now);
		muc_commit(t->muc);
		out = test_drain(t, 65536);
		n += count_of(out, "urn:xmpp:ping");
		free(out);
	}
	t->now.wall_ms += end - t->now.mono_ms;
	t->now.mono_ms = end;
	return n;
}

static void
test_pace(void)
{
	struct test t;
	int n;

	begin(&t, "example");
	is_int((int)muc_stats(t.muc)->in_doubt, NSESSIONS, "after a restart all are in doubt");
	is_int(pass(&t, 59000), 0, "for a minute nobody is asked");
	n = pass(&t, 2000);
	ok(n > 0 && n <= 110, "then 50 a second: %d in the first", n);
	n += pass(&t, 10000);
	is_int(n, NSESSIONS, "until all are");
	is_int(pass(&t, 60000), 0, "and not again for two minutes");
	test_release(&t);

	begin(&t, "far.away");
	pass(&t, 61000);
	n = pass(&t, 10000);
	ok(n >= 40 && n <= 60, "a foreign domain is asked 5 a second: %d in ten", n);
	test_release(&t);
}

static void
test_silence(void)
{
	struct test t;

	begin(&t, "example");
	pass(&t, 23 * 3600 * 1000LL);
	is_int((int)muc_stats(t.muc)->sessions, NSESSIONS, "silence decides nothing for a day");
	pass(&t, 2 * 3600 * 1000LL);
	is_int((int)muc_stats(t.muc)->sessions, 0, "then they are gone");
	is_int((int)muc_stats(t.muc)->in_doubt, 0, "and nobody is in doubt");
	is_int(muc_deadline(t.muc), INT64_MAX, "nor is anything due");
	test_release(&t);
}

/* While the link is down nobody can answer: nobody is asked, and nobody is gone for it. */
static void
test_link_down(void)
{
	struct test t;

	begin(&t, "example");
	muc_domain_down(t.muc, 0, t.now);
	is_int(pass(&t, 30 * 3600 * 1000LL), 0, "without a link nobody is asked");
	is_int((int)muc_stats(t.muc)->sessions, NSESSIONS, "and nobody goes");
	muc_domain_up(t.muc, 0, t.now);
	is_int(pass(&t, 59000), 0, "with it the minute begins anew");
	ok(pass(&t, 20000) == NSESSIONS, "then they are asked");
	test_release(&t);
}

/* One whose stanza comes back is asked at once. */
static void
test_bounce(void)
{
	struct test t;
	enum muc_error e;
	char *out;

	test_init(&t);
	test_start(&t, &e);
	free(test_ask(&t, ENTER("a", "A")));
	free(test_ask(&t, "<message from='a@example/r' to='room@rooms.example/A' type='error'>"
			  "<error type='cancel'><service-unavailable "
			  "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"));
	is_int((int)muc_stats(t.muc)->in_doubt, 1, "what came back raises a doubt");
	is_int(pass(&t, 1), 1, "and a question at once");
	out = test_ask(&t, ENTER("a", "A"));
	is_int((int)muc_stats(t.muc)->in_doubt, 0, "a stanza of its own ends it");
	free(out);
	test_release(&t);
}

/* Who answers is online; who says nothing to the room itself for two days goes all the same. */
static void
test_alive(void)
{
	struct test t;
	enum muc_error e;
	char stanza[300], id[64];
	const char *p;
	char *out;

	test_init(&t);
	test_start(&t, &e);
	free(test_ask(&t, ENTER("a", "A")));
	free(test_ask(&t, UNLOCK("a")));
	muc_domain_up(t.muc, 0, t.now);
	t.now.mono_ms += 61000;
	muc_tick(t.muc, t.now);
	muc_commit(t.muc);
	out = test_drain(&t, 65536);
	p = strstr(out, " id='");
	snprintf(id, sizeof(id), "%.*s", p != NULL ? (int)strcspn(p + 5, "'") : 0,
	    p != NULL ? p + 5 : "");
	free(out);
	snprintf(stanza, sizeof(stanza),
	    "<iq from='a@example/r' to='room@rooms.example/A' type='result' id='%s'/>", id);
	out = test_ask(&t, stanza);
	is_str(out, "", "an answer is not answered");
	free(out);
	is_int(pass(&t, 47 * 3600 * 1000LL), 0, "nobody is asked again");
	is_int((int)muc_stats(t.muc)->in_doubt, 1, "but watched");
	is_int((int)muc_stats(t.muc)->sessions, 1, "and in");
	pass(&t, 2 * 3600 * 1000LL);
	is_int((int)muc_stats(t.muc)->sessions, 0, "until two days have passed in silence");
	test_release(&t);
}

/*
 * A domain is dead: what is told to its sessions comes back from each. Nobody leaves at once, so nobody
 * there is told of the others' leaving, which would come back in turn; in the end they go together, and
 * who is still there is told of each once. XEP-0045 18.1.2.
 */
static void
test_dead_domain(void)
{
	enum { GHOSTS = 200 };
	struct test t;
	enum muc_error e;
	char stanza[300];
	char *out;
	int told = 0, back = 0;
	int64_t due;

	test_init(&t);
	test_start(&t, &e);
	free(test_ask(&t, ENTER("a", "A")));
	free(test_ask(&t, UNLOCK("a")));
	for (int i = 0; i < GHOSTS; i++) {
		snprintf(stanza, sizeof(stanza),
		    "<presence from='u%d@dead.example/r' to='room@rooms.example/n%d'>"
		    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
		    i, i);
		free(test_ask(&t, stanza));
	}
	free(test_ask(&t, SAY("a", "x")));
	for (int i = 0; i < GHOSTS; i++) {
		snprintf(stanza, sizeof(stanza),
		    "<message from='u%d@dead.example/r' to='room@rooms.example/A' type='error' "
		    "id='m'>"
		    "<error type='cancel'><remote-server-not-found "
		    "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>",
		    i);
		out = test_ask(&t, stanza);
		told += count_of(out, "<presence");
		free(out);
	}
	is_int(told, 0, "a storm of errors tells nobody anything");
	told = 0;
	for (int i = 0; i < 100000 && (due = muc_deadline(t.muc)) != INT64_MAX; i++) {
		/* A client that is there says something now and then. */
		if (i % 100 == 0)
			free(test_ask(&t, SAY("a", "y")));
		if (due > t.now.mono_ms)
			t.now.mono_ms = due;
		muc_tick(t.muc, t.now);
		muc_commit(t.muc);
		out = test_drain(&t, 65536);
		told += count_of(out, "<presence to='a@example/r'");
		back += count_of(out, "<presence to='u");
		free(out);
		if (muc_stats(t.muc)->sessions == 1)
			break;
	}
	is_int((int)muc_stats(t.muc)->sessions, 1, "in the end the ghosts are gone");
	is_int(told, GHOSTS, "each is told of once to who is still there");
	is_int(back, GHOSTS, "and of each to nobody else but itself");
	test_release(&t);
}

int
main(void)
{
	test_pace();
	test_silence();
	test_link_down();
	test_bounce();
	test_alive();
	test_dead_domain();
	return tap_done();
}
