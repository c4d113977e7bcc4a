/* SPDX-License-Identifier: ISC */
/*
 * real.c - the same workloads by real clients through a real server
 *
 * Clients are TCP connections without TLS, logged in by SASL PLAIN. User 7 is u7@localhost and n7 in the room.
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
#include <unistd.h>

#include "peer.h"
#include "real.h"

#define IN_BYTES ((size_t)1 << 20)
#define N	 REAL_CLIENTS
#define NSAID	 1000
#define NONE	 200 /* one by one */
#define BODY                                                                                       \
	"A body of a hundred bytes, as people write them when they have something to say, and no " \
	"longer: 100."
#define MUCD_DOMAIN "rooms.localhost"
#define OWN_DOMAIN  "own.localhost"
#define NS_MUC	    "http://jabber.org/protocol/muc"

struct client {
	int fd;
	char *in;
	size_t in_len;
	unsigned next; /* message that is to come */
};

struct world {
	struct client c[N];
	const char *domain;
	uint64_t npresences, ncopies, nerrors;
	bool configured;
};

static void __attribute__((format(printf, 2, 3))) put(struct client *c, const char *fmt, ...)
{
	char text[2048];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (ssize_t off = 0, k; off < n; off += k) {
		k = send(c->fd, text + off, (size_t)(n - off), MSG_NOSIGNAL);
		if (k == -1 && errno == EAGAIN) {
			struct pollfd p = { .fd = c->fd, .events = POLLOUT };

			poll(&p, 1, 1000);
			k = 0;
		} else if (k == -1)
			die("a client's connection: %s", strerror(errno));
	}
}

static void
await(struct client *c, const char *what)
{
	ssize_t n;

	for (c->in_len = 0; memmem(c->in, c->in_len, what, strlen(what)) == NULL;) {
		n = recv(c->fd, c->in + c->in_len, IN_BYTES - c->in_len, 0);
		if (n <= 0)
			die("a client waits for %s and is told %.*s", what, (int)c->in_len, c->in);
		c->in_len += (size_t)n;
	}
	c->in_len = 0;
}

/* For SASL PLAIN (RFC 4616). */
static void
base64(const char *p, size_t n, char *out)
{
	static const char digit[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		const unsigned v = (unsigned)(unsigned char)p[i] << 16 |
				   (i + 1 < n ? (unsigned)(unsigned char)p[i + 1] << 8 : 0) |
				   (i + 2 < n ? (unsigned char)p[i + 2] : 0u);

		*out++ = digit[v >> 18];
		*out++ = digit[v >> 12 & 63];
		*out++ = i + 1 < n ? digit[v >> 6 & 63] : '=';
		*out++ = i + 2 < n ? digit[v & 63] : '=';
	}
	*out = '\0';
}

static void
log_in(struct client *c, unsigned user, int port)
{
	static const char header[] =
	    "<stream:stream xmlns='jabber:client' to='localhost' "
	    "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	char plain[64], encoded[128];
	int on = 1, n;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	c->in = malloc(IN_BYTES);
	if (c->fd == -1 || c->in == NULL || connect(c->fd, (struct sockaddr *)&a, sizeof(a)) == -1)
		die("a client cannot connect: %s", strerror(errno));
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	put(c, "%s", header);
	await(c, "</stream:features>");
	n = snprintf(plain, sizeof(plain), "%cu%u%cp", 0, user, 0);
	base64(plain, (size_t)n, encoded);
	put(c, "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>",
	    encoded);
	await(c, "<success");
	put(c, "%s", header);
	await(c, "</stream:features>");
	put(c, "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
	       "<resource>r</resource></bind></iq>");
	await(c, "</iq>");
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
}

static bool
is(struct span v, const char *text)
{
	return v.n == strlen(text) && memcmp(v.p, text, v.n) == 0;
}

static void
take(struct world *w, struct client *c, const struct stanza *x)
{
	if (is(x->type, "error"))
		die("refused: %.*s", (int)x->n, x->p);
	if (x->kind == 'p' && x->type.p == NULL)
		w->npresences++;
	else if (x->kind == 'i' && is(x->type, "result"))
		w->configured = true;
	else if (x->kind == 'm' && is(x->type, "groupchat") && x->id.n > 1 && x->id.p[0] == 'm' &&
		 x->id.p[1] >= '0' && x->id.p[1] <= '9') {
		w->nerrors += c->next != number_at(x->id.p + 1);
		c->next = number_at(x->id.p + 1) + 1;
		w->ncopies++;
	}
}

static void
take_input(struct world *w, struct client *c)
{
	const char *p = c->in, *end, *next;
	struct stanza x;
	ssize_t n = recv(c->fd, c->in + c->in_len, IN_BYTES - c->in_len, 0);

	if (n <= 0)
		die("a client has been disconnected");
	c->in_len += (size_t)n;
	end = c->in + c->in_len;
	for (; (next = host_next_stanza(p, end, &x)) != NULL; p = next) {
		x.n = (size_t)(next - x.p);
		take(w, c, &x);
	}
	c->in_len = (size_t)(end - x.p);
	memmove(c->in, x.p, c->in_len);
}

/* Takes what has come, or waits for something. */
static void
turn(struct world *w)
{
	struct pollfd p[N];

	for (unsigned i = 0; i < N; i++)
		p[i] = (struct pollfd){ .fd = w->c[i].fd, .events = POLLIN };
	if (poll(p, N, 60000) <= 0)
		die("the clients are told nothing any more");
	for (unsigned i = 0; i < N; i++)
		if (p[i].revents != 0)
			take_input(w, &w->c[i]);
}

static void
enter(struct world *w, unsigned user)
{
	put(&w->c[user], "<presence to='room@%s/n%u'><x xmlns='" NS_MUC "'/></presence>", w->domain,
	    user);
}

static void
storm(struct world *w, struct took *t)
{
	double began;

	enter(w, 0);
	while (w->npresences < 1)
		turn(w);
	put(&w->c[0],
	    "<iq to='room@%s' type='set' id='c'><query xmlns='" NS_MUC "#owner'>"
	    "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>" NS_MUC
	    "#roomconfig</value></field></x></query></iq>",
	    w->domain);
	while (!w->configured)
		turn(w);
	w->npresences = 0;
	began = seconds();
	for (unsigned i = 1; i < N; i++)
		enter(w, i);
	while (w->npresences < (uint64_t)N * N - 1)
		turn(w);
	*t = (struct took){ .s = seconds() - began, .n = w->npresences };
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
say(struct world *w, unsigned nmessages, unsigned window, struct took *t)
{
	double *times = calloc(nmessages, sizeof(*times)), said = 0;
	const double began = seconds();
	unsigned sent = 0;

	w->ncopies = 0;
	for (unsigned i = 0; i < N; i++)
		w->c[i].next = 0;
	while (w->ncopies < (uint64_t)nmessages * N) {
		for (; sent < nmessages &&
		       (uint64_t)(sent + 1) * N <= w->ncopies + (uint64_t)window * N;
		     sent++) {
			said = seconds();
			put(&w->c[0],
			    "<message to='room@%s' type='groupchat' id='m%u'><body>" BODY
			    "</body></message>",
			    w->domain, sent);
		}
		turn(w);
		if (w->ncopies == (uint64_t)sent * N)
			times[sent - 1] = seconds() - said;
	}
	*t = (struct took){ .s = seconds() - began, .n = w->ncopies, .nerrors = w->nerrors };
	qsort(times, nmessages, sizeof(*times), compare);
	t->p50 = times[nmessages / 2];
	t->p99 = times[nmessages * 99 / 100];
	free(times);
}

/* -- the server, and mucd beside it -- */

static bool
log_has(const char *path, const char *what)
{
	char line[1024];
	bool found = false;
	FILE *f = fopen(path, "re");

	while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL)
		found = strstr(line, what) != NULL;
	if (f != NULL)
		fclose(f);
	return found;
}

static void
attach(struct proc *mucd, const char *dir, int port)
{
	const char *build = getenv("MUCD_BUILD");
	char conf[600], log[600], program[600];
	const char *argv[] = { program, "-f", "-c", conf, NULL };

	snprintf(conf, sizeof(conf), "%.500s/mucd.conf", dir);
	snprintf(log, sizeof(log), "%.500s/mucd.out", dir);
	snprintf(program, sizeof(program), "%.500s/mucd", build != NULL ? build : "build");
	peer_conf(conf, dir, MUCD_DOMAIN, port);
	if (!proc_start(mucd, argv, NULL, log))
		die("mucd does not start");
	for (int i = 0; !log_has(log, "attached to"); i++) {
		if (i == 1000)
			die("mucd does not attach itself");
		live_sleep_ms(20);
	}
}

void
real_run(enum server_kind kind, bool with_mucd, struct real *r)
{
	static struct server_conf conf;
	static char users[N][8];
	struct world w = { .domain = with_mucd ? MUCD_DOMAIN : OWN_DOMAIN };
	struct server s;
	struct proc mucd = { .pid = 0 };

	memset(&conf, 0, sizeof(conf));
	conf.kind = kind;
	for (unsigned i = 0; i < N; i++) {
		snprintf(users[i], sizeof(users[i]), "u%u", i);
		server_add_account(&conf, users[i], "p");
	}
	server_add_component(&conf, MUCD_DOMAIN, SECRET);
	server_add_component(&conf, OWN_DOMAIN, NULL);
	if (!server_start(&s, &conf))
		die("the server does not start");
	if (with_mucd)
		attach(&mucd, s.dir, conf.component[0].port);
	for (unsigned i = 0; i < N; i++)
		log_in(&w.c[i], i, s.client_port);
	storm(&w, &r->enter);
	say(&w, NSAID / 10, 16, &r->say);
	r->server_cpu_s = cpu_s(s.proc.pid);
	r->mucd_cpu_s = with_mucd ? cpu_s(mucd.pid) : 0;
	say(&w, NSAID, 16, &r->say);
	r->server_cpu_s = cpu_s(s.proc.pid) - r->server_cpu_s;
	r->mucd_cpu_s = with_mucd ? cpu_s(mucd.pid) - r->mucd_cpu_s : 0;
	say(&w, NONE, 1, &r->one);
	for (unsigned i = 0; i < N; i++) {
		close(w.c[i].fd);
		free(w.c[i].in);
	}
	if (with_mucd)
		proc_stop(&mucd, SIGKILL);
	server_stop(&s, false);
}
