/* SPDX-License-Identifier: ISC */
/*
 * text.c - texts that others have written, on a terminal
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "../log.h"
#include "base/arena.h"
#include "base/xml.h"
#include "text.h"

const char *
text_visible(struct arena *a, const char *s)
{
	const size_t cap = 4 * strlen(s) + 8; /* each byte may become four */
	char *out = arena_alloc(a, cap);

	log_visible(s, out, cap);
	return out;
}

/* What comes is UTF-8, whatever the user's locale is. */
static void
use_utf8(void)
{
	static bool is_set;

	if (!is_set && setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		setlocale(LC_CTYPE, "en_US.UTF-8");
	is_set = true;
}

size_t
text_width(const char *s)
{
	mbstate_t state = { 0 };
	size_t width = 0, n;
	wchar_t c;
	int w;

	use_utf8();
	while (*s != '\0') {
		n = mbrtowc(&c, s, strlen(s), &state);
		if (n == (size_t)-1 || n == (size_t)-2)
			return width + strlen(s);
		w = wcwidth(c);
		width += w > 0 ? (size_t)w : 0;
		s += n;
	}
	return width;
}

void
text_pad(FILE *f, size_t n)
{
	while (n-- > 0)
		putc(' ', f);
}

const char *
text_tail(const char *name, const char *separators)
{
	const char *tail = name;

	for (const char *p = name; *p != '\0'; p++)
		if (strchr(separators, *p) != NULL && p[1] != '\0')
			tail = p + 1;
	return tail;
}

/* "de_AT.UTF-8" is de-AT; "C" and "POSIX" are nobody's language. */
const char *
text_lang(struct arena *a)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *value = NULL;
	char *lang;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		value = getenv(names[i]);
		if (value != NULL && *value != '\0')
			break;
	}
	if (value == NULL)
		return NULL;
	lang = arena_strndup(a, value, strcspn(value, ".@"));
	if (strlen(lang) < 2 || strlen(lang) > XML_LANG_MAX || strcmp(lang, "POSIX") == 0 ||
	    strspn(lang, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") !=
		strlen(lang))
		return NULL;
	for (char *p = lang; *p != '\0'; p++)
		if (*p == '_')
			*p = '-';
	return lang;
}
