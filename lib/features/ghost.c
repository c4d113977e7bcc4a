/* SPDX-License-Identifier: ISC */
/*
 * ghost.c - who is said to be in a room, and is not there any more
 *
 * XEP-0045 18.1.2, 11.1. A session is in doubt after a restart, after its link was down, and when
 * something sent to it came back. It is then asked, from its own occupant JID: by a ping, and by
 * disco#info when the ping comes back as service-unavailable, which a living client and a server
 * that knows nobody of that name both say. Silence decides nothing for long: a client may be
 * hibernating (XEP-0198). A session that only answers pings is online, but perhaps has forgotten
 * the room, so it stays under watch until it says something to the room itself.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "feature.h"

/* How long an unanswered question is waited for before the next one, by number of questions. */
static const int64_t again_ms[] = { 2 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS };

#define MOST_ASKERS 1024 /* of which none is forgotten */

/* How a foreign domain is asked. */
struct asker {
	char *domain;
	double tokens;
	int64_t filled_ms;
};

static void
asker_free(struct service *s, struct asker *a)
{
	map_del(&s->asking, a->domain);
	free(a->domain);
	free(a);
}

void
askers_free(struct service *s)
{
	struct asker *a;

	for (uint32_t i = 0; (a = map_each(&s->asking, &i)) != NULL;)
		asker_free(s, a);
	map_release(&s->asking);
}

static void
watch(struct service *s, struct session *x, enum doubt doubt, int64_t due_ms)
{
	if (x->doubt != DOUBT_NONE)
		RB_REMOVE(doubt_tree, &s->doubts, x);
	else
		s->stats.in_doubt++;
	x->doubt = doubt;
	x->due_ms = due_ms;
	RB_INSERT(doubt_tree, &s->doubts, x);
}

/* Begins a doubt, asking at due_ms. */
static void
doubt(struct service *s, struct session *x, int64_t due_ms)
{
	x->doubt_ms = s->now.mono_ms;
	x->asked = 0;
	x->ask_id[0] = '\0';
	watch(s, x, DOUBT_WAITS, due_ms);
}

/* While there was no link nobody could answer or say anything: every doubt begins anew. */
static void
on_doubt(struct service *s, struct session *x)
{
	doubt(s, x, s->now.mono_ms + s->limits.doubt_wait_s * 1000);
}

/* Until when it is waited for that a session in doubt says something itself. */
static int64_t
idle_until(const struct service *s, const struct session *x)
{
	int64_t since = x->heard_ms > x->doubt_ms ? x->heard_ms : x->doubt_ms;

	return since + s->limits.idle_gone_s * 1000;
}

/* It spoke to the room itself: nothing proves more. */
static void
on_heard(struct service *s, struct session *x)
{
	x->heard_ms = s->now.mono_ms;
	if (x->heard_ms - x->stored_ms > HOUR_MS)
		session_save(x);
	if (x->doubt == DOUBT_NONE)
		return;
	RB_REMOVE(doubt_tree, &s->doubts, x);
	s->stats.in_doubt--;
	x->doubt = DOUBT_NONE;
	x->ask_id[0] = '\0';
}

/* -- questions -- */

/* Adds what time has brought to a bucket; false: there is no token in it. */
static bool
fill(double *tokens, int64_t *filled_ms, int64_t now_ms, int64_t per_s)
{
	*tokens += (double)(now_ms - *filled_ms) * (double)per_s / 1000.0;
	*filled_ms = now_ms;
	if (*tokens > (double)per_s)
		*tokens = (double)per_s;
	return *tokens >= 1;
}

/* A full bucket says nothing: beyond some number of domains those are forgotten. */
static void
forget_askers(struct service *s)
{
	const int64_t per_s = s->limits.doubt_per_domain_s;
	struct asker *a;

	if (map_count(&s->asking) < MOST_ASKERS)
		return;
	for (uint32_t i = 0; (a = map_each(&s->asking, &i)) != NULL;) {
		fill(&a->tokens, &a->filled_ms, s->now.mono_ms, per_s);
		if (a->tokens >= (double)per_s)
			asker_free(s, a);
	}
}

/* The room's own server is not foreign: its domain ends ours, as example.org ends rooms.example.org. */
static bool
is_local(const struct room *r, const char *domain)
{
	size_t n = strlen(domain), all = strlen(r->domain);

	return all > n && strcmp(r->domain + all - n, domain) == 0 && r->domain[all - n - 1] == '.';
}

static bool
may_ask_domain(struct service *s, const struct session *x)
{
	const char *domain = jid_domain(x->occupant->bare);
	struct asker *a;

	if (is_local(x->occupant->room, domain))
		return true;
	a = map_get(&s->asking, domain);
	if (a == NULL) {
		forget_askers(s);
		a = mem_alloc(sizeof(*a));
		a->domain = mem_strdup(domain);
		a->tokens = (double)s->limits.doubt_per_domain_s;
		a->filled_ms = s->now.mono_ms;
		map_put(&s->asking, a->domain, a);
	}
	if (!fill(&a->tokens, &a->filled_ms, s->now.mono_ms, s->limits.doubt_per_domain_s))
		return false;
	a->tokens -= 1;
	return true;
}

static void
ask(struct service *s, struct session *x, enum doubt how)
{
	struct arena *a = s->arena;
	const struct room *r = x->occupant->room;
	unsigned last = sizeof(again_ms) / sizeof(again_ms[0]) - 1;
	const char *id = fresh_id(s);
	struct xml *iq = stanza_new(a, "iq", r, x->occupant->nick, "get", id);
	struct pairs pairs = { 0 };
	struct wire *w;

	if (how == DOUBT_PING)
		xml_add(a, iq, NS_PING, "ping");
	else
		xml_add(a, iq, NS_DISCO_INFO, "query");
	memcpy(x->ask_id, id, sizeof(x->ask_id) - 1);
	w = wire_new(s, iq);
	pairs_add(&pairs, w, x->addr);
	wire_unref(w);
	out_take(s, r->domain_no, &pairs);
	pairs_release(&pairs);
	watch(s, x, how, s->now.mono_ms + again_ms[x->asked < last ? x->asked : last]);
	if (how == DOUBT_PING)
		x->asked++;
}

/* -- answers -- */

enum verdict {
	UNDECIDED,
	ALIVE,
	GONE,
	OUT_OF_REACH, /* for now: it is waited for */
};

/* What the conditions say about a full JID: RFC 6120 8.3.3, and what servers and clients make of it. */
static const struct {
	const char *condition;
	enum verdict verdict;
} verdicts[] = {
	{ "feature-not-implemented", ALIVE },
	{ "forbidden", ALIVE },
	{ "gone", GONE },
	{ "item-not-found", GONE },
	{ "not-allowed", ALIVE },
	{ "recipient-unavailable", GONE },
	{ "redirect", GONE },
	{ "remote-server-not-found", OUT_OF_REACH },
	{ "remote-server-timeout", OUT_OF_REACH },
};

static const char *
condition_of(const struct xml *stanza)
{
	const struct xml *x =
	    xml_child(xml_child(stanza, NS_STANZA, "error"), NS_STANZA_ERRORS, NULL);

	return x != NULL ? x->name : "";
}

static enum verdict
verdict_of(const char *condition)
{
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		if (strcmp(verdicts[i].condition, condition) == 0)
			return verdicts[i].verdict;
	return UNDECIDED;
}

/* All of an occupant, or one session, goes. */
static struct change *
plan_gone(struct plan *p, struct occupant *o, struct session *x)
{
	struct change *c = plan_add(p, CH_LEAVE);

	c->occupant = o;
	c->session = x;
	c->code = STATUS_TECHNICAL;
	return c;
}

/* Is it the answer to the question that is open? */
static bool
is_answer(const struct ev *ev)
{
	const struct session *x = ev->session;

	return ev->kind == KIND_IQ && ev->id != NULL && x->ask_id[0] != '\0' &&
	       strcmp(ev->id, x->ask_id) == 0;
}

static bool
came_unavailable(const struct ev *ev)
{
	return ev->type == TYPE_ERROR &&
	       strcmp(condition_of(ev->stanza), "service-unavailable") == 0;
}

void
plan_bounced(struct plan *p, struct session *x)
{
	enum verdict v = verdict_of(condition_of(p->ev->stanza));

	if (v == GONE && p->ev->kind != KIND_IQ)
		plan_gone(p, NULL, x)->silent = true; /* nothing goes to a ghost */
	else if (v == GONE || v == OUT_OF_REACH)
		plan_add(p, CH_ANSWER)->session = x;
}

/*
 * Results and errors; an error is never answered (RFC 6120 8.3.1). The answers to what occupants asked one
 * another are taken before; what is left of IQs is ours, or nobody's.
 */
static enum deny
plan_answer(struct plan *p)
{
	const struct ev *ev = p->ev;
	struct session *x = ev->session;

	if (x == NULL || (ev->kind == KIND_IQ && !is_answer(ev)))
		return IGNORE;
	if (ev->type == TYPE_ERROR &&
	    (verdict_of(condition_of(ev->stanza)) == GONE ||
		(is_answer(ev) && came_unavailable(ev) && x->doubt == DOUBT_DISCO)))
		plan_gone(p, NULL, x)->silent = true;
	else
		plan_add(p, CH_ANSWER)->session = x;
	return OK;
}

static void
on_answer(struct plan *p, const struct change *c)
{
	const struct ev *ev = p->ev;
	struct service *s = p->s;
	struct session *x = c->session;

	if (!is_answer(ev)) {
		/* A question that is open, or soon will be, is not asked twice. */
		if (x->doubt == DOUBT_NONE || x->doubt == DOUBT_ALIVE)
			doubt(s, x, s->now.mono_ms);
		return;
	}
	if (came_unavailable(ev)) {
		ask(s, x, DOUBT_DISCO);
		return;
	}
	x->ask_id[0] = '\0';
	if (ev->type == TYPE_RESULT || verdict_of(condition_of(ev->stanza)) == ALIVE)
		watch(s, x, DOUBT_ALIVE, idle_until(s, x));
}

/* -- time -- */

/*
 * Has it been waited for long enough? Not only when its own time has come: those of a dead domain go
 * together, or each would be told of all who go before, and nobody could take it.
 */
static bool
expired(const struct service *s, const struct session *x)
{
	int64_t now = s->now.mono_ms;

	if (x->doubt == DOUBT_NONE)
		return false;
	if (x->doubt == DOUBT_ALIVE)
		return x->due_ms <= now;
	return now - x->doubt_ms >= s->limits.doubt_gone_s * 1000 || now >= idle_until(s, x);
}

/*
 * All of a room in one pass. Each is told of itself, in case that somebody is there after all, and not of
 * the others who go.
 */
static void
remove_expired(struct service *s, struct room *r)
{
	struct occupant *o;
	struct session *x;
	struct plan p;

	plan_init(&p, s, NULL, r);
	TAILQ_FOREACH (o, &r->occupants, entry) {
		unsigned n = 0;

		TAILQ_FOREACH (x, &o->sessions, entry)
			n += expired(s, x);
		if (n == o->nsessions) {
			plan_gone(&p, o, NULL);
			continue;
		}
		TAILQ_FOREACH (x, &o->sessions, entry)
			if (expired(s, x))
				plan_gone(&p, NULL, x);
	}
	plan_run(&p);
	plan_release(&p);
}

/* One whose time has come. False: no more may be asked just now. */
static bool
look_at(struct service *s, struct session *x)
{
	const struct out *o = &s->out[x->occupant->room->domain_no];
	int64_t now = s->now.mono_ms;

	/* Without a link nobody can answer; its coming up sets new times. */
	if (!o->up) {
		watch(s, x, x->doubt, now + HOUR_MS);
		return true;
	}
	if (expired(s, x)) {
		remove_expired(s, x->occupant->room);
		return true;
	}
	if (!fill(&s->ask_tokens, &s->ask_filled_ms, now, s->limits.doubt_per_s))
		return false;
	if (!may_ask_domain(s, x)) {
		watch(s, x, x->doubt, now + 1000 / s->limits.doubt_per_domain_s + 1);
		return true;
	}
	s->ask_tokens -= 1;
	ask(s, x, DOUBT_PING);
	return true;
}

static int64_t
deadline(const struct service *s)
{
	struct session *first = RB_MIN(doubt_tree, (struct doubt_tree *)(uintptr_t)&s->doubts);
	int64_t token_ms = s->ask_filled_ms;

	if (first == NULL)
		return INT64_MAX;
	/* Without a token the first one waits for the next. */
	if (s->ask_tokens < 1)
		token_ms += 1000 / s->limits.doubt_per_s + 1;
	return first->due_ms > token_ms ? first->due_ms : token_ms;
}

static void
tick(struct service *s)
{
	struct session *x;

	while ((x = RB_MIN(doubt_tree, &s->doubts)) != NULL && x->due_ms <= s->now.mono_ms)
		if (s->turn_pairs > TURN_PAIRS || !look_at(s, x))
			return;
}

static const struct route routes[] = {
	{ KIND_IQ, TO_NICK | TO_ROOM, TYPE_RESULT | TYPE_ERROR, NULL, NULL, 0, plan_answer, NULL },
	{ KIND_MESSAGE | KIND_PRESENCE, TO_NICK | TO_ROOM, TYPE_ERROR, NULL, NULL, 0, plan_answer,
	    NULL },
	{ 0 },
};

const struct feature feature_ghost = {
	.name = "ghost",
	.routes = routes,
	.on = { [CH_ANSWER] = on_answer },
	.on_doubt = on_doubt,
	.on_heard = on_heard,
	.deadline = deadline,
	.tick = tick,
};
