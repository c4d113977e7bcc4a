/* SPDX-License-Identifier: ISC */
/*
 * text.c - what mucd says to people, in their language: tbl/text*.h
 */
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "room.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

typedef const char *const row[LANG_COUNT];

#define TEXT(en, de, fr, es) { en, de, fr, es },
static row texts[] = {
#include "../tbl/text.h"
};

static row of_commands[] = {
#include "../tbl/text_command.h"
};

static row of_rooms[] = {
#include "../tbl/text_command_room.h"
};

static row of_stats[] = {
#include "../tbl/text_stats.h"
};
#undef TEXT

static const char *const tags[] = {
#define LANG(name, tag) tag,
	LANGS(LANG)
#undef LANG
};

const char *
lang_tag(enum lang lang)
{
	return tags[lang];
}

bool
lang_suits(const char *s)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	static const char both[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	size_t n = strspn(s, letters);

	while (n > 0 && n <= 8 && s[n] == '-') {
		s += n + 1;
		n = strspn(s, both);
	}
	return n > 0 && n <= 8 && s[n] == '\0';
}

bool
lang_read(const char *tag, enum lang *lang)
{
	size_t n;

	if (tag == NULL)
		return false;
	n = strcspn(tag, "-");
	for (enum lang i = 0; i < LANG_COUNT; i++)
		if (strlen(tags[i]) == n && strncasecmp(tags[i], tag, n) == 0) {
			*lang = i;
			return true;
		}
	return false;
}

enum lang
room_lang(const struct room *r)
{
	enum lang lang;

	return r != NULL && lang_read(r->config.lang, &lang) ? lang : LANG_EN;
}

enum lang
session_lang(const struct session *s)
{
	enum lang lang;

	return lang_read(s->lang, &lang) ? lang : room_lang(s->occupant->room);
}

static int
compare(const void *english, const void *texts_of)
{
	return strcmp(english, *(const char *const *)texts_of);
}

const char *
text_in(enum lang lang, const char *english)
{
	static const struct {
		row *rows;
		size_t n;
	} tables[] = {
		{ texts, LENGTH(texts) },
		{ of_commands, LENGTH(of_commands) },
		{ of_rooms, LENGTH(of_rooms) },
		{ of_stats, LENGTH(of_stats) },
	};
	const char *const *found = NULL;

	if (lang == LANG_EN)
		return english;
	for (size_t i = 0; i < LENGTH(tables) && found == NULL; i++)
		found = bsearch(english, tables[i].rows, tables[i].n, sizeof(row), compare);
	return found != NULL ? found[lang] : english;
}

const char *
text_with(struct arena *a, const char *text, const char *what)
{
	const char *at = strstr(text, "%s");

	if (at == NULL)
		return text;
	return arena_cat(a, arena_strndup(a, text, (size_t)(at - text)), what, at + 2, NULL);
}
