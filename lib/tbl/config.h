/* SPDX-License-Identifier: ISC */
/*
 * config.h - what an owner may configure; XEP-0045 10.2, 16.5.3
 *
 *	BOOL(tag, member, var, alias, default, label)
 *	ENUM(tag, member, var, alias, default, label, values)
 *	UINT(tag, member, var, alias, default, label)
 *	PICK(tag, member, var, alias, default, label, values)
 *	TEXT(tag, member, var, alias, bytes, form type, label)
 *	SET(tag, member, var, alias, default, label, values)
 *
 * The tag is the field's name in the store and is never used again for something else. An alias is
 * another name that is understood in a submitted form ("": none; several with blanks between them,
 * the first that is there counts). One with a + before it stands in the form, too: some clients set
 * only what they find there. A PICK is a number, of which some are proposed; "none" is 0. A SET is a
 * list-multi: bit i of the member is the i-th value. From these rows come struct config, the form,
 * the submit, the store and room defaults. Their order is the form's.
 */
TEXT(33, roomname, "muc#roomconfig_roomname", "", 256, "text-single", "Name of the room")
TEXT(34, roomdesc, "muc#roomconfig_roomdesc", "", 2048, "text-single", "Description of the room")
TEXT(51, lang, "muc#roomconfig_lang", "", 35, "text-single", "Language of the conversation")
BOOL(35, persistentroom, "muc#roomconfig_persistentroom", "", 0, "Keep the room when the last occupant leaves")
BOOL(36, publicroom, "muc#roomconfig_publicroom", "", 1, "List the room in public")
BOOL(37, membersonly, "muc#roomconfig_membersonly", "", 0, "Only members may enter")
BOOL(45, allowinvites, "muc#roomconfig_allowinvites", "{http://prosody.im/protocol/muc}roomconfig_allowmemberinvites", 0, "Members may invite others to a members-only room")
BOOL(41, passwordprotectedroom, "muc#roomconfig_passwordprotectedroom", "", 0, "Ask for a password")
TEXT(42, roomsecret, "muc#roomconfig_roomsecret", "", 256, "text-private", "Password")
PICK(43, maxusers, "muc#roomconfig_maxusers", "", 0, "Greatest number of occupants (none: the service's limit)", "10 20 50 100 200 500 none")
ENUM(39, whois, "muc#roomconfig_whois", "", WHOIS_MODERATORS, "Who may see real addresses", "moderators anyone")
SET(49, presencebroadcast, "muc#roomconfig_presencebroadcast", "", 7, "Roles whose presence is shown to others", "moderator participant visitor")
SET(50, getmemberlist, "muc#roomconfig_getmemberlist", "", 7, "Roles that may ask who the members are", "moderator participant visitor")
BOOL(38, moderatedroom, "muc#roomconfig_moderatedroom", "", 0, "Only those with voice may speak")
BOOL(56, allow_voice_requests, "allow_voice_requests", "", 1, "Visitors may ask for voice")
BOOL(55, allow_visitor_status, "allow_visitor_status", "muc#roomconfig_allowvisitorstatus", 1, "Visitors' status texts are shown to others")
BOOL(54, allow_visitor_nickchange, "allow_visitor_nickchange", "muc#roomconfig_allowvisitornickchange", 1, "Visitors may change their nickname")
UINT(60, slow_mode_duration, "muc#roomconfig_slow_mode_duration", "", 0, "Seconds to wait between two messages (0: none)")
BOOL(40, changesubject, "muc#roomconfig_changesubject", "", 0, "Participants may change the subject")
ENUM(44, allowpm, "muc#roomconfig_allowpm", "allow_private_messages", ALLOWPM_ANYONE, "Who may send private messages", "anyone participants moderators none")
BOOL(53, allow_query_users, "allow_query_users", "", 1, "Occupants may query one another's clients")
BOOL(47, enablearchiving, "muc#roomconfig_enablearchiving", "+mam muc#roomconfig_mam", 1, "Keep messages for those who come later")
UINT(48, maxhistoryfetch, "muc#maxhistoryfetch", "muc#roomconfig_historylength muc#roomconfig_defaulthistorymessages", 20, "Messages shown on entering")
UINT(61, archivedays, "x-muc#roomconfig_archivedays", "", 0, "Days for which messages are kept (0: as long as the service keeps them)")
BOOL(46, enablelogging, "muc#roomconfig_enablelogging", "", 0, "The conversation is logged in public")
TEXT(52, pubsub, "muc#roomconfig_pubsub", "", 1024, "text-single", "Publish-subscribe node of the room")
BOOL(57, reservednick, "x-muc#roomconfig_reservednick", "", 0, "Who has reserved a nickname goes by that one")
BOOL(58, registration, "x-muc#roomconfig_registration", "", 1, "Users may register with the room")
ENUM(59, registrationapproval, "x-muc#roomconfig_registrationapproval", "", APPROVAL_AUTO, "Registrations wait for an admin's approval", "auto always never")
