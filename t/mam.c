/* SPDX-License-Identifier: ISC */
/*
 * mam.c - queries of an archive against a plain list of what was said
 *
 * Thousands of messages, and queries of all kinds paged through in both ways by pages of all sizes: each
 * tells exactly what the list says, in order. What a page may take; that a long search keeps nobody waiting;
 * that who has lost the right to read in the meantime is told nothing.
 */
#include "base/arena.h"
#include "base/date.h"
#include "room/forced.h"
#include "service.h"
#include "tap.h"

#define IQ(who, id, type, payload)                                                                 \
	"<iq from='" who "' to='room@rooms.example' type='" type "' id='" id "'>" payload "</iq>"
#define QUERY  "<query xmlns='urn:xmpp:mam:2'"
#define NSENT  3000
#define ID_LEN 36
#define NUSERS 3

static const char *const users[NUSERS] = { "a", "b", "c" };
static const char *const words[] = { "love", "Sword", "night", "\xc3\x89toile",
	"stra\xc3\x9f"
	"e",
	"&amp;", "moon" };

#define NWORDS (sizeof(words) / sizeof(words[0]))

struct said {
	char id[ID_LEN + 1];
	int64_t ms;
	unsigned who;
	unsigned words; /* a set */
};

static struct said list[NSENT];
static size_t nsaid;
static uint64_t chance = 88172645463325252u;

static unsigned
any(unsigned n)
{
	chance ^= chance << 13;
	chance ^= chance >> 7;
	chance ^= chance << 17;
	return (unsigned)(chance % n);
}

/* -- the room -- */

static void
enter(struct test *t, const char *user)
{
	char stanza[400];

	snprintf(stanza, sizeof(stanza),
	    "<presence from='%s@example/r' to='room@rooms.example/%s'>"
	    "<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>",
	    user, user);
	free(test_ask(t, stanza));
}

static void
begin_only(struct test *t)
{
	enum muc_error e;

	test_init(t);
	t->conf.limits.rate_burst = 1000000;
	t->conf.limits.rate_bytes_burst = 1000000000;
	t->conf.limits.archive_visits_per_s = 1000000;
	t->conf.limits.rooms_per_creator = 100000;
	t->conf.limits.rooms_per_user = 100000;
	test_start(t, &e);
}

static void
begin_room(struct test *t)
{
	enter(t, "a");
	free(test_ask(t, UNLOCK("a")));
	enter(t, "b");
	enter(t, "c");
	nsaid = 0;
}

static void
begin(struct test *t)
{
	begin_only(t);
	begin_room(t);
}

static void
say(struct test *t, unsigned who, const char *text, unsigned set)
{
	char stanza[1000], *out;
	const char *id;
	struct said *s = &list[nsaid++];

	snprintf(stanza, sizeof(stanza),
	    "<message from='%s@example/r' to='room@rooms.example' type='groupchat' id='m'>"
	    "<body>%s</body></message>",
	    users[who], text);
	out = test_ask(t, stanza);
	id = strstr(strstr(out, "<stanza-id"), " id='") + 5;
	*s = (struct said){ .ms = t->now.wall_ms, .who = who, .words = set };
	memcpy(s->id, id, ID_LEN);
	free(out);
	if (nsaid > 1 && s->ms < s[-1].ms)
		s->ms = s[-1].ms;
}

static void
say_any(struct test *t)
{
	unsigned set = 0;
	char text[200] = "So";

	for (unsigned i = any(4); i > 0; i--) {
		unsigned w = any(NWORDS);

		set |= 1u << w;
		strcat(strcat(text, " "), words[w]);
	}
	/* Who is c speaks rarely, and the clock is not to be relied on. */
	say(t, any(1000) == 0 ? 2 : any(2), text, set);
	t->now.wall_ms += any(50) == 0 ? (int64_t)any(100000) : (int64_t)any(2);
	if (any(500) == 0)
		t->now.wall_ms -= 3000;
	t->now.mono_ms++;
}

/* -- asking -- */

struct page {
	char id[NSENT][ID_LEN + 1];
	size_t n;
	char first[ID_LEN + 1], last[ID_LEN + 1];
	bool complete, error;
	long count; /* -1: not told */
	unsigned nticks;
	char *out;
};

static void
copy_after(char *to, const char *out, const char *tag)
{
	const char *p = strstr(out, tag);

	*to = '\0';
	if (p == NULL)
		return;
	p = strchr(p, '>') + 1;
	memcpy(to, p, ID_LEN);
	to[ID_LEN] = '\0';
}

/* Sanitizers measure a whole string for each strstr(). */
static const char *
find(const char *p, const char *end, const char *piece)
{
	return memmem(p, (size_t)(end - p), piece, strlen(piece));
}

static void
read_page(struct page *pg)
{
	const char *p = pg->out, *end = p + strlen(p), *count = strstr(p, "<count>");

	for (pg->n = 0; (p = find(p, end, "<result xmlns='urn:xmpp:mam:2'")) != NULL; p++) {
		memcpy(pg->id[pg->n], find(p, end, " id='") + 5, ID_LEN);
		pg->id[pg->n++][ID_LEN] = '\0';
	}
	copy_after(pg->first, pg->out, "<first");
	copy_after(pg->last, pg->out, "<last");
	pg->complete = strstr(pg->out, "complete='true'") != NULL;
	pg->error = strstr(pg->out, "type='error'") != NULL;
	pg->count = count != NULL ? strtol(count + 7, NULL, 10) : -1;
}

/* Lets time pass until nothing waits; what was told is added to out. */
static unsigned
pass(struct test *t, struct buf *b)
{
	unsigned n = 0;
	char *out;

	while (muc_deadline(t->muc) < t->now.mono_ms + 1000) {
		if (muc_deadline(t->muc) > t->now.mono_ms)
			t->now.mono_ms = muc_deadline(t->muc);
		muc_tick(t->muc, t->now);
		muc_commit(t->muc);
		out = test_drain(t, 65536);
		buf_adds(b, out);
		free(out);
		n++;
	}
	return n;
}

static void
ask(struct test *t, const char *who, const char *payload, struct page *pg)
{
	struct buf b = BUF_INIT;
	char stanza[4400], *out;

	free(pg->out);
	snprintf(stanza, sizeof(stanza), IQ("%s@example/r", "q", "set", "%s"), who, payload);
	out = test_ask(t, stanza);
	buf_adds(&b, out);
	free(out);
	pg->nticks = pass(t, &b);
	buf_addc(&b, '\0');
	pg->out = buf_steal(&b);
	read_page(pg);
}

/* -- random queries -- */

struct filter {
	const struct said *after, *before; /* or NULL */
	int64_t start, end;		   /* 0: none */
	int who;			   /* -1: any */
	bool by_nick;
	unsigned words;
	bool ids;
	bool id[NSENT];
};

static bool
suits(const struct filter *f, const struct said *s)
{
	if ((f->after != NULL && s <= f->after) || (f->before != NULL && s >= f->before))
		return false;
	if ((f->start != 0 && s->ms < f->start) || (f->end != 0 && s->ms > f->end))
		return false;
	if (f->who >= 0 && s->who != (unsigned)f->who)
		return false;
	return (s->words & f->words) == f->words && (!f->ids || f->id[s - list]);
}

static void
choose(struct filter *f)
{
	memset(f, 0, sizeof(*f));
	f->who = -1;
	if (any(4) == 0)
		f->after = &list[any((unsigned)nsaid)];
	if (any(4) == 0)
		f->before = &list[any((unsigned)nsaid)];
	if (any(4) == 0)
		f->start = list[any((unsigned)nsaid)].ms + (int64_t)any(3) - 1;
	if (any(4) == 0)
		f->end = list[any((unsigned)nsaid)].ms + (int64_t)any(3) - 1;
	if (any(3) == 0)
		f->who = (int)any(NUSERS);
	f->by_nick = any(2) == 0;
	for (unsigned n = any(3) == 0 ? 1 + any(2) : 0; n > 0; n--)
		f->words |= 1u << any(NWORDS);
	f->ids = any(6) == 0;
	for (unsigned n = f->ids ? 1 + any(20) : 0; n > 0; n--)
		f->id[any((unsigned)nsaid)] = true;
}

static void
add_field(struct buf *b, const char *var, const char *value)
{
	char text[300];

	snprintf(text, sizeof(text), "<field var='%s'><value>%s</value></field>", var, value);
	buf_adds(b, text);
}

static void
add_form(struct arena *a, struct buf *b, const struct filter *f)
{
	/* What is found however it is written. */
	static const char *const asked[] = { "LOVE", "sword", "nigh", "e\xcc\x81TOILE", "STRASSE",
		"&amp;", "moon" };
	char text[200] = "";

	buf_adds(b, "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
		    "<value>urn:xmpp:mam:2</value></field>");
	if (f->after != NULL)
		add_field(b, "after-id", f->after->id);
	if (f->before != NULL)
		add_field(b, "before-id", f->before->id);
	if (f->start != 0)
		add_field(b, "start", date_write(a, f->start));
	if (f->end != 0)
		add_field(b, "end", date_write(a, f->end));
	if (f->who >= 0)
		add_field(b, "with",
		    arena_cat(a, f->by_nick ? "room@rooms.example/" : "", users[f->who],
			f->by_nick ? "" : "@example", NULL));
	for (unsigned w = 0; w < NWORDS; w++)
		if (f->words & 1u << w)
			strcat(strcat(text, asked[w]), " ");
	if (f->words != 0)
		add_field(b, "{urn:xmpp:fulltext:0}fulltext", text);
	if (f->ids) {
		buf_adds(b, "<field var='ids'>");
		for (size_t i = 0; i < nsaid; i++)
			if (f->id[i]) {
				buf_adds(b, "<value>");
				buf_adds(b, list[i].id);
				buf_adds(b, "</value>");
			}
		buf_adds(b, "</field>");
	}
	buf_adds(b, "</x>");
}

/* The next page, by a size that is any. */
static void
turn_over(struct test *t, const char *form, struct page *pg, bool back, unsigned max, bool first)
{
	char payload[4000];
	const char *tag = back ? "before" : "after", *id = back ? pg->first : pg->last;
	char mark[100] = "";

	if (!first || back)
		snprintf(mark, sizeof(mark), "<%s>%s</%s>", tag, first ? "" : id, tag);
	snprintf(payload, sizeof(payload),
	    QUERY ">%s<set xmlns='http://jabber.org/protocol/rsm'><max>%u</max>%s</set></query>",
	    form, max, mark);
	ask(t, "a", payload, pg);
}

/* Does the page say the next messages of what is wanted? *at moves on. */
static bool
is_next(const struct page *pg, const size_t *want, size_t nwant, bool back, size_t *at)
{
	if (pg->error || pg->n > nwant - *at)
		return false;
	for (size_t i = 0; i < pg->n; i++) {
		size_t k = back ? nwant - *at - pg->n + i : *at + i;

		if (strcmp(pg->id[i], list[want[k]].id) != 0)
			return false;
	}
	*at += pg->n;
	if (pg->n > 0 &&
	    (strcmp(pg->first, pg->id[0]) != 0 || strcmp(pg->last, pg->id[pg->n - 1]) != 0))
		return false;
	return true;
}

/* All pages of a query, one way. False when they are not what the list says. */
static bool
page_through(struct test *t, const struct filter *f, bool back, struct page *pg)
{
	static size_t want[NSENT];
	size_t nwant = 0, at = 0;
	struct arena *a = arena_new();
	struct buf form = BUF_INIT;
	bool first = true, good = true;
	unsigned max;

	for (size_t i = 0; i < nsaid; i++)
		if (suits(f, &list[i]))
			want[nwant++] = i;
	add_form(a, &form, f);
	buf_addc(&form, '\0');
	do {
		max = any(3) == 0 ? 1 + any(20) : 50 + any(300);
		/* Thousands of pages prove no more than hundreds. */
		if (nwant > 200)
			max = 100 + any(200);
		turn_over(t, form.p, pg, back, max, first);
		good = is_next(pg, want, nwant, back, &at);
		if (good && first && pg->complete)
			good = pg->count == (long)nwant;
		if (good && !pg->complete)
			good = pg->n == max || pg->n == 250;
		first = false;
	} while (good && !pg->complete && pg->n > 0);
	good = good && pg->complete && at == nwant;
	if (good) {
		turn_over(t, form.p, pg, false, 0, true);
		good = pg->n == 0 && pg->count == (long)nwant && pg->complete == (nwant == 0);
	}
	if (!good)
		printf("# %s, %zu of %zu: %s\n# %.600s\n", back ? "back" : "forth", at, nwant,
		    form.p, pg->out);
	buf_release(&form);
	arena_free(a);
	return good;
}

static void
test_pages(void)
{
	static struct page pg;
	static struct filter f;
	struct test t;
	unsigned n, nlong = 0;

	begin(&t);
	for (size_t i = 0; i < NSENT; i++)
		say_any(&t);
	memset(&f, 0, sizeof(f));
	f.who = -1;
	ok(page_through(&t, &f, false, &pg) && page_through(&t, &f, true, &pg),
	    "all of it, forth and back");
	for (n = 0; n < 150; n++) {
		choose(&f);
		if (!page_through(&t, &f, any(2) == 0, &pg))
			break;
		nlong += pg.nticks > 0;
	}
	is_int(n, 150, "150 queries told what the list says");
	ok(nlong > 10, "%u of them in several steps", nlong);
	free(pg.out);
	pg.out = NULL;
	test_release(&t);
}

#define FORM(field, value)                                                                         \
	QUERY "><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"                    \
	      "<value>urn:xmpp:mam:2</value></field><field var='" field "'><value>" value          \
	      "</value></field></x></query>"
#define RARE FORM("{urn:xmpp:fulltext:0}fulltext", "needle")

static void
say_long(struct test *t, unsigned first)
{
	for (unsigned i = 0; i < 2500; i++) {
		say(t, 1, i == first || i == 2400 ? "the needle" : "hay", 0);
		t->now.wall_ms++;
	}
}

/* A room in which a search takes several steps, and finds one message. */
static void
begin_long(struct test *t)
{
	begin(t);
	say_long(t, 2400);
}

/* Asks, and leaves what takes longer. */
static void
ask_only(struct test *t, const char *who, const char *id, const char *payload)
{
	char stanza[2000], *out;

	snprintf(stanza, sizeof(stanza), IQ("%s@example/r", "%s", "set", "%s"), who, id, payload);
	out = test_ask(t, stanza);
	ok(*out == '\0', "%s waits for an answer to %s", who, id);
	free(out);
}

static char *
wait_all(struct test *t)
{
	struct buf b = BUF_INIT;

	pass(t, &b);
	buf_addc(&b, '\0');
	return buf_steal(&b);
}

/* A long search keeps nobody waiting, not even who asked for it. */
static void
test_between(void)
{
	struct test t;
	char *out;

	begin_long(&t);
	ask_only(&t, "b", "long", RARE);
	ok(muc_deadline(t.muc) <= t.now.mono_ms + 10, "it goes on soon");
	out = test_ask(&t, IQ("b@example/r", "ping", "get", "<ping xmlns='urn:xmpp:ping'/>"));
	ok(strstr(out, "id='ping'") != NULL && strstr(out, "long") == NULL,
	    "what is asked later is answered first");
	free(out);
	out = wait_all(&t);
	ok(count_of(out, "<forwarded") == 1 && strstr(out, "the needle") != NULL &&
		strstr(out, "needle") < strstr(out, "id='long'"),
	    "then what was found, then the end of it");
	ok(strstr(out, "complete='true'") != NULL && strstr(out, "<count>1</count>") != NULL,
	    "which says that it is all");
	free(out);
	ok(muc_deadline(t.muc) > t.now.mono_ms + 1000, "and nothing waits");
	test_release(&t);
}

#define ADMIN(payload)                                                                             \
	IQ("a@example/r", "x", "set",                                                              \
	    "<query xmlns='http://jabber.org/protocol/muc#admin'>" payload "</query>")
#define OWNER(payload)                                                                             \
	IQ("a@example/r", "x", "set",                                                              \
	    "<query xmlns='http://jabber.org/protocol/muc#owner'>" payload "</query>")
#define CONFIG(field, value)                                                                       \
	OWNER("<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>"              \
	      "http://jabber.org/protocol/muc#roomconfig</value></field><field "                   \
	      "var='muc#roomconfig_" field "'><value>" value "</value></field></x>")

/* What happens while it goes on: the right to read is asked for anew. */
static void
test_meanwhile(void)
{
	static const struct {
		const char *who, *query, *stanza, *condition, *what;
	} rows[] = {
		{ "b", RARE, ADMIN("<item jid='b@example' affiliation='outcast'/>"), "forbidden",
		    "banned" },
		{ "b", RARE, CONFIG("membersonly", "1"), "forbidden", "for members only by now" },
		{ "b", RARE, CONFIG("enablearchiving", "0"), "service-unavailable",
		    "no archive any more" },
		{ "b", RARE, OWNER("<destroy/>"), "item-not-found", "destroyed" },
		{ "d", FORM("with", "c@example"), CONFIG("whois", "moderators"), "forbidden",
		    "addresses are hidden by now" },
	};
	struct test t;
	char *out;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin_long(&t);
		free(test_ask(&t, CONFIG("whois", "anyone")));
		ask_only(&t, rows[i].who, "long", rows[i].query);
		free(test_ask(&t, rows[i].stanza));
		out = wait_all(&t);
		ok(strstr(out, "type='error' id='long'") != NULL &&
			strstr(out, rows[i].condition) != NULL && strstr(out, "<forwarded") == NULL,
		    "%s: %s", rows[i].what, rows[i].condition);
		free(out);
		test_release(&t);
	}
}

/* So it is of the service, which looks at requests when they come. */
static void
test_banned(void)
{
	static const char *const banned[] = { "b@example", NULL };
	struct test t;
	char *out;

	begin_long(&t);
	ask_only(&t, "b", "long", RARE);
	t.conf.banned = banned;
	muc_reload(t.muc, &t.conf);
	out = wait_all(&t);
	ok(strstr(out, "type='error' id='long'") != NULL && strstr(out, "<forwarded") == NULL,
	    "banned from the service");
	free(out);
	test_release(&t);
}

static void
make(struct test *t, int room)
{
	char stanza[600];

	snprintf(stanza, sizeof(stanza),
	    "<presence from='a@example/r' to='r%d@rooms.example/a'>"
	    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
	    room);
	free(test_ask(t, stanza));
	snprintf(stanza, sizeof(stanza),
	    "<iq from='a@example/r' to='r%d@rooms.example' type='set' id='u'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' "
	    "type='submit'><field var='FORM_TYPE'><value>"
	    "http://jabber.org/protocol/muc#roomconfig</value></field>"
	    "<field var='muc#roomconfig_persistentroom'><value>1</value></field></x></query></iq>",
	    room);
	free(test_ask(t, stanza));
}

static void
leave(struct test *t, const char *user)
{
	char stanza[200];

	snprintf(stanza, sizeof(stanza),
	    "<presence from='%s@example/r' to='room@rooms.example' type='unavailable'/>", user);
	free(test_ask(t, stanza));
}

/*
 * What the operator forces holds for a room that sleeps before its turn has come. Rooms agree in the order in
 * which they were made.
 */
static void
test_forced(void)
{
	static const char *const forced[] = { "muc#roomconfig_membersonly", "1", NULL };
	struct test t;
	char *out;

	begin_only(&t);
	for (int i = 0; i < 2 * FORCE_STEP; i++)
		make(&t, i);
	begin_room(&t);
	free(test_ask(&t, CONFIG("persistentroom", "1")));
	say_long(&t, 2400);
	leave(&t, "b");
	leave(&t, "c");
	leave(&t, "a");
	t.conf.limits.archive_visits_per_s = 100000000;
	muc_reload(t.muc, &t.conf);
	ask_only(&t, "d", "long", RARE);
	t.conf.room_forced = forced;
	muc_reload(t.muc, &t.conf);
	out = wait_all(&t);
	ok(strstr(out, "type='error' id='long'") != NULL && strstr(out, "<forwarded") == NULL,
	    "for members only by the operator's will");
	free(out);
	test_release(&t);
}

/* A message that is retracted while it is searched for is not told. */
static void
test_retracted(void)
{
	struct test t;
	char stanza[400], *out;

	begin_long(&t);
	t.conf.limits.archive_page = 2300;
	t.conf.limits.archive_page_bytes = 16777216;
	muc_reload(t.muc, &t.conf);
	ask_only(&t, "b", "long", FORM("{urn:xmpp:fulltext:0}fulltext", "hay"));
	snprintf(stanza, sizeof(stanza),
	    "<message from='b@example/r' to='room@rooms.example' type='groupchat' id='r'>"
	    "<retract xmlns='urn:xmpp:message-retract:1' id='%s'/></message>",
	    list[7].id);
	free(test_ask(&t, stanza));
	out = wait_all(&t);
	ok(count_of(out, "<forwarded") > 200 &&
		count_of(out, "<body>hay</body>") == count_of(out, "<forwarded") - 1 &&
		count_of(out, "<retracted") == 1,
	    "its tombstone is");
	free(out);
	test_release(&t);
}

/*
 * What has gone by the time the page is told is not told, and the next page does not begin at it: the room
 * does not know it any more.
 */
static void
test_gone(void)
{
	static const char back[] = "<set xmlns='http://jabber.org/protocol/rsm'><before/></set>";
	static struct page pg;
	struct test t;
	char payload[1000];

	begin(&t);
	say_long(&t, 5);
	t.conf.limits.archive_page = 2300;
	t.conf.limits.archive_page_bytes = 16777216;
	t.conf.limits.archive_visits_per_s = 4000;
	muc_reload(t.muc, &t.conf);
	snprintf(payload, sizeof(payload), "%s", FORM("{urn:xmpp:fulltext:0}fulltext", "hay"));
	snprintf(strstr(payload, "</query>"), 300, "%s</query>", back);
	ask_only(&t, "b", "back", payload);
	ask_only(&t, "b", "long", RARE);
	t.conf.limits.archive_entries_per_room = 500;
	muc_reload(t.muc, &t.conf);
	pg.out = wait_all(&t);
	read_page(&pg);
	is_str(pg.first, list[2000].id, "a page that was found backwards begins with what is left");
	is_int((long)pg.n, 500, "all of that is told, and the other search goes on behind it");
	ok(strstr(pg.out, "type='error'") == NULL && count_of(pg.out, "complete='true'") == 2,
	    "both come to their end");
	ok(strstr(pg.out, list[5].id) == NULL && count_of(pg.out, list[2400].id) == 4,
	    "which does not name what was found and has gone");
	free(pg.out);
	pg.out = NULL;
	test_release(&t);
}

static void
test_limits(void)
{
	struct test t;
	char *out;

	begin_long(&t);
	t.conf.limits.archive_queries_per_user = 2;
	t.conf.limits.archive_queries = 3;
	muc_reload(t.muc, &t.conf);
	ask_only(&t, "b", "1", RARE);
	ask_only(&t, "b", "2", RARE);
	out = test_ask(&t, IQ("b@example/other", "3", "set", RARE));
	ok(strstr(out, "type='error' id='3'") != NULL &&
		strstr(out, "<error by='room@rooms.example' type='wait'") != NULL &&
		strstr(out, "resource-constraint") != NULL,
	    "one bare JID has so many searches");
	free(out);
	ask_only(&t, "bb", "4", RARE);
	out = test_ask(&t, IQ("a@example/r", "5", "set", RARE));
	ok(strstr(out, "type='error' id='5'") != NULL, "and all have so many");
	free(out);
	out = test_ask(
	    &t, IQ("a@example/r", "p", "set",
		    QUERY
		    "><set "
		    "xmlns='http://jabber.org/protocol/rsm'><max>1</max><before/></set></query>"));
	ok(strstr(out, "<fin ") != NULL && strstr(out, "type='error'") == NULL,
	    "what needs no search is answered all the same");
	free(out);
	out = wait_all(&t);
	ok(strstr(out, "id='1'") < strstr(out, "id='2'") &&
		strstr(out, "id='2'") < strstr(out, "id='4'") && count_of(out, "<fin") == 3,
	    "they take turns, and all are answered");
	free(out);
	ask_only(&t, "b", "6", RARE);
	muc_domain_down(t.muc, 0, t.now);
	ok(muc_deadline(t.muc) > t.now.mono_ms + 1000, "while the link is down it stands still");
	muc_domain_up(t.muc, 0, t.now);
	out = wait_all(&t);
	ok(strstr(out, "id='6'") != NULL, "and goes on when it is up");
	free(out);
	ask_only(&t, "b", "7", RARE);
	test_stop(&t);
	ok(true, "what is not answered goes with the service");
	t.host.store->close(t.host.store);
}

/* What is read through in search of a text is work, too, whether it is text or not. */
static void
test_work(void)
{
	static struct page pg;
	static char tags[100001];
	struct test t;
	char *stanza;

	begin(&t);
	for (size_t i = 0; i + 4 < sizeof(tags); i += 4)
		memcpy(tags + i, "<y/>", 5);
	stanza = malloc(sizeof(tags) + 400);
	for (int i = 0; i < 50; i++) {
		sprintf(stanza,
		    "<message from='b@example/r' to='room@rooms.example' type='groupchat' "
		    "id='%d'><x xmlns='urn:example'>%s</x><store "
		    "xmlns='urn:xmpp:hints'/></message>",
		    i, tags);
		free(test_ask(&t, stanza));
		t.now.mono_ms += 1000;
	}
	ask(&t, "b", FORM("{urn:xmpp:fulltext:0}fulltext", "y"), &pg);
	ok(pg.n == 0 && pg.complete && pg.nticks > 4, "5 MB of tags take %u steps more", pg.nticks);
	free(pg.out);
	pg.out = NULL;
	free(stanza);
	test_release(&t);
}

/* Whoever asks for page after page is held up as whoever sends too much. */
static void
test_cost(void)
{
	static struct page pg;
	static char text[30001];
	struct test t;
	char *stanza;
	int n;

	begin(&t);
	memset(text, 'x', sizeof(text) - 1);
	stanza = malloc(sizeof(text) + 300);
	for (int i = 0; i < 20; i++) {
		sprintf(stanza,
		    "<message from='b@example/r' to='room@rooms.example' type='groupchat' "
		    "id='%d'><body>%s</body></message>",
		    i, text);
		free(test_ask(&t, stanza));
		t.now.mono_ms += 1000;
	}
	t.conf.limits.rate_bytes_burst = 8388608;
	muc_reload(t.muc, &t.conf);
	for (n = 0; n < 200; n++) {
		ask(&t, "c", QUERY "/>", &pg);
		if (pg.error)
			break;
	}
	ok(n > 100 && n < 150, "%d pages of half a megabyte at once", n);
	ok(strstr(pg.out, "type='wait'") != NULL && strstr(pg.out, "policy-violation") != NULL,
	    "is too fast");
	t.now.mono_ms += 1000;
	for (n = 0; n < 200; n++) {
		ask(&t, "c", QUERY "/>", &pg);
		if (pg.error)
			break;
	}
	ok(n > 2 && n < 6, "then some a second");
	ask(&t, "b", QUERY "/>", &pg);
	ok(pg.n == 16, "others are not held up");
	free(pg.out);
	pg.out = NULL;
	free(stanza);
	test_release(&t);
}

/* No page, and no stanza of it, is larger than it may be. */
static void
test_bytes(void)
{
	static struct page pg;
	static char text[30001];
	struct test t;
	char *stanza, *out;

	begin(&t);
	memset(text, 'x', sizeof(text) - 1);
	stanza = malloc(sizeof(text) + 300);
	for (int i = 0; i < 50; i++) {
		sprintf(stanza,
		    "<message from='b@example/r' to='room@rooms.example' type='groupchat' "
		    "id='%d'><body>%s</body></message>",
		    i, text);
		free(test_ask(&t, stanza));
		t.now.mono_ms += 1000;
	}
	ask(&t, "b", QUERY "/>", &pg);
	ok(pg.n == 16 && strlen(pg.out) < 524288 && !pg.complete && pg.count == -1,
	    "a page of %zu bytes has %zu of them", strlen(pg.out), pg.n);
	ask(&t, "b", QUERY "><set xmlns='http://jabber.org/protocol/rsm'><before/></set></query>",
	    &pg);
	ok(pg.n == 16 && strstr(pg.out, "id='49'") != NULL && !pg.complete, "so has the last one");
	t.conf.limits.archive_page_bytes = 1024;
	muc_reload(t.muc, &t.conf);
	ask(&t, "b", QUERY "/>", &pg);
	ok(pg.n == 1 && !pg.complete, "there is one at least");
	t.conf.limits.stanza_out_bytes = 20000;
	muc_reload(t.muc, &t.conf);
	ask(&t, "b", QUERY "/>", &pg);
	ok(pg.n == 1 && strstr(pg.out, "<delay") != NULL && strstr(pg.out, "<body") == NULL,
	    "of what does not fit into a stanza any more there is the id and the time");
	free(pg.out);
	pg.out = NULL;
	out = test_ask(&t, IQ("b@example/r", "m", "get", "<metadata xmlns='urn:xmpp:mam:2'/>"));
	ok(count_of(out, "timestamp='2026-01-01T00:00:00.000Z'") == 2, "metadata need no message");
	free(out);
	free(stanza);
	test_release(&t);
}

int
main(void)
{
	test_pages();
	test_between();
	test_meanwhile();
	test_banned();
	test_forced();
	test_retracted();
	test_gone();
	test_limits();
	test_work();
	test_cost();
	test_bytes();
	return tap_done();
}
