/* SPDX-License-Identifier: ISC */
/*
 * work.c - the workloads
 *
 * User 7 is u7@bench.example/r and n7 in rooms, room 7 is r7. Messages to all have ids m0, m1...; each
 * user is to see them one after the other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "work.h"

#define BODY                                                                                       \
	"A body of a hundred bytes, as people write them when they have something to say, and no " \
	"longer: 100."
#define NS_MUC	      "http://jabber.org/protocol/muc"
#define ROOMS_AT_ONCE 500
#define ROOM_USERS    2003 /* whom the rooms of four share; a prime: each of them owns some */

_Static_assert(sizeof(BODY) - 1 == 100, "a body of 100 bytes");

static bool
is(struct span v, const char *text)
{
	return v.n == strlen(text) && memcmp(v.p, text, v.n) == 0;
}

static unsigned
user_of(const struct stanza *x)
{
	if (x->to.p == NULL || x->to.p[0] != 'u')
		die("told to nobody: %.*s", (int)x->n, x->p);
	return number_at(x->to.p + 1);
}

static unsigned
room_of(const struct stanza *x)
{
	if (x->from.p == NULL || x->from.p[0] != 'r')
		die("told by no room: %.*s", (int)x->n, x->p);
	return number_at(x->from.p + 1);
}

/* The number of the nick, or -1. */
static int
nick_of(const struct stanza *x)
{
	const char *slash = x->from.p != NULL ? memchr(x->from.p, '/', x->from.n) : NULL;

	return slash != NULL ? (int)number_at(slash + 2) : -1;
}

static bool
is_error(const struct stanza *x)
{
	return is(x->type, "error");
}

/* Somebody is there, or is there again. */
static bool
is_available(const struct stanza *x)
{
	if (is_error(x))
		die("refused: %.*s", (int)x->n, x->p);
	return x->kind == 'p' && x->type.p == NULL;
}

static bool
is_said(const struct stanza *x)
{
	if (is_error(x))
		die("refused: %.*s", (int)x->n, x->p);
	return x->kind == 'm' && is(x->type, "groupchat") && x->id.n > 1 && x->id.p[0] == 'm';
}

static void
enter(struct host *h, unsigned user, unsigned room)
{
	host_say(h,
	    "<presence from='u%u@" USERS_DOMAIN "/r' to='r%u@" ROOMS_DOMAIN
	    "/n%u'><x xmlns='" NS_MUC "'><history maxstanzas='0'/></x></presence>",
	    user, room, user);
}

static void
say(struct host *h, unsigned user, unsigned room, unsigned no)
{
	host_say(h,
	    "<message from='u%u@" USERS_DOMAIN "/r' to='r%u@" ROOMS_DOMAIN
	    "' type='groupchat' id='m%u'><body>" BODY "</body></message>",
	    user, room, no);
}

static void
configure(struct host *h, unsigned user, unsigned room, bool archive, bool quiet)
{
	host_say(h,
	    "<iq from='u%u@" USERS_DOMAIN "/r' to='r%u@" ROOMS_DOMAIN
	    "' type='set' id='c%u'><query xmlns='" NS_MUC "#owner'>"
	    "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>" NS_MUC
	    "#roomconfig</value></field><field var='muc#roomconfig_maxusers'><value>20000</value>"
	    "</field><field var='muc#roomconfig_enablearchiving'><value>%d</value></field>%s"
	    "</x></query></iq>",
	    user, room, room, archive,
	    quiet ? "<field var='muc#roomconfig_presencebroadcast' type='list-multi'/>" : "");
}

/* -- a room is made -- */

struct create {
	struct load l;
	unsigned room;
	bool archive, quiet, asked;
};

static void
take_create(struct load *l, const struct stanza *x)
{
	struct create *c = (struct create *)l;

	if (is_available(x) && !c->asked) {
		configure(l->h, 0, c->room, c->archive, c->quiet);
		c->asked = true;
	}
	if (x->kind == 'i')
		l->done = true;
}

void
work_create(struct host *h, unsigned room, bool archive, bool quiet)
{
	struct create c = {
		.l = { .take = take_create }, .room = room, .archive = archive, .quiet = quiet
	};

	enter(h, 0, room);
	host_run(h, &c.l);
}

/* -- many enter at once -- */

struct storm {
	struct load l;
	unsigned room, n, next, nmarks;
	uint64_t nseen, nerrors;
	uint8_t *seen; /* n * n bits: told to whom of whom */
};

static void
take_storm(struct load *l, const struct stanza *x)
{
	struct storm *s = (struct storm *)l;
	uint64_t bit;

	if (is_said(x) && ++s->nmarks == s->n)
		l->done = true;
	if (!is_available(x))
		return;
	s->nseen++;
	bit = (uint64_t)user_of(x) * s->n + (unsigned)nick_of(x);
	if (bit >= (uint64_t)s->n * s->n || (s->seen[bit / 8] >> bit % 8 & 1) != 0)
		s->nerrors++;
	else
		s->seen[bit / 8] |= (uint8_t)(1 << bit % 8);
}

/* The last one says something: when all have heard it they have seen everybody, too. */
static void
more_storm(struct load *l)
{
	struct storm *s = (struct storm *)l;

	while (s->next < s->n && l->h->out.len - l->h->out_off < 65536)
		enter(l->h, s->next++, s->room);
	if (s->next == s->n) {
		say(l->h, s->n - 1, s->room, 0);
		s->next++;
	}
}

void
work_storm(struct host *h, unsigned room, unsigned first, unsigned n, bool quiet, struct took *t)
{
	const uint64_t expected = quiet ? n - first : (uint64_t)n * n - (uint64_t)first * first;
	struct storm s = {
		.l = { .take = take_storm, .more = more_storm }, .room = room, .n = n, .next = first
	};
	const double began = seconds();

	s.seen = calloc(1, (size_t)n * n / 8 + 1);
	host_run(h, &s.l);
	t->s = seconds() - began;
	t->n = s.nseen;
	t->nerrors = s.nerrors;
	t->nerrors += s.nseen != expected;
	free(s.seen);
}

/* -- messages to all -- */

struct fanout {
	struct load l;
	unsigned room, n, nmessages, window, sent;
	unsigned wrap; /* of the numbers; 0: none */
	uint64_t got, all;
	uint64_t nerrors;
	unsigned *next; /* [n]: what each is to hear next */
	double *times;	/* [nmessages], with a window of 1 */
	double sent_s;
};

static void
take_fanout(struct load *l, const struct stanza *x)
{
	struct fanout *f = (struct fanout *)l;
	unsigned user, no;

	if (!is_said(x))
		return;
	user = user_of(x);
	no = number_at(x->id.p + 1);
	if (user >= f->n) {
		f->nerrors++;
		return;
	}
	f->nerrors += f->next[user] != no;
	f->next[user] = no + 1;
	if (f->next[user] == f->wrap)
		f->next[user] = 0;
	if (++f->got == f->all)
		l->done = true;
	if (f->times != NULL && f->got == (uint64_t)f->sent * f->n)
		f->times[f->sent - 1] = seconds() - f->sent_s;
}

static void
more_fanout(struct load *l)
{
	struct fanout *f = (struct fanout *)l;

	while (f->sent < f->nmessages &&
	       (uint64_t)f->sent * f->n < f->got + (uint64_t)(f->window - 1) * f->n + 1) {
		if (f->times != NULL)
			f->sent_s = seconds();
		say(l->h, f->sent % (f->n < 10 ? f->n : 10), f->room, f->sent);
		f->sent++;
	}
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void
work_fanout(
    struct host *h, unsigned room, unsigned n, unsigned nmessages, unsigned window, struct took *t)
{
	struct fanout f = { .l = { .take = take_fanout, .more = more_fanout },
		.room = room,
		.n = n,
		.nmessages = nmessages,
		.window = window,
		.all = (uint64_t)nmessages * n };
	const double began = seconds();

	f.next = calloc(n, sizeof(*f.next));
	f.times = window == 1 ? calloc(nmessages, sizeof(*f.times)) : NULL;
	host_run(h, &f.l);
	t->s = seconds() - began;
	t->n = f.got;
	t->nerrors = f.nerrors;
	if (f.times != NULL) {
		qsort(f.times, nmessages, sizeof(*f.times), compare);
		t->p50 = f.times[nmessages / 2];
		t->p99 = f.times[nmessages * 99 / 100];
	}
	free(f.next);
	free(f.times);
}

void
work_raw(struct host *h, unsigned n, uint64_t ncopies, struct took *t)
{
	struct fanout f = { .l = { .take = take_fanout }, .n = n, .wrap = 4, .all = ncopies };
	double began;

	f.next = calloc(n, sizeof(*f.next));
	began = seconds();
	host_run(h, &f.l);
	t->s = seconds() - began;
	t->n = f.got;
	t->nerrors = f.nerrors;
	free(f.next);
}

/* -- coming and going -- */

struct churn {
	struct load l;
	unsigned room, n, ntimes, done_times, user, nmarks, expected;
	uint64_t nseen;
};

static void
take_churn(struct load *l, const struct stanza *x)
{
	struct churn *c = (struct churn *)l;

	if (is_error(x))
		die("refused: %.*s", (int)x->n, x->p);
	c->nseen += x->kind == 'p';
	if (is_said(x) && ++c->nmarks == c->n)
		l->done = true;
}

static void
presence(struct host *h, unsigned user, unsigned room, const char *nick, const char *type)
{
	host_say(h, "<presence from='u%u@" USERS_DOMAIN "/r' to='r%u@" ROOMS_DOMAIN "/%s%u'%s/>",
	    user, room, nick, user, type);
}

static void
more_churn(struct load *l)
{
	struct churn *c = (struct churn *)l;
	struct host *h = l->h;

	for (; c->done_times < c->ntimes && h->out.len - h->out_off < 16384; c->done_times++) {
		const unsigned user = 1 + c->done_times % (c->n - 1);

		presence(h, user, c->room, "n", " type='unavailable'");
		enter(h, user, c->room);
		presence(h, user, c->room, "m", "");
		presence(h, user, c->room, "n", "");
	}
	if (c->done_times == c->ntimes) {
		say(h, 0, c->room, 0);
		c->done_times++;
	}
}

void
work_churn(struct host *h, unsigned room, unsigned n, unsigned ntimes, struct took *t)
{
	struct churn c = { .l = { .take = take_churn, .more = more_churn },
		.room = room,
		.n = n,
		.ntimes = ntimes };
	const double began = seconds();

	host_run(h, &c.l);
	t->s = seconds() - began;
	t->n = c.nseen;
	/* Out: n, in: 2 n - 1, another nick: 2 n, and back: 2 n. */
	t->nerrors = c.nseen != (uint64_t)ntimes * (7 * n - 1);
}

/* -- many rooms -- */

/* Where a room is. */
struct small {
	unsigned char entered, heard;
	bool configured, said;
};

struct rooms {
	struct load l;
	unsigned first, last, next, nunder_way, ndone;
	uint64_t nerrors;
	struct small *v; /* [last - first] */
};

/* Who sits on chair i of a room: the rooms share the users. */
static unsigned
sitter(unsigned room, unsigned i)
{
	return (room * 8 + i) % ROOM_USERS;
}

static void
take_rooms(struct load *l, const struct stanza *x)
{
	struct rooms *rs = (struct rooms *)l;
	const unsigned room = room_of(x);
	struct small *r;

	if (room < rs->first || room >= rs->last) {
		rs->nerrors++;
		return;
	}
	r = &rs->v[room - rs->first];
	if (is_available(x) && (int)user_of(x) == nick_of(x)) {
		if (r->entered++ == 0)
			configure(l->h, sitter(room, 0), room, true, false);
		if (r->entered == 4) {
			say(l->h, sitter(room, 0), room, 0);
			r->said = true;
		}
		rs->nerrors += r->entered > 4;
	} else if (x->kind == 'i' && !r->configured) {
		r->configured = true;
		for (unsigned i = 1; i < 4; i++)
			enter(l->h, sitter(room, i), room);
	} else if (is_said(x) && ++r->heard == 4) {
		rs->nunder_way--;
		l->done = ++rs->ndone == rs->last - rs->first;
	}
}

static void
more_rooms(struct load *l)
{
	struct rooms *rs = (struct rooms *)l;

	for (; rs->next < rs->last && rs->nunder_way < ROOMS_AT_ONCE; rs->nunder_way++) {
		enter(l->h, sitter(rs->next, 0), rs->next);
		rs->next++;
	}
}

void
work_rooms(struct host *h, unsigned first, unsigned last, struct took *t)
{
	struct rooms rs = { .l = { .take = take_rooms, .more = more_rooms },
		.first = first,
		.last = last,
		.next = first };
	const double began = seconds();

	rs.v = calloc(last - first, sizeof(*rs.v));
	host_run(h, &rs.l);
	t->s = seconds() - began;
	t->n = last - first;
	t->nerrors = rs.nerrors;
	for (unsigned i = 0; i < last - first; i++)
		t->nerrors += rs.v[i].entered != 4 || rs.v[i].heard != 4;
	free(rs.v);
}

static void
take_fill(struct load *l, const struct stanza *x)
{
	struct rooms *rs = (struct rooms *)l;

	if (is_available(x) && (int)user_of(x) == nick_of(x)) {
		rs->nunder_way--;
		l->done = ++rs->ndone == 4 * (rs->last - rs->first);
	}
}

static void
more_fill(struct load *l)
{
	struct rooms *rs = (struct rooms *)l;

	for (; rs->next < rs->last && rs->nunder_way < 4 * ROOMS_AT_ONCE; rs->next++)
		for (unsigned i = 4; i < 8; i++, rs->nunder_way++)
			enter(l->h, sitter(rs->next, i), rs->next);
}

void
work_rooms_fill(struct host *h, unsigned first, unsigned last, struct took *t)
{
	struct rooms rs = { .l = { .take = take_fill, .more = more_fill },
		.first = first,
		.last = last,
		.next = first };
	const double began = seconds();

	host_run(h, &rs.l);
	t->s = seconds() - began;
	t->n = last - first;
	t->nerrors = 0;
}
