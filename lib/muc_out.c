/* SPDX-License-Identifier: ISC */
/*
 * muc_out.c - the service as its host program sees it: output, fences, numbers
 */
#include "muc_int.h"
#include "room/fence.h"

size_t
muc_drain(struct muc *m, unsigned domain, char *p, size_t cap)
{
	return out_drain(&m->s, &m->s.out[domain], p, cap);
}

size_t
muc_console_drain(struct muc_stream *st, char *p, size_t cap)
{
	return out_drain(&st->muc->s, &st->way.console->out, p, cap);
}

size_t
muc_queued(const struct muc *m)
{
	size_t n = 0;

	for (unsigned i = 0; i < m->s.ndomains; i++)
		if (m->s.out[i].up)
			n += m->s.out[i].bytes;
	return n;
}

bool
muc_fence(struct muc *m, const char *p, size_t n, struct muc_now now)
{
	m->s.now = now;
	return fence_back(&m->s, p, n);
}

bool
muc_fence_ask(struct muc *m, unsigned domain, struct muc_now now)
{
	struct out *o = &m->s.out[domain];

	/* Where nothing happens, nobody else has told the time for long: it would count as sent then. */
	m->s.now = now;
	return o->fences->returns && fence_ask(&m->s, o);
}

int64_t
muc_fence_since(const struct muc *m, unsigned domain)
{
	const struct fences *f = m->s.out[domain].fences;

	if (f->nway == 0 || !f->returns)
		return INT64_MAX;
	return f->way[f->first].sent_ms > f->back_ms ? f->way[f->first].sent_ms : f->back_ms;
}

bool
muc_domain_quiet(const struct muc *m, unsigned domain)
{
	const struct out *o = &m->s.out[domain];

	return o->pairs.head == o->pairs.n && o->fences->kept == o->pairs.head;
}

void
muc_domain_taken(struct muc *m, unsigned domain)
{
	fence_all_taken(&m->s.out[domain]);
}

const struct muc_stats *
muc_stats(const struct muc *m)
{
	return &m->s.stats;
}
