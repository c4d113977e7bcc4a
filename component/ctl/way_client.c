/* SPDX-License-Identifier: ISC */
/*
 * way_client.c - to a service as a client of its server, by libstrophe
 *
 * The connection is encrypted and the server's certificate checked, or there is none. Why it came to
 * nothing libstrophe tells its log alone, so that is listened to: for what the server said to the
 * password, and for why it could not be connected to.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strophe.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/jid.h"
#include "base/mem.h"
#include "base/xml.h"
#include "base/xml_parse.h"
#include "base/xml_write.h"
#include "way.h"

#define C2S_PORT 5222
#define CLOSE_MS 2000
#define RUN_MS	 20

#define HEADER                                                                                     \
	"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"

struct came {
	const struct xml *x;
	struct came *next;
};

struct client {
	struct way way;
	xmpp_ctx_t *ctx;
	xmpp_log_t log;
	xmpp_conn_t *conn;
	struct xml_parser *parser;
	struct came *first, **last;
	bool is_up, is_over;
	char why[512]; /* "" if nothing is known */
};

/* libstrophe has no argument for this one: the one client there is. */
static struct client *the_client;

static void
set_why(struct client *c, const char *what, const char *more)
{
	if (c->why[0] == '\0')
		snprintf(c->why, sizeof c->why, "%s%.300s", what, more);
}

static int
on_bad_certificate(const xmpp_tlscert_t *cert, const char *what)
{
	(void)cert;
	set_why(the_client, "the server's certificate is not to be trusted: ", what);
	return 0;
}

/* The name of the condition in <failure/>: RFC 6120 6.5. */
static void
take_failure(struct client *c, const char *failure)
{
	char condition[64];
	const char *child = strstr(failure, "><");
	size_t n = child != NULL ? strspn(child + 2, "abcdefghijklmnopqrstuvwxyz-") : 0;

	if (n == 0 || n >= sizeof condition)
		return;
	memcpy(condition, child + 2, n);
	condition[n] = '\0';
	if (strcmp(condition, "not-authorized") == 0)
		set_why(c, "the server refuses the password, or does not know the account", "");
	else
		set_why(c, "the server refuses to let the account in: ", condition);
}

static void
on_log(void *arg, xmpp_log_level_t level, const char *area, const char *line)
{
	struct client *c = arg;
	const char *error = strstr(line, "connection failed, error ");

	(void)area;
	(void)level;
	if (strncmp(line, "RECV: <failure xmlns=\"urn:ietf:params:xml:ns:xmpp-sasl\">", 55) == 0)
		take_failure(c, line);
	if (error != NULL)
		set_why(c, "cannot connect: ", strerror(atoi(error + 25)));
}

/* libstrophe's stanza as one of ours. */
static const struct xml *
stanza_of(struct client *c, xmpp_stanza_t *stanza)
{
	const struct xml *x;
	char *text;
	size_t n;

	if (xmpp_stanza_to_text(stanza, &text, &n) != XMPP_EOK)
		return NULL;
	if (xml_parse(c->parser, c->way.a, text, n, &x) != PARSE_OK)
		x = NULL;
	xmpp_free(c->ctx, text);
	return x;
}

static int
on_iq(xmpp_conn_t *conn, xmpp_stanza_t *stanza, void *arg)
{
	struct client *c = arg;
	struct came *came;
	const struct xml *x = stanza_of(c, stanza);

	(void)conn;
	if (x == NULL)
		return 1;
	came = arena_alloc(c->way.a, sizeof *came);
	came->x = x;
	*c->last = came;
	c->last = &came->next;
	return 1;
}

static void
on_connection(xmpp_conn_t *conn, xmpp_conn_event_t event, int error,
    xmpp_stream_error_t *stream_error, void *arg)
{
	struct client *c = arg;

	(void)error;
	if (event == XMPP_CONN_CONNECT) {
		xmpp_handler_add(conn, on_iq, NULL, "iq", NULL, c);
		c->is_up = true;
		return;
	}
	if (stream_error != NULL)
		set_why(c, "the server says: ",
		    stream_error->text != NULL ? stream_error->text : "an error of the stream");
	c->is_up = false;
	c->is_over = true;
}

static bool
send_xml(struct way *w, const struct xml *x)
{
	struct client *c = (struct client *)w;
	struct buf b = BUF_INIT;

	if (!c->is_up) {
		ctl_complain("the server has closed the connection");
		return false;
	}
	xml_write(&b, x);
	buf_addc(&b, '\0'); /* libstrophe logs it as a string */
	xmpp_send_raw(c->conn, b.p, b.len - 1);
	buf_release(&b);
	return true;
}

static bool
wait_xml(struct way *w, int64_t until_ms, const struct xml **x)
{
	struct client *c = (struct client *)w;

	while (c->first == NULL && c->is_up && !ctl_stopping && way_now_ms() < until_ms)
		xmpp_run_once(c->ctx, RUN_MS);
	*x = NULL;
	if (c->first != NULL) {
		*x = c->first->x;
		c->first = c->first->next;
		if (c->first == NULL)
			c->last = &c->first;
		return true;
	}
	if (!c->is_up)
		ctl_complain("the server has closed the connection");
	return c->is_up;
}

static void
close_client(struct way *w)
{
	struct client *c = (struct client *)w;
	int64_t until_ms = way_now_ms() + CLOSE_MS;

	if (c->is_up)
		xmpp_disconnect(c->conn);
	while (!c->is_over && c->is_up && way_now_ms() < until_ms)
		xmpp_run_once(c->ctx, RUN_MS);
	xmpp_conn_release(c->conn);
	xmpp_ctx_free(c->ctx);
	xmpp_shutdown();
	xml_parser_free(c->parser);
	free(c);
	the_client = NULL;
}

static const struct way_kind client_kind = { send_xml, wait_xml, close_client };

/* "host", "host:port", "[address]:port". False when the port is none. */
static bool
split_host(struct arena *a, const char *text, const char **host, unsigned short *port)
{
	const char *end = strrchr(text, ':'), *bracket = strchr(text, ']');
	char *rest;
	unsigned long n;

	*port = C2S_PORT;
	/* Several colons and no brackets are an IPv6 address alone. */
	if (end == NULL || (bracket != NULL && end < bracket) ||
	    (bracket == NULL && strchr(text, ':') != end))
		end = text + strlen(text);
	else {
		n = strtoul(end + 1, &rest, 10);
		if (n == 0 || n > 65535 || *rest != '\0')
			return false;
		*port = (unsigned short)n;
	}
	if (*text == '[' && end > text + 1 && end[-1] == ']')
		*host = arena_strndup(a, text + 1, (size_t)(end - text - 2));
	else
		*host = arena_strndup(a, text, (size_t)(end - text));
	return **host != '\0';
}

/* libstrophe does not tell a file without certificates from a connection that breaks. */
static bool
has_certificate(const char *path)
{
	char line[256];
	FILE *f = fopen(path, "re");
	bool found = false;

	while (f != NULL && !found && fgets(line, sizeof line, f) != NULL)
		found = strncmp(line, "-----BEGIN ", 11) == 0;
	if (f != NULL)
		fclose(f);
	return found;
}

static bool
trust(struct client *c, const char *path)
{
	struct stat st;

	if (path == NULL)
		return true;
	if (stat(path, &st) == -1) {
		ctl_complain("%s: %s", path, strerror(errno));
		return false;
	}
	if (S_ISDIR(st.st_mode)) {
		xmpp_conn_set_capath(c->conn, path);
		return true;
	}
	if (!has_certificate(path)) {
		ctl_complain("%s: there is no certificate in it", path);
		return false;
	}
	xmpp_conn_set_cafile(c->conn, path);
	return true;
}

/* Connects and authenticates; false, and why is set or not, when that came to nothing. */
static bool
log_in(struct client *c, const char *host, unsigned short port)
{
	const int64_t until_ms = way_now_ms() + (int64_t)c->way.o->timeout_s * 1000;

	if (xmpp_connect_client(c->conn, host, port, on_connection, c) != XMPP_EOK) {
		set_why(c, "cannot find or reach the server", "");
		return false;
	}
	while (!c->is_up && !c->is_over && !ctl_stopping && way_now_ms() < until_ms)
		xmpp_run_once(c->ctx, RUN_MS);
	if (!c->is_up && !c->is_over)
		set_why(c, "the server does not answer", "");
	return c->is_up;
}

struct way *
way_client(const struct ctl_options *o, struct arena *a)
{
	struct client *c;
	const char *host = NULL;
	unsigned short port = 0;
	struct jid j;
	char *password;

	if (!jid_prep(a, o->account, &j) || j.node == NULL) {
		ctl_complain("%s is not an address like admin@example.org", o->account);
		return NULL;
	}
	if (o->host != NULL && !split_host(a, o->host, &host, &port)) {
		ctl_complain("%s: that is no host and port", o->host);
		return NULL;
	}
	password = way_password(o);
	if (password == NULL)
		return NULL;
	c = mem_alloc(sizeof *c);
	c->way = (struct way){ .kind = &client_kind, .o = o, .a = a };
	c->last = &c->first;
	c->log = (xmpp_log_t){ on_log, c };
	c->parser = xml_parser_new(HEADER, strlen(HEADER));
	the_client = c;
	xmpp_initialize();
	c->ctx = xmpp_ctx_new(NULL, &c->log);
	c->conn = xmpp_conn_new(c->ctx);
	xmpp_conn_set_flags(c->conn, XMPP_CONN_FLAG_MANDATORY_TLS | XMPP_CONN_FLAG_DISABLE_SM);
	xmpp_conn_set_certfail_handler(c->conn, on_bad_certificate);
	xmpp_conn_set_jid(c->conn, j.full);
	xmpp_conn_set_pass(c->conn, password);
	if (trust(c, o->ca) && !log_in(c, host, port) && !ctl_stopping)
		ctl_complain("%s: %s", o->account,
		    c->why[0] != '\0' ? c->why : "the server has closed the connection");
	explicit_bzero(password, strlen(password));
	free(password);
	if (c->is_up)
		return &c->way;
	close_client(&c->way);
	return NULL;
}
