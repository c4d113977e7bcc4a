/* SPDX-License-Identifier: ISC */
/*
 * rate.h - what all of a domain, all in a room, all of the service may do together
 *
 * XEP-0045 14.6. What one bare JID and each of its sessions may do is in user.h. RATE(scope, what, limit,
 * seconds): so many in so many seconds for long. At once there may come ten times as many of what is limited
 * by the second, and a minute's worth of what is limited by the minute.
 */
#ifndef RATE_H
#define RATE_H

#include <stdbool.h>

#include "../base/bucket.h"

struct jid;
struct service;

#define RATES(RATE)                                                                                \
	RATE(DOMAIN, STANZA, domain_per_s, 1)                                                      \
	RATE(DOMAIN, BYTE, domain_bytes_per_s, 1)                                                  \
	RATE(DOMAIN, NICK, domain_nick_changes_per_min, 60)                                        \
	RATE(DOMAIN, ENTRY, domain_entries_per_min, 60)                                            \
	RATE(DOMAIN, CREATE, domain_rooms_per_min, 60)                                             \
	RATE(DOMAIN, INVITE, domain_invites_per_min, 60)                                           \
	RATE(DOMAIN, REGISTER, domain_registrations_per_min, 60)                                   \
	RATE(DOMAIN, GUESS, domain_password_guesses_per_min, 60)                                   \
	RATE(ROOM, MESSAGE, room_messages_per_s, 1)                                                \
	RATE(ROOM, BYTE, room_bytes_per_s, 1)                                                      \
	RATE(ROOM, PRESENCE, room_presences_per_s, 1)                                              \
	RATE(ROOM, QUERY, room_queries_per_s, 1)                                                   \
	RATE(ROOM, NICK, room_nick_changes_per_min, 60)                                            \
	RATE(ROOM, INVITE, room_invites_per_min, 60)                                               \
	RATE(ROOM, REGISTER, room_registrations_per_min, 60)                                       \
	RATE(ROOM, GUESS, room_password_guesses_per_min, 60)                                       \
	RATE(SERVICE, STANZA, service_per_s, 1)                                                    \
	RATE(SERVICE, BYTE, service_bytes_per_s, 1)                                                \
	RATE(SERVICE, NICK, service_nick_changes_per_min, 60)                                      \
	RATE(SERVICE, ENTRY, service_entries_per_min, 60)                                          \
	RATE(SERVICE, CREATE, service_rooms_per_min, 60)                                           \
	RATE(SERVICE, INVITE, service_invites_per_min, 60)                                         \
	RATE(SERVICE, REGISTER, service_registrations_per_min, 60)                                 \
	RATE(SERVICE, GUESS, service_password_guesses_per_min, 60)

enum scope { SCOPE_DOMAIN, SCOPE_ROOM, SCOPE_SERVICE, SCOPE_COUNT };

enum rate {
	RATE_STANZA, /* messages, presences and queries alike */
	RATE_BYTE,
	RATE_MESSAGE,
	RATE_PRESENCE,
	RATE_QUERY,
	RATE_NICK, /* another nickname */
	RATE_ENTRY,
	RATE_CREATE, /* a room is made by entering it */
	RATE_INVITE,
	RATE_REGISTER,
	RATE_GUESS, /* a wrong password */
	RATE_COUNT
};

/* The buckets of one domain, room or service. */
struct rates {
	struct bucket of[RATE_COUNT];
};

/*
 * May there be n more, so that `keep` (a fraction of what may come at once) is left? What has no limit always
 * may; for an n that is more than may ever come at once, a full bucket is enough. `part` is the fraction of the
 * limit that the buckets are for: 1 is all of it, and less is still at least one a minute.
 */
bool rate_has(const struct service *, enum scope, enum rate, const struct rates *, double n,
    double part, double keep);

/* Takes n if rate_has() is true, and returns that. */
bool rate_pay(const struct service *, enum scope, enum rate, struct rates *, double n, double part,
    double keep);

/* Takes n, even if there is not so much; returns whether there was. */
bool rate_take(const struct service *, enum scope, enum rate, struct rates *, double n, double part,
    double keep);

/* Are all buckets full, so that they need not be kept? */
bool rates_full(const struct service *, enum scope, const struct rates *, double part);

/*
 * What somebody does of what all may do together; share.c. The last half of what may come at once is for
 * those who do little: when no more than that is left it is noted who does what, and whoever has
 * done more than a thousandth, or is of a domain that has done more than a tenth, has to wait. So a few who do
 * too much keep nobody else from doing it.
 */
struct share {
	enum scope scope;
	struct rates *all;
	const char *of; /* the domain, the room; "" for the service */
	const struct jid *by;
	const char *
	    to; /* domain to which they speak, or NULL: with it all of a foreign domain count together, too */
};

/* The name under which a struct user is kept for what somebody (who) does in a domain or a room (of). */
const char *share_name(struct service *, const char *of, const char *who);

bool share_has(struct service *, const struct share *, enum rate, double n);
void share_take(struct service *, const struct share *, enum rate, double n);

/* Takes it if share_has() is true; false: it may not be, and nothing is taken. */
bool share_pay(struct service *, const struct share *, enum rate, double n);

#endif
