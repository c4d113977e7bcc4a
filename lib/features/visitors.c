/* SPDX-License-Identifier: ISC */
/*
 * visitors.c - rooms where visitors may not go round their lack of voice
 *
 * XEP-0045 5.1.1 (what a configuration may take from visitors), 14.6. Status texts are left out where
 * presence is told: is_muted().
 */
#include "feature.h"

static enum deny
may_rename(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r, (void)c;
	return may(p, MAY_CHANGE_NICK) ? OK : NOT_ALLOWED;
}

const struct feature feature_visitors = {
	.name = "visitors",
	.may = { [CH_RENAME] = may_rename },
};
