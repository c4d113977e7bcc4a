/* SPDX-License-Identifier: ISC */
/*
 * priv.c - roles and affiliations: their names, what they allow, how one follows from the other
 */
#include <string.h>

#include "lists.h"

static const char *const roles[] = {
	[ROLE_NONE] = "none",
	[ROLE_VISITOR] = "visitor",
	[ROLE_PARTICIPANT] = "participant",
	[ROLE_MODERATOR] = "moderator",
};

static const char *const affiliations[] = {
	[AFF_OUTCAST] = "outcast",
	[AFF_NONE] = "none",
	[AFF_MEMBER] = "member",
	[AFF_ADMIN] = "admin",
	[AFF_OWNER] = "owner",
};

/* The cells of the tables: what the configuration must say. */
static bool
no(const struct config *c)
{
	(void)c;
	return false;
}

static bool
yes(const struct config *c)
{
	(void)c;
	return true;
}

static bool
unmoderated(const struct config *c)
{
	return !c->moderatedroom;
}

static bool
moderated(const struct config *c)
{
	return c->moderatedroom;
}

static bool
changesubject(const struct config *c)
{
	return c->changesubject;
}

static bool
visitor_status(const struct config *c)
{
	return c->allow_visitor_status;
}

static bool
visitor_nicks(const struct config *c)
{
	return c->allow_visitor_nickchange;
}

static bool
pm_of_visitors(const struct config *c)
{
	return c->allowpm == ALLOWPM_ANYONE;
}

static bool
pm_of_participants(const struct config *c)
{
	return c->allowpm <= ALLOWPM_PARTICIPANTS;
}

static bool
pm_of_moderators(const struct config *c)
{
	return c->allowpm <= ALLOWPM_MODERATORS;
}

/* tbl/config.h has the roles from the highest to the lowest. */
static bool
shown(const struct config *c, enum role r)
{
	return (c->presencebroadcast & 1u << (ROLE_MODERATOR - r)) != 0;
}

static bool
visitors_shown(const struct config *c)
{
	return shown(c, ROLE_VISITOR);
}

static bool
participants_shown(const struct config *c)
{
	return shown(c, ROLE_PARTICIPANT);
}

static bool
moderators_shown(const struct config *c)
{
	return shown(c, ROLE_MODERATOR);
}

typedef bool cell(const struct config *);

static cell *const by_role[PRIVILEGE_COUNT][ROLE_MODERATOR + 1] = {
#define BY_ROLE(name, none, visitor, participant, moderator)                                       \
	[MAY_##name] = { none, visitor, participant, moderator },
#include "../tbl/priv.h"
#undef BY_ROLE
};

static cell *const by_affiliation[PRIVILEGE_COUNT][AFF_OWNER + 1] = {
#define BY_AFFILIATION(name, outcast, none, member, admin, owner)                                  \
	[MAY_##name] = { outcast, none, member, admin, owner },
#include "../tbl/priv.h"
#undef BY_AFFILIATION
};

static const struct entering {
	cell *room;
	enum role role[AFF_OWNER + 1];
} entering[] = {
#define ENTERS(room, outcast, none, member, admin, owner)                                          \
	{ room, { ROLE_##outcast, ROLE_##none, ROLE_##member, ROLE_##admin, ROLE_##owner } },
#include "../tbl/priv.h"
#undef ENTERS
};

static const enum privilege role_changes[ROLE_MODERATOR + 1][ROLE_MODERATOR + 1] = {
#define ROLE_CHANGE(from, none, visitor, participant, moderator)                                   \
	[ROLE_##from] = { MAY_##none, MAY_##visitor, MAY_##participant, MAY_##moderator },
#include "../tbl/priv.h"
#undef ROLE_CHANGE
};

static const enum privilege affiliation_changes[AFF_OWNER + 1][AFF_OWNER + 1] = {
#define AFFILIATION_CHANGE(from, outcast, none, member, admin, owner)                              \
	[AFF_##from] = { MAY_##outcast, MAY_##none, MAY_##member, MAY_##admin, MAY_##owner },
#include "../tbl/priv.h"
#undef AFFILIATION_CHANGE
};

/* Index of a name in a table of names, or -1. */
static int
find(const char *const *names, int n, const char *name)
{
	for (int i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

const char *
role_name(enum role r)
{
	return roles[r];
}

const char *
affiliation_name(enum affiliation a)
{
	return affiliations[a];
}

bool
role_read(const char *name, enum role *r)
{
	int i = find(roles, ROLE_MODERATOR + 1, name);

	if (i < 0)
		return false;
	*r = (enum role)i;
	return true;
}

bool
affiliation_read(const char *name, enum affiliation *a)
{
	int i = find(affiliations, AFF_OWNER + 1, name);

	if (i < 0)
		return false;
	*a = (enum affiliation)i;
	return true;
}

bool
room_lets(const struct config *c, enum affiliation a, enum role r, enum privilege privilege)
{
	if (by_role[privilege][ROLE_NONE] != NULL)
		return by_role[privilege][a >= AFF_ADMIN ? ROLE_MODERATOR : r](c);
	return by_affiliation[privilege][a](c);
}

/*
 * 7.11, muc#roomconfig_getmemberlist: is it a role that may have the lists? What a role may, the next one
 * may (5.1.1).
 */
static bool
role_lists(const struct config *c, enum role r)
{
	for (; r > ROLE_NONE; r--)
		if ((c->getmemberlist & 1u << (ROLE_MODERATOR - r)) != 0)
			return true;
	return false;
}

/*
 * Who may change what is on a list may read it. 5.2.1, third note: only where addresses are open to all,
 * others than admins may see who belongs to the room; who is banned is the admins' business always.
 */
unsigned
room_lists(const struct config *c, enum affiliation a, enum role r)
{
	bool open = c->whois == WHOIS_ANYONE && role_lists(c, r);
	unsigned lists = 0;

	for (enum affiliation of = AFF_OUTCAST; of <= AFF_OWNER; of++)
		if (of != AFF_NONE &&
		    (room_lets(c, a, r, affiliation_change(of, of)) || (open && of != AFF_OUTCAST)))
			lists |= 1u << of;
	return lists;
}

enum privilege
role_change(enum role from, enum role to)
{
	return role_changes[from][to];
}

enum privilege
affiliation_change(enum affiliation from, enum affiliation to)
{
	return affiliation_changes[from][to];
}

enum role
role_initial(const struct config *c, enum affiliation a)
{
	const struct entering *e = entering;

	while (!e->room(c))
		e++;
	return e->role[a];
}

/*
 * XEP-0045 5.1.3: what is gained with an affiliation is fixed, what is lost with one is left to us.
 * Who loses admin or owner has what the new affiliation enters with; who is no member any more
 * loses voice in a moderated room; a moderator by role alone stays one. Nobody gains by a loss: voice
 * that was taken stays taken.
 */
enum role
role_after(const struct config *c, enum affiliation before, enum affiliation after, enum role r)
{
	enum role initial = role_initial(c, after);

	if (after >= AFF_ADMIN || before >= AFF_ADMIN || after == AFF_OUTCAST)
		return initial;
	if (r == ROLE_MODERATOR || after == before)
		return r;
	if (after == AFF_MEMBER)
		return r < initial ? initial : r;
	return r < initial ? r : initial;
}
