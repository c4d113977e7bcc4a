/* SPDX-License-Identifier: ISC */
/*
 * presence.c - availability, and presence of those who are not in
 *
 * XEP-0045 7.7 (updates), 7.6 (to another nick), 7.2.18 (no <x/>, and not in: told so).
 */
#include "charge.h"
#include "feature.h"

struct change *
plan_presence(struct plan *p, struct session *s, const char *nick, bool renicked)
{
	struct change *presence = plan_add(p, CH_PRESENCE), *c;

	presence->session = s;
	presence->text = clean_payload(p->s, p->room->jid, p->ev->stanza,
	    (size_t)p->s->limits.presence_bytes, &presence->text_len);
	if (strcmp(nick, s->occupant->nick) == 0)
		return presence;
	/* The new presence comes with the new nick; under the old one it is not told. */
	presence->unsaid = true;
	c = plan_add(p, CH_RENAME);
	c->session = s;
	c->nick = nick;
	c->renicked = renicked;
	c->was_seen = session_is_seen(s);
	return presence;
}

enum deny
presence_fits(const struct plan *p)
{
	const struct change *c;

	TAILQ_FOREACH (c, &p->changes, entry)
		if ((c->kind == CH_ENTER || c->kind == CH_PRESENCE) && c->text == NULL)
			return POLICY_VIOLATION;
	return OK;
}

/*
 * A client leaves when its presence comes back as an error. So who is in and sends too many is not
 * refused (14.6): the last one holds, and others are told of it when the sender may send again.
 */
#define LATE_MS 1000

enum deny
plan_late(struct plan *p)
{
	const struct ev *ev = p->ev;

	if (xml_child(ev->stanza, NS_MUC, "x") != NULL ||
	    strcmp(ev->to.resource, ev->session->occupant->nick) != 0)
		return TOO_FAST;
	plan_presence(p, ev->session, ev->session->occupant->nick, false)->late = true;
	return presence_fits(p);
}

/* What was not told at once; whatever of it is shown now. */
static void
tell_late(struct service *s, struct session *x, const struct jid *by)
{
	struct occupant *o = x->occupant;
	struct presence pr = { .occupant = o, .role = o->role };
	struct plan p;

	session_told(x);
	session_save(x);
	plan_init(&p, s, NULL, o->room);
	tell_presence_all(&p, &pr, TELL_EVERYBODY, NULL);
	charge_run(&p, by);
	plan_release(&p);
}

/*
 * When the sender, *by, may send again, and the room may tell some: of that these have the last part. The bytes of
 * the presence itself are not asked for: there may never be as many as a long one has.
 */
static bool
may_tell_late(struct service *s, const struct session *x, struct jid *by)
{
	struct room *r = x->occupant->room;
	const struct out *o = &s->out[r->domain_no];

	if (!o->up || !rate_has(s, SCOPE_ROOM, RATE_PRESENCE, &r->rates, 1, 1, 0) ||
	    !jid_split(s->arena, x->jid, by) || charge(s, by, o->domain, 0) != OK)
		return false;
	rate_take(s, SCOPE_ROOM, RATE_PRESENCE, &r->rates, 1, 1, 0);
	return true;
}

static int64_t
deadline(const struct service *s)
{
	return TAILQ_EMPTY(&s->late) ? INT64_MAX : s->late_ms;
}

/* They are told in turn: who is late again waits behind all others. A turn that ends goes on in the next one. */
static void
tick(struct service *s)
{
	struct session *x, *next;
	struct jid by;

	if (s->now.mono_ms < deadline(s))
		return;
	s->late_ms = s->now.mono_ms + LATE_MS;
	TAILQ_FOREACH_SAFE (x, &s->late, late, next) {
		if (s->turn_pairs >= TURN_PAIRS || s->turn_bytes >= TURN_BYTES) {
			s->late_ms = s->now.mono_ms;
			return;
		}
		if (may_tell_late(s, x, &by))
			tell_late(s, x, &by);
	}
}

/*
 * Others are told when what they see has changed. With `silent` (the session is told all of it anew
 * anyway) an unchanged presence is no news: 17.3.
 */
static void
on_presence(struct plan *p, const struct change *c)
{
	struct session *s = c->session;
	struct occupant *o = s->occupant;
	const bool was_seen = session_is_seen(s);
	struct presence pr = { .occupant = o, .role = o->role };
	bool same = s->payload_len == c->text_len && memcmp(s->payload, c->text, c->text_len) == 0;

	if (c->silent && !c->unsaid && same && !s->is_late)
		return;
	session_presence(s, p->ev->stanza, c->text, c->text_len);
	if (c->late) {
		session_late(s, p->s->now.mono_ms + LATE_MS);
		session_save(s);
		return;
	}
	session_told(s);
	session_save(s);
	if (c->unsaid || (!was_seen && occupant_shown(o) != s))
		return;
	tell_presence_all(p, &pr, TELL_EVERYBODY, s);
	pr.id = p->ev->id;
	if (!c->silent)
		tell_presence(p, &pr, s, true);
}

/* 7.2.18, example 43: whoever believes to be in and is not, is told in so many codes. */
static void
reply_not_in(struct plan *p)
{
	const struct ev *ev = p->ev;
	struct arena *a = p->s->arena;
	static const unsigned codes[8] = { STATUS_SELF, STATUS_KICKED, STATUS_TECHNICAL };
	struct xml *x = xml_new(a, NS_STANZA, "presence"), *user, *item;

	xml_set(a, x, "from", ev->to.full);
	xml_set(a, x, "type", "unavailable");
	xml_set(a, x, "id", ev->id);
	xml_set_lang(a, x, lang_tag(plan_lang(p)));
	user = xml_add(a, x, NS_MUC_USER, "x");
	item = xml_add(a, user, NS_MUC_USER, "item");
	xml_set(a, item, "affiliation", affiliation_name(ev->affiliation));
	xml_set(a, item, "role", role_name(ROLE_NONE));
	xml_add_text(a, item, NS_MUC_USER, "reason", say(p, "You are not in this room"));
	codes_write(a, user, codes);
	/* A room that does not exist for the sender has no name for them, either. */
	if (p->room != NULL && (!p->room->locked || ev->affiliation == AFF_OWNER))
		occupant_id_add(a, x, occupant_id(a, p->room, ev->from.bare));
	p->reply = x;
}

static enum deny
plan_update(struct plan *p)
{
	const struct ev *ev = p->ev;
	struct change *c;
	const char *nick;

	if (ev->session == NULL) {
		reply_not_in(p);
		return OK;
	}
	nick = nick_asked(p);
	if (nick == NULL)
		return BAD_NICK;
	c = plan_presence(p, ev->session, nick, strcmp(nick, ev->to.resource) != 0);
	c->late = !c->unsaid && !rates_presence(p);
	return presence_fits(p);
}

static const struct route routes[] = {
	{ KIND_PRESENCE, TO_NICK, TYPE_AVAILABLE, NULL, NULL, 0, plan_update, NULL },
	{ 0 },
};

const struct feature feature_presence = {
	.name = "presence",
	.routes = routes,
	.on = { [CH_PRESENCE] = on_presence },
	.deadline = deadline,
	.tick = tick,
};
