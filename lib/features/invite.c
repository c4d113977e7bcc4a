/* SPDX-License-Identifier: ISC */
/*
 * invite.c - invitations that the room passes on, and what becomes of them
 *
 * XEP-0045 7.8.2 (invite, decline), 7.9 (continue), 9.5 (members-only rooms); XEP-0249 for the form of
 * the second payload. What somebody outside says to the room is passed on only where an invitation
 * stands behind it, and only its reason.
 */
#include "feature.h"

/* -- inviting -- */

/*
 * 5.1.1: occupants of any role. 9.5: into a members-only room those who may edit the list of members,
 * and, where it is configured so, members. Admins and owners edit it from outside, too.
 */
static enum deny
may_send(const struct plan *p)
{
	const struct config *c = &p->room->config;
	enum affiliation have = p->ev->affiliation;

	if (have == AFF_OUTCAST)
		return BANNED;
	if (have >= AFF_ADMIN)
		return OK;
	if (p->ev->session == NULL)
		return NOT_OCCUPANT;
	return !c->membersonly || (c->allowinvites && have >= AFF_MEMBER) ? OK : FORBIDDEN;
}

static const char *
reason_of(const struct xml *x)
{
	const char *reason = xml_child_text(x, NS_MUC_USER, "reason");

	return reason != NULL && *reason != '\0' ? reason : NULL;
}

/* What is passed on besides the reason needs no language. */
static const char *
lang_of(const struct xml *x)
{
	const struct xml *reason = xml_child(x, NS_MUC_USER, "reason");

	return xml_lang(reason != NULL ? reason : x);
}

static const char *
thread_of(const struct xml *x)
{
	return xml_get(xml_child(x, NS_MUC_USER, "continue"), "thread");
}

static size_t
length(const char *s)
{
	return s != NULL ? strlen(s) : 0;
}

static bool
fits(const struct plan *p, const struct xml *x)
{
	return length(reason_of(x)) + length(thread_of(x)) <= (size_t)p->s->limits.reason_bytes;
}

static enum deny
plan_one(struct plan *p, const struct xml *x)
{
	struct jid *j = arena_alloc(p->s->arena, sizeof(*j));
	const char *to = xml_get(x, "to");
	struct affil member = { .affiliation = AFF_MEMBER };
	struct change *c;

	if (to == NULL)
		return BAD_REQUEST;
	if (!jid_prep(p->s->arena, to, j) || j->node == NULL)
		return BAD_INVITEE;
	/* Rooms of ours are nobody, and nothing of ours talks to us. */
	if (service_domain(p->s, j->domain) >= 0)
		return ITEM_NOT_FOUND;
	if (!fits(p, x))
		return POLICY_VIOLATION;
	/* Nobody is invited twice by one message. */
	if (!plan_names(p, "jid/", j->bare))
		return OK;
	/* 9.5: never in an open room. */
	if (p->room->config.membersonly && plan_affiliation(p, j->bare) == AFF_NONE) {
		member.jid = j->bare;
		c = plan_grant(p, &member);
		if (c != NULL)
			c->invited = true;
	}
	c = plan_add(p, CH_INVITE);
	c->to = j;
	c->x = x;
	return OK;
}

static enum deny
plan_invites(struct plan *p, const struct xml *x)
{
	enum deny deny = may_send(p);
	int64_t n = 0;

	for (; x != NULL && deny == OK; x = xml_next(x, NS_MUC_USER, "invite"))
		deny = ++n > p->s->limits.invites_per_message ? POLICY_VIOLATION : plan_one(p, x);
	if (deny != OK)
		return deny;
	if (!sender_has(p->s, &p->ev->from, ALLOWANCE_INVITE, n))
		return TOO_FAST;
	return plan_standings(p);
}

static enum deny
may_invite(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r;
	if (plan_affiliation(p, c->to->bare) == AFF_OUTCAST)
		return INVITEE_BANNED;
	return user_has(p->s, c->to->bare, ALLOWANCE_INVITED, 1) ? OK : INVITED_ENOUGH;
}

/* The nick's address of whoever sends this, by this session or another one; NULL: they are not in. */
static const char *
address_in_room(const struct plan *p)
{
	const struct occupant *o;

	if (p->ev->session != NULL)
		return arena_cat(
		    p->s->arena, p->room->jid, "/", p->ev->session->occupant->nick, NULL);
	TAILQ_FOREACH (o, &p->room->occupants, entry)
		if (strcmp(o->bare, p->ev->from.bare) == 0)
			return arena_cat(p->s->arena, p->room->jid, "/", o->nick, NULL);
	return NULL;
}

/*
 * 7.8.2: the bare JID or the occupant JID of the inviter. The first is for invitees who will see it in
 * the room, where all see addresses or as admins; and somebody who is not in the room has no other.
 */
static const char *
shown_to(const struct plan *p, const char *invitee)
{
	const char *bare = p->ev->from.bare, *here;

	if (p->room->config.whois == WHOIS_ANYONE || plan_affiliation(p, invitee) >= AFF_ADMIN)
		return bare;
	here = address_in_room(p);
	return here != NULL ? here : bare;
}

/*
 * Who made somebody a member has not written to them: where members do not see addresses they are not told one by
 * that. Administrators of the service act for the service, wherever they are.
 */
static const char *
shown_by_grant(const struct plan *p)
{
	const struct room *r = p->room;
	const char *bare = p->ev->from.bare, *here;

	if (affiliation_of(r, bare) < AFF_ADMIN)
		return r->jid;
	if (r->config.whois == WHOIS_ANYONE)
		return bare;
	here = address_in_room(p);
	return here != NULL ? here : r->jid;
}

/* What the invitation says. */
struct letter {
	const char *reason; /* or NULL */
	const char *lang;   /* of the reason, or NULL */
	bool continues;	    /* 7.9 */
	const char *thread; /* or NULL */
};

static void
add_muc_user(struct plan *p, struct xml *stanza, const struct letter *l, const char *from,
    const char *secret)
{
	struct arena *a = p->s->arena;
	struct xml *x = xml_add(a, stanza, NS_MUC_USER, "x");
	struct xml *invite = xml_add(a, x, NS_MUC_USER, "invite");

	xml_set(a, invite, "from", from);
	if (l->reason != NULL)
		xml_add_text(a, invite, NS_MUC_USER, "reason", l->reason);
	if (l->continues)
		xml_set(a, xml_add(a, invite, NS_MUC_USER, "continue"), "thread", l->thread);
	if (secret != NULL)
		xml_add_text(a, x, NS_MUC_USER, "password", secret);
}

/* XEP-0249 2: the same for who knows only the older payload (7.8.2, implementation note). */
static void
add_conference(struct plan *p, struct xml *stanza, const struct letter *l, const char *secret)
{
	struct arena *a = p->s->arena;
	struct xml *x = xml_add(a, stanza, NS_CONFERENCE, "x");

	xml_set(a, x, "jid", p->room->jid);
	xml_set(a, x, "password", secret);
	xml_set(a, x, "reason", l->reason);
	xml_set(a, x, "continue", l->continues ? "true" : NULL);
	xml_set(a, x, "thread", l->thread);
}

/* Example 57. The invitation is remembered for what comes of it; `shown` is who invites. */
static void
invite(
    struct plan *p, const struct jid *to, const char *shown, const char *id, const struct letter *l)
{
	const struct config *c = &p->room->config;
	const char *secret = c->passwordprotectedroom ? c->roomsecret : NULL;
	struct invitation i = {
		.invitee = to->full,
		.inviter = p->ev->from.full,
		.shown = shown,
		.id = id != NULL ? id : fresh_id(p->s),
	};
	struct xml *x = stanza_new(p->s->arena, "message", p->room, NULL, NULL, i.id);

	if (secret != NULL)
		arena_wipe(p->s->arena);
	xml_set_lang(p->s->arena, x, l->lang);
	add_muc_user(p, x, l, i.shown, secret);
	add_conference(p, x, l, secret);
	tell_jid(p, x, to->full);
	invitation_set(p->room, &i);
	sender_spend(p->s, &p->ev->from, ALLOWANCE_INVITE);
	user_spend(p->s, to->bare, ALLOWANCE_INVITED);
}

static void
on_invite(struct plan *p, const struct change *c)
{
	const struct letter l = {
		.reason = reason_of(c->x),
		.lang = lang_of(c->x),
		.continues = xml_child(c->x, NS_MUC_USER, "continue") != NULL,
		.thread = thread_of(c->x),
	};

	invite(p, c->to, shown_to(p, c->to->bare), p->ev->id, &l);
}

/*
 * 9.5, example 134: who becomes a member of a members-only room hears of it by an invitation, as far as
 * invitations go. Whoever did it themselves knows.
 */
static void
on_affiliation(struct plan *p, const struct change *c)
{
	const struct room *r = p->room;
	const struct letter l = {
		.reason = c->affil.reason,
		.lang = xml_lang(p->ev->x),
	};
	struct jid j;

	if (!r->config.membersonly || r->locked || c->invited || c->here)
		return;
	if (c->before != AFF_NONE || c->affil.affiliation != AFF_MEMBER)
		return;
	if (!jid_split(p->s->arena, c->affil.jid, &j) || j.node == NULL ||
	    service_domain(p->s, j.domain) >= 0 || strcmp(j.bare, p->ev->from.bare) == 0)
		return;
	if (sender_has(p->s, &p->ev->from, ALLOWANCE_INVITE, 1) &&
	    user_has(p->s, j.bare, ALLOWANCE_INVITED, 1))
		invite(p, &j, shown_by_grant(p), NULL, &l);
}

/* -- declining -- */

/* Which invitation is meant: that from the inviter with an address, or with an id. */
struct search {
	struct arena *arena;
	const char *room;
	const struct jid *inviter; /* or NULL */
	const char *id;		   /* or NULL */
	struct invitation *found;
};

static bool
is_from(const struct search *s, const struct invitation *i)
{
	struct jid j;

	if (strcmp(s->inviter->bare, s->room) == 0)
		return strcmp(s->inviter->full, i->shown) == 0;
	return jid_split(s->arena, i->inviter, &j) && strcmp(s->inviter->bare, j.bare) == 0;
}

static int
suits(void *arg, const struct invitation *i)
{
	struct search *s = arg;

	if (s->inviter != NULL ? !is_from(s, i) : strcmp(s->id, i->id) != 0)
		return 0;
	s->found = arena_alloc(s->arena, sizeof(*s->found));
	*s->found = *i;
	return 1;
}

/* Plans that the inviter is told the message, and that the invitation is over. */
static void
plan_end(struct plan *p, const struct invitation *i, const struct xml *x)
{
	struct change *c = plan_add(p, CH_UNINVITE);

	c->invitation = i;
	c->x = x;
}

/*
 * Whoever was not invited, or by somebody else, is not answered: the room neither speaks for strangers
 * nor tells them whose address they have guessed.
 */
static enum deny
plan_decline(struct plan *p, const struct xml *decline)
{
	const struct ev *ev = p->ev;
	struct arena *a = p->s->arena;
	const char *to = xml_get(decline, "to");
	struct jid inviter;
	struct search s = { .arena = a, .room = p->room->jid, .inviter = &inviter };
	struct xml *x, *answer;

	if (to == NULL)
		return BAD_REQUEST;
	if (!jid_prep(a, to, &inviter))
		return JID_MALFORMED;
	if (!fits(p, decline))
		return POLICY_VIOLATION;
	if (ev->affiliation == AFF_OUTCAST ||
	    invitation_each(p->room, ev->from.bare, suits, &s) == 0)
		return IGNORE;
	x = stanza_new(a, "message", p->room, NULL, NULL, ev->id != NULL ? ev->id : fresh_id(p->s));
	xml_set_lang(a, x, lang_of(decline));
	answer = xml_add(a, xml_add(a, x, NS_MUC_USER, "x"), NS_MUC_USER, "decline");
	xml_set(a, answer, "from", s.found->invitee);
	if (reason_of(decline) != NULL)
		xml_add_text(a, answer, NS_MUC_USER, "reason", reason_of(decline));
	plan_end(p, s.found, x);
	return OK;
}

/* 7.8.2: an invitee who does not exist; what came back says nothing about a session in the room. */
static enum deny
plan_bounce(struct plan *p)
{
	const struct ev *ev = p->ev;
	struct arena *a = p->s->arena;
	struct search s = { .arena = a, .id = ev->id };
	struct xml *x;

	if (p->room == NULL || ev->id == NULL ||
	    invitation_each(p->room, ev->from.bare, suits, &s) == 0)
		return PASS;
	x = stanza_new(a, "message", p->room, NULL, "error", ev->id);
	xml_set(a, xml_add(a, xml_add(a, x, NS_MUC_USER, "x"), NS_MUC_USER, "invite"), "to",
	    s.found->invitee);
	error_relay(a, x, xml_child(ev->stanza, NS_STANZA, "error"));
	plan_end(p, s.found, x);
	return OK;
}

/* Example 59: to the session that invited if it is still there, else to whichever the user has. */
static void
on_uninvite(struct plan *p, const struct change *c)
{
	const struct invitation *i = c->invitation;
	struct jid inviter;

	invitation_del(p->room, i);
	if (jid_split(p->s->arena, i->inviter, &inviter))
		tell_jid(p, c->x,
		    room_session(p->room, inviter.full) != NULL ? inviter.full : inviter.bare);
}

/* The one <x/> that says something. False: there are several, of which not all would be done. */
static bool
find_letter(const struct plan *p, const struct xml **found)
{
	*found = NULL;
	for (const struct xml *x = p->ev->x; x != NULL; x = xml_next(x, NS_MUC_USER, "x")) {
		if (xml_child(x, NS_MUC_USER, "invite") == NULL &&
		    xml_child(x, NS_MUC_USER, "decline") == NULL)
			continue;
		if (*found != NULL)
			return false;
		*found = x;
	}
	return true;
}

static enum deny
plan_message(struct plan *p)
{
	const struct xml *letter, *x, *decline;

	if (!find_letter(p, &letter))
		return BAD_REQUEST;
	x = xml_child(letter, NS_MUC_USER, "invite");
	decline = xml_child(letter, NS_MUC_USER, "decline");
	if (decline == NULL)
		return x != NULL ? plan_invites(p, x) : PASS;
	if (x != NULL || xml_next(decline, NS_MUC_USER, "decline") != NULL)
		return BAD_REQUEST;
	return plan_decline(p, decline);
}

static const struct route routes[] = {
	{ KIND_MESSAGE, TO_ROOM, TYPE_NORMAL, NS_MUC_USER, "x", NEED_ROOM, plan_message, NULL },
	{ KIND_MESSAGE, TO_ROOM, TYPE_ERROR, NULL, NULL, 0, plan_bounce, NULL },
	{ 0 },
};

const struct feature feature_invite = {
	.name = "invite",
	.routes = routes,
	.may = { [CH_INVITE] = may_invite },
	.on = {
		[CH_INVITE] = on_invite,
		[CH_UNINVITE] = on_uninvite,
		[CH_AFFILIATION] = on_affiliation,
	},
};
