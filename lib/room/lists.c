/* SPDX-License-Identifier: ISC */
/*
 * lists.c - the lists of a room's affiliations in versions; XEP-0463
 *
 * The record of version n in table changes tells the change that made it and the chance of version n - 1: so
 * whoever names version n - 1 is known by the first change that they have missed. The oldest records go
 * first, and those that are there have no gaps between them.
 */
#include "lists.h"

#include <stdlib.h>
#include <string.h>

#include "../base/digest.h"
#include "../base/rec.h"

enum { /* tags of a record in table changes; never reused */
	TAG_CHANCE = 1,
	TAG_JID = 2,
	TAG_BEFORE = 3,
	TAG_NOW = 4,
};

#define PRUNE_STEP 16 /* more than one that goes for each that comes */

/* -- versions -- */

static void
draw(struct room *r)
{
	struct service *s = r->service;

	s->host->random(s->host->arg, r->version.chance, sizeof(r->version.chance));
	r->versioned = true;
}

struct version
version_now(struct room *r)
{
	if (!r->versioned) {
		draw(r);
		room_save(r);
	}
	return r->version;
}

/* Two digits for the lists, 16 for the chance, the rest is the number. */
char *
version_text(struct arena *a, const struct version *v, unsigned lists)
{
	char chance[2 * sizeof(v->chance) + 1];

	digest_hex(v->chance, sizeof(v->chance), chance);
	return arena_fmt(a, "%02x%s%llx", lists, chance, (unsigned long long)bytes_id(v->no));
}

/* Is it what those who may read the lists are told of that version? */
static bool
is_version(struct arena *a, const char *text, const struct version *v, unsigned lists)
{
	return strcmp(text, version_text(a, v, lists)) == 0;
}

/* The number that a text claims; 0 for whatever is none. */
static uint64_t
claimed_number(const char *text)
{
	const size_t head = 2 + 2 * sizeof(((struct version *)NULL)->chance);

	return strlen(text) > head ? strtoull(text + head, NULL, 16) : 0;
}

/* -- changes -- */

static struct bytes
change_key(struct arena *a, const struct room *r, uint64_t no)
{
	uint8_t *key = arena_alloc(a, 16);

	id_bytes(r->id, key);
	id_bytes(no, key + 8);
	return (struct bytes){ key, 16 };
}

struct change_record {
	uint64_t no;
	struct version before; /* the version before it */
	const char *jid;
	uint64_t from, to;
};

/* False: it cannot be read. */
static bool
read_change(struct arena *a, struct bytes key, struct bytes val, struct change_record *out)
{
	struct rec f;

	memset(out, 0, sizeof(*out));
	if (key.n != 16)
		return false;
	out->no = bytes_id((const uint8_t *)key.p + 8);
	id_bytes(out->no - 1, out->before.no);
	rec_init(&f, val.p, val.n);
	while (rec_next(&f))
		switch (f.tag) {
		case TAG_CHANCE:
			if (f.len == sizeof(out->before.chance))
				memcpy(out->before.chance, f.val, f.len);
			break;
		case TAG_JID:
			out->jid = rec_str(a, &f);
			break;
		case TAG_BEFORE:
			out->from = rec_u64(&f);
			break;
		case TAG_NOW:
			out->to = rec_u64(&f);
			break;
		default:
			break;
		}
	return f.p != NULL && out->jid != NULL && out->from <= AFF_OWNER && out->to <= AFF_OWNER;
}

struct prune {
	uint64_t keep_from;
	uint64_t v[PRUNE_STEP];
	size_t n;
};

static int
prune_visit(void *arg, struct bytes key, struct bytes val)
{
	struct prune *p = arg;
	uint64_t no = key.n == 16 ? bytes_id((const uint8_t *)key.p + 8) : 0;

	(void)val;
	if (no >= p->keep_from)
		return 1;
	p->v[p->n++] = no;
	return p->n == PRUNE_STEP;
}

/* From the oldest on: what is left has no gaps, also when the limit is another than before. */
static void
prune(struct room *r, uint64_t keep_from)
{
	struct service *s = r->service;
	struct prune p = { .keep_from = keep_from };
	uint8_t id[8];

	s->store->each(s->store, TABLE_changes, id_key(r->id, id), BYTES_NONE, prune_visit, &p);
	for (size_t i = 0; i < p.n; i++)
		s->store->del(s->store, TABLE_changes, change_key(s->arena, r, p.v[i]));
}

void
change_note(struct room *r, const char *jid, enum affiliation before, enum affiliation now)
{
	struct service *s = r->service;
	const uint64_t most = (uint64_t)s->limits.changes_per_room;
	struct buf b = BUF_INIT;
	struct version old;
	uint64_t no;

	if (before == now)
		return;
	if (!r->versioned)
		draw(r);
	old = r->version;
	no = bytes_id(old.no) + 1;
	id_bytes(no, r->version.no);
	draw(r);
	rec_put(&b, TAG_CHANCE, old.chance, sizeof(old.chance));
	rec_put_str(&b, TAG_JID, jid);
	rec_put_u64(&b, TAG_BEFORE, before);
	rec_put_u64(&b, TAG_NOW, now);
	s->store->put(
	    s->store, TABLE_changes, change_key(s->arena, r, no), (struct bytes){ b.p, b.len });
	buf_release(&b);
	prune(r, no > most ? no - most + 1 : 1);
}

/* -- what is another than it was -- */

/* Somebody whose affiliation was changed, once or more often. */
struct net {
	const char *jid;
	enum affiliation from, to;
	struct net *next;
};

struct search {
	struct arena *arena;
	const char *version;
	unsigned lists;
	uint64_t expected; /* number of the next record */
	uint64_t last;	   /* of the present version */
	bool known;
	struct map jids; /* JID -> its struct net */
	struct net *first, **end;
};

static void
take_net(struct search *w, const struct change_record *c)
{
	struct net *net = map_get(&w->jids, c->jid);

	if (net == NULL) {
		net = arena_alloc(w->arena, sizeof(*net));
		net->jid = c->jid;
		net->from = (enum affiliation)c->from;
		*w->end = net;
		w->end = &net->next;
		map_put(&w->jids, net->jid, net);
	}
	net->to = (enum affiliation)c->to;
}

/* The first record says whether the version is known; each other one follows the one before. */
static int
search_visit(void *arg, struct bytes key, struct bytes val)
{
	struct search *w = arg;
	struct change_record c;

	if (!read_change(w->arena, key, val, &c) || c.no != w->expected || c.no > w->last)
		return 1;
	if (!w->known && !is_version(w->arena, w->version, &c.before, w->lists))
		return 1;
	w->known = true;
	w->expected++;
	take_net(w, &c);
	return 0;
}

/* As what they are shown who may read only those lists. */
static enum affiliation
listed_as(unsigned lists, enum affiliation a)
{
	return (lists & 1u << a) != 0 ? a : AFF_NONE;
}

enum since
lists_since(struct room *r, const char *version, unsigned lists, lists_visit *visit, void *arg)
{
	struct service *s = r->service;
	const struct version now = version_now(r);
	struct search w = { .arena = s->arena, .version = version, .lists = lists };
	const uint64_t then = claimed_number(version);
	uint8_t id[8];

	if (is_version(s->arena, version, &now, lists))
		return SINCE_NOW;
	w.last = bytes_id(now.no);
	if (then >= w.last)
		return SINCE_LOST;
	w.expected = then + 1;
	w.end = &w.first;
	s->store->each(s->store, TABLE_changes, id_key(r->id, id), change_key(s->arena, r, then),
	    search_visit, &w);
	map_release(&w.jids);
	if (w.expected != w.last + 1)
		return SINCE_LOST;
	for (const struct net *net = w.first; net != NULL; net = net->next)
		if (listed_as(lists, net->from) != listed_as(lists, net->to))
			visit(arg, net->jid, listed_as(lists, net->to));
	return SINCE_THEN;
}

struct walk {
	struct arena *arena;
	unsigned lists;
	lists_visit *visit;
	void *arg;
};

static int
walk_one(void *arg, const struct affil *f)
{
	const struct walk *w = arg;

	if ((w->lists & 1u << f->affiliation) != 0)
		w->visit(w->arg, arena_strdup(w->arena, f->jid), f->affiliation);
	return 0;
}

void
lists_each(const struct room *r, unsigned lists, lists_visit *visit, void *arg)
{
	struct walk w = { r->service->arena, lists, visit, arg };

	affiliation_each(r, AFF_OUTCAST, AFF_OWNER, walk_one, &w);
}
