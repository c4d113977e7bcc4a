/* SPDX-License-Identifier: ISC */
/*
 * command_statistics.c - the service in numbers
 *
 * XEP-0133 4.15 has a node for one of them: how many are online, which are those in rooms.
 */
#include "command.h"

static void
add_number(struct call *c, struct xml *form, const char *var, const char *english, uint64_t n)
{
	command_say(
	    c, form, var, english, arena_fmt(c->plan->s->arena, "%llu", (unsigned long long)n));
}

static void
add_refused(struct call *c, struct xml *form)
{
	struct arena *a = c->plan->s->arena;
	const char *condition;
	uint64_t n;

	for (unsigned i = 0; (condition = muc_condition(i)) != NULL; i++) {
		n = c->plan->s->stats.refused[i];
		if (n == 0)
			continue;
		form_add_field(a, form, "text-single", arena_cat(a, "refused-", condition, NULL),
		    call_say_of(c, "Refused: %s", condition),
		    arena_fmt(a, "%llu", (unsigned long long)n));
	}
}

/* How long the link of each domain has been up, in the order of mucd.conf. */
static void
add_links(struct call *c, struct xml *form)
{
	struct service *s = c->plan->s;
	struct arena *a = s->arena;

	for (unsigned i = 0; i < s->ndomains; i++) {
		const struct out *o = &s->out[i];
		int64_t up_s = o->up ? (s->now.mono_ms - o->up_ms) / 1000 : -1;

		form_add_field(a, form, "text-single", arena_cat(a, "link-", o->domain, NULL),
		    call_say_of(c, "Seconds that the link of %s is up (-1: it is down)", o->domain),
		    arena_fmt(a, "%lld", (long long)up_s));
	}
}

/* What was wanted by a command, if it was; the words are for scripts. */
static void
add_errand(
    struct call *c, struct xml *form, const char *var, const char *what, const struct errand *e)
{
	struct arena *a = c->plan->s->arena;
	const bool runs = e->ended_ms == 0;

	if (e->began_ms == 0)
		return;
	command_say(c, form, var, what, runs ? "running" : e->failed ? "failed" : "done");
	command_say(c, form, arena_cat(a, var, "_time", NULL), SAID("When that began or ended"),
	    date_write(a, runs ? e->began_ms : e->ended_ms));
}

static enum deny
run_all(struct call *c)
{
	struct service *s = c->plan->s;
	struct xml *form = command_result(c, call_say(c, "Statistics"));
	size_t queued = 0;

	for (unsigned i = 0; i < s->ndomains; i++)
		queued += s->out[i].bytes;
	command_say(c, form, "version", SAID("Version"), MUC_VERSION);
	add_number(c, form, "uptime", SAID("Seconds since the start"),
	    (uint64_t)(s->now.mono_ms - s->started_ms) / 1000);
	add_number(
	    c, form, "fill", SAID("Per cent of the storage in use"), s->store->fill(s->store));
	add_number(c, form, "database", SAID("Bytes of the database"), s->store->bytes(s->store));
	if (s->host->memory != NULL)
		add_number(
		    c, form, "memory", SAID("Bytes of memory"), s->host->memory(s->host->arg));
	add_links(c, form);
	add_number(c, form, "queued", SAID("Bytes that wait to be sent"), queued);
	add_number(c, form, "commands", SAID("Commands under way"), (uint64_t)s->ndialogs);
	/* The rows of MUC_STATS; what is stored is counted at commits. */
#define STAT(name, what) add_number(c, form, #name, what, s->stats.name);
	MUC_STATS(STAT)
#undef STAT
	add_errand(c, form, "backup", SAID("Last copy of the database"), &s->backup);
	add_errand(
	    c, form, "verification", SAID("Last look through the database"), &s->verification);
	add_refused(c, form);
	return OK;
}

/* XEP-0133 4.15: a user is one in however many rooms, and with however many clients. */
static enum deny
run_online(struct call *c)
{
	struct xml *form = command_result(c, call_say(c, "Users in rooms"));

	add_number(c, form, "onlineusersnum", SAID("Users in rooms"), c->plan->s->nusers_in);
	return OK;
}

static const struct command commands[] = {
	{ .node = "statistics", .name = SAID("Statistics"), .where = TO_SERVICE, .run = run_all },
	{ .node = "http://jabber.org/protocol/admin#get-online-users-num",
	    .form_type = "http://jabber.org/protocol/admin",
	    .name = SAID("Number of users in rooms"),
	    .where = TO_SERVICE,
	    .run = run_online },
	{ .node = NULL },
};

const struct feature feature_command_statistics = {
	.name = "command_statistics",
	.commands = commands,
};
