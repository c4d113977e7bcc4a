/* SPDX-License-Identifier: ISC */
/*
 * command_room_diagnose.c - what somebody may do in a room, and who says no
 *
 * "Why can she not get in?" is answered by trying it: a stanza as she would send it is planned and judged by
 * the features that would judge hers, and then forgotten. Nothing changes, nobody is charged. What
 * needs somebody who is in is tried as if she had entered, if she could.
 */
#include "command.h"

static const struct command_field service_fields[] = {
	{ .var = "room", .type = "text-single", .label = SAID("Room"), .required = true },
	{ .var = "jid", .type = "jid-single", .label = SAID("User"), .required = true },
	{ .var = "nick", .type = "text-single", .label = SAID("Nickname") },
	{ .var = "password", .type = "text-private", .label = SAID("Password") },
	{ .var = NULL },
};

static const struct command_step service_steps[] = { { .fields = service_fields } };

static const struct command_field fields[] = {
	{ .var = "jid", .type = "jid-single", .label = SAID("User"), .required = true },
	{ .var = "nick", .type = "text-single", .label = SAID("Nickname") },
	{ .var = "password", .type = "text-private", .label = SAID("Password") },
	{ .var = NULL },
};

static const struct command_step steps[] = { { .fields = fields } };

static const struct command_column columns[] = {
	{ "action", "text-single", SAID("What") },
	{ "allowed", "boolean", SAID("Allowed") },
	{ "feature", "text-single", SAID("Refused by") },
	{ "error", "text-single", SAID("Error") },
	{ "text", "text-single", SAID("Reason") },
	{ NULL, NULL, NULL },
};

/* Whom it is about. */
struct subject {
	struct call *call;
	struct room *room;
	struct jid to;	/* its address */
	struct jid jid; /* full */
	enum affiliation affiliation;
	const char *nick;	 /* under which they are in, or would be */
	struct session *here;	 /* in the room; NULL: they are not */
	struct session *session; /* whose stanzas are tried: here, or would_be; NULL: none */
	struct session would_be;
	struct occupant occupant; /* its own */
	struct xml *table;
};

/* -- one attempt -- */

/* A row about what was tried. The error is the one that they would get, in the asker's language. */
static void
add_row(struct subject *who, const char *action, enum deny deny, const struct plan *p)
{
	struct call *c = who->call;
	struct arena *a = c->plan->s->arena;
	const struct xml *condition = NULL;
	struct xml *x = xml_new(a, NS_STANZA, "error");

	if (deny != OK)
		condition = error_add(a, x, NULL, deny, c->dialog.lang, deny_detail(p, deny));
	command_row(c, who->table, columns,
	    (const char *[]){
		call_say(c, action),
		deny == OK ? "1" : "0",
		deny != OK ? p->judge : NULL,
		condition != NULL ? condition->name : NULL,
		xml_child_text(xml_child(x, NS_STANZA, "error"), NS_STANZA_ERRORS, "text"),
	    });
}

/* Their stanza, as it would come; x is what it holds. */
static void
fill_ev(const struct subject *who, struct ev *ev, struct xml *stanza)
{
	const struct plan *p = who->call->plan;

	ev->stanza = stanza;
	ev->id = p->ev->id;
	ev->from = who->jid;
	ev->to = who->to;
	ev->domain_no = who->room->domain_no;
	ev->session = who->session;
	ev->affiliation = who->affiliation;
	if (ev->address != TO_NICK)
		return;
	ev->to.resource = who->nick;
	ev->to.full = arena_cat(p->s->arena, ev->to.bare, "/", who->nick, NULL);
	ev->target = room_nick(who->room, who->nick);
}

static enum deny
try(struct subject *who, const char *action, struct ev *ev, struct xml *stanza, struct plan *p)
{
	enum deny deny;

	fill_ev(who, ev, stanza);
	/* What is private is so whoever gets it: it may as well be themselves. */
	if (ev->kind == KIND_MESSAGE && ev->address == TO_NICK && who->session != NULL)
		ev->target = who->session->occupant;
	plan_init(p, who->call->plan->s, ev, who->room);
	deny = plan_judged(p, ev);
	add_row(who, action, deny, p);
	return deny;
}

static void
try_message(
    struct subject *who, const char *action, enum type type, enum address to, const char *element)
{
	struct arena *a = who->call->plan->s->arena;
	struct ev ev = { .kind = KIND_MESSAGE, .type = type, .address = to };
	struct xml *x = xml_new(a, NS_STANZA, "message");
	struct plan p;

	xml_add_text(a, x, NS_STANZA, element, ".");
	try(who, action, &ev, x, &p);
	plan_release(&p);
}

static void
try_read(struct subject *who)
{
	struct arena *a = who->call->plan->s->arena;
	struct ev ev = { .kind = KIND_IQ, .type = TYPE_SET, .address = TO_ROOM };
	struct xml *x = xml_new(a, NS_STANZA, "iq");
	struct plan p;

	xml_add(a, x, NS_MAM, "query");
	try(who, SAID("Read what was said"), &ev, x, &p);
	plan_release(&p);
}

/* No stanza asks for addresses: presence shows them, or does not. */
static void
see_addresses(struct subject *who)
{
	struct plan p = { .judge = "whois" };
	enum deny deny = OK;

	if (who->session == NULL || !sees_jid(who->room, who->session->occupant, NULL))
		deny = ADDRESS_HIDDEN;
	add_row(who, SAID("See real addresses"), deny, &p);
}

/* -- entering -- */

/* Whoever may enter is tried further as if they were in: with the role and nick they would have. */
static void
as_entered(struct subject *who, const struct plan *p)
{
	const struct change *c;
	struct occupant *o = &who->occupant;
	struct service *s = p->s;

	TAILQ_FOREACH (c, &p->changes, entry)
		if (c->kind == CH_ENTER)
			who->nick = c->nick;
	*o = (struct occupant){
		.room = who->room,
		.nick = arena_strdup(s->arena, who->nick),
		.bare = arena_strdup(s->arena, who->jid.bare),
		.affiliation = who->affiliation,
		.role = role_entering(who->room, who->jid.bare, who->affiliation),
		.nsessions = 1,
		.user = user_get(s, who->jid.bare),
	};
	strcpy(o->id, occupant_id(s->arena, who->room, o->bare));
	who->would_be = (struct session){
		.occupant = o,
		.jid = arena_strdup(s->arena, who->jid.full),
	};
	TAILQ_INIT(&o->sessions);
	TAILQ_INSERT_TAIL(&o->sessions, &who->would_be, entry);
	who->session = &who->would_be;
}

static void
try_enter(struct subject *who)
{
	struct call *c = who->call;
	struct arena *a = c->plan->s->arena;
	struct ev ev = { .kind = KIND_PRESENCE, .type = TYPE_AVAILABLE, .address = TO_NICK };
	struct xml *presence = xml_new(a, NS_STANZA, "presence");
	struct xml *x = xml_add(a, presence, NS_MUC, "x");
	const char *password = call_value(c, "password");
	struct plan p;

	if (password != NULL)
		xml_add_text(a, x, NS_MUC, "password", password);
	if (try(who, SAID("Enter"), &ev, presence, &p) == OK && who->here == NULL)
		as_entered(who, &p);
	plan_release(&p);
	if (who->here == NULL)
		return;
	who->session = who->here;
	jid_split(a, who->here->jid, &who->jid);
}

/* -- whom it is about -- */

/* Is somebody of that bare JID in? Of several nicks the one that is asked for, else the first. */
static struct session *
find_session(const struct room *r, const char *bare, const char *nick)
{
	struct occupant *o = nick != NULL ? room_nick(r, nick) : NULL;

	if (o != NULL && strcmp(o->bare, bare) == 0)
		return TAILQ_FIRST(&o->sessions);
	TAILQ_FOREACH (o, &r->occupants, entry)
		if (strcmp(o->bare, bare) == 0)
			return TAILQ_FIRST(&o->sessions);
	return NULL;
}

/* The nick that is asked for; else theirs, by what is known of them. */
static const char *
nick_of(const struct subject *who, const char *asked)
{
	struct affil f;

	if (asked != NULL)
		return asked;
	if (who->here != NULL)
		return who->here->occupant->nick;
	if (affiliation_stored(who->room, who->jid.bare, &f) && f.nick != NULL)
		return f.nick;
	return who->jid.node;
}

static enum deny
find_subject(struct call *c, struct subject *who, struct room *r)
{
	struct service *s = c->plan->s;
	const char *asked = call_value(c, "nick");

	who->call = c;
	who->room = r;
	jid_split(s->arena, r->jid, &who->to);
	jid_prep(s->arena, call_value(c, "jid"), &who->jid);
	if (who->jid.node == NULL)
		return call_fault(c, BAD_PAYLOAD, who->jid.full);
	who->affiliation = affiliation_of(who->room, who->jid.bare);
	/* Of a bare JID another session is the one that enters. */
	if (who->jid.resource != NULL)
		who->session = who->here = room_session(who->room, who->jid.full);
	else
		who->here = find_session(who->room, who->jid.bare, asked);
	who->nick = nick_of(who, asked);
	if (who->jid.resource == NULL)
		jid_split(s->arena, arena_cat(s->arena, who->jid.bare, "/", fresh_id(s), NULL),
		    &who->jid);
	return OK;
}

static void
add_notes(const struct subject *who)
{
	struct call *c = who->call;
	struct arena *a = c->plan->s->arena;
	const struct occupant *o;

	command_note(
	    c, NOTE_INFO, call_say_of(c, "Affiliation: %s", affiliation_name(who->affiliation)));
	if (who->session == NULL)
		return;
	o = who->session->occupant;
	command_note(c, NOTE_INFO,
	    call_say_of(c,
		who->here != NULL ? SAID("Is in the room: %s") : SAID("Would be in the room: %s"),
		arena_cat(a, o->nick, " (", role_name(o->role), ")", NULL)));
}

static enum deny
diagnose(struct call *c, struct room *r)
{
	struct subject *who = arena_alloc(c->plan->s->arena, sizeof(*who));
	enum deny deny = find_subject(c, who, r);

	if (deny != OK)
		return deny;
	who->table =
	    command_table(c, call_say_of(c, "What %s may do in the room", who->jid.bare), columns);
	try_enter(who);
	try_message(who, SAID("Speak"), TYPE_GROUPCHAT, TO_ROOM, "body");
	try_message(who, SAID("Send private messages"), TYPE_CHAT, TO_NICK, "body");
	try_message(who, SAID("Change the subject"), TYPE_GROUPCHAT, TO_ROOM, "subject");
	try_read(who);
	see_addresses(who);
	add_notes(who);
	return OK;
}

static enum deny
run(struct call *c)
{
	return diagnose(c, c->plan->room);
}

static enum deny
run_service(struct call *c)
{
	struct room *r;
	enum deny deny = call_room(c, call_value(c, "room"), &r);

	return deny == OK ? diagnose(c, r) : deny;
}

static const struct command commands[] = {
	{ .node = "diagnose",
	    .name = SAID("Ask what somebody may do"),
	    .where = TO_SERVICE,
	    .steps = service_steps,
	    .nsteps = 1,
	    .run = run_service },
	{ .node = "diagnose",
	    .name = SAID("Ask what somebody may do"),
	    .where = TO_ROOM,
	    .least = AFF_ADMIN,
	    .steps = steps,
	    .nsteps = 1,
	    .run = run },
	{ .node = NULL },
};

const struct feature feature_command_room_diagnose = {
	.name = "command_room_diagnose",
	.commands = commands,
};
