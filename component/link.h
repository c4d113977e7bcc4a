/* SPDX-License-Identifier: ISC */
/*
 * link.h - the connection of one component to its server (XEP-0114)
 *
 * A link connects, shakes hands, reads, cuts and writes, and when it is lost connects again, for
 * ever. It blocks nowhere. What it has read waits in a bounded buffer until link_handle() gives it
 * to libmuc; that buffer outlives a connection, because what it holds was delivered.
 */
#ifndef LINK_H
#define LINK_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "conf.h"
#include "muc.h"

struct connector;

/* What the links share with the loop that runs them. */
struct world {
	struct muc *muc;
	const struct conf *conf;
	struct connector *connector;
	struct muc_now now; /* of this round of the loop */
	bool is_halted;	    /* MUC_RETRY: libmuc is given nothing, asked nothing */
	bool is_paused;	    /* handling waits until more is written */
	bool is_stopping;   /* nothing more is read */
	bool is_leaving;   /* another mucd is to go on: nothing more is read until all is written */
	bool is_listening; /* and then fences alone are waited for; nothing is handled */
	bool is_touched;   /* libmuc was given something: commit */
	bool turn_ends;	   /* and it wants that now */
	uint32_t (*random)(void);
};

/* To be called when libmuc was given something, with what it has returned. */
static inline void
world_did(struct world *w, enum muc_input result)
{
	w->is_touched = true;
	if (result == MUC_TURN_ENDS)
		w->turn_ends = true;
}

struct inq;
struct link;

/* domain is libmuc's number of it. */
struct link *link_new(struct world *, const struct conf_component *, unsigned domain);
void link_free(struct link *); /* NULL is allowed */

/* The secret (copied) is used from the next handshake on. */
void link_set_secret(struct link *, const char *secret);

/* What to wait for; p->fd is -1 when it is only time. */
void link_poll(const struct link *, struct pollfd *p);
int64_t link_deadline(const struct link *); /* in mono_ms; INT64_MAX: none */

/* Does what came (revents) and what is due, but gives nothing to libmuc except muc_refuse(). */
void link_run(struct link *, short revents);

/* Tells libmuc that the link went down or up, if it does not know yet. Not while halted. */
void link_tell(struct link *);

/* Gives the first piece that waits to libmuc. False when none does. */
bool link_handle(struct link *);

/* What has come in and waits. */
const struct inq *link_input(const struct link *);

/* Is its buffer full, so that new stanzas are refused until those before them are handled? */
bool link_is_refusing(const struct link *);

/* To be called when all earlier input is handled, late presences too: a full buffer takes stanzas again. */
void link_accept(struct link *);

/* Writes what may be written. After muc_commit(). */
void link_flush(struct link *);

/*
 * Begins the end: once all is written the stream is closed. What the server sends until it closes its side
 * still comes in; then all that was written is known to be taken. True when the connection has ended: call it
 * until then.
 */
bool link_stop(struct link *);

bool link_is_up(const struct link *);

/* -- another mucd goes on: handover.h -- */

/* A connection between two stanzas of ours. */
struct connection {
	const char *domain;
	int fd; /* -1: there is none to go on with */
	const char *peer;
	const char *header; /* the server's stream header */
	size_t nheader;
	struct buf input; /* that was not handled */
};

/* Is all written, and nothing under way that could not be given? */
bool link_is_still(const struct link *);

/* Asks its server, by a fence, whether it has taken all; and has it said so? */
void link_ask(struct link *);
bool link_has_answered(const struct link *);

/* Takes what was written for arrived, as it will be as long as the connection is there. */
void link_trust(struct link *);

/* Fills in what another mucd needs; the caller releases input. The link stays as it is. */
void link_give(const struct link *, struct connection *);

bool link_is_of(const struct link *, const char *domain, size_t n);

/* Goes on with a connection that another mucd had; if it is not to our server, with what it has brought in alone. */
void link_take(struct link *, int fd, const struct connection *);

/* "conference.example.org: attached to 127.0.0.1:5347"; until the link's state changes. */
const char *link_status(const struct link *);

#endif
