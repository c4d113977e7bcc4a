/* SPDX-License-Identifier: ISC */
/*
 * mav.c - the lists of affiliations, told to whoever enters and asks for them, and in versions
 *
 * XEP-0463. What changes is told in tell.c and affiliations.c with the versions before and after it; who has
 * not asked for versions on entering hears of none.
 *
 * 6: what was once is nobody's business. A version is told only to those who may read the lists, and cannot
 * be guessed; whoever knows one is told what is another now, of those lists and not of others that they may
 * read meanwhile. So nobody learns who was on a list while they were away and is so no more.
 */
#include "feature.h"

/* The tags of a message around its items, and of an item around the JID. */
#define MESSAGE_BYTES 400
#define ITEM_BYTES    50

/* What an item of the full lists costs whoever asks for them. */
#define ITEM_COST 100

/* A row of messages, each no larger than a stanza may be: 5.2.1. */
struct row {
	struct plan *p;
	const struct session *to;
	struct xml *message, *x, *mav;
	size_t bytes, max_bytes, nitems;
};

static void
row_open(struct row *row, const char *since)
{
	struct plan *p = row->p;
	struct arena *a = p->s->arena;

	row->message = stanza_new(a, "message", p->room, NULL, NULL, fresh_id(p->s));
	row->x = xml_add(a, row->message, NS_MUC_USER, "x");
	row->mav = xml_add(a, row->x, NS_MAV, "mav");
	xml_set(a, row->mav, "since", since);
	row->bytes = MESSAGE_BYTES + strlen(p->room->jid) + row->to->addr->len;
}

static void
row_close(struct row *row, const char *until)
{
	struct wire *w;

	xml_set(row->p->s->arena, row->mav, "until", until);
	w = wire_new(row->p->s, row->message);
	tell(row->p, w, row->to->addr);
	wire_unref(w);
}

/* Who has but a part of the row knows a version that is none: they will be told all of it. */
static void
row_add(void *arg, const char *jid, enum affiliation affiliation)
{
	struct row *row = arg;
	struct arena *a = row->p->s->arena;
	const size_t bytes = ITEM_BYTES + strlen(jid);
	const char *between;
	struct xml *item;

	if (row->bytes + bytes > row->max_bytes) {
		between = fresh_id(row->p->s);
		row_close(row, between);
		row_open(row, between);
	}
	row->bytes += bytes;
	row->nitems++;
	item = xml_add(a, row->x, NS_MUC_USER, "item");
	xml_set(a, item, "affiliation", affiliation_name(affiliation));
	xml_set(a, item, "jid", jid);
}

/* 5.2.3: the error comes by a message, and the sender enters all the same. */
static void
refuse(struct plan *p, struct session *s, enum deny deny)
{
	struct arena *a = p->s->arena;
	struct xml *x = stanza_new(a, "message", p->room, NULL, "error", p->ev->id);

	error_add(a, x, p->room->jid, deny, plan_lang(p), NULL);
	tell_jid(p, x, s->jid);
}

/* The lists in full may be long, and may be asked for as often as one enters. */
static bool
pays(const struct plan *p, const struct session *s)
{
	const size_t most = (size_t)p->s->limits.rate_bytes_burst / 2;
	const size_t cost = (size_t)p->room->naffiliations * ITEM_COST;

	return user_charge_more(p->s, s->occupant->bare, cost < most ? cost : most);
}

/* 5.2.1: there is no empty diff. Of oneself one may know. */
static void
add_self(struct row *row, unsigned lists)
{
	const char *bare = row->to->occupant->bare;
	struct affil f;
	bool listed = affiliation_stored(row->p->room, bare, &f) && (lists & 1u << f.affiliation);

	row_add(row, bare, listed ? f.affiliation : AFF_NONE);
}

/* False: they have been told in full so often that it is too much. */
static bool
tell_lists(struct plan *p, const struct session *s, const char *since, unsigned lists)
{
	const struct version now = version_now(p->room);
	const char *until = version_text(p->s->arena, &now, lists);
	struct row row = { .p = p, .to = s };
	enum since known = SINCE_LOST;

	row.max_bytes = (size_t)p->s->limits.stanza_out_bytes;
	row_open(&row, since);
	if (since != NULL)
		known = lists_since(p->room, since, lists, row_add, &row);
	if (known == SINCE_NOW)
		return true;
	if (known == SINCE_LOST) {
		if (!pays(p, s))
			return false;
		row_open(&row, NULL);
		lists_each(p->room, lists, row_add, &row);
	} else if (row.nitems == 0)
		add_self(&row, lists);
	row_close(&row, until);
	return true;
}

static void
set_follows(struct session *s, bool follows)
{
	if (s->follows == follows)
		return;
	s->follows = follows;
	session_save(s);
}

/* 5.1, 5.2.1: who asks now follows the lists until they leave, or enter without asking. */
static void
greet(struct plan *p, struct session *s)
{
	const struct xml *mav = xml_child(p->ev->x, NS_MAV, "mav");
	unsigned lists;

	set_follows(s, mav != NULL);
	if (mav == NULL)
		return;
	lists = session_lists(s);
	if (lists == 0)
		refuse(p, s, FORBIDDEN);
	else if (!tell_lists(p, s, xml_get(mav, "since"), lists)) {
		refuse(p, s, TOO_FAST);
		set_follows(s, false);
	}
}

static void
add_disco(const struct room *r, struct xml *query)
{
	disco_feature(r->service->arena, query, NS_MAV);
}

const struct feature feature_mav = {
	.name = "mav",
	.greet = greet,
	.add_disco = add_disco,
};
