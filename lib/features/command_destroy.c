/* SPDX-License-Identifier: ISC */
/*
 * command_destroy.c - an administrator ends rooms
 *
 * XEP-0045 10.9, several at once, all or none. Prosody's node for it is known, too.
 */
#include "command.h"

#define ROOMS_ON_A_PAGE 100

static const struct command_field fields[] = {
	{ .var = "rooms",
	    .type = "list-multi",
	    .label = SAID("Rooms"),
	    .required = true,
	    .paged = true },
	{ .var = "reason", .type = "text-single", .label = SAID("Reason") },
	{ .var = "venue", .type = "jid-single", .label = SAID("Another room to go to") },
	{ .var = "password", .type = "text-single", .label = SAID("Password of that room") },
	{ .var = "dry_run",
	    .type = "boolean",
	    .label = SAID("Only say what would be done"),
	    .def = "0" },
	{ .var = NULL },
};

struct page {
	struct call *call;
	struct xml *form;
	struct command_page page;
};

static int
add_room(void *arg, const struct room_brief *b)
{
	struct page *pg = arg;
	struct call *c = pg->call;
	struct arena *a = c->plan->s->arena;
	const char *name = b->name != NULL ? arena_cat(a, b->name, " ", NULL) : "";

	if (command_page_has(&pg->page))
		command_option(c, pg->form, "rooms",
		    arena_fmt(a, "%s%s (%u)", name, b->jid.bare, b->noccupants), b->jid.bare);
	return pg->page.more;
}

static void
fill(struct call *c, struct xml *form)
{
	struct page pg = { c, form, command_page(c, ROOMS_ON_A_PAGE) };

	rooms_each(c->plan->s, c->plan->ev->to.domain, add_room, &pg);
	c->dialog.more = pg.page.more;
}

static const struct command_step steps[] = {
	{ .title = SAID("Destroy rooms"),
	    .instructions =
		SAID("Whoever is in the rooms leaves them, what was said in them is lost"),
	    .fields = fields,
	    .fill = fill },
};

static const struct command_column columns[] = {
	{ "room", "jid-single", SAID("Room") },
	{ "occupants", "text-single", SAID("Number of occupants") },
	{ NULL, NULL, NULL },
};

static enum deny
plan_one(struct call *c, const char *text, const char *venue, struct xml *table, size_t *nrooms)
{
	struct arena *a = c->plan->s->arena;
	struct room *r;
	enum deny deny = call_room(c, text, &r);

	if (deny != OK)
		return deny;
	if (!plan_names(c->plan, "room/", r->jid))
		return OK;
	++*nrooms;
	command_row(
	    c, table, columns, (const char *[]){ r->jid, arena_fmt(a, "%u", r->noccupants) });
	if (call_flag(c, "dry_run"))
		return OK;
	plan_destroyed(call_deed(c, r), venue, call_value(c, "password"), call_value(c, "reason"));
	call_audit(c, &(struct audit){ .room = r->jid, .reason = call_value(c, "reason") });
	return OK;
}

static enum deny
run(struct call *c)
{
	struct arena *a = c->plan->s->arena;
	const bool dry_run = call_flag(c, "dry_run");
	const char *venue = call_value(c, "venue");
	struct xml *table;
	struct jid j = { .bare = NULL };
	enum deny deny = OK;
	size_t n, nrooms = 0;
	const char **rooms = call_values(c, "rooms", &n);

	if (n > (size_t)c->plan->s->limits.items_per_request)
		return POLICY_VIOLATION;
	if (venue != NULL)
		jid_prep(a, venue, &j);
	table = command_table(c,
	    call_say(c, dry_run ? SAID("These rooms would be destroyed") : SAID("Destroyed rooms")),
	    columns);
	for (size_t i = 0; i < n && deny == OK; i++)
		deny = plan_one(c, rooms[i], j.bare, table, &nrooms);
	command_note(c, NOTE_INFO,
	    dry_run ? call_say(c, "Nothing was done")
		    : call_say_number(c, "Rooms destroyed: %s", nrooms));
	return deny;
}

static const struct command commands[] = {
	{ .node = "destroy-rooms",
	    .alias = "http://prosody.im/protocol/muc#destroy",
	    .name = SAID("Destroy rooms"),
	    .where = TO_SERVICE,
	    .steps = steps,
	    .nsteps = 1,
	    .run = run },
	{ .node = NULL },
};

const struct feature feature_command_destroy = {
	.name = "command_destroy",
	.commands = commands,
};
