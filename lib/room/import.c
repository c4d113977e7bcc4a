/* SPDX-License-Identifier: ISC */
/*
 * import.c - rooms out of text, into the store
 *
 * Until all of a file is there its rooms have no names, and their ids stand in table dead: whatever happens, what
 * is not finished goes like the data of destroyed rooms do. Then they get their names: naming.c.
 */
#include "import.h"

#include <stdlib.h>
#include <string.h>

#include "../base/digest.h"
#include "../base/mem.h"
#include "../base/rec.h"
#include "../base/xml_parse.h"
#include "audit.h"
#include "avatar.h"
#include "directory.h"
#include "forced.h"
#include "held.h"
#include "naming.h"
#include "record.h"
#include "waiting.h"

#define RECORD_WEIGHT	64    /* what a record takes besides its bytes, about */
#define ADDRESSES_BYTES 16384 /* in one record, at most */

enum state {
	AT_FIRST, /* the first line is to come */
	BETWEEN,  /* rooms */
	IN_ROOM,
	IS_OVER, /* finished, or something was wrong */
};

struct import {
	struct service *service;
	const struct import_conf *conf;
	struct arena *arena; /* of a line: a turn may have very many */
	struct record_reader reader;
	enum state state;
	bool is_done; /* its rooms are there */
	char *wrong;
	uint64_t line, wrong_line; /* the last that came, and the one that is wrong; 0: none */
	size_t weight;
	uint64_t commits; /* as of the weight */

	/* the room whose lines come */
	uint64_t id, room_line;
	char *jid_was, *jid; /* its address in the file, and here */
	struct buf head;     /* its own record but for the configuration and what is counted */
	struct config config;
	bool has_subject;
	uint64_t nowners, naffiliations, nlines;

	struct nameless_list rooms;
	bool is_doubtful; /* a room has come since that has an address of one of them */
};

static void
forget_room(struct import *m)
{
	free(m->jid_was);
	free(m->jid);
	m->jid_was = m->jid = NULL;
	buf_release(&m->head);
	config_release(&m->config);
	config_init(&m->config);
	m->has_subject = false;
	m->nowners = m->naffiliations = m->nlines = 0;
}

struct import *
import_begin(struct service *s, const struct import_conf *conf)
{
	struct import *m = mem_alloc(sizeof(*m));

	m->service = s;
	m->conf = conf;
	m->arena = arena_new();
	m->reader.parser = record_parser_new();
	config_init(&m->config);
	/* Rooms of another one that were still waiting after a restart would be none of this one's: they would go. */
	while (s->naming != NULL && naming_step(s))
		continue;
	s->import_from = s->next_id;
	s->import = m;
	return m;
}

void
import_free(struct import *m)
{
	if (m == NULL)
		return;
	m->service->import = NULL;
	if (!m->is_done) {
		m->service->purging |= m->service->next_id != m->service->import_from;
		m->service->import_from = 0;
	}
	forget_room(m);
	config_release(&m->config);
	nameless_release(&m->rooms);
	xml_parser_free(m->reader.parser);
	arena_free(m->arena);
	free(m->wrong);
	free(m);
}

size_t
import_weight(const struct import *m)
{
	return m->commits == m->service->stats.commits ? m->weight : 0;
}

uint64_t
import_wrong_line(const struct import *m)
{
	return m->wrong_line;
}

/* Something is wrong with that line (0: with none of them), or nothing: what import_line() returns. */
static const char *
result(struct import *m, const char *wrong, uint64_t line)
{
	if (wrong == NULL)
		return NULL;
	m->state = IS_OVER;
	m->wrong_line = line;
	free(m->wrong);
	m->wrong = mem_strdup(wrong);
	return m->wrong;
}

/* -- putting -- */

static void
put(struct import *m, enum table t, struct bytes key, struct bytes val)
{
	struct service *s = m->service;

	m->weight = import_weight(m);
	m->commits = s->stats.commits;
	s->store->put(s->store, t, key, val);
	m->weight += key.n + val.n + RECORD_WEIGHT;
}

/* -- the lines of a room -- */

/* The address under which a room of the file is here. */
static const char *
renamed(const struct import *m, const char *jid)
{
	struct arena *a = m->arena;
	const char *at = strchr(jid, '@');

	for (const char *const *p = m->conf->renames; p != NULL && *p != NULL; p += 2) {
		if (strcmp(p[0], jid) == 0)
			return p[1];
		if (at != NULL && strcmp(p[0], at + 1) == 0)
			return arena_cat(
			    a, arena_strndup(a, jid, (size_t)(at + 1 - jid)), p[1], NULL);
	}
	return jid;
}

/* May a room of that address come? NULL, or why not. */
static const char *
is_taken(struct import *m, const struct jid *j)
{
	struct service *s = m->service;
	struct bytes val;
	struct room *r;

	if (s->store->get(s->store, TABLE_names, name_key(m->arena, j->domain, j->node), &val) !=
	    STORE_OK)
		return NULL;
	if (!m->conf->replace)
		return arena_fmt(m->arena, "%s is there already", j->bare);
	r = room_get(s, j);
	if (r != NULL && r->noccupants > 0 && !m->conf->evict)
		return arena_fmt(m->arena, "%s has occupants", j->bare);
	return NULL;
}

static const char *
new_room(struct import *m, const char *jid)
{
	struct service *s = m->service;
	const char *taken;
	struct jid j;

	if (!jid_prep(m->arena, jid, &j) || j.node == NULL || j.resource != NULL ||
	    strcmp(j.full, jid) != 0)
		return arena_fmt(m->arena, "%s is no address of a room", jid);
	if (service_domain(s, j.domain) < 0)
		return arena_fmt(m->arena, "%s is not served here", j.domain);
	if (nameless_find(&m->rooms, jid) != NULL)
		return arena_fmt(m->arena, "%s: twice", jid);
	taken = is_taken(m, &j);
	if (taken != NULL)
		return taken;
	m->id = s->next_id++;
	m->jid = mem_strdup(jid);
	state_save(s);
	put(m, TABLE_dead, store_key(m->arena, m->id, ""), (struct bytes){ "", 0 });
	return NULL;
}

static const char *
take_room(struct import *m, const struct line_fields *w)
{
	struct record r = { .val = BUF_INIT };
	const char *was = NULL, *wrong;

	if (m->state != BETWEEN)
		return "the room before it has no end";
	for (size_t i = 0; i < w->n; i++)
		if (w->v[i].name != NULL && strcmp(w->v[i].name, "jid") == 0)
			was = w->v[i].value;
	if (was == NULL)
		return "field jid: missing";
	m->nlines = 0;
	m->room_line = m->line;
	m->reader.room_was = m->jid_was = mem_strdup(was);
	m->reader.room_is = renamed(m, was);
	wrong = record_read(m->arena, &m->reader, LINE_room, w, &r);
	if (wrong == NULL)
		wrong = new_room(m, m->reader.room_is);
	m->reader.room_is = m->jid;
	buf_add(&m->head, r.val.p, r.val.len);
	buf_release(&r.val);
	m->state = IN_ROOM;
	return wrong;
}

static const char *
take_config(struct import *m, const struct line_fields *w)
{
	struct arena *a = m->arena;
	config_set field;

	for (size_t i = 0; i < w->n; i++) {
		const struct line_field *f = &w->v[i];

		if (f->name == NULL || !f->quoted)
			return "not a field and its value in quotes";
		if (!config_set_value(&m->config, f->name, f->value, &field))
			return arena_fmt(a, "field %.64s: not one of its values", f->name);
		if (field == 0)
			return arena_fmt(a, "field %.64s: there is none of that name", f->name);
	}
	return NULL;
}

/* The index of reserved nicks, and what a room counts. */
static const char *
take_affil(struct import *m, const struct record *r)
{
	struct service *s = m->service;
	struct bytes val = { r->val.p, r->val.len }, key, owner;
	enum affiliation affiliation;
	const char *nick = NULL;
	struct rec f;

	record_find(LINE_affil, "affiliation", val, &f);
	affiliation = (enum affiliation)rec_u64(&f);
	if (record_find(LINE_affil, "nick", val, &f))
		nick = rec_str(m->arena, &f);
	m->naffiliations++;
	m->nowners += affiliation == AFF_OWNER;
	if (nick == NULL)
		return NULL;
	if (affiliation == AFF_OUTCAST)
		return "an outcast has no nickname";
	key = store_key(m->arena, m->id, nick);
	if (s->store->get(s->store, TABLE_nicks, key, &owner) == STORE_OK)
		return arena_fmt(m->arena, "nick \"%.200s\": twice", nick);
	put(m, TABLE_nicks, key, (struct bytes){ r->jid, strlen(r->jid) });
	return NULL;
}

/* The hashes are not in the file: they are those of the pictures. */
static const char *
take_vcard(struct import *m, struct record *r)
{
	struct buf hashes = BUF_INIT;
	struct rec f;
	bool good;

	record_find(LINE_vcard, "payload", (struct bytes){ r->val.p, r->val.len }, &f);
	good = avatar_read(m->arena, &m->reader, (struct bytes){ f.val, f.len }, &hashes);
	if (good && hashes.len > 0)
		record_put(&r->val, LINE_vcard, "sha1", hashes.p, hashes.len);
	buf_release(&hashes);
	return good ? NULL : "field payload: not a vCard with pictures in base64";
}

/* What is told of it has room in a stanza, whatever is escaped in it; messages and pictures look after themselves. */
static const char *
is_too_long(const struct import *m, enum line line, const struct record *r)
{
	const struct muc_limits *l = &m->service->limits;
	const int64_t most =
	    l->reason_bytes > l->stanza_out_bytes / 8 ? l->reason_bytes : l->stanza_out_bytes / 8;

	if (line == LINE_message || line == LINE_vcard ||
	    r->val.len <= (size_t)most + ADDRESSES_BYTES)
		return NULL;
	return "it is longer than what can be told";
}

static const char *
take_record(struct import *m, enum line line, const struct line_fields *w)
{
	struct service *s = m->service;
	struct record r = { .val = BUF_INIT };
	const char *wrong = record_read(m->arena, &m->reader, line, w, &r);
	struct bytes key, val;

	if (wrong == NULL)
		wrong = is_too_long(m, line, &r);
	if (wrong == NULL && line == LINE_vcard)
		wrong = take_vcard(m, &r);
	if (wrong == NULL) {
		key = record_key(m->arena, m->id, line, &r);
		if (s->store->get(s->store, line_kinds[line].table, key, &val) == STORE_OK)
			wrong = "there is one like that in the room already";
		else
			put(m, line_kinds[line].table, key, (struct bytes){ r.val.p, r.val.len });
	}
	if (wrong == NULL && line == LINE_message)
		held_add(s, held_get(s, m->id), key.p, key.n + r.val.len, m->config.archivedays);
	if (wrong == NULL && line == LINE_affil)
		wrong = take_affil(m, &r);
	buf_release(&r.val);
	return wrong;
}

static const char *
take_subject(struct import *m, const struct line_fields *w)
{
	struct record r = { .val = BUF_INIT };
	const char *wrong;

	if (m->has_subject)
		return "a second subject";
	m->has_subject = true;
	wrong = record_read(m->arena, &m->reader, LINE_subject, w, &r);
	buf_add(&m->head, r.val.p, r.val.len);
	buf_release(&r.val);
	return wrong;
}

/* What nobody said: a room of another service has no secret of ours. */
static void
add_missing(struct import *m)
{
	struct service *s = m->service;
	struct bytes val = { m->head.p, m->head.len };
	uint8_t secret[SECRET_LEN];
	struct rec f;

	if (!record_find(LINE_room, "created", val, &f))
		record_put_u64(&m->head, LINE_room, "created", (uint64_t)s->now.wall_ms);
	if (record_find(LINE_room, "secret", (struct bytes){ m->head.p, m->head.len }, &f))
		return;
	s->host->random(s->host->arg, secret, sizeof(secret));
	record_put(&m->head, LINE_room, "secret", secret, sizeof(secret));
}

static const char *
take_end(struct import *m, const struct line_fields *w)
{
	const char *n = arena_fmt(m->arena, "%llu", (unsigned long long)m->nlines);

	if (w->n > 1 || (w->n == 1 && (w->v[0].name != NULL || w->v[0].quoted)))
		return "not a number of lines";
	if (w->n == 1 && strcmp(w->v[0].value, n) != 0)
		return arena_fmt(m->arena, "the room has %s lines, not %.32s", n, w->v[0].value);
	/* It may be told after the messages. */
	held_set_days(m->service, held_get(m->service, m->id), m->config.archivedays);
	add_missing(m);
	record_put_u64(&m->head, LINE_room, "owners", m->nowners);
	record_put_u64(&m->head, LINE_room, "affiliations", m->naffiliations);
	config_write(&m->head, &m->config);
	put(m, TABLE_rooms, store_key(m->arena, m->id, ""),
	    (struct bytes){ m->head.p, m->head.len });
	nameless_add(&m->rooms, m->id, m->room_line, m->jid);
	m->jid = NULL;
	forget_room(m);
	m->state = BETWEEN;
	return NULL;
}

/* It was destroyed while it was written: what came of it goes. */
static const char *
take_cut(struct import *m)
{
	forget_room(m);
	m->state = BETWEEN;
	return NULL;
}

static const char *
take_line(struct import *m, const struct line_fields *w)
{
	enum line line = line_of(w->kind);

	if (line == LINE_room)
		return take_room(m, w);
	if (m->state != IN_ROOM)
		return "a line that stands in no room";
	if (strcmp(w->kind, "end") == 0)
		return take_end(m, w);
	if (strcmp(w->kind, "cut") == 0)
		return take_cut(m);
	if (strcmp(w->kind, "config") == 0)
		return take_config(m, w);
	if (line == LINE_subject)
		return take_subject(m, w);
	if (line == LINE_COUNT)
		return arena_fmt(m->arena, "\"%.64s\": there are no such lines", w->kind);
	return take_record(m, line, w);
}

const char *
import_line(struct import *m, const char *line, size_t n, struct muc_now now)
{
	static const char first[] = EXPORT_FIRST;
	struct line_fields *w;
	const char *wrong;

	m->service->now = now;
	arena_reset(m->arena);
	if (m->state == IS_OVER)
		return "it is over";
	m->line++;
	/* The last of the room is for those who are here. */
	if (service_full(m->service))
		wrong = "the database is almost full";
	else if (m->state == AT_FIRST) {
		if (n != sizeof(first) - 1 || memcmp(line, first, n) != 0)
			wrong =
			    "not the first line of an export that can be read here: " EXPORT_FIRST;
		else
			wrong = NULL;
		m->state = BETWEEN;
	} else if (n == 0 || *line == '#')
		return NULL;
	else {
		w = arena_alloc(m->arena, sizeof(*w));
		wrong = line_read(m->arena, line, n, w);
		if (wrong == NULL)
			wrong = take_line(m, w);
		m->nlines++;
	}
	return result(m, wrong, m->line);
}

/* -- the end -- */

void
import_notice(struct import *m, const char *jid)
{
	if (nameless_find(&m->rooms, jid) != NULL || (m->jid != NULL && strcmp(m->jid, jid) == 0))
		m->is_doubtful = true;
}

/* Has somebody made one of its rooms meanwhile, and is it still there? */
static const char *
is_made(struct import *m, uint64_t *line)
{
	const char *wrong = NULL;
	struct jid j;

	for (size_t i = 0; m->is_doubtful && i < m->rooms.n && wrong == NULL; i++) {
		arena_reset(m->arena);
		if (jid_split(m->arena, m->rooms.v[i].jid, &j))
			wrong = is_taken(m, &j);
		*line = m->rooms.v[i].line;
	}
	return wrong;
}

/* Is somebody in a room that is to be replaced? The first in the file is told. */
static const char *
is_occupied(struct import *m, uint64_t *line)
{
	const struct nameless *n, *first = NULL;
	const struct room *r;

	TAILQ_FOREACH (r, &m->service->busy, entry) {
		n = r->noccupants > 0 ? nameless_find(&m->rooms, r->jid) : NULL;
		if (n != NULL && (first == NULL || n->line < first->line))
			first = n;
	}
	if (first == NULL)
		return NULL;
	*line = first->line;
	return arena_fmt(m->arena, "%s has occupants", first->jid);
}

static void
note(const struct import *m)
{
	const struct audit n = {
		.actor = m->conf->actor,
		.command = "import",
		.room = m->rooms.n == 1 ? m->rooms.v[0].jid : NULL,
		.after = arena_fmt(m->arena, "%zu room%s", m->rooms.n, m->rooms.n == 1 ? "" : "s"),
	};

	if (n.actor != NULL)
		audit_put(m->service, &n);
}

const char *
import_finish(struct import *m, struct muc_now now, uint64_t *nrooms)
{
	struct service *s = m->service;
	const char *wrong = NULL;
	uint64_t line = 0;

	s->now = now;
	if (m->state != BETWEEN)
		return m->state == IN_ROOM ? result(m, "the last room has no end", m->room_line)
					   : result(m, "there is nothing", 0);
	/* All or none: somebody may have come or created one meanwhile. */
	if (!m->conf->replace)
		wrong = is_made(m, &line);
	else if (!m->conf->evict)
		wrong = is_occupied(m, &line);
	if (wrong != NULL)
		return result(m, wrong, line);
	note(m);
	*nrooms = m->rooms.n;
	if (m->rooms.n > 0)
		force_doubt(s);
	naming_begin(s, &m->rooms, s->import_from);
	naming_step(s);
	state_save(s);
	m->is_done = true;
	m->state = IS_OVER;
	return NULL;
}
