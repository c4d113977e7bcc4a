/* SPDX-License-Identifier: ISC */
/*
 * cost.c - plays the cases, counts bytes, and says where callgrind is to count
 *
 * usage: cost [CASE...]
 *
 * For each case and size a line: name, n, instructions' bound, bytes at the peak, in the end, what they may be;
 * t/cost.t reads them. Under callgrind each leaves a dump, whose trigger names it.
 */
#include "cost.h"

#include <malloc.h>
#include <valgrind/callgrind.h>

#include "base/xml_cut.h"

/* -- bytes on the heap -- */

static size_t live, peak;

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void __libc_free(void *);

static void *
had(void *p)
{
	if (p != NULL)
		live += malloc_usable_size(p);
	if (live > peak)
		peak = live;
	return p;
}

void *
malloc(size_t n)
{
	return had(__libc_malloc(n));
}

void *
calloc(size_t n, size_t m)
{
	return had(__libc_calloc(n, m));
}

void *
realloc(void *p, size_t n)
{
	size_t was = p != NULL ? malloc_usable_size(p) : 0;
	void *new = __libc_realloc(p, n);

	if (new != NULL || n == 0)
		live -= was;
	return had(new);
}

void
free(void *p)
{
	if (p != NULL)
		live -= malloc_usable_size(p);
	__libc_free(p);
}

/* -- what cases are made with -- */

static void
vadd(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	buf_reserve(b, (size_t)n + 1);
	vsnprintf(b->p + b->len, (size_t)n + 1, fmt, again);
	b->len += (size_t)n + 1;
	va_end(again);
}

void
add(struct world *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vadd(&w->todo, fmt, ap);
	va_end(ap);
}

void
put(struct world *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vadd(&w->todo, fmt, ap);
	va_end(ap);
	w->todo.len--;
}

static void
count(struct world *w, const char *p, size_t n)
{
	const size_t len = w->piece != NULL ? strlen(w->piece) : 0;

	w->told += n;
	if (len == 0)
		return;
	for (const char *end = p + n; (p = memmem(p, (size_t)(end - p), w->piece, len)) != NULL;
	     p++)
		w->found++;
}

static void
take(struct world *w)
{
	static char piece[1 << 20];
	size_t n;

	while (muc_commit(w->t.muc) != MUC_COMMITTED)
		continue;
	while ((n = muc_drain(w->t.muc, 0, piece, sizeof(piece))) > 0)
		count(w, piece, n);
}

static void
turns(struct world *w)
{
	take(w);
	while (muc_deadline(w->t.muc) <= w->t.now.mono_ms) {
		muc_tick(w->t.muc, w->t.now);
		take(w);
	}
}

/* As a link does: what the cutter finds is handled, or refused by its head. */
static void
send_one(struct world *w, const char *p, size_t n)
{
	struct xml_cut cut;
	size_t used;
	enum cut what;

	xml_cut_init(
	    &cut, (size_t)w->t.conf.limits.stanza_bytes, (unsigned)w->t.conf.limits.stanza_depth);
	xml_cut(&cut, HEADER, strlen(HEADER), &used);
	what = xml_cut(&cut, p, n, &used);
	if (what == CUT_STANZA)
		muc_input(w->t.muc, w->t.stream, p, n, w->t.now);
	turns(w);
}

void
play(struct world *w)
{
	size_t n;

	for (size_t at = 0; at < w->todo.len; at += n + 1) {
		n = strlen(w->todo.p + at);
		send_one(w, w->todo.p + at, n);
	}
}

void
send_now(struct world *w, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	vadd(&b, fmt, ap);
	va_end(ap);
	send_one(w, b.p, b.len - 1);
	buf_release(&b);
}

void
pass(struct world *w, int64_t ms)
{
	w->t.now.mono_ms += ms;
	w->t.now.wall_ms += ms;
	turns(w);
}

void
at_leisure(struct world *w, unsigned n)
{
	(void)n;
	for (size_t at = 0, i = 1; at < w->todo.len; at += strlen(w->todo.p + at) + 1, i++) {
		send_one(w, w->todo.p + at, strlen(w->todo.p + at));
		if (i % 100 == 0)
			pass(w, 1000);
	}
}

void
room_new(struct world *w, const char *node)
{
	send_now(w,
	    "<presence from='o@example/r' to='%s@rooms.example/o'>" PRESENCE_MUC "</presence>",
	    node);
	send_now(w,
	    "<iq from='o@example/r' to='%s@rooms.example' type='set' id='u'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'>"
	    "<x xmlns='jabber:x:data' type='submit'/></query></iq>",
	    node);
}

void
room_set(struct world *w, const char *node, const char *var, const char *value)
{
	send_now(w,
	    "<iq from='o@example/r' to='%s@rooms.example' type='set' id='u'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'>"
	    "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
	    "<value>http://jabber.org/protocol/muc#roomconfig</value></field>"
	    "<field var='muc#roomconfig_%s'><value>%s</value></field></x></query></iq>",
	    node, var, value);
}

void
enter_all(struct world *w, const char *node, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		send_now(w,
		    "<presence from='u%u@example/r' to='%s@rooms.example/u%u'>" PRESENCE_MUC
		    "</presence>",
		    i, node, i);
}

/* -- playing -- */

/* How much one may do is not what most cases are about. */
static void
start(struct world *w)
{
	struct muc_limits *l = &w->t.conf.limits;
	enum muc_error error;

	memset(w, 0, sizeof(*w));
	test_init(&w->t);
	l->rate_per_s = l->rate_burst = 1000000;
	l->rate_bytes_per_s = l->rate_bytes_burst = 1073741824;
	l->nick_changes_per_min = l->registrations_per_min = 100000;
	l->invites_per_min = l->invited_per_min = 100000;
	l->stanza_bytes = 16777216;
	test_start(&w->t, &error);
	turns(w);
}

static void
play_case(const struct cost *c, unsigned n)
{
	struct world w;
	size_t before;
	bool good;
	char name[64];

	start(&w);
	c->prepare(&w, n);
	w.told = w.found = 0;
	snprintf(name, sizeof(name), "%s %u", c->name, n);
	before = peak = live;
	CALLGRIND_START_INSTRUMENTATION;
	CALLGRIND_ZERO_STATS;
	if (c->work != NULL)
		c->work(&w, n);
	else
		play(&w);
	CALLGRIND_DUMP_STATS_AT(name);
	CALLGRIND_STOP_INSTRUMENTATION;
	good = c->holds == NULL || c->holds(&w, n);
	printf("%s\t%u\t%u\t%g\t%zu\t%zu\t%zu\t%zu\t%zu\t%zu\t%g\t%d\t%s\n", c->name, n, c->n,
	    c->times > 0 ? c->times : LINEAR, peak - before, live > before ? live - before : 0,
	    c->peak, c->keeps, w.told, w.todo.len, c->told, good, c->what);
	fflush(stdout);
	free(w.own);
	buf_release(&w.todo);
	test_release(&w.t);
}

static bool
is_wanted(const char *name, char **names)
{
	if (*names == NULL)
		return true;
	for (; *names != NULL; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

int
main(int argc, char **argv)
{
	static const struct cost *const all[] = { costs_base, costs_room, costs_ask };

	(void)argc;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		for (const struct cost *c = all[i]; c->name != NULL; c++)
			if (is_wanted(c->name, argv + 1)) {
				play_case(c, c->n);
				play_case(c, 4 * c->n);
			}
	return 0;
}
