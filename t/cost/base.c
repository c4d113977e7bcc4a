/* SPDX-License-Identifier: ISC */
/*
 * base.c - what hostile bytes cost: names that collide, XML, addresses, patterns
 */
#include "cost.h"

#include "base/arena.h"
#include "base/jid.h"
#include "base/map.h"
#include "base/mem.h"

/* -- names that collide -- */

struct keys {
	struct map m;
	unsigned n;
	char (*v)[16];
};

/*
 * Keys that fall into one place in four thousand as long as the process has one key. Whoever has found
 * out that one, or has read the source of a map without one, sends these; the process has another one by then.
 */
static void
keys_prepare(struct world *w, unsigned n)
{
	static const uint8_t known[16] = { 1 }, other[16] = { 2 };
	struct keys *k = w->own = mem_alloc(sizeof(*k));

	k->v = mem_alloc(n * sizeof(*k->v));
	map_seed(known);
	for (unsigned i = 0; k->n < n; i++) {
		char *key = k->v[k->n];

		snprintf(key, sizeof(*k->v), "%x", i);
		k->n += (map_hash(key, strlen(key)) & 0xfff) == 0;
	}
	map_seed(other);
}

static void
keys_work(struct world *w, unsigned n)
{
	struct keys *k = w->own;

	for (unsigned i = 0; i < n; i++)
		map_put(&k->m, k->v[i], k);
	for (unsigned i = 0; i < n; i++)
		map_get(&k->m, k->v[i]);
	for (unsigned i = 0; i < n; i++)
		map_del(&k->m, k->v[i]);
	free(k->v);
}

/* -- XML -- */

static void
repeat(struct buf *b, const char *s, unsigned n)
{
	while (n-- > 0)
		buf_adds(b, s);
}

/* A message to a room, with that in it. */
static void
message_begin(struct world *w)
{
	room_new(w, "a");
	buf_adds(
	    &w->todo, "<message from='o@example/r' to='a@rooms.example' type='groupchat' id='m'>");
}

static void
message_end(struct world *w)
{
	buf_adds(&w->todo, "</message>");
	buf_addc(&w->todo, '\0');
}

static void
in_message(struct world *w, const char *before, const char *piece, unsigned n, const char *after)
{
	message_begin(w);
	buf_adds(&w->todo, before);
	repeat(&w->todo, piece, n);
	buf_adds(&w->todo, after);
	message_end(w);
}

static void
attributes(struct world *w, unsigned n)
{
	message_begin(w);
	buf_adds(&w->todo, "<a xmlns='urn:x'");
	for (unsigned i = 0; i < n; i++)
		put(w, " a%u=''", i);
	buf_adds(&w->todo, "/>");
	message_end(w);
}

static void
children(struct world *w, unsigned n)
{
	in_message(w, "<body>x</body><a xmlns='urn:x'>", "<b/>", n, "</a>");
}

static void
names(struct world *w, unsigned n)
{
	message_begin(w);
	buf_adds(&w->todo, "<a xmlns='urn:x'>");
	for (unsigned i = 0; i < n; i++) {
		/* libxml2's fast hash looks at ten bytes and the last one. */
		put(w, "<abcdefghij%uz/>", i);
	}
	buf_adds(&w->todo, "</a>");
	message_end(w);
}

static void
declarations(struct world *w, unsigned n)
{
	message_begin(w);
	buf_adds(&w->todo, "<a xmlns='urn:x'");
	for (unsigned i = 0; i < n; i++)
		put(w, " xmlns:p%u='urn:%u'", i, i);
	buf_adds(&w->todo, "/>");
	message_end(w);
}

/* Elements by turns in two namespaces with long names: a few bytes each, and what a copy of the names takes. */
static void
in_two_namespaces(struct world *w, const char *before, unsigned n, const char *after)
{
	put(w, "%s xmlns:b='urn:b", before);
	repeat(&w->todo, "b", 4 * n);
	buf_adds(&w->todo, "' xmlns:c='urn:c");
	repeat(&w->todo, "c", 4 * n);
	buf_adds(&w->todo, "'>");
	repeat(&w->todo, "<b:x/><c:x/>", n);
	buf_adds(&w->todo, after);
}

static void
namespaces(struct world *w, unsigned n)
{
	message_begin(w);
	in_two_namespaces(w, "<body>x</body><a xmlns='urn:x'", n, "</a>");
	message_end(w);
}

/* The same where the stanza is looked through for an address that is to be hidden, and taken apart. */
static void
namespaces_hidden(struct world *w, unsigned n)
{
	room_new(w, "a");
	enter_all(w, "a", 2);
	in_two_namespaces(w,
	    "<iq from='u0@example/r' to='a@rooms.example/u1' type='get' id='q'>"
	    "<query xmlns='urn:x' a='u0@example'",
	    n, "</query></iq>");
	buf_addc(&w->todo, '\0');
}

static void
deep(struct world *w, unsigned n)
{
	message_begin(w);
	buf_adds(&w->todo, "<body>x</body>");
	for (unsigned i = 0; i < n; i++) {
		repeat(&w->todo, "<a xmlns='urn:x'>", 60);
		repeat(&w->todo, "</a>", 60);
	}
	message_end(w);
}

static void
newlines(struct world *w, unsigned n)
{
	in_message(w, "<body>", "\n", n, "</body>");
}

static void
entities(struct world *w, unsigned n)
{
	in_message(w, "<body>", "&amp;&#10;", n, "</body>");
}

static void
cdata(struct world *w, unsigned n)
{
	in_message(w, "<body>", "<![CDATA[a]]>", n, "</body>");
}

static void
bodies(struct world *w, unsigned n)
{
	message_begin(w);
	for (unsigned i = 0; i < n; i++)
		put(w, "<body xml:lang='x%u'>b</body>", i);
	message_end(w);
}

static void
subjects(struct world *w, unsigned n)
{
	message_begin(w);
	for (unsigned i = 0; i < n; i++)
		put(w, "<subject xml:lang='x%u'>b</subject>", i);
	message_end(w);
}

static void
not_well_formed(struct world *w, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		add(w,
		    "<message from='u@example/r' to='a@rooms.example' id='%u'><b>&lt</b></message>",
		    i);
}

/* -- addresses -- */

/*
 * Marks that letters carry, so many on each, in the order in which they take longest to sort (Unicode's
 * canonical ordering): first those of class 230, then of class 220.
 */
static void
marks(struct buf *b, unsigned n, unsigned each)
{
	for (unsigned i = 0; i < n; i += each) {
		buf_addc(b, 'a');
		repeat(b, "\xcc\x81", each / 2);
		repeat(b, "\xcc\xa3", each / 2);
	}
}

static void
enter_with_marks(struct world *w, unsigned n, unsigned each)
{
	struct buf nick = BUF_INIT;

	w->t.conf.limits.nick_bytes = 1023;
	muc_reload(w->t.muc, &w->t.conf);
	room_new(w, "a");
	marks(&nick, n, each);
	buf_addc(&nick, '\0');
	for (unsigned i = 0; i < 10; i++)
		add(w,
		    "<presence from='u@example/r' to='a@rooms.example/%s'>" PRESENCE_MUC
		    "</presence>",
		    nick.p);
	buf_release(&nick);
}

static void
marks_on_one(struct world *w, unsigned n)
{
	enter_with_marks(w, n, n);
}

static void
marks_on_many(struct world *w, unsigned n)
{
	enter_with_marks(w, n, 30);
}

static bool
is_in_room(const struct world *w, unsigned n)
{
	(void)n;
	return muc_stats(w->t.muc)->sessions == 2;
}

static bool
is_not_in(const struct world *w, unsigned n)
{
	(void)n;
	return muc_stats(w->t.muc)->sessions == 1;
}

/* Each stanza from somebody else, whose address is as long as one may be. */
static void
long_addresses(struct world *w, unsigned n)
{
	char part[1001];

	memset(part, 'x', sizeof(part) - 1);
	part[sizeof(part) - 1] = '\0';
	room_new(w, "a");
	for (unsigned i = 0; i < n; i++)
		add(w,
		    "<iq from='%u%s@%s/%s' to='a@rooms.example' type='get' id='i'>"
		    "<ping xmlns='urn:xmpp:ping'/></iq>",
		    i, part, part, part);
}

static void
pattern_prepare(struct world *w, unsigned n)
{
	(void)w, (void)n;
}

/* "*a*a*a*...b" against an address of a's, longer and longer. */
static void
pattern_work(struct world *w, unsigned n)
{
	char pattern[256] = "", bare[1100];

	(void)w;
	for (unsigned i = 0; i < 120; i++)
		strcat(pattern, "*a");
	strcat(pattern, "b@*");
	memset(bare, 'a', n);
	strcpy(bare + n, "@example");
	for (unsigned i = 0; i < 100; i++)
		jid_matches(pattern, bare);
}

const struct cost costs_base[] = {
	{ "keys", "keys of a map that collide under another key", 100, .prepare = keys_prepare,
	    .work = keys_work },
	{ "attributes", "one element with so many attributes", 25000, .prepare = attributes,
	    .peak = 8 << 20 },
	{ "children", "one element with so many children", 8000, .prepare = children },
	{ "names", "elements of so many names, all in one chain of libxml2's first hash", 5000,
	    .prepare = names },
	{ "declarations", "one element with so many declarations of namespaces", 25000,
	    .prepare = declarations, .peak = 8 << 20 },
	{ "namespaces", "elements by turns in two namespaces of long names", 1000,
	    .prepare = namespaces, .peak = 4 << 20 },
	{ "namespaces-hidden", "the same where an address is to be hidden", 1000,
	    .prepare = namespaces_hidden, .peak = 4 << 20 },
	{ "deep", "as deep as may be, so many times", 40, .prepare = deep },
	{ "newlines", "a text of so many newlines", 250000, .prepare = newlines },
	{ "entities", "a text of twice so many references", 10000, .prepare = entities },
	{ "cdata", "a text in so many CDATA sections", 10000, .prepare = cdata },
	{ "bodies", "so many bodies in as many languages", 2000, .prepare = bodies },
	{ "subjects", "so many subjects in as many languages", 50, .prepare = subjects },
	{ "not-well-formed", "so many stanzas that are not well-formed", 100,
	    .prepare = not_well_formed, .keeps = 4096 },
	{ "marks", "a nickname of one letter with so many combining marks", 120,
	    .prepare = marks_on_one, .holds = is_not_in },
	{ "marks-on-many", "a nickname of so many, thirty on each letter", 120,
	    .prepare = marks_on_many, .holds = is_in_room },
	{ "long-addresses", "strangers with addresses as long as may be, 100 a second", 100,
	    .prepare = long_addresses, .work = at_leisure, .keeps = 1 << 20, .told = 1.2 },
	{ "pattern", "a pattern with many stars against so long an address", 250,
	    .prepare = pattern_prepare, .work = pattern_work },
	{ NULL },
};
