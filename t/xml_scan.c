/* SPDX-License-Identifier: ISC */
/*
 * xml_scan.c - rows of elements, read without making a tree
 */
#include "base/xml_scan.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/xml.h"
#include "base/xml_write.h"
#include "tap.h"

#include <stdlib.h>

static void
test_row(void)
{
	static const char row[] =
	    "text > <a/><b x='1>&lt;'>in<c><b/></c>side</b>&amp;<body>x</body>"
	    "<body xmlns='urn:x'/><d></d>";
	static const char *const want[] = { "<a/>", "<b x='1>&lt;'>in<c><b/></c>side</b>",
		"<body>x</body>", "<body xmlns='urn:x'/>", "<d></d>" };
	const char *at = row, *end = row + sizeof(row) - 1;
	struct xml_piece x;
	size_t n = 0;

	for (; xml_scan(&at, end, &x); n++)
		ok((size_t)(x.end - x.begin) == strlen(want[n]) &&
			memcmp(x.begin, want[n], strlen(want[n])) == 0 &&
			xml_piece_is(&x, "body") == (n == 2) && xml_piece_is(&x, "b") == (n == 1) &&
			!xml_piece_is(&x, "bod"),
		    "%s", want[n]);
	is_int((intmax_t)n, 5, "that is all");
	ok(at == end, "to the end");
	at = row;
	ok(!xml_scan(&at, row + 5, &x), "text alone is none");
	at = row;
	ok(!xml_scan(&at, row, &x), "nor is nothing");
	at = "<a><b></b>";
	ok(!xml_scan(&at, at + 10, &x), "nor what does not end");
}

/* What is written is read again. */
static void
test_text(void)
{
	static const char text[] = "a & b < c > d ' e \" ]]> \t \n \r \xc3\xa9";
	struct arena *a = arena_new();
	struct xml *m = xml_new(a, NS_STANZA, "message");
	struct xml *body;
	struct buf b = BUF_INIT, got = BUF_INIT;
	struct xml_piece x;
	const char *at;

	xml_set(a, xml_add(a, m, "urn:x", "x"), "v", text);
	body = xml_add_text(a, m, NS_STANZA, "body", text);
	xml_add_text(a, body, "urn:x", "deep", "er");
	xml_write_children(&b, m);
	at = b.p;
	ok(xml_scan(&at, b.p + b.len, &x) && xml_scan(&at, b.p + b.len, &x) &&
		xml_piece_is(&x, "body"),
	    "behind an attribute with all of it");
	xml_scan_text(&got, &x);
	buf_addc(&got, '\0');
	is_str(got.p,
	    "a & b < c > d ' e \" ]]> \t \n \r \xc3\xa9"
	    "er",
	    "text is as it was, and that of elements in it is part of it");
	buf_release(&b);
	buf_release(&got);
	arena_free(a);
}

int
main(void)
{
	test_row();
	test_text();
	return tap_done();
}
