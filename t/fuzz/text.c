/* SPDX-License-Identifier: ISC */
/*
 * text.c - what is read from single strings: addresses, nicks, patterns, dates
 *
 * What was prepared once stays as it is when it is prepared again: else two addresses that look the same
 * to one part of the service would not be the same to another. The first line is one string, the second
 * another one.
 */
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/jid.h"
#include "base/utf8.h"
#include "fuzz.h"

static struct arena *a;

static void
read_address(const char *s)
{
	struct jid j, again;

	if (!jid_prep(a, s, &j))
		return;
	HOLDS(jid_prep(a, j.full, &again));
	HOLDS(strcmp(j.full, again.full) == 0 && strcmp(j.bare, again.bare) == 0);
	HOLDS((j.node == NULL) == (again.node == NULL));
	HOLDS(strlen(jid_uri(a, j.bare, "join")) >= strlen(j.bare));
}

static void
read_nick(const char *s)
{
	const char *nick = jid_nick(a, s, 256, false), *again;

	if (nick == NULL)
		return;
	HOLDS(*nick != '\0' && strlen(nick) <= 256);
	again = jid_nick(a, nick, 256, false);
	HOLDS(again != NULL && strcmp(nick, again) == 0);
}

static void
read_date(const char *s)
{
	int64_t ms, again;

	if (date_read(s, &ms))
		HOLDS(date_read(date_write(a, ms), &again) && again == ms);
}

static void
read_target(const char *s, const char *bare)
{
	const char *target = jid_target(a, s);

	if (target == NULL)
		return;
	if (strchr(target, '*') != NULL)
		jid_matches(target, bare);
	else
		HOLDS(strcmp(jid_target(a, target), target) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *nl, *first, *second;

	if (a == NULL)
		a = arena_new();
	/* All text comes from the parser, which lets nothing else through. */
	if (memchr(data, '\0', n) == NULL && utf8_is((const char *)data, n)) {
		nl = memchr(data, '\n', n);
		first = arena_strndup(
		    a, (const char *)data, nl != NULL ? (size_t)(nl - (const char *)data) : n);
		second = nl != NULL ? arena_strndup(a, nl + 1, n - strlen(first) - 1) : "";
		read_address(first);
		read_nick(first);
		read_date(first);
		read_target(first, second);
	}
	arena_reset(a);
	return 0;
}
