/* SPDX-License-Identifier: ISC */
/*
 * record.c - stored records as lines of text, and back
 */
#include "row.h"

#include <stdlib.h>
#include <string.h>

#include "../base/date.h"
#include "../base/digest.h"
#include "../base/rec.h"
#include "waiting.h"

/* -- writing -- */

static char *
hex_of(struct arena *a, const void *p, size_t n)
{
	char *s = arena_alloc(a, 2 * n + 1);

	digest_hex(p, n, s);
	return s;
}

/* What stands behind the `=` of what is no string; NULL: it is not what it should be. */
static const char *
bare_value(struct arena *a, const struct row *f, const struct rec *r)
{
	uint64_t n = rec_u64(r);

	switch (f->type) {
	case VALUE_BOOL:
		return n <= 1 ? (n != 0 ? "1" : "0") : NULL;
	case VALUE_TIME:
		return n <= (uint64_t)RECORD_TIME_MAX ? date_write(a, (int64_t)n) : NULL;
	case VALUE_WORD:
		return row_word(a, f, n);
	case VALUE_SECRET:
		return r->len == SECRET_LEN ? hex_of(a, r->val, r->len) : NULL;
	case VALUE_UUID:
		return r->len == ARCHIVE_ID_LEN ? archive_text(a, r->val) : NULL;
	default:
		return NULL;
	}
}

static void
add_bare(struct buf *b, const char *name, const char *value)
{
	buf_addc(b, ' ');
	buf_adds(b, name);
	buf_addc(b, '=');
	buf_adds(b, value);
}

static void
add_string(struct buf *b, const char *name, const char *s, size_t n)
{
	buf_addc(b, ' ');
	buf_adds(b, name);
	buf_addc(b, '=');
	export_string(b, s, n);
}

/* What cannot be shown as what it is meant to be is shown as its bytes, which are not read again. */
static void
add_field(struct arena *a, struct record_reader *reader, struct buf *b, const struct row *f,
    const struct rec *r, const char **why)
{
	const char *value, *wrong = NULL;

	if (row_is_string(f)) {
		wrong = row_check(a, reader, f, rec_str(a, r), r->len);
		add_string(b, f->name, (const char *)r->val, r->len);
	} else {
		value = bare_value(a, f, r);
		if (value == NULL)
			wrong = "not what it should be";
		add_bare(b, f->name, value != NULL ? value : hex_of(a, r->val, r->len));
	}
	if (wrong != NULL)
		*why = arena_fmt(a, "field %s: %s", f->name, wrong);
}

static bool
add_key(struct arena *a, struct buf *b, enum line line, struct bytes tail)
{
	const uint8_t *p = tail.p;

	switch (line_kinds[line].key) {
	case KEY_UUID:
		if (tail.n != ARCHIVE_ID_LEN)
			return false;
		add_bare(b, "id", archive_text(a, p));
		return true;
	case KEY_TAIL:
		if (tail.n == 1 + SHA256_LEN && p[0] == 0xff)
			add_bare(b, "sha256", hex_of(a, p + 1, SHA256_LEN));
		else
			add_string(b, "jid", tail.p, tail.n);
		return true;
	default:
		return true;
	}
}

bool
record_write(struct arena *a, struct record_reader *reader, struct buf *b, enum line line,
    struct bytes tail, struct bytes val, const char **why)
{
	const size_t from = b->len;
	const struct row *f;
	struct rec r;

	buf_adds(b, line_kinds[line].name);
	*why = NULL;
	if (!add_key(a, b, line, tail)) {
		*why = "its key is none";
		b->len = from;
		return false;
	}
	rec_init(&r, val.p, val.n);
	while (rec_next(&r)) {
		f = row_of_tag(line_kinds[line].table, r.tag);
		if (row_is_unknown(line, r.tag))
			add_bare(b, arena_fmt(a, "tag%u", r.tag), hex_of(a, r.val, r.len));
		else if (f != NULL && f->line == line && f->type != VALUE_DERIVED)
			add_field(a, reader, b, f, &r, why);
	}
	if (r.p == NULL) {
		*why = "the record is broken";
		b->len = from;
		return false;
	}
	buf_addc(b, '\n');
	return true;
}

bool
record_has(enum line line, struct bytes val)
{
	const struct row *f;
	struct rec r;

	rec_init(&r, val.p, val.n);
	while (rec_next(&r)) {
		f = row_of_tag(line_kinds[line].table, r.tag);
		if (f != NULL && f->line == line)
			return true;
	}
	return false;
}

const char *
record_lacks(struct arena *a, enum line line, struct bytes val)
{
	struct rec r;

	for (const struct row *f = NULL; (f = row_next(f)) != NULL;)
		if (f->line == line && f->must && !record_find(line, f->name, val, &r))
			return arena_fmt(a, "field %s: missing", f->name);
	return NULL;
}

bool
record_find(enum line line, const char *name, struct bytes val, struct rec *r)
{
	const struct row *f = row_of_name(line, name);

	rec_init(r, val.p, val.n);
	while (rec_next(r))
		if (r->tag == f->tag)
			return true;
	return false;
}

void
record_put(struct buf *b, enum line line, const char *name, const void *p, size_t n)
{
	rec_put(b, row_of_name(line, name)->tag, p, n);
}

void
record_put_u64(struct buf *b, enum line line, const char *name, uint64_t v)
{
	rec_put_u64(b, row_of_name(line, name)->tag, v);
}

/* -- reading -- */

static const struct line_field *
word_named(const struct line_fields *w, const char *name)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->v[i].name != NULL && strcmp(w->v[i].name, name) == 0)
			return &w->v[i];
	return NULL;
}

/* Hexadecimal digits, two for each byte; NULL: they are none. */
static uint8_t *
bytes_of(struct arena *a, const char *hex, size_t *n)
{
	size_t len = strlen(hex);
	uint8_t *p = arena_alloc(a, len / 2 + 1);

	for (size_t i = 0; i < len; i++) {
		const int digit = hex_digit(hex[i]);

		if (digit < 0)
			return NULL;
		p[i / 2] = (uint8_t)(p[i / 2] << 4 | digit);
	}
	*n = len / 2;
	return len % 2 == 0 ? p : NULL;
}

/* The address of the room, or of somebody in it, where that may be another one now. */
static const char *
moved(struct arena *a, const struct record_reader *r, const char *jid)
{
	if (r->room_was == NULL || !jid_is_of(jid, r->room_was))
		return jid;
	return arena_cat(a, r->room_is, jid + strlen(r->room_was), NULL);
}

static const char *
take_string(struct arena *a, struct record_reader *r, const struct row *f,
    const struct line_field *w, struct buf *out)
{
	const char *wrong = row_check(a, r, f, w->value, w->len);

	if (wrong != NULL)
		return wrong;
	rec_put_str(out, f->tag, f->type == VALUE_SHOWN ? moved(a, r, w->value) : w->value);
	return NULL;
}

static const char *
take_bare(struct arena *a, const struct row *f, const char *value, struct buf *out)
{
	uint8_t id[ARCHIVE_ID_LEN], *p;
	uint64_t n = 0;
	int64_t ms;
	size_t len;

	switch (f->type) {
	case VALUE_BOOL:
		if ((*value != '0' && *value != '1') || value[1] != '\0')
			return "neither 0 nor 1";
		n = *value == '1';
		break;
	case VALUE_TIME:
		if (!date_read(value, &ms) || ms < 0 || ms > RECORD_TIME_MAX)
			return "not a date";
		n = (uint64_t)ms;
		break;
	case VALUE_WORD:
		if (!row_number(f, value, &n))
			return arena_fmt(a, "none of: %s", f->words);
		break;
	case VALUE_SECRET:
		p = bytes_of(a, value, &len);
		if (p == NULL || len != SECRET_LEN)
			return "not 64 hexadecimal digits";
		rec_put(out, f->tag, p, len);
		return NULL;
	case VALUE_UUID:
		if (!archive_read_id(value, id))
			return "not an id";
		rec_put(out, f->tag, id, sizeof(id));
		return NULL;
	default:
		break;
	}
	rec_put_u64(out, f->tag, n);
	return NULL;
}

/* What no row knows: tagN. False: it is no such field. */
static bool
take_unknown(struct arena *a, enum line line, const struct line_field *w, struct buf *out)
{
	unsigned long tag;
	uint8_t *p;
	size_t n;
	char *end;

	if (w->quoted || strncmp(w->name, "tag", 3) != 0 || w->name[3] < '1' || w->name[3] > '9')
		return false;
	tag = strtoul(w->name + 3, &end, 10);
	if (*end != '\0' || tag > UINT8_MAX || !row_is_unknown(line, (uint8_t)tag))
		return false;
	p = bytes_of(a, w->value, &n);
	if (p != NULL)
		rec_put(out, (uint8_t)tag, p, n);
	return p != NULL;
}

/* Is it a part of the key that no field has? *wrong is what is wrong with it. */
static bool
take_key(struct arena *a, enum line line, const struct line_field *w, struct record *out,
    const char **wrong)
{
	static const struct row jid = { .type = VALUE_BARE };
	const enum line_key key = line_kinds[line].key;
	size_t n;

	if (key == KEY_UUID && strcmp(w->name, "id") == 0) {
		/* All that is said later has a later time, which must be one. */
		if (w->quoted || !archive_read_id(w->value, out->id) ||
		    archive_ms(out->id) > RECORD_TIME_MAX)
			*wrong = "not an id";
		return true;
	}
	if (key == KEY_TAIL && strcmp(w->name, "jid") == 0) {
		*wrong = w->quoted ? row_check(a, NULL, &jid, w->value, w->len) : "not in quotes";
		out->jid = w->value;
		return true;
	}
	if (key == KEY_TAIL && strcmp(w->name, "sha256") == 0) {
		out->digest = bytes_of(a, w->value, &n);
		if (w->quoted || out->digest == NULL || n != SHA256_LEN)
			*wrong = "not 64 hexadecimal digits";
		return true;
	}
	return false;
}

static const char *
take_word(struct arena *a, struct record_reader *r, enum line line, const struct line_field *w,
    struct record *out)
{
	const struct row *f;
	const char *wrong = NULL;

	if (w->name == NULL)
		return arena_fmt(a, "\"%.64s\" is no field", w->value);
	if (take_key(a, line, w, out, &wrong))
		return wrong != NULL ? arena_fmt(a, "field %s: %s", w->name, wrong) : NULL;
	f = row_of_name(line, w->name);
	if (f == NULL || f->type == VALUE_DERIVED)
		return take_unknown(a, line, w, &out->val)
			   ? NULL
			   : arena_fmt(a, "field %.64s: there is none of that name", w->name);
	if (row_is_string(f) != w->quoted)
		wrong = w->quoted ? "not without quotes" : "not in quotes";
	else if (w->quoted)
		wrong = take_string(a, r, f, w, &out->val);
	else
		wrong = take_bare(a, f, w->value, &out->val);
	return wrong != NULL ? arena_fmt(a, "field %s: %s", f->name, wrong) : NULL;
}

/* What has to be there; and the parts of the key that are fields. */
static const char *
take_rest(struct arena *a, enum line line, const struct line_fields *w, struct record *out)
{
	const enum line_key key = line_kinds[line].key;

	for (const struct row *f = NULL; (f = row_next(f)) != NULL;)
		if (f->line == line && f->must && word_named(w, f->name) == NULL)
			return arena_fmt(a, "field %s: missing", f->name);
	if (key == KEY_UUID && word_named(w, "id") == NULL)
		return "field id: missing";
	if (key == KEY_TAIL && (out->jid == NULL) == (out->digest == NULL))
		return "field jid: missing";
	if (key == KEY_JID)
		out->jid = word_named(w, "jid")->value;
	if (key == KEY_INVITE) {
		out->invitee = word_named(w, "invitee")->value;
		out->inviter = word_named(w, "inviter")->value;
	}
	return NULL;
}

const char *
record_read(struct arena *a, struct record_reader *r, enum line line, const struct line_fields *w,
    struct record *out)
{
	const char *wrong;

	for (size_t i = 0; i < w->n; i++) {
		wrong = take_word(a, r, line, &w->v[i], out);
		if (wrong != NULL)
			return wrong;
	}
	return take_rest(a, line, w, out);
}

static struct bytes
tail_key(struct arena *a, uint64_t id, const void *tail, size_t n)
{
	uint8_t *k = arena_alloc(a, 8 + n);

	id_bytes(id, k);
	memcpy(k + 8, tail, n);
	return (struct bytes){ k, 8 + n };
}

struct bytes
record_key(struct arena *a, uint64_t id, enum line line, const struct record *r)
{
	uint8_t tail[1 + SHA256_LEN];

	switch (line_kinds[line].key) {
	case KEY_UUID:
		return tail_key(a, id, r->id, sizeof(r->id));
	case KEY_INVITE:
		return invitation_key(a, id, r->invitee, r->inviter);
	case KEY_TAIL:
		if (r->digest == NULL)
			break;
		tail[0] = 0xff; /* as in store_key() */
		memcpy(tail + 1, r->digest, SHA256_LEN);
		return tail_key(a, id, tail, sizeof(tail));
	case KEY_ROOM:
		return tail_key(a, id, "", 0);
	default:
		break;
	}
	return store_key(a, id, r->jid);
}
