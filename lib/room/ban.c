/* SPDX-License-Identifier: ISC */
/*
 * ban.c - whom the operators keep out of the whole service
 *
 * What holds for a user is looked up once and remembered until bans change: for a stanza it is a
 * comparison, however many patterns there are.
 */
#include "ban.h"

#include <stdlib.h>
#include <string.h>

#include "../base/mem.h"
#include "../base/rec.h"

enum { /* tags of a record in table bans; never reused */
	BAN_TARGET = 1,
	BAN_REASON = 2,
	BAN_ACTOR = 3,
	BAN_SET = 4,
	BAN_UNTIL = 5,
};

static struct bytes
ban_key(struct service *s, const char *target)
{
	return store_key(s->arena, 0, target);
}

/* -- in memory -- */

static size_t
size_of(const char *s)
{
	return s != NULL ? strlen(s) + 1 : 0;
}

static const char *
copy_to(char **at, const char *s)
{
	const size_t n = size_of(s);
	const char *copy = n > 0 ? memcpy(*at, s, n) : NULL;

	*at += n;
	return copy;
}

/* One piece of memory for the ban and its strings. */
static void
add(struct service *s, const struct ban *from, bool configured)
{
	struct ban *b = mem_alloc(
	    sizeof(*b) + size_of(from->target) + size_of(from->reason) + size_of(from->actor));
	char *at = (char *)(b + 1);

	b->target = copy_to(&at, from->target);
	b->reason = copy_to(&at, from->reason);
	b->actor = copy_to(&at, from->actor);
	b->set_ms = from->set_ms;
	b->until_ms = from->until_ms;
	b->configured = configured;
	b->pattern = strchr(b->target, '*') != NULL;
	map_put(&s->bans.by_target, b->target, b);
	TAILQ_INSERT_TAIL(b->pattern ? &s->bans.patterns : &s->bans.exact, b, entry);
	if (b->until_ms < s->bans.first_ms)
		s->bans.first_ms = b->until_ms;
	s->bans.epoch++;
	s->bans.sweeping = true;
}

static void
drop(struct service *s, struct ban *b)
{
	map_del(&s->bans.by_target, b->target);
	TAILQ_REMOVE(b->pattern ? &s->bans.patterns : &s->bans.exact, b, entry);
	s->bans.epoch++;
	free(b);
}

void
bans_free(struct service *s)
{
	struct ban *b;

	while ((b = TAILQ_FIRST(&s->bans.exact)) != NULL ||
	       (b = TAILQ_FIRST(&s->bans.patterns)) != NULL)
		drop(s, b);
	map_release(&s->bans.by_target);
	s->bans.first_ms = INT64_MAX;
}

int
bans_each(const struct service *s, int (*visit)(void *arg, const struct ban *), void *arg)
{
	const struct ban_list *const lists[] = { &s->bans.exact, &s->bans.patterns };
	const struct ban *b;
	int result = 0;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		TAILQ_FOREACH (b, lists[i], entry)
			if ((result = visit(arg, b)) != 0)
				return result;
	return 0;
}

const struct ban *
ban_of(const struct service *s, const char *target)
{
	return map_get(&s->bans.by_target, target);
}

const char *
ban_target(const struct service *s, const char *target)
{
	if (ban_of(s, target) != NULL || strchr(target, '*') != NULL)
		return target;
	return jid_pure(s->arena, target);
}

/* The ban that names a bare JID, or its domain, so written. */
static const struct ban *
find_written(const struct service *s, const char *bare)
{
	const struct ban *b;

	if ((b = ban_of(s, bare)) != NULL || (b = ban_of(s, jid_domain(bare))) != NULL)
		return b;
	TAILQ_FOREACH (b, &s->bans.patterns, entry)
		if (jid_matches(b->target, bare))
			return b;
	return NULL;
}

static const struct ban *
find(const struct service *s, const char *bare)
{
	const struct ban *b = find_written(s, bare);
	const char *ways[2];

	if (b != NULL)
		return b;
	jid_ways(s->arena, bare, ways);
	for (int i = 0; i < 2 && b == NULL; i++)
		if (ways[i] != bare)
			b = find_written(s, ways[i]);
	return b;
}

const struct ban *
user_ban(struct service *s, struct user *u)
{
	if (u->ban_epoch != s->bans.epoch) {
		u->ban = service_admin(s, u->bare) ? NULL : find(s, u->bare);
		u->ban_epoch = s->bans.epoch;
	}
	return u->ban;
}

/* -- in the store -- */

static int
load_visit(void *arg, struct bytes key, struct bytes val)
{
	struct service *s = arg;
	struct ban b = { .until_ms = INT64_MAX };
	struct rec r;

	(void)key;
	rec_init(&r, val.p, val.n);
	while (rec_next(&r))
		switch (r.tag) {
		case BAN_TARGET:
			b.target = rec_str(s->arena, &r);
			break;
		case BAN_REASON:
			b.reason = rec_str(s->arena, &r);
			break;
		case BAN_ACTOR:
			b.actor = rec_str(s->arena, &r);
			break;
		case BAN_SET:
			b.set_ms = (int64_t)rec_u64(&r);
			break;
		case BAN_UNTIL:
			b.until_ms = (int64_t)rec_u64(&r);
			break;
		default:
			break;
		}
	if (r.p == NULL || b.target == NULL)
		service_log(s, MUC_LOG_ERROR, "database: table bans: a record cannot be read");
	else if (ban_of(s, b.target) == NULL)
		add(s, &b, false);
	return 0;
}

void
bans_load(struct service *s, const char *const *configured)
{
	struct ban b = { .set_ms = s->now.wall_ms, .until_ms = INT64_MAX };

	bans_free(s);
	for (; configured != NULL && *configured != NULL; configured++) {
		b.target = ban_target(s, *configured);
		if (ban_of(s, b.target) == NULL)
			add(s, &b, true);
	}
	s->store->each(s->store, TABLE_bans, BYTES_NONE, BYTES_NONE, load_visit, s);
	/* Whoever is an administrator now is not banned any more, and the other way round. */
	s->bans.epoch++;
	s->bans.sweeping = map_count(&s->bans.by_target) > 0;
}

bool
ban_set(struct service *s, const struct ban *ban)
{
	struct ban *was = map_get(&s->bans.by_target, ban->target);
	struct buf b = BUF_INIT;

	if (was == NULL ? map_count(&s->bans.by_target) >= (size_t)s->limits.service_bans
			: was->configured)
		return false;
	if (was != NULL)
		drop(s, was);
	add(s, ban, false);
	rec_put_str(&b, BAN_TARGET, ban->target);
	rec_put_str(&b, BAN_REASON, ban->reason);
	rec_put_str(&b, BAN_ACTOR, ban->actor);
	rec_put_u64(&b, BAN_SET, (uint64_t)ban->set_ms);
	if (ban->until_ms != INT64_MAX)
		rec_put_u64(&b, BAN_UNTIL, (uint64_t)ban->until_ms);
	s->store->put(s->store, TABLE_bans, ban_key(s, ban->target), (struct bytes){ b.p, b.len });
	buf_release(&b);
	return true;
}

static void
lift(struct service *s, struct ban *b)
{
	s->store->del(s->store, TABLE_bans, ban_key(s, b->target));
	drop(s, b);
}

bool
ban_lift(struct service *s, const char *target)
{
	struct ban *b = map_get(&s->bans.by_target, target);

	if (b == NULL || b->configured)
		return false;
	lift(s, b);
	return true;
}

void
bans_expire(struct service *s)
{
	struct ban_list *const lists[] = { &s->bans.exact, &s->bans.patterns };
	struct ban *b, *next;

	s->bans.first_ms = INT64_MAX;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		TAILQ_FOREACH_SAFE (b, lists[i], entry, next) {
			if (b->until_ms <= s->now.wall_ms)
				lift(s, b);
			else if (b->until_ms < s->bans.first_ms)
				s->bans.first_ms = b->until_ms;
		}
}
