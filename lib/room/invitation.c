/* SPDX-License-Identifier: ISC */
/*
 * invitation.c - who was invited by whom; XEP-0045 7.8.2
 *
 * The room passes on what an invitee declines, who is nobody to it: only what stands here is passed on,
 * and only once. The same holds for an invitation that comes back as an error.
 */
#include <string.h>

#include "../base/digest.h"
#include "../base/rec.h"
#include "waiting.h"

enum { /* tags of a record in table invites; never reused */
	TAG_TIME = SHELF_TIME,
	TAG_INVITEE = 2,
	TAG_INVITER = 3,
	TAG_SHOWN = 4,
	TAG_ID = 5,
};

#define PREFIX_LEN (8 + SHA256_LEN)

/* All keys of one invitee begin alike. JIDs may be too long for a key, so both are digests. */
static struct bytes
invitee_prefix(struct arena *a, uint64_t room_id, const char *jid)
{
	uint8_t *k = arena_alloc(a, PREFIX_LEN + SHA256_LEN);

	id_bytes(room_id, k);
	digest_sha256(jid, strcspn(jid, "/"), k + 8);
	return (struct bytes){ k, PREFIX_LEN };
}

struct bytes
invitation_key(struct arena *a, uint64_t room_id, const char *invitee, const char *inviter)
{
	struct bytes key = invitee_prefix(a, room_id, invitee);

	digest_sha256(inviter, strcspn(inviter, "/"), (uint8_t *)(uintptr_t)key.p + key.n);
	key.n += SHA256_LEN;
	return key;
}

static struct bytes
key_of(const struct room *r, const struct invitation *i)
{
	return invitation_key(r->service->arena, r->id, i->invitee, i->inviter);
}

void
invitation_set(struct room *r, const struct invitation *i)
{
	struct service *s = r->service;
	const struct shelf shelf = {
		.table = TABLE_invites,
		.most = s->limits.invitations_per_room,
		.max_ms = s->limits.invitation_s * 1000,
	};
	struct buf b = BUF_INIT;

	rec_put_u64(&b, TAG_TIME, (uint64_t)s->now.wall_ms);
	rec_put_str(&b, TAG_INVITEE, i->invitee);
	rec_put_str(&b, TAG_INVITER, i->inviter);
	rec_put_str(&b, TAG_SHOWN, i->shown);
	rec_put_str(&b, TAG_ID, i->id);
	shelf_put(r, &shelf, key_of(r, i), (struct bytes){ b.p, b.len });
	buf_release(&b);
}

void
invitation_del(struct room *r, const struct invitation *i)
{
	struct service *s = r->service;

	s->store->del(s->store, TABLE_invites, key_of(r, i));
}

static bool
read_invitation(struct arena *a, struct bytes val, struct invitation *out)
{
	struct rec r;

	memset(out, 0, sizeof(*out));
	rec_init(&r, val.p, val.n);
	while (rec_next(&r))
		switch (r.tag) {
		case TAG_TIME:
			out->sent_ms = (int64_t)rec_u64(&r);
			break;
		case TAG_INVITEE:
			out->invitee = rec_str(a, &r);
			break;
		case TAG_INVITER:
			out->inviter = rec_str(a, &r);
			break;
		case TAG_SHOWN:
			out->shown = rec_str(a, &r);
			break;
		case TAG_ID:
			out->id = rec_str(a, &r);
			break;
		default:
			break;
		}
	return out->invitee != NULL && out->inviter != NULL && out->shown != NULL &&
	       out->id != NULL;
}

struct walk {
	struct service *service;
	int (*visit)(void *, const struct invitation *);
	void *arg;
	int result;
};

static int
walk_one(void *arg, struct bytes key, struct bytes val)
{
	struct walk *w = arg;
	struct service *s = w->service;
	struct invitation i;

	(void)key;
	if (!read_invitation(s->arena, val, &i) ||
	    s->now.wall_ms - i.sent_ms >= s->limits.invitation_s * 1000)
		return 0;
	return w->result = w->visit(w->arg, &i);
}

int
invitation_each(const struct room *r, const char *bare,
    int (*visit)(void *, const struct invitation *), void *arg)
{
	struct service *s = r->service;
	struct walk w = { s, visit, arg, 0 };

	s->store->each(s->store, TABLE_invites, invitee_prefix(s->arena, r->id, bare), BYTES_NONE,
	    walk_one, &w);
	return w.result;
}
