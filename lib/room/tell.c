/* SPDX-License-Identifier: ISC */
/*
 * tell.c - telling those in a room, each what they may see
 */
#include <string.h>

#include "fence.h"
#include "plan.h"

void
tell(struct plan *p, struct wire *w, struct addr *to)
{
	pairs_add(p->side, w, to);
}

void
tell_all(struct plan *p, struct wire *w)
{
	struct occupant *o;
	struct session *s;

	TAILQ_FOREACH (o, &p->room->occupants, entry)
		TAILQ_FOREACH (s, &o->sessions, entry)
			tell(p, w, s->addr);
}

void
tell_jid(struct plan *p, const struct xml *stanza, const char *jid)
{
	struct wire *w = wire_new(p->s, stanza);
	struct addr *to = addr_new(jid);

	tell(p, w, to);
	wire_unref(w);
	addr_unref(to);
}

static void
add_code(struct arena *a, struct xml *x, unsigned code)
{
	struct xml *status = xml_add(a, x, NS_MUC_USER, "status");

	xml_set(a, status, "code", arena_fmt(a, "%u", code));
}

void
codes_write(struct arena *a, struct xml *x, const unsigned codes[8])
{
	for (int i = 0; i < 8 && codes[i] != 0; i++)
		add_code(a, x, codes[i]);
}

/* XEP-0463 5.2: the version of the lists, with a step also the one before it. */
static void
add_version(struct plan *p, struct xml *x, const struct step *step, unsigned lists)
{
	struct arena *a = p->s->arena;
	struct version now;
	struct xml *mav;

	if (lists == 0)
		return;
	now = step != NULL ? step->until : version_now(p->room);
	mav = xml_add(a, x, NS_MAV, "mav");
	if (step != NULL)
		xml_set(a, mav, "since", version_text(a, &step->since, lists));
	xml_set(a, mav, "until", version_text(a, &now, lists));
}

struct wire *
wire_affiliation(struct plan *p, const char *jid, enum affiliation affiliation,
    const struct step *step, unsigned lists)
{
	struct arena *a = p->s->arena;
	struct xml *x = xml_new(a, NS_STANZA, "message"), *user, *item;

	xml_set(a, x, "from", p->room->jid);
	xml_set(a, x, "id", fresh_id(p->s));
	user = xml_add(a, x, NS_MUC_USER, "x");
	add_version(p, user, step, lists);
	item = xml_add(a, user, NS_MUC_USER, "item");
	xml_set(a, item, "affiliation", affiliation_name(affiliation));
	xml_set(a, item, "jid", jid);
	xml_set(a, item, "role", role_name(ROLE_NONE));
	return wire_new(p->s, x);
}

/* <x xmlns='muc#user'>, around the item: XEP-0045 19.2. */
static void
add_user_x(struct plan *p, struct xml *stanza, const struct presence *pr, const char *jid,
    bool self, unsigned lists)
{
	struct arena *a = p->s->arena;
	struct xml *x = xml_add(a, stanza, NS_MUC_USER, "x"), *item;

	add_version(p, x, pr->step, lists);
	item = xml_add(a, x, NS_MUC_USER, "item");
	xml_set(a, item, "affiliation", affiliation_name(pr->occupant->affiliation));
	xml_set(a, item, "role", role_name(pr->role));
	xml_set(a, item, "jid", jid);
	xml_set(a, item, "nick", pr->new_nick);
	if (pr->actor != NULL)
		xml_set(a, xml_add(a, item, NS_MUC_USER, "actor"), "nick", pr->actor);
	if (pr->reason != NULL)
		xml_add_text(a, item, NS_MUC_USER, "reason", pr->reason);
	codes_write(a, x, pr->codes);
	if (self) {
		add_code(a, x, STATUS_SELF);
		codes_write(a, x, pr->self_codes);
	}
	if (pr->destroy != NULL)
		xml_copy(a, x, pr->destroy);
}

static void
add_payload(struct arena *a, struct xml *x, const struct occupant *o, const char *payload, size_t n)
{
	if (is_muted(o))
		payload = without_status(a, payload, n, &n);
	xml_raw_add(a, x, payload, n);
}

/* The stanza in one of its views. */
static struct wire *
presence_wire(struct plan *p, const struct presence *pr, bool with_jid, bool self, unsigned lists)
{
	struct arena *a = p->s->arena;
	const struct occupant *o = pr->occupant;
	const struct session *shown = pr->shown != NULL ? pr->shown : occupant_shown(o);
	struct xml *x = xml_new(a, NS_STANZA, "presence");
	bool unavailable = pr->unavailable || (pr->hides && !self);

	xml_set(a, x, "from", arena_cat(a, o->room->jid, "/", o->nick, NULL));
	xml_set(a, x, "type", unavailable ? "unavailable" : NULL);
	xml_set(a, x, "id", self ? pr->id : NULL);
	if (pr->text != NULL)
		add_payload(a, x, o, pr->text, pr->text_len);
	else if (!unavailable) {
		xml_set_lang(a, x, shown->lang);
		add_payload(a, x, o, shown->payload, shown->payload_len);
	}
	add_user_x(p, x, pr, with_jid ? shown->jid : NULL, self, lists);
	occupant_id_add(a, x, o->id);
	return wire_new(p->s, x);
}

struct wire *
wire_presence(struct plan *p, const struct presence *pr, bool with_jid)
{
	return presence_wire(p, pr, with_jid, false, 0);
}

/*
 * The lists whose version the presence tells a session: of each step, and with its own presence (XEP-0463
 * 5.2.1), but not when that is its last one.
 */
static unsigned
lists_told(const struct presence *pr, const struct session *to, bool self)
{
	if (self ? pr->unavailable : pr->step == NULL)
		return 0;
	return session_lists(to);
}

/* -- what is told again if it does not arrive -- */

/* Of whoever goes under that nick for others there is nothing left to look up then. */
static void
note_presence(const struct plan *p, const struct presence *pr, bool others, bool self)
{
	struct told t = {
		.kind = TOLD_PRESENCE,
		.room = p->room->id,
		.nick = pr->occupant->nick,
		.others = others,
		.self = self,
	};

	if (pr->unavailable) {
		t.jid = (pr->shown != NULL ? pr->shown : occupant_shown(pr->occupant))->jid;
		t.new_nick = pr->new_nick;
		memcpy(t.codes, pr->codes, sizeof(t.codes));
	}
	note_told(p->s, p->room->domain_no, &t);
}

/* To itself: that it is out, or how it is seen. Under another nick it is still in. */
static void
note_self(const struct plan *p, const struct presence *pr, const struct session *to)
{
	struct told t = {
		.kind = TOLD_LEFT,
		.room = p->room->id,
		.nick = pr->occupant->nick,
		.jid = to->jid,
		.room_jid = p->room->jid,
		.occupant_id = pr->destroy != NULL ? pr->occupant->id : NULL,
	};

	if (!pr->unavailable) {
		note_presence(p, pr, false, true);
		return;
	}
	memcpy(t.codes, pr->codes, sizeof(t.codes));
	if (pr->new_nick == NULL)
		note_told(p->s, p->room->domain_no, &t);
}

void
note_entered(const struct plan *p, const struct session *s, bool self)
{
	const struct told t = {
		.kind = TOLD_ENTERED,
		.room = p->room->id,
		.jid = s->jid,
		.others = true,
		.self = self,
	};

	note_told(p->s, p->room->domain_no, &t);
}

/* -- presence -- */

void
tell_presence(struct plan *p, const struct presence *pr, const struct session *to, bool self)
{
	struct wire *w;

	if (!self && !sees_presence(p->room, to->occupant, pr->occupant))
		return;
	w = presence_wire(p, pr, self || sees_jid(p->room, to->occupant, pr->occupant), self,
	    lists_told(pr, to, self));
	tell(p, w, to->addr);
	wire_unref(w);
	if (self)
		note_self(p, pr, to);
}

/* What is said of an occupant, serialised once per view; NULL where nobody has it. */
struct views {
	struct wire
	    *presence[2][2][LISTS]; /* of oneself? with the JID? with the version of which lists? */
	struct wire *step[LISTS];   /* to those who do not see the presence */
	bool others, self;	    /* who was told, so that it is noted */
};

static void
views_release(struct views *v)
{
	struct wire **w = &v->presence[0][0][0];

	for (size_t i = 0; i < sizeof(v->presence) / sizeof(*w); i++)
		if (w[i] != NULL)
			wire_unref(w[i]);
	for (size_t i = 0; i < LISTS; i++)
		if (v->step[i] != NULL)
			wire_unref(v->step[i]);
}

/* XEP-0463 5.2.2: of a change in the lists that they may read all hear who asked for it. */
static void
tell_step(struct plan *p, struct views *v, const struct step *step, const struct session *to)
{
	unsigned lists = step != NULL ? session_lists(to) : 0;

	if (lists == 0)
		return;
	if (v->step[lists] == NULL)
		v->step[lists] = wire_affiliation(p, step->jid, step->affiliation, step, lists);
	tell(p, v->step[lists], to->addr);
}

static void
tell_view(struct plan *p, struct views *v, const struct presence *pr, const struct session *to)
{
	struct occupant *o = to->occupant;
	bool self = o == pr->occupant, with_jid = sees_jid(p->room, o, pr->occupant);
	unsigned lists = lists_told(pr, to, self);
	struct wire **w = &v->presence[self][with_jid][lists];

	if (!pr->hides && !sees_presence(p->room, o, pr->occupant)) {
		tell_step(p, v, pr->step, to);
		return;
	}
	if (*w == NULL)
		*w = presence_wire(p, pr, with_jid, self, lists);
	tell(p, *w, to->addr);
	v->others = v->others || !self;
	v->self = v->self || (self && !pr->unavailable);
	if (self && pr->unavailable)
		note_self(p, pr, to);
}

void
tell_presence_all(
    struct plan *p, const struct presence *pr, enum tell who, const struct session *but)
{
	struct views v = { .step = { NULL } };
	struct occupant *o;
	struct session *s;

	TAILQ_FOREACH (o, &p->room->occupants, entry) {
		bool self = o == pr->occupant;

		if ((who & (self ? TELL_SELF : TELL_OTHERS)) == 0 || (o->goes && !self))
			continue;
		TAILQ_FOREACH (s, &o->sessions, entry)
			if (s != but)
				tell_view(p, &v, pr, s);
	}
	if (v.others || v.self)
		note_presence(p, pr, v.others, v.self);
	views_release(&v);
}

void
tell_roster(struct plan *p, const struct session *to)
{
	struct occupant *o;
	struct wire *w;

	TAILQ_FOREACH (o, &p->room->occupants, entry) {
		if (o == to->occupant || !sees_presence(p->room, to->occupant, o))
			continue;
		w = seen_wire(p, o, sees_jid(p->room, to->occupant, o));
		tell(p, w, to->addr);
		wire_unref(w);
	}
	note_entered(p, to, false);
}

void
tell_promoted(struct plan *p)
{
	struct occupant *o, *to;
	struct session *s;
	struct wire *w;

	TAILQ_FOREACH (o, &p->room->occupants, entry)
		if (o->promoted)
			TAILQ_FOREACH (s, &o->sessions, entry)
				note_entered(p, s, false);
	TAILQ_FOREACH (o, &p->room->occupants, entry) {
		struct presence pr = { .occupant = o, .role = o->role };

		if (!role_shown(&p->room->config, o->role))
			continue;
		w = NULL;
		TAILQ_FOREACH (to, &p->room->occupants, entry) {
			if (!to->promoted || to == o)
				continue;
			if (w == NULL)
				w = presence_wire(p, &pr, true, false, 0);
			TAILQ_FOREACH (s, &to->sessions, entry)
				tell(p, w, s->addr);
		}
		if (w != NULL)
			wire_unref(w);
	}
}
