/* SPDX-License-Identifier: ISC */
/*
 * backup.h - a copy of the database while it is in use, to keep or to look through
 */
#ifndef BACKUP_H
#define BACKUP_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Can a copy be made into that folder now (NULL: none is configured)? False: why then is a sentence for the
 * operator.
 */
bool backup_ready(const char *folder, char *why, size_t cap);

/* Warns in the log if none could be made into that folder (NULL: none is wanted). */
void backup_look(const char *folder);

/*
 * Has a child make one, mucd-DATE in that folder; it has that name when it is complete. False: there is no child.
 * The log says how it went.
 */
bool backup_start(const char *database, const char *folder);

/* Has a child look through such a copy, and remove it: the log says what is wrong in it. */
bool backup_check(const char *database, const char *folder);

/* To be called when a child has ended (SIGCHLD). False: it was none of these; else *good says how it went. */
bool backup_reap(bool *good);

/* The name of the last copy in its folder. */
const char *backup_name(void);

/* Is one being made? */
bool backup_runs(void);

#endif
