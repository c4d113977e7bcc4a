/* SPDX-License-Identifier: ISC */
/*
 * link_flood.c - a million stanzas with ever new names leave mucd's memory as it was
 *
 * Plays the server of a component, with MUCD (build/mucd if not set) attached, and says stanzas in
 * which element, attribute, namespace, prefix, id and often the sender were never seen before: some
 * relayed by a room, some refused. All it says back is read. RssAnon, each time when all was answered, stays
 * within 10 % of what it was after two fifths: by then as many senders are forgotten, because all that they
 * may do has come back to them, as new ones come. Under a sanitizer there are fewer, and memory, which is the
 * sanitizer's, is not looked at.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "tap.h"

#define DOMAIN	   "conference.localhost"
#define ROOM	   "flood@" DOMAIN
#define WAIT_MS	   60000
#define LIMIT_S	   300
#define CHUNK	   65536
#define BATCH	   5000 /* stanzas, then all are waited for: a backlog is not what this is about */
#define STEPS	   20	/* samples */
#define WARM_STEPS 8

static char dir[] = "/tmp/mucd-flood-XXXXXX";
static pid_t child;
static int fd = -1; /* the link */
static struct buf in, out;
static size_t out_off, all_in, all_out;

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

/* Ends what was started and leaves nothing. */
static void
clean(void)
{
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void __attribute__((noreturn)) bail(const char *why)
{
	printf("Bail out! %s\n", why);
	clean();
	exit(1);
}

static void __attribute__((noreturn)) on_signal(int sig)
{
	(void)sig;
	clean();
	_exit(1);
}

static double
now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static bool
has_sanitizer(const char *program)
{
	struct buf b = BUF_INIT;
	char chunk[CHUNK];
	bool found;
	FILE *f = fopen(program, "re");
	size_t n;

	if (f == NULL)
		bail("there is no mucd");
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(&b, chunk, n);
	fclose(f);
	found = memmem(b.p, b.len, "__asan_init", 11) != NULL;
	buf_release(&b);
	return found;
}

/* -- the link -- */

/* Starts mucd, attached to a port of ours. */
static void
start(const char *program)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), log;
	char conf[100], path[100];
	struct pollfd p;
	FILE *f;

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (listener == -1 || bind(listener, (struct sockaddr *)&sin, len) != 0 ||
	    listen(listener, 1) != 0 || getsockname(listener, (struct sockaddr *)&sin, &len) != 0)
		bail("no port to listen on");
	snprintf(conf, sizeof(conf), "%s/mucd.conf", dir);
	snprintf(path, sizeof(path), "%s/log", dir);
	log = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	umask(077);
	f = fopen(conf, "we");
	if (f == NULL || log == -1)
		bail("no file can be written");
	fprintf(f,
	    "database = \"%s/db\"\nrate_per_s = 1000000\nrate_burst = 1000000\n"
	    "rate_bytes_per_s = 1073741824\nrate_bytes_burst = 1073741824\n"
	    "component \"" DOMAIN "\" { server = \"127.0.0.1\" port = %d secret = \"s\" }\n",
	    dir, ntohs(sin.sin_port));
	fclose(f);
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(log, STDERR_FILENO);
		execl(program, program, "-f", "-c", conf, (char *)NULL);
		_exit(127);
	}
	close(log);
	p = (struct pollfd){ .fd = listener, .events = POLLIN };
	if (child == -1 || poll(&p, 1, WAIT_MS) != 1)
		bail("mucd does not connect");
	fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	close(listener);
}

/* Writes and reads what there is; keeps the end of what was read. */
static void
run_link(void)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char chunk[CHUNK];
	ssize_t n;

	if (out_off < out.len)
		p.events |= POLLOUT;
	if (poll(&p, 1, WAIT_MS) != 1)
		bail("mucd neither reads nor writes");
	if ((p.revents & POLLOUT) != 0) {
		n = send(fd, out.p + out_off, out.len - out_off, MSG_NOSIGNAL);
		if (n > 0) {
			out_off += (size_t)n;
			all_out += (size_t)n;
		}
		if (out_off == out.len)
			out_off = out.len = 0;
	}
	if ((p.revents & (POLLIN | POLLHUP | POLLERR)) == 0)
		return;
	n = recv(fd, chunk, sizeof(chunk), 0);
	if (n <= 0)
		bail("mucd has closed the link");
	all_in += (size_t)n;
	if (in.len > CHUNK)
		buf_consume(&in, in.len - 1024);
	buf_add(&in, chunk, (size_t)n);
}

/* Until mucd has said that; what came up to then is forgotten. */
static void
expect(const char *what)
{
	const char *at;

	while (out_off < out.len || in.len == 0 ||
	       (at = memmem(in.p, in.len, what, strlen(what))) == NULL)
		run_link();
	buf_consume(&in, (size_t)(at - in.p) + strlen(what));
}

static void __attribute__((format(printf, 1, 2))) say(const char *fmt, ...)
{
	char text[2048];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_add(&out, text, (size_t)n);
}

/* All that was said is handled and answered. */
static void
settle(unsigned n)
{
	char id[40];

	say("<iq type='get' id='settle%u.' from='p%u@x.org/r' to='" DOMAIN "'>"
	    "<ping xmlns='urn:xmpp:ping'/></iq>",
	    n, n);
	snprintf(id, sizeof(id), "id='settle%u.'", n);
	expect(id);
}

static long
rss_kb(void)
{
	char path[40], line[200];
	long kb = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)child);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "RssAnon: %ld", &kb) == 1)
			break;
	if (f != NULL)
		fclose(f);
	return kb;
}

/* The n-th stanza: nothing in it but what the protocol fixes was there before. */
static void
say_new(unsigned n)
{
	switch (n % 8) {
	case 0: /* to be relayed */
	case 1:
	case 2:
		say("<message type='groupchat' from='a@x.org/r' to='" ROOM
		    "' id='i%u'><body>b</body>"
		    "<e%u xmlns='urn:n%u' xmlns:p%u='urn:q%u' p%u:a%u='1' b%u='2'><p%u:f%u/></e%u>"
		    "</message>",
		    n, n, n, n, n, n, n, n, n, n, n);
		break;
	case 3: /* to be kept */
		say("<presence from='a@x.org/r' to='" ROOM
		    "/A'><e%u xmlns='urn:n%u' a%u='1'/></presence>",
		    n, n, n);
		break;
	case 4: /* to be refused: IQ, unknown sender, unknown room, undeclared prefix */
		say("<iq type='get' from='u%u@d%u.org/r%u' to='" ROOM "' id='i%u'>"
		    "<p%u:q%u xmlns:p%u='urn:n%u' a%u='1'/></iq>",
		    n, n, n, n, n, n, n, n, n);
		break;
	case 5:
		say("<message type='groupchat' from='u%u@x.org/r' to='" ROOM
		    "' id='i%u'><body>b</body>"
		    "<x%u xmlns='urn:n%u'/></message>",
		    n, n, n, n);
		break;
	case 6:
		say("<message type='chat' from='u%u@x.org/r' to='r%u@" DOMAIN "/n%u' id='i%u'>"
		    "<b%u:x%u xmlns:b%u='b%u' c%u='d'/></message>",
		    n, n, n, n, n, n, n, n, n);
		break;
	default:
		say("<message from='u%u@x.org/r' to='" ROOM
		    "' id='i%u'><p%u:x p%u:y='1'/></message>",
		    n, n, n, n);
		break;
	}
}

static void
flood(unsigned count, bool measured)
{
	long kb, warm = 0, least = 0, most = 0;
	double began = now_s();

	for (unsigned step = 0; step < STEPS; step++) {
		unsigned from = count / STEPS * step, to = count / STEPS * (step + 1);

		for (unsigned n = from; n < to; n++) {
			say_new(n);
			if (n % BATCH == BATCH - 1)
				settle(n);
			while (out.len - out_off > 2 * CHUNK)
				run_link();
		}
		settle(count + step);
		kb = rss_kb();
		if (step + 1 == WARM_STEPS)
			warm = least = most = kb;
		least = kb < least ? kb : least;
		most = kb > most ? kb : most;
		printf("# %u stanzas: RssAnon %ld KiB\n", to, kb);
	}
	ok(true, "%u stanzas were taken and answered in %.1f s, %zu MB in, %zu MB out", count,
	    now_s() - began, all_out / 1000000, all_in / 1000000);
	if (measured) {
		ok(most * 10 <= warm * 11, "RssAnon grew from %ld KiB to %ld KiB at most", warm,
		    most);
		printf("# and was never less than %ld KiB\n", least);
	}
}

int
main(void)
{
	const char *program = getenv("MUCD") != NULL ? getenv("MUCD") : "build/mucd";
	bool sanitized = has_sanitizer(program);
	int status = -1;

	if (mkdtemp(dir) == NULL)
		bail("no directory for the database");
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	signal(SIGHUP, on_signal);
	signal(SIGALRM, on_signal);
	alarm(LIMIT_S);
	start(program);
	expect("<stream:stream");
	say("<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' "
	    "xmlns='jabber:component:accept' from='" DOMAIN "' id='x'>");
	expect("</handshake>");
	say("<handshake/><presence from='a@x.org/r' to='" ROOM "/A'>"
	    "<x xmlns='http://jabber.org/protocol/muc'/></presence>"
	    "<iq type='set' id='conf' from='a@x.org/r' to='" ROOM "'><query "
	    "xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>"
	    "<field "
	    "var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
	    "</x></query></iq>");
	settle(UINT_MAX);
	flood(sanitized ? 40000 : 1000000, !sanitized);
	kill(child, SIGTERM);
	shutdown(fd, SHUT_WR);
	while (waitpid(child, &status, 0) == -1)
		continue;
	child = 0;
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "mucd ends well");
	buf_release(&in);
	buf_release(&out);
	close(fd);
	clean();
	return tap_done();
}
