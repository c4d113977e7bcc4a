/* SPDX-License-Identifier: ISC */
/*
 * admin.c - muc#admin: lists of roles and affiliations, and requests to change them
 *
 * XEP-0045 8.2 to 8.5, 9.1 to 9.8, 10.3 to 10.8, 17.4. What a request says is read here; who may do
 * what is judged in roles.c and affiliations.c. A request has one item for each nick and each JID,
 * and not both for one occupant: so each has one new state, and is told of it once.
 */
#include "feature.h"

bool
may(const struct plan *p, enum privilege privilege)
{
	const struct ev *ev = p->ev;
	enum role role = ev->session != NULL ? ev->session->occupant->role : ROLE_NONE;

	return room_lets(&p->room->config, ev->affiliation, role, privilege);
}

/* -- get -- */

/* A member who is not in counts as what they would enter as (9.5). */
static bool
may_list(const struct plan *p, enum affiliation wanted)
{
	const struct config *c = &p->room->config;
	enum role r = ROLE_NONE;

	if (p->ev->session != NULL)
		r = p->ev->session->occupant->role;
	else if (p->ev->affiliation >= AFF_MEMBER)
		r = role_initial(c, p->ev->affiliation);
	return (room_lists(c, p->ev->affiliation, r) & 1u << wanted) != 0;
}

struct listing {
	struct arena *arena;
	struct xml *query;
	size_t bytes, max_bytes;
};

/* Room enough for an item's tags around what is counted. */
#define ITEM_BYTES 100

static int
list_one(void *arg, const struct affil *f)
{
	struct listing *l = arg;
	struct arena *a = l->arena;
	struct xml *item;

	l->bytes += ITEM_BYTES + strlen(f->jid) + (f->nick != NULL ? strlen(f->nick) : 0) +
		    (f->reason != NULL ? strlen(f->reason) : 0);
	if (l->bytes > l->max_bytes)
		return 1;
	item = xml_add(a, l->query, NS_MUC_ADMIN, "item");
	xml_set(a, item, "affiliation", affiliation_name(f->affiliation));
	xml_set(a, item, "jid", arena_strdup(a, f->jid));
	xml_set(a, item, "nick", arena_strdup(a, f->nick));
	if (f->reason != NULL)
		xml_add_text(a, item, NS_MUC_ADMIN, "reason", arena_strdup(a, f->reason));
	return 0;
}

static enum deny
list_affiliation(struct plan *p, enum affiliation wanted)
{
	struct listing l = {
		.arena = p->s->arena,
		.max_bytes = (size_t)p->s->limits.stanza_out_bytes / 2,
	};

	if (wanted == AFF_NONE)
		return BAD_REQUEST;
	if (!may_list(p, wanted))
		return FORBIDDEN;
	l.query = xml_add(l.arena, result_new(p), NS_MUC_ADMIN, "query");
	return affiliation_each(p->room, wanted, wanted, list_one, &l) == 0 ? OK
									    : RESOURCE_CONSTRAINT;
}

/* 8.5, 9.8; 17.4: nick, role, affiliation and the full JID. */
static enum deny
list_role(struct plan *p, enum role wanted)
{
	struct arena *a = p->s->arena;
	struct xml *query, *item;
	struct occupant *o;
	size_t bytes = 0;

	if (wanted == ROLE_NONE)
		return BAD_REQUEST;
	if (!may(p, MAY_LIST_ROLES))
		return FORBIDDEN;
	query = xml_add(a, result_new(p), NS_MUC_ADMIN, "query");
	p->s->walked += p->room->noccupants;
	TAILQ_FOREACH (o, &p->room->occupants, entry) {
		const char *jid = occupant_shown(o)->jid;

		if (o->role != wanted)
			continue;
		bytes += ITEM_BYTES + strlen(jid) + strlen(o->nick);
		if (bytes > (size_t)p->s->limits.stanza_out_bytes / 2)
			return RESOURCE_CONSTRAINT;
		item = xml_add(a, query, NS_MUC_ADMIN, "item");
		xml_set(a, item, "affiliation", affiliation_name(o->affiliation));
		xml_set(a, item, "role", role_name(o->role));
		xml_set(a, item, "nick", o->nick);
		xml_set(a, item, "jid", jid);
	}
	return OK;
}

static enum deny
plan_get(struct plan *p)
{
	const struct xml *item = xml_child(p->ev->x, NS_MUC_ADMIN, "item");
	const char *affiliation = xml_get(item, "affiliation"), *role = xml_get(item, "role");
	enum affiliation a;
	enum role r;

	if (item == NULL || xml_next(item, NS_MUC_ADMIN, "item") != NULL ||
	    (affiliation == NULL) == (role == NULL))
		return BAD_REQUEST;
	if (affiliation != NULL)
		return affiliation_read(affiliation, &a) ? list_affiliation(p, a) : BAD_REQUEST;
	return role_read(role, &r) ? list_role(p, r) : BAD_REQUEST;
}

/* -- set -- */

static const char *
reason_of(const struct xml *item)
{
	const char *reason = xml_child_text(item, NS_MUC_ADMIN, "reason");

	return reason != NULL && *reason != '\0' ? reason : NULL;
}

/*
 * 8.5: the JID need not be there. Where it is, it says whom the sender has seen under the nick, which may be
 * somebody else's by now; whoever was seen by the room's address alone is whoever has the nick.
 */
static enum deny
check_jid(const struct plan *p, const char *jid, const struct occupant *o)
{
	struct jid j;

	if (jid == NULL || *jid == '\0')
		return OK;
	if (!jid_prep(p->s->arena, jid, &j))
		return JID_MALFORMED;
	return strcmp(j.bare, o->bare) == 0 || strcmp(j.bare, p->room->jid) == 0 ? OK : BAD_REQUEST;
}

static enum deny
plan_role(struct plan *p, const struct xml *item, const char *role)
{
	const char *nick = xml_get(item, "nick");
	enum deny deny;
	struct occupant *o;
	struct change *c;
	enum role r;

	if (nick == NULL || !role_read(role, &r))
		return BAD_REQUEST;
	nick = jid_nick(p->s->arena, nick, JID_PART_MAX, false);
	o = nick != NULL ? room_nick(p->room, nick) : NULL;
	if (o == NULL)
		return ITEM_NOT_FOUND;
	deny = check_jid(p, xml_get(item, "jid"), o);
	if (deny != OK)
		return deny;
	if (!plan_names(p, "nick/", o->nick))
		return BAD_REQUEST;
	if (r == o->role)
		return OK;
	if (r == ROLE_MODERATOR)
		p->promoted += o->nsessions;
	c = plan_add(p, r == ROLE_NONE ? CH_LEAVE : CH_ROLE);
	c->occupant = o;
	c->role = r;
	c->reason = reason_of(item);
	if (r == ROLE_NONE) {
		c->code = STATUS_KICKED;
		c->actor = actor_nick(p);
	}
	return OK;
}

/* A nick alone stands for whoever goes by it, or has it reserved. */
static const char *
jid_of_nick(const struct plan *p, const char *nick)
{
	const struct occupant *o;

	nick = jid_nick(p->s->arena, nick, JID_PART_MAX, false);
	if (nick == NULL)
		return NULL;
	o = room_nick(p->room, nick);
	return o != NULL ? o->bare : nick_owner(p->room, nick);
}

/*
 * 9.3, 9.5: besides a JID the nick is the one to be reserved, and "" unsets it. Who is banned or
 * nobody has none; a domain is no one who could have one.
 */
static enum deny
read_reserved(const struct plan *p, const char *nick, const struct jid *j, struct affil *f)
{
	if (f->affiliation <= AFF_NONE || *nick == '\0') {
		f->nick = "";
		return OK;
	}
	if (j->node == NULL)
		return BAD_REQUEST;
	f->nick = jid_nick(p->s->arena, nick, (size_t)p->s->limits.nick_bytes, false);
	return f->nick != NULL ? OK : BAD_NICK;
}

/* 9.1: by bare JID or domain; 10.3: of a full JID the bare one counts. */
static enum deny
plan_affil(struct plan *p, const struct xml *item, const char *affiliation)
{
	const char *jid = xml_get(item, "jid"), *nick = xml_get(item, "nick");
	struct affil f = { .reason = reason_of(item) };
	enum deny deny;
	struct jid j;

	if (!affiliation_read(affiliation, &f.affiliation) || (jid == NULL && nick == NULL))
		return BAD_REQUEST;
	if (jid == NULL) {
		jid = jid_of_nick(p, nick);
		if (jid == NULL)
			return ITEM_NOT_FOUND;
		nick = NULL;
	}
	if (!jid_prep(p->s->arena, jid, &j))
		return JID_MALFORMED;
	f.jid = plan_listed(p, j.bare, f.affiliation);
	if (nick != NULL && (deny = read_reserved(p, nick, &j, &f)) != OK)
		return deny;
	if (!plan_names(p, "jid/", f.jid))
		return BAD_REQUEST;
	plan_grant(p, &f);
	return OK;
}

static enum deny
plan_item(struct plan *p, const struct xml *item)
{
	const char *affiliation = xml_get(item, "affiliation"), *role = xml_get(item, "role");
	const char *reason = reason_of(item);

	/* 17.4: one of the two, never both. */
	if ((affiliation == NULL) == (role == NULL))
		return BAD_REQUEST;
	/* It is told to everybody, and stored. */
	if (reason != NULL && strlen(reason) > (size_t)p->s->limits.reason_bytes)
		return POLICY_VIOLATION;
	return role != NULL ? plan_role(p, item, role) : plan_affil(p, item, affiliation);
}

static enum deny
plan_set(struct plan *p)
{
	const struct xml *item = xml_child(p->ev->x, NS_MUC_ADMIN, "item");
	enum deny deny;
	int64_t n = 0;

	if (item == NULL)
		return BAD_REQUEST;
	/* 8: no moderator, no request. Nobody without any right learns by the error who is there. */
	if (!may(p, MAY_KICK))
		return FORBIDDEN;
	for (; item != NULL; item = xml_next(item, NS_MUC_ADMIN, "item")) {
		if (++n > p->s->limits.items_per_request)
			return POLICY_VIOLATION;
		deny = plan_item(p, item);
		if (deny != OK)
			return deny;
	}
	deny = plan_granted(p);
	if (deny == OK)
		result_new(p);
	return deny;
}

static const struct route routes[] = {
	{ KIND_IQ, TO_ROOM, TYPE_GET, NS_MUC_ADMIN, "query", NEED_ROOM, plan_get, NULL },
	{ KIND_IQ, TO_ROOM, TYPE_SET, NS_MUC_ADMIN, "query", NEED_ROOM, plan_set, NULL },
	{ 0 },
};

const struct feature feature_admin = {
	.name = "admin",
	.routes = routes,
};
