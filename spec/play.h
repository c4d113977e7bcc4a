/* SPDX-License-Identifier: ISC */
/*
 * play.h - a scenario is played in a world: in process, or over a real server
 *
 * play.c walks the steps, keeps what each client has not read yet, compares and complains. What a
 * step does to the service is the world's.
 */
#ifndef PLAY_H
#define PLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ids.h"

struct arena;
struct match;
struct play;
struct scs;
struct scs_client;
struct scs_step;
struct var;
struct xml;

struct unread {
	const struct xml *x;
	struct unread *next;
};

/* A client of the script, as the player sees it. */
struct seat {
	const struct scs_client *client;
	/* The full JID of the present or last connection; NULL: never connected. */
	const char *full;
	bool connected;
	bool manual; /* answers pings itself */
	struct unread *first, **last;
};

/*
 * Each function returns false after play_fail(). Those that a world cannot do are NULL: a script
 * that wants them fails there.
 */
struct world {
	/* Before the first step, and after the last or a failed one (then failed is set). */
	bool (*begin)(struct play *);
	bool (*end)(struct play *, bool failed);

	bool (*connects)(struct play *, struct seat *); /* sets full */
	bool (*disconnects)(struct play *, struct seat *);
	bool (*vanish)(struct play *, struct seat *);
	bool (*sends)(struct play *, struct seat *, struct xml *const *stanza, size_t n);

	/* Waits until the seat has something unread, or it is clear that nothing comes. */
	bool (*wait)(struct play *, struct seat *);
	/* Waits until the seat has got everything that was caused by the steps up to now. */
	bool (*settle)(struct play *, struct seat *);

	bool (*advance)(struct play *, int64_t ms);
	bool (*restart)(struct play *, bool kill);
	bool (*lose)(struct play *, bool only_fences);
	bool (*link)(struct play *, bool up);
	bool (*reload)(struct play *); /* scs->conf has changed */
};

struct play {
	struct arena *a; /* lives as long as the play */
	struct scs *scs;
	const struct scs_step *step; /* the present one; NULL before the first and after the last */
	const struct world *world;
	void *arg; /* the world's */
	struct seat *seat;
	size_t nseats;
	struct var *vars;
	struct ids ids;
	bool restart_always; /* a restart of the service between all steps */
	bool verbose;	     /* tell the traffic */
	bool failed;
};

/* Plays the script; arg is for the world. Complaints go to stdout as TAP comments. */
bool play_script(struct play *, struct scs *, const struct world *, void *arg);

/* Complains, with file and line, and makes the play fail. Returns false. */
bool play_fail(struct play *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* With verbose: tells that a stanza went; who is "Romeo ->" or "Romeo <-". */
void play_tell(const struct play *, const char *name, const char *arrow, const struct xml *);

/*
 * The world gives a stanza to a client; it must live as long as the play. Answers it for the client
 * (by world->sends) when that is not the script's business.
 */
bool play_deliver(struct play *, struct seat *, const struct xml *);

/* Is the address one of the service's domains, or in one? */
bool play_is_service(const struct play *, const char *address);

/* The bare JID of an address, or an address's domain. */
const char *bare_of(struct arena *, const char *address);
const char *domain_of(struct arena *, const char *address);

#endif
