/* SPDX-License-Identifier: ISC */
/*
 * text.h - what mucd says to people, in their language: tbl/text*.h
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>

struct arena;
struct room;
struct session;

/* The languages that mucd speaks: LANG(name, tag), in the order of the columns of tbl/text.h. */
#define LANGS(LANG)                                                                                \
	LANG(EN, "en")                                                                             \
	LANG(DE, "de")                                                                             \
	LANG(FR, "fr")                                                                             \
	LANG(ES, "es")

enum lang {
#define LANG(name, tag) LANG_##name,
	LANGS(LANG)
#undef LANG
	    LANG_COUNT
};

/* The value of xml:lang. */
const char *lang_tag(enum lang);

/*
 * Reads the value of an xml:lang; NULL is allowed. What counts is the primary subtag, in any case of
 * letters (BCP 47, RFC 4647 3.4): de-AT is German. False: nothing said, or nothing that mucd speaks.
 */
bool lang_read(const char *tag, enum lang *);

/* Is it a language tag as xs:language has it: letters, then parts of letters and digits? */
bool lang_suits(const char *);

/* The language of a room: what it is configured to be, else English. NULL is allowed. */
enum lang room_lang(const struct room *);

/* The language of somebody in a room: that of their presence, else the room's. */
enum lang session_lang(const struct session *);

/* Marks a text that is said later, in a table; t/texts.t looks for it in tbl/text.h. */
#define SAID(english) (english)

/* A text of tbl/text.h in a language; one that is not in there comes back as it is. Static. */
const char *text_in(enum lang, const char *english);

/* A text with something in the place of its "%s", if it has one. */
const char *text_with(struct arena *, const char *text, const char *what);

#endif
