/* SPDX-License-Identifier: ISC */
/*
 * command_audit.c - what administrators have done, and how affiliations are given back
 */
#include <stdlib.h>

#include "command.h"

/* -- the log -- */

static const struct command_field log_fields[] = {
	{ .var = "filter",
	    .type = "text-single",
	    .label = SAID("Part of a user, a room or a command") },
	{ .var = "before",
	    .type = "text-single",
	    .label = SAID("Only what came before this number"),
	    .least = 1,
	    .most = INT64_C(1000000000000000) },
	COMMAND_MAX,
	{ .var = NULL },
};

static const struct command_step log_steps[] = { { .fields = log_fields } };

static const struct command_column log_columns[] = {
	{ "no", "text-single", SAID("Number") },
	{ "time", "text-single", SAID("Time") },
	{ "actor", "text-single", SAID("Done by") },
	{ "command", "text-single", SAID("Command") },
	{ "room", "text-single", SAID("Room") },
	{ "target", "text-single", SAID("About") },
	{ "before", "text-single", SAID("Before") },
	{ "after", "text-single", SAID("After") },
	{ "reason", "text-single", SAID("Reason") },
	{ NULL, NULL, NULL },
};

struct reading {
	struct call *call;
	struct xml *into;
	const char *filter;
	struct command_page page;
	uint64_t last; /* number of what was looked at last */
};

static bool
has(const char *text, const char *part)
{
	return text != NULL && strcasestr(text, part) != NULL;
}

static bool
suits(const struct reading *r, const struct audit *n)
{
	return r->filter == NULL || has(n->actor, r->filter) || has(n->room, r->filter) ||
	       has(n->target, r->filter) || has(n->command, r->filter);
}

static int
add_note(void *arg, const struct audit *n)
{
	struct reading *r = arg;
	struct arena *a = r->call->plan->s->arena;

	r->last = n->no;
	if (suits(r, n) && command_page_has(&r->page))
		command_row(r->call, r->into, log_columns,
		    (const char *[]){
			arena_fmt(a, "%llu", (unsigned long long)n->no),
			date_write(a, n->ms),
			n->actor,
			n->command,
			n->room,
			n->target,
			n->before,
			n->after,
			n->reason,
		    });
	return command_page_ends(&r->page);
}

/* The pages are at their end, or the search gave up: how far it went. */
static void
end_reading(const struct reading *r)
{
	struct call *c = r->call;

	c->dialog.more = r->page.more;
	if (r->page.is_cut && !r->page.more)
		command_note(c, NOTE_WARN,
		    call_say_number(
			c, "Not all was looked at: the rest came before number %s", r->last));
}

static enum deny
run_log(struct call *c)
{
	struct reading r = { .call = c, .filter = call_value(c, "filter") };

	r.page = command_page(c, 0);
	r.into = command_table(c, call_say(c, "Audit log"), log_columns);
	audit_each_back(c->plan->s, (uint64_t)call_number(c, "before"), add_note, &r);
	end_reading(&r);
	return OK;
}

/* -- undoing -- */

#define NOTES_ON_A_PAGE 50

static const struct command_field undo_fields[] = {
	{ .var = "notes",
	    .type = "list-multi",
	    .label = SAID("Changes of affiliations"),
	    .required = true,
	    .paged = true },
	{ .var = "reason", .type = "text-single", .label = SAID("Reason") },
	{ .var = NULL },
};

/* Is it a change of an affiliation? */
static bool
is_change(const struct audit *n, enum affiliation *before, enum affiliation *after)
{
	return n->room != NULL && n->target != NULL && n->before != NULL && n->after != NULL &&
	       affiliation_read(n->before, before) && affiliation_read(n->after, after);
}

static int
add_change(void *arg, const struct audit *n)
{
	struct reading *r = arg;
	struct arena *a = r->call->plan->s->arena;
	enum affiliation before, after;

	r->last = n->no;
	if (is_change(n, &before, &after) && command_page_has(&r->page))
		command_option(r->call, r->into, "notes",
		    arena_cat(a, date_write(a, n->ms), " ", n->room, ": ", n->target, ", ",
			n->before, " -> ", n->after, NULL),
		    arena_fmt(a, "%llu", (unsigned long long)n->no));
	return command_page_ends(&r->page);
}

static void
fill_undo(struct call *c, struct xml *form)
{
	struct reading r = { .call = c, .into = form };

	r.page = command_page(c, NOTES_ON_A_PAGE);
	audit_each_back(c->plan->s, 0, add_change, &r);
	end_reading(&r);
}

static const struct command_step undo_steps[] = {
	{ .instructions =
		SAID("What is chosen is made as it was before, if it has not changed since"),
	    .fields = undo_fields,
	    .fill = fill_undo },
};

static enum deny
undo_one(struct call *c, const char *text)
{
	struct affil now = { .affiliation = AFF_NONE };
	enum affiliation before, after;
	struct audit n;
	struct room *r;
	enum deny deny;

	if (strspn(text, "0123456789") != strlen(text) || strlen(text) > 18 ||
	    !audit_get(c->plan->s, strtoull(text, NULL, 10), &n) || !is_change(&n, &before, &after))
		return call_fault(c, BAD_PAYLOAD, text);
	deny = call_room(c, n.room, &r);
	if (deny != OK)
		return deny;
	if (!affiliation_stored(r, n.target, &now))
		now.affiliation = AFF_NONE;
	if (now.affiliation != after)
		return call_fault(
		    c, CHANGED_SINCE, arena_cat(c->plan->s->arena, n.room, ", ", n.target, NULL));
	return call_grant(c, call_deed(c, r),
	    &(struct affil){
		.affiliation = before, .jid = n.target, .reason = call_value(c, "reason") });
}

static enum deny
run_undo(struct call *c)
{
	enum deny deny = OK;
	size_t n;
	const char **notes = call_values(c, "notes", &n);

	if (n > (size_t)c->plan->s->limits.items_per_request)
		return POLICY_VIOLATION;
	for (size_t i = 0; i < n && deny == OK; i++)
		deny = undo_one(c, notes[i]);
	for (struct plan *deed = c->plan->deeds; deed != NULL && deny == OK; deed = deed->next)
		deny = plan_granted(deed);
	command_note(c, NOTE_INFO, call_say_number(c, "Changed affiliations: %s", n));
	return deny;
}

static const struct command commands[] = {
	{ .node = "audit-log",
	    .name = SAID("Audit log"),
	    .where = TO_SERVICE,
	    .steps = log_steps,
	    .nsteps = 1,
	    .run = run_log },
	{ .node = "undo-affiliations",
	    .name = SAID("Undo changes of affiliations"),
	    .where = TO_SERVICE,
	    .steps = undo_steps,
	    .nsteps = 1,
	    .run = run_undo },
	{ .node = NULL },
};

const struct feature feature_command_audit = {
	.name = "command_audit",
	.commands = commands,
};
