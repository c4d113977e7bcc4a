/* SPDX-License-Identifier: ISC */
/*
 * match.c - is a stanza what a scenario expects?
 *
 * Children may come in any order and wildcards may fit several of them, so they are paired by
 * augmenting paths (a bipartite matching), not one after the other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/xml.h"
#include "match.h"
#include "scs.h"

#define WILD	"{scansion:"
#define CAPTURE "{scansion:capture:"

/* An element's way of being compared. */
struct how {
	const struct match *m;
	bool strict;
	bool stanza;  /* it is the stanza itself */
	bool child;   /* it is a direct child of the stanza */
	bool capture; /* it is known to match: only take the values */
};

static bool match_element(const struct how *, const struct xml *want, const struct xml *got);

/* -- variables -- */

const char *
var_get(const struct var *vars, const char *name)
{
	for (; vars != NULL; vars = vars->next)
		if (strcmp(vars->name, name) == 0)
			return vars->value;
	return NULL;
}

void
var_set(struct arena *a, struct var **vars, const char *name, const char *value)
{
	struct var *v;

	for (v = *vars; v != NULL; v = v->next) {
		if (strcmp(v->name, name) == 0) {
			v->value = arena_strdup(a, value);
			return;
		}
	}
	v = arena_alloc(a, sizeof(*v));
	v->name = arena_strdup(a, name);
	v->value = arena_strdup(a, value);
	v->next = *vars;
	*vars = v;
}

/* s with all ${...} replaced; NULL when one is unknown. */
static const char *
expand(struct arena *a, const struct var *vars, const char *s, const char **unknown)
{
	const char *begin, *end, *value;
	char *out = arena_strdup(a, "");

	while ((begin = strstr(s, "${")) != NULL && (end = strchr(begin, '}')) != NULL) {
		char *name = arena_strndup(a, begin + 2, (size_t)(end - begin) - 2);

		value = var_get(vars, name);
		if (value == NULL) {
			*unknown = name;
			return NULL;
		}
		out = arena_cat(a, out, arena_strndup(a, s, (size_t)(begin - s)), value, NULL);
		s = end + 1;
	}
	return *out == '\0' ? s : arena_cat(a, out, s, NULL);
}

static bool
expand_tree(struct arena *a, const struct var *vars, struct xml *x, const char **unknown)
{
	struct xml_attr *at;
	struct xml *child;

	if (x->kind == XML_TEXT) {
		x->text = expand(a, vars, x->text, unknown);
		x->len = x->text != NULL ? strlen(x->text) : 0;
		return x->text != NULL;
	}
	for (at = x->attr; at != NULL; at = at->next)
		if ((at->value = expand(a, vars, at->value, unknown)) == NULL)
			return false;
	for (child = x->child; child != NULL; child = child->next)
		if (!expand_tree(a, vars, child, unknown))
			return false;
	return true;
}

struct xml *
match_expand(struct arena *a, const struct var *vars, const struct xml *x, const char **unknown)
{
	struct xml *copy = xml_copy(a, NULL, x);

	*unknown = NULL;
	return expand_tree(a, vars, copy, unknown) ? copy : NULL;
}

/* -- values -- */

/*
 * Does s look like the pattern, in which {scansion:...} stands for anything? The shortest fit of
 * each counts, but for one at the end, which takes all the rest.
 */
static bool
like(const struct how *how, const char *pattern, const char *s)
{
	const char *wild = strstr(pattern, WILD), *end, *rest;
	size_t n, name = strlen(CAPTURE);

	if (wild == NULL || (end = strchr(wild, '}')) == NULL)
		return strcmp(pattern, s) == 0;
	n = (size_t)(wild - pattern);
	if (strncmp(pattern, s, n) != 0)
		return false;
	s += n;
	for (rest = end[1] == '\0' ? s + strlen(s) : s; !like(how, end + 1, rest); rest++)
		if (*rest == '\0')
			return false;
	if (how->capture && strncmp(wild, CAPTURE, name) == 0)
		var_set(how->m->a, how->m->vars,
		    arena_strndup(how->m->a, wild + name, (size_t)(end - wild) - name),
		    arena_strndup(how->m->a, s, (size_t)(rest - s)));
	return true;
}

/* -- attributes -- */

static bool
is_ours(const struct xml_attr *at)
{
	return at->ns != NULL && strcmp(at->ns, SCANSION_NS) == 0;
}

static bool
is_lang(const struct xml_attr *at)
{
	return at->prefix != NULL && strcmp(at->prefix, "xml") == 0 &&
	       strcmp(at->name, "lang") == 0;
}

static const struct xml_attr *
same_attr(const struct xml *x, const struct xml_attr *like_this)
{
	const struct xml_attr *at;
	const char *ns = like_this->ns != NULL ? like_this->ns : "";

	for (at = x->attr; at != NULL; at = at->next)
		if (strcmp(at->name, like_this->name) == 0 &&
		    strcmp(at->ns != NULL ? at->ns : "", ns) == 0)
			return at;
	return NULL;
}

/* May the stanza have this attribute although the script does not name it? */
static bool
may_be_left_out(const struct how *how, const struct xml_attr *at)
{
	if (!how->stanza)
		return false;
	if (is_lang(at))
		return true;
	return at->ns == NULL && strcmp(at->name, "to") == 0 &&
	       strcmp(at->value, how->m->self) == 0;
}

/* The attribute that does not match, of `want` or of `got`; NULL when all do. */
static const struct xml_attr *
wrong_attr(const struct how *how, const struct xml *want, const struct xml *got)
{
	const struct xml_attr *at, *other;

	for (at = want->attr; at != NULL; at = at->next) {
		if (is_ours(at))
			continue;
		other = same_attr(got, at);
		if (other == NULL || !like(how, at->value, other->value))
			return at;
	}
	if (!how->strict)
		return NULL;
	for (at = got->attr; at != NULL; at = at->next)
		if (same_attr(want, at) == NULL && !may_be_left_out(how, at))
			return at;
	return NULL;
}

/* -- children -- */

/* May the stanza have this child although the script does not name it? The room's own ids. */
static bool
may_be_added(const struct how *how, const struct xml *x)
{
	const char *from = xml_get(x->up, "from"), *by = xml_get(x, "by");
	size_t n;

	if (!how->child || how->m->ids || from == NULL)
		return false;
	if (xml_is(x, NS_OCCUPANT_ID, "occupant-id"))
		return true;
	n = strcspn(from, "/");
	return xml_is(x, NS_SID, "stanza-id") && by != NULL && strlen(by) == n &&
	       strncmp(by, from, n) == 0;
}

/* The pairing of two elements' child elements. */
struct pairs {
	const struct how *how; /* of the children */
	const struct xml **want, **got;
	size_t nwant, ngot;
	size_t *of_got; /* to which wanted one it belongs, counted from 1; 0: none */
	bool *tried;
};

static const struct xml **
child_list(const struct xml *x, size_t *n)
{
	const struct xml *c;
	const struct xml **list;

	*n = 0;
	for (c = xml_child(x, NULL, NULL); c != NULL; c = xml_next(c, NULL, NULL))
		++*n;
	list = mem_alloc((*n + 1) * sizeof(*list));
	*n = 0;
	for (c = xml_child(x, NULL, NULL); c != NULL; c = xml_next(c, NULL, NULL))
		list[(*n)++] = c;
	return list;
}

/* Finds a partner for the i-th wanted child, moving others if need be. */
static bool
pair_one(struct pairs *p, size_t i)
{
	size_t j;

	for (j = 0; j < p->ngot; j++) {
		if (p->tried[j] || !match_element(p->how, p->want[i], p->got[j]))
			continue;
		p->tried[j] = true;
		if (p->of_got[j] == 0 || pair_one(p, p->of_got[j] - 1)) {
			p->of_got[j] = i + 1;
			return true;
		}
	}
	return false;
}

static void
pairs_init(struct pairs *p, const struct how *how, const struct xml *want, const struct xml *got)
{
	p->how = how;
	p->want = child_list(want, &p->nwant);
	p->got = child_list(got, &p->ngot);
	p->of_got = mem_alloc((p->ngot + 1) * sizeof(*p->of_got));
	p->tried = mem_alloc(p->ngot + 1);
}

static void
pairs_release(struct pairs *p)
{
	free(p->want);
	free(p->got);
	free(p->of_got);
	free(p->tried);
}

/*
 * The first child without a partner: *of_want tells on which side it stands. NULL when all have
 * one.
 */
static const struct xml *
pair_all(struct pairs *p, bool *of_want)
{
	size_t i;

	*of_want = true;
	for (i = 0; i < p->nwant; i++) {
		memset(p->tried, 0, p->ngot);
		if (!pair_one(p, i))
			return p->want[i];
	}
	*of_want = false;
	for (i = 0; p->how->strict && i < p->ngot; i++)
		if (p->of_got[i] == 0 && !may_be_added(p->how, p->got[i]))
			return p->got[i];
	return NULL;
}

static bool
match_children(const struct how *how, const struct xml *want, const struct xml *got)
{
	struct how look = *how;
	struct pairs p;
	bool of_want, good;
	size_t j;

	look.child = how->stanza;
	look.stanza = look.capture = false;
	pairs_init(&p, &look, want, got);
	good = pair_all(&p, &of_want) == NULL;
	look.capture = how->capture;
	for (j = 0; good && look.capture && j < p.ngot; j++)
		if (p.of_got[j] != 0)
			match_element(&look, p.want[p.of_got[j] - 1], p.got[j]);
	pairs_release(&p);
	return good;
}

/* -- elements -- */

/* All text directly in x. */
static const char *
own_text(struct arena *a, const struct xml *x)
{
	const struct xml *c;
	char *text = NULL;

	for (c = x->child; c != NULL; c = c->next)
		if (c->kind == XML_TEXT)
			text = text == NULL ? arena_strndup(a, c->text, c->len)
					    : arena_cat(a, text, c->text, NULL);
	return text != NULL ? text : "";
}

static bool
match_text(const struct how *how, const struct xml *want, const struct xml *got)
{
	const char *text = own_text(how->m->a, want);

	if (!how->strict && *text == '\0')
		return true;
	return like(how, text, own_text(how->m->a, got));
}

/* Is it what an error brings back of the request? */
static bool
is_echo(const struct xml *x)
{
	const char *type = x->up != NULL && x->up->up == NULL ? xml_get(x->up, "type") : NULL;

	return type != NULL && strcmp(type, "error") == 0 && !xml_is(x, NS_STANZA, "error");
}

/* How x is compared when what is around it is compared so. */
static struct how
how_of(const struct how *around, const struct xml *x)
{
	struct how how = *around;
	const struct xml_attr *at;

	if (is_echo(x))
		how.strict = false;
	for (at = x->attr; at != NULL; at = at->next)
		if (is_ours(at) && strcmp(at->name, "strict") == 0)
			how.strict = strcmp(at->value, "true") == 0;
	return how;
}

static bool
match_element(const struct how *around, const struct xml *want, const struct xml *got)
{
	struct how how = how_of(around, want);

	return xml_is(got, want->ns, want->name) && wrong_attr(&how, want, got) == NULL &&
	       match_text(&how, want, got) && match_children(&how, want, got);
}

bool
match_stanza(const struct match *m, const struct xml *want, const struct xml *got)
{
	struct how how = { .m = m, .strict = m->strict, .stanza = true };

	if (!match_element(&how, want, got))
		return false;
	how.capture = true;
	return match_element(&how, want, got);
}

/* -- for people -- */

static const char *
why_attr(const struct how *how, const struct xml *want, const struct xml *got)
{
	const struct xml_attr *at = wrong_attr(how, want, got);
	const struct xml_attr *w = same_attr(want, at), *g = same_attr(got, at);

	if (w == NULL)
		return arena_fmt(
		    how->m->a, "attribute %s='%s' is not expected", at->name, g->value);
	if (g == NULL)
		return arena_fmt(how->m->a, "attribute %s is missing", at->name);
	return arena_fmt(how->m->a, "%s is '%s'", at->name, g->value);
}

/* The only child of that name is likely the one that was meant, if it does not match anyway. */
static const struct xml *
other_one(const struct how *how, const struct xml *in, const struct xml *want)
{
	const struct xml *found = xml_child(in, want->ns, want->name);

	if (found == NULL || xml_next(found, want->ns, want->name) != NULL)
		return NULL;
	return match_element(how, want, found) ? NULL : found;
}

static const char *
why(const struct how *around, const struct xml *want, const struct xml *got)
{
	struct arena *a = around->m->a;
	struct how how = how_of(around, want);
	const struct xml *alone, *other;
	const char *text;
	struct pairs p;
	bool of_want;

	if (!xml_is(got, want->ns, want->name))
		return arena_fmt(a, "it is <%s xmlns='%s'/>", got->name, got->ns);
	if (wrong_attr(&how, want, got) != NULL)
		text = why_attr(&how, want, got);
	else if (!match_text(&how, want, got))
		text = arena_fmt(a, "the text is '%s'", own_text(a, got));
	else {
		how.child = how.stanza;
		how.stanza = false;
		pairs_init(&p, &how, want, got);
		alone = pair_all(&p, &of_want);
		pairs_release(&p);
		other = of_want ? other_one(&how, got, alone) : NULL;
		text = other != NULL ? why(&how, alone, other)
				     : arena_fmt(a, "<%s xmlns='%s'/> is %s", alone->name,
					   alone->ns, of_want ? "missing" : "not expected");
	}
	return arena_fmt(a, "<%s> %s", want->name, text);
}

const char *
match_why(const struct match *m, const struct xml *want, const struct xml *got)
{
	struct how how = { .m = m, .strict = m->strict, .stanza = true };

	return why(&how, want, got);
}

static void
print_text(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '&')
			buf_adds(b, "&amp;");
		else if (*s == '<')
			buf_adds(b, "&lt;");
		else if (*s == '\'')
			buf_adds(b, "&apos;");
		else if (*s == '\n')
			buf_adds(b, "&#10;");
		else
			buf_addc(b, *s);
	}
}

static void
print_head(struct buf *b, const struct xml *x, bool with_ns)
{
	const struct xml_attr *at;

	buf_addc(b, '<');
	buf_adds(b, x->name);
	if (with_ns) {
		buf_adds(b, " xmlns='");
		print_text(b, x->ns);
		buf_addc(b, '\'');
	}
	for (at = x->attr; at != NULL; at = at->next) {
		buf_addc(b, ' ');
		if (at->prefix != NULL) {
			buf_adds(b, at->prefix);
			buf_addc(b, ':');
		}
		buf_adds(b, at->name);
		buf_adds(b, "='");
		print_text(b, at->value);
		buf_addc(b, '\'');
	}
	buf_adds(b, x->child == NULL ? "/>" : ">");
}

static void
print_close(struct buf *b, const struct xml *x)
{
	buf_adds(b, "</");
	buf_adds(b, x->name);
	buf_adds(b, ">\n");
}

static void
print(struct buf *b, const char *lead, unsigned depth, const struct xml *x)
{
	const char *around = x->up != NULL ? x->up->ns : NS_STANZA;
	const struct xml *c;
	unsigned i;

	buf_adds(b, lead);
	for (i = 0; i < depth; i++)
		buf_adds(b, "  ");
	if (x->kind != XML_ELEMENT) {
		print_text(b, x->text);
		buf_addc(b, '\n');
		return;
	}
	print_head(b, x, strcmp(x->ns, around) != 0);
	if (x->child == NULL) {
		buf_addc(b, '\n');
		return;
	}
	if (x->child->kind == XML_TEXT && x->child->next == NULL) {
		print_text(b, x->child->text);
		print_close(b, x);
		return;
	}
	buf_addc(b, '\n');
	for (c = x->child; c != NULL; c = c->next)
		print(b, lead, depth + 1, c);
	buf_adds(b, lead);
	for (i = 0; i < depth; i++)
		buf_adds(b, "  ");
	print_close(b, x);
}

void
match_print(struct buf *b, const char *lead, const struct xml *x)
{
	print(b, lead, 0, x);
}
