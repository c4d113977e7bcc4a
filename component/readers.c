/* SPDX-License-Identifier: ISC */
/*
 * readers.c - who has been reading the database for so long that it grows
 */
#include "readers.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"

#define LONG_MS	 (5 * MINUTE_MS)
#define AGAIN_MS HOUR_MS
#define PAUSE_MS HOUR_MS

struct look {
	struct readers *readers;
	int64_t now_ms;
};

/* Lines of other forms are headings; a transaction of - is none. */
static int
see(const char *line, void *arg)
{
	const struct look *l = arg;
	struct reader r = { .since_ms = l->now_ms, .is_there = true }, *known = l->readers->v;

	if (sscanf(line, " %ld %23s %23s", &r.pid, r.thread, r.txn) != 3 || *r.txn == '-')
		return 0;
	for (; known < l->readers->v + l->readers->n; known++)
		if (known->pid == r.pid && strcmp(known->thread, r.thread) == 0 &&
		    strcmp(known->txn, r.txn) == 0) {
			known->is_there = true;
			return 0;
		}
	if (l->readers->n < READERS_MAX)
		l->readers->v[l->readers->n++] = r;
	return 0;
}

void
readers_look(struct readers *readers, MDB_env *env, int64_t now_ms,
    void (*say)(void *, const char *), void *arg)
{
	struct look l = { readers, now_ms };
	unsigned n = 0;
	char line[128];

	for (unsigned i = 0; i < readers->n; i++)
		readers->v[i].is_there = false;
	mdb_reader_check(env, NULL);
	mdb_reader_list(env, see, &l);
	for (unsigned i = 0; i < readers->n; i++) {
		struct reader *r = &readers->v[i];

		if (!r->is_there)
			continue;
		if (now_ms - r->since_ms >= LONG_MS &&
		    (r->said_ms == 0 || now_ms - r->said_ms >= AGAIN_MS)) {
			snprintf(line, sizeof line,
			    "process %ld has been reading for %d minutes: what is freed meanwhile "
			    "cannot be used again",
			    r->pid, (int)((now_ms - r->since_ms) / 60000));
			say(arg, line);
			r->said_ms = now_ms;
		}
		readers->v[n++] = *r;
	}
	readers->n = n;
	if (n == 0)
		readers->busy_ms = 0;
	else if (readers->busy_ms == 0)
		readers->busy_ms = now_ms;
}

bool
readers_pause(const struct readers *readers, int64_t now_ms)
{
	return readers->busy_ms != 0 && now_ms - readers->busy_ms < PAUSE_MS;
}
