/* SPDX-License-Identifier: ISC */
/*
 * kept_role.c - roles that are kept for those who come back; XEP-0045 5.1
 *
 * A role holds together with the affiliation under which it was given or taken. Sessions of one bare
 * JID under two nicks have one record: the last word about either counts.
 */
#include <string.h>

#include "../base/rec.h"
#include "lists.h"
#include "waiting.h"

enum { /* tags of a record in table roles; never reused */
	TAG_TIME = SHELF_TIME,
	TAG_ROLE = 2,
	TAG_AFFILIATION = 3,
};

enum role
role_entering(const struct room *r, const char *bare, enum affiliation affiliation)
{
	struct service *s = r->service;
	enum role role = role_initial(&r->config, affiliation);
	uint64_t kept = 0, under = 0;
	struct bytes val;
	struct rec f;

	if (!r->config.moderatedroom || s->store->get(s->store, TABLE_roles,
					    store_key(s->arena, r->id, bare), &val) != STORE_OK)
		return role;
	rec_init(&f, val.p, val.n);
	while (rec_next(&f)) {
		if (f.tag == TAG_ROLE)
			kept = rec_u64(&f);
		else if (f.tag == TAG_AFFILIATION)
			under = rec_u64(&f);
	}
	if (under != affiliation || kept <= ROLE_NONE || kept > ROLE_MODERATOR)
		return role;
	return (enum role)kept;
}

void
kept_role_del(struct room *r, const char *bare)
{
	struct service *s = r->service;
	struct bytes key = store_key(s->arena, r->id, bare), val;

	if (s->store->get(s->store, TABLE_roles, key, &val) != STORE_OK)
		return;
	s->store->del(s->store, TABLE_roles, key);
}

struct search {
	struct room *room;
	const char *domain;
	struct found {
		const char *bare;
		struct found *next;
	} * found;
};

/* Of an address that is too long for a key nothing is left to tell its domain: what it has stays. */
static int
of_domain(void *arg, struct bytes key, struct bytes val)
{
	struct search *w = arg;
	struct arena *a = w->room->service->arena;
	const char *bare = arena_strndup(a, (const char *)key.p + 8, key.n - 8);
	struct found *f;

	(void)val;
	if (strchr(bare, '@') == NULL || strcmp(jid_domain(bare), w->domain) != 0)
		return 0;
	f = arena_alloc(a, sizeof(*f));
	*f = (struct found){ bare, w->found };
	w->found = f;
	return 0;
}

void
kept_roles_del(struct room *r, const char *domain)
{
	struct service *s = r->service;
	struct search w = { .room = r, .domain = domain };
	struct affil own;
	uint8_t id[8];

	s->store->each(s->store, TABLE_roles, id_key(r->id, id), BYTES_NONE, of_domain, &w);
	for (const struct found *f = w.found; f != NULL; f = f->next)
		if (!affiliation_stored(r, f->bare, &own))
			kept_role_del(r, f->bare);
}

void
kept_role_set(struct room *r, const char *bare, enum affiliation affiliation, enum role role)
{
	struct service *s = r->service;
	const struct shelf shelf = {
		.table = TABLE_roles,
		.most = s->limits.kept_roles_per_room,
	};
	struct buf b = BUF_INIT;

	if (role == role_initial(&r->config, affiliation)) {
		kept_role_del(r, bare);
		return;
	}
	rec_put_u64(&b, TAG_TIME, (uint64_t)s->now.wall_ms);
	rec_put_u64(&b, TAG_ROLE, role);
	rec_put_u64(&b, TAG_AFFILIATION, affiliation);
	shelf_put(r, &shelf, store_key(s->arena, r->id, bare), (struct bytes){ b.p, b.len });
	buf_release(&b);
}
