/* SPDX-License-Identifier: ISC */
/*
 * export_state.h - how far an export has come
 */
#ifndef EXPORT_STATE_H
#define EXPORT_STATE_H

#include "naming.h"
#include "record.h"

#define CUT_DIGEST_LEN 8

struct export
{
	struct store *store;
	struct arena *arena; /* of a step */
	struct record_reader reader;
	void (*complaint)(void *, const char *, const char *);
	void *arg;

	struct nameless_list waiting; /* rooms of an import that had no name when it was looked */
	bool has_waiting;	      /* that was */
	size_t nwaiting;	      /* of them were begun by export_next() */

	struct buf name; /* key in table names of the room begun last by export_next() */
	char *jid;
	uint8_t id[8];
	enum line line; /* of which there may be more */
	uint8_t after[STORE_KEY_MAX];
	size_t after_len; /* 0: from the first */
	uint8_t last[STORE_KEY_MAX];
	size_t last_len; /* of the archive when the room began; 0: there was nothing */
	uint64_t nlines;
	size_t skip; /* of the next lines so many bytes stand on the page before, */
	uint8_t skipped[CUT_DIGEST_LEN]; /* with that digest; */
	bool is_torn;			 /* they are not the same any more */

	unsigned without; /* a set of enum export_without */
	int64_t since_ms;
};

struct bytes export_id(struct export *);

/* A record as a line. */
void export_line(struct export *, struct buf *, enum line, struct bytes tail, struct bytes val);

/* What the room's own record says, and the last line, by whether the room is there still. */
void export_head(struct export *, struct buf *);
void export_end(struct export *, struct buf *);

/* Goes on to the first record of the next kind, or to the end. */
void export_next_kind(struct export *);

#endif
