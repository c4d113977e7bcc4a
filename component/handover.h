/* SPDX-License-Identifier: ISC */
/*
 * handover.h - another mucd goes on where this one stops
 *
 * By execve(2): the process stays, and so do the connections. What is to be known of them goes along
 * in a memfd, as tagged records (lib/base/rec.h), so that another version can read them.
 */
#ifndef HANDOVER_H
#define HANDOVER_H

#include <stdbool.h>
#include <stddef.h>

struct link;

/* -- the old one -- */

/* Does the program at exe run, and take the configuration and our database? False after a word in the log. */
bool handover_check(const char *exe, const char *conf);

/* Becomes it; to_syslog: we are in the background. Returns only when that is not possible, with a word in the log. */
void
handover_exec(const char *exe, const char *conf, bool to_syslog, struct link **, size_t nlinks);

/* -- the new one -- */

struct handover;

/* What it was given; NULL: nothing, it is a start like any other. */
struct handover *handover_read(void);

bool handover_to_syslog(const struct handover *);

/* Gives a link its connection, if there is one for its domain. */
void handover_link(struct handover *, struct link *);

/* Closes the connections that nobody wanted. NULL is allowed. */
void handover_free(struct handover *);

/* Is our schema at least that of the mucd that asks by handover_check()? */
bool handover_suits(void);

#endif
