/* SPDX-License-Identifier: ISC */
/*
 * fanout.c - one stanza, many recipients
 *
 * A stanza is serialised once into a wire; telling it to somebody queues a (wire, address) pair of
 * two pointers, which becomes bytes only when the link takes them.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/mem.h"
#include "../base/xml_write.h"
#include "console.h"
#include "fence.h"

#define WRITTEN_BYTES ((size_t)64 << 10) /* of the memory for writing a stanza that are kept */

struct addr *
addr_new(const char *jid)
{
	struct buf b = BUF_INIT;
	struct addr *a;

	xml_escape(&b, jid);
	a = mem_alloc(sizeof(*a) + b.len + 1);
	a->refs = 1;
	a->len = (uint32_t)b.len;
	memcpy(a->text, b.p, b.len);
	a->is_console = console_is(jid);
	buf_release(&b);
	return a;
}

void
addr_unref(struct addr *a)
{
	if (--a->refs == 0)
		free(a);
}

struct wire *
wire_written(struct service *s, size_t split)
{
	struct buf *b = &s->written;
	struct wire *w = mem_realloc(NULL, sizeof(*w) + b->len);

	w->refs = 1;
	w->len = (uint32_t)b->len;
	w->split = (uint32_t)split;
	w->kind = b->p[1] == 'm' ? WIRE_MESSAGE : b->p[1] == 'p' ? WIRE_PRESENCE : WIRE_IQ;
	w->wipes = arena_wipes(s->arena);
	memcpy(w->text, b->p, b->len);
	if (w->wipes)
		explicit_bzero(b->p, b->len);
	b->len = 0;
	if (b->cap > WRITTEN_BYTES)
		buf_release(b);
	s->turn_bytes += w->len;
	return w;
}

struct wire *
wire_new(struct service *s, const struct xml *stanza)
{
	return wire_written(s, xml_write_to(&s->written, stanza));
}

void
wire_unref(struct wire *w)
{
	if (--w->refs > 0)
		return;
	if (w->wipes)
		explicit_bzero(w->text, w->len);
	free(w);
}

void
wires_unref(struct wire *const *w, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (w[i] != NULL)
			wire_unref(w[i]);
}

static void
pairs_grow(struct pairs *p, size_t more)
{
	if (p->n + more <= p->cap)
		return;
	while (p->n + more > p->cap)
		p->cap = p->cap > 0 ? 2 * p->cap : 16;
	p->v = mem_realloc(p->v, p->cap * sizeof(*p->v));
}

void
pairs_add(struct pairs *p, struct wire *w, struct addr *to)
{
	pairs_grow(p, 1);
	w->refs++;
	to->refs++;
	p->v[p->n++] = (struct pair){ w, to };
}

void
pair_unref(struct pair *p)
{
	wire_unref(p->wire);
	addr_unref(p->to);
}

void
pairs_release(struct pairs *p)
{
	for (size_t i = p->head; i < p->n; i++)
		pair_unref(&p->v[i]);
	free(p->v);
	memset(p, 0, sizeof(*p));
}

static void
count_out(struct muc_stats *stats, enum wire_kind kind)
{
	stats->out_message += kind == WIRE_MESSAGE;
	stats->out_presence += kind == WIRE_PRESENCE;
	stats->out_iq += kind == WIRE_IQ;
}

void
out_take(struct service *s, unsigned domain_no, struct pairs *from)
{
	struct out *o = &s->out[domain_no], *to;
	size_t n = from->n - from->head;

	pairs_grow(&o->pairs, n);
	for (size_t i = from->head; i < from->n; i++) {
		struct pair *pair = &from->v[i];

		to = pair->to->is_console ? console_out(s, pair->to) : o;
		if (to == NULL) {
			pair_unref(pair);
			continue;
		}
		pairs_grow(&to->pairs, 1);
		to->pairs.v[to->pairs.n++] = *pair;
		to->bytes += pair_bytes(pair);
		count_out(&s->stats, pair->wire->kind);
	}
	s->turn_pairs += n;
	from->head = from->n = 0;
}

/*
 * Copies what of a piece lies at or after `off` and fits. *off counts on from piece to piece: it is
 * reduced by the pieces that were skipped. Returns bytes copied.
 */
static size_t
copy_piece(const char *piece, size_t len, size_t *off, char *p, size_t cap)
{
	size_t n;

	if (*off >= len) {
		*off -= len;
		return 0;
	}
	n = len - *off < cap ? len - *off : cap;
	memcpy(p, piece + *off, n);
	*off = 0;
	return n;
}

size_t
pair_copy(const struct pair *pair, size_t off, char *p, size_t cap)
{
	const struct wire *w = pair->wire;
	const struct addr *to = pair->to;
	size_t n;

	/* Nearly always it is all of it. */
	if (off == 0 && cap >= pair_bytes(pair)) {
		memcpy(p, w->text, w->split);
		memcpy(p + w->split, to->text, to->len);
		memcpy(p + w->split + to->len, w->text + w->split, w->len - w->split);
		return pair_bytes(pair);
	}
	n = copy_piece(w->text, w->split, &off, p, cap);
	n += copy_piece(to->text, to->len, &off, p + n, cap - n);
	n += copy_piece(w->text + w->split, w->len - w->split, &off, p + n, cap - n);
	return n;
}

/* Pairs that have left the queue leave a gap in front; it is closed when it is the larger part. */
static void
close_gap(struct out *o)
{
	struct pairs *q = &o->pairs;
	struct fences *f = o->fences;
	const size_t gap = f->kept;

	if (gap < q->n && (gap <= 1024 || gap <= q->n / 2))
		return;
	if (gap < q->n)
		memmove(q->v, q->v + gap, (q->n - gap) * sizeof(*q->v));
	q->n -= gap;
	q->head -= gap;
	o->ncommitted -= gap;
	f->base += gap;
	f->kept = 0;
	/* A burst's memory is given back, the usual need is kept. */
	if (q->n == 0 && q->cap > 65536)
		pairs_release(q);
}

/* Gives out pairs until a fence may be due again, there are none, or p is full. */
static size_t
give_pairs(struct service *s, struct out *o, char *p, size_t cap)
{
	struct pairs *q = &o->pairs;
	const size_t since = o->fences->since_bytes, fence = (size_t)s->limits.fence_bytes;
	const size_t most = since < fence ? fence - since : SIZE_MAX;
	size_t n, total = 0, whole = 0;

	while (q->head < o->ncommitted && total < cap && whole < most) {
		const struct pair *pair = &q->v[q->head];
		const size_t nbytes = pair_bytes(pair);

		n = pair_copy(pair, o->off, p + total, cap - total);
		total += n;
		o->off += n;
		if (o->off < nbytes)
			break;
		o->off = 0;
		q->head++;
		whole += nbytes;
	}
	o->bytes -= whole;
	fence_kept(s, o, whole);
	return total;
}

size_t
out_drain(struct service *s, struct out *o, char *p, size_t cap)
{
	size_t n = 1, total = 0;

	for (; n > 0 && total < cap; total += n)
		if (fence_ready(s, o))
			n = fence_give(s, o, p + total, cap - total);
		else
			n = give_pairs(s, o, p + total, cap - total);
	close_gap(o);
	s->stats.out_bytes += total;
	return total;
}

void
out_release(struct out *o)
{
	fences_release(o);
	free(o->domain);
}
