/* SPDX-License-Identifier: ISC */
/*
 * oracle_client.c - a client: the picture it makes itself of what it is told
 *
 * It knows what XEP-0045 says to clients, what it has sent itself, and the stanzas that reach it,
 * and nothing else. What it must not be told, and what must be told otherwise, it complains of.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "oracle.h"

/* A stanza on its way to a client. */
struct news {
	struct world *w;
	struct client *c;
	const struct xml *x;
	int room; /* that it comes from, -1: none */
	struct view *v;
	const char *nick; /* that it comes from, NULL: the room itself */
	const char *type, *id;
};

/* -- what is in a stanza -- */

static const struct xml *
child_of(const struct xml *x, const char *ns, const char *name)
{
	for (x = x != NULL ? x->child : NULL; x != NULL; x = x->next)
		if (x->kind == XML_ELEMENT && strcmp(x->ns, ns) == 0 && strcmp(x->name, name) == 0)
			return x;
	return NULL;
}

static unsigned
count_of(const struct xml *x, const char *ns, const char *name)
{
	unsigned n = 0;

	for (x = x != NULL ? x->child : NULL; x != NULL; x = x->next)
		n += x->kind == XML_ELEMENT && strcmp(x->ns, ns) == 0 && strcmp(x->name, name) == 0;
	return n;
}

static bool
has_code(const struct xml *user, const char *code)
{
	for (const struct xml *s = xml_child(user, NS_MUC_USER, "status"); s != NULL;
	     s = xml_next(s, NS_MUC_USER, "status"))
		if (xml_get(s, "code") != NULL && strcmp(xml_get(s, "code"), code) == 0)
			return true;
	return false;
}

static bool
type_is(const struct news *n, const char *type)
{
	return n->type != NULL && strcmp(n->type, type) == 0;
}

static void
complain(const struct news *n, const char *what)
{
	world_fails(n->w, n->c, "%s", what);
}

/* -- answers to what it sent -- */

static struct deed *
deed_of(const struct news *n)
{
	for (unsigned i = 0; i < n->w->ndeeds && n->id != NULL; i++)
		if (n->w->deed[i].client == n->c && strcmp(n->w->deed[i].id, n->id) == 0)
			return &n->w->deed[i];
	return NULL;
}

/* A request to another occupant is answered when that one answers, or is waited for no more. */
static bool
was_open(const struct news *n)
{
	for (unsigned i = 0; i < NOPEN && n->id != NULL; i++)
		if (strcmp(n->c->open[i], n->id) == 0) {
			*n->c->open[i] = '\0';
			return true;
		}
	return false;
}

static void
takes_error(const struct news *n)
{
	struct deed *d = deed_of(n);

	if (d == NULL && was_open(n))
		return;
	/* The error of whoever a private message went to comes from its nick. */
	if (d == NULL && n->nick != NULL && n->v->in && strcmp(n->x->name, "message") == 0)
		return;
	if (d == NULL || d->answered) {
		complain(n, "an error for nothing");
		return;
	}
	if (xml_child(n->x, NS_STANZA, "error") == NULL)
		complain(n, "an error without <error/>");
	d->refused = d->answered = true;
	if (d->effect == EFFECT_ENTER && strcmp(n->v->enters, d->id) == 0)
		view_stays(n->v);
}

/* As a server answers for a session that is not there. */
static void
bounce(const struct news *n, const char *condition)
{
	struct buf *b = &n->w->answers;

	buf_addc(b, '<');
	buf_adds(b, n->x->name);
	buf_adds(b, " type='error' from='");
	xml_escape(b, n->c->full);
	buf_adds(b, "' to='");
	xml_escape(b, xml_get(n->x, "from"));
	if (n->id != NULL) {
		buf_adds(b, "' id='");
		xml_escape(b, n->id);
	}
	buf_adds(b, "'><error type='cancel'><");
	buf_adds(b, condition);
	buf_adds(b, " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></");
	buf_adds(b, n->x->name);
	buf_adds(b, ">");
	buf_addc(b, '\0');
}

static void
answer(const struct news *n)
{
	struct buf *b = &n->w->answers;

	if (likely(n->w, 20)) {
		bounce(n, "feature-not-implemented");
		return;
	}
	buf_adds(b, "<iq type='result' from='");
	xml_escape(b, n->c->full);
	buf_adds(b, "' to='");
	xml_escape(b, xml_get(n->x, "from"));
	buf_adds(b, "' id='");
	xml_escape(b, n->id);
	buf_adds(b, "'/>");
	buf_addc(b, '\0');
}

static void
takes_iq(const struct news *n)
{
	struct deed *d;

	if (type_is(n, "get") || type_is(n, "set")) {
		if (n->nick == NULL || n->id == NULL || (!n->v->in && !n->v->lost))
			complain(n, "a question where it is not in");
		else
			answer(n);
		return;
	}
	d = deed_of(n);
	if (d == NULL && was_open(n))
		return;
	if (d == NULL || !d->is_iq || d->answered) {
		complain(n, "a result for nothing");
		return;
	}
	d->answered = true;
}

/* -- presence -- */

static void
read_look(const struct xml *x, struct look *look)
{
	const char *show = xml_child_text(x, NS_STANZA, "show");
	const struct xml *version = child_of(x, "urn:example:version", "v");

	snprintf(look->show, sizeof(look->show), "%s", show != NULL ? show : "");
	take_text(look->status, xml_child_text(x, NS_STANZA, "status"));
	look->version = version != NULL ? (unsigned)atoi(xml_get(version, "n")) : 0;
}

/*
 * Is this the answer to its wish to enter? Told again it has no id. But for the last time that is told, it may
 * as well be what another session of its nick said of itself, with a refusal still to come.
 */
static bool
answers_entering(const struct news *n)
{
	if (!n->v->entering)
		return false;
	if (n->id == NULL)
		return n->w->again && !n->w->loses;
	return strcmp(n->v->enters, n->id) == 0;
}

/* Its own presence: it is in, as this. */
static void
takes_self(const struct news *n, const struct xml *user)
{
	struct view *v = n->v;
	bool open = has_code(user, "100"), entered = answers_entering(n);
	const struct deed *d = deed_of(n);

	take_text(v->nick, n->nick);
	v->lost = false;
	v->open = open || (v->in && !entered && v->open);
	v->in = true;
	if (entered)
		view_entered(v);
	if (d == NULL || d->effect != EFFECT_ENTER)
		return;
	v->no_subject_yet = true;
	v->last_old = v->nold = 0;
	v->entered_at = d->entered_at;
	v->most_old = d->most_old;
	v->wants_old = d->wants_old;
}

/* What it is by now, and is about to be told again; NULL: it is in no more, or nothing is told again. */
static const struct occupant *
is_by_now(const struct news *n)
{
	const struct room *r = truth_room(n->w, (unsigned)n->room);
	const struct session *s = r != NULL ? map_get(&r->sessions, n->c->full) : NULL;

	return n->w->again && s != NULL ? s->occupant : NULL;
}

/* It goes by another nick by now. */
static bool
has_moved(const struct news *n)
{
	const struct occupant *o = is_by_now(n);

	return o != NULL && strcmp(o->nick, n->nick) != 0;
}

static void
takes_available(const struct news *n, const struct xml *user, const struct xml *item)
{
	struct view *v = n->v;
	bool self = has_code(user, "110");
	struct seen *seen;

	if (!v->in && !v->entering) {
		complain(n, "a presence from where it is not in");
		return;
	}
	seen = view_add(v, n->nick);
	if (!role_read(xml_get(item, "role"), &seen->role) ||
	    !affiliation_read(xml_get(item, "affiliation"), &seen->affiliation)) {
		complain(n, "an item of no known role or affiliation");
		return;
	}
	take_text(seen->jid, xml_get(item, "jid"));
	read_look(n->x, &seen->look);
	if (self)
		takes_self(n, user);
	if (!self && v->in && !v->entering && strcmp(v->nick, n->nick) == 0 && !has_moved(n))
		complain(n, "its own presence without 110");
	/* What one may see no more one does not count as seen. */
	if (self && seen->role != ROLE_MODERATOR && !v->open)
		view_forgets_jids(v);
}

static bool
asked_as_if_in(const struct news *n)
{
	for (unsigned i = 0; i < n->w->ndeeds; i++) {
		const struct deed *d = &n->w->deed[i];

		if (d->client == n->c && (int)d->room == n->room && d->effect == EFFECT_LOOK)
			return true;
	}
	return false;
}

static void
takes_own_end(const struct news *n, const struct xml *user, const struct xml *item)
{
	struct view *v = n->v;
	struct seen *seen = view_nick(v, n->nick);

	if (has_code(user, "303") && xml_get(item, "nick") != NULL) {
		if (seen != NULL)
			view_remove(v, seen);
		take_text(v->nick, xml_get(item, "nick"));
		return;
	}
	/* 7.2.18: whoever believes to be in is told that it is not. */
	if (!v->in && !v->lost && !v->entering && !asked_as_if_in(n) && !n->w->again)
		complain(n, "the end of its stay where it was not in");
	view_clear(v);
}

/* Clients go on with whoever it was under the new nick: of one that is never told of they are not rid again. */
static void
takes_new_nick(const struct news *n, struct seen *seen, const char *nick)
{
	if (nick == NULL)
		complain(n, "a new nick that is not named");
	else if (view_nick(n->v, nick) != NULL)
		view_remove(n->v, seen);
	else
		take_text(seen->nick, nick);
}

static void
takes_unavailable(const struct news *n, const struct xml *user, const struct xml *item)
{
	struct view *v = n->v;
	struct seen *seen;
	enum role role;

	/* Where some are not shown, one who gets such a role seems to go. */
	if (!role_read(xml_get(item, "role"), &role) ||
	    (role != ROLE_NONE && !has_code(user, "303") && !n->w->model[n->room].partial))
		complain(n, "who goes has role none");
	if (has_code(user, "110")) {
		takes_own_end(n, user, item);
		return;
	}
	if (!v->in && !v->entering) {
		complain(n, "an unavailable presence from where it is not in");
		return;
	}
	/* 10.9: of the end of the room each is told as of its own. */
	if (xml_child(user, NS_MUC_USER, "destroy") != NULL)
		complain(n, "the end of the room, told of another one");
	if (v->in && !v->entering && strcmp(v->nick, n->nick) == 0)
		complain(n, "its own end without 110");
	seen = view_nick(v, n->nick);
	if (seen != NULL && has_code(user, "303"))
		takes_new_nick(n, seen, xml_get(item, "nick"));
	else if (seen != NULL)
		view_remove(v, seen);
	else if (!v->entering && !n->w->model[n->room].partial && !n->w->again)
		complain(n, "somebody goes who was not there");
}

static void
takes_presence(const struct news *n)
{
	const struct xml *user = xml_child(n->x, NS_MUC_USER, "x");
	const struct xml *item = xml_child(user, NS_MUC_USER, "item");

	/* A room may show itself: XEP-0153, XEP-0486. */
	if (n->nick == NULL && user == NULL && n->v->in)
		return;
	/* Until it enters again it knows nothing; that it is out it understands. */
	if (n->v->lost && !n->v->entering && !(type_is(n, "unavailable") && has_code(user, "110")))
		return;
	if (n->nick == NULL || count_of(n->x, NS_MUC_USER, "x") != 1 ||
	    count_of(user, NS_MUC_USER, "item") != 1 ||
	    count_of(n->x, NS_OCCUPANT_ID, "occupant-id") > 1 ||
	    child_of(n->x, NS_MUC, "x") != NULL)
		complain(n, "a presence of the wrong form");
	else if (xml_get(item, "jid") != NULL && !has_code(user, "110") &&
		 strcmp(n->v->nick, n->nick) != 0 &&
		 !truth_shows_jid(n->w, n->c, (unsigned)n->room))
		complain(n, "a JID that it may not see");
	else if (n->type == NULL)
		takes_available(n, user, item);
	else if (type_is(n, "unavailable"))
		takes_unavailable(n, user, item);
	else
		complain(n, "a presence of an odd type");
}

/* -- messages -- */

/* Were all of these taken back: behind the first, up to and with the last? */
static bool
are_retracted(const struct model *m, size_t first, size_t last)
{
	while (++first <= last)
		if (m->said[first - 1].retracted == 0)
			return false;
	return true;
}

/* One said before it came in. */
static void
takes_old(const struct news *n, const char *body)
{
	struct view *v = n->v;
	const struct model *m = &n->w->model[n->room];
	size_t i = m->nsaid;

	n->w->nold++;
	if (!v->no_subject_yet) {
		complain(n, "an old message not between its own presence and the subject");
		return;
	}
	while (i > 0 && strcmp(m->said[i - 1].id, body) != 0)
		i--;
	/* Of the room before, which ended after it had entered. */
	if (i == 0 && m->begun == n->w->step)
		return;
	if (i == 0 || n->nick == NULL || strcmp(m->said[i - 1].nick, n->nick) != 0)
		complain(n, "an old message that was never said");
	else if (m->said[i - 1].retracted > 0 && m->said[i - 1].retracted < n->w->step)
		complain(n, "an old message that was taken back");
	else if (v->nold > 0 && (i <= v->last_old || !are_retracted(m, v->last_old, i - 1)))
		complain(n, "old messages out of order, twice, or with a gap");
	else if (v->nold++ >= v->most_old)
		complain(n, "more old messages than it asked for");
	else if (i > v->entered_at)
		complain(n, "as old a message that it is told as new");
	v->last_old = i;
}

/* What the room calls the message, for those who take it back. */
static void
notes_sid(const struct news *n)
{
	const struct xml *sid = xml_child(n->x, NS_SID, "stanza-id");
	struct model *m = &n->w->model[n->room];

	for (; sid != NULL; sid = xml_next(sid, NS_SID, "stanza-id")) {
		if (strcmp(xml_get(sid, "by"), m->jid) != 0)
			continue;
		for (size_t i = m->nsaid; i > 0; i--)
			if (strcmp(m->said[i - 1].id, n->id) == 0) {
				snprintf(m->said[i - 1].sid, sizeof(m->said[i - 1].sid), "%s",
				    xml_get(sid, "id"));
				return;
			}
	}
}

static void
takes_live(const struct news *n)
{
	struct view *v = n->v;

	if (v->ndue == 0 || n->id == NULL ||
	    (*v->due[0].id != '\0' && strcmp(v->due[0].id, n->id) != 0) ||
	    strcmp(v->due[0].nick, n->nick != NULL ? n->nick : "") != 0) {
		world_fails(n->w, n->c, "not the message that comes next: %s by %s",
		    v->ndue > 0 ? v->due[0].id : "none", v->ndue > 0 ? v->due[0].nick : "nobody");
		return;
	}
	n->w->nmessages++;
	notes_sid(n);
	memmove(v->due, v->due + 1, --v->ndue * sizeof(*v->due));
}

/* -- told again -- */

static bool
was_taken_back(const struct model *m, const struct due *due)
{
	for (size_t i = 0; i < m->nsaid; i++)
		if (strcmp(m->said[i].id, due->id) == 0)
			return m->said[i].retracted > 0;
	return false;
}

/* Is it lost when it does not arrive? The room's own are not looked for. */
static bool
may_be_lost(const struct model *m, const struct due *due)
{
	return !due->stored || *due->id == '\0' || was_taken_back(m, due);
}

/* A message, live or out of the history: what was due comes in its order, all else may have come before. */
static void
takes_again(const struct news *n)
{
	struct view *v = n->v;
	size_t i = 0;

	notes_sid(n);
	while (i < v->ndue && (n->id == NULL || strcmp(v->due[i].id, n->id) != 0))
		i++;
	if (i == v->ndue)
		return;
	n->w->nmessages++;
	for (size_t j = 0; j < i; j++)
		if (!may_be_lost(&n->w->model[n->room], &v->due[j]))
			world_fails(n->w, n->c, "is told %s again before %s", n->id, v->due[j].id);
	v->ndue -= i + 1;
	memmove(v->due, v->due + i + 1, v->ndue * sizeof(*v->due));
}

void
client_has_all(struct world *w, struct client *c)
{
	for (unsigned room = 0; room < NROOMS; room++) {
		struct view *v = &c->view[room];
		const struct model *m = &w->model[room];

		if (!truth_in(w, c, room)) {
			v->entering = false;
			v->ndue = 0;
		}
		for (size_t i = 0; i < v->ndue; i++)
			if (!may_be_lost(m, &v->due[i]))
				world_fails(
				    w, c, "in %s: is not told %s again", m->jid, v->due[i].id);
		v->ndue = 0;
	}
}

/* With the subject the history has ended: 7.2.15. */
static void
takes_subject(const struct news *n, const char *subject)
{
	const struct view *v = n->v;
	const struct model *m = &n->w->model[n->room];

	if (!n->w->again && v->no_subject_yet && v->nold > 0 && v->entered_at <= m->nsaid &&
	    !are_retracted(m, v->last_old, v->entered_at))
		complain(n, "a history without the newest messages");
	if (!n->w->again && v->no_subject_yet && v->nold == 0 && v->wants_old &&
	    v->entered_at <= m->nsaid && !are_retracted(m, 0, v->entered_at))
		complain(n, "no history where there is some");
	take_text(n->v->subject, subject);
	take_text(n->v->subject_nick, n->nick);
	n->v->no_subject_yet = false;
}

/* The room says something about itself: 10.2.1. */
static void
takes_notice(const struct news *n, const struct xml *user)
{
	struct view *v = n->v;
	const struct occupant *now = is_by_now(n);
	struct seen *self = view_nick(v, v->nick);

	if (has_code(user, "172"))
		v->open = true;
	if (!has_code(user, "173"))
		return;
	v->open = false;
	/* Who sees addresses by now may have been told of it before. */
	if ((self == NULL || self->role != ROLE_MODERATOR) &&
	    (now == NULL ||
		(now->role != ROLE_MODERATOR && now->room->config.whois != WHOIS_ANYONE)))
		view_forgets_jids(v);
}

/*
 * A delay that the room itself added: a client may have one of its own, in another's name. With that one
 * comes what an owner brought from an earlier conversation (7.9), when it is history itself.
 */
static bool
is_old(const struct news *n)
{
	const struct xml *delay = xml_child(n->x, NS_DELAY, "delay");

	if (delay != NULL && n->v->no_subject_yet)
		return true;
	for (; delay != NULL; delay = xml_next(delay, NS_DELAY, "delay"))
		if (xml_get(delay, "from") != NULL &&
		    strcmp(xml_get(delay, "from"), n->w->model[n->room].jid) == 0)
			return true;
	return false;
}

static void
takes_groupchat(const struct news *n)
{
	const char *body = xml_child_text(n->x, NS_STANZA, "body");
	const char *subject = xml_child_text(n->x, NS_STANZA, "subject");
	const struct xml *user = xml_child(n->x, NS_MUC_USER, "x");
	struct view *v = n->v;

	if (!v->in && !v->entering)
		complain(n, "a message from where it is not in");
	else if (user != NULL && n->nick != NULL)
		complain(n, "what only the room may say, said by an occupant");
	else if (user != NULL)
		takes_notice(n, user);
	else if (subject != NULL && body == NULL && xml_child(n->x, NS_STANZA, "thread") == NULL)
		takes_subject(n, subject);
	else if (n->w->again)
		takes_again(n);
	else if (is_old(n) && body != NULL)
		takes_old(n, body);
	else
		takes_live(n);
}

/* A private message: 7.5. It comes once to each session of the nick (7.2.8). */
static void
takes_pm(const struct news *n)
{
	const clients me = CLIENT(n->c->no);

	for (unsigned i = 0; i < n->w->ndeeds && n->v->in && n->id != NULL; i++) {
		struct deed *d = &n->w->deed[i];

		if (d->effect != EFFECT_PM || (int)d->room != n->room ||
		    (d->recipients & me) == 0 || strcmp(d->id, n->id) != 0)
			continue;
		if (strcmp(d->nick, n->nick) != 0)
			complain(n, "a private message from another one");
		d->recipients &= ~me;
		return;
	}
	complain(n, "a private message that is not for it");
}

/* Was none of these told, as far as anybody knows their ids? Behind the first, before the last. */
static bool
have_no_id(const struct model *m, size_t first, size_t last)
{
	while (++first < last)
		if (*m->said[first - 1].sid != '\0')
			return false;
	return true;
}

/* What the archive has in the place of a message: it, or a tombstone. */
static void
takes_kept(const struct news *n, const struct due *said, const struct xml *message)
{
	const char *body = xml_child_text(message, NS_STANZA, "body"),
		   *from = xml_get(message, "from");
	const char *jid = n->w->model[n->room].jid;

	if (from == NULL || strncmp(from, jid, strlen(jid)) != 0 ||
	    strcmp(from + strlen(jid) + 1, said->nick) != 0)
		complain(n, "an archive names another one");
	else if (body != NULL ? strcmp(body, said->id) != 0 : said->retracted == 0)
		complain(n, "an archive tells what was not said");
	else if (body != NULL && said->retracted > 0 && said->retracted < n->w->step)
		complain(n, "an archive tells what was taken back");
}

/* XEP-0313: what was asked for, in order and without a gap, and nothing else. */
static void
takes_result(const struct news *n, const struct xml *result)
{
	const struct xml *forwarded = xml_child(result, NS_FORWARD, "forwarded");
	const struct xml *message = xml_child(forwarded, NS_STANZA, "message");
	const struct xml *item =
	    xml_child(xml_child(message, NS_MUC_USER, "x"), NS_MUC_USER, "item");
	const struct model *m = &n->w->model[n->room];
	const struct news query = { .w = n->w, .c = n->c, .id = xml_get(result, "queryid") };
	struct deed *d = deed_of(&query);
	const char *jid = xml_get(item, "jid"), *sid = xml_get(result, "id");
	size_t i = m->nsaid;

	if (d == NULL || !d->asks || d->answered || (int)d->room != n->room || n->nick != NULL) {
		complain(n, "a result for nothing");
		return;
	}
	if (jid != NULL && !d->by_admin && !truth_shows_jid(n->w, n->c, (unsigned)n->room) &&
	    strncmp(jid, n->c->bare, strlen(n->c->bare)) != 0)
		complain(n, "a JID that it may not see");
	while (i > 0 && strcmp(m->said[i - 1].sid, sid) != 0)
		i--;
	if (i == 0)
		return;
	if (i <= d->last_told || (d->last_told > 0 && !d->sifts && !have_no_id(m, d->last_told, i)))
		complain(n, "an archive out of order, or with a gap");
	d->last_told = i;
	takes_kept(n, &m->said[i - 1], message);
	n->w->nkept++;
}

static void
takes_message(const struct news *n)
{
	const struct xml *result = xml_child(n->x, NS_MAM, "result");
	const struct xml *user = xml_child(n->x, NS_MUC_USER, "x");
	const struct xml *item = xml_child(user, NS_MUC_USER, "item");

	if (xml_child(user, NS_MUC_USER, "invite") != NULL ||
	    xml_child(user, NS_MUC_USER, "decline") != NULL)
		return;
	if (result != NULL) {
		takes_result(n, result);
		return;
	}
	if (n->v->lost && !n->v->entering)
		return;
	if (type_is(n, "groupchat"))
		takes_groupchat(n);
	else if (n->nick != NULL)
		takes_pm(n);
	else if (!n->v->in)
		complain(n, "a message from where it is not in");
	else if (item != NULL && xml_get(item, "jid") != NULL &&
		 !truth_shows_jid(n->w, n->c, (unsigned)n->room))
		complain(n, "a JID that it may not see");
}

/* -- all that comes -- */

static void
as_dead(const struct news *n)
{
	if (type_is(n, "error") || type_is(n, "result"))
		return;
	if (strcmp(n->x->name, "iq") == 0)
		bounce(n, "service-unavailable");
	else if (strcmp(n->x->name, "message") == 0 && likely(n->w, 30))
		bounce(n, likely(n->w, 50) ? "service-unavailable" : "recipient-unavailable");
}

/* Where it comes from. */
static bool
read_from(struct news *n)
{
	const char *from = xml_get(n->x, "from");
	size_t len;

	n->room = -1;
	if (from == NULL)
		return false;
	for (int i = 0; i < NROOMS; i++) {
		len = strlen(n->w->model[i].jid);
		if (strncmp(from, n->w->model[i].jid, len) != 0 ||
		    (from[len] != '\0' && from[len] != '/'))
			continue;
		n->room = i;
		n->v = &n->c->view[i];
		n->nick = from[len] == '/' ? from + len + 1 : NULL;
		return true;
	}
	return true;
}

/* From the service, or a room that is none: answers only. */
static void
takes_from_outside(const struct news *n)
{
	struct deed *d = deed_of(n);

	if ((type_is(n, "error") || type_is(n, "result") || strcmp(n->x->name, "presence") == 0) &&
	    d != NULL)
		d->answered = true;
	else
		complain(n, "something from no room");
	if (d != NULL && type_is(n, "error"))
		d->refused = true;
}

void
client_takes(struct world *w, struct client *c, const struct xml *x, const char *bytes, size_t len)
{
	struct news n = {
		.w = w,
		.c = c,
		.x = x,
		.type = xml_get(x, "type"),
		.id = xml_get(x, "id"),
	};

	if (!read_from(&n)) {
		complain(&n, "a stanza without from");
		return;
	}
	truth_searches(w, c, n.room, x, bytes, len);
	if (c->life == SILENT)
		return;
	if (c->life == DEAD)
		as_dead(&n);
	else if (n.room < 0)
		takes_from_outside(&n);
	else if (type_is(&n, "error"))
		takes_error(&n);
	else if (strcmp(x->name, "iq") == 0)
		takes_iq(&n);
	else if (strcmp(x->name, "presence") == 0)
		takes_presence(&n);
	else
		takes_message(&n);
}
