/* SPDX-License-Identifier: ISC */
/*
 * plan.h - a request as a list of elementary changes
 *
 * A handler plans; every feature then judges each change against the room as the plan leaves it;
 * only when none refuses are the changes made, in order. So requests of many items are all or
 * none. While a plan is judged, nothing has changed and the room is const.
 */
#ifndef PLAN_H
#define PLAN_H

#include "lists.h"
#include "room.h"

/* Elementary changes: CHANGE(NAME, what happens). */
#define CHANGES(CHANGE)                                                                            \
	CHANGE(CREATE, "the room comes to be")                                                     \
	CHANGE(ENTER, "a session enters under a nick")                                             \
	CHANGE(SYNC, "a session is told everything anew")                                          \
	CHANGE(PRESENCE, "a session's presence")                                                   \
	CHANGE(RENAME, "a session takes another nick")                                             \
	CHANGE(RENICK, "an occupant is given another nick, with all its sessions")                 \
	CHANGE(LEAVE, "a session, or all of an occupant, leaves")                                  \
	CHANGE(ANSWER, "a session in doubt answered, or something sent to it came back")           \
	CHANGE(MESSAGE, "a message to all")                                                        \
	CHANGE(PRIVATE, "a message to one occupant")                                               \
	CHANGE(QUERY, "a request to one occupant")                                                 \
	CHANGE(RETURN, "a request is answered, or a message to one comes back")                    \
	CHANGE(RETRACT, "somebody takes back what they said")                                      \
	CHANGE(MODERATE, "a moderator takes back what somebody said")                              \
	CHANGE(RETRACT_ALL, "a moderator takes back all that somebody said")                       \
	CHANGE(RETRACT_STOP, "that is stopped")                                                    \
	CHANGE(SUBJECT, "a new subject")                                                           \
	CHANGE(READ, "the archive is read")                                                        \
	CHANGE(AFFILIATION, "the affiliation of a bare JID or domain")                             \
	CHANGE(REQUEST, "a registration waits for approval, or does so no more")                   \
	CHANGE(INVITE, "somebody is invited")                                                      \
	CHANGE(UNINVITE, "an invitation is declined, or comes back")                               \
	CHANGE(VOICE, "somebody asks for voice")                                                   \
	CHANGE(STANDING, "the affiliation that holds for an occupant")                             \
	CHANGE(ROLE, "the role of an occupant")                                                    \
	CHANGE(ROSTER, "who sees JIDs from now on is told them all")                               \
	CHANGE(CONFIG, "the configuration")                                                        \
	CHANGE(AVATAR, "the room's vCard")                                                         \
	CHANGE(SHOW, "an occupant's presence is shown to others from now on, or no more")          \
	CHANGE(UNLOCK, "the room is open to others")                                               \
	CHANGE(LOCKDOWN, "the room is for members alone for a while, or that ends")                \
	CHANGE(CLEAR, "what was said is forgotten")                                                \
	CHANGE(ANNOUNCE, "the room itself says something to all")                                  \
	CHANGE(COMMAND, "a command is begun, goes on, or is done")                                 \
	CHANGE(DESTROY, "the room ceases to be")

/* Status codes; rows of tbl/status.h. */
enum status {
#define STATUS(name, code) STATUS_##name = code,
#include "../tbl/status.h"
#undef STATUS
};

enum change_kind {
#define CHANGE(name, what) CH_##name,
	CHANGES(CHANGE)
#undef CHANGE
	    CH_COUNT
};

struct avatar;

struct change {
	enum change_kind kind;
	TAILQ_ENTRY(change) entry;

	/* LEAVE of all its sessions, ROLE, STANDING, SHOW, RENICK, PRIVATE, QUERY */
	struct occupant *occupant;
	struct session *session; /* SYNC, PRESENCE, RENAME, LEAVE of one; whose message it is */
	const struct jid *from;	 /* ENTER: the full JID that enters */
	const char *nick;	 /* ENTER, RENAME, RENICK: the nick, prepared */
	bool renicked; /* ENTER, RENAME, SYNC: it is not quite the nick that was asked for */
	bool was_seen; /* RENAME: session_is_seen() under the old nick */
	/* AFFILIATION; STANDING: the affiliation and the reason; CREATE: whose */
	struct affil affil;
	enum affiliation before; /* AFFILIATION, STANDING: what held for it */
	bool reserves;		 /* AFFILIATION: its nick was not reserved for it before */
	bool own; /* AFFILIATION: about the sender, who registers or gives it up: 7.10 */
	const struct request *request; /* REQUEST: nick NULL: what waits of that JID goes */
	bool here;		       /* AFFILIATION: occupants are reached by it */
	bool shown;		       /* AFFILIATION: an occupant's presence tells it */
	enum role role;		       /* ROLE: the new one */
	const struct config *config;   /* CONFIG: the whole new one, in the arena */
	config_set changed;	       /* CONFIG: in what it differs */
	bool opens;		       /* CONFIG: all are told the JIDs of all, by a CH_ROSTER */
	const struct avatar *avatar;   /* AVATAR: the new one, or NULL */
	const struct xml *x;	       /* the payload: <x muc/>, <destroy/>, the message */
	unsigned code;		       /* LEAVE: the status that says why; 0: of its own will */
	const char *reason;	       /* LEAVE, ROLE: or NULL; ANNOUNCE: what is said */
	bool translated;	       /* ANNOUNCE: it is a text of tbl/text.h */
	const char *actor;	       /* LEAVE: the nick of whoever caused it, or NULL */
	const char *text;	       /* the cleaned payload of the stanza, serialised, or NULL */
	size_t text_len;
	const char *account; /* QUERY: the bare JID that is asked, or NULL: a session is */
	struct query *query; /* RETURN: the request, or NULL: it is a message */
	struct note *note;   /* RETURN: the message */
	bool silent; /* LEAVE, PRESENCE, RENAME but for 303: the session itself is not told */
	bool late;   /* PRESENCE: the session has sent too much: others are told in a while */
	bool unsaid; /* PRESENCE, STANDING: nobody is told: something said later says it too */

	bool invited;			     /* AFFILIATION: by an INVITE, which is judged itself */
	const struct entry *original;	     /* RETRACT, MODERATE: what is taken back, or NULL */
	const struct retracting *retracting; /* RETRACT_ALL: what. RETRACT_STOP: whose, by whom */
	struct lookup *lookup;		     /* READ: the query, or NULL */
	const struct jid *to;		     /* INVITE: whom; x is the <invite/> */
	const struct invitation *invitation; /* UNINVITE: which; x is what the inviter is told */
	struct call *call;		     /* COMMAND */
	int64_t until_ms;		     /* LOCKDOWN: wall; 0: it ends */
};

TAILQ_HEAD(change_list, change);

struct ev;

/*
 * A request is about one room, or about none. What it changes in others is planned in deeds: plans of their
 * own, one for each, as if the sender had asked it of that room as its owner. They are judged and made
 * together with the plan they belong to: all or none.
 */
struct plan {
	struct service *s;
	const struct ev *ev; /* NULL when time, not a stanza, is the cause */
	struct room *room;   /* NULL while there is none */
	struct change_list changes;
	struct map affils;	  /* JID -> the last CH_AFFILIATION of it */
	struct map nicks;	  /* nick -> the last CH_AFFILIATION that reserves it */
	int owners, records;	  /* how many more owners, stored affiliations there will be */
	unsigned promoted;	  /* sessions of those who become moderators */
	struct map named;	  /* what items of the request are about */
	const struct xml *reply;  /* IQ: the result, told between `first` and `rest` */
	struct wire *reply_wire;  /* the same, serialised, when it is small enough to be told */
	bool paid;		  /* the sender has paid for what is told */
	struct pairs first, rest; /* what is told before the reply, and after it */
	struct pairs *side;	  /* where tell() adds: &first or &rest */
	bool configured;	  /* a CH_CONFIG has been made and told */
	const struct step *step;  /* of a CH_AFFILIATION, while it is not told; or NULL */
	const char *what;	  /* for "%s" in the text of an error, or NULL */
	const char *by; /* the room that refuses, where it is not the one that was asked */
	/* The feature that was asked last: who refuses, if it is refused; or NULL. */
	const char *judge;
	struct plan *deeds, **deeds_end;
	struct plan *next;     /* deed */
	const uint8_t *before; /* SYNC: the history ends before this entry; NULL: with the last */
};

void plan_init(struct plan *, struct service *, const struct ev *, struct room *);
void plan_release(struct plan *);

/* A new change at the end. */
struct change *plan_add(struct plan *, enum change_kind);

/*
 * Notes that an item of the request is about a target (a kind, "nick/", "jid/" or "room/", and its name). False:
 * an earlier item is about the same one, and which of them is meant is anybody's guess.
 */
bool plan_names(struct plan *, const char *kind, const char *name);

/* Is an item of the request about that target? */
bool plan_named(const struct plan *, const char *kind, const char *name);

/* A new CH_AFFILIATION at the end, with `before` filled in. What affil points to is borrowed by the plan. */
struct change *plan_add_affiliation(struct plan *, const struct affil *);

/* The affiliation that this very JID has of its own when the plan is done; false: none. */
bool plan_own_affiliation(const struct plan *, const char *jid, enum affiliation *);

/* The affiliation that holds for a bare JID when the plan is done: affiliation_find(). */
enum affiliation plan_affiliation(const struct plan *, const char *bare);

/* The bare JID for which a nick is reserved when the plan is done, or NULL. */
const char *plan_nick_owner(const struct plan *, const char *nick);

/* How many owners there are when the plan is done. */
unsigned plan_owners(const struct plan *);

/* How many (stanza, recipient) pairs the plan's changes to occupants will queue, at most. */
size_t plan_pairs(const struct plan *);

/* How many one request may make us tell; one that needs more is refused. */
#define PLAN_PAIRS (4u << 20)

/* -- telling -- */

/* To one address. */
void tell(struct plan *, struct wire *, struct addr *);

/* To all sessions in the room. */
void tell_all(struct plan *, struct wire *);

/* A whole stanza to a JID, for answers. */
void tell_jid(struct plan *, const struct xml *stanza, const char *jid);

/* <status/> for each of the codes. */
void codes_write(struct arena *, struct xml *x, const unsigned codes[8]);

/* What is said of an occupant, to each as they may see it. */
struct presence {
	const struct occupant *occupant;
	const struct session *shown; /* whose JID and payload; NULL: occupant_shown() */
	bool unavailable;
	bool hides;	/* others have seen it and see it no more: to them it is unavailable */
	enum role role; /* ROLE_NONE when it leaves */
	const char *new_nick;
	const char *actor, *reason; /* or NULL */
	const char *text;	    /* payload to show instead of the session's */
	size_t text_len;
	const char *lang;	/* of that text, or NULL */
	unsigned codes[8];	/* for all; 0 ends */
	const char *id;		/* of the stanza, for the session that sent it */
	unsigned self_codes[8]; /* for the self copy only, besides 110 */
	const struct xml *destroy;
	const struct step *step; /* that others learn by it; or NULL */
};

/* The step that is not told yet, if it is the occupant's own, or NULL. Whoever takes it has to tell it. */
const struct step *plan_take_step(struct plan *, const struct occupant *);

/*
 * A message that tells the affiliation of somebody who is not here, or not seen: 10.3, example 176, 10.6,
 * example 190. With lists it also tells of which version it makes which: XEP-0463 5.2.2.
 */
struct wire *wire_affiliation(
    struct plan *, const char *jid, enum affiliation, const struct step *, unsigned lists);

/* Tells it to one session, as that may see it, if it may. `self`: the presence is its own. */
void tell_presence(struct plan *, const struct presence *, const struct session *to, bool self);

enum tell {
	/* The sessions of the occupant itself: they get the self copy. */
	TELL_SELF = 1,
	/* All others in the room who see it and whom the plan does not make leave. */
	TELL_OTHERS = 2,
	TELL_EVERYBODY = TELL_SELF | TELL_OTHERS,
};

/* Tells it to a set of those in the room, but not to `but` (or NULL); serialised once per view. */
void
tell_presence_all(struct plan *, const struct presence *, enum tell, const struct session *but);

/* The presence of all others who are shown, with their JIDs, to all who were promoted. */
void tell_promoted(struct plan *);

/* A presence as others see it. */
struct wire *wire_presence(struct plan *, const struct presence *, bool with_jid);

/* The present one of an occupant; it may have been made before. seen.c */
struct wire *seen_wire(struct plan *, struct occupant *, bool with_jid);

/* The presence of all others who are shown to one session: 7.2.2. Returns how many bytes it is. */
size_t tell_roster(struct plan *, const struct session *to);

/*
 * Presence that is told is noted by the functions that tell it (fence.h). This notes that a session was told of
 * all others and, with `self`, all else that one is told on entering; `was_in`: it was in already.
 */
void note_entered(const struct plan *, const struct session *, bool self, bool was_in);

#endif
