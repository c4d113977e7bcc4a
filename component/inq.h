/* SPDX-License-Identifier: ISC */
/*
 * inq.h - what has come in and waits to be handled
 *
 * A queue of pieces in one stretch of memory. The last piece may be open: bytes are added to it
 * until it is closed, which puts it into the queue, or dropped. A piece costs 8 bytes beside its
 * own, and they are counted, so a limit on inq_bytes() is a limit on memory.
 */
#ifndef INQ_H
#define INQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum piece {
	PIECE_STREAM, /* the pieces behind it came over another stream: its bytes are a pointer */
	PIECE_STANZA,
	PIECE_OVER, /* a start tag, or nothing, of a stanza over a limit */
};

struct inq {
	struct buf b;
	size_t head;	  /* where the first piece begins */
	size_t open;	  /* where the open piece begins, if there is one */
	bool is_open;	  /* its head is in b */
	uint64_t came;	  /* pieces ever closed */
	uint64_t handled; /* pieces ever popped */
};

void inq_release(struct inq *);

/* Bytes in use, those of the open piece included. */
size_t inq_bytes(const struct inq *);

/* -- the open piece -- */

void inq_add(struct inq *, const void *p, size_t n);   /* opens one if need be */
const char *inq_opened(const struct inq *, size_t *n); /* its bytes, until the next call */
void inq_cut_opened(struct inq *, size_t n);	       /* keeps its first n bytes only */
void inq_close(struct inq *, enum piece);
void inq_drop_opened(struct inq *);

/* -- the first piece -- */

bool inq_waits(const struct inq *); /* is there one? */

/* False when no closed piece waits. The bytes live until the next inq_add(), pop or drop. */
bool inq_first(const struct inq *, enum piece *, const char **p, size_t *n);
void inq_pop(struct inq *);

/* Appends the bytes of all stanzas, and those of the open piece: as they came in. */
void inq_copy(const struct inq *, struct buf *);

/* Drops all pieces up to the next PIECE_STREAM; those after it are of another stream. */
void inq_skip_stream(struct inq *);

#endif
