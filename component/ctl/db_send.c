/* SPDX-License-Identifier: ISC */
/*
 * db_send.c - an import by the mucd that runs, over its control socket
 */
#include "db.h"

#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../conf.h"
#include "base/arena.h"
#include "base/base64.h"
#include "base/buf.h"
#include "base/xml.h"
#include "way.h"

#define PIECE_BYTES ((size_t)64 << 10) /* of the file; mucd takes one in a turn */
#define SAY_MS	    250

struct sending {
	const struct db *db;
	struct way *way;
	struct arena *a; /* of what is said and answered */
	FILE *file;
	const char *name;
	bool is_ending; /* mucd was told that this was all, and has not answered yet */
	bool has_all;	/* mucd has said that they are there */

	/* progress */
	bool is_shown;
	int64_t said_ms;
	uint64_t nsent, nbytes; /* 0: nobody knows how many there are */
};

static struct xml *
new_step(struct sending *s, const char *step)
{
	struct xml *x;

	arena_reset(s->a);
	x = xml_new(s->a, NS_CONTROL, "import");
	xml_set(s->a, x, "step", step);
	return x;
}

/* The line that shows the progress is written over. */
static void
clear(const struct sending *s)
{
	if (s->said_ms != 0)
		fputs("\r\033[K", stderr);
}

static void
show(struct sending *s, const char *line)
{
	const int64_t now_ms = way_now_ms();

	if (!s->is_shown || now_ms < s->said_ms + SAY_MS)
		return;
	clear(s);
	s->said_ms = now_ms;
	if (s->nbytes > 0)
		fprintf(stderr, "%3" PRIu64 " %%, ", s->nsent * 100 / s->nbytes);
	fprintf(stderr, "%s lines", line);
	fflush(stderr);
}

/* Says what is wrong with the file, as mucd has answered. */
static void
complain(const struct sending *s, const struct xml *x)
{
	const char *line = xml_get(x, "line");

	if (line != NULL && strcmp(line, "0") != 0)
		ctl_complain("%s:%s: %s", s->name, line, xml_text(x));
	else
		ctl_complain("%s: %s", s->name, xml_text(x));
}

static const char *
step_of(const struct xml *x)
{
	return xml_is(x, NS_CONTROL, "import") ? xml_get(x, "step") : NULL;
}

static bool
is_step(const struct xml *x, const char *wanted)
{
	const char *step = step_of(x);

	return step != NULL && strcmp(step, wanted) == 0;
}

/* The answer, if it is that one or `other`; NULL, and it has been said why it is not. */
static const struct xml *
say(struct sending *s, const struct xml *x, const char *wanted, const char *other)
{
	const int64_t until_ms = way_now_ms() + (int64_t)s->way->o->timeout_s * 1000;
	const struct xml *answer = NULL;

	if (!s->way->kind->send(s->way, x))
		return NULL;
	while (answer == NULL && way_now_ms() < until_ms)
		if (!s->way->kind->wait(s->way, until_ms, &answer))
			return NULL;
	if (answer != NULL)
		s->is_ending = false;
	if (is_step(answer, wanted) || (other != NULL && is_step(answer, other)))
		return answer;
	clear(s);
	if (answer == NULL)
		ctl_complain("mucd has not answered within %d s", s->way->o->timeout_s);
	else if (is_step(answer, "wrong"))
		complain(s, answer);
	else
		ctl_complain("mucd takes no rooms this way");
	return NULL;
}

/* Which database is meant, and what is to become of it. */
static bool
begin(struct sending *s)
{
	struct xml *x = new_step(s, "begin"), *r;
	struct stat st;

	if (stat(s->db->path, &st) == -1) {
		ctl_complain("database %s: %s", s->db->path, strerror(errno));
		return false;
	}
	xml_set(s->a, x, "device", arena_fmt(s->a, "%ju", (uintmax_t)st.st_dev));
	xml_set(s->a, x, "inode", arena_fmt(s->a, "%ju", (uintmax_t)st.st_ino));
	xml_set(s->a, x, "replace", s->db->replace ? "true" : NULL);
	for (size_t i = 0; i + 1 < s->db->nrenames; i += 2) {
		r = xml_add(s->a, x, NS_CONTROL, "rename");
		xml_set(s->a, r, "from", s->db->renames[i]);
		xml_set(s->a, r, "to", s->db->renames[i + 1]);
	}
	return say(s, x, "go-on", NULL) != NULL;
}

static bool
send_piece(struct sending *s, const char *bytes, size_t n)
{
	struct xml *x = new_step(s, "lines");
	struct buf b = BUF_INIT;
	const struct xml *answer;

	base64_write(&b, bytes, n);
	xml_text_add(s->a, x, arena_strndup(s->a, b.p, b.len));
	buf_release(&b);
	answer = say(s, x, "go-on", NULL);
	s->nsent += n;
	if (answer != NULL)
		show(s, xml_get(answer, "line"));
	return answer != NULL;
}

static bool
send_file(struct sending *s)
{
	char bytes[PIECE_BYTES];
	size_t n;

	while ((n = fread(bytes, 1, sizeof bytes, s->file)) > 0)
		if (!send_piece(s, bytes, n))
			return false;
	if (!ferror(s->file))
		return true;
	clear(s);
	ctl_complain("%s: %s", s->name, strerror(errno));
	return false;
}

static bool
import(struct sending *s)
{
	const struct xml *answer;
	const char *nrooms;

	if (!begin(s) || !send_file(s))
		return false;
	do {
		s->is_ending = !s->has_all;
		answer = say(s, new_step(s, "end"), "done", "go-on");
		if (answer == NULL)
			return false;
		s->has_all = true;
	} while (!is_step(answer, "done"));
	clear(s);
	nrooms = xml_get(answer, "rooms");
	printf("%s room%s\n", nrooms, strcmp(nrooms, "1") == 0 ? "" : "s");
	return true;
}

enum ctl_exit
db_send(const struct db *db, FILE *file, const char *name, const char *why)
{
	const struct ctl_options o = {
		.program = "mucctl",
		.socket = db->conf->control,
		.timeout_s = db->timeout_s,
		.is_local_only = true,
	};
	struct sending s = { .db = db, .file = file, .name = name };
	struct stat st;
	bool good = false;

	s.is_shown = isatty(STDERR_FILENO) == 1;
	if (fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode))
		s.nbytes = (uint64_t)st.st_size;
	s.a = arena_new();
	s.way = way_local(&o, s.a);
	good = s.way != NULL && import(&s);
	if (s.way == NULL)
		ctl_complain("%s", why);
	if (s.is_ending)
		ctl_complain(
		    "it is not known whether they were imported: all rooms are there, or none");
	else if (s.has_all && !good)
		ctl_complain("the rooms are imported; lists will soon show all of them");
	else if (!good)
		ctl_complain("no room was imported");
	way_close(s.way);
	arena_free(s.a);
	return good ? db_written(CTL_OK) : CTL_FAILED;
}
