/* SPDX-License-Identifier: ISC */
/*
 * command_create.c - an administrator makes a room, or changes the options of one
 *
 * XEP-0045 10.1, 10.2. A room that is made so is open, stays when nobody is in it, and may belong to
 * somebody else. Of the options those count that are given; what the operator forces stays so.
 */
#include "command.h"

/* -- the form of the options -- */

/* Its fields, as they stand in the owners' form; what has been given already goes before. */
static void
add_options(struct call *c, struct xml *form, const struct config *config)
{
	struct arena *a = c->plan->s->arena;
	struct xml *all = config_form(a, xml_new(a, NS_MUC_OWNER, "query"), config,
	    c->plan->s->force.set, c->dialog.lang, "");

	for (const struct xml *f = xml_child(all, NS_DATA, "field"); f != NULL;
	     f = xml_next(f, NS_DATA, "field"))
		if (strcmp(xml_get(f, "var"), "FORM_TYPE") != 0)
			xml_copy(a, form, f);
}

static bool
is_of_options(const char *var)
{
	const char *name = strrchr(var, '#');

	return name != NULL || strncmp(var, "allow_", strlen("allow_")) == 0;
}

/* What was given of them, as a submitted form. */
static const struct xml *
options_given(const struct call *c)
{
	struct arena *a = c->plan->s->arena;
	struct xml *form = xml_new(a, NS_DATA, "x"), *x;

	for (const struct given *g = c->dialog.given; g != NULL; g = g->next) {
		if (!is_of_options(g->var))
			continue;
		x = xml_add(a, form, NS_DATA, "field");
		xml_set(a, x, "var", g->var);
		for (size_t i = 0; i < g->nvalues; i++)
			form_add_value(a, x, g->values[i]);
	}
	return form;
}

/*
 * The options that come of what was given. What does not suit is named: the first that is refused by itself,
 * or all of them.
 */
static enum deny
options_asked(struct call *c, const struct config *before, struct config *config)
{
	struct arena *a = c->plan->s->arena;
	const struct xml *form = options_given(c), *one;
	const char *what;
	struct xml *shown, *alone;

	if (config_asked(c->plan, before, form, config) == OK)
		return OK;
	shown = xml_new(a, NS_DATA, "x");
	add_options(c, shown, before);
	for (one = xml_child(form, NS_DATA, "field"); one != NULL;
	     one = xml_next(one, NS_DATA, "field")) {
		alone = xml_new(a, NS_DATA, "x");
		xml_copy(a, alone, one);
		if (config_asked(c->plan, before, alone, config) == OK)
			continue;
		what = xml_get(form_field(shown, xml_get(one, "var")), "label");
		return call_fault(c, BAD_PAYLOAD, what != NULL ? what : xml_get(one, "var"));
	}
	return call_fault(c, BAD_PAYLOAD, call_say(c, "Options of the room"));
}

/* -- a new one -- */

static const struct command_option presets[] = {
	{ "default", SAID("As the service makes rooms") },
	{ "public", SAID("Public: listed, open to all") },
	{ "private", SAID("Private group: hidden, for members who see addresses") },
	{ "announcements", SAID("Announcements: listed, only those with voice may speak") },
	{ NULL, NULL },
};

/* Pairs of a var and its value, NULL at the end; of each preset. */
static const struct {
	const char *preset;
	const char *values[12];
} preset_values[] = {
	{ "public", { "publicroom", "1", "membersonly", "0", "moderatedroom", "0" } },
	{ "private",
	    { "publicroom", "0", "membersonly", "1", "whois", "anyone", "allowinvites", "1" } },
	{ "announcements", { "publicroom", "1", "membersonly", "0", "moderatedroom", "1" } },
};

static const struct command_field create_fields[] = {
	{ .var = "room", .type = "text-single", .label = SAID("Room"), .required = true },
	{ .var = "owner", .type = "jid-single", .label = SAID("Owner (empty: you)") },
	{ .var = "preset",
	    .type = "list-single",
	    .label = SAID("Kind of room"),
	    .def = "default",
	    .options = presets },
	{ .var = NULL },
};

static enum deny
check_new(struct call *c)
{
	const char *text = call_value(c, "room");
	struct jid j;

	if (!call_room_jid(c, text, &j))
		return call_fault(c, BAD_PAYLOAD, text);
	if (room_open(c->plan->s, &j) != NULL)
		return call_fault(c, ROOM_EXISTS, j.bare);
	return call_owner(c, &j);
}

static void
start_config(const struct call *c, struct config *config)
{
	const char *preset = call_value(c, "preset");
	config_set field;

	*config = c->plan->s->defaults;
	config_set_value(config, "persistentroom", "1", &field);
	for (size_t i = 0; i < sizeof(preset_values) / sizeof(preset_values[0]); i++)
		if (strcmp(preset_values[i].preset, preset) == 0)
			for (const char *const *v = preset_values[i].values; *v != NULL; v += 2)
				config_set_value(config, v[0], v[1], &field);
	config_take(config, &c->plan->s->force.config, c->plan->s->force.set);
}

static void
fill_new(struct call *c, struct xml *form)
{
	struct config config;

	start_config(c, &config);
	add_options(c, form, &config);
}

static const struct command_step create_steps[] = {
	{ .fields = create_fields, .fill = call_owner_fill, .check = check_new },
	{ .title = SAID("Options of the room"), .fill = fill_new, .takes_all = true },
};

static enum deny
run_create(struct call *c)
{
	struct arena *a = c->plan->s->arena;
	struct config *config = arena_alloc(a, sizeof(*config)), start;
	struct change *change;
	struct plan *deed;
	struct jid to, j;
	enum deny deny = check_new(c);

	if (deny != OK)
		return deny;
	call_room_jid(c, call_value(c, "room"), &to);
	call_owner(c, &j);
	start_config(c, &start);
	deny = options_asked(c, &start, config);
	if (deny != OK)
		return deny;
	deed = plan_deed(c->plan, NULL, &to);
	plan_add(deed, CH_CREATE)->affil.jid = j.bare;
	plan_add(deed, CH_UNLOCK);
	change = plan_add(deed, CH_CONFIG);
	change->config = config;
	change->changed = config_diff(config, &c->plan->s->defaults);
	call_audit(c, &(struct audit){ .room = to.bare, .target = j.bare, .after = "owner" });
	command_note(c, NOTE_INFO, call_say_of(c, "Created: %s", to.bare));
	return OK;
}

/* -- one that is there -- */

static const struct command_field which_fields[] = {
	{ .var = "room", .type = "text-single", .label = SAID("Room"), .required = true },
	{ .var = NULL },
};

static enum deny
check_which(struct call *c)
{
	struct room *r;

	return call_room(c, call_value(c, "room"), &r);
}

static void
fill_options(struct call *c, struct xml *form)
{
	struct room *r;

	if (call_room(c, call_value(c, "room"), &r) == OK)
		add_options(c, form, &r->config);
}

static const struct command_step configure_steps[] = {
	{ .fields = which_fields, .check = check_which },
	{ .title = SAID("Options of the room"),
	    .fill = fill_options,
	    .takes_all = true,
	    .essential = true },
};

/* One line for several values. */
static const char *
values_of(struct arena *a, const struct xml *field)
{
	const struct xml *v = NULL;
	const char *text = "";

	while ((v = form_next_value(field, v)) != NULL)
		text = arena_cat(a, text, *text != '\0' ? " " : "", xml_text(v), NULL);
	return text;
}

/* What becomes of each option, but for what a password is. */
static void
note_options(struct call *c, const struct room *r, const struct config *config)
{
	struct arena *a = c->plan->s->arena;
	struct xml *up = xml_new(a, NS_MUC_OWNER, "query");
	const struct xml *old = config_form(a, up, &r->config, 0, LANG_EN, "");
	const struct xml *new = config_form(a, up, config, 0, LANG_EN, ""), *f;
	const char *var, *before, *after;

	for (f = xml_child(new, NS_DATA, "field"); f != NULL; f = xml_next(f, NS_DATA, "field")) {
		var = xml_get(f, "var");
		before = values_of(a, form_field(old, var));
		after = values_of(a, f);
		if (strcmp(before, after) == 0)
			continue;
		if (strcmp(xml_get(f, "type"), "text-private") == 0)
			before = after = NULL;
		call_audit(
		    c, &(struct audit){
			   .room = r->jid, .target = var, .before = before, .after = after });
	}
}

static enum deny
run_configure(struct call *c)
{
	struct config config;
	struct room *r;
	enum deny deny = call_room(c, call_value(c, "room"), &r);

	if (deny != OK)
		return deny;
	deny = options_asked(c, &r->config, &config);
	if (deny != OK)
		return deny;
	note_options(c, r, &config);
	command_note(c, NOTE_INFO, call_say_of(c, "Configured: %s", r->jid));
	return plan_configured(call_deed(c, r), options_given(c));
}

static const struct command commands[] = {
	{ .node = "create-room",
	    .name = SAID("Create a room"),
	    .where = TO_SERVICE,
	    .steps = create_steps,
	    .nsteps = 2,
	    .run = run_create },
	{ .node = "configure-room",
	    .name = SAID("Configure a room"),
	    .where = TO_SERVICE,
	    .steps = configure_steps,
	    .nsteps = 2,
	    .run = run_configure },
	{ .node = NULL },
};

const struct feature feature_command_create = {
	.name = "command_create",
	.commands = commands,
};
