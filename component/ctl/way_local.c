/* SPDX-License-Identifier: ISC */
/*
 * way_local.c - to the services of mucd on this machine, over its socket
 *
 * A stream as that of a component: headers, then stanzas. What comes has no lock of its own: who may
 * connect is decided by the socket's mode, and by mucd.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/xml.h"
#include "base/xml_cut.h"
#include "base/xml_parse.h"
#include "base/xml_write.h"
#include "way.h"

#define STANZA_BYTES ((size_t)64 << 20)
#define STANZA_DEPTH 1000
#define CHUNK_BYTES  ((size_t)64 << 10)
#define WAIT_MS	     100 /* then it is looked whether we are to stop */

#define HEADER                                                                                     \
	"<stream:stream xmlns='jabber:component:accept' "                                          \
	"xmlns:stream='http://etherx.jabber.org/streams'>"

struct local {
	struct way way;
	int fd;
	struct xml_cut cut;
	struct xml_parser *parser; /* NULL until mucd's header is there */
	struct buf in;
	size_t scanned; /* bytes of the first piece in it that the cutter has seen */
};

static bool
lost(struct local *l, const char *why)
{
	ctl_complain("%s: %s", l->way.o->socket, why);
	return false;
}

static bool
send_bytes(struct local *l, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(l->fd, p, n, MSG_NOSIGNAL);

		if (sent == -1 && errno == EINTR && !ctl_stopping)
			continue;
		/* Who turns us away has said why: that is read next. */
		if (sent == -1 && errno == EPIPE)
			return true;
		if (sent == -1)
			return lost(l, strerror(errno));
		p += sent;
		n -= (size_t)sent;
	}
	return true;
}

static bool
send_xml(struct way *w, const struct xml *x)
{
	struct local *l = (struct local *)w;
	struct buf b = BUF_INIT;
	bool good;

	xml_write(&b, x);
	good = send_bytes(l, b.p, b.len);
	buf_release(&b);
	return good;
}

/* RFC 6120 4.9: why mucd will not talk to us. */
static bool
refused(struct local *l, const struct xml *error)
{
	const char *text = xml_child_text(error, NS_STREAM_ERRORS, "text");
	const struct xml *condition = xml_child(error, NS_STREAM_ERRORS, NULL);

	return lost(l, text != NULL ? text : condition != NULL ? condition->name : "it is closed");
}

/* The piece of that length at the head of the input. False when the stream has ended. */
static bool
take_piece(struct local *l, enum cut cut, size_t n, const struct xml **x)
{
	switch (cut) {
	case CUT_SPACE:
		return true;
	case CUT_HEADER:
		l->parser = xml_parser_new(l->in.p, n);
		return l->parser != NULL || lost(l, "mucd's header cannot be read");
	case CUT_STANZA:
		if (xml_parse(l->parser, l->way.a, l->in.p, n, x) != PARSE_OK)
			return lost(l, "what mucd says cannot be read");
		return !xml_is(*x, NS_STREAM, "error") || refused(l, *x);
	case CUT_CLOSE:
		return lost(l, "mucd has closed the connection");
	default:
		return lost(l, "what mucd says cannot be read");
	}
}

/* Cuts what is there. False when the stream has ended; *x is NULL while a stanza is not whole. */
static bool
cut_input(struct local *l, const struct xml **x)
{
	*x = NULL;
	while (*x == NULL && l->scanned < l->in.len) {
		size_t used;
		const enum cut cut =
		    xml_cut(&l->cut, l->in.p + l->scanned, l->in.len - l->scanned, &used);

		l->scanned += used;
		if (cut == CUT_MORE)
			return true;
		if (!take_piece(l, cut, l->scanned, x))
			return false;
		buf_consume(&l->in, l->scanned);
		l->scanned = 0;
	}
	return true;
}

static bool
read_bytes(struct local *l, int64_t until_ms)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN };
	const int64_t left = until_ms - way_now_ms();
	ssize_t n;

	if (poll(&p, 1, left < WAIT_MS ? (int)(left > 0 ? left : 0) : WAIT_MS) <= 0)
		return true;
	buf_reserve(&l->in, CHUNK_BYTES);
	n = recv(l->fd, l->in.p + l->in.len, CHUNK_BYTES, 0);
	if (n == -1 && errno == EINTR)
		return true;
	if (n <= 0)
		return lost(l, n == 0 ? "mucd has closed the connection" : strerror(errno));
	l->in.len += (size_t)n;
	return true;
}

static bool
wait_xml(struct way *w, int64_t until_ms, const struct xml **x)
{
	struct local *l = (struct local *)w;

	for (;;) {
		if (!cut_input(l, x))
			return false;
		if (*x != NULL || ctl_stopping || way_now_ms() >= until_ms)
			return true;
		if (!read_bytes(l, until_ms))
			return false;
	}
}

static void
close_local(struct way *w)
{
	struct local *l = (struct local *)w;

	close(l->fd);
	buf_release(&l->in);
	xml_parser_free(l->parser);
	free(l);
}

static const struct way_kind local_kind = { send_xml, wait_xml, close_local };

/* What services there are stands in mucd's <stream:features/>. */
static bool
greet(struct local *l)
{
	const int64_t until_ms = way_now_ms() + (int64_t)l->way.o->timeout_s * 1000;
	const struct xml *x = NULL, *domain;

	if (!send_bytes(l, HEADER, strlen(HEADER)) || !wait_xml(&l->way, until_ms, &x))
		return false;
	if (!xml_is(x, NS_STREAM, "features"))
		return ctl_stopping ? false : lost(l, "mucd does not answer");
	domain = xml_child(x, NS_CONTROL, "domain");
	if (domain != NULL && xml_next(domain, NS_CONTROL, "domain") == NULL)
		l->way.service = xml_text(domain);
	for (; domain != NULL; domain = xml_next(domain, NS_CONTROL, "domain"))
		l->way.hint = l->way.hint == NULL
				  ? xml_text(domain)
				  : arena_cat(l->way.a, l->way.hint, ", ", xml_text(domain), NULL);
	return true;
}

/* What an operator would ask next. */
static void
say_why(const struct ctl_options *o, int error)
{
	const char *what = strerror(error);
	bool hints = !o->is_local_only;

	if (error == ENOENT || error == ECONNREFUSED)
		what = "mucd does not run here, or has no such socket (control in mucd.conf)";
	else if (error == EACCES)
		what = "only root, the user of mucd and the group of the socket may";
	else
		hints = false;
	ctl_complain(
	    "%s: %s%s", o->socket, what, hints ? "; -a ADDRESS goes by way of the server" : "");
}

struct way *
way_local(const struct ctl_options *o, struct arena *a)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct local *l;

	if (strlen(o->socket) >= sizeof sun.sun_path) {
		ctl_complain("%s: that is too long for a socket", o->socket);
		return NULL;
	}
	memcpy(sun.sun_path, o->socket, strlen(o->socket) + 1);
	l = mem_alloc(sizeof *l);
	l->way = (struct way){ .kind = &local_kind, .o = o, .a = a };
	xml_cut_init(&l->cut, STANZA_BYTES, STANZA_DEPTH);
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (l->fd == -1 || connect(l->fd, (struct sockaddr *)&sun, sizeof sun) == -1) {
		say_why(o, errno);
		close_local(&l->way);
		return NULL;
	}
	if (greet(l))
		return &l->way;
	close_local(&l->way);
	return NULL;
}
