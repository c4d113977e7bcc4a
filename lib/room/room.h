/* SPDX-License-Identifier: ISC */
/*
 * room.h - rooms, who is in them, and what is kept of them
 *
 * State and its rules. Nothing here answers a stanza: features decide, room/ remembers. Every
 * function that changes something also puts it into the turn's transaction, so memory and store
 * never tell different stories.
 */
#ifndef ROOM_H
#define ROOM_H

#include <bsd/sys/queue.h>
#include <bsd/sys/tree.h>
#include <stdbool.h>
#include <stdint.h>

#include "../base/arena.h"
#include "../base/bucket.h"
#include "../base/buf.h"
#include "../base/jid.h"
#include "../base/map.h"
#include "../base/xml.h"
#include "../muc.h"
#include "../store.h"
#include "archives.h"
#include "config.h"
#include "fanout.h"
#include "lockdown.h"
#include "relay.h"
#include "user.h"

/* In rising order: what a higher one may, a lower one may not. XEP-0045 5.1, 5.2. */
enum role {
	ROLE_NONE,
	ROLE_VISITOR,
	ROLE_PARTICIPANT,
	ROLE_MODERATOR,
};

enum affiliation {
	AFF_OUTCAST,
	AFF_NONE,
	AFF_MEMBER,
	AFF_ADMIN,
	AFF_OWNER,
};

const char *role_name(enum role);
const char *affiliation_name(enum affiliation);
bool role_read(const char *name, enum role *);		     /* false: no such role */
bool affiliation_read(const char *name, enum affiliation *); /* false: no such affiliation */

struct xml_pen;
struct room;
struct occupant;
struct service;
struct entry;
struct lookup;

/* When a session that is in doubt is asked again, and what it was asked; see features/ghost.c. */
enum doubt {
	DOUBT_NONE,
	DOUBT_WAITS, /* for its turn to be asked */
	DOUBT_PING,  /* asked: urn:xmpp:ping */
	DOUBT_DISCO, /* asked: disco#info, after the ping came back as service-unavailable */
	DOUBT_ALIVE, /* it is online, but has not said anything to the room itself */
};

/* One full JID in a room. */
struct session {
	struct occupant *occupant;
	TAILQ_ENTRY(session) entry; /* of the occupant: the oldest first */
	const char *jid; /* full, as the server stamps it; in addr, or behind the struct */
	struct addr *addr;
	char *payload; /* its presence, cleaned and serialised: the children */
	uint32_t payload_len;
	bool is_late; /* others have not been told its presence: in service.late */
	bool follows; /* it asked for the versions of the lists of affiliations */
	int8_t priority;
	uint8_t show;	      /* how available: chat 4, none 3, away 2, xa 1, dnd 0 */
	char *lang;	      /* xml:lang of its presence, or NULL */
	uint64_t order;	      /* of entering, in the room */
	int64_t heard_ms;     /* mono: its last stanza to this room */
	int64_t stored_ms;    /* mono: the heard_ms that the store knows */
	struct talk *talk;    /* with other occupants; NULL: there is none under way */
	uint64_t presence_no; /* another one with each presence, of whomever */

	TAILQ_ENTRY(session) late; /* in service.late while it is_late */

	enum doubt doubt;
	unsigned asked;	       /* how often without a decisive answer */
	int64_t doubt_ms;      /* mono: since when */
	int64_t due_ms;	       /* mono: when to ask, or to ask again */
	char ask_id[24];       /* id of the question, "" when none is open */
	RB_ENTRY(session) due; /* in service.doubts, while doubt is not DOUBT_NONE */
};

TAILQ_HEAD(session_list, session);

#define OCCUPANT_ID_LEN 32 /* digits */

/* One nick in a room: a bare JID with at least one session. */
struct occupant {
	struct room *room;
	TAILQ_ENTRY(occupant) entry;  /* of the room, in order of entering */
	char *nick, *bare;	      /* lie behind the struct */
	char *alike;		      /* alike_form() of the nick, once it was asked for; or NULL */
	char id[OCCUPANT_ID_LEN + 1]; /* XEP-0421 */
	bool goes;     /* the plan under way makes it leave: of others' presence it hears no more */
	bool promoted; /* by the plan under way it sees JIDs, and is still to be told them */
	enum role role;
	enum affiliation affiliation;
	unsigned nsessions;
	struct session_list sessions;
	struct user *user, *domain; /* what its bare JID does, and what all of its domain do */
	struct seen *seen;	    /* how it looks to others; NULL: that is not kept */
};

TAILQ_HEAD(occupant_list, occupant);

/* A state of a room's lists of affiliations; lists.h. As it lies in the store. */
struct version {
	uint8_t no[8];	   /* big-endian */
	uint8_t chance[8]; /* no two versions are the same, whatever database is brought back */
};

#define SECRET_LEN 32

/* Somebody who asked for voice a while ago. */
struct asked {
	TAILQ_ENTRY(asked) entry; /* of the room: the oldest first */
	char *bare;
	int64_t ms; /* mono */
};

TAILQ_HEAD(asked_list, asked);

struct room {
	struct service *service;
	TAILQ_ENTRY(room) entry; /* of service.busy or, without occupants, of service.idle */
	uint64_t id;
	char *jid, *node;   /* bare; its part; lie behind the struct */
	const char *domain; /* that of the service */
	unsigned domain_no;
	bool locked; /* created, not yet configured: 10.1.1 */
	bool gone;   /* destroyed in this turn; freed when it ends */
	int64_t created_ms;
	int64_t used_ms, used_stored_ms; /* wall: brief.c; 0: not known; what the store knows */
	char *creator;			 /* bare JID; NULL: a mucd made it that did not note it */
	int64_t lock_due_ms;	/* mono: when it goes if it is locked still; 0: not waited for */
	RB_ENTRY(room) watched; /* in service.locks while lock_due_ms is set */
	int64_t lockdown_ms;	/* wall: until when it is locked down; 0: it is not */
	RB_ENTRY(room) ending;	/* in service.lockdowns while that is set */
	uint64_t order;		/* of the last session that entered */
	unsigned nowners;
	unsigned naffiliations;
	struct config config;
	struct config *own; /* what its owners want where it is something else; NULL: nowhere */
	uint64_t forced;    /* the version of service.force that config agrees with; 0: not known */
	uint8_t secret[SECRET_LEN]; /* key of its occupant ids */
	bool secret_new;	    /* the store does not have it yet */
	bool unsaved;		    /* in service.unsaved: its record is to be written */
	SLIST_ENTRY(room) next_unsaved;
	struct version version; /* of its lists of affiliations, once there is one */
	bool versioned;

	uint8_t last_id[ARCHIVE_ID_LEN]; /* the last one given, once it is known; archive.h */
	bool last_known;

	char *subject; /* the children of the last subject message, serialised; NULL: never set */
	uint32_t subject_len;
	char *subject_lang; /* xml:lang of that message, or NULL */
	char *subject_text; /* of the first subject, short, in one line; or NULL */
	char *subject_nick;
	char *subject_jid;		    /* full, of who set it; NULL: not known */
	char *subject_msg_id;		    /* attribute id of that message; NULL: not known */
	uint8_t subject_id[ARCHIVE_ID_LEN]; /* its stanza-id; all zero: not known */
	int64_t subject_ms;		    /* wall */

	struct occupant_list occupants;
	struct map nicks;    /* nick -> struct occupant */
	struct map sessions; /* full JID -> struct session */
	unsigned noccupants;

	struct map asked; /* bare JID -> struct asked */
	struct asked_list asked_order;

	struct bucket entries; /* of strangers */
	struct bucket comings; /* of whomever, also of who is in: one a second is nothing */
	struct rates rates;
	unsigned nreturning;	 /* occupants when strangers began to come */
	int64_t closed_until_ms; /* mono: strangers do not enter before */

	unsigned ban_epoch; /* of service.bans when its occupants were looked at */
};

TAILQ_HEAD(room_list, room);
TAILQ_HEAD(lookup_list, lookup);
TAILQ_HEAD(seen_list, seen);
TAILQ_HEAD(console_list, console);
TAILQ_HEAD(sorted_list, sorted);
RB_HEAD(doubt_tree, session);
RB_HEAD(lock_tree, room);

/* Who may create rooms, and what the service says of itself: struct muc_conf, copied. */
struct policy {
	enum muc_create create;
	struct map creators; /* bare JID or domain -> itself */
	struct map reserved; /* node -> itself */
	char **contacts;     /* pairs of a kind and an address, NULL at the end */
	char *name;
};

TAILQ_HEAD(ban_list, ban);

/* Whom the operators keep out: ban.h. */
struct bans {
	struct map by_target;
	struct ban_list exact, patterns;
	unsigned epoch;	  /* rises with each change; never 0 once they were loaded */
	int64_t first_ms; /* wall: when the first may expire; INT64_MAX: none does */
	bool sweeping;	  /* there may be occupants who are banned */
};

/* What holds in all rooms, whatever their owners want: forced.h. */
struct force {
	struct config config;
	config_set set; /* the fields of it that do */
	uint64_t version;
	bool in_memory; /* rooms that are loaded may disagree */
	bool in_store;	/* so may all others, */
	uint64_t at;	/* behind that id */
};

/* An affiliation that holds, as affiliation_of() has found it. */
struct standing {
	uint64_t room_id;
	const char *bare; /* in the arena; NULL: there is none */
	enum affiliation affiliation;
};

/* What the host program was asked for, and does in a while. */
struct errand {
	char *jid; /* who is told when it is done; NULL: nobody */
	unsigned domain_no;
	enum lang lang;
	int64_t began_ms, ended_ms; /* wall; 0: not yet */
	bool failed;
};

/* Everything that features and room/ share; the inside of a struct muc. */
struct service {
	const struct muc_host *host;
	struct store *store;
	struct arena *arena;	  /* of the turn */
	struct standing standing; /* the last that was asked for: affiliation.c */
	size_t walked; /* records and occupants that the stanza at hand made us look at */
	struct muc_now now;
	struct muc_limits limits;
	struct config defaults; /* of new rooms */
	struct force force;
	struct map admins; /* bare JID -> itself */
	struct policy policy;

	struct out *out; /* [ndomains] */
	unsigned ndomains;
	char fence_secret[33];
	int64_t foreign_say_ms;	      /* mono: the next complaint about foreign fences, */
	int64_t bad_say_ms;	      /* and about what is not well-formed */
	struct console_list consoles; /* console.h */
	unsigned nconsoles;	      /* there have ever been */
	struct buf written;	      /* the stanza that wire_new() writes */
	size_t turn_bytes;	      /* of wires, made in this turn */
	size_t turn_pairs;
	unsigned fill;	 /* of the store, per cent; as of the turn's first question */
	bool fill_known; /* in this turn */

	struct map rooms;		   /* bare JID -> struct room: the loaded ones */
	struct session_list left_sessions; /* see left_free() */
	struct occupant_list left_occupants;
	struct room_list busy, idle;
	SLIST_HEAD(, room) unsaved;
	bool state_unsaved; /* rooms have come or gone in this turn */
	uint64_t next_id, nrooms;
	struct import *import; /* that is under way; NULL: none */
	struct naming
	    *naming; /* the rooms of one that is over: naming.h; NULL: all have their names */
	uint64_t import_from;	/* rooms from that id on wait for their names; 0: none */
	bool purging;		/* table dead is not empty */
	struct lock_tree locks; /* the rooms that wait to be configured */
	struct lockdown_tree lockdowns;
	struct archives archives;
	uint64_t ngone;	       /* tombstones */
	int64_t gone_first_ms; /* wall: when the first of them expires; INT64_MAX: there is none */
	int64_t started_ms;    /* mono */
	uint8_t secret[SECRET_LEN];	    /* with which ids of commands are signed */
	int64_t ndialogs, dialogs_until_ms; /* commands under way: dialog.h */
	struct sorted_list sorted;	    /* what some of them page through: sorted.h */
	unsigned nsorted;
	struct errand backup, verification; /* the last ones: command_host.c */
	int64_t stop_ms; /* mono: when the service stops, if it does: command_shutdown.c */
	bool stops, stop_leaves, stop_asked;

	struct rates rates;
	struct map users;   /* bare JID -> struct user */
	uint64_t nusers_in; /* those of them who are in rooms */
	struct user_list user_order;
	struct user *last_users[LAST_USERS]; /* that were asked for, or NULL */
	unsigned nlast_users;

	struct bans bans;

	struct session_list late; /* whose presence is told later: presence.c */
	int64_t late_ms;	  /* mono: when, while there are any */

	struct seen_list seen; /* what is kept of occupants' looks: seen.c */
	size_t seen_bytes;
	uint64_t presence_no; /* the last one given */

	struct doubt_tree doubts;
	struct map asking; /* domain -> how fast it may be asked; ghost.c */
	double ask_tokens;
	int64_t ask_filled_ms;

	struct relay relay;

	bool retracts;				/* table retracting is not empty */
	int64_t retract_ms;			/* mono: when its next step may be */
	uint8_t retracted_key[ARCHIVE_KEY_LEN]; /* whose the last one was; retracting.h */

	struct lookup_list lookups; /* queries of archives that go on; lookup.h */
	unsigned nlookups;
	int64_t lookup_ms; /* mono: when the next of them may */

	struct muc_stats stats;
};

/* -- service.c -- */

/* Reads schema version and ids, or writes them when the store is new; MUC_OK or why not. */
enum muc_error service_load(struct service *);

/* A time of the wall clock as a deadline (mono ms): one that is past is due at once. INT64_MAX: never, in both. */
int64_t service_due(const struct service *, int64_t wall_ms);

/* The number of a domain that is served, or -1. */
int service_domain(const struct service *, const char *domain);

/* Is that bare JID an administrator of the service? Consoles are. */
bool service_admin(const struct service *, const char *bare);

/*
 * Is the store so full that nothing new begins? What is there goes on: rooms, who is in them, live
 * messages.
 */
bool service_full(struct service *);

/* Writes what the service counts: next id, rooms, tombstones. */
void state_save(struct service *);

/* From which id on rooms wait for their names in a store (naming.h); 0: none do. */
uint64_t state_naming(struct store *);

/* To be called at the end of a turn: state_save() if rooms have come or gone, and rooms_write(). */
void service_write(struct service *);

/* -- room.c -- */

/* The room at a bare JID, loaded from the store if it is not in memory; NULL: there is none. */
struct room *room_get(struct service *, const struct jid *);

/* The room of that id; NULL: there is none, or its domain is not served. */
struct room *room_get_id(struct service *, uint64_t id);

/* A new room, locked, without occupants, with the service's default configuration. */
struct room *room_create(struct service *, const struct jid *, const char *creator);

/* Has the room's own record written when the plan under way is done: once, however often it changes. */
void room_save(struct room *);

/* Writes those records now: whoever reads the store next finds them. */
void rooms_write(struct service *);

/* Destroys a room without occupants: its name is free at once, and what is stored of it goes in steps. */
void room_destroy(struct room *);

/* To be called at the end of a turn: writes what is unsaved, and frees all rooms without occupants. */
void rooms_sweep(struct service *);

/* Tells whether a room's first occupant came or its last went, for the lists above. */
void room_set_busy(struct room *, bool busy);

/* Frees the room and everything in it; the store keeps it. */
void room_free(struct room *);

/*
 * Keeps the entry as the subject that whoever enters is told; text is what those are told of it, in one line,
 * who are not in. subject.c
 */
void room_set_subject(struct room *, const struct entry *, const char *text);

/* -- occupant.c -- */

struct occupant *room_nick(const struct room *, const char *nick);
struct session *room_session(const struct room *, const char *full);

/*
 * Adds a session under a nick; makes the occupant when it is the first. The payload is copied.
 * Role and affiliation are those of a new occupant.
 */
struct session *
session_add(struct room *, const char *nick, const struct jid *from, enum role, enum affiliation);

/* Takes the presence payload and what mucd reads of it. */
void session_presence(struct session *, const struct xml *stanza, const char *payload, size_t n);

/* Its presence is to be told at that time (mono), unless it is told before: session_told(). */
void session_late(struct session *, int64_t at_ms);
void session_told(struct session *);

/* Removes one, here and in the store; with the last one the occupant goes, too. */
void session_remove(struct session *);

/* Removes one here; the store keeps it. `room_goes`: the room is being freed itself. */
void session_free(struct session *, bool room_goes);

/*
 * Frees those who have left. They are out of every list, but still there until the plan that made them leave is
 * done: what it does next may speak of its sender.
 */
void left_free(struct service *);

/* Moves the session to another nick; a new one, or one of the same bare JID. */
void session_rename(struct session *, const char *nick);

void session_save(struct session *);
void occupant_save(struct occupant *); /* all its sessions */

/* Forgets how the occupant looks to others. seen.c */
void seen_forget(struct occupant *);

/* The session whose presence is shown for the nick: priority, then availability, then age. */
struct session *occupant_shown(const struct occupant *);

/* Do others see this one under its nick? They may still, where they have not been told of its last presence. */
bool session_is_seen(const struct session *);

/* Brings back the sessions of a domain's rooms. False when a record cannot be read. */
bool sessions_load(struct service *, unsigned domain_no);

/* -- priv.c: the tables of XEP-0045 5.1 and 5.2, in tbl/priv.h -- */

enum privilege {
#define BY_ROLE(name, none, visitor, participant, moderator)	  MAY_##name,
#define BY_AFFILIATION(name, outcast, none, member, admin, owner) MAY_##name,
#include "../tbl/priv.h"
#undef BY_ROLE
#undef BY_AFFILIATION
	PRIVILEGE_COUNT
};

/* Does a room with that configuration let somebody of that affiliation and role do so? */
bool room_lets(const struct config *, enum affiliation, enum role, enum privilege);

/* What one needs to change somebody else's from one to the other: 5.1.3, 5.2.2. `from` is not ROLE_NONE. */
enum privilege role_change(enum role from, enum role to);
enum privilege affiliation_change(enum affiliation from, enum affiliation to);

enum role role_initial(const struct config *, enum affiliation);
enum role
role_after(const struct config *, enum affiliation before, enum affiliation after, enum role);

/* -- view.c: what one may see of another -- */

/* Does the occupant `who` see the real JID of `of`? XEP-0045 7.2.3, 7.2.4. */
bool sees_jid(const struct room *, const struct occupant *who, const struct occupant *of);

/* Is the presence of those with that role shown to others? 7.2.2. */
bool role_shown(const struct config *, enum role);

/* Does the occupant `who` see the presence of `of`? Everybody sees themselves. */
bool sees_presence(const struct room *, const struct occupant *who, const struct occupant *of);

/* Is the status text in an occupant's presence kept from all? 5.1.1. */
bool is_muted(const struct occupant *);

/* A presence payload of n bytes without its <status/>; the length to *len. */
const char *without_status(struct arena *, const char *payload, size_t n, size_t *len);

/*
 * The stanza without what names a bare JID: attributes and texts that hold it, in whatever element. It is
 * the stanza itself when nothing does.
 */
const struct xml *without_jid(struct arena *, const struct xml *stanza, const char *bare);

/*
 * The children of a client's stanza without what only the room (a bare JID) may say, serialised.
 * Presences also lose what asked for entry (17.3). NULL when it is more than max bytes.
 */
const char *clean_payload(
    struct service *, const char *room, const struct xml *stanza, size_t max, size_t *len);

/* May only the room say this child of a client's stanza? */
bool is_forgery(struct service *, const char *room, const struct xml *child);

/*
 * What somebody (by full or bare JID) is called in a room besides the nick: XEP-0421 4.1. The same after
 * a restart and under every nick, another one in every room. Hexadecimal digits only, so that
 * it may once be a resource.
 */
char *occupant_id(struct arena *, const struct room *, const char *jid);

/* Adds <occupant-id/> to a presence or a message of an occupant. */
void occupant_id_add(struct arena *, struct xml *stanza, const char *id);
void occupant_id_put(struct xml_pen *, const char *id);

/* -- small things -- */

/* Numbers as 8 bytes big-endian, the way ids stand in keys. */
void id_bytes(uint64_t id, uint8_t out[8]);
uint64_t bytes_id(const void *eight);

/* The key that is an id and nothing else, or what the keys of a room begin with. Its bytes are `out`. */
static inline struct bytes
id_key(uint64_t id, uint8_t out[8])
{
	id_bytes(id, out);
	return (struct bytes){ out, 8 };
}

/* The id that a key begins with; 0, which is nobody's: it is too short. */
static inline uint64_t
key_id(struct bytes key)
{
	return key.n >= 8 ? bytes_id(key.p) : 0;
}

/* Has the table no record at all? */
bool table_is_empty(const struct service *, enum table);

/* A copy in the arena. */
struct bytes bytes_copy(struct arena *, struct bytes);

/* id, then the string: cut to a digest when the key would be too long. */
struct bytes store_key(struct arena *, uint64_t id, const char *s);

/* domain NUL node: the names of a domain stand together, in the order of their bytes. */
struct bytes name_key(struct arena *, const char *domain, const char *node);

/* The address that such a key stands for; where only a digest of the node is left, the domain alone. */
const char *name_address(struct arena *, struct bytes name);

/* A fresh random id of 22 characters. */
char *fresh_id(struct service *);

void service_log(struct service *, enum muc_log, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Sessions in doubt by when they are to be asked (occupant.c), new rooms by when they end (made.c). */
RB_PROTOTYPE(doubt_tree, session, due, doubt_cmp)
RB_PROTOTYPE(lock_tree, room, watched, lock_cmp)

#endif
