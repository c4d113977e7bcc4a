/* SPDX-License-Identifier: ISC */
/*
 * priv.h - who may do what: the tables of XEP-0045 5.1 and 5.2, to be read next to them
 *
 *	BY_ROLE(privilege, none, visitor, participant, moderator)		5.1.1
 *	BY_AFFILIATION(privilege, outcast, none, member, admin, owner)		5.2.1
 *
 * What all who are in have alike (to be told messages and presence) is no question and has no row.
 * A cell is yes, no, or what the room's configuration must say for yes (priv.c). Admins and owners
 * are moderators wherever they are, in the room or not (5.1.2).
 *
 *	ENTERS(room, outcast, none, member, admin, owner)			5.1.2
 *	ROLE_CHANGE(from, to none, visitor, participant, moderator)		5.1.3
 *	AFFILIATION_CHANGE(from, to outcast, none, member, admin, owner)	5.2.2
 *
 * The last two say which privilege a change needs; on the diagonal, a new reason for what is so
 * already. Nobody who leaves of their own will needs any. What is more than a table is in roles.c
 * and affiliations.c: who is outranked by whom (8.2, 8.4, 9.1, 9.7), the last owner (10.4), oneself.
 */
#ifdef BY_ROLE
/*     (privilege,      none, visitor,        participant,        moderator) */
BY_ROLE(BE_SHOWN,       no,   visitors_shown, participants_shown, moderators_shown)
BY_ROLE(SHOW_STATUS,    no,   visitor_status, yes,                yes)
BY_ROLE(CHANGE_NICK,    no,   visitor_nicks,  yes,                yes)
BY_ROLE(SEND_PRIVATELY, no,   pm_of_visitors, pm_of_participants, pm_of_moderators)
BY_ROLE(SEND_MESSAGES,  no,   unmoderated,    yes,                yes)
BY_ROLE(CHANGE_SUBJECT, no,   no,             changesubject,      yes)
BY_ROLE(KICK,           no,   no,             no,                 yes)
BY_ROLE(GRANT_VOICE,    no,   no,             no,                 yes)
BY_ROLE(REVOKE_VOICE,   no,   no,             no,                 yes)
BY_ROLE(MODERATE_MESSAGES, no, no,           no,                 yes) /* XEP-0425 3 */
BY_ROLE(LIST_ROLES,     no,   no,             no,                 yes) /* 8.5 */
#endif
#ifdef BY_AFFILIATION
/*             (privilege,             outcast, none,    member,       admin, owner) */
BY_AFFILIATION(ENTER,                  no,      yes,     yes,          yes,   yes)
BY_AFFILIATION(ENTER_MEMBERS_ONLY,     no,      no,      yes,          yes,   yes)
BY_AFFILIATION(ENTER_FULL,             no,      no,      no,           yes,   yes) /* 7.2.9 */
BY_AFFILIATION(ENTER_LOCKED,           no,      no,      no,           no,    yes) /* 10.1.1 */
BY_AFFILIATION(BAN,                    no,      no,      no,           yes,   yes)
BY_AFFILIATION(EDIT_MEMBERS,           no,      no,      no,           yes,   yes)
BY_AFFILIATION(EDIT_MODERATORS,        no,      no,      no,           yes,   yes)
BY_AFFILIATION(EDIT_ADMINS,            no,      no,      no,           no,    yes)
BY_AFFILIATION(EDIT_OWNERS,            no,      no,      no,           no,    yes)
BY_AFFILIATION(EXCEED_SLOW_MODE,       no,      no,      no,           yes,   yes) /* XEP-0500 6 */
BY_AFFILIATION(CONFIGURE,              no,      no,      no,           no,    yes)
BY_AFFILIATION(DESTROY,                no,      no,      no,           no,    yes)
#endif
#ifdef ENTERS
/*     (room,        outcast, none,        member,      admin,     owner) */
ENTERS(moderated,    NONE,    VISITOR,     PARTICIPANT, MODERATOR, MODERATOR)
ENTERS(unmoderated,  NONE,    PARTICIPANT, PARTICIPANT, MODERATOR, MODERATOR)
#endif
#ifdef ROLE_CHANGE
/*         (from,         none,            visitor,         participant,     moderator) */
ROLE_CHANGE(VISITOR,      KICK,            GRANT_VOICE,     GRANT_VOICE,     EDIT_MODERATORS)
ROLE_CHANGE(PARTICIPANT,  KICK,            REVOKE_VOICE,    GRANT_VOICE,     EDIT_MODERATORS)
ROLE_CHANGE(MODERATOR,    EDIT_MODERATORS, EDIT_MODERATORS, EDIT_MODERATORS, EDIT_MODERATORS)
#endif
#ifdef AFFILIATION_CHANGE
/*                (from,     outcast,      none,         member,       admin,       owner) */
AFFILIATION_CHANGE(OUTCAST,  BAN,          BAN,          EDIT_MEMBERS, EDIT_ADMINS, EDIT_OWNERS)
AFFILIATION_CHANGE(NONE,     BAN,          EDIT_MEMBERS, EDIT_MEMBERS, EDIT_ADMINS, EDIT_OWNERS)
AFFILIATION_CHANGE(MEMBER,   BAN,          EDIT_MEMBERS, EDIT_MEMBERS, EDIT_ADMINS, EDIT_OWNERS)
AFFILIATION_CHANGE(ADMIN,    EDIT_ADMINS,  EDIT_ADMINS,  EDIT_ADMINS,  EDIT_ADMINS, EDIT_OWNERS)
AFFILIATION_CHANGE(OWNER,    EDIT_OWNERS,  EDIT_OWNERS,  EDIT_OWNERS,  EDIT_OWNERS, EDIT_OWNERS)
#endif
