/* SPDX-License-Identifier: ISC */
/*
 * command_rooms.c - which rooms there are, and what is known of one
 */
#include <stdlib.h>

#include "command.h"
#include "room/held.h"
#include "room/sorted.h"

/* -- a list of them -- */

#define OWNERS_SHOWN 3

static const struct command_option orders[] = {
	{ "name", SAID("Address") },
	{ "occupants", SAID("Number of occupants") },
	{ "used", SAID("Last use") },
	{ "created", SAID("Created") },
	{ "bytes", SAID("Bytes of messages kept") },
	{ NULL, NULL },
};

static const struct command_field list_fields[] = {
	{ .var = "filter", .type = "text-single", .label = SAID("Part of the address or name") },
	{ .var = "order",
	    .type = "list-single",
	    .label = SAID("Sorted by"),
	    .def = "name",
	    .options = orders },
	COMMAND_MAX,
	{ .var = NULL },
};

static const struct command_step list_steps[] = { { .fields = list_fields } };

static const struct command_column list_columns[] = {
	{ "room", "jid-single", SAID("Room") },
	{ "name", "text-single", SAID("Name of the room") },
	{ "occupants", "text-single", SAID("Number of occupants") },
	{ "owners", "text-single", SAID("Owners of the room") },
	{ "used", "text-single", SAID("Last use") },
	{ "created", "text-single", SAID("Created") },
	{ "messages", "text-single", SAID("Messages kept") },
	{ "bytes", "text-single", SAID("Their bytes") },
	{ NULL, NULL, NULL },
};

struct found {
	struct room_brief brief;
	uint64_t bytes; /* when it is sorted by that */
};

struct listing {
	struct service *service;
	const char *filter;
	bool by_bytes;
	struct found *rooms;
	size_t n, cap, most; /* most: no more than that are wanted */
	struct command_page page;
};

static bool
suits(const struct listing *l, const struct room_brief *b)
{
	return l->filter == NULL || strcasestr(b->jid.bare, l->filter) != NULL ||
	       (b->name != NULL && strcasestr(b->name, l->filter) != NULL);
}

static int
take_brief(void *arg, const struct room_brief *b)
{
	struct listing *l = arg;
	struct found *more;

	if (l->n == l->most || command_page_ends(&l->page))
		return 1;
	if (!suits(l, b))
		return 0;
	if (l->n == l->cap) {
		l->cap = l->cap > 0 ? 2 * l->cap : 64;
		more = arena_alloc(l->service->arena, l->cap * sizeof(*more));
		if (l->n > 0)
			memcpy(more, l->rooms, l->n * sizeof(*more));
		l->rooms = more;
	}
	l->rooms[l->n].brief = *b;
	l->rooms[l->n++].bytes = l->by_bytes ? held_get(l->service, b->id)->bytes : 0;
	return 0;
}

/* The greatest first; what is equal by address. */
static int
compare(uint64_t a, uint64_t b, const struct found *x, const struct found *y)
{
	if (a != b)
		return a > b ? -1 : 1;
	return strcmp(x->brief.jid.bare, y->brief.jid.bare);
}

#define ORDER(name, member)                                                                        \
	static int by_##name(const void *a, const void *b)                                         \
	{                                                                                          \
		const struct found *x = a, *y = b;                                                 \
                                                                                                   \
		return compare((uint64_t)x->member, (uint64_t)y->member, x, y);                    \
	}
ORDER(occupants, brief.noccupants)
ORDER(used, brief.used_ms)
ORDER(created, brief.created_ms)
ORDER(bytes, bytes)
#undef ORDER

/* How it is sorted; NULL: as it comes, by address. */
static int (*order_of(const char *name))(const void *, const void *)
{
	if (strcmp(name, "occupants") == 0)
		return by_occupants;
	if (strcmp(name, "used") == 0)
		return by_used;
	if (strcmp(name, "bytes") == 0)
		return by_bytes;
	return strcmp(name, "created") == 0 ? by_created : NULL;
}

struct owners {
	struct arena *arena;
	const char *text;
	unsigned n;
};

static int
take_owner(void *arg, const char *bare)
{
	struct owners *o = arg;

	if (o->n++ == OWNERS_SHOWN) {
		o->text = arena_cat(o->arena, o->text, " ...", NULL);
		return 1;
	}
	o->text = o->n == 1 ? arena_strdup(o->arena, bare)
			    : arena_cat(o->arena, o->text, " ", bare, NULL);
	return 0;
}

static const char *
owners_of(struct service *s, const struct room_brief *b)
{
	struct owners o = { .arena = s->arena, .text = "" };
	const struct room *r = room_get(s, &b->jid);

	if (r != NULL)
		affiliation_owners(r, take_owner, &o);
	return o.text;
}

static void
add_row(struct call *c, struct xml *table, const struct room_brief *b)
{
	struct arena *a = c->plan->s->arena;
	const struct held *held = held_get(c->plan->s, b->id);
	const char *const values[] = {
		b->jid.bare,
		b->name,
		arena_fmt(a, "%u", b->noccupants),
		owners_of(c->plan->s, b),
		date_write(a, b->used_ms),
		date_write(a, b->created_ms),
		arena_fmt(a, "%llu", (unsigned long long)held->entries),
		arena_fmt(a, "%llu", (unsigned long long)held->bytes),
	};

	command_row(c, table, list_columns, values);
}

#define AFTER	   "@after" /* by page: the name of the room before it */
#define PAGES_BACK 20 /* that are known so; further back it is counted from the first room of now */

/*
 * A list by address goes on behind what was shown last: none is left out or shown twice because others come
 * and go, and the last page of a long list costs no more than the first. NULL: count.
 */
static const char *
after_what(const struct call *c)
{
	const struct given *g = dialog_given(&c->dialog, AFTER, c->dialog.page);

	return g != NULL && g->nvalues == 1 ? g->values[0] : NULL;
}

static void
note_last(struct call *c, const char *node)
{
	struct given **end = &c->dialog.given;
	struct arena *a = c->plan->s->arena;
	const char **values = arena_alloc(a, sizeof(*values));

	values[0] = node;
	dialog_give(a, &c->dialog, AFTER, c->dialog.page + 1, values, 1);
	/* What a dialog holds is limited. */
	while (*end != NULL)
		if (strcmp((*end)->var, AFTER) == 0 && (*end)->page + PAGES_BACK < c->dialog.page)
			*end = (*end)->next;
		else
			end = &(*end)->next;
}

/* By address no more need be known than up to the page's end. */
static bool
list_by_address(struct call *c, struct listing *l, struct xml *table)
{
	const char *after = after_what(c), *last = NULL;

	if (after != NULL)
		l->page.skip = 0;
	l->most = l->page.skip + l->page.left + 1;
	rooms_each_after(l->service, c->plan->ev->to.domain, after, take_brief, l);
	for (size_t i = 0; i < l->n && !l->page.more; i++)
		if (command_page_has(&l->page)) {
			add_row(c, table, &l->rooms[i].brief);
			last = l->rooms[i].brief.jid.node;
		}
	c->dialog.more = l->page.more;
	if (l->page.more && last != NULL)
		note_last(c, last);
	return l->page.is_cut;
}

static const struct sorted *
sort(struct call *c, struct listing *l, int (*order)(const void *, const void *))
{
	struct sorted *o;

	l->by_bytes = order == by_bytes;
	l->most = COMMAND_LOOKS;
	rooms_each(l->service, c->plan->ev->to.domain, take_brief, l);
	if (l->n > 0)
		qsort(l->rooms, l->n, sizeof(*l->rooms), order);
	o = sorted_keep(l->service, c->dialog.id, l->n);
	for (size_t i = 0; i < l->n; i++)
		o->ids[i] = l->rooms[i].brief.id;
	o->is_cut = l->page.is_cut;
	return o;
}

/* As they were sorted for the first page; what has gone since is left out. */
static bool
list_sorted(
    struct call *c, struct listing *l, int (*order)(const void *, const void *), struct xml *table)
{
	const struct sorted *o = sorted_find(l->service, c->dialog.id);
	struct room_brief b;
	bool is_cut;

	if (o == NULL)
		o = sort(c, l, order);
	for (size_t i = l->page.skip; i < o->n && i - l->page.skip < l->page.left; i++)
		if (room_brief(l->service, o->ids[i], &b))
			add_row(c, table, &b);
	c->dialog.more = l->page.skip + l->page.left < o->n;
	is_cut = o->is_cut;
	/* One page is all of it: no dialog is kept, which would take it away. */
	if (c->dialog.page == 0 && !c->dialog.more)
		sorted_forget(l->service, c->dialog.id);
	return is_cut;
}

static enum deny
run_list(struct call *c)
{
	int (*order)(const void *, const void *) = order_of(call_value(c, "order"));
	struct listing l = {
		.service = c->plan->s,
		.filter = call_value(c, "filter"),
		.page = command_page(c, 0),
	};
	struct xml *table =
	    command_table(c, call_say_of(c, "Rooms of %s", c->plan->ev->to.domain), list_columns);
	bool is_cut;

	is_cut = order != NULL ? list_sorted(c, &l, order, table) : list_by_address(c, &l, table);
	if (is_cut)
		command_note(c, NOTE_WARN,
		    call_say_number(c, "Only the first %s rooms were looked at", COMMAND_LOOKS));
	return OK;
}

/* -- one of them -- */

static const struct command_field details_fields[] = {
	{ .var = "room", .type = "jid-single", .label = SAID("Room"), .required = true },
	{ .var = NULL },
};

static const struct command_step details_steps[] = { { .fields = details_fields } };

/* Lines that are shown; there may be thousands. */
#define LINES_SHOWN 200

static void
add_occupants(struct call *c, struct xml *form, const struct room *r)
{
	struct arena *a = c->plan->s->arena;
	struct xml *field =
	    form_add_field(a, form, "text-multi", "occupants", call_say(c, "Occupants"), NULL);
	const struct occupant *o;
	unsigned n = 0;

	TAILQ_FOREACH (o, &r->occupants, entry) {
		if (n++ == LINES_SHOWN) {
			form_add_value(a, field, "...");
			command_note(c, NOTE_WARN,
			    call_say_number(
				c, "Only the first %s occupants are shown", LINES_SHOWN));
			return;
		}
		form_add_value(a, field,
		    arena_cat(a, o->nick, " ", occupant_shown(o)->jid, " ", role_name(o->role), " ",
			affiliation_name(o->affiliation), NULL));
	}
}

struct owner_list {
	struct arena *arena;
	struct xml *field;
	unsigned n;
};

static int
list_owner(void *arg, const char *bare)
{
	struct owner_list *l = arg;

	if (l->n++ == LINES_SHOWN)
		return 1;
	form_add_value(l->arena, l->field, bare);
	return 0;
}

/* What the configuration says beyond a flag is in the form of the configuration. */
static const char *
flags_of(struct arena *a, const struct room *r)
{
	return arena_cat(a, r->locked ? "locked " : "", r->config.publicroom ? "public" : "hidden",
	    r->config.persistentroom ? " persistent" : " temporary",
	    r->config.membersonly ? " members-only" : " open",
	    r->config.passwordprotectedroom ? " password" : "",
	    r->config.moderatedroom ? " moderated" : "",
	    r->config.whois == WHOIS_ANYONE ? " non-anonymous" : " semi-anonymous", NULL);
}

static enum deny
show_details(struct call *c, const struct room *r)
{
	struct arena *a = c->plan->s->arena;
	struct xml *form = command_result(c, call_say_of(c, "The room %s", r->jid));
	const struct held *h = held_get(c->plan->s, r->id);
	struct owner_list owners = { .arena = a };

	command_say(c, form, "room", SAID("Room"), r->jid);
	command_say(c, form, "name", SAID("Name of the room"), r->config.roomname);
	command_say(c, form, "description", SAID("Description"), r->config.roomdesc);
	command_say(c, form, "subject", SAID("Subject"), r->subject_text);
	command_say(c, form, "flags", SAID("Kind of room"), flags_of(a, r));
	command_say(c, form, "created", SAID("Created"), date_write(a, r->created_ms));
	command_say(c, form, "creator", SAID("Created by"), r->creator);
	command_say(c, form, "used", SAID("Last use"),
	    date_write(a, r->used_ms != 0 ? r->used_ms : r->created_ms));
	command_say(c, form, "affiliations", SAID("Stored affiliations"),
	    arena_fmt(a, "%u", r->naffiliations));
	command_say(c, form, "messages", SAID("Messages kept"),
	    arena_fmt(a, "%llu", (unsigned long long)h->entries));
	command_say(c, form, "bytes", SAID("Their bytes"),
	    arena_fmt(a, "%llu", (unsigned long long)h->bytes));
	owners.field =
	    form_add_field(a, form, "jid-multi", "owners", call_say(c, "Owners of the room"), NULL);
	affiliation_owners(r, list_owner, &owners);
	if (owners.n > LINES_SHOWN)
		command_note(c, NOTE_WARN,
		    call_say_number(c,
			"Only the first %s owners are shown, export-affiliations has them all",
			LINES_SHOWN));
	add_occupants(c, form, r);
	return OK;
}

static enum deny
run_details(struct call *c)
{
	struct room *r;
	enum deny deny = call_room(c, call_value(c, "room"), &r);

	return deny == OK ? show_details(c, r) : deny;
}

static enum deny
run_own_details(struct call *c)
{
	return show_details(c, c->plan->room);
}

static const struct command commands[] = {
	{ .node = "list-rooms",
	    .name = SAID("List rooms"),
	    .where = TO_SERVICE,
	    .steps = list_steps,
	    .nsteps = 1,
	    .run = run_list },
	{ .node = "room-details",
	    .name = SAID("Show a room"),
	    .where = TO_SERVICE,
	    .steps = details_steps,
	    .nsteps = 1,
	    .run = run_details },
	{ .node = "room-details",
	    .name = SAID("Show the room"),
	    .where = TO_ROOM,
	    .least = AFF_ADMIN,
	    .run = run_own_details },
	{ .node = NULL },
};

const struct feature feature_command_rooms = {
	.name = "command_rooms",
	.commands = commands,
};
