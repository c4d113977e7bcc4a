/* SPDX-License-Identifier: ISC */
/*
 * control_import.h - rooms that come over the control while mucd runs
 *
 * Whoever has the file (mucctl) sends it in pieces, each when the one before is answered:
 *
 *	<import xmlns='mucd:control' step='begin' device='N' inode='N' replace='true'>
 *	  <rename from='a.example' to='b.example'/>
 *	</import>
 *	<import xmlns='mucd:control' step='lines'>BASE64</import>	any number of times
 *	<import xmlns='mucd:control' step='end'/>			and again while it is answered by go-on
 *
 * device and inode are those of the database folder that is meant. The answers are
 * <import step='go-on' line='N' rooms='N'/>, with what has come so far, step='done' with the number of rooms
 * that are there now, or step='wrong' with the line and a sentence: then it is over. They are given when the
 * turn is committed, like all that mucd says.
 *
 * A piece belongs to a turn and is small, so whoever talks in a room waits for one of them at most. Nobody
 * sees a room before all of them are there; what is left of an import that has not come to its end is removed in
 * steps, after a crash as well: lib/room/import.c. When all are there, whoever asks for one has it, and lists get
 * them in steps, too: lib/room/naming.h.
 */
#ifndef CONTROL_IMPORT_H
#define CONTROL_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct muc_stream;
struct world;
struct control_import;

/* Who is at the control. */
struct control_importer {
	const struct muc_stream *stream;
	const char *name; /* for the log */
	bool is_us;	  /* root, or our user; others may not import */
};

struct control_import *control_import_new(struct world *);
void control_import_free(struct control_import *); /* NULL is allowed */

/* Is that stanza of an import? Then it is nothing for libmuc. */
bool control_import_is(const char *stanza, size_t n);

/* Takes it, as part of a turn, and appends the answer. False: it cannot be read. */
bool control_import_take(struct control_import *, const struct control_importer *,
    const char *stanza, size_t n, struct buf *answer);

/* Its stream has ended: an import of it is given up. */
void control_import_left(struct control_import *, const struct muc_stream *);

/* Is one under way? */
bool control_import_runs(const struct control_import *);

#endif
