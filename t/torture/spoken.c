/* SPDX-License-Identifier: ISC */
/*
 * spoken.c - what mucd was asked and what it has told
 */
#include "spoken.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/xml.h"
#include "base/xml_cut.h"
#include "base/xml_parse.h"
#include "room/fence.h"

#define STANZA_BYTES ((size_t)64 << 20)

/* One direction of a connection. */
struct side {
	struct xml_cut cut;
	struct xml_parser *parser;
	struct buf open; /* the piece that has not ended */
};

struct awaited {
	struct reg *reg;
	size_t value;
};

void
spoken_init(struct spoken *s)
{
	*s = (struct spoken){ .keep = arena_new(), .arena = arena_new() };
}

void
spoken_release(struct spoken *s)
{
	uint32_t i = 0;
	struct side *side;
	struct reg *r;

	while ((side = map_each(&s->sides, &i)) != NULL) {
		xml_parser_free(side->parser);
		buf_release(&side->open);
	}
	for (i = 0; (r = map_each(&s->registers, &i)) != NULL; free(r->told_at))
		free(r->values);
	map_release(&s->sides);
	map_release(&s->registers);
	map_release(&s->asks);
	map_release(&s->said);
	map_release(&s->fences);
	map_release(&s->heard);
	arena_free(s->keep);
	arena_free(s->arena);
}

static void *
keep(struct spoken *s, size_t n)
{
	return memset(arena_alloc(s->keep, n), 0, n);
}

static const char *
key_of(const struct spoken *s, const char *kind, const char *room, const char *jid)
{
	const char *bare = arena_strndup(s->arena, room, strcspn(room, "/"));

	return jid != NULL ? arena_cat(s->arena, kind, bare, " ", jid, NULL)
			   : arena_cat(s->arena, kind, bare, NULL);
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* -- registers -- */

static struct reg *
reg_of(struct spoken *s, const char *key)
{
	struct reg *r = map_get(&s->registers, key);

	if (r != NULL)
		return r;
	r = keep(s, sizeof(*r));
	r->key = arena_strdup(s->keep, key);
	map_put(&s->registers, r->key, r);
	return r;
}

/* Returns which value it is. */
static size_t
ask(struct spoken *s, struct reg *r, const char *value)
{
	if (r->n == r->cap) {
		r->cap = r->cap > 0 ? 2 * r->cap : 4;
		r->values = mem_realloc(r->values, r->cap * sizeof(*r->values));
		r->told_at = mem_realloc(r->told_at, r->cap * sizeof(*r->told_at));
	}
	r->values[r->n] = value != NULL ? arena_strdup(s->keep, value) : NULL;
	r->told_at[r->n] = UINT64_MAX;
	return r->n++;
}

static void
acknowledge(const struct spoken *s, struct reg *r, size_t value)
{
	if (r->told_at[value] == UINT64_MAX)
		r->told_at[value] = s->nstanzas;
	if (value + 1 > r->acked)
		r->acked = value + 1;
}

static void
ask_by_iq(struct spoken *s, const char *id, const char *key, const char *value)
{
	struct awaited *a = keep(s, sizeof(*a));

	a->reg = reg_of(s, key);
	a->value = ask(s, a->reg, value);
	map_put(&s->asks, arena_strdup(s->keep, id), a);
}

/* -- what was asked -- */

static void
asked_presence(struct spoken *s, const struct xml *x, const char *from, const char *to)
{
	const char *type = xml_get(x, "type");

	if (type == NULL && xml_child(x, NS_MUC, "x") != NULL)
		ask(s, reg_of(s, key_of(s, "in ", to, from)), "in");
	if (same(type, "unavailable"))
		ask(s, reg_of(s, key_of(s, "in ", to, from)), NULL);
}

static void
asked_affiliation(struct spoken *s, const struct xml *item, const char *id, const char *room)
{
	const char *affiliation = xml_get(item, "affiliation"), *value;

	value = arena_cat(
	    s->arena, affiliation, "/", xml_child_text(item, NS_MUC_ADMIN, "reason"), NULL);
	ask_by_iq(s, id, key_of(s, "affil ", room, xml_get(item, "jid")),
	    same(affiliation, "none") ? NULL : value);
}

static void
asked_iq(struct spoken *s, const struct xml *x, const char *room)
{
	const char *id = xml_get(x, "id");
	const struct xml *item, *query = xml_child(x, NS_MUC_OWNER, "query"), *field;

	item = xml_child(xml_child(x, NS_MUC_ADMIN, "query"), NS_MUC_ADMIN, "item");
	if (item != NULL)
		asked_affiliation(s, item, id, room);
	if (xml_child(query, NS_MUC_OWNER, "destroy") != NULL)
		ask_by_iq(s, id, key_of(s, "room ", room, NULL), NULL);
	field = xml_child(xml_child(query, NS_DATA, "x"), NS_DATA, "field");
	for (; field != NULL; field = xml_next(field, NS_DATA, "field"))
		if (same(xml_get(field, "var"), "muc#roomconfig_roomname"))
			ask_by_iq(s, id, key_of(s, "room ", room, NULL),
			    xml_child_text(field, NS_DATA, "value"));
}

static void
was_asked(struct spoken *s, const struct xml *x)
{
	const char *from = xml_get(x, "from"), *to = xml_get(x, "to");
	const uint64_t *at;

	if (from == NULL || to == NULL)
		return;
	if (xml_is(x, NS_STANZA, "presence"))
		asked_presence(s, x, from, to);
	if (!xml_is(x, NS_STANZA, "iq") || xml_get(x, "id") == NULL)
		return;
	if (same(xml_get(x, "type"), "set"))
		asked_iq(s, x, to);
	at = same(xml_get(x, "type"), "result") ? map_get(&s->fences, xml_get(x, "id")) : NULL;
	if (at != NULL && *at > s->ntaken)
		s->ntaken = *at;
}

/* -- what was told -- */

static bool
has_code(const struct xml *x, const char *code)
{
	const struct xml *status = xml_child(xml_child(x, NS_MUC_USER, "x"), NS_MUC_USER, "status");

	for (; status != NULL; status = xml_next(status, NS_MUC_USER, "status"))
		if (same(xml_get(status, "code"), code))
			return true;
	return false;
}

static void
listen(struct spoken *s, const struct xml *x, const char *what)
{
	const char *room = key_of(s, "", xml_get(x, "from"), NULL);

	if (s->listens)
		map_put(
		    &s->heard, arena_cat(s->keep, xml_get(x, "to"), " ", room, " ", what, NULL), s);
}

/* It acknowledges the first of what was asked for and not acknowledged that it may mean. */
static void
told_presence(struct spoken *s, const struct xml *x)
{
	const bool is_gone = same(xml_get(x, "type"), "unavailable");
	struct reg *r;

	if ((xml_get(x, "type") != NULL && !is_gone) || !has_code(x, "110") || has_code(x, "303"))
		return;
	if (!is_gone)
		listen(s, x, "in");
	r = reg_of(s, key_of(s, "in ", xml_get(x, "from"), xml_get(x, "to")));
	for (size_t i = r->acked; i < r->n; i++)
		if ((r->values[i] == NULL) == is_gone) {
			acknowledge(s, r, i);
			return;
		}
}

static void
told_message(struct spoken *s, const struct xml *x)
{
	const char *body = xml_child_text(x, NS_STANZA, "body"), *key;
	const struct xml *id = xml_child(x, NS_SID, "stanza-id");
	struct said *m;

	if (body == NULL || id == NULL || !same(xml_get(x, "type"), "groupchat"))
		return;
	listen(s, x, xml_get(id, "id"));
	key = key_of(s, "", xml_get(x, "from"), xml_get(id, "id"));
	if (map_get(&s->said, key) != NULL)
		return;
	m = keep(s, sizeof(*m));
	m->key = arena_strdup(s->keep, key);
	m->text = arena_strdup(s->keep, body);
	m->at = s->nstanzas;
	map_put(&s->said, m->key, m);
}

static void
told_iq(struct spoken *s, const struct xml *x)
{
	const char *id = xml_get(x, "id");
	const struct awaited *a;
	uint64_t *at;

	if (id == NULL || !same(xml_get(x, "type"), "result"))
		return;
	a = map_get(&s->asks, id);
	if (a != NULL)
		acknowledge(s, a->reg, a->value);
	if (strncmp(id, FENCE_ID, strlen(FENCE_ID)) != 0)
		return;
	at = keep(s, sizeof(*at));
	*at = s->nstanzas;
	map_put(&s->fences, arena_strdup(s->keep, id), at);
}

static void
was_told(struct spoken *s, const struct xml *x)
{
	if (xml_is(x, NS_STANZA, "presence"))
		told_presence(s, x);
	if (xml_is(x, NS_STANZA, "message"))
		told_message(s, x);
	if (xml_is(x, NS_STANZA, "iq"))
		told_iq(s, x);
	s->nstanzas++;
}

/* -- from bytes to stanzas -- */

static struct side *
side_of(struct spoken *s, uint64_t conn, char direction)
{
	const char *name = arena_fmt(s->keep, "%c%llu", direction, (unsigned long long)conn);
	struct side *side = map_get(&s->sides, name);

	if (side != NULL)
		return side;
	side = keep(s, sizeof(*side));
	xml_cut_init(&side->cut, STANZA_BYTES, 1000);
	map_put(&s->sides, name, side);
	return side;
}

static bool
feed(struct spoken *s, uint64_t conn, bool is_told, const char *p, size_t n)
{
	struct side *side = side_of(s, conn, is_told ? '>' : '<');
	const struct xml *x;
	enum cut cut;
	size_t used;

	for (; n > 0; p += used, n -= used) {
		cut = xml_cut(&side->cut, p, n, &used);
		buf_add(&side->open, p, used);
		if (cut == CUT_MORE)
			continue;
		if (cut == CUT_BAD || cut == CUT_LONG || cut == CUT_DEEP)
			return false;
		/* A socket's number is used again. */
		if (cut == CUT_CLOSE)
			xml_cut_init(&side->cut, STANZA_BYTES, 1000);
		if (cut == CUT_HEADER) {
			xml_parser_free(side->parser);
			side->parser = xml_parser_new(side->open.p, side->open.len);
		}
		if (cut == CUT_STANZA) {
			if (xml_parse(side->parser, s->arena, side->open.p, side->open.len, &x) !=
			    PARSE_OK)
				return false;
			(is_told ? was_told : was_asked)(s, x);
			arena_reset(s->arena);
		}
		side->open.len = 0;
	}
	return true;
}

bool
spoken_recv(struct spoken *s, uint64_t conn, const char *p, size_t n)
{
	return feed(s, conn, false, p, n);
}

bool
spoken_sent(struct spoken *s, uint64_t conn, const char *p, size_t n)
{
	return feed(s, conn, true, p, n);
}
