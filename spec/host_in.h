/* SPDX-License-Identifier: ISC */
/*
 * host_in.h - what host*.c share
 */
#ifndef HOST_IN_H
#define HOST_IN_H

#include "base/buf.h"
#include "base/xml_cut.h"
#include "host.h"
#include "muc.h"
#include "store.h"

struct xml_parser;

/* One domain of the service, as its host sees it. */
struct link {
	const char *domain;
	struct xml_cut cut;
	struct buf out; /* what mucd has said and is not cut yet */
	size_t scanned; /* bytes of it that the cutter has seen */
};

/* An address to which a session has sent available presence. */
struct directed {
	const char *to;
	struct directed *next;
};

struct session {
	struct directed *directed;
};

/* What an account says of itself (XEP-0054). */
struct vcard {
	const char *bare;
	const struct xml *x;
	struct vcard *next; /* an older one */
};

/* What does not get to where it was sent. */
enum loses {
	LOSES_NOTHING,
	LOSES_FENCES,
	LOSES_ALL, /* that the service says */
};

struct host {
	struct play *p; /* NULL between plays */
	struct muc *muc;
	struct muc_stream *stream;
	struct muc_conf conf;
	struct muc_now now;
	struct store *store;
	struct xml_parser *parser; /* of what mucd says */
	struct session *session;   /* one per seat */
	struct vcard *vcards;
	struct link *link;
	unsigned nlinks;
	bool link_up;
	enum loses loses;
	bool in_turns; /* host_turns() is at work: what comes up now is its */
	bool no_ticks; /* time passes, but nothing comes due */
	struct xml_cut cut, cut_in_pieces;
	struct buf in; /* serialised stanzas on their way to the service */
	uint64_t chance;
	unsigned long stanzas;
};

/* host.c */
uint64_t host_chance(struct host *);
void host_input(struct host *, const struct xml *); /* for the service */
bool host_turns(struct host *);			    /* until there is nothing more to do */
bool host_settles(struct host *);		    /* until its fences are back, too */

/* host_route.c */
bool host_from_client(struct host *, struct seat *, struct xml *); /* stamps it and routes it */
bool host_route(struct host *, const struct xml *);		   /* by `to` */
bool host_session_ends(struct host *, struct seat *);

/* host_check.c: loaded from its store again, is the service the same? */
bool host_same_after_restart(struct host *);

/* host_newer.c: every record has a field more that no mucd knows yet. */
void host_make_newer(struct store *);

#endif
