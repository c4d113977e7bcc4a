/* SPDX-License-Identifier: ISC */
/*
 * archive.c - what was said in a room, in order
 */
#include "archive.h"

#include <string.h>

#include "../base/digest.h"
#include "../base/rec.h"
#include "../base/xml_write.h"
#include "held.h"

enum { /* tags of a record in table archive; never reused */
	TAG_KIND = 1,
	TAG_NICK = 2,
	TAG_JID = 3,
	TAG_MSG_ID = 4,
	TAG_LANG = 5,
	TAG_PAYLOAD = 6,
	TAG_PRIOR = 7,
	TAG_CORRECTS = 8,
};

enum {
	MS_BYTES = 6,	     /* of an id: its time */
	COUNTER_MAX = 0xfff, /* messages of one millisecond */
	MARK_AT = 12,	     /* of an id: where its mark begins */
};

#define MS_MAX ((INT64_C(1) << 8 * MS_BYTES) - 1)

struct bytes
archive_key(uint64_t room_id, const uint8_t id[ARCHIVE_ID_LEN], uint8_t out[ARCHIVE_KEY_LEN])
{
	id_bytes(room_id, out);
	memcpy(out + 8, id, ARCHIVE_ID_LEN);
	return (struct bytes){ out, ARCHIVE_KEY_LEN };
}

/* The same in the arena; nothing for no id. */
static struct bytes
entry_key(struct arena *a, const struct room *r, const uint8_t *id)
{
	return id != NULL ? archive_key(r->id, id, arena_alloc(a, ARCHIVE_KEY_LEN)) : BYTES_NONE;
}

static int
last_visit(void *arg, struct bytes key, struct bytes val)
{
	struct room *r = arg;

	(void)val;
	if (key.n != ARCHIVE_KEY_LEN)
		return 0;
	memcpy(r->last_id, (const uint8_t *)key.p + 8, ARCHIVE_ID_LEN);
	return 1;
}

int64_t
archive_ms(const uint8_t id[ARCHIVE_ID_LEN])
{
	int64_t ms = 0;

	for (int i = 0; i < MS_BYTES; i++)
		ms = ms << 8 | id[i];
	return ms;
}

void
archive_id_at(int64_t ms, uint8_t id[ARCHIVE_ID_LEN])
{
	ms = ms < 0 ? 0 : ms > MS_MAX ? MS_MAX : ms;
	memset(id, 0, ARCHIVE_ID_LEN);
	for (int i = 0; i < MS_BYTES; i++)
		id[i] = (uint8_t)(ms >> 8 * (MS_BYTES - 1 - i));
}

/* The last that is stored, or was until it was too old. */
static void
learn_last(struct room *r)
{
	struct service *s = r->service;
	const struct held *h = held_get(s, r->id);
	uint8_t prefix[8];

	s->store->each_back(
	    s->store, TABLE_archive, id_key(r->id, prefix), BYTES_NONE, last_visit, r);
	if (memcmp(h->last_id, r->last_id, ARCHIVE_ID_LEN) > 0)
		memcpy(r->last_id, h->last_id, ARCHIVE_ID_LEN);
	r->last_known = true;
}

/* The end of an id, by which the room knows that the rest is its own. */
static void
mark(const struct room *r, const uint8_t id[ARCHIVE_ID_LEN], uint8_t out[ARCHIVE_ID_LEN - MARK_AT])
{
	uint8_t mac[SHA256_LEN];

	digest_hmac_sha256(r->secret, sizeof(r->secret), id, MARK_AT, mac);
	memcpy(out, mac, ARCHIVE_ID_LEN - MARK_AT);
}

bool
archive_gave(const struct room *r, const uint8_t id[ARCHIVE_ID_LEN])
{
	uint8_t its[ARCHIVE_ID_LEN - MARK_AT];

	mark(r, id, its);
	return memcmp(id + MARK_AT, its, sizeof(its)) == 0;
}

/*
 * 48 bits of time, the version, a counter within the millisecond, the variant, 30 bits of chance, the mark.
 */
void
archive_next_id(struct room *r, uint8_t id[ARCHIVE_ID_LEN])
{
	struct service *s = r->service;
	int64_t ms = s->now.wall_ms, last_ms;
	unsigned counter = 0;

	if (!r->last_known)
		learn_last(r);
	last_ms = archive_ms(r->last_id);
	if (ms <= last_ms) {
		ms = last_ms;
		counter = ((r->last_id[6] & 0xfu) << 8 | r->last_id[7]) + 1;
	}
	if (counter > COUNTER_MAX) {
		ms++;
		counter = 0;
	}
	archive_id_at(ms, id);
	id[6] = (uint8_t)(0x70 | counter >> 8);
	id[7] = (uint8_t)counter;
	s->host->random(s->host->arg, id + 8, MARK_AT - 8);
	id[8] = (id[8] & 0x3f) | 0x80;
	mark(r, id, id + MARK_AT);
	memcpy(r->last_id, id, ARCHIVE_ID_LEN);
}

char *
archive_text(struct arena *a, const uint8_t id[ARCHIVE_ID_LEN])
{
	static const uint8_t group[] = { 4, 2, 2, 2, 6 }; /* bytes, with a dash in between */
	char *text = arena_alloc(a, 2 * ARCHIVE_ID_LEN + sizeof(group)), *at = text;

	for (size_t i = 0; i < sizeof(group); i++) {
		digest_hex(id, group[i], at);
		id += group[i];
		at += 2 * group[i];
		*at++ = i + 1 < sizeof(group) ? '-' : '\0';
	}
	return text;
}

/* Digits and dashes where they belong, in the letters that archive_text() uses. */
bool
archive_read_id(const char *s, uint8_t id[ARCHIVE_ID_LEN])
{
	unsigned n = 0;

	for (unsigned i = 0; i < 2 * ARCHIVE_ID_LEN + 4; i++) {
		const int digit = hex_digit(s[i]);
		const bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s[i] != '-' : digit < 0)
			return false;
		if (dash)
			continue;
		id[n / 2] = (uint8_t)(id[n / 2] << 4 | digit);
		n++;
	}
	return s[2 * ARCHIVE_ID_LEN + 4] == '\0';
}

/* Returns how many bytes the record has. */
static size_t
put_entry(struct room *r, struct bytes key, const struct entry *e)
{
	struct service *s = r->service;
	struct buf b = BUF_INIT;
	size_t n;

	rec_put_u64(&b, TAG_KIND, e->kind);
	rec_put_str(&b, TAG_NICK, e->nick);
	rec_put_str(&b, TAG_JID, e->jid);
	rec_put_str(&b, TAG_MSG_ID, e->msg_id);
	rec_put_str(&b, TAG_LANG, e->lang);
	rec_put(&b, TAG_PAYLOAD, e->payload, e->payload_len);
	if (e->prior)
		rec_put_u64(&b, TAG_PRIOR, 1);
	rec_put_str(&b, TAG_CORRECTS, e->corrects);
	s->store->put(s->store, TABLE_archive, key, (struct bytes){ b.p, b.len });
	n = key.n + b.len;
	buf_release(&b);
	return n;
}

void
archive_add(struct room *r, const struct entry *e)
{
	struct service *s = r->service;
	const struct bytes key = entry_key(s->arena, r, e->id);

	held_add(s, held_get(s, r->id), key.p, put_entry(r, key, e), r->config.archivedays);
}

void
archive_replace(struct room *r, const struct entry *e)
{
	struct service *s = r->service;
	const struct bytes key = entry_key(s->arena, r, e->id);
	struct held *h = held_get(s, r->id);
	struct bytes val = { NULL, 0 };
	int64_t before;

	s->store->get(s->store, TABLE_archive, key, &val);
	before = (int64_t)(key.n + val.n);
	h->replaced++;
	held_touch(s, h);
	held_change(s, h, key.p, 0, (int64_t)put_entry(r, key, e) - before);
}

struct walk {
	struct room *room;
	int64_t horizon_ms;
	archive_visit *visit;
	void *arg;
	int result;
};

/* False: the record cannot be read. */
static bool
read_entry(struct arena *a, struct bytes key, struct bytes val, struct entry *e)
{
	struct rec f;

	memset(e, 0, sizeof(*e));
	if (key.n != ARCHIVE_KEY_LEN)
		return false;
	memcpy(e->id, (const uint8_t *)key.p + 8, ARCHIVE_ID_LEN);
	rec_init(&f, val.p, val.n);
	while (rec_next(&f))
		switch (f.tag) {
		case TAG_KIND:
			e->kind = (enum entry_kind)rec_u64(&f);
			break;
		case TAG_NICK:
			e->nick = rec_str(a, &f);
			break;
		case TAG_JID:
			e->jid = rec_str(a, &f);
			break;
		case TAG_MSG_ID:
			e->msg_id = rec_str(a, &f);
			break;
		case TAG_LANG:
			e->lang = rec_str(a, &f);
			break;
		case TAG_PAYLOAD:
			e->payload = (const char *)f.val;
			e->payload_len = f.len;
			break;
		case TAG_PRIOR:
			e->prior = rec_u64(&f) != 0;
			break;
		case TAG_CORRECTS:
			e->corrects = rec_str(a, &f);
			break;
		default:
			break;
		}
	return f.p != NULL && e->kind != ENTRY_NONE && e->payload != NULL;
}

/* The same, and says so in the log. */
static bool
read_or_log(const struct room *r, struct bytes key, struct bytes val, struct entry *e)
{
	struct service *s = r->service;

	if (read_entry(s->arena, key, val, e))
		return true;
	service_log(
	    s, MUC_LOG_ERROR, "database: table archive: a record of %s cannot be read", r->jid);
	return false;
}

bool
archive_get(struct room *r, const uint8_t id[ARCHIVE_ID_LEN], struct entry *e)
{
	struct store *store = r->service->store;
	struct bytes key = entry_key(r->service->arena, r, id), val;

	return archive_ms(id) >= archive_horizon(r) &&
	       store->get(store, TABLE_archive, key, &val) == STORE_OK &&
	       read_or_log(r, key, val, e);
}

static int
walk_visit(void *arg, struct bytes key, struct bytes val)
{
	struct walk *w = arg;
	struct entry e;

	if (!read_or_log(w->room, key, val, &e))
		return 0;
	/* Backwards this is the end. */
	if (archive_ms(e.id) < w->horizon_ms)
		return 1;
	return w->result = w->visit(w->arg, &e);
}

int
archive_each(struct room *r, const uint8_t *after, archive_visit *visit, void *arg)
{
	struct store *store = r->service->store;
	struct walk w = { r, archive_horizon(r), visit, arg, 0 };
	uint8_t prefix[8], horizon[ARCHIVE_ID_LEN];

	/* From the first that is not too old. */
	if (w.horizon_ms > 0 && (after == NULL || archive_ms(after) < w.horizon_ms)) {
		archive_id_at(w.horizon_ms, horizon);
		after = horizon;
	}
	store->each(store, TABLE_archive, id_key(r->id, prefix),
	    entry_key(r->service->arena, r, after), walk_visit, &w);
	return w.result;
}

int
archive_each_back(struct room *r, const uint8_t *before, archive_visit *visit, void *arg)
{
	struct store *store = r->service->store;
	struct walk w = { r, archive_horizon(r), visit, arg, 0 };
	uint8_t prefix[8];

	store->each_back(store, TABLE_archive, id_key(r->id, prefix),
	    entry_key(r->service->arena, r, before), walk_visit, &w);
	return w.result;
}

void
entry_put(struct xml_pen *pen, const struct room *r, const struct entry *e)
{
	static const uint8_t none[ARCHIVE_ID_LEN];
	struct arena *a = r->service->arena;

	if (e->nick != NULL)
		pen_from(pen, r->jid, e->nick);
	else
		pen_attr(pen, "from", r->jid);
	pen_word(pen, "type", "groupchat");
	pen_attr(pen, "id", e->msg_id);
	pen_attr(pen, "xml:lang", e->lang);
	pen_raw(pen, e->payload, e->payload_len);
	if (memcmp(e->id, none, sizeof(none)) != 0) {
		pen_open(pen, NS_SID, "stanza-id");
		pen_attr(pen, "by", r->jid);
		pen_word(pen, "id", archive_text(a, e->id));
		pen_close(pen, "stanza-id");
	}
	if (e->occupant_id != NULL)
		occupant_id_put(pen, e->occupant_id);
	else if (e->jid != NULL)
		occupant_id_put(pen, occupant_id(a, r, e->jid));
}
