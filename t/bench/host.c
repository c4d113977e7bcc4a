/* SPDX-License-Identifier: ISC */
/*
 * host.c - a server that plays the other side of a component
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

#define IN_BYTES  ((size_t)2 << 20)
#define SILENT_MS 120000

double
seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

void
die(const char *fmt, ...)
{
	va_list ap;

	fputs("bench: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

/* -- the connection -- */

void
host_listen(struct host *h)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t n = sizeof(a);

	memset(h, 0, sizeof(*h));
	h->fd = -1;
	h->in = malloc(IN_BYTES);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	h->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (h->in == NULL || h->listen_fd == -1 ||
	    bind(h->listen_fd, (struct sockaddr *)&a, sizeof(a)) == -1 ||
	    listen(h->listen_fd, 4) == -1 ||
	    getsockname(h->listen_fd, (struct sockaddr *)&a, &n) == -1)
		die("cannot listen: %s", strerror(errno));
	h->port = ntohs(a.sin_port);
}

/* Reads until what was read holds the text; forgets all of it. */
static bool
await(struct host *h, const char *text)
{
	struct pollfd p = { .fd = h->fd, .events = POLLIN };
	ssize_t n;

	for (h->in_len = 0; h->in_len < 4096;) {
		if (poll(&p, 1, 10000) <= 0)
			return false;
		n = recv(h->fd, h->in + h->in_len, 4096 - h->in_len, 0);
		if (n <= 0)
			return false;
		h->in_len += (size_t)n;
		if (memmem(h->in, h->in_len, text, strlen(text)) != NULL) {
			h->in_len = 0;
			return true;
		}
	}
	return false;
}

static bool
send_all(int fd, const char *text)
{
	return send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text);
}

bool
host_accept(struct host *h, int timeout_ms)
{
	struct pollfd p = { .fd = h->listen_fd, .events = POLLIN };
	int on = 1;

	if (poll(&p, 1, timeout_ms) <= 0)
		return false;
	h->fd = accept4(h->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	if (h->fd == -1)
		return false;
	setsockopt(h->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (!await(h, "<stream:stream") ||
	    !send_all(h->fd, "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
			     "xmlns:stream='http://etherx.jabber.org/streams' id='1' "
			     "from='" ROOMS_DOMAIN "'>") ||
	    !await(h, "</handshake>") || !send_all(h->fd, "<handshake/>"))
		return false;
	fcntl(h->fd, F_SETFL, O_NONBLOCK);
	return true;
}

void
host_hang_up(struct host *h)
{
	if (h->fd != -1)
		close(h->fd);
	h->fd = -1;
	h->in_len = h->out.len = h->out_off = 0;
}

void
host_release(struct host *h)
{
	host_hang_up(h);
	close(h->listen_fd);
	free(h->in);
	buf_release(&h->out);
}

void
host_say(struct host *h, const char *fmt, ...)
{
	va_list ap;
	int n;

	buf_reserve(&h->out, 4096);
	va_start(ap, fmt);
	n = vsnprintf(h->out.p + h->out.len, 4096, fmt, ap);
	va_end(ap);
	if (n < 0 || n >= 4096)
		die("a stanza is too long");
	h->out.len += (size_t)n;
}

static void
flush(struct host *h)
{
	ssize_t n;

	while (h->out_off < h->out.len) {
		n = send(h->fd, h->out.p + h->out_off, h->out.len - h->out_off, MSG_NOSIGNAL);
		if (n == -1 && errno == EAGAIN)
			return;
		if (n == -1)
			die("the component has gone: %s", strerror(errno));
		h->out_off += (size_t)n;
	}
	h->out_off = h->out.len = 0;
}

/* -- stanzas -- */

/* Reads the attributes of a start tag; returns what is behind its `>`, or NULL: there is more to come. */
static const char *
read_tag(const char *p, const char *end, struct stanza *x, bool *is_empty)
{
	for (;;) {
		const char *name, *eq, *close;
		struct span v;

		while (p < end && *p == ' ')
			p++;
		if (end - p < 2)
			return NULL;
		if (*p == '>' || *p == '/') {
			*is_empty = *p == '/';
			return p + 1 + *is_empty;
		}
		name = p;
		eq = memchr(p, '=', (size_t)(end - p));
		if (eq == NULL || end - eq < 2)
			return NULL;
		close = memchr(eq + 2, eq[1], (size_t)(end - eq - 2));
		if (close == NULL)
			return NULL;
		v = (struct span){ eq + 2, (size_t)(close - eq - 2) };
		if (eq - name == 2 && name[0] == 't')
			x->to = v;
		else if (eq - name == 2 && name[0] == 'i')
			x->id = v;
		else if (eq - name == 4 && name[0] == 'f')
			x->from = v;
		else if (eq - name == 4 && name[0] == 't')
			x->type = v;
		p = close + 1;
	}
}

const char *
host_next_stanza(const char *p, const char *end, struct stanza *x)
{
	bool is_empty;
	size_t nname;

	while (p < end && *p != '<')
		p++;
	memset(x, 0, sizeof(*x));
	x->p = p;
	if (end - p < 12)
		return NULL;
	x->kind = p[1];
	nname = x->kind == 'm' ? 7 : x->kind == 'p' ? 8 : 2;
	if (memcmp(p, "</stream", 8) == 0 || memcmp(p, "<stream", 7) == 0)
		die("the component ends the stream: %.*s", (int)(end - p < 300 ? end - p : 300), p);
	p = read_tag(p + 1 + nname, end, x, &is_empty);
	if (p == NULL || is_empty)
		return p;
	/* None of the workloads has a stanza within a stanza. */
	while ((p = memchr(p, '<', (size_t)(end - p))) != NULL) {
		if ((size_t)(end - p) < nname + 3)
			return NULL;
		if (p[1] == '/' && memcmp(p + 2, x->p + 1, nname) == 0)
			return p + nname + 3;
		p++;
	}
	return NULL;
}

/* What a component says to itself comes back. */
static bool
is_own(const struct stanza *x)
{
	static const char own[] = ROOMS_DOMAIN;

	return x->kind == 'i' && x->to.n == sizeof(own) - 1 && memcmp(x->to.p, own, x->to.n) == 0;
}

static void
take_all(struct host *h, struct load *l)
{
	const char *p = h->in, *end = h->in + h->in_len, *next;
	struct stanza x;

	for (; (next = host_next_stanza(p, end, &x)) != NULL; p = next) {
		x.n = (size_t)(next - x.p);
		h->nstanzas++;
		if (is_own(&x))
			buf_add(&h->out, x.p, x.n);
		else
			l->take(l, &x);
	}
	h->in_len = (size_t)(end - x.p);
	memmove(h->in, x.p, h->in_len);
}

void
host_run(struct host *h, struct load *l)
{
	struct pollfd p = { .fd = h->fd };
	ssize_t n;

	l->h = h;
	l->done = false;
	while (!l->done) {
		if (l->more != NULL)
			l->more(l);
		flush(h);
		p.events = POLLIN | (h->out_off < h->out.len ? POLLOUT : 0);
		if (poll(&p, 1, SILENT_MS) == 0)
			die("the component says nothing any more");
		n = recv(h->fd, h->in + h->in_len, IN_BYTES - h->in_len, 0);
		if (n == -1 && errno == EAGAIN)
			continue;
		if (n <= 0)
			die("the component has gone");
		h->in_len += (size_t)n;
		h->nbytes += (uint64_t)n;
		take_all(h, l);
		if (h->in_len == IN_BYTES)
			die("a stanza is too long");
	}
}
