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
#define NCOPIES	 50000
#define NONE	 200 /* one by one */
#define NROOMS	 300 /* of four */
#define BODY                                                                                       \
	"A body of a hundred bytes, as people write them when they have something to say, and no " \
	"longer: 100."
#define OWN_DOMAIN "own.localhost"
#define NS_MUC	   "http://jabber.org/protocol/muc"

struct client {
	int fd;
	char *in;
	size_t in_len;
	unsigned next; /* message that is to come */
};

struct world {
	struct client c[REAL_MOST];
	unsigned n;
	const char *domain;
	uint64_t npresences, ncopies, nresults, nerrors;
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
		w->nresults++;
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
	struct pollfd p[REAL_MOST];

	for (unsigned i = 0; i < w->n; i++)
		p[i] = (struct pollfd){ .fd = w->c[i].fd, .events = POLLIN };
	if (poll(p, w->n, 60000) <= 0)
		die("the clients are told nothing any more");
	for (unsigned i = 0; i < w->n; i++)
		if (p[i].revents != 0)
			take_input(w, &w->c[i]);
}

static void
turns(struct world *w, const uint64_t *count, uint64_t most)
{
	while (*count < most)
		turn(w);
}

static void
enter(struct world *w, unsigned room, unsigned user)
{
	put(&w->c[user], "<presence to='r%u@%s/n%u'><x xmlns='" NS_MUC "'/></presence>", room,
	    w->domain, user);
}

static void
configure(struct world *w, unsigned room, unsigned user)
{
	put(&w->c[user],
	    "<iq to='r%u@%s' type='set' id='c'><query xmlns='" NS_MUC "#owner'>"
	    "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>" NS_MUC
	    "#roomconfig</value></field></x></query></iq>",
	    room, w->domain);
}

static void
speak(struct world *w, unsigned room, unsigned user, unsigned no)
{
	put(&w->c[user],
	    "<message to='r%u@%s' type='groupchat' id='m%u'><body>" BODY "</body></message>", room,
	    w->domain, no);
}

static void
storm(struct world *w, unsigned room, unsigned n, struct took *t)
{
	double began;

	w->npresences = w->nresults = 0;
	enter(w, room, 0);
	turns(w, &w->npresences, 1);
	configure(w, room, 0);
	turns(w, &w->nresults, 1);
	w->npresences = 0;
	began = seconds();
	for (unsigned i = 1; i < n; i++)
		enter(w, room, i);
	turns(w, &w->npresences, (uint64_t)n * n - 1);
	*t = (struct took){ .s = seconds() - began, .n = w->npresences };
}

/* All clients at once, four to a room: one makes it, the others enter, one speaks. Rooms are first and on. */
static void
rooms_of_four(struct world *w, unsigned first, unsigned nrooms, struct took *t)
{
	const unsigned each = w->n / 4;
	const double began = seconds();

	for (unsigned no = first; no < first + nrooms; no += each) {
		w->npresences = w->nresults = w->ncopies = 0;
		for (unsigned i = 0; i < each; i++)
			enter(w, no + i, 4 * i);
		turns(w, &w->npresences, each);
		for (unsigned i = 0; i < each; i++)
			configure(w, no + i, 4 * i);
		turns(w, &w->nresults, each);
		for (unsigned i = 0; i < 4 * each; i++) {
			w->c[i].next = 0;
			if (i % 4 != 0)
				enter(w, no + i / 4, i);
		}
		turns(w, &w->npresences, (uint64_t)each * 16);
		for (unsigned i = 0; i < each; i++)
			speak(w, no + i, 4 * i, 0);
		turns(w, &w->ncopies, (uint64_t)each * 4);
	}
	*t = (struct took){ .s = seconds() - began, .n = nrooms, .nerrors = w->nerrors };
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
say(struct world *w, unsigned room, unsigned n, unsigned nmessages, unsigned window, struct took *t)
{
	double *times = calloc(nmessages, sizeof(*times)), said = 0;
	const double began = seconds();
	unsigned sent = 0;

	w->ncopies = w->nerrors = 0;
	for (unsigned i = 0; i < w->n; i++)
		w->c[i].next = 0;
	while (w->ncopies < (uint64_t)nmessages * n) {
		for (; sent < nmessages &&
		       (uint64_t)(sent + 1) * n <= w->ncopies + (uint64_t)window * n;
		     sent++) {
			said = seconds();
			speak(w, room, 0, sent);
		}
		turn(w);
		if (w->ncopies == (uint64_t)sent * n)
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

/* mucd, or what stands for it (hop.c). */
static void
attach(struct proc *proc, enum peer_kind kind, const char *dir, int port)
{
	const char *build = getenv("MUCD_BUILD");
	char conf[600], log[600], program[600], number[16];
	const char *const mucd[] = { program, "-f", "-c", conf, NULL };
	const char *const limit[] = { program, kind == PEER_HOP ? "--hop" : "--bare-hop", number,
		NULL };

	snprintf(conf, sizeof(conf), "%.500s/mucd.conf", dir);
	snprintf(log, sizeof(log), "%.500s/mucd.out", dir);
	snprintf(program, sizeof(program), "%.500s/%s", build != NULL ? build : "build",
	    kind == PEER_MUCD ? "mucd" : "t/bench/bench");
	snprintf(number, sizeof(number), "%d", port);
	peer_conf(conf, dir, REAL_DOMAIN, port);
	if (!proc_start(proc, kind == PEER_MUCD ? mucd : limit, NULL, log))
		die("%s does not start", program);
	for (int i = 0; !log_has(log, "attached to"); i++) {
		if (i == 1000)
			die("%s does not attach itself", program);
		live_sleep_ms(20);
	}
}

static void
measure(struct world *w, const struct proc *server, const struct proc *component, struct real *r)
{
	struct took warm;

	say(w, 0, 100, NCOPIES / 100 / 10, 16, &warm);
	r->server_cpu_s = cpu_s(server->pid);
	r->component_cpu_s = component->pid != 0 ? cpu_s(component->pid) : 0;
	say(w, 0, 100, NCOPIES / 100, 16, &r->say);
	r->server_cpu_s = cpu_s(server->pid) - r->server_cpu_s;
	r->component_cpu_s = component->pid != 0 ? cpu_s(component->pid) - r->component_cpu_s : 0;
	say(w, 0, 100, NONE, 1, &r->one);
	storm(w, 1, 10, &warm);
	say(w, 1, 10, NCOPIES / 10 / 2, 16, &r->say_few);
	rooms_of_four(w, 2, NROOMS, &r->rooms);
}

void
real_run(enum server_kind kind, enum peer_kind rooms, unsigned nclients, struct real *r)
{
	static struct server_conf conf;
	static char users[REAL_MOST][12];
	static struct world w;
	struct server s;
	struct proc component = { .pid = 0 };

	memset(&conf, 0, sizeof(conf));
	conf.kind = kind;
	w = (struct world){ .n = nclients,
		.domain = rooms == PEER_OWN_ROOMS ? OWN_DOMAIN : REAL_DOMAIN };
	for (unsigned i = 0; i < nclients; i++) {
		snprintf(users[i], sizeof(users[i]), "u%u", i);
		server_add_account(&conf, users[i], "p");
	}
	server_add_component(&conf, REAL_DOMAIN, SECRET);
	server_add_component(&conf, OWN_DOMAIN, NULL);
	if (!server_start(&s, &conf))
		die("the server does not start");
	if (rooms != PEER_OWN_ROOMS)
		attach(&component, rooms, s.dir, conf.component[0].port);
	for (unsigned i = 0; i < nclients; i++)
		log_in(&w.c[i], i, s.client_port);
	storm(&w, 0, nclients, &r->enter);
	if (nclients == 100)
		measure(&w, &s.proc, &component, r);
	for (unsigned i = 0; i < nclients; i++) {
		close(w.c[i].fd);
		free(w.c[i].in);
	}
	if (component.pid != 0)
		proc_stop(&component, SIGKILL);
	server_stop(&s, false);
}
