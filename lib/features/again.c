/* SPDX-License-Identifier: ISC */
/*
 * again.c - what was told when the service ended, and may not have arrived
 *
 * What room/told.c has noted and no fence stands behind is told again before anything new: messages with
 * the ids they have (who has them knows them by their stanza-id, XEP-0359), the presence of
 * whoever changed as it is now, `unavailable` of whoever went, all of it to who had just entered. Who was
 * in, gone and in again meanwhile is told all of it from the first time on. It is noted as it was, so when the
 * service ends again before a fence is back, the same is told as if it had ended once.
 */
#include "feature.h"
#include "room/fence.h"
#include "room/recall.h"

#define LATE_MS 60000 /* what is told that much later says when it was said: XEP-0203 */

struct again {
	struct service *s;
	unsigned domain_no;
	struct recall r;
};

/* NULL: it has been in all the time, and sees what it always saw. */
static struct stay *
stay_of(const struct again *g, const struct session *x)
{
	return recall_stay(&g->r, x->occupant->room->id, x->jid);
}

/* That a session entered; NULL: it did so long ago. */
static const struct told *
entering(const struct again *g, const struct session *x)
{
	const struct stay *st = stay_of(g, x);

	return st != NULL ? st->entered : NULL;
}

/* Was who has that stay in the room when that was told? Or before, and is in again. */
static bool
was_there(const struct stay *st, const struct told *t)
{
	return st == NULL || st->entered == NULL || st->since <= t;
}

/* -- who entered -- */

/*
 * As if they had entered again: 17.3. Their own wish for a history is not known any more; it ends where
 * the messages begin that they are told like all others.
 */
static void
tell_entered(struct plan *p, struct session *x)
{
	struct arena *a = p->s->arena;
	struct room *r = x->occupant->room;
	struct xml *stanza = xml_new(a, NS_STANZA, "presence");
	struct xml *muc = xml_add(a, stanza, NS_MUC, "x");
	struct ev ev = {
		.stanza = stanza,
		.x = muc,
		.kind = KIND_PRESENCE,
		.type = TYPE_AVAILABLE,
		.address = TO_NICK,
		.domain_no = r->domain_no,
		.session = x,
		.target = x->occupant,
		.affiliation = x->occupant->affiliation,
	};

	jid_split(a, x->jid, &ev.from);
	jid_split(a, arena_cat(a, r->jid, "/", x->occupant->nick, NULL), &ev.to);
	/* Who follows the lists goes on: XEP-0463. */
	if (x->follows)
		xml_add(a, muc, NS_MAV, "mav");
	p->ev = &ev;
	plan_add(p, CH_SYNC)->session = x;
	plan_run(p);
}

static void
again_entered(struct again *g, const struct told *t, struct plan *p)
{
	struct session *x =
	    p->room != NULL && t->jid != NULL ? room_session(p->room, t->jid) : NULL;
	const struct stay *st = x != NULL ? stay_of(g, x) : NULL;

	if (st == NULL)
		return;
	if (st->entered == t) {
		p->before = recall_message(&g->r, st, t->room);
		tell_entered(p, x);
	} else if (st->shown == t && !t->self)
		tell_roster(p, x);
}

/* -- messages -- */

/* Who enters such a room is told nothing that was said before. */
static bool
has_history(const struct room *r)
{
	return r->config.maxhistoryfetch > 0 && r->service->limits.history_stanzas > 0;
}

/* Who entered later has what the history gives; so has who was out for a while, if it gives anything. */
static bool
hears(const struct again *g, const struct session *x, const struct told *t)
{
	const struct stay *st = stay_of(g, x);

	return was_there(st, t) &&
	       (st == NULL || st->entered == NULL || st->is_in || has_history(x->occupant->room));
}

static void
again_message(struct again *g, const struct told *t, struct plan *p)
{
	struct occupant *o;
	struct session *x;
	struct entry e;
	struct xml_pen pen = { .b = &g->s->written };
	struct wire *w;
	size_t to;

	if (p->room == NULL || t->id == NULL || !archive_get(p->room, t->id, &e) ||
	    e.kind == ENTRY_RETRACTED)
		return;
	to = pen_stanza(&pen, "message");
	entry_put(&pen, p->room, &e);
	if (!e.prior && archive_ms(e.id) + LATE_MS < g->s->now.wall_ms)
		delay_put(&pen, p->room, archive_ms(e.id));
	pen_close(&pen, "message");
	w = wire_written(g->s, to);
	TAILQ_FOREACH (o, &p->room->occupants, entry)
		TAILQ_FOREACH (x, &o->sessions, entry)
			if (hears(g, x, t))
				tell(p, w, x->addr);
	wire_unref(w);
}

/* Who entered later has seen by their own presence how the room is. */
static void
again_codes(struct again *g, const struct told *t, struct plan *p)
{
	struct occupant *o;
	struct session *x;
	struct wire *w;

	if (p->room == NULL)
		return;
	w = wire_codes(p, t->codes);
	TAILQ_FOREACH (o, &p->room->occupants, entry)
		TAILQ_FOREACH (x, &o->sessions, entry)
			if (was_there(stay_of(g, x), t))
				tell(p, w, x->addr);
	wire_unref(w);
}

/* The last one. Who entered later has it; who entered before may have been told an earlier one since. */
static void
again_subject(struct again *g, const struct told *t, struct plan *p)
{
	struct occupant *o;
	struct session *x;

	if (p->room == NULL || recall_subject(&g->r, t->room) != t)
		return;
	TAILQ_FOREACH (o, &p->room->occupants, entry)
		TAILQ_FOREACH (x, &o->sessions, entry)
			if (was_there(stay_of(g, x), t))
				tell_subject(p, x);
}

/* -- presence -- */

/* Has that session gone from the nick itself, and knows it? */
static bool
is_own(const struct again *g, const struct told *t, const struct session *x)
{
	return (t->jid != NULL && strcmp(x->jid, t->jid) == 0) ||
	       recall_moved(&g->r, t->room, t->nick, x->jid);
}

/*
 * To others who were there when that was told, with the address only to who saw addresses then; not to those
 * who know better: whose nick it is now, and whose it was.
 */
static void
tell_gone(struct again *g, struct plan *p, const struct told *t, const struct presence *pr,
    const struct occupant *holder)
{
	struct wire *w[2] = { NULL, NULL };
	struct occupant *o;
	struct session *x;

	TAILQ_FOREACH (o, &p->room->occupants, entry)
		TAILQ_FOREACH (x, &o->sessions, entry) {
			const struct stay *st = stay_of(g, x);
			bool saw = st == NULL || st->shown == NULL || st->shown < t;
			bool with_jid = saw && sees_jid(p->room, o, pr->occupant);

			if (o == holder || !was_there(st, t) || is_own(g, t, x))
				continue;
			if (w[with_jid] == NULL)
				w[with_jid] = wire_presence(p, pr, with_jid);
			tell(p, w[with_jid], x->addr);
		}
	wires_unref(w, 2);
}

/* Whoever goes by the nick now, as they are. */
static void
tell_now(struct again *g, struct plan *p, const struct told *t, struct occupant *o)
{
	const struct goings *n = recall_goings(&g->r, t->room, t->nick);
	struct presence pr = { .occupant = o, .role = o->role };
	struct session *x;

	if (n->last_others != NULL && role_shown(&p->room->config, o->role))
		tell_presence_all(p, &pr, TELL_OTHERS, NULL);
	else if (n->last_others != NULL) {
		pr.hides = true;
		tell_gone(g, p, n->last_others, &pr, o);
	}
	TAILQ_FOREACH (x, &o->sessions, entry)
		if (n->self && entering(g, x) == NULL)
			tell_presence(p, &pr, x, true);
}

/* As is told of somebody who was there under that nick. */
static struct presence
gone(struct plan *p, const struct told *t)
{
	struct arena *a = p->s->arena;
	struct session *shown = arena_alloc(a, sizeof(*shown));
	struct occupant *o = arena_alloc(a, sizeof(*o));
	struct jid jid = { .bare = t->jid };
	const struct session *x = t->new_nick != NULL ? room_session(p->room, t->jid) : NULL;
	struct presence pr = {
		.occupant = o,
		.shown = shown,
		.unavailable = true,
		.role = x != NULL ? x->occupant->role : ROLE_NONE,
		.new_nick = t->new_nick,
	};

	jid_split(a, t->jid, &jid);
	shown->jid = arena_strdup(a, t->jid);
	o->room = p->room;
	o->nick = arena_strdup(a, t->nick);
	o->bare = arena_strdup(a, jid.bare);
	o->affiliation = affiliation_of(p->room, o->bare);
	memcpy(o->id, occupant_id(a, p->room, o->bare), sizeof(o->id));
	memcpy(pr.codes, t->codes, sizeof(pr.codes));
	return pr;
}

/*
 * One who took another nick, and has not left since then, is told so, and, if it went alone, that the old one is there.
 */
static void
tell_moved(struct again *g, struct plan *p, const struct told *t, const struct occupant *holder)
{
	const struct session *x = room_session(p->room, t->jid);
	const struct stay *st = x != NULL ? stay_of(g, x) : NULL;
	struct presence old, left = { .occupant = holder };

	if (x == NULL || x->occupant == holder || (st != NULL && st->left != NULL && st->left > t))
		return;
	old = gone(p, t);
	tell_presence(p, &old, x, true);
	if (holder == NULL || strcmp(holder->bare, x->occupant->bare) != 0)
		return;
	left.role = holder->role;
	tell_presence(p, &left, x, false);
}

/* To others: `holder`, or nobody, goes by the nick now. */
static void
tell_went(struct again *g, struct plan *p, const struct told *t, const struct occupant *holder)
{
	const struct presence pr = gone(p, t);
	const char *bare = pr.occupant->bare;

	if ((holder == NULL || strcmp(holder->bare, bare) != 0) &&
	    recall_went(&g->r, t->room, t->nick, bare) == t)
		tell_gone(g, p, t, &pr, holder);
}

static void
again_presence(struct again *g, const struct told *t, struct plan *p)
{
	const struct goings *n;
	struct occupant *o;

	if (p->room == NULL || t->nick == NULL)
		return;
	n = recall_goings(&g->r, t->room, t->nick);
	o = room_nick(p->room, t->nick);
	if (told_moves(t))
		tell_moved(g, p, t, o);
	if (t->jid != NULL && t->others)
		tell_went(g, p, t, o);
	if (o != NULL && n->last == t)
		tell_now(g, p, t, o);
}

/* -- who left -- */

/* The room may have gone, too: so this is put together by hand. */
static void
again_left(struct again *g, const struct told *t, struct plan *p)
{
	struct arena *a = g->s->arena;
	struct xml *x, *user, *item;
	struct tombstone stone;
	struct jid jid, room;
	const struct room *now;

	if (t->jid == NULL || t->nick == NULL || t->room_jid == NULL ||
	    !jid_split(a, t->jid, &jid) || !jid_split(a, t->room_jid, &room))
		return;
	/* They are in again, in this room or in another one that has its name now. */
	now = room_get(g->s, &room);
	if (now != NULL && room_session(now, t->jid) != NULL)
		return;
	x = xml_new(a, NS_STANZA, "presence");
	xml_set(a, x, "from", arena_cat(a, t->room_jid, "/", t->nick, NULL));
	xml_set(a, x, "type", "unavailable");
	user = xml_add(a, x, NS_MUC_USER, "x");
	item = xml_add(a, user, NS_MUC_USER, "item");
	xml_set(a, item, "affiliation",
	    affiliation_name(p->room != NULL ? affiliation_of(p->room, jid.bare) : AFF_NONE));
	xml_set(a, item, "role", role_name(ROLE_NONE));
	xml_set(a, item, "jid", t->jid);
	codes_write(a, user, t->codes);
	codes_write(a, user, (const unsigned[8]){ STATUS_SELF });
	if (t->occupant_id != NULL)
		xml_set(a, xml_add(a, user, NS_MUC_USER, "destroy"), "jid",
		    tombstone_get(g->s, &room, &stone) ? stone.venue : NULL);
	if (t->occupant_id != NULL || p->room != NULL)
		occupant_id_add(a, x,
		    t->occupant_id != NULL ? t->occupant_id : occupant_id(a, p->room, jid.bare));
	tell_jid(p, x, t->jid);
}

/* -- all of it -- */

static void
tell_again(struct again *g, const struct told *t)
{
	static void (*const tellers[])(struct again *, const struct told *, struct plan *) = {
		[TOLD_MESSAGE] = again_message,
		[TOLD_PRESENCE] = again_presence,
		[TOLD_ENTERED] = again_entered,
		[TOLD_LEFT] = again_left,
		[TOLD_CODES] = again_codes,
		[TOLD_SUBJECT] = again_subject,
	};
	struct plan p;

	if (t->kind < TOLD_MESSAGE || t->kind > TOLD_SUBJECT)
		return;
	plan_init(&p, g->s, NULL, room_get_id(g->s, t->room));
	tellers[t->kind](g, t, &p);
	out_take(g->s, g->domain_no, &p.first);
	out_take(g->s, g->domain_no, &p.rest);
	plan_release(&p);
	g->s->stats.told_again++;
}

/* As messages are told again: who is in when each of them was said. */
static void
follow(struct again *g, const struct told *t)
{
	struct stay *st;

	if (t->jid == NULL || (t->kind != TOLD_LEFT && (t->kind != TOLD_ENTERED || !t->self)))
		return;
	st = recall_stay(&g->r, t->room, t->jid);
	st->is_in = t->kind == TOLD_ENTERED;
}

/*
 * Who entered is in before being told anything else; and what is said of a room that is no more comes before there
 * is another one of its name. Who was told of all anew, seeing addresses now, hears that in its turn: behind the code
 * that says so (10.2.1).
 */
static bool
comes_first(const struct told *t)
{
	return (t->kind == TOLD_ENTERED && t->self) ||
	       (t->kind == TOLD_LEFT && t->occupant_id != NULL);
}

static void
on_start(struct service *s, unsigned domain_no)
{
	struct again g = { .s = s, .domain_no = domain_no };
	struct buf *turn = &s->out[domain_no].fences->turn;
	const size_t noted = turn->len;
	struct told *v;
	const size_t n = told_take(s, domain_no, &v);

	recall_init(&g.r, s->arena, v, n);
	for (size_t i = 0; i < n; i++)
		if (comes_first(&v[i]))
			tell_again(&g, &v[i]);
	for (size_t i = 0; i < n; i++) {
		follow(&g, &v[i]);
		if (!comes_first(&v[i]))
			tell_again(&g, &v[i]);
	}
	/* Not as it has been told just now, in another order. */
	turn->len = noted;
	for (size_t i = 0; i < n; i++)
		note_told(s, domain_no, &v[i]);
	recall_release(&g.r);
	if (n > 0)
		service_log(s, MUC_LOG_INFO,
		    "%s: %zu things are told again that may not have "
		    "arrived",
		    s->out[domain_no].domain, n);
}

const struct feature feature_again = {
	.name = "again",
	.on_start = on_start,
};
