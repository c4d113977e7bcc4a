/* SPDX-License-Identifier: ISC */
/*
 * fence.c - fences go out and come back
 */
#include "fence.h"

#include <stdlib.h>
#include <string.h>

#include "../base/digest.h"
#include "../base/mem.h"
#include "../base/xml_write.h"

#define FOREIGN_SAY_MS 60000 /* between two complaints */

void
fence_secret_make(struct service *s)
{
	uint8_t secret[(sizeof(s->fence_secret) - 1) / 2];

	s->host->random(s->host->arg, secret, sizeof(secret));
	digest_hex(secret, sizeof(secret), s->fence_secret);
}

struct fences *
fences_new(void)
{
	return mem_alloc(sizeof(struct fences));
}

void
fences_release(struct out *o)
{
	struct fences *f = o->fences;

	o->pairs.head = f->kept;
	pairs_release(&o->pairs);
	if (f->pair.wire != NULL)
		pair_unref(&f->pair);
	buf_release(&f->turn);
	free(f->noted);
	free(f);
}

/* -- what is kept -- */

/* Gives up the oldest kept pairs until so many have left the queue. */
static void
release_upto(struct out *o, uint64_t upto)
{
	struct fences *f = o->fences;
	struct pairs *q = &o->pairs;

	for (; f->kept < q->head && f->base + f->kept < upto; f->kept++) {
		f->kept_bytes -= pair_bytes(&q->v[f->kept]);
		pair_unref(&q->v[f->kept]);
	}
}

void
fence_kept(struct service *s, struct out *o, size_t nbytes)
{
	struct fences *f = o->fences;
	const bool is_fenced = o->domain != NULL && s->limits.fence_bytes > 0;
	const size_t most = is_fenced ? (size_t)s->limits.unfenced_bytes : 0;

	f->kept_bytes += nbytes;
	f->since_bytes += nbytes;
	while (f->kept_bytes > most)
		release_upto(o, f->base + f->kept + 1);
}

void
fence_all_taken(struct out *o)
{
	release_upto(o, UINT64_MAX);
}

void
fence_rewind(struct out *o)
{
	struct fences *f = o->fences;

	o->off = 0;
	o->bytes += f->kept_bytes;
	o->pairs.head = f->kept;
	f->kept_bytes = f->since_bytes = 0;
	f->first = f->nway = 0;
	f->is_due = false;
	f->sent_ms = f->back_ms = 0;
	if (f->pair.wire != NULL)
		pair_unref(&f->pair);
	f->pair.wire = NULL;
}

/* -- going out -- */

/* Not while the server owes so many that it will hardly return any. */
static bool
may_send(const struct service *s, const struct fences *f)
{
	return s->limits.fence_bytes > 0 && f->nway < FENCES;
}

static bool
is_time(const struct service *s, const struct fences *f)
{
	return s->now.mono_ms >= f->sent_ms + s->limits.fence_ms || f->sent_ms == 0;
}

bool
fence_ready(const struct service *s, const struct out *o)
{
	const struct fences *f = o->fences;

	if (f->pair.wire != NULL)
		return true;
	if (o->off > 0 || (f->since_bytes == 0 && !f->is_due))
		return false;
	if (f->since_bytes < (size_t)s->limits.fence_bytes && !f->is_due &&
	    (o->pairs.head < o->ncommitted || !is_time(s, f)))
		return false;
	return o->domain != NULL && may_send(s, f);
}

static void
make(struct service *s, struct out *o)
{
	struct fences *f = o->fences;
	struct xml *x = xml_new(s->arena, NS_STANZA, "iq");
	struct fence *way = &f->way[(f->first + f->nway++) % FENCES];

	way->no = ++f->sent;
	way->upto = f->base + o->pairs.head;
	way->sent_ms = f->sent_ms = s->now.mono_ms;
	f->since_bytes = 0;
	f->is_due = false;
	xml_set(s->arena, x, "from", o->domain);
	xml_set(s->arena, x, "type", "result");
	xml_set(s->arena, x, "id",
	    arena_fmt(s->arena, FENCE_ID "%s-%u-%llu", s->fence_secret, (unsigned)(o - s->out),
		(unsigned long long)way->no));
	f->pair.wire = wire_new(s, x);
	f->pair.to = addr_new(o->domain);
	s->stats.fences_sent++;
}

size_t
fence_give(struct service *s, struct out *o, char *p, size_t cap)
{
	struct pair *pair = &o->fences->pair;
	size_t n;

	if (pair->wire == NULL)
		make(s, o);
	n = pair_copy(pair, o->off, p, cap);
	o->off += n;
	if (o->off < pair_bytes(pair))
		return n;
	o->off = 0;
	pair_unref(pair);
	pair->wire = NULL;
	return n;
}

bool
fence_ask(struct service *s, struct out *o)
{
	return o->fences->is_due = may_send(s, o->fences);
}

int64_t
fences_deadline(const struct service *s)
{
	int64_t first = INT64_MAX;

	for (unsigned i = 0; i < s->ndomains; i++) {
		const struct fences *f = s->out[i].fences;

		if (s->out[i].up && f->since_bytes > 0 && !f->is_due && may_send(s, f) &&
		    f->sent_ms + s->limits.fence_ms < first)
			first = f->sent_ms + s->limits.fence_ms;
	}
	return first;
}

void
fences_tick(struct service *s)
{
	for (unsigned i = 0; i < s->ndomains; i++)
		if (s->out[i].up && s->out[i].fences->since_bytes > 0 &&
		    is_time(s, s->out[i].fences))
			fence_ask(s, &s->out[i]);
}

/* -- coming back -- */

/* A number and what stands behind it; false: there is none. */
static bool
read_number(const char **p, const char *end, char behind, uint64_t *out)
{
	const char *s = *p;

	for (*out = 0; s < end && *s >= '0' && *s <= '9' && *out < UINT64_MAX / 100; s++)
		*out = *out * 10 + (uint64_t)(*s - '0');
	if (s == *p || s == end || (behind != '\0' && *s != behind))
		return false;
	*p = s + 1;
	return true;
}

/* Those before it have come back, too, or never will. */
static void
came(struct service *s, struct out *o, uint64_t no)
{
	struct fences *f = o->fences;
	const struct fence *way = &f->way[f->first];

	if (f->nway == 0 || no < way->no || no >= way->no + f->nway)
		return;
	while (f->way[f->first].no < no) {
		f->first = (f->first + 1) % FENCES;
		f->nway--;
	}
	way = &f->way[f->first];
	f->returns = true;
	f->back_ms = s->now.mono_ms;
	s->stats.fences_back++;
	s->stats.fence_ms = (uint64_t)(s->now.mono_ms - way->sent_ms);
	release_upto(o, way->upto);
	f->first = (f->first + 1) % FENCES;
	f->nway--;
}

bool
fence_back(struct service *s, const char *p, size_t n)
{
	const size_t nsecret = strlen(s->fence_secret);
	const char *end = p + n;
	uint64_t domain_no, no;

	if (n > FENCE_MAX || (p = memmem(p, n, s->fence_secret, nsecret)) == NULL)
		return false;
	p += nsecret;
	if (p == end || *p++ != '-' || !read_number(&p, end, '-', &domain_no) ||
	    !read_number(&p, end, '\0', &no) || domain_no >= s->ndomains)
		return false;
	came(s, &s->out[domain_no], no);
	return true;
}

void
fence_foreign(struct service *s, const struct xml *stanza, const char *domain)
{
	const char *id = xml_get(stanza, "id");
	struct out *o = &s->out[service_domain(s, domain)];

	if (id == NULL || strncmp(id, FENCE_ID, strlen(FENCE_ID)) != 0)
		return;
	s->stats.fences_foreign++;
	/* What we sent in an earlier life may come yet when the link is new. */
	if (s->now.mono_ms < o->up_ms + FOREIGN_SAY_MS || s->now.mono_ms < s->foreign_say_ms)
		return;
	s->foreign_say_ms = s->now.mono_ms + FOREIGN_SAY_MS;
	service_log(s, MUC_LOG_WARN,
	    "%s: another mucd is attached to this domain: two of them see "
	    "half of the stanzas each",
	    domain);
}

/* -- what is noted in the store -- */

static struct bytes
noted_key(struct service *s, const struct out *o, uint64_t no)
{
	const size_t n = strlen(o->domain) + 1;
	uint8_t *key = arena_alloc(s->arena, n + 8);

	memcpy(key, o->domain, n);
	id_bytes(no, key + n);
	return (struct bytes){ key, n + 8 };
}

static void
add_noted(struct fences *f, uint64_t no, uint64_t upto)
{
	if (f->noted_head > 0 && f->noted_head == f->noted_n)
		f->noted_head = f->noted_n = 0;
	if (f->noted_n == f->noted_cap && f->noted_head > f->noted_n / 2) {
		f->noted_n -= f->noted_head;
		memmove(f->noted, f->noted + f->noted_head, f->noted_n * sizeof(*f->noted));
		f->noted_head = 0;
	}
	if (f->noted_n == f->noted_cap) {
		f->noted_cap = f->noted_cap > 0 ? 2 * f->noted_cap : 64;
		f->noted = mem_realloc(f->noted, f->noted_cap * sizeof(*f->noted));
	}
	f->noted[f->noted_n++] = (struct noted){ no, upto };
}

static void
note(struct service *s, struct out *o)
{
	struct fences *f = o->fences;
	const uint64_t gone = f->base + f->kept;

	for (; f->noted_head < f->noted_n && f->noted[f->noted_head].upto <= gone; f->noted_head++)
		s->store->del(s->store, TABLE_told, noted_key(s, o, f->noted[f->noted_head].no));
	if (f->turn.len == 0)
		return;
	add_noted(f, ++f->nnoted, f->base + o->pairs.n);
	s->store->put(s->store, TABLE_told, noted_key(s, o, f->nnoted),
	    (struct bytes){ f->turn.p, f->turn.len });
	f->turn.len = 0;
}

void
fences_note(struct service *s)
{
	for (unsigned i = 0; i < s->ndomains; i++)
		note(s, &s->out[i]);
}
