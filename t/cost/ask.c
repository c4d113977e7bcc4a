/* SPDX-License-Identifier: ISC */
/*
 * ask.c - what hostile questions cost: forms, lists, archives, commands
 */
#include "cost.h"

/* -- forms and lists -- */

#define OWNER_FORM                                                                                 \
	"<iq from='o@example/r' to='a@rooms.example' type='set' id='f'>"                           \
	"<query xmlns='http://jabber.org/protocol/muc#owner'>"                                     \
	"<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"                           \
	"<value>http://jabber.org/protocol/muc#roomconfig</value></field>"

static void
in_form(struct world *w, const char *before, const char *piece, unsigned n, const char *after)
{
	room_new(w, "a");
	buf_adds(&w->todo, OWNER_FORM);
	buf_adds(&w->todo, before);
	for (unsigned i = 0; i < n; i++)
		put(w, "<%s%u%s", piece, i, after);
}

static void
form_end(struct world *w, const char *s)
{
	buf_adds(&w->todo, s);
	buf_adds(&w->todo, "</x></query></iq>");
	buf_addc(&w->todo, '\0');
}

static void
fields(struct world *w, unsigned n)
{
	in_form(w, "", "field var='f", n, "'><value>1</value></field>");
	form_end(w, "");
}

static void
values(struct world *w, unsigned n)
{
	in_form(w, "<field var='muc#roomconfig_presencebroadcast'>", "value>v", n, "</value>");
	form_end(w, "</field>");
}

/* Who is to be an owner, as the form has it. */
static void
owners(struct world *w, unsigned n)
{
	in_form(w, "<field var='muc#roomconfig_roomadmins'>", "value>a", n, "@example</value>");
	form_end(w, "</field>");
}

static void
grant(struct world *w, const char *affiliation, unsigned from, unsigned n, bool nicks)
{
	buf_adds(&w->todo, "<iq from='o@example/r' to='a@rooms.example' type='set' id='g'>"
			   "<query xmlns='http://jabber.org/protocol/muc#admin'>");
	for (unsigned i = from; i < from + n; i++) {
		put(w, "<item jid='m%u@example' affiliation='%s'", i, affiliation);
		if (nicks)
			put(w, " nick='n%u'", i);
		put(w, "/>");
	}
	buf_adds(&w->todo, "</query></iq>");
	buf_addc(&w->todo, '\0');
}

static void
items(struct world *w, unsigned n)
{
	room_new(w, "a");
	grant(w, "member", 0, n, true);
	grant(w, "outcast", 0, n, false);
	grant(w, "none", 0, n, false);
}

/* More than one request may have. */
static void
too_many_items(struct world *w, unsigned n)
{
	room_new(w, "a");
	grant(w, "member", 0, n, false);
	w->piece = "policy-violation";
}

static bool
one_found(const struct world *w, unsigned n)
{
	(void)n;
	return w->found == 1;
}

static void
members(struct world *w, unsigned n)
{
	room_new(w, "a");
	for (unsigned i = 0; i < n; i += 500)
		grant(w, "member", i, 500, false);
	play(w);
	w->todo.len = 0;
}

#define LIST                                                                                       \
	"<iq from='o@example/r' to='a@rooms.example' type='get' id='l'>"                           \
	"<query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='member'/>"         \
	"</query></iq>"
#define RSM "http://jabber.org/protocol/rsm"

static void
whole_list(struct world *w, unsigned n)
{
	members(w, n);
	add(w, LIST);
}

/* Who has spent what they may send on lists gets no more of them, however long these are. */
static void
empty_lists(struct world *w, unsigned n)
{
	members(w, n);
	w->t.conf.limits.rate_bytes_per_s = 1024;
	w->t.conf.limits.rate_bytes_burst = 100000;
	muc_reload(w->t.muc, &w->t.conf);
	pass(w, 1);
	for (unsigned i = 0; i < 200; i++)
		add(w, "<iq from='o@example/r' to='a@rooms.example' type='get' id='l'>"
		       "<query xmlns='http://jabber.org/protocol/muc#admin'>"
		       "<item affiliation='outcast'/></query></iq>");
	w->piece = "type='result'";
}

static bool
some_are_told(const struct world *w, unsigned n)
{
	(void)n;
	return w->found > 0;
}

/* What is told of each of them is an address; what is kept besides is much more. */
static void
reasons(struct world *w, unsigned n)
{
	room_new(w, "a");
	for (unsigned i = 0; i < n; i++)
		send_now(w,
		    "<iq from='o@example/r' to='a@rooms.example' type='set' id='g'>"
		    "<query xmlns='http://jabber.org/protocol/muc#admin'>"
		    "<item jid='m%u@example' affiliation='admin'><reason>%04000u</reason></item>"
		    "</query></iq>",
		    i, i);
	add(w, LIST);
	add(w, "<iq from='o@example/r' to='a@rooms.example' type='get' id='f'>"
	       "<query xmlns='http://jabber.org/protocol/muc#owner'/></iq>");
	add(w, "<presence from='o@example/r' to='a@rooms.example/o'>"
	       "<x xmlns='http://jabber.org/protocol/muc'>"
	       "<mav xmlns='urn:xmpp:muc:affiliations:1'/></x></presence>");
	add(w, "<iq from='o@example/r' to='a@rooms.example' type='set' id='e'>"
	       "<command xmlns='http://jabber.org/protocol/commands' node='export-affiliations'>"
	       "<x xmlns='jabber:x:data' type='submit'/></command></iq>");
	w->piece = "m0@example";
}

static bool
thrice_found(const struct world *w, unsigned n)
{
	(void)n;
	return w->found == 3;
}

/* -- the service -- */

static void
public_rooms(struct world *w, unsigned n)
{
	char node[32];

	w->t.conf.limits.rooms_per_user = w->t.conf.limits.rooms_per_creator = 100000;
	muc_reload(w->t.muc, &w->t.conf);
	for (unsigned i = 0; i < n; i++) {
		snprintf(node, sizeof(node), "r%06u", i);
		room_new(w, node);
	}
}

#define ITEMS(set)                                                                                 \
	"<iq from='x@example/r' to='rooms.example' type='get' id='d'>"                             \
	"<query xmlns='http://jabber.org/protocol/disco#items'>" set "</query></iq>"

static void
rooms_pages(struct world *w, unsigned n)
{
	public_rooms(w, n);
	for (unsigned i = 0; i < 10; i++) {
		add(w, ITEMS("<set xmlns='" RSM "'><max>20</max></set>"));
		add(w,
		    ITEMS("<set xmlns='" RSM
			  "'><max>20</max><after>r%06u@rooms.example</after></set>"),
		    i * n / 10);
		add(w, ITEMS("<set xmlns='" RSM "'><max>20</max><before/></set>"));
		add(w, ITEMS("<set xmlns='" RSM "'><max>20</max><index>%u</index></set>"), n / 2);
		add(w, ITEMS("<set xmlns='" RSM "'><max>20</max><before>no such</before></set>"));
	}
}

static void
rooms_whole(struct world *w, unsigned n)
{
	public_rooms(w, n);
	add(w, ITEMS(""));
}

/* -- archives -- */

#define MAM "urn:xmpp:mam:2"

static void
archive(struct world *w, unsigned n)
{
	room_new(w, "a");
	for (unsigned i = 0; i < n; i++) {
		send_now(w,
		    "<message from='o@example/r' to='a@rooms.example' type='groupchat' id='m%u'>"
		    "<body>this is what was said as number %u</body></message>",
		    i, i);
		pass(w, 1);
	}
}

static void
query(struct world *w, const char *fields, const char *set)
{
	add(w,
	    "<iq from='o@example/r' to='a@rooms.example' type='set' id='q'>"
	    "<query xmlns='" MAM "' queryid='q'><x xmlns='jabber:x:data' type='submit'>"
	    "<field var='FORM_TYPE'><value>" MAM "</value></field>%s</x>"
	    "<set xmlns='" RSM "'>%s</set></query></iq>",
	    fields, set);
}

/* Ids that do not exist, are none, or are of another time; numbers that are none. */
static void
archive_ids(struct world *w, unsigned n)
{
	static const char *const sets[] = {
		"<max>10</max><after>00000000-0000-7000-8000-000000000000</after>",
		"<max>10</max><before>ffffffff-ffff-7fff-bfff-ffffffffffff</before>",
		"<max>10</max><after>%s%n%x</after>",
		"<max>10</max><before>&lt;&apos;&quot;</before>",
		"<max>99999999999999999999999</max>",
		"<max>-1</max>",
		"<max>10</max><index>18446744073709551615</index>",
		"<max>10</max><before/>",
		"<max>0</max>",
	};

	archive(w, n);
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		for (unsigned k = 0; k < 5; k++)
			query(w, "", sets[i]);
}

/* The service searches in steps, as many as a second allows; the seconds pass. */
static void
archive_words(struct world *w, unsigned n)
{
	archive(w, n);
	query(w, "<field var='withtext'><value>nobody has ever said so</value></field>",
	    "<max>10</max>");
	query(w, "<field var='with'><value>nobody@example</value></field>", "<max>10</max>");
}

static void
until_done(struct world *w, unsigned n)
{
	(void)n;
	play(w);
	for (unsigned i = 0; i < 10; i++)
		pass(w, 100);
}

/* -- commands and registrations -- */

static void
commands(struct world *w, unsigned n)
{
	room_new(w, "a");
	for (unsigned i = 0; i < n; i++)
		add(w,
		    "<iq from='o@example/%u' to='a@rooms.example' type='set' id='c'>"
		    "<command xmlns='http://jabber.org/protocol/commands' node='%s' "
		    "action='execute'/></iq>",
		    i, "clear-history");
}

static void
commands_of_many(struct world *w, unsigned n)
{
	w->t.conf.limits.commands = 50;
	muc_reload(w->t.muc, &w->t.conf);
	room_new(w, "a");
	grant(w, "owner", 0, n, false);
	play(w);
	w->todo.len = 0;
	for (unsigned i = 0; i < n; i++)
		add(w,
		    "<iq from='m%u@example/r' to='a@rooms.example' type='set' id='c'>"
		    "<command xmlns='http://jabber.org/protocol/commands' node='%s' "
		    "action='execute'/></iq>",
		    i, "clear-history");
}

static bool
are_told(const struct world *w, unsigned n)
{
	return w->told > 100 * n;
}

/* A list of so many lines is filled in. */
static void
command_lines(struct world *w, unsigned n)
{
	w->t.conf.limits.command_bytes = 1048576;
	muc_reload(w->t.muc, &w->t.conf);
	room_new(w, "a");
	put(w, "<iq from='o@example/r' to='a@rooms.example' type='set' id='c'>"
	       "<command xmlns='http://jabber.org/protocol/commands' node='import-affiliations'>"
	       "<x xmlns='jabber:x:data' type='submit'>"
	       "<field var='lines'>");
	for (unsigned i = 0; i < n; i++)
		put(w, "<value>m%u@example member \"n%u\"</value>", i, i);
	add(w, "</field></x></command></iq>");
}

static void
registrations(struct world *w, unsigned n)
{
	room_new(w, "a");
	for (unsigned i = 0; i < n; i++)
		add(w,
		    "<iq from='v%u@example/r' to='a@rooms.example' type='set' id='r'>"
		    "<query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' type='submit'>"
		    "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#register</value>"
		    "</field><field var='muc#register_roomnick'><value>v%u</value></field></x>"
		    "</query></iq>",
		    i, i);
}

static void
pictures(struct world *w, unsigned n)
{
	room_new(w, "a");
	buf_adds(&w->todo, "<iq from='o@example/r' to='a@rooms.example' type='set' id='v'>"
			   "<vCard xmlns='vcard-temp'>");
	for (unsigned i = 0; i < n; i++)
		buf_adds(
		    &w->todo, "<PHOTO><TYPE>image/png</TYPE><BINVAL>iVBORw0K</BINVAL></PHOTO>");
	buf_adds(&w->todo, "</vCard></iq>");
	buf_addc(&w->todo, '\0');
}

const struct cost costs_ask[] = {
	{ "fields", "a form of so many fields", 1000, .prepare = fields },
	{ "values", "a field of so many values", 2500, .prepare = values },
	{ "owners", "a form that makes so many admins", 125, .prepare = owners },
	{ "items", "so many affiliations in one request, three times", 125, .prepare = items },
	{ "too-many-items", "more than that", 2500, .prepare = too_many_items, .holds = one_found,
	    .keeps = 4096, .told = 1 },
	{ "whole-list", "a list of so many members", 1000, .prepare = whole_list },
	{ "empty-lists", "lists of nobody in a room of so many members, until it is too much", 500,
	    .times = 1.5, .prepare = empty_lists, .holds = some_are_told },
	{ "reasons", "lists of so many admins with long reasons", 300, .peak = 2 << 20,
	    .prepare = reasons, .holds = thrice_found },
	{ "rooms-pages", "fifty pages of a list of so many rooms", 150, .prepare = rooms_pages,
	    .keeps = 4096 },
	{ "rooms-whole", "a list of so many rooms", 150, .prepare = rooms_whole,
	    .keeps = 64 << 10 },
	{ "archive-ids", "queries of an archive of so many messages, with ids that are none", 150,
	    .prepare = archive_ids, .keeps = 16384 },
	{ "archive-words", "so many messages searched for what is not there", 250,
	    .prepare = archive_words, .work = until_done, .keeps = 16384 },
	{ "commands", "so many commands of one user, none of them ended", 100, .prepare = commands,
	    .work = at_leisure, .keeps = 64 << 10 },
	{ "commands-of-many", "the same of so many users, where there may be fifty", 100,
	    .prepare = commands_of_many, .keeps = 256 << 10 },
	{ "command-lines", "a command with so many lines filled in", 200, .prepare = command_lines,
	    .holds = are_told },
	{ "registrations", "so many users register with a room", 100, .prepare = registrations },
	{ "pictures", "a vCard of so many pictures", 1000, .prepare = pictures },
	{ NULL },
};
