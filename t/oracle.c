/* SPDX-License-Identifier: ISC */
/*
 * oracle.c - does everybody see the room as it is?
 *
 * Dozens of clients do thousands of random things in many rooms, legal and illegal ones; in between the
 * service is restarted, killed amid a turn, its link goes down amid a stanza, time passes, clients vanish.
 * Each client makes itself a picture of each room from the stanzas it gets and from nothing else
 * (oracle_client.c). After each step every picture must equal the room as far as that client may see it
 * (oracle_truth.c), and what a client may not be told it must not have been told.
 *
 * Where the truth comes from. Who is in, with which role, affiliation and nick, is read from struct room
 * itself (lib/room/room.h), never written: who is allowed to do what is the scenarios' business (spec/), a
 * second set of all these rules would only repeat the first one's errors. What this test is about is
 * telling, and nothing of what tells is used for it: who may see what is said anew in oracle_truth.c in
 * the words of the XEP. What the service does not keep, or keeps only to tell it, comes from a model of
 * what clients have done and was not refused: their presences, and with them which of a nick's sessions is
 * shown; who is to be told a message, in which order; the subject; what was said before somebody came. Who
 * may speak and who may set the subject is judged here, too. Memory and store cannot tell the same wrong
 * story for long: the service is made anew on its store again and again while the pictures stay.
 *
 * usage: oracle [SEED [STEPS]]. Without a seed two runs are made: of a fixed one, and of one from the time
 * of day. The seed is always told; the same seed and steps do the same again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "oracle.h"
#include "tap.h"

#ifdef __SANITIZE_ADDRESS__
#	define STEPS 10000
#else
#	define STEPS 15000
#endif

#define FIXED_SEED 45
#define LOG_MAX	   20000 /* bytes of the failing step's stanzas that are shown */

static void
show_lines(const char *p, size_t n)
{
	const char *end;

	while (n > 0) {
		end = memchr(p, '\n', n);
		end = end != NULL ? end : p + n - 1;
		printf("# %.*s\n", (int)(end - p), p);
		n -= (size_t)(end + 1 - p);
		p = end + 1;
	}
}

static void
show_failure(const struct world *w)
{
	size_t n = w->log.len < LOG_MAX ? w->log.len : LOG_MAX;

	printf("# The last operations:\n");
	for (unsigned long s = w->step < NLAST ? 1 : w->step - NLAST + 1; s <= w->step; s++)
		printf("# %lu\t%s\n", s, w->last[s % NLAST] != NULL ? w->last[s % NLAST] : "");
	printf("# The stanzas of step %lu:\n", w->step);
	show_lines(w->log.p, n);
	if (n < w->log.len)
		printf("# and %zu bytes more\n", w->log.len - n);
	printf("# %s\n", w->why);
}

/* What was counted in a run, and in all of them. */
struct sum {
	unsigned long delivered, searched, messages, old, kept, pictures;
};

/* One run; true: nothing was wrong. */
static bool
run(uint64_t seed, unsigned long steps, enum sabotage sabotage, struct tally *tally,
    struct sum *sum)
{
	struct world *w = calloc(1, sizeof(*w));
	bool good;

	if (w == NULL)
		abort();
	world_init(w, seed, tally, sabotage);
	while (!w->failed && w->step < steps)
		ops_step(w);
	good = !w->failed;
	if (!good && sabotage == HONEST)
		show_failure(w);
	if (sum != NULL) {
		sum->delivered += w->ndelivered;
		sum->searched += w->nsearched;
		sum->messages += w->nmessages;
		sum->old += w->nold;
		sum->kept += w->nkept;
		sum->pictures += w->npictures;
	}
	world_release(w);
	free(w);
	return good;
}

static void
test_seed(uint64_t seed, unsigned long steps, struct tally *tally, struct sum *sum)
{
	printf("# seed %llu\n", (unsigned long long)seed);
	fflush(stdout);
	if (!ok(run(seed, steps, HONEST, tally, sum),
		"seed %llu: in %lu steps every picture is the room as it is",
		(unsigned long long)seed, steps))
		printf("# again: build/t/oracle %llu %lu\n", (unsigned long long)seed, steps);
}

/* Were the tests tests? */
static void
test_work(const struct tally *tally, const struct sum *sum)
{
	for (size_t i = 0; i < ops_count(); i++) {
		printf("# %-26s %6lu taken, %6lu refused\n", ops[i].name, tally[i].taken,
		    tally[i].refused);
		if (ops[i].must)
			ok(tally[i].taken > 0, "%s: was taken", ops[i].name);
	}
	printf("# %lu pictures of rooms compared; %lu stanzas told, %lu of them searched for "
	       "addresses, %lu messages, %lu old ones, %lu out of archives\n",
	    sum->pictures, sum->delivered, sum->searched, sum->messages, sum->old, sum->kept);
	ok(sum->searched > 0 && sum->messages > 0 && sum->kept > 0,
	    "there was something to look at");
}

/* A service that errs once in a while would not be overlooked. */
static void
test_sabotage(void)
{
	static const char *const what[SABOTAGES] = {
		[LOSE_PRESENCE] = "a presence that does not come",
		[LOSE_MESSAGE] = "a message that does not come",
		[TWICE_MESSAGE] = "a message that comes twice",
		[SWAP_MESSAGES] = "messages in another order",
		[SHOW_JID] = "an address that is shown",
		[LOSE_RECORD] = "a session that is not stored",
	};
	struct tally *tally = calloc(ops_count(), sizeof(*tally));

	for (int i = HONEST + 1; i < SABOTAGES; i++)
		ok(!run(FIXED_SEED, STEPS, (enum sabotage)i, tally, NULL), "%s is seen", what[i]);
	free(tally);
}

int
main(int argc, char **argv)
{
	struct tally *tally = calloc(ops_count(), sizeof(*tally));
	unsigned long steps = argc > 2 ? strtoul(argv[2], NULL, 10) : STEPS;
	struct sum sum = { 0 };

	if (argc > 1) {
		test_seed(strtoull(argv[1], NULL, 10), steps, tally, &sum);
	} else {
		test_seed(FIXED_SEED, steps, tally, &sum);
		test_seed((uint64_t)time(NULL), steps, tally, &sum);
		test_sabotage();
	}
	if (steps >= STEPS)
		test_work(tally, &sum);
	free(tally);
	return tap_done();
}
