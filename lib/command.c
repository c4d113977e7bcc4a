/* SPDX-License-Identifier: ISC */
/*
 * command.c - what ad-hoc commands are written with: what was filled in, and the answer
 *
 * XEP-0004 3.2 to 3.4 (forms, fields, tables), XEP-0122 (what suits a field).
 */
#include "command.h"

#include <stdlib.h>

#include "base/utf8.h"

/* -- what was filled in -- */

static const struct command_field *
field_of(const struct call *c, const char *var)
{
	const struct command *k = c->command;

	for (unsigned i = 0; i < k->nsteps; i++)
		for (const struct command_field *f = k->steps[i].fields;
		     f != NULL && f->var != NULL; f++)
			if (strcmp(f->var, var) == 0)
				return f;
	return NULL;
}

bool
call_given(const struct call *c, const char *var)
{
	for (const struct given *g = c->dialog.given; g != NULL; g = g->next)
		if (strcmp(g->var, var) == 0)
			return true;
	return false;
}

const char **
call_values(const struct call *c, const char *var, size_t *n)
{
	const char **all;
	size_t most = 0;

	for (const struct given *g = c->dialog.given; g != NULL; g = g->next)
		most += strcmp(g->var, var) == 0 ? g->nvalues : 0;
	all = arena_alloc(c->plan->s->arena, (most + 1) * sizeof(*all));
	*n = 0;
	for (const struct given *g = c->dialog.given; g != NULL; g = g->next)
		for (size_t i = 0; strcmp(g->var, var) == 0 && i < g->nvalues; i++)
			if (*g->values[i] != '\0')
				all[(*n)++] = g->values[i];
	return all;
}

const char *
call_value(const struct call *c, const char *var)
{
	const struct command_field *f = field_of(c, var);
	size_t n;
	const char **v = call_values(c, var, &n);

	if (n > 0)
		return v[0];
	return f != NULL ? f->def : NULL;
}

const char *
call_text(const struct call *c, const char *var)
{
	struct arena *a = c->plan->s->arena;
	struct buf b = BUF_INIT;
	const char *text = NULL;

	for (const struct given *g = c->dialog.given; g != NULL; g = g->next)
		for (size_t i = 0; strcmp(g->var, var) == 0 && i < g->nvalues; i++) {
			if (i > 0)
				buf_addc(&b, '\n');
			buf_adds(&b, g->values[i]);
		}
	if (b.len > 0)
		text = arena_strndup(a, b.p, b.len);
	buf_release(&b);
	return text;
}

const char *
call_word(const struct call *c, const char **line)
{
	const char *w = *line + strspn(*line, " \t");
	size_t n = strcspn(w, " \t");

	*line = w + n + strspn(w + n, " \t");
	return arena_strndup(c->plan->s->arena, w, n);
}

bool
call_flag(const struct call *c, const char *var)
{
	bool is = false;

	form_bool(call_value(c, var), &is);
	return is;
}

int64_t
call_number(const struct call *c, const char *var)
{
	const char *s = call_value(c, var);

	return s != NULL ? strtoll(s, NULL, 10) : 0;
}

bool
call_room_jid(const struct call *c, const char *text, struct jid *j)
{
	struct arena *a = c->plan->s->arena;

	if (strchr(text, '@') == NULL)
		text = arena_cat(a, text, "@", c->plan->ev->to.domain, NULL);
	return jid_prep(a, text, j) && j->node != NULL && j->resource == NULL &&
	       service_domain(c->plan->s, j->domain) >= 0;
}

enum deny
call_owner(struct call *c, struct jid *j)
{
	const char *owner = call_value(c, "owner");

	if (owner == NULL && c->plan->ev->console != NULL)
		return call_fault(c, MISSING, call_say(c, SAID("Owner")));
	if (owner == NULL)
		owner = c->plan->ev->from.bare;
	/* Nobody comes from the service itself: affiliations.c. */
	if (!jid_prep(c->plan->s->arena, owner, j) || j->node == NULL ||
	    service_domain(c->plan->s, j->domain) >= 0)
		return call_fault(c, BAD_PAYLOAD, owner);
	return OK;
}

enum deny
call_room(struct call *c, const char *text, struct room **r)
{
	struct jid j;

	if (text == NULL || !call_room_jid(c, text, &j))
		return call_fault(c, BAD_PAYLOAD, text != NULL ? text : "");
	*r = room_open(c->plan->s, &j);
	return *r != NULL ? OK : call_fault(c, NO_SUCH_ROOM, j.bare);
}

/* An error tells what is meant; it is no place for all of it. */
#define WHAT_BYTES 200

static const char *
shortened(struct arena *a, const char *s)
{
	const size_t n = strlen(s);

	if (n <= WHAT_BYTES)
		return s;
	return arena_cat(a, arena_strndup(a, s, utf8_cut(s, n, WHAT_BYTES)), "...", NULL);
}

enum deny
call_fault(struct call *c, enum deny deny, const char *what)
{
	c->plan->what = shortened(c->plan->s->arena, what);
	return deny;
}

/* -- what is done -- */

struct plan *
call_deed(struct call *c, struct room *r)
{
	struct jid j;

	for (struct plan *deed = c->plan->deeds; deed != NULL; deed = deed->next)
		if (deed->room == r)
			return deed;
	jid_split(c->plan->s->arena, r->jid, &j);
	return plan_deed(c->plan, r, &j);
}

struct plan *
call_own_deed(struct call *c)
{
	const struct ev *ev = c->plan->ev;

	return ev->affiliation < AFF_OWNER && service_admin(c->plan->s, ev->from.bare)
		   ? call_deed(c, c->plan->room)
		   : c->plan;
}

struct noted_deed {
	struct audit audit;
	struct noted_deed *next;
};

void
call_audit(struct call *c, const struct audit *audit)
{
	struct noted_deed *n = arena_alloc(c->plan->s->arena, sizeof(*n));

	n->audit = *audit;
	n->audit.actor = c->plan->ev->from.full;
	n->audit.command = c->command->node;
	*c->noted_end = n;
	c->noted_end = &n->next;
}

void
call_noted(struct call *c)
{
	for (const struct noted_deed *n = c->noted; n != NULL; n = n->next)
		audit_put(c->plan->s, &n->audit);
}

/* -- is it good? -- */

static bool
is_number(const char *s, int64_t least, int64_t most)
{
	char *end;
	long long n = strtoll(s, &end, 10);

	return *end == '\0' && strlen(s) < 19 && n >= least && n <= most;
}

static bool
is_option(const struct command_option *o, const char *value)
{
	for (; o->value != NULL; o++)
		if (strcmp(o->value, value) == 0)
			return true;
	return false;
}

static bool
suits(const struct call *c, const struct command_field *f, const char *value)
{
	struct jid j;
	bool flag;

	if (strncmp(f->type, "jid-", 4) == 0)
		return jid_prep(c->plan->s->arena, value, &j);
	if (strcmp(f->type, "boolean") == 0)
		return form_bool(value, &flag);
	if (f->options != NULL)
		return is_option(f->options, value);
	if (f->most != 0)
		return is_number(value, f->least, f->most);
	return strncmp(f->type, "text-", 5) != 0 || f->is_long ||
	       strlen(value) <= (size_t)c->plan->s->limits.reason_bytes;
}

/* XEP-0004 3.2: of several values of another one none would be the one that is meant. */
static bool
is_multi(const struct command_field *f)
{
	const char *kind = strchr(f->type, '-');

	return kind != NULL && strcmp(kind, "-multi") == 0;
}

enum deny
command_check(struct call *c, const struct command_step *step)
{
	for (const struct command_field *f = step->fields; f != NULL && f->var != NULL; f++) {
		size_t n;
		const char **v = call_values(c, f->var, &n);

		if (n == 0 && f->required && f->def == NULL)
			return call_fault(c, MISSING, call_say(c, f->label));
		if (n > 1 && !is_multi(f))
			return call_fault(c, BAD_PAYLOAD, call_say(c, f->label));
		for (size_t i = 0; i < n; i++)
			if (!suits(c, f, v[i]))
				return call_fault(c, BAD_PAYLOAD, call_say(c, f->label));
	}
	return step->check != NULL ? step->check(c) : OK;
}

/* -- the form of a step -- */

/* What was given on this page, else the default: nobody fills in twice what is known. */
static void
add_values(struct call *c, struct xml *x, const struct command_field *f)
{
	struct arena *a = c->plan->s->arena;
	const struct given *g = dialog_given(&c->dialog, f->var, f->paged ? c->dialog.page : 0);

	for (size_t i = 0; g != NULL && i < g->nvalues; i++)
		form_add_value(a, x, g->values[i]);
	if (g == NULL && f->def != NULL)
		form_add_value(a, x, f->def);
}

static void
add_field(struct call *c, struct xml *form, const struct command_field *f)
{
	struct arena *a = c->plan->s->arena;
	struct xml *x = form_add_field(a, form, f->type, f->var, call_say(c, f->label), NULL);
	struct xml *range;

	if (f->required)
		xml_add(a, x, NS_DATA, "required");
	add_values(c, x, f);
	for (const struct command_option *o = f->options; o != NULL && o->value != NULL; o++)
		form_add_option(a, x, call_say(c, o->label), o->value);
	if (f->paged)
		form_add_validate(a, x, "xs:string", "open");
	if (f->most == 0)
		return;
	range = form_add_validate(a, x, "xs:integer", "range");
	xml_set(a, range, "min", arena_fmt(a, "%lld", (long long)f->least));
	xml_set(a, range, "max", arena_fmt(a, "%lld", (long long)f->most));
}

const char *
command_form_type(const struct call *c)
{
	return c->command->form_type != NULL ? c->command->form_type : c->dialog.node;
}

void
command_form(struct call *c, const struct command_step *step)
{
	struct arena *a = c->plan->s->arena;
	const char *title = step->title != NULL ? step->title : c->command->name;
	struct xml *form = form_add_titled(a, c->out, "form", call_say(c, title),
	    step->instructions != NULL ? call_say(c, step->instructions) : NULL,
	    command_form_type(c));

	for (const struct command_field *f = step->fields; f != NULL && f->var != NULL; f++)
		add_field(c, form, f);
	if (step->fill != NULL)
		step->fill(c, form);
}

struct command_page
command_page(const struct call *c, size_t nrows)
{
	if (nrows == 0)
		nrows = (size_t)call_number(c, "max");
	return (struct command_page){ .skip = nrows * c->dialog.page, .left = nrows };
}

bool
command_page_has(struct command_page *p)
{
	if (p->skip > 0) {
		p->skip--;
		return false;
	}
	p->more = p->left == 0;
	if (!p->more)
		p->left--;
	return !p->more;
}

bool
command_page_ends(struct command_page *p)
{
	p->is_cut = p->looked++ == COMMAND_LOOKS;
	return p->more || p->is_cut;
}

/* A field that stands in the form, or NULL. */
static struct xml *
in_form(struct xml *form, const char *var)
{
	for (struct xml *x = form->child; x != NULL; x = x->next)
		if (xml_is(x, NS_DATA, "field") && strcmp(xml_get(x, "var"), var) == 0)
			return x;
	return NULL;
}

void
call_owner_fill(struct call *c, struct xml *form)
{
	struct arena *a = c->plan->s->arena;
	struct xml *x = in_form(form, "owner");

	if (c->plan->ev->console == NULL || x == NULL)
		return;
	xml_set(a, x, "label", call_say(c, "Owner"));
	xml_add(a, x, NS_DATA, "required");
}

void
command_option(
    struct call *c, struct xml *form, const char *var, const char *label, const char *value)
{
	struct xml *x = in_form(form, var);

	if (x != NULL)
		form_add_option(c->plan->s->arena, x, label, value);
}

void
command_value(struct call *c, struct xml *form, const char *var, const char *value)
{
	struct xml *x = in_form(form, var);

	if (x != NULL && !call_given(c, var))
		form_add_value(c->plan->s->arena, x, value);
}

/* -- the answer -- */

const char *
call_say(const struct call *c, const char *english)
{
	return text_in(c->dialog.lang, english);
}

const char *
call_say_of(const struct call *c, const char *english, const char *what)
{
	return text_with(c->plan->s->arena, call_say(c, english), what);
}

const char *
call_say_number(const struct call *c, const char *english, uint64_t n)
{
	return call_say_of(c, english, arena_fmt(c->plan->s->arena, "%llu", (unsigned long long)n));
}

void
command_note(struct call *c, enum command_note type, const char *text)
{
	static const char *const types[] = { "info", "warn", "error" };
	struct arena *a = c->plan->s->arena;

	xml_set(a, xml_add_text(a, c->out, NS_COMMANDS, "note", text), "type", types[type]);
}

struct xml *
command_result(struct call *c, const char *title)
{
	return form_add_titled(
	    c->plan->s->arena, c->out, "result", title, NULL, command_form_type(c));
}

void
command_say(
    struct call *c, struct xml *result, const char *var, const char *english, const char *value)
{
	if (value != NULL)
		form_add_field(
		    c->plan->s->arena, result, "text-single", var, call_say(c, english), value);
}

struct xml *
command_table(struct call *c, const char *title, const struct command_column *column)
{
	struct arena *a = c->plan->s->arena;
	struct xml *form = form_add_titled(a, c->out, "result", title, NULL, NULL);
	struct xml *reported = xml_add(a, form, NS_DATA, "reported");

	for (; column->var != NULL; column++)
		form_add_field(
		    a, reported, column->type, column->var, call_say(c, column->label), NULL);
	return form;
}

void
command_row(struct call *c, struct xml *table, const struct command_column *column,
    const char *const values[])
{
	struct arena *a = c->plan->s->arena;
	struct xml *item = xml_add(a, table, NS_DATA, "item"), *x;

	for (size_t i = 0; column[i].var != NULL; i++) {
		x = xml_add(a, item, NS_DATA, "field");
		xml_set(a, x, "var", column[i].var);
		form_add_value(a, x, values[i] != NULL ? values[i] : "");
	}
}
