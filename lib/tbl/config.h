/* SPDX-License-Identifier: ISC */
/*
 * config.h - what an owner may configure; XEP-0045 10.2, 16.5.3
 *
 *	BOOL(tag, member, var, alias, default, label)
 *	ENUM(tag, member, var, alias, default, label, values)
 *	UINT(tag, member, var, alias, default, label)
 *	TEXT(tag, member, var, alias, bytes, form type, label)
 *
 * The tag is the field's name in the store and is never used again for something else. An alias is
 * another name that is understood in a submitted form ("": none). From these rows come struct
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
