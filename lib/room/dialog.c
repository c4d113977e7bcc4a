/* SPDX-License-Identifier: ISC */
/*
 * dialog.c - commands that are under way; XEP-0050 3.3
 *
 * Table commands has each under a digest of its bare JID and its id. An id is random, and signed for whom
 * and what it was given: so one that has ended is told from one that never was (4.4), without a list.
 */
#include "dialog.h"

#include <string.h>

#include "../base/digest.h"
#include "../base/rec.h"
#include "sorted.h"

#define HEAD_BYTES   16 /* of a key: a digest of the bare JID */
#define RANDOM_BYTES 12
#define SIGN_BYTES   8

enum { /* tags of a record in table commands; never reused */
	DIALOG_UNTIL = 1,
	DIALOG_JID = 2,
	DIALOG_TO = 3,
	DIALOG_NODE = 4,
	DIALOG_LANG = 5,
	DIALOG_STAGE = 6,
	DIALOG_PAGE = 7,
	DIALOG_MORE = 8,
	DIALOG_GIVEN = 9, /* a field; its page and values follow */
	DIALOG_GIVEN_PAGE = 10,
	DIALOG_GIVEN_VALUE = 11,
};

static struct bytes
key_of(struct arena *a, const char *jid, const char *id)
{
	const size_t nbare = strcspn(jid, "/"), nid = strlen(id);
	uint8_t digest[SHA256_LEN], *k = arena_alloc(a, HEAD_BYTES + nid);

	digest_sha256(jid, nbare, digest);
	memcpy(k, digest, HEAD_BYTES);
	memcpy(k + HEAD_BYTES, id, nid);
	return (struct bytes){ k, HEAD_BYTES + nid };
}

/* -- ids -- */

static void
sign(struct service *s, const struct dialog *d, const char *random, char out[2 * SIGN_BYTES + 1])
{
	const char *text =
	    arena_cat(s->arena, random, "\n", d->jid, "\n", d->to, "\n", d->node, NULL);
	uint8_t mac[SHA256_LEN];

	digest_hmac_sha256(s->secret, sizeof(s->secret), text, strlen(text), mac);
	digest_hex(mac, SIGN_BYTES, out);
}

char *
dialog_id(struct service *s, const struct dialog *d)
{
	uint8_t r[RANDOM_BYTES];
	char random[2 * RANDOM_BYTES + 1], signature[2 * SIGN_BYTES + 1];

	s->host->random(s->host->arg, r, sizeof(r));
	digest_hex(r, sizeof(r), random);
	sign(s, d, random, signature);
	return arena_cat(s->arena, random, signature, NULL);
}

static bool
is_ours(struct service *s, const struct dialog *d, const char *id)
{
	const size_t n = 2 * RANDOM_BYTES;
	char signature[2 * SIGN_BYTES + 1];

	if (strlen(id) != n + 2 * SIGN_BYTES)
		return false;
	sign(s, d, arena_strndup(s->arena, id, n), signature);
	return equal_secret(id + n, signature);
}

/* -- records -- */

struct given *
dialog_given(const struct dialog *d, const char *var, unsigned page)
{
	for (struct given *g = d->given; g != NULL; g = g->next)
		if (g->page == page && strcmp(g->var, var) == 0)
			return g;
	return NULL;
}

void
dialog_give(struct arena *a, struct dialog *d, const char *var, unsigned page, const char **values,
    size_t nvalues)
{
	struct given *g = dialog_given(d, var, page), **end = &d->given;

	if (g == NULL) {
		while (*end != NULL)
			end = &(*end)->next;
		*end = g = arena_alloc(a, sizeof(*g));
		g->var = var;
		g->page = page;
	}
	g->values = values;
	g->nvalues = nvalues;
}

static void
add_value(struct arena *a, struct given *g, const char *value)
{
	const char **more;

	/* Grows by doubling, at powers of two. */
	if ((g->nvalues & (g->nvalues - 1)) == 0) {
		more = arena_alloc(a, (g->nvalues > 0 ? 2 * g->nvalues : 1) * sizeof(*more));
		if (g->nvalues > 0)
			memcpy(more, g->values, g->nvalues * sizeof(*more));
		g->values = more;
	}
	g->values[g->nvalues++] = value;
}

/* Until when it is there. Fills *d when it is wanted (not NULL). */
static int64_t
read_dialog(struct arena *a, struct bytes val, struct dialog *d)
{
	struct given *g = NULL, **end = d != NULL ? &d->given : NULL;
	int64_t until_ms = 0;
	struct rec r;

	rec_init(&r, val.p, val.n);
	while (rec_next(&r)) {
		if (r.tag == DIALOG_UNTIL)
			until_ms = (int64_t)rec_u64(&r);
		if (d == NULL)
			continue;
		if (r.tag == DIALOG_LANG && rec_u64(&r) < LANG_COUNT)
			d->lang = (enum lang)rec_u64(&r);
		else if (r.tag == DIALOG_STAGE)
			d->stage = (unsigned)rec_u64(&r);
		else if (r.tag == DIALOG_PAGE)
			d->page = (unsigned)rec_u64(&r);
		else if (r.tag == DIALOG_MORE)
			d->more = rec_u64(&r) != 0;
		else if (r.tag == DIALOG_GIVEN) {
			*end = g = arena_alloc(a, sizeof(*g));
			end = &g->next;
			g->var = rec_str(a, &r);
		} else if (r.tag == DIALOG_GIVEN_PAGE && g != NULL)
			g->page = (unsigned)rec_u64(&r);
		else if (r.tag == DIALOG_GIVEN_VALUE && g != NULL)
			add_value(a, g, rec_str(a, &r));
	}
	return until_ms;
}

/* The id is signed for jid, to and node: they need not be compared. */
enum dialog_found
dialog_get(struct service *s, struct dialog *d, const char *id)
{
	struct bytes val;

	if (!is_ours(s, d, id))
		return DIALOG_NEVER;
	d->id = id;
	if (s->store->get(s->store, TABLE_commands, key_of(s->arena, d->jid, id), &val) != STORE_OK)
		return DIALOG_OVER;
	return read_dialog(s->arena, val, d) > s->now.wall_ms ? DIALOG_FOUND : DIALOG_OVER;
}

bool
dialog_fits(const struct service *s, const struct dialog *d)
{
	size_t n = 0;

	for (const struct given *g = d->given; g != NULL; g = g->next) {
		n += strlen(g->var);
		for (size_t i = 0; i < g->nvalues; i++)
			n += strlen(g->values[i]);
	}
	return n <= (size_t)s->limits.command_bytes;
}

/* -- how many, and for how long -- */

/* Those of one user: how many, and the one that has waited longest. */
struct own {
	struct arena *a;
	int64_t n, first_ms;
	struct bytes first;
};

static int
own_visit(void *arg, struct bytes key, struct bytes val)
{
	struct own *o = arg;
	int64_t until_ms = read_dialog(o->a, val, NULL);

	if (o->n++ > 0 && until_ms >= o->first_ms)
		return 0;
	o->first_ms = until_ms;
	o->first = bytes_copy(o->a, key);
	return 0;
}

static struct own
own_dialogs(struct service *s, const char *jid)
{
	struct own o = { .a = s->arena };

	s->store->each(
	    s->store, TABLE_commands, key_of(s->arena, jid, ""), BYTES_NONE, own_visit, &o);
	return o;
}

bool
dialog_room(struct service *s, const char *bare)
{
	const int64_t most = service_admin(s, bare) ? 2 * s->limits.commands : s->limits.commands;

	return s->ndialogs < most || own_dialogs(s, bare).n >= s->limits.commands_per_user;
}

/* More than one goes where the limit was greater before. */
static void
make_room(struct service *s, const char *jid)
{
	for (;;) {
		struct own o = own_dialogs(s, jid);

		if (o.n < s->limits.commands_per_user)
			return;
		s->store->del(s->store, TABLE_commands, o.first);
		s->ndialogs--;
	}
}

void
dialog_put(struct service *s, const struct dialog *d)
{
	struct bytes key = key_of(s->arena, d->jid, d->id), val;
	int64_t until_ms = s->now.wall_ms + s->limits.command_s * 1000;
	struct buf b = BUF_INIT;

	rec_put_u64(&b, DIALOG_UNTIL, (uint64_t)until_ms);
	rec_put_str(&b, DIALOG_JID, d->jid);
	rec_put_str(&b, DIALOG_TO, d->to);
	rec_put_str(&b, DIALOG_NODE, d->node);
	rec_put_u64(&b, DIALOG_LANG, d->lang);
	rec_put_u64(&b, DIALOG_STAGE, d->stage);
	rec_put_u64(&b, DIALOG_PAGE, d->page);
	rec_put_u64(&b, DIALOG_MORE, d->more);
	for (const struct given *g = d->given; g != NULL; g = g->next) {
		rec_put_str(&b, DIALOG_GIVEN, g->var);
		rec_put_u64(&b, DIALOG_GIVEN_PAGE, g->page);
		for (size_t i = 0; i < g->nvalues; i++)
			rec_put_str(&b, DIALOG_GIVEN_VALUE, g->values[i]);
	}
	if (s->store->get(s->store, TABLE_commands, key, &val) != STORE_OK) {
		make_room(s, d->jid);
		s->ndialogs++;
	}
	s->store->put(s->store, TABLE_commands, key, (struct bytes){ b.p, b.len });
	if (until_ms < s->dialogs_until_ms)
		s->dialogs_until_ms = until_ms;
	buf_release(&b);
}

void
dialog_del(struct service *s, const struct dialog *d)
{
	struct bytes key = key_of(s->arena, d->jid, d->id), val;

	if (s->store->get(s->store, TABLE_commands, key, &val) != STORE_OK)
		return;
	s->store->del(s->store, TABLE_commands, key);
	sorted_forget(s, d->id);
	s->ndialogs--;
}

/* They are few: all are looked at. */
struct look {
	struct service *service;
	int64_t n, first_ms;
	struct ended {
		struct bytes key;
		struct ended *next;
	} * ended;
};

static int
look_visit(void *arg, struct bytes key, struct bytes val)
{
	struct look *l = arg;
	struct arena *a = l->service->arena;
	int64_t until_ms = read_dialog(a, val, NULL);
	struct ended *e;

	if (until_ms > l->service->now.wall_ms) {
		l->n++;
		if (until_ms < l->first_ms)
			l->first_ms = until_ms;
		return 0;
	}
	e = arena_alloc(a, sizeof(*e));
	e->key = bytes_copy(a, key);
	e->next = l->ended;
	l->ended = e;
	return 0;
}

void
dialogs_expire(struct service *s)
{
	struct look l = { .service = s, .first_ms = INT64_MAX };

	s->store->each(s->store, TABLE_commands, BYTES_NONE, BYTES_NONE, look_visit, &l);
	for (const struct ended *e = l.ended; e != NULL; e = e->next)
		s->store->del(s->store, TABLE_commands, e->key);
	if (l.n == 0)
		sorted_free(s);
	s->ndialogs = l.n;
	s->dialogs_until_ms = l.first_ms;
}

void
dialogs_load(struct service *s)
{
	struct look l = { .service = s, .first_ms = INT64_MAX };

	s->store->each(s->store, TABLE_commands, BYTES_NONE, BYTES_NONE, look_visit, &l);
	s->ndialogs = l.n;
	s->dialogs_until_ms = l.ended != NULL ? s->now.wall_ms : l.first_ms;
}

int64_t
dialogs_due(const struct service *s)
{
	return service_due(s, s->dialogs_until_ms);
}
