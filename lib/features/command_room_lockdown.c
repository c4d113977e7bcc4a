/* SPDX-License-Identifier: ISC */
/*
 * command_room_lockdown.c - an admin locks a room down for some minutes, or opens it again
 *
 * The configuration is the owners' (XEP-0045 5.2.1), but attackers come when those sleep: lockdown.c.
 */
#include "command.h"

static const struct command_field fields[] = {
	{ .var = "minutes",
	    .type = "text-single",
	    .label = SAID("Minutes (0: it ends now)"),
	    .def = "30",
	    .least = 0,
	    .most = 43200 },
	{ .var = NULL },
};

static const struct command_step steps[] = {
	{ .instructions =
		SAID("Nobody has to leave, but only members may enter and speak meanwhile"),
	    .fields = fields,
	    .essential = true },
};

static enum deny
run(struct call *c)
{
	const struct room *r = c->plan->room;
	struct plan *p = call_own_deed(c);
	const int64_t minutes = call_number(c, "minutes");
	int64_t until_ms = 0;

	if (minutes > 0)
		until_ms = c->plan->s->now.wall_ms + minutes * MINUTE_MS;
	if (minutes == 0 && !room_locked_down(r)) {
		command_note(c, NOTE_INFO, call_say(c, "Nothing was done"));
		return OK;
	}
	plan_lockdown(p, until_ms);
	if (p != c->plan)
		call_audit(c, &(struct audit){ .room = r->jid, .after = call_value(c, "minutes") });
	command_note(c, NOTE_INFO,
	    minutes > 0
		? call_say_of(c, "Locked down until %s", date_write(c->plan->s->arena, until_ms))
		: call_say(c, "This room is as open again as it was before"));
	return OK;
}

static const struct command commands[] = {
	{ .node = "lock-down",
	    .name = SAID("Lock the room down for a while"),
	    .where = TO_ROOM,
	    .least = AFF_ADMIN,
	    .steps = steps,
	    .nsteps = 1,
	    .run = run },
	{ .node = NULL },
};

const struct feature feature_command_room_lockdown = {
	.name = "command_room_lockdown",
	.commands = commands,
};
