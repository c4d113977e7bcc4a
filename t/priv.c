/* SPDX-License-Identifier: ISC */
/*
 * priv.c - roles and affiliations: names, and the tables of XEP-0045 5.1 and 5.2, cell by cell
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

/* A row as the XEP prints it; "Yes*" is yes by default, or so our configuration says. */
struct row {
	enum privilege privilege;
	const char *cells[AFF_OWNER + 1];
};

/* 5.1.1, and XEP-0425 3 and 8.5 for the last two. No* of the subject: not even by configuration. */
static const struct row by_role[] = {
	{ MAY_BE_SHOWN, { "No", "Yes*", "Yes*", "Yes*" } }, /* 16.5.3 has all three roles */
	{ MAY_SHOW_STATUS, { "No", "Yes*", "Yes", "Yes" } },
	{ MAY_CHANGE_NICK, { "No", "Yes*", "Yes", "Yes" } },
	{ MAY_SEND_PRIVATELY, { "No", "Yes*", "Yes*", "Yes*" } }, /* 16.5.3: none */
	{ MAY_SEND_MESSAGES, { "No", "No**", "Yes", "Yes" } },
	{ MAY_CHANGE_SUBJECT, { "No", "No", "Yes*", "Yes" } },
	{ MAY_KICK, { "No", "No", "No", "Yes" } },
	{ MAY_GRANT_VOICE, { "No", "No", "No", "Yes" } },
	{ MAY_REVOKE_VOICE, { "No", "No", "No", "Yes" } },
	{ MAY_MODERATE_MESSAGES, { "No", "No", "No", "Yes" } },
	{ MAY_LIST_ROLES, { "No", "No", "No", "Yes" } },
};

/* 5.2.1; 7.2.9 and 10.1.1 for a room that is full or locked. */
static const struct row by_affiliation[] = {
	{ MAY_ENTER, { "No", "Yes", "Yes", "Yes", "Yes" } },
	{ MAY_ENTER_MEMBERS_ONLY, { "No", "No", "Yes", "Yes", "Yes" } },
	{ MAY_ENTER_FULL, { "No", "No", "No", "Yes", "Yes" } },
	{ MAY_ENTER_LOCKED, { "No", "No", "No", "No", "Yes" } },
	{ MAY_BAN, { "No", "No", "No", "Yes", "Yes" } },
	{ MAY_EDIT_MEMBERS, { "No", "No", "No", "Yes", "Yes" } },
	{ MAY_EDIT_MODERATORS, { "No", "No", "No", "Yes", "Yes" } },
	{ MAY_EDIT_ADMINS, { "No", "No", "No", "No", "Yes" } },
	{ MAY_EDIT_OWNERS, { "No", "No", "No", "No", "Yes" } },
	{ MAY_EXCEED_SLOW_MODE, { "No", "No", "No", "Yes", "Yes" } },
	{ MAY_CONFIGURE, { "No", "No", "No", "No", "Yes" } },
	{ MAY_DESTROY, { "No", "No", "No", "No", "Yes" } },
};

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Configurations that say no, and yes, to all that a cell may depend on. */
static const struct config strict = { .moderatedroom = 1, .allowpm = ALLOWPM_NONE };
static const struct config loose = {
	.changesubject = 1,
	.presencebroadcast = 7,
	.allow_visitor_status = 1,
	.allow_visitor_nickchange = 1,
	.allowpm = ALLOWPM_ANYONE,
};

static void
test_by_role(void)
{
	for (size_t i = 0; i < ROWS(by_role); i++)
		for (enum role r = ROLE_NONE; r <= ROLE_MODERATOR; r++) {
			const char *cell = by_role[i].cells[r];
			enum privilege p = by_role[i].privilege;

			is_int(room_lets(&strict, AFF_NONE, r, p), strcmp(cell, "Yes") == 0, cell);
			is_int(room_lets(&loose, AFF_MEMBER, r, p), strcmp(cell, "No") != 0, cell);
			ok(!room_lets(&loose, AFF_OUTCAST, ROLE_NONE, p) &&
				room_lets(&loose, AFF_ADMIN, ROLE_NONE, p) &&
				room_lets(&loose, AFF_OWNER, ROLE_NONE, p),
			    "admins and owners are moderators wherever they are");
		}
}

static void
test_by_affiliation(void)
{
	for (size_t i = 0; i < ROWS(by_affiliation); i++)
		for (enum affiliation a = AFF_OUTCAST; a <= AFF_OWNER; a++)
			for (enum role r = ROLE_NONE; r <= ROLE_MODERATOR; r++) {
				const char *cell = by_affiliation[i].cells[a];
				enum privilege p = by_affiliation[i].privilege;
				bool want = strcmp(cell, "Yes") == 0;

				ok(room_lets(&strict, a, r, p) == want &&
					room_lets(&loose, a, r, p) == want,
				    "whatever the role: %s", cell);
			}
}

/* Each privilege is in one of the two tables above. */
static void
test_all(void)
{
	int seen[PRIVILEGE_COUNT] = { 0 };

	for (size_t i = 0; i < ROWS(by_role); i++)
		seen[by_role[i].privilege]++;
	for (size_t i = 0; i < ROWS(by_affiliation); i++)
		seen[by_affiliation[i].privilege]++;
	for (int i = 0; i < PRIVILEGE_COUNT; i++)
		is_int(seen[i], 1, "a privilege is tested once");
}

/* 5.1.3, the chart: whom it names as doing so. */
static void
test_role_changes(void)
{
	static const char *const chart[ROLE_MODERATOR + 1][ROLE_MODERATOR + 1] = {
		[ROLE_VISITOR] = { "kicked by a moderator", "--", "moderator grants voice",
		    "admin or owner grants moderator status" },
		[ROLE_PARTICIPANT] = { "kicked by a moderator", "moderator revokes voice", "--",
		    "admin or owner grants moderator status" },
		[ROLE_MODERATOR] = { "kicked by an admin or owner",
		    "admin or owner changes role to visitor",
		    "admin or owner changes role to participant", "--" },
	};

	for (enum role from = ROLE_VISITOR; from <= ROLE_MODERATOR; from++)
		for (enum role to = ROLE_NONE; to <= ROLE_MODERATOR; to++) {
			const char *cell = chart[from][to];
			enum privilege p = role_change(from, to);

			if (from == to)
				continue;
			is_int(room_lets(&strict, AFF_MEMBER, ROLE_MODERATOR, p),
			    strstr(cell, "admin") == NULL, cell);
			ok(room_lets(&strict, AFF_ADMIN, ROLE_MODERATOR, p) &&
				room_lets(&strict, AFF_OWNER, ROLE_MODERATOR, p) &&
				!room_lets(&strict, AFF_MEMBER, ROLE_PARTICIPANT, p),
			    "an admin may as well, a participant may not: %s", cell);
		}
}

/* 5.2.2, the chart. */
static void
test_affiliation_changes(void)
{
	static const char *const chart[AFF_OWNER + 1][AFF_OWNER + 1] = {
		[AFF_OUTCAST] = { "--", "Admin or owner removes ban",
		    "Admin or owner adds user to member list", "Owner adds user to admin list",
		    "Owner adds user to owner list" },
		[AFF_NONE] = { "Admin or owner applies ban", "--",
		    "Admin or owner adds user to member list", "Owner adds user to admin list",
		    "Owner adds user to owner list" },
		[AFF_MEMBER] = { "Admin or owner applies ban",
		    "Admin or owner changes affiliation to none", "--",
		    "Owner adds user to admin list", "Owner adds user to owner list" },
		[AFF_ADMIN] = { "Owner applies ban", "Owner changes affiliation to none",
		    "Owner changes affiliation to member", "--", "Owner adds user to owner list" },
		[AFF_OWNER] = { "Owner applies ban", "Owner changes affiliation to none",
		    "Owner changes affiliation to member", "Owner changes affiliation to admin",
		    "--" },
	};

	for (enum affiliation from = AFF_OUTCAST; from <= AFF_OWNER; from++)
		for (enum affiliation to = AFF_OUTCAST; to <= AFF_OWNER; to++) {
			const char *cell = chart[from][to];
			enum privilege p = affiliation_change(from, to);
			bool admins = strncmp(cell, "Admin or owner", 14) == 0;

			/* A new reason for what is so: who may make it so. */
			if (from == to)
				admins = from <= AFF_MEMBER;
			is_int(room_lets(&loose, AFF_ADMIN, ROLE_NONE, p), admins, cell);
			ok(room_lets(&loose, AFF_OWNER, ROLE_NONE, p) &&
				!room_lets(&loose, AFF_MEMBER, ROLE_MODERATOR, p),
			    "an owner may, a member may not: %s", cell);
		}
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
		{ 0, AFF_MEMBER, AFF_NONE, ROLE_VISITOR, ROLE_VISITOR,
		    "but for those who had lost it" },
		{ 0, AFF_NONE, AFF_MEMBER, ROLE_VISITOR, ROLE_PARTICIPANT,
		    "it comes back with membership" },
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
	test_by_role();
	test_by_affiliation();
	test_all();
	test_role_changes();
	test_affiliation_changes();
	test_initial();
	test_after();
	return tap_done();
}
