/* SPDX-License-Identifier: ISC */
/*
 * avatar.c - a room has a vCard, and in it an avatar
 *
 * XEP-0486; XEP-0054 3.1, 3.2; XEP-0153 4.5. Whoever may ask for the room's disco#info may have it. There is no
 * presence from the room itself that tells of it: XEP-0486 5.2.
 */
#include "base/xml_write.h"
#include "feature.h"
#include "room/avatar.h"

/* What stands around it when it is given to somebody: two addresses and an id of common length. */
#define FRAME_BYTES 2048

/* XEP-0054 3.1: of the two answers for no vCard, the one that nobody takes for a vCard. */
static enum deny
plan_get(struct plan *p)
{
	struct arena *a = p->s->arena;
	struct avatar v;

	if (!avatar_get(p->room, &v))
		return ITEM_NOT_FOUND;
	/* It is asked for in a few bytes. */
	if (!user_charge_more(p->s, p->ev->from.bare, v.vcard.n))
		return TOO_FAST;
	p->paid = true;
	xml_raw_add(a, result_new(p), arena_strndup(a, v.vcard.p, v.vcard.n), v.vcard.n);
	return OK;
}

/* -- it is set -- */

/* An avatar that nobody could be given is none. */
static size_t
most_bytes(const struct muc_limits *l)
{
	int64_t fits = l->stanza_out_bytes - FRAME_BYTES;

	return (size_t)(l->vcard_bytes < fits ? l->vcard_bytes : fits);
}

static struct bytes
take(struct arena *a, struct buf *b)
{
	struct bytes taken = { arena_strndup(a, b->p, b->len), b->len };

	buf_release(b);
	return taken;
}

/* A picture elsewhere would tell somebody who looks at the room, and has no hash. */
static enum deny
read_vcard(const struct plan *p, struct avatar *v)
{
	const struct muc_limits *l = &p->s->limits;
	struct buf vcard = BUF_INIT, hashes = BUF_INIT;
	bool fits = xml_write_max(&vcard, p->ev->x, most_bytes(l));
	bool sound = fits && avatar_hashes(p->ev->x, &hashes);

	v->vcard = take(p->s->arena, &vcard);
	v->hashes = take(p->s->arena, &hashes);
	if (!fits)
		return TOO_LARGE;
	if (!sound)
		return BAD_PICTURE;
	return v->hashes.n <= (size_t)l->vcard_pictures * SHA1_LEN ? OK : POLICY_VIOLATION;
}

/* XEP-0486 3.2: an empty vCard takes it away. What is the same as before is no change, and nobody is told. */
static enum deny
plan_set(struct plan *p)
{
	struct avatar *now = arena_alloc(p->s->arena, sizeof(*now)), was;
	bool had = avatar_get(p->room, &was), has;
	enum deny deny;

	if (!may(p, MAY_CONFIGURE))
		return FORBIDDEN;
	deny = read_vcard(p, now);
	if (deny != OK)
		return deny;
	has = xml_child(p->ev->x, NULL, NULL) != NULL;
	if (has && service_full(p->s))
		return SERVICE_FULL;
	if (had != has || (has && bytes_cmp(was.vcard, now->vcard) != 0))
		plan_add(p, CH_AVATAR)->avatar = has ? now : NULL;
	result_new(p);
	return OK;
}

static void
on_avatar(struct plan *p, const struct change *c)
{
	avatar_set(p->room, c->avatar);
	tell_codes(p, (const unsigned[8]){ STATUS_CONFIG_CHANGED });
}

/* XEP-0486 3.3, 5.1: the hash of each picture, or no field. */
static void
add_roominfo(const struct plan *p, struct xml *form)
{
	const size_t most = (size_t)p->s->limits.vcard_pictures * SHA1_LEN;
	struct arena *a = p->s->arena;
	struct xml *field;
	struct avatar v;

	if (!avatar_get(p->room, &v) || v.hashes.n == 0)
		return;
	field = form_add_field(
	    a, form, "text-multi", "muc#roominfo_avatarhash", say(p, "Avatar hash"), NULL);
	/* What an import has brought may have more. */
	for (size_t i = 0; i + SHA1_LEN <= v.hashes.n && i < most; i += SHA1_LEN) {
		char *hex = arena_alloc(a, 2 * SHA1_LEN + 1);

		digest_hex((const uint8_t *)v.hashes.p + i, SHA1_LEN, hex);
		form_add_value(a, field, hex);
	}
}

/* XEP-0486 3.1: clients ask the service whether rooms have it. It has none itself. */
static enum deny
plan_of_service(struct plan *p)
{
	return p->ev->type == TYPE_SET ? FORBIDDEN : ITEM_NOT_FOUND;
}

static const struct route routes[] = {
	{ KIND_IQ, TO_SERVICE, TYPE_GET | TYPE_SET, NS_VCARD, "vCard", 0, plan_of_service,
	    "vcard-temp" },
	{ KIND_IQ, TO_ROOM, TYPE_GET, NS_VCARD, "vCard", NEED_ROOM, plan_get, "vcard-temp" },
	{ KIND_IQ, TO_ROOM, TYPE_SET, NS_VCARD, "vCard", NEED_ROOM, plan_set, "vcard-temp" },
	{ 0 },
};

const struct feature feature_avatar = {
	.name = "avatar",
	.routes = routes,
	.on = { [CH_AVATAR] = on_avatar },
	.add_roominfo = add_roominfo,
};
