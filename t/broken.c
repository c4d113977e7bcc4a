/* SPDX-License-Identifier: ISC */
/*
 * broken.c - a database with records that cannot be read: the log says which, and the rest is served
 *
 * A disk makes such ones, or a mistake. Whether there are any at all is what `mucctl db check` is asked.
 */
#include "base/rec.h"
#include "service.h"
#include "tap.h"

struct record {
	uint8_t key[STORE_KEY_MAX];
	size_t nkey;
	struct buf val;
};

static int
take_first(void *arg, struct bytes key, struct bytes val)
{
	struct record *r = arg;

	memcpy(r->key, key.p, key.n);
	r->nkey = key.n;
	buf_add(&r->val, val.p, val.n);
	return 1;
}

/* Has the first record of a table begin with those bytes instead, and end there. */
static void
spoil(struct test *t, enum table table, const char *bytes, size_t n)
{
	struct store *s = t->host.store;
	struct record r = { .val = BUF_INIT };

	s->each(s, table, BYTES_NONE, BYTES_NONE, take_first, &r);
	s->put(s, table, (struct bytes){ r.key, r.nkey }, (struct bytes){ bytes, n });
	buf_release(&r.val);
}

/* Cuts the last byte off it. */
static void
cut(struct test *t, enum table table)
{
	struct store *s = t->host.store;
	struct record r = { .val = BUF_INIT };

	s->each(s, table, BYTES_NONE, BYTES_NONE, take_first, &r);
	s->put(s, table, (struct bytes){ r.key, r.nkey }, (struct bytes){ r.val.p, r.val.len - 1 });
	buf_release(&r.val);
}

#define DISCO                                                                                      \
	"<iq from='b@example/r' to='room@rooms.example' type='get' id='d'>"                        \
	"<query xmlns='http://jabber.org/protocol/disco#info'/></iq>"

/* A room that stays, and nobody in it; the service has stopped. */
static void
begin(struct test *t)
{
	enum muc_error e;

	test_init(t);
	test_start(t, &e);
	free(test_ask(t, ENTER("a", "A")));
	free(test_ask(t, CONFIGURE("a", CONFIG_FIELD("persistentroom", "1"))));
	free(test_ask(t, ENTER("b", "B")));
	free(test_ask(t, LEAVE("a", "A")));
	free(test_ask(t, LEAVE("b", "B")));
	test_stop(t);
	*t->log = '\0';
}

static void
test_session(void)
{
	struct test t;
	enum muc_error e;

	test_init(&t);
	test_start(&t, &e);
	free(test_ask(&t, ENTER("a", "A")));
	test_stop(&t);
	cut(&t, TABLE_sessions);
	t.muc = muc_new(&t.host, &t.conf, t.now, &e);
	is_int(muc_domain_add(t.muc, "rooms.example"), -1,
	    "a session that cannot be read: its domain is not served without it");
	is_str(t.log, "database: table sessions: a record of room@rooms.example cannot be read",
	    "and the log says whose");
	test_release(&t);
}

static void
test_room(void)
{
	struct test t;
	enum muc_error e;
	char *out;

	begin(&t);
	cut(&t, TABLE_rooms);
	test_start(&t, &e);
	is_int(e, MUC_OK, "a room's record that ends too early");
	out = test_ask(&t, DISCO);
	ok(strstr(out, "type='result'") != NULL, "the room is there");
	is_str(t.log, "database: table rooms: the record of room@rooms.example is broken",
	    "and the log says that it is not whole");
	free(out);
	test_release(&t);

	begin(&t);
	spoil(&t, TABLE_rooms, "\2\1\0", 3);
	test_start(&t, &e);
	out = test_ask(&t, DISCO);
	ok(strstr(out, "<item-not-found") != NULL, "one without an address is no room");
	is_str(t.log, "database: table rooms: cannot read the record 1", "the log says which");
	free(out);
	test_release(&t);
}

/* What has no meaning is left out, and what else the table has is there. */
static void
test_bans(void)
{
	static const uint8_t id[8] = { 0 };
	struct test t;
	enum muc_error e;
	struct buf b = BUF_INIT;
	char *out;

	begin(&t);
	rec_put_str(&b, 1, "b@example");
	t.host.store->put(
	    t.host.store, TABLE_bans, (struct bytes){ "two", 3 }, (struct bytes){ b.p, b.len });
	t.host.store->put(
	    t.host.store, TABLE_bans, (struct bytes){ id, sizeof(id) }, (struct bytes){ "\1", 1 });
	buf_release(&b);
	test_start(&t, &e);
	is_int(e, MUC_OK, "a ban that cannot be read");
	is_str(t.log, "database: table bans: a record cannot be read", "is named in the log");
	out = test_ask(&t, DISCO);
	ok(strstr(out, "<forbidden") != NULL, "and the others hold");
	free(out);
	test_release(&t);
}

/* An affiliation without the address that it is of, or of a kind that there is not, is none. */
static void
test_affiliation(void)
{
	struct test t;
	enum muc_error e;
	char *out;

	begin(&t);
	spoil(&t, TABLE_affil, "\2\1\4", 3);
	test_start(&t, &e);
	out = test_ask(&t, ENTER("a", "A"));
	ok(strstr(out, "affiliation='none'") != NULL, "nobody owns a room by half a record");
	free(out);
	test_release(&t);
}

int
main(void)
{
	test_session();
	test_room();
	test_bans();
	test_affiliation();
	return tap_done();
}
