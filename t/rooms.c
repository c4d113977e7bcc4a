/* SPDX-License-Identifier: ISC */
/*
 * rooms.c - what administrators are shown of rooms stays readable, however many there are and however much they hold
 */
#include "service.h"
#include "tap.h"

#define ROOMS  70
#define OWNERS 210

static const char *const admins[] = { "admin@example", NULL };

static uint64_t
memory(void *arg)
{
	(void)arg;
	return 12345678;
}

/* The answer to a command of a service's administrator, with a field filled in. */
static char *
command(struct test *t, const char *node, const char *var, const char *value, const char *more)
{
	return test_askf(t,
	    "<iq from='admin@example/r' to='rooms.example' type='set' id='c'>"
	    "<command xmlns='http://jabber.org/protocol/commands' node='%s'>"
	    "<x xmlns='jabber:x:data' type='submit'>"
	    "<field var='%s'><value>%s</value></field>%s</x></command></iq>",
	    node, var, value, more);
}

#define MAX "<field var='max'><value>200</value></field>"

static void
make(struct test *t, int room)
{
	free(test_askf(t,
	    "<presence from='a@example/r' to='r%02d@rooms.example/A'>"
	    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
	    room));
	free(test_askf(t,
	    "<iq from='a@example/r' to='r%02d@rooms.example' type='set' id='u'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'>"
	    "<x xmlns='jabber:x:data' type='submit'/></query></iq>",
	    room));
}

static void
test_list(struct test *t)
{
	char *out;

	for (int i = 0; i < ROOMS; i++) {
		t->now.wall_ms += 1000;
		make(t, i);
	}
	for (int i = 0; i < 3; i++)
		free(test_askf(t,
		    "<message from='a@example/r' to='r%02d@rooms.example' type='groupchat' id='m'>"
		    "<body>%s</body></message>",
		    40 + i, i == 1 ? "something longer" : "x"));
	out = command(t, "list-rooms", "order", "created", MAX);
	is_int(count_of(out, "<item>"), ROOMS, "all rooms are listed");
	ok(strstr(out, "r69@") < strstr(out, "r68@") && strstr(out, "r01@") < strstr(out, "r00@"),
	    "the latest first");
	free(out);
	out = command(t, "list-rooms", "order", "bytes", MAX);
	ok(strstr(out, "<value>r41@") == strstr(out, "<value>r"), "or what holds most");
	free(out);
	out = command(t, "list-rooms", "filter", "R4", MAX);
	is_int(count_of(out, "<item>"), 10, "or those of which the address has something");
	free(out);
}

static void
test_one(struct test *t)
{
	char *out;

	for (int i = 1; i < OWNERS; i++) {
		free(test_askf(t,
		    "<iq from='a@example/r' to='r00@rooms.example' type='set' id='o'>"
		    "<query xmlns='http://jabber.org/protocol/muc#admin'>"
		    "<item jid='owner%03d@example' affiliation='owner'/></query></iq>",
		    i));
		free(test_askf(t,
		    "<presence from='owner%03d@example/r' to='r00@rooms.example/O%03d'>"
		    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
		    i, i));
	}
	out = command(t, "list-rooms", "filter", "r00", MAX);
	ok(strstr(out, "<value>a@example owner001@example owner002@example ...</value>") != NULL,
	    "of a room's owners the list has the first");
	free(out);
	out = command(t, "room-details", "room", "r00@rooms.example", "");
	is_int(count_of(out, "<value>owner"), 199, "what is told of one room has more of them");
	is_int(count_of(out, "moderator owner</value>"), 200, "and as many of its occupants");
	is_int(count_of(out, "<value>...</value>"), 1, "of whom it says that there are more");
	free(out);
}

/* What is wrong is told, but not all of it; characters stay whole. */
static void
test_long(struct test *t)
{
	char name[300], *out, *said;
	size_t n;

	for (n = 0; n + 3 < sizeof(name); n += 3)
		memcpy(name + n, "\xe2\x82\xac", 3);
	name[n] = '\0';
	out = command(t, "room-details", "room", name, "");
	said = strstr(out, "</command><error");
	said = said != NULL ? strstr(said, "...</text>") : NULL;
	ok(said != NULL && memcmp(said - 3, "\xe2\x82\xac", 3) == 0 &&
		strncmp(said - 198, name, 198) == 0,
	    "an error has the beginning of what is wrong");
	free(out);
}

int
main(void)
{
	struct test t;
	char *out;

	test_init(&t);
	t.conf.admins = admins;
	test_start_unlimited(&t);
	test_list(&t);
	test_one(&t);
	test_long(&t);
	out = command(&t, "statistics", "x", "x", "");
	ok(strstr(out, "'memory'") == NULL, "a host program need not say what memory it has");
	free(out);
	t.host.memory = memory;
	test_stop(&t);
	test_start_unlimited(&t);
	out = command(&t, "statistics", "x", "x", "");
	ok(strstr(out, "<value>12345678</value>") != NULL, "it may");
	free(out);
	test_release(&t);
	return tap_done();
}
