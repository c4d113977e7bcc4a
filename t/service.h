/* SPDX-License-Identifier: ISC */
/*
 * service.h - a struct muc for unit tests: store in memory, a clock that is set, no chance
 */
#ifndef SERVICE_H
#define SERVICE_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "muc.h"
#include "store.h"

#define HEADER                                                                                     \
	"<stream:stream xmlns='jabber:component:accept' "                                          \
	"xmlns:stream='http://etherx.jabber.org/streams' id='1' from='rooms.example'>"

struct test {
	struct muc_host host;
	struct muc_conf conf;
	struct muc *muc;
	struct muc_stream *stream;
	struct muc_now now;
	uint8_t seed;
	char log[4096]; /* the last line */
};

static inline void
test_random(void *arg, void *p, size_t n)
{
	struct test *t = arg;

	for (size_t i = 0; i < n; i++)
		((uint8_t *)p)[i] = t->seed = (uint8_t)(t->seed * 5 + 77);
}

static inline void
test_log(void *arg, enum muc_log level, const char *line)
{
	struct test *t = arg;

	(void)level;
	strncpy(t->log, line, sizeof(t->log) - 1);
}

/* Starts the service on the test's store; NULL when it refuses. */
static inline struct muc *
test_start(struct test *t, enum muc_error *error)
{
	t->muc = muc_new(&t->host, &t->conf, t->now, error);
	if (t->muc == NULL)
		return NULL;
	muc_domain_add(t->muc, "rooms.example");
	muc_domain_up(t->muc, 0, t->now);
	t->stream = muc_stream_new(t->muc, 0, HEADER, strlen(HEADER));
	return t->muc;
}

static inline void
test_stop(struct test *t)
{
	muc_stream_free(t->stream);
	muc_free(t->muc);
	t->stream = NULL;
	t->muc = NULL;
}

static inline void
test_init(struct test *t)
{
	memset(t, 0, sizeof(*t));
	t->now = (struct muc_now){ 1767225600000, 1000 };
	t->host = (struct muc_host){ t, store_mem_new(), test_random, test_log, NULL, NULL };
	muc_limits_default(&t->conf.limits);
	/* Tests are faster than people: rates are for those that are about them. */
	t->conf.limits.entries_per_min = 1000000;
	t->conf.limits.room_entries_per_min = 1000000;
	t->conf.limits.room_entries_of_one_per_min = 1000000;
	t->conf.limits.room_messages_per_s = 1000000;
	t->conf.limits.domain_per_s = t->conf.limits.domain_rooms_per_min = 1000000;
	t->conf.limits.service_rooms_per_min = 1000000000;
	t->conf.limits.service_per_s = t->conf.limits.service_entries_per_min = 1000000000;
	t->conf.limits.room_queries_per_s = 1000000;
	t->conf.limits.room_nick_changes_per_min = 1000000;
	t->conf.limits.room_invites_per_min = 1000000;
	t->conf.limits.room_registrations_per_min = 1000000;
	t->conf.limits.fence_bytes = 0;
}

static inline void
test_release(struct test *t)
{
	test_stop(t);
	t->host.store->close(t->host.store);
}

static inline enum muc_input
test_send(struct test *t, const char *stanza)
{
	return muc_input(t->muc, t->stream, stanza, strlen(stanza), t->now);
}

/* All that waits, as a string that the caller frees; `step` bytes at a time. */
static inline char *
test_drain(struct test *t, size_t step)
{
	struct buf b = BUF_INIT;
	char piece[65536];
	size_t n;

	while ((n = muc_drain(t->muc, 0, piece, step < sizeof(piece) ? step : sizeof(piece))) > 0)
		buf_add(&b, piece, n);
	buf_addc(&b, '\0');
	return buf_steal(&b);
}

/* Sends, commits, and returns what is told; the caller frees it. */
static inline char *
test_ask(struct test *t, const char *stanza)
{
	test_send(t, stanza);
	muc_commit(t->muc);
	return test_drain(t, 65536);
}

static inline char *__attribute__((format(printf, 2, 0)))
test_vaskf(struct test *t, const char *fmt, va_list ap)
{
	char *stanza, *out;

	if (vasprintf(&stanza, fmt, ap) == -1)
		abort();
	out = test_ask(t, stanza);
	free(stanza);
	return out;
}

static inline char *__attribute__((format(printf, 2, 3)))
test_askf(struct test *t, const char *fmt, ...)
{
	char *out;
	va_list ap;

	va_start(ap, fmt);
	out = test_vaskf(t, fmt, ap);
	va_end(ap);
	return out;
}

/* Without a limit on what one user may send. */
static inline void
test_start_unlimited(struct test *t)
{
	enum muc_error e;

	t->conf.limits.rate_burst = 1000000;
	t->conf.limits.rate_bytes_burst = 1000000000;
	test_start(t, &e);
}

static inline int
test_count_record(void *arg, struct bytes key, struct bytes val)
{
	(void)key, (void)val;
	++*(int *)arg;
	return 0;
}

/* How many records a table has. */
static inline int
test_count(struct test *t, enum table table)
{
	const struct bytes none = { "", 0 };
	int n = 0;

	t->host.store->each(t->host.store, table, none, none, test_count_record, &n);
	return n;
}

/* How often a piece occurs. */
static inline int
count_of(const char *text, const char *piece)
{
	int n = 0;

	for (const char *p = text; (p = strstr(p, piece)) != NULL; p++)
		n++;
	return n;
}

#define ENTER(user, nick)                                                                          \
	"<presence from='" user "@example/r' to='room@rooms.example/" nick "'>"                    \
	"<x xmlns='http://jabber.org/protocol/muc'/></presence>"
#define UNLOCK(user)                                                                               \
	"<iq from='" user "@example/r' to='room@rooms.example' type='set' id='u'>"                 \
	"<query xmlns='http://jabber.org/protocol/muc#owner'>"                                     \
	"<x xmlns='jabber:x:data' type='submit'/></query></iq>"
#define LEAVE(user, nick)                                                                          \
	"<presence from='" user "@example/r' to='room@rooms.example/" nick "' "                    \
	"type='unavailable'/>"

/* The room's configuration, of CONFIG_FIELD()s: an owner's, with id u. */
#define CONFIGURE(user, fields)                                                                    \
	"<iq from='" user "@example/r' to='room@rooms.example' type='set' id='u'>"                 \
	"<query xmlns='http://jabber.org/protocol/muc#owner'>"                                     \
	"<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"                           \
	"<value>http://jabber.org/protocol/muc#roomconfig</value></field>" fields                  \
	"</x></query></iq>"
#define CONFIG_FIELD(name, value)                                                                  \
	"<field var='muc#roomconfig_" name "'><value>" value "</value></field>"
#define SAY(user, text)                                                                            \
	"<message from='" user "@example/r' to='room@rooms.example' type='groupchat' id='m'>"      \
	"<body>" text "</body></message>"

#endif
