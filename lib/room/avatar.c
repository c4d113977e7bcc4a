/* SPDX-License-Identifier: ISC */
/*
 * avatar.c - a room's vCard, and the hashes of the pictures in it
 *
 * The hashes stand beside the vCard: they are asked for with each disco#info, the pictures seldom.
 */
#include "avatar.h"

#include "../base/base64.h"
#include "../base/rec.h"
#include "record.h"

enum { /* tags of a record in table blobs; never reused */
	TAG_VCARD = 1,
	TAG_HASHES = 2,
};

bool
avatar_get(const struct room *r, struct avatar *out)
{
	struct store *s = r->service->store;
	uint8_t id[8];
	struct bytes val;
	struct rec f;

	*out = (struct avatar){ { NULL, 0 }, { NULL, 0 } };
	if (s->get(s, TABLE_blobs, id_key(r->id, id), &val) != STORE_OK)
		return false;
	rec_init(&f, val.p, val.n);
	while (rec_next(&f)) {
		if (f.tag == TAG_VCARD)
			out->vcard = (struct bytes){ f.val, f.len };
		else if (f.tag == TAG_HASHES)
			out->hashes = (struct bytes){ f.val, f.len };
	}
	return true;
}

void
avatar_set(struct room *r, const struct avatar *v)
{
	struct service *s = r->service;
	struct buf b = BUF_INIT;
	uint8_t id[8];
	const struct bytes key = id_key(r->id, id);

	if (v == NULL) {
		s->store->del(s->store, TABLE_blobs, key);
		return;
	}
	rec_put(&b, TAG_VCARD, v->vcard.p, v->vcard.n);
	if (v->hashes.n > 0)
		rec_put(&b, TAG_HASHES, v->hashes.p, v->hashes.n);
	s->store->put(s->store, TABLE_blobs, key, (struct bytes){ b.p, b.len });
	buf_release(&b);
}

/* XEP-0153 4.4: without a BINVAL, or with an empty one, there is no picture. */
static bool
add_hash(const struct xml *photo, struct buf *hashes)
{
	const struct xml *binval = xml_child(photo, NS_VCARD, "BINVAL");
	struct buf b = BUF_INIT;
	uint8_t hash[SHA1_LEN];
	bool good;

	if (xml_child(photo, NS_VCARD, "EXTVAL") != NULL || xml_child(binval, NULL, NULL) != NULL)
		return false;
	good = binval == NULL || base64_read(&b, xml_text(binval));
	if (good && b.len > 0) {
		digest_sha1(b.p, b.len, hash);
		buf_add(hashes, hash, sizeof(hash));
	}
	buf_release(&b);
	return good;
}

bool
avatar_hashes(const struct xml *vcard, struct buf *hashes)
{
	const struct xml *x = xml_child(vcard, NS_VCARD, "PHOTO");

	while (x != NULL && add_hash(x, hashes))
		x = xml_next(x, NS_VCARD, "PHOTO");
	return x == NULL;
}

bool
avatar_read(struct arena *a, struct record_reader *r, struct bytes vcard, struct buf *hashes)
{
	const struct xml *x = record_xml(a, r, vcard.p, vcard.n);

	return x != NULL && xml_is(x->child, NS_VCARD, "vCard") && x->child->next == NULL &&
	       avatar_hashes(x->child, hashes);
}
