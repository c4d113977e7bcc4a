/* SPDX-License-Identifier: ISC */
/*
 * steps.c - fixed workloads in process, whose instructions are counted
 *
 *	steps [WORKLOAD]	without one: says which there are
 *
 * Nothing in it depends on the machine or the time: the store is in memory, the clock is set. t/bench/check
 * counts what muc_input(), muc_commit() and muc_drain() take.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../service.h"

#define BODY                                                                                       \
	"A body of a hundred bytes, as people write them when they have something to say, and no " \
	"longer: 100."
#define NS_MUC "http://jabber.org/protocol/muc"

struct steps {
	struct test t;
	uint64_t nbytes; /* told */
};

static void
end_turn(struct steps *s)
{
	static char piece[262144];
	size_t n;

	muc_commit(s->t.muc);
	while ((n = muc_drain(s->t.muc, 0, piece, sizeof(piece))) > 0)
		s->nbytes += n;
	s->t.now.wall_ms += 7;
	s->t.now.mono_ms += 7;
}

static void __attribute__((format(printf, 2, 3))) put(struct steps *s, const char *fmt, ...)
{
	char stanza[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(stanza, sizeof(stanza), fmt, ap);
	va_end(ap);
	if (test_send(&s->t, stanza) == MUC_TURN_ENDS)
		end_turn(s);
}

static void
enter(struct steps *s, unsigned user, unsigned room)
{
	put(s,
	    "<presence from='u%u@example/r' to='r%u@rooms.example/n%u'><x xmlns='" NS_MUC
	    "'/><show>away</show><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' "
	    "node='http://client.example' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/></presence>",
	    user, room, user);
}

static void
make(struct steps *s, unsigned user, unsigned room, bool archive)
{
	enter(s, user, room);
	put(s,
	    "<iq from='u%u@example/r' to='r%u@rooms.example' type='set' id='c'><query "
	    "xmlns='" NS_MUC
	    "#owner'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>" NS_MUC
	    "#roomconfig</value></field><field var='muc#roomconfig_enablearchiving'><value>%d"
	    "</value></field></x></query></iq>",
	    user, room, archive);
}

static void
say(struct steps *s, unsigned user, unsigned room, unsigned no)
{
	put(s,
	    "<message from='u%u@example/r' to='r%u@rooms.example' type='groupchat' "
	    "id='m%u'><body>" BODY "</body></message>",
	    user, room, no);
}

/* A room of n, and so many messages to it. */
static void
fanout(struct steps *s, unsigned n, unsigned nmessages, bool archive)
{
	make(s, 0, 0, archive);
	for (unsigned i = 1; i < n; i++)
		enter(s, i, 0);
	end_turn(s);
	for (unsigned i = 0; i < nmessages; i++) {
		say(s, i % n, 0, i);
		if (i % 10 == 9)
			end_turn(s);
	}
}

static void
messages_to_10(struct steps *s)
{
	fanout(s, 10, 3000, false);
}

static void
messages_to_300(struct steps *s)
{
	fanout(s, 300, 300, false);
}

static void
messages_kept(struct steps *s)
{
	fanout(s, 10, 2000, true);
}

static void
entries(struct steps *s)
{
	fanout(s, 250, 0, true);
}

static void
churn(struct steps *s)
{
	fanout(s, 50, 0, true);
	for (unsigned i = 0; i < 200; i++) {
		const unsigned user = 1 + i % 49;

		put(s,
		    "<presence from='u%u@example/r' to='r0@rooms.example/n' type='unavailable'/>",
		    user);
		enter(s, user, 0);
		put(s, "<presence from='u%u@example/r' to='r0@rooms.example/m%u'/>", user, user);
		put(s, "<presence from='u%u@example/r' to='r0@rooms.example/n%u'/>", user, user);
		end_turn(s);
	}
}

static void
rooms(struct steps *s)
{
	for (unsigned room = 0; room < 500; room++) {
		make(s, 4 * room % 200, room, true);
		for (unsigned i = 1; i < 4; i++)
			enter(s, (4 * room + i) % 200, room);
		say(s, 4 * room % 200, room, 0);
		if (room % 100 == 99)
			end_turn(s);
	}
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(struct steps *);
	} all[] = {
		{ "messages_to_10", messages_to_10 },
		{ "messages_to_300", messages_to_300 },
		{ "messages_kept", messages_kept },
		{ "entries", entries },
		{ "churn", churn },
		{ "rooms", rooms },
	};
	struct steps s = { .nbytes = 0 };
	enum muc_error e;

	if (argc != 2) {
		for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
			printf("%s\n", all[i].name);
		return 0;
	}
	test_init(&s.t);
	s.t.conf.limits.rate_burst = s.t.conf.limits.rate_per_s = 1000000;
	s.t.conf.limits.rate_bytes_burst = s.t.conf.limits.rate_bytes_per_s = 1 << 30;
	s.t.conf.limits.nick_changes_per_min = 100000;
	s.t.conf.limits.rooms_per_creator = 100000;
	s.t.conf.limits.fence_bytes = 262144;
	if (test_start(&s.t, &e) == NULL)
		return 1;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(argv[1], all[i].name) == 0) {
			all[i].run(&s);
			end_turn(&s);
		}
	printf("%llu bytes\n", (unsigned long long)s.nbytes);
	test_release(&s.t);
	return s.nbytes == 0;
}
