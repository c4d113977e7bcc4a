/* SPDX-License-Identifier: ISC */
/*
 * kept_role.c - roles that are kept for those who come back; XEP-0045 5.1
 *
 * A role holds together with the affiliation under which it was given or taken. Sessions of one bare
 * JID under two nicks have one record: the last word about either counts.
 */
#include "../base/rec.h"
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
