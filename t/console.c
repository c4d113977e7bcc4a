/* SPDX-License-Identifier: ISC */
/*
 * console.c - consoles: an administrator by construction, whom no link can pretend to be
 */
#include <stdio.h>

#include "service.h"
#include "tap.h"

#define LIST                                                                                       \
	"<query xmlns='http://jabber.org/protocol/disco#items' "                                   \
	"node='http://jabber.org/protocol/commands'/>"
#define DESTROY                                                                                    \
	"<command xmlns='http://jabber.org/protocol/commands' node='destroy-rooms'>"               \
	"<x xmlns='jabber:x:data' type='submit'><field var='rooms'><value>r@rooms.example</value>" \
	"</field></x></command>"

static enum muc_input
say(struct test *t, struct muc_stream *st, const char *stanza)
{
	return muc_input(t->muc, st, stanza, strlen(stanza), t->now);
}

static char *
hear(struct muc_stream *st)
{
	struct buf b = BUF_INIT;
	char piece[64];
	size_t n;

	while ((n = muc_console_drain(st, piece, sizeof(piece))) > 0)
		buf_add(&b, piece, n);
	buf_addc(&b, '\0');
	return buf_steal(&b);
}

static struct muc_stream *
console(struct test *t, const char *user)
{
	return muc_console_new(t->muc, user, HEADER, strlen(HEADER));
}

/* What is said at a console once its turn is durable; the caller frees it. */
static char *
ask(struct test *t, struct muc_stream *st, const char *stanza)
{
	say(t, st, stanza);
	muc_commit(t->muc);
	return hear(st);
}

static void
has(struct test *t, struct muc_stream *st, const char *stanza, const char *piece, const char *what)
{
	char *got = ask(t, st, stanza), *told = test_drain(t, 65536);

	if (!ok(strstr(got, piece) != NULL, "%s", what))
		printf("# got %s\n", got);
	ok(*told == '\0', "%s: the link is told nothing", what);
	free(got);
	free(told);
}

static void
test_administrator(struct test *t)
{
	struct muc_stream *st = console(t, "root"), *other = console(t, "root");
	char *got;

	say(t, st, "<iq type='get' id='a' to='rooms.example'>" LIST "</iq>");
	got = hear(st);
	is_str(got, "", "before the commit nothing is said");
	free(got);
	muc_commit(t->muc);
	got = hear(other);
	is_str(got, "", "nor to another console, ever");
	free(got);
	got = hear(st);
	ok(strstr(got, "node='destroy-rooms'") != NULL, "there are commands for a console");
	ok(strstr(got, "to='root@console.invalid/1'") != NULL, "which is addressed by its user");
	free(got);
	got = test_drain(t, 65536);
	is_str(got, "", "the link is told nothing");
	free(got);
	has(t, st, "<iq type='get' id='a' to='elsewhere.example'>" LIST "</iq>", "item-not-found",
	    "a domain that is not served");
	has(t, st, "<iq type='get' id='a' from='romeo@x/y' to='rooms.example'>" LIST "</iq>",
	    "bad-request", "from is not for a console to say");
	has(t, st, "<iq type='get' id='a'>" LIST "</iq>", "bad-request", "no to");
	has(t, st, "<iq type='get' id='a' to='@'>" LIST "</iq>", "bad-request", "no address in to");
	has(t, st, "<message to='r@rooms.example' type='groupchat'><body>x</body></message>",
	    "bad-request", "a message");
	has(t, st, "<presence to='r@rooms.example/n'/>", "bad-request", "a presence");
	has(t, st, "<iq type='get' to='rooms.example'>" LIST "</iq>", "bad-request", "no id");
	got = ask(t, st, "<iq type='result' id='a' to='rooms.example'/>");
	is_str(got, "", "a result is no question");
	free(got);
	ok(say(t, st, "<iq></message>") == MUC_DISAGREE,
	    "what is not well-formed is the end of it");
	muc_stream_free(st);
	muc_stream_free(other);
}

/* What a command does in rooms is told to those in them, over their link. */
static void
test_rooms(struct test *t)
{
	struct muc_stream *st = console(t, "root");
	char *got, *told;

	free(test_ask(t, "<presence from='romeo@example.org/a' to='r@rooms.example/Romeo'>"
			 "<x xmlns='http://jabber.org/protocol/muc'/></presence>"));
	say(t, st, "<iq type='set' id='d' to='rooms.example'>" DESTROY "</iq>");
	told = test_drain(t, 65536);
	is_str(told, "", "before the commit nobody is told");
	free(told);
	muc_commit(t->muc);
	got = hear(st);
	told = test_drain(t, 65536);
	ok(count_of(got, "<iq ") == 1 && strstr(got, "<presence") == NULL,
	    "the console is answered, and told nothing else");
	ok(strstr(told, "<destroy") != NULL && strstr(told, "console.invalid") == NULL,
	    "the occupant is told that the room is gone, and not of the console");
	if (strstr(told, "<destroy") == NULL)
		printf("# %s\n# %s\n", got, told);
	free(got);
	free(told);
	muc_stream_free(st);
}

#define CREATE(fields)                                                                             \
	"<iq type='set' id='c' to='rooms.example'>"                                                \
	"<command xmlns='http://jabber.org/protocol/commands' node='create-room'>"                 \
	"<x xmlns='jabber:x:data' type='submit'><field "                                           \
	"var='room'><value>new</value></field>" fields "</x></command></iq>"
#define OWNER "<field var='owner'><value>juliet@example.org</value></field>"
#define AUDIT                                                                                      \
	"<iq type='set' id='l' to='rooms.example'>"                                                \
	"<command xmlns='http://jabber.org/protocol/commands' node='audit-log'>"                   \
	"<x xmlns='jabber:x:data' type='submit'/></command></iq>"

/* A console is nobody who could own a room; what it does is noted with its user. */
static void
test_owner(struct test *t)
{
	struct muc_stream *st = console(t, "root");
	char *got;

	has(t, st, CREATE(""), "bad-payload", "a console owns no room");
	has(t, st, CREATE(OWNER), "Created: new@rooms.example", "but makes one for somebody");
	got = ask(t, st, AUDIT);
	ok(strstr(got, "root@console.invalid") != NULL, "the audit log names the user");
	if (strstr(got, "root@console.invalid") == NULL)
		printf("# %s\n", got);
	free(got);
	muc_stream_free(st);
}

/* Also what is answered in more than one stanza, or later, goes to the console. */
static void
test_archive(struct test *t)
{
	struct muc_stream *st = console(t, "root");
	char *got, *told;

	free(test_ask(t, "<presence from='romeo@example.org/a' to='s@rooms.example/Romeo'>"
			 "<x xmlns='http://jabber.org/protocol/muc'/></presence>"));
	free(test_ask(t, "<iq type='set' id='o' from='romeo@example.org/a' to='s@rooms.example'>"
			 "<query xmlns='http://jabber.org/protocol/muc#owner'>"
			 "<x xmlns='jabber:x:data' type='submit'/></query></iq>"));
	free(test_ask(t, "<message type='groupchat' from='romeo@example.org/a' "
			 "to='s@rooms.example'><body>hello</body></message>"));
	got = ask(t, st,
	    "<iq type='set' id='m' to='s@rooms.example'>"
	    "<query xmlns='urn:xmpp:mam:2'/></iq>");
	told = test_drain(t, 65536);
	ok(strstr(got, "hello") != NULL && strstr(got, "<fin") != NULL,
	    "the archive is told to a console");
	is_str(told, "", "and not over the link");
	if (strstr(got, "hello") == NULL)
		printf("# %s\n", got);
	free(got);
	free(told);
	muc_stream_free(st);
	told = test_ask(t, "<iq type='get' id='v' from='romeo@example.org/a' to='rooms.example'>"
			   "<query xmlns='jabber:iq:version'/></iq>");
	ok(strstr(told, "id='v'") != NULL, "the link goes on");
	free(told);
}

static void
test_forged(struct test *t)
{
	static const char *const froms[] = { "root@console.invalid/1", "root@console.invalid",
		"ROOT@Console.INVALID/1", "console.invalid" };
	struct muc_stream *st = console(t, "root");
	char stanza[512], *told, *got;

	for (size_t i = 0; i < sizeof(froms) / sizeof(froms[0]); i++) {
		snprintf(stanza, sizeof(stanza),
		    "<iq type='get' id='f' from='%s' to='rooms.example'>" LIST "</iq>", froms[i]);
		told = test_ask(t, stanza);
		got = hear(st);
		ok(*told == '\0', "%s is not heard over a link", froms[i]);
		ok(*got == '\0', "%s: nor does the console hear of it", froms[i]);
		free(told);
		free(got);
	}
	told = test_ask(
	    t, "<iq type='get' id='f' from='romeo@example.org/a' to='rooms.example'>" LIST "</iq>");
	ok(strstr(told, "destroy-rooms") == NULL, "others have no commands");
	free(told);
	muc_stream_free(st);
}

/* With the link down a console is answered still. */
static void
test_down(struct test *t)
{
	struct muc_stream *st = console(t, "uid-17");
	char *got;

	muc_domain_down(t->muc, 0, t->now);
	got = ask(t, st, "<iq type='get' id='a' to='rooms.example'>" LIST "</iq>");
	ok(strstr(got, "destroy-rooms") != NULL, "a console needs no link");
	free(got);
	say(t, st, "<iq type='get' id='b' to='rooms.example'>" LIST "</iq>");
	muc_stream_free(st);
	ok(muc_commit(t->muc) == MUC_COMMITTED,
	    "one that goes in the middle of a turn harms nobody");
}

int
main(void)
{
	struct test t;
	enum muc_error error;

	test_init(&t);
	if (test_start(&t, &error) == NULL)
		return 1;
	test_administrator(&t);
	test_rooms(&t);
	test_archive(&t);
	test_owner(&t);
	test_forged(&t);
	test_down(&t);
	test_release(&t);
	return tap_done();
}
