/* SPDX-License-Identifier: ISC */
/*
 * command_bans.c - administrators say who is kept out of the service
 *
 * What service_ban.c holds: addresses, domains and patterns of them. XEP-0133 4.11 has a node for the whole
 * list at once. Those of mucd.conf(5) are shown, and changed there alone.
 */
#include <stdlib.h>

#include "base/date.h"
#include "command.h"
#include "room/ban.h"

#define BANS_ON_A_PAGE 100

/* -- which there are -- */

static const struct command_column columns[] = {
	{ "target", "text-single", SAID("Address, domain or pattern") },
	{ "reason", "text-single", SAID("Reason") },
	{ "actor", "text-single", SAID("Set by") },
	{ "set", "text-single", SAID("Since") },
	{ "until", "text-single", SAID("Until") },
	{ NULL, NULL, NULL },
};

/* A page of bans, and who takes them. */
struct page {
	struct call *call;
	struct xml *to; /* a table or a form */
	void (*take)(struct page *, const struct ban *);
	struct command_page page;
};

static int
page_visit(void *arg, const struct ban *b)
{
	struct page *pg = arg;

	if (command_page_has(&pg->page))
		pg->take(pg, b);
	return pg->page.more;
}

static void
each_of_page(struct call *c, struct xml *to, void (*take)(struct page *, const struct ban *))
{
	struct page pg = { c, to, take, command_page(c, BANS_ON_A_PAGE) };

	bans_each(c->plan->s, page_visit, &pg);
	c->dialog.more = pg.page.more;
}

static void
add_row(struct page *pg, const struct ban *b)
{
	struct arena *a = pg->call->plan->s->arena;
	const char *const values[] = {
		b->target,
		b->reason,
		b->configured ? "mucd.conf" : b->actor,
		date_write(a, b->set_ms),
		b->until_ms != INT64_MAX ? date_write(a, b->until_ms) : NULL,
	};

	command_row(pg->call, pg->to, columns, values);
}

static enum deny
run_list(struct call *c)
{
	each_of_page(c, command_table(c, call_say(c, "Bans from the service"), columns), add_row);
	return OK;
}

/* -- what is wished -- */

/* What is to become of the list, once all of it is known to be possible. */
struct wish {
	const char **targets, **lifted;
	size_t n, nlifted;
	const char *reason;
	int64_t until_ms;
};

static struct wish *
wish_new(struct call *c)
{
	struct wish *w = arena_alloc(c->plan->s->arena, sizeof(*w));

	w->until_ms = INT64_MAX;
	return w;
}

static void
on_wish(struct call *c)
{
	struct service *s = c->plan->s;
	const struct wish *w = c->arg;
	struct ban b = {
		.reason = w->reason,
		.actor = c->plan->ev->from.bare,
		.set_ms = s->now.wall_ms,
		.until_ms = w->until_ms,
	};

	for (size_t i = 0; i < w->nlifted; i++)
		ban_lift(s, w->lifted[i]);
	for (size_t i = 0; i < w->n; i++) {
		b.target = w->targets[i];
		ban_set(s, &b);
	}
}

/* OK when there is room for all of it. */
static enum deny
plan_wish(struct call *c, struct wish *w)
{
	const struct service *s = c->plan->s;
	size_t n = map_count(&s->bans.by_target) - w->nlifted;

	for (size_t i = 0; i < w->n; i++)
		n += ban_of(s, w->targets[i]) == NULL;
	if (w->n > 0 && n > (size_t)s->limits.service_bans)
		return POLICY_VIOLATION;
	for (size_t i = 0; i < w->nlifted; i++)
		call_audit(c, &(struct audit){ .target = w->lifted[i], .before = "banned" });
	for (size_t i = 0; i < w->n; i++)
		call_audit(
		    c, &(struct audit){
			   .target = w->targets[i], .after = "banned", .reason = w->reason });
	if (w->n > 0 || w->nlifted == 0)
		command_note(c, NOTE_INFO, call_say_number(c, "Bans set: %s", w->n));
	if (w->nlifted > 0)
		command_note(c, NOTE_INFO, call_say_number(c, "Bans lifted: %s", w->nlifted));
	c->on = on_wish;
	c->arg = w;
	return OK;
}

/* The targets that a field holds, prepared. What mucd.conf says is changed there alone. */
static enum deny
read_targets(struct call *c, const char *var, const char ***targets, size_t *n)
{
	const struct service *s = c->plan->s;
	const char **given = call_values(c, var, n);
	const struct ban *b;

	if (*n > (size_t)s->limits.items_per_request)
		return POLICY_VIOLATION;
	*targets = given;
	for (size_t i = 0; i < *n; i++) {
		const char *target = jid_target(s->arena, given[i]);

		if (target == NULL)
			return call_fault(c, BAD_PAYLOAD, given[i]);
		target = ban_target(s, target);
		b = ban_of(s, target);
		if (b != NULL && b->configured)
			return call_fault(c, IN_CONFIGURATION, given[i]);
		given[i] = target;
	}
	return OK;
}

/* -- to set some -- */

static const struct command_field ban_fields[] = {
	{ .var = "targets",
	    .type = "text-multi",
	    .label = SAID("Addresses, domains or patterns"),
	    .required = true },
	{ .var = "reason", .type = "text-single", .label = SAID("Reason") },
	{ .var = "hours",
	    .type = "text-single",
	    .label = SAID("Hours (0: for good)"),
	    .def = "0",
	    .least = 0,
	    .most = 876000 },
	{ .var = NULL },
};

static const struct command_step ban_steps[] = {
	{ .instructions = SAID("Whom they name leaves all rooms, and gets into none"),
	    .fields = ban_fields },
};

static enum deny
run_ban(struct call *c)
{
	struct wish *w = wish_new(c);
	const int64_t hours = call_number(c, "hours");
	enum deny deny = read_targets(c, "targets", &w->targets, &w->n);

	if (deny != OK)
		return deny;
	w->reason = call_value(c, "reason");
	if (hours > 0)
		w->until_ms = c->plan->s->now.wall_ms + hours * HOUR_MS;
	return plan_wish(c, w);
}

/* -- to lift some -- */

static const struct command_field unban_fields[] = {
	{ .var = "targets",
	    .type = "list-multi",
	    .label = SAID("Addresses, domains or patterns"),
	    .required = true,
	    .paged = true },
	{ .var = NULL },
};

static void
add_option(struct page *pg, const struct ban *b)
{
	if (!b->configured)
		command_option(pg->call, pg->to, "targets", b->target, b->target);
}

static void
fill_unban(struct call *c, struct xml *form)
{
	each_of_page(c, form, add_option);
}

static const struct command_step unban_steps[] = {
	{ .fields = unban_fields, .fill = fill_unban },
};

static enum deny
run_unban(struct call *c)
{
	struct wish *w = wish_new(c);
	enum deny deny = read_targets(c, "targets", &w->lifted, &w->nlifted);

	for (size_t i = 0; i < w->nlifted && deny == OK; i++)
		if (ban_of(c->plan->s, w->lifted[i]) == NULL)
			deny = call_fault(c, NO_SUCH_BAN, w->lifted[i]);
	return deny == OK ? plan_wish(c, w) : deny;
}

/* -- the list as a whole: XEP-0133 4.11 -- */

static const struct command_field blacklist_fields[] = {
	{ .var = "blacklistjids",
	    .type = "text-multi",
	    .label = SAID("Addresses, domains or patterns") },
	{ .var = NULL },
};

struct lines {
	struct call *call;
	struct xml *form;
};

static int
add_line(void *arg, const struct ban *b)
{
	struct lines *l = arg;

	if (!b->configured)
		command_value(l->call, l->form, "blacklistjids", b->target);
	return 0;
}

static void
fill_blacklist(struct call *c, struct xml *form)
{
	struct lines l = { c, form };

	bans_each(c->plan->s, add_line, &l);
}

static const struct command_step blacklist_steps[] = {
	{ .fields = blacklist_fields, .fill = fill_blacklist },
};

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct rest {
	struct wish *wish;
	const char **sorted;
	size_t n;
};

static int
rest_visit(void *arg, const struct ban *b)
{
	struct rest *r = arg;

	if (!b->configured && (r->n == 0 || bsearch(&b->target, r->sorted, r->n, sizeof(*r->sorted),
						by_name) == NULL))
		r->wish->lifted[r->wish->nlifted++] = b->target;
	return 0;
}

/* What is named and is there stays as it is; what is there and not named is lifted. No list is no empty one. */
static enum deny
run_blacklist(struct call *c)
{
	const struct service *s = c->plan->s;
	struct wish *w = wish_new(c);
	struct rest rest = { .wish = w };
	enum deny deny = read_targets(c, "blacklistjids", &rest.sorted, &rest.n);

	if (deny == OK && !call_given(c, "blacklistjids"))
		return plan_wish(c, w);
	if (deny != OK)
		return deny;
	if (rest.n > 0)
		qsort(rest.sorted, rest.n, sizeof(*rest.sorted), by_name);
	w->lifted = arena_alloc(s->arena, (map_count(&s->bans.by_target) + 1) * sizeof(*w->lifted));
	bans_each(s, rest_visit, &rest);
	w->targets = arena_alloc(s->arena, (rest.n + 1) * sizeof(*w->targets));
	for (size_t i = 0; i < rest.n; i++)
		if (ban_of(s, rest.sorted[i]) == NULL &&
		    (i == 0 || strcmp(rest.sorted[i - 1], rest.sorted[i]) != 0))
			w->targets[w->n++] = rest.sorted[i];
	return plan_wish(c, w);
}

static const struct command commands[] = {
	{ .node = "bans",
	    .name = SAID("Bans from the service"),
	    .where = TO_SERVICE,
	    .run = run_list },
	{ .node = "ban",
	    .name = SAID("Ban from the service"),
	    .where = TO_SERVICE,
	    .steps = ban_steps,
	    .nsteps = 1,
	    .run = run_ban },
	{ .node = "unban",
	    .name = SAID("Lift bans from the service"),
	    .where = TO_SERVICE,
	    .steps = unban_steps,
	    .nsteps = 1,
	    .run = run_unban },
	{ .node = "http://jabber.org/protocol/admin#edit-blacklist",
	    .form_type = "http://jabber.org/protocol/admin",
	    .name = SAID("Edit the list of bans from the service"),
	    .where = TO_SERVICE,
	    .steps = blacklist_steps,
	    .nsteps = 1,
	    .run = run_blacklist },
	{ .node = NULL },
};

const struct feature feature_command_bans = {
	.name = "command_bans",
	.commands = commands,
};
