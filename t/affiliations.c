/* SPDX-License-Identifier: ISC */
/*
 * affiliations.c - who may make whom what: all cases, against the words of XEP-0045
 */
#include "feature.h"
#include "service.h"
#include "tap.h"

extern const struct feature feature_affiliations;

/* The rules of 9.1 to 10.8, sentence by sentence. */
static enum deny
by_the_book(enum affiliation actor, enum affiliation before, enum affiliation after)
{
	/* 9: only admins and owners. */
	if (actor < AFF_ADMIN)
		return FORBIDDEN;
	if (actor == AFF_OWNER)
		return OK;
	/* 10.3, 10.6: granting owner and admin is for owners; a non-owner is forbidden. */
	if (after >= AFF_ADMIN)
		return FORBIDDEN;
	/* 9.1: a user cannot be banned by an admin with a lower affiliation, nor a peer. */
	if (after == AFF_OUTCAST && before >= AFF_ADMIN)
		return NOT_ALLOWED;
	/* 10.4, 10.7: revoking is for owners. */
	return before >= AFF_ADMIN ? FORBIDDEN : OK;
}

static enum deny
judged(enum affiliation actor, enum affiliation before, enum affiliation after, unsigned nowners,
    const char *jid)
{
	struct service service = { .limits = { .affiliations_per_room = 100 } };
	struct room room = { .service = &service, .nowners = nowners, .naffiliations = 50 };
	struct ev ev = { .affiliation = actor, .from = { .bare = "actor@example" } };
	struct plan plan = { .s = &service, .ev = &ev, .room = &room };
	struct change c = {
		.kind = CH_AFFILIATION,
		.affil = { .affiliation = after, .jid = jid },
		.before = before,
	};

	plan.owners = (after == AFF_OWNER) - (before == AFF_OWNER);
	return feature_affiliations.may[CH_AFFILIATION](&room, &plan, &c);
}

static const char *
text_of(enum affiliation actor, enum affiliation before, enum affiliation after)
{
	static char text[200];

	snprintf(text, sizeof(text), "%s: %s becomes %s", affiliation_name(actor),
	    affiliation_name(before), affiliation_name(after));
	return text;
}

int
main(void)
{
	for (enum affiliation actor = AFF_NONE; actor <= AFF_OWNER; actor++)
		for (enum affiliation before = AFF_OUTCAST; before <= AFF_OWNER; before++)
			for (enum affiliation after = AFF_OUTCAST; after <= AFF_OWNER; after++)
				is_int(judged(actor, before, after, 3, "other@example"),
				    by_the_book(actor, before, after),
				    text_of(actor, before, after));

	is_int(judged(AFF_OWNER, AFF_OWNER, AFF_OUTCAST, 2, "actor@example"), CONFLICT,
	    "nobody bans himself");
	is_int(judged(AFF_OWNER, AFF_OWNER, AFF_ADMIN, 2, "actor@example"), OK,
	    "an owner may step down while there is another");
	is_int(judged(AFF_OWNER, AFF_OWNER, AFF_ADMIN, 1, "actor@example"), LAST_OWNER,
	    "the last one may not");
	is_int(judged(AFF_OWNER, AFF_OWNER, AFF_OUTCAST, 1, "other@example"), LAST_OWNER,
	    "nor be banned");
	return tap_done();
}
