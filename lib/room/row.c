/* SPDX-License-Identifier: ISC */
/*
 * row.c - the rows of tbl/record.h, and what suits each type of value
 */
#include "row.h"

#include <string.h>

#include "../base/utf8.h"
#include "../base/xml_parse.h"

#define CONFIG_TAGS 33 /* and above: tbl/config.h */

static const struct row rows[] = {
#define FIELD(line, tag, name, type, words, must)                                                  \
	{ LINE_##line, tag, VALUE_##type, name, words, must },
#include "../tbl/record.h"
};

#define NROWS (sizeof(rows) / sizeof(rows[0]))

const struct line_kind line_kinds[LINE_COUNT] = {
#define LINE(line, table, key) [LINE_##line] = { #line, TABLE_##table, KEY_##key },
#include "../tbl/record.h"
};

const enum table_fate table_fates[TABLE_COUNT] = {
#define TABLE(table, fate) [TABLE_##table] = FATE_##fate,
#include "../tbl/record.h"
};

enum line
line_of(const char *name)
{
	int i = 0;

	while (i < LINE_COUNT && (strcmp(line_kinds[i].name, name) != 0 ||
				     table_fates[line_kinds[i].table] != FATE_LINES))
		i++;
	return (enum line)i;
}

struct xml_parser *
record_parser_new(void)
{
	static const char header[] = "<stream:stream xmlns='jabber:component:accept' "
				     "xmlns:stream='http://etherx.jabber.org/streams'>";

	return xml_parser_new(header, sizeof(header) - 1);
}

const struct row *
row_next(const struct row *f)
{
	f = f != NULL ? f + 1 : rows;
	return f < rows + NROWS ? f : NULL;
}

const struct row *
row_of_tag(enum table table, uint8_t tag)
{
	for (const struct row *f = rows; f < rows + NROWS; f++)
		if (line_kinds[f->line].table == table && f->tag == tag)
			return f;
	return NULL;
}

const struct row *
row_of_name(enum line line, const char *name)
{
	for (const struct row *f = rows; f < rows + NROWS; f++)
		if (f->line == line && strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

/* -- what suits a type -- */

static bool
is_prepared(struct arena *a, const char *s, bool is_bare)
{
	struct jid was, is;

	if (!jid_split(a, s, &was))
		return false;
	is = was;
	return jid_prep_bare(a, &is) && strcmp(was.bare, is.bare) == 0 &&
	       (!is_bare || was.resource == NULL);
}

/* A parser that lost its way over it is replaced. */
const struct xml *
record_xml(struct arena *a, struct record_reader *r, const char *s, size_t n)
{
	struct buf b = BUF_INIT;
	const struct xml *x;
	enum parse rc;

	buf_adds(&b, "<message>");
	buf_add(&b, s, n);
	buf_adds(&b, "</message>");
	rc = xml_parse(r->parser, a, b.p, b.len, &x);
	buf_release(&b);
	if (rc == PARSE_DISAGREE) {
		xml_parser_free(r->parser);
		r->parser = record_parser_new();
	}
	return rc == PARSE_OK ? x : NULL;
}

const char *
row_word(struct arena *a, const struct row *f, uint64_t n)
{
	const char *list = f->words;
	size_t len;

	for (; *list != '\0'; list += len + (list[len] == ' ')) {
		len = strcspn(list, " ");
		if (n-- == 0)
			return *list != '-' ? arena_strndup(a, list, len) : NULL;
	}
	return NULL;
}

bool
row_number(const struct row *f, const char *word, uint64_t *n)
{
	const char *list = f->words;
	size_t len;

	for (*n = 0; *list != '\0'; list += len + (list[len] == ' '), ++*n) {
		len = strcspn(list, " ");
		if (strlen(word) == len && memcmp(word, list, len) == 0)
			return *word != '-';
	}
	return false;
}

const char *
row_check(struct arena *a, struct record_reader *r, const struct row *f, const char *s, size_t n)
{
	const char *nick;

	if (!utf8_is_text(s, n))
		return "a character that XML does not have";
	switch (f->type) {
	case VALUE_BARE:
		return is_prepared(a, s, true) ? NULL : "not a bare JID, prepared";
	case VALUE_FULL:
	case VALUE_SHOWN:
		return is_prepared(a, s, false) ? NULL : "not a JID, prepared";
	case VALUE_NICK:
		nick = jid_nick(a, s, JID_PART_MAX, false);
		return nick != NULL && strcmp(nick, s) == 0 ? NULL : "not a nickname, prepared";
	case VALUE_XML:
		return record_xml(a, r, s, n) != NULL ? NULL : "not the children of a stanza";
	default:
		return NULL;
	}
}

bool
row_is_string(const struct row *f)
{
	return f->type <= VALUE_XML;
}

/* Of the kinds of one table the first has it. */
bool
row_is_unknown(enum line line, uint8_t tag)
{
	return row_of_tag(line_kinds[line].table, tag) == NULL &&
	       (line == 0 || line_kinds[line - 1].table != line_kinds[line].table) &&
	       (line_kinds[line].table != TABLE_rooms || tag < CONFIG_TAGS);
}
