/* SPDX-License-Identifier: ISC */
/*
 * hop.c - the limit of a component behind a real server: copies are sent as mucd would send them, and nothing
 * else is done
 *
 * Nothing is checked, kept, made durable or fenced. Who enters room 3, r3@DOMAIN, is in it for ever. What comes
 * in one read is answered by one write.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../component/handshake.h"
#include "peer.h"
#include "real.h"

#define IN_BYTES ((size_t)1 << 20)
#define OUT_MORE 1024 /* bytes of a stanza, but for the body */

struct room {
	unsigned n, user[REAL_MOST];
};

static struct room rooms[REAL_ROOMS];
static struct buf out;
static bool is_bare; /* as short as a stanza can be: no occupant-id, no stanza-id, no language */

static void __attribute__((format(printf, 1, 2))) put(const char *fmt, ...)
{
	va_list ap;

	buf_reserve(&out, OUT_MORE);
	va_start(ap, fmt);
	out.len += (size_t)vsnprintf(out.p + out.len, OUT_MORE, fmt, ap);
	va_end(ap);
}

static void
put_occupant_id(unsigned user)
{
	if (!is_bare)
		put("<occupant-id id='%032u' xmlns='urn:xmpp:occupant-id:0'/>", user);
}

static void
put_presence(unsigned room, unsigned from, unsigned to, const char *status)
{
	put("<presence from='r%u@" REAL_DOMAIN "/n%u' to='u%u@localhost/r'%s>"
	    "<x xmlns='http://jabber.org/protocol/muc#user'>"
	    "<item affiliation='%s' role='%s'/>%s</x>",
	    room, from, to, is_bare ? "" : " xml:lang='en'",
	    from == rooms[room].user[0] ? "owner" : "none",
	    from == rooms[room].user[0] ? "moderator" : "participant", status);
	put_occupant_id(from);
	put("</presence>");
}

static void
enter(unsigned no, unsigned user)
{
	struct room *r = &rooms[no];

	for (unsigned i = 0; i < r->n; i++)
		put_presence(no, r->user[i], user, "");
	for (unsigned i = 0; i < r->n; i++)
		put_presence(no, user, r->user[i], "");
	r->user[r->n++] = user;
	put_presence(no, user, user, "<status code='110'/>");
	put("<message from='r%u@" REAL_DOMAIN "' to='u%u@localhost/r' type='groupchat'><subject/>"
	    "</message>",
	    no, user);
}

static void
relay(unsigned no, unsigned user, const struct stanza *x)
{
	const char *body = memmem(x->p, x->n, "<body>", 6);
	const size_t nbody = (size_t)(x->p + x->n - body) - strlen("</message>");

	for (unsigned i = 0; i < rooms[no].n; i++) {
		put("<message from='r%u@" REAL_DOMAIN "/n%u' to='u%u@localhost/r' "
		    "type='groupchat' id='%.*s'%s>",
		    no, user, rooms[no].user[i], (int)x->id.n, x->id.p,
		    is_bare ? "" : " xml:lang='en'");
		buf_add(&out, body, nbody);
		if (!is_bare)
			put("<stanza-id id='01234567-0123-7000-8000-0123456789ab' "
			    "xmlns='urn:xmpp:sid:0' by='r%u@" REAL_DOMAIN "'/>",
			    no);
		put_occupant_id(user);
		put("</message>");
	}
}

static void
take(const struct stanza *x)
{
	const unsigned no = number_at(x->to.p + 1), user = number_at(x->from.p + 1);

	if (no >= REAL_ROOMS || user >= REAL_MOST)
		exit(1);
	if (x->kind == 'p')
		enter(no, user);
	else if (x->kind == 'm')
		relay(no, user, x);
	else
		put("<iq type='result' id='%.*s' from='r%u@" REAL_DOMAIN "' to='u%u@localhost/r'/>",
		    (int)x->id.n, x->id.p, no, user);
}

static void
flush(int fd)
{
	ssize_t n;

	for (size_t off = 0; off < out.len; off += (size_t)n)
		if ((n = send(fd, out.p + off, out.len - off, MSG_NOSIGNAL)) == -1)
			exit(0);
	out.len = 0;
}

static void
attach(int fd, char *in)
{
	char *id, *end;
	ssize_t n;

	handshake_header(&out, REAL_DOMAIN);
	flush(fd);
	for (size_t len = 0;; len += (size_t)n) {
		if ((n = recv(fd, in + len, IN_BYTES - len - 1, 0)) <= 0)
			exit(1);
		in[len + (size_t)n] = '\0';
		id = strstr(in, " id=");
		if (id != NULL && (end = strchr(id + 5, id[4])) != NULL)
			break;
	}
	*end = '\0';
	handshake_answer(&out, id + 5, SECRET);
	flush(fd);
	if ((n = recv(fd, in, IN_BYTES, 0)) <= 0 || memmem(in, (size_t)n, "<handshake", 10) == NULL)
		exit(1);
}

void
hop(int port, bool bare)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
	char *in = malloc(IN_BYTES);
	size_t len = 0;
	ssize_t n;

	is_bare = bare;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1 || in == NULL || connect(fd, (struct sockaddr *)&a, sizeof(a)) == -1)
		exit(1);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	attach(fd, in);
	printf("attached to the server\n");
	fflush(stdout);
	while ((n = recv(fd, in + len, IN_BYTES - len, 0)) > 0) {
		const char *p = in, *next;
		struct stanza x;

		len += (size_t)n;
		for (; (next = host_next_stanza(p, in + len, &x)) != NULL; p = next) {
			x.n = (size_t)(next - x.p);
			take(&x);
		}
		len -= (size_t)(x.p - in);
		memmove(in, x.p, len);
		flush(fd);
	}
	exit(0);
}
