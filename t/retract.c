/* SPDX-License-Identifier: ISC */
/*
 * retract.c - what is left of a message that was taken back: XEP-0424 4, XEP-0425 4
 */
#include "base/arena.h"
#include "base/rec.h"
#include "service.h"
#include "tap.h"

#define RETRACT "<retract xmlns='urn:xmpp:message-retract:1' id='%s'/>"
#define MODERATE                                                                                   \
	"<iq from='%s' to='room@rooms.example' type='set' id='q'>"                                 \
	"<moderate xmlns='urn:xmpp:message-moderate:1' id='%s'>"                                   \
	"<retract xmlns='urn:xmpp:message-retract:1'/><reason>%s</reason></moderate></iq>"
#define MOST 8 /* records */

/* The archive as it is stored: who said it, in which kind of record, and the payload. */
struct records {
	int n;
	char key[MOST][24], text[MOST][2048];
	unsigned kind[MOST];
};

static int
note(void *arg, struct bytes key, struct bytes val)
{
	struct records *r = arg;
	struct rec f;
	char *text = r->text[r->n];

	memcpy(r->key[r->n], key.p, key.n);
	*text = '\0';
	rec_init(&f, val.p, val.n);
	while (rec_next(&f)) {
		if (f.tag == 1)
			r->kind[r->n] = (unsigned)rec_u64(&f);
		else
			snprintf(text + strlen(text), sizeof(r->text[0]) - strlen(text), "%.*s|",
			    (int)f.len, (const char *)f.val);
	}
	return ++r->n == MOST;
}

static void
read_all(struct test *t, struct records *r)
{
	static const struct bytes all = { NULL, 0 };

	memset(r, 0, sizeof(*r));
	t->host.store->each(t->host.store, TABLE_archive, all, all, note, r);
}

static void
begin(struct test *t)
{
	enum muc_error e;

	test_init(t);
	test_start(t, &e);
	free(test_ask(t, ENTER("a", "A")));
	free(test_ask(t, UNLOCK("a")));
	free(test_ask(t, ENTER("b", "B")));
}

/* Says it, and gives its stanza-id. */
static char *
say(struct test *t, const char *stanza, char id[37])
{
	char *out = test_ask(t, stanza), *at = strstr(out, "<stanza-id");

	at = at != NULL ? strstr(at, " id='") : NULL;
	snprintf(id, 37, "%s", at != NULL ? at + strlen(" id='") : "");
	return out;
}

static void
test_author(void)
{
	struct records before, after;
	struct test t;
	char id[37], stanza[1024], *out;

	begin(&t);
	free(say(&t,
	    "<message from='b@example/r' to='room@rooms.example' type='groupchat' id='m1' "
	    "xml:lang='fr'><body>secret</body><x xmlns='urn:example'>secret</x></message>",
	    id));
	read_all(&t, &before);
	t.now.wall_ms += 84000;
	snprintf(stanza, sizeof(stanza),
	    "<message from='b@example/r' to='room@rooms.example' type='groupchat' id='r1'>" RETRACT
	    "<body>it is gone</body></message>",
	    id);
	free(test_ask(&t, stanza));
	read_all(&t, &after);
	is_int(before.n, 1, "a message is kept");
	is_int(after.n, 2, "the retraction as well");
	ok(memcmp(before.key[0], after.key[0], sizeof(after.key[0])) == 0 &&
		memcmp(after.key[0], after.key[1], sizeof(after.key[0])) < 0,
	    "the tombstone stands where the message was");
	is_int(after.kind[0], 5, "it is one");
	is_int(after.kind[1], 4, "and the other a retraction, although it has a body");
	is_str(after.text[0],
	    "B|b@example/r|m1|<retracted xmlns='urn:xmpp:message-retract:1' id='r1' "
	    "stamp='2026-01-01T00:01:24.000Z'/>|",
	    "whose it was and what it was called stays, and nothing of what it said");
	free(test_ask(&t, stanza));
	read_all(&t, &after);
	is_int(after.n, 2, "twice adds nothing");
	out = test_ask(&t, ENTER("c", "C"));
	ok(strstr(out, "it is gone") == NULL && strstr(out, "retract") == NULL,
	    "who enters is told neither");
	free(out);
	test_release(&t);
}

static void
test_moderator(void)
{
	struct records r;
	struct test t;
	char id[37], stanza[1024], *out, *told, *answer;

	begin(&t);
	free(say(&t, SAY("b", "secret"), id));
	snprintf(stanza, sizeof(stanza), MODERATE, "b@example/r", id, "mine");
	free(test_ask(&t, stanza));
	read_all(&t, &r);
	ok(r.n == 1 && strstr(r.text[0], "secret") != NULL, "a participant changes nothing");
	snprintf(stanza, sizeof(stanza), MODERATE, "a@example/r", id, "Not &lt;here&gt;");
	out = test_ask(&t, stanza);
	told = strstr(out, "<moderated");
	answer = strstr(out, "type='result'");
	ok(told != NULL && answer != NULL && told < answer, "the result comes when all are told");
	free(out);
	read_all(&t, &r);
	is_int(r.n, 2, "the moderation is kept");
	is_int(r.kind[0], 5, "there is a tombstone");
	is_int(r.kind[1], 4, "and a retraction");
	ok(strncmp(r.text[0], "B|b@example/r|m|<retracted ", 27) == 0 &&
		strstr(r.text[0], "secret") == NULL,
	    "the author stays, and nothing of what was said");
	ok(strstr(r.text[0],
	       "<moderated xmlns='urn:xmpp:message-moderate:1' by='room@rooms.example/A'>"
	       "<occupant-id ") != NULL &&
		strstr(r.text[0], "<reason>Not &lt;here></reason></retracted>") != NULL,
	    "it says who did it, and why");
	ok(strstr(r.text[1], "a@example") == NULL, "the moderation names no address");
	free(test_ask(&t, stanza));
	read_all(&t, &r);
	is_int(r.n, 2, "twice adds nothing");
	test_release(&t);
}

static unsigned percent;

static unsigned
fill(struct store *s)
{
	(void)s;
	return percent;
}

/* What was kept before the store was full can still be taken back; of the rest nothing is known. */
static void
test_full(void)
{
	struct records r;
	struct test t;
	char kept[37], not_kept[37], stanza[1024], *out;

	begin(&t);
	t.host.store->fill = fill;
	free(say(&t, SAY("b", "kept"), kept));
	percent = 95;
	free(say(&t, SAY("b", "not kept"), not_kept));
	snprintf(stanza, sizeof(stanza),
	    "<message from='b@example/r' to='room@rooms.example' type='groupchat' id='r1'>" RETRACT
	    "</message>",
	    kept);
	free(test_ask(&t, stanza));
	read_all(&t, &r);
	ok(r.n == 2 && r.kind[0] == 5 && r.kind[1] == 4, "retracted, and that is kept");
	snprintf(stanza, sizeof(stanza), MODERATE, "a@example/r", not_kept, "x");
	out = test_ask(&t, stanza);
	ok(strstr(out, "<moderated") != NULL && strstr(out, "type='result'") != NULL,
	    "what was not kept can be moderated");
	free(out);
	read_all(&t, &r);
	is_int(r.n, 2, "and that is not kept either");
	percent = 0;
	test_release(&t);
}

int
main(void)
{
	test_author();
	test_moderator();
	test_full();
	return tap_done();
}
