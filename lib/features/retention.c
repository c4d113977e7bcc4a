/* SPDX-License-Identifier: ISC */
/*
 * retention.c - how long what was said is kept
 *
 * XEP-0313 3.2: by age, by number, by size; always the oldest. The limits are the service's; a room may
 * keep for less long than that, not for longer. room/retention.c does it.
 */
#include "feature.h"
#include "room/held.h"

static void
on_config(struct plan *p, const struct change *c)
{
	(void)c;
	held_set_days(p->s, held_get(p->s, p->room->id), p->room->config.archivedays);
}

const struct feature feature_retention = {
	.name = "retention",
	.on = { [CH_CONFIG] = on_config },
	.deadline = retention_due,
	.tick = retention_step,
};
