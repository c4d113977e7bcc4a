/* SPDX-License-Identifier: ISC */
/*
 * owner.c - configuration changes in a room of very many, and what is cut out of visitors' presence
 */
#include "room/room.h"
#include "service.h"
#include "tap.h"

/* So many that telling all of all is more than one request may cause: PLAN_PAIRS. */
#define CROWD 2100

#define FORM(field, values)                                                                        \
	"<iq from='u0@example/r' to='room@rooms.example' type='set' id='c'>"                       \
	"<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' "            \
	"type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig"    \
	"</value></field><field var='muc#roomconfig_" field "'>" values                            \
	"</field></x></query></iq>"

static void
test_crowd(void)
{
	static const char *const defaults[] = { "presencebroadcast", "", NULL };
	enum muc_error error;
	struct test t;
	char *out, enter[200];

	test_init(&t);
	t.conf.room_defaults = defaults;
	test_start(&t, &error);
	for (int i = 0; i < CROWD; i++) {
		snprintf(enter, sizeof(enter),
		    "<presence from='u%d@example/r' to='room@rooms.example/n%d'>"
		    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
		    i, i);
		free(test_ask(&t, enter));
		if (i == 0)
			free(test_ask(&t, UNLOCK("u0")));
	}

	out = test_ask(&t, FORM("whois", "<value>anyone</value>"));
	is_int(
	    count_of(out, "<status code='172'/>"), CROWD, "all are told that addresses are open");
	is_int(count_of(out, "<presence"), 0, "but not all addresses to all");
	free(out);

	out = test_ask(&t, FORM("presencebroadcast", "<value>moderator</value>"));
	is_int(count_of(out, "<presence"), CROWD - 1, "one moderator is shown to all");
	is_int(count_of(out, "<status code='104'/>"), CROWD, "the change is told");
	free(out);

	out = test_ask(
	    &t, FORM("presencebroadcast", "<value>moderator</value><value>participant</value>"));
	is_int(count_of(out, "policy-violation"), 1, "to show all of them is too much");
	is_int(count_of(out, "<presence") + count_of(out, "<message"), 0, "and nothing is told");
	free(out);
	test_release(&t);
}

static void
test_status(struct arena *a)
{
	static const struct {
		const char *payload, *left;
	} rows[] = {
		{ "", "" },
		{ "<status/>", "" },
		{ "<status>a</status>", "" },
		{ "<show>dnd</show><status>a &lt; b</status><priority>1</priority>",
		    "<show>dnd</show><priority>1</priority>" },
		{ "<status xml:lang='it'>a</status><status>b</status><c xmlns='urn:c'/>",
		    "<c xmlns='urn:c'/>" },
		{ "<status xmlns='urn:s'>a</status>", "<status xmlns='urn:s'>a</status>" },
		{ "<status xmlns:p='urn:p' p:a='b'>a</status><x xmlns='urn:x'/>",
		    "<x xmlns='urn:x'/>" },
		{ "<statuses/>", "<statuses/>" },
		{ "<x xmlns='urn:x'><status>a</status></x><status>b</status>",
		    "<x xmlns='urn:x'><status>a</status></x>" },
		{ "<x xmlns='urn:x' a='/>&lt;status>'><y b='>'/></x><status "
		  "a='/>'/><show>xa</show>",
		    "<x xmlns='urn:x' a='/>&lt;status>'><y b='>'/></x><show>xa</show>" },
		{ "<status>a<x xmlns='urn:x'><status/></x>b</status><show>xa</show>",
		    "<show>xa</show>" },
	};
	const char *left;
	size_t n;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		left = without_status(a, rows[i].payload, strlen(rows[i].payload), &n);
		is_str(arena_strndup(a, left, n), rows[i].left, rows[i].payload);
	}
}

int
main(void)
{
	struct arena *a = arena_new();

	test_crowd();
	test_status(a);
	arena_free(a);
	return tap_done();
}
