/* SPDX-License-Identifier: ISC */
/*
 * store.h - what lasts
 *
 * Ordered tables of byte strings, changed by one transaction a turn: what get() and each() show is
 * what the turn has written, and commit() makes all of it durable or nothing. libmuc decides
 * what the records mean; a store only keeps them. Keys are 1 to STORE_KEY_MAX bytes and are
 * ordered bytewise, a shorter one before its extensions.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_KEY_MAX 511

/* The tables: TABLE(name, what is in it). Names are part of the schema. */
#define STORE_TABLES(TABLE)                                                                        \
	TABLE(meta, "schema version, next room id, numbers")                                       \
	TABLE(names, "domain NUL node -> room id")                                                 \
	TABLE(rooms, "room id -> configuration, subject, dates")                                   \
	TABLE(affil, "room id, bare JID -> affiliation, nick, reason, actor, time")                \
	TABLE(nicks, "room id, reserved nick -> bare JID")                                         \
	TABLE(changes, "room id, number of a version -> the change of affiliation that made it")   \
	TABLE(requests, "room id, bare JID -> a registration that waits for approval")             \
	TABLE(listed, "domain NUL node of each public room")                                       \
	TABLE(sessions, "room id, full JID -> nick, role, presence")                               \
	TABLE(user, "bare JID NUL room id of each room that it created")                           \
	TABLE(gone, "domain NUL node -> tombstone; NUL expiry, room id -> its key")                \
	TABLE(archive, "room id, UUIDv7 -> a message that was said")                               \
	TABLE(held, "room id -> how many entries and bytes its archive holds, since when")         \
	TABLE(aging, "order, time, room id: rooms by the age of what they hold")                   \
	TABLE(over, "room id of each that holds more than it may")                                 \
	TABLE(invites, "room id, digests of two bare JIDs -> invitee, inviter, id, time")          \
	TABLE(roles, "room id, bare JID -> role kept for when they come back, time")               \
	TABLE(bans, "digest or name of a JID, domain or pattern -> whom the operators keep out")   \
	TABLE(spoke, "room id, bare JID -> when it spoke last, where that matters")                \
	TABLE(blobs, "room id -> its vCard, and the hashes of the pictures in it")                 \
	TABLE(audit, "number -> what an administrator has done")                                   \
	TABLE(commands, "digest of a bare JID, session id -> a command under way")                 \
	TABLE(told, "domain NUL number of a turn -> what it told, and may not have arrived")       \
	TABLE(retracting, "room id, archive id -> whose messages are being taken back, how far")   \
	TABLE(dead, "room id of a destroyed room whose data still goes -> when, where it was")

enum table {
#define TABLE(name, what) TABLE_##name,
	STORE_TABLES(TABLE)
#undef TABLE
	    TABLE_COUNT
};

const char *store_table_name(enum table);

struct bytes {
	const void *p;
	size_t n;
};

/* As a prefix: what all keys begin with. As a place in the order: before the first, or behind the last. */
#define BYTES_NONE ((struct bytes){ NULL, 0 })

/* Which comes first (as memcmp says it), and does a begin with prefix? */
int bytes_cmp(struct bytes a, struct bytes b);
bool bytes_begin(struct bytes a, struct bytes prefix);

enum store_result {
	STORE_OK,
	STORE_NONE,  /* get: no such key; commit: nothing was written */
	STORE_RETRY, /* commit: no room on the disk, or the configured ceiling is reached */
	STORE_STOP,  /* each: what the visitor asked for */
};

/*
 * Visits one record; returns 0 to go on, anything else to stop. Key and value live until it
 * returns. It must not put or del.
 */
typedef int store_visit(void *arg, struct bytes key, struct bytes val);

struct store {
	/* The value lives until the next put, del or commit. STORE_OK or STORE_NONE. */
	enum store_result (*get)(struct store *, enum table, struct bytes key, struct bytes *val);

	/*
	 * Visits, in order, the records whose keys begin with prefix (n = 0: all) and are greater
	 * than `after` (n = 0: from the first). STORE_OK at the end, STORE_STOP when the visitor
	 * stopped.
	 */
	enum store_result (*each)(struct store *, enum table, struct bytes prefix,
	    struct bytes after, store_visit *, void *arg);

	/*
	 * Visits, in reverse order, the records whose keys begin with prefix (n = 0: all) and are
	 * less than `before` (n = 0: from the last). Results as of each.
	 */
	enum store_result (*each_back)(struct store *, enum table, struct bytes prefix,
	    struct bytes before, store_visit *, void *arg);

	/* Bytes are copied. Neither can fail: a store without room says so at commit. */
	void (*put)(struct store *, enum table, struct bytes key, struct bytes val);
	void (*del)(struct store *, enum table, struct bytes key); /* nothing there: no error */

	/*
	 * Ends the turn. STORE_OK: it is durable, the next turn begins; STORE_NONE: so it does, and
	 * there was no put or del in this one. STORE_RETRY: nothing was written and nothing
	 * forgotten, call again later; until then only reading is allowed. Errors after which
	 * durability is in doubt do not return: the store says why and exits.
	 */
	enum store_result (*commit)(struct store *);

	/* Per cent in use of the most that the store can take: the ceiling or the disk, whichever is nearer. */
	unsigned (*fill)(struct store *);

	/* Bytes that all records take, and what the store itself needs to find them. */
	uint64_t (*bytes)(struct store *);

	void (*close)(struct store *); /* frees it; what was not committed is gone */
};

/* A store in memory, for tests and scripts. commit() is never STORE_RETRY. */
struct store *store_mem_new(void);

#endif
