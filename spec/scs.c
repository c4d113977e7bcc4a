/* SPDX-License-Identifier: ISC */
/*
 * scs.c - the reader of scenarios
 *
 * Lines are read one by one; the lines of a stanza are collected and go through the same
 * cutter and parser as stanzas from the network. scs.h is the manual of the language.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/xml.h"
#include "base/xml_cut.h"
#include "base/xml_parse.h"
#include "scs.h"

#define MAX_BYTES (16 * 1024 * 1024)
#define MAX_DEPTH 1000

const char scs_header[] = "<stream:stream xmlns='jabber:client' "
			  "xmlns:stream='http://etherx.jabber.org/streams' "
			  "xmlns:scansion='" SCANSION_NS "' version='1.0'>";

struct reader {
	struct arena *a;
	struct scs *scs;
	struct xml_parser *parser;
	const char *p, *end; /* what is not read yet */
	unsigned line;	     /* of the last line read */
	struct scs_client **client_end, *client;
	struct scs_step **step_end;
	struct scs_pair **conf_end, **admin_end, **service_end;
	const char *error;
};

struct xml_parser *
scs_parser(void)
{
	struct xml_parser *parser = xml_parser_new(scs_header, strlen(scs_header));

	if (parser == NULL)
		abort();
	return parser;
}

/* Notes the first error. Returns false. */
static bool __attribute__((format(printf, 3, 4)))
bad(struct reader *r, unsigned line, const char *fmt, ...)
{
	char what[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (r->error == NULL)
		r->error = arena_fmt(r->a, "%s:%u: %s", r->scs->file, line, what);
	return false;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next line without blanks at its end; NULL at the end of the file. */
static char *
read_line(struct reader *r)
{
	const char *begin = r->p, *nl;
	size_t n;

	if (begin == r->end)
		return NULL;
	nl = memchr(begin, '\n', (size_t)(r->end - begin));
	n = (size_t)((nl != NULL ? nl : r->end) - begin);
	r->p = nl != NULL ? nl + 1 : r->end;
	r->line++;
	while (n > 0 && is_blank(begin[n - 1]))
		n--;
	return arena_strndup(r->a, begin, n);
}

static char *
skip_blanks(char *s)
{
	while (is_blank(*s))
		s++;
	return s;
}

/* If s begins with that word, what follows it and blanks; else NULL. */
static char *
after_word(char *s, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(s, word, n) != 0 || (s[n] != '\0' && !is_blank(s[n])))
		return NULL;
	return skip_blanks(s + n);
}

static void
add_pair(struct reader *r, struct scs_pair ***end, const char *name, const char *value)
{
	struct scs_pair *pair = arena_alloc(r->a, sizeof(*pair));

	pair->name = name;
	pair->value = value;
	**end = pair;
	*end = &pair->next;
}

static struct scs_step *
add_step(struct reader *r, enum scs_act act, const struct scs_client *who)
{
	struct scs_step *step = arena_alloc(r->a, sizeof(*step));

	step->act = act;
	step->who = who;
	step->line = r->line;
	*r->step_end = step;
	r->step_end = &step->next;
	return step;
}

/* The client whose name s begins with, and what follows; the longest name wins. */
static const struct scs_client *
client_at(const struct reader *r, char *s, char **rest)
{
	const struct scs_client *found = NULL;
	const struct scs_client *c;

	for (c = r->scs->clients; c != NULL; c = c->next) {
		char *after = after_word(s, c->name);

		if (after == NULL || (found != NULL && strlen(found->name) > strlen(c->name)))
			continue;
		found = c;
		*rest = after;
	}
	return found;
}

/* -- stanzas -- */

/*
 * White space that is layout only: beside elements, directly in a stanza, or with a line break.
 */
static bool
is_layout(const struct xml *text, const struct xml *up)
{
	size_t i;

	if (text->kind != XML_TEXT)
		return false;
	for (i = 0; i < text->len; i++)
		if (!is_blank(text->text[i]))
			return false;
	return up->up == NULL || xml_child(up, NULL, NULL) != NULL ||
	       memchr(text->text, '\n', text->len) != NULL;
}

static void
drop_layout(struct xml *x)
{
	struct xml **at = &x->child;
	struct xml *last = NULL;

	while (*at != NULL) {
		if (is_layout(*at, x)) {
			*at = (*at)->next;
			continue;
		}
		if ((*at)->kind == XML_ELEMENT)
			drop_layout(*at);
		last = *at;
		at = &(*at)->next;
	}
	x->last = last;
}

/*
 * Appends a line of a stanza. Apostrophes and quotes in ${...} are escaped, so that ${Romeo's JID}
 * may stand between single quotes.
 */
static void
add_xml_line(struct buf *b, const char *s)
{
	bool inside = false;

	for (; *s != '\0'; s++) {
		if (s[0] == '$' && s[1] == '{')
			inside = true;
		if (*s == '}')
			inside = false;
		if (inside && *s == '\'')
			buf_adds(b, "&apos;");
		else if (inside && *s == '"')
			buf_adds(b, "&quot;");
		else
			buf_addc(b, *s);
	}
	buf_addc(b, '\n');
}

static unsigned
count_lines(const char *p, size_t n)
{
	unsigned lines = 0;

	while (n-- > 0)
		lines += *p++ == '\n';
	return lines;
}

/* One stanza of the text for the step; a second one for a `receives` makes a step of its own. */
static bool
take_stanza(struct reader *r, struct scs_step **step, unsigned line, const char *p, size_t n)
{
	const struct xml *x;
	struct xml *copy;
	struct scs_step *s = *step;

	if (xml_parse(r->parser, r->a, p, n, &x) != PARSE_OK)
		return bad(r, line, "the stanza is not well-formed");
	copy = xml_copy(r->a, NULL, x);
	drop_layout(copy);
	if (s->act == SCS_RECEIVES && s->nstanzas == 1)
		s = *step = add_step(r, SCS_RECEIVES, s->who);
	if (s->act == SCS_RECEIVES)
		s->line = line;
	if ((s->nstanzas & (s->nstanzas + 1)) == 0) {
		struct xml **more = arena_alloc(r->a, (2 * s->nstanzas + 1) * sizeof(struct xml *));

		if (s->nstanzas > 0)
			memcpy(more, s->stanza, s->nstanzas * sizeof(struct xml *));
		s->stanza = more;
	}
	s->stanza[s->nstanzas++] = copy;
	return true;
}

/* All stanzas of the text, which begins at that line. */
static bool
take_stanzas(struct reader *r, struct scs_step *step, unsigned line, const struct buf *text)
{
	struct xml_cut cut;
	size_t at = 0, used;
	enum cut what;

	xml_cut_init(&cut, MAX_BYTES, MAX_DEPTH);
	xml_cut(&cut, scs_header, strlen(scs_header), &used);
	while (at < text->len) {
		what = xml_cut(&cut, text->p + at, text->len - at, &used);
		if (what == CUT_STANZA && !take_stanza(r, &step, line, text->p + at, used))
			return false;
		if (what == CUT_MORE && !is_blank(text->p[at]))
			return bad(r, line, "the stanza does not end");
		if (what != CUT_MORE && what != CUT_SPACE && what != CUT_STANZA)
			return bad(r, line, "this is no stanza");
		line += count_lines(text->p + at, used);
		at += used;
	}
	if (step->nstanzas == 0)
		return bad(r, step->line, "a stanza is missing");
	return true;
}

/* Reads the lines that belong to an action, and the stanzas in them. */
static bool
read_stanzas(struct reader *r, struct scs_step *step)
{
	struct buf text = BUF_INIT;
	unsigned first = r->line + 1;
	bool good;

	while (r->p < r->end && (is_blank(*r->p) || *r->p == '<'))
		add_xml_line(&text, read_line(r));
	good = take_stanzas(r, step, first, &text);
	buf_release(&text);
	return good;
}

/* -- directives -- */

/* "300s" in milliseconds; -1 when it is no time. */
static int64_t
read_time(const char *s)
{
	static const struct {
		const char *unit;
		int64_t ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 },
		{ "d", 86400000 } };
	char *end;
	long long n = strtoll(s, &end, 10);
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (end != s && n >= 0 && n < 100000000 && strcmp(end, units[i].unit) == 0)
			return n * units[i].ms;
	return -1;
}

static const char *
reason(const char *rest)
{
	return *rest != '\0' ? rest : "no reason given";
}

/* Cuts "name=value" at the sign; NULL: it is none. */
static char *
cut_value(struct reader *r, char *s)
{
	char *eq = strchr(s, '=');

	if (eq == NULL || eq == s) {
		bad(r, r->line, "conf wants name=value");
		return NULL;
	}
	*eq = '\0';
	return eq + 1;
}

static bool
read_conf(struct reader *r, char *s)
{
	const char *value = cut_value(r, s);

	if (value != NULL)
		add_pair(r, &r->conf_end, s, value);
	return value != NULL;
}

static bool
conf_directive(struct reader *r, char *s)
{
	const char *value = cut_value(r, s);
	struct scs_pair **end;

	if (value == NULL)
		return false;
	end = &add_step(r, SCS_CONF, NULL)->conf;
	add_pair(r, &end, s, value);
	return true;
}

static bool
header_directive(struct reader *r, char *s)
{
	struct scs *scs = r->scs;
	char *rest;

	if (after_word(s, "strict") != NULL)
		scs->strict = true;
	else if (after_word(s, "lenient") != NULL)
		scs->strict = false;
	else if (after_word(s, "ids") != NULL)
		scs->ids = true;
	else if (after_word(s, "manual") != NULL)
		scs->manual = true;
	else if ((rest = after_word(s, "live-only")) != NULL)
		scs->live_only = reason(rest);
	else if ((rest = after_word(s, "process-only")) != NULL)
		scs->process_only = reason(rest);
	else if ((rest = after_word(s, "no-restart-pass")) != NULL)
		scs->no_restart = reason(rest);
	else if ((rest = after_word(s, "conf")) != NULL)
		return read_conf(r, rest);
	else if ((rest = after_word(s, "admin")) != NULL && *rest != '\0')
		add_pair(r, &r->admin_end, NULL, rest);
	else if ((rest = after_word(s, "service")) != NULL && *rest != '\0')
		add_pair(r, &r->service_end, NULL, rest);
	else
		return bad(r, r->line, "the header has no directive \"%s\"", s);
	return true;
}

/* A directive about one client. */
static bool
client_directive(struct reader *r, enum scs_act act, char *name)
{
	char *rest = NULL;
	const struct scs_client *who = client_at(r, name, &rest);

	if (who == NULL || *rest != '\0')
		return bad(r, r->line, "\"%s\" is no client", name);
	add_step(r, act, who);
	return true;
}

static bool
body_directive(struct reader *r, char *s)
{
	static const struct {
		const char *name;
		enum scs_act act;
	} plain[] = {
		{ "restart", SCS_RESTART },
		{ "kill", SCS_KILL },
		{ "lose", SCS_LOSE },
		{ "lose fences", SCS_LOSE_FENCES },
		{ "link down", SCS_LINK_DOWN },
		{ "link up", SCS_LINK_UP },
	};
	char *rest;
	int64_t ms;
	size_t i;

	for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (strcmp(s, plain[i].name) == 0) {
			add_step(r, plain[i].act, NULL);
			return true;
		}
	}
	if ((rest = after_word(s, "manual")) != NULL)
		return client_directive(r, SCS_MANUAL, rest);
	if ((rest = after_word(s, "vanish")) != NULL)
		return client_directive(r, SCS_VANISH, rest);
	if ((rest = after_word(s, "conf")) != NULL)
		return conf_directive(r, rest);
	if ((rest = after_word(s, "advance")) == NULL)
		return bad(r, r->line, "between actions there is no directive \"%s\"", s);
	if ((ms = read_time(rest)) < 0)
		return bad(r, r->line, "\"%s\" is no time; 300s is", rest);
	add_step(r, SCS_ADVANCE, NULL)->ms = ms;
	return true;
}

/* -- lines -- */

static bool
add_client(struct reader *r, const char *name)
{
	const struct scs_client *c;

	for (c = r->scs->clients; c != NULL; c = c->next)
		if (strcmp(c->name, name) == 0)
			return bad(r, r->line, "%s is there already", name);
	if (*name == '\0')
		return bad(r, r->line, "the client has no name");
	r->client = arena_alloc(r->a, sizeof(*r->client));
	r->client->name = name;
	*r->client_end = r->client;
	r->client_end = &r->client->next;
	return true;
}

static bool
client_setting(struct reader *r, char *s)
{
	char *rest;

	if (r->client == NULL)
		return bad(r, r->line, "this belongs to no client: %s", s);
	if ((rest = after_word(s, "jid:")) != NULL)
		r->client->jid = rest;
	else if ((rest = after_word(s, "password:")) != NULL)
		r->client->password = rest;
	else if ((rest = after_word(s, "resource:")) != NULL)
		r->client->resource = rest;
	else
		return bad(r, r->line, "a client has no \"%s\"", s);
	return true;
}

/* What is a comment in both parts. */
static bool
comment(struct reader *r, char *s, bool header)
{
	if (strncmp(s, "#@", 2) == 0)
		return header ? header_directive(r, skip_blanks(s + 2))
			      : body_directive(r, skip_blanks(s + 2));
	s = skip_blanks(s + 1);
	if (r->scs->title == NULL && *s != '\0')
		r->scs->title = s;
	return true;
}

static bool
header_line(struct reader *r, char *s)
{
	if (*s == '#')
		return comment(r, s, true);
	s = skip_blanks(s);
	if (*s == '\0')
		return true;
	if (strncmp(s, "[Client]", 8) == 0)
		return add_client(r, skip_blanks(s + 8));
	return client_setting(r, s);
}

static bool
body_line(struct reader *r, char *s)
{
	const struct scs_client *who;
	char *rest = NULL;

	if (*s == '\0')
		return true;
	if (*s == '#')
		return comment(r, s, false);
	who = client_at(r, s, &rest);
	if (who == NULL)
		return bad(r, r->line, "no action of a client: %s", s);
	if (strcmp(rest, "connects") == 0)
		return add_step(r, SCS_CONNECTS, who) != NULL;
	if (strcmp(rest, "disconnects") == 0)
		return add_step(r, SCS_DISCONNECTS, who) != NULL;
	if (strcmp(rest, "receives: nothing") == 0)
		return add_step(r, SCS_NOTHING, who) != NULL;
	if (strcmp(rest, "sends:") == 0)
		return read_stanzas(r, add_step(r, SCS_SENDS, who));
	if (strcmp(rest, "receives:") == 0)
		return read_stanzas(r, add_step(r, SCS_RECEIVES, who));
	return bad(r, r->line, "clients connect, disconnect, send: and receive:, not \"%s\"", rest);
}

static bool
read_script(struct reader *r)
{
	const struct scs_client *c;
	char *s;

	while ((s = read_line(r)) != NULL && strncmp(s, "---", 3) != 0)
		if (!header_line(r, s))
			return false;
	if (s == NULL)
		return bad(r, r->line, "a line of dashes is missing");
	for (c = r->scs->clients; c != NULL; c = c->next)
		if (c->jid == NULL || c->password == NULL)
			return bad(r, r->line, "%s has no jid or no password", c->name);
	while ((s = read_line(r)) != NULL)
		if (!body_line(r, s))
			return false;
	return true;
}

/* The whole file in b; false with errno. */
static bool
read_file(const char *file, struct buf *b)
{
	char chunk[16384];
	FILE *f = fopen(file, "re");
	size_t n;
	bool good;

	if (f == NULL)
		return false;
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(b, chunk, n);
	good = ferror(f) == 0;
	fclose(f);
	return good;
}

struct scs *
scs_read(struct arena *a, const char *file, const char **error)
{
	struct reader r = { .a = a, .scs = arena_alloc(a, sizeof(struct scs)) };
	struct buf text = BUF_INIT;

	*error = NULL;
	r.scs->file = arena_strdup(a, file);
	r.client_end = &r.scs->clients;
	r.step_end = &r.scs->steps;
	r.conf_end = &r.scs->conf;
	r.admin_end = &r.scs->admins;
	r.service_end = &r.scs->services;
	r.parser = scs_parser();
	if (!read_file(file, &text)) {
		r.error = arena_fmt(a, "%s: %s", file, strerror(errno));
	} else {
		r.p = text.p;
		r.end = text.p + text.len;
		read_script(&r);
	}
	if (r.scs->services == NULL)
		add_pair(&r, &r.service_end, NULL, "conference.localhost");
	if (r.scs->title == NULL)
		r.scs->title = r.scs->file;
	xml_parser_free(r.parser);
	buf_release(&text);
	*error = r.error;
	return r.error == NULL ? r.scs : NULL;
}

void
scs_configure(struct scs *scs, struct scs_pair *pair)
{
	struct scs_pair **at = &scs->conf;

	while (*at != NULL)
		if (*pair->value == '\0' && strcmp((*at)->name, pair->name) == 0)
			*at = (*at)->next;
		else
			at = &(*at)->next;
	if (*pair->value != '\0')
		*at = pair;
}

bool
scs_is_policy(const char *name)
{
	static const char *const names[] = { "admins", "create", "creators", "reserved_names",
		"banned", "service_name" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return strncmp(name, "contact.", 8) == 0;
}

const char *
scs_forced(const char *name)
{
	static const char prefix[] = "forced.";
	const size_t n = sizeof(prefix) - 1;

	return strncmp(name, prefix, n) == 0 ? name + n : NULL;
}
