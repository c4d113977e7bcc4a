/* SPDX-License-Identifier: ISC */
/*
 * lookup.h - a query of a room's archive (XEP-0313), and how far it has come
 *
 * A page is looked for in steps, so that a search of a large archive keeps nobody waiting. What suits is
 * noted by its id alone and read again when the page is told: so it is told as it is by then. Between two
 * steps nothing is remembered of the store but the id where the next one begins.
 */
#ifndef LOOKUP_H
#define LOOKUP_H

#include "archive.h"
#include "text.h"

struct xml;

enum lookup_with {
	WITH_ANYBODY,
	WITH_NICK,   /* by the nick under which it was said */
	WITH_BARE,   /* by the bare JID of who said it */
	WITH_FULL,   /* by the full one */
	WITH_NOBODY, /* by an address that nobody who speaks here can have */
};

struct archive_id {
	uint8_t b[ARCHIVE_ID_LEN];
};

/* Strings and arrays are in the arena of the turn; once it waits, on the heap. */
struct lookup {
	TAILQ_ENTRY(lookup) entry; /* of service.lookups, while it waits for its next step */
	bool waits;

	/* who asks */
	const char *from;    /* full JID */
	const char *to;	     /* the room, as the request names it */
	const char *id;	     /* of the request */
	const char *queryid; /* or NULL */
	enum lang lang;
	uint64_t room_id;
	unsigned domain_no;

	/* for what: entries between low and high, themselves not included; both close in as it goes on */
	struct archive_id low, high;
	enum lookup_with with;
	const char *with_name;
	const char *words;	       /* as words_read() makes them; NULL: any */
	const struct archive_id *id_v; /* in order; NULL: all ids */
	size_t nids;
	const struct archive_id *must; /* what the archive must have: 4.1.3, 4.3.2 */
	size_t nmust;
	bool must_not_be; /* it must also have an id that no archive of ours can have */
	bool part;	  /* only a page is asked for, which may begin in the midst of the result */
	bool back;	  /* the page is of the last entries, or of those before one */
	bool flip;	  /* told in reverse: 4.3.4 */
	bool counts;	  /* none is to be told: XEP-0059 2.7 */
	uint64_t max;
	size_t max_bytes, frame_bytes; /* of a page; of what is around an entry that is told */

	/* what has been found: ids in the order of the walk, or how many, if it counts */
	struct archive_id *found;
	uint64_t n;
	size_t bytes;
	unsigned ahead; /* looked at since the page was full */
	bool more;	/* there are more, or it is not known */
};

/* What is wrong with a query. */
enum lookup_read {
	LOOKUP_SOUND,
	LOOKUP_MALFORMED,
	LOOKUP_BAD_JID,
	LOOKUP_NO_FIELD, /* a field, or a way of paging, that is not there */
	LOOKUP_TOO_MUCH,
};

/* Reads a <query/>; the caller fills in who asks. */
enum lookup_read lookup_read(struct room *, const struct xml *query, struct lookup *);

/* The form with all fields of a query: 4.1.5. */
void lookup_add_form(struct arena *, struct xml *up, enum lang);

/* Does the archive have all that it must have? */
bool lookup_has_all(struct room *, const struct lookup *);

/*
 * Looks at some more entries, or ids that are asked for. True: that was the last step, and all that was
 * found is in it. *nvisited becomes how much work it was, in entries.
 */
bool lookup_step(struct room *, struct lookup *, unsigned *nvisited);

/* Puts it at the end of those that wait. Returns it: a copy on the heap, when it was in the arena. */
struct lookup *lookup_wait(struct service *, struct lookup *);

/* How many queries of that bare JID wait. */
unsigned lookup_waiting(const struct service *, const char *bare);

/* Takes it from those that wait, and frees it. */
void lookup_free(struct service *, struct lookup *);
void lookups_free(struct service *);

#endif
