/* SPDX-License-Identifier: ISC */
/*
 * words.c - is it in a text, however it is written?
 *
 * What most people write is folded by a table; t/words.c holds that to what libidn does. The rest is given
 * to libidn, which is slow, in pieces: what it maps to more characters it moves about, and for a long text
 * that would take for ever.
 */
#include <stdint.h>
#include <string.h>

#include <stringprep.h>

#include "arena.h"
#include "buf.h"
#include "utf8.h"
#include "words.h"

enum {
	PIECE_BYTES = 128,
	FOLDED_BYTES =
	    PIECE_BYTES * 16, /* NFKC makes 18 characters of U+FDFA, of two or three bytes each */
};

static bool
is_ascii(char c)
{
	return !(c & 0x80);
}

/* Case folding as nameprep does it, and nothing of what it refuses. */
static void
folding(Stringprep_profile profile[3])
{
	const Stringprep_profile *p = stringprep_nameprep;

	memset(profile, 0, 3 * sizeof(*profile));
	while (p->table != stringprep_rfc3454_B_2)
		p++;
	profile[0] = *p;
	profile[1].operation = STRINGPREP_NFKC;
}

static void
fold_piece(struct buf *b, const char *s, size_t n, const Stringprep_profile *profile)
{
	char piece[FOLDED_BYTES];

	memcpy(piece, s, n);
	piece[n] = '\0';
	if (stringprep(piece, sizeof(piece), 0, profile) == STRINGPREP_OK)
		buf_adds(b, piece);
	else
		buf_add(b, s, n);
}

/* A piece ends before an ASCII character, with which nothing before it is put together, or when it is long. */
static size_t
piece_len(const char *s, size_t n)
{
	size_t len = n < PIECE_BYTES ? n : PIECE_BYTES, ascii = len;

	if (len == n)
		return n;
	while (ascii > PIECE_BYTES / 2 && !is_ascii(s[ascii]))
		ascii--;
	if (is_ascii(s[ascii]))
		return ascii;
	return utf8_cut(s, n, len);
}

/* Characters that nothing of this table is put together with, and how far off their small letter is. */
static const struct plain {
	uint32_t first, last, off;
} plain[] = {
	{ 0x0, 0x40, 0 }, { 'A', 'Z', 32 }, { 0x5b, 0x7f, 0 }, { 0xc0, 0xd6, 32 },	/* Latin */
	{ 0xd7, 0xd7, 0 }, { 0xd8, 0xde, 32 }, { 0xe0, 0xff, 0 }, { 0x391, 0x3a1, 32 }, /* Greek */
	{ 0x3a3, 0x3ab, 32 }, { 0x3ac, 0x3af, 0 }, { 0x3b1, 0x3c1, 0 }, { 0x3c3, 0x3ce, 0 },
	{ 0x400, 0x40f, 80 },						/* Cyrillic */
	{ 0x410, 0x42f, 32 }, { 0x430, 0x45f, 0 }, { 0x5d0, 0x5ea, 0 }, /* Hebrew */
	{ 0x621, 0x63a, 0 },						/* Arabic */
	{ 0x641, 0x64a, 0 }, { 0x3041, 0x3094, 0 },			/* Japanese */
	{ 0x30a1, 0x30fa, 0 }, { 0x4e00, 0x9fa5, 0 },			/* Han */
	{ 0xac00, 0xd7a3, 0 },						/* Korean */
};

#define NPLAIN (sizeof(plain) / sizeof(plain[0]))

/* The row of a character, or NULL. */
static const struct plain *
find_plain(uint32_t c)
{
	const struct plain *p = plain;

	while (p < plain + NPLAIN && c > p->last)
		p++;
	return p < plain + NPLAIN && c >= p->first ? p : NULL;
}

/*
 * Folds what it can from s on, and returns how many bytes that was. The last character before one that is
 * not in the table may be put together with that.
 */
static size_t
fold_plain(struct buf *b, const char *s, size_t n)
{
	size_t len, at = 0, before = 0;
	const struct plain *p;
	uint32_t c;
	char *out;

	buf_reserve(b, n);
	out = b->p + b->len;
	while (at < n) {
		len = utf8_decode(s + at, &c);
		p = find_plain(c);
		if (p == NULL) {
			at = before;
			break;
		}
		memcpy(out + at, s + at, len);
		if (p->off > 0 && len == 1)
			out[at] = (char)(c + p->off);
		else if (p->off > 0) {
			out[at] = (char)(0xc0 | (c + p->off) >> 6);
			out[at + 1] = (char)(0x80 | ((c + p->off) & 0x3f));
		}
		before = at;
		at += len;
	}
	b->len += at;
	return at;
}

/* Returns how many bytes libidn was asked about. */
static size_t
fold(struct buf *b, const char *s, size_t n)
{
	Stringprep_profile profile[3];
	const char *end = s + n;
	size_t len, nslow = 0;

	folding(profile);
	for (; s < end; s += len) {
		len = fold_plain(b, s, (size_t)(end - s));
		if (len > 0)
			continue;
		len = piece_len(s, (size_t)(end - s));
		fold_piece(b, s, len, profile);
		nslow += len;
	}
	return nslow;
}

const char *
words_read(struct arena *a, const char *s)
{
	struct buf folded = BUF_INIT, words = BUF_INIT;
	const char *out = NULL;
	size_t n;

	fold(&folded, s, strlen(s));
	buf_addc(&folded, '\0');
	for (const char *p = folded.p; *(p += strspn(p, " \t\r\n")) != '\0'; p += n) {
		n = strcspn(p, " \t\r\n");
		if (words.len > 0)
			buf_addc(&words, ' ');
		buf_add(&words, p, n);
	}
	if (words.len > 0)
		out = arena_strndup(a, words.p, words.len);
	buf_release(&folded);
	buf_release(&words);
	return out;
}

size_t
words_count(const char *words)
{
	size_t n = 1;

	for (; *words != '\0'; words++)
		n += *words == ' ';
	return n;
}

bool
words_in(const char *words, const char *text, size_t n, size_t *nslow)
{
	struct buf b = BUF_INIT;
	bool all = true;

	*nslow = n > 0 ? fold(&b, text, n) : 0;
	while (all && *words != '\0') {
		size_t len = strcspn(words, " ");

		all = b.len > 0 && memmem(b.p, b.len, words, len) != NULL;
		words += len + (words[len] == ' ');
	}
	buf_release(&b);
	return all;
}
