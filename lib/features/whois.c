/* SPDX-License-Identifier: ISC */
/*
 * whois.c - rooms that show real addresses to all, or to moderators alone
 *
 * XEP-0045 7.2.3, 7.2.4, 14.5. What is shown to whom is decided by sees_jid().
 */
#include "feature.h"

/* Who saw no JIDs until now is to see them: CH_ROSTER tells. */
static void
on_config(struct plan *p, const struct change *c)
{
	struct occupant *o;

	if (!c->opens)
		return;
	TAILQ_FOREACH (o, &p->room->occupants, entry)
		o->promoted = o->role != ROLE_MODERATOR && !o->goes;
}

static void
add_codes(const struct plan *p, const struct change *c, unsigned codes[8])
{
	(void)c;
	if (p->room->config.whois == WHOIS_ANYONE)
		code_add(codes, STATUS_NONANONYMOUS);
}

static void
add_disco(const struct room *r, struct xml *query)
{
	disco_feature(r->service->arena, query,
	    r->config.whois == WHOIS_ANYONE ? "muc_nonanonymous" : "muc_semianonymous");
}

const struct feature feature_whois = {
	.name = "whois",
	.on = { [CH_CONFIG] = on_config },
	.add_codes = add_codes,
	.add_disco = add_disco,
};
