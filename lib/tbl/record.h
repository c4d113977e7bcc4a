/* SPDX-License-Identifier: ISC */
/*
 * record.h - what stands in stored records, as an export has it; mucd-export(5)
 *
 *	TABLE(table, fate)
 *	LINE(line, table, key)
 *	FIELD(line, tag, name, type, words, must)
 *
 * Each table of STORE_TABLES has a fate: LINES, its records are lines of an export; MADE, an import makes
 * its records from those of other tables; LEFT, it is no part of a room. A LINE is a kind of record. Those of
 * tables that are LINES are kinds of lines, in the order in which a room has them; the key tells what
 * of a record's key its fields do not say. A FIELD is a tagged field of such a record. A tag is a number
 * here, and by name where the record is written: t/records.t holds that none is forgotten. `must`: a record
 * without it is none. Type DERIVED is not written: an import makes it anew, or there is no need. Configuration, tags 33 and above of
 * table rooms, is in config.h.
 */
#ifndef TABLE
#	define TABLE(table, fate)
#endif
#ifndef LINE
#	define LINE(line, table, key)
#endif
#ifndef FIELD
#	define FIELD(line, tag, name, type, words, must)
#endif

TABLE(meta, MADE)
TABLE(names, MADE)
TABLE(rooms, LINES)
TABLE(affil, LINES)
TABLE(nicks, MADE)	/* they stand in the records of their owners */
TABLE(changes, LEFT)	/* what an import makes has versions of its own */
TABLE(requests, LINES)
TABLE(listed, MADE)
TABLE(sessions, LEFT)	/* who is in a room is no part of it */
TABLE(user, MADE)
TABLE(gone, LEFT)	/* no rooms any more */
TABLE(archive, LINES)
TABLE(held, MADE)
TABLE(aging, MADE)
TABLE(over, MADE)
TABLE(invites, LINES)
TABLE(roles, LINES)
TABLE(bans, LEFT)	/* the operators', of the whole service */
TABLE(spoke, LINES)
TABLE(blobs, LINES)
TABLE(audit, LEFT)	/* what the administrators of this service have done */
TABLE(commands, LEFT)	/* their ids are signed by the service */
TABLE(told, LEFT)	/* for the clients that are in */
TABLE(retracting, LEFT)	/* work under way: what it has come to stands in the archive */
TABLE(dead, LEFT)

LINE(state, meta, NONE)
FIELD(state, 1, "schema", DERIVED, "", 1)
FIELD(state, 2, "next-id", DERIVED, "", 1)
FIELD(state, 3, "rooms", DERIVED, "", 0)
FIELD(state, 20, "gone", DERIVED, "", 0)
FIELD(state, 21, "secret", DERIVED, "", 0)
FIELD(state, 22, "naming", DERIVED, "", 0)

LINE(archives, meta, NONE)
FIELD(archives, 30, "entries", DERIVED, "", 1)
FIELD(archives, 31, "bytes", DERIVED, "", 1)
FIELD(archives, 32, "counted-to", DERIVED, "", 0)
FIELD(archives, 33, "entries-limit", DERIVED, "", 0)
FIELD(archives, 34, "bytes-limit", DERIVED, "", 0)

LINE(held, held, NONE)
FIELD(held, 1, "entries", DERIVED, "", 1)
FIELD(held, 2, "bytes", DERIVED, "", 1)
FIELD(held, 3, "oldest", TIME, "", 0)
FIELD(held, 4, "days", DERIVED, "", 0)
FIELD(held, 5, "last-id", UUID, "", 0)
FIELD(held, 6, "over", DERIVED, "", 0)
FIELD(held, 7, "ended", TIME, "", 0)
FIELD(held, 8, "cleared", TIME, "", 0)
FIELD(held, 9, "replaced", DERIVED, "", 0)

LINE(dead, dead, NONE)
FIELD(dead, 1, "ended", TIME, "", 0)
FIELD(dead, 2, "jid", BARE, "", 0)

LINE(retracting, retracting, NONE)
FIELD(retracting, 1, "jid", BARE, "", 1)
FIELD(retracting, 2, "since", TIME, "", 0)
FIELD(retracting, 3, "actor", FULL, "", 1)
FIELD(retracting, 4, "nick", NICK, "", 0)
FIELD(retracting, 5, "lang", DERIVED, "", 0)
FIELD(retracting, 6, "audited", BOOL, "", 0)
FIELD(retracting, 7, "reason", TEXT, "", 0)
FIELD(retracting, 8, "at", UUID, "", 1)
FIELD(retracting, 9, "found", DERIVED, "", 0)
FIELD(retracting, 10, "told", DERIVED, "", 0)

LINE(listed, listed, NONE)
FIELD(listed, 1, "node", TEXT, "", 1)
FIELD(listed, 2, "name", TEXT, "", 0)

LINE(user, user, NONE)
FIELD(user, 1, "created", TIME, "", 0)

LINE(gone, gone, NONE)
FIELD(gone, 1, "until", TIME, "", 1)
FIELD(gone, 2, "id", DERIVED, "", 1)
FIELD(gone, 3, "venue", BARE, "", 0)
FIELD(gone, 4, "owners", DERIVED, "", 0)
FIELD(gone, 5, "by", DERIVED, "", 0)

LINE(ban, bans, NONE)
FIELD(ban, 1, "target", TEXT, "", 1)
FIELD(ban, 2, "reason", TEXT, "", 0)
FIELD(ban, 3, "actor", BARE, "", 0)
FIELD(ban, 4, "set", TIME, "", 1)
FIELD(ban, 5, "until", TIME, "", 0)

LINE(audit, audit, NONE)
FIELD(audit, 1, "time", TIME, "", 1)
FIELD(audit, 2, "actor", TEXT, "", 1)
FIELD(audit, 3, "command", TEXT, "", 1)
FIELD(audit, 4, "room", TEXT, "", 0)
FIELD(audit, 5, "target", TEXT, "", 0)
FIELD(audit, 6, "before", TEXT, "", 0)
FIELD(audit, 7, "after", TEXT, "", 0)
FIELD(audit, 8, "reason", TEXT, "", 0)

LINE(command, commands, NONE)
FIELD(command, 1, "until", TIME, "", 1)
FIELD(command, 2, "jid", FULL, "", 1)
FIELD(command, 3, "to", DERIVED, "", 0)
FIELD(command, 4, "node", TEXT, "", 0)
FIELD(command, 5, "lang", DERIVED, "", 0)
FIELD(command, 6, "stage", DERIVED, "", 0)
FIELD(command, 7, "page", DERIVED, "", 0)
FIELD(command, 8, "more", DERIVED, "", 0)
FIELD(command, 9, "given", TEXT, "", 0)
FIELD(command, 10, "given-page", DERIVED, "", 0)
FIELD(command, 11, "given-value", TEXT, "", 0)

LINE(session, sessions, JID)
FIELD(session, 1, "jid", FULL, "", 1)
FIELD(session, 2, "nick", NICK, "", 1)
FIELD(session, 3, "role", WORD, "none visitor participant moderator", 1)
FIELD(session, 4, "payload", XML, "", 0)
FIELD(session, 5, "lang", TEXT, "", 0)
FIELD(session, 6, "priority", DERIVED, "", 0)
FIELD(session, 7, "show", DERIVED, "", 0)
FIELD(session, 8, "order", DERIVED, "", 0)
FIELD(session, 9, "heard", TIME, "", 0)
FIELD(session, 10, "follows", BOOL, "", 0)
FIELD(session, 11, "late", BOOL, "", 0)

LINE(change, changes, NONE)
FIELD(change, 1, "chance", DERIVED, "", 1)
FIELD(change, 2, "jid", BARE, "", 1)
FIELD(change, 3, "before", WORD, "outcast none member admin owner", 1)
FIELD(change, 4, "now", WORD, "outcast none member admin owner", 1)

LINE(room, rooms, NONE)
FIELD(room, 1, "jid", SHOWN, "", 1)
FIELD(room, 2, "locked", BOOL, "", 0)
FIELD(room, 3, "created", TIME, "", 0)
FIELD(room, 5, "owners", DERIVED, "", 0)
FIELD(room, 6, "affiliations", DERIVED, "", 0)
FIELD(room, 11, "secret", SECRET, "", 0)
FIELD(room, 15, "version", DERIVED, "", 0)
FIELD(room, 20, "creator", BARE, "", 0)
FIELD(room, 22, "forced", DERIVED, "", 0)
FIELD(room, 23, "used", TIME, "", 0)
FIELD(room, 24, "locked-down", TIME, "", 0)

LINE(subject, rooms, NONE)
FIELD(subject, 7, "payload", XML, "", 1)
FIELD(subject, 8, "nick", TEXT, "", 0)
FIELD(subject, 9, "time", TIME, "", 0)
FIELD(subject, 10, "lang", TEXT, "", 0)
FIELD(subject, 12, "jid", FULL, "", 0)
FIELD(subject, 13, "msg-id", TEXT, "", 0)
FIELD(subject, 14, "id", UUID, "", 0)
FIELD(subject, 21, "text", TEXT, "", 0)

LINE(affil, affil, JID)
FIELD(affil, 1, "jid", BARE, "", 1)
FIELD(affil, 2, "affiliation", WORD, "outcast - member admin owner", 1)
FIELD(affil, 3, "nick", NICK, "", 0)
FIELD(affil, 4, "reason", TEXT, "", 0)
FIELD(affil, 5, "actor", BARE, "", 0)
FIELD(affil, 6, "time", TIME, "", 0)

LINE(request, requests, JID)
FIELD(request, 1, "jid", BARE, "", 1)
FIELD(request, 2, "nick", NICK, "", 1)
FIELD(request, 3, "id", TEXT, "", 1)
FIELD(request, 4, "time", TIME, "", 1)
FIELD(request, 16, "first", TEXT, "", 0)
FIELD(request, 17, "last", TEXT, "", 0)
FIELD(request, 18, "url", TEXT, "", 0)
FIELD(request, 19, "email", TEXT, "", 0)
FIELD(request, 20, "faq", TEXT, "", 0)

LINE(invite, invites, INVITE)
FIELD(invite, 1, "time", TIME, "", 1)
FIELD(invite, 2, "invitee", FULL, "", 1)
FIELD(invite, 3, "inviter", FULL, "", 1)
FIELD(invite, 4, "shown", SHOWN, "", 1)
FIELD(invite, 5, "id", TEXT, "", 1)

LINE(role, roles, TAIL)
FIELD(role, 1, "time", TIME, "", 1)
FIELD(role, 2, "role", WORD, "- visitor participant moderator", 1)
FIELD(role, 3, "under", WORD, "outcast none member admin owner", 1)

LINE(spoke, spoke, TAIL)
FIELD(spoke, 1, "time", TIME, "", 1)

LINE(vcard, blobs, ROOM)
FIELD(vcard, 1, "payload", XML, "", 1)
FIELD(vcard, 2, "sha1", DERIVED, "", 0)

LINE(message, archive, UUID)
FIELD(message, 1, "kind", WORD, "- message subject event retraction retracted", 1)
FIELD(message, 2, "nick", TEXT, "", 0)
FIELD(message, 3, "jid", FULL, "", 0)
FIELD(message, 4, "msg-id", TEXT, "", 0)
FIELD(message, 5, "lang", TEXT, "", 0)
FIELD(message, 6, "payload", XML, "", 1)
FIELD(message, 7, "prior", BOOL, "", 0)
FIELD(message, 8, "corrects", TEXT, "", 0)

#undef TABLE
#undef LINE
#undef FIELD
