/* SPDX-License-Identifier: ISC */
/*
 * bench.c - how fast mucd is, beside what else there is and beside what the machine can do
 *
 *	bench [RUNS [PART]]	medians of so many runs, 3 if it is not said; of all, or of a part
 *
 * With ALONE in the environment mucd is alone; else mu-conference, which takes its time, runs once.
 *
 * Writes bench.json and bench.dat into the build's directory, and a table to standard output.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../component/store_lmdb.h"
#include "peer.h"
#include "real.h"
#include "store.h"
#include "stored.h"
#include "work.h"

#define NKINDS	   6
#define MAX_RUNS   32
#define MAX_ROWS   96
#define FEW_ROOMS  10000
#define MANY_ROOMS 1000000

static const char *const kind_names[NKINDS] = { "mucd", "mu-conference", "raw", "own rooms", "hop",
	"bare hop" };

/* What was measured under a name, of each kind, in each run. */
struct row {
	char name[64], unit[24];
	double v[NKINDS][MAX_RUNS];
	unsigned n[NKINDS];
};

static struct row rows[MAX_ROWS];
static unsigned nrows;
static uint64_t nerrors[NKINDS];

static struct row *
row_of(const char *name)
{
	for (unsigned i = 0; i < nrows; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

static void
note(enum peer_kind kind, const char *name, const char *unit, double v)
{
	struct row *r = row_of(name);

	if (r == NULL) {
		if (nrows == MAX_ROWS)
			die("there is no room for more rows");
		r = &rows[nrows++];
		snprintf(r->name, sizeof(r->name), "%s", name);
		snprintf(r->unit, sizeof(r->unit), "%s", unit);
	}
	if (r->n[kind] < MAX_RUNS)
		r->v[kind][r->n[kind]++] = v;
	fprintf(stderr, "%-14s %-40s %14.6g %s\n", kind_names[kind], name, v, unit);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* NAN: it was not measured. */
static double
median(const char *name, enum peer_kind kind)
{
	const struct row *r = row_of(name);
	double v[MAX_RUNS];

	if (r == NULL || r->n[kind] == 0)
		return NAN;
	memcpy(v, r->v[kind], sizeof(v));
	qsort(v, r->n[kind], sizeof(*v), compare);
	return v[r->n[kind] / 2];
}

static const char *__attribute__((format(printf, 1, 2))) named(const char *fmt, ...)
{
	static char names[4][64];
	static unsigned which;
	char *name = names[which++ % 4];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(names[0]), fmt, ap);
	va_end(ap);
	return name;
}

static const char *
server_name(enum server_kind kind)
{
	return kind == SERVER_PROSODY ? "Prosody" : "ejabberd";
}

static void
note_took(enum peer_kind kind, const char *name, const char *unit, const struct took *t)
{
	note(kind, name, unit, (double)t->n / t->s);
	nerrors[kind] += t->nerrors;
	if (t->nerrors > 0)
		fprintf(stderr, "%s: %s: %llu lost, twice or out of order\n", kind_names[kind],
		    name, (unsigned long long)t->nerrors);
}

/* -- what is run -- */

/* The peer is a thousand times slower in places. */
static unsigned
messages(enum peer_kind kind, unsigned n)
{
	const unsigned copies = kind == PEER_MUCD ? 2000000 : 60000, most = 100000;

	return copies / n < most ? copies / n : most;
}

static void
fanout(struct peer *p, struct host *h, unsigned n, const char *more)
{
	const unsigned nmessages = messages(p->kind, n), window = n < 64 ? 256 : 64;
	char name[64];
	struct took t;
	double cpu_s;

	work_fanout(h, 0, n, nmessages / 10, window, &t);
	cpu_s = peer_cpu_s(p);
	work_fanout(h, 0, n, nmessages, window, &t);
	cpu_s = peer_cpu_s(p) - cpu_s;
	snprintf(name, sizeof(name), "copies/s in a room of %u%s", n, more);
	note_took(p->kind, name, "/s", &t);
	snprintf(name, sizeof(name), "CPU of a copy in a room of %u%s", n, more);
	note(p->kind, name, "ns", cpu_s / (double)t.n * 1e9);
}

static void
one_by_one(struct peer *p, struct host *h, unsigned n, const char *more)
{
	char name[64];
	struct took t;

	work_fanout(h, 0, n, p->kind == PEER_MUCD ? 3000 : 100, 1, &t);
	snprintf(name, sizeof(name), "one message to %u, p50%s", n, more);
	note(p->kind, name, "ms", t.p50 * 1e3);
	snprintf(name, sizeof(name), "one message to %u, p99%s", n, more);
	note(p->kind, name, "ms", t.p99 * 1e3);
	nerrors[p->kind] += t.nerrors;
}

static void
one_room(enum peer_kind kind, struct host *h, unsigned n, bool archive)
{
	const char *more = archive || kind != PEER_MUCD ? "" : ", no archive";
	struct peer p;
	struct took t;

	peer_start(&p, kind, h, NULL);
	work_create(h, 0, archive, false);
	work_storm(h, 0, 1, n, false, &t);
	if (archive)
		note_took(kind, named("presences/s, %u enter", n), "/s", &t);
	if (n != 500)
		fanout(&p, h, n, more);
	if (n == 100)
		one_by_one(&p, h, n, more);
	if (n == 100 && archive) {
		work_churn(h, 0, n, kind == PEER_MUCD ? 2000 : 50, &t);
		note_took(kind, "presences/s, churn in a room of 100", "/s", &t);
	}
	peer_stop(&p, h);
}

static void
large_room(struct host *h)
{
	struct peer p;
	struct took t;

	peer_start(&p, PEER_MUCD, h, NULL);
	work_create(h, 0, true, true);
	work_storm(h, 0, 1, 10000, true, &t);
	nerrors[PEER_MUCD] += t.nerrors;
	fanout(&p, h, 10000, "");
	peer_stop(&p, h);
}

static void
many_rooms(enum peer_kind kind, struct host *h, unsigned most)
{
	unsigned first = 0, few = FEW_ROOMS < most ? FEW_ROOMS : most;
	double before, after;
	struct peer p;
	struct took t;

	peer_start(&p, kind, h, NULL);
	work_rooms(h, 0, 100, &t);
	first = 100;
	before = peer_memory(&p, "RssAnon");
	for (unsigned n = 1000; n <= most; n = n == 10000 ? 50000 : n * 10) {
		const double cpu_s = peer_cpu_s(&p);

		work_rooms(h, first, first + n, &t);
		first += n;
		note_took(kind, named("rooms/s, %u rooms of four", n), "/s", &t);
		note(kind, named("CPU of a room, of %u", n), "us",
		    (peer_cpu_s(&p) - cpu_s) / n * 1e6);
		if (n != few)
			continue;
		after = peer_memory(&p, "RssAnon");
		note(kind, "anonymous memory of a room of four", "B",
		    (after - before) / (first - 100));
		note(kind, "mapped pages beside it", "B", peer_memory(&p, "RssFile") / first);
	}
	if (kind == PEER_MUCD) {
		before = peer_memory(&p, "RssAnon");
		work_rooms_fill(h, 0, first, &t);
		after = peer_memory(&p, "RssAnon");
		note(kind, "anonymous memory of a further occupant", "B",
		    (after - before) / (4.0 * first));
	}
	peer_stop(&p, h);
}

/* What a service takes that nobody uses. The start is from the process' to the handshake's end. */
static void
stored_rooms(struct host *h, unsigned nruns)
{
	char *dir = temp_dir(), db[600];
	struct peer p;

	if (dir == NULL)
		die("there is no place for a database");
	snprintf(db, sizeof(db), "%.500s/db", dir);
	stored_make(db, MANY_ROOMS);
	for (unsigned i = 0; i < nruns; i++) {
		note(PEER_MUCD, "1000000 stored rooms: start", "s",
		    peer_start(&p, PEER_MUCD, h, dir));
		note(PEER_MUCD, "1000000 stored rooms: anonymous memory", "MB",
		    peer_memory(&p, "RssAnon") / 1e6);
		note(PEER_MUCD, "1000000 stored rooms: mapped pages", "MB",
		    peer_memory(&p, "RssFile") / 1e6);
		peer_stop(&p, h);
	}
	remove_dir(dir);
	free(dir);
}

static void
raw(struct host *h)
{
	struct peer p;
	struct took t;

	peer_start(&p, PEER_RAW, h, NULL);
	work_raw(h, BLAST_USERS, 4000000, &t);
	note_took(PEER_RAW, "copies/s in a room of 1000", "/s", &t);
	note(PEER_RAW, "bytes of a copy", "B", (double)h->nbytes / (double)h->nstanzas);
	peer_stop(&p, h);
}

/* What is durable only when it is on the disk costs at least that. */
static void
one_commit(void)
{
	char *dir = temp_dir(), why[256];
	struct store *s = store_lmdb_open(dir, (size_t)1 << 30, why, sizeof(why));
	double v[300], began;

	if (s == NULL)
		die("%s", why);
	for (uint32_t i = 0; i < 300; i++) {
		began = seconds();
		s->put(s, TABLE_archive, (struct bytes){ &i, sizeof(i) },
		    (struct bytes){ why, sizeof(why) });
		s->commit(s);
		v[i] = seconds() - began;
	}
	s->close(s);
	remove_dir(dir);
	free(dir);
	qsort(v, 300, sizeof(*v), compare);
	note(PEER_RAW, "a durable commit", "ms", v[150] * 1e3);
}

/* Real clients, through a server with mucd or what only sends, and in its own rooms. */
static void
through(enum server_kind server, bool many)
{
	static const enum peer_kind kinds[] = { PEER_MUCD, PEER_OWN_ROOMS, PEER_HOP,
		PEER_BARE_HOP };
	const char *s = server_name(server);
	struct real r;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const enum peer_kind kind = kinds[i];

		real_run(server, kind, 100, &r);
		note_took(kind, named("%s: presences/s, 100 enter", s), "/s", &r.enter);
		note_took(kind, named("%s: copies/s to 100", s), "/s", &r.say);
		note_took(kind, named("%s: copies/s to 10", s), "/s", &r.say_few);
		note_took(kind, named("%s: rooms/s, 300 rooms of four", s), "/s", &r.rooms);
		note(kind, named("%s: one message to 100, p50", s), "ms", r.one.p50 * 1e3);
		note(kind, named("%s: its CPU of a copy to 100", s), "us",
		    r.server_cpu_s / (double)r.say.n * 1e6);
		if (kind != PEER_OWN_ROOMS)
			note(kind, named("%s: the component's CPU of its", s), "%",
			    100 * r.component_cpu_s / r.server_cpu_s);
		if (!many)
			continue;
		real_run(server, kind, 500, &r);
		note_took(kind, named("%s: presences/s, 500 enter", s), "/s", &r.enter);
	}
}

/* All of it, or the part of that name: raw, a number of occupants, large, rooms, real; stored. */
static void
run(struct host *h, bool is_first, bool with_peer, const char *part)
{
	static const unsigned sizes[] = { 10, 100, 500, 1000 };

	if (part == NULL || strcmp(part, "raw") == 0) {
		raw(h);
		one_commit();
	}
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		if (part != NULL && strcmp(part, named("%u", sizes[i])) != 0)
			continue;
		one_room(PEER_MUCD, h, sizes[i], true);
		if (sizes[i] != 500)
			one_room(PEER_MUCD, h, sizes[i], false);
		if (with_peer)
			one_room(PEER_MU_CONFERENCE, h, sizes[i], true);
	}
	if (part == NULL || strcmp(part, "large") == 0)
		large_room(h);
	if ((part == NULL || strcmp(part, "real") == 0) && access("/usr/bin/prosody", X_OK) == 0)
		through(SERVER_PROSODY, is_first);
	if ((part == NULL || strcmp(part, "real") == 0) &&
	    access("/usr/sbin/ejabberdctl", X_OK) == 0)
		through(SERVER_EJABBERD, is_first);
	if (part != NULL && strcmp(part, "rooms") != 0)
		return;
	many_rooms(PEER_MUCD, h, 50000);
	if (with_peer)
		many_rooms(PEER_MU_CONFERENCE, h, FEW_ROOMS);
}

/* -- what is told -- */

static void
print_table(void)
{
	printf("\n%-44s %5s", "", "");
	for (int kind = 0; kind < NKINDS; kind++)
		printf(" %13s", kind_names[kind]);
	printf("\n");
	for (unsigned i = 0; i < nrows; i++) {
		printf("%-44s %5s", rows[i].name, rows[i].unit);
		for (int kind = 0; kind < NKINDS; kind++) {
			const double v = median(rows[i].name, kind);

			if (isnan(v))
				printf(" %13s", "-");
			else
				printf(" %13.*f", v < 100 ? 2 : 0, v);
		}
		printf("\n");
	}
}

/* Is it met? NAN: what it takes was not measured. */
static bool
goal(const char *what, double v, bool at_least, double bound, const char *unit)
{
	const bool met = at_least ? v >= bound : v <= bound;

	if (isnan(v)) {
		printf("   -      %s\n", what);
		return true;
	}
	printf("%-9s %s: %.3g%s (%s %.3g)\n", met ? "met" : "NOT MET", what, v, unit,
	    at_least ? "at least" : "at most", bound);
	return met;
}

static double
ratio(const char *name, enum peer_kind to)
{
	return median(name, PEER_MUCD) / median(name, to);
}

/* Can any component do it? What hop.c reaches is the bound: it has no work of its own. */
static void
beside_own_rooms(const char *name, double bound)
{
	const double hop = median(name, PEER_HOP), own = median(name, PEER_OWN_ROOMS);
	const double bare = median(name, PEER_BARE_HOP), of_hop = ratio(name, PEER_HOP);

	if (goal(named("%s, of its own rooms", name), ratio(name, PEER_OWN_ROOMS), true, bound,
		" times"))
		return;
	printf("          mucd has %.2f of what a component has that only sends the same copies; "
	       "such a "
	       "one has %.2f\n          of the own rooms, %.2f with the shortest stanzas%s\n",
	    of_hop, hop / own, bare / own,
	    hop < bound * own && bare < bound * own ? ": through the server's link it cannot be met"
						    : "");
}

/* The parts are perf's. */
static void
rooms_beside_mu_conference(void)
{
	const char *name = "rooms/s, 10000 rooms of four";

	if (goal("10000 rooms of four, of mu-conference's", ratio(name, PEER_MU_CONFERENCE), true,
		50, " times"))
		return;
	printf("          50 times is a room each %.0f us; mucd has %.0f us of CPU for one, and "
	       "waits for the "
	       "disk: a third is\n          its own code, nothing of it above 3 %%, a third libc's "
	       "for "
	       "strings and memory, a quarter the\n          kernel's and LMDB's for the disk, the "
	       "rest "
	       "libxml2's and libcrypto's\n",
	    1e6 / (50 * median(name, PEER_MU_CONFERENCE)),
	    median("CPU of a room, of 10000", PEER_MUCD));
}

/* Noise of the machine is in rates, hardly in this. */
static void
print_server_cpu(const char *server)
{
	const char *name = named("%s: its CPU of a copy to 100", server);

	if (isnan(median(name, PEER_MUCD)))
		return;
	printf("          CPU of %s for a copy to 100: %.1f us in its own rooms; %.1f of what only "
	       "sends, "
	       "%.1f with the\n          shortest stanzas; %.1f of mucd\n",
	    server, median(name, PEER_OWN_ROOMS), median(name, PEER_HOP),
	    median(name, PEER_BARE_HOP), median(name, PEER_MUCD));
}

static void
print_goals(void)
{
	const char *cpu = "CPU of a copy in a room of 10";
	const double commit_ms = median("a durable commit", PEER_RAW);

	printf("\n");
	goal("fan-out in a room of 1000, of the raw limit",
	    ratio("copies/s in a room of 1000", PEER_RAW), true, 0.5, " times");
	goal("the same without the archive",
	    median("copies/s in a room of 1000, no archive", PEER_MUCD) /
		median("copies/s in a room of 1000", PEER_RAW),
	    true, 0.5, " times");
	goal("fan-out in a room of 1000, of mu-conference's",
	    ratio("copies/s in a room of 1000", PEER_MU_CONFERENCE), true, 30, " times");
	goal("one message to 100, p50, no archive",
	    median("one message to 100, p50, no archive", PEER_MUCD), false, 1, " ms");
	goal("one message to 100, p50, with the archive: 1 ms and a commit",
	    median("one message to 100, p50", PEER_MUCD), false, 1 + commit_ms, " ms");
	goal("1000 enter, of mu-conference's", ratio("presences/s, 1000 enter", PEER_MU_CONFERENCE),
	    true, 50, " times");
	rooms_beside_mu_conference();
	goal("anonymous memory of a room of four",
	    median("anonymous memory of a room of four", PEER_MUCD), false, 4096, " B");
	goal("anonymous memory of a further occupant",
	    median("anonymous memory of a further occupant", PEER_MUCD), false, 600, " B");
	goal("1000000 stored rooms: start", median("1000000 stored rooms: start", PEER_MUCD), false,
	    1, " s");
	goal("1000000 stored rooms: anonymous memory",
	    median("1000000 stored rooms: anonymous memory", PEER_MUCD), false, 50, " MB");
	goal("CPU of a copy, in a room of 10,000 to one of 10",
	    median("CPU of a copy in a room of 10000", PEER_MUCD) / median(cpu, PEER_MUCD), false,
	    1.5, " times");
	for (int server = 0; server < 2; server++) {
		const char *s = server_name(server);

		beside_own_rooms(named("%s: presences/s, 100 enter", s), 1);
		beside_own_rooms(named("%s: presences/s, 500 enter", s), 1);
		beside_own_rooms(
		    named("%s: copies/s to 10", s), server == SERVER_PROSODY ? 0.8 : 1);
		beside_own_rooms(
		    named("%s: copies/s to 100", s), server == SERVER_PROSODY ? 0.8 : 1);
		print_server_cpu(s);
		goal(named("%s: mucd's CPU of its", s),
		    median(named("%s: the component's CPU of its", s), PEER_MUCD), false, 10, " %");
	}
	for (int kind = 0; kind < NKINDS; kind++)
		printf("%s: %llu lost, twice or out of order\n", kind_names[kind],
		    (unsigned long long)nerrors[kind]);
}

static FILE *
create(const char *name)
{
	const char *build = getenv("MUCD_BUILD");
	char path[600];
	FILE *f;

	snprintf(path, sizeof(path), "%.500s/%s", build != NULL ? build : "build", name);
	f = fopen(path, "we");
	if (f == NULL)
		die("%s cannot be written", path);
	return f;
}

static void
write_json(void)
{
	FILE *f = create("bench.json");

	fprintf(f, "{");
	for (unsigned i = 0; i < nrows; i++) {
		fprintf(f, "%s\n  \"%s\": { \"unit\": \"%s\"", i > 0 ? "," : "", rows[i].name,
		    rows[i].unit);
		for (int kind = 0; kind < NKINDS; kind++) {
			if (rows[i].n[kind] == 0)
				continue;
			fprintf(f, ", \"%s\": { \"median\": %.9g, \"runs\": [", kind_names[kind],
			    median(rows[i].name, kind));
			for (unsigned run_no = 0; run_no < rows[i].n[kind]; run_no++)
				fprintf(
				    f, "%s%.9g", run_no > 0 ? ", " : "", rows[i].v[kind][run_no]);
			fprintf(f, "] }");
		}
		fprintf(f, " }");
	}
	fprintf(f, "\n}\n");
	fclose(f);
}

/* For gnuplot: occupants, and copies a second of each, of those rooms that were tried. */
static void
write_dat(void)
{
	static const unsigned sizes[] = { 10, 100, 1000 };
	const double limit = median("copies/s in a room of 1000", PEER_RAW);
	FILE *f = create("bench.dat");

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		const char *name = named("copies/s in a room of %u", sizes[i]);
		const double rate = median(name, PEER_MUCD);

		if (!isnan(rate))
			fprintf(f, "%u %.9g %.9g %.9g\n", sizes[i], rate,
			    median(name, PEER_MU_CONFERENCE), limit);
	}
	fclose(f);
}

int
main(int argc, char **argv)
{
	unsigned nruns = 3;
	bool with_peer;
	struct host h;

	if (argc == 3 && strcmp(argv[1], "--blast") == 0)
		blast(atoi(argv[2]));
	if (argc == 3 && strcmp(argv[1], "--hop") == 0)
		hop(atoi(argv[2]), false);
	if (argc == 3 && strcmp(argv[1], "--bare-hop") == 0)
		hop(atoi(argv[2]), true);
	if (argc > 1)
		nruns = (unsigned)atoi(argv[1]);
	with_peer = getenv("ALONE") == NULL && peer_is_there(PEER_MU_CONFERENCE);
	live_signals();
	host_listen(&h);
	if (!with_peer)
		fprintf(stderr, "without mu-conference (Debian's jabber-muc)\n");
	for (unsigned i = 0; i < nruns; i++)
		run(&h, i == 0, i == 0 && with_peer, argc > 2 ? argv[2] : NULL);
	if (argc < 3 || strcmp(argv[2], "stored") == 0)
		stored_rooms(&h, nruns);
	host_release(&h);
	print_table();
	print_goals();
	write_json();
	write_dat();
	return nerrors[PEER_MUCD] != 0;
}
