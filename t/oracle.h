/* SPDX-License-Identifier: ISC */
/*
 * oracle.h - what t/oracle*.c share; t/oracle.c tells what it is all about
 *
 *	oracle.c         main(): seeds, steps, what is told as TAP
 *	oracle_world.c   the service with its host server: turns, restarts, kills, the link, time
 *	oracle_client.c  a client: what it makes of what it is told; oracle_view.c: its picture of a room
 *	oracle_truth.c   the room as it is, what each may see of it, and the difference
 *	oracle_told.c    what was told before a crash, and so may be told again
 *	oracle_ops.c     THE table of operations; oracle_stanza.c, oracle_manage.c write their stanzas
 */
#ifndef ORACLE_H
#define ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/xml.h"
#include "base/xml_cut.h"
#include "base/xml_write.h"
#include "room/lists.h"

#define DOMAIN "rooms.home.example"

enum {
	NUSERS = 20,
	NSEATS = 3, /* clients of a user */
	NCLIENTS = NUSERS * NSEATS,
	NROOMS = 10,
	NCLOSED = 5,   /* of these rooms addresses are never open to all */
	NDEEDS = 64,   /* stanzas of clients in one step, at most */
	NLAST = 24,    /* operations that are shown when something is wrong */
	NOPEN = 16,    /* requests of a client that may be answered later */
	TEXT_MAX = 96, /* bytes of a nick, an address, a status with NUL */
};

/* A set of clients, as bits. */
typedef uint64_t clients;
#define CLIENT(i) ((clients)1 << (i))

/* A presence as a client sends it and others see it. */
struct look {
	char show[8], status[TEXT_MAX];
	int priority;
	unsigned version; /* of a child that no room knows */
};

/* -- a client's picture -- */

/* An occupant as a client sees it. */
struct seen {
	char nick[TEXT_MAX], jid[TEXT_MAX]; /* jid "": not shown */
	enum role role;
	enum affiliation affiliation;
	struct look look;
	bool stale; /* it enters again and has not been told of this one yet */
};

/* A message that a session is to be told. The room itself gives its own an id, and has no nick: both "". */
struct due {
	char id[24], nick[TEXT_MAX];
	char sid[40];		 /* the room's id of it, once somebody was told */
	unsigned user;		 /* who said it */
	unsigned long retracted; /* the step in which it was taken back; 0: it was not */
	bool stored;		 /* in the archive */
};

/* A room as a client sees it. */
struct view {
	bool in;
	bool entering; /* it has sent <x muc/> and waits for its own presence, with this id */
	char enters[TEXT_MAX];
	bool lost; /* it was away: whatever it is told means nothing before it enters again */
	bool open; /* it was told that addresses are open to all: 100, 172, 173 */
	bool no_subject_yet;
	char nick[TEXT_MAX];
	char subject[TEXT_MAX], subject_nick[TEXT_MAX];
	struct seen *seen;
	size_t nseen, cap;
	struct due *due;
	size_t ndue, due_cap;
	size_t entered_at, last_old; /* of the messages in the room: 1 is the first */
	size_t nold, most_old;	     /* told on entering, and asked for */
	bool wants_old;		     /* some, if there are any */
};

enum life {
	ALIVE,
	SILENT, /* says and answers nothing, as in hibernation (XEP-0198) */
	DEAD,	/* the host server answers for it that there is no such session */
};

struct client {
	unsigned no, user;
	char bare[TEXT_MAX], full[TEXT_MAX];
	enum life life;
	struct view view[NROOMS];
	struct look look[NROOMS]; /* what it said last of itself, and was not refused */
	char open[NOPEN][24];	  /* ids of requests to others that have no answer yet */
	unsigned nopened;
};

/* -- what was done -- */

struct world;
struct op;

enum effect {
	EFFECT_NONE,
	EFFECT_SAY,
	EFFECT_SUBJECT,
	EFFECT_LOOK,  /* a presence */
	EFFECT_ENTER, /* the same with <x muc/> */
	EFFECT_PM,
	EFFECT_LOST, /* it says itself that it is not there */
};

/* One stanza of a client, from its making to the end of the step. */
struct deed {
	const struct op *op;
	struct client *client;
	unsigned room;
	char id[24];
	char *stanza;
	enum effect effect;
	bool foul;		  /* it is to be refused, by what the room is */
	bool fair;		  /* it is not */
	bool in_before, in_after; /* was its sender in the room when it was handled? */
	uint64_t room_id;	  /* of the room then */
	clients recipients;	  /* SAY, PM: who was there to be told */
	char nick[TEXT_MAX];	  /* SAY, SUBJECT, PM: the sender's */
	char text[TEXT_MAX];	  /* SUBJECT */
	struct look look;
	bool kept;	   /* SAY: it is history for those who come later */
	bool stored;	   /* SAY: the archive has it */
	size_t takes_back; /* SAY: the message in the room that it takes back: 1 is the first */
	size_t entered_at, most_old; /* ENTER: of that history there is; is wanted at most */
	bool wants_old;		     /* ENTER: and the room tells it */
	bool asks, sifts; /* the archive is asked: for messages, and not for all of them */
	size_t last_told; /* of those in the room: 1 is the first */
	bool by_admin;	  /* or an owner, before or after it */
	bool is_iq, refused, answered;
};

/* What is remembered of a room besides what the service has inside. */
struct model {
	char jid[TEXT_MAX];
	uint64_t id;	     /* of the struct room: another one is another room */
	unsigned long begun; /* the step in which that came */
	bool ever_open;	     /* addresses were open to all once in this run */
	bool ever_mute;	     /* visitors' statuses were kept from others once */
	struct due *said;    /* that is history */
	size_t nsaid, cap;
	char subject[TEXT_MAX], subject_nick[TEXT_MAX];

	/*
	 * In this step: who was a moderator at any time; were addresses open; was the presence of some
	 * kept from others?
	 */
	clients moderators;
	bool open, partial;
};

/* How often an operation was taken, and refused. */
struct tally {
	unsigned long taken, refused;
};

/* What is done to the stream of stanzas, to see whether the oracle sees it. */
enum sabotage {
	HONEST,
	LOSE_PRESENCE,
	LOSE_MESSAGE,
	TWICE_MESSAGE,
	SWAP_MESSAGES,
	SHOW_JID,
	LOSE_RECORD,
	SABOTAGES,
};

struct world {
	uint64_t chance, service_chance;
	unsigned long step, ndelivered, nsearched, nmessages, nold, nkept, npictures;
	struct muc *muc;
	struct muc_stream *stream;
	struct muc_host host;
	struct muc_conf conf;
	struct muc_now now;
	struct xml_parser *parser; /* of what the service says */
	struct xml_cut cut;
	struct buf out; /* it has said, not cut yet */
	size_t scanned;
	struct buf answers; /* of clients, each ended by NUL, not given to the service yet */
	struct arena *a;    /* of the step */
	struct client client[NCLIENTS];
	struct model model[NROOMS];
	struct deed deed[NDEEDS];
	unsigned ndeeds;
	unsigned long ids;
	struct tally *tally; /* per row of ops[] */
	enum sabotage sabotage;
	int64_t most_presences; /* of a room that are told at once, else */
	char *held;		/* SWAP_MESSAGES: the one that waits */
	bool crowded;		/* there is no room for input: muc_refuse() */
	bool killed;		/* the turn of this step never was, or its answers are lost */
	bool
	    loses; /* fences do not come back, and of what is told only the first `reaches` stanzas arrive */
	unsigned reaches;
	bool retells;	 /* all that comes now is told again */
	bool again;	 /* what comes may have come before */
	struct buf told; /* what may: oracle_told.c */
	char *last[NLAST];
	struct buf log; /* the stanzas of this step */
	bool failed;
	char why[1024];
};

/* -- oracle_world.c -- */

uint32_t chance(struct world *, uint32_t n); /* 0 to n - 1 */
bool likely(struct world *, unsigned per_cent);

void world_init(struct world *, uint64_t seed, struct tally *, enum sabotage);
void world_release(struct world *);

/* Something is not as it is to be; the first time it is remembered. c may be NULL. */
void world_fails(struct world *, const struct client *, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Notes an operation for the list of the last ones. */
void world_notes(struct world *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Gives a stanza to the service, not committed; d: the deed it is, or NULL. */
void world_input(struct world *, const char *stanza, struct deed *);

/* Commits, delivers, lets clients answer, until nothing happens any more. */
void world_rests(struct world *);

/* Time passes, and what is due is done in it. */
void world_passes(struct world *, int64_t ms);

void world_restart(struct world *); /* of a service at rest */
void world_kill(struct world *);    /* what was not committed is lost */
void world_fences(struct world *, bool on);
void world_presences(struct world *, bool few); /* that a room tells at once */
void world_crash(struct world *);		/* it ends, begins, and tells again */
/* Other options are forced on all rooms: pairs that live on. */
void world_forces(struct world *, const char *const *pairs);

void world_link(struct world *); /* goes down amid a stanza, and comes up again */

/* The inside of the service, to be read. */
const struct service *world_inside(const struct world *);

/* -- oracle_client.c -- */

/* What may have been lost has been told again: has all of it come? */
void client_has_all(struct world *, struct client *);

void client_takes(struct world *, struct client *, const struct xml *, const char *bytes, size_t n);

/* -- oracle_view.c -- */

void take_text(char *to, const char *text); /* TEXT_MAX bytes; NULL counts as "" */

struct seen *view_nick(const struct view *, const char *nick); /* NULL: not there */
struct seen *view_add(struct view *, const char *nick);	       /* nothing is known of it yet */
void view_remove(struct view *, struct seen *);
void view_forgets_jids(struct view *); /* but its own */

void view_clear(struct view *); /* it is not in the room */
void view_release(struct view *);
void view_loses(struct view *); /* it goes without a word */

/* It has sent <x muc/>; that is refused; its own presence has come. */
void view_enters(struct view *, const char *id);
void view_stays(struct view *);
void view_entered(struct view *);

void view_expects(struct view *, const struct due *); /* a message */

/* -- oracle_truth.c -- */

/* The room, if it is in memory: with somebody in it, it is. */
struct room *truth_room(const struct world *, unsigned room);
struct client *truth_client(struct world *, const char *full);
bool truth_in(const struct world *, const struct client *, unsigned room);
clients truth_sessions(struct world *, const struct occupant *);
enum affiliation truth_affiliation(const struct world *, const struct client *, unsigned room);

/* A number of the configuration by its member's name; `other` when there is no such member. */
uint32_t truth_config(const struct room *, const char *member, uint32_t other);

void truth_begins(struct world *); /* a step */
void truth_notes(struct world *);  /* after each stanza taken */
void truth_checks(struct world *); /* pictures against rooms, rooms against their store */
void truth_writes(const struct world *, struct buf *); /* who is in, in order, as a string */
bool truth_shows_jid(const struct world *, const struct client *, unsigned room);

/* Is there somebody's address in what a client is told, that it may not see? */
void truth_searches(
    struct world *, const struct client *, int room, const struct xml *, const char *p, size_t n);

/* The same that truth_checks() goes by. */
bool truth_sees(const struct room *, const struct occupant *me, const struct occupant *of);
bool truth_sees_jid(const struct room *, const struct occupant *me, const struct occupant *of);

/* -- oracle_told.c -- */

/* A stanza that may not arrive; it, or what follows from it, may be told again. */
void told_notes(struct world *, const struct client *, const struct xml *);
void told_checks(struct world *, const struct client *, const struct xml *);

/* -- oracle_ops.c -- */

/* Who is a likely sender. */
enum who {
	ANYBODY,
	OUTSIDE,
	INSIDE,
	VISITOR,
	MODERATOR,
	ADMIN, /* or owner, in the room or not */
	OWNER,
	LOST,  /* was away, and is in the room for all that the room knows */
	WORLD, /* nobody: it happens */
};

struct op {
	const char *name;
	unsigned weight;
	enum who who;
	bool must; /* the service of today takes it sometimes: else the generator has rotted */
	bool (*make)(struct world *, struct deed *); /* WORLD: does it; false: not possible now */
	const char *var, *values; /* of a form: the field, and what it may be, with | between */
};

extern const struct op ops[];
size_t ops_count(void);

/* One step: an operation, or some of them in one turn. Then everything is compared. */
void ops_step(struct world *);

/* Some row of a form's field: for a form of many fields. */
const struct op *ops_config(struct world *);

/* -- oracle_stanza.c, oracle_manage.c -- */

#define NS_FORM	  "jabber:x:data"
#define MUC	  "http://jabber.org/protocol/muc"
#define COUNT(of) (sizeof(of) / sizeof((of)[0]))

/* The stanza: <kind from to id, then the rest up to its end tag. nick NULL: to the room itself. */
bool put(struct world *, struct deed *, const char *kind, const char *nick, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

const char *esc(struct world *, const char *); /* escaped; lives for the step */
const char *one_of(struct world *, const char *const *, size_t n);
const char *some_user(struct world *); /* a bare JID */
const char *some_nick(struct world *, const struct deed *);

/* The sender's session in the room, anybody in the room; NULL: none. */
struct session *session_of(struct world *, const struct deed *);
struct occupant *somebody(struct world *, const struct deed *);

#define OPERATION(name) bool make_##name(struct world *, struct deed *);
OPERATION(enter)
OPERATION(enter_again)
OPERATION(enter_history)
OPERATION(create)
OPERATION(rename)
OPERATION(presence)
OPERATION(outside_presence)
OPERATION(leave)
OPERATION(say)
OPERATION(say_forged)
OPERATION(marker)
OPERATION(say_to_one)
OPERATION(retract)
OPERATION(moderate)
OPERATION(archive)
OPERATION(subject)
OPERATION(pm)
OPERATION(unlock)
OPERATION(config)
OPERATION(config_many)
OPERATION(config_get)
OPERATION(config_owners)
OPERATION(cancel)
OPERATION(destroy)
OPERATION(kick)
OPERATION(role)
OPERATION(ban)
OPERATION(ban_domain)
OPERATION(affiliation)
OPERATION(affiliation_by_nick)
OPERATION(reserve)
OPERATION(items)
OPERATION(list)
OPERATION(invite)
OPERATION(decline)
OPERATION(register_get)
OPERATION(register_set)
OPERATION(register_remove)
OPERATION(approve)
OPERATION(voice_request)
OPERATION(voice_grant)
OPERATION(disco)
OPERATION(ping)
OPERATION(iq_to_one)
OPERATION(error)
OPERATION(garbage)
#undef OPERATION

#endif
