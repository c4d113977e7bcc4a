/* SPDX-License-Identifier: ISC */
/*
 * control_import.c - rooms that come over the control while mucd runs
 */
#include "control_import.h"

#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/xml.h"
#include "base/xml_parse.h"
#include "base/xml_write.h"
#include "export.h"
#include "link.h"
#include "log.h"

#define START "<import"

/* What the stream of a peer begins with, as far as it counts here. */
static const char header[] = "<stream:stream xmlns='jabber:component:accept' "
			     "xmlns:stream='http://etherx.jabber.org/streams'>";

struct control_import {
	struct world *w;
	struct xml_parser *parser;
	struct arena *a; /* of a piece */

	/* The one that is under way; stream NULL: none is. */
	const struct muc_stream *stream;
	struct arena *own; /* of its conf */
	struct import_conf conf;
	struct import *in;
	struct buf rest; /* the beginning of a line */
	uint64_t nlines;
	bool has_all; /* its rooms are there, and on their way into lists */
	uint64_t nrooms;
};

struct control_import *
control_import_new(struct world *w)
{
	struct control_import *i = mem_alloc(sizeof *i);

	i->w = w;
	i->parser = xml_parser_new(header, sizeof header - 1);
	i->a = arena_new();
	i->own = arena_new();
	return i;
}

static void
end(struct control_import *i)
{
	import_free(i->in);
	i->in = NULL;
	i->stream = NULL;
	i->has_all = false;
	buf_release(&i->rest);
	arena_reset(i->own);
}

void
control_import_free(struct control_import *i)
{
	if (i == NULL)
		return;
	end(i);
	xml_parser_free(i->parser);
	arena_free(i->a);
	arena_free(i->own);
	free(i);
}

bool
control_import_is(const char *stanza, size_t n)
{
	return n > sizeof START - 1 && memcmp(stanza, START, sizeof START - 1) == 0;
}

void
control_import_left(struct control_import *i, const struct muc_stream *stream)
{
	if (i->stream == NULL || i->stream != stream)
		return;
	if (!i->has_all)
		log_info("control: an import is given up at line %" PRIu64, i->nlines);
	end(i);
}

bool
control_import_runs(const struct control_import *i)
{
	return i->stream != NULL || import_goes_on(i->w->muc);
}

/* -- answers -- */

static struct xml *
answer_new(struct control_import *i, const char *step, uint64_t line, uint64_t nrooms)
{
	struct xml *x = xml_new(i->a, NS_CONTROL, "import");

	xml_set(i->a, x, "step", step);
	xml_set(i->a, x, "line", arena_fmt(i->a, "%" PRIu64, line));
	xml_set(i->a, x, "rooms", arena_fmt(i->a, "%" PRIu64, nrooms));
	return x;
}

static struct xml *
wrong(struct control_import *i, uint64_t line, const char *why)
{
	struct xml *x = answer_new(i, "wrong", line, 0);

	xml_text_add(i->a, x, arena_strdup(i->a, why));
	return x;
}

/* An import that is under way is over by it. */
static struct xml *
fail(struct control_import *i, uint64_t line, const char *why)
{
	struct xml *x = wrong(i, line, why);

	log_info("control: an import is refused at line %" PRIu64 ": %s", line, why);
	end(i);
	return x;
}

/* -- the steps -- */

/* Is it our database that is meant? */
static bool
is_ours(const struct control_import *i, const struct xml *x)
{
	const char *device = xml_get(x, "device"), *inode = xml_get(x, "inode");
	struct stat st;

	if (device == NULL || inode == NULL)
		return false;
	if (stat(i->w->conf->database, &st) == -1) {
		log_warn("database %s", i->w->conf->database);
		return false;
	}
	return strcmp(device, arena_fmt(i->a, "%ju", (uintmax_t)st.st_dev)) == 0 &&
	       strcmp(inode, arena_fmt(i->a, "%ju", (uintmax_t)st.st_ino)) == 0;
}

static const char *const *
renames(struct control_import *i, const struct xml *x)
{
	const struct xml *first = xml_child(x, NS_CONTROL, "rename"), *r;
	const char **pairs, *from, *to;
	size_t n = 0;

	for (r = first; r != NULL; r = xml_next(r, NS_CONTROL, "rename"))
		n++;
	pairs = arena_alloc(i->own, (2 * n + 1) * sizeof *pairs);
	n = 0;
	for (r = first; r != NULL; r = xml_next(r, NS_CONTROL, "rename")) {
		from = xml_get(r, "from");
		to = xml_get(r, "to");
		if (from == NULL || to == NULL)
			continue;
		pairs[n++] = arena_strdup(i->own, from);
		pairs[n++] = arena_strdup(i->own, to);
	}
	return pairs;
}

static struct xml *
begin(struct control_import *i, const struct control_importer *who, const struct xml *x)
{
	const char *replace = xml_get(x, "replace");

	if (!who->is_us) {
		log_warnx("control: %s may not import rooms", who->name);
		return wrong(i, 0, "only root and the user of mucd may import rooms");
	}
	if (i->stream == who->stream)
		return fail(i, 0, "an import was begun in the midst of another one");
	if (control_import_runs(i))
		return wrong(i, 0, "another import is under way");
	if (!is_ours(i, x))
		return wrong(i, 0, "mucd has another database");
	i->stream = who->stream;
	i->nlines = 0;
	i->conf = (struct import_conf){
		.replace = replace != NULL && strcmp(replace, "true") == 0,
		.renames = renames(i, x),
		.actor = muc_console_address(who->stream),
	};
	i->in = import_new(i->w->muc, &i->conf, i->w->now);
	log_info("control: %s imports rooms", who->name);
	return answer_new(i, "go-on", 0, 0);
}

/* A message is no longer than the stanza that it came with, and each of its bytes no more than four here. */
static size_t
longest_line(const struct control_import *i)
{
	return 4 * (size_t)i->w->conf->muc.limits.stanza_bytes;
}

static struct xml *
take_lines(struct control_import *i, const struct xml *x)
{
	const char *line, *eol, *why;
	size_t seen = i->rest.len, off = 0;

	if (!base64_read(&i->rest, xml_text(x)))
		return fail(i, 0, "not in base64");
	/* What was there before has no end of line. */
	while (seen < i->rest.len) {
		eol = memchr(i->rest.p + seen, '\n', i->rest.len - seen);
		if (eol == NULL)
			break;
		line = i->rest.p + off;
		off = seen = (size_t)(eol - i->rest.p) + 1;
		i->nlines++;
		why = import_line(i->in, line, (size_t)(eol - line), i->w->now);
		if (why != NULL)
			return fail(i, i->nlines, why);
	}
	buf_consume(&i->rest, off);
	if (i->rest.len > longest_line(i))
		return fail(i, i->nlines + 1, "it is longer than the longest message can be");
	return answer_new(i, "go-on", i->nlines, 0);
}

/* Until lists of rooms have them all it is asked for again. */
static struct xml *
finished(struct control_import *i)
{
	struct xml *x;

	if (import_goes_on(i->w->muc))
		return answer_new(i, "go-on", i->nlines, 0);
	x = answer_new(i, "done", i->nlines, i->nrooms);
	end(i);
	return x;
}

static struct xml *
finish(struct control_import *i, const struct control_importer *who)
{
	uint64_t line;
	const char *why;

	if (i->rest.len > 0)
		return fail(i, i->nlines + 1, "the last line is cut off");
	why = import_finish(i->in, i->w->now, &i->nrooms);
	if (why != NULL) {
		line = import_wrong_line(i->in);
		return fail(i, line, why);
	}
	log_info("control: %s has imported %" PRIu64 " room%s", who->name, i->nrooms,
	    i->nrooms == 1 ? "" : "s");
	import_free(i->in);
	i->in = NULL;
	i->has_all = true;
	return finished(i);
}

static struct xml *
take(struct control_import *i, const struct control_importer *who, const struct xml *x)
{
	const char *step = xml_get(x, "step");

	if (step != NULL && strcmp(step, "begin") == 0)
		return begin(i, who, x);
	if (i->stream != who->stream)
		return wrong(i, 0, "no import is under way");
	if (i->has_all)
		return finished(i);
	if (step != NULL && strcmp(step, "lines") == 0)
		return take_lines(i, x);
	if (step != NULL && strcmp(step, "end") == 0)
		return finish(i, who);
	return fail(i, 0, "there is no such step");
}

bool
control_import_take(struct control_import *i, const struct control_importer *who,
    const char *stanza, size_t n, struct buf *answer)
{
	const struct xml *x;

	arena_reset(i->a);
	if (xml_parse(i->parser, i->a, stanza, n, &x) != PARSE_OK ||
	    !xml_is(x, NS_CONTROL, "import"))
		return false;
	xml_write(answer, take(i, who, x));
	return true;
}
