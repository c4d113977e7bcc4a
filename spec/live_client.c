/* SPDX-License-Identifier: ISC */
/*
 * live_client.c - real XMPP clients, on libstrophe
 *
 * What libstrophe has parsed is serialised again and goes through our own parser. libstrophe
 * loses the namespace of attributes: xml:lang arrives as lang, and is mended here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strophe.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/xml.h"
#include "base/xml_parse.h"
#include "base/xml_write.h"
#include "live_client.h"
#include "live_proc.h"
#include "scs.h"

#define OPEN_MS	   60000 /* the first client of a server that has just begun */
#define CLOSE_MS   5000
#define BARRIER_MS 60000
#define GONE_MS	   60000
#define AGAIN_MS   1000 /* the server may have given it to somebody who was about to end */
#define RUN_MS	   20

struct clients {
	struct arena *a;
	xmpp_ctx_t *ctx;
	struct xml_parser *parser;
	unsigned nids;
};

struct client {
	struct clients *all;
	xmpp_conn_t *conn;
	bool up, failed;
	bool open; /* what comes is the script's from now on, not the server's bind result */
	client_take *take;
	void *arg;
	char wanted[32]; /* the id of the answer that is waited for, "" for none */
	const struct xml *answer;
};

struct clients *
clients_new(struct arena *a)
{
	struct clients *all = mem_alloc(sizeof(*all));

	xmpp_initialize();
	all->a = a;
	all->ctx = xmpp_ctx_new(NULL, NULL);
	all->parser = scs_parser();
	return all;
}

void
clients_free(struct clients *all)
{
	xmpp_ctx_free(all->ctx);
	xmpp_shutdown();
	xml_parser_free(all->parser);
	free(all);
}

void
clients_run(struct clients *all, unsigned ms)
{
	xmpp_run_once(all->ctx, ms);
}

static void
mend_lang(struct arena *a, struct xml *x)
{
	const char *lang = xml_get(x, "lang");
	struct xml *c;

	if (lang != NULL) {
		xml_set(a, x, "lang", NULL);
		xml_set_lang(a, x, lang);
	}
	for (c = x->child; c != NULL; c = c->next)
		if (c->kind == XML_ELEMENT)
			mend_lang(a, c);
}

/* libstrophe's stanza as one of ours. */
static const struct xml *
stanza_of(struct clients *all, xmpp_stanza_t *stanza)
{
	const struct xml *x;
	struct xml *copy;
	enum parse result;
	char *text;
	size_t n;

	if (xmpp_stanza_to_text(stanza, &text, &n) != XMPP_EOK)
		return NULL;
	result = xml_parse(all->parser, all->a, text, n, &x);
	if (result != PARSE_OK)
		printf("# libstrophe gives what is not well-formed: %s\n", text);
	xmpp_free(all->ctx, text);
	if (result != PARSE_OK)
		return NULL;
	copy = xml_copy(all->a, NULL, x);
	mend_lang(all->a, copy);
	return copy;
}

static int
on_stanza(xmpp_conn_t *conn, xmpp_stanza_t *stanza, void *arg)
{
	struct client *c = arg;
	const struct xml *x = stanza_of(c->all, stanza);
	const char *id = xml_get(x, "id");

	(void)conn;
	if (x == NULL)
		return 1;
	if (id != NULL && c->wanted[0] != '\0' && strcmp(id, c->wanted) == 0)
		c->answer = x;
	else if (c->open && c->take != NULL)
		c->take(c->arg, x);
	return 1;
}

static void
on_connection(xmpp_conn_t *conn, xmpp_conn_event_t event, int error,
    xmpp_stream_error_t *stream_error, void *arg)
{
	struct client *c = arg;

	(void)error;
	(void)stream_error;
	if (event == XMPP_CONN_CONNECT) {
		xmpp_handler_add(conn, on_stanza, NULL, NULL, NULL, c);
		c->up = true;
		return;
	}
	c->up = false;
	c->failed = true;
}

struct client *
client_open(struct clients *all, const char *jid, const char *password, int port, client_take *take,
    void *arg)
{
	int64_t until = live_now_ms() + OPEN_MS;
	struct client *c = mem_alloc(sizeof(*c));

	c->all = all;
	c->take = take;
	c->arg = arg;
	c->conn = xmpp_conn_new(all->ctx);
	xmpp_conn_set_flags(c->conn, XMPP_CONN_FLAG_DISABLE_TLS | XMPP_CONN_FLAG_DISABLE_SM);
	xmpp_conn_set_jid(c->conn, jid);
	xmpp_conn_set_pass(c->conn, password);
	if (xmpp_connect_client(c->conn, "127.0.0.1", (unsigned short)port, on_connection, c) !=
	    XMPP_EOK)
		c->failed = true;
	while (!c->up && !c->failed && !live_stopping && live_now_ms() < until)
		clients_run(all, RUN_MS);
	if (c->up) {
		c->open = true;
		client_send(c, xml_new(all->a, NS_STANZA, "presence"));
		return c;
	}
	printf("# %s cannot connect to port %d\n", jid, port);
	client_close(c);
	return NULL;
}

void
client_close(struct client *c)
{
	int64_t until = live_now_ms() + CLOSE_MS;

	if (c == NULL)
		return;
	c->take = NULL;
	if (c->up)
		xmpp_disconnect(c->conn);
	while (c->up && live_now_ms() < until)
		clients_run(c->all, RUN_MS);
	xmpp_conn_release(c->conn);
	free(c);
}

bool
client_is_up(const struct client *c)
{
	return c->up;
}

const char *
client_full(const struct client *c)
{
	return xmpp_conn_get_bound_jid(c->conn);
}

void
client_send(struct client *c, const struct xml *x)
{
	struct buf b = BUF_INIT;

	xml_write(&b, x);
	buf_addc(&b, '\0'); /* libstrophe logs it as a string */
	xmpp_send_raw(c->conn, b.p, b.len - 1);
	buf_release(&b);
}

/* Asks an address and waits for the answer, whatever it is; NULL when none comes in that time. */
static const struct xml *
ask(struct client *c, const char *to, const char *ns, const char *name, int64_t ms)
{
	struct arena *a = c->all->a;
	int64_t until = live_now_ms() + ms;
	struct xml *iq = xml_new(a, NS_STANZA, "iq");

	snprintf(c->wanted, sizeof(c->wanted), "player-%u", ++c->all->nids);
	c->answer = NULL;
	xml_set(a, iq, "type", "get");
	xml_set(a, iq, "to", to);
	xml_set(a, iq, "id", arena_strdup(a, c->wanted));
	xml_add(a, iq, ns, name);
	client_send(c, iq);
	while (c->answer == NULL && c->up && !live_stopping && live_now_ms() < until)
		clients_run(c->all, RUN_MS);
	c->wanted[0] = '\0';
	return c->answer;
}

bool
client_barrier(struct client *c, const char *domain)
{
	return ask(c, domain, NS_PING, "ping", BARRIER_MS) != NULL;
}

bool
client_sees_gone(struct client *c, const char *full)
{
	int64_t until = live_now_ms() + GONE_MS;

	while (c->up && !live_stopping && live_now_ms() < until)
		if (ask(c, full, NS_PING, "ping", AGAIN_MS) != NULL)
			return true;
	return false;
}

bool
client_finds(struct client *c, const char *domain)
{
	const char *type = xml_get(ask(c, domain, NS_DISCO_INFO, "query", AGAIN_MS), "type");

	return type != NULL && strcmp(type, "result") == 0;
}
