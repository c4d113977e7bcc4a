/* SPDX-License-Identifier: ISC */
/*
 * db_import.c - `mucctl db import`: rooms from text, into a database
 *
 * A mucd that has it is asked to do it: db_send.c. What another server has kept is first made into such text,
 * with root's eyes, if need be, and then read as any other file is.
 */
#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../chance.h"
#include "../conf.h"
#include "../store_lmdb.h"
#include "../why.h"
#include "base/buf.h"
#include "base/mem.h"
#include "db_foreign.h"
#include "export.h"
#include "muc.h"
#include "store.h"

#define LINE_BYTES    ((size_t)128 << 20) /* of a line; the greatest stanza, escaped, is shorter */
#define READ_BYTES    ((size_t)256 << 10)
#define COMMIT_WEIGHT ((size_t)8 << 20)

/* -- lines -- */

struct lines {
	FILE *file;
	const char *name;
	struct buf buf;
	size_t off; /* of buf: what was taken */
	unsigned long number;
	bool at_end;
};

/* Makes room for more behind what was not taken yet, and reads. False: it is too long, or an error. */
static bool
read_more(struct lines *l)
{
	size_t n;

	buf_consume(&l->buf, l->off);
	l->off = 0;
	if (l->buf.len > LINE_BYTES) {
		ctl_complain(
		    "%s:%lu: a line of more than %zu bytes", l->name, l->number + 1, LINE_BYTES);
		return false;
	}
	buf_reserve(&l->buf, READ_BYTES);
	n = fread(l->buf.p + l->buf.len, 1, READ_BYTES, l->file);
	l->buf.len += n;
	l->at_end = n == 0;
	if (n == 0 && ferror(l->file)) {
		ctl_complain("%s: %s", l->name, strerror(errno));
		return false;
	}
	return true;
}

/* The next line. 1: there it is; 0: there are no more; -1: something was said. */
static int
next_line(struct lines *l, const char **line, size_t *n)
{
	size_t seen = 0; /* without an end of line */
	char *eol = NULL;

	for (;;) {
		if (l->buf.len > l->off + seen)
			eol = memchr(l->buf.p + l->off + seen, '\n', l->buf.len - l->off - seen);
		if (eol != NULL)
			break;
		seen = l->buf.len - l->off;
		if (!read_more(l))
			return -1;
		if (l->at_end && seen == 0)
			return 0;
		if (l->at_end) {
			ctl_complain("%s:%lu: the last line is cut off", l->name, l->number + 1);
			return -1;
		}
	}
	*line = l->buf.p + l->off;
	*n = (size_t)(eol - *line);
	l->off += *n + 1;
	l->number++;
	return 1;
}

/* -- a service without a link -- */

static void
log_from_muc(void *arg, enum muc_log urgency, const char *line)
{
	(void)arg;
	if (urgency <= MUC_LOG_WARN)
		ctl_complain("%s", line);
}

static struct muc_now
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (struct muc_now){ (int64_t)t.tv_sec * 1000, 1 };
}

static struct muc *
start(const struct db *db, const struct muc_host *host)
{
	enum muc_error error;
	struct muc *muc = muc_new(host, &db->conf->muc, now(), &error);

	for (size_t i = 0; muc != NULL && i < db->conf->ncomponents; i++)
		if (muc_domain_add(muc, db->conf->components[i].domain) == -1) {
			muc_free(muc);
			muc = NULL;
			error = MUC_STORE_BROKEN;
		}
	if (muc == NULL)
		ctl_complain("database %s: %s", db->path, why_muc(error));
	return muc;
}

static bool
commit(struct muc *muc, const struct store *store)
{
	if (muc_commit(muc) == MUC_COMMITTED)
		return true;
	ctl_complain("%s", store_lmdb_why(store));
	return false;
}

/* -- the import -- */

/* Until all of them are in lists. */
static bool
go_on(struct muc *muc, const struct store *store)
{
	bool good = commit(muc, store);

	while (good && import_goes_on(muc)) {
		muc_tick(muc, now());
		good = commit(muc, store);
	}
	return good;
}

static bool
take_lines(struct muc *muc, const struct store *store, struct import *in, struct lines *l)
{
	const char *line, *wrong = NULL;
	int there;
	size_t n;

	while ((there = next_line(l, &line, &n)) == 1) {
		wrong = import_line(in, line, n, now());
		if (wrong != NULL) {
			ctl_complain("%s:%lu: %s", l->name, l->number, wrong);
			return false;
		}
		if (import_weight(in) >= COMMIT_WEIGHT && !commit(muc, store))
			return false;
	}
	return there == 0;
}

static enum ctl_exit
import(const struct db *db, struct muc *muc, const struct store *store, struct lines *l)
{
	const struct import_conf conf = {
		.replace = db->replace, .evict = true, .renames = db->renames
	};
	struct import *in = import_new(muc, &conf, now());
	enum ctl_exit rc = CTL_FAILED;
	const char *wrong;
	uint64_t nrooms;

	if (take_lines(muc, store, in, l)) {
		wrong = import_finish(in, now(), &nrooms);
		if (wrong != NULL && import_wrong_line(in) != 0)
			ctl_complain("%s:%" PRIu64 ": %s", l->name, import_wrong_line(in), wrong);
		else if (wrong != NULL)
			ctl_complain("%s: %s", l->name, wrong);
		else if (go_on(muc, store)) {
			printf("%" PRIu64 " room%s\n", nrooms, nrooms == 1 ? "" : "s");
			rc = db_written(CTL_OK);
		}
	}
	if (rc != CTL_OK)
		ctl_complain("no room was imported");
	import_free(in);
	return rc;
}

/* What is to be read: open, and at its beginning. NULL, and it has been said why. */
static FILE *
open_source(const struct db *db, const char *name)
{
	FILE *f;
	int fd;

	if (db->from == NULL && strcmp(name, "-") == 0)
		return stdin;
	if (db->from == NULL) {
		fd = open(name, O_RDONLY | O_CLOEXEC);
		if (fd == -1)
			ctl_complain("%s: %s", name, strerror(errno));
		return fd != -1 ? fdopen(fd, "r") : NULL;
	}
	f = tmpfile();
	if (f == NULL)
		ctl_complain("a temporary file: %s", strerror(errno));
	else if (!foreign_convert(db->from, name, f)) {
		fclose(f);
		return NULL;
	} else if (fflush(f) != 0 || fseek(f, 0, SEEK_SET) != 0) {
		ctl_complain("a temporary file: %s", strerror(errno));
		fclose(f);
		return NULL;
	}
	return f;
}

static enum ctl_exit
import_from(const struct db *db, struct lines *l)
{
	struct muc_host host = { .random = chance_fill, .log = log_from_muc };
	enum ctl_exit rc = CTL_FAILED;
	struct muc *muc;
	char why[512];

	if (!db_become_owner(db))
		return CTL_FAILED;
	host.store = store_lmdb_open(db->path, (size_t)db->conf->database_max, why, sizeof why);
	if (host.store == NULL && errno == EBUSY && db->conf->control != NULL)
		return db_send(db, l->file, l->name, why);
	if (host.store == NULL) {
		ctl_complain("%s", why);
		return CTL_FAILED;
	}
	muc = start(db, &host);
	/* One that mucd had not brought to its end comes first. */
	if (muc != NULL && go_on(muc, host.store))
		rc = import(db, muc, host.store, l);
	muc_free(muc);
	host.store->close(host.store);
	return rc;
}

enum ctl_exit
db_import(const struct db *db)
{
	struct lines l = { .name = db->argv[0] };
	enum ctl_exit rc;

	if (db->print && db->from == NULL) {
		ctl_complain("only what another server has kept is printed: -f is missing");
		return CTL_USAGE;
	}
	if (db->print)
		return db_written(foreign_convert(db->from, l.name, stdout) ? CTL_OK : CTL_FAILED);
	l.file = open_source(db, l.name);
	if (l.file == NULL)
		return CTL_FAILED;
	if (db->from != NULL)
		l.name = "what -p prints";
	rc = import_from(db, &l);
	buf_release(&l.buf);
	fclose(l.file);
	return rc;
}
