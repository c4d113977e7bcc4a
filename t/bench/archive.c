/* SPDX-License-Identifier: ISC */
/*
 * archive.c - how fast messages are kept, how fast pages of them are found, and what they take
 *
 *	archive [MESSAGES]	in the largest room, 1000000 if it is not said
 *
 * Stanzas go in by muc_input(), turns end in a durable commit of a database in the working
 * directory, which is gone when it is over. Bodies have 100 bytes.
 */
#include <lmdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../component/store_lmdb.h"
#include "../service.h"

#define BODY                                                                                       \
	"A body of a hundred bytes, as people write them when they have something to say, and no " \
	"longer: 100."
#define MAX_BYTES ((size_t)1 << 40)
#define NPAGES	  2000

_Static_assert(sizeof(BODY) - 1 == 100, "a body of 100 bytes");

struct bench {
	struct test t;
	char dir[64];
	uint64_t said;
};

static double
seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
end_turn(struct bench *b)
{
	char piece[65536];

	if (muc_commit(b->t.muc) != MUC_COMMITTED) {
		fprintf(stderr, "%s\n", store_lmdb_why(b->t.host.store));
		exit(1);
	}
	while (muc_drain(b->t.muc, 0, piece, sizeof(piece)) > 0)
		continue;
}

static void __attribute__((format(printf, 2, 3))) put(struct bench *b, const char *fmt, ...)
{
	char stanza[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(stanza, sizeof(stanza), fmt, ap);
	va_end(ap);
	test_send(&b->t, stanza);
}

static void
make_room(struct bench *b, const char *room)
{
	put(b,
	    "<presence from='a@example/r' to='%s@rooms.example/A'>"
	    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
	    room);
	put(b,
	    "<iq from='a@example/r' to='%s@rooms.example' type='set' id='u'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'>"
	    "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
	    "<value>http://jabber.org/protocol/muc#roomconfig</value></field>"
	    "</x></query></iq>",
	    room);
	end_turn(b);
}

static void
say(struct bench *b, const char *room)
{
	b->t.now.wall_ms += 7;
	b->t.now.mono_ms += 7;
	put(b,
	    "<message from='a@example/r' to='%s@rooms.example' type='groupchat' id='m%llu'>"
	    "<body>" BODY "</body></message>",
	    room, (unsigned long long)b->said++);
}

/* Says n messages in turns of so many, to so many rooms by turns. */
static void
say_all(struct bench *b, const char *name, unsigned long n, unsigned per_turn, unsigned nrooms)
{
	char room[64];

	for (unsigned long i = 0; i < n; i++) {
		snprintf(room, sizeof(room), "%s%lu", name, i % nrooms);
		say(b, room);
		if ((i + 1) % per_turn == 0)
			end_turn(b);
	}
	end_turn(b);
}

static void
make_rooms(struct bench *b, const char *name, unsigned n)
{
	char room[64];

	for (unsigned i = 0; i < n; i++) {
		snprintf(room, sizeof(room), "%s%u", name, i);
		make_room(b, room);
	}
}

/* So many messages in turns of so many, to so many rooms. */
struct row {
	unsigned per_turn, nrooms;
	unsigned long n;
};

static void
bench_keeping(struct bench *b, const struct row *row)
{
	char name[32];
	double began;

	snprintf(name, sizeof(name), "keep%u-%u-", row->per_turn, row->nrooms);
	make_rooms(b, name, row->nrooms);
	began = seconds();
	say_all(b, name, row->n, row->per_turn, row->nrooms);
	printf("%9.0f messages/s durable, %4u a turn, in %u room%s\n",
	    (double)row->n / (seconds() - began), row->per_turn, row->nrooms,
	    row->nrooms == 1 ? "" : "s");
	fflush(stdout);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* A message, and the id that it was given. */
static void
say_noted(struct bench *b, const char *room, char id[37])
{
	char *out, *at;

	say(b, room);
	muc_commit(b->t.muc);
	out = test_drain(&b->t, 65536);
	at = strstr(out, "<stanza-id");
	at = at != NULL ? strstr(at, " id='") : NULL;
	snprintf(id, 37, "%s", at != NULL ? at + strlen(" id='") : "");
	free(out);
}

/* A page of the first, of those in the middle or of the last; returns whether it came. */
static bool
ask_page(struct bench *b, const char *room, const char *part)
{
	static const char fin[] = "</fin></iq>";
	char *out;
	bool came;

	put(b,
	    "<iq from='a@example/r' to='%s@rooms.example' type='set' id='q'>"
	    "<query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'>"
	    "<max>50</max>%s</set></query></iq>",
	    room, part);
	muc_commit(b->t.muc);
	out = test_drain(&b->t, 65536);
	came = strstr(out, fin) != NULL && count_of(out, BODY) == 50;
	free(out);
	return came;
}

static void
bench_pages(struct bench *b, unsigned long n)
{
	double *took = malloc(NPAGES * sizeof(*took)), began;
	char name[32], room[40], id[37], after[80];
	const char *const parts[] = { "", after, "<before/>" };

	snprintf(name, sizeof(name), "pages%lu-", n);
	snprintf(room, sizeof(room), "%s0", name);
	make_room(b, room);
	say_all(b, name, n / 2, 1000, 1);
	say_noted(b, room, id);
	say_all(b, name, n / 2 - 1, 1000, 1);
	snprintf(after, sizeof(after), "<after>%s</after>", id);
	for (int i = 0; i < NPAGES; i++) {
		began = seconds();
		if (!ask_page(b, room, parts[i % 3])) {
			fprintf(stderr, "no page came of %s\n", room);
			exit(1);
		}
		took[i] = (seconds() - began) * 1e6;
	}
	qsort(took, NPAGES, sizeof(*took), compare);
	printf("%9lu messages in a room: a page of 50 takes %.0f us (p50), %.0f us (p99)\n", n,
	    took[NPAGES / 2], took[NPAGES * 99 / 100]);
	fflush(stdout);
	free(took);
}

/* What the tables take, by the database itself. */
static void
show_tables(const struct bench *b, uint64_t entries, uint64_t nbytes)
{
	static const char *const names[] = {
#define TABLE(name, what) #name,
		STORE_TABLES(TABLE)
#undef TABLE
	};
	uint64_t pages = 0;
	MDB_env *env;
	MDB_txn *txn;
	MDB_stat st;
	MDB_dbi dbi;

	if (mdb_env_create(&env) != 0 || mdb_env_set_maxdbs(env, TABLE_COUNT) != 0 ||
	    mdb_env_open(env, b->dir, MDB_RDONLY, 0600) != 0 ||
	    mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) != 0) {
		fprintf(stderr, "%s cannot be read\n", b->dir);
		exit(1);
	}
	for (int i = 0; i < TABLE_COUNT; i++)
		if (mdb_dbi_open(txn, names[i], 0, &dbi) == 0 && mdb_stat(txn, dbi, &st) == 0)
			pages += st.ms_branch_pages + st.ms_leaf_pages + st.ms_overflow_pages;
	mdb_stat(txn, 0, &st);
	printf("%9.0f bytes on disk a message, %.0f of them its record and key\n",
	    (double)(pages * st.ms_psize) / (double)entries, (double)nbytes / (double)entries);
	mdb_txn_abort(txn);
	mdb_env_close(env);
}

static void
begin(struct bench *b)
{
	struct muc_limits *l = &b->t.conf.limits;
	char why[256];
	enum muc_error e;

	memset(b, 0, sizeof(*b));
	b->t.now = (struct muc_now){ 1767225600000, 1000 };
	snprintf(b->dir, sizeof(b->dir), "bench-%ld", (long)getpid());
	b->t.host = (struct muc_host){ &b->t, store_lmdb_open(b->dir, MAX_BYTES, why, sizeof(why)),
		test_random, test_log };
	if (b->t.host.store == NULL) {
		fprintf(stderr, "%s\n", why);
		exit(1);
	}
	muc_limits_default(l);
	l->rate_burst = l->rate_bytes_burst = 1 << 30;
	l->rate_per_s = 1000000;
	l->rate_bytes_per_s = 1 << 30;
	l->service_per_s = l->service_bytes_per_s = 1000000000;
	l->rooms_per_creator = l->rooms_per_user = 100000;
	l->archive_bytes = l->archive_bytes_per_room = 0;
	if (test_start(&b->t, &e) == NULL)
		exit(1);
	end_turn(b);
}

static void
end(struct bench *b)
{
	static const char *const files[] = { "data.mdb", "lock.mdb", "mucd.lock" };
	const struct muc_stats *stats = muc_stats(b->t.muc);
	uint64_t entries = stats->archive_entries, nbytes = stats->archive_bytes;
	char file[128];

	test_release(&b->t);
	show_tables(b, entries, nbytes);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(file, sizeof(file), "%s/%s", b->dir, files[i]);
		unlink(file);
	}
	rmdir(b->dir);
}

int
main(int argc, char **argv)
{
	static const struct row one_room[] = {
		{ 1, 1, 3000 },
		{ 10, 1, 20000 },
		{ 100, 1, 100000 },
		{ 1000, 1, 200000 },
	};
	static const struct row many_rooms = { 1000, 1000, 300000 };
	unsigned long most = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;
	struct bench b;

	begin(&b);
	for (size_t i = 0; i < sizeof(one_room) / sizeof(one_room[0]); i++)
		bench_keeping(&b, &one_room[i]);
	for (unsigned long n = 1000; n <= most; n *= n == 1000 ? 100 : 10)
		bench_pages(&b, n);
	end(&b);
	begin(&b);
	bench_keeping(&b, &many_rooms);
	end(&b);
	return 0;
}
