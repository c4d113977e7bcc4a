/* SPDX-License-Identifier: ISC */
/*
 * command_unused.c - rooms that nobody uses, and their end
 *
 * It is when a room was used last that counts, not when it or the service was started; and it is asked
 * again when the rooms are destroyed. What is gone leaves a tombstone: its owners can make it anew.
 */
#include "command.h"

#define ROOMS_SHOWN 100 /* on a page */

static const struct command_field days_fields[] = {
	{ .var = "days",
	    .type = "text-single",
	    .label = SAID("Nobody entered or said anything for so many days"),
	    .def = "30",
	    .least = 1,
	    .most = 36500 },
	{ .var = NULL },
};

static const struct command_field rooms_fields[] = {
	{ .var = "rooms", .type = "list-multi", .label = SAID("Rooms"), .paged = true },
	{ .var = "all", .type = "boolean", .label = SAID("All of them"), .def = "0" },
	{ .var = "reason", .type = "text-single", .label = SAID("Reason") },
	{ .var = "dry_run",
	    .type = "boolean",
	    .label = SAID("Only say what would be done"),
	    .def = "0" },
	{ .var = NULL },
};

struct search {
	struct call *call;
	struct xml *into; /* the form, or the table of what is destroyed */
	struct command_page page;
	struct jid *found; /* those that are taken */
	size_t nfound;
	size_t nended; /* or that would be */
};

static bool
is_unused(const struct call *c, unsigned noccupants, int64_t used_ms)
{
	return noccupants == 0 &&
	       c->plan->s->now.wall_ms - used_ms >= call_number(c, "days") * DAY_MS;
}

/* Is it one of those on the page? */
static bool
is_wanted(struct search *r, const struct room_brief *b)
{
	return is_unused(r->call, b->noccupants, b->used_ms) && command_page_has(&r->page);
}

static int
offer(void *arg, const struct room_brief *b)
{
	struct search *r = arg;
	struct call *c = r->call;
	struct arena *a = c->plan->s->arena;

	if (is_wanted(r, b))
		command_option(c, r->into, "rooms",
		    arena_cat(a, b->jid.bare, " ", date_write(a, b->used_ms), NULL), b->jid.bare);
	return command_page_ends(&r->page);
}

static void
fill(struct call *c, struct xml *form)
{
	struct search r = { .call = c, .into = form, .page = command_page(c, ROOMS_SHOWN) };

	rooms_each(c->plan->s, c->plan->ev->to.domain, offer, &r);
	c->dialog.more = r.page.more;
}

/* All that are unused? Who only wants to know, and chooses none, wants to know of all. */
static bool
means_all(const struct call *c)
{
	size_t n;

	call_values(c, "rooms", &n);
	return call_flag(c, "all") || (n == 0 && call_flag(c, "dry_run"));
}

static enum deny
check(struct call *c)
{
	size_t n;

	call_values(c, "rooms", &n);
	return n > 0 || means_all(c) ? OK : call_fault(c, MISSING, call_say(c, "Rooms"));
}

static const struct command_step steps[] = {
	{ .fields = days_fields },
	{ .title = SAID("Destroy unused rooms"),
	    .instructions = SAID("Their owners can create them again for some days"),
	    .fields = rooms_fields,
	    .fill = fill,
	    .check = check,
	    .essential = true },
};

static const struct command_column columns[] = {
	{ "room", "jid-single", SAID("Room") },
	{ "used", "text-single", SAID("Last use") },
	{ NULL, NULL, NULL },
};

static void
end_room(struct search *s, struct room *r)
{
	struct call *c = s->call;
	const char *used = date_write(c->plan->s->arena, room_used_ms(r));

	s->nended++;
	command_row(c, s->into, columns, (const char *[]){ r->jid, used });
	if (call_flag(c, "dry_run"))
		return;
	plan_destroyed(call_deed(c, r), NULL, NULL, call_value(c, "reason"));
	call_audit(c,
	    &(struct audit){ .room = r->jid, .before = used, .reason = call_value(c, "reason") });
}

static enum deny
end_chosen(struct search *s)
{
	struct call *c = s->call;
	struct room *r;
	enum deny deny;
	size_t n;
	const char **rooms = call_values(c, "rooms", &n);

	if (n > s->page.left)
		return POLICY_VIOLATION;
	for (size_t i = 0; i < n; i++) {
		deny = call_room(c, rooms[i], &r);
		if (deny != OK)
			return deny;
		if (!is_unused(c, r->noccupants, room_used_ms(r)))
			return call_fault(c, CHANGED_SINCE, r->jid);
		if (plan_names(c->plan, "room/", r->jid))
			end_room(s, r);
	}
	return OK;
}

static int
take(void *arg, const struct room_brief *b)
{
	struct search *s = arg;

	if (is_wanted(s, b))
		s->found[s->nfound++] = b->jid;
	return command_page_ends(&s->page);
}

/* While the store is on a walk no room is opened. Then it may be one that an import has put in its place. */
static void
end_all(struct search *s)
{
	struct service *service = s->call->plan->s;
	struct room *r;

	s->found = arena_alloc(service->arena, s->page.left * sizeof(*s->found));
	rooms_each(service, s->call->plan->ev->to.domain, take, s);
	for (size_t i = 0; i < s->nfound; i++) {
		r = room_open(service, &s->found[i]);
		if (r != NULL && is_unused(s->call, r->noccupants, room_used_ms(r)))
			end_room(s, r);
	}
}

static enum deny
run(struct call *c)
{
	const size_t most = (size_t)c->plan->s->limits.items_per_request;
	struct search s = { .call = c, .page = { .left = most } };
	const bool dry_run = call_flag(c, "dry_run");
	enum deny deny = OK;

	s.into = command_table(c,
	    call_say(c, dry_run ? SAID("These rooms would be destroyed") : SAID("Destroyed rooms")),
	    columns);
	if (means_all(c))
		end_all(&s);
	else
		deny = end_chosen(&s);
	if (s.page.more || s.page.is_cut)
		command_note(c, NOTE_WARN, call_say(c, "There are more of them"));
	command_note(c, NOTE_INFO,
	    dry_run ? call_say(c, "Nothing was done")
		    : call_say_number(c, "Rooms destroyed: %s", s.nended));
	return deny;
}

static const struct command commands[] = {
	{ .node = "unused-rooms",
	    .name = SAID("Destroy unused rooms"),
	    .where = TO_SERVICE,
	    .steps = steps,
	    .nsteps = 2,
	    .run = run },
	{ .node = NULL },
};

const struct feature feature_command_unused = {
	.name = "command_unused",
	.commands = commands,
};
