/* SPDX-License-Identifier: ISC */
/*
 * seen.c - lib/room/seen.c: whoever enters a large room sees everybody as they are now
 */
#include <stdio.h>

#include "service.h"
#include "tap.h"

#define NUSERS 40
#define ADMIN(attrs)                                                                               \
	"<iq from='u0@example/r' to='room@rooms.example' type='set' id='a'>"                       \
	"<query xmlns='http://jabber.org/protocol/muc#admin'><item " attrs "/></query></iq>"

/* Sends and returns what is told of user 5 to that user; the caller frees it. */
static char *
told(struct test *t, const char *stanza, unsigned user)
{
	char to[64], *all = test_ask(t, stanza), *x, *end, *found = NULL;

	snprintf(to, sizeof(to), " to='u%u@example/r'", user);
	for (x = all; found == NULL && (x = strstr(x, "<presence")) != NULL; x = end) {
		end = strstr(x, "</presence>") + strlen("</presence>");
		*(end - 1) = '\0';
		if (strstr(x, to) != NULL && strstr(x, "from='room@rooms.example/n5'") != NULL)
			found = strdup(x);
	}
	free(all);
	return found != NULL ? found : strdup("");
}

static char *
enter(struct test *t, unsigned user)
{
	char stanza[300];

	snprintf(stanza, sizeof(stanza),
	    "<presence from='u%u@example/r' to='room@rooms.example/n%u'>"
	    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
	    user, user);
	return told(t, stanza, user);
}

static void
is_seen(struct test *t, unsigned user, const char *with, const char *without, const char *what)
{
	char *x = enter(t, user);

	ok(strstr(x, with) != NULL && strstr(x, without) == NULL, "%s", what);
	free(x);
}

static void
does(struct test *t, const char *stanza)
{
	free(test_ask(t, stanza));
}

int
main(void)
{
	struct test t;
	enum muc_error e;
	unsigned next = NUSERS;

	test_init(&t);
	t.conf.limits.rate_burst = 1000000;
	test_start(&t, &e);
	free(enter(&t, 0));
	does(&t, UNLOCK("u0"));
	for (unsigned i = 1; i < NUSERS; i++)
		free(enter(&t, i));

	is_seen(
	    &t, next++, "role='participant'", "u5@", "who enters sees who is there, without JID");
	is_seen(&t, next++, "role='participant'", "u5@", "and so does the next");
	does(&t, "<presence from='u5@example/r' to='room@rooms.example/n5'><show>dnd</show>"
		 "<status>busy</status></presence>");
	is_seen(&t, next++, "<show>dnd</show>", "u5@", "a new presence");
	does(&t, "<presence from='u5@example/s' to='room@rooms.example/n5'>"
		 "<x xmlns='http://jabber.org/protocol/muc'/><status>here</status>"
		 "<priority>5</priority></presence>");
	is_seen(&t, next++, "<status>here</status>", "dnd", "another session that is shown");
	does(&t, "<presence from='u5@example/s' to='room@rooms.example/n5' type='unavailable'/>");
	is_seen(&t, next++, "<show>dnd</show>", "here", "and that it is not any more");
	does(&t, ADMIN("jid='u5@example' affiliation='member'"));
	is_seen(&t, next++, "affiliation='member'", "affiliation='none'", "another affiliation");
	does(&t, ADMIN("nick='n5' role='visitor'"));
	is_seen(&t, next++, "role='visitor'", "role='participant'", "another role");
	is_seen(&t, next++, "<status>busy</status>", "u5@", "a visitor's status");
	does(&t, "<iq from='u0@example/r' to='room@rooms.example' type='set' id='c'>"
		 "<query xmlns='http://jabber.org/protocol/muc#owner'>"
		 "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
		 "<value>http://jabber.org/protocol/muc#roomconfig</value></field>"
		 "<field var='allow_visitor_status'><value>0</value></field></x></query></iq>");
	is_seen(&t, next++, "<show>dnd</show>", "<status>", "none, when visitors may have none");
	does(&t, ADMIN("jid='u39@example' affiliation='admin'"));
	does(&t, "<presence from='u39@example/r' to='room@rooms.example/n39' type='unavailable'/>");
	is_seen(&t, 39, "jid='u5@example/r'", "<status>", "an admin sees the JID");
	is_seen(&t, next++, "role='visitor'", "u5@", "and the next who is none does not");
	does(&t, "<presence from='u5@example/r' to='room@rooms.example/n5' type='unavailable'/>");
	is_seen(&t, next++, "", "n5", "who has left is not seen");
	test_release(&t);
	return tap_done();
}
