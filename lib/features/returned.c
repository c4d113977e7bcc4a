/* SPDX-License-Identifier: ISC */
/*
 * returned.c - what comes back to an occupant from another one
 *
 * The answers to its requests (XEP-0045 17.4), and errors for its messages. Neither tells who is behind
 * the nick.
 */
#include "feature.h"

/* -- messages -- */

/*
 * Only when all copies have come back has nobody got it. What the error says of the session it comes from
 * holds at once.
 */
static enum deny
plan_message(struct plan *p)
{
	const struct ev *ev = p->ev;
	struct note *n =
	    ev->id != NULL ? note_find(p->s, ev->from.bare, ev->to.full, ev->id) : NULL;

	if (n == NULL || n->due_ms <= p->s->now.mono_ms)
		return PASS;
	plan_add(p, CH_RETURN)->note = n;
	if (ev->session != NULL)
		plan_bounced(p, ev->session);
	return OK;
}

static void
message_back(struct plan *p, struct note *n)
{
	struct arena *a = p->s->arena;
	struct xml *x;

	if (--n->left > 0)
		return;
	x = stanza_new(a, "message", p->room, n->nick, "error", p->ev->id);
	error_relay(a, x, xml_child(p->ev->stanza, NS_STANZA, "error"));
	/* XEP-0421 4: the nick may be somebody else's by now. */
	occupant_id_add(a, x, occupant_id(a, p->room, p->ev->from.bare));
	tell_jid(p, x, n->by->jid);
	note_free(n);
}

/* -- requests -- */

/* Does who asked see the address of who answers? The nick that was asked may be somebody else's by now. */
static bool
sees_answerer(const struct plan *p, const struct occupant *who)
{
	return strcmp(who->bare, p->ev->from.bare) == 0 || sees_jid(p->room, who, NULL);
}

static enum deny
plan_answer(struct plan *p)
{
	const struct ev *ev = p->ev;
	const struct xml *answer = ev->stanza;
	struct query *q =
	    p->room != NULL && ev->id != NULL ? query_find(p->room, ev->id, ev->from.full) : NULL;
	struct change *c;

	if (q == NULL)
		return PASS;
	c = plan_add(p, CH_RETURN);
	c->query = q;
	if (ev->type == TYPE_ERROR && q->of != NULL)
		plan_bounced(p, q->of);
	if (ev->type == TYPE_ERROR || ev->cut)
		return OK;
	if (!sees_answerer(p, q->by->occupant))
		answer = without_jid(p->s->arena, answer, ev->from.bare);
	c->text = relayed_payload(p, answer, &c->text_len);
	return OK;
}

static struct xml *
answer_new(const struct plan *p, const struct query *q, const char *type)
{
	return stanza_new(p->s->arena, "iq", p->room, q->nick, type, q->by_id);
}

/* Instead of an answer, whatever became of it. */
static void
tell_failed(struct plan *p, struct query *q, enum deny why)
{
	struct xml *x = answer_new(p, q, "error");

	error_add(p->s->arena, x, p->room->jid, why, session_lang(q->by), NULL);
	tell_jid(p, x, q->by->jid);
	query_free(q);
}

static void
answer_back(struct plan *p, const struct change *c)
{
	struct arena *a = p->s->arena;
	const struct ev *ev = p->ev;
	bool error = ev->type == TYPE_ERROR;
	struct query *q = c->query;
	struct xml *x;

	if (!error && c->text == NULL) {
		tell_failed(p, q, BAD_ANSWER);
		return;
	}
	x = answer_new(p, q, error ? "error" : "result");
	if (error)
		error_relay(a, x, xml_child(ev->stanza, NS_STANZA, "error"));
	else {
		xml_set_lang(a, x, xml_lang(ev->stanza));
		xml_raw_add(a, x, c->text, c->text_len);
	}
	tell_jid(p, x, q->by->jid);
	query_free(q);
}

static void
on_return(struct plan *p, const struct change *c)
{
	if (c->query != NULL)
		answer_back(p, c);
	else
		message_back(p, c->note);
}

/* RFC 6120 8.2.3: each request is answered, if not by who was asked; but nothing goes to a ghost. */
static void
asker_leaves(struct plan *p, struct session *x, bool is_ghost)
{
	struct query *q;

	while (x->talk != NULL && (q = TAILQ_FIRST(&x->talk->asks)) != NULL)
		if (is_ghost)
			query_free(q);
		else
			tell_failed(p, q, NOT_OCCUPANT);
}

/* What a session was asked it will not answer any more, and what it asked is not for it any more. */
static void
session_leaves(struct plan *p, struct session *x, bool is_ghost)
{
	struct query *q;

	asker_leaves(p, x, is_ghost);
	while (x->talk != NULL && (q = TAILQ_FIRST(&x->talk->asked)) != NULL)
		tell_failed(p, q, RECIPIENT_LEFT);
}

static void
on_leave(struct plan *p, const struct change *c)
{
	struct session *x;

	if (c->session != NULL)
		session_leaves(p, c->session, c->silent);
	else
		TAILQ_FOREACH (x, &c->occupant->sessions, entry)
			session_leaves(p, x, false);
}

/* All who were asked have gone with who asked. */
static void
on_destroy(struct plan *p, const struct change *c)
{
	struct occupant *o;
	struct session *x;

	(void)c;
	TAILQ_FOREACH (o, &p->room->occupants, entry)
		TAILQ_FOREACH (x, &o->sessions, entry)
			asker_leaves(p, x, false);
}

/* -- time -- */

static int64_t
deadline(const struct service *s)
{
	int64_t due_ms;

	query_first(s, &due_ms);
	return due_ms;
}

static void
tick(struct service *s)
{
	struct query *q;
	struct plan p;
	int64_t due_ms;

	while (s->turn_pairs <= TURN_PAIRS && (q = query_first(s, &due_ms)) != NULL &&
	       due_ms <= s->now.mono_ms) {
		plan_init(&p, s, NULL, q->by->occupant->room);
		tell_failed(&p, q, NO_ANSWER);
		plan_run(&p);
		plan_release(&p);
	}
}

static const struct route routes[] = {
	{ KIND_IQ, TO_NICK, TYPE_RESULT | TYPE_ERROR, NULL, NULL, 0, plan_answer, NULL },
	{ KIND_MESSAGE, TO_NICK | TO_ROOM, TYPE_ERROR, NULL, NULL, 0, plan_message, NULL },
	{ 0 },
};

const struct feature feature_returned = {
	.name = "returned",
	.routes = routes,
	.on = { [CH_RETURN] = on_return, [CH_LEAVE] = on_leave, [CH_DESTROY] = on_destroy },
	.deadline = deadline,
	.tick = tick,
};
