/* SPDX-License-Identifier: ISC */
/*
 * peer.c - what is measured
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "peer.h"

#define MU_CONFERENCE "/usr/sbin/mu-conference"

bool
peer_is_there(enum peer_kind kind)
{
	return kind != PEER_MU_CONFERENCE || access(MU_CONFERENCE, X_OK) == 0;
}

static void
write_conf(const char *path, const char *text)
{
	if (!write_file(path, text, strlen(text)))
		die("%s cannot be written", path);
}

/* No rate is to be what is measured. */
void
peer_conf(const char *path, const char *dir, const char *domain, int port)
{
	char text[4096];

	snprintf(text, sizeof(text),
	    "database = \"%s/db\"\nlog_level = \"info\"\ndatabase_max = 64G\n"
	    "component \"%s\" {\n server = \"127.0.0.1\"\n port = %d\n"
	    " secret = \"" SECRET "\"\n}\n"
	    "rate_per_s = 1000000\nrate_burst = 1000000\nrate_bytes_per_s = 1G\n"
	    "rate_bytes_burst = 1G\nentries_per_min = 1000000\nnick_changes_per_min = 100000\n"
	    "room_messages_per_s = 1000000\nroom_entries_per_min = 1000000\n"
	    "room_entries_of_one_per_min = 1000000\n"
	    "room_bytes_per_s = 1G\nroom_presences_per_s = 1000000\nroom_queries_per_s = 1000000\n"
	    "room_nick_changes_per_min = 1000000\n"
	    "service_per_s = 1000000000\nservice_bytes_per_s = 1000G\n"
	    "service_entries_per_min = 1000000000\nservice_nick_changes_per_min = 1000000000\n"
	    "service_rooms_per_min = 1000000000\ndomain_rooms_per_min = 1000000\n"
	    "sessions = 100000000\ndomain_sessions = 100000000\n"
	    "domain_bytes_per_s = 1000G\ndomain_entries_per_min = 1000000\n"
	    "domain_nick_changes_per_min = 1000000\n"
	    "domain_per_s = 1000000\nrooms_per_user = 1000000\nrooms_per_creator = 100000\n"
	    "occupants_per_room = 20000\ndoubt_wait_s = 86400\nlink_answer_ms = 3600000\n",
	    dir, domain, port);
	write_conf(path, text);
}

static void
mu_conference_conf(const struct peer *p, const struct host *h, const char *path)
{
	char text[4096];

	snprintf(text, sizeof(text),
	    "<jcr><name>" ROOMS_DOMAIN "</name><host>" ROOMS_DOMAIN "</host><ip>127.0.0.1</ip>"
	    "<port>%d</port><secret>" SECRET "</secret><spool>%s/rooms/</spool>"
	    "<logdir>%s/log/</logdir><pidfile>%s/pid</pidfile><loglevel>0</loglevel>"
	    "<conference xmlns='jabber:config:conference'><public/><history>20</history>"
	    "</conference></jcr>\n",
	    h->port, p->dir, p->dir, p->dir);
	write_conf(path, text);
}

static void
make_dir(const char *dir, const char *name)
{
	char path[600];

	snprintf(path, sizeof(path), "%.500s/%s", dir, name);
	if (mkdir(path, 0700) == -1 && errno != EEXIST)
		die("%s: %s", path, strerror(errno));
}

/* False when it has ended, or does not come. */
static bool
accepts(struct host *h, struct proc *proc)
{
	int status;

	for (int i = 0; i < 1200 && proc_runs(proc, &status); i++)
		if (host_accept(h, 100))
			return true;
	return false;
}

double
peer_start(struct peer *p, enum peer_kind kind, struct host *h, const char *dir)
{
	const char *build = getenv("MUCD_BUILD");
	char conf[600], program[600], log[600], port[16];
	const char *const mucd[] = { program, "-f", "-c", conf, NULL };
	const char *const mu[] = { MU_CONFERENCE, "-c", conf, NULL };
	const char *const raw[] = { program, "--blast", port, NULL };
	const char *const *argv = kind == PEER_MUCD ? mucd : kind == PEER_RAW ? raw : mu;
	double began;

	*p = (struct peer){ .kind = kind, .keeps_dir = dir != NULL };
	p->dir = dir != NULL ? strdup(dir) : temp_dir();
	if (p->dir == NULL)
		die("there is no place for a database");
	snprintf(conf, sizeof(conf), "%.500s/conf", p->dir);
	snprintf(log, sizeof(log), "%.500s/out", p->dir);
	snprintf(program, sizeof(program), "%.500s/%s", build != NULL ? build : "build",
	    kind == PEER_RAW ? "t/bench/bench" : "mucd");
	snprintf(port, sizeof(port), "%d", h->port);
	make_dir(p->dir, "rooms");
	make_dir(p->dir, "log");
	if (kind == PEER_MU_CONFERENCE)
		mu_conference_conf(p, h, conf);
	else
		peer_conf(conf, p->dir, ROOMS_DOMAIN, h->port);
	began = seconds();
	if (!proc_start(&p->proc, argv, NULL, log) || !accepts(h, &p->proc)) {
		print_tail(log, 20);
		die("%s does not attach itself", argv[0]);
	}
	return seconds() - began;
}

void
peer_stop(struct peer *p, struct host *h)
{
	host_hang_up(h);
	proc_stop(&p->proc, SIGKILL);
	if (!p->keeps_dir)
		remove_dir(p->dir);
	free(p->dir);
}

double
peer_cpu_s(const struct peer *p)
{
	return cpu_s(p->proc.pid);
}

double
cpu_s(pid_t pid)
{
	char path[300];
	unsigned long long ns, total = 0;
	struct dirent *e;
	DIR *d;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/task", (long)pid);
	d = opendir(path);
	while (d != NULL && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(
		    path, sizeof(path), "/proc/%ld/task/%.20s/schedstat", (long)pid, e->d_name);
		f = fopen(path, "re");
		if (f != NULL && fscanf(f, "%llu", &ns) == 1)
			total += ns;
		if (f != NULL)
			fclose(f);
	}
	if (d != NULL)
		closedir(d);
	return (double)total / 1e9;
}

double
peer_memory(const struct peer *p, const char *name)
{
	char path[64], line[256];
	double kb = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/status", (long)p->proc.pid);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':')
			kb = strtod(line + strlen(name) + 1, NULL);
	if (f != NULL)
		fclose(f);
	return kb * 1024;
}
