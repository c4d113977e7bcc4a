/* SPDX-License-Identifier: ISC */
/*
 * xml_parse.c - one stanza's bytes to a tree
 */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/xml.h"
#include "base/xml_cut.h"
#include "base/xml_parse.h"
#include "base/xml_write.h"
#include "tap.h"

#ifdef __SANITIZE_ADDRESS__
#	define IS_KEPT 300000 /* kB: AddressSanitizer puts what was freed in quarantine */
#	define NPARTS	10000  /* and its strstr() reads all there is to the end */
#else
#	define IS_KEPT 0
#	define NPARTS	1000000
#endif

#define HEADER                                                                                     \
	"<?xml version='1.0' encoding='UTF-8'?>"                                                   \
	"<stream:stream xmlns='jabber:component:accept' xml:lang='en' xmlns:db='urn:db' "          \
	"xmlns:stream='http://etherx.jabber.org/streams' from='c.example' id='x&amp;1'>"

static struct arena *a;
static struct xml_parser *parser;

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long
resident_kb(void)
{
	long pages = 0, resident = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f == NULL || fscanf(f, "%ld %ld", &pages, &resident) != 2)
		printf("# no statm\n");
	if (f != NULL)
		fclose(f);
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/* The parser must be as good as new after whatever it was given. */
static bool
is_well(void)
{
	const struct xml *x;

	return xml_parse(parser, a, "<m><n xmlns='u'/>t</m>", 22, &x) == PARSE_OK &&
	       xml_is(x, NS_STANZA, "m") && xml_child(x, "u", "n") != NULL;
}

static enum parse
parse(const char *s, const struct xml **x)
{
	size_t n = strlen(s);
	char *copy = malloc(n > 0 ? n : 1);
	enum parse result;

	memcpy(copy, s, n);
	result = xml_parse(parser, a, copy, n, x);
	free(copy);
	return result;
}

/* With PARSE_DISAGREE the stream ends, so nothing is asked of the parser after it. */
static void
gives(enum parse want, const char *s, const char *what)
{
	static const char *const name[] = { "fine", "unbound", "bad", "disagrees" };
	const struct xml *x;
	enum parse got = parse(s, &x);

	ok(got == want, "%s: %s", what, name[want]);
	if (got != want)
		printf("# got %s for %s\n", name[got], s);
	ok((x != NULL) == (got == PARSE_OK || got == PARSE_UNBOUND) && is_well(),
	    "a tree where there should be one, and a parser ready for more");
}

static const struct xml *
tree(const char *s)
{
	const struct xml *x;

	if (parse(s, &x) != PARSE_OK)
		printf("# not fine: %.100s\n", s);
	return x;
}

static void
headers(void)
{
	static const char *const bad[] = { "", "<", "<a", "<a/>", "<a></a>", "<a><b>", "<a>text",
		"<a b>", "<e:a>", "<a e:b='c'>", "<!DOCTYPE a><a>", "<!-- c --><a>", "text",
		"<?xml?><a>", "<?pi x?><a>", "<a b='1' b='2'>", "<a b='&e;'>", "<a xmlns:e=''>",
		"<a><!--", "<a>&lt;",
		"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e 'x'>]><a b='&e;'>" };
	const struct xml *h = xml_parser_header(parser);
	struct xml_parser *p;
	size_t i;

	ok(xml_is(h, NS_STREAM, "stream"), "the header's element");
	is_str(xml_get(h, "id"), "x&1", "its id");
	is_str(xml_get(h, "from"), "c.example", "its from");
	is_str(xml_lang(h), "en", "its language");
	ok(h->child == NULL && h->up == NULL, "and nothing more");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		p = xml_parser_new(bad[i], strlen(bad[i]));
		ok(p == NULL, "'%s' is no header", bad[i]);
		xml_parser_free(p);
	}
	p = xml_parser_new("<?xml version='1.0' encoding='ISO-8859-1'?><s>", 46);
	ok(p != NULL && xml_parse(p, a, "<m>\xc3\xa9</m>", 9, &h) == PARSE_OK, "a stream is UTF-8");
	is_str(xml_text(h), "\xc3\xa9", "whatever it says");
	ok(xml_is(h, NS_NONE, "m"), "and without a namespace if it says none");
	xml_parser_free(p);
}

static void
namespaces(void)
{
	const struct xml *x =
	    tree("<m><a xmlns='jabber:client'/><b xmlns='jabber:component:accept'/>"
		 "<c xmlns=''/><d xmlns='urn:xmpp:delay'/><e xmlns='urn:e'><f/>"
		 "<g xmlns='jabber:client'/></e><db:h/></m>");
	const struct xml *c;

	ok(x->ns == NS_STANZA, "the stream's namespace");
	c = xml_child(x, NULL, NULL);
	ok(c->ns == NS_STANZA, "jabber:client is the same");
	c = xml_next(c, NULL, NULL);
	ok(c->ns == NS_STANZA, "also where it is declared");
	c = xml_next(c, NULL, NULL);
	ok(c->ns == NS_NONE, "none");
	c = xml_next(c, NULL, NULL);
	ok(c->ns == NS_DELAY, "a known one is its very pointer");
	c = xml_next(c, NULL, NULL);
	is_str(c->ns, "urn:e", "an unknown one");
	is_str(xml_child(c, NULL, "f")->ns, "urn:e", "is inherited");
	ok(xml_child(c, NULL, "g")->ns == NS_STANZA, "jabber:client beneath it");
	c = xml_next(c, NULL, NULL);
	is_str(c->ns, "urn:db", "a prefix that the header declares");
	gives(PARSE_OK, "<m xmlns='no uri at all'/>", "a namespace that is no URI");
	gives(PARSE_OK, "<m xmlns='relative/uri'/>", "a relative one");
	gives(PARSE_OK, "<m xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='de'/>",
	    "the prefix xml declared as what it is");
}

static void
unbound(void)
{
	static const char *const bad[] = { "<e:m/>", "<m e:from='x'/>", "<m><e:c/></m>",
		"<m><c e:from='x'/></m>", "<m><c xmlns:e='u'/><e:d/></m>", "<m xmlns:e=''/>",
		"<m><c xmlns:e=''/></m>", "<m xmlns:e='u' xmlns:f='u' e:a='1' f:a='2'/>",
		"<m xmlns:xml='u'/>", "<m xmlns:xmlns='u'/>",
		"<m xmlns:e='http://www.w3.org/2000/xmlns/'/>",
		"<m xmlns='http://www.w3.org/2000/xmlns/'/>",
		"<m xmlns='http://www.w3.org/XML/1998/namespace'/>",
		"<m xmlns:e='http://www.w3.org/XML/1998/namespace'/>", "<a:b:c/>",
		"<m><a:b:c/></m>", "<m a:b:c='x'/>", "<m :a='x'/>", "<:m/>", "<m:/>", "<m a:='x'/>",
		"<m xmlns:e='u'><c xmlns:e=''><e:d/></c></m>" };
	const struct xml *x;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		gives(PARSE_UNBOUND, bad[i], bad[i]);
	is_int(parse("<message e:from='owner@x/y' from='romeo@x/y' xmlns:f='u' f:to='z' to='r@c/n' "
		     "id='7' xml:lang='de'><body>b</body></message>",
		   &x),
	    PARSE_UNBOUND, "a prefix that is declared nowhere");
	ok(xml_is(x, NS_STANZA, "message") && x->child == NULL && x->last == NULL,
	    "leaves the head");
	is_str(xml_get(x, "from"), "romeo@x/y", "who sent it");
	is_str(xml_get(x, "to"), "r@c/n", "to whom");
	is_str(xml_get(x, "id"), "7", "and its id");
	is_str(xml_lang(x), "de", "and language");
	is_int(
	    parse("<message from='romeo@x/y'>t<e:body/>u</message>", &x), PARSE_UNBOUND, "deeper");
	ok(x->child == NULL && xml_get(x, "from") != NULL, "also leaves the head");
	is_int(parse("<e:message from='romeo@x/y'/>", &x), PARSE_UNBOUND, "the stanza itself");
	ok(!xml_is(x, NS_STANZA, NULL), "is then no stanza of ours");
}

/* Forged by a client, forwarded by a server: none of these is the attribute it looks like. */
static void
forged(void)
{
	static const char *const uri[] = { "u:e", "jabber:client", "jabber:component:accept",
		"jabber:server", "http://etherx.jabber.org/streams", "urn:db" };
	static const char *const name[] = { "from", "to", "type", "id" };
	char s[512];
	const struct xml *x;
	size_t i, j, good = 0, n = sizeof(uri) / sizeof(uri[0]);

	for (i = 0; i < n; i++)
		for (j = 0; j < 4; j++) {
			snprintf(s, sizeof(s),
			    "<m xmlns:e='%s' e:%s='forged' from='f' e:x='y' to='t' type='ty' "
			    "id='i'/>",
			    uri[i], name[j]);
			x = tree(s);
			good += strcmp(xml_get(x, "from"), "f") == 0 &&
				strcmp(xml_get(x, "to"), "t") == 0 &&
				strcmp(xml_get(x, "type"), "ty") == 0 &&
				strcmp(xml_get(x, "id"), "i") == 0 && xml_get(x, "x") == NULL;
			snprintf(s, sizeof(s), "<m xmlns:e='%s' e:%s='forged'/>", uri[i], name[j]);
			x = tree(s);
			good += xml_get(x, name[j]) == NULL && x->attr->ns != NULL &&
				strcmp(x->attr->prefix, "e") == 0;
		}
	is_int((intmax_t)good, (intmax_t)n * 8, "a qualified attribute never passes for another");
	x = tree("<m db:from='forged'/>");
	ok(xml_get(x, "from") == NULL, "nor with a prefix of the header");
	x = tree("<m lang='xx'/>");
	ok(xml_lang(x) == NULL, "lang is not xml:lang, and the header's is not the stanza's");
	x = tree("<m xml:lang='de' xml:space='preserve' xml:base='b' xml:x='y'><b/></m>");
	is_str(xml_lang(xml_child(x, NULL, "b")), "de", "xml:lang is");
	ok(xml_get(x, "lang") == NULL && xml_get(x, "base") == NULL && x->attr->ns == NS_XML,
	    "in its own namespace, as all of xml:");
}

static void
text(void)
{
	const struct xml *x = tree("<m> a&lt;b&#38;&#x1F984;<![CDATA[<c>&amp;]]]]><![CDATA[>]]>\n"
				   "<d/>tail<e/>&quot;&apos;&gt;</m>");

	is_str(xml_text(x), " a<b&\xf0\x9f\xa6\x84<c>&amp;]]>\n",
	    "text, references and CDATA are joined");
	ok(x->child->next->kind == XML_ELEMENT && x->child->len == strlen(x->child->text),
	    "to one node");
	is_str(x->child->next->next->text, "tail", "text between children");
	is_str(x->last->text, "\"'>", "and behind them");
	x = tree("<m a='&lt;&#38;&amp;&#10;&apos;' b=\"x\ty\nz\r\n'\"/>");
	is_str(xml_get(x, "a"), "<&&\n'", "references in an attribute");
	is_str(xml_get(x, "b"), "x y z '", "white space in one (XML 1.0, 3.3.3)");
	x = tree("<m>a\r\nb\rc&#13;</m>");
	is_str(xml_text(x), "a\nb\nc\r", "line ends (XML 1.0, 2.11)");
	x = tree("<m><![CDATA[]]></m>");
	ok(x->child == NULL, "empty CDATA is nothing");
	x = tree("<m> <b/> </m>");
	ok(x->child->kind == XML_TEXT && x->last->kind == XML_TEXT, "white space is kept");
}

static void
bad(void)
{
	static const char *const refused[] = { "<m>&e;</m>", "<m a='&e;'/>", "<m a='1' a='2'/>",
		"<m xmlns:e='u' e:a='1' e:a='2'/>", "<m a=b/>", "<m a/>", "<m a='<'/>",
		"<m>]]></m>", "<m></n>", "<m><n></m>", "<m>\xff</m>", "<m>\xc3</m>",
		"<m>\xc0\xaf</m>", "<m>\xed\xa0\x80</m>", "<m>\xef\xbf\xbf</m>",
		"<m>\xf4\x90\x80\x80</m>", "<m a='\xff'/>", "<\xff/>", "<m \xff='x'/>",
		"<m><![CDATA[\xff]]></m>", "<m><![CDATA[\xc1\x92]]></m>", "<m>\xc1\x92</m>",
		"<m a='\xe0\x9f\xbf'/>", "<m>\x01</m>", "<m>&#1;</m>", "<m>&#0;</m>",
		"<m>&#xD800;</m>", "<m>&#xFFFF;</m>", "<m>&#x110000;</m>", "<m>&#99999999999;</m>",
		"<m>&lt</m>", "<m>& </m>", "<m><!-- c --></m>", "<m><?pi x?></m>",
		"<m><!DOCTYPE m></m>", "<!DOCTYPE m [<!ENTITY e 'x'>]><m>&e;</m>", "<!-- c --><m/>",
		"<?xml version='1.0'?><m/>", "<m xmlns='u' xmlns='v'/>", "<m/ >", "< m/>",
		"<m a='1'b='2'/>", "<m", "<m a='", "<m\xf0\x9f\x98\x80/>", "<\xc8\xa0/>" };
	const struct xml *x;
	char nul[27];
	size_t i, good = 0;

	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		gives(PARSE_BAD, refused[i], refused[i]);
	for (i = 0; i < 24; i++) {
		memcpy(nul, "<m a='1'>x<![CDATA[y]]></m>", 27);
		nul[i] = '\0';
		good += xml_parse(parser, a, nul, 27, &x) == PARSE_BAD && is_well();
	}
	is_int((intmax_t)good, 24, "NUL, wherever it stands");
	ok(xml_parser_new("<a b='\0'>", 9) == NULL, "also in a header");
}

static void
disagree(void)
{
	static const char *const not_one[] = { "", " ", "text", "<m>", "<m><n/>", "<m>text",
		"<m/><n/>", "<m></m><n>", "<m/>text", "<m/> ", " <m/>", "text<m/>",
		"</stream:stream>", "<m/></stream:stream>", "<m></m></stream:stream><m>",
		"</stream:stream><m/>", "<m><![CDATA[</m>", "<![CDATA[x]]><m/>", "&lt;<m/>",
		"<m/>&lt;" };
	size_t i;

	for (i = 0; i < sizeof(not_one) / sizeof(not_one[0]); i++)
		gives(PARSE_DISAGREE, not_one[i], not_one[i]);
}

static void
tags(void)
{
	const struct xml *x;

	is_int(xml_parse_tag(parser, a, "<m from='a>b' id='1'>", 21, &x), PARSE_OK, "a start tag");
	ok(xml_is(x, NS_STANZA, "m") && x->child == NULL, "is an empty element");
	is_str(xml_get(x, "from"), "a>b", "with its attributes");
	ok(is_well(), "and the parser is well");
	is_int(xml_parse_tag(parser, a, "<m id='1'/>", 11, &x), PARSE_OK, "one that closes itself");
	is_int(xml_parse_tag(parser, a, "<m e:x='1' id='2'>", 18, &x), PARSE_UNBOUND,
	    "an unbound one");
	is_str(xml_get(x, "id"), "2", "its id");
	is_int(xml_parse_tag(parser, a, "<m x>", 5, &x), PARSE_BAD, "a bad one");
	is_int(xml_parse_tag(parser, a, "<m x", 4, &x), PARSE_BAD, "one that does not end");
	is_int(xml_parse_tag(parser, a, "", 0, &x), PARSE_BAD, "none");
}

/* Adds s, n times. */
static void
add_times(struct buf *b, const char *s, size_t n)
{
	while (n-- > 0)
		buf_adds(b, s);
}

/* Parses head, part n times, tail. */
static enum parse
parse_times(const char *head, const char *part, size_t n, const char *tail, const struct xml **x)
{
	struct buf b = BUF_INIT;
	enum parse result;

	buf_adds(&b, head);
	add_times(&b, part, n);
	buf_adds(&b, tail);
	result = xml_parse(parser, a, b.p, b.len, x);
	buf_release(&b);
	return result;
}

/* Bodies that libxml2 delivers in a million small parts: one text node, in linear time. */
static void
large_texts(void)
{
	static const struct {
		const char *part, *what;
		size_t bytes;
	} body[] = {
		{ "\n", "line feeds", 1 },
		{ "&lt;", "entities", 1 },
		{ "&#10;", "character references", 1 },
		{ "\r\n", "line ends", 1 },
		{ "]", "brackets", 1 },
		{ "<![CDATA[x]]>", "CDATA", 1 },
		{ "\xc3\xa9", "accents", 2 },
		{ "\xc3\xa9\n", "accents and line feeds", 3 },
	};
	static const char sixteen[] = "0123456789abcdef";
	const struct xml *x;
	double from;
	size_t i;

	for (i = 0; i < sizeof(body) / sizeof(body[0]); i++) {
		from = seconds();
		if (!ok(parse_times("<m>", body[i].part, NPARTS, "</m>", &x) == PARSE_OK, "%d %s",
			NPARTS, body[i].what))
			continue;
		from = seconds() - from;
		ok(x->child == x->last && x->child->len == NPARTS * body[i].bytes, "are one text");
		ok(from < 2, "in %.3f s", from);
		arena_reset(a);
	}
	from = seconds();
	is_int(
	    parse_times("<m a='", sixteen, 15 << 16, "'/>", &x), PARSE_OK, "an attribute of 15 MB");
	is_int(
	    parse_times("<m><b>", sixteen, 1 << 20, "</b></m>", &x), PARSE_OK, "a text of 16 MB");
	is_int((intmax_t)x->child->child->len, 1 << 24, "whole");
	is_int(parse_times("<m><![CDATA[", sixteen, 1 << 20, "]]></m>", &x), PARSE_OK,
	    "CDATA of 16 MB");
	is_int(parse_times("<", "n", 1 << 20, "/>", &x), PARSE_OK, "a name of 1 MB");
	from = seconds() - from;
	ok(from < 2, "all in %.3f s", from);
	arena_reset(a);
	ok(is_well(), "and the parser is well");
}

static void
deep(void)
{
	struct buf b = BUF_INIT;
	const struct xml *x, *at;
	size_t depth;

	add_times(&b, "<d xmlns='u'><e xmlns='v'>", 500);
	add_times(&b, "</e></d>", 500);
	is_int(xml_parse(parser, a, b.p, b.len, &x), PARSE_OK, "depth 1000, each with a namespace");
	for (at = x, depth = 0; at != NULL; at = xml_child(at, NULL, NULL))
		depth++;
	is_int((intmax_t)depth, 1000, "all there");
	b.len = 0;
	add_times(&b, "<d>", 1000000);
	add_times(&b, "</d>", 1000000);
	is_int(xml_parse(parser, a, b.p, b.len, &x), PARSE_OK, "a million, if nobody forbids it");
	ok(is_well(), "and the parser is well");
	arena_reset(a);
	buf_release(&b);
}

/* A stanza of n elements, each with a prefix and a namespace of its own. */
static enum parse
many_names(struct buf *b, size_t n)
{
	const struct xml *x;
	char word[128];
	size_t i;

	b->len = 0;
	buf_adds(b, "<m>");
	for (i = 0; i < n; i++) {
		snprintf(word, sizeof(word), "<p%zu:c xmlns:p%zu='u:%zu'/>", i, i, i);
		buf_adds(b, word);
	}
	buf_adds(b, "</m>");
	return xml_parse(parser, a, b->p, b->len, &x);
}

/* What libxml2 does in quadratic time. */
static void
quadratic(void)
{
	struct buf b = BUF_INIT;
	char word[64];
	const struct xml *x;
	double from = seconds();
	size_t i;

	buf_adds(&b, "<m");
	for (i = 0; i < 200; i++) {
		snprintf(word, sizeof(word), " a%zu='%0*d'", i, 30, 0);
		buf_adds(&b, word);
	}
	buf_adds(&b, "/>");
	is_int(xml_parse(parser, a, b.p, b.len, &x), PARSE_OK, "200 attributes");
	b.len = 0;
	buf_adds(&b, "<m>x<c");
	for (i = 0; i < 200000; i++) {
		snprintf(word, sizeof(word), " a%zu=''", i);
		buf_adds(&b, word);
	}
	buf_adds(&b, "/></m>");
	is_int(xml_parse(parser, a, b.p, b.len, &x), PARSE_BAD, "200,000 are too many");
	is_int(parse_times("<m><![CDATA[<n ]]>", "''", 5000, "</m>", &x), PARSE_OK,
	    "quotes outside of tags are none");
	b.len = 0;
	buf_adds(&b, "<m>");
	for (i = 0; i < 100000; i++) {
		snprintf(word, sizeof(word), "<c xmlns:p%zu='u'>", i);
		buf_adds(&b, word);
	}
	add_times(&b, "<db:d/>", 100000);
	add_times(&b, "</c>", 100000);
	buf_adds(&b, "</m>");
	is_int(xml_parse(parser, a, b.p, b.len, &x), PARSE_BAD, "100,000 prefixes at once too");
	is_int(many_names(&b, 20000), PARSE_OK, "40,000 names one after the other they may be");
	is_int(many_names(&b, 100000), PARSE_BAD, "but 200,000 are too many");
	from = seconds() - from;
	ok(from < 5, "all in %.3f s", from);
	ok(is_well(), "and the parser is well");
	arena_reset(a);
	buf_release(&b);
}

/* A million names that nobody has ever heard of: of elements, attributes, prefixes, namespaces. */
static void
names(void)
{
	char s[512];
	const struct xml *x;
	size_t i, good = 0;
	long before = 0, after;

	for (i = 0; i < 250000; i++) {
		if (i == 25000)
			before = resident_kb();
		snprintf(s, sizeof(s), "<m><e%zu a%zu='1' xmlns:p%zu='urn:n%zu' p%zu:b='2'/></m>",
		    i, i, i, i, i);
		good += xml_parse(parser, a, s, strlen(s), &x) == PARSE_OK;
		arena_reset(a);
	}
	after = resident_kb();
	is_int((intmax_t)good, 250000, "a million names are read");
	after -= IS_KEPT;
	ok(after - before < 2000, "memory went from %ld to %ld kB", before, after);
	for (i = 0; i < 20000; i++) {
		if (i == 2000)
			before = resident_kb();
		good += parse(i % 2 ? "<m>&e;</m>" : "<m><a/>", &x) != PARSE_OK;
		arena_reset(a);
	}
	after = resident_kb();
	is_int((intmax_t)good, 270000, "20,000 bad stanzas are refused");
	after -= IS_KEPT;
	ok(after - before < 2000, "memory went from %ld to %ld kB", before, after);
	ok(is_well(), "and the parser is well");
}

/* Cutter and parser together on stanzas changed by chance: they must never disagree. */
static void
together(void)
{
	static const char base[] =
	    "<m from='a' e:x=\"'\" xmlns:e='u'><b>t&lt;<![CDATA[<]]]>]]></b><c/>x</m>";
	static const char letters[] = "<>/'\"=![]-?& :;ax\xc3\xa9";
	char s[sizeof(HEADER) + sizeof(base) + 8];
	size_t head = sizeof(HEADER) - 1, n = sizeof(base) - 1, used, i, k;
	unsigned long count[4] = { 0 }, ncut = 0;
	unsigned r = 1;
	struct xml_cut x;
	const struct xml *t;

	memcpy(s, HEADER, head);
	for (i = 0; i < 300000; i++) {
		memcpy(s + head, base, n);
		for (k = 0; k <= i % 3; k++) {
			r = r * 1664525 + 1013904223;
			s[head + (r >> 16) % n] = letters[(r >> 8) % (sizeof(letters) - 1)];
		}
		xml_cut_init(&x, 1000, 100);
		xml_cut(&x, s, head, &used);
		if (xml_cut(&x, s + head, n, &used) != CUT_STANZA)
			continue;
		ncut++;
		count[xml_parse(parser, a, s + head, used, &t)]++;
		if (i % 64 == 0)
			arena_reset(a);
	}
	printf("# %lu cut: %lu fine, %lu unbound, %lu bad\n", ncut, count[0], count[1], count[2]);
	is_int((intmax_t)count[PARSE_DISAGREE], 0, "what was cut is one element, or is refused");
	ok(count[PARSE_OK] > 1000 && count[PARSE_BAD] > 1000 && count[PARSE_UNBOUND] > 100,
	    "of all");
}

static void
speed(void)
{
	static const char s[] =
	    "<message from='romeo@montague.example/orchard' to='room@conference.example.org' "
	    "type='groupchat' id='ab12' xml:lang='en'>"
	    "<body>But, soft! what light through yonder window breaks?</body>"
	    "<origin-id xmlns='urn:xmpp:sid:0' id='ab12'/>"
	    "<markable xmlns='urn:xmpp:chat-markers:0'/></message>";
	struct xml_cut c;
	const struct xml *x;
	size_t i, used, n = sizeof(s) - 1;
	double from;

	xml_cut_init(&c, 1 << 20, 100);
	xml_cut(&c, HEADER, sizeof(HEADER) - 1, &used);
	from = seconds();
	for (i = 0; i < 200000; i++)
		xml_cut(&c, s, n, &used);
	printf("# %.0f stanzas of %zu bytes cut a second\n", 200000 / (seconds() - from), n);
	from = seconds();
	for (i = 0; i < 200000; i++) {
		xml_parse(parser, a, s, n, &x);
		if (i % 100 == 0)
			arena_reset(a);
	}
	printf("# %.0f parsed\n", 200000 / (seconds() - from));
	arena_reset(a);
}

int
main(void)
{
	a = arena_new();
	parser = xml_parser_new(HEADER, sizeof(HEADER) - 1);
	headers();
	namespaces();
	unbound();
	forged();
	text();
	bad();
	disagree();
	tags();
	large_texts();
	deep();
	quadratic();
	names();
	together();
	speed();
	xml_parser_free(parser);
	xml_parser_free(NULL);
	arena_free(a);
	return tap_done();
}
