/* SPDX-License-Identifier: ISC */
/*
 * leaving.h - mucd --leave: the mucd that runs is stopped for good
 */
#ifndef LEAVING_H
#define LEAVING_H

/*
 * Has the mucd that has that database tell all that they have left (332), and waits until it has ended. Returns
 * the exit status: 0 when it has done so, 1 after a word to standard error.
 */
int leaving_ask(const char *database);

/* -- what the other one does -- */

/* To be called by the mucd that leaves, while it still has the database: tells leaving_ask(). */
void leaving_done(const char *database);

#endif
