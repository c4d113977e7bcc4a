/* SPDX-License-Identifier: ISC */
/*
 * command_users.c - where somebody is, and what they are there
 */
#include "command.h"

static const struct command_field fields[] = {
	{ .var = "jid", .type = "jid-single", .label = SAID("User or domain"), .required = true },
	COMMAND_MAX,
	{ .var = NULL },
};

static const struct command_step steps[] = { { .fields = fields } };

static const struct command_column columns[] = {
	{ "room", "jid-single", SAID("Room") },
	{ "name", "text-single", SAID("Name of the room") },
	{ "affiliation", "text-single", SAID("Affiliation") },
	{ "nick", "text-single", SAID("Nickname") },
	{ "role", "text-single", SAID("Role") },
	{ NULL, NULL, NULL },
};

struct search {
	struct call *call;
	struct xml *table;
	const char *bare;
	struct command_page page;
};

/* As whom they are in a room; NULL: they are not. */
static const struct occupant *
occupant_of(struct service *s, const struct room_brief *b, const char *bare)
{
	const struct room *r = map_get(&s->rooms, b->jid.bare);
	const struct occupant *o;

	if (r != NULL)
		TAILQ_FOREACH (o, &r->occupants, entry)
			if (strcmp(o->bare, bare) == 0)
				return o;
	return NULL;
}

static int
look(void *arg, const struct room_brief *b)
{
	struct search *f = arg;
	struct service *s = f->call->plan->s;
	const struct occupant *o = occupant_of(s, b, f->bare);
	struct affil own = { .affiliation = AFF_NONE };
	bool stored = affiliation_in(s, b->id, f->bare, &own);

	if ((o != NULL || stored) && command_page_has(&f->page))
		command_row(f->call, f->table, columns,
		    (const char *[]){
			b->jid.bare,
			b->name,
			affiliation_name(o != NULL ? o->affiliation : own.affiliation),
			o != NULL ? o->nick : own.nick,
			o != NULL ? role_name(o->role) : NULL,
		    });
	return command_page_ends(&f->page);
}

static enum deny
run(struct call *c)
{
	struct search f = { .call = c };
	struct jid j;

	jid_prep(c->plan->s->arena, call_value(c, "jid"), &j);
	f.bare = j.bare;
	f.page = command_page(c, 0);
	f.table = command_table(c, call_say_of(c, "Rooms of %s", j.bare), columns);
	rooms_each(c->plan->s, c->plan->ev->to.domain, look, &f);
	c->dialog.more = f.page.more;
	if (f.page.is_cut && !f.page.more)
		command_note(c, NOTE_WARN,
		    call_say_number(c, "Only the first %s rooms were looked at", COMMAND_LOOKS));
	return OK;
}

static const struct command commands[] = {
	{ .node = "user-rooms",
	    .name = SAID("Rooms of a user"),
	    .where = TO_SERVICE,
	    .steps = steps,
	    .nsteps = 1,
	    .run = run },
	{ .node = NULL },
};

const struct feature feature_command_users = {
	.name = "command_users",
	.commands = commands,
};
