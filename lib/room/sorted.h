/* SPDX-License-Identifier: ISC */
/*
 * sorted.h - orders of rooms, of those who page through them
 *
 * To sort very many rooms takes a while, so it is done for the first page of a dialog and not for each. The last few
 * orders are kept, in memory alone: after a restart, and for a dialog that others have pushed out, it is sorted anew.
 */
#ifndef SORTED_H
#define SORTED_H

#include "room.h"

#define SORTED_MOST 4 /* orders that are kept; what is in each has a limit (COMMAND_LOOKS) */

struct sorted {
	TAILQ_ENTRY(sorted) entry;
	char *dialog; /* its id */
	uint64_t *ids;
	size_t n;
	bool is_cut; /* there were more rooms than were looked at */
};

/* That of a dialog; NULL: there is none. Lives until the next is kept or forgotten. */
const struct sorted *sorted_find(struct service *, const char *dialog);

/* Keeps one for it, in the order of the ids, which are put into what it returns: n of them. */
struct sorted *sorted_keep(struct service *, const char *dialog, size_t n);

void sorted_forget(struct service *, const char *dialog); /* nothing there: no error */
void sorted_free(struct service *);			  /* all of them */

#endif
