/* SPDX-License-Identifier: ISC */
/*
 * banned.c - outcasts stay out
 *
 * XEP-0045 7.2.7.
 */
#include "feature.h"

/* XEP-0313 6.1.2: who may not enter may not read what was said either. */
static enum deny
may_enter(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r, (void)c;
	return may(p, MAY_ENTER) ? OK : BANNED;
}

const struct feature feature_banned = {
	.name = "banned",
	.may = { [CH_ENTER] = may_enter, [CH_READ] = may_enter },
};
