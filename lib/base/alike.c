/* SPDX-License-Identifier: ISC */
/*
 * alike.c - do two nicknames look the same to people?
 */
#include "alike.h"

#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "buf.h"
#include "utf8.h"
#include "words.h"

/*
 * What small letters, folded, are drawn like, themselves or as capitals. Sorted. Where a Greek letter is like
 * one in small and like another as a capital the small one counts.
 */
static const struct like {
	uint32_t letter;
	char latin;
} likes[] = {
	{ '0', 'o' },
	{ '1', 'l' },
	{ 'i', 'l' },
	{ '|', 'l' },
	{ 0x0131, 'l' }, /* dotless i */
	{ 0x0251, 'a' },
	{ 0x0261, 'g' },
	{ 0x0269, 'l' },
	{ 0x028b, 'v' },
	{ 0x03b1, 'a' }, /* Greek */
	{ 0x03b2, 'b' },
	{ 0x03b3, 'y' },
	{ 0x03b5, 'e' },
	{ 0x03b6, 'z' },
	{ 0x03b7, 'n' },
	{ 0x03b9, 'l' },
	{ 0x03ba, 'k' },
	{ 0x03bc, 'm' },
	{ 0x03bd, 'v' },
	{ 0x03bf, 'o' },
	{ 0x03c1, 'p' },
	{ 0x03c3, 'o' },
	{ 0x03c4, 't' },
	{ 0x03c5, 'u' },
	{ 0x03c7, 'x' },
	{ 0x03c9, 'w' },
	{ 0x03f2, 'c' },
	{ 0x03f3, 'j' },
	{ 0x0430, 'a' }, /* Cyrillic */
	{ 0x0432, 'b' },
	{ 0x0433, 'r' },
	{ 0x0435, 'e' },
	{ 0x0437, '3' },
	{ 0x043a, 'k' },
	{ 0x043c, 'm' },
	{ 0x043d, 'h' },
	{ 0x043e, 'o' },
	{ 0x0440, 'p' },
	{ 0x0441, 'c' },
	{ 0x0442, 't' },
	{ 0x0443, 'y' },
	{ 0x0445, 'x' },
	{ 0x0455, 's' },
	{ 0x0456, 'l' },
	{ 0x0458, 'j' },
	{ 0x0475, 'v' },
	{ 0x04af, 'y' },
	{ 0x04bb, 'h' },
	{ 0x04cf, 'l' },
	{ 0x0501, 'd' },
	{ 0x051b, 'q' },
	{ 0x051d, 'w' },
	{ 0x0561, 'w' }, /* Armenian */
	{ 0x0570, 'h' },
	{ 0x0578, 'n' },
	{ 0x057d, 'u' },
	{ 0x0581, 'g' },
	{ 0x0584, 'f' },
	{ 0x0585, 'o' },
};

/* 0: it is like no other. */
static char
like(uint32_t c)
{
	size_t low = 0, high = sizeof(likes) / sizeof(likes[0]), mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (likes[mid].letter == c)
			return likes[mid].latin;
		if (likes[mid].letter < c)
			low = mid + 1;
		else
			high = mid;
	}
	return 0;
}

/* Two letters side by side that are drawn like one. */
static bool
join(struct buf *b, char c)
{
	static const struct {
		char first, second, one;
	} pairs[] = { { 'r', 'n', 'm' }, { 'v', 'v', 'w' }, { 'c', 'l', 'd' } };

	for (size_t i = 0; b->len > 0 && i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (b->p[b->len - 1] == pairs[i].first && c == pairs[i].second) {
			b->p[b->len - 1] = pairs[i].one;
			return true;
		}
	return false;
}

const char *
alike_form(struct arena *a, const char *nick)
{
	const char *s = words_read(a, nick), *form;
	struct buf b = BUF_INIT;
	uint32_t c;
	size_t n;
	char latin;

	for (; s != NULL && *s != '\0'; s += n) {
		n = utf8_decode(s, &c);
		latin = like(c);
		if (latin == 0 && c < 0x80)
			latin = (char)c;
		if (latin == 0)
			buf_add(&b, s, n);
		else if (!join(&b, latin))
			buf_addc(&b, latin);
	}
	form = arena_strndup(a, b.len > 0 ? b.p : "", b.len);
	buf_release(&b);
	return form;
}
