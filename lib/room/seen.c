/* SPDX-License-Identifier: ISC */
/*
 * seen.c - how an occupant looks to who enters, serialised once and kept for the next who does
 *
 * When many enter a large room each of them is told of all before: the same stanzas, again and again. What is
 * kept names all that it was made of, so nothing has to be thrown away when that changes: it does not match
 * any more. It is bounded: the oldest go.
 */
#include <stdlib.h>

#include "../base/mem.h"
#include "plan.h"

#define SEEN_BYTES	((size_t)8 << 20) /* kept of all rooms */
#define SEEN_ENTRY_COST 64		  /* of one beside its bytes */
#ifndef SEEN_OCCUPANTS
#	define SEEN_OCCUPANTS 32 /* in smaller rooms nothing is; tests have smaller rooms */
#endif

struct seen {
	TAILQ_ENTRY(seen) entry; /* of service.seen: the oldest first */
	struct occupant *occupant;
	uint64_t presence_no; /* of the session that is shown: no two presences have the same */
	enum role role;
	enum affiliation affiliation;
	bool muted;
	struct wire *wire[2]; /* with the JID? NULL: not asked for yet */
};

static size_t
cost(const struct seen *v)
{
	size_t n = sizeof(*v);

	for (int i = 0; i < 2; i++)
		n += v->wire[i] != NULL ? v->wire[i]->len + SEEN_ENTRY_COST : 0;
	return n;
}

static void
drop(struct service *s, struct seen *v)
{
	s->seen_bytes -= cost(v);
	TAILQ_REMOVE(&s->seen, v, entry);
	v->occupant->seen = NULL;
	for (int i = 0; i < 2; i++)
		if (v->wire[i] != NULL)
			wire_unref(v->wire[i]);
	free(v);
}

void
seen_forget(struct occupant *o)
{
	if (o->seen != NULL)
		drop(o->room->service, o->seen);
}

static struct seen *
make(struct service *s, struct occupant *o, const struct seen *like)
{
	struct seen *v = mem_alloc(sizeof(*v));

	*v = *like;
	v->occupant = o;
	o->seen = v;
	TAILQ_INSERT_TAIL(&s->seen, v, entry);
	s->seen_bytes += cost(v);
	return v;
}

static struct seen
present(const struct occupant *o)
{
	return (struct seen){
		.presence_no = occupant_shown(o)->presence_no,
		.role = o->role,
		.affiliation = o->affiliation,
		.muted = is_muted(o),
	};
}

static bool
matches(const struct seen *v, const struct seen *now)
{
	return v->presence_no == now->presence_no && v->role == now->role &&
	       v->affiliation == now->affiliation && v->muted == now->muted;
}

struct wire *
seen_wire(struct plan *p, struct occupant *o, bool with_jid)
{
	const struct presence pr = { .occupant = o, .role = o->role };
	struct service *s = p->s;
	struct seen now, *v = o->seen;
	struct wire *w;

	if (o->room->noccupants < SEEN_OCCUPANTS)
		return wire_presence(p, &pr, with_jid);
	now = present(o);
	if (v != NULL && !matches(v, &now)) {
		drop(s, v);
		v = NULL;
	}
	if (v != NULL && v->wire[with_jid] != NULL) {
		v->wire[with_jid]->refs++;
		return v->wire[with_jid];
	}
	w = wire_presence(p, &pr, with_jid);
	if (v == NULL)
		v = make(s, o, &now);
	v->wire[with_jid] = w;
	w->refs++;
	s->seen_bytes += w->len + SEEN_ENTRY_COST;
	while (s->seen_bytes > SEEN_BYTES)
		drop(s, TAILQ_FIRST(&s->seen));
	return w;
}
