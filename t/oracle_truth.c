/* SPDX-License-Identifier: ISC */
/*
 * oracle_truth.c - the room as it is, what each may see of it, and the difference
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle.h"

/* -- looking inside -- */

struct room *
truth_room(const struct world *w, unsigned room)
{
	return map_get(&world_inside(w)->rooms, w->model[room].jid);
}

/* The user whose bare JID begins there, -1: none's. */
static int
user_named(const char *p, size_t n)
{
	if (n < 5 || p[0] != 'q' || p[1] != 'z' || p[4] != '@' || p[2] < '0' || p[2] > '9' ||
	    p[3] < '0' || p[3] > '9')
		return -1;
	return (p[2] - '0') * 10 + (p[3] - '0');
}

struct client *
truth_client(struct world *w, const char *full)
{
	int user = user_named(full, strlen(full));

	if (user < 0 || user >= NUSERS)
		return NULL;
	for (int i = user * NSEATS; i < (user + 1) * NSEATS; i++)
		if (strcmp(w->client[i].full, full) == 0)
			return &w->client[i];
	return NULL;
}

bool
truth_in(const struct world *w, const struct client *c, unsigned room)
{
	const struct room *r = truth_room(w, room);

	return r != NULL && map_get(&r->sessions, c->full) != NULL;
}

clients
truth_sessions(struct world *w, const struct occupant *o)
{
	const struct session *s;
	clients set = 0;

	TAILQ_FOREACH (s, &o->sessions, entry)
		set |= CLIENT(truth_client(w, s->jid)->no);
	return set;
}

enum affiliation
truth_affiliation(const struct world *w, const struct client *c, unsigned room)
{
	const struct room *r = truth_room(w, room);

	return r != NULL ? affiliation_of(r, c->bare) : AFF_NONE;
}

uint32_t
truth_config(const struct room *r, const char *member, uint32_t other)
{
	const struct config *c = &r->config;

#define NUMBER(tag, name, ...)                                                                     \
	if (strcmp(#name, member) == 0)                                                            \
		return c->name;
#define BOOL NUMBER
#define ENUM NUMBER
#define UINT NUMBER
#define PICK NUMBER
#define SET  NUMBER
#define TEXT(tag, name, ...)
#include "tbl/config.h"
#undef BOOL
#undef ENUM
#undef UINT
#undef PICK
#undef SET
#undef TEXT
#undef NUMBER
	return other;
}

/* -- who may see what: XEP-0045, and nothing else -- */

/* 7.2.3, 7.2.4: moderators, all where addresses are open; oneself. */
bool
truth_sees_jid(const struct room *r, const struct occupant *me, const struct occupant *of)
{
	return r->config.whois == WHOIS_ANYONE || me->role == ROLE_MODERATOR || me == of;
}

/* 10.1.3, presencebroadcast: of which roles the presence is told; one's own always is. */
bool
truth_sees(const struct room *r, const struct occupant *me, const struct occupant *of)
{
	static const uint32_t bit[] = {
		[ROLE_MODERATOR] = 1, [ROLE_PARTICIPANT] = 2, [ROLE_VISITOR] = 4
	};

	return me == of || (truth_config(r, "presencebroadcast", 7) & bit[of->role]) != 0;
}

/*
 * Whose presence stands for the nick, by what clients have said of themselves: the highest priority, then
 * the most available, then the oldest.
 */
static const struct client *
shown(struct world *w, unsigned room, const struct occupant *o)
{
	static const char *const order[] = { "chat", "", "away", "xa", "dnd" };
	const struct client *best = NULL;
	const struct session *s;
	int best_priority = 0;
	size_t best_show = 0;

	TAILQ_FOREACH (s, &o->sessions, entry) {
		const struct client *c = truth_client(w, s->jid);
		const struct look *look = &c->look[room];
		size_t show = 0;

		while (strcmp(order[show], look->show) != 0)
			show++;
		if (best != NULL && (look->priority < best_priority ||
					(look->priority == best_priority && show >= best_show)))
			continue;
		best = c;
		best_priority = look->priority;
		best_show = show;
	}
	return best;
}

/* -- before and after -- */

void
truth_notes(struct world *w)
{
	for (unsigned i = 0; i < NROOMS; i++) {
		struct room *r = truth_room(w, i);
		struct model *m = &w->model[i];
		const struct occupant *o;

		if (r == NULL)
			continue;
		if (r->id != m->id) {
			m->id = r->id;
			m->begun = w->step;
			m->nsaid = 0;
			m->ever_mute = false;
			*m->subject = *m->subject_nick = '\0';
			/* What was said in the old one is not told again. */
			for (unsigned c = 0; c < NCLIENTS && w->loses; c++)
				w->client[c].view[i].ndue = 0;
		}
		if (r->config.whois == WHOIS_ANYONE)
			m->open = m->ever_open = true;
		if (truth_config(r, "presencebroadcast", 7) != 7)
			m->partial = true;
		if (truth_config(r, "allow_visitor_status", 1) == 0)
			m->ever_mute = true;
		TAILQ_FOREACH (o, &r->occupants, entry)
			if (o->role == ROLE_MODERATOR)
				m->moderators |= truth_sessions(w, o);
	}
}

void
truth_begins(struct world *w)
{
	for (unsigned i = 0; i < NROOMS; i++) {
		w->model[i].moderators = 0;
		w->model[i].open = w->model[i].partial = false;
	}
	truth_notes(w);
}

bool
truth_shows_jid(const struct world *w, const struct client *c, unsigned room)
{
	return w->model[room].open || (w->model[room].moderators & CLIENT(c->no)) != 0;
}

/* -- pictures -- */

static void
differs(struct world *w, const struct client *c, unsigned room, const char *nick, const char *what,
    const char *sees, const char *is)
{
	world_fails(w, c, "in %s: %s%s%s is '%s', but it was told '%s'", w->model[room].jid, nick,
	    *nick != '\0' ? ": " : "", what, is, sees);
}

static void
check_seen(struct world *w, const struct client *c, unsigned room, const struct occupant *me,
    const struct occupant *of)
{
	const struct room *r = of->room;
	const struct seen *seen = view_nick(&c->view[room], of->nick);
	const struct client *as = shown(w, room, of);
	const struct look *look = &as->look[room];
	const char *jid = truth_sees_jid(r, me, of) ? as->full : "";
	char got[32], want[32];

	if (seen == NULL) {
		differs(w, c, room, of->nick, "there", "no", "yes");
		return;
	}
	if (seen->role != of->role)
		differs(w, c, room, of->nick, "role", role_name(seen->role), role_name(of->role));
	if (seen->affiliation != of->affiliation)
		differs(w, c, room, of->nick, "affiliation", affiliation_name(seen->affiliation),
		    affiliation_name(of->affiliation));
	if (strcmp(seen->jid, jid) != 0)
		differs(w, c, room, of->nick, "jid", seen->jid, jid);
	if (strcmp(seen->look.show, look->show) != 0)
		differs(w, c, room, of->nick, "show", seen->look.show, look->show);
	/* A visitor's may be kept from others, and is not told of itself when that ends. */
	if (strcmp(seen->look.status, look->status) != 0 &&
	    (of->role != ROLE_VISITOR || !w->model[room].ever_mute))
		differs(w, c, room, of->nick, "status", seen->look.status, look->status);
	snprintf(got, sizeof(got), "%u", seen->look.version);
	snprintf(want, sizeof(want), "%u", look->version);
	if (seen->look.version != look->version)
		differs(w, c, room, of->nick, "version", got, want);
}

static void
check_in(struct world *w, const struct client *c, unsigned room, const struct occupant *me)
{
	const struct room *r = me->room;
	const struct view *v = &c->view[room];
	const struct model *m = &w->model[room];
	const struct occupant *o;
	size_t n = 0;

	if (strcmp(v->nick, me->nick) != 0)
		differs(w, c, room, "", "its own nick", v->nick, me->nick);
	TAILQ_FOREACH (o, &r->occupants, entry) {
		if (!truth_sees(r, me, o))
			continue;
		check_seen(w, c, room, me, o);
		n++;
	}
	for (size_t i = 0; i < v->nseen && v->nseen != n; i++) {
		o = map_get(&r->nicks, v->seen[i].nick);
		if (o == NULL || !truth_sees(r, me, o))
			differs(w, c, room, v->seen[i].nick, "there", "yes", "no");
	}
	if (strcmp(v->subject, m->subject) != 0)
		differs(w, c, room, "", "the subject", v->subject, m->subject);
	if (strcmp(v->subject_nick, m->subject_nick) != 0)
		differs(w, c, room, "", "who set the subject", v->subject_nick, m->subject_nick);
	if (v->open != (r->config.whois == WHOIS_ANYONE))
		differs(w, c, room, "", "openness of addresses", v->open ? "yes" : "no",
		    v->open ? "no" : "yes");
	if (v->no_subject_yet)
		world_fails(w, c, "in %s: has entered and was told no subject", m->jid);
}

static void
check_view(struct world *w, struct client *c, unsigned room)
{
	const struct room *r = truth_room(w, room);
	const struct session *s = r != NULL ? map_get(&r->sessions, c->full) : NULL;
	struct view *v = &c->view[room];

	if (v->lost && s == NULL)
		view_clear(v);
	if (c->life != ALIVE || v->lost)
		return;
	if (v->entering)
		world_fails(w, c, "in %s: its wish to enter has no answer", w->model[room].jid);
	if (v->ndue > 0)
		world_fails(
		    w, c, "in %s: the message %s did not come", w->model[room].jid, v->due[0].id);
	if (v->in != (s != NULL)) {
		differs(w, c, room, "", "in the room", v->in ? "yes" : "no", v->in ? "no" : "yes");
		return;
	}
	if (s == NULL)
		return;
	w->npictures++;
	check_in(w, c, room, s->occupant);
}

/* -- the room and its store -- */

struct count {
	unsigned owners, records;
};

static int
count_one(void *arg, const struct affil *f)
{
	struct count *n = arg;

	n->records++;
	n->owners += f->affiliation == AFF_OWNER;
	return 0;
}

static void
check_room(struct world *w, unsigned room)
{
	const struct room *r = truth_room(w, room);
	struct count n = { 0, 0 };
	const struct occupant *o;
	unsigned noccupants = 0;
	size_t nsessions = 0;

	if (r == NULL)
		return;
	affiliation_each(r, AFF_OUTCAST, AFF_OWNER, count_one, &n);
	if (n.records != r->naffiliations || n.owners != r->nowners)
		world_fails(w, NULL, "%s: %u affiliations and %u owners are stored, not %u and %u",
		    r->jid, n.records, n.owners, r->naffiliations, r->nowners);
	if (n.owners == 0)
		world_fails(w, NULL, "%s: has no owner", r->jid);
	TAILQ_FOREACH (o, &r->occupants, entry) {
		enum affiliation stored = affiliation_of(r, o->bare);

		noccupants++;
		nsessions += o->nsessions;
		if (o->affiliation != stored)
			world_fails(w, NULL, "%s: %s is %s, but stored is %s", r->jid, o->bare,
			    affiliation_name(o->affiliation), affiliation_name(stored));
		if (stored == AFF_OUTCAST || o->role == ROLE_NONE)
			world_fails(w, NULL, "%s: %s must not be in", r->jid, o->bare);
		if (stored >= AFF_ADMIN && o->role != ROLE_MODERATOR)
			world_fails(w, NULL, "%s: %s is no moderator", r->jid, o->bare);
		if (r->config.membersonly && stored < AFF_MEMBER)
			world_fails(w, NULL, "%s: %s is no member", r->jid, o->bare);
		if (o->goes || o->promoted)
			world_fails(w, NULL, "%s: a plan has left traces on %s", r->jid, o->nick);
	}
	if (noccupants != r->noccupants || nsessions != map_count(&r->sessions) ||
	    noccupants != map_count(&r->nicks))
		world_fails(w, NULL, "%s: its occupants are counted wrong", r->jid);
	if (noccupants == 0 && (r->locked || !r->config.persistentroom))
		world_fails(w, NULL, "%s: is there still, with nobody in it", r->jid);
}

void
truth_checks(struct world *w)
{
	for (unsigned i = 0; i < NROOMS && !w->failed; i++)
		check_room(w, i);
	for (unsigned i = 0; i < NCLIENTS && !w->failed; i++)
		for (unsigned room = 0; room < NROOMS && !w->failed; room++)
			check_view(w, &w->client[i], room);
}

/* Who is in, in order: what a restart must not change. */
void
truth_writes(const struct world *w, struct buf *b)
{
	for (unsigned i = 0; i < NROOMS; i++) {
		const struct room *r = truth_room(w, i);
		const struct occupant *o;
		const struct session *s;

		if (r == NULL || r->noccupants == 0)
			continue;
		TAILQ_FOREACH (o, &r->occupants, entry) {
			buf_adds(b, r->jid);
			buf_adds(b, " ");
			buf_adds(b, o->nick);
			TAILQ_FOREACH (s, &o->sessions, entry) {
				buf_adds(b, " ");
				buf_adds(b, s->jid);
			}
			buf_adds(b, "\n");
		}
	}
	buf_addc(b, '\0');
}

/* -- addresses -- */

static bool
is_child(const struct xml *x, const char *ns, const char *name)
{
	return strcmp(x->ns, ns) == 0 && strcmp(x->name, name) == 0;
}

/* Is the user's address in the text? */
static bool
names_user(const char *text, int user)
{
	char name[16];

	snprintf(name, sizeof(name), "qz%02d@", user);
	return text != NULL && strstr(text, name) != NULL;
}

/* 7.8.2: an invitation, and what comes of it, says who invites or declines. */
static bool
is_inviters(const struct xml *x, int user)
{
	const struct xml *c = xml_child(x, NS_MUC_USER, "x");

	for (c = c != NULL ? c->child : NULL; c != NULL; c = c->next)
		if (c->kind == XML_ELEMENT &&
		    (is_child(c, NS_MUC_USER, "invite") || is_child(c, NS_MUC_USER, "decline")) &&
		    names_user(xml_get(c, "from"), user))
			return true;
	return false;
}

/* What it asked or said, of which this is the answer; NULL: nothing. */
static const struct deed *
answered(const struct world *w, const struct client *c, const struct xml *x)
{
	const char *id = xml_get(xml_child(x, NS_MAM, "result"), "queryid");

	if (id == NULL)
		id = xml_get(x, "id");
	for (unsigned i = 0; i < w->ndeeds && id != NULL; i++)
		if (w->deed[i].client == c && strcmp(w->deed[i].id, id) == 0)
			return &w->deed[i];
	return NULL;
}

/* A list of affiliations is the admins' to see, in the room or not; and everybody's own words. */
static bool
is_answer_with(const struct world *w, const struct client *c, const struct xml *x, int user)
{
	const struct deed *d = answered(w, c, x);

	return d != NULL && ((d->is_iq && d->by_admin) || names_user(d->stanza, user));
}

void
truth_searches(
    struct world *w, const struct client *c, int room, const struct xml *x, const char *p, size_t n)
{
	const char *end = p + n, *at = p;
	const char *to = xml_get(x, "to");
	int own = user_named(to, strlen(to)), user;

	if (room >= 0 && w->model[room].ever_open)
		return;
	w->nsearched++;
	for (; (at = memmem(at, (size_t)(end - at), "qz", 2)) != NULL; at++) {
		user = user_named(at, (size_t)(end - at));
		if (user < 0 || user == own || is_inviters(x, user))
			continue;
		if (c != NULL && room >= 0 &&
		    ((w->model[room].moderators & CLIENT(c->no)) != 0 ||
			is_answer_with(w, c, x, user)))
			continue;
		world_fails(w, c, "the address of qz%02d@ has leaked: %.*s", user, (int)n, p);
		return;
	}
}
