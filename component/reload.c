/* SPDX-License-Identifier: ISC */
/*
 * reload.c - the configuration is read again while mucd runs
 */
#include "reload.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "backup.h"
#include "base/digest.h"
#include "base/mem.h"
#include "conf.h"
#include "link.h"
#include "log.h"
#include "loop.h"
#include "muc.h"
#include "store_lmdb.h"

static void
complain(const char *line)
{
	log_warnx("%s", line);
}

static bool
differ(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a != b : strcmp(a, b) != 0;
}

static void
swap(char **a, char **b)
{
	char *was = *a;

	*a = *b;
	*b = was;
}

/* Says what only a restart brings. */
static void
say_unchanged(const struct conf *was, const struct conf *is)
{
	if (strcmp(was->database, is->database) != 0)
		log_warnx("database: %s stays in use until mucd is restarted", was->database);
	if (differ(was->control, is->control) || differ(was->control_group, is->control_group))
		log_warnx("control: it stays as it is until mucd is restarted");
	if (differ(was->user, is->user) || was->seccomp != is->seccomp)
		log_warnx("user, seccomp: they stay as they are until mucd is stopped and started");
	for (size_t i = 0; i < was->ncomponents; i++) {
		const struct conf_component *c = &was->components[i];
		const struct conf_component *to = conf_component(is, c->domain);

		if (to == NULL)
			log_warnx("component %s: stays until mucd is restarted", c->domain);
		else if (strcmp(c->server, to->server) != 0 || c->port != to->port)
			log_warnx("component %s: its server stays %s:%d until mucd is restarted",
			    c->domain, c->server, c->port);
	}
	for (size_t i = 0; i < is->ncomponents; i++)
		if (conf_component(was, is->components[i].domain) == NULL)
			log_warnx("component %s: not served until mucd is restarted",
			    is->components[i].domain);
}

/*
 * What cannot change is taken over from the running configuration, so that the next time it is
 * still compared with what is in use.
 */
static void
keep_unchanged(struct conf *was, struct conf *is)
{
	struct conf_component *components = is->components;
	const size_t ncomponents = is->ncomponents;

	swap(&is->database, &was->database);
	swap(&is->control, &was->control);
	swap(&is->control_group, &was->control_group);
	swap(&is->user, &was->user);
	is->seccomp = was->seccomp;
	is->components = was->components;
	is->ncomponents = was->ncomponents;
	was->components = components;
	was->ncomponents = ncomponents;
}

struct conf *
reload_conf(struct loop *lo, struct conf *was, const char *path)
{
	struct conf *is;

	is = conf_read(path, complain);
	if (is == NULL || muc_reload(lo->w.muc, &is->muc) != MUC_OK) {
		log_warnx("%s: not taken, the configuration stays as it was", path);
		conf_free(is);
		return was;
	}
	say_unchanged(was, is);
	for (size_t i = 0; i < was->ncomponents; i++) {
		struct conf_component *c = &was->components[i];
		const struct conf_component *to = conf_component(is, c->domain);

		if (to == NULL || equal_secret(c->secret, to->secret))
			continue;
		log_info("component %s: the new secret will be used from the next connection on",
		    c->domain);
		link_set_secret(lo->links[i], to->secret);
		mem_free_secret(c->secret);
		c->secret = mem_strdup(to->secret);
	}
	keep_unchanged(was, is);
	store_lmdb_set_max(lo->store, (size_t)is->database_max);
	log_set_level(is->log_level);
	lo->w.conf = is;
	backup_look(is->backup_dir);
	conf_free(was);
	log_info("%s: read again", path);
	return is;
}
