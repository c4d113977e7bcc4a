/* SPDX-License-Identifier: ISC */
/*
 * rsm.c - results in pages, asked for and answered
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/rsm.h"
#include "base/xml.h"
#include "base/xml_write.h"
#include "tap.h"

/* Reads a <set/> with one child of that name and text. */
static bool
reads(struct arena *a, struct rsm *r, const char *name, const char *text)
{
	struct xml *x = xml_new(a, NS_STANZA, "iq");

	xml_add_text(a, xml_add(a, x, NS_RSM, "set"), NS_RSM, name, text);
	return rsm_read(x, r);
}

static void
reading(struct arena *a)
{
	struct xml *x = xml_new(a, NS_STANZA, "iq");
	struct rsm r;

	ok(rsm_read(x, &r) && !r.asked && r.max == UINT64_MAX, "no <set/>: no page is asked for");
	xml_add(a, x, NS_RSM, "set");
	ok(rsm_read(x, &r) && r.asked && r.max == UINT64_MAX, "an empty one: a page of any size");
	ok(r.after == NULL && r.before == NULL && !r.by_index, "from the beginning");
	ok(reads(a, &r, "max", "0") && r.max == 0, "none but the count");
	ok(reads(a, &r, "max", "10") && r.max == 10, "ten");
	ok(reads(a, &r, "max", "999999999999999999"), "very many");
	ok(!reads(a, &r, "max", "9999999999999999999"), "too many digits");
	ok(!reads(a, &r, "max", ""), "no digits");
	ok(!reads(a, &r, "max", "-1"), "less than nothing");
	ok(!reads(a, &r, "max", "ten"), "a word");
	ok(!reads(a, &r, "index", "1.5"), "no index");
	ok(reads(a, &r, "index", "371") && r.by_index && r.index == 371, "an index");
	ok(reads(a, &r, "after", "x") && strcmp(r.after, "x") == 0, "after an id");
	ok(reads(a, &r, "before", "y") && strcmp(r.before, "y") == 0, "before an id");
	ok(reads(a, &r, "before", NULL) && strcmp(r.before, "") == 0, "the last page");
}

static void
writing(struct arena *a)
{
	struct xml *x = xml_new(a, NS_STANZA, "iq");
	struct buf b = BUF_INIT;

	rsm_add(a, x, "a", "c", 4, 7);
	xml_write(&b, x);
	buf_addc(&b, '\0');
	is_str(b.p,
	    "<iq><set xmlns='http://jabber.org/protocol/rsm'><first index='4'>a</first>"
	    "<last>c</last><count>7</count></set></iq>",
	    "a page");
	b.len = 0;
	x = xml_new(a, NS_STANZA, "iq");
	rsm_add(a, x, NULL, NULL, 4, 7);
	xml_write(&b, x);
	buf_addc(&b, '\0');
	is_str(b.p, "<iq><set xmlns='http://jabber.org/protocol/rsm'><count>7</count></set></iq>",
	    "an empty one has no ends");
	b.len = 0;
	x = xml_new(a, NS_STANZA, "iq");
	rsm_add(a, x, "a", "c", RSM_UNKNOWN, RSM_UNKNOWN);
	xml_write(&b, x);
	buf_addc(&b, '\0');
	is_str(b.p,
	    "<iq><set xmlns='http://jabber.org/protocol/rsm'><first>a</first><last>c</last>"
	    "</set></iq>",
	    "what is not known is not said");
	buf_release(&b);
}

int
main(void)
{
	struct arena *a = arena_new();

	reading(a);
	writing(a);
	arena_free(a);
	return tap_done();
}
