/* SPDX-License-Identifier: ISC */
/*
 * command_host.c - what only the host program can do: its configuration, its log, its database
 *
 * It is asked last of all, when nothing can be refused any more. What it cannot do is no error of the command,
 * but its outcome: XEP-0050 3.6.
 */
#include "command.h"

/* Says how it went; `failed` has a place for why. */
static enum deny
ask(struct call *c, enum muc_ask what, const char *with, const char *done, const char *failed)
{
	const struct muc_host *host = c->plan->s->host;
	const char *why;

	if (host->ask == NULL)
		return FEATURE_NOT_IMPLEMENTED;
	why = host->ask(host->arg, what, with);
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

static enum deny
run_backup(struct call *c)
{
	return ask(c, MUC_ASK_BACKUP, NULL,
	    SAID("A copy of the database is being made; the log says when it is done"),
	    SAID("No copy is made: %s"));
}

static enum deny
run_verify(struct call *c)
{
	return ask(c, MUC_ASK_VERIFY, NULL,
	    SAID("The database is being looked through; the log says what is found"),
	    SAID("The database is not looked through: %s"));
}

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
