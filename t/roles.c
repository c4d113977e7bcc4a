/* SPDX-License-Identifier: ISC */
/*
 * roles.c - who may give and take which role: all cases, against the words of XEP-0045
 */
#include "feature.h"
#include "tap.h"

extern const struct feature feature_roles;

struct wish {
	enum affiliation actor;
	enum role actor_role;
	enum affiliation target;
	enum role from, to;
};

/* The same rules once more, sentence by sentence and in no order. */
static enum deny
by_the_book(const struct wish *q)
{
	bool moderator = q->actor_role == ROLE_MODERATOR || q->actor >= AFF_ADMIN;
	bool admin = q->actor >= AFF_ADMIN;
	bool loses = q->to < q->from;

	/* 8: requests of others than moderators are forbidden. */
	if (!moderator)
		return FORBIDDEN;
	/* 8.2: a user cannot be kicked by a moderator with a lower affiliation. */
	if (q->to == ROLE_NONE && q->actor < q->target)
		return NOT_ALLOWED;
	/* 5.1.1, 5.1.3: moderators kick participants and visitors, admins moderators, too. */
	if (q->to == ROLE_NONE)
		return q->from == ROLE_MODERATOR && !admin ? NOT_ALLOWED : OK;
	/* 9.6: an admin grants moderator status. */
	if (q->to == ROLE_MODERATOR && !admin)
		return FORBIDDEN;
	/* 8.4: voice of an admin or owner is removed by no one; 9.7: nor moderator status. */
	if (loses && q->target >= AFF_ADMIN)
		return NOT_ALLOWED;
	/* 9.7: an admin revokes moderator status. */
	if (q->from == ROLE_MODERATOR && loses && !admin)
		return FORBIDDEN;
	/* 8.4: nor from a user whose affiliation is at or above the moderator's level. */
	if (loses && q->target >= q->actor)
		return NOT_ALLOWED;
	return OK;
}

static enum deny
judged(const struct wish *q)
{
	struct service service = { .arena = NULL };
	struct room room = { .service = &service };
	struct occupant actor = { .room = &room, .role = q->actor_role, .affiliation = q->actor };
	struct session session = { .occupant = &actor };
	struct ev ev = { .session = &session, .affiliation = q->actor };
	struct plan plan = { .s = &service, .ev = &ev, .room = &room };
	struct occupant target = {
		.room = &room,
		.role = q->from,
		.affiliation = q->target,
		.bare = (char[]){ "target@example" },
	};
	/* What is planned is not looked up in the store. */
	struct change own = { .affil = { .affiliation = q->target } };
	struct change domain = { .affil = { .affiliation = AFF_NONE } };
	enum deny deny;
	struct change c = {
		.kind = q->to == ROLE_NONE ? CH_LEAVE : CH_ROLE,
		.occupant = &target,
		.role = q->to,
		.code = q->to == ROLE_NONE ? STATUS_KICKED : 0,
	};

	map_put(&plan.affils, target.bare, &own);
	map_put(&plan.affils, "example", &domain);
	deny = feature_roles.may[c.kind](&room, &plan, &c);
	map_release(&plan.affils);
	return deny;
}

static const char *
text_of(const struct wish *q)
{
	static char text[200];

	snprintf(text, sizeof(text), "%s %s: %s %s becomes %s", affiliation_name(q->actor),
	    role_name(q->actor_role), affiliation_name(q->target), role_name(q->from),
	    role_name(q->to));
	return text;
}

/* 5.1.2, 5.1.3: admins and owners in the room are moderators. */
static bool
can_be(const struct wish *q)
{
	return q->target < AFF_ADMIN || q->from == ROLE_MODERATOR;
}

int
main(void)
{
	struct wish q;

	for (q.actor = AFF_NONE; q.actor <= AFF_OWNER; q.actor++)
		for (q.actor_role = ROLE_VISITOR; q.actor_role <= ROLE_MODERATOR; q.actor_role++)
			for (q.target = AFF_NONE; q.target <= AFF_OWNER; q.target++)
				for (q.from = ROLE_VISITOR; q.from <= ROLE_MODERATOR; q.from++)
					for (q.to = ROLE_NONE; q.to <= ROLE_MODERATOR; q.to++)
						if (q.to != q.from && can_be(&q))
							is_int(judged(&q), by_the_book(&q),
							    text_of(&q));
	return tap_done();
}
