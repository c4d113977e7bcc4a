/* SPDX-License-Identifier: ISC */
/*
 * priv.c - roles and affiliations: names, and the tables of XEP-0045 5.1.2 and 5.1.3
 */
#include "room/room.h"
#include "tap.h"

static void
test_names(void)
{
	enum role r;
	enum affiliation a;

	for (r = ROLE_NONE; r <= ROLE_MODERATOR; r++) {
		enum role back;

		ok(role_read(role_name(r), &back) && back == r, "role %s", role_name(r));
	}
	for (a = AFF_OUTCAST; a <= AFF_OWNER; a++) {
		enum affiliation back;

		ok(affiliation_read(affiliation_name(a), &back) && back == a, "affiliation %s",
		    affiliation_name(a));
	}
	ok(!role_read("king", &r) && !affiliation_read("king", &a) && !role_read("", &r),
	    "no such");
}

static void
test_initial(void)
{
	static const enum role want[2][AFF_OWNER + 1] = {
		{ ROLE_NONE, ROLE_PARTICIPANT, ROLE_PARTICIPANT, ROLE_MODERATOR, ROLE_MODERATOR },
		{ ROLE_NONE, ROLE_VISITOR, ROLE_PARTICIPANT, ROLE_MODERATOR, ROLE_MODERATOR },
	};

	for (unsigned moderated = 0; moderated < 2; moderated++)
		for (enum affiliation a = AFF_OUTCAST; a <= AFF_OWNER; a++) {
			struct config c = { .moderatedroom = moderated };

			is_int(role_initial(&c, a), want[moderated][a], affiliation_name(a));
		}
}

static void
test_after(void)
{
	static const struct {
		uint32_t moderated;
		enum affiliation before, after;
		enum role role, want;
		const char *what;
	} rows[] = {
		{ 1, AFF_NONE, AFF_MEMBER, ROLE_VISITOR, ROLE_PARTICIPANT, "a member has voice" },
		{ 1, AFF_NONE, AFF_ADMIN, ROLE_VISITOR, ROLE_MODERATOR, "an admin moderates" },
		{ 0, AFF_OWNER, AFF_NONE, ROLE_MODERATOR, ROLE_PARTICIPANT,
		    "no owner, no moderator" },
		{ 1, AFF_ADMIN, AFF_NONE, ROLE_MODERATOR, ROLE_VISITOR,
		    "nor voice, where it is given" },
		{ 1, AFF_ADMIN, AFF_MEMBER, ROLE_MODERATOR, ROLE_PARTICIPANT, "but as a member" },
		{ 1, AFF_MEMBER, AFF_NONE, ROLE_PARTICIPANT, ROLE_VISITOR, "no member, no voice" },
		{ 0, AFF_MEMBER, AFF_NONE, ROLE_PARTICIPANT, ROLE_PARTICIPANT, "all have voice" },
		{ 1, AFF_MEMBER, AFF_NONE, ROLE_MODERATOR, ROLE_MODERATOR,
		    "a moderator stays one" },
		{ 0, AFF_NONE, AFF_MEMBER, ROLE_MODERATOR, ROLE_MODERATOR, "also as a member" },
		{ 0, AFF_NONE, AFF_NONE, ROLE_VISITOR, ROLE_VISITOR, "nothing changes nothing" },
		{ 0, AFF_MEMBER, AFF_OUTCAST, ROLE_PARTICIPANT, ROLE_NONE,
		    "an outcast has no role" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config c = { .moderatedroom = rows[i].moderated };

		is_int(role_after(&c, rows[i].before, rows[i].after, rows[i].role), rows[i].want,
		    rows[i].what);
	}
}

int
main(void)
{
	test_names();
	test_initial();
	test_after();
	return tap_done();
}
