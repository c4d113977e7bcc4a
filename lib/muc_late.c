/* SPDX-License-Identifier: ISC */
/*
 * muc_late.c - what comes when there is no room for input
 */
#include "muc_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/xml_parse.h"
#include "base/xml_write.h"
#include "dispatch.h"
#include "feature.h"

enum {
	LATE_BYTES = 16 << 20,	   /* of presences kept when there is no room for input */
	REFUSALS_BYTES = 16 << 20, /* of refusals in waiting output beyond which none is told */
};

void
late_free(struct muc *m, struct late *l)
{
	map_del(&m->lates, l->key);
	TAILQ_REMOVE(&m->late_order, l, entry);
	m->late_bytes -= l->len;
	free(l->key);
	free(l->text);
	free(l);
}

/*
 * A refusal without a look at the room. There may be more of them than turns, so they have a limit of
 * their own: what is said in rooms may be much more, shared by many.
 */
void
late_refuse(struct muc *m, struct muc_stream *st, const struct xml *x, size_t nbytes, enum deny why)
{
	size_t before = muc_queued(m);

	if (before < REFUSALS_BYTES)
		m->refusals_bytes = 0;
	if (m->refusals_bytes >= REFUSALS_BYTES)
		return;
	dispatch_refuse(&m->s, &st->way, x, nbytes, why);
	m->refusals_bytes += muc_queued(m) - before;
}

static void
keep(struct muc *m, struct muc_stream *st, const char *key, const char *p, size_t n)
{
	struct late *l = map_get(&m->lates, key);

	if (l != NULL)
		late_free(m, l);
	l = mem_alloc(sizeof(*l));
	l->stream = st;
	l->key = mem_strdup(key);
	l->text = mem_strndup(p, n);
	l->len = n;
	m->late_bytes += n;
	map_put(&m->lates, l->key, l);
	TAILQ_INSERT_TAIL(&m->late_order, l, entry);
}

/* Is the sender in that room, or about to enter it? */
static bool
is_in(const struct muc *m, const char *key, const char *from, const char *to)
{
	const struct room *r;
	struct jid sender, room;

	if (map_get(&m->lates, key) != NULL)
		return true;
	if (!jid_split(m->s.arena, from, &sender) || !jid_split(m->s.arena, to, &room) ||
	    !jid_prep_bare(m->s.arena, &sender) || !jid_prep_bare(m->s.arena, &room))
		return false;
	r = map_get(&m->s.rooms, room.bare);
	return r != NULL && room_session(r, sender.full) != NULL;
}

static void
write_leaving(struct muc *m, struct buf *b, const char *from, const char *to)
{
	struct xml *x = xml_new(m->s.arena, NS_STANZA, "presence");

	xml_set(m->s.arena, x, "from", from);
	xml_set(m->s.arena, x, "to", to);
	xml_set(m->s.arena, x, "type", "unavailable");
	xml_write(b, x);
}

/* Who leaves has left, whatever else is kept: there are no more of these than there are sessions. */
static void
keep_leaving(
    struct muc *m, struct muc_stream *st, const char *key, const char *from, const char *to)
{
	struct buf b = BUF_INIT;

	if (!is_in(m, key, from, to))
		return;
	write_leaving(m, &b, from, to);
	keep(m, st, key, b.p, b.len);
	buf_release(&b);
}

/*
 * Keeps a presence until there is room: only the last from a sender to an address counts, and only those
 * that say whether somebody is there.
 */
static void
keep_late(struct muc *m, struct muc_stream *st, const struct xml *x, const char *p, size_t n)
{
	const char *from = xml_get(x, "from"), *to = xml_get(x, "to"), *type = xml_get(x, "type");
	const struct late *l;
	const char *key;

	if (from == NULL || to == NULL || (type != NULL && strcmp(type, "unavailable") != 0))
		return;
	key = arena_cat(m->s.arena, from, "\n", to, NULL);
	l = map_get(&m->lates, key);
	if (m->late_bytes - (l != NULL ? l->len : 0) + n <= LATE_BYTES)
		keep(m, st, key, p, n);
	else if (type != NULL)
		keep_leaving(m, st, key, from, to);
}

/* Only the head can be read, or counts. What is never answered is taken by it: dispatch.c. */
static void
refuse_head(struct muc *m, struct muc_stream *st, const struct xml *x, size_t n, enum deny why)
{
	const char *type = xml_get(x, "type");
	struct buf b = BUF_INIT;

	if (!xml_is(x, NS_STANZA, "presence") || type == NULL || strcmp(type, "unavailable") != 0) {
		late_refuse(m, st, x, n, why);
		return;
	}
	write_leaving(m, &b, xml_get(x, "from"), xml_get(x, "to"));
	keep_late(m, st, x, b.p, b.len);
	buf_release(&b);
}

enum muc_input
muc_refuse(struct muc *m, struct muc_stream *st, const char *p, size_t n, struct muc_now now)
{
	struct service *s = &m->s;
	const struct xml *x;
	enum parse e;
	bool whole;

	s->now = now;
	s->stats.in_refused++;
	e = xml_parse(st->parser, s->arena, p, n, &x);
	whole = e == PARSE_OK;
	if (e == PARSE_BAD)
		e = muc_parse_head(st, p, n, &x);
	if (e == PARSE_DISAGREE)
		return MUC_DISAGREE;
	if (whole && xml_is(x, NS_STANZA, "presence"))
		keep_late(m, st, x, p, n);
	else if (e != PARSE_BAD)
		refuse_head(m, st, x, n, RESOURCE_CONSTRAINT);
	return muc_turn_state(m);
}

enum muc_input
muc_refuse_over(struct muc *m, struct muc_stream *st, const char *tag, size_t n, struct muc_now now)
{
	return muc_over(m, st, tag, n, now, refuse_head);
}

bool
muc_late(struct muc *m, struct muc_now now, enum muc_input *result)
{
	struct late *l = TAILQ_FIRST(&m->late_order);

	if (l == NULL)
		return false;
	*result = muc_input(m, l->stream, l->text, l->len, now);
	late_free(m, l);
	return true;
}
