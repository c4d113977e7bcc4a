/* SPDX-License-Identifier: ISC */
/*
 * control.c - the socket by which mucd is run from its own machine
 */
#include <sys/socket.h>

#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/xml_cut.h"
#include "base/xml_write.h"
#include "control.h"
#include "control_import.h"
#include "control_socket.h"
#include "handshake.h"
#include "link.h"
#include "log.h"

#define STANZA_BYTES ((size_t)256 << 10) /* a form with some thousands of addresses */
#define STANZA_DEPTH 16
#define CHUNK_BYTES  ((size_t)16 << 10) /* of one read */
#define OUT_BYTES    ((size_t)64 << 10) /* of one write */
#define HELLO_MS     10000		/* a peer has for its header */
#define STUCK_MS     10000		/* a peer that takes no byte is left */
#define ACCEPT_MS    1000		/* until it is tried again when there are no descriptors */
#define GROUPS_MAX   1024		/* of a peer that are looked at */

struct peer {
	struct control *control;
	int fd;	    /* -1: nobody */
	bool is_us; /* root, or our user: whose the database is */
	char name[128];
	char user[64];		   /* in its address */
	struct muc_stream *stream; /* NULL: its header is still to come */
	struct xml_cut cut;
	struct buf in;	 /* the stanza that is coming, or waits */
	struct buf rest; /* read behind it, and not looked at yet */
	bool waits, is_over;
	bool is_owed;	   /* what libmuc answers is not all written yet */
	bool is_closing;   /* once all is written */
	struct buf answer; /* of an import, when the turn is committed */
	struct buf out;
	size_t out_off;
	int64_t came_ms, heard_ms; /* when it said something, or took something, last */
	int64_t blocked_ms;	   /* since when it takes nothing; 0: it does */
};

struct control {
	struct world *w;
	struct control_socket socket;
	struct control_import *import;
	int64_t accept_ms; /* not before */
	struct peer peers[CONTROL_POLLS - 1];
};

#define NPEERS (sizeof((struct control *)0)->peers / sizeof(struct peer))

struct control *
control_new(struct world *w, char *why, size_t why_cap)
{
	struct control *c = mem_alloc(sizeof *c);

	c->w = w;
	c->import = control_import_new(w);
	for (size_t i = 0; i < NPEERS; i++)
		c->peers[i].fd = -1;
	if (control_socket_open(&c->socket, w->conf->control, w->conf->control_group, why, why_cap))
		return c;
	control_free(c);
	return NULL;
}

/* -- coming and going -- */

static void __attribute__((format(printf, 2, 3))) drop(struct peer *p, const char *fmt, ...)
{
	char why[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	log_info("control: %s %s", p->name, why);
	close(p->fd);
	p->fd = -1;
	control_import_left(p->control->import, p->stream);
	muc_stream_free(p->stream);
	buf_release(&p->in);
	buf_release(&p->rest);
	buf_release(&p->answer);
	buf_release(&p->out);
}

void
control_free(struct control *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < NPEERS; i++)
		if (c->peers[i].fd != -1)
			drop(&c->peers[i], "is left: mucd stops");
	control_import_free(c->import);
	control_socket_close(&c->socket);
	free(c);
}

/*
 * The user's name, if it can be an address's. From the file alone: another source of names may be away, and
 * nobody waits for it.
 */
static void
name_user(uid_t uid, char *out, size_t cap)
{
	FILE *f = fopen("/etc/passwd", "re");
	const struct passwd *pw;

	snprintf(out, cap, "uid-%u", (unsigned)uid);
	while (f != NULL && (pw = fgetpwent(f)) != NULL)
		if (pw->pw_uid == uid && *pw->pw_name != '\0' && strlen(pw->pw_name) < cap &&
		    strspn(pw->pw_name, "abcdefghijklmnopqrstuvwxyz0123456789._-") ==
			strlen(pw->pw_name)) {
			snprintf(out, cap, "%s", pw->pw_name);
			break;
		}
	if (f != NULL)
		fclose(f);
}

/* Is the peer in the socket's group? It may be by any of its groups. */
static bool
in_group(const struct control *c, int fd, gid_t gid)
{
	gid_t groups[GROUPS_MAX];
	socklen_t len = sizeof groups;

	if (gid == c->socket.group)
		return true;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len) == -1)
		return false;
	for (size_t i = 0; i < len / sizeof groups[0]; i++)
		if (groups[i] == c->socket.group)
			return true;
	return false;
}

/* Says why in a stream error, as far as it is taken. */
static void
turn_away(int fd, const char *condition, const char *text)
{
	char words[768];
	const int n = snprintf(words, sizeof words,
	    "<stream:stream xmlns='jabber:component:accept' "
	    "xmlns:stream='http://etherx.jabber.org/streams'><stream:error><%s "
	    "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text "
	    "xmlns='urn:ietf:params:xml:ns:xmpp-streams'>%s</text></stream:error>" HANDSHAKE_CLOSE,
	    condition, text);

	if (send(fd, words, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT) == -1)
		log_debug("control: who is turned away does not hear why: %s", strerror(errno));
	close(fd);
}

static struct peer *
free_place(struct control *c)
{
	for (size_t i = 0; i < NPEERS && (int64_t)i < c->w->conf->control_connections; i++)
		if (c->peers[i].fd == -1)
			return &c->peers[i];
	return NULL;
}

static void
admit(struct control *c, int fd)
{
	struct ucred cred;
	socklen_t len = sizeof cred;
	struct peer *p = free_place(c), who = { .control = c, .fd = fd };

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1) {
		log_warn("control: who is it");
		close(fd);
		return;
	}
	name_user(cred.uid, who.user, sizeof who.user);
	snprintf(who.name, sizeof who.name, "%s (uid %u, pid %d)", who.user, (unsigned)cred.uid,
	    (int)cred.pid);
	who.is_us = cred.uid == 0 || cred.uid == geteuid();
	if (!who.is_us && !in_group(c, fd, cred.gid)) {
		log_warnx("control: %s may not: turned away", who.name);
		turn_away(fd, "not-authorized", "you may not run this service");
		return;
	}
	if (p == NULL) {
		log_warnx(
		    "control: %s is one too many (control_connections): turned away", who.name);
		turn_away(fd, "resource-constraint", "too many are here already");
		return;
	}
	log_info("control: %s has come", who.name);
	*p = who;
	p->came_ms = p->heard_ms = c->w->now.mono_ms;
	xml_cut_init(&p->cut, STANZA_BYTES, STANZA_DEPTH);
}

static void
accept_all(struct control *c)
{
	int fd;

	while ((fd = accept4(c->socket.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) != -1)
		admit(c, fd);
	if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
		return;
	log_warn("control: accept");
	c->accept_ms = c->w->now.mono_ms + ACCEPT_MS;
}

/* -- input -- */

/* Its header has come: ours, with the domains that are served. */
static void
greet(struct control *c, struct peer *p)
{
	const struct conf *conf = c->w->conf;

	p->stream = muc_console_new(c->w->muc, p->user, p->in.p, p->in.len);
	p->in.len = 0;
	if (p->stream == NULL) {
		drop(p, "sends what is no header: left");
		return;
	}
	buf_adds(&p->out, "<stream:stream xmlns='jabber:component:accept' "
			  "xmlns:stream='http://etherx.jabber.org/streams'><stream:features>");
	for (size_t i = 0; i < conf->ncomponents; i++) {
		buf_adds(&p->out, "<domain xmlns='mucd:control'>");
		xml_escape(&p->out, conf->components[i].domain);
		buf_adds(&p->out, "</domain>");
	}
	buf_adds(&p->out, "</stream:features>");
}

static bool
is_free(const struct peer *p)
{
	return p->fd != -1 && !p->waits && !p->is_owed && !p->is_closing;
}

/* Looks at n bytes up to the end of a stanza; returns how many it has taken. */
static size_t
take(struct control *c, struct peer *p, const char *bytes, size_t n)
{
	const bool was_over = xml_cut_over(&p->cut);
	size_t used;
	const enum cut cut = xml_cut(&p->cut, bytes, n, &used);

	if (cut != CUT_SPACE && !was_over)
		buf_add(&p->in, bytes, used);
	switch (cut) {
	case CUT_SPACE:
		break;
	case CUT_MORE:
		/* Of what is too long only the start tag is of use. */
		if (xml_cut_over(&p->cut) && p->in.len > p->cut.tag_len)
			p->in.len = p->cut.tag_len;
		break;
	case CUT_HEADER:
		greet(c, p);
		break;
	case CUT_STANZA:
	case CUT_LONG:
	case CUT_DEEP:
		p->waits = true;
		p->is_over = cut != CUT_STANZA;
		if (p->is_over && p->in.len > p->cut.tag_len)
			p->in.len = p->cut.tag_len;
		break;
	case CUT_CLOSE:
		buf_adds(&p->out, HANDSHAKE_CLOSE);
		p->is_closing = true;
		break;
	case CUT_BAD:
		drop(p, "sends what is not XMPP: left");
		break;
	}
	return used;
}

/* What was read behind the last stanza. */
static void
take_rest(struct control *c, struct peer *p)
{
	size_t at = 0;

	while (at < p->rest.len && is_free(p))
		at += take(c, p, p->rest.p + at, p->rest.len - at);
	if (p->fd != -1)
		buf_consume(&p->rest, at);
}

static bool
may_read(const struct control *c, const struct peer *p)
{
	return is_free(p) && p->rest.len == 0 && p->out_off == p->out.len && !c->w->is_stopping;
}

static void
read_peer(struct control *c, struct peer *p)
{
	ssize_t n;

	buf_reserve(&p->rest, CHUNK_BYTES);
	n = recv(p->fd, p->rest.p, CHUNK_BYTES, 0);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		drop(p, n == 0 ? "has gone" : "is lost: %s", strerror(errno));
		return;
	}
	p->heard_ms = c->w->now.mono_ms;
	p->rest.len = (size_t)n;
	take_rest(c, p);
}

/* -- output -- */

/* More to write, if there is any and it may be told. */
static bool
fill_out(const struct control *c, struct peer *p)
{
	p->out.len = p->out_off = 0;
	if (p->stream == NULL || c->w->is_halted)
		return false;
	if (p->answer.len > 0) {
		buf_add(&p->out, p->answer.p, p->answer.len);
		p->answer.len = 0;
		return true;
	}
	buf_reserve(&p->out, OUT_BYTES);
	p->out.len = muc_console_drain(p->stream, p->out.p, OUT_BYTES);
	p->is_owed = p->out.len > 0;
	return p->is_owed;
}

static void
flush_peer(struct control *c, struct peer *p)
{
	ssize_t n;

	while (p->out_off < p->out.len || fill_out(c, p)) {
		n = send(p->fd, p->out.p + p->out_off, p->out.len - p->out_off, MSG_NOSIGNAL);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN) {
			if (p->blocked_ms == 0)
				p->blocked_ms = c->w->now.mono_ms;
			return;
		}
		if (n == -1) {
			drop(p, "is lost: %s", strerror(errno));
			return;
		}
		p->blocked_ms = 0;
		p->heard_ms = c->w->now.mono_ms;
		p->out_off += (size_t)n;
	}
	if (p->is_closing)
		drop(p, "has gone");
	else
		take_rest(c, p);
}

void
control_flush(struct control *c)
{
	for (size_t i = 0; c != NULL && i < NPEERS; i++)
		if (c->peers[i].fd != -1)
			flush_peer(c, &c->peers[i]);
}

/* -- the loop's view -- */

size_t
control_poll(struct control *c, struct pollfd *polls)
{
	const struct peer *p;

	if (c == NULL)
		return 0;
	polls[0] = (struct pollfd){ .fd = c->socket.fd, .events = POLLIN };
	if (c->w->is_stopping || c->w->now.mono_ms < c->accept_ms)
		polls[0].fd = -1;
	for (size_t i = 0; i < NPEERS; i++) {
		p = &c->peers[i];
		polls[i + 1] = (struct pollfd){ .fd = p->fd };
		if (may_read(c, p))
			polls[i + 1].events |= POLLIN;
		if (p->out_off < p->out.len)
			polls[i + 1].events |= POLLOUT;
		if (polls[i + 1].events == 0)
			polls[i + 1].fd = -1; /* or it would return for POLLHUP, again and again */
	}
	return NPEERS + 1;
}

/* When a peer is left for what it does not do. */
static int64_t
peer_due_ms(const struct control *c, const struct peer *p)
{
	if (p->fd == -1)
		return INT64_MAX;
	if (p->blocked_ms != 0)
		return p->blocked_ms + STUCK_MS;
	if (p->waits || p->is_owed)
		return INT64_MAX;
	if (p->stream == NULL)
		return p->came_ms + HELLO_MS;
	return p->heard_ms + c->w->conf->control_idle_s * 1000;
}

int64_t
control_deadline(const struct control *c)
{
	int64_t first = INT64_MAX, ms;

	if (c == NULL)
		return first;
	if (c->accept_ms > c->w->now.mono_ms)
		first = c->accept_ms;
	for (size_t i = 0; i < NPEERS; i++)
		if ((ms = peer_due_ms(c, &c->peers[i])) < first)
			first = ms;
	return first;
}

void
control_run(struct control *c, const struct pollfd *polls)
{
	struct peer *p;

	for (size_t i = 0; c != NULL && i < NPEERS; i++) {
		p = &c->peers[i];
		if (p->fd == -1)
			continue;
		if ((polls[i + 1].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && may_read(c, p))
			read_peer(c, p);
		/* What takes again after all, while we slept ourselves, was not stuck. */
		if (c->w->now.mono_ms >= peer_due_ms(c, p) &&
		    (p->blocked_ms == 0 || (polls[i + 1].revents & POLLOUT) == 0))
			drop(p, "%s: left", p->blocked_ms != 0 ? "takes nothing" : "says nothing");
	}
	if (c != NULL && polls[0].revents != 0)
		accept_all(c);
}

bool
control_waits(const struct control *c)
{
	for (size_t i = 0; c != NULL && i < NPEERS; i++)
		if (c->peers[i].fd != -1 && c->peers[i].waits)
			return true;
	return false;
}

/* False: there is no answer to it. */
static bool
handle_import(struct control *c, struct peer *p)
{
	const struct control_importer who = { p->stream, p->name, p->is_us };

	return control_import_take(c->import, &who, p->in.p, p->in.len, &p->answer);
}

static void
handle_peer(struct control *c, struct peer *p)
{
	struct world *w = c->w;
	enum muc_input result;

	/* Without a start tag it cannot be answered. */
	if (p->is_over && p->in.len == 0) {
		drop(p, "sends what is too long: left");
		return;
	}
	if (p->is_over)
		result = muc_input_over(w->muc, p->stream, p->in.p, p->in.len, w->now);
	else if (control_import_is(p->in.p, p->in.len))
		result = handle_import(c, p) ? MUC_GO_ON : MUC_DISAGREE;
	else
		result = muc_input(w->muc, p->stream, p->in.p, p->in.len, w->now);
	p->in.len = 0;
	p->waits = false;
	p->is_owed = true;
	world_did(w, result);
	if (result == MUC_DISAGREE)
		drop(p, "sends what cannot be read: left");
}

bool
control_imports(const struct control *c)
{
	return c != NULL && control_import_runs(c->import);
}

bool
control_handle(struct control *c)
{
	bool any = false;

	for (size_t i = 0; c != NULL && i < NPEERS && !c->w->turn_ends; i++)
		if (c->peers[i].fd != -1 && c->peers[i].waits) {
			handle_peer(c, &c->peers[i]);
			any = true;
		}
	return any;
}
