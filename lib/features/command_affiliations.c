/* SPDX-License-Identifier: ISC */
/*
 * command_affiliations.c - an administrator says who owns a room, and who is what in it
 *
 * XEP-0045 9, 10.3 to 10.8. It is done as by an owner, so what holds for owners holds: a room keeps one.
 * Prosody's node for it is known, too. A room whose owner has gone is given another one; those who are in
 * are told that the service has done so, without names: not all of them may see addresses.
 */
#include "command.h"

static const struct command_option affiliations[] = {
	{ "owner", SAID("Owner") },
	{ "admin", SAID("Admin") },
	{ "member", SAID("Member") },
	{ "none", SAID("None") },
	{ "outcast", SAID("Banned") },
	{ NULL, NULL },
};

/* -- who is what -- */

static const struct command_field set_fields[] = {
	{ .var = "room", .type = "text-single", .label = SAID("Room"), .required = true },
	{ .var = "jid", .type = "jid-multi", .label = SAID("Users or domains") },
	{ .var = "affiliation",
	    .type = "list-single",
	    .label = SAID("Affiliation of all of them"),
	    .options = affiliations },
	{ .var = "reason", .type = "text-single", .label = SAID("Reason") },
	{ .var = "lines",
	    .type = "text-multi",
	    .label = SAID("Others, each in a line: address affiliation reason") },
	{ .var = NULL },
};

static enum deny
check_set(struct call *c)
{
	size_t njids, nlines;

	call_values(c, "jid", &njids);
	call_values(c, "lines", &nlines);
	if (njids + nlines == 0)
		return call_fault(c, MISSING, call_say(c, "Users or domains"));
	if (njids > 0 && call_value(c, "affiliation") == NULL)
		return call_fault(c, MISSING, call_say(c, "Affiliation of all of them"));
	return OK;
}

static const struct command_step set_steps[] = { { .fields = set_fields, .check = check_set } };

/* An owner's own deed in the own room is no administrator's; nor is a plan that is only tried. */
static bool
is_deed(const struct call *c, const struct plan *p)
{
	const struct plan *deed = c->plan->deeds;

	while (deed != NULL && deed != p)
		deed = deed->next;
	return deed != NULL;
}

enum deny
call_grant(struct call *c, struct plan *p, const struct affil *f)
{
	struct affil before = { .affiliation = AFF_NONE }, now = *f;

	now.jid = plan_listed(p, f->jid, f->affiliation);
	if (!plan_names(p, "jid/", now.jid))
		return call_fault(c, BAD_PAYLOAD, f->jid);
	affiliation_stored(p->room, now.jid, &before);
	if (plan_grant(p, &now) == NULL || !is_deed(c, p))
		return OK;
	call_audit(c, &(struct audit){
			  .room = p->room->jid,
			  .target = now.jid,
			  .before = affiliation_name(before.affiliation),
			  .after = affiliation_name(f->affiliation),
			  .reason = f->reason,
		      });
	return OK;
}

static enum deny
grant_jids(struct call *c, struct plan *deed)
{
	struct arena *a = c->plan->s->arena;
	struct affil f = { .affiliation = AFF_NONE, .reason = call_value(c, "reason") };
	enum deny deny = OK;
	struct jid j;
	size_t n;
	const char **jids = call_values(c, "jid", &n);

	if (n > 0)
		affiliation_read(call_value(c, "affiliation"), &f.affiliation);
	for (size_t i = 0; i < n && deny == OK; i++) {
		jid_prep(a, jids[i], &j);
		f.jid = j.bare;
		deny = call_grant(c, deed, &f);
	}
	return deny;
}

static enum deny
grant_lines(struct call *c, struct plan *deed)
{
	struct arena *a = c->plan->s->arena;
	enum deny deny = OK;
	size_t n;
	const char **lines = call_values(c, "lines", &n);

	for (size_t i = 0; i < n && deny == OK; i++) {
		const char *line = lines[i], *jid = call_word(c, &line),
			   *name = call_word(c, &line);
		struct affil f = { .reason = *line != '\0' ? line : NULL };
		struct jid j;

		if (*jid == '\0')
			continue;
		if (!jid_prep(a, jid, &j) || !affiliation_read(name, &f.affiliation))
			return call_fault(c, BAD_PAYLOAD, lines[i]);
		f.jid = j.bare;
		deny = call_grant(c, deed, &f);
	}
	return deny;
}

static enum deny
run_set(struct call *c)
{
	struct room *r;
	struct plan *deed;
	enum deny deny = call_room(c, call_value(c, "room"), &r);

	if (deny != OK)
		return deny;
	deed = call_deed(c, r);
	deny = grant_jids(c, deed);
	if (deny == OK)
		deny = grant_lines(c, deed);
	if (deny == OK && map_count(&deed->named) > (size_t)c->plan->s->limits.items_per_request)
		deny = POLICY_VIOLATION;
	if (deny != OK)
		return deny;
	command_note(
	    c, NOTE_INFO, call_say_number(c, "Changed affiliations: %s", map_count(&deed->affils)));
	return plan_granted(deed);
}

/* -- whose it is -- */

static const struct command_field own_fields[] = {
	{ .var = "room", .type = "text-single", .label = SAID("Room"), .required = true },
	{ .var = "owner", .type = "jid-single", .label = SAID("New owner (empty: you)") },
	{ .var = "keep",
	    .type = "boolean",
	    .label = SAID("The present owners stay owners"),
	    .def = "1" },
	{ .var = "reason", .type = "text-single", .label = SAID("Reason") },
	{ .var = NULL },
};

static const struct command_step own_steps[] = { { .fields = own_fields,
    .fill = call_owner_fill } };

struct present {
	struct call *call;
	struct plan *deed;
	const char *owner; /* the new one */
	enum deny deny;
};

static int
demote(void *arg, const char *bare)
{
	struct present *o = arg;
	const struct affil f = {
		.affiliation = AFF_ADMIN, .jid = bare, .reason = call_value(o->call, "reason")
	};

	if (strcmp(bare, o->owner) != 0)
		o->deny = call_grant(o->call, o->deed, &f);
	return o->deny != OK;
}

static enum deny
run_own(struct call *c)
{
	struct present present = { .call = c };
	struct affil f = { .affiliation = AFF_OWNER, .reason = call_value(c, "reason") };
	struct room *r;
	struct jid j;
	enum deny deny = call_room(c, call_value(c, "room"), &r);

	if (deny == OK)
		deny = call_owner(c, &j);
	if (deny != OK)
		return deny;
	present.deed = call_deed(c, r);
	f.jid = present.owner = j.bare;
	deny = call_grant(c, present.deed, &f);
	if (deny == OK && !call_flag(c, "keep"))
		affiliation_owners(r, demote, &present);
	if (deny != OK || present.deny != OK)
		return deny != OK ? deny : present.deny;
	if (map_count(&present.deed->affils) > 0)
		plan_announced(present.deed, SAID("The service has changed who owns this room"));
	command_note(c, NOTE_INFO,
	    call_say_number(c, "Changed affiliations: %s", map_count(&present.deed->affils)));
	return plan_granted(present.deed);
}

static const struct command commands[] = {
	{ .node = "set-affiliations",
	    .alias = "http://prosody.im/protocol/muc#set-affiliation",
	    .name = SAID("Set affiliations"),
	    .where = TO_SERVICE,
	    .steps = set_steps,
	    .nsteps = 1,
	    .run = run_set },
	{ .node = "transfer-room",
	    .name = SAID("Give a room another owner"),
	    .where = TO_SERVICE,
	    .steps = own_steps,
	    .nsteps = 1,
	    .run = run_own },
	{ .node = NULL },
};

const struct feature feature_command_affiliations = {
	.name = "command_affiliations",
	.commands = commands,
};
