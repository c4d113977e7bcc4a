/* SPDX-License-Identifier: ISC */
/*
 * text.c - what mucd says to people, in their language: tbl/text.h
 */
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "room.h"

static const char *const texts[][LANG_COUNT] = {
#define TEXT(en, de, fr, es) { en, de, fr, es },
#include "../tbl/text.h"
#undef TEXT
};

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
compare(const void *english, const void *row)
{
	return strcmp(english, *(const char *const *)row);
}

const char *
text_in(enum lang lang, const char *english)
{
	const char *const *row;

	if (lang == LANG_EN)
		return english;
	row = bsearch(english, texts, sizeof(texts) / sizeof(texts[0]), sizeof(texts[0]), compare);
	return row != NULL ? row[lang] : english;
}

const char *
text_with(struct arena *a, const char *text, const char *what)
{
	const char *at = strstr(text, "%s");

	if (at == NULL)
		return text;
	return arena_cat(a, arena_strndup(a, text, (size_t)(at - text)), what, at + 2, NULL);
}
