/* SPDX-License-Identifier: ISC */
/*
 * banned.c - outcasts stay out
 *
 * XEP-0045 7.2.7.
 */
#include "feature.h"

static enum deny
may_enter(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r;
	return plan_affiliation(p, c->from->bare) == AFF_OUTCAST ? BANNED : OK;
}

const struct feature feature_banned = {
	.name = "banned",
	.may = { [CH_ENTER] = may_enter },
};
