/* SPDX-License-Identifier: ISC */
/*
 * user.h - what a bare JID does over all rooms, and what it may cost
 */
#ifndef USER_H
#define USER_H

#include <bsd/sys/queue.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rate.h"

struct ban;
struct jid;
struct room;
struct service;

/*
 * What one bare JID may do only so often, beyond what each stanza costs. A minute's worth may be used
 * at once: ALLOWANCE(NAME, limit).
 */
#define ALLOWANCES(ALLOWANCE)                                                                      \
	ALLOWANCE(REGISTER, registrations_per_min)                                                 \
	ALLOWANCE(INVITE, invites_per_min)                                                         \
	ALLOWANCE(INVITED, invited_per_min)                                                        \
	ALLOWANCE(NOTICE, notices_per_min)                                                         \
	ALLOWANCE(NOTICED, noticed_per_min)                                                        \
	ALLOWANCE(ENTER, entries_per_min)                                                          \
	ALLOWANCE(AGAIN, room_entries_of_one_per_min)                                              \
	ALLOWANCE(NICK, nick_changes_per_min)                                                      \
	ALLOWANCE(GUESS, password_guesses_per_min)

enum allowance {
#define ALLOWANCE(name, limit) ALLOWANCE_##name,
	ALLOWANCES(ALLOWANCE)
#undef ALLOWANCE
	    ALLOWANCE_COUNT
};

/* What is known of a bare JID over all rooms. */
struct user {
	TAILQ_ENTRY(user) entry;
	struct rates
	    *together;	  /* no user but a domain, a room that sleeps, or a share; else NULL */
	enum scope scope; /* which of them */
	double part;	  /* of the limits, that these are for */
	bool is_session;  /* no user but one full JID: it has a part of the tokens */
	unsigned nsessions;
	unsigned ban_epoch; /* ban is what user_ban() found then */
	const struct ban *ban;
	struct bucket refusals; /* of what is too much */
	double allowance[ALLOWANCE_COUNT];
	int64_t allowed_ms;    /* mono: when allowances were counted last, */
	int64_t filled_ms;     /* and tokens; each stanza asks for these, and for the name */
	double stanzas, bytes; /* tokens left */
	char bare[];
};

TAILQ_HEAD(user_list, user);

#define LAST_USERS 4 /* that are at hand */

/* Takes a stanza's cost from the sender's buckets; false: there is not enough. */
bool user_charge(struct service *, const char *bare, size_t nbytes);

/* The same for one session, a full JID. */
bool session_charge(struct service *, const char *full, size_t nbytes);

/* May somebody who sends too much be told so once more? Takes one from refusals_per_s; false: there is none left. */
bool user_refuse(struct service *, const char *bare);

/* Takes bytes that a stanza makes us tell besides its own cost; false: there are not enough. */
bool user_charge_more(struct service *, const char *bare, size_t nbytes);

/* Takes bytes that have been told already; when there are not enough the next stanza has to wait for them. */
void user_owe(struct service *, const char *bare, size_t nbytes);

/* The same of what the sender of a stanza, and nobody else, was told by it: an eighth of it. */
void sender_told(struct service *, const struct jid *, size_t nbytes);

/*
 * The same of what others were told by it: a part of it, and no more at once than the bucket holds. Else an owner
 * of a large room could do nothing for a long time after a change that all are told.
 */
void sender_told_others(struct service *, const struct jid *, size_t nbytes);

/*
 * Takes a stanza from what the users of a domain may send together; false: it is used up for now, or for one who
 * sends much.
 */
bool domain_charge(struct service *, const struct jid *from, size_t nbytes);

/* All users of a domain as one: its nsessions are those of all of them. */
struct user *domain_user(struct service *, const char *domain);

/* What the users of a domain do together. */
struct rates *domain_rates(struct service *, const char *domain);

/* Is `of` in the domain, as rooms.example.org is in example.org? */
bool domain_holds(const char *domain, const char *of);

/*
 * Keeps what has been done in a room while the room is not in memory, or whoever has it loaded could do it all
 * again; and takes it back.
 */
void rates_keep(struct service *, const struct room *);
void rates_recall(struct service *, struct room *);

/* Are there still n of an allowance? Takes none. */
bool user_has(struct service *, const char *bare, enum allowance, int64_t n);

/* Is the allowance full: nothing of it used, or all of it come back? */
bool user_is_fresh(struct service *, const char *bare, enum allowance);

/* Takes one from an allowance; false: it is used up for now. */
bool user_spend(struct service *, const char *bare, enum allowance);

/* The same for the sender of a stanza; its session, which has a part of what its bare JID has, must have it, too. */
bool sender_has(struct service *, const struct jid *, enum allowance, int64_t n);
bool sender_spend(struct service *, const struct jid *, enum allowance);

struct user *user_get(struct service *, const char *bare); /* made when there is none */
void users_free(struct service *);

#endif
