/* SPDX-License-Identifier: ISC */
/*
 * jid.c - addresses and nicks
 */
#include <stdlib.h>

#include <stringprep.h>

#include "base/arena.h"
#include "base/jid.h"
#include "tap.h"

static struct arena *a;

static void
splits(const char *s, const char *node, const char *domain, const char *resource, const char *bare)
{
	struct jid j;

	if (!ok(jid_split(a, s, &j), "%s is split", s))
		return;
	is_str(j.node, node, "node");
	is_str(j.domain, domain, "domain");
	is_str(j.resource, resource, "resource");
	is_str(j.bare, bare, "bare");
	is_str(j.full, s, "full");
}

static bool
is_refused(const char *s)
{
	struct jid j = { .full = "untouched" };
	bool prepared = jid_prep(a, s, &j);

	return !prepared && strcmp(j.full, "untouched") == 0;
}

static void
refuses(const char *s)
{
	ok(is_refused(s), "'%s' is refused", s != NULL ? s : "NULL");
}

static void
prepares(const char *s, const char *full)
{
	struct jid j = { .full = NULL };

	ok(jid_prep(a, s, &j), "%s is prepared", s);
	is_str(j.full, full, full);
}

/* part repeated to n bytes */
static char *
run_of(char c, size_t n)
{
	char *s = arena_alloc(a, n + 1);

	memset(s, c, n);
	return s;
}

static void
splitting(void)
{
	struct jid j = { .full = "untouched" };
	static const char *const bad[] = { "", "@", "/", "a@", "@b", "a@b/", "b/", "/r", "a@/r",
		"@b/r" };
	size_t i;

	splits("a@b/c", "a", "b", "c", "a@b");
	splits("b", NULL, "b", NULL, "b");
	splits("b/c", NULL, "b", "c", "b");
	splits("a@b", "a", "b", NULL, "a@b");
	splits("b/a@c/d@e", NULL, "b", "a@c/d@e", "b");
	splits("a@b/ /", "a", "b", " /", "a@b");
	ok(jid_split(a, "a@b", &j) && j.full == j.bare, "without a resource full is bare");
	j.full = "untouched";
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(!jid_split(a, bad[i], &j), "'%s' is no address", bad[i]);
	ok(!jid_split(a, NULL, &j), "nor is NULL");
	is_str(j.full, "untouched", "and they leave *j alone");
	splits(
	    arena_cat(a, run_of('n', 1023), "@", run_of('d', 1023), "/", run_of('r', 1023), NULL),
	    run_of('n', 1023), run_of('d', 1023), run_of('r', 1023),
	    arena_cat(a, run_of('n', 1023), "@", run_of('d', 1023), NULL));
	ok(!jid_split(a, arena_cat(a, run_of('n', 1024), "@d", NULL), &j), "a longer node");
	ok(!jid_split(a, run_of('d', 1024), &j), "a longer domain");
	ok(!jid_split(a, arena_cat(a, "d/", run_of('r', 1024), NULL), &j), "a longer resource");
}

static void
preparing(void)
{
	prepares("Romeo@Montague.Example/Orchard", "romeo@montague.example/Orchard");
	prepares("montague.example.", "montague.example");
	prepares("stra\xc3\x9f\x65@d", "strasse@d");
	prepares(
	    "\xc3\x89milie@\xc3\x89.example/\xc3\x89", "\xc3\xa9milie@\xc3\xa9.example/\xc3\x89");
	prepares("\xce\xa3@d", "\xcf\x83@d");
	prepares("a\xc2\xad"
		 "b@d",
	    "ab@d");
	prepares("a@[::1]/r", "a@[::1]/r");
	prepares("a@my_host-1.example", "a@my_host-1.example");
	prepares("d/\xf0\x9f\xa6\x84", "d/\xf0\x9f\xa6\x84"); /* a unicorn: not in Unicode 3.2 */
	prepares("d/a\xc2\xa0"
		 "b",
	    "d/a b");
	refuses(NULL);
	refuses("a b@d");
	refuses("a\"b@d");
	refuses("a'b@d");
	refuses("a&b@d");
	refuses("a<b@d");
	refuses("a:b@d");
	refuses("a\xef\xbc\xa0"
		"b@d"); /* fullwidth @ */
	refuses("a\xef\xbc\x8f"
		"b@d"); /* fullwidth / */
	refuses("a\xef\xbc\xa0"
		"d"); /* in a domain it would make an address of another shape */
	refuses("d\xef\xbc\x8fr");
	refuses("a@d\xef\xbc\x8fr");
	refuses("a@d\xc2\xa0");
	refuses("a@d e");
	refuses("a@d..e");
	refuses("a@.d");
	refuses("a@.");
	refuses("a@d..");
	refuses("\xc2\xad@d"); /* nothing is left */
	refuses("a@\xc2\xad");
	refuses("a@d/\xc2\xad");
	refuses("a@d/\n");
	refuses("a@d/\xe2\x80\x8e"); /* left-to-right mark */
	refuses("a@d/\xd7\x90x");    /* RandALCat and LCat (RFC 3454 6) */
	refuses("a\xff@d");
	refuses("a@d/\xc3");
	refuses("a@d/\xc0\xaf");
	refuses("a@d/\xed\xa0\x80");
	refuses("a@d/\xf4\x90\x80\x80");
	refuses("a@d/\xf8\x88\x80\x80\x80");
	refuses(arena_cat(a, "d/", run_of('r', 1024), NULL));
}

/* A resource of 341 ligatures of 3 bytes that become 18 each. */
static void
growth(void)
{
	char *s = run_of('x', 341 * 3);
	size_t i;

	for (i = 0; i < 341; i++)
		memcpy(s + 3 * i, "\xef\xb7\xba", 3);
	refuses(arena_cat(a, "d/", s, NULL));
}

/* What is prepared by hand is what libidn makes of it, for each byte of ASCII in each part. */
static void
ascii(void)
{
	char s[8], want[64], address[32];
	size_t good = 0;
	int c;
	struct jid j;

	for (c = 1; c < 128; c++) {
		bool node, resource;

		snprintf(want, sizeof(want), "x%cY", c);
		node = stringprep_xmpp_nodeprep(want, sizeof(want)) == STRINGPREP_OK;
		snprintf(address, sizeof(address), "x%cY@d", c);
		good += c == '@' || c == '/' ||
			(node ? jid_prep(a, address, &j) && strcmp(j.node, want) == 0
			      : is_refused(address));

		snprintf(want, sizeof(want), "x%cY", c);
		snprintf(s, sizeof(s), "x%cY", c);
		resource = stringprep_xmpp_resourceprep(want, sizeof(want)) == STRINGPREP_OK;
		snprintf(address, sizeof(address), "d/x%cY", c);
		good += resource ? jid_prep(a, address, &j) && strcmp(j.resource, want) == 0
				 : is_refused(address);

		snprintf(want, sizeof(want), "x%cY", c);
		stringprep_nameprep(want, sizeof(want));
		snprintf(address, sizeof(address), "n@x%cY", c);
		good += !jid_prep(a, address, &j) || c == '/' || strcmp(j.domain, want) == 0;
	}
	is_int((intmax_t)good, 3 * 127, "ASCII is prepared as libidn does it");
}

static void
nick(const char *s, const char *want, const char *what)
{
	is_str(jid_nick(a, s, 64, false), want, what);
}

static void
nicks(void)
{
	nick("Juliet", "Juliet", "a nick");
	nick("Juliet Capulet", "Juliet Capulet", "with a blank in it");
	nick("a/b@c", "a/b@c", "with the marks of an address in it");
	nick("\xc3\x89", "\xc3\x89", "not in lower case");
	nick("e\xcc\x81", "\xc3\xa9", "composed");
	nick("\xe2\x85\xa3", "IV", "compatible");
	nick(NULL, NULL, "NULL is none");
	nick("", NULL, "nor the empty one");
	nick(" a", NULL, "a blank before");
	nick("a ", NULL, "a blank behind");
	nick(" ", NULL, "a blank");
	nick("\xc2\xa0"
	     "a",
	    NULL, "a no-break space before");
	nick("a\xe3\x80\x80", NULL, "an ideographic space behind");
	nick("a\tb", NULL, "a tab");
	nick("a\nb", NULL, "a line feed");
	nick("a\x7f"
	     "b",
	    NULL, "a delete");
	nick("a\xff", NULL, "no UTF-8");
	is_str(jid_nick(a, "abcde", 5, false), "abcde", "as long as may be");
	ok(jid_nick(a, "abcdef", 5, false) == NULL, "longer");
	is_str(jid_nick(a,
		   "e\xcc\x81"
		   "ab",
		   4, false),
	    "\xc3\xa9"
	    "ab",
	    "the prepared one counts");
	ok(jid_nick(a, run_of('x', 1024), 5000, false) == NULL, "longer than any resource");
	nick("\xf0\x9f\xa6\x84", "\xf0\x9f\xa6\x84", "a unicorn");
	ok(jid_nick(a, "\xf0\x9f\xa6\x84", 64, true) == NULL, "is unassigned for a strict room");
	is_str(jid_nick(a, "\xc3\x89", 64, true), "\xc3\x89", "an accent is not");
	/* a family (ZWJ), a heart (VS16), a keycap, Persian with ZWNJ */
	nick("\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9", "\xf0\x9f\x91\xa8\xf0\x9f\x91\xa9",
	    "joined emoji, as a server prepares them");
	nick("\xe2\x9d\xa4\xef\xb8\x8f\xe2\x80\x8d\xf0\x9f\x94\xa5", "\xe2\x9d\xa4\xf0\x9f\x94\xa5",
	    "a heart on fire");
	nick("1\xef\xb8\x8f\xe2\x83\xa3", "1\xe2\x83\xa3", "a keycap");
	nick("\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xb1", "\xd9\x85\xdb\x8c\xd8\xb1", "Persian");
	nick("a\xe2\x80\x8d"
	     "b",
	    NULL, "a joiner between Latin letters");
	nick("a\xef\xb8\x8f", NULL, "a variation selector on a Latin letter");
	nick("\xe2\x80\x8d", NULL, "a joiner alone");
	nick("\xf0\x9f\x91\xa8\xe2\x80\x8d\xe2\x80\x8d", NULL, "two of them");
}

static size_t
encode(uint32_t c, char *out)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* "x", the character, "y": is it a nick? */
static bool
takes(uint32_t c)
{
	char s[8] = "x";
	size_t n = 1 + encode(c, s + 1);

	s[n] = 'y';
	s[n + 1] = '\0';
	return jid_nick(a, s, 64, false) != NULL;
}

static void
unseen(void)
{
	static const uint32_t bad[][2] = { { 1, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad },
		{ 0x34f, 0x34f }, { 0x61c, 0x61c }, { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 },
		{ 0x180b, 0x180f }, { 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
		{ 0x2800, 0x2800 }, { 0x3164, 0x3164 }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
		{ 0xffa0, 0xffa0 }, { 0xfff9, 0xffff }, { 0xe000, 0xf8ff }, { 0xfdd0, 0xfdef },
		{ 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff }, { 0x10fffe, 0x10ffff } };
	static const uint32_t good[] = { ' ', '!', 'A', 0xa1, 0xdf, 0x3a9, 0x416, 0x905, 0xe01,
		0x1100, 0x1780, 0x1820, 0x2014, 0x20ac, 0x2603, 0x2801, 0x3042, 0x4e2d, 0xac00,
		0x1d400, 0x1f600, 0x20000 };
	size_t i, ntaken;
	uint32_t c;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		for (c = bad[i][0], ntaken = 0; c <= bad[i][1]; c++)
			ntaken += takes(c);
		ok(ntaken == 0, "U+%04X to U+%04X make no nick", bad[i][0], bad[i][1]);
	}
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ok(takes(good[i]), "U+%04X does", good[i]);
	for (c = 1, ntaken = 0; c < 0x110000; c++) {
		ntaken += (c < 0xd800 || c > 0xdfff) && takes(c);
		if (c % 4096 == 0)
			arena_reset(a);
	}
	ok(ntaken > 900000, "of all characters %zu do", ntaken);
}

/* What is told of an address that a server does not prepare. */
static void
bare(void)
{
	struct jid j;

	ok(jid_split(a, "R\xc3\x96om@Rooms.Example/N i\xc3\x96", &j) && jid_prep_bare(a, &j),
	    "an address is prepared, but for its resource");
	is_str(j.full, "r\xc3\xb6om@rooms.example/N i\xc3\x96", "all of it");
	is_str(j.bare, "r\xc3\xb6om@rooms.example", "without resource");
	is_str(j.node, "r\xc3\xb6om", "the node");
	is_str(j.domain, "rooms.example", "the domain");
	is_str(j.resource, "N i\xc3\x96", "the resource as it was");
	ok(jid_split(a, "Rooms.Example", &j) && jid_prep_bare(a, &j) && j.node == NULL &&
		j.resource == NULL && strcmp(j.full, "rooms.example") == 0,
	    "a domain alone");
	ok(jid_split(a, "a b@Rooms.Example", &j) && !jid_prep_bare(a, &j) &&
		strcmp(j.full, "a b@Rooms.Example") == 0,
	    "what is refused stays as it is");
}

static void
uris(void)
{
	is_str(jid_uri(a, "room@rooms.example", "join"), "xmpp:room@rooms.example?join",
	    "the URI of a room");
	is_str(jid_uri(a, "r\xc3\xb6\\20?#%&;=@x", "join"),
	    "xmpp:r%C3%B6%5C20%3F%23%25%26%3B%3D@x?join", "what means something else is escaped");
}

/* A letter with marks on it: thirty, as many as any script may want. */
static void
piled(void)
{
	char s[256] = "x@y/a", node[256] = "a", *end = s + 5, *node_end = node + 1;
	struct jid j;

	for (int i = 0; i < 30; i++, end += 2, node_end += 2) {
		memcpy(end, i % 2 ? "\xcc\x81" : "\xcc\xa3", 3);
		memcpy(node_end, "\xcc\x81", 3);
	}
	ok(jid_prep(a, s, &j), "thirty marks");
	ok(jid_nick(a, s + 4, 256, false) != NULL, "in a nick, too");
	strcpy(end, "a\xcc\x81");
	ok(jid_prep(a, s, &j), "and more on the next letter");
	strcpy(end, "\xcc\x81");
	ok(!jid_prep(a, s, &j), "one more");
	ok(jid_nick(a, s + 4, 256, false) == NULL, "in a nick, too");
	strcpy(end, "\xc2\xad\xcc\x81");
	ok(!jid_prep(a, s, &j), "one more, behind something that is mapped to nothing");
	strcpy(end, "\xef\xbe\x9e");
	ok(!jid_prep(a, s, &j), "one more that becomes a mark");
	strcpy(node_end, "\xcc\x81@y");
	ok(!jid_prep(a, node, &j), "in a node, too");
	strcpy(s, "x@y/a");
	for (end = s + 5; end < s + 37; end += 2)
		memcpy(end, "\xcd\x84", 3);
	ok(!jid_prep(a, s, &j), "sixteen that become two each");
	end[-2] = '\0';
	ok(jid_prep(a, s, &j), "fifteen of them");
}

static void
whose(void)
{
	ok(jid_is_of("a@b", "a@b"), "the bare JID itself");
	ok(jid_is_of("a@b/c", "a@b") && jid_is_of("a@b/", "a@b"), "a full JID of it");
	ok(!jid_is_of("a@bc", "a@b") && !jid_is_of("a@b.c/d", "a@b"), "a longer domain");
	ok(!jid_is_of("a@b", "a@bc") && !jid_is_of("a@b", "a@b/c"), "a shorter one");
	ok(!jid_is_of("A@b", "a@b") && !jid_is_of("", "a@b"), "another one, and none");
	is_str(jid_domain("a@b.c"), "b.c", "its domain");
	is_str(jid_domain("b.c"), "b.c", "that of a domain");
}

int
main(void)
{
	a = arena_new();
	splitting();
	whose();
	preparing();
	bare();
	uris();
	growth();
	ascii();
	nicks();
	unseen();
	piled();
	arena_free(a);
	return tap_done();
}
