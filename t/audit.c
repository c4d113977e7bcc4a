/* SPDX-License-Identifier: ISC */
/*
 * audit.c - the audit log: what is noted comes back, and the oldest goes
 */
#include "export.h"
#include "room/audit.h"
#include "service.h"
#include "tap.h"

static int
count(void *arg, const struct audit *n)
{
	uint64_t *last = arg;

	if (last[0] == 0)
		last[1] = n->no;
	last[0]++;
	last[2] = n->no;
	return 0;
}

/* How many there are, the latest and the oldest. */
static void
holds(struct service *s, uint64_t n, uint64_t latest, uint64_t oldest)
{
	uint64_t got[3] = { 0, 0, 0 };

	audit_each_back(s, 0, count, got);
	ok(got[0] == n && got[1] == latest && got[2] == oldest, "%d notes, from %d to %d", (int)n,
	    (int)oldest, (int)latest);
}

static int
stop(void *arg, const struct audit *n)
{
	(void)n;
	return ++*(int *)arg == 3 ? 42 : 0;
}

static void
wrong(void *arg, const char *table, const char *room, const char *what)
{
	(void)arg;
	printf("# %s: %s: %s\n", table, room != NULL ? room : "-", what);
}

static void
answers(struct test *t, const char *what, const char *node, const char *fields, const char *want)
{
	char *out = test_askf(t,
	    "<iq from='x@y/r' to='rooms.example' type='set' id='c'>"
	    "<command xmlns='http://jabber.org/protocol/commands' node='%s'>%s</command></iq>",
	    node, fields);

	if (!ok(strstr(out, want) != NULL, "%s", what))
		printf("# %.2000s\n", out);
	free(out);
}

/* More than a command looks at: the rest is not kept silent, and can be had. */
static void
test_very_many(void)
{
	static const char *const admins[] = { "x@y", NULL };
	const struct audit change = { 0, 0, "a@x/r", "set", "r@y", "old@x", "none", "member",
		NULL };
	const struct audit other = { .actor = "a@x/r", .command = "stop" };
	struct service s = { .limits = { .audit_records = 1000000 } };
	enum muc_error error;
	struct test t;

	test_init(&t);
	s.host = &t.host;
	s.store = t.host.store;
	s.arena = arena_new();
	s.now = t.now;
	service_load(&s);
	for (int i = 0; i < 100003; i++)
		audit_put(&s, i < 2 ? &change : &other);
	arena_free(s.arena);
	t.conf.admins = admins;
	t.conf.limits.audit_records = 1000000;
	test_start(&t, &error);
	answers(&t, "of very many, those that are not looked at are known of", "audit-log",
	    "<x xmlns='jabber:x:data' type='submit'><field "
	    "var='filter'><value>old@</value></field></x>",
	    "<note type='warn'>Not all was looked at: the rest came before number 3</note>");
	answers(&t, "and found when they are asked for", "audit-log",
	    "<x xmlns='jabber:x:data' type='submit'><field var='filter'><value>old@</value></field>"
	    "<field var='before'><value>3</value></field></x>",
	    "</reported><item><field var='no'><value>2</value></field>");
	answers(&t, "before the second there is one", "audit-log",
	    "<x xmlns='jabber:x:data' type='submit'>"
	    "<field var='before'><value>2</value></field></x>",
	    "</reported><item><field var='no'><value>1</value></field>");
	answers(&t, "before the first there is none", "audit-log",
	    "<x xmlns='jabber:x:data' type='submit'>"
	    "<field var='before'><value>1</value></field></x>",
	    "</reported></x>");
	answers(&t, "a number that is none is refused", "audit-log",
	    "<x xmlns='jabber:x:data' type='submit'>"
	    "<field var='before'><value>0</value></field></x>",
	    "bad-payload");
	answers(&t, "whoever undoes is told, too", "undo-affiliations", "",
	    "<note type='warn'>Not all was looked at: the rest came before number 3</note>");
	answers(&t, "the number of an old change can be given", "undo-affiliations",
	    "<x xmlns='jabber:x:data' type='submit'><field "
	    "var='notes'><value>1</value></field></x>",
	    "r@y");
	test_release(&t);
}

int
main(void)
{
	struct check_totals totals;
	const struct audit all = { 0, 0, "a@x/r", "set", "r@y", "b@x", "none", "member", "why" };
	struct test t;
	struct service s = { .limits = { .audit_records = 3 } };
	struct audit got;
	int visits = 0;

	test_init(&t);
	s.host = &t.host;
	s.store = t.host.store;
	s.arena = arena_new();
	s.now = t.now;
	is_int(service_load(&s), MUC_OK, "the service is loaded");
	holds(&s, 0, 0, 0);
	ok(!audit_get(&s, 1, &got), "there is none");
	audit_put(&s, &all);
	ok(audit_get(&s, 1, &got), "there is one");
	is_int(got.ms, t.now.wall_ms, "with its time");
	ok(strcmp(got.actor, "a@x/r") == 0 && strcmp(got.command, "set") == 0 &&
		strcmp(got.room, "r@y") == 0 && strcmp(got.target, "b@x") == 0 &&
		strcmp(got.before, "none") == 0 && strcmp(got.after, "member") == 0 &&
		strcmp(got.reason, "why") == 0,
	    "and all that was noted");
	audit_put(&s, &(struct audit){ .actor = "a@x/r", .command = "stop" });
	ok(audit_get(&s, 2, &got) && got.room == NULL && got.target == NULL && got.reason == NULL,
	    "what is not noted is not there");
	audit_put(&s, &all);
	holds(&s, 3, 3, 1);
	is_int(audit_each_back(&s, 0, stop, &visits), 42, "a visit stops when it wants to");
	audit_put(&s, &all);
	holds(&s, 3, 4, 2);
	ok(!audit_get(&s, 1, &got), "the oldest has gone");
	s.limits.audit_records = 1;
	audit_put(&s, &all);
	holds(&s, 1, 5, 5);
	s.limits.audit_records = 100;
	for (int i = 0; i < 20; i++)
		audit_put(&s, &all);
	holds(&s, 21, 25, 5);
	s.limits.audit_records = 10;
	for (int i = 0; i < 4; i++)
		audit_put(&s, &all);
	holds(&s, 10, 29, 20);
	store_check(t.host.store, wrong, NULL, &totals);
	is_int((int)totals.wrong, 0, "it is no room's, and the store is sound");
	arena_free(s.arena);
	t.host.store->close(t.host.store);
	test_very_many();
	return tap_done();
}
