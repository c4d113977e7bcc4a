/* SPDX-License-Identifier: ISC */
/*
 * ban.h - whom the operators keep out of the whole service
 *
 * A ban names a bare JID, a domain, or a pattern of either. Those of the configuration are there as long
 * as it says so; those that an administrator sets lie in table bans until they expire or are lifted. All
 * are in memory, too: every sender is looked up. Administrators of the service are never banned from it.
 */
#ifndef BAN_H
#define BAN_H

#include "room.h"

struct ban {
	const char *target; /* as jid_target() has it */
	const char *reason; /* or NULL */
	const char *actor;  /* bare JID of who set it, or NULL */
	int64_t set_ms;	    /* wall */
	int64_t until_ms;   /* wall; INT64_MAX: it does not expire */
	bool configured;    /* by mucd.conf, which alone can lift it */
	bool pattern;
	TAILQ_ENTRY(ban) entry;
};

/*
 * Reads all bans anew: those of the configuration (NULL ends the targets), which take precedence, and those of
 * the store. A record that cannot be read is logged and left out.
 */
void bans_load(struct service *, const char *const *configured);
void bans_free(struct service *);

/*
 * Sets a ban, in place of the one of that target if there is one. `configured` and `pattern` are ignored; the
 * rest is copied. Whoever it names is thrown out with the next tick. False, and nothing has changed: there
 * are as many as there may be, or the target is banned by the configuration.
 */
bool ban_set(struct service *, const struct ban *);

/* Lifts the ban of that target. False: there is none, or it is the configuration's. */
bool ban_lift(struct service *, const char *target);

/*
 * Visits all in the order in which they were set, patterns last; stops when visit returns non-zero, and
 * returns that. It must not change bans.
 */
int bans_each(const struct service *, int (*visit)(void *arg, const struct ban *), void *arg);

/* The ban of that target, or the one that keeps that user out; NULL: none. Lives until bans change. */
const struct ban *ban_of(const struct service *, const char *target);
const struct ban *user_ban(struct service *, struct user *);

/*
 * As what one is banned, or is no more: as the ban that there is has it, else so that it is found by all who are
 * written another way: jid_pure().
 */
const char *ban_target(const struct service *, const char *target);

/* Removes those that have expired. */
void bans_expire(struct service *);

#endif
