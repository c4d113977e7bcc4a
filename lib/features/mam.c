/* SPDX-License-Identifier: ISC */
/*
 * mam.c - the archive of a room is asked for what was said
 *
 * XEP-0313: queries (4), pages of them (4.3), metadata (5), what is told of whom (6.1.2); XEP-0059, XEP-0297,
 * XEP-0431. What is found within a step is told at once; a longer search goes on between other things, and
 * whoever asked must still have the right to read when it does.
 */
#include "base/date.h"
#include "base/rsm.h"
#include "feature.h"

/* -- what is asked -- */

static const enum deny read_errors[] = {
	[LOOKUP_SOUND] = OK,
	[LOOKUP_MALFORMED] = BAD_REQUEST,
	[LOOKUP_BAD_JID] = JID_MALFORMED,
	[LOOKUP_NO_FIELD] = FEATURE_NOT_IMPLEMENTED,
	[LOOKUP_TOO_MUCH] = POLICY_VIOLATION,
};

/* 6.1.3: nodes are for pubsub. A room that keeps nothing has no archive: 7. */
static enum deny
plan_read(struct plan *p)
{
	if (!p->room->config.enablearchiving)
		return PASS;
	if (xml_get(p->ev->x, "node") != NULL)
		return ITEM_NOT_FOUND;
	plan_add(p, CH_READ);
	return OK;
}

static enum deny
plan_query(struct plan *p)
{
	const struct ev *ev = p->ev;
	struct lookup *l = arena_alloc(p->s->arena, sizeof(*l));
	enum deny deny = plan_read(p);

	if (deny != OK)
		return deny;
	l->from = ev->from.full;
	l->to = ev->to.full;
	l->id = ev->id;
	l->lang = plan_lang(p);
	deny = read_errors[lookup_read(p->room, ev->x, l)];
	TAILQ_LAST(&p->changes, change_list)->lookup = l;
	return deny;
}

static enum deny
plan_form(struct plan *p)
{
	struct arena *a = p->s->arena;
	enum deny deny = plan_read(p);

	if (deny == OK)
		lookup_add_form(a, xml_add(a, result_said(p), NS_MAM, "query"), plan_lang(p));
	return deny;
}

/* One end of the archive. */
struct end {
	struct arena *arena;
	struct xml *metadata;
	const char *name;
};

static int
add_end(void *arg, const struct entry *e)
{
	const struct end *end = arg;
	struct xml *x = xml_add(end->arena, end->metadata, NS_MAM, end->name);

	xml_set(end->arena, x, "id", archive_text(end->arena, e->id));
	xml_set(end->arena, x, "timestamp", date_write(end->arena, archive_ms(e->id)));
	return 1;
}

static enum deny
plan_metadata(struct plan *p)
{
	struct end end = { .arena = p->s->arena };
	enum deny deny = plan_read(p);

	if (deny != OK)
		return deny;
	end.metadata = xml_add(end.arena, result_new(p), NS_MAM, "metadata");
	end.name = "start";
	archive_each(p->room, NULL, add_end, &end);
	end.name = "end";
	archive_each_back(p->room, NULL, add_end, &end);
	return OK;
}

/* -- who may -- */

/* Does the sender see who is behind each nick now, in the room or not? Who may list roles is told so: 8.5. */
static bool
sees_all(const struct plan *p)
{
	return p->room->config.whois == WHOIS_ANYONE || may(p, MAY_LIST_ROLES);
}

/*
 * 4.1.1: who does not see addresses cannot search for one, whether somebody has it or not. Nicks are for
 * everybody. What is found out by trying ids comes last.
 */
static enum deny
may_read(const struct room *r, const struct plan *p, const struct change *c)
{
	const struct lookup *l = c->lookup;

	if (!r->config.enablearchiving)
		return SERVICE_UNAVAILABLE;
	if (l == NULL)
		return OK;
	if ((l->with == WITH_BARE || l->with == WITH_FULL) &&
	    !jid_is_of(l->with_name, p->ev->from.bare) && !sees_all(p))
		return ADDRESS_HIDDEN;
	if (l->waits)
		return OK;
	if (lookup_waiting(p->s, p->ev->from.bare) >= p->s->limits.archive_queries_per_user)
		return RESOURCE_CONSTRAINT;
	return lookup_has_all(p->room, l) ? OK : ITEM_NOT_FOUND;
}

/* -- what is told -- */

/* 6.1.2, and who they are now. */
static void
put_item(const struct plan *p, struct xml_pen *pen, const char *jid)
{
	const struct session *here = room_session(p->room, jid);
	struct jid j;

	pen_open(pen, NS_MUC_USER, "x");
	pen_open(pen, NULL, "item");
	pen_attr(pen, "jid", jid);
	if (jid_split(p->s->arena, jid, &j))
		pen_word(pen, "affiliation", affiliation_name(affiliation_of(p->room, j.bare)));
	if (here != NULL)
		pen_word(pen, "role", role_name(here->occupant->role));
	pen_close(pen, "item");
	pen_close(pen, "x");
}

static void
put_message(const struct plan *p, struct xml_pen *pen, const struct entry *e)
{
	pen_open(pen, NS_STANZA, "message");
	entry_put(pen, p->room, e);
	if (e->jid != NULL && (sees_all(p) || jid_is_of(e->jid, p->ev->from.bare)))
		put_item(p, pen, e->jid);
	pen_close(pen, "message");
}

/* 4.2. Without the message: 3.2 allows that, and what does not fit into a stanza could not be told. */
static struct wire *
result_wire(const struct plan *p, const struct lookup *l, const struct entry *e, bool whole)
{
	struct arena *a = p->s->arena;
	struct xml_pen pen = { .b = &p->s->written };
	size_t to = pen_stanza(&pen, "message");

	pen_attr(&pen, "from", p->room->jid);
	pen_word(&pen, "id", fresh_id(p->s));
	pen_open(&pen, NS_MAM, "result");
	pen_attr(&pen, "queryid", l->queryid);
	pen_word(&pen, "id", archive_text(a, e->id));
	pen_open(&pen, NS_FORWARD, "forwarded");
	pen_open(&pen, NS_DELAY, "delay");
	pen_word(&pen, "stamp", date_write(a, archive_ms(e->id)));
	pen_close(&pen, "delay");
	if (whole)
		put_message(p, &pen, e);
	pen_close(&pen, "forwarded");
	pen_close(&pen, "result");
	pen_close(&pen, "message");
	return wire_written(p->s, to);
}

/* Returns how many bytes it has. */
static size_t
tell_result(struct plan *p, const struct lookup *l, const struct archive_id *id, struct addr *to)
{
	size_t most = (size_t)p->s->limits.stanza_out_bytes - to->len;
	struct entry e;
	struct wire *w;
	size_t n;

	if (!archive_get(p->room, id->b, &e))
		return 0;
	w = result_wire(p, l, &e, true);
	if (w->len > most) {
		wire_unref(w);
		w = result_wire(p, l, &e, false);
	}
	tell(p, w, to);
	n = w->len;
	wire_unref(w);
	return n;
}

/*
 * XEP-0059 2.2: how many there are in all is told where it is known without looking at more than was
 * looked at, and so is where the page begins.
 */
static void
add_set(struct arena *a, struct xml *fin, const struct lookup *l)
{
	bool all = !l->more && !l->part;
	bool begins = l->back ? !l->more : !l->part;
	const struct archive_id *first, *last;

	if (l->counts || l->n == 0) {
		rsm_add(a, fin, NULL, NULL, 0, all || l->counts ? l->n : RSM_UNKNOWN);
		return;
	}
	first = &l->found[l->back ? l->n - 1 : 0];
	last = &l->found[l->back ? 0 : l->n - 1];
	rsm_add(a, fin, archive_text(a, first->b), archive_text(a, last->b),
	    begins ? 0 : RSM_UNKNOWN, all ? l->n : RSM_UNKNOWN);
}

/* 4.3.2. Of a page that holds none of several it would be wrong to say that it is complete. */
static void
tell_fin(struct plan *p, const struct lookup *l, struct addr *to)
{
	struct arena *a = p->s->arena;
	struct xml *x = stanza_new(a, "iq", p->room, NULL, "result", l->id);
	struct xml *fin = xml_add(a, x, NS_MAM, "fin");
	struct wire *w;

	if (!l->more && !(l->counts && l->n > 0))
		xml_set(a, fin, "complete", "true");
	add_set(a, fin, l);
	w = wire_new(p->s, x);
	tell(p, w, to);
	wire_unref(w);
}

/* In order of time, whichever way they were found; flipped, the other way round: 4.3.4. */
static void
tell_page(struct plan *p, const struct lookup *l)
{
	struct addr *to = addr_new(l->from);
	uint64_t n = l->counts ? 0 : l->n;
	size_t nbytes = 0;

	for (uint64_t i = 0; i < n; i++)
		nbytes += tell_result(p, l, &l->found[l->back != l->flip ? n - 1 - i : i], to);
	tell_fin(p, l, to);
	addr_unref(to);
	/* Pages are no flood. */
	sender_told(p->s, &p->ev->from, nbytes);
	p->paid = true;
}

/* The request is not at hand any more, but for what names it. */
static void
tell_refused(struct plan *p, const struct lookup *l, enum deny why)
{
	struct arena *a = p->s->arena;
	struct xml *x = xml_new(a, NS_STANZA, "iq");

	xml_set(a, x, "from", l->to);
	xml_set(a, x, "type", "error");
	xml_set(a, x, "id", l->id);
	error_add(a, x, l->to, why, l->lang, NULL);
	tell_jid(p, x, l->from);
}

/* An entry that was looked at in vain costs as much as so many bytes that are told. */
#define VAIN_BYTES 512

/*
 * One step. All who search share what may be looked at in a second. When too many wait already whoever finds
 * at once what they ask for is answered all the same; others have to pay for the try.
 */
static void
on_read(struct plan *p, const struct change *c)
{
	struct service *s = p->s;
	struct lookup *l = c->lookup;
	unsigned nvisited;
	bool done;

	if (l == NULL)
		return;
	done = lookup_step(p->room, l, &nvisited);
	if (done) {
		tell_page(p, l);
		if (l->waits)
			lookup_free(s, l);
		return;
	}
	if (!l->waits && s->nlookups >= s->limits.archive_queries) {
		tell_refused(p, l, RESOURCE_CONSTRAINT);
		sender_told(s, &p->ev->from, (size_t)nvisited * VAIN_BYTES);
		return;
	}
	lookup_wait(s, l);
	if (s->lookup_ms < s->now.mono_ms)
		s->lookup_ms = s->now.mono_ms;
	s->lookup_ms += (int64_t)nvisited * 1000 / s->limits.archive_visits_per_s;
}

/* -- time -- */

/* The first that waits and whose answer can be told; NULL: none. */
static struct lookup *
next_lookup(const struct service *s)
{
	struct lookup *l;

	TAILQ_FOREACH (l, &s->lookups, entry)
		if (s->out[l->domain_no].up)
			break;
	return l;
}

static int64_t
deadline(const struct service *s)
{
	return next_lookup(s) != NULL ? s->lookup_ms : INT64_MAX;
}

/* The sender of the request as they are now. */
static void
sender_now(struct service *s, const struct lookup *l, const struct room *r, struct ev *ev)
{
	*ev = (struct ev){ .kind = KIND_IQ, .type = TYPE_SET, .address = TO_ROOM };
	ev->id = l->id;
	ev->domain_no = l->domain_no;
	jid_split(s->arena, l->from, &ev->from);
	jid_split(s->arena, l->to, &ev->to);
	ev->affiliation = AFF_NONE;
	if (r != NULL) {
		ev->affiliation = affiliation_of(r, ev->from.bare);
		ev->session = room_session(r, ev->from.full);
	}
}

/* As the operator will have it, also when it has slept; not another one that has the name by now. */
static struct room *
room_now(struct service *s, const struct lookup *l)
{
	struct room *r;
	struct jid j;

	jid_split(s->arena, l->to, &j);
	r = room_open(s, &j);
	return r != NULL && r->id == l->room_id ? r : NULL;
}

static void
go_on(struct service *s, struct lookup *l)
{
	struct room *r = room_now(s, l);
	enum deny deny = ITEM_NOT_FOUND;
	struct plan p;
	struct ev ev;

	sender_now(s, l, r, &ev);
	plan_init(&p, s, &ev, r);
	plan_add(&p, CH_READ)->lookup = l;
	if (r != NULL)
		deny = features_may(&p);
	if (deny == OK)
		plan_run(&p);
	else {
		tell_refused(&p, l, deny);
		out_take(s, l->domain_no, &p.rest);
		lookup_free(s, l);
	}
	plan_release(&p);
}

static void
tick(struct service *s)
{
	struct lookup *l = next_lookup(s);

	if (l != NULL && s->lookup_ms <= s->now.mono_ms)
		go_on(s, l);
}

/* 7, and XEP-0431 2.1. */
static void
add_disco(const struct room *r, struct xml *query)
{
	struct arena *a = r->service->arena;

	if (!r->config.enablearchiving)
		return;
	disco_feature(a, query, NS_MAM);
	disco_feature(a, query, "urn:xmpp:mam:2#extended");
	disco_feature(a, query, "urn:xmpp:fulltext:0");
	disco_feature(a, query, NS_RSM);
}

static const struct route routes[] = {
	{ KIND_IQ, TO_ROOM, TYPE_SET, NS_MAM, "query", NEED_ROOM, plan_query, NULL },
	{ KIND_IQ, TO_ROOM, TYPE_GET, NS_MAM, "query", NEED_ROOM, plan_form, NULL },
	{ KIND_IQ, TO_ROOM, TYPE_GET, NS_MAM, "metadata", NEED_ROOM, plan_metadata, NULL },
	{ 0 },
};

const struct feature feature_mam = {
	.name = "mam",
	.routes = routes,
	.may = { [CH_READ] = may_read },
	.on = { [CH_READ] = on_read },
	.add_disco = add_disco,
	.deadline = deadline,
	.tick = tick,
};
