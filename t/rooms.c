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

/* The sessionid of an answer; another one that continues with it. */
static char *
next_page(struct test *t, const char *said)
{
	const char *id = strstr(said, "sessionid='");
	const int n = id != NULL ? (int)strcspn(id + 11, "'") : 0;

	return test_askf(t,
	    "<iq from='admin@example/r' to='rooms.example' type='set' id='c'>"
	    "<command xmlns='http://jabber.org/protocol/commands' node='list-rooms' "
	    "action='next' sessionid='%.*s'/></iq>",
	    n, id != NULL ? id + 11 : "");
}

static enum store_result (*real_get)(struct store *, enum table, struct bytes, struct bytes *);
static unsigned nrooms_read;

static enum store_result
counted_get(struct store *s, enum table table, struct bytes key, struct bytes *val)
{
	nrooms_read += table == TABLE_rooms;
	return real_get(s, table, key, val);
}

/* How many rooms of r00..r69 are on those pages, and whether any is there twice. */
static unsigned
count_rooms(char *const *pages, unsigned npages, bool *twice)
{
	unsigned nrooms = 0;

	*twice = false;
	for (int i = 0; i < ROOMS; i++) {
		unsigned n = 0;
		char cell[16];

		snprintf(cell, sizeof(cell), "<value>r%02d@", i);
		for (unsigned p = 0; p < npages; p++)
			n += count_of(pages[p], cell);
		nrooms += n > 0;
		*twice |= n > 1;
	}
	return nrooms;
}

static void
forget_pages(char **pages, unsigned npages)
{
	for (unsigned i = 0; i < npages; i++)
		free(pages[i]);
}

#define BY_USE "<field var='max'><value>20</value></field>"

/* The order of a list is that of its first page, whatever is said and destroyed meanwhile. */
static void
test_pages(struct test *t)
{
	char *pages[4], *other;
	bool twice;

	pages[0] = command(t, "list-rooms", "order", "used", BY_USE);
	/* Rooms of the last page would be on the first one by now. */
	for (int i = 0; i < 5; i++) {
		t->now.wall_ms += 1000;
		free(test_askf(t,
		    "<message from='a@example/r' to='r%02d@rooms.example' type='groupchat' id='m'>"
		    "<body>x</body></message>",
		    i));
	}
	real_get = t->host.store->get;
	t->host.store->get = counted_get;
	pages[1] = next_page(t, pages[0]);
	t->host.store->get = real_get;
	ok(nrooms_read > 0 && nrooms_read <= 25, "the second page reads its rooms alone: %u",
	    nrooms_read);
	free(test_ask(t,
	    "<iq from='a@example/r' to='r05@rooms.example' type='set' id='d'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'><destroy/></query></iq>"));
	pages[2] = next_page(t, pages[1]);
	pages[3] = next_page(t, pages[2]);
	is_int(count_rooms(pages, 4, &twice), ROOMS - 1,
	    "all rooms are on pages but one that has gone");
	ok(!twice, "and none twice");
	ok(strstr(pages[3], "<next/>") == NULL, "the last page is known");
	forget_pages(pages, 4);

	/* Orders are kept of a few dialogs; the others go on all the same. */
	pages[0] = command(t, "list-rooms", "order", "used", BY_USE);
	for (int i = 0; i < 6; i++) {
		other = command(t, "list-rooms", "order", "created", BY_USE);
		ok(strstr(other, "<next/>") != NULL, "another list");
		free(other);
		if (i == 2) {
			pages[1] = next_page(t, pages[0]);
			is_int(count_rooms(pages, 2, &twice), 40, "goes on among others");
		}
	}
	pages[2] = next_page(t, pages[1]);
	pages[3] = next_page(t, pages[2]);
	is_int(count_rooms(pages, 4, &twice), ROOMS - 1, "and behind many");
	ok(!twice, "none twice");
	forget_pages(pages, 4);
	make(t, 5);
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
	ok(strstr(out, "Only the first 200 owners are shown, export-affiliations has them all") !=
		    NULL &&
		strstr(out, "Only the first 200 occupants are shown") != NULL,
	    "notes say so of both");
	free(out);
	out = command(t, "room-details", "room", "r01@rooms.example", "");
	ok(strstr(out, "Only the first") == NULL, "and not where all are shown");
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
	test_pages(&t);
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
