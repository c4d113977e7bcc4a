/* SPDX-License-Identifier: ISC */
/*
 * register.c - registering with a room: membership and a nick of one's own
 *
 * XEP-0045 7.10 (registering), 7.12 (which nick is mine), 9.9 (approval), 16.5.1; XEP-0077 3.1, 3.2.
 */
#include "feature.h"

#define FORM_TYPE "http://jabber.org/protocol/muc#register"
#define NICK	  "muc#register_roomnick"
#define ALLOW	  "muc#register_allow"
/* Not of the registry: an admin has to know who it is, and we which request is meant. */
#define WHO "x-muc#register_jid"
#define ID  "x-muc#register_id"

/* What else is asked, by index of struct request.text; 16.5.1. */
static const struct {
	const char *type, *var, *label;
} asked[REQUEST_TEXTS] = {
	{ "text-single", "muc#register_first", SAID("Given Name") },
	{ "text-single", "muc#register_last", SAID("Family Name") },
	{ "text-single", "muc#register_url", SAID("A Web Page") },
	{ "text-single", "muc#register_email", SAID("Email Address") },
	{ "text-multi", "muc#register_faqentry", SAID("FAQ Entry") },
};

/* Does it take an admin's word? As a rule, where members may what others may not. */
static bool
needs_approval(const struct room *r, enum affiliation have)
{
	const struct config *c = &r->config;

	if (have >= AFF_MEMBER || c->registrationapproval == APPROVAL_NEVER)
		return false;
	return c->registrationapproval == APPROVAL_ALWAYS || c->membersonly || c->moderatedroom;
}

/* Who may register at all. A domain may not: all of its users would be members. */
static enum deny
may_register(const struct plan *p)
{
	if (p->ev->affiliation == AFF_OUTCAST)
		return BANNED;
	return p->room->config.registration && p->ev->from.node != NULL ? OK : NO_REGISTRATION;
}

/* What the sender has of its own; its nick, or NULL. */
static const char *
own_nick(const struct plan *p, struct affil *f)
{
	if (!affiliation_stored(p->room, p->ev->from.bare, f))
		f->affiliation = AFF_NONE;
	return f->affiliation > AFF_NONE ? f->nick : NULL;
}

/* Is there no room for the sender? What passes on is refused by others. */
static bool
no_room(const struct plan *p)
{
	return p->room == NULL || (p->room->locked && p->ev->affiliation != AFF_OWNER);
}

/* -- get: 7.10, examples 66 to 70 -- */

/* The values of a text-multi are lines. */
static void
add_text(struct arena *a, struct xml *form, enum lang l, int i, const char *text)
{
	struct xml *x =
	    form_add_field(a, form, asked[i].type, asked[i].var, text_in(l, asked[i].label), NULL);
	size_t n;

	if (strcmp(asked[i].type, "text-multi") != 0) {
		if (text != NULL)
			form_add_value(a, x, text);
		return;
	}
	for (; text != NULL && *text != '\0'; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		form_add_value(a, x, arena_strndup(a, text, n));
	}
}

static enum deny
plan_get(struct plan *p)
{
	const struct ev *ev = p->ev;
	struct arena *a = p->s->arena;
	struct xml *query, *form, *field;
	struct request q = { .nick = NULL };
	struct affil f;
	const char *nick = own_nick(p, &f);
	enum deny deny = may_register(p);

	if (nick == NULL && deny != OK)
		return deny;
	query = xml_add(a, result_said(p), NS_REGISTER, "query");
	if (nick != NULL) {
		xml_add(a, query, NS_REGISTER, "registered");
		xml_add_text(a, query, NS_REGISTER, "username", nick);
		return OK;
	}
	if (!request_stored(p->room, ev->from.bare, &q) && ev->session != NULL)
		q.nick = ev->session->occupant->nick;
	xml_add_text(a, query, NS_REGISTER, "instructions",
	    q.id != NULL ? say(p, "Your request waits for an admin's approval")
			 : say(p, "Fill in the form to register with this room"));
	form = form_add_titled(
	    a, query, "form", say_of(p, "Registration with %s", p->room->jid), NULL, FORM_TYPE);
	field = form_add_field(a, form, "text-single", NICK, say(p, "Desired Nickname"), q.nick);
	xml_add(a, field, NS_DATA, "required");
	/* What nobody would read is not asked. */
	for (int i = 0; needs_approval(p->room, ev->affiliation) && i < REQUEST_TEXTS; i++)
		add_text(a, form, plan_lang(p), i, q.text[i]);
	return OK;
}

/* -- set: 7.10, examples 71 to 76 -- */

/*
 * Takes what a form says besides the nick: the values of a field as lines, NULL for nothing. False when
 * all of it together is more than max bytes.
 */
static bool
read_texts(struct arena *a, struct request *q, const struct xml *form, size_t max)
{
	const struct xml *field, *v;
	struct buf b = BUF_INIT;
	size_t from;

	for (int i = 0; i < REQUEST_TEXTS && b.len <= max; i++) {
		field = form_field(form, asked[i].var);
		from = b.len;
		for (v = NULL; b.len <= max && (v = form_next_value(field, v)) != NULL;) {
			if (b.len > from)
				buf_addc(&b, '\n');
			buf_add(&b, xml_text(v), strlen(xml_text(v)));
		}
		if (b.len > from)
			q->text[i] = arena_strndup(a, b.p + from, b.len - from);
	}
	from = b.len;
	buf_release(&b);
	return from <= max;
}

/* The nick that a form asks for. */
static enum deny
read_nick(const struct plan *p, const struct xml *form, const char **nick)
{
	static const char *const nicks[] = { NICK, NULL };
	const char *given = form_value(form_field(form, NICK));

	/* XEP-0077 3.1: what is required is missing; XEP-0004 3.2: or which one is unclear. */
	if (given == NULL || *given == '\0' || !form_is_clear(form, nicks))
		return NOT_ACCEPTABLE;
	*nick = jid_nick(p->s->arena, given, (size_t)p->s->limits.nick_bytes, false);
	return *nick != NULL ? OK : BAD_NICK;
}

static int
count_one(void *arg, const struct request *q)
{
	(void)q;
	++*(int64_t *)arg;
	return 0;
}

/* It waits, instead of an earlier one of the same sender. */
static enum deny
plan_request(struct plan *p, const struct xml *form, const char *nick)
{
	struct arena *a = p->s->arena;
	struct request *q = arena_alloc(a, sizeof(*q)), before;
	int64_t n = 0;

	if (service_full(p->s))
		return SERVICE_FULL;
	if (!request_stored(p->room, p->ev->from.bare, &before))
		request_each(p->room, count_one, &n);
	if (n >= p->s->limits.registrations_waiting)
		return RESOURCE_CONSTRAINT;
	q->jid = p->ev->from.bare;
	q->nick = nick;
	q->id = fresh_id(p->s);
	q->asked_ms = p->s->now.wall_ms;
	if (!read_texts(a, q, form, (size_t)p->s->limits.registration_bytes))
		return POLICY_VIOLATION;
	plan_add(p, CH_REQUEST)->request = q;
	return OK;
}

/* The sender is made this, by itself. */
static enum deny
plan_own(struct plan *p, enum affiliation affiliation, const char *nick)
{
	const struct affil f = {
		.affiliation = affiliation,
		.jid = p->ev->from.bare,
		.nick = nick,
	};
	struct change *c = plan_grant(p, &f);

	if (c != NULL)
		c->own = true;
	return plan_standings(p);
}

static enum deny
plan_register(struct plan *p, const struct xml *form)
{
	const struct ev *ev = p->ev;
	enum deny deny = may_register(p);
	const char *nick;
	struct affil f;

	if (deny != OK)
		return deny;
	if (!form_type_is(form, FORM_TYPE))
		return BAD_REQUEST;
	/* Also for what is refused: whose a nick is, is not found out by trying them all. */
	if (!sender_spend(p->s, &ev->from, ALLOWANCE_REGISTER))
		return TOO_FAST;
	if ((deny = read_nick(p, form, &nick)) != OK ||
	    (deny = nick_free(p, nick, ev->from.bare)) != OK)
		return deny;
	own_nick(p, &f);
	result_new(p);
	if (needs_approval(p->room, ev->affiliation))
		return plan_request(p, form, nick);
	return plan_own(p, f.affiliation > AFF_MEMBER ? f.affiliation : AFF_MEMBER, nick);
}

/* A request that waits does so no more. */
static void
plan_forget(struct plan *p, const char *jid)
{
	struct request *q = arena_alloc(p->s->arena, sizeof(*q));

	q->jid = jid;
	plan_add(p, CH_REQUEST)->request = q;
}

/*
 * XEP-0077 3.2. With it a member's membership goes, and the nick; admins and owners keep what others
 * have made them, and lose the nick alone.
 */
static enum deny
plan_remove(struct plan *p)
{
	const char *bare = p->ev->from.bare;
	struct request q;
	struct affil f;
	bool waits = request_stored(p->room, bare, &q), nick = own_nick(p, &f) != NULL;

	if (xml_next(xml_child(p->ev->x, NULL, NULL), NULL, NULL) != NULL)
		return BAD_REQUEST;
	if (p->ev->affiliation == AFF_OUTCAST)
		return BANNED;
	if (p->ev->from.node == NULL)
		return NO_REGISTRATION;
	if (!waits && !nick && f.affiliation != AFF_MEMBER)
		return NOT_REGISTERED;
	result_new(p);
	if (waits)
		plan_forget(p, bare);
	return plan_own(p, f.affiliation > AFF_MEMBER ? f.affiliation : AFF_NONE, "");
}

static enum deny
plan_set(struct plan *p)
{
	const struct xml *form = xml_child(p->ev->x, NS_DATA, "x");
	const char *type = xml_get(form, "type");
	enum deny deny;

	if (xml_is(xml_child(p->ev->x, NULL, NULL), NS_REGISTER, "remove"))
		return plan_remove(p);
	if (type != NULL && strcmp(type, "submit") == 0)
		return plan_register(p, form);
	if ((deny = may_register(p)) != OK)
		return deny;
	if (type == NULL || strcmp(type, "cancel") != 0)
		return BAD_REQUEST;
	result_new(p);
	return OK;
}

/* -- approval: 9.9 -- */

/* Example 151. */
static struct wire *
approval_form(struct plan *p, const struct request *q, enum lang l)
{
	struct arena *a = p->s->arena;
	struct xml *x = stanza_new(a, "message", p->room, NULL, NULL, fresh_id(p->s));
	struct xml *form;

	xml_set_lang(a, x, lang_tag(l));
	form = form_add_titled(a, x, "form", text_in(l, "Registration request"),
	    text_in(l, "To approve this registration request, select the \"Allow this person to "
		       "register with the room?\" checkbox and click OK. To skip this request, "
		       "click the cancel button."),
	    FORM_TYPE);
	form_add_field(a, form, "hidden", ID, NULL, q->id);
	form_add_field(a, form, "jid-single", WHO, text_in(l, "User"), q->jid);
	form_add_field(a, form, "text-single", NICK, text_in(l, "Desired Nickname"), q->nick);
	for (int i = 0; i < REQUEST_TEXTS; i++)
		add_text(a, form, l, i, q->text[i]);
	form_add_field(a, form, "boolean", ALLOW,
	    text_in(l, "Allow this person to register with the room?"), "0");
	return wire_new(p->s, x);
}

/* Who asked and is not let in is told so; that the others learn of it is not needed. */
static void
tell_denied(struct plan *p, const char *jid)
{
	struct arena *a = p->s->arena;
	struct xml *x = stanza_new(a, "message", p->room, NULL, NULL, fresh_id(p->s));
	enum lang l = room_lang(p->room);

	xml_set_lang(a,
	    xml_add_text(a, x, NS_STANZA, "body",
		text_in(l, "Your request to register with this room was denied")),
	    lang_tag(l));
	tell_jid(p, x, jid);
}

/* Tells a session the form, which is made once in each language. */
static void
tell_form(struct plan *p, const struct request *q, struct wire *w[LANG_COUNT], struct session *s)
{
	enum lang l = session_lang(s);

	if (w[l] == NULL)
		w[l] = approval_form(p, q, l);
	tell(p, w[l], s->addr);
}

static void
on_request(struct plan *p, const struct change *c)
{
	const struct request *q = c->request;
	struct occupant *o;
	struct session *s;
	struct wire *w[LANG_COUNT] = { NULL };

	if (q->nick == NULL) {
		request_del(p->room, q->jid);
		if (strcmp(q->jid, p->ev->from.bare) != 0)
			tell_denied(p, q->jid);
		return;
	}
	request_set(p->room, q);
	TAILQ_FOREACH (o, &p->room->occupants, entry)
		if (o->affiliation >= AFF_ADMIN)
			TAILQ_FOREACH (s, &o->sessions, entry)
				tell_form(p, q, w, s);
	wires_unref(w, LANG_COUNT);
}

/* Whoever is made anything by other means does not wait any more. */
static void
on_affiliation(struct plan *p, const struct change *c)
{
	request_del(p->room, c->affil.jid);
}

struct waiting {
	struct plan *plan;
	struct session *to;
};

static int
tell_one(void *arg, const struct request *q)
{
	struct waiting *w = arg;
	struct wire *form[LANG_COUNT] = { NULL };

	tell_form(w->plan, q, form, w->to);
	wires_unref(form, LANG_COUNT);
	return 0;
}

/* Admins who come later find what waits for them. */
static void
on_enter(struct plan *p, const struct change *c)
{
	struct waiting w = { .plan = p, .to = room_session(p->room, c->from->full) };

	if (w.to->occupant->affiliation >= AFF_ADMIN)
		request_each(p->room, tell_one, &w);
}

static bool
makes_admin(const struct change *c)
{
	return c->kind == CH_STANDING && c->before < AFF_ADMIN && c->affil.affiliation >= AFF_ADMIN;
}

static int
tell_made(void *arg, const struct request *q)
{
	struct plan *p = arg;
	struct wire *form[LANG_COUNT] = { NULL };
	const struct change *c;
	struct session *s;

	TAILQ_FOREACH (c, &p->changes, entry)
		if (makes_admin(c))
			TAILQ_FOREACH (s, &c->occupant->sessions, entry)
				tell_form(p, q, form, s);
	wires_unref(form, LANG_COUNT);
	return 0;
}

/* So do those who are made admins: all of them with the last one, for they share the forms. */
static void
on_standing(struct plan *p, const struct change *c)
{
	const struct change *last = TAILQ_LAST(&p->changes, change_list);

	while (last != c && !makes_admin(last))
		last = TAILQ_PREV(last, change_list, entry);
	if (last == c && makes_admin(c))
		request_each(p->room, tell_made, p);
}

struct search {
	const char *nick;
	struct request *found;
	int n;
};

static int
match_nick(void *arg, const struct request *q)
{
	struct search *s = arg;

	if (strcmp(q->nick, s->nick) == 0 && s->n++ == 0)
		*s->found = *q;
	return 0;
}

/*
 * The request that the form is about. It names its JID and id; clients that send back no more than
 * what example 151 has mean the one request for that nick.
 */
static bool
find_request(const struct plan *p, const struct xml *form, struct request *q)
{
	const char *id = form_value(form_field(form, ID));
	const char *jid = form_value(form_field(form, WHO));
	struct search s = { .found = q };
	struct jid j;

	if (jid != NULL)
		return jid_prep(p->s->arena, jid, &j) && request_stored(p->room, j.bare, q) &&
		       (id == NULL || strcmp(id, q->id) == 0);
	if (read_nick(p, form, &s.nick) != OK)
		return false;
	request_each(p->room, match_nick, &s);
	return s.n == 1;
}

static enum deny
plan_approve(struct plan *p)
{
	static const char *const vars[] = { ID, WHO, NICK, ALLOW, NULL };
	const struct xml *form = p->ev->x;
	const char *type = xml_get(form, "type"),
		   *form_type = form_value(form_field(form, "FORM_TYPE"));
	struct affil f = { .affiliation = AFF_MEMBER };
	struct request q;
	bool allow;

	if (no_room(p) || form_type == NULL || strcmp(form_type, FORM_TYPE) != 0)
		return PASS;
	if (p->ev->affiliation < AFF_ADMIN)
		return FORBIDDEN;
	/* "To skip this request, click the cancel button." */
	if (type != NULL && strcmp(type, "cancel") == 0)
		return IGNORE;
	if (type == NULL || strcmp(type, "submit") != 0 || !form_is_clear(form, vars) ||
	    !form_bool(form_value(form_field(form, ALLOW)), &allow))
		return BAD_REQUEST;
	if (!find_request(p, form, &q))
		return ITEM_NOT_FOUND;
	f.jid = q.jid;
	f.nick = q.nick;
	if (!allow) {
		plan_forget(p, q.jid);
		return OK;
	}
	plan_grant(p, &f);
	return plan_standings(p);
}

/* -- which nick is mine: 7.12, examples 77 and 78 -- */

static enum deny
plan_my_nick(struct plan *p)
{
	struct arena *a = p->s->arena;
	const char *node = xml_get(p->ev->x, "node"), *nick;
	struct xml *query, *identity;
	struct affil f;

	if (no_room(p) || node == NULL || strcmp(node, "x-roomuser-item") != 0)
		return PASS;
	query = xml_add(a, result_new(p), NS_DISCO_INFO, "query");
	xml_set(a, query, "node", node);
	nick = own_nick(p, &f);
	if (nick == NULL)
		return OK;
	identity = xml_add(a, query, NS_DISCO_INFO, "identity");
	xml_set(a, identity, "category", "conference");
	xml_set(a, identity, "type", "text");
	xml_set(a, identity, "name", nick);
	return OK;
}

static void
add_disco(const struct room *r, struct xml *query)
{
	if (!r->config.registration)
		return;
	disco_feature(r->service->arena, query, FORM_TYPE);
	disco_feature(r->service->arena, query, NS_REGISTER);
}

static const struct route routes[] = {
	{ KIND_IQ, TO_ROOM, TYPE_GET, NS_REGISTER, "query", NEED_ROOM, plan_get, NULL },
	{ KIND_IQ, TO_ROOM, TYPE_SET, NS_REGISTER, "query", NEED_ROOM, plan_set, NULL },
	{ KIND_MESSAGE, TO_ROOM, TYPE_NORMAL, NS_DATA, "x", 0, plan_approve, NULL },
	{ KIND_IQ, TO_ROOM, TYPE_GET, NS_DISCO_INFO, "query", 0, plan_my_nick, NULL },
	{ 0 },
};

const struct feature feature_register = {
	.name = "register",
	.routes = routes,
	.on = {
		[CH_REQUEST] = on_request,
		[CH_AFFILIATION] = on_affiliation,
		[CH_STANDING] = on_standing,
		[CH_ENTER] = on_enter,
	},
	.add_disco = add_disco,
};
