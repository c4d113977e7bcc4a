/* SPDX-License-Identifier: ISC */
/*
 * mav.c - does whoever keeps the lists of affiliations by their versions have the lists?
 *
 * Clients go and come back with the version that they have, while affiliations, roles and the room's
 * configuration change at random and the service is restarted. What a client has made of versions alone
 * must then be what it is told when it asks for the lists; and who may not ask must hear of no version.
 */
#include "base/arena.h"
#include "base/xml.h"
#include "base/xml_cut.h"
#include "base/xml_parse.h"
#include "room/room.h"
#include "service.h"
#include "tap.h"

#define PEOPLE	   100 /* and domains, clients among them */
#define CLIENTS	   4
#define STEPS	   1500
#define REMEMBERED 40 /* changes */

/* Whoever is in the lists at all; the longer, the more messages they take. */
static char people[PEOPLE][128];

struct client {
	const char *user;
	bool in, entering;
	bool has;	   /* the lists, in this version */
	bool spoken;	   /* it has got a presence since it entered */
	bool began;	   /* it has been told a part of the lists since */
	bool refused;	   /* the lists, when it entered */
	unsigned may;	   /* the lists that it was given when it asked last, as bits */
	bool fresh, stale; /* it has just entered; it may read other lists since */
	bool told;	   /* of a version, in this step */
	char version[64];
	enum affiliation affiliation[PEOPLE];
};

struct crowd {
	struct test t;
	struct arena *a;
	struct xml_parser *parser;
	unsigned seed;
	struct client client[CLIENTS];
	enum affiliation wanted;
	struct client *asks;
	bool compares; /* what it is told with what it has */
	int full, diffs, parts, steps, kept, lost, compared;
	char wrong[300]; /* what was not as it must be, first */
};

static unsigned
chance(struct crowd *c, unsigned n)
{
	c->seed = c->seed * 1103515245 + 12345;
	return (c->seed >> 16) % n;
}

static void __attribute__((format(printf, 3, 4)))
is_wrong(struct crowd *c, const struct client *who, const char *fmt, ...)
{
	char what[200];
	va_list ap;

	if (*c->wrong != '\0')
		return;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(c->wrong, sizeof(c->wrong), "%s: %s", who->user, what);
}

/* -- a client -- */

static int
person(const char *jid)
{
	const size_t n = strcspn(jid, "/");

	for (int i = 0; i < PEOPLE; i++)
		if (strlen(people[i]) == n && strncmp(people[i], jid, n) == 0)
			return i;
	return -1;
}

static void
takes_item(struct crowd *c, struct client *who, const struct xml *item)
{
	const char *jid = xml_get(item, "jid");
	int i = jid != NULL ? person(jid) : -1;

	if (i < 0 || !affiliation_read(xml_get(item, "affiliation"), &who->affiliation[i]))
		is_wrong(c, who, "an item about %s", jid != NULL ? jid : "nobody");
}

static void
takes_items(struct crowd *c, struct client *who, const struct xml *user)
{
	for (const struct xml *item = xml_child(user, NS_MUC_USER, "item"); item != NULL;
	     item = xml_next(item, NS_MUC_USER, "item"))
		takes_item(c, who, item);
}

/* XEP-0463 5.2: what follows on the version that it has, or on none. */
static void
takes_version(
    struct crowd *c, struct client *who, const struct xml *user, const struct xml *mav, bool self)
{
	const char *since = xml_get(mav, "since"), *until = xml_get(mav, "until");

	who->told = true;
	if (until == NULL) {
		is_wrong(c, who, "no version");
		return;
	}
	if (self && since == NULL) {
		who->has = who->has && strcmp(until, who->version) == 0;
		return;
	}
	if (since == NULL) {
		for (int i = 0; i < PEOPLE; i++)
			who->affiliation[i] = AFF_NONE;
		who->has = true;
		c->full++;
	} else if (!who->has || strcmp(since, who->version) != 0) {
		who->has = false;
		c->lost++;
		return;
	}
	takes_items(c, who, user);
	snprintf(who->version, sizeof(who->version), "%s", until);
}

static bool
has_code(const struct xml *user, const char *code)
{
	for (const struct xml *s = xml_child(user, NS_MUC_USER, "status"); s != NULL;
	     s = xml_next(s, NS_MUC_USER, "status"))
		if (strcmp(xml_get(s, "code"), code) == 0)
			return true;
	return false;
}

static void
takes_presence(struct crowd *c, struct client *who, const struct xml *x)
{
	const struct xml *user = xml_child(x, NS_MUC_USER, "x");
	const struct xml *mav = xml_child(user, NS_MAV, "mav");
	bool gone = xml_get(x, "type") != NULL, self = has_code(user, "110");

	who->spoken = true;
	if (gone && self) {
		who->in = false;
		return;
	}
	if (self)
		who->in = true;
	if (mav != NULL)
		takes_version(c, who, user, mav, self);
	else if (self)
		who->has = false;
	c->steps += xml_get(mav, "since") != NULL;
}

static void
takes_message(struct crowd *c, struct client *who, const struct xml *x)
{
	const struct xml *user = xml_child(x, NS_MUC_USER, "x");
	const struct xml *mav = xml_child(user, NS_MAV, "mav");
	const struct xml *item = xml_child(user, NS_MUC_USER, "item");

	if (xml_get(x, "type") != NULL && strcmp(xml_get(x, "type"), "error") == 0)
		who->refused = true;
	if (mav == NULL)
		return;
	if (who->entering) {
		c->diffs += !who->began && xml_get(mav, "since") != NULL;
		c->parts += who->began;
		who->began = true;
	} else
		c->steps++;
	if (who->entering && who->spoken)
		is_wrong(c, who, "the lists after a presence");
	if (who->entering && xml_get(mav, "since") != NULL && item == NULL)
		is_wrong(c, who, "an empty diff");
	takes_version(c, who, user, mav, false);
}

/* A list as it is told to whoever asks for it: the same as in the versions. */
static void
takes_list(struct crowd *c, const struct xml *x)
{
	const struct xml *query = xml_child(x, NS_MUC_ADMIN, "query");
	const struct xml *error = xml_child(x, NS_STANZA, "error");
	struct client *who = c->asks;
	unsigned here = 0, there = 0;
	bool told = strcmp(xml_get(x, "type"), "result") == 0;

	if (told || xml_child(error, NS_STANZA_ERRORS, "resource-constraint") != NULL)
		who->may |= 1u << c->wanted;
	if (!told || !c->compares)
		return;
	for (const struct xml *item = xml_child(query, NS_MUC_ADMIN, "item"); item != NULL;
	     item = xml_next(item, NS_MUC_ADMIN, "item"), there++)
		if (who->affiliation[person(xml_get(item, "jid"))] != c->wanted)
			is_wrong(
			    c, who, "%s is %s", xml_get(item, "jid"), affiliation_name(c->wanted));
	for (int i = 0; i < PEOPLE; i++)
		here += who->affiliation[i] == c->wanted;
	if (here != there)
		is_wrong(c, who, "%u are %s, not %u", there, affiliation_name(c->wanted), here);
	c->compared++;
}

static void
takes(struct crowd *c, const char *p, size_t n)
{
	const struct xml *x;
	const char *to;

	if (xml_parse(c->parser, c->a, p, n, &x) != PARSE_OK || n > 10000) {
		is_wrong(c, &c->client[0], "a stanza of %zu bytes, or a bad one", n);
		return;
	}
	to = xml_get(x, "to");
	for (struct client *who = c->client; who < c->client + CLIENTS; who++) {
		if (strncmp(to, who->user, strlen(who->user)) != 0 || strchr(to, '/') == NULL)
			continue;
		if (strcmp(x->name, "presence") == 0)
			takes_presence(c, who, x);
		else if (strcmp(x->name, "message") == 0)
			takes_message(c, who, x);
		else if (who == c->asks && strcmp(xml_get(x, "type"), "get") != 0)
			takes_list(c, x);
	}
}

/* -- what happens -- */

static void
says(struct crowd *c, const char *stanza)
{
	struct xml_cut cut;
	size_t used, from = 0, end = 0, n;
	char *told;

	told = test_ask(&c->t, stanza);
	n = strlen(told);
	xml_cut_init(&cut, 1000000, 64);
	xml_cut(&cut, HEADER, strlen(HEADER), &used);
	while (end < n) {
		if (xml_cut(&cut, told + end, n - end, &used) == CUT_STANZA) {
			takes(c, told + from, end + used - from);
			from = end + used;
		}
		end += used;
	}
	free(told);
	arena_reset(c->a);
}

#define SAYS(c, ...) says(c, arena_fmt((c)->a, __VA_ARGS__))

static void
enters(struct crowd *c, struct client *who)
{
	const char *since = who->has	   ? arena_fmt(c->a, " since='%s'", who->version)
			    : chance(c, 3) ? ""
					   : " since='no'";
	bool was_in = who->in;

	who->entering = who->fresh = true;
	who->stale = false;
	who->spoken = who->began = who->refused = false;
	SAYS(c,
	    "<presence from='%s/r' to='room@rooms.example/%.1s'><x xmlns='"
	    "http://jabber.org/protocol/muc"
	    "'>"
	    "<mav xmlns='urn:xmpp:muc:affiliations:1'%s/></x></presence>",
	    who->user, who->user, since);
	who->entering = false;
	if (!who->in && !was_in && c->client[0].in)
		return;
	if (who->in && who->has == who->refused)
		is_wrong(
		    c, who, "entered and was %s", who->has ? "told and refused" : "told nothing");
}

static void
leaves(struct crowd *c, struct client *who)
{
	SAYS(c, "<presence from='%s/r' to='room@rooms.example' type='unavailable'/>", who->user);
}

static void
grants(struct crowd *c)
{
	static const char *const names[] = { "outcast", "none", "member", "admin", "owner" };
	struct buf b = BUF_INIT;
	unsigned first = chance(c, PEOPLE), n = 1 + chance(c, chance(c, 20) ? 3 : 20);

	buf_adds(&b, "<iq from='r@example/r' to='room@rooms.example' type='set' id='g'>"
		     "<query xmlns='http://jabber.org/protocol/muc#admin'>");
	/* The clients themselves are concerned more often than by chance. */
	if (chance(c, 4) == 0)
		first = 1 + chance(c, CLIENTS);
	for (unsigned i = first; i < first + n; i++)
		if (i % PEOPLE != 0)
			buf_adds(&b, arena_fmt(c->a, "<item jid='%s' affiliation='%s'/>",
					 people[i % PEOPLE], names[chance(c, 5)]));
	buf_adds(&b, "</query></iq>");
	buf_addc(&b, '\0');
	says(c, b.p);
	buf_release(&b);
}

static void
gives_role(struct crowd *c)
{
	static const char *const names[] = { "visitor", "participant", "moderator", "none" };

	SAYS(c,
	    "<iq from='r@example/r' to='room@rooms.example' type='set' id='g'>"
	    "<query xmlns='http://jabber.org/protocol/muc#admin'>"
	    "<item nick='%.1s' role='%s'/></query></iq>",
	    c->client[1 + chance(c, CLIENTS - 1)].user, names[chance(c, 4)]);
}

static void
configures(struct crowd *c, const char *owner, const char *field, const char *value)
{
	SAYS(c,
	    "<iq from='%s/r' to='room@rooms.example' type='set' id='f'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' "
	    "type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/"
	    "muc#roomconfig</value></field><field var='muc#roomconfig_%s'><value>%s</value>"
	    "</field></x></query></iq>",
	    owner, field, value);
}

static void
configures_something(struct crowd *c)
{
	static const char *const fields[][2] = { { "whois", "moderators" }, { "whois", "anyone" },
		{ "whois", "anyone" }, { "getmemberlist", "moderator" },
		{ "getmemberlist", "visitor" }, { "presencebroadcast", "moderator" },
		{ "presencebroadcast", "visitor" }, { "membersonly", "1" }, { "membersonly", "0" },
		{ "moderatedroom", "1" }, { "moderatedroom", "0" } };
	unsigned i = chance(c, sizeof(fields) / sizeof(fields[0]));

	configures(c, people[0], fields[i][0], fields[i][1]);
}

static void
happens(struct crowd *c)
{
	struct client *who = &c->client[chance(c, CLIENTS)];
	enum muc_error error;

	switch (chance(c, 16)) {
	case 0:
		configures_something(c);
		break;
	case 1:
		gives_role(c);
		break;
	case 2:
		leaves(c, who);
		break;
	case 3:
	case 4:
	case 5:
	case 6:
		enters(c, who);
		break;
	case 7:
		test_stop(&c->t);
		test_start(&c->t, &error);
		break;
	default:
		grants(c);
		break;
	}
}

/* The lists, one by one. */
static void
asks(struct crowd *c, struct client *who, bool compares)
{
	c->asks = who;
	c->compares = compares;
	who->may = 0;
	for (c->wanted = AFF_OUTCAST; c->wanted <= AFF_OWNER; c->wanted++)
		if (c->wanted != AFF_NONE)
			SAYS(c,
			    "<iq from='%s/r' to='room@rooms.example' type='get' id='l'><query "
			    "xmlns='http://jabber.org/protocol/muc#admin'><item "
			    "affiliation='%s'/></query></iq>",
			    who->user, affiliation_name(c->wanted));
	c->asks = NULL;
}

/* Who is in and may read the same lists as before has lost nothing of what has happened. */
static void
step(struct crowd *c)
{
	bool had[CLIENTS];
	unsigned before;

	for (int i = 0; i < CLIENTS; i++) {
		had[i] = c->client[i].in && c->client[i].has;
		c->client[i].fresh = c->client[i].told = false;
	}
	c->t.now.mono_ms += 100;
	happens(c);
	for (struct client *who = c->client; who < c->client + CLIENTS; who++) {
		before = who->may;
		asks(c, who, false);
		if (!who->in)
			continue;
		if (before == 0 && who->may == 0 && who->told)
			is_wrong(c, who, "is told versions of lists that it may not read");
		if (had[who - c->client] && before != who->may && !who->fresh)
			who->stale = true;
		if (had[who - c->client] && !who->has && !who->stale && who->may != 0)
			is_wrong(c, who, "lost the lists that it may read");
		if (who->has && !who->stale) {
			asks(c, who, true);
			c->kept++;
		}
	}
}

static void
init(struct crowd *c)
{
	static const char *const users[CLIENTS] = { "r@example", "a@example", "m@example",
		"z@example" };
	enum muc_error error;

	memset(c, 0, sizeof(*c));
	c->a = arena_new();
	c->parser = xml_parser_new(HEADER, strlen(HEADER));
	test_init(&c->t);
	c->t.conf.limits.stanza_out_bytes = 10000;
	c->t.conf.limits.changes_per_room = REMEMBERED;
	c->t.conf.limits.rate_per_s = c->t.conf.limits.rate_burst = 1000000;
	c->t.conf.limits.rate_bytes_per_s = c->t.conf.limits.rate_bytes_burst = 1 << 30;
	for (int i = 0; i < PEOPLE; i++)
		snprintf(people[i], sizeof(people[i]), "p%d-%s@elsewhere.example", i,
		    "of-one-of-the-two-households-both-alike-in-dignity-in-fair-verona");
	for (int i = 0; i < CLIENTS; i++) {
		c->client[i].user = users[i];
		snprintf(people[i], sizeof(people[i]), "%s", users[i]);
	}
	snprintf(people[CLIENTS], sizeof(people[CLIENTS]), "example");
	test_start(&c->t, &error);
	free(test_ask(&c->t, ENTER("owner", "owner")));
	configures(c, "owner@example", "persistentroom", "1");
}

static void
release(struct crowd *c)
{
	test_release(&c->t);
	xml_parser_free(c->parser);
	arena_free(c->a);
}

static void
test_crowd(unsigned seed)
{
	struct crowd *c = malloc(sizeof(*c));
	int i;

	init(c);
	c->seed = seed;
	/* The owner of people[] makes everybody what they are, and is in now and then only. */
	SAYS(c, "<iq from='owner@example/r' to='room@rooms.example' type='set' id='o'>"
		"<query xmlns='http://jabber.org/protocol/muc#admin'>"
		"<item jid='r@example' affiliation='owner'/>"
		"<item jid='owner@example' affiliation='none'/></query></iq>");
	for (i = 0; i < STEPS && *c->wrong == '\0'; i++)
		step(c);
	is_str(c->wrong, "", "everybody has the lists that they may read, and no others");
	if (*c->wrong != '\0')
		printf("# at step %d of seed %u\n", i, seed);
	ok(c->full > 20 && c->diffs > 20 && c->parts > 10 && c->steps > 1000 && c->kept > STEPS &&
		c->lost > 10 && c->compared > STEPS,
	    "in full %d, diffs %d, parts %d; %d changes told, kept %d times, lost %d, compared %d",
	    c->full, c->diffs, c->parts, c->steps, c->kept, c->lost, c->compared);
	release(c);
	free(c);
}

int
main(void)
{
	test_crowd(1);
	test_crowd(20261);
	return tap_done();
}
