/* SPDX-License-Identifier: ISC */
/*
 * tell.c - telling those in a room, each what they may see
 */
#include <string.h>

#include "../base/xml_write.h"
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

/* Status codes have three digits: XEP-0045 16.6.2. */
static void
put_codes(struct xml_pen *pen, const unsigned codes[8])
{
	for (int i = 0; i < 8 && codes[i] != 0; i++) {
		const char code[] = { (char)('0' + codes[i] / 100 % 10),
			(char)('0' + codes[i] / 10 % 10), (char)('0' + codes[i] % 10), '\0' };

		pen_open(pen, NULL, "status");
		pen_word(pen, "code", code);
		pen_close(pen, "status");
	}
}

/* XEP-0463 5.2: the version of the lists, with a step also the one before it. */
static void
put_version(struct plan *p, struct xml_pen *pen, const struct step *step, unsigned lists)
{
	struct arena *a = p->s->arena;
	struct version now;

	if (lists == 0)
		return;
	now = step != NULL ? step->until : version_now(p->room);
	pen_open(pen, NS_MAV, "mav");
	pen_word(pen, "since", step != NULL ? version_text(a, &step->since, lists) : NULL);
	pen_word(pen, "until", version_text(a, &now, lists));
	pen_close(pen, "mav");
}

struct wire *
wire_affiliation(struct plan *p, const char *jid, enum affiliation affiliation,
    const struct step *step, unsigned lists)
{
	struct xml_pen pen = { .b = &p->s->written };
	size_t to = pen_stanza(&pen, "message");

	pen_attr(&pen, "from", p->room->jid);
	pen_word(&pen, "id", fresh_id(p->s));
	pen_open(&pen, NS_MUC_USER, "x");
	put_version(p, &pen, step, lists);
	pen_open(&pen, NULL, "item");
	pen_word(&pen, "affiliation", affiliation_name(affiliation));
	pen_attr(&pen, "jid", jid);
	pen_word(&pen, "role", role_name(ROLE_NONE));
	pen_close(&pen, "item");
	pen_close(&pen, "x");
	pen_close(&pen, "message");
	return wire_written(p->s, to);
}

static void
put_item(struct xml_pen *pen, const struct presence *pr, const char *jid)
{
	pen_open(pen, NULL, "item");
	pen_word(pen, "affiliation", affiliation_name(pr->occupant->affiliation));
	pen_word(pen, "role", role_name(pr->role));
	pen_attr(pen, "jid", jid);
	pen_attr(pen, "nick", pr->new_nick);
	if (pr->actor != NULL) {
		pen_open(pen, NULL, "actor");
		pen_attr(pen, "nick", pr->actor);
		pen_close(pen, "actor");
	}
	if (pr->reason != NULL) {
		pen_open(pen, NULL, "reason");
		pen_text(pen, pr->reason);
		pen_close(pen, "reason");
	}
	pen_close(pen, "item");
}

/* <x xmlns='muc#user'>, around the item: XEP-0045 19.2. */
static void
put_user_x(struct plan *p, struct xml_pen *pen, const struct presence *pr, const char *jid,
    bool self, unsigned lists)
{
	pen_open(pen, NS_MUC_USER, "x");
	put_version(p, pen, pr->step, lists);
	put_item(pen, pr, jid);
	put_codes(pen, pr->codes);
	if (self) {
		put_codes(pen, (const unsigned[8]){ STATUS_SELF });
		put_codes(pen, pr->self_codes);
	}
	if (pr->destroy != NULL)
		pen_tree(pen, NS_MUC_USER, pr->destroy);
	pen_close(pen, "x");
}

static void
put_payload(
    struct plan *p, struct xml_pen *pen, const struct occupant *o, const char *payload, size_t n)
{
	if (is_muted(o))
		payload = without_status(p->s->arena, payload, n, &n);
	pen_raw(pen, payload, n);
}

/* The stanza in one of its views. Nothing else is said as often. */
static struct wire *
presence_wire(struct plan *p, const struct presence *pr, bool with_jid, bool self, unsigned lists)
{
	const struct occupant *o = pr->occupant;
	const struct session *shown = pr->shown != NULL ? pr->shown : occupant_shown(o);
	const bool unavailable = pr->unavailable || (pr->hides && !self);
	struct xml_pen pen = { .b = &p->s->written };
	size_t to = pen_stanza(&pen, "presence");

	pen_from(&pen, o->room->jid, o->nick);
	pen_word(&pen, "type", unavailable ? "unavailable" : NULL);
	pen_attr(&pen, "id", self ? pr->id : NULL);
	if (pr->text != NULL) {
		pen_attr(&pen, "xml:lang", pr->lang);
		put_payload(p, &pen, o, pr->text, pr->text_len);
	} else if (!unavailable) {
		pen_attr(&pen, "xml:lang", shown->lang);
		put_payload(p, &pen, o, shown->payload, shown->payload_len);
	}
	put_user_x(p, &pen, pr, with_jid ? shown->jid : NULL, self, lists);
	occupant_id_put(&pen, o->id);
	pen_close(&pen, "presence");
	return wire_written(p->s, to);
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

	if (pr->unavailable || pr->hides) {
		t.jid = (pr->shown != NULL ? pr->shown : occupant_shown(pr->occupant))->jid;
		t.new_nick = pr->new_nick;
		memcpy(t.codes, pr->codes, sizeof(t.codes));
	}
	note_told(p->s, p->room->domain_no, &t);
}

/* To itself: that it is out, or under another nick, or how it is seen. */
static void
note_self(const struct plan *p, const struct presence *pr, const struct session *to)
{
	struct told t = {
		.kind = pr->new_nick != NULL ? TOLD_PRESENCE : TOLD_LEFT,
		.room = p->room->id,
		.nick = pr->occupant->nick,
		.jid = to->jid,
		.new_nick = pr->new_nick,
		.self = pr->new_nick != NULL,
		.room_jid = p->room->jid,
		.occupant_id = pr->destroy != NULL ? pr->occupant->id : NULL,
	};

	if (!pr->unavailable) {
		note_presence(p, pr, false, true);
		return;
	}
	memcpy(t.codes, pr->codes, sizeof(t.codes));
	note_told(p->s, p->room->domain_no, &t);
}

void
note_entered(const struct plan *p, const struct session *s, bool self, bool was_in)
{
	const struct told t = {
		.kind = TOLD_ENTERED,
		.room = p->room->id,
		.jid = s->jid,
		.others = true,
		.self = self,
		.was_in = was_in,
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

/*
 * What is said of an occupant, serialised once per view. A view is whose lists' version is in it, and these; a step
 * is what those are told who do not see the presence.
 */
enum {
	VIEW_SELF = LISTS,
	VIEW_JID = LISTS << 1,
	VIEW_STEP = LISTS << 2,
	NVIEWS = 5 * LISTS,
};

struct views {
	struct view {
		unsigned what;
		struct wire *wire; /* NULL: not yet */
	} v[NVIEWS];
	unsigned n;
	bool others, self; /* who was told, so that it is noted */
};

/* There are hardly ever more than three. */
static struct wire **
view_of(struct views *v, unsigned what)
{
	unsigned i = 0;

	while (i < v->n && v->v[i].what != what)
		i++;
	if (i == v->n)
		v->v[v->n++] = (struct view){ .what = what };
	return &v->v[i].wire;
}

static void
views_release(struct views *v)
{
	for (unsigned i = 0; i < v->n; i++)
		wire_unref(v->v[i].wire);
}

/* XEP-0463 5.2.2: of a change in the lists that they may read all hear who asked for it. */
static void
tell_step(struct plan *p, struct views *v, const struct step *step, const struct session *to)
{
	unsigned lists = step != NULL ? session_lists(to) : 0;
	struct wire **w;

	if (lists == 0)
		return;
	w = view_of(v, VIEW_STEP | lists);
	if (*w == NULL)
		*w = wire_affiliation(p, step->jid, step->affiliation, step, lists);
	tell(p, *w, to->addr);
}

static void
tell_view(struct plan *p, struct views *v, const struct presence *pr, const struct session *to)
{
	struct occupant *o = to->occupant;
	bool self = o == pr->occupant, with_jid = sees_jid(p->room, o, pr->occupant);
	unsigned lists = lists_told(pr, to, self);
	struct wire **w;

	if (!pr->hides && !sees_presence(p->room, o, pr->occupant)) {
		tell_step(p, v, pr->step, to);
		return;
	}
	w = view_of(v, (self ? VIEW_SELF : 0) | (with_jid ? VIEW_JID : 0) | lists);
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
	struct occupant *o;
	struct session *s;
	struct views v; /* large: only what is in use of it is set */

	v.n = 0;
	v.others = v.self = false;
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

size_t
tell_roster(struct plan *p, const struct session *to)
{
	struct occupant *o;
	struct wire *w;
	size_t nbytes = 0;

	TAILQ_FOREACH (o, &p->room->occupants, entry) {
		if (o == to->occupant || !sees_presence(p->room, to->occupant, o))
			continue;
		w = seen_wire(p, o, sees_jid(p->room, to->occupant, o));
		tell(p, w, to->addr);
		nbytes += w->len;
		wire_unref(w);
	}
	note_entered(p, to, false, false);
	return nbytes;
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
				note_entered(p, s, false, false);
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
