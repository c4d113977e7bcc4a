/* SPDX-License-Identifier: ISC */
/*
 * export.h - rooms as text, out of a store and into a service; whether a store is sound
 *
 * The format is in mucd-export(5). A file begins with EXPORT_FIRST; all lines of a room stand together, from
 * `room` to `end`. Writing needs a store alone, of which only reading functions are used. Reading needs a
 * struct muc: nothing of a file is there before all of it is.
 */
#ifndef EXPORT_H
#define EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muc.h"

struct buf;
struct export;
struct import;

#define EXPORT_FIRST "mucd-export 1"

/* -- out -- */

/* complaint() is given what cannot be read, or could not be read again from the file. */
struct export *export_new(
    struct store *, void (*complaint)(void *arg, const char *room, const char *what), void *arg);
void export_free(struct export *); /* NULL is allowed */

/*
 * Begins with a room, by its prepared bare JID, or with the next one of all. False: there is none. Rooms of an import
 * that is finished but goes on (import_goes_on()) are there, and what they replace is not.
 */
bool export_room(struct export *, const char *jid);
bool export_next(struct export *);

enum export_step {
	EXPORT_HEAD, /* there is more, and it belongs together: the store should show the same moment */
	EXPORT_MORE, /* there is more; the store may show a later moment from now on */
	EXPORT_END,  /* that was the room */
};

/*
 * Adds lines, until there is nothing more of the room or more than some 100 kB were added. What is in
 * the store's archive at the beginning is told, if it is still there when its turn comes; all
 * else is told as it is at the beginning, if the store shows that moment for so long. A room that is
 * destroyed meanwhile ends with the line `cut`, and an import leaves it out.
 */
enum export_step export_step(struct export *, struct buf *);

/* What is left out of a room. */
enum export_without {
	EXPORT_NO_SECRET = 1,  /* the key of its occupant ids */
	EXPORT_NO_INVITES = 2, /* the invitations that may still be declined */
	EXPORT_NO_ARCHIVE = 4, /* what was said */
};

/* Leaves out that (a set of enum export_without) from now on, and what was said before that time (wall ms). */
void export_leave_out(struct export *, unsigned without, int64_t since_ms);

/*
 * The same as export_step(), but adds a page: at most so many bytes, counted as XML has them and with per_line more
 * for each line. It ends between two lines or, where a line is too long for any page, within that.
 * True: there is more.
 */
bool export_page(struct export *, struct buf *, size_t most, size_t per_line);

/* Appends where the next page begins, as a text without blanks at its ends; and goes on there, in the same room. */
void export_place(const struct export *, struct buf *);
bool export_resume(struct export *, const char *place); /* false: that is no place in it */

/* Is some of what belongs together still to come? */
bool export_in_head(const struct export *);

/* Has a line that was cut by the end of a page changed meanwhile? Then nothing was added. */
bool export_is_torn(const struct export *);

/* A digest of the affiliations, which belong together: shows whether they have changed between two pages. */
#define EXPORT_DIGEST_LEN 32
void export_digest(struct export *, uint8_t out[EXPORT_DIGEST_LEN]);

/* Adds a string in quotes, as a line has it. */
void export_string(struct buf *, const char *s, size_t n);

/* -- in -- */

struct import_conf {
	bool replace; /* a room that is there is replaced, unless somebody is in it */
	bool evict;   /* even if somebody is; they are not told */
	/* Pairs of a room's address or a domain and what stands for it here; ends with NULL; or NULL. */
	const char *const *renames;
	/* The address of whoever wants it, for the audit log; NULL: no note is made. */
	const char *actor;
};

/*
 * A service has one import at a time. While import_goes_on() all rooms that wait get their names first, in this turn,
 * and that may take long. Its domains must be served (muc_domain_add()). The conf must live as long as the import.
 */
struct import *import_new(struct muc *, const struct import_conf *, struct muc_now);

/* Gives it back. What was not finished is forgotten, and goes in steps (muc_tick()). */
void import_free(struct import *); /* NULL is allowed */

/*
 * Takes a line, without its end. NULL: it is good; else what is wrong with it, until the next call; then
 * the import can only be given back. It is part of a turn: commit when import_weight() says so, and there may be
 * any number of turns between two lines, with whatever else happens in the service.
 */
const char *import_line(struct import *, const char *line, size_t n, struct muc_now);

/* The number of the line that is wrong, from 1; 0: it is no single line. */
uint64_t import_wrong_line(const struct import *);

/* About how many bytes were put since the last commit. */
size_t import_weight(const struct import *);

/*
 * There are no more lines: the rooms are there, when this turn is committed. NULL, or what is wrong. *nrooms
 * is how many there are.
 *
 * Whoever asks for one of them finds it from then on, also after a crash. In lists of rooms they are one after the
 * other, as muc_tick() goes on with it: until import_goes_on() is false.
 */
const char *import_finish(struct import *, struct muc_now, uint64_t *nrooms);
bool import_goes_on(const struct muc *);

/* -- looking -- */

struct check_totals {
	uint64_t records, rooms, wrong;
};

/*
 * Walks all tables: can each record be read, and do those that go together agree? wrong() is told each mistake, its
 * table and its room (or NULL).
 */
void store_check(struct store *,
    void (*wrong)(void *arg, const char *table, const char *room, const char *what), void *arg,
    struct check_totals *);

/* What a room takes: all that has its id. */
struct store_room_size {
	uint64_t records, bytes, messages;
};

/* Visits all rooms, in order of their names, then those of an import that goes on (import_goes_on()) and have none. */
void store_rooms(struct store *,
    void (*visit)(void *arg, const char *jid, const struct store_room_size *), void *arg);

#endif
