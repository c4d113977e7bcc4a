/* SPDX-License-Identifier: ISC */
/*
 * mucd.c - the daemon: options, signals, beginning and end
 */
#include <sys/signalfd.h>
#include <sys/stat.h>

#include <getopt.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "background.h"
#include "backup.h"
#include "base/mem.h"
#include "chance.h"
#include "conf.h"
#include "confine.h"
#include "connector.h"
#include "control.h"
#include "control_socket.h"
#include "filter.h"
#include "handover.h"
#include "leaving.h"
#include "link.h"
#include "log.h"
#include "loop.h"
#include "muc.h"
#include "reload.h"
#include "resident.h"
#include "store_lmdb.h"
#include "store_shared.h"
#include "why.h"

#ifndef MUCD_CONF
#	define MUCD_CONF "/etc/mucd/mucd.conf"
#endif

struct mucd {
	char exe[4096];				/* our program; or what is there now */
	bool in_foreground, check_only, leaves; /* -f, -n, --leave */
	struct handover *handover;		/* NULL: nothing was handed over to us */
	int filter;				/* FILTER_IS() of that in force */
	const char *path;			/* of the configuration */
	struct conf *conf;
	struct loop loop;
	bool wants_child;   /* when the turn is over */
	enum muc_ask child; /* what it is for, or was */
	bool child_good;    /* how it went */
	char why[1024];	    /* it was not done what an administrator wanted */
	int ready_fd;	    /* of the process that started us and waits; -1: none */
};

static const char *const store_files[] = { "", "mucd.lock", "lock.mdb", "data.mdb", NULL };

static const char usage_text[] =
    "usage: mucd [-fnhV] [-c file]\n"
    "       mucd --leave [-c file]\n"
    "\n"
    "A Multi-User Chat service (XEP-0045) for any XMPP server, as its component (XEP-0114).\n"
    "\n"
    "  -c file  the configuration; " MUCD_CONF " if not given\n"
    "  -f       stay in the foreground and log to standard error\n"
    "  -n       check the configuration and exit: 0 if it is good, 1 if not\n"
    "  -h       this text\n"
    "  -V       the version\n"
    "  --leave  stop the one that runs, for good: all are told that they have left; wait until it "
    "has ended\n"
    "\n"
    "SIGHUP has it read its configuration again, SIGUSR2 has what is installed now go on in its "
    "place,\n"
    "SIGTERM stops it. See mucd(8), mucd.conf(5).\n";

/* -- what libmuc is given -- */

static uint32_t
random_u32(void)
{
	uint32_t v;

	chance_fill(NULL, &v, sizeof v);
	return v;
}

static void
log_from_muc(void *arg, enum muc_log urgency, const char *line)
{
	(void)arg;
	log_line(urgency, line);
}

static void __attribute__((noreturn)) out_of_memory(size_t nbytes)
{
	fatalx("out of memory: %zu bytes", nbytes);
}

/* -- reading the configuration again -- */

static void
complain_to_stderr(const char *line)
{
	char visible[2048];

	log_visible(line, visible, sizeof visible);
	fprintf(stderr, "%s\n", visible);
}

static void
reload(void *arg)
{
	struct mucd *d = arg;

	d->conf = reload_conf(&d->loop, d->conf, d->path);
}

/* -- what administrators want -- */

static char first_complaint[1024];

static void
keep_first(const char *line)
{
	if (first_complaint[0] == '\0')
		log_visible(line, first_complaint, sizeof first_complaint);
}

/* Will it be taken? What is wrong with it is said to whoever wants it, and not found in the log alone. */
static const char *
ask_reload(struct mucd *d)
{
	struct conf *conf;

	first_complaint[0] = '\0';
	conf = conf_read(d->path, keep_first);
	if (conf == NULL)
		return first_complaint;
	conf_free(conf);
	d->loop.wants_reload = true;
	return NULL;
}

static struct handing
handing_of(const struct mucd *d)
{
	return (struct handing){
		.exe = d->exe,
		.conf = d->path,
		.to_syslog = !d->in_foreground,
		.filter = d->filter,
		.connector = d->loop.w.connector,
		.links = d->loop.links,
		.nlinks = d->loop.nlinks,
	};
}

/* At what another one could not go on. */
static bool
is_busy(const struct mucd *d)
{
	if (backup_runs())
		log_warnx("handing over: not while a backup is made");
	else if (control_imports(d->loop.control))
		log_warnx("handing over: not while rooms are imported");
	else
		return false;
	return true;
}

static bool
may_leave(void *arg)
{
	const struct mucd *d = arg;
	const struct handing h = handing_of(d);

	return !is_busy(d) && handover_check(&h);
}

static const char *
ask(void *arg, enum muc_ask what, const char *with)
{
	struct mucd *d = arg;

	switch (what) {
	case MUC_ASK_RELOAD:
		return ask_reload(d);
	case MUC_ASK_LOG_LEVEL:
		log_set_level((enum muc_log)log_level_of(with));
		return NULL;
	case MUC_ASK_BACKUP:
	case MUC_ASK_VERIFY:
		if (d->wants_child)
			return "one is being made already";
		if (!backup_ready(d->conf->backup_dir, d->why, sizeof d->why))
			return d->why;
		d->wants_child = true;
		d->child = what;
		return NULL;
	case MUC_ASK_RESTART:
		if (!may_leave(d))
			return "the log says why";
		d->loop.wants_leave = true;
		return NULL;
	case MUC_ASK_STOP:
		d->loop.wants_stop = true;
		break;
	}
	return NULL;
}

/* What was committed before is in the copy. */
static void
turn_over(void *arg)
{
	struct mucd *d = arg;
	const struct conf *conf = d->conf;

	if (!d->wants_child)
		return;
	d->wants_child = d->child_good = false;
	if (d->child == MUC_ASK_BACKUP)
		d->loop.has_news = !backup_start(conf->database, conf->backup_dir);
	else
		d->loop.has_news = !backup_check(conf->database, conf->backup_dir);
	/* Until it is seen who reads: store_lmdb_look(). */
	muc_retention_pause(d->loop.w.muc, true);
}

static void
child_over(void *arg)
{
	struct mucd *d = arg;

	if (backup_reap(&d->child_good))
		d->loop.has_news = true;
	connector_reap(d->loop.w.connector);
}

static void
news(void *arg)
{
	struct mucd *d = arg;

	muc_retention_pause(d->loop.w.muc, false);
	muc_asked_done(d->loop.w.muc, d->child, d->child_good, backup_name(), d->loop.w.now);
}

/* -- another mucd goes on -- */

static void
leave(void *arg)
{
	const struct mucd *d = arg;
	const struct handing h = handing_of(d);

	/* Again: what was handled since may have begun it. */
	if (is_busy(d))
		return;
	log_info("another mucd goes on here");
	loop_notify_reloading();
	handover_exec(&h);
	sd_notify(0, "READY=1");
}

/* -- beginning and end -- */

static void
ready(void *arg)
{
	struct mucd *d = arg;

	log_info("mucd " MUC_VERSION " serves %zu domain%s", d->loop.nlinks,
	    d->loop.nlinks == 1 ? "" : "s");
	if (d->ready_fd == -1)
		return;
	log_to_syslog("mucd", _PATH_LOG);
	background_ready(d->ready_fd);
	d->ready_fd = -1;
}

/* SIGXFSZ: a limit on file sizes is a full disk to us, not a death. */
static int
block_signals(void)
{
	sigset_t set;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	store_shared_explain();
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		fatal("sigprocmask");
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd == -1)
		fatal("signalfd");
	return fd;
}

/*
 * The beginning of it: who we are, and who connects for us. Before the database is opened, which is that user's,
 * and before there is anything that the other process should not have.
 */
static bool
begin_confined(struct mucd *d, char *why, size_t cap)
{
	if (d->handover == NULL) {
		if (!confine_user(d->conf->user, d->conf->control_group, why, cap))
			return false;
		if (geteuid() == 0)
			log_info("running as root: `user` in mucd.conf would be safer");
		d->loop.w.connector = connector_start(d->conf, d->exe, d->path, !d->in_foreground);
	} else
		d->loop.w.connector = handover_connector(d->handover);
	confine_memory();
	if (d->loop.w.connector != NULL)
		return true;
	snprintf(why, cap, "there is nobody to connect for us");
	return false;
}

/* The end of it: all is there that needs to be made, and nothing was read yet. */
static bool
end_confined(struct mucd *d, char *why, size_t cap)
{
	const enum filter_mode mode = d->conf->seccomp;

	if (!confine_capabilities(why, cap))
		return false;
	if (d->handover != NULL)
		d->filter = handover_filter(d->handover);
	if (mode == FILTER_OFF || d->filter == FILTER_IS(mode))
		return true;
	d->filter = FILTER_IS(mode);
	return filter_load(FILTER_DAEMON, mode, why, cap);
}

static bool
open_service(struct mucd *d, char *why, size_t cap)
{
	struct loop *lo = &d->loop;
	struct muc_host host = {
		.arg = d,
		.random = chance_fill,
		.log = log_from_muc,
		.ask = ask,
		.memory = resident_bytes,
	};
	enum muc_error error;

	lo->store = (d->handover != NULL ? store_lmdb_go_on : store_lmdb_open)(
	    d->conf->database, (size_t)d->conf->database_max, why, cap);
	if (lo->store == NULL) {
		confine_look(d->conf->database, store_files);
		return false;
	}
	host.store = lo->store;
	loop_now(&lo->w.now);
	lo->w.muc = muc_new(&host, &d->conf->muc, lo->w.now, &error);
	if (lo->w.muc != NULL)
		return true;
	snprintf(why, cap, "database %s: %s", d->conf->database, why_muc(error));
	return false;
}

static bool
add_domains(struct mucd *d, char *why, size_t cap)
{
	struct loop *lo = &d->loop;

	lo->links = mem_alloc(d->conf->ncomponents * sizeof *lo->links);
	for (size_t i = 0; i < d->conf->ncomponents; i++) {
		const struct conf_component *c = &d->conf->components[i];
		int domain = muc_domain_add(lo->w.muc, c->domain);

		if (domain == -1) {
			snprintf(why, cap, "database %s: %s", d->conf->database,
			    why_muc(MUC_STORE_BROKEN));
			return false;
		}
		lo->links[lo->nlinks++] = link_new(&lo->w, c, (unsigned)domain);
	}
	return true;
}

static bool
open_control(struct mucd *d, char *why, size_t cap)
{
	if (d->conf->control == NULL)
		return true;
	d->loop.control = control_new(&d->loop.w, why, cap);
	return d->loop.control != NULL;
}

static void
close_all(struct loop *lo)
{
	control_free(lo->control);
	for (size_t i = 0; i < lo->nlinks; i++)
		link_free(lo->links[i]);
	free(lo->links);
	muc_free(lo->w.muc);
	if (lo->store != NULL)
		lo->store->close(lo->store);
	connector_free(lo->w.connector);
	close(lo->signal_fd);
}

/* Returns the exit status. */
static int
serve(struct mucd *d)
{
	struct loop *lo = &d->loop;
	char why[512];

	*lo = (struct loop){
		.w = { .conf = d->conf, .random = random_u32 },
		.signal_fd = block_signals(),
		.arg = d,
		.on_ready = ready,
		.on_reload = reload,
		.on_child = child_over,
		.on_news = news,
		.on_turn = turn_over,
		.may_leave = may_leave,
		.on_leave = leave,
	};
	if (!begin_confined(d, why, sizeof why) || !open_service(d, why, sizeof why) ||
	    !add_domains(d, why, sizeof why) || !open_control(d, why, sizeof why) ||
	    !end_confined(d, why, sizeof why)) {
		log_line(MUC_LOG_ERROR, why);
		close_all(lo);
		return 1;
	}
	backup_look(d->conf->backup_dir);
	for (size_t i = 0; i < lo->nlinks && d->handover != NULL; i++)
		handover_link(d->handover, lo->links[i]);
	loop_run(lo);
	if (lo->has_left)
		leaving_done(d->conf->database);
	log_info("stopped");
	close_all(lo);
	return 0;
}

/* Could another one have the files that the configuration names? It cannot go back when it finds that it has none. */
static bool
has_places(const struct conf *c, char *why, size_t cap)
{
	if (!confine_look(c->database, store_files))
		return why_not(why, cap, "database: %s cannot be used", c->database);
	return c->control == NULL || control_socket_may(c->control, why, cap);
}

/* -n, of a configuration that was read; whoever would go over to us asks so, too. */
static int
check(const struct mucd *d)
{
	const char *why = handover_unsuited(), *group = d->conf->control_group;
	char place[512];

	if (d->conf->user != NULL && getpwnam(d->conf->user) == NULL) {
		fprintf(stderr, "%s: user: there is no user %s\n", d->path, d->conf->user);
		return 1;
	}
	if (group != NULL && getgrnam(group) == NULL) {
		fprintf(stderr, "%s: control_group: there is no group %s\n", d->path, group);
		return 1;
	}
	if (group != NULL && handover_is_asked() && !confine_in_group(group)) {
		fprintf(stderr, "%s: control_group: mucd is not in the group %s\n", d->path, group);
		return 1;
	}
	if (handover_is_asked() && !has_places(d->conf, place, sizeof place))
		why = place;
	if (why != NULL) {
		fprintf(stderr, "mucd " MUC_VERSION ": %s\n", why);
		return 1;
	}
	printf("%s: good\n", d->path);
	return 0;
}

static int
usage(void)
{
	fputs(usage_text, stderr);
	return 1;
}

/* -1: go on; else the exit status. */
static int
read_options(struct mucd *d, int argc, char **argv)
{
	static const struct option options[] = {
		{ "leave", no_argument, NULL, 'L' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:fhnV", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			d->path = optarg;
			break;
		case 'f':
			d->in_foreground = true;
			break;
		case 'n':
			d->check_only = true;
			break;
		case 'L':
			d->leaves = true;
			break;
		case 'h':
			fputs(usage_text, stdout);
			return 0;
		case 'V':
			puts("mucd " MUC_VERSION);
			return 0;
		default:
			return usage();
		}
	}
	if (optind != argc || (d->leaves && (d->check_only || d->in_foreground)))
		return usage();
	return -1;
}

/* Who we are to be: the daemon, from the start or in another one's place, or its connector. */
static void
settle_in(struct mucd *d)
{
	log_to_stderr();
	d->handover = handover_read();
	if (d->handover == NULL && !connector_is_wanted())
		confine_descriptors();
	if (d->handover != NULL && handover_to_syslog(d->handover))
		log_to_syslog("mucd", _PATH_LOG);
	else if (d->handover != NULL)
		d->in_foreground = true;
	if (readlink("/proc/self/exe", d->exe, sizeof d->exe - 1) == -1)
		fatal("/proc/self/exe");
	umask(077);
}

/* What was asked for, of a configuration that was read. Returns the exit status. */
static int
run(struct mucd *d)
{
	if (connector_is_wanted())
		connector_run(d->conf, d->exe, d->path);
	if (d->leaves)
		return leaving_ask(d->conf->database);
	if (d->check_only)
		return check(d);
	log_set_level(d->conf->log_level);
	if (!d->in_foreground && d->handover == NULL)
		d->ready_fd = background_enter();
	return serve(d);
}

int
main(int argc, char **argv)
{
	struct mucd d = { .path = MUCD_CONF, .ready_fd = -1 };
	char *path;
	int rc;

	mem_die = out_of_memory;
	rc = read_options(&d, argc, argv);
	if (rc != -1)
		return rc;
	settle_in(&d);
	resident_gives_back();
	d.path = path = background_path(d.path);
	d.conf = conf_read(d.path, complain_to_stderr);
	if (d.conf != NULL)
		rc = run(&d);
	else
		rc = 1;
	handover_free(d.handover);
	conf_free(d.conf);
	free(path);
	return rc;
}
