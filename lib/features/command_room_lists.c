/* SPDX-License-Identifier: ISC */
/*
 * command_room_lists.c - who is what in a room, as lines of text: taken out, and put in
 *
 * XEP-0045 9 and 10, many at once: what was kept elsewhere, or in another room, is put in whole or not at
 * all, and what would be refused one by one is refused here. A line is an address, an affiliation, perhaps
 * a nickname in double quotes, and a reason.
 */
#include "command.h"

static const struct affiliation_word {
	const char *name, *label;
	enum affiliation affiliation;
} words[] = {
	{ "owner", SAID("Owner"), AFF_OWNER },
	{ "admin", SAID("Admin"), AFF_ADMIN },
	{ "member", SAID("Member"), AFF_MEMBER },
	{ "outcast", SAID("Banned"), AFF_OUTCAST },
};

#define NWORDS (sizeof(words) / sizeof(words[0]))

/* 9.2, 9.5, 10.5, 10.8: who may change what is on a list may read it. */
static bool
may_list(const struct call *c, enum affiliation a)
{
	return service_admin(c->plan->s, c->plan->ev->from.bare) ||
	       may(c->plan, affiliation_change(a, a));
}

/* -- taken out -- */

static const struct command_field export_fields[] = {
	{ .var = "affiliations",
	    .type = "list-multi",
	    .label = SAID("Affiliations (none: all that you may see)") },
	{ .var = NULL },
};

static void
fill_export(struct call *c, struct xml *form)
{
	for (const struct affiliation_word *w = words; w < words + NWORDS; w++)
		if (may_list(c, w->affiliation))
			command_option(c, form, "affiliations", call_say(c, w->label), w->name);
}

static const struct command_step export_steps[] = {
	{ .fields = export_fields, .fill = fill_export },
};

/* A page; those before it are counted. */
struct listing {
	struct call *call;
	struct xml *field;
	unsigned wanted; /* a set of 1 << affiliation */
	unsigned page;
	size_t lines, max_lines;
	size_t bytes, max_bytes;
};

/* Room enough for the rest of the answer, and for a value's tags and a line's blanks and quotes. */
#define HEAD_BYTES  4096
#define VALUE_BYTES 24

/* How long a text is at most when it is written. */
static size_t
written(const char *s)
{
	size_t n = 0;

	for (; s != NULL && *s != '\0'; s++)
		n += *s == '&' || *s == '<' || *s == '>' ? 5 : 1;
	return n;
}

static void
add_nick(struct buf *b, const char *nick)
{
	buf_addc(b, '"');
	for (; *nick != '\0'; nick++) {
		if (*nick == '"' || *nick == '\\')
			buf_addc(b, '\\');
		buf_addc(b, *nick);
	}
	buf_addc(b, '"');
}

static const char *
line_of_affil(struct arena *a, const struct affil *f)
{
	struct buf b = BUF_INIT;
	const char *reason = f->reason != NULL ? f->reason : "", *out;

	buf_adds(&b, f->jid);
	buf_addc(&b, ' ');
	buf_adds(&b, affiliation_name(f->affiliation));
	if (f->nick != NULL || *reason == '"') {
		buf_addc(&b, ' ');
		add_nick(&b, f->nick != NULL ? f->nick : "");
	}
	if (*reason != '\0')
		buf_addc(&b, ' ');
	for (; *reason != '\0'; reason++)
		buf_addc(&b, (unsigned char)*reason < ' ' ? ' ' : *reason);
	out = arena_strndup(a, b.p, b.len);
	buf_release(&b);
	return out;
}

static int
list_one(void *arg, const struct affil *f)
{
	struct listing *l = arg;
	struct call *c = l->call;
	struct arena *a = c->plan->s->arena;
	const size_t n = VALUE_BYTES + written(f->jid) + 2 * written(f->nick) + written(f->reason);

	if ((l->wanted & 1u << f->affiliation) == 0)
		return 0;
	if (l->lines == l->max_lines || (l->lines > 0 && l->bytes + n > l->max_bytes)) {
		l->page++;
		l->lines = l->bytes = 0;
	}
	if (l->page > c->dialog.page) {
		c->dialog.more = true;
		return 1;
	}
	l->lines++;
	l->bytes += n;
	if (l->page == c->dialog.page)
		form_add_value(a, l->field, line_of_affil(a, f));
	return 0;
}

/* Which lists are wanted: those that are named, else all that may be seen. */
static enum deny
read_wanted(struct call *c, unsigned *wanted)
{
	enum affiliation to;
	size_t n;
	const char **names = call_values(c, "affiliations", &n);

	*wanted = 0;
	for (size_t i = 0; i < n; i++) {
		if (!affiliation_read(names[i], &to) || to == AFF_NONE)
			return call_fault(c, BAD_PAYLOAD, names[i]);
		if (!may_list(c, to))
			return FORBIDDEN;
		*wanted |= 1u << to;
	}
	for (const struct affiliation_word *w = words; n == 0 && w < words + NWORDS; w++)
		if (may_list(c, w->affiliation))
			*wanted |= 1u << w->affiliation;
	return OK;
}

static enum deny
run_export(struct call *c)
{
	const struct muc_limits *most = &c->plan->s->limits;
	struct listing l = {
		.call = c,
		.max_lines = (size_t)most->items_per_request,
		.max_bytes = (size_t)most->stanza_out_bytes - HEAD_BYTES,
	};
	enum deny deny = read_wanted(c, &l.wanted);
	struct xml *form;

	if (deny != OK)
		return deny;
	form = command_result(c, call_say_of(c, "Affiliations of %s", c->plan->room->jid));
	l.field = form_add_field(c->plan->s->arena, form, "text-multi", "lines",
	    call_say(c, "Address, affiliation, \"nickname\", reason"), NULL);
	affiliation_each(c->plan->room, AFF_OUTCAST, AFF_OWNER, list_one, &l);
	return OK;
}

/* -- put in -- */

static const struct command_field import_fields[] = {
	{ .var = "lines",
	    .type = "text-multi",
	    .label = SAID("Address, affiliation, \"nickname\", reason"),
	    .required = true,
	    .is_long = true },
	{ .var = "dry_run",
	    .type = "boolean",
	    .label = SAID("Only say what would be done"),
	    .def = "0" },
	{ .var = NULL },
};

static const struct command_step import_steps[] = {
	{ .instructions = SAID("Whoever is not named stays what they are"),
	    .fields = import_fields },
};

/* The nickname at the start of what is left of a line; false: it has no end. NULL: there is none. */
static bool
read_nick(struct arena *a, const char **line, const char **nick)
{
	const char *p = *line;
	char *out;
	size_t n = 0;

	*nick = NULL;
	if (*p != '"')
		return true;
	out = arena_alloc(a, strlen(p) + 1);
	for (p++; *p != '\0' && *p != '"'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		out[n++] = *p;
	}
	if (*p != '"')
		return false;
	*nick = out;
	*line = p + 1 + strspn(p + 1, " \t");
	return true;
}

/* OK, and f, jid NULL for an empty line. */
static enum deny
read_line(struct call *c, const char *line, struct affil *f)
{
	const struct muc_limits *most = &c->plan->s->limits;
	struct arena *a = c->plan->s->arena;
	const char *whole = line, *jid = call_word(c, &line), *name = call_word(c, &line);
	struct jid j;

	*f = (struct affil){ .jid = NULL };
	if (*jid == '\0')
		return OK;
	if (!jid_prep(a, jid, &j) || !affiliation_read(name, &f->affiliation) ||
	    !read_nick(a, &line, &f->nick) || strlen(line) > (size_t)most->reason_bytes)
		return call_fault(c, BAD_PAYLOAD, whole);
	f->jid = j.bare;
	f->reason = *line != '\0' ? line : NULL;
	/* 9.3, 9.5: who is banned or nobody has no nick, nor has a domain. */
	if (f->nick == NULL || *f->nick == '\0')
		return OK;
	f->nick = jid_nick(a, f->nick, (size_t)most->nick_bytes, false);
	return f->nick != NULL && j.node != NULL && f->affiliation > AFF_NONE
		   ? OK
		   : call_fault(c, BAD_PAYLOAD, whole);
}

static enum deny
plan_lines(struct call *c, struct plan *p)
{
	enum deny deny = OK;
	struct affil f;
	size_t n;
	const char **lines = call_values(c, "lines", &n);

	if (n > (size_t)c->plan->s->limits.items_per_request)
		return POLICY_VIOLATION;
	for (size_t i = 0; i < n && deny == OK; i++) {
		deny = read_line(c, lines[i], &f);
		if (deny == OK && f.jid != NULL)
			deny = call_grant(c, p, &f);
	}
	return deny == OK ? plan_granted(p) : deny;
}

/* It is judged as if it were done. */
static enum deny
try_lines(struct call *c)
{
	struct ev ev = *c->plan->ev;
	struct plan p;
	enum deny deny;

	if (service_admin(c->plan->s, ev.from.bare))
		ev.affiliation = AFF_OWNER;
	plan_init(&p, c->plan->s, &ev, c->plan->room);
	deny = plan_lines(c, &p);
	if (deny == OK)
		deny = features_may(&p);
	command_note(c, NOTE_INFO,
	    call_say_number(c, "Affiliations that would change: %s", map_count(&p.affils)));
	plan_release(&p);
	return deny;
}

static enum deny
run_import(struct call *c)
{
	struct plan *p;
	enum deny deny;

	if (call_flag(c, "dry_run"))
		return try_lines(c);
	p = call_own_deed(c);
	deny = plan_lines(c, p);
	command_note(
	    c, NOTE_INFO, call_say_number(c, "Changed affiliations: %s", map_count(&p->affils)));
	return deny;
}

static const struct command commands[] = {
	{ .node = "export-affiliations",
	    .name = SAID("Show affiliations as lines of text"),
	    .where = TO_ROOM,
	    .least = AFF_ADMIN,
	    .steps = export_steps,
	    .nsteps = 1,
	    .run = run_export },
	{ .node = "import-affiliations",
	    .name = SAID("Set affiliations by lines of text"),
	    .where = TO_ROOM,
	    .least = AFF_ADMIN,
	    .steps = import_steps,
	    .nsteps = 1,
	    .run = run_import },
	{ .node = NULL },
};

const struct feature feature_command_room_lists = {
	.name = "command_room_lists",
	.commands = commands,
};
