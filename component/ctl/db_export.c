/* SPDX-License-Identifier: ISC */
/*
 * db_export.c - `mucctl db export`: rooms as text
 *
 * While it reads, the database shows one moment, and mucd cannot use pages again that it has freed since. So
 * whenever the export allows it, and the one who takes the text is slow, or some seconds have gone by,
 * that moment is let go.
 */
#include "db.h"

#include <sys/stat.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/jid.h"
#include "db_store.h"
#include "export.h"

#define MOMENT_S   5		      /* how long one is shown */
#define HEAD_BYTES ((size_t)64 << 20) /* of a room are kept until they can be written at leisure */

struct writing {
	struct store *store;
	struct export *export;
	struct buf out;
	int fd;
	time_t since;	/* when the moment began that is shown */
	bool is_broken; /* nothing more can be written */
	unsigned ncomplaints;
};

static void
complain(void *arg, const char *room, const char *what)
{
	struct writing *w = arg;

	w->ncomplaints++;
	ctl_complain("%s: %s", room, what);
}

static time_t
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static bool
is_ready(const struct writing *w)
{
	struct pollfd p = { .fd = w->fd, .events = POLLOUT };

	return poll(&p, 1, 0) == 1;
}

/* So much is taken at once by whoever is ready; but a file takes all. */
static size_t
at_once(const struct writing *w, size_t n)
{
	struct stat st;

	return fstat(w->fd, &st) == 0 && S_ISREG(st.st_mode) ? n : n < PIPE_BUF ? n : PIPE_BUF;
}

static void
rest(struct writing *w)
{
	db_store_rest(w->store);
	w->since = seconds();
}

static void
write_out(struct writing *w, bool may_rest)
{
	size_t off = 0;
	ssize_t n;

	if (may_rest && seconds() - w->since >= MOMENT_S)
		rest(w);
	while (off < w->out.len && !w->is_broken) {
		if (may_rest && !is_ready(w))
			rest(w);
		n = write(w->fd, w->out.p + off, at_once(w, w->out.len - off));
		if (n == -1 && errno != EINTR) {
			ctl_complain("writing: %s", strerror(errno));
			w->is_broken = true;
		} else if (n > 0)
			off += (size_t)n;
	}
	w->out.len = 0;
}

/* The room that the export has begun with. */
static void
write_room(struct writing *w)
{
	enum export_step step;

	do {
		step = export_step(w->export, &w->out);
		if (step == EXPORT_HEAD && w->out.len < HEAD_BYTES)
			continue;
		write_out(w, step != EXPORT_HEAD);
	} while (step != EXPORT_END && !w->is_broken);
}

static bool
begin(struct writing *w, const char *arg)
{
	struct arena *a = arena_new();
	struct jid j;
	bool found = jid_prep(a, arg, &j) && export_room(w->export, j.full);

	if (!found)
		ctl_complain("%s: there is no such room", arg);
	arena_free(a);
	return found;
}

/* Those that are named, or all. CTL_REFUSED when one is not there, or is not whole. */
static enum ctl_exit
write_rooms(const struct db *db, struct writing *w)
{
	enum ctl_exit rc = CTL_OK;

	buf_adds(&w->out, EXPORT_FIRST "\n");
	for (int i = 0; i < db->argc && !w->is_broken; i++)
		if (begin(w, db->argv[i]))
			write_room(w);
		else
			rc = CTL_REFUSED;
	while (db->argc == 0 && !w->is_broken && export_next(w->export))
		write_room(w);
	write_out(w, true);
	if (w->is_broken)
		return CTL_FAILED;
	return w->ncomplaints > 0 ? CTL_REFUSED : rc;
}

enum ctl_exit
db_export(const struct db *db)
{
	FILE *f = db->output != NULL ? db_create(db->output) : NULL;
	struct writing w = { .fd = f != NULL ? fileno(f) : STDOUT_FILENO, .since = seconds() };
	enum ctl_exit rc = CTL_FAILED;

	if (db->output != NULL && f == NULL)
		return CTL_FAILED;
	w.store = db_read(db);
	if (w.store != NULL) {
		w.export = export_new(w.store, complain, &w);
		rc = write_rooms(db, &w);
		export_free(w.export);
		w.store->close(w.store);
	}
	buf_release(&w.out);
	if (f != NULL && !db_finish(f, db->output, rc != CTL_FAILED))
		return CTL_FAILED;
	return rc;
}
