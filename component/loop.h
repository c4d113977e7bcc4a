/* SPDX-License-Identifier: ISC */
/*
 * loop.h - what mucd does all day
 *
 * One round: wait; read; give libmuc what has come in; commit; write. See lib/muc.h.
 */
#ifndef LOOP_H
#define LOOP_H

#include <stdbool.h>
#include <stddef.h>

#include "link.h"

struct control;
struct store;

struct loop {
	struct world w;
	struct store *store;
	struct link **links;
	size_t nlinks;
	struct control *control;			      /* or NULL */
	int signal_fd;					      /* of signalfd(2) */
	bool wants_reload, wants_stop, wants_leave, has_news; /* between two turns */
	bool wants_end;					      /* the same: SIGUSR1, all leave */
	bool is_ending;					      /* they do, or have */
	bool has_left; /* all have, and the servers have been told */
	void *arg;
	void (*on_ready)(void *arg);  /* once, when the first round begins */
	void (*on_reload)(void *arg); /* SIGHUP, wants_reload; libmuc may be called */
	void (*on_child)(void *arg);  /* SIGCHLD */
	void (*on_news)(void *arg);   /* has_news; libmuc may be called */
	void (*on_turn)(void *arg);   /* a turn is over; libmuc may not be called */
	bool (*may_leave)(void *arg); /* SIGUSR2: can another mucd go on here? */
	void (*on_leave)(void *arg);  /* it does: returns only when it cannot */
};

/* The present. */
void loop_now(struct muc_now *);

/* Tells systemd that we are about to be as good as new; READY=1 says when. */
void loop_notify_reloading(void);

/* Returns after SIGTERM, SIGINT or SIGUSR1, once all is committed and told, or cannot be for too long. */
void loop_run(struct loop *);

#endif
