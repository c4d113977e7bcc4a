/* SPDX-License-Identifier: ISC */
/*
 * play.c - walks through a scenario, whatever world it is played in
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/jid.h"
#include "base/xml.h"
#include "match.h"
#include "play.h"
#include "scs.h"

/* -- addresses -- */

const char *
bare_of(struct arena *a, const char *address)
{
	return arena_strndup(a, address, strcspn(address, "/"));
}

const char *
domain_of(struct arena *a, const char *address)
{
	return jid_domain(bare_of(a, address));
}

bool
play_is_service(const struct play *p, const char *address)
{
	const struct scs_pair *s;
	const char *domain = domain_of(p->a, address);

	for (s = p->scs->services; s != NULL; s = s->next)
		if (strcmp(domain, s->value) == 0)
			return true;
	return false;
}

/* -- telling -- */

static void
print_comment(struct buf *b)
{
	fwrite(b->p, 1, b->len, stdout);
	buf_release(b);
}

bool
play_fail(struct play *p, const char *fmt, ...)
{
	va_list ap;

	printf("# %s", p->scs->file);
	if (p->step != NULL)
		printf(":%u", p->step->line);
	printf(": ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	p->failed = true;
	return false;
}

void
play_tell(const struct play *p, const char *name, const char *arrow, const struct xml *x)
{
	struct buf b = BUF_INIT;

	if (!p->verbose)
		return;
	printf("# %s %s\n", name, arrow);
	match_print(&b, "#     ", x);
	print_comment(&b);
}

static void
print_stanza(const char *title, const struct xml *x)
{
	struct buf b = BUF_INIT;

	printf("# %s\n", title);
	match_print(&b, "#     ", x);
	print_comment(&b);
}

/* -- clients -- */

static struct seat *
seat_of(struct play *p, const struct scs_client *c)
{
	size_t i;

	for (i = 0; i < p->nseats; i++)
		if (p->seat[i].client == c)
			return &p->seat[i];
	return NULL;
}

static void
take_seats(struct play *p)
{
	const struct scs_client *c;
	struct seat *s;

	for (c = p->scs->clients; c != NULL; c = c->next)
		p->nseats++;
	p->seat = arena_alloc(p->a, (p->nseats + 1) * sizeof(*p->seat));
	for (c = p->scs->clients, s = p->seat; c != NULL; c = c->next, s++) {
		s->client = c;
		s->last = &s->first;
		s->manual = p->scs->manual;
		var_set(p->a, &p->vars, arena_fmt(p->a, "%s's JID", c->name), c->jid);
	}
}

static const struct xml *
take_unread(struct seat *s)
{
	struct unread *u = s->first;

	s->first = u->next;
	if (s->first == NULL)
		s->last = &s->first;
	return u->x;
}

/*
 * Presence of the own account, roster pushes and the like: a strict script is not about what a
 * client's own server tells it.
 */
static bool
is_own_server(const struct play *p, const struct seat *s, const struct xml *x)
{
	const char *from = xml_get(x, "from");

	if (xml_is(x, NS_STANZA, "message"))
		return false;
	return from == NULL || strcmp(bare_of(p->a, from), s->client->jid) == 0 ||
	       strcmp(from, domain_of(p->a, s->client->jid)) == 0;
}

/* The answer to a ping or disco#info that the service asks of a client; NULL: it is none. */
static struct xml *
automatic_answer(const struct play *p, const struct xml *x)
{
	const struct xml *query = xml_child(x, NULL, NULL);
	const char *type = xml_get(x, "type"), *from = xml_get(x, "from");
	struct xml *answer;

	if (!xml_is(x, NS_STANZA, "iq") || type == NULL || strcmp(type, "get") != 0 ||
	    from == NULL || !play_is_service(p, from))
		return NULL;
	if (!xml_is(query, NS_PING, "ping") && !xml_is(query, NS_DISCO_INFO, "query"))
		return NULL;
	answer = xml_new(p->a, NS_STANZA, "iq");
	xml_set(p->a, answer, "type", "result");
	xml_set(p->a, answer, "to", from);
	xml_set(p->a, answer, "id", xml_get(x, "id"));
	if (xml_is(query, NS_DISCO_INFO, "query"))
		xml_add(p->a, answer, NS_DISCO_INFO, "query");
	return answer;
}

bool
play_deliver(struct play *p, struct seat *s, const struct xml *x)
{
	struct xml *answer = s->manual ? NULL : automatic_answer(p, x);
	struct unread *u;

	play_tell(p, s->client->name, "<-", x);
	if (!ids_check(p, s, x))
		return false;
	if (answer != NULL)
		return p->world->sends(p, s, &answer, 1);
	if (p->scs->strict && is_own_server(p, s, x))
		return true;
	u = arena_alloc(p->a, sizeof(*u));
	u->x = x;
	*s->last = u;
	s->last = &u->next;
	return true;
}

/* -- steps -- */

static struct xml *
expand(struct play *p, const struct xml *x)
{
	const char *unknown;
	struct xml *expanded = match_expand(p->a, p->vars, x, &unknown);

	if (expanded == NULL)
		play_fail(p, "nothing is known as ${%s} here", unknown);
	return expanded;
}

static bool
do_sends(struct play *p, struct seat *s)
{
	const struct scs_step *step = p->step;
	struct xml **stanza = arena_alloc(p->a, step->nstanzas * sizeof(struct xml *));
	size_t i;

	for (i = 0; i < step->nstanzas; i++) {
		stanza[i] = expand(p, step->stanza[i]);
		if (stanza[i] == NULL)
			return false;
		play_tell(p, s->client->name, "->", stanza[i]);
	}
	return p->world->sends(p, s, stanza, step->nstanzas);
}

static bool
mismatch(struct play *p, const struct match *m, const struct xml *want, const struct xml *got)
{
	if (got != NULL)
		play_fail(p, "%s", match_why(m, want, got));
	else
		play_fail(p, "nothing came%s", m->strict ? "" : " that matches");
	print_stanza("expected:", want);
	if (got != NULL)
		print_stanza("got:", got);
	return false;
}

/*
 * Strict: the next stanza must match. Foreign: it is the first one that does; of several that do
 * not, the last is shown.
 */
static bool
do_receives(struct play *p, struct seat *s)
{
	struct match m = { p->a, p->scs->strict, p->scs->ids, s->full, &p->vars };
	const struct xml *want = expand(p, p->step->stanza[0]), *got = NULL;

	if (want == NULL)
		return false;
	for (;;) {
		if (s->first == NULL && !p->world->wait(p, s))
			return false;
		if (s->first == NULL)
			return mismatch(p, &m, want, got);
		got = take_unread(s);
		if (match_stanza(&m, want, got))
			return true;
		if (m.strict)
			return mismatch(p, &m, want, got);
	}
}

static bool
nothing_unread(struct play *p, struct seat *s, const char *when)
{
	if (s->connected && !p->world->settle(p, s))
		return false;
	if (s->first == NULL)
		return true;
	play_fail(p, "%s got what was not expected%s", s->client->name, when);
	while (s->first != NULL)
		print_stanza("got:", take_unread(s));
	return false;
}

static bool
do_connects(struct play *p, struct seat *s)
{
	if (s->connected)
		return play_fail(p, "%s is connected already", s->client->name);
	if (!p->world->connects(p, s))
		return false;
	s->connected = true;
	var_set(p->a, &p->vars, arena_fmt(p->a, "%s's full JID", s->client->name), s->full);
	return true;
}

static bool
do_disconnects(struct play *p, struct seat *s, bool (*how)(struct play *, struct seat *))
{
	if (how == NULL)
		return play_fail(p, "this cannot be done here: the script must be process-only");
	if (p->scs->strict && !nothing_unread(p, s, " before going"))
		return false;
	s->connected = false;
	s->first = NULL;
	s->last = &s->first;
	return how(p, s);
}

static bool
do_service_step(struct play *p)
{
	const struct world *w = p->world;

	switch (p->step->act) {
	case SCS_ADVANCE:
		return w->advance(p, p->step->ms);
	case SCS_RESTART:
	case SCS_KILL:
		if (w->restart != NULL)
			return w->restart(p, p->step->act == SCS_KILL);
		break;
	case SCS_CONF:
		scs_configure(p->scs, p->step->conf);
		if (w->reload != NULL)
			return w->reload(p);
		break;
	case SCS_LOSE:
	case SCS_LOSE_FENCES:
		p->ids.again = true;
		if (w->lose != NULL)
			return w->lose(p, p->step->act == SCS_LOSE_FENCES);
		break;
	case SCS_LINK_DOWN:
	case SCS_LINK_UP:
		if (w->link != NULL)
			return w->link(p, p->step->act == SCS_LINK_UP);
		break;
	default:
		break;
	}
	return play_fail(p, "this cannot be done here: the script must be process-only");
}

static bool
do_step(struct play *p)
{
	struct seat *s = p->step->who != NULL ? seat_of(p, p->step->who) : NULL;

	if (s == NULL)
		return do_service_step(p);
	if (p->step->act == SCS_CONNECTS)
		return do_connects(p, s);
	if (p->step->act == SCS_MANUAL)
		return s->manual = true;
	if (!s->connected)
		return play_fail(p, "%s is not connected", s->client->name);
	switch (p->step->act) {
	case SCS_DISCONNECTS:
		return do_disconnects(p, s, p->world->disconnects);
	case SCS_VANISH:
		return do_disconnects(p, s, p->world->vanish);
	case SCS_SENDS:
		return do_sends(p, s);
	case SCS_RECEIVES:
		return do_receives(p, s);
	default:
		return nothing_unread(p, s, "");
	}
}

static bool
do_steps(struct play *p)
{
	for (p->step = p->scs->steps; p->step != NULL; p->step = p->step->next) {
		if (p->restart_always && p->step != p->scs->steps && !p->world->restart(p, false))
			return false;
		if (!do_step(p) || p->failed)
			return false;
	}
	return true;
}

bool
play_script(struct play *p, struct scs *scs, const struct world *w, void *arg)
{
	size_t i;

	p->scs = scs;
	p->world = w;
	p->arg = arg;
	take_seats(p);
	if (w->begin(p) && do_steps(p) && scs->strict)
		for (i = 0; i < p->nseats; i++)
			nothing_unread(p, &p->seat[i], " by the end");
	return w->end(p, p->failed) && !p->failed;
}
