/* SPDX-License-Identifier: ISC */
/*
 * room.c - what hostile users cost: in and out of rooms, and what they send to others
 */
#include "cost.h"

/* -- in and out -- */

/* Each of somebody else, who is in it. */
static void
rooms_of_others(struct world *w, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		send_now(w,
		    "<presence from='c%u@example/r' to='r%u@rooms.example/c'>" PRESENCE_MUC
		    "</presence>",
		    i, i);
		send_now(w,
		    "<iq from='c%u@example/r' to='r%u@rooms.example' type='set' id='u'>"
		    "<query xmlns='http://jabber.org/protocol/muc#owner'>"
		    "<x xmlns='jabber:x:data' type='submit'/></query></iq>",
		    i, i);
	}
}

static void
many_rooms(struct world *w, unsigned n)
{
	w->t.conf.limits.rooms_per_user = 100000;
	muc_reload(w->t.muc, &w->t.conf);
	rooms_of_others(w, n);
	for (unsigned i = 0; i < n; i++)
		add(w,
		    "<presence from='o@example/r' to='r%u@rooms.example/o'>" PRESENCE_MUC
		    "</presence>",
		    i);
	for (unsigned i = 0; i < n; i++)
		add(w, "<presence from='o@example/r' to='r%u@rooms.example/o' type='unavailable'/>",
		    i);
}

static bool
only_others(const struct world *w, unsigned n)
{
	return muc_stats(w->t.muc)->sessions == n;
}

static void
too_many_rooms(struct world *w, unsigned n)
{
	w->t.conf.limits.rooms_per_user = 50;
	muc_reload(w->t.muc, &w->t.conf);
	for (unsigned i = 0; i < n; i++)
		add(w,
		    "<presence from='o@example/r' to='r%u@rooms.example/o'>" PRESENCE_MUC
		    "</presence>",
		    i);
}

static bool
fifty_rooms(const struct world *w, unsigned n)
{
	(void)n;
	return muc_stats(w->t.muc)->rooms_loaded == 50;
}

/* Each is told of all: n times n presences. */
static void
many_users(struct world *w, unsigned n)
{
	room_new(w, "a");
	for (unsigned i = 0; i < n; i++)
		add(w,
		    "<presence from='u%u@example/r' to='a@rooms.example/u%u'>" PRESENCE_MUC
		    "</presence>",
		    i, i);
	for (unsigned i = 0; i < n; i++)
		add(w,
		    "<presence from='u%u@example/r' to='a@rooms.example/u%u' type='unavailable'/>",
		    i, i);
}

static bool
only_the_owner(const struct world *w, unsigned n)
{
	(void)n;
	return muc_stats(w->t.muc)->sessions == 1;
}

/* The last of many. */
static void
one_more(struct world *w, unsigned n)
{
	room_new(w, "a");
	enter_all(w, "a", n);
	for (unsigned i = 0; i < 4; i++) {
		add(w, "<presence from='v@example/r' to='a@rooms.example/v'>" PRESENCE_MUC
		       "</presence>");
		add(w, "<presence from='v@example/r' to='a@rooms.example/v' type='unavailable'/>");
	}
}

static void
many_sessions(struct world *w, unsigned n)
{
	room_new(w, "a");
	for (unsigned i = 0; i < n; i++)
		add(w,
		    "<presence from='u@example/%u' to='a@rooms.example/u'>" PRESENCE_MUC
		    "</presence>",
		    i);
}

static bool
twenty_and_the_owner(const struct world *w, unsigned n)
{
	(void)n;
	return muc_stats(w->t.muc)->sessions == 21;
}

static void
nicks(struct world *w, unsigned n)
{
	room_new(w, "a");
	enter_all(w, "a", 10);
	for (unsigned i = 0; i < n; i++)
		add(w, "<presence from='u0@example/r' to='a@rooms.example/n%u'/>", i);
}

static void
presences(struct world *w, unsigned n)
{
	room_new(w, "a");
	enter_all(w, "a", 10);
	for (unsigned i = 0; i < n; i++)
		add(w,
		    "<presence from='u0@example/r' to='a@rooms.example/u0'><status>%u</status>"
		    "</presence>",
		    i);
}

static void
limit_to_twenty(struct world *w)
{
	w->t.conf.limits.rate_per_s = 1;
	w->t.conf.limits.rate_burst = 20;
	muc_reload(w->t.muc, &w->t.conf);
	/* What somebody has left of the old limit goes with the next look at the clock. */
	pass(w, 1);
}

/* Who has used up what they may send: nothing is told, the last presence is kept. */
static void
presences_late(struct world *w, unsigned n)
{
	presences(w, n);
	limit_to_twenty(w);
}

static void
refused(struct world *w, unsigned n)
{
	limit_to_twenty(w);
	for (unsigned i = 0; i < n; i++)
		add(w, "<iq from='x@example/r' to='a@rooms.example' type='get' id='i'>"
		       "<ping xmlns='urn:xmpp:ping'/></iq>");
}

static void
passwords(struct world *w, unsigned n)
{
	room_new(w, "a");
	/* A secret switches the password on. */
	room_set(w, "a", "roomsecret", "secret");
	for (unsigned i = 0; i < n; i++)
		add(w,
		    "<presence from='x@example/r' to='a@rooms.example/x'>"
		    "<x "
		    "xmlns='http://jabber.org/protocol/muc'><password>%u</password></x></presence>",
		    i);
}

/* -- to others -- */

static void
say(struct world *w, unsigned n)
{
	room_new(w, "a");
	enter_all(w, "a", n);
	for (unsigned i = 0; i < 10; i++)
		add(w,
		    "<message from='u0@example/r' to='a@rooms.example' type='groupchat' id='m%u'>"
		    "<body>%u</body></message>",
		    i, i);
}

static void
requests(struct world *w, unsigned n)
{
	w->t.conf.limits.queries_per_session = 100;
	muc_reload(w->t.muc, &w->t.conf);
	room_new(w, "a");
	enter_all(w, "a", 2);
	for (unsigned i = 0; i < n; i++)
		add(w,
		    "<iq from='u0@example/r' to='a@rooms.example/u1' type='get' id='%u'>"
		    "<query xmlns='jabber:iq:version'/></iq>",
		    i);
}

static void
notes(struct world *w, unsigned n)
{
	room_new(w, "a");
	enter_all(w, "a", 2);
	for (unsigned i = 0; i < n; i++)
		add(w,
		    "<message from='u0@example/r' to='a@rooms.example/u1' type='chat' id='%u'>"
		    "<body>x</body></message>",
		    i);
}

/* Errors about what was never said, and answers to what nobody asked. */
static void
errors(struct world *w, unsigned n)
{
	static const char *const kinds[] = { "message", "iq" };

	room_new(w, "a");
	enter_all(w, "a", 2);
	for (unsigned i = 0; i < n; i++) {
		add(w,
		    "<%s from='u0@example/r' to='a@rooms.example/u1' type='error' id='%u'><error "
		    "type='wait'><remote-server-timeout "
		    "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></%s>",
		    kinds[i % 2], i, kinds[i % 2]);
		add(w, "<iq from='u0@example/r' to='a@rooms.example/u1' type='result' id='%u'/>",
		    i);
	}
}

static void
invitations(struct world *w, unsigned n)
{
	w->t.conf.limits.invitations_per_room = 50;
	muc_reload(w->t.muc, &w->t.conf);
	room_new(w, "a");
	for (unsigned i = 0; i < n; i++)
		add(w,
		    "<message from='o@example/r' to='a@rooms.example'>"
		    "<x xmlns='http://jabber.org/protocol/muc#user'><invite to='v%u@example'/></x>"
		    "</message>",
		    i);
}

static void
declines(struct world *w, unsigned n)
{
	room_new(w, "a");
	for (unsigned i = 0; i < n; i++)
		add(w,
		    "<message from='v%u@example/r' to='a@rooms.example'>"
		    "<x xmlns='http://jabber.org/protocol/muc#user'><decline to='o@example'>"
		    "<reason>no</reason></decline></x></message>",
		    i);
}

static void
retractions(struct world *w, unsigned n)
{
	room_new(w, "a");
	enter_all(w, "a", 2);
	for (unsigned i = 0; i < n; i++)
		add(w,
		    "<message from='u0@example/r' to='a@rooms.example' type='groupchat' id='%u'>"
		    "<retract xmlns='urn:xmpp:message-retract:1' "
		    "id='%08x-0000-7000-8000-000000000000'/>"
		    "</message>",
		    i, i);
}

static void
voices(struct world *w, unsigned n)
{
	room_new(w, "a");
	room_set(w, "a", "moderatedroom", "1");
	enter_all(w, "a", 1);
	for (unsigned i = 0; i < n; i++)
		add(w, "<message from='u0@example/r' to='a@rooms.example'>"
		       "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
		       "<value>http://jabber.org/protocol/muc#request</value></field>"
		       "<field var='muc#role'><value>participant</value></field></x></message>");
}

/* -- all of them at once -- */

#define FORM                                                                                       \
	"<iq from='o@example/r' to='a@rooms.example' type='set' id='u'>"                           \
	"<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' "            \
	"type='submit'><field var='FORM_TYPE'>"                                                    \
	"<value>http://jabber.org/protocol/muc#roomconfig</value></field>"

/* None of them is a member: all go. */
static void
members_only(struct world *w, unsigned n)
{
	room_new(w, "a");
	enter_all(w, "a", n);
	add(w, FORM "<field var='muc#roomconfig_membersonly'><value>1</value></field></x></query>"
		    "</iq>");
}

static void
banned(struct world *w, unsigned n)
{
	room_new(w, "a");
	enter_all(w, "a", n);
	put(w, "<iq from='o@example/r' to='a@rooms.example' type='set' id='b'>"
	       "<query xmlns='http://jabber.org/protocol/muc#admin'>");
	for (unsigned i = 0; i < n; i++)
		put(w, "<item jid='u%u@example' affiliation='outcast'/>", i);
	add(w, "</query></iq>");
}

static void
destroyed(struct world *w, unsigned n)
{
	room_new(w, "a");
	enter_all(w, "a", n);
	add(w, "<iq from='o@example/r' to='a@rooms.example' type='set' id='d'>"
	       "<query xmlns='http://jabber.org/protocol/muc#owner'><destroy/></query></iq>");
}

static bool
nobody(const struct world *w, unsigned n)
{
	(void)n;
	return muc_stats(w->t.muc)->sessions == 0;
}

/* Each of them comes back: all are gone, or would be told of each other's going for ever. */
static void
bounced(struct world *w, unsigned n)
{
	room_new(w, "a");
	enter_all(w, "a", n);
	for (unsigned i = 0; i < n; i++)
		add(w,
		    "<presence from='u%u@example/r' to='a@rooms.example/o' type='error'><error "
		    "type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
		    "</error></presence>",
		    i);
}

static void
link_lost(struct world *w, unsigned n)
{
	room_new(w, "a");
	enter_all(w, "a", n);
}

static void
link_lost_work(struct world *w, unsigned n)
{
	(void)n;
	muc_domain_down(w->t.muc, 0, w->t.now);
	pass(w, 1000);
	muc_domain_up(w->t.muc, 0, w->t.now);
	pass(w, 1000);
}

/* Each has just entered a room of their own, and whether that has arrived is not known. */
static void
killed(struct world *w, unsigned n)
{
	w->t.conf.limits.fence_bytes = 1 << 30;
	muc_reload(w->t.muc, &w->t.conf);
	rooms_of_others(w, n);
}

/* It is told again. */
static void
killed_work(struct world *w, unsigned n)
{
	enum muc_error error;

	(void)n;
	test_stop(&w->t);
	if (test_start(&w->t, &error) == NULL)
		abort();
	w->piece = "<presence ";
	pass(w, 1000);
}

static bool
told_again(const struct world *w, unsigned n)
{
	return w->found == n;
}

static void
invites_in_one(struct world *w, unsigned n)
{
	room_new(w, "a");
	put(w, "<message from='o@example/r' to='a@rooms.example'>"
	       "<x xmlns='http://jabber.org/protocol/muc#user'>");
	for (unsigned i = 0; i < n; i++)
		put(w, "<invite to='v%u@example'/>", i);
	add(w, "</x></message>");
}

/* Nicknames of moderators are long; somebody would like to look like the last of them. */
static void
lookalikes(struct world *w, unsigned n)
{
	room_new(w, "a");
	for (unsigned i = 0; i < n; i++) {
		send_now(w,
		    "<iq from='o@example/r' to='a@rooms.example' type='set' id='g'>"
		    "<query xmlns='http://jabber.org/protocol/muc#admin'>"
		    "<item jid='m%u@example' affiliation='admin'/></query></iq>",
		    i);
		send_now(w,
		    "<presence from='m%u@example/r' "
		    "to='a@rooms.example/moderator%0200u'>" PRESENCE_MUC "</presence>",
		    i, i);
	}
	for (unsigned i = 0; i < 200; i++)
		add(w,
		    "<presence from='x@example/r' "
		    "to='a@rooms.example/MODERATOR%0200u'>" PRESENCE_MUC "</presence>",
		    n - 1);
	w->piece = "<conflict ";
}

static bool
all_conflict(const struct world *w, unsigned n)
{
	(void)n;
	return w->found == 200;
}

const struct cost costs_room[] = {
	{ "many-rooms", "one user enters so many rooms and leaves them", 150, .prepare = many_rooms,
	    .holds = only_others },
	{ "too-many-rooms", "one user enters rooms who may be in fifty", 400,
	    .prepare = too_many_rooms, .holds = fifty_rooms, .keeps = 256 << 10 },
	{ "many-users", "so many users enter one room and leave: each is told of all", 40, 16 * 1.1,
	    .prepare = many_users, .holds = only_the_owner },
	{ "one-more", "one enters a room of so many", 100, .prepare = one_more },
	{ "many-sessions", "one user enters with so many clients", 200, .prepare = many_sessions,
	    .work = at_leisure, .holds = twenty_and_the_owner, .keeps = 64 << 10 },
	{ "nicks", "one user takes so many nicknames", 100, .prepare = nicks, .keeps = 4096 },
	{ "presences", "one user sends so many presences", 200, .prepare = presences,
	    .keeps = 4096 },
	{ "presences-late", "one user sends so many presences who may send twenty", 200,
	    .prepare = presences_late, .keeps = 4096, .told = 1 },
	{ "refused", "so many requests of one who may send twenty", 200, .prepare = refused,
	    .keeps = 4096, .told = 6 },
	{ "passwords", "so many wrong passwords", 200, .prepare = passwords, .keeps = 4096,
	    .told = 3 },
	{ "say", "ten messages in a room of so many", 100, .prepare = say },
	{ "requests", "so many requests to another occupant, who never answers", 200,
	    .prepare = requests, .keeps = 100 << 10, .told = 4 },
	{ "notes", "so many private messages", 200, .prepare = notes, .keeps = 64 << 10,
	    .told = 4 },
	{ "errors", "so many errors and results that nobody waits for", 200, .prepare = errors,
	    .keeps = 4096, .told = 1 },
	{ "invitations", "so many invitations into a room that remembers fifty", 100,
	    .prepare = invitations, .work = at_leisure, .keeps = 256 << 10, .told = 4 },
	{ "declines", "so many declined invitations that were never sent", 200, .prepare = declines,
	    .work = at_leisure, .keeps = 64 << 10, .told = 3 },
	{ "retractions", "so many retractions of what was never said", 100, .prepare = retractions,
	    .keeps = 4096 },
	{ "members-only", "a room of so many becomes one for members", 50, .prepare = members_only,
	    .holds = only_the_owner },
	{ "banned", "so many are banned at once", 50, .prepare = banned, .holds = only_the_owner },
	{ "destroyed", "a room of so many is destroyed", 100, .prepare = destroyed,
	    .holds = nobody },
	{ "bounced", "so many are gone, one after the other, and the rest is told", 50, 16 * 1.1,
	    .prepare = bounced, .holds = only_the_owner },
	{ "link-lost", "a room of so many when the link is lost and back", 100,
	    .prepare = link_lost, .work = link_lost_work },
	{ "killed", "so many have just entered rooms of their own when the service is killed", 600,
	    .prepare = killed, .work = killed_work, .holds = told_again },
	{ "invites-in-one", "so many invitations in one message", 1000, .prepare = invites_in_one },
	{ "lookalikes", "tries to look like one of so many moderators", 12, .times = 1.5,
	    .prepare = lookalikes, .holds = all_conflict, .keeps = 32 << 10, .told = 4 },
	{ "voices", "so many requests for voice of one user", 200, .prepare = voices, .keeps = 4096,
	    .told = 4 },
	{ NULL },
};
