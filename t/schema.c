/* SPDX-License-Identifier: ISC */
/*
 * schema.c - the first mucd's database, opened by today's: everything is as it was
 *
 * The records are written here field by field as schema 1 had them, by numbers: a tag, a role or an
 * affiliation that gets another number is a database that cannot be read any more.
 */
#include <stdarg.h>

#include "base/rec.h"
#include "service.h"
#include "tap.h"

#define CREATED_MS INT64_C(1767200000000)

static void
put(struct test *t, enum table table, const void *key, size_t nkey, struct buf *b)
{
	t->host.store->put(t->host.store, table, (struct bytes){ key, nkey },
	    (struct bytes){ b->len > 0 ? b->p : "", b->len });
	buf_release(b);
}

/* A key of a room's id and a name. */
static void
put_of_room(struct test *t, enum table table, uint8_t id, const char *name, struct buf *b)
{
	char key[256] = { 0 };

	key[7] = (char)id;
	memcpy(key + 8, name, strlen(name));
	put(t, table, key, 8 + strlen(name), b);
}

static void
put_room(struct test *t, uint8_t id, const char *node, bool locked, bool listed, struct buf *config)
{
	char name[64], jid[64];
	struct buf b = BUF_INIT;
	uint8_t bytes[8] = { 0, 0, 0, 0, 0, 0, 0, id };
	int n = snprintf(name, sizeof(name), "rooms.example%c%s", '\0', node);

	snprintf(jid, sizeof(jid), "%s@rooms.example", node);
	rec_put_str(&b, 1, jid);
	rec_put_u64(&b, 2, locked);
	rec_put_u64(&b, 3, (uint64_t)CREATED_MS);
	rec_put_u64(&b, 5, 1);
	rec_put_u64(&b, 6, id == 1 ? 5 : 1);
	buf_add(&b, config->p, config->len);
	buf_release(config);
	put(t, TABLE_rooms, bytes, sizeof(bytes), &b);
	buf_add(&b, bytes, sizeof(bytes));
	put(t, TABLE_names, name, (size_t)n, &b);
	if (!listed)
		return;
	rec_put_str(&b, 1, node);
	if (id == 1)
		rec_put_str(&b, 2, "The <One>");
	put(t, TABLE_listed, name, (size_t)n, &b);
}

static void
put_affil(struct test *t, uint8_t id, const char *jid, unsigned affiliation, const char *reason)
{
	struct buf b = BUF_INIT;

	rec_put_str(&b, 1, jid);
	rec_put_u64(&b, 2, affiliation);
	rec_put_str(&b, 4, reason);
	rec_put_str(&b, 5, "own@example");
	rec_put_u64(&b, 6, (uint64_t)CREATED_MS);
	put_of_room(t, TABLE_affil, id, jid, &b);
}

static void
put_session(struct test *t, uint8_t id, const char *jid, const char *nick, unsigned role,
    const char *payload, unsigned order)
{
	struct buf b = BUF_INIT;

	rec_put_str(&b, 1, jid);
	rec_put_str(&b, 2, nick);
	rec_put_u64(&b, 3, role);
	rec_put(&b, 4, payload, strlen(payload));
	rec_put_str(&b, 5, strcmp(nick, "Vis") == 0 ? "de" : NULL);
	rec_put_u64(&b, 6, strstr(payload, "priority") != NULL ? 133 : 128);
	rec_put_u64(&b, 7, strstr(payload, "away") != NULL ? 2 : 3);
	rec_put_u64(&b, 8, order);
	rec_put_u64(&b, 9, (uint64_t)CREATED_MS);
	put_of_room(t, TABLE_sessions, id, jid, &b);
}

/* Room 1 with everything, 2 without occupants, 3 not configured yet; 4 was destroyed. */
static void
fill(struct test *t)
{
	static const uint8_t dead[8] = { 0, 0, 0, 0, 0, 0, 0, 4 };
	struct buf b = BUF_INIT;

	rec_put_u64(&b, 1, 1);
	rec_put_u64(&b, 2, 5);
	rec_put_u64(&b, 3, 3);
	put(t, TABLE_meta, "state", 5, &b);

	rec_put_str(&b, 7, "<subject>Old subject</subject>");
	rec_put_str(&b, 8, "Own");
	rec_put_u64(&b, 9, (uint64_t)CREATED_MS);
	rec_put_str(&b, 10, "it");
	rec_put_str(&b, 33, "The <One>");
	rec_put_str(&b, 34, "A description");
	rec_put_u64(&b, 35, 1);
	rec_put_u64(&b, 38, 1);
	rec_put_u64(&b, 40, 1);
	rec_put_u64(&b, 41, 1);
	rec_put_str(&b, 42, "sesam");
	rec_put_u64(&b, 43, 30);
	put_room(t, 1, "one", false, true, &b);
	put_affil(t, 1, "own@example", 4, NULL);
	put_affil(t, 1, "adm@example", 3, NULL);
	put_affil(t, 1, "mem@example", 2, NULL);
	put_affil(t, 1, "bad@elsewhere.example", 0, "spam");
	put_affil(t, 1, "evil.example", 0, NULL);
	put_session(t, 1, "mem@example/r", "Mem", 2, "", 2);
	put_session(t, 1, "mem@example/s", "Mem", 2, "<priority>5</priority>", 4);
	put_session(t, 1, "own@example/r", "Own", 3, "<show>away</show><status>&amp;</status>", 1);
	put_session(t, 1, "vis@example/r", "Vis", 1, "", 3);

	rec_put_u64(&b, 35, 1);
	rec_put_u64(&b, 36, 0);
	rec_put_u64(&b, 37, 1);
	rec_put_u64(&b, 39, 1);
	put_room(t, 2, "two", false, false, &b);
	put_affil(t, 2, "own@example", 4, NULL);

	put_room(t, 3, "three", true, false, &b);
	put_affil(t, 3, "new@example", 4, NULL);
	put_session(t, 3, "new@example/r", "New", 3, "", 1);

	put_affil(t, 4, "own@example", 4, NULL);
	put(t, TABLE_dead, dead, sizeof(dead), &b);
}

#define IQ(user, to, type, query)                                                                  \
	"<iq from='" user "@example/r' to='" to "rooms.example' type='" type "' id='q'>" query     \
	"</iq>"
#define LIST(what) "<query xmlns='http://jabber.org/protocol/muc#admin'><item " what "/></query>"
#define OWNER	   "<query xmlns='http://jabber.org/protocol/muc#owner'/>"
#define ITEMS	   "<query xmlns='http://jabber.org/protocol/disco#items'/>"
#define INFO	   "<query xmlns='http://jabber.org/protocol/disco#info'/>"
#define COME(user, room, nick)                                                                     \
	"<presence from='" user "/r' to='" room "@rooms.example/" nick "'>"                        \
	"<x xmlns='http://jabber.org/protocol/muc'><password>sesam</password></x></presence>"

/* All pieces are told, one behind the other; NULL ends. */
static void
asks(struct test *t, const char *stanza, const char *what, ...)
{
	char *told = test_ask(t, stanza);
	const char *piece, *at = told;
	va_list ap;

	va_start(ap, what);
	while ((piece = va_arg(ap, const char *)) != NULL && at != NULL)
		at = strstr(at, piece);
	va_end(ap);
	ok(at != NULL, "%s", what);
	if (at == NULL)
		printf("# told: %s\n", told);
	free(told);
}

static void
test_rooms(struct test *t)
{
	is_int((intmax_t)muc_stats(t->muc)->sessions, 5, "all are in");
	asks(t, IQ("own", "", "get", ITEMS), "the list of public rooms",
	    "<item jid='one@rooms.example' name='The &lt;One>'/></query>", NULL);
	asks(t, IQ("own", "one@", "get", OWNER), "the configuration", "The &lt;One>",
	    "A description", "<value>sesam<", "<value>30<", NULL);
	asks(t, IQ("own", "two@", "get", OWNER), "another one", "_publicroom'", "<value>0<",
	    "_membersonly'", "<value>1<", "_whois'", "<value>anyone<", NULL);
	asks(t, IQ("x", "three@", "get", INFO), "a room that is not configured", "<item-not-found",
	    NULL);
	asks(t, IQ("new", "three@", "get", OWNER), "is its creator's", "type='form'", NULL);
	asks(
	    t, COME("x@example", "four", "X"), "one that was destroyed can be made", "'201'", NULL);
}

static void
test_people(struct test *t)
{
	asks(t, IQ("own", "one@", "get", LIST("affiliation='outcast'")), "outcasts",
	    "jid='bad@elsewhere.example'><reason>spam</reason>", "jid='evil.example'/>", NULL);
	asks(t, IQ("own", "one@", "get", LIST("affiliation='admin'")), "admins",
	    "jid='adm@example'/></query>", NULL);
	asks(t, IQ("own", "one@", "get", LIST("affiliation='member'")), "members",
	    "jid='mem@example'/></query>", NULL);
	asks(t, IQ("own", "one@", "get", LIST("affiliation='owner'")), "owners",
	    "jid='own@example'/></query>", NULL);
	asks(t, IQ("own", "one@", "get", LIST("role='visitor'")), "roles",
	    "nick='Vis' jid='vis@example/r'", NULL);
	asks(t, COME("bad@elsewhere.example", "one", "B"), "a ban", "<forbidden", NULL);
	asks(t, COME("b@evil.example", "one", "B"), "of a domain, too", "<forbidden", NULL);
	asks(t,
	    "<message from='vis@example/r' to='one@rooms.example' type='groupchat' id='m'>"
	    "<body>may I?</body></message>",
	    "no voice, and in which language that is said", "<forbidden", "xml:lang='de'", NULL);
	asks(t, COME("adm@example", "one", "Adm"), "who is in, in order, and the subject",
	    "to='adm@example/r' from='one@rooms.example/Own'>",
	    "<show>away</show><status>&amp;</status>", "role='moderator'",
	    "to='adm@example/r' from='one@rooms.example/Mem'>", "<priority>5<", "mem@example/s",
	    "to='adm@example/r' from='one@rooms.example/Vis'", "from='one@rooms.example/Adm'",
	    "from='one@rooms.example/Own' type='groupchat'", "xml:lang='it'",
	    "<subject>Old subject</subject>", NULL);
}

/* What old records lack is made once, and then it stays. */
static void
test_made(struct test *t)
{
	static const char said[] = "<message from='mem@example/r' to='one@rooms.example' "
				   "type='groupchat' id='m'><body>x</body></message>";
	static const char id[] = "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='";
	char *before = test_ask(t, said), *after;
	enum muc_error e;

	test_stop(t);
	test_start(t, &e);
	is_int(e, MUC_OK, "it starts again");
	after = test_ask(t, said);
	ok(strstr(before, id) != NULL && strstr(after, id) != NULL &&
		strncmp(strstr(before, id), strstr(after, id), sizeof(id) + 32) == 0,
	    "occupants have the same ids");
	free(before);
	free(after);
}

int
main(void)
{
	struct test t;
	enum muc_error e;

	test_init(&t);
	fill(&t);
	test_start(&t, &e);
	is_int(e, MUC_OK, "a database of schema 1");
	if (e != MUC_OK)
		return tap_done();
	test_rooms(&t);
	test_people(&t);
	test_made(&t);
	test_release(&t);
	return tap_done();
}
