/* SPDX-License-Identifier: ISC */
/*
 * lookup_read.c - what a query of an archive asks for
 *
 * XEP-0313 4.1 (the form), 4.3 (pages), XEP-0431 (words). All that it asks for has to be so at once. A field
 * without a value asks for nothing, so that a form can be submitted as it came.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/date.h"
#include "../base/form.h"
#include "../base/rsm.h"
#include "../base/words.h"
#include "lookup.h"

enum {
	QUERYID_BYTES = 1024,
	WORDS_BYTES = 1024,
	WORDS_MOST = 16,
	FRAME_BYTES = 1024, /* the tags of a result */
};

/* A query while it is read. */
struct reader {
	struct room *room;
	struct arena *arena;
	struct lookup *l;
	struct archive_id *must; /* with room for all */
};

static void
narrow(struct archive_id *bound, struct archive_id to, bool is_low)
{
	int c = memcmp(to.b, bound->b, sizeof(to.b));

	if (is_low ? c > 0 : c < 0)
		*bound = to;
}

static struct archive_id
id_at(int64_t ms)
{
	struct archive_id id;

	archive_id_at(ms, id.b);
	return id;
}

/* An id that the archive must have. One that is not of our making it cannot have: ids are opaque. */
static bool
read_id(struct reader *r, const char *s, struct archive_id *id)
{
	struct lookup *l = r->l;

	if (!archive_read_id(s, id->b)) {
		l->must_not_be = true;
		return false;
	}
	r->must[l->nmust++] = *id;
	return true;
}

/* -- fields -- */

static enum lookup_read
read_with(struct reader *r, const struct xml *field)
{
	const struct service *s = r->room->service;
	struct lookup *l = r->l;
	struct jid j;

	if (!jid_prep(r->arena, form_value(field), &j))
		return LOOKUP_BAD_JID;
	if (service_domain(s, j.domain) < 0) {
		l->with = j.resource != NULL ? WITH_FULL : WITH_BARE;
		l->with_name = j.full;
	} else if (strcmp(j.bare, r->room->jid) != 0)
		l->with = WITH_NOBODY;
	else if (j.resource != NULL) {
		l->with = WITH_NICK;
		l->with_name = j.resource;
	}
	return LOOKUP_SOUND;
}

static enum lookup_read
read_start(struct reader *r, const struct xml *field)
{
	int64_t ms;

	if (!date_read_up(form_value(field), &ms))
		return LOOKUP_MALFORMED;
	narrow(&r->l->low, id_at(ms), true);
	return LOOKUP_SOUND;
}

static enum lookup_read
read_end(struct reader *r, const struct xml *field)
{
	int64_t ms;

	if (!date_read(form_value(field), &ms))
		return LOOKUP_MALFORMED;
	narrow(&r->l->high, id_at(ms + 1), false);
	return LOOKUP_SOUND;
}

static enum lookup_read
read_before_id(struct reader *r, const struct xml *field)
{
	struct archive_id id;

	if (read_id(r, form_value(field), &id))
		narrow(&r->l->high, id, false);
	return LOOKUP_SOUND;
}

static enum lookup_read
read_after_id(struct reader *r, const struct xml *field)
{
	struct archive_id id;

	if (read_id(r, form_value(field), &id))
		narrow(&r->l->low, id, true);
	return LOOKUP_SOUND;
}

static int
id_order(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct archive_id));
}

static enum lookup_read
read_ids(struct reader *r, const struct xml *field)
{
	struct lookup *l = r->l;
	const struct xml *v = NULL;
	struct archive_id *ids;
	size_t n = 0, kept = 0;

	while ((v = form_next_value(field, v)) != NULL)
		n++;
	if (n > (size_t)r->room->service->limits.items_per_request)
		return LOOKUP_TOO_MUCH;
	ids = arena_alloc(r->arena, (n + 1) * sizeof(*ids));
	for (n = 0, v = form_next_value(field, NULL); v != NULL; v = form_next_value(field, v))
		n += read_id(r, xml_text(v), &ids[n]);
	qsort(ids, n, sizeof(*ids), id_order);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || id_order(&ids[kept - 1], &ids[i]) != 0)
			ids[kept++] = ids[i];
	l->id_v = ids;
	l->nids = kept;
	return LOOKUP_SOUND;
}

static enum lookup_read
read_words(struct reader *r, const struct xml *field)
{
	const char *s = form_value(field);

	if (strlen(s) > WORDS_BYTES)
		return LOOKUP_TOO_MUCH;
	r->l->words = words_read(r->arena, s);
	return r->l->words != NULL && words_count(r->l->words) > WORDS_MOST ? LOOKUP_TOO_MUCH
									    : LOOKUP_SOUND;
}

static const struct field {
	const char *var, *type, *label;
	enum lookup_read (*read)(struct reader *, const struct xml *field);
} fields[] = {
	{ "with", "jid-single", SAID("Said by this address"), read_with },
	{ "start", "text-single", SAID("Not before this time"), read_start },
	{ "end", "text-single", SAID("Not after this time"), read_end },
	{ "before-id", "text-single", SAID("Before the message with this id"), read_before_id },
	{ "after-id", "text-single", SAID("After the message with this id"), read_after_id },
	{ "ids", "list-multi", SAID("Only the messages with these ids"), read_ids },
	{ "{urn:xmpp:fulltext:0}fulltext", "text-single", SAID("With these words"), read_words },
};

#define NFIELDS (sizeof(fields) / sizeof(fields[0]))

void
lookup_add_form(struct arena *a, struct xml *up, enum lang lang)
{
	struct xml *form = form_add(a, up, "form", NS_MAM), *x;

	for (const struct field *f = fields; f < fields + NFIELDS; f++) {
		x = form_add_field(a, form, f->type, f->var, text_in(lang, f->label), NULL);
		/* 4.1.5: ids are not proposed, all may be given. */
		if (f->read == read_ids)
			form_add_validate(a, x, "xs:string", "open");
	}
}

/* -- the query -- */

static bool
is_blank(const struct xml *field)
{
	const char *value = form_value(field);

	return value == NULL || (*value == '\0' && !form_is_multi(field));
}

static enum lookup_read
read_field(struct reader *r, const struct xml *x, const struct xml *field)
{
	const char *var = xml_get(field, "var");
	const struct field *f = fields;

	if (var == NULL || form_field(x, var) != field)
		return LOOKUP_MALFORMED;
	if (strcmp(var, "FORM_TYPE") == 0)
		return LOOKUP_SOUND;
	while (f < fields + NFIELDS && strcmp(f->var, var) != 0)
		f++;
	if (f == fields + NFIELDS)
		return LOOKUP_NO_FIELD;
	if (f->read != read_ids && form_is_multi(field))
		return LOOKUP_MALFORMED;
	return is_blank(field) ? LOOKUP_SOUND : f->read(r, field);
}

static enum lookup_read
read_form(struct reader *r, const struct xml *x)
{
	const char *type = xml_get(x, "type");
	const struct xml *field;
	enum lookup_read result;

	if (type == NULL || strcmp(type, "submit") != 0 || !form_type_is(x, NS_MAM))
		return LOOKUP_MALFORMED;
	for (field = xml_child(x, NS_DATA, "field"); field != NULL;
	     field = xml_next(field, NS_DATA, "field")) {
		result = read_field(r, x, field);
		if (result != LOOKUP_SOUND)
			return result;
	}
	return LOOKUP_SOUND;
}

/* 4.3.2: after and before together mean nothing. Of indexes only the first is known: XEP-0059 2.6. */
static enum lookup_read
read_page(struct reader *r, const struct xml *query)
{
	struct lookup *l = r->l;
	struct archive_id id;
	struct rsm rsm;

	if (!rsm_read(query, &rsm) || (rsm.after != NULL) + (rsm.before != NULL) + rsm.by_index > 1)
		return LOOKUP_MALFORMED;
	if (rsm.by_index && rsm.index > 0)
		return LOOKUP_NO_FIELD;
	if (rsm.max < l->max)
		l->max = rsm.max;
	l->counts = l->max == 0;
	l->back = rsm.before != NULL;
	l->part = rsm.after != NULL || (rsm.before != NULL && *rsm.before != '\0');
	if (!l->part)
		return LOOKUP_SOUND;
	if (!read_id(r, l->back ? rsm.before : rsm.after, &id))
		return LOOKUP_SOUND;
	/* What is counted is not only what is left: XEP-0059 2.7. */
	if (!l->counts)
		narrow(l->back ? &l->high : &l->low, id, !l->back);
	return LOOKUP_SOUND;
}

/* How many ids a query can name at most. */
static size_t
ids_most(const struct xml *form)
{
	const struct xml *field = form_field(form, "ids"), *v = NULL;
	size_t n = 3; /* before-id, after-id, one of a page */

	while ((v = form_next_value(field, v)) != NULL)
		n++;
	return n;
}

enum lookup_read
lookup_read(struct room *room, const struct xml *query, struct lookup *l)
{
	const struct service *s = room->service;
	const struct xml *form = xml_child(query, NS_DATA, "x");
	struct reader r = { .room = room, .arena = s->arena, .l = l };
	enum lookup_read result;

	l->room_id = room->id;
	l->domain_no = room->domain_no;
	memset(&l->low, 0, sizeof(l->low));
	memset(&l->high, 0xff, sizeof(l->high));
	l->queryid = xml_get(query, "queryid");
	if (l->queryid != NULL && strlen(l->queryid) > QUERYID_BYTES)
		return LOOKUP_TOO_MUCH;
	l->flip = xml_child(query, NS_MAM, "flip-page") != NULL;
	l->max = (uint64_t)s->limits.archive_page;
	l->max_bytes = (size_t)s->limits.archive_page_bytes;
	l->frame_bytes =
	    FRAME_BYTES + 3 * strlen(room->jid) + 6 * (l->queryid != NULL ? strlen(l->queryid) : 0);
	l->must = r.must = arena_alloc(s->arena, ids_most(form) * sizeof(*r.must));
	result = form != NULL ? read_form(&r, form) : LOOKUP_SOUND;
	if (result == LOOKUP_SOUND)
		result = read_page(&r, query);
	l->found = arena_alloc(s->arena, (size_t)(l->max + 1) * sizeof(*l->found));
	return result;
}
