/* SPDX-License-Identifier: ISC */
/*
 * turn.c - what one stanza may cost, in rooms that are as large as strangers can make them
 */
#include <stdio.h>

#include "feature.h"
#include "service.h"
#include "tap.h"

#define PAUSE_MS 60000 /* from one stanza to the next */

#define CONFIG "http://jabber.org/protocol/muc#roomconfig"

/* What the turn has used until now. A struct muc begins with its service: muc.c. */
static const struct service *
inside(const struct test *t)
{
	return (const struct service *)(const void *)t->muc;
}

/* Sends, and returns how many bytes of the arena that took. */
static size_t
arena_of(struct test *t, const char *stanza)
{
	size_t n;

	test_send(t, stanza);
	n = arena_used(inside(t)->arena);
	muc_commit(t->muc);
	free(test_drain(t, 65536));
	t->now.mono_ms += PAUSE_MS;
	return n;
}

static void __attribute__((format(printf, 2, 3))) add(struct buf *b, const char *fmt, ...)
{
	char text[8192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_add(b, text, strlen(text));
}

static void __attribute__((format(printf, 2, 3))) send_fmt(struct test *t, const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	arena_of(t, text);
}

/* An owner's request of n items, each a text with its number in the middle. */
static size_t
items(struct test *t, int n, const char *before, const char *after)
{
	struct buf b = BUF_INIT;
	size_t used;

	add(&b, "<iq from='o@example/r' to='room@rooms.example' type='set' id='i'>"
		"<query xmlns='http://jabber.org/protocol/muc#admin'>");
	for (int i = 0; i < n; i++)
		add(&b, "%s%d%s", before, i, after);
	buf_add(&b, "</query></iq>", sizeof("</query></iq>"));
	used = arena_of(t, b.p);
	buf_release(&b);
	return used;
}

/* A room of o@example, with one field of its form set. */
static void
begin(struct test *t, const char *var, const char *value)
{
	enum muc_error error;
	struct buf b = BUF_INIT;

	test_init(t);
	test_start(t, &error);
	arena_of(t, ENTER("o", "o"));
	add(&b,
	    "<iq from='o@example/r' to='room@rooms.example' type='set' id='c'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' "
	    "type='submit'><field var='FORM_TYPE'><value>" CONFIG "</value></field>"
	    "<field var='%s'><value>%s</value></field></x></query></iq>",
	    var, value);
	buf_addc(&b, '\0');
	arena_of(t, b.p);
	buf_release(&b);
}

/* A list is read without copying what is not on it. */
static void
test_lists(void)
{
	static const char form[] =
	    "<iq from='o@example/r' to='room@rooms.example' type='get' id='f'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'/></iq>";
	static const char members[] =
	    "<iq from='o@example/r' to='room@rooms.example' type='get' id='l'>"
	    "<query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='member'/>"
	    "</query></iq>";
	struct test t;
	char after[2100];
	size_t empty_form, empty_list;

	begin(&t, CONFIG, "");
	snprintf(after, sizeof(after), "@example'><reason>%02000d</reason></item>", 0);
	empty_form = arena_of(&t, form);
	empty_list = arena_of(&t, members);
	items(&t, 500, "<item affiliation='outcast' jid='u", after);
	is_int(TAILQ_FIRST(&inside(&t)->busy)->naffiliations, 501, "an owner has banned many");
	ok(arena_of(&t, members) < empty_list + 1000, "the list of members costs what is on it");
	ok(arena_of(&t, form) < empty_form + 1000, "so do the lists of the form");
	test_release(&t);
}

#define REGISTER                                                                                   \
	"@example/r' to='room@rooms.example' type='set' id='r'><query xmlns='jabber:iq:register'>" \
	"<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"                           \
	"<value>http://jabber.org/protocol/muc#register</value></field>"                           \
	"<field var='muc#register_roomnick'><value>"

/* Many who are made admins at once share the forms of those who wait for approval. */
static void
test_approval(void)
{
	const int nforms = 20, nsessions = 30;
	struct test t;
	size_t used;

	begin(&t, "x-muc#roomconfig_registrationapproval", "always");
	for (int i = 0; i < nforms; i++)
		send_fmt(&t, "<iq from='q%d" REGISTER "n%d</value></field></x></query></iq>", i, i);
	for (int i = 0; i < nsessions; i++)
		send_fmt(&t,
		    "<presence from='m%d@example/r' to='room@rooms.example/m%d'>"
		    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
		    i, i);
	used = inside(&t)->stats.out_message;
	ok(items(&t, nsessions, "<item affiliation='admin' jid='m", "@example'/>") <
		(size_t)(nforms + nsessions) * 8000,
	    "forms for many new admins are made once");
	is_int(inside(&t)->stats.out_message - used, nforms * nsessions, "and each gets all");
	test_release(&t);
}

/* A record is put where many are, in the worst order: each is older than the one before. */
static void
test_shelf(void)
{
	const int n = 200;
	struct test t;
	size_t used;

	begin(&t, "muc#roomconfig_moderatedroom", "1");
	for (int i = n - 1; i >= 0; i--) {
		send_fmt(&t,
		    "<presence from='m%04d%0400d@example/r' to='room@rooms.example/m%d'>"
		    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
		    i, 0, i);
		t.now.wall_ms += 1000;
		send_fmt(&t,
		    "<iq from='o@example/r' to='room@rooms.example' type='set' id='v'>"
		    "<query xmlns='http://jabber.org/protocol/muc#admin'>"
		    "<item role='participant' nick='m%d'/></query></iq>",
		    i);
	}
	used = items(&t, n, "<item role='moderator' nick='m", "'/>");
	ok(used / (size_t)n < 30000, "a kept role costs little, however many there are (%zu)",
	    used / (size_t)n);
	test_release(&t);
}

/* Whoever has a domain has any number of addresses to ask for voice from. */
static void
test_asked(void)
{
	struct test t;
	const struct room *r;

	begin(&t, "muc#roomconfig_moderatedroom", "1");
	r = TAILQ_FIRST(&inside(&t)->busy);
	for (int i = 0; i < ASKED_MOST + 10; i++) {
		send_fmt(&t,
		    "<presence from='v%d@example/r' to='room@rooms.example/v'>"
		    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
		    i);
		send_fmt(&t,
		    "<message from='v%d@example/r' to='room@rooms.example'>"
		    "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
		    "<value>http://jabber.org/protocol/muc#request</value></field>"
		    "<field var='muc#role'><value>participant</value></field></x></message>",
		    i);
		send_fmt(&t,
		    "<presence type='unavailable' from='v%d@example/r' "
		    "to='room@rooms.example/v'/>",
		    i);
		t.now.mono_ms -= 3 * PAUSE_MS;
	}
	is_int((intmax_t)map_count(&r->asked), ASKED_MOST, "who asked for voice is bounded");
	ok(!asked_lately(r, "v9@example") && asked_lately(r, "v10@example"),
	    "it is the oldest that are forgotten");
	test_release(&t);
}

int
main(void)
{
	test_lists();
	test_approval();
	test_shelf();
	test_asked();
	return tap_done();
}
