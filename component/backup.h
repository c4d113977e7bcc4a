/* SPDX-License-Identifier: ISC */
/*
 * backup.h - a copy of the database while it is in use, to keep or to look through
 */
#ifndef BACKUP_H
#define BACKUP_H

#include <stdbool.h>
#include <stddef.h>

/* Can one be made now into that folder (NULL: none is configured)? False, and why not in a sentence. */
bool backup_ready(const char *folder, char *why, size_t cap);

/* Warns if none could be made into that folder (NULL: none is wanted). */
void backup_look(const char *folder);

/*
 * Has a child make one, mucd-DATE in that folder, which is there when all of it is. False: there is no child.
 * The log says how it went.
 */
bool backup_start(const char *database, const char *folder);

/* Has a child look through such a copy, and remove it: the log says what is wrong in it. */
bool backup_check(const char *database, const char *folder);

/* A child has ended (SIGCHLD). False: none of these; else, is all good? */
bool backup_reap(bool *good);

/* The name of the last copy in its folder. */
const char *backup_name(void);

/* Is one being made? */
bool backup_runs(void);

#endif
