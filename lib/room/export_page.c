/* SPDX-License-Identifier: ISC */
/*
 * export_page.c - rooms as text, in pages
 *
 * Whoever reads slowly keeps nothing waiting: all that is known between two pages is where the next one
 * begins, and that is a short text.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/digest.h"
#include "../base/mem.h"
#include "archive.h"
#include "export_state.h"

#define DIGEST_BYTES ((size_t)64 << 10) /* of records, at once */

void
export_leave_out(struct export *x, unsigned without, int64_t since_ms)
{
	x->without = without;
	x->since_ms = since_ms;
}

/* The lines of one record, and what comes behind it when they are there. */
struct piece {
	struct export *x;
	struct buf out;
	uint8_t key[STORE_KEY_MAX];
	size_t key_len; /* 0: that was the last of its kind */
};

static int
piece_visit(void *arg, struct bytes key, struct bytes val)
{
	struct piece *p = arg;
	struct export *x = p->x;

	if (x->line == LINE_message && bytes_cmp(key, (struct bytes){ x->last, x->last_len }) > 0)
		return 1;
	memcpy(p->key, key.p, key.n);
	p->key_len = key.n;
	export_line(x, &p->out, x->line,
	    (struct bytes){ (const uint8_t *)key.p + sizeof(x->id), key.n - sizeof(x->id) }, val);
	return 1;
}

/* Where the records of that kind begin, or go on. */
static struct bytes
after_of(struct export *x)
{
	uint8_t first[8 + ARCHIVE_ID_LEN];

	if (x->line == LINE_message && x->since_ms > 0) {
		memcpy(first, x->id, sizeof(x->id));
		archive_id_at(x->since_ms, first + 8);
		if (bytes_cmp((struct bytes){ x->after, x->after_len },
			(struct bytes){ first, sizeof(first) }) < 0) {
			memcpy(x->after, first, sizeof(first));
			x->after_len = sizeof(first);
		}
	}
	return (struct bytes){ x->after, x->after_len };
}

static void
take_piece(struct export *x, struct piece *p)
{
	p->out.len = 0;
	p->key_len = 0;
	if (x->line == LINE_COUNT)
		export_end(x, &p->out);
	else if (x->line == LINE_room)
		export_head(x, &p->out);
	else
		x->store->each(
		    x->store, line_kinds[x->line].table, export_id(x), after_of(x), piece_visit, p);
}

/* Goes behind a piece. False: it was the end. */
static bool
pass_piece(struct export *x, const struct piece *p)
{
	x->skip = 0;
	if (x->line == LINE_COUNT)
		return false;
	if (p->key_len == 0) {
		export_next_kind(x);
		return true;
	}
	memcpy(x->after, p->key, p->key_len);
	x->after_len = p->key_len;
	return true;
}

/* How many bytes of a text fit; *written grows by what they are in XML. */
static size_t
fits(const char *s, size_t n, size_t most, size_t per_line, size_t *written)
{
	size_t i, sum = *written, start = 0, at_start = sum;

	for (i = 0; i < n; i++) {
		size_t more = s[i] == '&' || s[i] == '<' || s[i] == '>' ? 5 : 1;

		/* Not within a character. */
		if (((unsigned char)s[i] & 0xc0) != 0x80) {
			start = i;
			at_start = sum;
		}
		sum += s[i] == '\n' ? per_line : more;
		if (sum + per_line > most) {
			*written = at_start;
			return start;
		}
	}
	*written = sum;
	return n;
}

static void
digest_cut(const struct buf *b, size_t n, uint8_t out[CUT_DIGEST_LEN])
{
	uint8_t all[SHA256_LEN];

	digest_sha256(b->p, n, all);
	memcpy(out, all, CUT_DIGEST_LEN);
}

/* Is what has been told of a piece still the beginning of it? */
static bool
is_whole(const struct export *x, const struct piece *p)
{
	uint8_t now[CUT_DIGEST_LEN];

	if (x->skip == 0)
		return true;
	if (x->skip > p->out.len)
		return false;
	digest_cut(&p->out, x->skip, now);
	return memcmp(now, x->skipped, sizeof(now)) == 0;
}

/* One more piece. False: the page is full, or that was the end, and then *more is false. */
static bool
add_piece(struct export *x, struct piece *p, struct buf *out, size_t most, size_t per_line,
    size_t *written, bool *more)
{
	const uint64_t nlines = x->nlines;
	const size_t before = *written;
	size_t n, rest, alone = 0;

	arena_reset(x->arena);
	take_piece(x, p);
	x->is_torn = !is_whole(x, p);
	if (x->is_torn)
		return false;
	rest = p->out.len - x->skip;
	n = fits(p->out.p + x->skip, rest, most, per_line, written);
	if (n < rest) {
		/* What fits on a page of its own is not cut. */
		if (before > 0 && fits(p->out.p + x->skip, rest, most, per_line, &alone) == rest)
			n = 0;
		if (n > 0)
			buf_add(out, p->out.p + x->skip, n);
		x->skip += n;
		digest_cut(&p->out, x->skip, x->skipped);
		x->nlines = nlines;
		return false;
	}
	if (rest > 0)
		buf_add(out, p->out.p + x->skip, rest);
	return *more = pass_piece(x, p);
}

bool
export_page(struct export *x, struct buf *out, size_t most, size_t per_line)
{
	struct piece *p = mem_alloc(sizeof(*p));
	size_t written = 0;
	bool more = true;

	p->x = x;
	while (add_piece(x, p, out, most, per_line, &written, &more))
		continue;
	buf_release(&p->out);
	free(p);
	return more;
}

bool
export_in_head(const struct export *x)
{
	return x->line <= LINE_affil;
}

bool
export_is_torn(const struct export *x)
{
	return x->is_torn;
}

static void
add_hex(struct buf *b, const uint8_t *p, size_t n)
{
	char hex[2 * STORE_KEY_MAX + 1];

	digest_hex(p, n, hex);
	buf_addc(b, '.');
	buf_adds(b, hex);
}

void
export_place(const struct export *x, struct buf *b)
{
	buf_adds(b, arena_fmt(x->arena, "%u.%zu.%llu", (unsigned)x->line, x->skip,
			(unsigned long long)x->nlines));
	add_hex(b, x->id, sizeof(x->id));
	add_hex(b, x->skipped, sizeof(x->skipped));
	add_hex(b, x->last, x->last_len);
	add_hex(b, x->after, x->after_len);
}

/* Behind a dot. False: it is none, or too long. */
static bool
read_hex(const char **s, uint8_t *out, size_t cap, size_t *n)
{
	int high, low;

	*n = 0;
	if (*(*s)++ != '.')
		return false;
	while (**s != '\0' && **s != '.') {
		high = hex_digit((*s)[0]);
		low = hex_digit((*s)[1]);
		if (high < 0 || low < 0 || *n == cap)
			return false;
		out[(*n)++] = (uint8_t)(high << 4 | low);
		*s += 2;
	}
	return true;
}

static bool
read_number(const char **s, uint64_t *v)
{
	char *end;

	*v = strtoull(*s, &end, 10);
	if (end == *s)
		return false;
	*s = end;
	return true;
}

bool
export_resume(struct export *x, const char *place)
{
	uint8_t id[sizeof(x->id)];
	uint64_t line, skip;
	size_t n;

	if (!read_number(&place, &line) || line > LINE_COUNT || *place++ != '.' ||
	    !read_number(&place, &skip) || *place++ != '.' || !read_number(&place, &x->nlines) ||
	    !read_hex(&place, id, sizeof(id), &n) || n != sizeof(id) ||
	    memcmp(id, x->id, sizeof(id)) != 0 ||
	    !read_hex(&place, x->skipped, sizeof(x->skipped), &n) || n != sizeof(x->skipped) ||
	    !read_hex(&place, x->last, sizeof(x->last), &x->last_len) ||
	    !read_hex(&place, x->after, sizeof(x->after), &x->after_len))
		return false;
	x->line = (enum line)line;
	x->skip = (size_t)skip;
	return true;
}

/* Records that are not part of a digest yet, and the digest before them. */
struct digesting {
	struct buf b;
	uint8_t *sum;
};

static void
digest_some(struct digesting *d)
{
	digest_sha256(d->b.p, d->b.len, d->sum);
	d->b.len = 0;
	buf_add(&d->b, d->sum, EXPORT_DIGEST_LEN);
}

static int
digest_visit(void *arg, struct bytes key, struct bytes val)
{
	struct digesting *d = arg;
	uint8_t sizes[16];

	/* One record is not to be taken for two. */
	id_bytes(key.n, sizes);
	id_bytes(val.n, sizes + 8);
	buf_add(&d->b, sizes, sizeof(sizes));
	buf_add(&d->b, key.p, key.n);
	buf_add(&d->b, val.p, val.n);
	if (d->b.len > DIGEST_BYTES)
		digest_some(d);
	return 0;
}

void
export_digest(struct export *x, uint8_t out[EXPORT_DIGEST_LEN])
{
	struct digesting d = { BUF_INIT, out };

	memset(out, 0, EXPORT_DIGEST_LEN);
	buf_add(&d.b, out, EXPORT_DIGEST_LEN);
	x->store->each(
	    x->store, line_kinds[LINE_affil].table, export_id(x), BYTES_NONE, digest_visit, &d);
	digest_some(&d);
	buf_release(&d.b);
}
