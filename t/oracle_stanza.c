/* SPDX-License-Identifier: ISC */
/*
 * oracle_stanza.c - the stanzas of operations: coming and going, saying, asking
 *
 * Each make_...() has d->client, d->room and d->id, and writes d->stanza; it may look inside the room to
 * make something that is likely to be taken, and says what is to come of it. False: not possible here.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle.h"

#define X_MUC "<x xmlns='http://jabber.org/protocol/muc'>"

/* -- writing -- */

const char *
esc(struct world *w, const char *s)
{
	struct buf b = BUF_INIT;
	const char *out;

	xml_escape(&b, s);
	out = arena_strndup(w->a, b.len > 0 ? b.p : "", b.len);
	buf_release(&b);
	return out;
}

bool
put(struct world *w, struct deed *d, const char *kind, const char *nick, const char *fmt, ...)
{
	va_list ap;
	char *rest;

	va_start(ap, fmt);
	if (vasprintf(&rest, fmt, ap) < 0)
		abort();
	va_end(ap);
	if (asprintf(&d->stanza, "<%s from='%s' to='%s%s%s' id='%s' %s</%s>", kind,
		esc(w, d->client->full), w->model[d->room].jid, nick != NULL ? "/" : "",
		nick != NULL ? esc(w, nick) : "", d->id, rest, kind) < 0)
		abort();
	free(rest);
	return true;
}

const char *
one_of(struct world *w, const char *const *v, size_t n)
{
	return v[chance(w, (uint32_t)n)];
}

/* -- who and what is there -- */

struct session *
session_of(struct world *w, const struct deed *d)
{
	const struct room *r = truth_room(w, d->room);

	return r != NULL ? map_get(&r->sessions, d->client->full) : NULL;
}

/* Somebody in the room, NULL: nobody. */
struct occupant *
somebody(struct world *w, const struct deed *d)
{
	const struct room *r = truth_room(w, d->room);
	struct occupant *o;
	uint32_t n;

	if (r == NULL || r->noccupants == 0)
		return NULL;
	n = chance(w, r->noccupants);
	TAILQ_FOREACH (o, &r->occupants, entry)
		if (n-- == 0)
			return o;
	return NULL;
}

const char *
some_user(struct world *w)
{
	return w->client[chance(w, NCLIENTS)].bare;
}

const char *
some_nick(struct world *w, const struct deed *d)
{
	static const char *const nicks[] = { "alpha", "beta", "gamma", "a b", "x/y", "<&>'\"",
		"\xe2\x85\xa7", "VIII", "\xc3\x84rger", "\xe2\x80\x8b", "delta", "eps" };

	if (likely(w, 50))
		return arena_fmt(w->a, "N%02u", d->client->user);
	return one_of(w, nicks, COUNT(nicks));
}

/* What it says of itself from now on, as children of a presence. */
static const char *
some_look(struct world *w, struct deed *d, enum effect effect)
{
	static const char *const shows[] = { "", "chat", "away", "xa", "dnd" };
	static const char forged[] =
	    "<x xmlns='" MUC
	    "#user'><item affiliation='owner' role='moderator' jid='evil@nowhere'/>"
	    "<status code='110'/></x><occupant-id xmlns='urn:xmpp:occupant-id:0' id='me'/>";
	struct look *look = &d->look;

	d->effect = effect;
	snprintf(look->show, sizeof(look->show), "%s", one_of(w, shows, COUNT(shows)));
	if (likely(w, 50))
		snprintf(look->status, sizeof(look->status), "busy with <%s> & co", d->id);
	look->priority = likely(w, 50) ? 0 : (int)chance(w, 5) - 2;
	look->version = chance(w, 4);
	return arena_fmt(w->a,
	    "%s%s%s%s%s%s<priority>%d</priority><v xmlns='urn:example:version' n='%u'/>%s",
	    *look->show != '\0' ? "<show>" : "", look->show, *look->show != '\0' ? "</show>" : "",
	    *look->status != '\0' ? "<status>" : "", esc(w, look->status),
	    *look->status != '\0' ? "</status>" : "", look->priority, look->version,
	    likely(w, 10) ? forged : "");
}

/* -- coming and going -- */

static bool
enter(struct world *w, struct deed *d, const char *nick, const char *history)
{
	const struct room *r = truth_room(w, d->room);
	const char *password = "";

	if (r != NULL && r->config.passwordprotectedroom && likely(w, 85))
		password = arena_fmt(w->a, "<password>%s</password>", esc(w, r->config.roomsecret));
	d->most_old = SIZE_MAX;
	d->wants_old = r != NULL && *history == '\0' &&
		       truth_config(r, "enablearchiving", 0) != 0 &&
		       truth_config(r, "maxhistoryfetch", 0) > 0;
	return put(w, d, "presence", nick, ">%s%s%s</x>%s", X_MUC, password, history,
	    some_look(w, d, EFFECT_ENTER));
}

bool
make_enter(struct world *w, struct deed *d)
{
	const struct room *r = truth_room(w, d->room);

	/* Rooms stay of a size in which everybody still meets everybody. */
	if (r == NULL || r->noccupants > 6 + chance(w, 8))
		return false;
	return enter(w, d, some_nick(w, d), "");
}

bool
make_create(struct world *w, struct deed *d)
{
	struct model *m = &w->model[d->room];

	if (truth_room(w, d->room) != NULL)
		return false;
	/* A room that was destroyed, or sleeps, may be nobody's to make: some of another name, then. */
	if (w->ndeeds == 0 && likely(w, 30))
		snprintf(m->jid, TEXT_MAX, "room%u.%lu@" DOMAIN, d->room, w->ids);
	return enter(w, d, some_nick(w, d), "");
}

bool
make_enter_again(struct world *w, struct deed *d)
{
	const struct session *s = session_of(w, d);

	if (s == NULL)
		return false;
	return enter(w, d, likely(w, 75) ? s->occupant->nick : some_nick(w, d), "");
}

bool
make_enter_history(struct world *w, struct deed *d)
{
	static const struct {
		const char *x;
		size_t most;
	} history[] = {
		{ "<history maxstanzas='0'/>", 0 },
		{ "<history maxstanzas='3'/>", 3 },
		{ "<history maxchars='0'/>", 0 },
		{ "<history maxchars='5000'/>", SIZE_MAX },
		{ "<history seconds='60'/>", SIZE_MAX },
		{ "<history since='2026-01-01T00:00:00Z'/>", SIZE_MAX },
		{ "<history maxstanzas='1000000000000'/>", SIZE_MAX },
		{ "<history seconds='-1'/>", SIZE_MAX },
	};
	const struct room *r = truth_room(w, d->room);
	size_t i = chance(w, COUNT(history));

	if (r == NULL || r->noccupants > 16)
		return false;
	enter(w, d, some_nick(w, d), history[i].x);
	d->most_old = history[i].most;
	return true;
}

bool
make_leave(struct world *w, struct deed *d)
{
	return put(w, d, "presence", likely(w, 80) ? some_nick(w, d) : NULL,
	    "type='unavailable'>%s", likely(w, 50) ? "<status>bye &lt;all></status>" : "");
}

/* Often to a nick that another session of the same account has. */
bool
make_rename(struct world *w, struct deed *d)
{
	const struct session *s = session_of(w, d);
	const struct occupant *o = somebody(w, d);
	const char *nick = some_nick(w, d);

	for (int i = 0; s != NULL && i < 4; i++, o = somebody(w, d))
		if (strcmp(o->bare, s->occupant->bare) == 0)
			nick = o->nick;
	return s != NULL && put(w, d, "presence", nick, ">%s", some_look(w, d, EFFECT_LOOK));
}

bool
make_presence(struct world *w, struct deed *d)
{
	const struct session *s = session_of(w, d);

	return s != NULL &&
	       put(w, d, "presence", s->occupant->nick, ">%s", some_look(w, d, EFFECT_LOOK));
}

bool
make_outside_presence(struct world *w, struct deed *d)
{
	return put(w, d, "presence", some_nick(w, d), ">%s", some_look(w, d, EFFECT_LOOK));
}

/* -- messages -- */

/* 7.4: who may speak, is heard by all who are there now. */
static void
will_be_heard(struct world *w, struct deed *d)
{
	const struct session *s = session_of(w, d);
	const struct room *r = truth_room(w, d->room);
	const struct occupant *o;

	d->effect = EFFECT_SAY;
	d->foul = s == NULL || (r->config.moderatedroom && s->occupant->role < ROLE_PARTICIPANT);
	d->fair = !d->foul;
	if (d->foul)
		return;
	d->stored = truth_config(r, "enablearchiving", 0) != 0;
	snprintf(d->nick, TEXT_MAX, "%s", s->occupant->nick);
	TAILQ_FOREACH (o, &r->occupants, entry)
		d->recipients |= truth_sessions(w, o);
}

static bool
say(struct world *w, struct deed *d, const char *more)
{
	const struct room *r = truth_room(w, d->room);

	will_be_heard(w, d);
	d->kept = r != NULL && truth_config(r, "enablearchiving", 0) != 0;
	return put(w, d, "message", NULL, "type='groupchat'><body>%s</body>%s", d->id, more);
}

bool
make_say(struct world *w, struct deed *d)
{
	return say(w, d, likely(w, 10) ? "<subject>with a body</subject>" : "");
}

bool
make_say_forged(struct world *w, struct deed *d)
{
	static const char *const forged[] = {
		"<x xmlns='" MUC "#user'><status code='172'/><item affiliation='owner'/></x>",
		"<delay xmlns='urn:xmpp:delay' from='%s' stamp='2020-01-01T00:00:00Z'/>",
		"<delay xmlns='urn:xmpp:delay' from='elsewhere' stamp='2020-01-01T00:00:00Z'/>",
		"<stanza-id xmlns='urn:xmpp:sid:0' by='%s' id='1'/>",
		"<occupant-id xmlns='urn:xmpp:occupant-id:0' id='me'/>",
		"<addresses xmlns='http://jabber.org/protocol/address'/>",
	};
	const char *one = one_of(w, forged, COUNT(forged));
	const char *at = strstr(one, "%s");

	if (at != NULL)
		one = arena_cat(w->a, arena_strndup(w->a, one, (size_t)(at - one)),
		    w->model[d->room].jid, at + 2, NULL);
	return say(w, d, one);
}

bool
make_marker(struct world *w, struct deed *d)
{
	will_be_heard(w, d);
	return put(w, d, "message", NULL,
	    "type='groupchat'><displayed xmlns='urn:xmpp:chat-markers:0' id='x'/>");
}

/* Some message that was said in the room and has an id there; 0: none. `by`: rather one of that user's. */
static size_t
some_said(struct world *w, const struct deed *d, unsigned by)
{
	const struct model *m = &w->model[d->room];
	const struct room *r = truth_room(w, d->room);
	size_t found = 0;

	if (r == NULL || r->id != m->id || m->nsaid == 0)
		return 0;
	for (int i = 0; i < 12; i++) {
		const size_t n = m->nsaid - chance(w, m->nsaid < 30 ? (uint32_t)m->nsaid : 30);

		if (*m->said[n - 1].sid == '\0')
			continue;
		found = n;
		if (m->said[n - 1].user == by && m->said[n - 1].retracted == 0)
			break;
	}
	return found;
}

/* Was it taken back already, also by what has been done in this step? */
static bool
is_taken_back(const struct world *w, const struct deed *d)
{
	if (w->model[d->room].said[d->takes_back - 1].retracted > 0)
		return true;
	for (const struct deed *other = w->deed; other < d; other++)
		if (other->room == d->room && other->fair && other->takes_back == d->takes_back)
			return true;
	return false;
}

/* XEP-0424 5: it is the author's to take back, under whatever nick, and once. */
bool
make_retract(struct world *w, struct deed *d)
{
	const struct due *said;

	d->takes_back = some_said(w, d, d->client->user);
	if (d->takes_back == 0)
		return false;
	said = &w->model[d->room].said[d->takes_back - 1];
	will_be_heard(w, d);
	if (d->fair && (said->user != d->client->user || is_taken_back(w, d))) {
		d->foul = true;
		d->fair = false;
	}
	return put(w, d, "message", NULL,
	    "type='groupchat'><retract xmlns='urn:xmpp:message-retract:1' id='%s'/>", said->sid);
}

/* XEP-0425 3: moderators, and admins who are not in. What is so already nobody is told. */
bool
make_moderate(struct world *w, struct deed *d)
{
	const struct room *r = truth_room(w, d->room);
	const struct session *s = session_of(w, d);
	const struct occupant *o;

	d->takes_back = some_said(w, d, NUSERS);
	if (d->takes_back == 0)
		return false;
	d->fair = truth_affiliation(w, d->client, d->room) >= AFF_ADMIN ||
		  (s != NULL && s->occupant->role == ROLE_MODERATOR);
	d->foul = !d->fair;
	if (d->fair && !is_taken_back(w, d)) {
		d->effect = EFFECT_SAY;
		TAILQ_FOREACH (o, &r->occupants, entry)
			d->recipients |= truth_sessions(w, o);
	}
	return put(w, d, "iq", NULL,
	    "type='set'><moderate xmlns='urn:xmpp:message-moderate:1' id='%s'><retract "
	    "xmlns='urn:xmpp:message-retract:1'/><reason>rude</reason></moderate>",
	    w->model[d->room].said[d->takes_back - 1].sid);
}

/* XEP-0313 6.1.2: who may enter may read now. 4.1.1: who does not see addresses does not search for them. */
static bool
is_foul_query(struct world *w, const struct deed *d, const char *by)
{
	const struct room *r = truth_room(w, d->room);
	const struct session *s = session_of(w, d);
	const enum affiliation a = truth_affiliation(w, d->client, d->room);
	const bool stranger = a < AFF_MEMBER;

	if (a == AFF_OUTCAST || (r->config.membersonly && stranger) ||
	    (r->config.passwordprotectedroom && stranger && s == NULL) ||
	    truth_config(r, "enablearchiving", 0) == 0)
		return true;
	return by != NULL && strcmp(by, d->client->bare) != 0 && r->config.whois != WHOIS_ANYONE &&
	       a < AFF_ADMIN && (s == NULL || s->occupant->role != ROLE_MODERATOR);
}

bool
make_archive(struct world *w, struct deed *d)
{
	static const char *const pages[] = { "", "<max>5</max>", "<max>0</max>",
		"<max>7</max><before/>" };
	const struct room *r = truth_room(w, d->room);
	const char *by = likely(w, 25) ? some_user(w) : NULL, *with = by;

	if (r == NULL)
		return false;
	if (by == NULL && likely(w, 25))
		with = arena_cat(w->a, w->model[d->room].jid, "/", some_nick(w, d), NULL);
	d->asks = true;
	d->sifts = with != NULL;
	d->foul = is_foul_query(w, d, by);
	if (with != NULL)
		with = arena_cat(w->a,
		    "<x xmlns='" NS_FORM "' type='submit'><field var='FORM_TYPE'>"
		    "<value>urn:xmpp:mam:2</value></field><field var='with'><value>",
		    esc(w, with), "</value></field></x>", NULL);
	return put(w, d, "iq", NULL,
	    "type='set'><query xmlns='urn:xmpp:mam:2' queryid='%s'>%s"
	    "<set xmlns='http://jabber.org/protocol/rsm'>%s</set></query>",
	    d->id, with != NULL ? with : "", one_of(w, pages, COUNT(pages)));
}

/* 7.5, example 48. */
bool
make_say_to_one(struct world *w, struct deed *d)
{
	const struct occupant *o = somebody(w, d);

	d->foul = true;
	return o != NULL &&
	       put(w, d, "message", o->nick, "type='groupchat'><body>%s</body>", d->id);
}

bool
make_subject(struct world *w, struct deed *d)
{
	const struct session *s = session_of(w, d);
	const struct room *r = truth_room(w, d->room);

	d->effect = EFFECT_SUBJECT;
	d->fair =
	    s != NULL && (s->occupant->role == ROLE_MODERATOR ||
			     (r->config.changesubject && s->occupant->role == ROLE_PARTICIPANT));
	d->foul = !d->fair;
	if (s != NULL)
		snprintf(d->nick, TEXT_MAX, "%s", s->occupant->nick);
	if (likely(w, 90))
		snprintf(d->text, TEXT_MAX, "about <%s>", d->id);
	return put(
	    w, d, "message", NULL, "type='groupchat'><subject>%s</subject>", esc(w, d->text));
}

bool
make_pm(struct world *w, struct deed *d)
{
	const struct occupant *o = somebody(w, d);
	const char *nick = o != NULL && likely(w, 90) ? o->nick : "nobody of that name";

	d->effect = EFFECT_PM;
	if (o == NULL)
		return false;
	d->foul = session_of(w, d) == NULL || nick != o->nick;
	if (!d->foul) {
		d->recipients = truth_sessions(w, o);
		take_text(d->nick, session_of(w, d)->occupant->nick);
	}
	return put(
	    w, d, "message", nick, "type='chat'><body>%s</body><x xmlns='" MUC "#user'/>", d->id);
}

bool
make_invite(struct world *w, struct deed *d)
{
	return put(w, d, "message", NULL,
	    "><x xmlns='" MUC "#user'><invite to='%s'><reason>come</reason></invite></x>",
	    some_user(w));
}

bool
make_decline(struct world *w, struct deed *d)
{
	return put(w, d, "message", NULL,
	    "><x xmlns='" MUC "#user'><decline to='%s'><reason>no</reason></decline></x>",
	    some_user(w));
}

bool
make_voice_request(struct world *w, struct deed *d)
{
	return put(w, d, "message", NULL,
	    "><x xmlns='" NS_FORM "' type='submit'><field var='FORM_TYPE'><value>" MUC
	    "#request</value></field><field var='muc#role'><value>participant</value></field></x>");
}

bool
make_voice_grant(struct world *w, struct deed *d)
{
	const struct occupant *o = somebody(w, d);

	return o != NULL &&
	       put(w, d, "message", NULL,
		   "><x xmlns='" NS_FORM "' type='submit'><field var='FORM_TYPE'><value>" MUC
		   "#request</value></field><field "
		   "var='muc#role'><value>participant</value></field>"
		   "<field var='muc#roomnick'><value>%s</value></field>"
		   "<field var='muc#request_allow'><value>true</value></field></x>",
		   esc(w, o->nick));
}

/* -- questions -- */

bool
make_disco(struct world *w, struct deed *d)
{
	return put(w, d, "iq", NULL,
	    "type='get'><query xmlns='http://jabber.org/protocol/disco#%s'/>",
	    likely(w, 50) ? "info" : "items");
}

bool
make_ping(struct world *w, struct deed *d)
{
	const struct session *s = session_of(w, d);

	return put(w, d, "iq", s != NULL && likely(w, 70) ? s->occupant->nick : NULL,
	    "type='get'><ping xmlns='urn:xmpp:ping'/>");
}

bool
make_iq_to_one(struct world *w, struct deed *d)
{
	const struct occupant *o = somebody(w, d);

	return o != NULL &&
	       put(w, d, "iq", o->nick, "type='get'><query xmlns='jabber:iq:version'/>");
}

/* -- what is not answered, and what is not meant well -- */

bool
make_error(struct world *w, struct deed *d)
{
	static const char *const gone[] = { "item-not-found", "gone", "recipient-unavailable" };
	static const char *const odd[] = { "remote-server-timeout", "not-acceptable",
		"policy-violation" };
	bool goes = likely(w, 50);

	if (goes)
		d->effect = EFFECT_LOST;
	return put(w, d, "message", NULL,
	    "type='error'><error type='cancel'><%s xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
	    "</error>",
	    goes ? one_of(w, gone, COUNT(gone)) : one_of(w, odd, COUNT(odd)));
}

bool
make_garbage(struct world *w, struct deed *d)
{
	static const struct {
		const char *kind, *rest;
	} heap[] = {
		{ "message", ">" },
		{ "message", "type='chat'><body>to the room</body>" },
		{ "message", "type='headline'><body>news</body>" },
		{ "message", "type='groupchat' e:from='owner@home.example'><body>unbound</body>" },
		{ "message", "><x xmlns='" MUC "#user'><invite/></x>" },
		{ "message", "><x xmlns='" MUC "#user'><invite to='@@@'/><decline/></x>" },
		{ "presence", "type='subscribe'>" },
		{ "presence", "type='nonsense'>" },
		{ "presence", "type='probe'>" },
		{ "presence", ">" X_MUC "</x>" },
		{ "iq", "type='get'>" },
		{ "iq", "type='set'><a xmlns='b'/><c xmlns='d'/>" },
		{ "iq", "type='result'>" },
		{ "iq", "type='error'><error/>" },
		{ "iq", "type='set'><query xmlns='" MUC "#admin'/>" },
		{ "iq", "type='set'><query xmlns='" MUC "#admin'><item/></query>" },
		{ "iq", "type='set'><query xmlns='" MUC
			"#admin'><item nick='alpha' role='none' affiliation='none'/></query>" },
		{ "iq", "type='set'><query xmlns='" MUC
			"#admin'><item jid='@' affiliation='member'/></query>" },
		{ "iq", "type='set'><query xmlns='" MUC
			"#admin'><item nick='alpha' role='king'/></query>" },
		{ "iq", "type='set'><query xmlns='" MUC "#owner'/>" },
		{ "iq", "type='set'><query xmlns='" MUC "#owner'><x xmlns='" NS_FORM
			"' type='submit'><field "
			"var='FORM_TYPE'><value>other</value></field></x></query>" },
		{ "iq", "type='set'><query xmlns='jabber:iq:register'/>" },
		{ "iq", "type='get'><vCard xmlns='vcard-temp'/>" },
		{ "iq", "type='set'><unheard xmlns='urn:example:of'/>" },
	};
	size_t i = chance(w, COUNT(heap));

	return put(w, d, heap[i].kind, NULL, "%s", heap[i].rest);
}
