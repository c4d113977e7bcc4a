/* SPDX-License-Identifier: ISC */
/*
 * command_host.c - what only the host program can do: its configuration, its log, its database
 *
 * It is asked last of all, when nothing can be refused any more. What it cannot do is no error of the command,
 * but its outcome: XEP-0050 3.6.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "command.h"

/* NULL: what is done at once. */
static struct errand *
errand_of(struct service *s, enum muc_ask what)
{
	if (what == MUC_ASK_BACKUP)
		return &s->backup;
	return what == MUC_ASK_VERIFY ? &s->verification : NULL;
}

static void
begin_errand(struct call *c, enum muc_ask what)
{
	const struct plan *p = c->plan;
	struct errand *e = errand_of(p->s, what);

	if (e == NULL)
		return;
	free(e->jid);
	*e = (struct errand){
		.jid = mem_strdup(p->ev->from.full),
		.domain_no = p->ev->domain_no,
		.lang = c->dialog.lang,
		.began_ms = p->s->now.wall_ms,
	};
}

/* Says how it went; `failed` has a place for why. */
static enum deny
ask(struct call *c, enum muc_ask what, const char *with, const char *done, const char *failed)
{
	const struct muc_host *host = c->plan->s->host;
	const char *why;

	if (host->ask == NULL)
		return FEATURE_NOT_IMPLEMENTED;
	why = host->ask(host->arg, what, with);
	if (why == NULL)
		begin_errand(c, what);
	if (why != NULL)
		command_note(c, NOTE_ERROR, call_say_of(c, failed, why));
	else
		command_note(c, NOTE_INFO, call_say(c, done));
	call_audit(c, &(struct audit){ .after = with, .reason = why });
	return OK;
}

static enum deny
run_reload(struct call *c)
{
	return ask(c, MUC_ASK_RELOAD, NULL, SAID("The configuration is read again"),
	    SAID("The configuration stays as it was: %s"));
}

static const struct command_option levels[] = {
	{ "error", SAID("Errors") },
	{ "warn", SAID("And warnings") },
	{ "info", SAID("And what happens") },
	{ "debug", SAID("And everything else") },
	{ NULL, NULL },
};

static const struct command_field level_fields[] = {
	{ .var = "level",
	    .type = "list-single",
	    .label = SAID("What is logged"),
	    .required = true,
	    .options = levels },
	{ .var = NULL },
};

static const struct command_step level_steps[] = {
	{ .instructions = SAID("Until the configuration is read again"), .fields = level_fields },
};

static enum deny
run_level(struct call *c)
{
	return ask(c, MUC_ASK_LOG_LEVEL, call_value(c, "level"),
	    SAID("The log is kept so from now on"), SAID("The log stays as it was: %s"));
}

/* -- what takes a while -- */

/* Will they be there to be told? Who sits at a console has an answer and goes. */
static bool
stays(const struct call *c)
{
	return c->plan->ev->console == NULL;
}

static enum deny
run_backup(struct call *c)
{
	return ask(c, MUC_ASK_BACKUP, NULL,
	    stays(c)
		? SAID("A copy of the database is being made; you are told when it is done")
		: SAID("A copy of the database is being made; the statistics say when it is done"),
	    SAID("No copy is made: %s"));
}

static enum deny
run_verify(struct call *c)
{
	return ask(c, MUC_ASK_VERIFY, NULL,
	    stays(c)
		? SAID("The database is being looked through; you are told when that is done")
		: SAID(
		      "The database is being looked through; the statistics say when that is done"),
	    SAID("The database is not looked through: %s"));
}

static const char *
outcome(struct service *s, enum muc_ask what, enum lang lang, bool good, const char *name)
{
	const char *text;

	if (what != MUC_ASK_BACKUP)
		return text_in(lang,
		    good ? SAID("The database was looked through: all of it is sound")
			 : SAID("The database was looked through; the log says what is wrong"));
	if (!good)
		return text_in(lang, SAID("No copy of the database was made; the log says why"));
	text = text_in(lang, SAID("The copy of the database is complete: %s"));
	return text_with(s->arena, text, name != NULL ? name : "");
}

/* Who began it may be no administrator any more. */
void
errand_done(struct service *s, enum muc_ask what, bool good, const char *name)
{
	struct errand *e = errand_of(s, what);
	struct arena *a = s->arena;
	struct plan p;
	struct xml *x;
	struct jid j;

	e->ended_ms = s->now.wall_ms;
	e->failed = !good;
	if (e->jid == NULL)
		return;
	if (jid_split(a, e->jid, &j) && service_admin(s, j.bare)) {
		x = xml_new(a, NS_STANZA, "message");
		xml_set(a, x, "from", s->out[e->domain_no].domain);
		xml_set(a, x, "id", fresh_id(s));
		xml_set_lang(a, x, lang_tag(e->lang));
		xml_add_text(a, x, NS_STANZA, "body", outcome(s, what, e->lang, good, name));
		plan_init(&p, s, NULL, NULL);
		tell_jid(&p, x, e->jid);
		out_take(s, e->domain_no, &p.rest);
		plan_release(&p);
	}
	free(e->jid);
	e->jid = NULL;
}

void
errands_free(struct service *s)
{
	free(s->backup.jid);
	free(s->verification.jid);
}

/* -- the others -- */

static enum deny
run_restart(struct call *c)
{
	return ask(c, MUC_ASK_RESTART, NULL, SAID("What is installed now goes on"),
	    SAID("All stays as it is: %s"));
}

static const struct command_step restart_steps[] = {
	{ .instructions = SAID("Nobody leaves a room, and nothing is lost") },
};

/* What does something is not done by whoever only looks what it is. */
static const struct command_step deed_steps[] = { { .title = NULL } };

static const struct command commands[] = {
	{ .node = "reload-configuration",
	    .name = SAID("Read the configuration again"),
	    .where = TO_SERVICE,
	    .steps = deed_steps,
	    .nsteps = 1,
	    .run = run_reload },
	{ .node = "set-log-level",
	    .name = SAID("Set what is logged"),
	    .where = TO_SERVICE,
	    .steps = level_steps,
	    .nsteps = 1,
	    .run = run_level },
	{ .node = "back-up",
	    .name = SAID("Back up now"),
	    .where = TO_SERVICE,
	    .steps = deed_steps,
	    .nsteps = 1,
	    .run = run_backup },
	{ .node = "verify-database",
	    .name = SAID("Verify the database"),
	    .where = TO_SERVICE,
	    .steps = deed_steps,
	    .nsteps = 1,
	    .run = run_verify },
	{ .node = "http://jabber.org/protocol/admin#restart",
	    .form_type = "http://jabber.org/protocol/admin",
	    .name = SAID("Restart the service"),
	    .where = TO_SERVICE,
	    .steps = restart_steps,
	    .nsteps = 1,
	    .run = run_restart },
	{ .node = NULL },
};

const struct feature feature_command_host = {
	.name = "command_host",
	.commands = commands,
};
