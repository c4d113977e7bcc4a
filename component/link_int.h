/* SPDX-License-Identifier: ISC */
/*
 * link_int.h - what link.c and link_input.c share
 */
#ifndef LINK_INT_H
#define LINK_INT_H

#include "backoff.h"
#include "base/buf.h"
#include "base/xml_cut.h"
#include "inq.h"
#include "link.h"

struct dial;
struct xml_parser;

#define ROUND_BYTES	((size_t)8 << 20)  /* a link reads and writes at most, each round */
#define HANDSHAKE_BYTES ((size_t)64 << 10) /* the server may send before its handshake */

enum link_state {
	WAITING, /* for the time to connect again */
	DIALING,
	HEADER,	   /* ours was sent, the server's is to come */
	HANDSHAKE, /* ours was sent, the server's is to come */
	UP,
	CLOSING, /* we have closed the stream; what comes until the server does so still counts */
	OVER,	 /* for good: we are stopping */
};

struct link {
	struct world *w;
	char *name; /* the component's domain */
	char *server;
	int port;
	char *secret;
	unsigned domain;

	enum link_state state;
	struct dial *dial;
	int fd;
	int64_t deadline_ms;	   /* of WAITING, HEADER, HANDSHAKE, CLOSING */
	int64_t up_ms;		   /* since when it is up */
	int64_t wrote_ms, read_ms; /* when the server last took a byte, or gave one */
	int64_t blocked_ms;	   /* since when it takes none; 0: it does */
	int64_t freed_ms;	   /* when it last began to take some again */
	struct backoff backoff;
	bool is_told_up;   /* libmuc's opinion... */
	bool is_owed_down; /* ...which is out of date */
	char peer[400];	   /* server:port [address] */
	char status[1024];

	struct xml_cut cut;
	struct inq q;
	bool is_refusing;
	size_t handshake_bytes;
	struct xml_parser *parser;   /* for the handshake and stream errors alone */
	struct muc_stream *stream;   /* of the pieces at the head of q */
	struct muc_stream *incoming; /* of what is read now */
	struct buf header;	     /* of that stream */

	struct buf out; /* what was drained, out_off bytes of it written */
	size_t out_off;
	bool is_between; /* it ends with a whole stanza, and nothing more was there to drain */
};

/* The link cannot be had, or is lost: says why, and waits for the time to connect again. */
void link_lose(struct link *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* It is over for good; what it has brought in stays. */
void link_end(struct link *);

void link_set_status(struct link *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The stream is up: what comes in now is for libmuc. */
void link_come_up(struct link *);

/* The server's stream header, and bytes behind it. */
void link_took_header(struct link *, const char *p, size_t n);
void link_took_bytes(struct link *, const char *p, size_t n);

/* Reads what has come, if there may be more input. */
void link_read(struct link *);
bool link_may_read(const struct link *);

#endif
