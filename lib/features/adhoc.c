/* SPDX-License-Identifier: ISC */
/*
 * adhoc.c - ad-hoc commands: which there are, and how one gets through them
 *
 * XEP-0050. The commands are rows beside what they do: command.h. Who may run none is told that the service
 * knows commands, and finds an empty list. A language that mucd does not speak is no reason to refuse
 * (3.7 would allow bad-locale): the answer is in English, and says so.
 */
#include "command.h"

/* -- which there are -- */

static const struct command *
next_command(const struct feature *const **f, const struct command *k)
{
	if (k != NULL && (++k)->node != NULL)
		return k;
	if (k != NULL)
		++*f;
	while (**f != NULL && ((**f)->commands == NULL || (**f)->commands->node == NULL))
		++*f;
	return **f != NULL ? (**f)->commands : NULL;
}

/* The command of that node, or alias, at the address that is asked; NULL: there is none. */
static const struct command *
command_find(const struct plan *p, const char *node)
{
	const struct feature *const *f = features;
	const enum address here = p->ev->address;

	for (const struct command *k = NULL; (k = next_command(&f, k)) != NULL;)
		if (k->where == here && (strcmp(k->node, node) == 0 ||
					    (k->alias != NULL && strcmp(k->alias, node) == 0)))
			return k;
	return NULL;
}

/* May the sender run it, here and now? */
static bool
command_may(const struct plan *p, const struct command *k)
{
	const struct ev *ev = p->ev;

	if (service_admin(p->s, ev->from.bare))
		return true;
	return k->where == TO_ROOM && ev->affiliation >= k->least;
}

/* Visits those that the sender may run, in the order of the menu. */
static void
command_each(const struct plan *p, void (*visit)(void *arg, const struct command *), void *arg)
{
	const struct feature *const *f = features;

	for (const struct command *k = NULL; (k = next_command(&f, k)) != NULL;)
		if (k->where == p->ev->address && command_may(p, k))
			visit(arg, k);
}

/* -- 2.1, 2.2: disco -- */

struct menu {
	struct plan *p;
	struct xml *query;
};

static void
add_item(void *arg, const struct command *k)
{
	struct menu *m = arg;
	struct arena *a = m->p->s->arena;
	struct xml *x = xml_add(a, m->query, NS_DISCO_ITEMS, "item");

	xml_set(a, x, "jid", m->p->ev->to.bare);
	xml_set(a, x, "node", k->node);
	xml_set(a, x, "name", text_in(plan_lang(m->p), k->name));
}

/* An answer that names the node that was asked for: XEP-0030 3.2. */
static struct xml *
query_new(struct plan *p, const char *ns)
{
	struct xml *x = xml_add(p->s->arena, result_said(p), ns, "query");

	xml_set(p->s->arena, x, "node", xml_get(p->ev->x, "node"));
	return x;
}

static enum deny
plan_items(struct plan *p)
{
	const char *node = xml_get(p->ev->x, "node");
	const struct command *k;
	struct menu m = { .p = p };

	if (node == NULL)
		return PASS;
	if (strcmp(node, NS_COMMANDS) != 0) {
		k = command_find(p, node);
		if (k == NULL)
			return PASS;
		if (!command_may(p, k))
			return NOT_YOURS;
		query_new(p, NS_DISCO_ITEMS);
		return OK;
	}
	m.query = query_new(p, NS_DISCO_ITEMS);
	command_each(p, add_item, &m);
	return OK;
}

static struct xml *
add_node(struct plan *p, const char *name, const char *type)
{
	struct arena *a = p->s->arena;
	struct xml *query = query_new(p, NS_DISCO_INFO);
	struct xml *x = xml_add(a, query, NS_DISCO_INFO, "identity");

	xml_set(a, x, "category", "automation");
	xml_set(a, x, "type", type);
	xml_set(a, x, "name", text_in(plan_lang(p), name));
	disco_feature(a, query, NS_COMMANDS);
	disco_feature(a, query, NS_DATA);
	return query;
}

/*
 * XEP-0128: how many forms are filled in. A command without any is done by asking for it, so whoever only wants to
 * know what it is given can find out here.
 */
static void
add_steps(struct plan *p, struct xml *query, const struct command *k)
{
	struct arena *a = p->s->arena;

	form_add_field(a, form_add(a, query, "result", "mucd:command"), "text-single", "steps",
	    NULL, arena_fmt(a, "%u", k->nsteps));
}

static enum deny
plan_info(struct plan *p)
{
	const char *node = xml_get(p->ev->x, "node");
	const struct command *k;

	if (node == NULL)
		return PASS;
	if (strcmp(node, NS_COMMANDS) == 0) {
		add_node(p, SAID("Commands"), "command-list");
		return OK;
	}
	k = command_find(p, node);
	if (k == NULL)
		return PASS;
	if (!command_may(p, k))
		return NOT_YOURS;
	add_steps(p, add_node(p, k->name, "command-node"), k);
	return OK;
}

/* -- what may be done next -- */

enum action {
	ACTION_EXECUTE,
	ACTION_CANCEL,
	ACTION_PREV,
	ACTION_NEXT,
	ACTION_COMPLETE,
};

static const char *const action_names[] = { "execute", "cancel", "prev", "next", "complete" };

static bool
read_action(const char *name, enum action *out)
{
	*out = ACTION_EXECUTE;
	if (name == NULL)
		return true;
	for (size_t i = 0; i < sizeof(action_names) / sizeof(action_names[0]); i++)
		if (strcmp(action_names[i], name) == 0) {
			*out = (enum action)i;
			return true;
		}
	return false;
}

/* Is what was shown the result? */
static bool
in_result(const struct call *c)
{
	return c->dialog.stage == c->command->nsteps;
}

static bool
in_last_step(const struct call *c)
{
	return c->dialog.stage + 1 == c->command->nsteps;
}

/* Cancelling is always allowed: 3.4. */
static bool
is_allowed(const struct call *c, enum action action)
{
	const struct dialog *d = &c->dialog;

	switch (action) {
	case ACTION_PREV:
		return d->page > 0 || (d->stage > 0 && !in_result(c));
	case ACTION_NEXT:
		return d->more || (!in_result(c) && !in_last_step(c));
	case ACTION_COMPLETE:
		return in_result(c) || in_last_step(c);
	case ACTION_EXECUTE:
		return false;
	case ACTION_CANCEL:
		break;
	}
	return true;
}

/* What `execute` means: in the last form it is done, a result is read on. */
static enum action
usual_action(const struct call *c)
{
	if (in_result(c) ? c->dialog.more : !in_last_step(c))
		return ACTION_NEXT;
	return ACTION_COMPLETE;
}

/* -- the answer -- */

static void
answer_new(struct call *c)
{
	struct arena *a = c->plan->s->arena;
	struct xml *iq = result_new(c->plan);

	xml_set_lang(a, iq, lang_tag(c->dialog.lang));
	c->out = xml_add(a, iq, NS_COMMANDS, "command");
	xml_set(a, c->out, "node", c->dialog.node);
	xml_set(a, c->out, "sessionid", c->dialog.id);
}

static void
answer_end(struct call *c, const char *status)
{
	struct arena *a = c->plan->s->arena;
	struct xml *actions;

	xml_set(a, c->out, "status", status);
	if (c->ends)
		return;
	actions = xml_add(a, c->out, NS_COMMANDS, "actions");
	xml_set(a, actions, "execute", action_names[usual_action(c)]);
	for (enum action i = ACTION_PREV; i <= ACTION_COMPLETE; i++)
		if (is_allowed(c, i))
			xml_add(a, actions, NS_COMMANDS, action_names[i]);
}

static enum deny
conclude(struct call *c, const char *status)
{
	if (!c->ends && !dialog_fits(c->plan->s, &c->dialog))
		return POLICY_VIOLATION;
	answer_end(c, status);
	plan_add(c->plan, CH_COMMAND)->call = c;
	return OK;
}

static enum deny
show_step(struct call *c)
{
	c->dialog.more = false;
	command_form(c, &c->command->steps[c->dialog.stage]);
	return conclude(c, "executing");
}

/* A result of one page needs no more answers. */
static enum deny
run(struct call *c)
{
	enum deny deny;

	c->dialog.more = false;
	c->dialog.stage = c->command->nsteps;
	deny = c->command->run(c);
	if (deny != OK)
		return deny;
	c->ends = !c->dialog.more && c->dialog.page == 0;
	return conclude(c, c->ends ? "completed" : "executing");
}

/* -- what was filled in -- */

static const struct command_field *
own_field(const struct command_step *step, const char *var)
{
	for (const struct command_field *f = step->fields; f != NULL && f->var != NULL; f++)
		if (strcmp(f->var, var) == 0)
			return f;
	return NULL;
}

/* Is the field one of this step's or, when it is `whole`, of any? On which page does it count? */
static bool
is_wanted(const struct call *c, const char *var, bool whole, unsigned *page)
{
	const struct command *k = c->command;
	const struct command_field *f;

	for (unsigned i = 0; i < k->nsteps; i++) {
		if (!whole && i != c->dialog.stage)
			continue;
		f = own_field(&k->steps[i], var);
		if (f == NULL && !k->steps[i].takes_all)
			continue;
		*page = f != NULL && f->paged ? c->dialog.page : 0;
		return true;
	}
	return false;
}

static void
take_field(struct call *c, const struct xml *field, const char *var, unsigned page)
{
	struct arena *a = c->plan->s->arena;
	const struct xml *v = NULL;
	const char **values;
	size_t n = 0;

	while ((v = form_next_value(field, v)) != NULL)
		n++;
	values = arena_alloc(a, (n + 1) * sizeof(*values));
	for (n = 0; (v = form_next_value(field, v)) != NULL; n++)
		values[n] = xml_text(v);
	dialog_give(a, &c->dialog, var, page, values, n);
}

/* XEP-0068 3: who names the form names this one; bots that know it do not always. */
static bool
is_this_form(const struct call *c, const struct xml *form)
{
	const char *type = form_value(form_field(form, "FORM_TYPE"));

	return type == NULL || strcmp(type, command_form_type(c)) == 0;
}

/*
 * Takes what the stanza's form says, of this step or, when it is `whole`, of all. 3.5.1: a form that is
 * cancelled counts as submitted.
 */
static enum deny
take_form(struct call *c, bool whole)
{
	const struct xml *form = xml_child(c->plan->ev->x, NS_DATA, "x"), *f;
	const char *type = xml_get(form, "type"), *var;
	unsigned page;

	if (form == NULL)
		return OK;
	if (type == NULL || (strcmp(type, "submit") != 0 && strcmp(type, "cancel") != 0))
		return call_fault(c, BAD_PAYLOAD, "type");
	if (!is_this_form(c, form))
		return call_fault(c, BAD_PAYLOAD, "FORM_TYPE");
	for (f = xml_child(form, NS_DATA, "field"); f != NULL; f = xml_next(f, NS_DATA, "field")) {
		var = xml_get(f, "var");
		if (var == NULL || strcmp(var, "FORM_TYPE") == 0 ||
		    !is_wanted(c, var, whole, &page))
			continue;
		if (form_field(form, var) != f)
			return call_fault(c, BAD_PAYLOAD, var);
		take_field(c, f, var, page);
	}
	return OK;
}

/* -- a new one -- */

/* Is anything given for that step? What no step knows is for one that takes all. */
static bool
is_answered(const struct call *c, const struct command_step *s)
{
	for (const struct given *g = c->dialog.given; g != NULL; g = g->next) {
		bool known = false;

		if (own_field(s, g->var) != NULL)
			return true;
		for (unsigned i = 0; i < c->command->nsteps && !known; i++)
			known = own_field(&c->command->steps[i], g->var) != NULL;
		if (s->takes_all && !known)
			return true;
	}
	return false;
}

static bool
lacks_nothing(struct call *c, const struct command_step *step)
{
	for (const struct command_field *f = step->fields; f != NULL && f->var != NULL; f++)
		if (f->required && call_value(c, f->var) == NULL)
			return false;
	return (!step->essential || is_answered(c, step)) &&
	       (step->has_news == NULL || !step->has_news(c));
}

/* Past the forms for which all is there; without any form in the request none is taken for filled in. */
static enum deny
skip_steps(struct call *c)
{
	const struct command *k = c->command;
	enum deny deny = OK;

	if (xml_child(c->plan->ev->x, NS_DATA, "x") == NULL)
		return OK;
	while (deny == OK && c->dialog.stage < k->nsteps &&
	       lacks_nothing(c, &k->steps[c->dialog.stage])) {
		deny = command_check(c, &k->steps[c->dialog.stage]);
		c->dialog.stage++;
	}
	return deny;
}

static enum deny
begin(struct call *c, enum action action)
{
	struct service *s = c->plan->s;
	enum deny deny;

	/* 3.3: it is begun by executing it, and by nothing else. */
	if (action != ACTION_EXECUTE)
		return BAD_ACTION;
	/* 3.7: it is said on the stanza, or on the element. */
	if (!lang_read(xml_lang(c->plan->ev->x), &c->dialog.lang))
		c->dialog.lang = plan_lang(c->plan);
	c->dialog.id = dialog_id(s, &c->dialog);
	deny = take_form(c, true);
	if (deny == OK)
		deny = skip_steps(c);
	if (deny != OK)
		return deny;
	answer_new(c);
	deny = in_result(c) ? run(c) : show_step(c);
	if (deny == OK && !c->ends && !dialog_room(s, c->plan->ev->from.bare))
		return RESOURCE_CONSTRAINT;
	return deny;
}

/* -- one that is under way -- */

static enum deny
go_back(struct call *c)
{
	struct dialog *d = &c->dialog;

	if (d->page > 0)
		d->page--;
	else
		d->stage--;
	return in_result(c) ? run(c) : show_step(c);
}

static enum deny
go_on(struct call *c)
{
	struct dialog *d = &c->dialog;
	enum deny deny;

	if (d->more) {
		d->page++;
		return in_result(c) ? run(c) : show_step(c);
	}
	deny = command_check(c, &c->command->steps[d->stage]);
	if (deny != OK)
		return deny;
	d->stage++;
	return show_step(c);
}

/* A result that has been read; else the last form is filled in. */
static enum deny
complete(struct call *c)
{
	enum deny deny;

	if (in_result(c)) {
		c->ends = true;
		return conclude(c, "completed");
	}
	deny = command_check(c, &c->command->steps[c->dialog.stage]);
	c->dialog.page = 0;
	return deny == OK ? run(c) : deny;
}

static enum deny
step(struct call *c, enum action action)
{
	enum deny deny;

	if (action == ACTION_CANCEL) {
		c->ends = true;
		answer_new(c);
		return conclude(c, "canceled");
	}
	if (action == ACTION_EXECUTE)
		action = usual_action(c);
	if (!is_allowed(c, action))
		return BAD_ACTION;
	deny = in_result(c) ? OK : take_form(c, false);
	if (deny != OK)
		return deny;
	answer_new(c);
	if (action == ACTION_PREV)
		return go_back(c);
	return action == ACTION_NEXT ? go_on(c) : complete(c);
}

static enum deny
resume(struct call *c, const char *id, enum action action)
{
	switch (dialog_get(c->plan->s, &c->dialog, id)) {
	case DIALOG_FOUND:
		/* An older mucd may have known more steps. */
		return c->dialog.stage <= c->command->nsteps ? step(c, action) : SESSION_EXPIRED;
	case DIALOG_OVER:
		return SESSION_EXPIRED;
	case DIALOG_NEVER:
		break;
	}
	return BAD_SESSION;
}

/* Rights are asked at every step: whoever was an admin when it began may be none any more. */
static enum deny
plan_command(struct plan *p)
{
	const struct ev *ev = p->ev;
	const char *node = xml_get(ev->x, "node"), *id = xml_get(ev->x, "sessionid");
	struct call *c = arena_alloc(p->s->arena, sizeof(*c));
	enum action action;

	if (node == NULL)
		return BAD_REQUEST;
	c->plan = p;
	c->noted_end = &c->noted;
	c->command = command_find(p, node);
	if (c->command == NULL)
		return ITEM_NOT_FOUND;
	if (!command_may(p, c->command))
		return NOT_YOURS;
	if (!read_action(xml_get(ev->x, "action"), &action))
		return MALFORMED_ACTION;
	c->dialog.jid = ev->from.full;
	c->dialog.to = ev->to.bare;
	c->dialog.node = node;
	return id != NULL ? resume(c, id, action) : begin(c, action);
}

static void
on_command(struct plan *p, const struct change *change)
{
	struct call *c = change->call;

	if (c->ends)
		dialog_del(p->s, &c->dialog);
	else
		dialog_put(p->s, &c->dialog);
	call_noted(c);
	if (c->on != NULL)
		c->on(c);
}

/* -- time -- */

static void
tick(struct service *s)
{
	if (dialogs_due(s) <= s->now.mono_ms)
		dialogs_expire(s);
}

static const struct route routes[] = {
	{ KIND_IQ, TO_SERVICE, TYPE_SET, NS_COMMANDS, "command", 0, plan_command,
	    "http://jabber.org/protocol/commands" },
	{ KIND_IQ, TO_ROOM, TYPE_SET, NS_COMMANDS, "command", NEED_ROOM, plan_command,
	    "http://jabber.org/protocol/commands" },
	{ KIND_IQ, TO_SERVICE, TYPE_GET, NS_DISCO_ITEMS, "query", 0, plan_items, NULL },
	{ KIND_IQ, TO_SERVICE, TYPE_GET, NS_DISCO_INFO, "query", 0, plan_info, NULL },
	{ KIND_IQ, TO_ROOM, TYPE_GET, NS_DISCO_ITEMS, "query", NEED_ROOM, plan_items, NULL },
	{ KIND_IQ, TO_ROOM, TYPE_GET, NS_DISCO_INFO, "query", NEED_ROOM, plan_info, NULL },
	{ 0 },
};

const struct feature feature_adhoc = {
	.name = "adhoc",
	.routes = routes,
	.on = { [CH_COMMAND] = on_command },
	.deadline = dialogs_due,
	.tick = tick,
};
