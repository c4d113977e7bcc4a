/* SPDX-License-Identifier: ISC */
/*
 * xml_write.c - trees to bytes
 *
 * Whatever is written here is read again by libxml2, which must find nothing to say about
 * namespaces, and by our own parser, which must find the same tree.
 */
#include <stdlib.h>
#include <time.h>

#include <libxml/parser.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/xml.h"
#include "base/xml_parse.h"
#include "base/xml_write.h"
#include "tap.h"
#include "xml_equal.h"

#define HEADER                                                                                     \
	"<stream:stream xmlns='jabber:component:accept' "                                          \
	"xmlns:stream='http://etherx.jabber.org/streams'>"

static struct arena *a;
static struct xml_parser *parser;

/* That a namespace is no URI is nobody's concern; see xml_parse.c. */
static void
on_error(void *data, xmlError *e)
{
	bool *good = data;

	if (e->domain != XML_FROM_NAMESPACE ||
	    (e->level >= XML_ERR_ERROR && e->code != XML_WAR_NS_URI))
		*good = false;
}

/* Is it well-formed with its namespaces, read as part of a stream? */
static bool
is_strict(const char *p, size_t n)
{
	struct buf b = BUF_INIT;
	bool good = true;
	xmlDoc *doc;

	buf_adds(&b, HEADER);
	buf_add(&b, p, n);
	buf_adds(&b, "</stream:stream>");
	xmlSetStructuredErrorFunc(&good, on_error);
	doc = xmlReadMemory(b.p, (int)b.len, NULL, "UTF-8", XML_PARSE_HUGE);
	xmlSetStructuredErrorFunc(NULL, NULL);
	good = good && doc != NULL;
	xmlFreeDoc(doc);
	buf_release(&b);
	return good;
}

static const struct xml *
parse(const char *s)
{
	const struct xml *x;

	if (xml_parse(parser, a, s, strlen(s), &x) != PARSE_OK)
		printf("# not parsed: %.200s\n", s);
	return x;
}

/* Written as want (NULL: we do not say), and read back as the same. */
static void
writes(const struct xml *x, const char *want, const char *what)
{
	struct buf b = BUF_INIT;
	const struct xml *again = NULL;

	xml_write(&b, x);
	buf_addc(&b, '\0');
	if (want != NULL)
		is_str(b.p, want, what);
	ok(is_strict(b.p, b.len - 1), "namespace-well-formed: %s", what);
	xml_parse(parser, a, b.p, b.len - 1, &again);
	if (!ok(xml_equal(x, again), "and read back the same"))
		printf("# %s\n", b.p);
	buf_release(&b);
}

/* What is read from s is written as want. */
static void
rewrites(const char *s, const char *want)
{
	writes(parse(s), want, want != NULL ? want : s);
}

static void
namespaces(void)
{
	rewrites("<a/>", "<a/>");
	rewrites("<a></a>", "<a/>");
	rewrites("<a><b/></a>", "<a><b/></a>");
	rewrites(
	    "<a xmlns='jabber:client'><b xmlns='jabber:component:accept'/></a>", "<a><b/></a>");
	rewrites("<a><f:b xmlns:f='u:f'><f:c/><d/></f:b><e/></a>",
	    "<a><b xmlns='u:f'><c/><d xmlns='jabber:client'/></b><e/></a>");
	rewrites("<a><b xmlns='u:f'><m xmlns='jabber:client'><n/><o xmlns='u:f'/></m></b></a>",
	    "<a><b xmlns='u:f'><m xmlns='jabber:client'><n/><o xmlns='u:f'/></m></b></a>");
	rewrites("<a xmlns=''><b/><c xmlns='u'><d xmlns=''/></c></a>",
	    "<a xmlns=''><b/><c xmlns='u'><d xmlns=''/></c></a>");
	rewrites("<a><b xmlns=''/><c/></a>", "<a><b xmlns=''/><c/></a>");
	rewrites("<stream:error><x/></stream:error>",
	    "<error xmlns='http://etherx.jabber.org/streams'><x xmlns='jabber:client'/></error>");
	rewrites("<a xmlns='it&apos;s &lt;&amp;&gt;'/>", NULL);
	rewrites("<a><xml:b><c/><d xmlns='u'><xml:e><f/></xml:e></d></xml:b></a>",
	    "<a><xml:b><c/><d xmlns='u'><xml:e><f/></xml:e></d></xml:b></a>");
	rewrites("<xml:a><b/></xml:a>", "<xml:a><b/></xml:a>");
	rewrites("<xml:a xmlns='u'><xml:b><c/></xml:b></xml:a>",
	    "<xml:a><xml:b><c xmlns='u'/></xml:b></xml:a>");
}

static void
attributes(void)
{
	rewrites("<a xml:lang='de' b='c'/>", "<a xml:lang='de' b='c'/>");
	rewrites(
	    "<a xmlns:e='u:e' e:from='x' from='y'/>", "<a xmlns:e='u:e' e:from='x' from='y'/>");
	rewrites("<a xmlns:e='u:e'><b e:x='1' e:y='2'/></a>",
	    "<a><b xmlns:e='u:e' e:x='1' e:y='2'/></a>");
	rewrites("<a xmlns:e='jabber:client' e:to='x'/>", "<a xmlns:e='jabber:client' e:to='x'/>");
	rewrites("<a xmlns:e='jabber:component:accept' e:to='x'/>",
	    "<a xmlns:e='jabber:client' e:to='x'/>");
	rewrites(
	    "<a xmlns:p='u' xmlns:q='u' p:x='1' q:y='2'/>", "<a xmlns:p='u' p:x='1' p:y='2'/>");
	rewrites("<a xmlns:ns1='u' xmlns:XmL='v' ns1:x='1' XmL:x='2'/>",
	    "<a xmlns:ns1='u' ns1:x='1' xmlns:ns2='v' ns2:x='2'/>");
	rewrites("<a xmlns:ns2='u' ns2:x='1' y='' xmlns:nsx='v' nsx:x='1'/>", NULL);
}

/* Trees that no parser makes: prefixes that clash, or mean something else, or nothing. */
static void
odd_prefixes(void)
{
	static const char *const odd[] = { "p", "p", "xml", "xmlns", "XMLx", "ns1", "ns9", "",
		"a:b", NULL, "ns", "nsx", "p" };
	enum { N = sizeof(odd) / sizeof(odd[0]) };
	struct xml_attr attr[N + 2];
	char uri[N][16];
	struct xml *x = xml_new(a, NS_STANZA, "a");
	size_t i, j;

	memset(attr, 0, sizeof(attr));
	for (i = 0; i < N; i++) {
		snprintf(uri[i], sizeof(uri[i]), "u:%zu", i);
		attr[i] = (struct xml_attr){ "x", uri[i], odd[i], "v", &attr[i + 1] };
	}
	attr[N] = (struct xml_attr){ "y", uri[N - 1], "q", "v", &attr[N + 1] };
	attr[N + 1] = (struct xml_attr){ "lang", NS_XML, "e", "de", NULL };
	x->attr = attr;
	writes(x, NULL, "odd prefixes");
	/* the same, each first */
	for (j = 1; j < N; j++) {
		x->attr = &attr[j];
		writes(x, NULL, odd[j] != NULL ? odd[j] : "no prefix");
	}

	x = xml_new(a, NS_STANZA, "stream:error");
	xml_set(a, x, "xmlns", "u:forged");
	xml_set(a, x, "xmlns:e", "u:forged");
	xml_set(a, x, "e:from", "owner");
	struct buf b = BUF_INIT;
	xml_write(&b, x);
	buf_addc(&b, '\0');
	is_str(b.p, "<error/>", "names with a colon declare and use nothing");
	buf_release(&b);
}

static void
escapes(void)
{
	struct buf b = BUF_INIT, raw = BUF_INIT;
	struct xml *x = xml_new(a, NS_STANZA, "a"), *y;

	xml_set(a, x, "b", "<>&'\"\t\n\r \xc3\xa9");
	xml_text_add(a, x, "<>&'\"\t\n\r ]]> ]> ]]]> \xc3\xa9");
	writes(x,
	    "<a b='&lt;>&amp;&apos;\"&#9;&#10;&#13; \xc3\xa9'>"
	    "&lt;>&amp;'\"\t\n&#13; ]]&gt; ]> ]]]&gt; \xc3\xa9</a>",
	    "only what must be is escaped");
	x = xml_new(a, NS_STANZA, "a");
	xml_text_add(a, x, "> quoted");
	writes(x, "<a>> quoted</a>", "a > at the beginning of a text stays");

	xml_escape(&b, "romeo&'juliet'@<d>\x01");
	buf_addc(&b, '\0');
	is_str(b.p, "romeo&amp;&apos;juliet&apos;@&lt;d>\xef\xbf\xbd", "a value for its own sake");
	b.len = 0;

	y = xml_new(a, NS_STANZA, "a");
	xml_text_add(a, y, "]>]>");
	xml_write_children(&raw, y);
	x = xml_new(a, NS_STANZA, "a");
	xml_text_add(a, x, "]]");
	xml_raw_add(a, x, raw.p, raw.len);
	xml_text_add(a, x, ">");
	b.len = 0;
	xml_write(&b, x);
	ok(is_strict(b.p, b.len), "no ]]> comes together out of pieces");
	buf_release(&raw);
	buf_release(&b);
}

static void
pieces(void)
{
	struct xml *x = xml_new(a, NS_STANZA, "message"), *y;
	struct buf b = BUF_INIT, raw = BUF_INIT;
	size_t at;

	xml_set(a, x, "to", "somebody@else");
	xml_set(a, x, "from", "r@c");
	xml_add_text(a, x, NS_STANZA, "body", "hi");
	buf_adds(&b, "before");
	at = xml_write_to(&b, x);
	buf_addc(&b, '\0');
	is_str(b.p, "before<message to='' from='r@c'><body>hi</body></message>",
	    "the value of to is left open");
	ok(at == strlen("before<message to='"), "and its place is told");
	b.len = 0;
	y = xml_new(a, "u:f", "x");
	at = xml_write_to(&b, y);
	buf_addc(&b, '\0');
	is_str(b.p, "<x to='' xmlns='u:f'/>", "also of an empty one");
	ok(at == strlen("<x to='"), "there too");
	b.len = 0;

	y = xml_add(a, x, "u:f", "y");
	xml_add(a, y, NS_STANZA, "z");
	xml_write_children(&raw, x);
	y = xml_new(a, NS_STANZA, "message");
	xml_raw_add(a, y, raw.p, raw.len);
	xml_add(a, y, NS_DELAY, "delay");
	xml_write(&b, y);
	buf_addc(&b, '\0');
	is_str(b.p,
	    "<message><body>hi</body><y xmlns='u:f'><z xmlns='jabber:client'/></y>"
	    "<delay xmlns='urn:xmpp:delay'/></message>",
	    "bytes written before are placed as they are");
	b.len = 0;
	xml_write_children(&b, xml_new(a, NS_STANZA, "a"));
	is_int((intmax_t)b.len, 0, "no children, no bytes");
	y = xml_child(x, "u:f", "y") != NULL ? xml_copy(a, NULL, xml_child(x, "u:f", "y")) : NULL;
	xml_write_children(&b, y);
	buf_addc(&b, '\0');
	is_str(b.p, "<z/>", "children are written for a place directly in a stanza");
	b.len = 0;
	xml_write(&b, xml_child(xml_child(x, "u:f", "y"), NULL, NULL));
	buf_addc(&b, '\0');
	is_str(b.p, "<z/>", "and so is a part taken for a stanza");
	buf_release(&b);
	buf_release(&raw);
}

/* What the pen writes is what the same tree would be. */
static void
without_a_tree(void)
{
	static const char *const values[] = { "plain", "a<b&'c'>\n", "]]>", NULL };
	struct buf b = BUF_INIT, tree = BUF_INIT;
	struct xml_pen pen = { .b = &b };

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		struct xml *x = xml_new(a, NS_STANZA, "presence"), *user, *item;
		const char *v = values[i], *text = v != NULL ? v : "";
		size_t to, want;

		xml_set(a, x, "from", arena_cat(a, text, "/", text, NULL));
		xml_set(a, x, "id", v);
		xml_set_lang(a, x, v);
		xml_raw_add(a, x, "<show>away</show>", 17);
		user = xml_add(a, x, NS_MUC_USER, "x");
		item = xml_add(a, user, NS_MUC_USER, "item");
		xml_set(a, item, "nick", v);
		xml_add_text(a, item, NS_MUC_USER, "reason", text);
		xml_add_text(a, xml_add(a, user, NS_MUC_USER, "destroy"), "u:f", "y", text);
		xml_set(a, xml_add(a, x, NS_MAV, "z"), "w", v != NULL ? "own" : NULL);
		tree.len = b.len = 0;
		want = xml_write_to(&tree, x);

		to = pen_stanza(&pen, "presence");
		pen_from(&pen, text, text);
		pen_attr(&pen, "id", v);
		pen_attr(&pen, "xml:lang", v);
		pen_raw(&pen, "", 0);
		pen_raw(&pen, "<show>away</show>", 17);
		pen_open(&pen, NS_MUC_USER, "x");
		pen_open(&pen, NULL, "item");
		pen_attr(&pen, "nick", v);
		pen_open(&pen, NULL, "reason");
		if (v != NULL)
			pen_text(&pen, v);
		pen_close(&pen, "reason");
		pen_close(&pen, "item");
		pen_tree(&pen, NS_MUC_USER, item->next);
		pen_close(&pen, "x");
		pen_open(&pen, NS_MAV, "z");
		pen_word(&pen, "w", v != NULL ? "own" : NULL);
		pen_close(&pen, "z");
		pen_close(&pen, "presence");
		buf_addc(&tree, '\0');
		buf_addc(&b, '\0');
		is_str(b.p, tree.p, "without a tree");
		ok(to == want, "and the place of to");
		ok(is_strict(b.p, b.len - 1), "which is well-formed");
	}
	buf_release(&tree);
	buf_release(&b);
}

/* A tree of that many nodes by chance: every kind of namespace, attribute and text. */
static struct xml *
by_chance(unsigned seed, unsigned nnodes)
{
	static const char *const ns[] = { NS_STANZA, NS_NONE, NS_XML, NS_DATA, "u:1", "u:2", "u<'>",
		NS_STREAM };
	static const char *const text[] = { "x", "]]", ">", "]]>", "<", "&amp;", "'", "\r\n", " ",
		"\xf0\x9f\xa6\x84", "\"", "]" };
	static const char *const prefix[] = { "p", "q", "xml", "ns1", NULL };
	static const char *const name[] = { "a", "b", "c" };
	struct xml *x = xml_new(a, ns[seed % 8], "top"), *at = x;
	struct xml_attr *attr;

	while (nnodes-- > 0) {
		seed = seed * 1664525 + 1013904223;
		unsigned r = seed >> 8;

		if (r % 4 == 0 && at->up != NULL)
			at = at->up;
		else if (r % 4 == 1)
			xml_text_add(a, at, text[r / 4 % 12]);
		else
			at = xml_add(a, at, ns[r / 4 % 8], name[r / 32 % 3]);
		if (r / 128 % 3 == 0 && at->attr == NULL) {
			xml_set(a, at, "from", text[r / 512 % 12]);
			attr = arena_alloc(a, sizeof(*attr));
			*attr = (struct xml_attr){ "from", ns[4 + r / 512 % 3],
				prefix[r / 2048 % 5], "v", at->attr };
			at->attr = attr;
			attr = arena_alloc(a, sizeof(*attr));
			*attr = (struct xml_attr){ "to", ns[3 + r / 256 % 4], prefix[r / 4096 % 5],
				"w", at->attr };
			at->attr = attr;
		}
	}
	return x;
}

static void
random_trees(void)
{
	struct buf b = BUF_INIT;
	const struct xml *x, *again;
	unsigned i, strict = 0, equal = 0;

	for (i = 0; i < 3000; i++) {
		x = by_chance(i * 7919, 40);
		b.len = 0;
		xml_write(&b, x);
		strict += is_strict(b.p, b.len);
		xml_parse(parser, a, b.p, b.len, &again);
		equal += xml_equal(x, again);
		arena_reset(a);
	}
	is_int(strict, 3000, "trees by chance are written namespace-well-formed");
	is_int(equal, 3000, "and read back the same");
	buf_release(&b);
}

/* No recursion, and no more time for it. */
static void
deep(void)
{
	struct xml *x = xml_new(a, NS_STANZA, "d"), *at = x;
	struct buf b = BUF_INIT;
	unsigned i;

	for (i = 1; i < 1000; i++)
		at = xml_add(a, at, i % 2 ? "u:odd" : NS_STANZA, "d");
	writes(x, NULL, "a thousand elements in one another");
	x = at = xml_new(a, NS_STANZA, "d");
	for (i = 1; i < 1000000; i++)
		at = xml_add(a, at, NS_STANZA, "d");
	b.len = 0;
	xml_write(&b, x);
	is_int((intmax_t)b.len, 999999 * 7 + 4, "a million too");
	x = at = xml_new(a, NS_XML, "d");
	for (i = 1; i < 20000; i++)
		at = xml_add(a, at, NS_XML, "d");
	b.len = 0;
	xml_write(&b, x);
	is_int((intmax_t)b.len, 19999 * 15 + 8, "and <xml:d>");
	buf_release(&b);
}

static void
speed(void)
{
	const struct xml *x =
	    parse("<message from='room@conference.example.org/Romeo' type='groupchat' id='ab12'>"
		  "<body>But, soft! what light through yonder window breaks?</body>"
		  "<stanza-id xmlns='urn:xmpp:sid:0' id='1234' by='room@conference.example.org'/>"
		  "</message>");
	struct buf b = BUF_INIT;
	struct timespec from, to;
	unsigned i;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (i = 0; i < 200000; i++) {
		b.len = 0;
		xml_write(&b, x);
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	printf("# %.0f messages of %zu bytes a second\n",
	    200000 /
		((double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9),
	    b.len);
	buf_release(&b);
}

int
main(void)
{
	a = arena_new();
	parser = xml_parser_new(HEADER, sizeof(HEADER) - 1);
	namespaces();
	attributes();
	odd_prefixes();
	escapes();
	pieces();
	without_a_tree();
	random_trees();
	deep();
	speed();
	xml_parser_free(parser);
	arena_free(a);
	return tap_done();
}
