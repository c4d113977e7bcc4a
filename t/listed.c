/* SPDX-License-Identifier: ISC */
/*
 * listed.c - the list of public rooms: what a page costs, how many there are, and lists of old
 */
#include <stdio.h>

#include "room/room.h"
#include "service.h"
#include "tap.h"

#define MANY  100000
#define ROOMS "rooms.example"

/* -- a store that counts what is visited -- */

static struct store *inner;
static unsigned long visits;

struct visited {
	store_visit *visit;
	void *arg;
};

static int
count_visit(void *arg, struct bytes key, struct bytes val)
{
	const struct visited *v = arg;

	visits++;
	return v->visit(v->arg, key, val);
}

static enum store_result (*real_each)(
    struct store *, enum table, struct bytes, struct bytes, store_visit *, void *);
static enum store_result (*real_each_back)(
    struct store *, enum table, struct bytes, struct bytes, store_visit *, void *);

static enum store_result
each(struct store *s, enum table t, struct bytes prefix, struct bytes after, store_visit *visit,
    void *arg)
{
	struct visited v = { visit, arg };

	return real_each(s, t, prefix, after, count_visit, &v);
}

static enum store_result
each_back(struct store *s, enum table t, struct bytes prefix, struct bytes before,
    store_visit *visit, void *arg)
{
	struct visited v = { visit, arg };

	return real_each_back(s, t, prefix, before, count_visit, &v);
}

static void
count_visits(struct test *t)
{
	inner = t->host.store;
	real_each = inner->each;
	real_each_back = inner->each_back;
	inner->each = each;
	inner->each_back = each_back;
}

/* -- asking -- */

/* Asks for a page; the caller frees the answer. *n is how many records were visited for it. */
static char *
ask(struct test *t, const char *set, unsigned long *n)
{
	char stanza[1024], *out;

	snprintf(stanza, sizeof(stanza),
	    "<iq from='a@example/r' to='" ROOMS "' type='get' id='p'>"
	    "<query xmlns='http://jabber.org/protocol/disco#items'>"
	    "<set xmlns='http://jabber.org/protocol/rsm'>%s</set></query></iq>",
	    set);
	t->now.mono_ms += 1000;
	visits = 0;
	out = test_ask(t, stanza);
	*n = visits;
	return out;
}

static void
page(struct test *t, const char *set, int items, const char *holds, unsigned long most)
{
	unsigned long n;
	char *out = ask(t, set, &n);

	ok(count_of(out, "<item ") == items && strstr(out, holds) != NULL, "%s: %d items, %s", set,
	    items, holds);
	ok(n <= most, "at the cost of %lu records, not more than %lu", n, most);
	free(out);
}

/* A list as it was made by so many rooms. */
static void
fill(struct test *t)
{
	char key[64], val[64];
	int nkey, nval;

	for (int i = 0; i < MANY; i++) {
		nkey = snprintf(key, sizeof(key), ROOMS "%cr%06d", '\0', i);
		nval = snprintf(val, sizeof(val), "%c%cr%06d", 1, 7, i);
		t->host.store->put(t->host.store, TABLE_listed, (struct bytes){ key, (size_t)nkey },
		    (struct bytes){ val, (size_t)nval });
	}
}

/* A store of schema 1 does not have the number of rooms beside the list. */
static void
make_old(struct test *t)
{
	static const char schema[] = { 1, 1, 1 };

	t->host.store->put(t->host.store, TABLE_meta, (struct bytes){ "state", 5 },
	    (struct bytes){ schema, sizeof(schema) });
}

static void
test_cost(void)
{
	struct test t;
	enum muc_error e;
	unsigned long n;
	char *out;

	test_init(&t);
	make_old(&t);
	fill(&t);
	test_start(&t, &e);
	is_int(e, MUC_OK, "a store of schema 1 is taken");
	muc_commit(t.muc);
	test_stop(&t);
	count_visits(&t);
	test_start(&t, &e);
	ok(visits < 10, "a start visits %lu records", visits);
	page(&t, "<max>0</max>", 0, "<count>100000</count>", 0);
	page(&t, "<max>10</max>", 10, "<first index='0'>0:r000000</first>", 11);
	page(&t, "<max>10</max><after>9:r000009</after>", 10,
	    "<first index='10'>10:r000010</first><last>19:r000019</last>", 11);
	page(&t, "<max>10</max><after>49999:r049999</after>", 10, "50000:r050000</first>", 11);
	page(&t, "<max>10</max><before/>", 10,
	    "<first index='99990'>99990:r099990</first><last>99999:r099999</last>", 11);
	page(&t, "<max>10</max><before>50000:r050000</before>", 10,
	    "<first index='49990'>49990:r049990</first><last>49999:r049999</last>", 11);
	page(&t, "<max>10</max><index>4321</index>", 10, "<first index='4321'>4321:r004321</first>",
	    4321 + 11);
	page(&t, "<max>10</max><index>98765</index>", 10,
	    "<first index='98765'>98765:r098765</first>", 100000 - 98765 + 12);
	page(&t, "<max>10</max><index>50000</index>", 0, "<feature-not-implemented ", 0);
	page(&t, "<max>10</max><index>100000</index>", 0, "<count>100000</count>", 0);
	out = ask(&t, "", &n);
	ok(strlen(out) <= 500000 && strlen(out) > 350000, "a page is as large as a stanza may be");
	ok(n == (unsigned long)count_of(out, "<item ") + 1, "and costs no more than is on it");
	free(out);
	test_release(&t);
}

/* All of it, page by page of whatever fits, in both directions: every room once. */
static void
test_all(void)
{
	char set[128], *out, *at, *end;
	unsigned long n;
	enum muc_error e;
	struct test t;
	int items = 0, pages = 0, back;

	test_init(&t);
	make_old(&t);
	fill(&t);
	test_start(&t, &e);
	for (back = 0; back < 2; back++) {
		snprintf(set, sizeof(set), back ? "<before/>" : "<max>5000</max>");
		items = pages = 0;
		for (;;) {
			out = ask(&t, set, &n);
			items += count_of(out, "<item ");
			pages++;
			at = strstr(out, back ? "<first index=" : "<last>");
			if (at == NULL || pages > 100)
				break;
			at = strchr(at, '>') + 1;
			end = strchr(at, '<');
			snprintf(set, sizeof(set),
			    back ? "<before>%.*s</before>" : "<after>%.*s</after>", (int)(end - at),
			    at);
			free(out);
		}
		free(out);
		is_int(items, MANY, back ? "backward all are told" : "forward all are told");
	}
	test_release(&t);
}

int
main(void)
{
	test_cost();
	test_all();
	return tap_done();
}
