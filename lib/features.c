/* SPDX-License-Identifier: ISC */
/*
 * features.c - all features, in the order in which they are asked
 *
 * The order is the room's law twice over: the first refusal wins, so what must not be found out by
 * trying comes early; and on an event the features speak in this order, so it is the order of
 * events of XEP-0045 7.1.
 */
#include "feature.h"

#include <string.h>

#define FEATURES(FEATURE)                                                                          \
	/* who is banned from the service gets nothing else from it */                             \
	FEATURE(service_ban)                                                                       \
	/* an invitation that comes back says nothing about who is in the room */                  \
	FEATURE(invite)                                                                            \
	/* what an occupant asked or wrote comes back to it, whatever it says of the other one */  \
	FEATURE(returned)                                                                          \
	/* who hides behind an error or a result is known before anything else */                  \
	FEATURE(ghost)                                                                             \
	/* a banned user learns nothing more about the room: before password and nick */           \
	FEATURE(banned)                                                                            \
	/* what is gone is gone whoever may create rooms; it is noted while the room is there */   \
	FEATURE(tombstone)                                                                         \
	FEATURE(create)                                                                            \
	/* a locked room does not exist for others: 7.2.10 */                                      \
	FEATURE(lock)                                                                              \
	/* a new room is as it is to be before anybody enters */                                   \
	FEATURE(forced)                                                                            \
	FEATURE(members)                                                                           \
	FEATURE(lockdown)                                                                          \
	FEATURE(password)                                                                          \
	/* whose nick it is, only once one may enter */                                            \
	FEATURE(nick)                                                                              \
	/* somebody else's nick is a plainer thing than one that looks like it */                  \
	FEATURE(alike)                                                                             \
	FEATURE(maxusers)                                                                          \
	/* who may come in; then what visitors may do */                                           \
	FEATURE(visitors)                                                                          \
	/* codes 172 and 173 come before the presences that show or hide addresses */              \
	FEATURE(owner)                                                                             \
	FEATURE(whois)                                                                             \
	FEATURE(logging)                                                                           \
	FEATURE(broadcast)                                                                         \
	/* who enters hears of affiliations before presences: XEP-0463 5.2.1 */                    \
	FEATURE(mav)                                                                               \
	/* presence of the others, self-presence, the history, then the subject: 7.1 */            \
	FEATURE(enter)                                                                             \
	FEATURE(history)                                                                           \
	/* how long that is kept is nobody else's affair */                                        \
	FEATURE(retention)                                                                         \
	/* what takes a message back is asked before subject and groupchat: it is neither */       \
	FEATURE(retract)                                                                           \
	FEATURE(moderate)                                                                          \
	/* who may not enter may not read: banned, members and password are asked before */        \
	FEATURE(mam)                                                                               \
	FEATURE(subject)                                                                           \
	FEATURE(presence)                                                                          \
	/* who is kicked is asked about before they have left */                                   \
	FEATURE(kept_roles)                                                                        \
	FEATURE(leave)                                                                             \
	/* the subject is asked before: a message with only a subject is not a message */          \
	FEATURE(groupchat)                                                                         \
	/* who may not speak at all is told so, not that it is too soon */                         \
	FEATURE(rates)                                                                             \
	FEATURE(slowmode)                                                                          \
	FEATURE(used)                                                                              \
	FEATURE(private)                                                                           \
	FEATURE(voice)                                                                             \
	/* these two only say in disco#info what all messages and presences have */                \
	FEATURE(stanza_id)                                                                         \
	FEATURE(occupant_id)                                                                       \
	FEATURE(admin)                                                                             \
	FEATURE(roles)                                                                             \
	FEATURE(affiliations)                                                                      \
	/* told behind the subject, asked before disco: x-roomuser-item is a node of disco#info */ \
	FEATURE(register)                                                                          \
	FEATURE(destroy)                                                                           \
	FEATURE(hidden)                                                                            \
	/* commands are nodes of disco */                                                          \
	FEATURE(adhoc)                                                                             \
	FEATURE(disco)                                                                             \
	/* the form of disco#info tells what a room is; last, what it looks like */                \
	FEATURE(avatar)                                                                            \
	FEATURE(contact)                                                                           \
	FEATURE(selfping)                                                                          \
	FEATURE(ping)                                                                              \
	FEATURE(version)                                                                           \
	FEATURE(uptime)                                                                            \
	FEATURE(time)                                                                              \
	/* what the room does not answer itself is for the other one to answer */                  \
	FEATURE(between)                                                                           \
	/* the menu of commands, in this order: what is looked at, then what is done */            \
	FEATURE(command_rooms)                                                                     \
	FEATURE(command_users)                                                                     \
	FEATURE(command_statistics)                                                                \
	FEATURE(command_audit)                                                                     \
	FEATURE(command_affiliations)                                                              \
	FEATURE(command_announce)                                                                  \
	FEATURE(command_create)                                                                    \
	FEATURE(command_destroy)                                                                   \
	FEATURE(command_unused)                                                                    \
	FEATURE(command_host)                                                                      \
	FEATURE(command_shutdown)                                                                  \
	FEATURE(command_bans)                                                                      \
	/* and of those of a room */                                                               \
	FEATURE(command_room_diagnose)                                                             \
	FEATURE(command_room_clear)                                                                \
	FEATURE(command_room_retract)                                                              \
	FEATURE(command_room_lists)                                                                \
	FEATURE(command_room_export)                                                               \
	FEATURE(command_room_lockdown)                                                             \
	FEATURE(command_room_transfer)                                                             \
	/* it takes no stanza and judges nothing */                                                \
	FEATURE(again)                                                                             \
	/* last of all: the room may end */                                                        \
	FEATURE(persistent)

#define FEATURE(name) extern const struct feature feature_##name;
FEATURES(FEATURE)
#undef FEATURE

const struct feature *const features[] = {
#define FEATURE(name) &feature_##name,
	FEATURES(FEATURE)
#undef FEATURE
	    NULL,
};

/* -- who has a part in what: on most occasions most have none -- */

#define NFEATURES (sizeof(features) / sizeof(features[0]) - 1)

/* Places in the array, in its order. */
struct few {
	uint8_t n, of[NFEATURES];
};

_Static_assert(NFEATURES <= UINT8_MAX, "a place in the array is a byte");

static struct {
	struct few may[CH_COUNT], on[CH_COUNT];
	struct few on_end, add_codes, greet, on_room, on_heard;
} who;

#define FOREACH_OF(f, few)                                                                         \
	for (unsigned nth_ = 0; nth_ < (few)->n && ((f) = features[(few)->of[nth_]], true); nth_++)

static void
count(struct few *few, size_t i, bool has_part)
{
	if (has_part)
		few->of[few->n++] = (uint8_t)i;
}

void
features_init(void)
{
	memset(&who, 0, sizeof(who));
	for (size_t i = 0; i < NFEATURES; i++) {
		const struct feature *f = features[i];

		for (int kind = 0; kind < CH_COUNT; kind++) {
			count(&who.may[kind], i, f->may[kind] != NULL);
			count(&who.on[kind], i, f->on[kind] != NULL);
		}
		count(&who.on_end, i, f->on_end != NULL);
		count(&who.add_codes, i, f->add_codes != NULL);
		count(&who.greet, i, f->greet != NULL);
		count(&who.on_room, i, f->on_room != NULL);
		count(&who.on_heard, i, f->on_heard != NULL);
	}
}

/* -- walkers -- */

static enum deny
plan_may(struct plan *p)
{
	const struct feature *f;
	const struct change *c;
	enum deny deny;

	TAILQ_FOREACH (c, &p->changes, entry) {
		/* Whoever makes a room cannot be refused by it; but what it is to be is judged as in any. */
		if (p->room == NULL && c->kind != CH_CREATE && c->kind != CH_CONFIG)
			continue;
		FOREACH_OF (f, &who.may[c->kind]) {
			p->judge = f->name;
			deny = f->may[c->kind](p->room, p, c);
			if (deny != OK)
				return deny;
		}
	}
	return OK;
}

enum deny
features_may(struct plan *p)
{
	enum deny deny = plan_may(p);

	for (struct plan *deed = p->deeds; deed != NULL && deny == OK; deed = deed->next) {
		deny = features_may(deed);
		if (deny != OK)
			p->by = deed->ev->to.bare;
	}
	return deny;
}

static void
features_on(struct plan *p)
{
	const struct feature *f;
	const struct change *c;

	TAILQ_FOREACH (c, &p->changes, entry)
		FOREACH_OF (f, &who.on[c->kind])
			f->on[c->kind](p, c);
	FOREACH_OF (f, &who.on_end)
		f->on_end(p);
}

void
features_codes(const struct plan *p, const struct change *c, unsigned codes[8])
{
	const struct feature *f;

	FOREACH_OF (f, &who.add_codes)
		f->add_codes(p, c, codes);
}

void
features_greet(struct plan *p, struct session *x)
{
	const struct feature *f;

	FOREACH_OF (f, &who.greet)
		f->greet(p, x);
}

struct room *
room_open(struct service *s, const struct jid *j)
{
	struct room *r = room_get(s, j);
	const struct feature *f;

	if (r == NULL)
		return NULL;
	FOREACH_OF (f, &who.on_room)
		f->on_room(s, r);
	return !r->gone ? r : NULL;
}

void
features_start(struct service *s, unsigned domain_no)
{
	for (const struct feature *const *f = features; *f != NULL; f++)
		if ((*f)->on_start != NULL)
			(*f)->on_start(s, domain_no);
}

void
features_doubt(struct service *s, struct session *x)
{
	for (const struct feature *const *f = features; *f != NULL; f++)
		if ((*f)->on_doubt != NULL)
			(*f)->on_doubt(s, x);
}

void
features_heard(struct service *s, struct session *x)
{
	const struct feature *f;

	FOREACH_OF (f, &who.on_heard)
		f->on_heard(s, x);
}

void
code_add(unsigned codes[8], unsigned code)
{
	for (int i = 0; i < 8; i++)
		if (codes[i] == 0) {
			codes[i] = code;
			return;
		}
}

struct xml *
result_new(struct plan *p)
{
	const struct ev *ev = p->ev;
	struct xml *x = xml_new(p->s->arena, NS_STANZA, "iq");

	xml_set(p->s->arena, x, "from", ev->to.full);
	xml_set(p->s->arena, x, "type", "result");
	xml_set(p->s->arena, x, "id", ev->id);
	p->reply = x;
	return x;
}

struct xml *
result_said(struct plan *p)
{
	struct xml *x = result_new(p);

	xml_set_lang(p->s->arena, x, lang_tag(plan_lang(p)));
	return x;
}

struct xml *
stanza_new(struct arena *a, const char *name, const struct room *r, const char *nick,
    const char *type, const char *id)
{
	struct xml *x = xml_new(a, NS_STANZA, name);

	xml_set(a, x, "from", nick != NULL ? arena_cat(a, r->jid, "/", nick, NULL) : r->jid);
	xml_set(a, x, "type", type);
	xml_set(a, x, "id", id);
	return x;
}

struct plan *
plan_deed(struct plan *p, struct room *r, const struct jid *to)
{
	struct arena *a = p->s->arena;
	struct plan *deed = arena_alloc(a, sizeof(*deed));
	struct ev *ev = arena_alloc(a, sizeof(*ev));

	*ev = *p->ev;
	ev->to = *to;
	ev->address = TO_ROOM;
	ev->domain_no = (unsigned)service_domain(p->s, to->domain);
	ev->session = r != NULL ? room_session(r, ev->from.full) : NULL;
	ev->target = NULL;
	ev->affiliation = AFF_OWNER;
	plan_init(deed, p->s, ev, r);
	*p->deeds_end = deed;
	p->deeds_end = &deed->next;
	return deed;
}

unsigned
plan_domain(const struct plan *p)
{
	return p->ev != NULL ? p->ev->domain_no : p->room->domain_no;
}

void
plan_run(struct plan *p)
{
	struct change *c;

	TAILQ_FOREACH (c, &p->changes, entry)
		if (c->kind == CH_LEAVE && c->occupant != NULL)
			c->occupant->goes = true;
	for (struct plan *deed = p->deeds; deed != NULL; deed = deed->next)
		plan_run(deed);
	features_on(p);
	rooms_write(p->s);
	if (p->reply_wire != NULL) {
		struct addr *to = addr_new(p->ev->from.full);

		pairs_add(&p->first, p->reply_wire, to);
		addr_unref(to);
	}
	out_take(p->s, plan_domain(p), &p->first);
	out_take(p->s, plan_domain(p), &p->rest);
}

enum lang
plan_lang(const struct plan *p)
{
	const struct ev *ev = p->ev;
	enum lang lang;

	if (ev != NULL && lang_read(xml_lang(ev->stanza), &lang))
		return lang;
	return ev != NULL && ev->session != NULL ? session_lang(ev->session) : room_lang(p->room);
}

const char *
say(const struct plan *p, const char *english)
{
	return text_in(plan_lang(p), english);
}

const char *
say_of(const struct plan *p, const char *english, const char *what)
{
	return text_with(p->s->arena, say(p, english), what);
}

const char *
actor_nick(const struct plan *p)
{
	if (p->ev == NULL || p->ev->session == NULL)
		return NULL;
	/* A copy: the actor may leave by the same plan. */
	return arena_strdup(p->s->arena, p->ev->session->occupant->nick);
}
