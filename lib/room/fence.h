/* SPDX-License-Identifier: ISC */
/*
 * fence.h - what the server has taken of what it was told, and what is told again
 *
 * What is written to a link is not delivered yet: it waits in sockets and in the server, and is lost when
 * either of us dies. So now and then a fence goes out, an IQ result from our domain to our domain. As a
 * server handles what a component says in order, the fence comes back behind all that went before it, and
 * the server has taken all that. Until then a told pair is kept in its queue. When the link is lost the queue
 * goes back to the first of these, and all of them are told again, in order, before anything new.
 *
 * When the process dies the queue is lost, too. Against that each turn notes in table told, in its own
 * transaction, what can be told again from what is stored: which messages of the archive, whose presence,
 * who entered and who left. Its record goes when a fence has come back behind the turn. A service
 * that starts and finds records tells it all again (features/again.c). So everything is told at least
 * once, and twice only what stands behind the last fence that came back.
 */
#ifndef FENCE_H
#define FENCE_H

#include "room.h"

#define FENCES	  256 /* on their way at most: then a server that returns none gets no more */
#define FENCE_ID  "mucd-fence-"
#define FENCE_MAX 2048 /* bytes; a longer stanza is no fence */

struct fence {
	uint64_t no;
	uint64_t upto; /* pairs ever told before it */
	int64_t sent_ms;
};

/* A turn's record in table told. */
struct noted {
	uint64_t no;
	uint64_t upto;
};

/* The part of a struct out that is about fences; a console is told without them. */
struct fences {
	uint64_t base; /* pairs that have left the queue for ever: pairs.v[0] is the next one */
	size_t kept;   /* pairs.v[kept] to v[head - 1] are told, but not behind a fence */
	size_t kept_bytes;
	size_t since_bytes; /* told since the last fence */
	bool is_due;	    /* the next one goes out between the next two stanzas */
	bool returns;	    /* this server has returned one */
	int64_t sent_ms, back_ms;
	uint64_t sent;
	struct fence way[FENCES]; /* those on their way, as a ring */
	unsigned first, nway;
	struct pair pair; /* the one that is being given out; wire NULL: none */

	struct buf turn; /* what is to be noted of this turn */
	uint64_t nnoted; /* records ever written */
	struct noted *noted;
	size_t noted_head, noted_n, noted_cap;
};

/* -- fence.c -- */

/* Makes the secret without which nobody can forge a fence that comes back. */
void fence_secret_make(struct service *);

struct fences *fences_new(void);
void fences_release(struct out *); /* the queue, too */

/* Does a fence, or the rest of one, go out before the next pair? */
bool fence_ready(const struct service *, const struct out *);

/* Moves up to cap bytes of it into p; returns how many. */
size_t fence_give(struct service *, struct out *, char *p, size_t cap);

/* Pairs of so many bytes have been given out: keeps them, and gives up the oldest beyond unfenced_bytes. */
void fence_kept(struct service *, struct out *, size_t nbytes);

/* All told pairs wait again; what was on its way is lost. */
void fence_rewind(struct out *);

/* Everything told up to now has been taken. */
void fence_all_taken(struct out *);

/* Has the next fence go out, also when nothing was told. False: none does, for too many are on their way. */
bool fence_ask(struct service *, struct out *);

/* When the next fence is due (mono ms; INT64_MAX: none is), and what is then done. */
int64_t fences_deadline(const struct service *);
void fences_tick(struct service *);

/* Is the stanza a fence of ours that comes back? If so, it is dealt with. */
bool fence_back(struct service *, const char *p, size_t n);

/* The stanza is from our domain to our domain, and no fence of ours: is it somebody else's? */
void fence_foreign(struct service *, const struct xml *stanza, const char *domain);

/* Before a turn's commit: writes the turn's record, and removes those that a fence stands behind. */
void fences_note(struct service *);

/* -- told.c: what a turn notes -- */

enum told_kind {	   /* numbers are the store's */
	TOLD_MESSAGE = 1,  /* an entry of the archive, to all */
	TOLD_PRESENCE = 2, /* of a nick, to others or to itself */
	TOLD_ENTERED = 3,  /* a session: who is there, itself, the history, the subject */
	TOLD_LEFT = 4,	   /* a session: that it is out */
	TOLD_CODES = 5,	   /* a message with codes, to all */
	TOLD_SUBJECT = 6,  /* the subject, to all; no archive has it */
};

/* What was told. Only those strings are set that its kind has. */
struct told {
	enum told_kind kind;
	uint64_t room;	   /* its id */
	const uint8_t *id; /* MESSAGE: in the archive */
	const char *nick;  /* PRESENCE, LEFT */
	const char *jid;   /* PRESENCE: of who is not seen any more, or NULL; ENTERED, LEFT: full */
	const char *new_nick;	 /* PRESENCE: or NULL */
	const char *room_jid;	 /* LEFT */
	bool others, self;	 /* PRESENCE: who was told it; ENTERED: of whom it was told */
	bool was_in;		 /* ENTERED: it was in already, and asked for all anew */
	const char *occupant_id; /* LEFT: that it had in a room that is destroyed, or NULL */
	unsigned codes[8];	 /* 0 ends */
};

void note_told(struct service *, unsigned domain_no, const struct told *);

/*
 * Takes what is noted of a domain out of the store, in order; strings: arena. Returns how many there are.
 */
size_t told_take(struct service *, unsigned domain_no, struct told **);

#endif
