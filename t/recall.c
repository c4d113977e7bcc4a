/* SPDX-License-Identifier: ISC */
/*
 * recall.c - what may not have arrived is not taken for somebody else's
 */
#include "room/recall.h"

#include "tap.h"

/* Nicks and resources may both have slashes in them. */
static void
slashes(void)
{
	struct told v[] = {
		{ .kind = TOLD_PRESENCE,
		    .room = 1,
		    .nick = "n",
		    .jid = "a@b/x/c@d/r",
		    .new_nick = "m",
		    .others = true,
		    .self = true },
	};
	struct arena *a = arena_new();
	struct recall r;

	recall_init(&r, a, v, 1);
	ok(recall_moved(&r, 1, "n", "a@b/x/c@d/r"), "who took another nick is known to have");
	ok(!recall_moved(&r, 1, "n/a@b/x", "c@d/r"),
	    "nobody else is, whose nick and address begin and end as theirs do");
	recall_release(&r);
	arena_free(a);
}

int
main(void)
{
	slashes();
	return tap_done();
}
