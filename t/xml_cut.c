/* SPDX-License-Identifier: ISC */
/*
 * xml_cut.c - where one stanza ends and the next begins
 *
 * A stream is cut and told as a line: H header, S stanza, W white space, L too long, D too deep,
 * C stream end, B not XMPP, + not at its end; each with the length of the piece, L and D with that
 * of the start tag too. The line must be the same however the stream is split.
 */
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/xml_cut.h"
#include "tap.h"

#define HEADER "<stream:stream xmlns='jabber:component:accept' id='1'>" /* 54 bytes */

static size_t max_bytes = 100;
static unsigned max_depth = 4;

static void
tell(struct buf *line, char what, size_t n, size_t tag_len)
{
	char word[64];

	snprintf(word, sizeof(word), "%s%c%zu", line->len > 0 ? " " : "", what, n);
	buf_adds(line, word);
	if (what == 'L' || what == 'D') {
		snprintf(word, sizeof(word), "/%zu", tag_len);
		buf_adds(line, word);
	}
}

/* As xml_cut(), of a copy, so that a sanitizer sees who reads behind the end. */
static enum cut
cut_copy(struct xml_cut *x, const char *s, size_t n, size_t *used)
{
	char *copy = malloc(n);
	enum cut result;

	memcpy(copy, s, n);
	result = xml_cut(x, copy, n, used);
	free(copy);
	return result;
}

/* Cuts n bytes given in pieces of at most step; with step 0 of sizes drawn by chance. */
static char *
cut(const char *s, size_t n, size_t step)
{
	static const char letter[] = {
		[CUT_HEADER] = 'H',
		[CUT_STANZA] = 'S',
		[CUT_SPACE] = 'W',
		[CUT_LONG] = 'L',
		[CUT_DEEP] = 'D',
		[CUT_CLOSE] = 'C',
		[CUT_BAD] = 'B',
	};
	struct buf line = BUF_INIT;
	struct xml_cut x;
	size_t piece = 0, space = 0, used, give;
	static unsigned chance = 1;
	enum cut result = CUT_MORE;

	xml_cut_init(&x, max_bytes, max_depth);
	while (n > 0 && result != CUT_BAD) {
		chance = chance * 1103515245 + 12345;
		give = step > 0 ? step : 1 + (chance >> 16) % 20;
		give = give < n ? give : n;
		result = cut_copy(&x, s, give, &used);
		if (result == CUT_BAD) {
			if (space > 0)
				tell(&line, 'W', space, 0);
			tell(&line, 'B', 0, 0);
			return buf_steal(&line);
		}
		s += used;
		n -= used;
		if (result == CUT_SPACE) {
			space += used;
			continue;
		}
		if (space > 0)
			tell(&line, 'W', space, 0);
		space = 0;
		piece += used;
		if (result == CUT_MORE)
			continue;
		tell(&line, letter[result], piece, x.tag_len);
		piece = 0;
	}
	if (space > 0)
		tell(&line, 'W', space, 0);
	if (piece > 0)
		tell(&line, '+', piece, 0);
	return buf_steal(&line);
}

static void
cuts(const char *s, const char *want, const char *what)
{
	size_t n = strlen(s), step;
	char *line = cut(s, n, n), *split;
	bool same = true;

	is_str(line, want, what);
	for (step = 0; step < n && same; step++) {
		split = cut(s, n, step);
		same = strcmp(line, split) == 0;
		if (!same)
			printf("# step %zu: %s\n", step, split);
		free(split);
	}
	ok(same, "and the same, however it is split");
	free(line);
}

/* In the stream: what follows the header. */
static void
stanza(const char *s, const char *want, const char *what)
{
	char stream[4096], line[256];

	snprintf(stream, sizeof(stream), "%s%s", HEADER, s);
	snprintf(line, sizeof(line), "H54%s%s", *want != '\0' ? " " : "", want);
	cuts(stream, line, what);
}

static void
headers(void)
{
	cuts(HEADER, "H54", "a header");
	cuts("<?xml version='1.0'?>" HEADER, "H75", "with a declaration");
	cuts("<?xml version='1.0'?>\n \r\t" HEADER, "H79", "and white space behind it");
	cuts("<?xml a='?"
	     "?>?'?><s>",
	    "B0", "a declaration ends at the first ?>");
	cuts("<?xml v='1.0' ?"
	     "?"
	     "?><s>",
	    "H21", "also behind more ?");
	cuts(" \n" HEADER, "W2 H54", "white space before it");
	cuts("<?xml version='1.0'?>", "+21", "a declaration alone is not all");
	cuts("<?xml version='1.0'?><?xml version='1.0'?><s>", "B0", "two declarations");
	cuts("<?xml version='1.0'?>x<s>", "B0", "text behind it");
	cuts("<?xml-stylesheet href='x'?><s>", "B0", "another instruction");
	cuts("<?php?><s>", "B0", "another one");
	cuts("<?xml?><s>", "B0", "an empty declaration");
	cuts("<!DOCTYPE s [<!ENTITY e 'x'>]><s>", "B0", "a DOCTYPE");
	cuts("<?xml version='1.0'?><!DOCTYPE s><s>", "B0", "a DOCTYPE behind the declaration");
	cuts("<!-- x --><s>", "B0", "a comment before the header");
	cuts("x", "B0", "text before the header");
	cuts("\xef\xbb\xbf<s>", "B0", "a byte order mark");
	cuts("</s>", "B0", "an end tag first");
	cuts("<s/>", "B0", "a header that closes itself");
	cuts("<s a='>' b=\"'>\">", "H16", "a > in quotes is not the end");
	cuts("HTTP/1.1 400 Bad Request\r\n", "B0", "somebody else's protocol");
}

static void
stanzas(void)
{
	stanza("<a/>", "S4", "an empty element");
	stanza("<a />", "S5", "with a blank");
	stanza("<a></a>", "S7", "start and end");
	stanza("<a></a >", "S8", "a blank in the end tag");
	stanza("<a/><b></b><c/>", "S4 S7 S4", "one after the other");
	stanza("<a>text</a>\n \t\r\n<b/>", "S11 W5 S4", "white space between");
	stanza("<a><b><c/></b>t</a>", "S19", "children");
	stanza("<a x='/>' y=\"</a>\"/>", "S20", "tags in quotes");
	stanza("<a x='\"' y=\"'\"></a>", "S19", "quotes in quotes");
	stanza("<a x='<b>'/>", "S12", "a < in quotes: the parser's business");
	stanza("<a>it's > \"5\" &lt;</a>", "S22", "quotes and > in text");
	stanza("<a>]]>]]</a>", "S12", "brackets in text");
	stanza("<a><![CDATA[</a>'\"<b>]]]]>]]]></a>", "S34", "CDATA");
	stanza("<a><![CDATA[]]></a>", "S19", "empty CDATA");
	stanza("<a><![CDATA[>]>]]>]]><b/></a>", "S29", "CDATA that ends at once");
	stanza("<a><![CDATA[x]]", "+15", "CDATA that has not ended");
	stanza("<a b=c/>", "S8", "a value without quotes: the parser's business");
	stanza("<\xc3\xa9/>", "S5", "a name that is not ASCII");
	stanza("<a>\xc3\xa9\xff</a>", "S10", "bytes that are not ASCII");
	stanza("<a><b></a>", "+10", "an end tag less");
	stanza("<a", "+2", "a start tag that has not ended");
	stanza("</stream:stream>", "C16", "the end of the stream");
	stanza("</x >", "C5", "whatever the prefix");
	stanza("<a/></stream:stream>\n ", "S4 C16 W2", "white space behind it");
	stanza("</stream:stream><a/>", "C16 B0", "nothing else behind it");
	stanza("</stream:stream></stream:stream>", "C16 B0", "not another end");
}

static void
bad(void)
{
	static const char *const in_stream[] = { "text", "&lt;", "<!-- c -->", "<?pi x?>",
		"<?xml version='1.0'?>", "<!DOCTYPE a>", "<![CDATA[x]]>", "< a/>", "<>", "<1/>",
		"<<a/>", "</>", "</ a>", "<=/>", "<'a'/>", "\xff", "]]>" };
	static const char *const in_stanza[] = { "<!-- c -->", "<?pi x?>", "<?xml version='1.0'?>",
		"<!DOCTYPE a>", "<![cdata[x]]>", "<![CDATAx", "<! x>", "<!>", "< b/>", "<>", "<1>",
		"<<", "</>", "</ a>", "<b/ >", "<b/c>", "<b <c>", "<b //>", "</a<", "</a/>",
		"</a b='>'>", "<&" };
	char s[128];
	size_t i;

	for (i = 0; i < sizeof(in_stream) / sizeof(in_stream[0]); i++)
		stanza(in_stream[i], "B0", in_stream[i]);
	for (i = 0; i < sizeof(in_stanza) / sizeof(in_stanza[0]); i++) {
		snprintf(s, sizeof(s), "<a>%s", in_stanza[i]);
		stanza(s, "B0", s);
	}
	stanza("<ok/><a><!-- x --></a><b/>", "S5 B0", "nothing comes after it");
}

/* s, n times */
static char *
times(const char *s, size_t n)
{
	struct buf b = BUF_INIT;

	while (n-- > 0)
		buf_adds(&b, s);
	return buf_steal(&b);
}

static void
limits(void)
{
	char s[3000], *x90 = times("x", 90), *x200 = times("x", 200);
	struct xml_cut x;
	size_t used;

	snprintf(s, sizeof(s), "<a>%s123</a><b/>", x90);
	stanza(s, "S100 S4", "as long as may be");
	snprintf(s, sizeof(s), "<a>%s1234</a><b/>", x90);
	stanza(s, "L101/3 S4", "longer by one");
	snprintf(s, sizeof(s), "<a y='%s'><c/></a><b/>", x90);
	stanza(s, "L106/98 S4", "the start tag is told");
	snprintf(s, sizeof(s), "<a y='%s'/><b/>", x200);
	stanza(s, "L209/0 S4", "unless it is too long itself");
	snprintf(s, sizeof(s), "<a y='%s12'/><b/>", x90);
	stanza(s, "L101/0 S4", "also by one");
	stanza("<a><a><a><a/></a></a></a><b/>", "S25 S4", "as deep as may be");
	stanza("<a z=''><a><a><a><a/></a></a></a></a><b/>", "D37/8 S4", "deeper by one");
	stanza("<a><a><a><a><a></a></a></a></a></a><b/>", "D35/3 S4", "not only empty ones");
	stanza("<a><b/><b/><b/><b/><b/><b/></a>", "S31", "broad is not deep");
	snprintf(s, sizeof(s), "<a><a><a><a><a>%s</a></a></a></a></a><b/>", x90);
	stanza(s, "L125/3 S4", "deep and long is long");
	snprintf(s, sizeof(s), "<a>%s<!--", x200);
	stanza(s, "B0", "what is skipped is looked at all the same");

	xml_cut_init(&x, 10, 2);
	xml_cut(&x, HEADER, 54, &used);
	ok(!xml_cut_over(&x), "a long header is not over the limit of stanzas");
	xml_cut(&x, "<a>1234567", 10, &used);
	ok(!xml_cut_over(&x), "ten bytes are not over ten");
	xml_cut(&x, "8", 1, &used);
	ok(xml_cut_over(&x), "eleven are");
	is_int(xml_cut(&x, "</a>", 4, &used), CUT_LONG, "and are told so at the end");
	ok(!xml_cut_over(&x), "the next piece is not");
	is_int((intmax_t)x.tag_len, 3, "the tag is still known");
	x.max_bytes = 1000;
	xml_cut(&x, "<a><b><c>", 9, &used);
	ok(xml_cut_over(&x), "a depth of three is over two");
	is_int(xml_cut(&x, "</c></b></a>", 12, &used), CUT_DEEP, "and told so too");
	is_int(xml_cut(&x, "", 0, &used), CUT_MORE, "no bytes are no news");
	is_int(xml_cut(&x, NULL, 0, &used), CUT_MORE, "wherever they are not");
	is_int((intmax_t)used, 0, "of none");
	free(x90);
	free(x200);
}

static void
is_cut(const char *s, size_t n, size_t step, const char *want, const char *what)
{
	char *line = cut(s, n, step);

	is_str(line, want, what);
	free(line);
}

/* What the caller keeps whole must not be endless. */
static void
endless(void)
{
	char *x = times(" ", 20000), *s = malloc(70000);
	size_t n;

	n = (size_t)snprintf(s, 70000, "<stream%s>", x);
	is_cut(s, n, n, "B0", "a header of 20 kB");
	is_cut(s, n, 1000, "B0", "also in pieces");
	n = (size_t)snprintf(s, 70000, "<?xml %s", x);
	is_cut(s, n, 1000, "B0", "a declaration without an end");
	n = (size_t)snprintf(s, 70000, "<?xml ?>%s", x);
	is_cut(s, n, 1000, "B0", "white space before the header without an end");
	n = (size_t)snprintf(s, 70000, HEADER "</stream%s>", x);
	is_cut(s, n, n, "H54 B0", "an end tag of 20 kB");
	is_cut(s, n, 999, "H54 B0", "also in pieces");
	n = (size_t)snprintf(s, 70000, HEADER "%s<a/>", x);
	is_cut(s, n, 999, "H54 W20000 S4", "but white space between stanzas may go on");
	free(x);
	free(s);
}

/* However deep, however long: the same few bytes of state. */
static void
huge(void)
{
	char *open = times("<a>", 1000000), *shut = times("</a>", 1000000);
	size_t n = 54 + 7000000;
	char *s = malloc(n + 1), *line;
	struct timespec from, to;
	double sec;

	snprintf(s, n + 1, "%s%s%s", HEADER, open, shut);
	max_bytes = 1 << 24;
	clock_gettime(CLOCK_MONOTONIC, &from);
	line = cut(s, n, n);
	clock_gettime(CLOCK_MONOTONIC, &to);
	is_str(line, "H54 D7000000/3", "a million elements in one another");
	sec = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
	printf("# %.0f MB/s of tags\n", (double)n / 1e6 / sec);
	free(line);
	is_cut(s, n, 1 << 16, "H54 D7000000/3", "also in pieces");
	free(open);
	free(shut);
	free(s);
}

int
main(void)
{
	headers();
	stanzas();
	bad();
	limits();
	endless();
	huge();
	return tap_done();
}
