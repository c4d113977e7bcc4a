/* SPDX-License-Identifier: ISC */
/*
 * config.h - what an owner may configure; XEP-0045 10.2, 16.5.3
 *
 *	BOOL(tag, member, var, alias, default, label)
 *	ENUM(tag, member, var, alias, default, label, values)
 *	UINT(tag, member, var, alias, default, label)
 *	TEXT(tag, member, var, alias, bytes, form type, label)
 *	SET(tag, member, var, alias, default, label, values)
 *
 * The tag is the field's name in the store and is never used again for something else. An alias is
 * another name that is understood in a submitted form ("": none; several with blanks between them).
 * A SET is a list-multi: bit i of the member is the i-th value. From these rows come struct
 * config, the form, the submit, the store and room defaults. Their order is the form's.
 */
TEXT(33, roomname, "muc#roomconfig_roomname", "", 256, "text-single", "Name of the room")
TEXT(34, roomdesc, "muc#roomconfig_roomdesc", "", 2048, "text-single", "Description of the room")
BOOL(35, persistentroom, "muc#roomconfig_persistentroom", "", 0, "Keep the room when the last occupant leaves")
BOOL(36, publicroom, "muc#roomconfig_publicroom", "", 1, "List the room in public")
BOOL(37, membersonly, "muc#roomconfig_membersonly", "", 0, "Only members may enter")
BOOL(38, moderatedroom, "muc#roomconfig_moderatedroom", "", 0, "Only those with voice may speak")
ENUM(39, whois, "muc#roomconfig_whois", "", WHOIS_MODERATORS, "Who may see real addresses", "moderators anyone")
BOOL(40, changesubject, "muc#roomconfig_changesubject", "", 0, "Participants may change the subject")
BOOL(41, passwordprotectedroom, "muc#roomconfig_passwordprotectedroom", "", 0, "Ask for a password")
TEXT(42, roomsecret, "muc#roomconfig_roomsecret", "", 256, "text-private", "Password")
UINT(43, maxusers, "muc#roomconfig_maxusers", "", 0, "Greatest number of occupants (0: the service's limit)")
ENUM(44, allowpm, "muc#roomconfig_allowpm", "", ALLOWPM_ANYONE, "Who may send private messages", "anyone participants moderators none")
BOOL(45, allowinvites, "muc#roomconfig_allowinvites", "{http://prosody.im/protocol/muc}roomconfig_allowmemberinvites", 0, "Members may invite others to a members-only room")
BOOL(46, enablelogging, "muc#roomconfig_enablelogging", "", 0, "The conversation is logged in public")
BOOL(47, enablearchiving, "muc#roomconfig_enablearchiving", "mam muc#roomconfig_mam", 1, "Keep messages for those who come later")
UINT(48, maxhistoryfetch, "muc#maxhistoryfetch", "muc#roomconfig_historylength", 20, "Messages shown on entering")
SET(49, presencebroadcast, "muc#roomconfig_presencebroadcast", "", 7, "Roles whose presence is shown to others", "moderator participant visitor")
SET(50, getmemberlist, "muc#roomconfig_getmemberlist", "", 7, "Roles that may ask who the members are", "moderator participant visitor")
TEXT(51, lang, "muc#roomconfig_lang", "", 35, "text-single", "Language of the conversation")
TEXT(52, pubsub, "muc#roomconfig_pubsub", "", 1024, "text-single", "Publish-subscribe node of the room")
BOOL(53, allow_query_users, "allow_query_users", "", 1, "Occupants may query one another's clients")
BOOL(54, allow_visitor_nickchange, "allow_visitor_nickchange", "muc#roomconfig_allowvisitornickchange", 1, "Visitors may change their nickname")
BOOL(55, allow_visitor_status, "allow_visitor_status", "muc#roomconfig_allowvisitorstatus", 1, "Visitors' status texts are shown to others")
BOOL(56, allow_voice_requests, "allow_voice_requests", "", 1, "Visitors may ask for voice")
