/* SPDX-License-Identifier: ISC */
/*
 * export_room.c - a room that its owner exports by a command, page by page, is the same room elsewhere
 */
#include "export.h"
#include "service.h"
#include "tap.h"

#include <stdarg.h>
#include <stdio.h>

#define PAGE 10000 /* bytes of a stanza */

static const char *const admins[] = { "admin@example", NULL };

static void
start(struct test *t)
{
	t->conf.admins = admins;
	test_start_unlimited(t);
}

static void
restart(struct test *t)
{
	test_stop(t);
	start(t);
}

/* Each request a millisecond after the one before. */
static char *__attribute__((format(printf, 2, 3))) ask(struct test *t, const char *fmt, ...)
{
	char *out;
	va_list ap;

	t->now.wall_ms++;
	t->now.mono_ms++;
	va_start(ap, fmt);
	out = test_vaskf(t, fmt, ap);
	va_end(ap);
	return out;
}

static void
affiliate(struct test *t, const char *jid, const char *affiliation)
{
	free(ask(t,
	    "<iq from='a@example/r' to='room@rooms.example' type='set' id='f'>"
	    "<query xmlns='http://jabber.org/protocol/muc#admin'>"
	    "<item jid='%s' affiliation='%s'><reason>For &lt;that&gt; \"reason\" \\ "
	    "n</reason></item>"
	    "</query></iq>",
	    jid, affiliation));
}

/* Says it; its stanza-id to id. */
static void
say(struct test *t, const char *body, char id[37])
{
	char *out = ask(t,
	    "<message from='b@example/r' to='room@rooms.example' type='groupchat' id='m'>"
	    "<body>%s</body></message>",
	    body);
	char *at = strstr(out, "<stanza-id");

	at = at != NULL ? strstr(at, " id='") : NULL;
	snprintf(id, 37, "%s", at != NULL ? at + strlen(" id='") : "");
	free(out);
}

/* From now on pages are as small as they may be. What is said is to fit into a stanza, and comes before. */
static void
small_pages(struct test *t, bool small)
{
	t->conf.limits.stanza_out_bytes = small ? PAGE : 500000;
	muc_reload(t->muc, &t->conf);
}

static void
retract(struct test *t, const char *id)
{
	free(ask(t,
	    "<message from='b@example/r' to='room@rooms.example' type='groupchat' id='x'>"
	    "<retract xmlns='urn:xmpp:message-retract:1' id='%s'/></message>",
	    id));
}

/* A room of a's with all that it may have; naffils of them. */
static void
make_with(struct test *t, int naffils)
{
	char jid[64], id[37];

	test_init(t);
	start(t);
	free(test_ask(t, ENTER("a", "A")));
	free(ask(t,
	    "<iq from='a@example/r' to='room@rooms.example' type='set' id='u'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'>"
	    "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
	    "<value>http://jabber.org/protocol/muc#roomconfig</value></field>"
	    "<field var='muc#roomconfig_persistentroom'><value>1</value></field>"
	    "<field var='muc#roomconfig_passwordprotectedroom'><value>1</value></field>"
	    "<field var='muc#roomconfig_roomsecret'><value>s3same</value></field>"
	    "<field var='muc#roomconfig_roomname'><value>\xc3\x84 &lt;room&gt;</value></field>"
	    "</x></query></iq>"));
	free(ask(t,
	    "<presence from='b@example/r' to='room@rooms.example/B'>"
	    "<x "
	    "xmlns='http://jabber.org/protocol/muc'><password>s3same</password></x></presence>"));
	for (int i = 0; i < naffils; i++) {
		snprintf(jid, sizeof(jid), "somebody%d@example.org", i);
		affiliate(t, jid, i % 3 == 0 ? "outcast" : "member");
	}
	free(ask(t, "<message from='a@example/r' to='room@rooms.example'>"
		    "<x xmlns='http://jabber.org/protocol/muc#user'>"
		    "<invite to='c@example'/></x></message>"));
	free(ask(t, "<message from='a@example/r' to='room@rooms.example' type='groupchat' id='s'>"
		    "<subject>Of &amp; \xe2\x82\xac</subject></message>"));
	say(t, "one", id);
	retract(t, id);
	say(t, "two", id);
}

/* A body of so many characters of 3 bytes, and some that take more when they are written. */
static void
say_long(struct test *t, size_t n, char id[37])
{
	struct buf b = BUF_INIT;
	char *body;

	for (size_t i = 0; i < n; i++)
		buf_adds(&b, i % 10 == 3 ? "&lt;" : "\xe2\x82\xac");
	buf_addc(&b, '\0');
	body = buf_steal(&b);
	say(t, body, id);
	free(body);
}

/* -- exporting -- */

struct reading {
	struct buf text;
	int npages, nacts;
	bool in_line;		  /* the last line has no end yet */
	char session[100], *last; /* the last answer */
	size_t greatest;
};

static void
unescape(struct buf *b, const char *p, const char *end)
{
	static const struct {
		const char *name;
		char c;
	} v[] = { { "&lt;", '<' }, { "&gt;", '>' }, { "&amp;", '&' } };

	while (p < end) {
		size_t i = 0;

		while (i < 3 && strncmp(p, v[i].name, strlen(v[i].name)) != 0)
			i++;
		buf_addc(b, i < 3 ? v[i].c : *p);
		p += i < 3 ? strlen(v[i].name) : 1;
	}
}

/* Takes an answer; true: there is another page. */
static bool
take(struct reading *r, char *answer)
{
	char *p = strstr(answer, "var='lines'"), *end;
	bool is_rest = strstr(answer, "var='continues'") != NULL;

	free(r->last);
	r->last = answer;
	if (strlen(answer) > r->greatest)
		r->greatest = strlen(answer);
	if (p == NULL)
		return false;
	r->npages++;
	p = strchr(p, '>');
	while (strncmp(p + 1, "<value", 6) == 0) {
		end = strstr(p + 1, "</value>");
		if (r->in_line && !is_rest)
			buf_addc(&r->text, '\n');
		is_rest = false;
		r->in_line = true;
		p = strchr(p + 2, '>') + 1;
		/* <value/> is empty. */
		if (p[-2] == '/') {
			p--;
			continue;
		}
		unescape(&r->text, p, end);
		p = end + strlen("</value>") - 1;
	}
	p = strstr(answer, "sessionid='");
	if (p != NULL)
		snprintf(r->session, sizeof(r->session), "%.*s", (int)strcspn(p + 11, "'"), p + 11);
	return strstr(answer, "<next/>") != NULL;
}

static bool
begin(struct test *t, struct reading *r, const char *from, const char *fields)
{
	memset(r, 0, sizeof(*r));
	return take(
	    r, ask(t,
		   "<iq from='%s@example/r' to='room@rooms.example' type='set' id='c'>"
		   "<command xmlns='http://jabber.org/protocol/commands' node='export-room'>"
		   "<x xmlns='jabber:x:data' type='submit'>%s</x></command></iq>",
		   from, fields));
}

static bool
act(struct test *t, struct reading *r, const char *from, const char *action)
{
	if (r->nacts++ > 1000)
		abort();
	return take(
	    r, ask(t,
		   "<iq from='%s@example/r' to='room@rooms.example' type='set' id='c'>"
		   "<command xmlns='http://jabber.org/protocol/commands' node='export-room' "
		   "sessionid='%s' action='%s'/></iq>",
		   from, r->session, action));
}

#define MESSAGES "<field var='messages'><value>1</value></field>"

/* The whole text; the caller frees it. */
static char *
finish(struct reading *r)
{
	if (r->in_line)
		buf_addc(&r->text, '\n');
	buf_addc(&r->text, '\0');
	free(r->last);
	return buf_steal(&r->text);
}

static char *
export_by(struct test *t, const char *from, int *npages)
{
	struct reading r;
	bool more = begin(t, &r, from, MESSAGES);

	while (more)
		more = act(t, &r, from, "next");
	if (npages != NULL)
		*npages = r.npages;
	return finish(&r);
}

static bool
has(const struct reading *r, const char *piece)
{
	return memmem(r->text.p, r->text.len, piece, strlen(piece)) != NULL;
}

static void
no_complaint(void *arg, const char *room, const char *what)
{
	(void)room, (void)what;
	++*(int *)arg;
}

/* As `mucctl db export` has it. */
static char *
export_store(struct test *t)
{
	int ncomplaints = 0;
	struct export *x = export_new(t->host.store, no_complaint, &ncomplaints);
	struct buf b = BUF_INIT;

	buf_adds(&b, EXPORT_FIRST "\n");
	while (export_next(x))
		while (export_step(x, &b) != EXPORT_END)
			continue;
	buf_addc(&b, '\0');
	export_free(x);
	return buf_steal(&b);
}

/* Lines that begin so are left out; of `room` the secret, if that is left out. */
static char *
without(const char *text, const char *line, const char *field)
{
	struct buf b = BUF_INIT;
	const char *at;
	size_t n, skip;

	for (; *text != '\0'; text += n) {
		n = strcspn(text, "\n") + 1;
		if (line != NULL && strncmp(text, line, strlen(line)) == 0)
			continue;
		at = field != NULL ? memmem(text, n, field, strlen(field)) : NULL;
		skip = at != NULL ? strcspn(at + 1, " \n") + 1 : 0;
		buf_add(&b, text, at != NULL ? (size_t)(at - text) : n);
		if (at != NULL)
			buf_add(&b, at + skip, n - (size_t)(at - text) - skip);
	}
	buf_addc(&b, '\0');
	return buf_steal(&b);
}

/* An empty place that has it imported. */
static const char *
import_into(struct test *t, const char *text)
{
	static const struct import_conf conf = { .replace = false };
	const char *wrong = NULL;
	struct import *m;
	uint64_t nrooms = 0;
	size_t n;

	test_init(t);
	start(t);
	m = import_new(t->muc, &conf, t->now);
	for (; *text != '\0' && wrong == NULL; text += n + 1) {
		n = strcspn(text, "\n");
		wrong = import_line(m, text, n, t->now);
	}
	if (wrong == NULL)
		wrong = import_finish(m, t->now, &nrooms);
	if (wrong != NULL)
		printf("# %s\n", wrong);
	import_free(m);
	muc_commit(t->muc);
	return wrong;
}

/* -- what it is -- */

static void
test_same(void)
{
	char *by_command, *by_store, *less, *there, id[37];
	struct test t, u;
	int npages;

	make_with(&t, 20);
	by_command = export_by(&t, "admin", &npages);
	by_store = export_store(&t);
	ok(npages == 1 && strstr(by_command, " secret=") != NULL, "a small room is one page");
	is_str(by_command, by_store, "for an administrator it is what mucctl db export says");
	ok(import_into(&u, by_command) == NULL, "it can be imported");
	there = export_store(&u);
	is_str(there, by_store, "and is the same room there");
	test_release(&u);
	free(by_command);
	free(there);
	free(by_store);
	for (size_t n = 2900; n < 2912; n++)
		say_long(&t, n, id);
	for (int i = 20; i < 150; i++) {
		char jid[64];

		snprintf(jid, sizeof(jid), "somebody%d@example.org", i);
		affiliate(&t, jid, "member");
	}
	small_pages(&t, true);
	by_store = export_store(&t);
	by_command = export_by(&t, "admin", &npages);
	ok(npages > 15, "of %d pages", npages);
	is_str(
	    by_command, by_store, "it is the same, in pages, with lines that are longer than one");
	free(by_command);
	by_command = export_by(&t, "a", NULL);
	less = without(by_store, "invite ", " secret=");
	there = without(by_command, "end ", NULL);
	free(by_store);
	by_store = without(less, "end ", NULL);
	ok(strlen(by_store) < strlen(less) && strstr(less, "s3same") != NULL,
	    "its password is in it");
	is_str(there, by_store, "owners are not given the secret of ids, nor invitations");
	ok(import_into(&u, by_command) == NULL, "it can be imported");
	free(there);
	free(by_command);
	there = export_store(&u);
	by_command = without(there, NULL, " secret=");
	free(there);
	there = without(by_command, "end ", NULL);
	is_str(there, by_store, "and is the same room there, but for its secret");
	test_release(&u);
	free(by_command);
	free(by_store);
	free(there);
	free(less);
	test_release(&t);
}

/* A page is a stanza: no larger than they may be, whatever is in it. */
static void
test_bounds(void)
{
	struct reading r;
	struct test t;
	char id[37];
	bool more;

	make_with(&t, 100);
	for (int i = 0; i < 40; i++)
		say(&t, i % 2 == 0 ? "&lt;&amp;&gt;" : "x", id);
	say_long(&t, 2500, id);
	small_pages(&t, true);
	more = begin(&t, &r, "a", MESSAGES);
	while (more)
		more = act(&t, &r, "a", "next");
	ok(r.greatest <= PAGE && r.greatest > PAGE / 2, "no page has more than %zu bytes",
	    r.greatest);
	free(finish(&r));
	begin(&t, &r, "a", "<field var='messages'><value>0</value></field>");
	while (act(&t, &r, "a", "next"))
		continue;
	ok(!has(&r, "\nmessage ") && has(&r, "\nsubject "), "without what was said");
	free(finish(&r));
	test_release(&t);
}

/* -- what happens between two pages -- */

static void
test_restart(void)
{
	char *whole, *text;
	struct reading r;
	struct test t;
	char id[37];
	bool more;
	int n = 0;

	make_with(&t, 100);
	for (int i = 0; i < 10; i++)
		say_long(&t, 2800, id);
	small_pages(&t, true);
	whole = export_by(&t, "a", NULL);
	more = begin(&t, &r, "a", MESSAGES);
	while (more) {
		restart(&t);
		if (n++ == 5)
			say(&t, "what comes later is no part of it", id);
		more = act(&t, &r, "a", "next");
	}
	text = finish(&r);
	is_str(text, whole, "a restart between all pages, and who goes on talking, change nothing");
	free(text);
	free(whole);
	test_release(&t);
}

static void
test_back(void)
{
	struct reading r;
	struct test t;
	char id[37], *first;
	int n = 1;

	make_with(&t, 0);
	for (int i = 0; i < 30; i++)
		say_long(&t, 2800, id);
	small_pages(&t, true);
	begin(&t, &r, "a", MESSAGES);
	act(&t, &r, "a", "next");
	act(&t, &r, "a", "next");
	first = strdup(r.last);
	act(&t, &r, "a", "next");
	act(&t, &r, "a", "prev");
	is_str(r.last, first, "one can go back to a page");
	free(first);
	while (act(&t, &r, "a", "next"))
		n++;
	ok(n > 25, "and on to the end");
	for (n = 0; n < 30 && strstr(r.last, "type='error'") == NULL; n++)
		act(&t, &r, "a", "prev");
	ok(n > 10 && n < 30 && strstr(r.last, "<bad-action") != NULL,
	    "but not back for ever: %d pages", n);
	free(finish(&r));
	test_release(&t);
}

static void
test_changed(void)
{
	struct reading r;
	struct test t;
	char id[37], long_id[37];

	make_with(&t, 200);
	small_pages(&t, true);
	begin(&t, &r, "a", MESSAGES);
	affiliate(&t, "somebody1@example.org", "admin");
	act(&t, &r, "a", "next");
	ok(strstr(r.last, "<conflict") != NULL &&
		strstr(r.last, "changed since: room@rooms.example") != NULL,
	    "affiliations that change while they are told: no export");
	free(finish(&r));

	/* Lines are one behind the other; this one is cut. */
	small_pages(&t, false);
	say(&t, "one", id);
	say_long(&t, 6000, long_id);
	small_pages(&t, true);
	begin(&t, &r, "a", "<field var='messages'><value>1</value></field>");
	while (!has(&r, "\nmessage "))
		act(&t, &r, "a", "next");
	affiliate(&t, "somebody2@example.org", "admin");
	while (strstr(r.last, "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac") == NULL)
		act(&t, &r, "a", "next");
	ok(strstr(r.last, "type='error'") == NULL, "what was told already may change");
	retract(&t, long_id);
	act(&t, &r, "a", "next");
	ok(strstr(r.last, "<conflict") != NULL,
	    "a line that has become another one halfway: no export");
	free(finish(&r));

	small_pages(&t, false);
	say_long(&t, 2000, long_id);
	say_long(&t, 2000, long_id);
	small_pages(&t, true);
	begin(&t, &r, "a", MESSAGES);
	while (!has(&r, "\nmessage "))
		act(&t, &r, "a", "next");
	retract(&t, long_id);
	while (act(&t, &r, "a", "next"))
		continue;
	ok(strstr(r.last, "retracted meanwhile") != NULL &&
		strstr(r.last, "status='executing'") != NULL,
	    "what was retracted meanwhile is told, and so is that");
	ok(has(&r, "kind=retracted"), "as what it is when its turn comes");
	free(finish(&r));
	begin(&t, &r, "a", MESSAGES);
	while (act(&t, &r, "a", "next"))
		continue;
	ok(strstr(r.last, "meanwhile") == NULL, "not what was retracted before");
	free(finish(&r));
	test_release(&t);
}

static void
test_cleared(void)
{
	struct reading r;
	struct test t;
	char id[37];

	make_with(&t, 0);
	for (int i = 0; i < 30; i++)
		say_long(&t, 700, id);
	small_pages(&t, true);
	begin(&t, &r, "a", MESSAGES);
	free(ask(&t, "<iq from='a@example/r' to='room@rooms.example' type='set' id='f'>"
		     "<command xmlns='http://jabber.org/protocol/commands' node='clear-history'>"
		     "<x xmlns='jabber:x:data' type='submit'><field var='confirm'><value>1</value>"
		     "</field></x></command></iq>"));
	while (act(&t, &r, "a", "next"))
		continue;
	buf_addc(&r.text, '\0');
	ok(count_of(r.text.p, "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac") < 2500,
	    "what is forgotten is told no more");
	r.text.len--;
	ok(strstr(r.last, "have gone") != NULL && strstr(r.last, "<value>end ") != NULL,
	    "and that some has gone");
	free(finish(&r));
	begin(&t, &r, "a", MESSAGES);
	ok(!has(&r, "\nmessage "), "nor by a new export");
	free(finish(&r));
	test_release(&t);
}

static void
test_ends(void)
{
	struct reading r;
	struct test t;

	make_with(&t, 200);
	small_pages(&t, true);
	begin(&t, &r, "a", MESSAGES);
	free(
	    ask(&t, "<iq from='a@example/r' to='room@rooms.example' type='set' id='d'>"
		    "<query xmlns='http://jabber.org/protocol/muc#owner'><destroy/></query></iq>"));
	act(&t, &r, "a", "next");
	ok(strstr(r.last, "<gone") != NULL || strstr(r.last, "<item-not-found") != NULL,
	    "a room that is no more");
	free(test_ask(&t, ENTER("a", "A")));
	free(test_ask(&t, UNLOCK("a")));
	act(&t, &r, "a", "next");
	ok(strstr(r.last, "<conflict") != NULL, "nor is it another one of that name");
	free(finish(&r));
	test_release(&t);
}

static int
take_key(void *arg, struct bytes key, struct bytes val)
{
	(void)val;
	memcpy(arg, key.p, key.n);
	return 1;
}

/* What cannot be read is left out, and whoever reads the rest is told so. */
static void
test_broken(void)
{
	uint8_t key[STORE_KEY_MAX];
	struct reading r;
	struct test t;
	char *text;

	make_with(&t, 3);
	t.host.store->each(t.host.store, TABLE_archive, BYTES_NONE, BYTES_NONE, take_key, key);
	t.host.store->put(
	    t.host.store, TABLE_archive, (struct bytes){ key, 24 }, (struct bytes){ "\1\177", 2 });
	begin(&t, &r, "a", MESSAGES);
	ok(strstr(r.last, "Something cannot be read: see the log") != NULL, "a record is broken");
	is_str(t.log,
	    "export of room@rooms.example: a record of table archive: the record is broken",
	    "which the log names");
	text = finish(&r);
	ok(strstr(text, "two") != NULL && strstr(text, "\nend ") != NULL, "the rest is there");
	free(text);
	test_release(&t);
}

int
main(void)
{
	test_same();
	test_bounds();
	test_restart();
	test_back();
	test_changed();
	test_cleared();
	test_ends();
	test_broken();
	return tap_done();
}
