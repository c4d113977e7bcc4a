/* SPDX-License-Identifier: ISC */
/*
 * command_room_clear.c - an owner has a room forget what was said in it
 *
 * XEP-0313 3.2: what the archive no longer has is told to nobody; ids never come again. It is not moderation
 * (XEP-0425): nobody is said to have done wrong, and no message is named.
 */
#include "command.h"

static const struct command_field fields[] = {
	{ .var = "confirm", .type = "boolean", .label = SAID("I am sure"), .def = "0" },
	{ .var = NULL },
};

static const struct command_step steps[] = {
	{ .instructions = SAID("What was said in the room is lost for good"),
	    .fields = fields,
	    .essential = true },
};

static enum deny
run(struct call *c)
{
	struct plan *p = call_own_deed(c);

	if (!call_flag(c, "confirm")) {
		command_note(c, NOTE_INFO, call_say(c, "Nothing was done"));
		return OK;
	}
	plan_add(p, CH_CLEAR);
	plan_announced(p, SAID("The room has forgotten what was said before"));
	command_note(c, NOTE_INFO, call_say(c, "What was said is forgotten"));
	if (p != c->plan)
		call_audit(c, &(struct audit){ .room = p->room->jid });
	return OK;
}

static void
on_clear(struct plan *p, const struct change *c)
{
	(void)c;
	archive_clear(p->room);
}

static const struct command commands[] = {
	{ .node = "clear-history",
	    .name = SAID("Forget what was said"),
	    .where = TO_ROOM,
	    .least = AFF_OWNER,
	    .steps = steps,
	    .nsteps = 1,
	    .run = run },
	{ .node = NULL },
};

const struct feature feature_command_room_clear = {
	.name = "command_room_clear",
	.on = { [CH_CLEAR] = on_clear },
	.commands = commands,
};
