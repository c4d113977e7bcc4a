/* SPDX-License-Identifier: ISC */
/*
 * owner.c - the configuration form: asked for, submitted, cancelled
 *
 * XEP-0045 10.1.2, 10.1.3 (a new room), 10.2 (later, the lists of admins and owners), 10.2.1 (who is
 * told), 16.5.3 (the fields).
 */
#include "feature.h"
#include "room/fence.h"

#define FORM_TYPE "http://jabber.org/protocol/muc#roomconfig"

/* The longest that a room makes anybody wait between two messages. */
#define SLOWEST_S 86400

/* The fields that hold the full list of those with an affiliation: 16.5.3. */
static const struct list {
	const char *var, *label;
	enum affiliation affiliation;
} lists[] = {
	{ "muc#roomconfig_roomadmins", SAID("Admins of the room"), AFF_ADMIN },
	{ "muc#roomconfig_roomowners", SAID("Owners of the room"), AFF_OWNER },
};

#define NLISTS (sizeof(lists) / sizeof(lists[0]))

/* -- the form is asked for -- */

/* Admins and owners, as the store has them. */
struct rank {
	const char *jid;
	enum affiliation affiliation;
	struct rank *next;
};

struct ranks {
	struct arena *arena;
	struct rank *first, **last;
	size_t bytes, max_bytes;
};

/* Room enough for a value's tags around a JID, and for the rest of the form. */
#define VALUE_BYTES 20
#define FORM_BYTES  32768

static int
take_rank(void *arg, const struct affil *f)
{
	struct ranks *l = arg;
	struct rank *x;

	l->bytes += VALUE_BYTES + strlen(f->jid);
	if (l->bytes > l->max_bytes)
		return 1;
	x = arena_alloc(l->arena, sizeof(*x));
	x->jid = arena_strdup(l->arena, f->jid);
	x->affiliation = f->affiliation;
	*l->last = x;
	l->last = &x->next;
	return 0;
}

/* Takes all of them; false: there are too many. */
static bool
ranks_take(const struct plan *p, struct ranks *l, size_t max_bytes)
{
	memset(l, 0, sizeof(*l));
	l->arena = p->s->arena;
	l->last = &l->first;
	l->max_bytes = max_bytes;
	return affiliation_each(p->room, AFF_ADMIN, AFF_OWNER, take_rank, l) == 0;
}

/* A list is there in full or not at all: what is sent back is the whole of it. */
static void
add_lists(struct plan *p, struct xml *form)
{
	struct arena *a = p->s->arena;
	const int64_t most = p->s->limits.stanza_out_bytes;
	struct ranks all;

	if (most <= FORM_BYTES || !ranks_take(p, &all, (size_t)(most - FORM_BYTES) / 2))
		return;
	for (const struct list *l = lists; l < lists + NLISTS; l++) {
		struct xml *x =
		    form_add_field(a, form, "jid-multi", l->var, say(p, l->label), NULL);

		for (const struct rank *f = all.first; f != NULL; f = f->next)
			if (f->affiliation == l->affiliation)
				form_add_value(a, x, f->jid);
	}
}

static enum deny
plan_get(struct plan *p)
{
	const struct room *r = p->room;
	struct arena *a = p->s->arena;

	if (!may(p, MAY_CONFIGURE))
		return FORBIDDEN;
	add_lists(p, config_form(a, xml_add(a, result_said(p), NS_MUC_OWNER, "query"), &r->config,
			 p->s->force.set, plan_lang(p), say_of(p, "Configuration of %s", r->jid)));
	return OK;
}

/* -- it is submitted -- */

/* What the lists of a form say. */
struct wanted {
	struct map jids; /* JID -> its struct rank */
	struct rank *first, **last;
	bool given[AFF_OWNER + 1]; /* is there a list of those with that affiliation? */
};

/* Blank lines are nobody. Of a JID in both lists the last one counts, the owners'. */
static enum deny
read_list(struct plan *p, const struct xml *form, const struct list *l, struct wanted *w)
{
	const struct xml *field = form_field(form, l->var), *v = NULL;
	const char *text;
	struct rank *x;
	struct jid j;

	if (form_repeats(form, l->var))
		return NOT_ACCEPTABLE;
	w->given[l->affiliation] = field != NULL;
	while ((v = form_next_value(field, v)) != NULL) {
		text = xml_text(v);
		if (text[strspn(text, " \t\r\n")] == '\0')
			continue;
		/* 10.3: of a full JID the bare one counts. */
		if (!jid_prep(p->s->arena, text, &j))
			return JID_MALFORMED;
		x = map_get(&w->jids, j.bare);
		if (x == NULL) {
			x = arena_alloc(p->s->arena, sizeof(*x));
			x->jid = j.bare;
			*w->last = x;
			w->last = &x->next;
			map_put(&w->jids, x->jid, x);
		}
		x->affiliation = l->affiliation;
	}
	return OK;
}

/*
 * Who is left out of a list loses the rank. 10.2, examples 167 and 169: an owner is an admin then, where the
 * form does not say who the admins are; else, and of the admins, one is a member.
 */
static enum affiliation
left_out(const struct wanted *w, const struct rank *f)
{
	return f->affiliation == AFF_OWNER && !w->given[AFF_ADMIN] ? AFF_ADMIN : AFF_MEMBER;
}

static void
plan_rank(struct plan *p, const char *jid, enum affiliation to)
{
	const struct affil f = { .affiliation = to, .jid = jid };

	plan_grant(p, &f);
}

static enum deny
plan_ranks(struct plan *p, const struct wanted *w)
{
	const struct rank *f;
	struct affil stored;
	struct ranks now;

	ranks_take(p, &now, SIZE_MAX);
	for (f = now.first; f != NULL; f = f->next)
		if (w->given[f->affiliation] && map_get(&w->jids, f->jid) == NULL)
			plan_rank(p, f->jid, left_out(w, f));
	for (f = w->first; f != NULL; f = f->next) {
		if (!affiliation_stored(p->room, f->jid, &stored))
			stored.affiliation = AFF_NONE;
		/* An owner among the admins stays one where the owners are not listed. */
		if (stored.affiliation != f->affiliation &&
		    (stored.affiliation != AFF_OWNER || w->given[AFF_OWNER]))
			plan_rank(p, f->jid, f->affiliation);
	}
	return map_count(&p->affils) <= (size_t)p->s->limits.items_per_request ? OK
									       : POLICY_VIOLATION;
}

/* 10.2: the lists in the form are the full ones; one that is not there changes nothing. */
static enum deny
plan_lists(struct plan *p, const struct xml *form)
{
	struct wanted w = { .jids = MAP_INIT };
	enum deny deny = OK;

	w.last = &w.first;
	for (const struct list *l = lists; l < lists + NLISTS && deny == OK; l++)
		deny = read_list(p, form, l, &w);
	if (deny == OK && (w.given[AFF_ADMIN] || w.given[AFF_OWNER]))
		deny = plan_ranks(p, &w);
	map_release(&w.jids);
	return deny != OK ? deny : plan_standings(p);
}

/* 10.2: who is no member of what becomes a members-only room leaves. */
static void
plan_members_only(struct plan *p)
{
	struct occupant *o;
	struct change *c;

	TAILQ_FOREACH (o, &p->room->occupants, entry) {
		if (plan_affiliation(p, o->bare) >= AFF_MEMBER)
			continue;
		c = plan_add(p, CH_LEAVE);
		c->occupant = o;
		c->code = STATUS_NOW_MEMBERS_ONLY;
	}
}

/*
 * 7.2.3: where JIDs are open from now on, all who saw none are told those of all. Nothing demands it: in a
 * room where that would be more than a request may make us tell, they learn them as presences come.
 */
static void
plan_open_jids(struct plan *p, struct change *config)
{
	const size_t n = map_count(&p->room->sessions);
	const struct occupant *o;
	unsigned told = 0;

	TAILQ_FOREACH (o, &p->room->occupants, entry)
		if (o->role != ROLE_MODERATOR)
			told += o->nsessions;
	config->opens = told > 0 && plan_pairs(p) + n * told <= PLAN_PAIRS;
	p->promoted = config->opens ? told : 0;
}

/* The change itself; NULL: there is no difference. */
static struct change *
plan_change(struct plan *p, const struct config *config)
{
	config_set changed = config_diff(config, &p->room->config);
	struct change *c;

	if (changed == 0)
		return NULL;
	c = plan_add(p, CH_CONFIG);
	c->config = config;
	c->changed = changed;
	plan_shown(p, config);
	return c;
}

/* What it means for who is in, once it is known what becomes of their affiliations. */
static void
plan_effects(struct plan *p, const struct config *config, struct change *c)
{
	const struct config *before = &p->room->config;

	if (config->membersonly && !before->membersonly)
		plan_members_only(p);
	if (config->whois == WHOIS_ANYONE && before->whois != WHOIS_ANYONE)
		plan_open_jids(p, c);
	if (p->promoted > 0 && (config->whois != WHOIS_ANYONE || (c != NULL && c->opens)))
		plan_add(p, CH_ROSTER);
}

void
plan_config(struct plan *p, const struct config *config)
{
	struct change *c = plan_change(p, config);

	if (c != NULL)
		plan_effects(p, config, c);
}

enum deny
config_asked(const struct plan *p, const struct config *before, const struct xml *form,
    struct config *config)
{
	int64_t most = p->s->limits.occupants_per_room;

	*config = *before;
	if (!config_submit(p->s->arena, config, form))
		return NOT_ACCEPTABLE;
	if (config->maxusers > most)
		config->maxusers = (uint32_t)most;
	if (config->slow_mode_duration > SLOWEST_S)
		config->slow_mode_duration = SLOWEST_S;
	config_take(config, &p->s->force.config, p->s->force.set);
	return OK;
}

enum deny
plan_configured(struct plan *p, const struct xml *form)
{
	struct room *r = p->room;
	struct config *config = arena_alloc(p->s->arena, sizeof(*config));
	enum deny deny = config_asked(p, &r->config, form, config);
	struct change *c;

	if (deny != OK)
		return deny;
	/* First of all: with the last who is no member the room itself may go. */
	if (r->locked)
		plan_add(p, CH_UNLOCK);
	c = plan_change(p, config);
	deny = plan_lists(p, form);
	if (deny == OK)
		plan_effects(p, config, c);
	return deny;
}

static enum deny
plan_submit(struct plan *p, const struct xml *form)
{
	enum deny deny;

	if (!form_type_is(form, FORM_TYPE))
		return BAD_REQUEST;
	deny = plan_configured(p, form);
	if (deny == OK)
		result_new(p);
	return deny;
}

/* 10.1.3: a new room is gone when its form is cancelled; later nothing changes (10.2). */
static enum deny
plan_cancel(struct plan *p)
{
	if (p->room->locked)
		plan_add(p, CH_DESTROY);
	result_new(p);
	return OK;
}

static enum deny
plan_set(struct plan *p)
{
	const struct xml *form = xml_child(p->ev->x, NS_DATA, "x");
	const char *type = xml_get(form, "type");

	if (xml_child(p->ev->x, NS_MUC_OWNER, "destroy") != NULL)
		return PASS;
	if (!may(p, MAY_CONFIGURE))
		return FORBIDDEN;
	if (form != NULL && xml_next(form, NS_DATA, "x") != NULL)
		return BAD_REQUEST;
	if (type != NULL && strcmp(type, "submit") == 0)
		return plan_submit(p, form);
	if (type != NULL && strcmp(type, "cancel") == 0)
		return plan_cancel(p);
	return BAD_REQUEST;
}

struct wire *
wire_codes(struct plan *p, const unsigned codes[8])
{
	struct arena *a = p->s->arena;
	struct xml *x = stanza_new(a, "message", p->room, NULL, "groupchat", fresh_id(p->s));

	codes_write(a, xml_add(a, x, NS_MUC_USER, "x"), codes);
	return wire_new(p->s, x);
}

void
tell_codes(struct plan *p, const unsigned codes[8])
{
	struct told t = { .kind = TOLD_CODES, .room = p->room->id };
	struct wire *w = wire_codes(p, codes);

	tell_all(p, w);
	wire_unref(w);
	memcpy(t.codes, codes, sizeof(t.codes));
	note_told(p->s, p->room->domain_no, &t);
}

/* 10.2.1: what touches privacy has its own code; everything else is 104. */
static void
on_config(struct plan *p, const struct change *c)
{
	struct room *r = p->room;
	config_set whois = config_field("muc#roomconfig_whois");
	config_set logging = config_field("muc#roomconfig_enablelogging");
	unsigned codes[8] = { 0 };

	room_configure(r, c->config);
	room_save(r);
	if ((c->changed & ~(whois | logging)) != 0)
		code_add(codes, STATUS_CONFIG_CHANGED);
	if ((c->changed & logging) != 0)
		code_add(codes, r->config.enablelogging ? STATUS_LOGGED : STATUS_NOT_LOGGED);
	if ((c->changed & whois) != 0)
		code_add(codes, r->config.whois == WHOIS_ANYONE ? STATUS_NOW_NONANONYMOUS
								: STATUS_NOW_SEMIANONYMOUS);
	tell_codes(p, codes);
	p->configured = true;
}

/* 6.4, 16.5.4: what others may know of the configuration, and clients ask for. */
static void
add_roominfo(const struct plan *p, struct xml *form)
{
	static const char *const vars[] = {
		"muc#roomconfig_roomname",
		"muc#roomconfig_allowinvites",
		"muc#roomconfig_allowpm",
		"muc#roomconfig_enablelogging",
		"muc#roomconfig_pubsub",
		"muc#maxhistoryfetch",
	};
	struct arena *a = p->s->arena;
	const struct config *c = &p->room->config;

	for (size_t i = 0; i < sizeof(vars) / sizeof(vars[0]); i++)
		config_info(a, form, c, plan_lang(p), vars[i]);
	if (*c->lang != '\0')
		form_add_field(a, form, "text-single", "muc#roominfo_lang",
		    say(p, "Language of the conversation"), c->lang);
	if (*c->pubsub != '\0')
		form_add_field(a, form, "text-single", "muc#roominfo_pubsub",
		    say(p, "Publish-subscribe node of the room"), c->pubsub);
}

static const struct route routes[] = {
	{ KIND_IQ, TO_ROOM, TYPE_GET, NS_MUC_OWNER, "query", NEED_ROOM, plan_get, FORM_TYPE },
	{ KIND_IQ, TO_ROOM, TYPE_SET, NS_MUC_OWNER, "query", NEED_ROOM, plan_set, NULL },
	{ 0 },
};

const struct feature feature_owner = {
	.name = "owner",
	.routes = routes,
	.on = { [CH_CONFIG] = on_config },
	.add_roominfo = add_roominfo,
};
