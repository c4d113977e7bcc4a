/* SPDX-License-Identifier: ISC */
/*
 * rec.h - a record of tagged fields, as it lies in the store
 *
 * A record is a row of (tag, length, bytes). Who reads skips tags it does not know, so an older
 * mucd reads what a newer one wrote with more fields. Tags are 1 to 255 and are never given a new
 * meaning. Numbers are big-endian without leading zero bytes.
 */
#ifndef REC_H
#define REC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;

void rec_put(struct buf *, uint8_t tag, const void *p, size_t n);
void rec_put_str(struct buf *, uint8_t tag, const char *s); /* NULL: nothing is written */
void rec_put_u64(struct buf *, uint8_t tag, uint64_t v);

struct rec {
	const uint8_t *p, *end;
	uint8_t tag;	    /* the present field */
	const uint8_t *val; /* not NUL-terminated, lives as long as the bytes read */
	size_t len;
};

void rec_init(struct rec *, const void *p, size_t n);

/* Moves to the next field. False at the end, and when the bytes are broken: then r->p is NULL. */
bool rec_next(struct rec *r);

uint64_t rec_u64(const struct rec *); /* of the present field */
char *rec_str(struct arena *, const struct rec *);

#endif
