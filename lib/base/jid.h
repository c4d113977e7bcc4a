/* SPDX-License-Identifier: ISC */
/*
 * jid.h - addresses: node@domain/resource (RFC 7622; stringprep profiles of RFC 6122)
 *
 * What stands in a payload is somebody's claim and is prepared by libidn. So are node and domain of
 * what a server has stamped (`from`, `to` of a stanza): ejabberd 23.01 passes them on in the letters
 * in which a client logged in, or addressed a room; a ban would not hold for Romeo and ROMEO.
 */
#ifndef JID_H
#define JID_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

#define JID_PART_MAX 1023 /* bytes of a node, a domain, a resource: RFC 7622 3.1 */

struct jid {
	const char *full; /* as a whole; equals bare when there is no resource */
	const char *bare; /* node@domain, or domain */
	const char *node; /* NULL: none */
	const char *domain;
	const char *resource; /* NULL: none */
};

/*
 * Splits s. Every pointer of *j is set and lives in the arena. False, with *j untouched, when s
 * is NULL, a part is empty or longer than JID_PART_MAX.
 */
bool jid_split(struct arena *, const char *s, struct jid *j);

/*
 * Prepares node and domain of what was split; the resource stays as it is. False, with *j untouched,
 * when a profile refuses one.
 */
bool jid_prep_bare(struct arena *, struct jid *j);

/*
 * Splits and prepares s: nodeprep, nameprep, resourceprep, with unassigned code points allowed.
 * False when a profile refuses a part.
 */
bool jid_prep(struct arena *, const char *s, struct jid *j);

/*
 * Whom a rule is about: a bare JID or a domain, prepared, in the arena; or a pattern of one (s itself, at
 * most 256 bytes, not prepared), in which each * stands for whatever there may be, or nothing. NULL: s is
 * none of these.
 */
const char *jid_target(struct arena *, const char *s);

/* Is it that bare JID, or a full JID of it? Both are prepared. */
bool jid_is_of(const char *jid, const char *bare);

/* The domain of a bare JID, at its end. */
const char *jid_domain(const char *bare);

/*
 * The bare JID with its domain all in letters, and all in ASCII (RFC 5891 4.4, xn--): for the names of the world's
 * servers it is the same one, and a server may say either, or some of it in one way and some in the other. `bare`
 * itself where it is written so, or cannot be.
 */
void jid_ways(struct arena *, const char *bare, const char *ways[2]);

/* The same all in ASCII when it is written in neither of these ways alone; else as it is. */
const char *jid_pure(struct arena *, const char *bare);

/* Does the pattern match a bare JID? One of domains is held against its domain. */
bool jid_matches(const char *pattern, const char *bare);

/* "xmpp:room@domain?query" for a bare JID: RFC 5122, all escaped that need not stand for itself. */
char *jid_uri(struct arena *, const char *bare, const char *query);

/*
 * The nick as a resource that people may show (RFC 7622 3.4; XEP-0045 17.1): resourceprep, and then
 * not empty, at most max_bytes, no white space at either end, nothing invisible, no bidi
 * controls. With strict, unassigned code points are refused too. NULL when refused.
 */
const char *jid_nick(struct arena *, const char *s, size_t max_bytes, bool strict);

#endif
