/* SPDX-License-Identifier: ISC */
/*
 * history.c - how much is told on entering, how much is kept, and what that costs
 */
#include "base/arena.h"
#include "service.h"
#include "tap.h"

#define ASK(user, nick, history)                                                                   \
	"<presence from='" user "@example/r' to='room@rooms.example/" nick "'>"                    \
	"<x xmlns='http://jabber.org/protocol/muc'><history " history "/></x></presence>"
#define OUT(user) "<presence from='" user "@example/r' to='room@rooms.example' type='unavailable'/>"
#define DELAY	  "urn:xmpp:delay"

static void
begin(struct test *t)
{
	enum muc_error e;

	test_init(t);
	t->conf.limits.rate_burst = 1000000;
	t->conf.limits.rate_bytes_burst = 1000000000;
	test_start(t, &e);
	free(test_ask(t, ENTER("a", "A")));
	free(test_ask(t, UNLOCK("a")));
}

/* Enters, says how many messages of a history came, and leaves. */
static int
count_told(struct test *t, const char *enter)
{
	char *out;
	int n;

	free(test_ask(t, OUT("b")));
	out = test_ask(t, enter);
	n = count_of(out, DELAY);
	free(out);
	return n;
}

static size_t
chars_of(const char *p, const char *end)
{
	size_t n = 0;

	for (; p < end; p++)
		n += (*p & 0xc0) != 0x80;
	return n;
}

/* 7.2.14: characters of whole stanzas, to the last one. */
static void
test_maxchars(void)
{
	struct test t;
	char *out, *begins, *ends, ask[400];
	size_t chars;

	begin(&t);
	free(test_ask(&t, SAY("a", "first")));
	free(test_ask(&t, SAY("a", "\xe2\x82\xac \xf0\x9f\x92\xa9 &amp; &lt; \xc3\xa9")));
	out = test_ask(&t, ASK("b", "B", "maxstanzas='1'"));
	begins = strstr(out, "<message");
	ends = strstr(begins, "</message>") + strlen("</message>");
	chars = chars_of(begins, ends);
	ok((size_t)(ends - begins) > chars, "a message has fewer characters than bytes");
	free(out);
	snprintf(ask, sizeof(ask), ASK("b", "B", "maxchars='%zu'"), chars);
	is_int(count_told(&t, ask), 1, "as many characters as it has");
	snprintf(ask, sizeof(ask), ASK("b", "B", "maxchars='%zu'"), chars - 1);
	is_int(count_told(&t, ask), 0, "one less, and it is not told");
	test_release(&t);
}

/* Many records that are no messages do not make an entry expensive, nor is there no end of it. */
static void
test_visits(void)
{
	struct test t;

	begin(&t);
	free(test_ask(&t, SAY("a", "old")));
	for (int i = 0; i < 4999; i++)
		free(test_ask(&t,
		    "<message from='a@example/r' to='room@rooms.example' type='groupchat'>"
		    "<store xmlns='urn:xmpp:hints'/></message>"));
	is_int(count_told(&t, ENTER("b", "B")), 1, "found behind 4999 that are not shown");
	free(test_ask(&t, "<message from='a@example/r' to='room@rooms.example' type='groupchat'>"
			  "<store xmlns='urn:xmpp:hints'/></message>"));
	is_int(count_told(&t, ENTER("b", "B")), 0, "one more is not looked behind");
	free(test_ask(&t, SAY("a", "new")));
	is_int(count_told(&t, ENTER("b", "B")), 1, "what is new is shown");
	test_release(&t);
}

#define TELL(payload)                                                                              \
	"<message from='a@example/r' to='room@rooms.example' type='groupchat' id='m'>" payload     \
	"</message>"

static void
test_kept(void)
{
	static const struct {
		const char *stanza, *what;
		int kept;
	} rows[] = {
		{ TELL("<body>x</body>"), "a body", 1 },
		{ TELL("<composing xmlns='http://jabber.org/protocol/chatstates'/>"),
		    "a chat state", 0 },
		{ TELL("<received xmlns='urn:xmpp:receipts' id='1'/>"), "a receipt", 0 },
		{ TELL("<displayed xmlns='urn:xmpp:chat-markers:0' id='1'/>"), "a marker", 1 },
		{ TELL("<markable xmlns='urn:xmpp:chat-markers:0'/>"), "what asks for one", 0 },
		{ TELL("<reactions xmlns='urn:xmpp:reactions:0' id='1'/>"), "reactions", 1 },
		{ TELL("<apply-to xmlns='urn:xmpp:fasten:0' id='1'/>"), "an old one", 1 },
		{ TELL("<encrypted xmlns='urn:xmpp:omemo:2'/>"), "OMEMO", 1 },
		{ TELL("<encrypted xmlns='eu.siacs.conversations.axolotl'/>"), "old OMEMO", 1 },
		{ TELL("<openpgp xmlns='urn:xmpp:openpgp:0'>x</openpgp>"), "OpenPGP", 1 },
		{ TELL("<file-sharing xmlns='urn:xmpp:sfs:0'/>"), "a file", 1 },
		{ TELL("<sources xmlns='urn:xmpp:sfs:0'/>"), "where else it is", 1 },
		{ TELL("<x xmlns='jabber:x:oob'><url>u</url></x>"), "a link", 1 },
		{ TELL("<replace xmlns='urn:xmpp:message-correct:0' id='1'/>"), "a correction", 1 },
		{ TELL("<body/>"), "an empty body", 1 },
		{ TELL("<acknowledged xmlns='urn:xmpp:chat-markers:0' id='1'/>"), "a marker", 1 },
		{ TELL("<thread>t</thread>"), "a thread", 0 },
		{ TELL("<body>x</body><no-copy xmlns='urn:xmpp:hints'/>"), "what is not copied",
		    1 },
		{ TELL("<x xmlns='urn:example'/><store xmlns='urn:xmpp:hints'/>"), "by a hint", 1 },
		{ TELL("<subject>s</subject>"), "a change of the subject", 1 },
		{ TELL("<subject>s</subject><no-store xmlns='urn:xmpp:hints'/>"),
		    "an unrecorded one", 0 },
		{ TELL("<body>x</body><store xmlns='urn:xmpp:hints'/>"
		       "<no-store xmlns='urn:xmpp:hints'/>"),
		    "hints that disagree", 0 },
	};
	struct test t;

	begin(&t);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int before = test_count(&t, TABLE_archive);
		char *out = test_ask(&t, rows[i].stanza);

		ok(count_of(out, "<stanza-id") == (strstr(out, "<composing") == NULL) &&
			test_count(&t, TABLE_archive) - before == rows[i].kept,
		    "%s: %s", rows[i].what, rows[i].kept ? "kept" : "only passed on");
		free(out);
	}
	test_release(&t);
}

static unsigned percent;

static unsigned
fill(struct store *s)
{
	(void)s;
	return percent;
}

/* From 90 % on messages are told, and not kept. */
static void
test_full(void)
{
	struct test t;
	char *out;

	begin(&t);
	t.host.store->fill = fill;
	percent = 89;
	free(test_ask(&t, SAY("a", "one")));
	percent = 90;
	out = test_ask(&t, SAY("a", "two"));
	ok(count_of(out, "two") == 1 && count_of(out, "<stanza-id") == 1, "told");
	free(out);
	is_int(test_count(&t, TABLE_archive), 1, "but not kept");
	is_int(count_told(&t, ENTER("b", "B")), 1, "what was kept before is shown");
	percent = 50;
	free(test_ask(&t, SAY("a", "three")));
	is_int(test_count(&t, TABLE_archive), 2, "when there is room again it is kept again");
	test_release(&t);
}

static bool
told(struct test *t, const char *stanza, const char *piece)
{
	char *out = test_ask(t, stanza);
	const bool is_told = strstr(out, piece) != NULL;

	free(out);
	return is_told;
}

#define LIST(jid, affiliation)                                                                     \
	"<iq from='a@example/r' to='room@rooms.example' type='set' id='l'>"                        \
	"<query xmlns='http://jabber.org/protocol/muc#admin'>"                                     \
	"<item jid='" jid "' affiliation='" affiliation "'/></query></iq>"

#define REGISTER                                                                                   \
	"<iq from='s@example/r' to='room@rooms.example' type='set' id='g'>"                        \
	"<query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' type='submit'>"                \
	"<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#register</value></field>"    \
	"<field var='muc#register_roomnick'><value>S</value></field></x></query></iq>"

/* Lists grow no more either, or strangers could fill what is left; but whoever is in can be banned. */
static void
test_full_lists(void)
{
	struct test t;

	begin(&t);
	free(test_ask(&t, ENTER("b", "B")));
	free(test_ask(&t, LIST("m@example", "member")));
	t.host.store->fill = fill;
	percent = 90;
	ok(told(&t, LIST("n@example", "member"), "<resource-constraint"), "no new members");
	ok(told(&t, LIST("n@example", "outcast"), "<resource-constraint"),
	    "nor bans of who is not here");
	ok(told(&t, REGISTER, "<resource-constraint"), "nobody registers");
	ok(told(&t, LIST("m@example", "admin"), "type='result'"), "members may become more");
	ok(told(&t, LIST("m@example", "none"), "type='result'"), "or none");
	ok(told(&t, LIST("b@example", "outcast"), "type='result'"), "who is here is banned");
	percent = 50;
	ok(told(&t, LIST("n@example", "member"), "type='result'"),
	    "all of it when there is room again");
	test_release(&t);
}

/* A message is in the store of the turn in which it is told, and gone with its room. */
static void
test_purge(void)
{
	struct test t;
	char *out;
	int ticks = 0;

	begin(&t);
	for (int i = 0; i < 700; i++)
		free(test_ask(&t, SAY("a", "word")));
	free(test_ask(&t,
	    "<iq from='a@example/r' to='room@rooms.example' type='set' id='d'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'><destroy/></query></iq>"));
	free(test_ask(&t, ENTER("a", "A")));
	free(test_ask(&t, UNLOCK("a")));
	is_int(test_count(&t, TABLE_archive), 700, "a destroyed room's messages go in steps");
	is_int(count_told(&t, ENTER("b", "B")), 0, "a new one of that name has none of them");
	free(test_ask(&t, SAY("a", "anew")));
	while (muc_deadline(t.muc) <= t.now.mono_ms && ticks < 100) {
		muc_tick(t.muc, t.now);
		muc_commit(t.muc);
		ticks++;
	}
	ok(ticks >= 2 && ticks < 100 && test_count(&t, TABLE_archive) == 1, "all in %d of them",
	    ticks);
	out = test_ask(&t, ENTER("b", "B"));
	ok(count_of(out, "anew") == 1, "its own stay");
	free(out);
	test_release(&t);
}

int
main(void)
{
	test_maxchars();
	test_visits();
	test_kept();
	test_full();
	test_full_lists();
	test_purge();
	return tap_done();
}
