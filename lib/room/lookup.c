/* SPDX-License-Identifier: ISC */
/*
 * lookup.c - a query of a room's archive, and how far it has come
 */
#include "lookup.h"

#include <stdlib.h>
#include <string.h>

#include "../base/mem.h"
#include "../base/utf8.h"
#include "../base/words.h"
#include "../base/xml_scan.h"

enum {
	STEP = 1000,		/* entries of one step */
	TEXT_BYTES = 64,	/* of text that is searched are as much work as an entry */
	SCAN_BYTES = 512,	/* so are these, of which the text is taken */
	SLOW_ENTRIES = 2,	/* are each byte that is hard to fold */
	SEARCHED_BYTES = 16384, /* of each entry's text */
	AHEAD = 1000,		/* entries to find out whether a full page is the last one */
};

enum { /* of visit() */
	ENDS = 1,
	PAUSES = 2,
};

struct step {
	struct room *room;
	struct lookup *l;
	struct buf scratch; /* the text of an entry */
	unsigned nvisited;
	size_t used; /* of the arena, when it began */
};

static int
id_cmp(const struct archive_id *a, const struct archive_id *b)
{
	return memcmp(a->b, b->b, sizeof(a->b));
}

static bool
is_by(const struct lookup *l, const struct entry *e)
{
	if (l->with == WITH_NICK)
		return e->nick != NULL && strcmp(e->nick, l->with_name) == 0;
	if (e->jid == NULL)
		return false;
	return l->with == WITH_BARE ? jid_is_of(e->jid, l->with_name)
				    : strcmp(e->jid, l->with_name) == 0;
}

/* All bodies, in whatever language: RFC 6121 5.2.3. */
static bool
has_words(struct step *st, const struct entry *e)
{
	const char *at = e->payload, *end = e->payload + e->payload_len;
	struct xml_piece x;
	size_t nslow;
	bool found;

	st->scratch.len = 0;
	while (xml_scan(&at, end, &x))
		if (xml_piece_is(&x, "body")) {
			xml_scan_text(&st->scratch, &x);
			buf_addc(&st->scratch, ' ');
		}
	found = words_in(st->l->words, st->scratch.p,
	    utf8_cut(st->scratch.p, st->scratch.len, SEARCHED_BYTES), &nslow);
	st->nvisited += (unsigned)(e->payload_len / SCAN_BYTES + st->scratch.len / TEXT_BYTES +
				   nslow * SLOW_ENTRIES);
	return found;
}

static bool
suits(struct step *st, const struct entry *e)
{
	const struct lookup *l = st->l;

	if (l->with != WITH_ANYBODY && !is_by(l, e))
		return false;
	return l->words == NULL || has_words(st, e);
}

/* What it is as a stanza, at most; `>` and `'` need no more than six bytes. */
static size_t
told_bytes(const struct lookup *l, const struct entry *e)
{
	size_t n = strlen(e->msg_id) + (e->nick != NULL ? strlen(e->nick) : 0) +
		   (e->lang != NULL ? strlen(e->lang) : 0) + (e->jid != NULL ? strlen(e->jid) : 0);

	return l->frame_bytes + e->payload_len + 6 * n;
}

/* False: the page is full. A single entry always fits. */
static bool
take(struct lookup *l, const struct entry *e)
{
	size_t bytes;

	if (l->counts) {
		l->n++;
		return true;
	}
	bytes = told_bytes(l, e);
	if (l->n == l->max || (l->n > 0 && l->bytes + bytes > l->max_bytes))
		return false;
	memcpy(l->found[l->n++].b, e->id, ARCHIVE_ID_LEN);
	l->bytes += bytes;
	return true;
}

static int
visit(void *arg, const struct entry *e)
{
	struct step *st = arg;
	struct lookup *l = st->l;

	if (memcmp(e->id, l->low.b, ARCHIVE_ID_LEN) <= 0 ||
	    memcmp(e->id, l->high.b, ARCHIVE_ID_LEN) >= 0)
		return ENDS;
	memcpy(l->back ? l->high.b : l->low.b, e->id, ARCHIVE_ID_LEN);
	st->nvisited++;
	l->more = suits(st, e) && !take(l, e);
	if (!l->more && !l->counts && l->n == l->max)
		l->more = l->ahead++ == AHEAD;
	if (l->more)
		return ENDS;
	return st->nvisited >= STEP ||
		       arena_used(st->room->service->arena) - st->used > ARCHIVE_WALK_BYTES
		   ? PAUSES
		   : 0;
}

/* The ids that are asked for, instead of all. */
static int
visit_ids(struct step *st)
{
	const struct lookup *l = st->l;
	struct entry e;
	int result = 0;

	for (size_t i = 0; i < l->nids && result == 0; i++) {
		const struct archive_id *id = &l->id_v[l->back ? l->nids - 1 - i : i];

		if (id_cmp(id, &l->low) > 0 && id_cmp(id, &l->high) < 0 &&
		    archive_get(st->room, id->b, &e))
			result = visit(st, &e);
	}
	return result;
}

/*
 * What was found in earlier steps may have gone, the oldest first (XEP-0313 3.2): a page that began or ended
 * with it would have no next one. False: nothing is left of it, and there may be more behind it.
 */
static bool
drop_gone(struct room *r, struct lookup *l)
{
	struct archive_id last;
	struct entry e;
	uint64_t n = 0;

	if (!l->waits || l->counts || l->n == 0)
		return true;
	last = l->found[l->n - 1];
	for (uint64_t i = 0; i < l->n; i++)
		if (archive_get(r, l->found[i].b, &e))
			l->found[n++] = l->found[i];
	l->n = n;
	if (n > 0 || !l->more)
		return true;
	l->more = false;
	l->bytes = l->ahead = 0;
	/* Backwards all before it has gone, too. */
	l->low = l->back ? l->low : last;
	return l->back;
}

bool
lookup_step(struct room *r, struct lookup *l, unsigned *nvisited)
{
	struct step st = { .room = r, .l = l, .scratch = BUF_INIT };
	int result;

	st.used = arena_used(r->service->arena);
	if (l->with == WITH_NOBODY)
		result = 0;
	else if (l->id_v != NULL)
		result = visit_ids(&st);
	else if (l->back)
		result = archive_each_back(r, l->high.b, visit, &st);
	else
		result = archive_each(r, l->low.b, visit, &st);
	buf_release(&st.scratch);
	*nvisited = st.nvisited;
	return result != PAUSES && drop_gone(r, l);
}

bool
lookup_has_all(struct room *r, const struct lookup *l)
{
	struct entry e;

	for (size_t i = 0; i < l->nmust; i++)
		if (!archive_get(r, l->must[i].b, &e))
			return false;
	return !l->must_not_be;
}

/* -- those that wait -- */

static const char *
copy(const char *s)
{
	return s != NULL ? mem_strdup(s) : NULL;
}

static struct archive_id *
copy_ids(const struct archive_id *ids, size_t n, size_t cap)
{
	struct archive_id *out;

	if (ids == NULL)
		return NULL;
	out = mem_alloc((cap + 1) * sizeof(*out));
	memcpy(out, ids, n * sizeof(*out));
	return out;
}

/* What the archive must have has been asked for by then. */
static struct lookup *
keep(const struct lookup *l)
{
	struct lookup *k = mem_alloc(sizeof(*k));

	*k = *l;
	k->from = copy(l->from);
	k->to = copy(l->to);
	k->id = copy(l->id);
	k->queryid = copy(l->queryid);
	k->with_name = copy(l->with_name);
	k->words = copy(l->words);
	k->id_v = copy_ids(l->id_v, l->nids, l->nids);
	k->must = NULL;
	k->nmust = 0;
	k->found = l->counts ? NULL : copy_ids(l->found, (size_t)l->n, (size_t)l->max);
	k->waits = true;
	return k;
}

struct lookup *
lookup_wait(struct service *s, struct lookup *l)
{
	if (l->waits)
		TAILQ_REMOVE(&s->lookups, l, entry);
	else {
		l = keep(l);
		s->nlookups++;
	}
	TAILQ_INSERT_TAIL(&s->lookups, l, entry);
	return l;
}

unsigned
lookup_waiting(const struct service *s, const char *bare)
{
	const struct lookup *l;
	unsigned n = 0;

	TAILQ_FOREACH (l, &s->lookups, entry)
		n += jid_is_of(l->from, bare);
	return n;
}

static void
forget(const void *p)
{
	free((void *)(uintptr_t)p);
}

void
lookup_free(struct service *s, struct lookup *l)
{
	TAILQ_REMOVE(&s->lookups, l, entry);
	s->nlookups--;
	forget(l->from);
	forget(l->to);
	forget(l->id);
	forget(l->queryid);
	forget(l->with_name);
	forget(l->words);
	forget(l->id_v);
	free(l->found);
	free(l);
}

void
lookups_free(struct service *s)
{
	while (!TAILQ_EMPTY(&s->lookups))
		lookup_free(s, TAILQ_FIRST(&s->lookups));
}
