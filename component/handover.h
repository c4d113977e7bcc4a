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

struct connector;
struct link;

/* -- the old one -- */

/* What goes along beside the database. */
struct handing {
	const char *exe, *conf; /* paths */
	bool to_syslog;		/* we are in the background */
	int filter;		/* FILTER_IS() of that in force */
	const struct connector *connector;
	struct link **links;
	size_t nlinks;
};

/*
 * Does the program at exe run, and take the configuration, our database and our filter? False after a word in
 * the log.
 */
bool handover_check(const struct handing *);

/* Becomes it. Returns only when that is not possible, with a word in the log. */
void handover_exec(const struct handing *);

/* -- the new one -- */

struct handover;

/* What it was given; NULL: nothing, it is a start like any other. */
struct handover *handover_read(void);

bool handover_to_syslog(const struct handover *);

/* FILTER_IS() of the filter in force. */
int handover_filter(const struct handover *);

/* NULL: none came along. */
struct connector *handover_connector(const struct handover *);

/* Gives a link its connection, if there is one for its domain. */
void handover_link(struct handover *, struct link *);

/* Closes the connections that nobody wanted. NULL is allowed. */
void handover_free(struct handover *);

/* Is it handover_check() that asks? */
bool handover_is_asked(void);

/*
 * Asked by handover_check(): is our schema at least that of the mucd that asks, and does its filter permit what
 * we do? NULL, or why not.
 */
const char *handover_unsuited(void);

#endif
