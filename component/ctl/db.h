/* SPDX-License-Identifier: ISC */
/*
 * db.h - `mucctl db`: what is done to a database, and not by asking mucd
 */
#ifndef DB_H
#define DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "ctl.h"

struct conf;
struct db_command;
struct store;

/* What stands on the command line behind `db`. */
struct db {
	const struct db_command *command;
	const char *conf_path;
	const char *path;  /* of the database */
	struct conf *conf; /* NULL: only path is known */

	/* options of commands */
	const char *output, *from;
	const char **renames; /* pairs; ends with NULL */
	size_t nrenames;
	bool json, replace, print;
	int timeout_s; /* for an answer of mucd's */
	int nrooms;    /* of stat; -1: not said */
	int argc;
	char **argv; /* what is no option */
};

enum ctl_exit ctl_db(const struct ctl_options *, int argc, char **argv);

/* The i-th command of it; NULL beyond the last. */
const char *db_command_name(size_t i);

/* The database to be read; NULL, and it has been said why. */
struct store *db_read(const struct db *);

/*
 * root works on a database as the user whose it is: what it makes there is to be mucd's. Files of root's
 * are to be opened before; db_finish() ends it. False, and it has been said why.
 */
bool db_become_owner(const struct db *);

/*
 * A file that is to be written beside its name until it is whole: readable for its owner alone, for there are
 * passwords in it. NULL, and it has been said why: also when there is one of that name, or one is being written.
 */
FILE *db_create(const char *path);

/* It is whole, or is not to be; closes it. False, and it has been said why. */
bool db_finish(FILE *, const char *path, bool is_whole);

/* One line, with control characters made visible. */
void db_say(FILE *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A string, with its quotes, as JSON has it. */
void db_json(FILE *, const char *s);

/* Was all of standard output written? CTL_FAILED, and it has been said, if not; else rc. */
enum ctl_exit db_written(enum ctl_exit rc);

/* db_check.c, db_stat.c, db_backup.c, db_export.c, db_import.c, db_send.c */
enum ctl_exit db_check(const struct db *);
enum ctl_exit db_stat(const struct db *);
enum ctl_exit db_backup(const struct db *);
enum ctl_exit db_export(const struct db *);
enum ctl_exit db_import(const struct db *);

/*
 * Has the mucd that runs import what can be read from that file; its name is for messages. why says that it runs:
 * what is said if it cannot be asked.
 */
enum ctl_exit db_send(const struct db *, FILE *, const char *name, const char *why);

#endif
