/* SPDX-License-Identifier: ISC */
/*
 * priv.c - roles and affiliations: their names and how one follows from the other
 */
#include <string.h>

#include "room.h"

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

/* XEP-0045 5.1.2, the table: what one enters as. [moderated][affiliation] */
static const enum role initial[2][AFF_OWNER + 1] = {
	{
	    [AFF_OUTCAST] = ROLE_NONE,
	    [AFF_NONE] = ROLE_PARTICIPANT,
	    [AFF_MEMBER] = ROLE_PARTICIPANT,
	    [AFF_ADMIN] = ROLE_MODERATOR,
	    [AFF_OWNER] = ROLE_MODERATOR,
	},
	{
	    [AFF_OUTCAST] = ROLE_NONE,
	    [AFF_NONE] = ROLE_VISITOR,
	    [AFF_MEMBER] = ROLE_PARTICIPANT,
	    [AFF_ADMIN] = ROLE_MODERATOR,
	    [AFF_OWNER] = ROLE_MODERATOR,
	},
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

enum role
role_initial(const struct config *c, enum affiliation a)
{
	return initial[c->moderatedroom != 0][a];
}

/*
 * XEP-0045 5.1.3: what is gained with an affiliation is fixed, what is lost with one is left to us.
 * Who loses admin or owner has what the new affiliation enters with; who is no member any more
 * loses voice in a moderated room; a moderator by role alone stays one.
 */
enum role
role_after(const struct config *c, enum affiliation before, enum affiliation after, enum role r)
{
	enum role entering = role_initial(c, after);

	if (after >= AFF_ADMIN || before >= AFF_ADMIN || after == AFF_OUTCAST)
		return entering;
	if (r == ROLE_MODERATOR || after == before)
		return r;
	if (after == AFF_MEMBER)
		return r < entering ? entering : r;
	return entering;
}
