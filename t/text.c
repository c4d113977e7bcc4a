/* SPDX-License-Identifier: ISC */
/*
 * text.c - what mucd says to people, in all its languages
 */
#include "room/text.h"
#include "room/room.h"
#include "tap.h"

typedef const char *const row[LANG_COUNT];

#define TEXT(en, de, fr, es) { en, de, fr, es },
static row texts[] = {
#include "tbl/text.h"
};

static row of_commands[] = {
#include "tbl/text_command.h"
};

static row of_rooms[] = {
#include "tbl/text_command_room.h"
};

static row of_stats[] = {
#include "tbl/text_stats.h"
};
#undef TEXT

#define NTEXTS (sizeof(texts) / sizeof(texts[0]))

static int
placeholders(const char *s)
{
	int n = 0;

	for (; (s = strchr(s, '%')) != NULL; s++)
		n += s[1] == 's' ? 1 : 100;
	return n;
}

static void
test_table(row *table, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *en = table[i][LANG_EN];

		ok(i == 0 || strcmp(table[i - 1][LANG_EN], en) < 0, "in order: %s", en);
		ok(placeholders(en) <= 1, "at most one %%s: %s", en);
		for (enum lang l = 0; l < LANG_COUNT; l++) {
			const char *s = table[i][l];

			ok(*s != '\0' && *s != ' ' && s[strlen(s) - 1] != ' ' &&
				strchr(s, '\n') == NULL,
			    "a line of text in %s: %s", lang_tag(l), s);
			is_int(placeholders(s), placeholders(en), "with what is put in");
			is_str(text_in(l, en), s, "it is found");
		}
	}
}

/* Does a list begin with a value that people read otherwise? */
static bool
has_word(const char *list)
{
	static const char *const words[] = {
#define WORD(value, label) value,
#include "tbl/word.h"
#undef WORD
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == strcspn(list, " ") &&
		    strncmp(words[i], list, strlen(words[i])) == 0)
			return true;
	return false;
}

/* What refusals and fields of the configuration form say. */
static void
test_said(void)
{
	static const char *const said[] = {
#define ERROR(name, type, condition, text) text,
#include "tbl/error.h"
#undef ERROR
#define WORD(value, label) label,
#include "tbl/word.h"
#undef WORD
#define BOOL(tag, member, var, alias, def, label)	  label,
#define ENUM(tag, member, var, alias, def, label, values) label,
#define UINT(tag, member, var, alias, def, label)	  label,
#define PICK(tag, member, var, alias, def, label, values) label,
#define TEXT(tag, member, var, alias, bytes, type, label) label,
#define SET(tag, member, var, alias, def, label, values)  label,
#include "tbl/config.h"
#undef BOOL
#undef ENUM
#undef UINT
#undef PICK
#undef TEXT
#undef SET
	};

	static const char *const lists[] = {
#define BOOL(tag, member, var, alias, def, label)
#define ENUM(tag, member, var, alias, def, label, values) values,
#define UINT(tag, member, var, alias, def, label)
#define PICK(tag, member, var, alias, def, label, values)
#define TEXT(tag, member, var, alias, bytes, type, label)
#define SET(tag, member, var, alias, def, label, values) values,
#include "tbl/config.h"
#undef BOOL
#undef ENUM
#undef UINT
#undef PICK
#undef TEXT
#undef SET
		NULL,
	};

	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		bool there = said[i] == NULL;

		for (size_t j = 0; j < NTEXTS; j++)
			there = there || strcmp(texts[j][LANG_EN], said[i]) == 0;
		ok(there, "in all languages: %s", said[i] != NULL ? said[i] : "nothing");
	}
	for (const char *const *v = lists; *v != NULL; v++)
		for (const char *w = *v; *w != '\0'; w += strcspn(w, " "), w += *w == ' ')
			ok(has_word(w), "a value of a list can be read: %s", w);
	is_str(text_in(LANG_DE, "xyzzy"), "xyzzy", "what is not there comes back as it is");
}

static void
test_read(void)
{
	static const struct {
		const char *tag;
		int want; /* -1: no language of ours */
	} rows[] = {
		{ "en", LANG_EN },
		{ "de", LANG_DE },
		{ "de-AT", LANG_DE },
		{ "DE-Latn-CH-1996", LANG_DE },
		{ "fr-CA", LANG_FR },
		{ "es-419", LANG_ES },
		{ "Es", LANG_ES },
		{ NULL, -1 },
		{ "", -1 },
		{ "-", -1 },
		{ "-de", -1 },
		{ "d", -1 },
		{ "deu", -1 },
		{ "den", -1 },
		{ "de_AT", -1 },
		{ "i-default", -1 },
		{ "*", -1 },
		{ "pt-BR", -1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum lang lang = LANG_COUNT;
		int got = lang_read(rows[i].tag, &lang) ? (int)lang : -1;

		is_int(got, rows[i].want, rows[i].tag != NULL ? rows[i].tag : "none");
	}
}

static void
test_whose(void)
{
	struct room room = { .config = { .lang = (char[]){ "fr-CA" } } };
	struct room silent = { .config = { .lang = (char[]){ "" } } };
	struct occupant o = { .room = &room };
	struct session s = { .occupant = &o, .lang = (char[]){ "es" } };

	is_int(room_lang(NULL), LANG_EN, "no room: English");
	is_int(room_lang(&silent), LANG_EN, "a room that does not say: English");
	is_int(room_lang(&room), LANG_FR, "a room that says");
	is_int(session_lang(&s), LANG_ES, "an occupant's own language");
	s.lang = (char[]){ "pt" };
	is_int(session_lang(&s), LANG_FR, "the room's, when it is none of ours");
	s.lang = NULL;
	is_int(session_lang(&s), LANG_FR, "and when it is not known");
}

int
main(void)
{
	test_table(texts, NTEXTS);
	test_table(of_commands, sizeof(of_commands) / sizeof(of_commands[0]));
	test_table(of_rooms, sizeof(of_rooms) / sizeof(of_rooms[0]));
	test_table(of_stats, sizeof(of_stats) / sizeof(of_stats[0]));
	test_said();
	test_read();
	test_whose();
	return tap_done();
}
