/* SPDX-License-Identifier: ISC */
/*
 * made.c - who made rooms, what is left of them, and what a crash or an older store does to that
 */
#include <stdio.h>

#include "base/date.h"
#include "service.h"
#include "tap.h"

/* What a user does with a room: the stanza's name, and what follows its addresses. */
struct deed {
	const char *name, *resource, *rest;
};

static const struct deed come = { "presence", "/A",
	"><x xmlns='http://jabber.org/protocol/muc'/></presence>" };
static const struct deed come_too = { "presence", "/B",
	"><x xmlns='http://jabber.org/protocol/muc'/></presence>" };
static const struct deed open_it = { "iq", "",
	" type='set' id='o'><query xmlns='http://jabber.org/protocol/muc#owner'>"
	"<x xmlns='jabber:x:data' type='submit'/></query></iq>" };
static const struct deed end = { "iq", "",
	" type='set' id='d'><query xmlns='http://jabber.org/protocol/muc#owner'>"
	"<destroy/></query></iq>" };

static char *
act(struct test *t, const char *user, int room, const struct deed *d)
{
	char stanza[4096];

	t->now.mono_ms += 1000;
	t->now.wall_ms += 1000;
	snprintf(stanza, sizeof(stanza), "<%s from='%s/r' to='r%d@rooms.example%s'%s", d->name,
	    user, room, d->resource, d->rest);
	return test_ask(t, stanza);
}

static bool
says(struct test *t, const char *user, int room, const struct deed *what, const char *words)
{
	char *out = act(t, user, room, what);
	bool good = strstr(out, words) != NULL;

	if (!good)
		printf("# %s\n", out);
	free(out);
	return good;
}

/* Ends the service and starts it again. */
static void
again(struct test *t)
{
	enum muc_error e;

	test_stop(t);
	test_start(t, &e);
	is_int(e, MUC_OK, "it starts again");
}

/* Two JIDs of which one is the beginning of the other. */
static void
test_quota(void)
{
	static const char *const users[] = { "a@example", "a@example.org" };
	struct test t;
	enum muc_error e;

	test_init(&t);
	t.conf.limits.rooms_per_creator = 3;
	t.conf.limits.tombstone_days = 0;
	test_start(&t, &e);
	for (int u = 0; u < 2; u++)
		for (int n = 0; n < 3; n++)
			ok(says(&t, users[u], 10 * u + n, &come, "code='201'"), "user %d, room %d",
			    u, n);
	again(&t);
	for (int u = 0; u < 2; u++)
		ok(says(&t, users[u], 90, &come, "<not-allowed"), "no more for user %d", u);
	ok(says(&t, users[0], 0, &end, "type='result'"), "one is destroyed");
	ok(says(&t, users[1], 90, &come, "<not-allowed"), "that is not another one's gain");
	ok(says(&t, users[0], 90, &come, "code='201'"), "but its creator's");
	ok(says(&t, users[0], 91, &come, "<not-allowed"), "for one room");
	is_int(test_count(&t, TABLE_user), 6, "a record for each room");
	test_release(&t);
}

/* A long JID has a key of its own, too. */
static void
test_long(void)
{
	char longest[1100];
	struct test t;
	enum muc_error e;
	int made = 0;

	memset(longest, 'l', sizeof(longest));
	strcpy(longest + 1000, "@example");
	test_init(&t);
	t.conf.limits.rooms_per_creator = 2;
	test_start(&t, &e);
	for (int n = 0; n < 2; n++)
		made += says(&t, longest, n, &come, "code='201'");
	ok(says(&t, longest, 2, &come, "<not-allowed"), "no more");
	is_int(made, 2, "a JID of 1008 bytes has its quota");
	test_release(&t);
}

/* A configuration that is taken while the service runs. */
static void
test_reload(void)
{
	static const char *const reserved[] = { "r1", NULL }, *const creators[] = { "example.org",
		NULL };
	static const char *const admins[] = { "a@example", NULL };
	static const char *const defaults[] = { "membersonly", "1", NULL };
	struct test t;
	enum muc_error e;

	test_init(&t);
	test_start(&t, &e);
	ok(says(&t, "b@example", 0, &come, "code='201'"), "all may create rooms");
	t.conf.create = MUC_CREATE_LISTED;
	t.conf.creators = creators;
	t.conf.reserved_names = reserved;
	t.conf.admins = admins;
	is_int(muc_reload(t.muc, &t.conf), MUC_OK, "another configuration");
	ok(says(&t, "b@example", 1, &come, "<not-allowed"), "then some may not");
	ok(says(&t, "c@example.org", 2, &come, "code='201'"), "others may");
	ok(says(&t, "c@example.org", 1, &come, "is reserved"), "but not everywhere");
	ok(says(&t, "a@example", 1, &come, "code='201'"), "an admin may");
	t.conf.create = MUC_CREATE_ALL;
	t.conf.reserved_names = NULL;
	is_int(muc_reload(t.muc, &t.conf), MUC_OK, "and back");
	ok(says(&t, "b@example", 3, &come, "code='201'"), "all may create rooms");
	ok(says(&t, "b@example", 3, &open_it, "type='result'"), "one is opened");
	t.conf.room_defaults = defaults;
	is_int(muc_reload(t.muc, &t.conf), MUC_OK, "other defaults of rooms");
	ok(says(&t, "d@example", 3, &come_too, "code='110'"), "change no room that is there");
	ok(says(&t, "b@example", 4, &come, "code='201'"), "a new one");
	ok(says(&t, "b@example", 4, &open_it, "type='result'"), "begins with them");
	ok(says(&t, "d@example", 4, &come_too, "<registration-required"), "and is closed");
	test_release(&t);
}

/* Very many tombstones go in steps, oldest first, and nothing of them is left. */
static void
test_tombstones(void)
{
	struct test t;
	enum muc_error e;
	int steps = 0;

	test_init(&t);
	t.conf.limits.rooms_per_creator = 1000;
	test_start(&t, &e);
	for (int n = 0; n < 250; n++) {
		free(act(&t, "a@example", n, &come));
		free(act(&t, "a@example", n, &open_it));
		free(act(&t, "a@example", n, &end));
	}
	is_int(test_count(&t, TABLE_gone), 750, "each has a name, an expiry and whose it is");
	is_int(test_count(&t, TABLE_user), 0, "and is nobody's room any more");
	ok(says(&t, "b@example", 100, &come, "<gone"), "they are gone");
	again(&t);
	ok(says(&t, "b@example", 100, &come, "<gone"), "and stay so");
	t.conf.limits.tombstones = 240;
	muc_reload(t.muc, &t.conf);
	muc_tick(t.muc, t.now);
	muc_commit(t.muc);
	is_int(test_count(&t, TABLE_gone), 720, "with a lower limit the oldest are given up");
	ok(says(&t, "b@example", 9, &come, "code='201'"), "so their names are free");
	ok(says(&t, "b@example", 10, &come, "<gone"), "others are not");
	t.now.wall_ms += 32 * DAY_MS;
	t.now.mono_ms += 32 * DAY_MS;
	ok(says(&t, "b@example", 100, &come, "code='201'"), "what has expired is not waited for");
	while (test_count(&t, TABLE_gone) > 0 && ++steps < 10) {
		is_int(muc_deadline(t.muc) <= t.now.mono_ms, 1, "there is something to do");
		muc_tick(t.muc, t.now);
		muc_commit(t.muc);
	}
	is_int(steps, 3, "the others go in steps");
	test_release(&t);
}

/* Whoever makes rooms to destroy them takes no more names than whoever keeps them. */
static void
test_names(void)
{
	static const char *const admins[] = { "root@example", NULL };
	struct test t;
	enum muc_error e;

	test_init(&t);
	t.conf.admins = admins;
	t.conf.limits.rooms_per_creator = 20;
	test_start(&t, &e);
	free(act(&t, "z@example", 99, &come));
	free(act(&t, "z@example", 99, &open_it));
	free(act(&t, "z@example", 99, &end));
	for (int n = 0; n < 50; n++) {
		free(act(&t, "a@example", n, &come));
		free(act(&t, "a@example", n, &open_it));
		free(act(&t, "a@example", n, &end));
		t.now.wall_ms += 1000;
	}
	is_int(test_count(&t, TABLE_gone), 21 * 3, "one leaves so many tombstones");
	ok(says(&t, "b@example", 49, &come, "<gone"), "the last ones");
	ok(says(&t, "b@example", 10, &come, "code='201'"), "not the others");
	ok(says(&t, "b@example", 99, &come, "<gone"), "somebody else's stays");
	again(&t);
	free(act(&t, "a@example", 60, &come));
	free(act(&t, "a@example", 60, &open_it));
	free(act(&t, "a@example", 60, &end));
	is_int(test_count(&t, TABLE_gone), 21 * 3, "also after a restart");
	for (int n = 100; n < 130; n++) {
		free(act(&t, "root@example", n, &come));
		free(act(&t, "root@example", n, &open_it));
		free(act(&t, "root@example", n, &end));
	}
	is_int(test_count(&t, TABLE_gone), 51 * 3, "an administrator's all stay");
	test_release(&t);
}

int
main(void)
{
	test_quota();
	test_long();
	test_reload();
	test_tombstones();
	test_names();
	return tap_done();
}
