/* SPDX-License-Identifier: ISC */
/*
 * db_foreign.h - rooms that another server has kept, as text; mucctl(1) has what becomes of what
 */
#ifndef DB_FOREIGN_H
#define DB_FOREIGN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/map.h"

struct arena;
struct xml;

/*
 * Writes all rooms of that server's (prosody, ejabberd) as an export. What cannot be taken along is named on
 * standard error. False, and it has been said why: nothing is to be made of it.
 */
bool foreign_convert(const char *server, const char *path, FILE *out);

/* db_prosody.c, db_ejabberd.c: what does it for each; they use what follows. */
struct foreign;
bool prosody_convert(struct foreign *, const char *path);
bool ejabberd_convert(struct foreign *, const char *path);

/* An export that is being made. */
struct foreign {
	FILE *out;
	struct arena *arena;	/* of a room, or of a message */
	struct buf line;	/* that is being made */
	char *room;		/* whose lines come; NULL: none */
	uint64_t nlines;	/* of it */
	struct map jids, nicks; /* of its affiliations: each there once */
	int64_t id_ms;		/* of the last message's id */
	unsigned id_counter;
	uint64_t nrooms;
};

/* A file's bytes, until foreign_unmap(). False, and it has been said why. */
struct foreign_file {
	const char *p;
	size_t n;
};

bool foreign_map(const char *path, struct foreign_file *);
void foreign_unmap(struct foreign_file *);

/* On standard error, behind the room's address. */
void
foreign_note(const struct foreign *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A room; false, and a note: it has no address that is one. */
bool foreign_begin(struct foreign *, const char *jid, bool is_locked);
void foreign_end(struct foreign *);

/* A setting by its name; what does not suit is noted and left out, a text that is too long is cut. */
void foreign_set(struct foreign *, const char *var, const char *value);
void foreign_set_bool(struct foreign *, const char *var, bool);

/* Somebody's affiliation; nick and reason may be NULL. What cannot be is noted. */
void foreign_affil(struct foreign *, const char *jid, const char *affiliation, const char *nick,
    const char *reason);

/*
 * The vCard of the room (XEP-0054), NULL: none. A picture that is not in it, or not in base64, is noted and left out; so
 * is a vCard that would be too large for mucd's limits as they are if nobody sets them.
 */
void foreign_vcard(struct foreign *, const struct xml *);

/* Who set a subject: nick, or NULL. */
void foreign_subject(struct foreign *, const char *subject, const char *nick, int64_t wall_ms);

/*
 * A message, the children of which are those of x; in the order of their times. jid and nick may be NULL;
 * what the room said itself in it, and what tells who somebody is, is left out.
 */
void foreign_message(
    struct foreign *, int64_t wall_ms, const char *nick, const char *jid, const struct xml *x);

/* The namespace of an element: NS_* if mucd knows it. */
const char *foreign_ns(const char *uri);

#endif
