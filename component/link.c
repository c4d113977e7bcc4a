/* SPDX-License-Identifier: ISC */
/*
 * link.c - the connection of one component to its server (XEP-0114)
 */
#include <sys/socket.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/xml_parse.h"
#include "dial.h"
#include "handshake.h"
#include "link_int.h"
#include "log.h"

#define OUT_BYTES ((size_t)256 << 10) /* of one write */
#define CLOSE_MS  2000		      /* the server has for its part of closing the stream */

/* -- coming and going -- */

void
link_set_status(struct link *l, const char *fmt, ...)
{
	size_t n;
	va_list ap;

	snprintf(l->status, sizeof l->status, "%.300s: ", l->name);
	n = strlen(l->status);
	va_start(ap, fmt);
	vsnprintf(l->status + n, sizeof l->status - n, fmt, ap);
	va_end(ap);
}

/* With the address if that says more than the name. */
static void
set_peer(struct link *l, const char *address)
{
	const bool is_v6 = strchr(l->server, ':') != NULL;
	size_t n;

	snprintf(l->peer, sizeof l->peer, is_v6 ? "[%.300s]:%d" : "%.300s:%d", l->server, l->port);
	n = strlen(l->peer);
	if (address[0] != '\0' && strcmp(address, l->server) != 0)
		snprintf(l->peer + n, sizeof l->peer - n, " [%.60s]", address);
}

/* Ends the connection; what it has brought in stays. */
static void
hang_up(struct link *l)
{
	dial_free(l->dial);
	l->dial = NULL;
	if (l->fd != -1)
		close(l->fd);
	l->fd = -1;
	xml_parser_free(l->parser);
	l->parser = NULL;
	inq_drop_opened(&l->q);
	/* Once up, the stream is the queue's. */
	if (l->state == HANDSHAKE)
		muc_stream_free(l->incoming);
	l->incoming = NULL;
	l->out.len = l->out_off = 0;
	l->blocked_ms = l->freed_ms = 0;
	l->is_refusing = false;
	l->is_owed_down = l->is_told_up;
}

void
link_end(struct link *l)
{
	hang_up(l);
	l->state = OVER;
}

void
link_lose(struct link *l, const char *fmt, ...)
{
	const struct conf *conf = l->w->conf;
	const int64_t now_ms = l->w->now.mono_ms;
	char why[512];
	va_list ap;
	int64_t wait_ms;

	va_start(ap, fmt);
	vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	link_set_status(l, "%s: %s", l->peer, why);
	if (l->w->is_stopping) {
		log_warnx("%s", l->status);
		link_end(l);
		return;
	}
	if (l->state == UP && now_ms - l->up_ms >= conf->retry_greatest_ms)
		l->backoff.ntries = 0;
	wait_ms = backoff_next(
	    &l->backoff, conf->retry_first_ms, conf->retry_greatest_ms, l->w->random());
	log_warnx("%s; trying again in %.1f s", l->status, (double)wait_ms / 1000);
	hang_up(l);
	l->state = WAITING;
	l->deadline_ms = now_ms + wait_ms;
}

static void
dialed(struct link *l)
{
	const int64_t now_ms = l->w->now.mono_ms;

	set_peer(l, dial_address(l->dial));
	l->fd = dial_take(l->dial);
	dial_free(l->dial);
	l->dial = NULL;
	l->state = HEADER;
	l->deadline_ms = now_ms + l->w->conf->link_handshake_ms;
	l->wrote_ms = now_ms;
	l->handshake_bytes = 0;
	l->is_between = true;
	xml_cut_init(&l->cut, HANDSHAKE_BYTES, (unsigned)l->w->conf->muc.limits.stanza_depth);
	handshake_header(&l->out, l->name);
}

static void
run_dial(struct link *l, short revents)
{
	switch (dial_run(l->dial, revents)) {
	case DIAL_GOES_ON:
		break;
	case DIAL_DONE:
		dialed(l);
		break;
	case DIAL_FAILED:
		set_peer(l, dial_address(l->dial));
		link_lose(l, "%s", dial_why(l->dial));
		break;
	}
}

/* -- output -- */

static bool
may_drain(const struct link *l)
{
	return l->state == UP && l->is_told_up && !l->is_owed_down && !l->w->is_halted;
}

void
link_flush(struct link *l)
{
	size_t total = 0;
	ssize_t n;

	while (l->fd != -1 && total < ROUND_BYTES) {
		if (l->out_off == l->out.len) {
			l->out_off = l->out.len = 0;
			if (!may_drain(l))
				return;
			buf_reserve(&l->out, OUT_BYTES);
			l->out.len = muc_drain(l->w->muc, l->domain, l->out.p, OUT_BYTES);
			l->is_between = l->out.len == 0;
			if (l->is_between)
				return;
		}
		n = send(l->fd, l->out.p + l->out_off, l->out.len - l->out_off, MSG_NOSIGNAL);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN) {
			if (l->blocked_ms == 0)
				l->blocked_ms = l->w->now.mono_ms;
			return;
		}
		if (n == -1) {
			const int error = errno;

			/* The server's last words may say why. */
			link_read(l);
			if (l->fd != -1)
				link_lose(l, "connection lost: %s", strerror(error));
			return;
		}
		if (l->blocked_ms != 0)
			l->freed_ms = l->w->now.mono_ms;
		l->blocked_ms = 0;
		l->wrote_ms = l->w->now.mono_ms;
		l->out_off += (size_t)n;
		total += (size_t)n;
	}
}

/* -- the loop's view -- */

struct link *
link_new(struct world *w, const struct conf_component *c, unsigned domain)
{
	struct link *l = mem_alloc(sizeof *l);

	l->w = w;
	l->name = mem_strdup(c->domain);
	l->server = mem_strdup(c->server);
	l->port = c->port;
	l->secret = mem_strdup(c->secret);
	l->domain = domain;
	l->fd = -1;
	set_peer(l, "");
	link_set_status(l, "connecting to %s", l->peer);
	return l;
}

void
link_free(struct link *l)
{
	enum piece kind;
	const char *p;
	size_t n;

	if (l == NULL)
		return;
	hang_up(l);
	muc_stream_free(l->stream);
	for (inq_skip_stream(&l->q); inq_first(&l->q, &kind, &p, &n); inq_skip_stream(&l->q)) {
		memcpy(&l->stream, p, sizeof l->stream);
		muc_stream_free(l->stream);
		inq_pop(&l->q);
	}
	inq_release(&l->q);
	buf_release(&l->out);
	buf_release(&l->header);
	mem_free_secret(l->secret);
	free(l->server);
	free(l->name);
	free(l);
}

void
link_set_secret(struct link *l, const char *secret)
{
	mem_free_secret(l->secret);
	l->secret = mem_strdup(secret);
}

void
link_poll(const struct link *l, struct pollfd *p)
{
	*p = (struct pollfd){ .fd = l->fd };
	if (l->dial != NULL) {
		dial_poll(l->dial, p);
		return;
	}
	if (link_may_read(l) || l->state == CLOSING)
		p->events |= POLLIN;
	if (l->out_off < l->out.len || (!l->is_between && may_drain(l)))
		p->events |= POLLOUT;
	if (p->events == 0)
		p->fd = -1; /* or it would return for POLLHUP, again and again */
}

/* When a silent connection is due for a fence, or a white space: not within a stanza. */
static int64_t
keepalive_ms(const struct link *l)
{
	if (l->state != UP || l->out_off < l->out.len || !l->is_between)
		return INT64_MAX;
	return l->wrote_ms + l->w->conf->link_keepalive_s * 1000;
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
stuck_ms(const struct link *l)
{
	return l->blocked_ms != 0 ? l->blocked_ms + l->w->conf->link_stuck_ms : INT64_MAX;
}

/*
 * When the server has neither returned a fence nor said anything, nor begun to take what it did not take,
 * for too long. Not while it is us who do not listen.
 */
static int64_t
deaf_ms(const struct link *l)
{
	int64_t since;

	if (!may_drain(l) || !link_may_read(l))
		return INT64_MAX;
	since = muc_fence_since(l->w->muc, l->domain);
	if (since == INT64_MAX)
		return since;
	return most(since, most(l->read_ms, l->freed_ms)) + l->w->conf->link_answer_ms;
}

int64_t
link_deadline(const struct link *l)
{
	switch (l->state) {
	case WAITING:
		if (!l->is_owed_down)
			return l->deadline_ms;
		/* Lost in writing, behind the turn: the next one does not wait for anything else. */
		return l->w->is_halted ? INT64_MAX : l->w->now.mono_ms;
	case HEADER:
	case HANDSHAKE:
	case CLOSING:
		return l->deadline_ms;
	case UP:
		return least(least(keepalive_ms(l), stuck_ms(l)), deaf_ms(l));
	default:
		return INT64_MAX;
	}
}

void
link_run(struct link *l, short revents)
{
	const struct conf *conf = l->w->conf;
	const int64_t now_ms = l->w->now.mono_ms;

	if (l->state == WAITING && !l->is_owed_down && !l->w->is_stopping &&
	    now_ms >= l->deadline_ms) {
		l->dial = dial_new(l->w->connector, l->name, conf->link_connect_ms);
		l->state = DIALING;
		revents = 0;
	}
	if (l->state == DIALING) {
		run_dial(l, revents);
		return;
	}
	if ((revents & (POLLIN | POLLHUP | POLLERR)) != 0)
		link_read(l);
	if ((l->state == HEADER || l->state == HANDSHAKE) && now_ms >= l->deadline_ms)
		link_lose(l, "no answer to our %s within %lld s%s",
		    l->state == HEADER ? "stream header" : "handshake",
		    (long long)conf->link_handshake_ms / 1000,
		    l->state == HEADER ? ": is this a port for components?" : "");
	/* What is taken again after all, while we slept ourselves, was not stuck. */
	if (l->state == UP && now_ms >= stuck_ms(l) && (revents & POLLOUT) == 0)
		link_lose(l, "the server has taken no byte for %lld s",
		    (long long)conf->link_stuck_ms / 1000);
	if (l->state == UP && now_ms >= deaf_ms(l))
		link_lose(l, "the server has answered nothing for %lld s",
		    (long long)conf->link_answer_ms / 1000);
	if (l->state != UP || now_ms < keepalive_ms(l))
		return;
	if (may_drain(l) && muc_fence_ask(l->w->muc, l->domain, l->w->now))
		return;
	l->out.len = l->out_off = 0;
	buf_addc(&l->out, ' ');
}

void
link_tell(struct link *l)
{
	if (l->is_owed_down) {
		muc_domain_down(l->w->muc, l->domain, l->w->now);
		l->is_owed_down = l->is_told_up = false;
		l->w->is_touched = true;
	}
	if (l->state == UP && !l->is_told_up) {
		muc_domain_up(l->w->muc, l->domain, l->w->now);
		l->is_told_up = true;
		l->w->is_touched = true;
	}
}

bool
link_handle(struct link *l)
{
	struct world *w = l->w;
	enum muc_input result = MUC_GO_ON;
	enum piece kind;
	const char *p;
	size_t n;

	if (!inq_first(&l->q, &kind, &p, &n))
		return false;
	switch (kind) {
	case PIECE_STREAM:
		/* Presences that the stream before it brought when there was no room. */
		if (l->is_refusing && muc_late(w->muc, w->now, &result)) {
			world_did(w, result);
			return true;
		}
		muc_stream_free(l->stream);
		memcpy(&l->stream, p, sizeof l->stream);
		break;
	case PIECE_STANZA:
		result = muc_input(w->muc, l->stream, p, n, w->now);
		break;
	case PIECE_OVER:
		result = muc_input_over(w->muc, l->stream, p, n, w->now);
		break;
	}
	inq_pop(&l->q);
	world_did(w, result);
	if (result == MUC_DISAGREE) {
		if (l->stream == l->incoming)
			link_lose(l, "the server sent what can be read in two ways");
		inq_skip_stream(&l->q);
	}
	return true;
}

const struct inq *
link_input(const struct link *l)
{
	return &l->q;
}

bool
link_is_refusing(const struct link *l)
{
	return l->is_refusing;
}

void
link_accept(struct link *l)
{
	l->is_refusing = false;
}

bool
link_stop(struct link *l)
{
	/* Before it is up there is nothing to end well. */
	if (l->state < UP)
		link_end(l);
	if (l->state == OVER)
		return true;
	if (l->state != CLOSING) {
		if (l->out_off < l->out.len || !l->is_between)
			return false;
		buf_adds(&l->out, HANDSHAKE_CLOSE);
		l->state = CLOSING;
		l->deadline_ms = l->w->now.mono_ms + CLOSE_MS;
	}
	link_flush(l);
	if (l->state == CLOSING && l->out_off == l->out.len)
		shutdown(l->fd, SHUT_WR);
	if (l->state == CLOSING && l->w->now.mono_ms >= l->deadline_ms)
		link_end(l);
	return l->state == OVER;
}

bool
link_is_up(const struct link *l)
{
	return l->state == UP;
}

const char *
link_status(const struct link *l)
{
	return l->status;
}

/* -- another mucd goes on -- */

bool
link_is_still(const struct link *l)
{
	if (l->state != UP)
		return true;
	return l->is_told_up && !l->is_owed_down && l->out_off == l->out.len && l->is_between &&
	       !l->is_refusing && !xml_cut_over(&l->cut) && l->stream == l->incoming;
}

void
link_ask(struct link *l)
{
	if (l->state == UP)
		muc_fence_ask(l->w->muc, l->domain, l->w->now);
}

bool
link_has_answered(const struct link *l)
{
	return l->state != UP || muc_domain_quiet(l->w->muc, l->domain);
}

void
link_trust(struct link *l)
{
	if (l->state == UP)
		muc_domain_taken(l->w->muc, l->domain);
}

void
link_give(const struct link *l, struct connection *st)
{
	*st = (struct connection){
		.domain = l->name,
		.fd = l->state == UP ? l->fd : -1,
		.peer = l->peer,
		.header = l->header.p,
		.nheader = l->header.len,
	};
	inq_copy(&l->q, &st->input);
}

bool
link_is_of(const struct link *l, const char *domain, size_t n)
{
	return strlen(l->name) == n && memcmp(l->name, domain, n) == 0;
}

/* Is it the server that the configuration has now? An address may follow, in brackets. */
static bool
is_our_peer(const struct link *l, const char *peer)
{
	const size_t n = strlen(l->peer);

	return strncmp(peer, l->peer, n) == 0 && (peer[n] == '\0' || peer[n] == ' ');
}

void
link_take(struct link *l, int fd, const struct connection *st)
{
	const bool is_ours = is_our_peer(l, st->peer);
	size_t used;

	snprintf(l->peer, sizeof l->peer, "%s", st->peer);
	l->fd = fd;
	l->wrote_ms = l->read_ms = l->w->now.mono_ms;
	l->is_between = true;
	xml_cut_init(&l->cut, (size_t)l->w->conf->muc.limits.stanza_bytes,
	    (unsigned)l->w->conf->muc.limits.stanza_depth);
	if (xml_cut(&l->cut, st->header, st->nheader, &used) != CUT_HEADER) {
		link_lose(l, "what was handed over cannot be read");
		return;
	}
	link_took_header(l, st->header, st->nheader);
	l->out.len = 0; /* the handshake was long ago */
	if (l->state != HANDSHAKE)
		return;
	link_come_up(l);
	if (is_ours)
		log_info("%s: going on with the connection to %s", l->name, l->peer);
	link_took_bytes(l, st->input.p, st->input.len);
	if (!is_ours && l->state == UP)
		link_lose(l, "the configuration names another server now");
}
