/* SPDX-License-Identifier: ISC */
/*
 * alike.c - which nicknames look the same to people
 */
#include "base/alike.h"
#include "base/arena.h"
#include "tap.h"

static const struct row {
	const char *one, *other;
	bool alike;
} rows[] = {
	{ "Romeo", "Romeo", true },
	{ "Romeo", "rOMEO", true },
	{ "Romeo", "R0meo", true },
	{ "Romeo", "R\xd0\xbemeo", true },	  /* Cyrillic o */
	{ "Romeo", "Rom\xd0\xb5\xce\xbf", true }, /* and e, Greek o */
	{ "ROMEO", "ROM\xd0\x95O", true },	  /* a Cyrillic capital */
	{ "BOB", "\xd0\x92OB", true },		  /* one that is another letter in small */
	{ "Romeo", "\xef\xbc\xb2omeo", true },	  /* full width */
	{ "Romeo", "Rorneo", true },		  /* r and n */
	{ "lago", "Iago", true },
	{ "1ago", "Iago", true },
	{ "Friar  Laurence", "friar laurence", true },
	{ "Andrew", "Andrevv", true },
	{ "Claud", "Daud", true },
	{ "Romeo", "Romeo_", false },
	{ "Romeo", "Rome", false },
	{ "Romeo", "Rom\xc3\xa9o", false }, /* an accent is seen */
	{ "Romeo", "R o m e o", false },
	{ "Juliet", "Julia", false },
	{ "\xd0\xa0\xd0\xbe\xd0\xbc\xd0\xb5\xd0\xbe", "\xd1\x80\xd0\xbe\xd0\xbc\xd0\xb5\xd0\xbe",
	    true },
	{ "\xd0\xa0\xd0\xbe\xd0\xbc\xd0\xb5\xd0\xbe", "\xd0\xa0\xd0\xbe\xd0\xbc\xd0\xb0\xd0\xbd",
	    false },
	{ "\xe4\xb8\x96", "\xe7\x95\x8c", false },
	{ "\xf0\x9f\x92\xa9", "\xf0\x9f\x92\xa9", true },
};

int
main(void)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		const char *one = alike_form(a, r->one), *other = alike_form(a, r->other);

		ok((strcmp(one, other) == 0) == r->alike, "%s, %s: %s, %s", r->one, r->other, one,
		    other);
		is_str(alike_form(a, one), one, "the form of a form is itself");
	}
	arena_free(a);
	return tap_done();
}
