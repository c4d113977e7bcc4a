/* SPDX-License-Identifier: ISC */
/*
 * feature.h - all that a feature may know
 *
 * A feature is one chapter of a XEP: one file that says which stanzas it takes (routes), which
 * changes it judges (may) and what it does when they happen (on). features.c has them all in
 * one ordered array; nothing registers itself at run time.
 */
#ifndef FEATURE_H
#define FEATURE_H

#include <string.h>

#include "base/date.h"
#include "base/digest.h"
#include "base/form.h"
#include "base/xml_write.h"
#include "room/archive.h"
#include "room/directory.h"
#include "room/forced.h"
#include "room/lookup.h"
#include "room/plan.h"
#include "room/text.h"
#include "room/waiting.h"

/* Why something is refused; rows of tbl/error.h. */
enum deny {
	OK,
#define ERROR(name, type, condition, text) name,
#include "tbl/error.h"
#undef ERROR
	IGNORE, /* refused without a word: nothing is answered, nothing changes */
	PASS,	/* by a handler: not mine, the next route may take it */
	DENY_COUNT
};

enum kind {
	KIND_MESSAGE = 1,
	KIND_PRESENCE = 2,
	KIND_IQ = 4,
};

enum address {
	TO_SERVICE = 1, /* the domain */
	TO_ROOM = 2,	/* room@domain */
	TO_NICK = 4,	/* room@domain/nick */
};

enum type {
	TYPE_GET = 1,
	TYPE_SET = 2,
	TYPE_RESULT = 4,
	TYPE_ERROR = 8,
	TYPE_NORMAL = 16,
	TYPE_CHAT = 32,
	TYPE_GROUPCHAT = 64,
	TYPE_HEADLINE = 128,
	TYPE_AVAILABLE = 256,
	TYPE_UNAVAILABLE = 512,
	TYPE_OTHER = 1024, /* presence: probe, subscribe... */
};

/* A stanza that came, and who sent it. Lives for this stanza; strings are in the turn's arena. */
struct ev {
	const struct xml *stanza;
	const struct xml *x; /* the child that the route names; of an IQ: its only child */
	enum kind kind;
	enum type type;
	enum address address;
	const char *id; /* NULL: none */
	struct jid from, to;
	unsigned domain_no;
	struct console *console; /* that it came from; NULL: it came over a link */
	bool cut; /* only its head can be relied on: it was too large, or could not be read */
	bool is_unknown;	      /* no profile accepts the sender's address */
	struct session *session;      /* the sender's in this room; NULL: not an occupant */
	struct occupant *target;      /* whose nick `to` names; NULL: nobody's */
	enum affiliation affiliation; /* the sender's in this room; AFF_NONE without a room */
};

/* What must be so for a route to be taken; each has the error that is given otherwise. */
enum need {
	NEED_ROOM = 1,	   /* the room is there, and open or the sender's: item-not-found */
	NEED_OCCUPANT = 2, /* the sender is in: not-acceptable */
};

struct route {
	unsigned kind, address, type; /* sets of enum kind, enum address, enum type */
	const char *ns, *name;	      /* of the child; NULL: whatever */
	unsigned need;		      /* set of enum need */
	/* Fills the plan: changes, or a reply, or both. Changes nothing. */
	enum deny (*plan)(struct plan *);
	const char *disco; /* the feature that disco#info names for it (XEP-0030), or NULL */
};

struct feature {
	const char *name;
	const struct route *routes;	/* ends with kind 0 */
	const struct command *commands; /* XEP-0050: command.h; ends with node NULL */

	/* Judges a change; the room is as before the plan. */
	enum deny (*may[CH_COUNT])(const struct room *, const struct plan *, const struct change *);

	/* Makes it so, and tells. Cannot fail. */
	void (*on[CH_COUNT])(struct plan *, const struct change *);

	/* Called when all changes of a plan are made. */
	void (*on_end)(struct plan *);

	/* Status codes for the self-presence of whoever enters, besides 110: code_add(). */
	void (*add_codes)(const struct plan *, const struct change *, unsigned codes[8]);

	/* Tells a session that enters, or asks for all anew, what comes before all presences. */
	void (*greet)(struct plan *, struct session *);

	/* Adds features to disco#info of a room; of the service, also forms. */
	void (*add_disco)(const struct room *, struct xml *query);
	void (*add_disco_service)(const struct service *, struct xml *query);

	/* Adds fields to the form muc#roominfo of p->room: 6.4. */
	void (*add_roominfo)(const struct plan *, struct xml *form);

	/* Time: when tick() is wanted (mono ms; INT64_MAX: never), and what it then does. */
	int64_t (*deadline)(const struct service *);
	void (*tick)(struct service *);

	/* A room is loaded, and something is about to be done with it. It may end by this. */
	void (*on_room)(struct service *, struct room *);

	/* A domain is served from now on: its rooms and sessions are back. */
	void (*on_start)(struct service *, unsigned domain_no);

	/* A session was brought back from the store, or its link went down. */
	void (*on_doubt)(struct service *, struct session *);

	/* A session sent something to the room. */
	void (*on_heard)(struct service *, struct session *);
};

/* The features, in order; ends with NULL. */
extern const struct feature *const features[];

/* -- walkers, in features.c -- */

/* To be called once before any of them. */
void features_init(void);

/* Judges the plan and its deeds. Where a deed is refused, p->by is set to the room that does. */
enum deny features_may(struct plan *);
void features_codes(const struct plan *, const struct change *, unsigned codes[8]);
void features_greet(struct plan *, struct session *);
void features_start(struct service *, unsigned domain_no);
void features_doubt(struct service *, struct session *);
void features_heard(struct service *, struct session *);

/* The room at that address, as it is to be (on_room); NULL: there is none, or it has just ended. */
struct room *room_open(struct service *, const struct jid *);

/* -- shared by features -- */

void code_add(unsigned codes[8], unsigned code);

/* An IQ result for the request, with no child yet; its `to` is set when it is told. */
struct xml *result_new(struct plan *);

/* The same for one that speaks to people, by a form or a name: marked with plan_lang(). */
struct xml *result_said(struct plan *);

/* A stanza of that name from the room, or from the nick in it; type and id may be NULL. */
struct xml *stanza_new(struct arena *, const char *name, const struct room *, const char *nick,
    const char *type, const char *id);

/*
 * A deed of the plan in another room: its stanzas go out on that room's way, and its features judge it as if
 * the sender were an owner; whether the sender may do so is to be asked before. r NULL: a room that is still
 * to be made, at `to`. Lives as long as the plan.
 */
struct plan *plan_deed(struct plan *, struct room *r, const struct jid *to);

/*
 * Makes the plan's changes, those of its deeds first, and tells them, the reply in its place. Nothing is
 * judged any more.
 */
void plan_run(struct plan *);

/* On whose way the plan's stanzas go out. */
unsigned plan_domain(const struct plan *);

/*
 * As whom a bare JID or a domain is listed that is to be made that: a ban holds for all writings of a domain, so it
 * is lifted by any, and made in one that can be found by all others (jid_pure()). affiliations.c
 */
const char *plan_listed(const struct plan *, const char *jid, enum affiliation to);

/*
 * Plans an affiliation; NULL, and nothing, when nothing would change. A nick of NULL stays as it is, ""
 * is taken away. affil is borrowed. affiliations.c
 */
struct change *plan_grant(struct plan *, const struct affil *);

/*
 * Plans what the affiliations in the plan mean for each occupant: another standing, or, for who is
 * banned or no member of a members-only room any more, that they leave (9.1, 9.4); and, where nicks
 * are locked down, that they go by the one that is reserved for them now (7.10). BAD_REQUEST when the
 * request also names the role of such an occupant. affiliations.c
 */
enum deny plan_standings(struct plan *);

/*
 * Plans what the affiliations in the plan mean: plan_standings(), and that those who see addresses from now
 * on are told them. affiliations.c
 */
enum deny plan_granted(struct plan *);

/*
 * Plans the room's end (10.9), with another room to go to, its password and a reason; each may be NULL. All
 * are borrowed. destroy.c
 */
void plan_destroyed(struct plan *, const char *venue, const char *password, const char *reason);

/* Plans who is shown to others, or no more, when this becomes the configuration. broadcast.c */
void plan_shown(struct plan *, const struct config *);

/* Do others who have seen somebody see them no more when the role changes? 7.2.2. */
bool plan_hides(const struct plan *, enum role before, enum role after);

/*
 * Plans that this becomes the configuration, with what it means for who is in: who is shown, who leaves,
 * who is told addresses. There is no change without a difference. owner.c
 */
void plan_config(struct plan *, const struct config *);

/*
 * The configuration that a submitted form makes of the one before, within the limits and with what is forced:
 * OK or NOT_ACCEPTABLE. New texts are the form's. owner.c
 */
enum deny config_asked(
    const struct plan *, const struct config *before, const struct xml *form, struct config *);

/* Plans what a submitted form asks: the configuration, and the lists of admins and owners. owner.c */
enum deny plan_configured(struct plan *, const struct xml *form);

/*
 * Plans that the room says a text of tbl/text.h to all who are in, to each in their language.
 * command_announce.c
 */
void plan_announced(struct plan *, const char *english);

/* Plans that the room is locked down until then (wall), or, 0, no more. lockdown.c */
void plan_lockdown(struct plan *, int64_t until_ms);

/* May that bare JID have the nick when the plan is done? OK, NICK_CONFLICT, NICK_RESERVED. nick.c */
enum deny nick_free(const struct plan *, const char *nick, const char *bare);

/*
 * The nick that the stanza's `to` asks for, prepared, in the arena; NULL: it cannot be used. One that somebody
 * in the room has can be, although it may be longer than is allowed by now. nick.c
 */
const char *nick_asked(const struct plan *);

/* The nick under which the sender enters, who has asked for `nick`. nick.c */
const char *nick_assigned(const struct plan *, const char *nick);

/* May the sender do so, by the tables of tbl/priv.h? admin.c */
bool may(const struct plan *, enum privilege);

/*
 * Plans a session's new presence, and that it takes the nick if it is another one; returns the
 * CH_PRESENCE. presence.c
 */
struct change *plan_presence(struct plan *, struct session *, const char *nick, bool renicked);

/*
 * May the sender do one more of that, by what is left for all of their domain, for all in the room and for
 * all of the service? OK, TOO_FAST, ROOM_BUSY, SERVICE_BUSY. Nothing is taken. rates.c
 */
enum deny rates_may(const struct plan *, enum rate);

/* Takes one: it is done, or has been tried. rates.c */
void rates_did(struct plan *, enum rate);

/* Takes one from the requests that the room may answer; false: there is none left for now. rates.c */
bool rates_query(struct plan *);

/* Takes one from the presences that the room may tell at once; false: there is none left for now. rates.c */
bool rates_presence(struct plan *);

/* Plans a presence of somebody who is in and has sent too much: OK or TOO_FAST. presence.c */
enum deny plan_late(struct plan *);

/* Are the presence payloads of a plan within the limit? OK or POLICY_VIOLATION. */
enum deny presence_fits(const struct plan *);

/* Tells a session what the room is about: 7.2.15. subject.c */
void tell_subject(struct plan *, const struct session *);

/* A message of the room that is codes only: 10.2.1. owner.c */
struct wire *wire_codes(struct plan *, const unsigned codes[8]);

/* Tells it to all in the room. owner.c */
void tell_codes(struct plan *, const unsigned codes[8]);

/* Plans a change whose message is reflected to all: OK or TOO_LARGE. groupchat.c */
enum deny plan_reflected(struct plan *, enum change_kind);

/* What the children of a stanza are when it is told to others; NULL: too much. groupchat.c */
const char *relayed_payload(const struct plan *, const struct xml *stanza, size_t *len);

/*
 * Gives the change's message its stanza-id, if it is to have one, keeps it if it is to be kept, and tells it to
 * all. *e is what was said. stanza_id.c
 */
void reflect(struct plan *, const struct change *, struct entry *e);

/* The same for an entry that is whole but for its id, which it gets. stanza_id.c */
void reflect_entry(struct plan *, struct entry *);

/*
 * What the id of a retraction names. OK: *original is the entry, in the arena; or it is NULL, in a room that
 * keeps nothing and so cannot know, and, with `unkept`, when the room gave the id and has not kept what was
 * said. Else why it cannot be retracted. retract.c
 */
enum deny
find_original(const struct plan *, const char *id, bool unkept, const struct entry **original);

/*
 * Has a tombstone stand where the original stood, and where its other versions did. The entry retracts it; what
 * is in `why`, a <retract/> of the room's own or NULL, stands in the tombstone, too. retract.c
 */
void retract_entry(
    struct plan *, const struct entry *original, const struct entry *by, const struct xml *why);

/* The same of one version alone. retract.c */
void retract_version(
    struct plan *, const struct entry *original, const struct entry *by, const struct xml *why);

/* Who takes back what somebody said, and why. */
struct moderation {
	const char *nick;   /* theirs in the room; NULL: they are not in, or not any more */
	const char *bare;   /* their bare JID: nobody is told it */
	const char *reason; /* or NULL */
};

/*
 * What all are told of it: returns the <retract/> of what has that stanza-id; *text is the message's payload.
 * All in the arena. moderate.c
 */
const struct xml *moderation_write(
    const struct room *, const struct moderation *, const char *id, const char **text, size_t *len);

/* Does the room keep what is said now? history.c */
bool history_keeps(const struct plan *);

/* What the message of a change is kept as; ENTRY_NONE: not at all. history.c */
enum entry_kind history_kind(const struct plan *, const struct change *);

/* May somebody come back to what is said now, by its stanza-id? history.c */
bool history_names(const struct plan *);

/* <delay/> in the room's name, on what was said at that time. history.c */
void delay_put(struct xml_pen *, const struct room *, int64_t wall_ms);

/* <feature var=''/> at the end of a disco#info query. */
void disco_feature(struct arena *, struct xml *query, const char *var);

/* Forgets how domains are asked: ghost.c. */
void askers_free(struct service *);

/* What the host program was asked for has ended: muc_asked_done(). command_host.c */
void errand_done(struct service *, enum muc_ask, bool good, const char *name);
void errands_free(struct service *);

/*
 * The language in which the sender of the plan's stanza is spoken to (XEP-0045 13, RFC 6120 4.7.4):
 * the first that mucd speaks of xml:lang of the stanza, that of the sender's presence in the room,
 * and the room's; else English. What is said to others is said in session_lang() of each, what is
 * said once for many in room_lang(). Mark it on the <text/> or the stanza: xml_set_lang(), lang_tag().
 */
enum lang plan_lang(const struct plan *);

/* A text of tbl/text.h in that language: say(p, "Chat rooms"). Static; costs nothing in English. */
const char *say(const struct plan *, const char *english);

/* The same with something in the place of its "%s". */
const char *say_of(const struct plan *, const char *english, const char *what);

/*
 * Plans what an error says of the session it comes from: that it is gone, is in doubt, or nothing. Of an
 * IQ's error no condition is a proof: the client says item-not-found, too. ghost.c
 */
void plan_bounced(struct plan *, struct session *);

/*
 * Why something is refused, as <error/>. `what` stands in its text for "%s"; NULL where there is none.
 * Returns the condition in it. error.c
 */
struct xml *error_add(
    struct arena *, struct xml *stanza, const char *by, enum deny, enum lang, const char *what);

/* What the text of an error has in the place of its "%s". dispatch.c */
const char *deny_detail(const struct plan *, enum deny);

/*
 * Plans what ev, which is filled in but for its x, asks of the plan's room, and judges it: all that comes after
 * the sender is charged and before the changes. Nothing changes. OK; or IGNORE, or why not, and plan->judge is
 * the feature that says so. dispatch.c
 */
enum deny plan_judged(struct plan *, struct ev *);

/*
 * Somebody else's error as <error/>: its type and condition alone. Texts, `by` and what the conditions
 * hold may tell who is behind a nick. error NULL: undefined-condition. error.c
 */
void error_relay(struct arena *, struct xml *stanza, const struct xml *error);

/* The actor's nick, for <actor/>: 8.2; NULL when the sender is not in the room. */
const char *actor_nick(const struct plan *);

#endif
