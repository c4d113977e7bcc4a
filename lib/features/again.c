/* SPDX-License-Identifier: ISC */
/*
 * again.c - what was told when the service ended, and may not have arrived
 *
 * What room/told.c has noted and no fence stands behind is told again before anything new: messages with
 * the ids they have (who has them knows them by their stanza-id, XEP-0359), the presence of
 * whoever changed as it is now, `unavailable` of whoever went, all of it to who had just entered. Who was
 * in, gone and in again meanwhile is told all of it from the first time on.
 */
#include "feature.h"
#include "room/fence.h"

#define LATE_MS 60000 /* what is told that much later says when it was said: XEP-0203 */

struct again {
	struct service *s;
	struct told *v;
	size_t n;
	unsigned domain_no;
	struct map entered; /* room and full JID -> the first TOLD_ENTERED of it */
	struct map shown;   /* room and nick -> the last TOLD_PRESENCE of it */
};

static const char *
key_of(const struct again *g, uint64_t room, const char *s)
{
	return arena_fmt(g->s->arena, "%llu/%s", (unsigned long long)room, s);
}

/* Of several that tell of the same one counts; it tells all that the others did. */
static void
merge(struct told *t, const struct told *other)
{
	if (other == NULL)
		return;
	t->others = t->others || other->others;
	t->self = t->self || other->self;
}

static void
look_over(struct again *g)
{
	for (size_t i = 0; i < g->n; i++) {
		struct told *t = &g->v[i], *first;

		if (t->kind == TOLD_PRESENCE && t->nick != NULL)
			merge(t, map_put(&g->shown, key_of(g, t->room, t->nick), t));
		if (t->kind != TOLD_ENTERED || t->jid == NULL)
			continue;
		first = map_get(&g->entered, key_of(g, t->room, t->jid));
		if (first != NULL)
			merge(first, t);
		else
			map_put(&g->entered, key_of(g, t->room, t->jid), t);
	}
}

/* That a session entered; NULL: it did so long ago. */
static const struct told *
entering(const struct again *g, const struct session *x)
{
	const struct told *t = NULL;

	if (map_count(&g->entered) > 0)
		t = map_get(&g->entered, key_of(g, x->occupant->room->id, x->jid));
	return t != NULL && t->self ? t : NULL;
}

/* -- who entered -- */

/* The first message that was told in the room after that, and is told again. */
static const uint8_t *
first_after(const struct again *g, const struct told *entered)
{
	for (const struct told *t = entered; t < g->v + g->n; t++)
		if (t->kind == TOLD_MESSAGE && t->room == entered->room)
			return t->id;
	return NULL;
}

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

	if (x == NULL || map_get(&g->entered, key_of(g, t->room, t->jid)) != t)
		return;
	p->before = first_after(g, t);
	if (t->self)
		tell_entered(p, x);
	else
		tell_roster(p, x);
}

/* -- messages -- */

static void
again_message(struct again *g, const struct told *t, struct plan *p)
{
	struct occupant *o;
	struct session *x;
	const struct told *in;
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
			/* Who entered later has what the history gives. */
			if ((in = entering(g, x)) == NULL || in < t)
				tell(p, w, x->addr);
	wire_unref(w);
	note_told(g->s, g->domain_no, t);
}

static void
again_codes(struct again *g, const struct told *t, struct plan *p)
{
	(void)g;
	if (p->room != NULL)
		tell_codes(p, t->codes);
}

/* -- presence -- */

/*
 * Somebody who is not there any more, or not under that nick: who only took another one is told so as
 * they are told of themselves.
 */
static void
tell_went(struct plan *p, const struct told *t)
{
	struct arena *a = p->s->arena;
	struct occupant *to = t->new_nick != NULL ? room_nick(p->room, t->new_nick) : NULL;
	struct session shown = { .jid = arena_strdup(a, t->jid) };
	struct session *x;
	struct jid jid = { .bare = NULL };
	struct occupant o = { .room = p->room, .nick = arena_strdup(a, t->nick) };
	/* `hides`: they saw it come, whatever they see now. */
	struct presence pr = {
		.occupant = &o,
		.shown = &shown,
		.unavailable = true,
		.hides = true,
		.role = to != NULL ? to->role : ROLE_NONE,
		.new_nick = t->new_nick,
	};

	if (t->jid == NULL || !jid_split(a, t->jid, &jid))
		return;
	memcpy(pr.codes, t->codes, sizeof(pr.codes));
	memcpy(o.id, occupant_id(a, p->room, jid.bare), sizeof(o.id));
	o.affiliation = affiliation_of(p->room, jid.bare);
	if (to == NULL) {
		tell_presence_all(p, &pr, TELL_OTHERS, NULL);
		return;
	}
	to->goes = true;
	tell_presence_all(p, &pr, TELL_OTHERS, NULL);
	to->goes = false;
	TAILQ_FOREACH (x, &to->sessions, entry)
		tell_presence(p, &pr, x, true);
}

static void
again_presence(struct again *g, const struct told *t, struct plan *p)
{
	struct occupant *o;
	struct presence pr = { .unavailable = false };
	unsigned who = t->others ? TELL_OTHERS : 0;

	if (p->room == NULL || t->nick == NULL ||
	    map_get(&g->shown, key_of(g, t->room, t->nick)) != t)
		return;
	o = room_nick(p->room, t->nick);
	if (o == NULL) {
		tell_went(p, t);
		return;
	}
	pr.occupant = o;
	pr.role = o->role;
	pr.hides = !role_shown(&p->room->config, o->role);
	if (t->self && entering(g, occupant_shown(o)) == NULL)
		who |= TELL_SELF;
	tell_presence_all(p, &pr, (enum tell)who, NULL);
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

	if (t->jid == NULL || t->nick == NULL || t->room_jid == NULL ||
	    !jid_split(a, t->jid, &jid) || !jid_split(a, t->room_jid, &room) ||
	    (p->room != NULL && room_session(p->room, t->jid) != NULL))
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
	note_told(g->s, g->domain_no, t);
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
	};
	struct plan p;

	if (t->kind < TOLD_MESSAGE || t->kind > TOLD_CODES)
		return;
	plan_init(&p, g->s, NULL, room_get_id(g->s, t->room));
	tellers[t->kind](g, t, &p);
	out_take(g->s, g->domain_no, &p.first);
	out_take(g->s, g->domain_no, &p.rest);
	plan_release(&p);
	g->s->stats.told_again++;
}

/*
 * Who entered is in before being told anything else. Who was told of all anew, seeing addresses now, hears that in
 * its turn: behind the code that says so (10.2.1).
 */
static bool
comes_first(const struct told *t)
{
	return t->kind == TOLD_ENTERED && t->self;
}

static void
on_start(struct service *s, unsigned domain_no)
{
	struct again g = { .s = s, .domain_no = domain_no, .entered = MAP_INIT, .shown = MAP_INIT };

	g.n = told_take(s, domain_no, &g.v);
	look_over(&g);
	for (size_t i = 0; i < g.n; i++)
		if (comes_first(&g.v[i]))
			tell_again(&g, &g.v[i]);
	for (size_t i = 0; i < g.n; i++)
		if (!comes_first(&g.v[i]))
			tell_again(&g, &g.v[i]);
	map_release(&g.entered);
	map_release(&g.shown);
	if (g.n > 0)
		service_log(s, MUC_LOG_INFO,
		    "%s: %zu things are told again that may not have "
		    "arrived",
		    s->out[domain_no].domain, g.n);
}

const struct feature feature_again = {
	.name = "again",
	.on_start = on_start,
};
