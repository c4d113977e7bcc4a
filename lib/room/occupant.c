/* SPDX-License-Identifier: ISC */
/*
 * occupant.c - who is in a room: nicks, and the full JIDs under them
 */
#include <stdlib.h>
#include <string.h>

#include "../base/mem.h"
#include "../base/rec.h"
#include "lists.h"
#include "room.h"

enum { /* tags of a record in table sessions; never reused */
	TAG_JID = 1,
	TAG_NICK = 2,
	TAG_ROLE = 3,
	TAG_PAYLOAD = 4,
	TAG_LANG = 5,
	TAG_PRIORITY = 6,
	TAG_SHOW = 7,
	TAG_ORDER = 8,
	TAG_HEARD = 9,
	TAG_FOLLOWS = 10,
	TAG_LATE = 11,
};

static int
doubt_cmp(const struct session *a, const struct session *b)
{
	if (a->due_ms != b->due_ms)
		return a->due_ms < b->due_ms ? -1 : 1;
	if (a->occupant->room->id != b->occupant->room->id)
		return a->occupant->room->id < b->occupant->room->id ? -1 : 1;
	return strcmp(a->jid, b->jid);
}

RB_GENERATE(doubt_tree, session, due, doubt_cmp)

struct occupant *
room_nick(const struct room *r, const char *nick)
{
	return map_get(&r->nicks, nick);
}

struct session *
room_session(const struct room *r, const char *full)
{
	return map_get(&r->sessions, full);
}

static struct occupant *
occupant_new(struct room *r, const char *nick, const char *bare, enum role role,
    enum affiliation affiliation)
{
	const size_t nnick = strlen(nick) + 1, nbare = strlen(bare) + 1;
	struct occupant *o = mem_alloc(sizeof(*o) + nnick + nbare);

	o->room = r;
	o->nick = memcpy(o + 1, nick, nnick);
	o->bare = memcpy(o->nick + nnick, bare, nbare);
	o->role = role;
	o->affiliation = affiliation;
	strcpy(o->id, occupant_id(r->service->arena, r, bare));
	o->domain = domain_user(r->service, jid_domain(bare));
	/* It is there to stay while another one is made. */
	o->domain->nsessions++;
	o->user = user_get(r->service, bare);
	o->domain->nsessions--;
	TAILQ_INIT(&o->sessions);
	if (r->noccupants++ == 0)
		room_set_busy(r, true);
	TAILQ_INSERT_TAIL(&r->occupants, o, entry);
	map_put(&r->nicks, o->nick, o);
	r->service->stats.occupants++;
	return o;
}

static void
occupant_leave(struct occupant *o, bool room_goes)
{
	struct room *r = o->room;

	seen_forget(o);
	map_del(&r->nicks, o->nick);
	TAILQ_REMOVE(&r->occupants, o, entry);
	if (--r->noccupants == 0 && !room_goes)
		room_set_busy(r, false);
	r->service->stats.occupants--;
	TAILQ_INSERT_TAIL(&r->service->left_occupants, o, entry);
}

/* Many presences say nothing else than that somebody is there. */
static char no_payload[1];

static void
payload_free(struct session *s)
{
	if (s->payload != no_payload)
		free(s->payload);
	s->payload = no_payload;
}

static void
join_occupant(struct session *s, struct occupant *o)
{
	s->occupant = o;
	TAILQ_INSERT_TAIL(&o->sessions, s, entry);
	o->nsessions++;
	o->room->service->nusers_in += o->user->nsessions++ == 0;
	o->domain->nsessions++;
}

static void
part_occupant(struct session *s, bool room_goes)
{
	struct occupant *o = s->occupant;

	TAILQ_REMOVE(&o->sessions, s, entry);
	o->room->service->nusers_in -= --o->user->nsessions == 0;
	o->domain->nsessions--;
	if (--o->nsessions == 0)
		occupant_leave(o, room_goes);
}

struct session *
session_add(struct room *r, const char *nick, const struct jid *from, enum role role,
    enum affiliation affiliation)
{
	struct occupant *o = room_nick(r, nick);
	struct addr *addr = addr_new(from->full);
	const bool escaped = strcmp(addr->text, from->full) != 0;
	const size_t njid = escaped ? strlen(from->full) + 1 : 0;
	struct session *s = mem_alloc(sizeof(*s) + njid);

	if (o == NULL)
		o = occupant_new(r, nick, from->bare, role, affiliation);
	s->addr = addr;
	s->jid = escaped ? memcpy(s + 1, from->full, njid) : addr->text;
	s->payload = no_payload;
	s->presence_no = ++r->service->presence_no;
	s->show = 3;
	s->order = ++r->order;
	s->heard_ms = r->service->now.mono_ms;
	join_occupant(s, o);
	map_put(&r->sessions, s->jid, s);
	r->service->stats.sessions++;
	return s;
}

void
session_late(struct session *s, int64_t at_ms)
{
	struct service *service = s->occupant->room->service;

	if (s->is_late)
		return;
	if (TAILQ_EMPTY(&service->late))
		service->late_ms = at_ms;
	TAILQ_INSERT_TAIL(&service->late, s, late);
	s->is_late = true;
}

void
session_told(struct session *s)
{
	if (!s->is_late)
		return;
	TAILQ_REMOVE(&s->occupant->room->service->late, s, late);
	s->is_late = false;
}

void
session_free(struct session *s, bool room_goes)
{
	struct service *service = s->occupant->room->service;

	session_told(s);
	talk_forget(s);
	if (s->doubt != DOUBT_NONE) {
		RB_REMOVE(doubt_tree, &service->doubts, s);
		service->stats.in_doubt--;
	}
	map_del(&s->occupant->room->sessions, s->jid);
	part_occupant(s, room_goes);
	service->stats.sessions--;
	TAILQ_INSERT_TAIL(&service->left_sessions, s, entry);
}

void
left_free(struct service *service)
{
	struct occupant *o;
	struct session *s;

	while ((s = TAILQ_FIRST(&service->left_sessions)) != NULL) {
		TAILQ_REMOVE(&service->left_sessions, s, entry);
		addr_unref(s->addr);
		payload_free(s);
		free(s->lang);
		free(s);
	}
	while ((o = TAILQ_FIRST(&service->left_occupants)) != NULL) {
		TAILQ_REMOVE(&service->left_occupants, o, entry);
		free(o->alike);
		free(o);
	}
}

/*
 * The nick's oldest session goes, the nick stays where it is among the occupants: the next session
 * is the oldest now, and takes its place in the order that the store knows.
 */
static void
pass_on_order(const struct session *s)
{
	struct session *next = TAILQ_NEXT(s, entry);

	if (s != TAILQ_FIRST(&s->occupant->sessions) || next == NULL)
		return;
	next->order = s->order;
	session_save(next);
}

void
session_remove(struct session *s)
{
	struct room *r = s->occupant->room;
	struct service *service = r->service;

	pass_on_order(s);
	service->store->del(
	    service->store, TABLE_sessions, store_key(service->arena, r->id, s->jid));
	session_free(s, false);
}

void
session_rename(struct session *s, const char *nick)
{
	struct occupant *o = s->occupant;
	struct room *r = o->room;
	struct occupant *to = room_nick(r, nick);
	bool alone = o->nsessions == 1, is_new = to == NULL;

	if (is_new)
		to = occupant_new(r, nick, o->bare, o->role, o->affiliation);
	if (is_new && alone) {
		TAILQ_REMOVE(&r->occupants, to, entry);
		TAILQ_INSERT_BEFORE(o, to, entry);
	} else {
		pass_on_order(s);
		s->order = ++r->order;
	}
	part_occupant(s, false);
	join_occupant(s, to);
	session_save(s);
}

static uint8_t
read_show(const char *show)
{
	static const char *const words[] = { "dnd", "xa", "away", "", "chat" };

	for (uint8_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (show != NULL && strcmp(show, words[i]) == 0)
			return i;
	return 3;
}

static int8_t
read_priority(const char *text)
{
	long n = text != NULL ? strtol(text, NULL, 10) : 0;

	return n < INT8_MIN ? INT8_MIN : n > INT8_MAX ? INT8_MAX : (int8_t)n;
}

static void
set_payload(struct session *s, const void *p, size_t n)
{
	payload_free(s);
	if (n > 0)
		s->payload = memcpy(mem_alloc(n), p, n);
	s->payload_len = (uint32_t)n;
	s->presence_no = ++s->occupant->room->service->presence_no;
}

void
session_presence(struct session *s, const struct xml *stanza, const char *payload, size_t n)
{
	const char *lang = xml_lang(stanza);

	set_payload(s, payload, n);
	free(s->lang);
	s->lang = lang != NULL ? mem_strdup(lang) : NULL;
	s->show = read_show(xml_child_text(stanza, NS_STANZA, "show"));
	s->priority = read_priority(xml_child_text(stanza, NS_STANZA, "priority"));
}

void
session_save(struct session *s)
{
	struct room *r = s->occupant->room;
	struct service *service = r->service;
	struct buf b = BUF_INIT;

	rec_put_str(&b, TAG_JID, s->jid);
	rec_put_str(&b, TAG_NICK, s->occupant->nick);
	rec_put_u64(&b, TAG_ROLE, s->occupant->role);
	rec_put(&b, TAG_PAYLOAD, s->payload, s->payload_len);
	rec_put_str(&b, TAG_LANG, s->lang);
	rec_put_u64(&b, TAG_PRIORITY, (uint64_t)(s->priority - INT8_MIN));
	rec_put_u64(&b, TAG_SHOW, s->show);
	rec_put_u64(&b, TAG_ORDER, s->order);
	rec_put_u64(
	    &b, TAG_HEARD, (uint64_t)(service->now.wall_ms - (service->now.mono_ms - s->heard_ms)));
	if (s->follows)
		rec_put_u64(&b, TAG_FOLLOWS, 1);
	if (s->is_late)
		rec_put_u64(&b, TAG_LATE, 1);
	service->store->put(service->store, TABLE_sessions,
	    store_key(service->arena, r->id, s->jid), (struct bytes){ b.p, b.len });
	s->stored_ms = s->heard_ms;
	buf_release(&b);
}

void
occupant_save(struct occupant *o)
{
	struct session *s;

	TAILQ_FOREACH (s, &o->sessions, entry)
		session_save(s);
}

struct session *
occupant_shown(const struct occupant *o)
{
	struct session *best = TAILQ_FIRST(&o->sessions), *s;

	TAILQ_FOREACH (s, &o->sessions, entry)
		if (s->priority > best->priority ||
		    (s->priority == best->priority && s->show > best->show))
			best = s;
	return best;
}

bool
session_is_seen(const struct session *s)
{
	return s->is_late || occupant_shown(s->occupant) == s;
}

/* -- coming back from the store -- */

/* A session's record, read; what it points to is in the arena. */
struct stored {
	struct jid jid;
	const char *nick, *lang;
	struct rec payload;
	enum role role;
	uint64_t priority, show, order, heard;
	bool follows, is_late;
};

struct loading {
	struct service *service;
	unsigned domain_no;
	struct room *room; /* of the record before */
	uint64_t id;
	bool broken;
	struct stored *v; /* the present room's, to be put in order of entering */
	size_t n, cap;
};

static bool
read_session(struct arena *a, struct bytes val, struct stored *out)
{
	const char *jid = NULL;
	struct rec r;

	memset(out, 0, sizeof(*out));
	rec_init(&r, val.p, val.n);
	while (rec_next(&r))
		switch (r.tag) {
		case TAG_JID:
			jid = rec_str(a, &r);
			break;
		case TAG_NICK:
			out->nick = rec_str(a, &r);
			break;
		case TAG_ROLE:
			out->role = (enum role)rec_u64(&r);
			break;
		case TAG_PAYLOAD:
			out->payload = r;
			out->payload.val = (const uint8_t *)rec_str(a, &r);
			break;
		case TAG_LANG:
			out->lang = rec_str(a, &r);
			break;
		case TAG_PRIORITY:
			out->priority = rec_u64(&r);
			break;
		case TAG_SHOW:
			out->show = rec_u64(&r);
			break;
		case TAG_ORDER:
			out->order = rec_u64(&r);
			break;
		case TAG_HEARD:
			out->heard = rec_u64(&r);
			break;
		case TAG_FOLLOWS:
			out->follows = rec_u64(&r) != 0;
			break;
		case TAG_LATE:
			out->is_late = rec_u64(&r) != 0;
			break;
		default:
			break;
		}
	return r.p != NULL && jid != NULL && out->nick != NULL && out->role > ROLE_NONE &&
	       out->role <= ROLE_MODERATOR && jid_split(a, jid, &out->jid);
}

static int
by_order(const void *pa, const void *pb)
{
	const struct stored *a = pa, *b = pb;

	return (a->order > b->order) - (a->order < b->order);
}

static void
restore(struct room *r, const struct stored *st)
{
	const struct muc_now *now = &r->service->now;
	struct session *s =
	    session_add(r, st->nick, &st->jid, st->role, affiliation_of(r, st->jid.bare));

	set_payload(s, st->payload.val, st->payload.len);
	s->lang = st->lang != NULL ? mem_strdup(st->lang) : NULL;
	s->priority = (int8_t)((int)st->priority + INT8_MIN);
	s->show = (uint8_t)st->show;
	s->follows = st->follows;
	s->order = st->order;
	/* A time of the wall becomes one of ours; one in the future counts as now. */
	s->heard_ms = now->mono_ms - (now->wall_ms - (int64_t)st->heard);
	if (s->heard_ms > now->mono_ms)
		s->heard_ms = now->mono_ms;
	s->stored_ms = s->heard_ms;
	if (st->is_late)
		session_late(s, now->mono_ms);
}

/* Puts the gathered sessions into their room. */
static void
fill_room(struct loading *l)
{
	struct room *r = l->room;
	uint64_t last;

	if (l->n == 0)
		return;
	qsort(l->v, l->n, sizeof(*l->v), by_order);
	last = r->order;
	for (size_t i = 0; i < l->n; i++)
		restore(r, &l->v[i]);
	/* In order of entering: the last one has the greatest number. */
	if (l->v[l->n - 1].order > last)
		last = l->v[l->n - 1].order;
	r->order = last;
	l->n = 0;
}

static int
load_visit(void *arg, struct bytes key, struct bytes val)
{
	struct loading *l = arg;
	struct service *s = l->service;
	const uint64_t id = key_id(key);
	struct stored *st;

	if (id != l->id) {
		fill_room(l);
		l->id = id;
		l->room = room_get_id(s, id);
	}
	if (l->room == NULL || l->room->domain_no != l->domain_no)
		return 0;
	if (l->n == l->cap) {
		l->cap = l->cap > 0 ? 2 * l->cap : 16;
		l->v = mem_realloc(l->v, l->cap * sizeof(*l->v));
	}
	st = &l->v[l->n];
	if (read_session(s->arena, val, st)) {
		l->n++;
		return 0;
	}
	service_log(s, MUC_LOG_ERROR, "database: table sessions: a record of %s cannot be read",
	    l->room->jid);
	l->broken = true;
	return 1;
}

bool
sessions_load(struct service *s, unsigned domain_no)
{
	struct loading l = { .service = s, .domain_no = domain_no };
	struct room *r;

	s->store->each(s->store, TABLE_sessions, BYTES_NONE, BYTES_NONE, load_visit, &l);
	if (!l.broken)
		fill_room(&l);
	free(l.v);
	TAILQ_FOREACH (r, &s->busy, entry)
		if (r->secret_new)
			room_save(r);
	return !l.broken;
}
