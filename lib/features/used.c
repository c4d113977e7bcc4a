/* SPDX-License-Identifier: ISC */
/*
 * used.c - when somebody entered a room last, or said something in it
 *
 * That is what makes a room one that is in use; who only stays in it does not.
 */
#include "feature.h"

static void
on_use(struct plan *p, const struct change *c)
{
	(void)c;
	room_used(p->room);
}

const struct feature feature_used = {
	.name = "used",
	.on = { [CH_ENTER] = on_use, [CH_MESSAGE] = on_use, [CH_SUBJECT] = on_use },
};
