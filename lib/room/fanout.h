/* SPDX-License-Identifier: ISC */
/*
 * fanout.h - one stanza, many recipients, and what waits to be told
 */
#ifndef FANOUT_H
#define FANOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct service;
struct xml;

/* An address as a stanza is told to it: full or bare JID, escaped, shared by all who refer to it. */
struct addr {
	unsigned refs;
	bool is_console; /* console.h */
	uint32_t len;
	char text[]; /* and a NUL */
};

struct addr *addr_new(const char *jid); /* refs is 1 */
void addr_unref(struct addr *);

/* A stanza serialised once, without the value of `to`, which belongs at `split`. */
struct wire {
	unsigned refs;
	uint32_t len, split;
	enum wire_kind {
		WIRE_MESSAGE,
		WIRE_PRESENCE,
		WIRE_IQ,
	} kind;
	bool wipes; /* there may be a password in it */
	char text[];
};

/* What ends a turn, whatever input waits: bytes of wires made, pairs queued. */
#define TURN_BYTES (1u << 20)
#define TURN_PAIRS (1u << 16)

struct pair {
	struct wire *wire;
	struct addr *to;
};

/* Pairs in order of telling. */
struct pairs {
	struct pair *v;
	size_t head, n, cap; /* v[head] to v[n - 1] wait */
};

struct fences;

/* What waits for one domain's link, or for a console. */
struct out {
	char *domain; /* NULL: a console's */
	struct pairs pairs;
	size_t ncommitted;     /* pairs before this index may be told */
	size_t off;	       /* bytes of v[head], or of a fence, given already */
	size_t bytes;	       /* that wait */
	struct fences *fences; /* what is told, and may not have arrived: fence.h */
	bool up;
	int64_t up_ms; /* mono: since when */
};

/* Serialises a stanza, without the value of its `to`. refs is 1. */
struct wire *wire_new(struct service *, const struct xml *stanza);

/* The same of the stanza in service.written, which is empty again; split: where the value of `to` belongs. */
struct wire *wire_written(struct service *, size_t split);
void wire_unref(struct wire *);

/* Gives back those of w[n] that are not NULL: each is made when it is first needed. */
void wires_unref(struct wire *const *, size_t n);

void pairs_add(struct pairs *, struct wire *, struct addr *); /* takes a reference to both */
void pairs_release(struct pairs *);			      /* gives back those that wait */
void pair_unref(struct pair *);				      /* gives back both references */

static inline size_t
pair_bytes(const struct pair *p)
{
	return (size_t)p->wire->len + p->to->len;
}

/* Copies a pair's bytes from offset `off` on; returns how many went into p. */
size_t pair_copy(const struct pair *, size_t off, char *p, size_t cap);

/* Moves all pairs to the domain's queue, and those for consoles to theirs. */
void out_take(struct service *, unsigned domain_no, struct pairs *);
size_t out_drain(struct service *, struct out *, char *p, size_t cap);
void out_release(struct out *);

#endif
