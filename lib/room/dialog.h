/* SPDX-License-Identifier: ISC */
/*
 * dialog.h - commands that are under way (XEP-0050 3.3)
 *
 * Between two steps of a command all that is known of it lies in the store, so a restart ends none. A
 * dialog belongs to one full JID, one address and one node; their number and what has been said in each are
 * bounded (command_* of MUC_LIMITS), and after command_s it is gone.
 */
#ifndef DIALOG_H
#define DIALOG_H

#include "room.h"

/* What was given for a field, in one step of the command or on one page of it. */
struct given {
	const char *var;
	unsigned page; /* of a step with pages; else 0 */
	const char **values;
	size_t nvalues;
	struct given *next;
};

struct dialog {
	const char *id;
	const char *jid;      /* full: whose it is */
	const char *to;	      /* bare: to whom */
	const char *node;     /* as it was asked for */
	enum lang lang;	      /* in which it was begun: 3.7 */
	unsigned stage, page; /* what was shown last: the number of steps is a result */
	bool more;	      /* there is another page after that one */
	struct given *given;
};

/* An id that nobody can make up, for a dialog whose other members are set. */
char *dialog_id(struct service *, const struct dialog *);

enum dialog_found {
	DIALOG_FOUND,
	DIALOG_OVER,  /* it was one of that JID, address and node */
	DIALOG_NEVER, /* it never was */
};

/* The one of that id; jid, to and node are given. Strings: arena. */
enum dialog_found dialog_get(struct service *, struct dialog *, const char *id);

/*
 * May somebody (by bare JID) begin another one? There may be `commands` of them in all, twice as many for an
 * administrator of the service. Whoever has as many of their own as they may have still can: dialog_put() removes
 * the one of theirs that has waited longest, for clients forget to cancel.
 */
bool dialog_room(struct service *, const char *bare);

/* Is what it holds within command_bytes? */
bool dialog_fits(const struct service *, const struct dialog *);

void dialog_put(struct service *, const struct dialog *);
void dialog_del(struct service *, const struct dialog *); /* nothing there: no error */

/* What was given for a field on a page; NULL: nothing. */
struct given *dialog_given(const struct dialog *, const char *var, unsigned page);

/* Sets it; what was given before is forgotten. The arrays are borrowed. */
void dialog_give(struct arena *, struct dialog *, const char *var, unsigned page,
    const char **values, size_t nvalues);

/* Learns from the store how many there are. */
void dialogs_load(struct service *);

/* When the first of them ends, in mono_ms; INT64_MAX: there is none. */
int64_t dialogs_due(const struct service *);

/* Forgets those that have ended. */
void dialogs_expire(struct service *);

#endif
