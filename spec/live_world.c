/* SPDX-License-Identifier: ISC */
/*
 * live_world.c - the world of real clients, a real server and mucd
 *
 * Every client has its own connection, so that nothing orders what two of them send or get. What
 * orders it is a ping to the service: when its answer is there, everything that client said before
 * has been handled, and everything it was to get by then has come.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/xml.h"
#include "live_client.h"
#include "live_world.h"
#include "scs.h"

#define ATTACH_MS  60000
#define WAIT_MS	   60000
#define ADVANCE_MS 3000 /* the greatest that is really waited for */
#define GONE_MS	   50	/* for a server that has ended a session to tell so */
#define FENCED	   4	/* pings until the last fence has come back */

struct live_seat {
	struct client *client; /* NULL: not connected */
	struct play *play;
	struct seat *seat;
};

static struct live_seat *
seat_of(struct play *p, const struct seat *s)
{
	struct live *w = p->arg;

	return &w->seat[s - p->seat];
}

static void
run_events(struct live *w, unsigned ms)
{
	w->in_events = true;
	clients_run(w->clients, ms);
	w->in_events = false;
}

static void
take(void *arg, const struct xml *x)
{
	struct live_seat *ls = arg;
	struct live *w = ls->play->arg;
	bool before = w->in_events;

	w->in_events = true;
	play_deliver(ls->play, ls->seat, x);
	w->in_events = before;
}

/* Waits until the service has handled all that the client sent, and it got the answers. */
static bool
barrier(struct play *p, struct seat *s)
{
	const struct scs_pair *service;

	for (service = p->scs->services; service != NULL; service = service->next)
		if (!client_barrier(seat_of(p, s)->client, service->value))
			return play_fail(
			    p, "%s does not answer a ping of %s", service->value, s->client->name);
	return true;
}

/* Before anybody else does something, what was said before has to be handled. */
static bool
speaker_is(struct play *p, struct seat *s)
{
	struct live *w = p->arg;
	struct seat *before = w->speaker;

	w->speaker = s;
	return before == NULL || before == s || !before->connected || barrier(p, before);
}

bool
live_attached(struct client *c, const struct server_conf *conf, struct mucd *m)
{
	int64_t until = live_now_ms() + ATTACH_MS;
	int status;
	size_t i = 0;

	while (i < conf->ncomponents && !live_stopping && client_is_up(c)) {
		if (client_finds(c, conf->component[i].domain)) {
			i++;
			continue;
		}
		if (!proc_runs(&m->proc, &status)) {
			printf("# mucd %s\n", proc_fate(status));
			return false;
		}
		if (live_now_ms() > until) {
			printf("# mucd does not attach as %s\n", conf->component[i].domain);
			return false;
		}
		live_sleep_ms(20);
	}
	return i == conf->ncomponents;
}

/* -- the world's functions -- */

static bool
begin(struct play *p)
{
	struct live *w = p->arg;
	size_t i;

	w->speaker = NULL;
	w->clients = clients_new(p->a);
	w->seat = arena_alloc(p->a, (p->nseats + 1) * sizeof(*w->seat));
	for (i = 0; i < p->nseats; i++) {
		w->seat[i].play = p;
		w->seat[i].seat = &p->seat[i];
	}
	w->control = client_open(
	    w->clients, LIVE_USER "@localhost", LIVE_PASSWORD, w->server->client_port, NULL, NULL);
	if (w->control == NULL)
		return play_fail(p, "the player cannot connect");
	if (w->program == NULL)
		return true;
	if (!mucd_prepare(&w->mucd, w->program, w->server, w->conf, p->scs) ||
	    !mucd_start(&w->mucd) || !live_attached(w->control, w->conf, &w->mucd))
		return play_fail(p, "mucd is not there");
	return true;
}

static bool
end(struct play *p, bool failed)
{
	struct live *w = p->arg;
	size_t i;

	for (i = 0; i < p->nseats; i++)
		client_close(w->seat[i].client);
	client_close(w->control);
	clients_free(w->clients);
	w->clients = NULL;
	if (w->program != NULL) {
		if (!mucd_stop(&w->mucd, SIGTERM))
			failed = !play_fail(p, "mucd does not end well");
		if (failed)
			print_tail(w->mucd.log, 30);
		mucd_release(&w->mucd);
	}
	return !failed;
}

static bool
connects(struct play *p, struct seat *s)
{
	struct live *w = p->arg;
	struct live_seat *ls = seat_of(p, s);
	const char *jid = s->client->jid;

	if (!speaker_is(p, s))
		return false;
	if (s->client->resource != NULL)
		jid = arena_cat(p->a, jid, "/", s->client->resource, NULL);
	ls->client =
	    client_open(w->clients, jid, s->client->password, w->server->client_port, take, ls);
	if (ls->client == NULL)
		return play_fail(p, "%s cannot connect", s->client->name);
	s->full = arena_strdup(p->a, client_full(ls->client));
	return true;
}

static bool
disconnects(struct play *p, struct seat *s)
{
	struct live *w = p->arg;
	struct live_seat *ls = seat_of(p, s);
	const struct scs_pair *service;

	if (!speaker_is(p, NULL))
		return false;
	client_close(ls->client);
	ls->client = NULL;
	if (!client_sees_gone(w->control, s->full))
		return play_fail(p, "the server does not end the session of %s", s->client->name);
	run_events(w, GONE_MS);
	for (service = p->scs->services; service != NULL; service = service->next)
		if (!client_barrier(w->control, service->value))
			return play_fail(p, "%s does not answer a ping", service->value);
	return true;
}

static bool
sends(struct play *p, struct seat *s, struct xml *const *stanza, size_t n)
{
	struct live *w = p->arg;
	struct client *c = seat_of(p, s)->client;
	size_t i;

	if (!w->in_events && !speaker_is(p, s))
		return false;
	if (c == NULL || !client_is_up(c))
		return play_fail(p, "the server has ended the stream of %s", s->client->name);
	for (i = 0; i < n; i++)
		client_send(c, stanza[i]);
	return true;
}

static bool
wait_unread(struct play *p, struct seat *s)
{
	struct live *w = p->arg;
	int64_t until = live_now_ms() + WAIT_MS;

	while (s->first == NULL && !live_stopping && live_now_ms() < until) {
		if (!client_is_up(seat_of(p, s)->client))
			return play_fail(
			    p, "the server has ended the stream of %s", s->client->name);
		run_events(w, 20);
	}
	return !live_stopping || play_fail(p, "interrupted");
}

static bool
settle(struct play *p, struct seat *s)
{
	return speaker_is(p, NULL) && barrier(p, s);
}

static bool
advance(struct play *p, int64_t ms)
{
	struct live *w = p->arg;
	int64_t until = live_now_ms() + ms, left;

	if (ms > ADVANCE_MS)
		return play_fail(
		    p, "so much time does not pass here: the script must be process-only");
	while (!live_stopping && (left = until - live_now_ms()) > 0)
		run_events(w, left < 20 ? (unsigned)left : 20);
	return true;
}

/*
 * Waits until mucd knows that what it has told has arrived; otherwise it would tell it again. A fence goes out
 * behind an answer, or a moment later (live_mucd.c), but before the next answer; and the server returns it before
 * it passes on what is said behind that one.
 */
static bool
fenced(struct play *p)
{
	struct live *w = p->arg;
	const struct scs_pair *service = p->scs->services;

	for (; service != NULL; service = service->next)
		for (int n = 0; n < FENCED; n++) {
			if (!client_barrier(w->control, service->value))
				return play_fail(p, "%s does not answer a ping", service->value);
			run_events(w, FENCE_MS);
		}
	return true;
}

static bool
restart(struct play *p, bool kill)
{
	struct live *w = p->arg;

	if (w->program == NULL)
		return play_fail(p, "the server's own service cannot be restarted");
	if (!speaker_is(p, NULL))
		return false;
	if (kill && !fenced(p))
		return false;
	if (!mucd_stop(&w->mucd, kill ? SIGKILL : SIGTERM))
		return play_fail(p, "mucd does not end well");
	if (!mucd_start(&w->mucd) || !live_attached(w->control, w->conf, &w->mucd))
		return play_fail(p, "mucd does not come back");
	return true;
}

static bool
reload(struct play *p)
{
	struct live *w = p->arg;

	if (w->program == NULL)
		return play_fail(p, "the server's own service has another configuration");
	if (!speaker_is(p, NULL))
		return false;
	return mucd_reload(&w->mucd, w->conf, p->scs) ||
	       play_fail(p, "the configuration is not taken");
}

const struct world live_world = {
	.begin = begin,
	.end = end,
	.connects = connects,
	.disconnects = disconnects,
	.sends = sends,
	.wait = wait_unread,
	.settle = settle,
	.advance = advance,
	.restart = restart,
	.reload = reload,
};
