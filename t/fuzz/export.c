/* SPDX-License-Identifier: ISC */
/*
 * export.c - rooms as text, whatever stands in it
 *
 * What is taken is sound, comes out again without a complaint, and what comes out is taken again and is the
 * same. What is refused leaves nothing behind.
 */
#include "export.h"

#include <string.h>

#include "../service.h"
#include "base/buf.h"
#include "fuzz.h"

static void
complain(void *arg, const char *room, const char *what)
{
	(void)arg;
	fprintf(stderr, "%s: %s\n", room, what);
	HOLDS(what == NULL);
}

static void
found(void *arg, const char *table, const char *room, const char *what)
{
	(void)arg;
	fprintf(stderr, "%s: %s: %s\n", table, room != NULL ? room : "-", what);
}

static bool
take(struct test *t, const char *p, size_t n)
{
	static const struct import_conf conf = { 0 };
	struct import *in = import_new(t->muc, &conf, t->now);
	const char *wrong = NULL, *end, *const all = p + n;
	uint64_t nrooms;

	for (; wrong == NULL && p < all; p = end + 1) {
		end = memchr(p, '\n', (size_t)(all - p));
		if (end == NULL)
			end = all;
		wrong = import_line(in, p, (size_t)(end - p), t->now);
	}
	if (wrong == NULL)
		wrong = import_finish(in, t->now, &nrooms);
	HOLDS(wrong == NULL || *wrong != '\0');
	import_free(in);
	muc_commit(t->muc);
	return wrong == NULL;
}

static void
give(struct test *t, struct buf *out)
{
	struct export *x = export_new(t->host.store, complain, NULL);

	buf_adds(out, EXPORT_FIRST "\n");
	while (export_next(x))
		while (export_step(x, out) != EXPORT_END)
			continue;
	export_free(x);
}

static void
look(struct test *t)
{
	struct check_totals totals;

	store_check(t->host.store, found, NULL, &totals);
	HOLDS(totals.wrong == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf first = BUF_INIT, second = BUF_INIT;
	struct test t, again;
	enum muc_error error;

	test_init(&t);
	test_start(&t, &error);
	if (take(&t, (const char *)data, n)) {
		give(&t, &first);
		look(&t);
		test_init(&again);
		test_start(&again, &error);
		HOLDS(take(&again, first.p, first.len));
		give(&again, &second);
		HOLDS(first.len == second.len && memcmp(first.p, second.p, first.len) == 0);
		test_release(&again);
	} else {
		while (muc_deadline(t.muc) <= t.now.mono_ms) {
			muc_tick(t.muc, t.now);
			muc_commit(t.muc);
		}
		look(&t);
	}
	buf_release(&first);
	buf_release(&second);
	test_release(&t);
	return 0;
}
