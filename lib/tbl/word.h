/* SPDX-License-Identifier: ISC */
/*
 * word.h - how forms show the values of lists: WORD(value, what people read)
 *
 * The values are those of tbl/config.h, the texts those of tbl/text.h.
 */
WORD("always", "Always")
WORD("anyone", "Anyone")
WORD("auto", "Where membership matters")
WORD("moderator", "Moderators")
WORD("moderators", "Moderators")
WORD("never", "Never")
WORD("none", "Nobody")
WORD("participant", "Participants")
WORD("participants", "Participants")
WORD("visitor", "Visitors")
