/* SPDX-License-Identifier: ISC */
/*
 * archives.h - what a service knows of all its archives; the rest is in held.h
 */
#ifndef ARCHIVES_H
#define ARCHIVES_H

#include <bsd/sys/queue.h>
#include <bsd/sys/tree.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARCHIVE_ID_LEN 16
#define ARCHIVE_KEY_LEN                                                                            \
	(8 + ARCHIVE_ID_LEN) /* the room's id before it: keys of entries, and others */

struct held;
TAILQ_HEAD(held_list, held);
RB_HEAD(held_tree, held);

/* How much they hold stands in the stats. */
struct archives {
	struct held_tree held;	  /* what was asked for in this turn */
	struct held_list changed; /* of it, what is to be written */
	bool is_changed;	  /* so is what stands here */

	bool is_counting; /* what an older mucd has not counted: all behind that key */
	uint8_t counted_to[ARCHIVE_KEY_LEN];

	struct room_limits {
		uint64_t entries, bytes; /* 0: none */
	} compared;			 /* no room holds more, or it is in table over */
	struct room_limits comparing;	 /* with these now, */
	uint64_t compared_to;		 /* up to the room of that id */

	int64_t aging_first_ms[4]; /* wall; by enum aging: the first of table aging */
	bool are_over;		   /* table over is not empty */
	size_t nadded;		   /* entries since the last step of retention_step() */
};

#endif
