/* SPDX-License-Identifier: ISC */
/*
 * command_users.c - where somebody is, and what they are there
 */
#include "command.h"

#define LOOK_MOST 100000 /* rooms, in one turn */

static const struct command_field fields[] = {
	{ .var = "jid", .type = "jid-single", .label = SAID("User or domain"), .required = true },
	{ .var = "max",
	    .type = "text-single",
	    .label = SAID("Rows on a page"),
	    .def = "50",
	    .least = 1,
	    .most = 200 },
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
	size_t skip, left, looked;
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

	if (f->looked++ == LOOK_MOST)
		return 1;
	if (o == NULL && !stored)
		return 0;
	if (f->skip > 0) {
		f->skip--;
		return 0;
	}
	if (f->left == 0) {
		f->call->dialog.more = true;
		return 1;
	}
	f->left--;
	command_row(f->call, f->table, columns,
	    (const char *[]){
		b->jid.bare,
		b->name,
		affiliation_name(o != NULL ? o->affiliation : own.affiliation),
		o != NULL ? o->nick : own.nick,
		o != NULL ? role_name(o->role) : NULL,
	    });
	return 0;
}

static enum deny
run(struct call *c)
{
	struct search f = { .call = c };
	struct jid j;

	jid_prep(c->plan->s->arena, call_value(c, "jid"), &j);
	f.bare = j.bare;
	f.left = (size_t)call_number(c, "max");
	f.skip = f.left * c->dialog.page;
	f.table = command_table(c, call_say_of(c, "Rooms of %s", j.bare), columns);
	rooms_each(c->plan->s, c->plan->ev->to.domain, NULL, look, &f);
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
