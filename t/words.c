/* SPDX-License-Identifier: ISC */
/*
 * words.c - what is the same word, and what is not
 */
#include "base/words.h"
#include "base/arena.h"
#include "tap.h"

#include <stdlib.h>
#include <stringprep.h>

struct row {
	const char *words, *text;
	bool in;
};

static const struct row rows[] = {
	{ "love", "Of Love", true },
	{ "LOVE of", "of love", true },
	{ "love hate", "of love", false },
	{ "lov", "of love", true },
	{ "loves", "of love", false },
	{ " love\t ", "of love", true },
	{ "\xc3\x89TOILE", "une \xc3\xa9toile", true }, /* capitals with accents */
	{ "e\xcc\x81toile", "\xc3\x89toile", true },	/* put together or not */
	{ "etoile", "\xc3\xa9toile", false },		/* an accent counts */
	{ "STRASSE",
	    "Stra\xc3\x9f"
	    "e",
	    true },						      /* sharp s */
	{ "\xce\xa3\xce\x8a\xce\xa3\xce\xa5\xce\xa6\xce\x9f\xce\xa3", /* Greek, final sigma */
	    "\xcf\x83\xce\xaf\xcf\x83\xcf\x85\xcf\x86\xce\xbf\xcf\x82", true },
	{ "\xd0\x9c\xd0\xb8\xd1\x80", "\xd0\xbc\xd0\xb8\xd1\x80!", true }, /* Cyrillic */
	{ "\xef\xbc\xa1\xef\xbc\xa2", "ab", true },			   /* full width */
	{ "\xe4\xb8\x96\xe7\x95\x8c", "\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xb8\x96\xe7\x95\x8c", true },
	{ "a\xc2\xa0"
	  "b",
	    "b a", true }, /* any blank parts words */
	{ "\xf0\x9f\x92\xa9", "so \xf0\x9f\x92\xa9", true },
	{ "x", "", false },
	{ "%", "100 %", true },
};

static void
test_rows(struct arena *a)
{
	size_t none;

	ok(!words_in("x", NULL, 0, &none) && none == 0, "nothing is in no text at all");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *words = words_read(a, rows[i].words);
		size_t nslow;

		ok(words_in(words, rows[i].text, strlen(rows[i].text), &nslow) == rows[i].in,
		    "\"%s\" is %sin \"%s\"", rows[i].words, rows[i].in ? "" : "not ", rows[i].text);
	}
}

/* A word is found wherever it stands, also where the text is folded in pieces. */
static void
test_long(struct arena *a)
{
	static const char word[] = "\xc3\x89"
				   "e\xcc\x81\xc3\x9f\xd0\x9c";
	const char *words = words_read(a, "\xc3\xa9\xc3\xa9"
					  "ss\xd0\xbc");
	const char *fillings[] = { "a", "\xc3\xb6", "\xe4\xb8\x96", "a\xcc\x88",
		"\xf0\x9f\x92\xa9" };
	char text[2000];
	unsigned found, n;
	size_t nslow;

	for (size_t f = 0; f < sizeof(fillings) / sizeof(fillings[0]); f++) {
		found = n = 0;
		for (size_t before = 0; before < 200; before++) {
			text[0] = '\0';
			for (size_t i = 0; i < 200; i++)
				strcat(text, i == before ? word : fillings[f]);
			found += words_in(words, text, strlen(text), &nslow);
			n++;
		}
		/* Of what is put together some is cut in two where there is no better place. */
		ok(found + 4 >= n, "%u of %u are found among \"%s\"", found, n, fillings[f]);
	}
}

/* By the table it is as by libidn, whatever stands before and behind. */
static void
test_plain(struct arena *a)
{
	Stringprep_profile profile[3] = { 0 };
	const Stringprep_profile *p = stringprep_nameprep;
	unsigned n = 0, bad = 0;

	while (p->table != stringprep_rfc3454_B_2)
		p++;
	profile[0] = *p;
	profile[1].operation = STRINGPREP_NFKC;
	for (uint32_t c = 0x21; c < 0xe000 - 0x800; c++) {
		char want[64] = "", text[16] = "", *one;
		size_t len;

		one = stringprep_ucs4_to_utf8(&c, 1, NULL, &len);
		strcat(strcat(strcat(text, "A"), one), "z");
		strcpy(want, text);
		free(one);
		if (stringprep(want, sizeof(want), 0, profile) != STRINGPREP_OK ||
		    strpbrk(want, " ") != NULL)
			continue;
		n++;
		bad += strcmp(words_read(a, text), want) != 0;
	}
	is_int(bad, 0, "folded as by libidn");
	ok(n > 40000, "%u characters", n);
}

/* What becomes many times as long is no more work for that. */
static void
test_growing(struct arena *a)
{
	const size_t n = 30000;
	size_t nslow;
	char *text = malloc(n + 1);
	const char *words = words_read(a, "sssss");

	for (size_t i = 0; i < n; i += 2)
		memcpy(text + i, "\xc3\x9f", 2);
	ok(words_in(words, text, n, &nslow), "a text of sharp s");
	for (size_t i = 0; i < n; i += 3)
		memcpy(text + i, "\xef\xb7\xba", 3);
	ok(!words_in(words, text, n, &nslow), "a text of U+FDFA");
	free(text);
}

int
main(void)
{
	struct arena *a = arena_new();

	test_rows(a);
	test_long(a);
	test_growing(a);
	test_plain(a);
	ok(words_read(a, "") == NULL && words_read(a, " \t\n") == NULL, "no words");
	is_str(words_read(a, "  One\tTWO\n"), "one two", "as they are compared");
	is_int((intmax_t)words_count("one two"), 2, "two");
	arena_free(a);
	return tap_done();
}
