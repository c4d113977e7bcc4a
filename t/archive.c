/* SPDX-License-Identifier: ISC */
/*
 * archive.c - ids that only rise, and what is said again
 */
#include "room/archive.h"
#include "base/arena.h"
#include "base/rec.h"
#include "base/xml_write.h"
#include "tap.h"

#include <stdlib.h>

#define NOW INT64_C(1767225600000)

struct world {
	struct muc_host host;
	struct service s;
	struct room r;
	uint8_t chance;
	unsigned nlogged;
};

static void
give_random(void *arg, void *p, size_t n)
{
	struct world *w = arg;

	memset(p, w->chance, n);
}

static void
count_log(void *arg, enum muc_log level, const char *line)
{
	struct world *w = arg;

	(void)level, (void)line;
	w->nlogged++;
}

static char room_jid[] = "room@rooms.example";

/* A room as it is when it has been loaded. */
static void
load(struct world *w, uint64_t id)
{
	memset(&w->r, 0, sizeof(w->r));
	w->r.service = &w->s;
	w->r.id = id;
	w->r.jid = room_jid;
}

static void
begin(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->host = (struct muc_host){ w, NULL, give_random, count_log, NULL, NULL };
	w->s.host = &w->host;
	w->s.store = store_mem_new();
	w->s.arena = arena_new();
	w->s.now.wall_ms = NOW;
	TAILQ_INIT(&w->s.archives.changed);
	load(w, 1);
}

static void
end(struct world *w)
{
	w->s.store->close(w->s.store);
	arena_free(w->s.arena);
}

static const char *
next(struct world *w)
{
	uint8_t id[ARCHIVE_ID_LEN];

	archive_next_id(&w->r, id);
	return archive_text(w->s.arena, id);
}

/* The next one without its mark. */
static const char *
next_head(struct world *w)
{
	return arena_strndup(w->s.arena, next(w), strlen("019b76da-a800-7000-8000-0000"));
}

static void
say(struct world *w, enum entry_kind kind, const char *body)
{
	const char *payload = arena_cat(w->s.arena, "<body>", body, "</body>", NULL);
	struct entry e = {
		.kind = kind,
		.nick = "Romeo",
		.jid = "romeo@example/r",
		.msg_id = body,
		.payload = payload,
		.payload_len = strlen(payload),
	};

	archive_next_id(&w->r, e.id);
	archive_add(&w->r, &e);
}

struct seen {
	char text[200];
	uint8_t id[ARCHIVE_ID_LEN]; /* of the last */
	unsigned stop_after;
};

static int
see(void *arg, const struct entry *e)
{
	struct seen *seen = arg;

	strcat(seen->text, e->msg_id);
	strcat(seen->text, " ");
	memcpy(seen->id, e->id, sizeof(e->id));
	return seen->stop_after > 0 && --seen->stop_after == 0 ? 7 : 0;
}

static void
test_ids(void)
{
	struct world w;
	const char *a, *b;

	begin(&w);
	is_str(next_head(&w), "019b76da-a800-7000-8000-0000",
	    "UUIDv7: the time, the version, a counter, the variant");
	w.chance = 0xff;
	is_str(next_head(&w), "019b76da-a800-7001-bfff-ffff", "in one millisecond it counts on");
	w.chance = 0;
	w.s.now.wall_ms = NOW - 3600000;
	a = next_head(&w);
	is_str(a, "019b76da-a800-7002-8000-0000", "a clock that steps back changes nothing");
	w.s.now.wall_ms = NOW + 1;
	is_str(next_head(&w), "019b76da-a801-7000-8000-0000", "when it is there again it leads");
	b = next_head(&w);
	for (unsigned i = 2; i < 4096; i++) {
		a = b;
		b = next_head(&w);
		if (strcmp(a, b) >= 0)
			break;
	}
	is_str(b, "019b76da-a801-7fff-8000-0000", "4096 of one millisecond, in order");
	is_str(next_head(&w), "019b76da-a802-7000-8000-0000", "the next one borrows from the next");
	w.s.now.wall_ms = NOW + 2;
	is_str(next_head(&w), "019b76da-a802-7001-8000-0000", "which goes on from there");
	end(&w);
}

static void
test_marks(void)
{
	uint8_t id[ARCHIVE_ID_LEN];
	struct world w;

	begin(&w);
	archive_next_id(&w.r, id);
	ok(archive_gave(&w.r, id), "a room knows an id that it gave");
	for (int i = 0; i < ARCHIVE_ID_LEN; i++) {
		id[i] ^= 1;
		if (archive_gave(&w.r, id))
			break;
		id[i] ^= 1;
	}
	ok(archive_gave(&w.r, id), "and no other");
	w.r.secret[0] ^= 1;
	ok(!archive_gave(&w.r, id), "nor does another room");
	end(&w);
}

static void
test_restart(void)
{
	struct world w;

	begin(&w);
	say(&w, ENTRY_MESSAGE, "one");
	load(&w, 2);
	w.s.now.wall_ms = NOW + 5000;
	say(&w, ENTRY_MESSAGE, "elsewhere");
	load(&w, 1);
	w.s.now.wall_ms = NOW - 1000;
	is_str(next_head(&w), "019b76da-a800-7001-8000-0000",
	    "a room that is loaded goes on behind the last it has stored");
	load(&w, 3);
	is_str(next_head(&w), "019b76da-a418-7000-8000-0000", "a new one begins with the present");
	end(&w);
}

static void
test_walks(void)
{
	struct world w;
	struct seen seen = { .stop_after = 0 };
	uint8_t third[ARCHIVE_ID_LEN];

	begin(&w);
	say(&w, ENTRY_MESSAGE, "a");
	say(&w, ENTRY_EVENT, "b");
	w.s.now.wall_ms = NOW - 10;
	say(&w, ENTRY_SUBJECT, "c");
	memcpy(third, w.r.last_id, sizeof(third));
	say(&w, ENTRY_MESSAGE, "d");
	load(&w, 2);
	say(&w, ENTRY_MESSAGE, "other");
	load(&w, 1);
	is_int(archive_each(&w.r, NULL, see, &seen), 0, "a walk to the end");
	is_str(seen.text, "a b c d ", "oldest first");
	seen = (struct seen){ .stop_after = 0 };
	archive_each(&w.r, third, see, &seen);
	is_str(seen.text, "d ", "after one");
	is_int(archive_ms(seen.id), NOW, "the time of one said when the clock had stepped back");
	seen = (struct seen){ .stop_after = 0 };
	archive_each_back(&w.r, NULL, see, &seen);
	is_str(seen.text, "d c b a ", "newest first");
	seen = (struct seen){ .stop_after = 0 };
	archive_each_back(&w.r, third, see, &seen);
	is_str(seen.text, "b a ", "before one");
	seen = (struct seen){ .stop_after = 2 };
	is_int(archive_each_back(&w.r, NULL, see, &seen), 7, "stopped");
	is_str(seen.text, "d c ", "there");
	end(&w);
}

static char *
text_of(struct world *w, const struct entry *e)
{
	struct buf b = BUF_INIT;
	struct xml_pen pen = { .b = &b };
	char *text;

	pen_open(&pen, NULL, "message");
	entry_put(&pen, &w->r, e);
	pen_close(&pen, "message");
	text = arena_strndup(w->s.arena, b.p, b.len);
	buf_release(&b);
	return text;
}

struct again {
	struct world *w;
	const char *text;
	bool prior;
};

static int
say_again(void *arg, const struct entry *e)
{
	struct again *again = arg;

	again->text = text_of(again->w, e);
	again->prior = e->prior;
	return 0;
}

/* What was told at first and what is read from the store are one. */
static void
test_stanza(void)
{
	static const char payload[] = "<body>\xc3\xa9 &amp; &lt;</body><x xmlns='urn:example'/>";
	struct world w;
	struct again again = { &w, NULL, false };
	struct entry e = {
		.kind = ENTRY_MESSAGE,
		.nick = "Ro'meo",
		.jid = "romeo@example/r",
		.msg_id = "m1",
		.lang = "it",
		.payload = payload,
		.payload_len = sizeof(payload) - 1,
		.prior = true,
	};
	const char *first, *id;

	begin(&w);
	archive_next_id(&w.r, e.id);
	archive_add(&w.r, &e);
	first = text_of(&w, &e);
	archive_each(&w.r, NULL, say_again, &again);
	is_str(again.text, first, "said again it is the same");
	ok(again.prior, "and its delay is still its own");
	id = occupant_id(w.s.arena, &w.r, "romeo@example");
	is_int((intmax_t)strlen(id), OCCUPANT_ID_LEN, "an occupant-id is that long");
	ok(strstr(first, id) != NULL, "and names who said it, by the bare address");
	e = (struct entry){ .kind = ENTRY_EVENT, .payload = "", .msg_id = "m2" };
	is_str(text_of(&w, &e), "<message from='room@rooms.example' type='groupchat' id='m2'/>",
	    "what the room itself says has no occupant, and without an id there is none");
	end(&w);
}

static void
test_get(void)
{
	static const char *const none[] = { "", "01943a2f", "01943a2f-0000-7000-8000-00000000000",
		"01943a2f-0000-7000-8000-0000000000000", "01943A2F-0000-7000-8000-000000000000",
		"01943a2f00000-7000-8000-000000000000", "01943a2f-0000-7000-8000-00000000000g" };
	struct world w;
	struct entry e;
	uint8_t id[ARCHIVE_ID_LEN];
	const char *text;

	begin(&w);
	say(&w, ENTRY_MESSAGE, "a");
	text = archive_text(w.s.arena, w.r.last_id);
	ok(archive_read_id(text, id) && memcmp(id, w.r.last_id, sizeof(id)) == 0,
	    "an id is read as it is written");
	ok(archive_get(&w.r, id, &e) && e.kind == ENTRY_MESSAGE && e.payload_len > 0,
	    "and its entry is found");
	load(&w, 2);
	ok(!archive_get(&w.r, id, &e), "not in another room");
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		ok(!archive_read_id(none[i], id), "no id: %s", none[i]);
	end(&w);
}

static void
test_broken(void)
{
	struct world w;
	struct seen seen = { .stop_after = 0 };
	uint8_t key[8 + ARCHIVE_ID_LEN];

	begin(&w);
	say(&w, ENTRY_MESSAGE, "a");
	id_bytes(1, key);
	memcpy(key + 8, w.r.last_id, ARCHIVE_ID_LEN);
	key[sizeof(key) - 1] ^= 1;
	w.s.store->put(w.s.store, TABLE_archive, (struct bytes){ key, sizeof(key) },
	    (struct bytes){ "\x01\xff", 2 });
	key[sizeof(key) - 1] ^= 2;
	w.s.store->put(
	    w.s.store, TABLE_archive, (struct bytes){ key, sizeof(key) }, (struct bytes){ "", 0 });
	w.s.store->put(
	    w.s.store, TABLE_archive, (struct bytes){ key, 12 }, (struct bytes){ "", 0 });
	archive_each(&w.r, NULL, see, &seen);
	is_str(seen.text, "a ", "records that cannot be read are left out");
	is_int(w.nlogged, 3, "and named in the log");
	end(&w);
}

/* The rest of what a room keeps is tried with such fields by spec/host_newer.c. */
static void
test_newer(void)
{
	struct world w;
	struct entry e;
	struct bytes key, val;
	struct buf b = BUF_INIT;
	uint8_t k[8 + ARCHIVE_ID_LEN];

	begin(&w);
	say(&w, ENTRY_MESSAGE, "a");
	id_bytes(1, k);
	memcpy(k + 8, w.r.last_id, ARCHIVE_ID_LEN);
	key = (struct bytes){ k, sizeof(k) };
	w.s.store->get(w.s.store, TABLE_archive, key, &val);
	buf_add(&b, val.p, val.n);
	rec_put_str(&b, 250, "of later");
	w.s.store->put(w.s.store, TABLE_archive, key, (struct bytes){ b.p, b.len });
	buf_release(&b);
	ok(archive_get(&w.r, w.r.last_id, &e), "an entry with a field of a newer mucd is read");
	is_str(e.msg_id, "a", "as what it is");
	end(&w);
}

int
main(void)
{
	test_ids();
	test_marks();
	test_restart();
	test_walks();
	test_stanza();
	test_get();
	test_broken();
	test_newer();
	return tap_done();
}
