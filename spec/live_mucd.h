/* SPDX-License-Identifier: ISC */
/*
 * live_mucd.h - mucd, attached to a throwaway server
 */
#ifndef LIVE_MUCD_H
#define LIVE_MUCD_H

#include "live_server.h"

#define FENCE_MS 1 /* fence_ms in mucd.conf: a fence goes behind nearly everything that is told */

struct scs;

struct mucd {
	const char *program;
	struct proc proc;
	char *conf, *log, *database; /* paths in the server's directory */
};

/*
 * Writes mucd.conf, for all components of the server, with what the script wants (NULL: nothing)
 * and an empty database in the server's directory. Does not start it. False, and says why.
 */
bool mucd_prepare(struct mucd *, const char *program, const struct server *,
    const struct server_conf *, const struct scs *);

/* Starts it; attached it is only some time after. */
bool mucd_start(struct mucd *);

/*
 * Writes mucd.conf anew, as the script has it now, and has it read; false, and says why, if it was not
 * taken.
 */
bool mucd_reload(struct mucd *, const struct server_conf *, const struct scs *);

/* Ends it by that signal. False, and says so, if it did not run any more or does not end well. */
bool mucd_stop(struct mucd *, int sig);

void mucd_release(struct mucd *); /* kills it, if it runs; its files stay until the server's go */

#endif
