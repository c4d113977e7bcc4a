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

#define RELOAD_MS 60000

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

/* In quotes a name may have a # in it. */
static void
add_option(struct buf *b, const char *name, const char *value)
{
	buf_adds(b, "\t\"");
	buf_adds(b, name);
	add_line(b, "\"", "", value, true);
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

/* name = { "value", ... } of all the pairs of that name; NULL: all pairs. */
static void
add_list(struct buf *b, const char *name, const struct scs_pair *p, const char *wanted)
{
	const char *comma = "";

	buf_adds(b, name);
	buf_adds(b, " = { ");
	for (; p != NULL; p = p->next) {
		if (wanted != NULL && strcmp(p->name, wanted) != 0)
			continue;
		buf_adds(b, comma);
		buf_adds(b, "\"");
		buf_adds(b, p->value);
		buf_adds(b, "\"");
		comma = ", ";
	}
	buf_adds(b, " }\n");
}

/* Who may create rooms, and what the service says of itself. */
static void
add_policy(struct buf *b, const struct scs *scs)
{
	static const char *const kinds[] = {
#define CONTACT(kind, what) #kind,
		MUC_CONTACTS(CONTACT)
#undef CONTACT
	};
	const struct scs_pair *p;
	char wanted[32];

	for (p = scs->conf; p != NULL; p = p->next)
		if (strcmp(p->name, "create") == 0 || strcmp(p->name, "service_name") == 0)
			add_line(b, "", p->name, p->value, true);
	add_list(b, "creators", scs->conf, "creators");
	add_list(b, "reserved_names", scs->conf, "reserved_names");
	add_list(b, "banned", scs->conf, "banned");
	buf_adds(b, "contact {\n");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		snprintf(wanted, sizeof(wanted), "contact.%s", kinds[i]);
		add_list(b, kinds[i], scs->conf, wanted);
	}
	buf_adds(b, "}\n");
}

/* Limits stand at the top of mucd.conf, options of rooms in two sections. */
static void
add_wishes(struct buf *b, const struct scs *scs)
{
	const struct scs_pair *p;

	for (p = scs->conf; p != NULL; p = p->next)
		if (is_limit(p->name))
			add_line(b, "", p->name, p->value, false);
	buf_adds(b, "room_defaults {\n");
	for (p = scs->conf; p != NULL; p = p->next)
		if (!is_limit(p->name) && !scs_is_policy(p->name) && scs_forced(p->name) == NULL)
			add_option(b, p->name, p->value);
	buf_adds(b, "}\nroom_forced {\n");
	for (p = scs->conf; p != NULL; p = p->next)
		if (scs_forced(p->name) != NULL)
			add_option(b, scs_forced(p->name), p->value);
	buf_adds(b, "}\n");
	if (scs->admins != NULL)
		add_list(b, "admins", scs->admins, NULL);
	else
		add_list(b, "admins", scs->conf, "admins");
	add_policy(b, scs);
}

static bool
write_conf(const struct mucd *m, const struct server_conf *conf, const struct scs *scs)
{
	struct buf b = BUF_INIT;
	char text[16];
	bool good;
	size_t i;

	add_line(&b, "", "database", m->database, true);
	add_line(&b, "", "log_level", "debug", true);
	snprintf(text, sizeof(text), "%d", FENCE_MS);
	add_line(&b, "", "fence_ms", text, false);
	if (scs != NULL)
		add_wishes(&b, scs);
	for (i = 0; i < conf->ncomponents; i++) {
		const struct server_component *c = &conf->component[i];

		snprintf(text, sizeof(text), "%d", c->port);
		buf_adds(&b, "component \"");
		buf_adds(&b, c->domain);
		buf_adds(&b, "\" {\n");
		add_line(&b, "\t", "server", "127.0.0.1", true);
		add_line(&b, "\t", "port", text, false);
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

/* How often the log says that the configuration was read again. */
static unsigned
count_reloads(const struct mucd *m)
{
	FILE *f = fopen(m->log, "r");
	char *line = NULL;
	size_t cap = 0;
	unsigned n = 0;

	while (f != NULL && getline(&line, &cap, f) > 0)
		n += strstr(line, ": read again") != NULL;
	free(line);
	if (f != NULL)
		fclose(f);
	return n;
}

bool
mucd_reload(struct mucd *m, const struct server_conf *conf, const struct scs *scs)
{
	const unsigned before = count_reloads(m);
	const int64_t until = live_now_ms() + RELOAD_MS;

	if (!write_conf(m, conf, scs) || kill(m->proc.pid, SIGHUP) != 0)
		return false;
	while (live_now_ms() < until) {
		if (count_reloads(m) > before)
			return true;
		live_sleep_ms(10);
	}
	printf("# mucd does not read its configuration again\n");
	return false;
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
