/* SPDX-License-Identifier: ISC */
/*
 * db.c - `mucctl db`: its commands and their options, and what they share
 */
#include "db.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../conf.h"
#include "../log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "db_store.h"

#ifndef MUCD_CONF
#	define MUCD_CONF "/etc/mucd/mucd.conf"
#endif

struct db_command {
	const char *name, *args, *what;
	const char *options; /* letters of those that are its own */
	int least, most;     /* arguments */
	enum ctl_exit (*run)(const struct db *);
};

static const struct db_command commands[] = {
	{ "check", "[-j]", "is every record sound, and do they agree?", "j", 0, 0, db_check },
	{ "stat", "[-j] [-n rooms]", "tables, pages, readers, the largest rooms", "jn", 0, 0,
	    db_stat },
	{ "backup", "file | directory", "a copy, also beside a mucd that runs", "", 1, 1,
	    db_backup },
	{ "export", "[-o file] [room ...]", "rooms as text, mucd-export(5); all if none is named",
	    "o", 0, INT_MAX, db_export },
	{ "import", "[-pr] [-f prosody | ejabberd] [-m from=to] file | directory",
	    "rooms from text, or from another server", "fmpr", 1, 1, db_import },
};

#define NCOMMANDS (sizeof commands / sizeof commands[0])

const char *
db_command_name(size_t i)
{
	return i < NCOMMANDS ? commands[i].name : NULL;
}

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "database", required_argument, NULL, 'd' },
	{ "from", required_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ "rename", required_argument, NULL, 'm' },
	{ "rooms", required_argument, NULL, 'n' },
	{ "output", required_argument, NULL, 'o' },
	{ "print", no_argument, NULL, 'p' },
	{ "replace", no_argument, NULL, 'r' },
	{ NULL, 0, NULL, 0 },
};

static void
tell_usage(FILE *f)
{
	fputs("usage: mucctl db command [-c file | -d directory] [option ...] [argument ...]\n\n"
	      "  -c, --config file         whose database it is; " MUCD_CONF " if not given\n"
	      "  -d, --database directory  the database itself\n\n",
	    f);
	for (size_t i = 0; i < NCOMMANDS; i++)
		fprintf(f, "  %s %s\n        %s\n", commands[i].name, commands[i].args,
		    commands[i].what);
}

static enum ctl_exit
usage(void)
{
	tell_usage(stderr);
	return CTL_USAGE;
}

static enum ctl_exit
help(void)
{
	tell_usage(stdout);
	return db_written(CTL_OK);
}

/* -- options -- */

/* from=to */
static bool
take_rename(struct db *db, char *arg)
{
	char *to = strchr(arg, '=');

	if (to == NULL || to == arg || to[1] == '\0') {
		ctl_complain("%s: not two addresses with a = between them", arg);
		return false;
	}
	*to++ = '\0';
	db->renames = mem_realloc(db->renames, (db->nrenames + 3) * sizeof *db->renames);
	db->renames[db->nrenames++] = arg;
	db->renames[db->nrenames++] = to;
	db->renames[db->nrenames] = NULL;
	return true;
}

static bool
take_number(struct db *db, const char *arg)
{
	char *end;
	long n = strtol(arg, &end, 10);

	if (*arg < '0' || *arg > '9' || *end != '\0' || n > 100000) {
		ctl_complain("%s: not a number from 0 to 100000", arg);
		return false;
	}
	db->nrooms = (int)n;
	return true;
}

static bool
take_option(struct db *db, int c)
{
	switch (c) {
	case 'c':
		db->conf_path = optarg;
		return true;
	case 'd':
		db->path = optarg;
		return true;
	case 'f':
		db->from = optarg;
		return true;
	case 'j':
		return db->json = true;
	case 'm':
		return take_rename(db, optarg);
	case 'n':
		return take_number(db, optarg);
	case 'o':
		db->output = optarg;
		return true;
	case 'p':
		return db->print = true;
	case 'r':
		return db->replace = true;
	default:
		return false;
	}
}

/* False: they are none, or -h is one of them. */
static bool
take_options(struct db *db, int argc, char **argv, bool *wants_help)
{
	char letters[32];
	int c;

	snprintf(letters, sizeof letters, "%s", "c:d:f:hjm:n:o:pr");
	while ((c = getopt_long(argc, argv, letters, long_options, NULL)) != -1) {
		if (c == 'h') {
			*wants_help = true;
			return false;
		}
		if (c != 'c' && c != 'd' && c != '?' && strchr(db->command->options, c) == NULL) {
			ctl_complain("db %s has no option -%c", db->command->name, c);
			return false;
		}
		if (!take_option(db, c))
			return false;
	}
	db->argc = argc - optind;
	db->argv = argv + optind;
	return db->argc >= db->command->least && db->argc <= db->command->most;
}

static void
complain(const char *line)
{
	ctl_complain("%s", line);
}

/* Where the database is. -d alone does for what needs to know no more; printing needs none. */
static bool
find_database(struct db *db)
{
	if (db->print ||
	    (db->path != NULL && db->conf_path == NULL && db->command->run != db_import))
		return true;
	db->conf = conf_read(db->conf_path != NULL ? db->conf_path : MUCD_CONF, complain);
	if (db->conf == NULL)
		return false;
	if (db->path == NULL)
		db->path = db->conf->database;
	return true;
}

enum ctl_exit
ctl_db(const struct ctl_options *o, int argc, char **argv)
{
	struct db db = { .json = o->is_json, .nrooms = -1, .timeout_s = o->timeout_s };
	enum ctl_exit rc = CTL_FAILED;
	bool wants_help = false;

	if (argc < 2)
		return usage();
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "--help") == 0)
		return help();
	for (size_t i = 0; i < NCOMMANDS; i++)
		if (strcmp(commands[i].name, argv[1]) == 0)
			db.command = &commands[i];
	if (db.command == NULL) {
		ctl_complain("db has no command %s", argv[1]);
		return usage();
	}
	if (!take_options(&db, argc - 1, argv + 1, &wants_help))
		rc = wants_help ? help() : usage();
	else if (find_database(&db))
		rc = db.command->run(&db);
	conf_free(db.conf);
	free(db.renames);
	return rc;
}

/* -- what they share -- */

bool
db_become_owner(const struct db *db)
{
	struct stat st;

	if (stat(db->path, &st) == -1) {
		ctl_complain("database %s: %s", db->path, strerror(errno));
		return false;
	}
	if (geteuid() != 0 || st.st_uid == 0)
		return true;
	if (setgroups(1, &st.st_gid) == -1 || setegid(st.st_gid) == -1 ||
	    seteuid(st.st_uid) == -1) {
		ctl_complain("database %s: becoming its owner: %s", db->path, strerror(errno));
		return false;
	}
	return true;
}

struct store *
db_read(const struct db *db)
{
	struct store *s;
	char why[512];

	if (!db_become_owner(db))
		return NULL;
	s = db_store_open(db->path, why, sizeof why);
	if (s == NULL)
		ctl_complain("%s", why);
	return s;
}

static char *
part_of(const char *path)
{
	char *part = mem_alloc(strlen(path) + sizeof ".part");

	strcpy(part, path);
	return strcat(part, ".part");
}

/*
 * A file that nobody had before: neither one that somebody else has put there to read it, or for us to follow, nor
 * what was left behind with another mode. Who writes one has it locked. -1 with errno.
 */
static int
open_part(const char *part)
{
	const int left = open(part, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	int fd;

	if (left != -1 && flock(left, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK) {
		close(left);
		errno = EBUSY;
		return -1;
	}
	unlink(part);
	if (left != -1)
		close(left);
	fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd != -1)
		flock(fd, LOCK_EX | LOCK_NB);
	return fd;
}

FILE *
db_create(const char *path)
{
	char *part = part_of(path);
	int fd = open_part(part);

	/* Not before: whoever has written it may just have ended. */
	if (fd != -1 && access(path, F_OK) == 0) {
		unlink(part);
		close(fd);
		fd = -1;
		errno = EEXIST;
	}
	if (fd == -1)
		ctl_complain(
		    "%s: %s", path, errno == EBUSY ? "it is being written" : strerror(errno));
	free(part);
	return fd != -1 ? fdopen(fd, "w+") : NULL;
}

/* What a folder has is durable when the folder is. */
static bool
sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash != NULL ? mem_strndup(path, (size_t)(slash - path) + 1) : mem_strdup(".");
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = fd != -1 && fsync(fd) == 0;

	if (fd != -1)
		close(fd);
	free(dir);
	return good;
}

bool
db_finish(FILE *f, const char *path, bool is_whole)
{
	char *part = part_of(path);
	/* The folder is root's, if it is root who asked. */
	bool good = seteuid(getuid()) == 0 && is_whole;

	good = good && fflush(f) == 0 && fsync(fileno(f)) == 0;
	good = good && rename(part, path) == 0 && sync_folder(path);
	if (is_whole && !good)
		ctl_complain("%s: %s", path, strerror(errno));
	if (!good)
		unlink(part);
	fclose(f); /* and the lock is gone */
	free(part);
	return good;
}

void
db_say(FILE *f, const char *fmt, ...)
{
	char line[2048], visible[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	log_visible(line, visible, sizeof visible);
	fprintf(f, "%s\n", visible);
}

enum ctl_exit
db_written(enum ctl_exit rc)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return rc;
	ctl_complain("standard output: %s", strerror(errno));
	return CTL_FAILED;
}

void
db_json(FILE *f, const char *s)
{
	bool is_text = utf8_is(s, strlen(s));

	putc('"', f);
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			fprintf(f, "\\%c", c);
		else if (c < ' ' || (c > '~' && !is_text))
			fprintf(f, "\\u%04x", c);
		else
			putc(c, f);
	}
	putc('"', f);
}
