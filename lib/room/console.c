/* SPDX-License-Identifier: ISC */
/*
 * console.c - those who run the service from the machine itself
 */
#include "console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/mem.h"
#include "fence.h"

struct console *
console_new(struct service *s, const char *user)
{
	struct console *c = mem_alloc(sizeof(*c));

	c->jid = mem_strdup(arena_fmt(s->arena, "%s@" CONSOLE_DOMAIN "/%u", user, ++s->nconsoles));
	c->out.fences = fences_new();
	TAILQ_INSERT_TAIL(&s->consoles, c, entry);
	return c;
}

void
console_free(struct service *s, struct console *c)
{
	TAILQ_REMOVE(&s->consoles, c, entry);
	out_release(&c->out);
	free(c->jid);
	free(c);
}

bool
console_domain(const char *domain)
{
	return strcmp(domain, CONSOLE_DOMAIN) == 0;
}

bool
console_is(const char *jid)
{
	const char *at = strchr(jid, '@');

	return at != NULL && jid_is_of(at + 1, CONSOLE_DOMAIN);
}

struct out *
console_out(struct service *s, const struct addr *to)
{
	struct console *c;

	TAILQ_FOREACH (c, &s->consoles, entry)
		if (strlen(c->jid) == to->len && memcmp(c->jid, to->text, to->len) == 0)
			return &c->out;
	return NULL;
}

void
consoles_commit(struct service *s)
{
	struct console *c;

	TAILQ_FOREACH (c, &s->consoles, entry)
		c->out.ncommitted = c->out.pairs.n;
}
