/* SPDX-License-Identifier: ISC */
/*
 * user.c - what a bare JID may send: buckets that empty and fill, and are forgotten
 */
#include "room/room.h"
#include "tap.h"

static void
init(struct service *s)
{
	memset(s, 0, sizeof(*s));
	TAILQ_INIT(&s->user_order);
	s->now.mono_ms = 5000;
	s->limits = (struct muc_limits){
		.rate_per_s = 10,
		.rate_burst = 20,
		.rate_bytes_per_s = 1000,
		.rate_bytes_burst = 5000,
		.session_percent = 50,
		.refusals_per_s = 1,
		.domain_bytes_per_s = 1 << 20,
	};
}

/* How many stanzas of nbytes pass at once. */
static int
pass(struct service *s, const char *bare, size_t nbytes)
{
	int n = 0;

	while (n < 1000 && user_charge(s, bare, nbytes))
		n++;
	return n;
}

/* How often the allowance for registrations lasts. */
static int
spend(struct service *s, const char *bare)
{
	int n = 0;

	while (n < 1000 && user_spend(s, bare, ALLOWANCE_REGISTER))
		n++;
	return n;
}

int
main(void)
{
	struct service s;
	char bare[32];
	int n;
	const struct jid first = { .full = "a@b/1", .bare = "a@b", .resource = "1" };
	const struct jid second = { .full = "a@b/2", .bare = "a@b", .resource = "2" };
	const struct jid third = { .full = "a@b/3", .bare = "a@b", .resource = "3" };
	struct jid evil = { .bare = "a@evil.example", .domain = "evil.example" };
	struct jid good = { .bare = "a@good.example", .domain = "good.example" };

	init(&s);
	is_int(pass(&s, "a@example", 1), 20, "a burst passes");
	is_int(pass(&s, "b@example", 1), 20, "each has a bucket of its own");
	s.now.mono_ms += 1000;
	is_int(pass(&s, "a@example", 1), 10, "with time it fills again");
	s.now.mono_ms += 3600 * 1000;
	is_int(pass(&s, "a@example", 1), 20, "but never above its rim");
	is_int(pass(&s, "c@example", 1000), 5, "bytes count, too");
	is_int(pass(&s, "d@example", 5001), 0, "what is larger than all of it never passes");
	users_free(&s);

	init(&s);
	for (int i = 0; i < 10000; i++) {
		snprintf(bare, sizeof(bare), "u%d@example", i);
		user_charge(&s, bare, 1);
		s.now.mono_ms += 10;
	}
	ok(map_count(&s.users) < 100, "who is quiet again is forgotten: %zu of 10000 left",
	    map_count(&s.users));
	user_get(&s, "here@example")->nsessions = 1;
	for (int i = 0; i < 1000; i++) {
		snprintf(bare, sizeof(bare), "v%d@example", i);
		user_charge(&s, bare, 1);
		s.now.mono_ms += 1000;
	}
	ok(map_get(&s.users, "here@example") != NULL, "but not who is in a room");
	users_free(&s);

	init(&s);
	s.limits.registrations_per_min = 3;
	is_int(spend(&s, "a@example"), 3, "a minute's allowance may be used at once");
	s.now.mono_ms += 20 * 1000;
	is_int(spend(&s, "a@example"), 1, "and comes back over the minute");
	s.now.mono_ms += 5 * 1000;
	for (int i = 0; i < 100; i++) {
		snprintf(bare, sizeof(bare), "w%d@example", i);
		user_charge(&s, bare, 1);
	}
	is_int(spend(&s, "a@example"), 0, "who has used it is not forgotten before that");
	users_free(&s);

	init(&s);
	s.limits.registrations_per_min = 4;
	for (n = 0; n < 1000 && sender_spend(&s, &first, ALLOWANCE_REGISTER); n++)
		continue;
	is_int(n, 2, "one session has a part of an allowance");
	for (n = 0; n < 1000 && sender_spend(&s, &second, ALLOWANCE_REGISTER); n++)
		continue;
	is_int(n, 2, "another one the rest");
	ok(!sender_has(&s, &third, ALLOWANCE_REGISTER, 1), "and then it is used up");
	s.limits.registrations_per_min = 1;
	s.now.mono_ms += 60000;
	ok(sender_spend(&s, &third, ALLOWANCE_REGISTER), "a part is one at least");
	for (int i = 0; i < 1000; i++) {
		snprintf(bare, sizeof(bare), "x%d@example", i);
		user_charge(&s, bare, 1);
		s.now.mono_ms += 1000;
	}
	ok(map_get(&s.users, first.full) == NULL, "sessions are forgotten, too");
	users_free(&s);

	init(&s);
	s.arena = arena_new();
	s.limits.domain_per_s = 5;
	for (n = 0; n < 1000 && domain_charge(&s, &evil, 1); n++)
		continue;
	is_int(n, 26, "one user of a domain has half of ten seconds' worth, and a bit");
	for (n = 0; n < 1000; n++) {
		snprintf(bare, sizeof(bare), "u%d@evil.example", n);
		evil.bare = bare;
		if (!domain_charge(&s, &evil, 1))
			break;
	}
	is_int(n, 24, "the others have the rest, each a bit of it");
	ok(domain_charge(&s, &good, 1), "another domain has its own");
	for (int i = 0; i < 10000; i++) {
		snprintf(bare, sizeof(bare), "d%d.example", i);
		good = (struct jid){ .bare = bare, .domain = bare };
		domain_charge(&s, &good, 1);
		s.now.mono_ms += 100;
		arena_reset(s.arena);
	}
	ok(map_count(&s.users) < 100, "domains are forgotten, too");
	ok(domain_holds("example.org", "rooms.example.org") &&
		!domain_holds("example.org", "example.org") &&
		!domain_holds("org", "rooms.example.org") && !domain_holds("x", "localhost"),
	    "the domain that another one is in");
	users_free(&s);
	arena_free(s.arena);
	return tap_done();
}
