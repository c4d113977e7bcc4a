/* SPDX-License-Identifier: ISC */
/*
 * forced.c - options that the operator decides for all rooms: when that changes, and is lifted
 */
#include "service.h"
#include "tap.h"

/* More than one step: FORCE_STEP. */
#define MANY 230

static char *told;

/* All that is due is done, in as many turns as it takes; what is told is `told`. */
static void
rests(struct test *t)
{
	struct buf b = BUF_INIT;
	char *piece;

	free(told);
	do {
		muc_tick(t->muc, t->now);
		muc_commit(t->muc);
		piece = test_drain(t, 65536);
		buf_adds(&b, piece);
		free(piece);
	} while (muc_deadline(t->muc) <= t->now.mono_ms);
	buf_addc(&b, '\0');
	told = buf_steal(&b);
}

static void
says(struct test *t, const char *stanza)
{
	free(told);
	told = test_ask(t, stanza);
}

static bool
hears(const char *piece)
{
	return strstr(told, piece) != NULL;
}

/* From now on that is forced; pairs may be NULL. */
static void
force(struct test *t, const char *const *pairs)
{
	t->conf.room_forced = pairs;
	is_int(muc_reload(t->muc, &t->conf), MUC_OK, "another configuration");
}

/* The service is made anew on its store, with that forced; a crash loses what was not committed before. */
static void
start_again(struct test *t, const char *const *pairs)
{
	enum muc_error e;

	test_stop(t);
	t->conf.room_forced = pairs;
	test_start(t, &e);
}

static const char *const open_to_all[] = { "whois", "anyone", NULL };
static const char *const closed[] = { "muc#roomconfig_membersonly", "1", "persistentroom", "0",
	NULL };
static const char *const hidden[] = { "publicroom", "0", NULL };

#define DISCO(to, what)                                                                            \
	"<iq from='a@example/r' to='" to "' type='get' id='d'>"                                    \
	"<query xmlns='http://jabber.org/protocol/disco#" what "'/></iq>"
#define CONFIG(field, value)                                                                       \
	"<iq from='a@example/r' to='room@rooms.example' type='set' id='c'>"                        \
	"<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' "            \
	"type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig"    \
	"</value></field><field var='muc#roomconfig_" field "'><value>" value                      \
	"</value></field></x></query></iq>"

static void
test_told(void)
{
	struct test t;
	enum muc_error e;

	test_init(&t);
	test_start(&t, &e);
	says(&t, ENTER("a", "Ann"));
	says(&t, UNLOCK("a"));
	says(&t, ENTER("b", "Bob"));
	rests(&t);
	is_str(told, "", "nothing is forced, nothing is told");

	force(&t, open_to_all);
	rests(&t);
	is_int(count_of(told, "<status code='172'/>"), 2, "all are told that addresses are open");
	ok(strstr(told, "code='172'") < strstr(told, "jid='a@example/r'"), "before they see any");
	says(&t, CONFIG("whois", "moderators"));
	ok(hears("type='result'") && !hears("<message"), "an owner changes nothing of it");
	says(&t, CONFIG("roomname", "Ours"));
	is_int(count_of(told, "<status code='104'/>"), 2, "but something else");

	start_again(&t, open_to_all);
	rests(&t);
	ok(!hears("<message"), "after a restart nobody is told again");
	start_again(&t, NULL);
	rests(&t);
	is_int(count_of(told, "<status code='173'/>"), 2, "lifted, the owners' word holds again");
	says(&t, DISCO("room@rooms.example", "info"));
	ok(hears("muc_semianonymous") && hears("name='Ours'"), "and what they have changed since");
	start_again(&t, open_to_all);
	rests(&t);
	is_int(count_of(told, "<status code='172'/>"), 2, "forced by a restart it is told, too");
	test_release(&t);
}

/* Who has no place in it leaves; with the last one a room ends that is forced to be temporary. */
static void
test_leaving(void)
{
	struct test t;
	enum muc_error e;

	test_init(&t);
	test_start(&t, &e);
	says(&t, ENTER("a", "Ann"));
	says(&t, UNLOCK("a"));
	says(&t, CONFIG("persistentroom", "1"));
	says(&t, ENTER("b", "Bob"));
	force(&t, closed);
	rests(&t);
	is_int(count_of(told, "<status code='322'/>"), 2, "who is no member leaves");
	force(&t, NULL);
	says(&t, ENTER("b", "Bob"));
	ok(hears("code='110'"), "lifted, it holds at the first stanza");
	says(&t, LEAVE("a", "Ann"));
	force(&t, closed);
	says(&t, SAY("b", "hello?"));
	ok(hears("<item-not-found"), "what is forced may end the room");
	rests(&t);
	is_int(muc_stats(t.muc)->occupants, 0, "for all who were in");
	test_release(&t);
}

static void
enter_many(struct test *t)
{
	char stanza[512];

	for (int i = 0; i < MANY; i++) {
		snprintf(stanza, sizeof(stanza),
		    "<presence from='u%d@example/r' to='r%d@rooms.example/n'>"
		    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
		    i, i);
		says(t, stanza);
		snprintf(stanza, sizeof(stanza),
		    "<iq from='u%d@example/r' to='r%d@rooms.example' type='set' id='u'>"
		    "<query xmlns='http://jabber.org/protocol/muc#owner'>"
		    "<x xmlns='jabber:x:data' type='submit'/></query></iq>",
		    i, i);
		says(t, stanza);
		snprintf(stanza, sizeof(stanza),
		    "<presence from='u%d@example/r' to='r%d@rooms.example/n' type='unavailable'/>",
		    i, i);
		says(t, stanza);
	}
}

static int
rooms_listed_now(struct test *t)
{
	says(t, DISCO("rooms.example", "items"));
	return count_of(told, "<item ");
}

/* Rooms that sleep are on the list of the public ones, or not any more. */
static void
test_asleep(void)
{
	static const char *const persistent[] = { "persistentroom", "1", NULL };
	struct test t;
	enum muc_error e;

	test_init(&t);
	t.conf.room_defaults = persistent;
	test_start(&t, &e);
	enter_many(&t);
	is_int(rooms_listed_now(&t), MANY, "many public rooms");
	force(&t, hidden);
	rests(&t);
	is_int(rooms_listed_now(&t), 0, "all are hidden");
	is_int(muc_stats(t.muc)->rooms_loaded, 0, "and sleep again");

	force(&t, NULL);
	muc_tick(t.muc, t.now);
	muc_commit(t.muc);
	ok(rooms_listed_now(&t) < MANY, "some are public again");
	start_again(&t, hidden);
	rests(&t);
	is_int(rooms_listed_now(&t), 0, "another word in between: all are hidden");
	start_again(&t, NULL);
	rests(&t);
	is_int(rooms_listed_now(&t), MANY, "all are public again");
	test_release(&t);
}

static void
refuses(const char *const *pairs, const char *what)
{
	const struct muc_conf conf = { .room_forced = pairs };
	const char *bad = "";

	ok(muc_conf_check(&conf, &bad) == MUC_CONF_BAD && strstr(bad, what) != NULL, "%s", what);
}

static void
test_bad(void)
{
	static const char *const nonsense[] = { "colour", "red", NULL };
	static const char *const value[] = { "whois", "nobody", NULL };
	static const char *const no_secret[] = { "passwordprotectedroom", "1", NULL };
	static const char *const blank[] = { "passwordprotectedroom", "1", "roomsecret", "", NULL };
	static const char *const alone[] = { "roomsecret", "x", NULL };
	static const char *const off[] = { "passwordprotectedroom", "0", "roomsecret", "x", NULL };
	struct test t;
	enum muc_error e;

	refuses(nonsense, "colour");
	refuses(value, "whois");
	refuses(no_secret, "passwordprotectedroom");
	refuses(blank, "passwordprotectedroom");
	refuses(alone, "roomsecret");
	refuses(off, "roomsecret");
	test_init(&t);
	test_start(&t, &e);
	force(&t, open_to_all);
	t.conf.room_forced = alone;
	is_int(muc_reload(t.muc, &t.conf), MUC_CONF_BAD, "a bad one is not taken");
	says(&t, ENTER("a", "Ann"));
	ok(hears("<status code='100'/>"), "the one before still holds");
	test_release(&t);
}

int
main(void)
{
	test_told();
	test_leaving();
	test_asleep();
	test_bad();
	free(told);
	return tap_done();
}
