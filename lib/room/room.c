/* SPDX-License-Identifier: ISC */
/*
 * room.c - rooms in memory and in the store
 */
#include "room.h"

#include <stdlib.h>
#include <string.h>

#include "../base/digest.h"
#include "../base/mem.h"
#include "../base/rec.h"
#include "archive.h"
#include "directory.h"
#include "forced.h"
#include "held.h"
#include "import.h"
#include "naming.h"
#include "room_tag.h"
#include "waiting.h"

void
id_bytes(uint64_t id, uint8_t out[8])
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)(id >> (56 - 8 * i));
}

uint64_t
bytes_id(const void *p)
{
	uint64_t id = 0;

	for (int i = 0; i < 8; i++)
		id = id << 8 | ((const uint8_t *)p)[i];
	return id;
}

struct bytes
bytes_copy(struct arena *a, struct bytes b)
{
	void *p = arena_alloc(a, b.n);

	if (b.n > 0)
		memcpy(p, b.p, b.n);
	return (struct bytes){ p, b.n };
}

/* A key of two parts; a second part that is too long becomes 0xff (never in UTF-8) and its digest. */
static struct bytes
make_key(struct arena *a, const void *head, size_t nhead, const char *s)
{
	size_t n = strlen(s);
	uint8_t *k;

	if (nhead + n <= STORE_KEY_MAX) {
		k = arena_alloc(a, nhead + n);
		memcpy(k, head, nhead);
		memcpy(k + nhead, s, n);
		return (struct bytes){ k, nhead + n };
	}
	k = arena_alloc(a, nhead + 1 + SHA256_LEN);
	memcpy(k, head, nhead);
	k[nhead] = 0xff;
	digest_sha256(s, n, k + nhead + 1);
	return (struct bytes){ k, nhead + 1 + SHA256_LEN };
}

struct bytes
store_key(struct arena *a, uint64_t id, const char *s)
{
	uint8_t head[8];

	id_bytes(id, head);
	return make_key(a, head, sizeof(head), s);
}

/* Domains are at most 253 bytes long, so there is always room for a digest. */
struct bytes
name_key(struct arena *a, const char *domain, const char *node)
{
	return make_key(a, domain, strlen(domain) + 1, node);
}

const char *
name_address(struct arena *a, struct bytes name)
{
	const char *domain = arena_strndup(a, name.p, name.n);
	const size_t nhead = strlen(domain) + 1;
	const char *node = (const char *)name.p + nhead;

	if (name.n <= nhead || *(const uint8_t *)node == 0xff)
		return domain;
	return arena_cat(a, arena_strndup(a, node, name.n - nhead), "@", domain, NULL);
}

char *
fresh_id(struct service *s)
{
	uint8_t r[11];
	char *id = arena_alloc(s->arena, 2 * sizeof(r) + 1);

	s->host->random(s->host->arg, r, sizeof(r));
	digest_hex(r, sizeof(r), id);
	return id;
}

static struct room *
room_new(struct service *s, uint64_t id, const struct jid *j, unsigned domain_no)
{
	const size_t njid = strlen(j->bare) + 1, nnode = strlen(j->node) + 1;
	struct room *r = mem_alloc(sizeof(*r) + njid + nnode);

	r->service = s;
	r->id = id;
	r->jid = memcpy(r + 1, j->bare, njid);
	r->node = memcpy(r->jid + njid, j->node, nnode);
	r->domain = s->out[domain_no].domain;
	r->domain_no = domain_no;
	TAILQ_INIT(&r->occupants);
	TAILQ_INIT(&r->asked_order);
	TAILQ_INSERT_TAIL(&s->idle, r, entry);
	map_put(&s->rooms, r->jid, r);
	rates_recall(s, r);
	s->stats.rooms_loaded++;
	return r;
}

void
room_free(struct room *r)
{
	struct service *s = r->service;
	struct room_list *list = r->noccupants > 0 ? &s->busy : &s->idle;

	while (!TAILQ_EMPTY(&r->occupants))
		session_free(TAILQ_FIRST(&TAILQ_FIRST(&r->occupants)->sessions), true);
	left_free(r->service);
	TAILQ_REMOVE(list, r, entry);
	if (r->unsaved)
		SLIST_REMOVE(&s->unsaved, r, room, next_unsaved);
	room_unwatch(r);
	lockdown_unwatch(r);
	if (!r->gone)
		map_del(&s->rooms, r->jid);
	map_release(&r->nicks);
	map_release(&r->sessions);
	asked_release(r);
	config_release(&r->config);
	forced_release(r);
	free(r->subject);
	free(r->subject_lang);
	free(r->subject_nick);
	free(r->subject_text);
	free(r->creator);
	free(r->subject_jid);
	free(r->subject_msg_id);
	free(r);
	s->stats.rooms_loaded--;
}

static void
set_string(char **to, const char *from)
{
	free(*to);
	*to = from != NULL ? mem_strdup(from) : NULL;
}

static void
take_subject(struct room *r, const void *p, size_t n)
{
	free(r->subject);
	r->subject = mem_alloc(n + 1);
	memcpy(r->subject, p, n);
	r->subject_len = (uint32_t)n;
}

/* Takes a field of a record that says something of the subject; all others are left alone. */
static void
read_subject_field(struct room *r, const struct rec *f)
{
	struct arena *a = r->service->arena;

	switch (f->tag) {
	case TAG_SUBJECT:
		take_subject(r, f->val, f->len);
		break;
	case TAG_SUBJECT_TEXT:
		set_string(&r->subject_text, rec_str(a, f));
		break;
	case TAG_SUBJECT_NICK:
		set_string(&r->subject_nick, rec_str(a, f));
		break;
	case TAG_SUBJECT_TIME:
		r->subject_ms = (int64_t)rec_u64(f);
		break;
	case TAG_SUBJECT_LANG:
		set_string(&r->subject_lang, rec_str(a, f));
		break;
	case TAG_SUBJECT_JID:
		set_string(&r->subject_jid, rec_str(a, f));
		break;
	case TAG_SUBJECT_MSG_ID:
		set_string(&r->subject_msg_id, rec_str(a, f));
		break;
	case TAG_SUBJECT_ID:
		if (f->len == sizeof(r->subject_id))
			memcpy(r->subject_id, f->val, f->len);
		break;
	default:
		break;
	}
}

/* Takes the fields of a record. False when it is broken. */
static bool
room_read(struct room *r, struct bytes val)
{
	struct bytes forced = { NULL, 0 };
	struct rec f;

	rec_init(&f, val.p, val.n);
	while (rec_next(&f))
		switch (f.tag) {
		case TAG_FORCED:
			forced = (struct bytes){ f.val, f.len };
			break;
		case TAG_LOCKED:
			r->locked = rec_u64(&f) != 0;
			break;
		case TAG_CREATED:
			r->created_ms = (int64_t)rec_u64(&f);
			break;
		case TAG_USED:
			r->used_ms = (int64_t)rec_u64(&f);
			break;
		case TAG_LOCKDOWN:
			r->lockdown_ms = (int64_t)rec_u64(&f);
			break;
		case TAG_NOWNERS:
			r->nowners = (unsigned)rec_u64(&f);
			break;
		case TAG_NAFFILIATIONS:
			r->naffiliations = (unsigned)rec_u64(&f);
			break;
		case TAG_SECRET:
			if (f.len == sizeof(r->secret))
				memcpy(r->secret, f.val, f.len);
			r->secret_new = f.len != sizeof(r->secret);
			break;
		case TAG_VERSION:
			r->versioned = f.len == sizeof(r->version);
			if (r->versioned)
				memcpy(&r->version, f.val, f.len);
			break;
		case TAG_CREATOR:
			set_string(&r->creator, rec_str(r->service->arena, &f));
			break;
		default:
			read_subject_field(r, &f);
			config_read(&r->config, &f);
			break;
		}
	forced_read(r, forced);
	return f.p != NULL;
}

static void
room_write(struct room *r)
{
	struct service *s = r->service;
	struct buf b = BUF_INIT;
	uint8_t id[8];

	rec_put_str(&b, TAG_JID, r->jid);
	rec_put_u64(&b, TAG_LOCKED, r->locked);
	rec_put_u64(&b, TAG_CREATED, (uint64_t)r->created_ms);
	rec_put_u64(&b, TAG_USED, (uint64_t)r->used_ms);
	r->used_stored_ms = r->used_ms;
	if (r->lockdown_ms != 0)
		rec_put_u64(&b, TAG_LOCKDOWN, (uint64_t)r->lockdown_ms);
	rec_put_u64(&b, TAG_NOWNERS, r->nowners);
	rec_put_u64(&b, TAG_NAFFILIATIONS, r->naffiliations);
	rec_put_str(&b, TAG_CREATOR, r->creator);
	rec_put(&b, TAG_SECRET, r->secret, sizeof(r->secret));
	r->secret_new = false;
	if (r->versioned)
		rec_put(&b, TAG_VERSION, &r->version, sizeof(r->version));
	if (r->subject != NULL) {
		rec_put(&b, TAG_SUBJECT, r->subject, r->subject_len);
		rec_put_str(&b, TAG_SUBJECT_NICK, r->subject_nick);
		rec_put_u64(&b, TAG_SUBJECT_TIME, (uint64_t)r->subject_ms);
		rec_put_str(&b, TAG_SUBJECT_LANG, r->subject_lang);
		rec_put_str(&b, TAG_SUBJECT_TEXT, r->subject_text);
		rec_put_str(&b, TAG_SUBJECT_JID, r->subject_jid);
		rec_put_str(&b, TAG_SUBJECT_MSG_ID, r->subject_msg_id);
		rec_put(&b, TAG_SUBJECT_ID, r->subject_id, sizeof(r->subject_id));
	}
	config_write(&b, r->own != NULL ? r->own : &r->config);
	forced_write(&b, TAG_FORCED, r);
	s->store->put(s->store, TABLE_rooms, id_key(r->id, id), (struct bytes){ b.p, b.len });
	if (*r->config.roomsecret != '\0')
		explicit_bzero(b.p, b.len);
	buf_release(&b);
}

void
room_save(struct room *r)
{
	if (!r->unsaved)
		SLIST_INSERT_HEAD(&r->service->unsaved, r, next_unsaved);
	r->unsaved = true;
}

void
rooms_write(struct service *s)
{
	struct room *r;

	while ((r = SLIST_FIRST(&s->unsaved)) != NULL) {
		SLIST_REMOVE_HEAD(&s->unsaved, next_unsaved);
		r->unsaved = false;
		if (!r->gone)
			room_write(r);
	}
}

struct room *
room_get_id(struct service *s, uint64_t id)
{
	struct room *r;
	struct bytes val;
	struct jid j;
	struct rec f;
	uint8_t key[8];
	int domain_no;

	if (s->store->get(s->store, TABLE_rooms, id_key(id, key), &val) != STORE_OK)
		return NULL;
	rec_init(&f, val.p, val.n);
	while (rec_next(&f) && f.tag != TAG_JID)
		continue;
	if (f.p == NULL || f.tag != TAG_JID || !jid_split(s->arena, rec_str(s->arena, &f), &j) ||
	    j.node == NULL) {
		service_log(s, MUC_LOG_ERROR, "database: table rooms: cannot read the record %llu",
		    (unsigned long long)id);
		return NULL;
	}
	domain_no = service_domain(s, j.domain);
	if (domain_no < 0)
		return NULL;
	r = map_get(&s->rooms, j.bare);
	if (r != NULL)
		return r;
	r = room_new(s, id, &j, (unsigned)domain_no);
	config_init(&r->config);
	r->secret_new = true;
	if (!room_read(r, val))
		service_log(
		    s, MUC_LOG_ERROR, "database: table rooms: the record of %s is broken", r->jid);
	r->used_stored_ms = r->used_ms;
	room_watch(r);
	lockdown_watch(r);
	/* Written before occupants had ids. It is saved later: the store may be on a walk now. */
	if (r->secret_new)
		s->host->random(s->host->arg, r->secret, sizeof(r->secret));
	return r;
}

struct room *
room_get(struct service *s, const struct jid *j)
{
	struct bytes val;
	struct room *r;

	if (s->naming != NULL)
		naming_of(s, j->bare);
	r = map_get(&s->rooms, j->bare);
	if (r != NULL)
		return r;
	if (s->store->get(s->store, TABLE_names, name_key(s->arena, j->domain, j->node), &val) !=
		STORE_OK ||
	    val.n != 8)
		return NULL;
	r = room_get_id(s, bytes_id(val.p));
	if (r != NULL && r->secret_new)
		room_save(r);
	return r;
}

struct room *
room_create(struct service *s, const struct jid *j, const char *creator)
{
	int domain_no = service_domain(s, j->domain);
	struct room *r = room_new(s, s->next_id++, j, (unsigned)domain_no);
	uint8_t id[8];

	config_copy(&r->config, &s->defaults);
	r->locked = true;
	r->created_ms = r->used_ms = s->now.wall_ms;
	r->creator = mem_strdup(creator);
	room_watch(r);
	s->host->random(s->host->arg, r->secret, sizeof(r->secret));
	s->store->put(
	    s->store, TABLE_names, name_key(s->arena, r->domain, r->node), id_key(r->id, id));
	s->nrooms++;
	s->state_unsaved = true;
	if (s->import != NULL)
		import_notice(s->import, r->jid);
	creator_note(r);
	room_save(r);
	return r;
}

void
room_destroy(struct room *r)
{
	struct service *s = r->service;
	uint8_t id[8];

	s->store->del(s->store, TABLE_names, name_key(s->arena, r->domain, r->node));
	room_unlist(r);
	creator_forget(r);
	s->store->del(s->store, TABLE_rooms, id_key(r->id, id));
	room_mourn(r);
	s->nrooms--;
	s->state_unsaved = true;
	room_unwatch(r);
	lockdown_unwatch(r);
	map_del(&s->rooms, r->jid);
	r->gone = true;
}

void
room_set_busy(struct room *r, bool busy)
{
	struct service *s = r->service;

	TAILQ_REMOVE(busy ? &s->idle : &s->busy, r, entry);
	if (busy)
		TAILQ_INSERT_TAIL(&s->busy, r, entry);
	else
		TAILQ_INSERT_TAIL(&s->idle, r, entry);
}

void
rooms_sweep(struct service *s)
{
	rooms_write(s);
	while (!TAILQ_EMPTY(&s->idle)) {
		rates_keep(s, TAILQ_FIRST(&s->idle));
		room_free(TAILQ_FIRST(&s->idle));
	}
}

void
room_set_subject(struct room *r, const struct entry *e, const char *text)
{
	take_subject(r, e->payload, e->payload_len);
	set_string(&r->subject_text, text);
	set_string(&r->subject_nick, e->nick);
	set_string(&r->subject_lang, e->lang);
	set_string(&r->subject_jid, e->jid);
	set_string(&r->subject_msg_id, e->msg_id);
	memcpy(r->subject_id, e->id, sizeof(r->subject_id));
	r->subject_ms = archive_ms(e->id);
	room_save(r);
}
