/* SPDX-License-Identifier: ISC */
/*
 * control.h - the socket by which mucd is run from its own machine
 *
 * A Unix socket, on which a stream like that of a component is spoken: a header each, mucd's with the domains
 * that are served in its features, then IQs and their answers, without `from`: mucd knows who it is. Who may
 * connect is decided by the mode of the socket, and once more by what the kernel says of the peer (root, the
 * user of mucd, the group of the socket), before a byte is read. Each of them is an administrator.
 *
 * The same stream takes rooms in: control_import.h.
 *
 * Nothing here waits for a peer: one stanza of each is handled at a time, the next one is read when the answer
 * is written, and who does not take it is left.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct control;
struct world;

/* What control_poll() needs room for: the greatest control_connections, and one. */
#define CONTROL_POLLS 65

/*
 * Listens there (conf->control). A socket that nobody listens on any more is replaced, anything else is left
 * alone. NULL when that cannot be: why then is a sentence for the operator.
 */
struct control *control_new(struct world *, char *why, size_t why_cap);

/* Removes the socket, too. NULL is allowed, here and in all that follow. */
void control_free(struct control *);

/* What to wait for, and until when, in mono_ms (INT64_MAX: for ever). Returns how many it filled in. */
size_t control_poll(struct control *, struct pollfd *);
int64_t control_deadline(const struct control *);

/* Does what came, with the same pollfds, and what is due, but gives nothing to libmuc. */
void control_run(struct control *, const struct pollfd *);

/* Does a stanza wait to be handled? */
bool control_waits(const struct control *);

/* Is an import under way? */
bool control_imports(const struct control *);

/* Gives one stanza of each peer to libmuc. False when none waited. */
bool control_handle(struct control *);

/* Writes what may be written. After muc_commit(). */
void control_flush(struct control *);

#endif
