/* SPDX-License-Identifier: ISC */
/*
 * error.h - how mucd refuses: ERROR(name, type, condition, text)
 *
 * RFC 6120 8.3.3 for conditions, XEP-0045 for which one goes where. The text is for people whose
 * client shows it; NULL: the condition says it all. dispatch.c makes the <error/>.
 */
ERROR(BAD_REQUEST, "modify", "bad-request", NULL)
ERROR(CONFLICT, "cancel", "conflict", NULL)
ERROR(NICK_CONFLICT, "cancel", "conflict", "That nickname is already in use by another occupant")
ERROR(LAST_OWNER, "cancel", "conflict", "A room must keep at least one owner")
ERROR(FORBIDDEN, "auth", "forbidden", NULL)
ERROR(BANNED, "auth", "forbidden", "You are banned from this room")
ERROR(NO_VOICE, "auth", "forbidden", "You have no voice in this room")
ERROR(ITEM_NOT_FOUND, "cancel", "item-not-found", NULL)
ERROR(NO_NICK, "modify", "jid-malformed", "A nickname is needed to enter a room")
ERROR(BAD_NICK, "modify", "jid-malformed", "That nickname cannot be used")
ERROR(BAD_ROOM_NAME, "modify", "jid-malformed", "That room name cannot be used")
ERROR(JID_MALFORMED, "modify", "jid-malformed", NULL)
ERROR(NOT_ACCEPTABLE, "modify", "not-acceptable", NULL)
ERROR(NOT_OCCUPANT, "cancel", "not-acceptable", "You are not in this room")
ERROR(NOT_ALLOWED, "cancel", "not-allowed", NULL)
ERROR(NOT_AUTHORIZED, "auth", "not-authorized", "This room asks for a password")
ERROR(POLICY_VIOLATION, "modify", "policy-violation", NULL)
ERROR(TOO_LARGE, "modify", "policy-violation", "This stanza is too large or too deeply nested")
ERROR(TOO_FAST, "wait", "policy-violation", "You are sending too fast")
ERROR(REGISTRATION_REQUIRED, "auth", "registration-required", "This room is for members only")
ERROR(RESOURCE_CONSTRAINT, "wait", "resource-constraint", NULL)
ERROR(SERVICE_FULL, "wait", "resource-constraint", "The service is running out of storage")
ERROR(ROOM_FULL, "wait", "service-unavailable", "This room is full")
ERROR(SERVICE_UNAVAILABLE, "cancel", "service-unavailable", NULL)
