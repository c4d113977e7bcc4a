/* SPDX-License-Identifier: ISC */
/*
 * dispatch.c - (kind, address, type, namespace) -> handler
 *
 * A stanza goes through four steps: its sender is charged, a handler plans, every feature may refuse,
 * the changes are made. Before the last refusal nothing is changed, queued or put.
 */
#include "dispatch.h"
#include "charge.h"
#include "room/console.h"
#include "room/fence.h"

#include <string.h>

/* Waiting output for a domain whose link is down, beyond which its stanzas are dropped. */
#define DOWN_BYTES (16u << 20)

/* The longest id that is handled. */
#define ID_BYTES 1024

static void
count_refusal(struct service *s, const char *condition)
{
	for (unsigned i = 0; muc_condition(i) != NULL; i++)
		if (strcmp(muc_condition(i), condition) == 0)
			s->stats.refused[i]++;
}

struct type_name {
	unsigned kind;
	const char *name; /* NULL: no type attribute */
	enum type type;
};

static const struct type_name type_names[] = {
	{ KIND_IQ, "get", TYPE_GET },
	{ KIND_IQ, "set", TYPE_SET },
	{ KIND_IQ, "result", TYPE_RESULT },
	{ KIND_IQ | KIND_MESSAGE | KIND_PRESENCE, "error", TYPE_ERROR },
	{ KIND_MESSAGE, NULL, TYPE_NORMAL },
	{ KIND_MESSAGE, "normal", TYPE_NORMAL },
	{ KIND_MESSAGE, "chat", TYPE_CHAT },
	{ KIND_MESSAGE, "groupchat", TYPE_GROUPCHAT },
	{ KIND_MESSAGE, "headline", TYPE_HEADLINE },
	{ KIND_PRESENCE, NULL, TYPE_AVAILABLE },
	{ KIND_PRESENCE, "unavailable", TYPE_UNAVAILABLE },
	{ KIND_PRESENCE, "probe", TYPE_OTHER },
	{ KIND_PRESENCE, "subscribe", TYPE_OTHER },
	{ KIND_PRESENCE, "subscribed", TYPE_OTHER },
	{ KIND_PRESENCE, "unsubscribe", TYPE_OTHER },
	{ KIND_PRESENCE, "unsubscribed", TYPE_OTHER },
};

/* False: no type that RFC 6120 or 6121 knows. An odd message counts as normal: RFC 6121 5.2.2. */
static bool
read_type(struct ev *ev, const char *name)
{
	for (size_t i = 0; i < sizeof(type_names) / sizeof(type_names[0]); i++) {
		const struct type_name *t = &type_names[i];

		if ((t->kind & ev->kind) == 0 || (t->name == NULL) != (name == NULL))
			continue;
		if (name == NULL || strcmp(name, t->name) == 0) {
			ev->type = t->type;
			return true;
		}
	}
	ev->type = ev->kind == KIND_MESSAGE ? TYPE_NORMAL : TYPE_OTHER;
	return ev->kind == KIND_MESSAGE;
}

static enum kind
read_kind(struct service *s, const struct xml *x)
{
	if (xml_is(x, NS_STANZA, "message")) {
		s->stats.in_message++;
		return KIND_MESSAGE;
	}
	if (xml_is(x, NS_STANZA, "presence")) {
		s->stats.in_presence++;
		return KIND_PRESENCE;
	}
	if (xml_is(x, NS_STANZA, "iq")) {
		s->stats.in_iq++;
		return KIND_IQ;
	}
	s->stats.in_other++;
	return 0;
}

/* May it be answered at all? Never an error, never a result: RFC 6120 8.3.1. */
static bool
answerable(const struct ev *ev)
{
	if (ev->type == TYPE_ERROR || ev->type == TYPE_RESULT)
		return false;
	return ev->kind != KIND_PRESENCE || ev->type != TYPE_UNAVAILABLE;
}

/*
 * An id comes back with every answer; a huge one would make it larger than the server takes. Without
 * its id a request cannot be answered. False: so it is.
 */
static bool
check_id(struct ev *ev, enum deny *deny)
{
	if (ev->id == NULL || strlen(ev->id) <= ID_BYTES)
		return true;
	ev->id = NULL;
	if (answerable(ev))
		*deny = TOO_LARGE;
	return ev->kind != KIND_IQ;
}

/*
 * Who it is from. False when it is nobody to whom we listen on this way: who claims to be one of our own
 * domains (nothing of ours talks to us: loops end here), or at a console.
 */
static bool
read_from(struct service *s, const struct way *way, const struct xml *x, struct ev *ev)
{
	ev->console = way->console;
	if (ev->console != NULL)
		return jid_split(s->arena, ev->console->jid, &ev->from);
	if (!jid_split(s->arena, xml_get(x, "from"), &ev->from))
		return false;
	/* A sender that no profile knows is nobody else by that. */
	ev->is_unknown = !jid_prep_bare(s->arena, &ev->from);
	if (service_domain(s, ev->from.domain) >= 0)
		fence_foreign(s, x, ev->from.domain);
	return service_domain(s, ev->from.domain) < 0 && !console_domain(ev->from.domain);
}

/* Who sits at a console asks something of somebody, and does not say who they are. */
static bool
suits_console(struct service *s, const struct xml *x, struct ev *ev)
{
	return ev->kind == KIND_IQ && xml_get(x, "from") == NULL &&
	       jid_split(s->arena, xml_get(x, "to"), &ev->to);
}

/*
 * Who to whom, and what. False when it is nothing that can be handled or answered: no stanza, no
 * addresses, or from nobody to whom we listen.
 */
static bool
read_ev(
    struct service *s, const struct way *way, const struct xml *x, struct ev *ev, enum deny *deny)
{
	const char *to = xml_get(x, "to");
	int domain_no;

	memset(ev, 0, sizeof(*ev));
	*deny = OK;
	ev->stanza = x;
	ev->kind = read_kind(s, x);
	ev->id = xml_get(x, "id");
	ev->affiliation = AFF_NONE;
	if (ev->kind == 0 || !read_from(s, way, x, ev))
		return false;
	if (ev->console != NULL && !suits_console(s, x, ev)) {
		*deny = BAD_REQUEST;
		to = s->out[way->domain_no].domain;
	}
	if (!jid_split(s->arena, to, &ev->to))
		return false;
	if (!read_type(ev, xml_get(x, "type")))
		*deny = BAD_REQUEST;
	/* Nobody could name such a sender to keep them out. Whoever is in from before may go. */
	if (!jid_prep_bare(s->arena, &ev->to) || (ev->is_unknown && answerable(ev)))
		*deny = JID_MALFORMED;
	ev->address = ev->to.node == NULL	? TO_SERVICE
		      : ev->to.resource == NULL ? TO_ROOM
						: TO_NICK;
	domain_no = service_domain(s, ev->to.domain);
	if (domain_no < 0) {
		ev->domain_no = way->domain_no;
		*deny = ITEM_NOT_FOUND;
	} else
		ev->domain_no = (unsigned)domain_no;
	return check_id(ev, deny);
}

/* -- refusing -- */

/* Larger things do not come back with an error. */
#define ECHO_BYTES 8192

/* What is no error has none (RFC 6120 8.3.1); it would come back before the one that tells why. */
static bool
is_error(const struct xml *x)
{
	return xml_is(x, NS_STANZA, "error");
}

/*
 * What of the request comes back with the error: RFC 6120 8.3.1, examples 87, 135 and 204. What is too
 * big does not, but for the name of what an IQ asked. A presence's payload is of no use to anybody.
 */
static void
echo(struct arena *a, struct xml *error, const struct ev *ev)
{
	const struct xml *first = xml_child(ev->stanza, NULL, NULL), *x;
	struct buf b = BUF_INIT;

	if (ev->kind == KIND_PRESENCE) {
		if (xml_child(ev->stanza, NS_MUC, "x") != NULL)
			xml_add(a, error, NS_MUC, "x");
		return;
	}
	for (x = first; x != NULL; x = ev->kind == KIND_IQ ? NULL : xml_next(x, NULL, NULL))
		if (!is_error(x))
			xml_write_max(&b, x, ECHO_BYTES - b.len);
	if (b.len > 0)
		xml_raw_add(a, error, arena_strndup(a, b.p, b.len), b.len);
	else if (ev->kind == KIND_IQ && first != NULL && !is_error(first) &&
		 strlen(first->name) + strlen(first->ns) <= ECHO_BYTES)
		xml_add(a, error, first->ns, first->name);
	buf_release(&b);
}

/* Where to go instead of a room that is gone is the text of the condition: RFC 6120 8.3.3.5. */
static void
add_venue(struct service *s, const struct ev *ev, struct xml *condition)
{
	struct tombstone t;

	if (tombstone_get(s, &ev->to, &t) && t.venue != NULL)
		xml_text_add(s->arena, condition, jid_uri(s->arena, t.venue, "join"));
}

const char *
deny_detail(const struct plan *p, enum deny deny)
{
	if (deny != SLOW_MODE)
		return p->what;
	return arena_fmt(p->s->arena, "%u", (unsigned)p->room->config.slow_mode_duration);
}

static void
refuse(struct plan *p, enum deny deny)
{
	const struct ev *ev = p->ev;
	struct service *s = p->s;
	struct arena *a = s->arena;
	struct xml *x, *condition;
	const char *by = p->by != NULL ? p->by : ev->to.bare;

	if (deny == IGNORE || !answerable(ev))
		return;
	x = xml_new(a, NS_STANZA, ev->stanza->name);
	xml_set(a, x, "from", ev->to.full);
	xml_set(a, x, "type", "error");
	xml_set(a, x, "id", ev->id);
	/* Where there is no room for requests there is none for copies of them. */
	if (deny != RESOURCE_CONSTRAINT)
		echo(a, x, ev);
	condition = error_add(a, x, by, deny, plan_lang(p), deny_detail(p, deny));
	count_refusal(s, condition->name);
	if (deny == ROOM_GONE)
		add_venue(s, ev, condition);
	tell_jid(p, x, ev->from.full);
	out_take(s, ev->domain_no, &p->rest);
}

/* -- handling -- */

/* Is the present route for this stanza? Sets ev->x. */
static bool
route_suits(const struct route *r, struct ev *ev)
{
	if ((r->kind & ev->kind) == 0 || (r->address & ev->address) == 0 ||
	    (r->type & ev->type) == 0)
		return false;
	if (r->ns == NULL) {
		ev->x = ev->kind == KIND_IQ ? xml_child(ev->stanza, NULL, NULL) : NULL;
		return true;
	}
	ev->x = xml_child(ev->stanza, r->ns, r->name);
	return ev->x != NULL;
}

/* A locked room is there for its owners only, and for who is in it: XEP-0045 7.2.10, 17.2. */
static bool
room_hidden(const struct room *r, const struct ev *ev)
{
	return r == NULL ||
	       (r->locked && ev->session == NULL &&
		   !room_lets(&r->config, ev->affiliation, ROLE_NONE, MAY_ENTER_LOCKED));
}

static enum deny
check_needs(const struct route *r, const struct room *room, const struct ev *ev)
{
	if ((r->need & NEED_ROOM) != 0 && room_hidden(room, ev))
		return ITEM_NOT_FOUND;
	if ((r->need & NEED_OCCUPANT) != 0 && ev->session == NULL)
		return NOT_OCCUPANT;
	return OK;
}

/* An IQ request has an id and exactly one child: RFC 6120 8.2.3. */
static bool
sound_iq(const struct ev *ev)
{
	const struct xml *x = xml_child(ev->stanza, NULL, NULL);

	if (ev->kind != KIND_IQ || (ev->type & (TYPE_GET | TYPE_SET)) == 0)
		return true;
	return ev->id != NULL && x != NULL && xml_next(x, NULL, NULL) == NULL;
}

/* What is said to a stanza that no feature takes: to nicks there is nothing that none of them would. */
static enum deny
unrouted(const struct room *room, const struct ev *ev)
{
	if (answerable(ev) && ev->to.resource != NULL && ev->to.node == NULL)
		return JID_MALFORMED;
	if (ev->kind == KIND_PRESENCE && ev->type != TYPE_AVAILABLE)
		return IGNORE;
	if (ev->address == TO_SERVICE)
		return SERVICE_UNAVAILABLE;
	if (room_hidden(room, ev))
		return ITEM_NOT_FOUND;
	/* 17.2: improperly typed messages to the room may be rejected. */
	if (ev->kind == KIND_MESSAGE && ev->address == TO_ROOM)
		return BAD_REQUEST;
	return SERVICE_UNAVAILABLE;
}

/* Gives the stanza to the first handler that takes it; PASS: none does. */
static enum deny
run_routes(struct plan *p, struct ev *ev)
{
	enum deny deny;

	for (const struct feature *const *f = features; *f != NULL; f++)
		for (const struct route *r = (*f)->routes; r != NULL && r->kind != 0; r++) {
			if (!route_suits(r, ev))
				continue;
			p->judge = (*f)->name;
			deny = check_needs(r, p->room, ev);
			if (deny == OK)
				deny = r->plan(p);
			if (deny != PASS)
				return deny;
		}
	return PASS;
}

/* Serialises the reply: an answer that the server would not take is refused before anything is done. */
static enum deny
seal(struct plan *p)
{
	if (p->reply == NULL)
		return OK;
	p->reply_wire = wire_new(p->s, p->reply);
	/* Escaped, a byte of the address becomes six at the most. */
	if (p->reply_wire->len + 6 * strlen(p->ev->from.full) >
	    (size_t)p->s->limits.stanza_out_bytes)
		return RESOURCE_CONSTRAINT;
	return OK;
}

/* Whose nick it is, also when it is not written as it was prepared. */
static struct occupant *
named(const struct room *r, const char *resource)
{
	const struct service *s = r->service;
	struct occupant *o = room_nick(r, resource);
	const char *nick;

	if (o != NULL)
		return o;
	nick = jid_nick(s->arena, resource, (size_t)s->limits.nick_bytes, false);
	return nick != NULL ? room_nick(r, nick) : NULL;
}

/* Who goes on sending too much is not told so for ever, or errors would be what floods others. */
static enum deny
too_much(struct service *s, const struct ev *ev, enum deny why)
{
	return user_refuse(s, ev->from.bare) ? why : IGNORE;
}

/* Of too much nothing is done, and nothing looked up that is not at hand; presence of occupants waits. */
static enum deny
handle_late(struct plan *p, struct ev *ev, enum deny why)
{
	enum deny deny;

	if (ev->kind != KIND_PRESENCE || ev->type != TYPE_AVAILABLE || ev->address != TO_NICK)
		return too_much(p->s, ev, why);
	p->room = map_get(&p->s->rooms, ev->to.bare);
	if (p->room != NULL)
		ev->session = room_session(p->room, ev->from.full);
	if (ev->session == NULL)
		return too_much(p->s, ev, why);
	deny = plan_late(p);
	return deny == OK ? features_may(p) : too_much(p->s, ev, deny);
}

enum deny
plan_judged(struct plan *p, struct ev *ev)
{
	enum deny deny = run_routes(p, ev);

	if (deny == PASS)
		return unrouted(p->room, ev);
	if (deny == OK)
		deny = features_may(p);
	if (deny != OK || plan_pairs(p) <= PLAN_PAIRS)
		return deny;
	p->judge = NULL;
	return POLICY_VIOLATION;
}

/* What cannot be handled costs its sender as much: who is told why might ask without end. */
static enum deny
unsound(struct service *s, const struct ev *ev, size_t nbytes, enum deny why)
{
	enum deny deny = answerable(ev) ? charge(s, &ev->from, ev->to.domain, nbytes) : OK;

	return deny == OK ? why : too_much(s, ev, deny);
}

/*
 * What costs nothing wakes no room: nobody is in one that sleeps, to leave it or to answer. Only an invitation
 * may come back to it, and that has its price.
 */
static bool
wakes_none(struct service *s, const struct ev *ev, size_t nbytes)
{
	if (answerable(ev) || map_get(&s->rooms, ev->to.bare) != NULL)
		return false;
	return ev->kind != KIND_MESSAGE || charge(s, &ev->from, ev->to.domain, nbytes) != OK;
}

/* Where it is to: the room, and who the sender and the other one are in it. */
static void
find_place(struct plan *p, struct ev *ev)
{
	p->room = room_open(p->s, &ev->to);
	if (p->room == NULL)
		return;
	ev->affiliation = affiliation_of(p->room, ev->from.bare);
	ev->session = room_session(p->room, ev->from.full);
	if (ev->address == TO_NICK)
		ev->target = named(p->room, ev->to.resource);
}

static enum deny
handle(struct plan *p, struct ev *ev, size_t nbytes)
{
	/* Leaving and errors are free: refusing them would keep people in against their will. */
	enum deny deny = answerable(ev) ? charge(p->s, &ev->from, ev->to.domain, nbytes) : OK;

	if (deny != OK)
		return handle_late(p, ev, deny);
	if (!sound_iq(ev))
		return BAD_REQUEST;
	if (ev->address != TO_SERVICE) {
		if (wakes_none(p->s, ev, nbytes))
			return IGNORE;
		find_place(p, ev);
	}
	/* An answer proves that somebody is online, not that they know they are in. */
	if (ev->session != NULL && (ev->type & (TYPE_ERROR | TYPE_RESULT)) == 0)
		features_heard(p->s, ev->session);
	if (ev->kind == KIND_IQ && answerable(ev) && p->room != NULL && !rates_query(p))
		return too_much(p->s, ev, ROOM_BUSY);
	deny = plan_judged(p, ev);
	return deny == OK ? seal(p) : deny;
}

/* Is there no link, and too much that waits for one already? */
static bool
drops(struct service *s, const struct ev *ev)
{
	const struct out *o = &s->out[ev->domain_no];

	if (ev->console != NULL || o->up || o->bytes <= DOWN_BYTES)
		return false;
	s->stats.in_refused++;
	return true;
}

/* The last step: the changes are made, or the sender is told why not. */
static void
conclude(struct plan *p, enum deny deny)
{
	if (deny == OK) {
		charge_reply(p);
		charge_run(p, &p->ev->from);
	} else
		refuse(p, deny);
	/* A wrong one is paid for, or others could be tried for ever. */
	if (deny == WRONG_PASSWORD) {
		sender_spend(p->s, &p->ev->from, ALLOWANCE_GUESS);
		rates_did(p, RATE_GUESS);
	}
	charge_walk(p);
	plan_release(p);
}

/*
 * What is refused whatever it says (`why` is not OK) costs its sender as much as what is not. What is never
 * answered is taken by its head instead, which is sound: who leaves has left, whatever the stanza holds.
 */
static enum deny
judge(struct plan *p, struct ev *ev, size_t nbytes, enum deny read, enum deny why)
{
	if (why == OK)
		return read == OK ? handle(p, ev, nbytes) : unsound(p->s, ev, nbytes, read);
	if (answerable(ev))
		return unsound(p->s, ev, nbytes, why);
	return read == OK && why != RESOURCE_CONSTRAINT ? handle(p, ev, nbytes) : why;
}

void
dispatch_refuse(
    struct service *s, const struct way *way, const struct xml *x, size_t nbytes, enum deny why)
{
	struct plan p;
	struct ev ev;
	enum deny read;

	s->stats.in_bytes += nbytes;
	if (!read_ev(s, way, x, &ev, &read) || drops(s, &ev))
		return;
	plan_init(&p, s, &ev, NULL);
	s->walked = 0;
	ev.cut = why != OK;
	conclude(&p, judge(&p, &ev, nbytes, read, why));
}

void
dispatch(struct service *s, const struct way *way, const struct xml *x, size_t nbytes)
{
	dispatch_refuse(s, way, x, nbytes, OK);
}
