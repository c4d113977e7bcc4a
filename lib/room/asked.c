/* SPDX-License-Identifier: ISC */
/*
 * asked.c - who asked for voice a while ago; XEP-0045 7.13
 *
 * By bare JID, so leaving and coming back does not help. It is forgotten with the last occupant. Whoever
 * has a domain has any number of JIDs, so there is a bound.
 */
#include <stdlib.h>

#include "../base/mem.h"
#include "waiting.h"

static bool
lately(const struct room *r, const struct asked *a)
{
	const struct service *s = r->service;

	return s->now.mono_ms - a->ms < s->limits.voice_request_min_s * 1000;
}

static void
asked_free(struct room *r, struct asked *a)
{
	map_del(&r->asked, a->bare);
	TAILQ_REMOVE(&r->asked_order, a, entry);
	free(a->bare);
	free(a);
}

bool
asked_lately(const struct room *r, const char *bare)
{
	const struct asked *a = map_get(&r->asked, bare);

	return a != NULL && lately(r, a);
}

void
asked_note(struct room *r, const char *bare)
{
	struct asked *a = map_get(&r->asked, bare);

	if (a != NULL)
		asked_free(r, a);
	while ((a = TAILQ_FIRST(&r->asked_order)) != NULL &&
	       (!lately(r, a) || map_count(&r->asked) >= ASKED_MOST))
		asked_free(r, a);
	a = mem_alloc(sizeof(*a));
	a->bare = mem_strdup(bare);
	a->ms = r->service->now.mono_ms;
	TAILQ_INSERT_TAIL(&r->asked_order, a, entry);
	map_put(&r->asked, a->bare, a);
}

void
asked_release(struct room *r)
{
	while (!TAILQ_EMPTY(&r->asked_order))
		asked_free(r, TAILQ_FIRST(&r->asked_order));
	map_release(&r->asked);
}
