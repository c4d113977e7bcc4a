/* SPDX-License-Identifier: ISC */
/*
 * live_mucd.c - mucd, attached to a throwaway server
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/buf.h"
#include "base/mem.h"
#include "live_mucd.h"
#include "muc.h"
#include "scs.h"

/* The parts one behind the other, for free(3). */
static char *
joined(const char *a, const char *b, const char *c)
{
	struct buf buf = BUF_INIT;

	buf_adds(&buf, a);
	buf_adds(&buf, b);
	buf_adds(&buf, c);
	return buf_steal(&buf);
}

static void
add_line(struct buf *b, const char *lead, const char *name, const char *value, bool quoted)
{
	buf_adds(b, lead);
	buf_adds(b, name);
	buf_adds(b, quoted ? " = \"" : " = ");
	buf_adds(b, value);
	buf_adds(b, quoted ? "\"\n" : "\n");
}

static bool
is_limit(const char *name)
{
	static const char *const limits[] = {
#define LIMIT(member, def, least, greatest, what) #member,
		MUC_LIMITS(LIMIT)
#undef LIMIT
	};
	size_t i;

	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (strcmp(name, limits[i]) == 0)
			return true;
	return false;
}

/* Limits stand at the top of mucd.conf, room defaults in a section. */
static void
add_wishes(struct buf *b, const struct scs *scs)
{
	const struct scs_pair *p;

	for (p = scs->conf; p != NULL; p = p->next)
		if (is_limit(p->name))
			add_line(b, "", p->name, p->value, false);
	buf_adds(b, "room_defaults {\n");
	for (p = scs->conf; p != NULL; p = p->next)
		if (!is_limit(p->name))
			add_line(b, "\t", p->name, p->value, true);
	buf_adds(b, "}\nadmins = { ");
	for (p = scs->admins; p != NULL; p = p->next) {
		buf_adds(b, p == scs->admins ? "\"" : ", \"");
		buf_adds(b, p->value);
		buf_adds(b, "\"");
	}
	buf_adds(b, " }\n");
}

static bool
write_conf(const struct mucd *m, const struct server_conf *conf, const struct scs *scs)
{
	struct buf b = BUF_INIT;
	char port[16];
	bool good;
	size_t i;

	add_line(&b, "", "database", m->database, true);
	add_line(&b, "", "log_level", "debug", true);
	if (scs != NULL)
		add_wishes(&b, scs);
	for (i = 0; i < conf->ncomponents; i++) {
		const struct server_component *c = &conf->component[i];

		snprintf(port, sizeof(port), "%d", c->port);
		buf_adds(&b, "component \"");
		buf_adds(&b, c->domain);
		buf_adds(&b, "\" {\n");
		add_line(&b, "\t", "server", "127.0.0.1", true);
		add_line(&b, "\t", "port", port, false);
		add_line(&b, "\t", "secret", c->secret, true);
		buf_adds(&b, "}\n");
	}
	good = write_file(m->conf, b.p, b.len);
	buf_release(&b);
	return good;
}

bool
mucd_prepare(struct mucd *m, const char *program, const struct server *s,
    const struct server_conf *conf, const struct scs *scs)
{
	static unsigned n;
	char name[32];

	snprintf(name, sizeof(name), "/mucd-%u", ++n);
	memset(m, 0, sizeof(*m));
	m->program = program;
	m->conf = joined(s->dir, name, ".conf");
	m->log = joined(s->dir, name, ".log");
	m->database = joined(s->dir, name, "");
	if (mkdir(m->database, 0700) != 0) {
		perror(m->database);
		return false;
	}
	return write_conf(m, conf, scs);
}

bool
mucd_start(struct mucd *m)
{
	const char *argv[] = { m->program, "-f", "-c", m->conf, NULL };

	return proc_start(&m->proc, argv, NULL, m->log);
}

bool
mucd_stop(struct mucd *m, int sig)
{
	int status;

	if (m->proc.pid == 0)
		return true;
	if (!proc_runs(&m->proc, &status)) {
		printf("# mucd %s\n", proc_fate(status));
		return false;
	}
	status = proc_stop(&m->proc, sig);
	if (WIFSIGNALED(status) ? WTERMSIG(status) == sig && sig == SIGKILL
				: WEXITSTATUS(status) == 0)
		return true;
	printf("# mucd %s\n", proc_fate(status));
	return false;
}

void
mucd_release(struct mucd *m)
{
	proc_stop(&m->proc, SIGKILL);
	free(m->conf);
	free(m->log);
	free(m->database);
	memset(m, 0, sizeof(*m));
}
