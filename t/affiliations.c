/* SPDX-License-Identifier: ISC */
/*
 * affiliations.c - who may make whom what: all cases, against the words of XEP-0045
 */
#include "base/rec.h"
#include "feature.h"
#include "service.h"
#include "tap.h"

extern const struct feature feature_affiliations;

/* The rules of 9.1 to 10.8, sentence by sentence. */
static enum deny
by_the_book(enum affiliation actor, enum affiliation before, enum affiliation after)
{
	/* 9: only admins and owners. */
	if (actor < AFF_ADMIN)
		return FORBIDDEN;
	if (actor == AFF_OWNER)
		return OK;
	/* 10.3, 10.6: granting owner and admin is for owners; a non-owner is forbidden. */
	if (after >= AFF_ADMIN)
		return FORBIDDEN;
	/* 9.1: a user cannot be banned by an admin with a lower affiliation, nor a peer. */
	if (after == AFF_OUTCAST && before >= AFF_ADMIN)
		return NOT_ALLOWED;
	/* 10.4, 10.7: revoking is for owners. */
	return before >= AFF_ADMIN ? FORBIDDEN : OK;
}

static enum deny
judged(enum affiliation actor, enum affiliation before, enum affiliation after, unsigned nowners,
    const char *jid)
{
	char ours[] = "rooms.example";
	struct out out = { .domain = ours };
	struct service service = {
		.limits = { .affiliations_per_room = 100 },
		.out = &out,
		.ndomains = 1,
	};
	struct room room = { .service = &service, .nowners = nowners, .naffiliations = 50 };
	struct ev ev = { .affiliation = actor, .from = { .bare = "actor@example" } };
	struct plan plan = { .s = &service, .ev = &ev, .room = &room };
	struct change c = {
		.kind = CH_AFFILIATION,
		.affil = { .affiliation = after, .jid = jid },
		.before = before,
	};

	plan.owners = (after == AFF_OWNER) - (before == AFF_OWNER);
	return feature_affiliations.may[CH_AFFILIATION](&room, &plan, &c);
}

static const char *
text_of(enum affiliation actor, enum affiliation before, enum affiliation after)
{
	static char text[200];

	snprintf(text, sizeof(text), "%s: %s becomes %s", affiliation_name(actor),
	    affiliation_name(before), affiliation_name(after));
	return text;
}

/* -- the index of reserved nicks, over random changes -- */

#define PEOPLE 6
#define NICKS  4

/* Records with a nick: each must be in the index under it. */
struct exact {
	struct store *store;
	int records, entries, wrong;
};

static int
check_record(void *arg, struct bytes key, struct bytes val)
{
	struct exact *e = arg;
	char jid[64] = "", nick[64] = "";
	uint8_t index[8 + 64];
	struct bytes owner;
	struct rec r;

	rec_init(&r, val.p, val.n);
	while (rec_next(&r))
		if (r.tag == 1)
			snprintf(jid, sizeof(jid), "%.*s", (int)r.len, (const char *)r.val);
		else if (r.tag == 3)
			snprintf(nick, sizeof(nick), "%.*s", (int)r.len, (const char *)r.val);
	if (*nick == '\0')
		return 0;
	e->records++;
	memcpy(index, key.p, 8);
	memcpy(index + 8, nick, strlen(nick));
	if (e->store->get(e->store, TABLE_nicks, (struct bytes){ index, 8 + strlen(nick) },
		&owner) != STORE_OK ||
	    owner.n != strlen(jid) || memcmp(owner.p, jid, owner.n) != 0)
		e->wrong++;
	return 0;
}

static int
count_entry(void *arg, struct bytes key, struct bytes val)
{
	struct exact *e = arg;

	(void)key, (void)val;
	e->entries++;
	return 0;
}

static bool
is_exact(struct store *store, int *records)
{
	static const struct bytes all = { NULL, 0 };
	struct exact e = { .store = store };

	store->each(store, TABLE_affil, all, all, check_record, &e);
	store->each(store, TABLE_nicks, all, all, count_entry, &e);
	*records += e.records;
	return e.wrong == 0 && e.records == e.entries;
}

static unsigned
chance(unsigned *seed, unsigned n)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % n;
}

/* Some items about some people, now and then a nick, an empty one, or none. */
static void
write_items(struct buf *b, unsigned *seed)
{
	static const char *const affiliations[] = { "outcast", "none", "member", "member", "admin",
		"owner" };
	unsigned first = chance(seed, PEOPLE), n = 1 + chance(seed, 3);
	char item[200], nick[32];

	for (unsigned i = 0; i < n; i++) {
		nick[0] = '\0';
		if (chance(seed, 4) == 0)
			snprintf(nick, sizeof(nick), " nick=''");
		else if (chance(seed, 4) != 0)
			snprintf(nick, sizeof(nick), " nick='n%u'", chance(seed, NICKS));
		snprintf(item, sizeof(item), "<item jid='p%u@example' affiliation='%s'%s/>",
		    (first + i) % PEOPLE, affiliations[chance(seed, 6)], nick);
		buf_add(b, item, strlen(item));
	}
}

/* What is left of a room in any table that is kept by room, when it has been destroyed. */
static int
purged(struct test *t)
{
	static const struct bytes all = { NULL, 0 };
	static const enum table tables[] = { TABLE_affil, TABLE_nicks, TABLE_requests, TABLE_dead };
	struct exact e = { .store = t->host.store };

	free(test_ask(t,
	    "<iq from='r@example/r' to='room@rooms.example' type='set' id='d'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'><destroy/></query></iq>"));
	for (int i = 0; i < 10; i++) {
		t->now.mono_ms += 1000;
		muc_tick(t->muc, t->now);
		muc_commit(t->muc);
	}
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		t->host.store->each(t->host.store, tables[i], all, all, count_entry, &e);
	return e.entries;
}

static void
test_index(void)
{
	static const char head[] =
	    "<iq from='r@example/r' to='room@rooms.example' type='set' id='i'>"
	    "<query xmlns='http://jabber.org/protocol/muc#admin'>";
	struct test t;
	enum muc_error error;
	unsigned seed = 1;
	int bad = 0, done = 0, refused = 0, records = 0;

	test_init(&t);
	test_start(&t, &error);
	free(test_ask(&t, ENTER("r", "r")));
	free(test_ask(&t, UNLOCK("r")));
	for (int i = 0; i < 3000; i++) {
		struct buf b = BUF_INIT;
		char *told;

		buf_add(&b, head, strlen(head));
		write_items(&b, &seed);
		buf_add(&b, "</query></iq>", sizeof("</query></iq>"));
		t.now.mono_ms += 100;
		told = test_ask(&t, b.p);
		done += count_of(told, "type='result'");
		refused += count_of(told, "<conflict");
		free(told);
		buf_release(&b);
		bad += !is_exact(t.host.store, &records);
		if (i % 100 == 99) {
			test_stop(&t);
			test_start(&t, &error);
		}
	}
	is_int(bad, 0, "after every change the index has the reserved nicks and no more");
	ok(done > 500 && refused > 200 && records > 3000, "%d done, %d in conflict, %d nicks", done,
	    refused, records);
	is_int(purged(&t), 0, "with the room all of it goes");
	test_release(&t);
}

int
main(void)
{
	for (enum affiliation actor = AFF_NONE; actor <= AFF_OWNER; actor++)
		for (enum affiliation before = AFF_OUTCAST; before <= AFF_OWNER; before++)
			for (enum affiliation after = AFF_OUTCAST; after <= AFF_OWNER; after++)
				is_int(judged(actor, before, after, 3, "other@example"),
				    by_the_book(actor, before, after),
				    text_of(actor, before, after));

	is_int(judged(AFF_OWNER, AFF_OWNER, AFF_OUTCAST, 2, "actor@example"), CONFLICT,
	    "nobody bans himself");
	is_int(judged(AFF_OWNER, AFF_OWNER, AFF_ADMIN, 2, "actor@example"), OK,
	    "an owner may step down while there is another");
	is_int(judged(AFF_OWNER, AFF_OWNER, AFF_ADMIN, 1, "actor@example"), LAST_OWNER,
	    "the last one may not");
	is_int(judged(AFF_OWNER, AFF_OWNER, AFF_OUTCAST, 1, "other@example"), LAST_OWNER,
	    "nor be banned");
	is_int(judged(AFF_OWNER, AFF_NONE, AFF_MEMBER, 1, "room@rooms.example"), ITEM_NOT_FOUND,
	    "an address of the service has none");
	is_int(judged(AFF_OWNER, AFF_NONE, AFF_OUTCAST, 1, "rooms.example"), ITEM_NOT_FOUND,
	    "nor has its domain");
	is_int(judged(AFF_OWNER, AFF_NONE, AFF_MEMBER, 1, "sub.rooms.example"), OK,
	    "what is below it is another");
	is_int(judged(AFF_ADMIN, AFF_OWNER, AFF_MEMBER, 2, "room@rooms.example"), FORBIDDEN,
	    "who may not ask does not learn that");
	is_int(judged(AFF_ADMIN, AFF_MEMBER, AFF_NONE, 1, "room@rooms.example"), OK,
	    "what it has all the same can be taken away");
	test_index();
	return tap_done();
}
