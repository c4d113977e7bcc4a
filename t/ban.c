/* SPDX-License-Identifier: ISC */
/*
 * ban.c - who is banned from the service: patterns, the store, expiry, those who are in
 */
#include <stdio.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/jid.h"
#include "room/ban.h"
#include "service.h"
#include "tap.h"

static const struct match {
	const char *pattern, *bare;
	bool matches;
} rows[] = {
	{ "*", "romeo@example.org", true },
	{ "*@example.org", "romeo@example.org", true },
	{ "*@example.org", "romeo@example.org.evil", false },
	{ "r*o@*", "romeo@example.org", true },
	{ "r*x@*", "romeo@example.org", false },
	{ "*.example.org", "romeo@a.example.org", true },
	{ "*.example.org", "romeo@example.org", false },
	{ "*.example.org", "a.example.org", true },
	{ "exa*e.org*", "romeo@example.org", true },
	{ "*m*e*@*x*", "romeo@example.org", true },
	{ "romeo*", "romeo@example.org", false }, /* of domains */
	{ "*aab", "x@aaaaaaaaaab", true },
	{ "**", "x@y", true },
};

static void
test_patterns(void)
{
	static const char *const bad[] = { "", "@", "@*", "a*@", "*@b@c", "*/r", "a *", "a@b/c" };
	struct arena *a = arena_new();
	char longest[300];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ok(jid_matches(rows[i].pattern, rows[i].bare) == rows[i].matches, "%s and %s",
		    rows[i].pattern, rows[i].bare);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(jid_target(a, bad[i]) == NULL, "\"%s\" is nobody", bad[i]);
	is_str(jid_target(a, "Romeo@Example.ORG"), "romeo@example.org", "an address is prepared");
	is_str(jid_target(a, "Example.ORG"), "example.org", "so is a domain");
	is_str(jid_target(a, "*@x"), "*@x", "a pattern stays as it is");
	memset(longest, '*', sizeof(longest));
	longest[257] = '\0';
	ok(jid_target(a, longest) == NULL, "257 bytes are no pattern");
	longest[256] = '\0';
	ok(jid_target(a, longest) != NULL, "256 are");
	arena_free(a);
}

/* A service of its own, on the store of a test, as features see it. */
static struct service *
service_of(struct test *t)
{
	/* The service is what a struct muc begins with. */
	return (struct service *)t->muc;
}

static bool
set(struct test *t, const char *target, int64_t until_ms)
{
	const struct ban b = { .target = target,
		.reason = "spam",
		.actor = "admin@example",
		.set_ms = t->now.wall_ms,
		.until_ms = until_ms };
	bool good = ban_set(service_of(t), &b);

	muc_commit(t->muc);
	return good;
}

static void
start(struct test *t)
{
	enum muc_error error;

	ok(test_start(t, &error) != NULL, "the service starts");
}

static void
turn(struct test *t, int64_t ms)
{
	t->now.mono_ms += ms;
	t->now.wall_ms += ms;
	if (muc_deadline(t->muc) <= t->now.mono_ms)
		muc_tick(t->muc, t->now);
	muc_commit(t->muc);
}

static bool
is_refused(struct test *t, const char *user)
{
	char stanza[1024], *out;
	bool refused;

	snprintf(stanza, sizeof(stanza),
	    "<iq from='%s/r' to='rooms.example' type='get' id='p'>"
	    "<ping xmlns='urn:xmpp:ping'/></iq>",
	    user);
	out = test_ask(t, stanza);
	refused = strstr(out, "<forbidden") != NULL;
	free(out);
	return refused;
}

static void
test_store(void)
{
	static const char *const admins[] = { "admin@example", NULL };
	struct test t;

	test_init(&t);
	t.conf.admins = admins;
	start(&t);
	ok(!is_refused(&t, "romeo@example"), "nobody is banned");
	ok(set(&t, "romeo@example", INT64_MAX) && set(&t, "*@evil", t.now.wall_ms + HOUR_MS) &&
		set(&t, "example", INT64_MAX),
	    "bans are set");
	ok(is_refused(&t, "romeo@example") && is_refused(&t, "juliet@example") &&
		is_refused(&t, "x@evil"),
	    "they hold for who was known and who was not");
	ok(!is_refused(&t, "admin@example"), "but not for an administrator");
	ok(ban_of(service_of(&t), "*@evil") != NULL && ban_lift(service_of(&t), "example") &&
		!ban_lift(service_of(&t), "example"),
	    "one is lifted, once");
	ok(is_refused(&t, "romeo@example") && !is_refused(&t, "juliet@example"), "the others hold");
	muc_commit(t.muc);
	test_stop(&t);
	start(&t);
	ok(is_refused(&t, "romeo@example") && is_refused(&t, "x@evil") &&
		!is_refused(&t, "juliet@example"),
	    "all is the same after a restart");
	is_str(ban_of(service_of(&t), "romeo@example")->reason, "spam", "with the reason");
	is_str(ban_of(service_of(&t), "romeo@example")->actor, "admin@example", "and who did it");
	turn(&t, HOUR_MS - 1);
	ok(is_refused(&t, "x@evil"), "it has not expired yet");
	turn(&t, 1);
	ok(!is_refused(&t, "x@evil") && ban_of(service_of(&t), "*@evil") == NULL, "now it has");
	test_stop(&t);
	start(&t);
	ok(!is_refused(&t, "x@evil") && is_refused(&t, "romeo@example"), "and in the store, too");
	t.conf.limits.service_bans = 1;
	muc_reload(t.muc, &t.conf);
	ok(!set(&t, "third@example", INT64_MAX) && set(&t, "romeo@example", t.now.wall_ms + 1),
	    "no more than the limit, but one may be set anew");
	turn(&t, 1);
	ok(!is_refused(&t, "romeo@example"), "then with another end");
	test_release(&t);
}

/* One that both the configuration and an administrator have. */
static void
test_configured(void)
{
	static const char *const banned[] = { "romeo@example", NULL };
	struct test t;

	test_init(&t);
	start(&t);
	ok(set(&t, "romeo@example", INT64_MAX), "an administrator bans him");
	t.conf.banned = banned;
	muc_reload(t.muc, &t.conf);
	ok(is_refused(&t, "romeo@example") && !ban_lift(service_of(&t), "romeo@example") &&
		!set(&t, "romeo@example", t.now.wall_ms + 1),
	    "what the configuration says stays as it says");
	t.conf.banned = NULL;
	muc_reload(t.muc, &t.conf);
	ok(is_refused(&t, "romeo@example") && ban_lift(service_of(&t), "romeo@example") &&
		!is_refused(&t, "romeo@example"),
	    "without it the other one is there, and can be lifted");
	test_release(&t);
}

/* Each in its turn: when one has expired, the next is waited for. */
static void
test_expiry(void)
{
	struct test t;

	test_init(&t);
	start(&t);
	set(&t, "later@example", t.now.wall_ms + 2 * HOUR_MS);
	set(&t, "sooner@example", t.now.wall_ms + HOUR_MS);
	set(&t, "last*@example", t.now.wall_ms + 3 * HOUR_MS);
	turn(&t, 0);
	for (int i = 3; i > 0; i--) {
		ok(muc_deadline(t.muc) == t.now.mono_ms + HOUR_MS, "in an hour one of %d ends", i);
		turn(&t, HOUR_MS);
		is_int(is_refused(&t, "sooner@example") + is_refused(&t, "later@example") +
			   is_refused(&t, "last1@example"),
		    i - 1, "and it has");
	}
	test_release(&t);
}

#define ASCII	"xn--mnchen-3ya.example"
#define LETTERS "m\u00fcnchen.example"

static bool
may_enter(struct test *t, const char *from, const char *nick)
{
	char *out = test_askf(t,
	    "<presence from='%s' to='a@rooms.example/%s'>"
	    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
	    from, nick);
	bool in = strstr(out, "code='110'") != NULL;

	free(out);
	return in;
}

static void
affiliate(struct test *t, const char *jid, const char *affiliation)
{
	free(test_askf(t,
	    "<iq from='o@good/r' to='a@rooms.example' type='set' id='b'>"
	    "<query xmlns='http://jabber.org/protocol/muc#admin'>"
	    "<item jid='%s' affiliation='%s'/></query></iq>",
	    jid, affiliation));
}

static void
command(struct test *t, const char *from, const char *to, const char *node, const char *var,
    const char *value)
{
	char *out = test_askf(t,
	    "<iq from='%s' to='%s' type='set' id='c'>"
	    "<command xmlns='http://jabber.org/protocol/commands' node='%s'>"
	    "<x xmlns='jabber:x:data' type='submit'><field var='%s'><value>%s</value></field>"
	    "</x></command></iq>",
	    from, to, node, var, value);

	ok(strstr(out, "status='completed'") != NULL, "%s %s", node, value);
	free(out);
}

static void
set_by_command(struct test *t, const char *jid, const char *affiliation)
{
	char line[128];

	snprintf(line, sizeof(line), "%s %s", jid, affiliation);
	command(t, "o@good/r", "a@rooms.example", "import-affiliations", "lines", line);
}

static void
ban_by_command(struct test *t, const char *node, const char *target)
{
	command(t, "admin@example/r", "rooms.example", node, "targets", target);
}

/* A server may say its domain in letters or in ASCII: bans hold for both, gifts for the one that they were made to. */
static void
test_written(void)
{
	static const char *const ways[] = { ASCII, LETTERS };
	struct arena *a = arena_new();
	struct test t;
	char full[64], bare[64], other[64], *out;

	test_init(&t);
	start(&t);
	ok(may_enter(&t, "o@good/r", "o"), "a room is made");
	free(test_ask(&t, "<iq from='o@good/r' to='a@rooms.example' type='set' id='u'>"
			  "<query xmlns='http://jabber.org/protocol/muc#owner'>"
			  "<x xmlns='jabber:x:data' type='submit'/></query></iq>"));
	for (int i = 0; i < 2; i++) {
		snprintf(full, sizeof(full), "x@%s/r", ways[i]);
		snprintf(bare, sizeof(bare), "x@%s", ways[1 - i]);
		snprintf(other, sizeof(other), "y@%s/r", ways[i]);
		ok(may_enter(&t, full, "x"), "%s enters", full);
		affiliate(&t, ways[1 - i], "outcast");
		ok(muc_stats(t.muc)->sessions == 1, "and leaves when its domain is banned");
		ok(!may_enter(&t, full, "x"), "and does not enter again");
		affiliate(&t, ways[1 - i], "none");
		ok(may_enter(&t, full, "x"), "but when it is not");
		affiliate(&t, bare, "outcast");
		set_by_command(&t, arena_cat(a, "x@", ways[i], NULL), "none");
		ok(may_enter(&t, full, "x"), "nor when a command says that of its own writing");
		affiliate(&t, ways[1 - i], "outcast");
		affiliate(&t, ways[i], "none");
		ok(may_enter(&t, full, "x"), "nor when that was said in its own writing");
		affiliate(&t, bare, "owner");
		out = test_askf(&t,
		    "<iq from='%s' to='a@rooms.example' type='get' id='f'>"
		    "<query xmlns='http://jabber.org/protocol/muc#owner'/></iq>",
		    full);
		ok(strstr(out, "<forbidden ") != NULL, "a gift is for %s", bare);
		free(out);
		affiliate(&t, bare, "outcast");
		ok(muc_stats(t.muc)->sessions == 1, "a ban is not");
		affiliate(&t, bare, "none");
		ok(may_enter(&t, full, "x"), "%s enters", full);
		affiliate(&t, ways[i], "member");
		affiliate(&t, bare, "outcast");
		ok(muc_stats(t.muc)->sessions == 1, "nor when its domain is a member");
		ok(!may_enter(&t, full, "x"), "then it does not enter, either");
		ok(may_enter(&t, other, "y"), "but others of the domain do");
		free(test_askf(
		    &t, "<presence from='%s' to='a@rooms.example/y' type='unavailable'/>", other));
		affiliate(&t, ways[i], "none");
		affiliate(&t, bare, "none");
		ok(may_enter(&t, full, "x"), "%s enters", full);
		ok(set(&t, ways[1 - i], INT64_MAX), "the service bans it");
		turn(&t, 0);
		free(test_drain(&t, 65536));
		ok(muc_stats(t.muc)->sessions == 1, "and it is out");
		ok(!may_enter(&t, full, "x"), "and stays out");
		ok(ban_lift(service_of(&t), ways[1 - i]), "until that is lifted");
		muc_commit(t.muc);
	}
	test_release(&t);
	arena_free(a);
}

#define LETTERS_2 "b\u00fccher.m\u00fcnchen.example"
#define ASCII_2	  "xn--bcher-kva.xn--mnchen-3ya.example"
#define MIXED_2	  "b\u00fccher.xn--mnchen-3ya.example"
#define MIXED_1	  "xn--bcher-kva.m\u00fcnchen.example"

static void
test_ways(void)
{
	static const struct {
		const char *bare, *letters, *ascii, *pure;
	} ways_of[] = {
		{ "x@" ASCII, "x@" LETTERS, NULL, NULL },
		{ "x@" LETTERS, NULL, "x@" ASCII, NULL },
		{ LETTERS, NULL, ASCII, NULL },
		{ "x@example.org", NULL, NULL, NULL },
		{ "x@xn--.example", NULL, NULL, NULL },
		{ "x@" MIXED_2, "x@" LETTERS_2, "x@" ASCII_2, "x@" ASCII_2 },
		{ "x@" MIXED_1, "x@" LETTERS_2, "x@" ASCII_2, "x@" ASCII_2 },
		{ "x@example\u3002org", "x@example.org", "x@example.org", "x@example.org" },
		{ "\U0001f980.example", NULL, "xn--zs9h.example", NULL }, /* younger than IDNA */
		{ "xn--zs9h.example", "\U0001f980.example", NULL, NULL },
	};
	struct arena *a = arena_new();
	const char *ways[2];

	for (size_t i = 0; i < sizeof(ways_of) / sizeof(ways_of[0]); i++) {
		const char *bare = ways_of[i].bare;

		jid_ways(a, bare, ways);
		is_str(ways[0] != bare ? ways[0] : NULL, ways_of[i].letters, "in letters");
		is_str(ways[1] != bare ? ways[1] : NULL, ways_of[i].ascii, "in ASCII");
		is_str(jid_pure(a, bare), ways_of[i].pure != NULL ? ways_of[i].pure : bare,
		    "in one way");
	}
	arena_free(a);
}

/* Nor is a ban evaded by a domain of which some is written in one way, and some in the other. */
static void
test_mixed(void)
{
	static const char *const ways[] = { LETTERS_2, ASCII_2, MIXED_1, MIXED_2 };
	char full[64], bare[64];
	static const char *const admins[] = { "admin@example", NULL };
	struct test t;

	test_init(&t);
	t.conf.admins = admins;
	start(&t);
	ok(may_enter(&t, "o@good/r", "o"), "a room is made");
	free(test_ask(&t, "<iq from='o@good/r' to='a@rooms.example' type='set' id='u'>"
			  "<query xmlns='http://jabber.org/protocol/muc#owner'>"
			  "<x xmlns='jabber:x:data' type='submit'/></query></iq>"));
	for (int i = 0; i < 16; i++) {
		const char *banned = ways[i / 4], *sent = ways[i % 4];

		snprintf(full, sizeof(full), "x@%s/r", sent);
		snprintf(bare, sizeof(bare), "x@%s", banned);
		ok(may_enter(&t, full, "x"), "%s enters", full);
		affiliate(&t, banned, "outcast");
		ok(muc_stats(t.muc)->sessions == 1 && !may_enter(&t, full, "x"),
		    "and leaves when %s is banned", banned);
		affiliate(&t, banned, "none");
		ok(may_enter(&t, full, "x"), "until it is not");
		affiliate(&t, bare, "outcast");
		ok(muc_stats(t.muc)->sessions == 1 && !may_enter(&t, full, "x"), "nor as %s", bare);
		set_by_command(&t, bare, "none");
		ok(may_enter(&t, full, "x"), "until that is lifted");
		ban_by_command(&t, "ban", banned);
		turn(&t, 0);
		free(test_drain(&t, 65536));
		ok(muc_stats(t.muc)->sessions == 1 && !may_enter(&t, full, "x"),
		    "nor into the whole service");
		ban_by_command(&t, "unban", banned);
	}
	test_release(&t);
}

/* The same of what mucd.conf says; and bans that were kept in both ways, mixed, hold and can be lifted as they are. */
static void
test_mixed_kept(void)
{
	static const char *const banned[] = { MIXED_2, NULL };
	static const char *const admins[] = { "admin@example", NULL };
	struct test t;

	test_init(&t);
	t.conf.admins = admins;
	t.conf.banned = banned;
	start(&t);
	ok(is_refused(&t, "x@" ASCII_2) && is_refused(&t, "x@" LETTERS_2) &&
		is_refused(&t, "x@" MIXED_1) && is_refused(&t, "x@" MIXED_2),
	    "banned by the configuration");
	t.conf.banned = NULL;
	muc_reload(t.muc, &t.conf);
	ok(!is_refused(&t, "x@" ASCII_2), "and no more");
	ok(set(&t, MIXED_2, INT64_MAX), "one that is there as it was written");
	ok(is_refused(&t, "x@" MIXED_2), "holds for that");
	ban_by_command(&t, "unban", MIXED_2);
	ok(!is_refused(&t, "x@" MIXED_2), "and is lifted by that");
	test_release(&t);
}

#define ROOMS 800

/* Many rooms at once: in several turns, and nobody stays. */
static void
test_sweep(void)
{
	char stanza[1024], *out;
	unsigned turns = 0, gone = 0;
	struct test t;

	test_init(&t);
	t.conf.limits.rooms_per_user = t.conf.limits.rooms_per_creator = ROOMS;
	t.conf.limits.rate_burst = 1000000;
	t.conf.limits.rate_bytes_burst = 1000000000;
	start(&t);
	for (int i = 0; i < ROOMS; i++)
		for (int j = 0; j < 10; j++) {
			snprintf(stanza, sizeof(stanza),
			    "<presence from='u%d@%s/r' to='r%d@rooms.example/n%d'>"
			    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
			    j, j % 2 == 0 ? "good" : "evil", i, j);
			free(test_ask(&t, stanza));
			if (j > 0)
				continue;
			snprintf(stanza, sizeof(stanza),
			    "<iq from='u0@good/r' to='r%d@rooms.example' type='set' id='u'>"
			    "<query xmlns='http://jabber.org/protocol/muc#owner'>"
			    "<x xmlns='jabber:x:data' type='submit'/></query></iq>",
			    i);
			free(test_ask(&t, stanza));
		}
	ok(muc_stats(t.muc)->sessions == 10 * ROOMS, "all are in");
	ok(set(&t, "evil", INT64_MAX), "a domain is banned");
	while (muc_deadline(t.muc) <= t.now.mono_ms && turns < 1000) {
		turn(&t, 0);
		out = test_drain(&t, 65536);
		gone += (unsigned)count_of(out, "<status code='301'/><status code='110'/>");
		free(out);
		turns++;
	}
	ok(muc_stats(t.muc)->sessions == 5 * ROOMS, "half of them are out");
	ok(gone == 5 * ROOMS, "each of them was told so once: %u", gone);
	ok(turns > 1 && turns < 100, "it took %u turns", turns);
	test_release(&t);
}

int
main(void)
{
	test_patterns();
	test_store();
	test_configured();
	test_expiry();
	test_written();
	test_ways();
	test_mixed();
	test_mixed_kept();
	test_sweep();
	return tap_done();
}
