/* SPDX-License-Identifier: ISC */
/*
 * xml.c - bytes from a server: cutter, parser and writer
 *
 * The cutter must find the same in one piece and byte by byte, the parser must read what it cut or
 * refuse it and be as good as new, and what the writer makes of a tree must give the same tree.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/xml.h"
#include "base/xml_cut.h"
#include "base/xml_parse.h"
#include "base/xml_write.h"
#include "fuzz.h"

#define HEADER                                                                                     \
	"<stream:stream xmlns='jabber:component:accept' xmlns:db='urn:db' "                        \
	"xmlns:stream='http://etherx.jabber.org/streams' id='1' from='x'>"

static struct arena *a;
static struct xml_parser *parser;

static void
begin(struct xml_cut *cut)
{
	size_t used;

	xml_cut_init(cut, 100000, 30);
	HOLDS(xml_cut(cut, HEADER, strlen(HEADER), &used) == CUT_HEADER);
}

/* What is written is read, and written again the same. */
static void
round_trip(const struct xml *x)
{
	struct buf first = BUF_INIT, second = BUF_INIT;
	const struct xml *again;

	xml_write(&first, x);
	HOLDS(xml_parse(parser, a, first.p, first.len, &again) == PARSE_OK);
	xml_write(&second, again);
	HOLDS(first.len == second.len && memcmp(first.p, second.p, first.len) == 0);
	buf_release(&first);
	buf_release(&second);
}

static void
read_stanza(const char *p, size_t n)
{
	static const char well[] = "<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>";
	const struct xml *x;
	enum parse e = xml_parse(parser, a, p, n, &x);

	if (e == PARSE_OK)
		round_trip(x);
	HOLDS(e == PARSE_DISAGREE || xml_parse(parser, a, well, strlen(well), &x) == PARSE_OK);
	if (e == PARSE_DISAGREE) {
		xml_parser_free(parser);
		parser = xml_parser_new(HEADER, strlen(HEADER));
	}
}

/* The same stanza, byte by byte. */
static void
in_pieces(struct xml_cut *cut, const char *p, size_t n)
{
	enum cut what = CUT_MORE;
	size_t used = 0, at = 0;

	while (at < n && what == CUT_MORE) {
		what = xml_cut(cut, p + at, 1, &used);
		at += used;
	}
	HOLDS(what == CUT_STANZA && at == n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct xml_cut cut, slow;
	const char *p = (const char *)data, *end = p + n;
	enum cut what = CUT_MORE;
	size_t used;

	if (a == NULL) {
		a = arena_new();
		parser = xml_parser_new(HEADER, strlen(HEADER));
	}
	begin(&cut);
	begin(&slow);
	while (p < end) {
		what = xml_cut(&cut, p, (size_t)(end - p), &used);
		if (what != CUT_STANZA && what != CUT_SPACE)
			break;
		/* White space may end anywhere. */
		if (what == CUT_STANZA) {
			in_pieces(&slow, p, used);
			read_stanza(p, used);
		}
		p += used;
	}
	arena_reset(a);
	return 0;
}
