/* SPDX-License-Identifier: ISC */
/*
 * logging.c - rooms whose conversation is published, and that say so
 *
 * XEP-0045 7.2.12, 10.2.1. mucd publishes nothing: a bot or a web server beside it may, and the owner
 * says by muc#roomconfig_enablelogging that it is so. What the room keeps for its occupants is another
 * matter.
 */
#include "feature.h"

static void
add_codes(const struct plan *p, const struct change *c, unsigned codes[8])
{
	(void)c;
	if (p->room->config.enablelogging)
		code_add(codes, STATUS_LOGGED);
}

const struct feature feature_logging = {
	.name = "logging",
	.add_codes = add_codes,
};
