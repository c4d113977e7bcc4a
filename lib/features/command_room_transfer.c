/* SPDX-License-Identifier: ISC */
/*
 * command_room_transfer.c - an owner gives the room to somebody else
 *
 * XEP-0045 10.3, 10.4, 10.6 in one: there is a new owner before the old one is none any more, so a room
 * never is without one. Those who are in are told, without names: not all of them may see addresses.
 */
#include "command.h"

static const struct command_option becomes[] = {
	{ "owner", SAID("Owner") },
	{ "admin", SAID("Admin") },
	{ "member", SAID("Member") },
	{ "none", SAID("None") },
	{ NULL, NULL },
};

static const struct command_field fields[] = {
	{ .var = "owner", .type = "jid-single", .label = SAID("New owner"), .required = true },
	{ .var = "become",
	    .type = "list-single",
	    .label = SAID("What you become"),
	    .def = "admin",
	    .options = becomes },
	{ .var = "reason", .type = "text-single", .label = SAID("Reason") },
	{ .var = NULL },
};

static const struct command_step steps[] = { { .fields = fields } };

/* An administrator of the service who is no owner gives it, but has nothing to lose by that. */
static enum deny
step_down(struct call *c, struct plan *p)
{
	struct affil f = {
		.affiliation = AFF_ADMIN,
		.jid = c->plan->ev->from.bare,
		.reason = call_value(c, "reason"),
	};

	if (c->plan->ev->affiliation != AFF_OWNER)
		return OK;
	affiliation_read(call_value(c, "become"), &f.affiliation);
	return call_grant(c, p, &f);
}

static enum deny
run(struct call *c)
{
	struct affil f = { .affiliation = AFF_OWNER, .reason = call_value(c, "reason") };
	struct plan *p = call_own_deed(c);
	enum deny deny;
	struct jid j;

	jid_prep(c->plan->s->arena, call_value(c, "owner"), &j);
	if (j.node == NULL || strcmp(j.bare, c->plan->ev->from.bare) == 0)
		return call_fault(c, BAD_PAYLOAD, j.bare);
	f.jid = j.bare;
	deny = call_grant(c, p, &f);
	if (deny == OK)
		deny = step_down(c, p);
	if (deny != OK)
		return deny;
	command_note(
	    c, NOTE_INFO, call_say_number(c, "Changed affiliations: %s", map_count(&p->affils)));
	if (map_count(&p->affils) == 0)
		return OK;
	plan_announced(p, SAID("This room has been given to another owner"));
	return plan_granted(p);
}

static const struct command commands[] = {
	{ .node = "transfer-room",
	    .name = SAID("Give the room to another owner"),
	    .where = TO_ROOM,
	    .least = AFF_OWNER,
	    .steps = steps,
	    .nsteps = 1,
	    .run = run },
	{ .node = NULL },
};

const struct feature feature_command_room_transfer = {
	.name = "command_room_transfer",
	.commands = commands,
};
