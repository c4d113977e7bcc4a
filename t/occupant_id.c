/* SPDX-License-Identifier: ISC */
/*
 * occupant_id.c - XEP-0421 4.1: the same for ever, another in every room, told by nothing else
 */
#include "base/rec.h"
#include "service.h"
#include "tap.h"

#define ID "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='"

/* The first occupant-id in what is told for this stanza; the caller frees it. */
static char *
id_in(struct test *t, const char *stanza)
{
	char *out = test_ask(t, stanza), *at = strstr(out, ID), *id = NULL;

	if (at != NULL)
		id = strndup(at + strlen(ID), strcspn(at + strlen(ID), "'"));
	free(out);
	return id;
}

static void
check(char *a, char *b, bool same, const char *what)
{
	ok(a != NULL && b != NULL && (strcmp(a, b) == 0) == same, "%s", what);
	free(b);
}

#define OTHER(user)                                                                                \
	"<presence from='" user "@example/r' to='other@rooms.example/X'>"                          \
	"<x xmlns='http://jabber.org/protocol/muc'/></presence>"
#define DESTROY                                                                                    \
	"<iq from='a@example/r' to='room@rooms.example' type='set' id='d'>"                        \
	"<query xmlns='http://jabber.org/protocol/muc#owner'><destroy/></query></iq>"

static void
test_ids(void)
{
	struct test t;
	enum muc_error e;
	char *a;

	test_init(&t);
	test_start(&t, &e);
	a = id_in(&t, ENTER("a", "A"));
	is_int((intmax_t)strlen(a), 32, "32 digits");
	is_int((intmax_t)strspn(a, "0123456789abcdef"), 32, "that may stand in an address");
	check(a, id_in(&t, SAY("a", "x")), true, "a message has it");
	check(a, id_in(&t, OTHER("a")), false, "in another room it is another");
	test_stop(&t);
	test_start(&t, &e);
	check(a, id_in(&t, SAY("a", "x")), true, "after a restart it is the same");
	free(test_ask(&t, DESTROY));
	check(a, id_in(&t, ENTER("a", "A")), false, "the room is made again: it is another");
	free(a);
	test_release(&t);
}

/* The room's record without that field: an older mucd wrote it. */
struct old {
	struct buf key, val;
};

static int
strip_secret(void *arg, struct bytes key, struct bytes val)
{
	struct old *old = arg;
	struct rec f;

	buf_add(&old->key, key.p, key.n);
	rec_init(&f, val.p, val.n);
	while (rec_next(&f))
		if (f.tag != 11)
			rec_put(&old->val, f.tag, f.val, f.len);
	return 1;
}

static void
test_old(bool occupied)
{
	static const struct bytes all = { NULL, 0 };
	const char *what = occupied ? "with occupants" : "asleep";
	struct test t;
	struct store *s;
	struct old old = { BUF_INIT, BUF_INIT };
	enum muc_error e;
	char *a, *b;

	test_init(&t);
	t.conf.room_defaults = (const char *const[]){ "persistentroom", "1", NULL };
	test_start(&t, &e);
	a = id_in(&t, ENTER("a", "A"));
	free(test_ask(&t, UNLOCK("a")));
	if (!occupied)
		free(test_ask(&t,
		    "<presence from='a@example/r' to='room@rooms.example' type='unavailable'/>"));
	test_stop(&t);
	s = t.host.store;
	s->each(s, TABLE_rooms, all, all, strip_secret, &old);
	s->put(s, TABLE_rooms, (struct bytes){ old.key.p, old.key.len },
	    (struct bytes){ old.val.p, old.val.len });
	test_start(&t, &e);
	b = id_in(&t, ENTER("a", "A"));
	check(a, strdup(b), false, "a room without a secret gets one");
	test_stop(&t);
	test_start(&t, &e);
	check(b, id_in(&t, ENTER("a", "A")), true, what);
	buf_release(&old.key);
	buf_release(&old.val);
	free(a);
	free(b);
	test_release(&t);
}

int
main(void)
{
	test_ids();
	test_old(true);
	test_old(false);
	return tap_done();
}
