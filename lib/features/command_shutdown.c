/* SPDX-License-Identifier: ISC */
/*
 * command_shutdown.c - an administrator stops the service
 *
 * XEP-0133 4.31. Either all are told that the service ends and leave (status 332: XEP-0045 11.2), room by
 * room, in as many turns as that takes; or they stay, and are in when it is started again. Until then the
 * stop is remembered here alone: a service that is started anew does not stop.
 */
#include "command.h"

static const struct command_field fields[] = {
	{ .var = "delay",
	    .type = "text-single",
	    .label = SAID("Seconds to wait before"),
	    .def = "0",
	    .least = 0,
	    .most = 86400 },
	{ .var = "announcement", .type = "text-multi", .label = SAID("Announcement") },
	{ .var = "leave",
	    .type = "boolean",
	    .label = SAID("All leave their rooms (else they are in again after a start)"),
	    .def = "1" },
	{ .var = NULL },
};

static const struct command_step steps[] = {
	{ .title = SAID("Shut down the service"), .fields = fields },
};

/* Of all domains: the service is one. */
static void
announce(struct call *c, const char *text)
{
	struct room *r;
	struct jid j;

	TAILQ_FOREACH (r, &c->plan->s->busy, entry) {
		jid_split(c->plan->s->arena, r->jid, &j);
		plan_add(plan_deed(c->plan, r, &j), CH_ANNOUNCE)->reason = text;
	}
}

static void
on_shutdown(struct call *c)
{
	struct service *s = c->plan->s;

	s->stop_ms = s->now.mono_ms + call_number(c, "delay") * 1000;
	s->stops = true;
	s->stop_leaves = call_flag(c, "leave");
	service_log(s, MUC_LOG_INFO, "%s stops the service in %lld s", c->plan->ev->from.full,
	    (long long)call_number(c, "delay"));
}

static enum deny
run(struct call *c)
{
	const char *text = call_text(c, "announcement");

	if (c->plan->s->host->ask == NULL)
		return FEATURE_NOT_IMPLEMENTED;
	if (text != NULL && strlen(text) > (size_t)c->plan->s->limits.reason_bytes)
		return call_fault(c, BAD_PAYLOAD, call_say(c, "Announcement"));
	if (text != NULL)
		announce(c, text);
	command_note(c, NOTE_INFO,
	    call_say_number(
		c, "Seconds until the service stops: %s", (uint64_t)call_number(c, "delay")));
	call_audit(c,
	    &(struct audit){ .after = call_flag(c, "leave") ? "leave" : "stay", .reason = text });
	c->on = on_shutdown;
	return OK;
}

/* Those who come now would have to leave at once. */
static enum deny
may_enter(const struct room *r, const struct plan *p, const struct change *c)
{
	const struct service *s = p->s;

	(void)r, (void)c;
	return s->stops && s->stop_leaves && s->now.mono_ms >= s->stop_ms ? STOPPING : OK;
}

/* -- time -- */

static int64_t
deadline(const struct service *s)
{
	return s->stops && !s->stop_asked ? s->stop_ms : INT64_MAX;
}

static void
empty(struct service *s, struct room *r)
{
	struct occupant *o;
	struct change *c;
	struct plan p;

	plan_init(&p, s, NULL, r);
	TAILQ_FOREACH (o, &r->occupants, entry) {
		c = plan_add(&p, CH_LEAVE);
		c->occupant = o;
		c->code = STATUS_SHUTDOWN;
	}
	plan_run(&p);
	plan_release(&p);
}

static void
tick(struct service *s)
{
	if (deadline(s) > s->now.mono_ms)
		return;
	while (s->stop_leaves && !TAILQ_EMPTY(&s->busy)) {
		if (s->turn_pairs > TURN_PAIRS || s->turn_bytes > TURN_BYTES)
			return;
		empty(s, TAILQ_FIRST(&s->busy));
	}
	s->stop_asked = true;
	s->host->ask(s->host->arg, MUC_ASK_STOP, NULL);
}

static const struct command commands[] = {
	{ .node = "http://jabber.org/protocol/admin#shutdown",
	    .alias = "shutdown",
	    .form_type = "http://jabber.org/protocol/admin",
	    .name = SAID("Shut down the service"),
	    .where = TO_SERVICE,
	    .steps = steps,
	    .nsteps = 1,
	    .run = run },
	{ .node = NULL },
};

const struct feature feature_command_shutdown = {
	.name = "command_shutdown",
	.may = { [CH_CREATE] = may_enter, [CH_ENTER] = may_enter },
	.deadline = deadline,
	.tick = tick,
	.commands = commands,
};
