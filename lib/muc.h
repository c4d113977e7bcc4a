/* SPDX-License-Identifier: ISC */
/*
 * muc.h - a Multi-User Chat service (XEP-0045): bytes in, bytes out
 *
 * libmuc does no I/O and knows neither clock nor chance: the host program gives it stanzas, the
 * time, random bytes and a store, and takes bytes to send. One struct muc serves any number of
 * domains; it is not thread-safe.
 *
 * The host's loop:
 *
 *	muc_input() for each stanza the link has, until one returns MUC_TURN_ENDS or there is none;
 *	muc_tick() when muc_deadline() has come, after the input that waits;
 *	muc_commit(): the turn is durable now, or MUC_RETRY: again in a second, no input until then;
 *	muc_drain() per domain: what may be told now.
 *
 * Nothing is given out by muc_drain() before the turn that caused it is committed.
 */
#ifndef MUC_H
#define MUC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct muc;
struct muc_stream;
struct store;

#define MUC_VERSION "0.1.0"
#define MUC_SCHEMA  3 /* of what is stored; raise it with a migration */

/* The present. mono_ms never jumps and counts through sleep; deadlines are told in it. */
struct muc_now {
	int64_t wall_ms; /* since 1970, for stamps and what is stored */
	int64_t mono_ms;
};

enum muc_log {
	MUC_LOG_ERROR,
	MUC_LOG_WARN,
	MUC_LOG_INFO,
	MUC_LOG_DEBUG,
};

/* What only the host program can do. */
enum muc_ask {
	MUC_ASK_RELOAD, /* read the configuration again: muc_reload() in a while, not in this call */
	MUC_ASK_LOG_LEVEL, /* log that much from now on: "error", "warn", "info", "debug" */
	MUC_ASK_BACKUP,	   /* copy the database; the copy is made while things go on */
	MUC_ASK_VERIFY,	   /* look whether all that is stored can be read, while things go on */
	MUC_ASK_RESTART,   /* have what is installed now go on in its place, when all is told */
	MUC_ASK_STOP,	   /* end, when all is committed and told */
};

/* What the host program provides. All of it must live as long as the struct muc. */
struct muc_host {
	void *arg;	     /* given back to the functions */
	struct store *store; /* stays the host's; see store.h */
	void (*random)(void *arg, void *p, size_t n);
	void (*log)(void *arg, enum muc_log, const char *line);

	/*
	 * What an administrator wants by a command; may be NULL: then nothing of it can be wanted. It must
	 * not call libmuc. NULL: it is done, or will be; else why not, as a string that lives until the next
	 * call. MUC_ASK_STOP cannot be refused.
	 */
	const char *(*ask)(void *arg, enum muc_ask, const char *with);

	/* Bytes of memory that the program has of its own, for the statistics; NULL: they do not say it. */
	uint64_t (*memory)(void *arg);
};

/*
 * Limits on what strangers control: LIMIT(name, default, least, greatest, what it is, in mucd.conf and here). Each
 * is a count, unless its name ends in a unit: bytes, ms, s, days, percent; _per_s and _per_min are counts a second
 * and a minute. A session counts once in each room that it is in.
 */
#define MUC_LIMITS(LIMIT)                                                                          \
	LIMIT(stanza_bytes, 3145728, 10000, 16777216, "greatest stanza taken from the server")     \
	LIMIT(stanza_depth, 64, 8, 1000, "elements in one another in a stanza")                    \
	LIMIT(stanza_out_bytes, 500000, 10000, 16777216, "greatest stanza given to the server")    \
	LIMIT(occupants_per_room, 10000, 1, 1000000, "greatest muc#roomconfig_maxusers")           \
	LIMIT(sessions_per_occupant, 20, 1, 1000, "full JIDs under one nick")                      \
	LIMIT(nicks_per_user, 10, 1, 1000, "nicks of one bare JID in a room")                      \
	LIMIT(rooms_per_user, 1000, 1, 1000000, "rooms one bare JID may be in at once")            \
	LIMIT(sessions, 1000000, 100, 100000000, "full JIDs in rooms, of all users together")      \
	LIMIT(domain_sessions, 50000, 10, 100000000, "those of all users of one foreign domain")   \
	LIMIT(rooms_per_creator, 200, 1, 100000, "rooms that one bare JID may have created")       \
	LIMIT(                                                                                     \
	    configure_s, 3600, 10, 31536000, "a new room may wait to be configured, then it ends") \
	LIMIT(tombstone_days, 31, 0, 3650, "a destroyed room's name is kept for its owners")       \
	LIMIT(tombstones, 100000, 0, 10000000, "names that are kept so; the oldest are given up")  \
	LIMIT(affiliations_per_room, 100000, 10, 10000000, "stored affiliations")                  \
	LIMIT(changes_per_room, 1000, 0, 100000, "changes of affiliations that a room remembers")  \
	LIMIT(items_per_request, 1000, 1, 100000, "items in one muc#admin request")                \
	LIMIT(nick_bytes, 256, 16, 1023, "a nick")                                                 \
	LIMIT(name_bytes, 256, 16, 1023, "the node of a room's address")                           \
	LIMIT(subject_bytes, 8192, 64, 262144, "a subject message's payload")                      \
	LIMIT(presence_bytes, 8192, 256, 262144, "a presence's payload")                           \
	LIMIT(history_stanzas, 100, 0, 10000, "greatest muc#maxhistoryfetch")                      \
	LIMIT(history_bytes, 524288, 0, 16777216, "a history told to whoever enters")              \
	LIMIT(archive_page, 250, 1, 10000, "messages told for one query of an archive")            \
	LIMIT(archive_page_bytes, 524288, 1024, 16777216, "the same, in bytes")                    \
	LIMIT(archive_queries_per_user, 5, 1, 1000, "one's queries of archives that take longer")  \
	LIMIT(archive_queries, 1000, 1, 100000, "such queries of all users")                       \
	LIMIT(archive_visits_per_s, 500000, 1000, 100000000, "messages a second they look at")     \
	LIMIT(retractions_told, 1000, 0, 100000,                                                   \
	    "when all that somebody wrote is retracted: the latest")                               \
	LIMIT(archive_days, 0, 0, 36500, "what was said is kept; 0: as long as there is room")     \
	LIMIT(archive_entries_per_room, 0, 0, 1000000000000, "messages kept of a room; 0: any")    \
	LIMIT(archive_bytes_per_room, 1073741824, 0, 70368744177664, "of a room; 0: any")          \
	LIMIT(archive_bytes, 34359738368, 0, 70368744177664, "kept of all rooms; 0: any")          \
	LIMIT(archive_after_destroy_days, 0, 0, 36500, "it is kept when the room is no more")      \
	LIMIT(reason_bytes, 4096, 64, 262144, "a reason given for a change, or for a room's end")  \
	LIMIT(vcard_bytes, 131072, 1024, 1048576, "a room's vCard, with the pictures in it")       \
	LIMIT(vcard_pictures, 8, 0, 100, "pictures in it: the same avatar in several forms")       \
	LIMIT(invites_per_message, 20, 1, 100, "invitations in one message")                       \
	LIMIT(invites_per_min, 30, 1, 100000, "invitations one bare JID may send a minute")        \
	LIMIT(invited_per_min, 10, 1, 100000, "invitations one bare JID may get a minute")         \
	LIMIT(invitations_per_room, 1000, 1, 10000, "a room's invitations that can be declined")   \
	LIMIT(invitation_s, 604800, 60, 31536000, "how long an invitation can be declined")        \
	LIMIT(voice_request_min_s, 600, 0, 86400, "from one request for voice to the next")        \
	LIMIT(kept_roles_per_room, 1000, 1, 10000, "roles kept for those who come back")           \
	LIMIT(commands, 1000, 1, 100000, "ad-hoc commands under way")                              \
	LIMIT(commands_per_user, 10, 1, 1000, "those of one bare JID")                             \
	LIMIT(command_s, 900, 10, 86400, "how long one waits for its next step")                   \
	LIMIT(command_bytes, 65536, 1024, 1048576, "what has been filled in in one")               \
	LIMIT(audit_records, 100000, 100, 10000000, "what of administrators' deeds is kept")       \
	LIMIT(rate_per_s, 50, 1, 1000000, "stanzas a second that one bare JID may send for long")  \
	LIMIT(rate_burst, 2000, 1, 1000000, "stanzas that one bare JID may send at once")          \
	LIMIT(rate_bytes_per_s, 262144, 1024, 1073741824, "bytes a second, the same")              \
	LIMIT(rate_bytes_burst, 8388608, 10000, 1073741824, "bytes at once, the same")             \
	LIMIT(session_percent, 80, 1, 100, "of what one bare JID may send, what one session may")  \
	LIMIT(refusals_per_s, 20, 1, 1000000, "errors told to one bare JID that sends too much")   \
	LIMIT(service_bans, 10000, 0, 1000000, "bans that administrators have set")                \
	LIMIT(entries_per_min, 1500, 1, 1000000, "rooms that one bare JID may enter a minute")     \
	LIMIT(nick_changes_per_min, 60, 1, 100000, "nicknames one bare JID may take a minute")     \
	LIMIT(password_guesses_per_min, 10, 1, 100000, "wrong passwords one bare JID may try")     \
	LIMIT(room_messages_per_s, 500, 1, 1000000, "messages that a room takes, for long")        \
	LIMIT(room_entries_per_min, 1000, 1, 1000000, "strangers that a room takes a minute")      \
	LIMIT(room_entries_of_one_per_min, 60, 1, 1000000,                                         \
	    "how often one bare JID may enter the same room a minute")                             \
	LIMIT(room_closed_s, 60, 1, 86400, "a room is closed to strangers when more come")         \
	LIMIT(room_bytes_per_s, 4194304, 1024, 1099511627776,                                      \
	    "bytes of the messages that a room takes")                                             \
	LIMIT(room_presences_per_s, 500, 1, 1000000, "presences of a room that are told at once")  \
	LIMIT(room_queries_per_s, 1000, 1, 1000000, "requests that a room answers or passes on")   \
	LIMIT(room_nick_changes_per_min, 600, 1, 1000000, "nicknames taken in a room a minute")    \
	LIMIT(room_invites_per_min, 300, 1, 1000000, "invitations into a room a minute")           \
	LIMIT(room_registrations_per_min, 100, 1, 1000000, "registrations with a room a minute")   \
	LIMIT(room_password_guesses_per_min, 60, 1, 1000000, "wrong passwords a room takes")       \
	LIMIT(domain_per_s, 1000, 1, 1000000, "stanzas of all users of one foreign domain")        \
	LIMIT(domain_bytes_per_s, 4194304, 1024, 1099511627776, "bytes, the same")                 \
	LIMIT(domain_nick_changes_per_min, 600, 1, 1000000, "nicknames taken a minute, the same")  \
	LIMIT(domain_entries_per_min, 30000, 1, 1000000, "rooms entered a minute, the same")       \
	LIMIT(domain_rooms_per_min, 600, 1, 1000000, "rooms made a minute, the same")              \
	LIMIT(domain_invites_per_min, 300, 1, 1000000, "invitations a minute, the same")           \
	LIMIT(domain_registrations_per_min, 100, 1, 1000000, "registrations a minute, the same")   \
	LIMIT(domain_password_guesses_per_min, 100, 1, 1000000, "wrong passwords, the same")       \
	LIMIT(service_per_s, 100000, 1, 1000000000, "stanzas of all users")                        \
	LIMIT(service_bytes_per_s, 268435456, 1024, 1099511627776, "bytes of all users")           \
	LIMIT(service_nick_changes_per_min, 60000, 1, 1000000000, "nicknames taken a minute")      \
	LIMIT(service_entries_per_min, 600000, 1, 1000000000, "rooms entered a minute")            \
	LIMIT(service_rooms_per_min, 60000, 1, 1000000000, "rooms made a minute")                  \
	LIMIT(service_invites_per_min, 6000, 1, 1000000000, "invitations a minute")                \
	LIMIT(service_registrations_per_min, 6000, 1, 1000000000, "registrations a minute")        \
	LIMIT(                                                                                     \
	    service_password_guesses_per_min, 3000, 1, 1000000000, "wrong passwords of all users") \
	LIMIT(registrations_per_min, 10, 1, 100000, "registrations of one bare JID a minute")      \
	LIMIT(registrations_waiting, 50, 1, 500, "registrations of a room waiting for approval")   \
	LIMIT(registration_wait_s, 2592000, 60, 315360000, "how long one waits for it")            \
	LIMIT(registration_bytes, 2048, 64, 8192, "what a registration says of somebody")          \
	LIMIT(notices_per_min, 60, 0, 1000000, "absent users told of one bare JID's changes, 101") \
	LIMIT(noticed_per_min, 10, 1, 100000, "such notices one absent user may get a minute")     \
	LIMIT(queries_per_session, 500, 1, 100000, "requests of one session, not answered yet")    \
	LIMIT(queries, 50000, 1, 10000000, "such requests of all sessions")                        \
	LIMIT(query_wait_s, 300, 1, 86400, "waiting for the answer to such a request")             \
	LIMIT(notes_per_session, 100, 1, 100000, "messages of one session that may come back")     \
	LIMIT(notes, 100000, 1, 10000000, "such messages of all sessions")                         \
	LIMIT(note_s, 600, 1, 86400, "how long a message may take to come back")                   \
	LIMIT(doubt_wait_s, 60, 0, 86400, "from the link's coming up to the first question")       \
	LIMIT(doubt_per_s, 50, 1, 100000, "questions a second")                                    \
	LIMIT(doubt_per_domain_s, 5, 1, 100000, "questions a second to one foreign domain")        \
	LIMIT(doubt_gone_s, 86400, 60, 31536000, "in doubt without an answer: gone")               \
	LIMIT(idle_gone_s, 172800, 60, 31536000, "without a stanza of its own: gone")              \
	LIMIT(                                                                                     \
	    fence_bytes, 262144, 0, 1073741824, "output behind which a fence goes; 0: no fences")  \
	LIMIT(fence_ms, 250, 1, 60000, "time after which one goes when there was less")            \
	LIMIT(unfenced_bytes, 33554432, 65536, 4294967296, "output kept to be told again")

struct muc_limits {
#define LIMIT(name, def, least, greatest, what) int64_t name;
	MUC_LIMITS(LIMIT)
#undef LIMIT
};

/* Sets every limit to its default. */
void muc_limits_default(struct muc_limits *);

/* Who may create rooms besides the admins; XEP-0045 10.1.1. */
enum muc_create {
	MUC_CREATE_ALL,
	MUC_CREATE_LOCAL,  /* users of the domain that ours is in, and the creators */
	MUC_CREATE_LISTED, /* the creators */
	MUC_CREATE_ADMINS,
};

/* What a service may be asked for: CONTACT(kind, what it is); XEP-0157. */
#define MUC_CONTACTS(CONTACT)                                                                      \
	CONTACT(abuse, "abusive traffic")                                                          \
	CONTACT(admin, "the administrators")                                                       \
	CONTACT(feedback, "feedback")                                                              \
	CONTACT(sales, "sales")                                                                    \
	CONTACT(security, "security")                                                              \
	CONTACT(status, "the state of the service")                                                \
	CONTACT(support, "support")

/* Lists end with NULL; NULL itself is an empty one. */
struct muc_conf {
	struct muc_limits limits;
	const char *const *admins; /* prepared bare JIDs */
	enum muc_create create;
	const char *const *creators;	   /* prepared bare JIDs and domains */
	const char *const *reserved_names; /* prepared nodes: only admins create rooms there */
	const char *const *banned;	   /* bare JIDs, domains, patterns: jid_target() */
	const char *const *contacts;	   /* pairs of a kind and an address, a URI */
	const char *service_name;	   /* NULL: "Chat rooms" */
	/* Defaults of new rooms: pairs of a var (muc#roomconfig_x, or x) and its value. */
	const char *const *room_defaults;
	/*
	 * The same for what holds in all rooms, whatever their owners want. A password takes both pairs: that
	 * there is one, and which.
	 */
	const char *const *room_forced;
};

enum muc_error {
	MUC_OK,
	MUC_SCHEMA_NEWER, /* the store was written by a newer mucd */
	MUC_STORE_BROKEN, /* a record in the store cannot be read; the log says which */
	MUC_CONF_BAD,	  /* a room option does not exist or has a bad value; the log says which */
};

/*
 * A service on the host's store: checks the schema and reads what belongs to no domain; sessions come back with
 * their domain, muc_domain_add(). The conf is copied. NULL, and *error says why, when there can be none.
 */
struct muc *
muc_new(const struct muc_host *, const struct muc_conf *, struct muc_now, enum muc_error *error);
void muc_free(struct muc *); /* NULL is allowed; what was not committed is gone */

/*
 * Takes a new conf (copied) for what happens from now on. May be called at any time, also between MUC_RETRY and
 * the next muc_commit(). MUC_OK, or MUC_CONF_BAD and nothing has changed.
 */
enum muc_error muc_reload(struct muc *, const struct muc_conf *);

/* Checks room_defaults and room_forced alone (mucd -n). MUC_OK, or MUC_CONF_BAD and *bad is the var. */
enum muc_error muc_conf_check(const struct muc_conf *, const char **bad);

/* Is that an option of rooms, and a value of it? By itself: what goes with others, and what does not, is not asked. */
bool muc_option_suits(const char *var, const char *value);

/* -- domains -- */

/*
 * Serves a domain (prepared) from now on and brings back the sessions of its rooms, in doubt. Returns
 * its number: 0, 1, 2...; -1 when a record in the store cannot be read (the log says which).
 */
int muc_domain_add(struct muc *, const char *domain);

/*
 * Its link has come up: what is queued goes out; every session of its rooms is in doubt, and the first is
 * asked after doubt_wait_s. Or it has gone down: what stands behind the last fence that came back will be given
 * anew, before anything else, when it is up again; late presences are forgotten.
 */
void muc_domain_up(struct muc *, unsigned domain, struct muc_now);
void muc_domain_down(struct muc *, unsigned domain, struct muc_now);

/* -- input -- */

/*
 * A stream on the link of that domain, by its header as xml_cut() cut it; NULL when that is not the header of a
 * stream. Whichever link a stanza comes on, its `to` decides who answers; only errors about domains that are not
 * served go back the way the stanza came. To be freed before the struct muc.
 */
struct muc_stream *muc_stream_new(struct muc *, unsigned domain, const char *header, size_t n);
void muc_stream_free(struct muc_stream *); /* NULL is allowed */

/*
 * The stream of somebody who runs the service from the machine itself: what it brings is an
 * administrator's, and is logged as that user's (a name that may stand before the @ of an address). That they
 * may do so is for the host program to know; nobody can claim it over a link. Only IQs are taken, without
 * `from`. All answers go back to it, errors about domains that are not served among them: muc_console_drain().
 * At least one domain must have been added. NULL as for muc_stream_new(); muc_stream_free() frees it.
 */
struct muc_stream *muc_console_new(struct muc *, const char *user, const char *header, size_t n);

/* The address of a console, as it stands in the audit log; lives as long as the stream. */
const char *muc_console_address(const struct muc_stream *);

enum muc_input {
	MUC_GO_ON,     /* give the next stanza */
	MUC_TURN_ENDS, /* handled, but the turn has done enough: commit now */
	MUC_DISAGREE,  /* cutter and parser disagree, or a console sent what is not well-formed:
			  close this stream; nothing was done */
};

/* Handles one stanza as xml_cut() cut it (CUT_STANZA). */
enum muc_input
muc_input(struct muc *, struct muc_stream *, const char *p, size_t n, struct muc_now);

/*
 * Answers a stanza that was too long or too deep (CUT_LONG, CUT_DEEP) with policy-violation; `tag` is its
 * start tag of n bytes, or n is 0 and it is only counted.
 */
enum muc_input
muc_input_over(struct muc *, struct muc_stream *, const char *tag, size_t n, struct muc_now);

/*
 * For input that the host has no room to keep: answers with resource-constraint (wait) and does nothing
 * else. Presence is not answered but kept, only the last of each (from, to), and handled by muc_late()
 * when the input before it is done. All of this is bounded: beyond it stanzas are only counted, except that
 * whoever leaves is still let go.
 */
enum muc_input
muc_refuse(struct muc *, struct muc_stream *, const char *p, size_t n, struct muc_now);

/* The same for one that was too long or too deep, by its start tag: that is answered as by muc_input_over(). */
enum muc_input
muc_refuse_over(struct muc *, struct muc_stream *, const char *tag, size_t n, struct muc_now);

/* Handles one presence kept by these two. False when there is none. */
bool muc_late(struct muc *, struct muc_now, enum muc_input *);

/* -- fences -- */

/*
 * Among what muc_drain() gives are fences: IQ results from a domain to itself. Its server returns one behind all
 * that was told before it, and so has taken all that. To be asked of each stanza before muc_input(), also
 * while no input is handled: it only forgets what need not be told again. True: it was a fence
 * of ours, and is dealt with; commit soon.
 */
bool muc_fence(struct muc *, const char *p, size_t n, struct muc_now);

/*
 * Has a fence given now, although there may be nothing else to tell, to learn whether the server is there.
 * False: none is given, since that server has never returned any.
 */
bool muc_fence_ask(struct muc *, unsigned domain, struct muc_now);

/*
 * Since when (mono_ms) a fence is on its way and none comes back; INT64_MAX: none is, or that server has
 * never returned any.
 */
int64_t muc_fence_since(const struct muc *, unsigned domain);

/* Has all been given to its server, and has that taken it? */
bool muc_domain_quiet(const struct muc *, unsigned domain);

/* Its server has taken all that muc_drain() gave: it has ended the stream after we did. */
void muc_domain_taken(struct muc *, unsigned domain);

/* -- time -- */

/* When muc_tick() wants to be called, in mono_ms; INT64_MAX: never. */
int64_t muc_deadline(const struct muc *);

/* Does what is due. Like an input it is part of a turn: commit after it. */
enum muc_input muc_tick(struct muc *, struct muc_now);

/*
 * Tells all that they leave (332; XEP-0045 11.2), room by room, in as many ticks as that takes; nobody
 * enters any more. Then the host is asked to stop (MUC_ASK_STOP). An administrator's command does the same.
 */
void muc_leave(struct muc *, struct muc_now);

/* -- output -- */

enum muc_commit {
	MUC_COMMITTED, /* durable: drain */
	MUC_RETRY,     /* no room to write: call again in a second, give no input until then */
};

enum muc_commit muc_commit(struct muc *);

/*
 * Moves up to cap bytes of what is told to that domain's server into p; 0: nothing waits. A stanza
 * may be given in parts.
 */
size_t muc_drain(struct muc *, unsigned domain, char *p, size_t cap);

/* The same for what is told to a console. */
size_t muc_console_drain(struct muc_stream *, char *p, size_t cap);

/* Bytes that wait in muc_drain() of all domains that are up, committed or not. */
size_t muc_queued(const struct muc *);

/* -- what takes the host program a while -- */

/*
 * What MUC_ASK_BACKUP or MUC_ASK_VERIFY asked for has ended, well or not. Whoever asked is told, and the
 * statistics say it; name is that of the file that was made, or NULL. Part of a turn: commit after it.
 */
void muc_asked_done(struct muc *, enum muc_ask, bool good, const char *name, struct muc_now);

/*
 * While somebody reads the store for long, removing frees no room in it: the store would grow. true has what
 * is too old, and what is left of destroyed rooms, stay for now, where nobody sees it; false has it removed
 * again. May be called at any time.
 */
void muc_retention_pause(struct muc *, bool);

/* -- numbers -- */

#define MUC_STATS(STAT)                                                                            \
	STAT(rooms_loaded, "Rooms in memory")                                                      \
	STAT(rooms_stored, "Rooms that exist")                                                     \
	STAT(occupants, "Nicks in rooms")                                                          \
	STAT(sessions, "Full JIDs in rooms")                                                       \
	STAT(in_doubt, "Sessions in doubt")                                                        \
	STAT(archive_entries, "Messages kept")                                                     \
	STAT(archive_bytes, "Bytes of messages kept")                                              \
	STAT(retention_paused, "1 while what is too old stays, for the database is being read")    \
	STAT(in_message, "Messages taken")                                                         \
	STAT(in_presence, "Presences taken")                                                       \
	STAT(in_iq, "IQs taken")                                                                   \
	STAT(in_other, "Top-level elements of no known kind")                                      \
	STAT(in_bad, "Stanzas dropped as not well-formed")                                         \
	STAT(in_over, "Stanzas too long or too deep")                                              \
	STAT(in_refused, "Stanzas there was no room to keep")                                      \
	STAT(in_bytes, "Bytes of all stanzas taken")                                               \
	STAT(out_message, "Messages told")                                                         \
	STAT(out_presence, "Presences told")                                                       \
	STAT(out_iq, "IQs told")                                                                   \
	STAT(out_bytes, "Bytes told")                                                              \
	STAT(fences_sent, "Fences sent")                                                           \
	STAT(fences_back, "Fences that came back")                                                 \
	STAT(fences_foreign, "Fences of somebody else")                                            \
	STAT(fence_ms, "Milliseconds that the last fence was on its way")                          \
	STAT(told_again, "Things told again after a crash")                                        \
	STAT(turns, "Turns that did something")                                                    \
	STAT(commits, "Durable commits")                                                           \
	STAT(retries, "Commits that found no room")

struct muc_stats {
#define STAT(name, what) uint64_t name;
	MUC_STATS(STAT)
#undef STAT
	/* Refusals by condition: refused[i] of muc_condition(i). */
	uint64_t refused[24];
};

const struct muc_stats *muc_stats(const struct muc *); /* lives as long as the struct muc */

/* The name of the i-th error condition (RFC 6120 8.3.3), NULL beyond the last. */
const char *muc_condition(unsigned i);

#endif
