/* SPDX-License-Identifier: ISC */
/*
 * relay.c - what is on its way between occupants
 */
#include "relay.h"

#include <stdlib.h>
#include <string.h>

#include "../base/mem.h"
#include "../base/tree.h"
#include "room.h"

static int
note_cmp(const struct note *a, const struct note *b)
{
	return (a->key > b->key) - (a->key < b->key);
}

TREE(note_tree, note, found, note_cmp)

static struct service *
service_of(const struct session *x)
{
	return x->occupant->room->service;
}

void
relay_init(struct relay *r)
{
	TAILQ_INIT(&r->query_order);
	TAILQ_INIT(&r->note_order);
	RB_INIT(&r->notes);
}

void
relay_release(struct relay *r)
{
	map_release(&r->queries);
}

static struct talk *
talk_of(struct session *x)
{
	if (x->talk == NULL) {
		x->talk = mem_alloc(sizeof(*x->talk));
		TAILQ_INIT(&x->talk->asks);
		TAILQ_INIT(&x->talk->asked);
		TAILQ_INIT(&x->talk->notes);
	}
	return x->talk;
}

/* Frees what holds nothing any more. */
static void
talk_shrink(struct session *x)
{
	const struct talk *t = x->talk;

	if (!TAILQ_EMPTY(&t->asks) || !TAILQ_EMPTY(&t->asked) || !TAILQ_EMPTY(&t->notes))
		return;
	free(x->talk);
	x->talk = NULL;
}

void
talk_forget(struct session *x)
{
	while (x->talk != NULL && !TAILQ_EMPTY(&x->talk->asks))
		query_free(TAILQ_FIRST(&x->talk->asks));
	while (x->talk != NULL && !TAILQ_EMPTY(&x->talk->asked))
		query_free(TAILQ_FIRST(&x->talk->asked));
	while (x->talk != NULL && !TAILQ_EMPTY(&x->talk->notes))
		note_free(TAILQ_FIRST(&x->talk->notes));
}

/* -- requests -- */

bool
query_fits(const struct session *by)
{
	const struct service *s = service_of(by);
	unsigned n = by->talk != NULL ? by->talk->nasks : 0;

	return n < s->limits.queries_per_session;
}

struct query *
query_add(
    struct session *by, struct session *of, const char *jid, const char *nick, const char *by_id)
{
	struct service *s = service_of(by);
	struct query *q = mem_alloc(sizeof(*q));

	memcpy(q->id, fresh_id(s), sizeof(q->id) - 1);
	q->by = by;
	q->of = of;
	q->by_id = mem_strdup(by_id);
	q->nick = mem_strdup(nick);
	q->jid = mem_strdup(jid);
	q->due_ms = s->now.mono_ms + s->limits.query_wait_s * 1000;
	map_put(&s->relay.queries, q->id, q);
	TAILQ_INSERT_TAIL(&s->relay.query_order, q, entry);
	TAILQ_INSERT_TAIL(&talk_of(by)->asks, q, by_entry);
	by->talk->nasks++;
	if (of != NULL)
		TAILQ_INSERT_TAIL(&talk_of(of)->asked, q, of_entry);
	return q;
}

struct query *
query_find(const struct room *r, const char *id, const char *from)
{
	struct query *q = map_get(&r->service->relay.queries, id);

	if (q == NULL || q->by->occupant->room != r || strcmp(q->jid, from) != 0)
		return NULL;
	return q;
}

struct query *
query_first(const struct service *s, int64_t *due_ms)
{
	struct query *q = TAILQ_FIRST(&s->relay.query_order);
	const bool is_one_too_many = map_count(&s->relay.queries) > (size_t)s->limits.queries;

	*due_ms = q == NULL ? INT64_MAX : is_one_too_many ? s->now.mono_ms : q->due_ms;
	return q;
}

void
query_free(struct query *q)
{
	struct relay *r = &service_of(q->by)->relay;

	map_del(&r->queries, q->id);
	TAILQ_REMOVE(&r->query_order, q, entry);
	TAILQ_REMOVE(&q->by->talk->asks, q, by_entry);
	q->by->talk->nasks--;
	if (q->of != NULL) {
		TAILQ_REMOVE(&q->of->talk->asked, q, of_entry);
		if (q->of != q->by)
			talk_shrink(q->of);
	}
	talk_shrink(q->by);
	free(q->by_id);
	free(q->nick);
	free(q->jid);
	free(q);
}

/* -- messages -- */

/* No address has a line break in it: what differs in any part differs. */
static uint64_t
note_key(struct service *s, const char *from, const char *to, const char *id)
{
	const char *all = arena_cat(s->arena, from, "\n", to, "\n", id, NULL);

	return map_hash(all, strlen(all));
}

void
note_free(struct note *n)
{
	struct relay *r = &service_of(n->by)->relay;

	RB_REMOVE(note_tree, &r->notes, n);
	TAILQ_REMOVE(&r->note_order, n, entry);
	r->nnotes--;
	TAILQ_REMOVE(&n->by->talk->notes, n, by_entry);
	n->by->talk->nnotes--;
	talk_shrink(n->by);
	free(n->nick);
	free(n);
}

/* Makes room for one more of that session. */
static void
make_room(struct service *s, const struct session *by)
{
	struct relay *r = &s->relay;
	struct note *n;

	while ((n = TAILQ_FIRST(&r->note_order)) != NULL &&
	       (n->due_ms <= s->now.mono_ms || r->nnotes >= (size_t)s->limits.notes))
		note_free(n);
	while (by->talk != NULL && by->talk->nnotes >= s->limits.notes_per_session)
		note_free(TAILQ_FIRST(&by->talk->notes));
}

void
note_add(struct session *by, const char *from, const char *to, const char *id, const char *nick,
    unsigned copies)
{
	struct service *s = service_of(by);
	struct note *old = note_find(s, to, from, id), *n;

	if (old != NULL)
		note_free(old);
	make_room(s, by);
	n = mem_alloc(sizeof(*n));
	n->by = by;
	n->key = note_key(s, from, to, id);
	n->left = copies;
	n->due_ms = s->now.mono_ms + s->limits.note_s * 1000;
	n->nick = nick != NULL ? mem_strdup(nick) : NULL;
	RB_INSERT(note_tree, &s->relay.notes, n);
	TAILQ_INSERT_TAIL(&s->relay.note_order, n, entry);
	s->relay.nnotes++;
	TAILQ_INSERT_TAIL(&talk_of(by)->notes, n, by_entry);
	by->talk->nnotes++;
}

struct note *
note_find(struct service *s, const char *bare, const char *to, const char *id)
{
	struct note want = { .key = note_key(s, to, bare, id) };

	return RB_FIND(note_tree, &s->relay.notes, &want);
}
