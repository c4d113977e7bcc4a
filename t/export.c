/* SPDX-License-Identifier: ISC */
/*
 * export.c - a room that is exported and imported elsewhere is the same room; a store that is not sound is found out
 *
 * export [SEED]: rooms made by chance, with everything in them that a room may have.
 */
#include "export.h"

#include <stdlib.h>

#include "base/date.h"
#include "base/digest.h"
#include "base/mem.h"
#include "base/rec.h"
#include "base/xml_write.h"
#include "room/avatar.h"
#include "room/ban.h"
#include "room/directory.h"
#include "room/held.h"
#include "room/lists.h"
#include "room/record.h"
#include "room/waiting.h"
#include "service.h"
#include "tap.h"

#define ROUNDS 60
#define NOW    INT64_C(1767225600000)

static const struct bytes none = { NULL, 0 };
static uint64_t chance = 1;

static unsigned
any(unsigned n)
{
	chance = chance * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(chance >> 33) % n;
}

/* -- a place where rooms are made without stanzas -- */

struct world {
	struct muc_host host;
	struct service s;
	struct out out;
};

static void
give_random(void *arg, void *p, size_t n)
{
	(void)arg;
	for (size_t i = 0; i < n; i++)
		((uint8_t *)p)[i] = (uint8_t)any(256);
}

static void
no_log(void *arg, enum muc_log level, const char *line)
{
	(void)arg, (void)level, (void)line;
}

static char rooms_example[] = "rooms.example";

static void
world_init(struct world *w)
{
	struct service *s = &w->s;

	memset(w, 0, sizeof(*w));
	w->host = (struct muc_host){ w, store_mem_new(), give_random, no_log, NULL, NULL };
	s->host = &w->host;
	s->store = w->host.store;
	s->arena = arena_new();
	s->now.wall_ms = NOW;
	s->next_id = 1;
	w->out.domain = rooms_example;
	s->out = &w->out;
	s->ndomains = 1;
	TAILQ_INIT(&s->busy);
	TAILQ_INIT(&s->idle);
	TAILQ_INIT(&s->left_sessions);
	TAILQ_INIT(&s->left_occupants);
	TAILQ_INIT(&s->user_order);
	TAILQ_INIT(&s->bans.exact);
	TAILQ_INIT(&s->bans.patterns);
	TAILQ_INIT(&s->archives.changed);
	RB_INIT(&s->locks);
	muc_limits_default(&s->limits);
	config_init(&s->defaults);
	service_load(s);
}

static void
world_release(struct world *w)
{
	rooms_sweep(&w->s);
	users_free(&w->s);
	map_release(&w->s.rooms);
	config_release(&w->s.defaults);
	arena_free(w->s.arena);
	w->s.store->close(w->s.store);
}

/* -- things made by chance -- */

static const char *
any_text(struct arena *a)
{
	static const char *const pieces[] = { "a", "Hi ", "\"", "\\", "\n", "\t", "=", " ", "#",
		"\xc3\xa4", "\xf0\x9f\x98\x80", "'", "<b>", "end", "\r", "\x7f", "\\x41" };
	const char *s = "";

	for (unsigned n = any(8); n > 0; n--)
		s = arena_cat(a, s, pieces[any(sizeof(pieces) / sizeof(*pieces))], NULL);
	return s;
}

static const char *
any_or_null(struct arena *a)
{
	return any(3) == 0 ? NULL : any_text(a);
}

/* Some are so long that keys have only their digests. */
static const char *
any_bare(struct arena *a)
{
	char node[600];
	unsigned n = any(8) == 0 ? 590 : 3 + any(5);

	for (unsigned i = 0; i < n; i++)
		node[i] = (char)('a' + any(26));
	node[n] = '\0';
	return arena_cat(a, any(5) == 0 ? "" : arena_cat(a, node, "@", NULL),
	    any(2) ? "example.org"
		   : "b\xc3\xbc"
		     "cher.example",
	    NULL);
}

static const char *
any_user(struct arena *a)
{
	const char *bare;

	do
		bare = any_bare(a);
	while (strchr(bare, '@') == NULL);
	return bare;
}

static const char *
any_payload(struct arena *a)
{
	return arena_fmt(a,
	    "<body>%u \"quoted\"\n\xc3\xa4</body><x xmlns='urn:x' y='&quot;\\'><z/></x>",
	    any(1000));
}

static void
any_config(struct room *r)
{
	config_set known;

	r->config.membersonly = any(2);
	r->config.publicroom = any(2);
	r->config.whois = any(2);
	r->config.maxusers = any(100);
	r->config.presencebroadcast = any(8);
	r->config.allowpm = any(4);
	config_set_value(&r->config, "roomname", any_text(r->service->arena), &known);
	config_set_value(&r->config, "roomdesc", any_text(r->service->arena), &known);
	config_set_value(&r->config, "roomsecret", any(2) ? "pa\"ss" : "", &known);
}

static void
any_affil(struct room *r)
{
	static const enum affiliation of[] = { AFF_OUTCAST, AFF_MEMBER, AFF_ADMIN, AFF_OWNER };
	struct arena *a = r->service->arena;
	struct affil f = {
		.affiliation = of[any(4)],
		.jid = any_bare(a),
		.nick = any(2) ? arena_fmt(a, "nick %u", any(100000)) : NULL,
		.reason = any_or_null(a),
	};

	affiliation_set(r, &f, any(2) ? any_user(a) : NULL);
}

static void
any_entry(struct room *r, struct entry *e)
{
	struct arena *a = r->service->arena;

	memset(e, 0, sizeof(*e));
	archive_next_id(r, e->id);
	e->kind = (enum entry_kind)(1 + any(5));
	e->nick = any_or_null(a);
	e->jid = any(2) ? arena_cat(a, any_user(a), "/", any_text(a), "x", NULL) : NULL;
	e->msg_id = any_or_null(a);
	e->lang = any(2) ? "de" : NULL;
	e->payload = any_payload(a);
	e->payload_len = strlen(e->payload);
	e->prior = any(2) != 0;
}

static void
any_message(struct room *r)
{
	struct entry e;

	r->service->now.wall_ms += any(3) * 1000;
	any_entry(r, &e);
	archive_add(r, &e);
}

static void
any_subject(struct room *r)
{
	struct entry e;

	any_entry(r, &e);
	room_set_subject(r, &e, any_text(r->service->arena));
}

static void
any_request(struct room *r)
{
	struct arena *a = r->service->arena;
	struct request q = { .jid = any_user(a),
		.nick = "some nick",
		.id = any_text(a),
		.asked_ms = r->service->now.wall_ms };

	for (int i = 0; i < REQUEST_TEXTS; i++)
		q.text[i] = any_or_null(a);
	request_set(r, &q);
}

static void
any_invitation(struct room *r)
{
	struct arena *a = r->service->arena;
	struct invitation i = {
		.invitee = any_bare(a),
		.inviter = arena_cat(a, any_user(a), "/r", NULL),
		.shown = any(2) ? any_user(a) : arena_cat(a, r->jid, "/", "Romeo", NULL),
		.id = any_text(a),
	};

	invitation_set(r, &i);
}

static void
any_role(struct room *r)
{
	kept_role_set(r, any_user(r->service->arena), AFF_NONE, ROLE_MODERATOR);
}

static void
any_spoke(struct room *r)
{
	r->config.slow_mode_duration = 1000;
	spoke_note(r, any_user(r->service->arena));
}

/* Some have a vCard without pictures. */
static void
any_vcard(struct room *r)
{
	struct arena *a = r->service->arena;
	struct xml *x = xml_new(a, NS_VCARD, "vCard"), *photo;
	struct buf vcard = BUF_INIT, hashes = BUF_INIT;

	xml_add_text(a, x, NS_VCARD, "DESC", any_text(a));
	for (unsigned n = any(4); n > 0; n--) {
		photo = xml_add(a, x, NS_VCARD, "PHOTO");
		xml_add_text(a, photo, NS_VCARD, "BINVAL", arena_fmt(a, "QUJD\n%04u", any(10000)));
	}
	xml_write(&vcard, x);
	avatar_hashes(x, &hashes);
	avatar_set(r, &(struct avatar){ { vcard.p, vcard.len }, { hashes.p, hashes.len } });
	buf_release(&vcard);
	buf_release(&hashes);
}

static void
any_room(struct world *w, const char *node)
{
	static void (*const kinds[])(struct room *) = { any_affil, any_affil, any_message,
		any_message, any_request, any_invitation, any_role, any_spoke, any_subject,
		any_vcard };
	struct service *s = &w->s;
	struct room *r;
	struct jid j;

	jid_split(s->arena, arena_cat(s->arena, node, "@rooms.example", NULL), &j);
	r = room_create(s, &j, any_user(s->arena));
	r->locked = any(8) == 0;
	any_config(r);
	for (unsigned n = any(60); n > 0; n--)
		kinds[any(sizeof(kinds) / sizeof(*kinds))](r);
	room_save(r);
	room_list_update(r);
	rooms_sweep(s);
}

/* What muc_commit() does about rooms and archives. */
static void
end_turn(struct world *w)
{
	held_settle(&w->s);
	service_write(&w->s);
	RB_INIT(&w->s.archives.held);
}

/* Also one whose name is too long for a key. */
static void
any_rooms(struct world *w)
{
	char node[600];

	memset(node, 'n', sizeof(node) - 1);
	node[sizeof(node) - 1] = '\0';
	for (unsigned i = 0, n = 1 + any(4); i < n; i++)
		any_room(w, arena_fmt(w->s.arena, "room%u", i));
	if (any(3) == 0)
		any_room(w, node);
	end_turn(w);
	arena_reset(w->s.arena);
}

/* -- out, in, and comparing -- */

static unsigned ncomplaints;

static void
complain(void *arg, const char *room, const char *what)
{
	(void)arg;
	if (ncomplaints++ < 5)
		printf("# %.40s: %s\n", room, what);
}

static char *
export_all(struct store *store)
{
	struct export *x = export_new(store, complain, NULL);
	struct buf b = BUF_INIT;

	buf_adds(&b, EXPORT_FIRST "\n");
	while (export_next(x))
		while (export_step(x, &b) != EXPORT_END)
			continue;
	export_free(x);
	return buf_steal(&b);
}

static unsigned line_number;
static char wrong_text[512];

/* Commits as often as it can. NULL, or what is wrong. */
static const char *
import_text(struct muc *muc, const struct import_conf *conf, const char *text, size_t size)
{
	const struct muc_now now = { NOW, 1 };
	struct import *in = import_new(muc, conf, now);
	const char *wrong = NULL, *end, *p = text, *const all = text + size;
	uint64_t n;

	for (; wrong == NULL && p < all; p = end + 1) {
		end = memchr(p, '\n', (size_t)(all - p));
		if (end == NULL)
			end = all;
		wrong = import_line(in, p, (size_t)(end - p), now);
		if (wrong == NULL && import_weight(in) > 500)
			muc_commit(muc);
		if (wrong != NULL)
			break;
	}
	if (wrong == NULL)
		wrong = import_finish(in, now, &n);
	if (wrong != NULL) {
		line_number = (unsigned)import_wrong_line(in);
		snprintf(wrong_text, sizeof(wrong_text), "%s", wrong);
		wrong = wrong_text;
	}
	import_free(in);
	muc_commit(muc);
	while (import_goes_on(muc)) {
		muc_tick(muc, now);
		muc_commit(muc);
	}
	return wrong;
}

static unsigned nwrong;
static bool shows_wrong = true;
static char wrong_first[512]; /* of those that is_sound() counts */

static void
show_wrong(void *arg, const char *table, const char *room, const char *what)
{
	(void)arg;
	if (nwrong++ == 0)
		snprintf(wrong_first, sizeof(wrong_first), "%s: %s: %s", table,
		    room != NULL ? room : "-", what);
	if (shows_wrong)
		printf("# %s: %.40s: %s\n", table, room != NULL ? room : "-", what);
}

static bool
is_sound(struct store *s)
{
	struct check_totals totals;

	nwrong = 0;
	store_check(s, show_wrong, NULL, &totals);
	return nwrong == 0 && totals.wrong == 0;
}

static int
add_record(void *arg, struct bytes key, struct bytes val)
{
	struct buf *b = arg;
	char hex[2 * STORE_KEY_MAX + 1];
	uint8_t digest[SHA256_LEN];

	digest_hex(key.p, key.n, hex);
	buf_adds(b, hex);
	digest_sha256(val.p, val.n, digest);
	digest_hex(digest, sizeof(digest), hex);
	buf_adds(b, " ");
	buf_adds(b, hex);
	buf_addc(b, '\n');
	return 0;
}

/* All records of a room but its own, without its id. */
static char *
records_of(struct store *s, enum table t, struct bytes id)
{
	struct buf b = BUF_INIT, all = BUF_INIT;
	size_t eol;

	s->each(s, t, id, none, add_record, &b);
	for (size_t i = 0; i < b.len; i += eol + 1) {
		eol = (size_t)((char *)memchr(b.p + i, '\n', b.len - i) - (b.p + i));
		buf_add(&all, b.p + i + 16, eol + 1 - 16);
	}
	buf_release(&b);
	return buf_steal(&all);
}

struct compared {
	struct store *other;
	unsigned ndifferent;
};

static int
compare_room(void *arg, struct bytes name, struct bytes id)
{
	struct compared *c = arg;
	struct store *s = c->other;
	struct bytes there;

	(void)name, (void)id;
	if (s->get(s, TABLE_names, name, &there) != STORE_OK)
		c->ndifferent++;
	return 0;
}

static unsigned
count_rooms_of(struct store *s, enum table t)
{
	struct buf b = BUF_INIT;
	unsigned n;

	s->each(s, t, none, none, add_record, &b);
	buf_addc(&b, '\0');
	n = (unsigned)count_of(b.p, "\n");
	buf_release(&b);
	return n;
}

/* Do two stores have the same rooms with the same records, by whatever ids? */
static bool
are_same(struct store *a, struct store *b, const char *const *nodes, size_t n)
{
	static const enum table tables[] = { TABLE_affil, TABLE_nicks, TABLE_requests,
		TABLE_archive, TABLE_held, TABLE_invites, TABLE_roles, TABLE_spoke, TABLE_blobs };
	struct compared c = { b, 0 };
	struct arena *arena = arena_new();

	a->each(a, TABLE_names, none, none, compare_room, &c);
	for (size_t i = 0; i < n; i++) {
		struct bytes name = name_key(arena, "rooms.example", nodes[i]), in_a, in_b;

		if (a->get(a, TABLE_names, name, &in_a) != STORE_OK)
			continue;
		if (b->get(b, TABLE_names, name, &in_b) != STORE_OK) {
			c.ndifferent++;
			continue;
		}
		for (size_t t = 0; t < sizeof(tables) / sizeof(*tables); t++) {
			char *x = records_of(a, tables[t], in_a),
			     *y = records_of(b, tables[t], in_b);

			if (strcmp(x, y) != 0) {
				printf(
				    "# table %s of %.40s\n", store_table_name(tables[t]), nodes[i]);
				c.ndifferent++;
			}
			free(x);
			free(y);
		}
	}
	for (int t = 0; t < TABLE_COUNT; t++)
		if (t != TABLE_meta && t != TABLE_changes &&
		    count_rooms_of(a, (enum table)t) != count_rooms_of(b, (enum table)t)) {
			printf("# table %s: another number of records\n",
			    store_table_name((enum table)t));
			c.ndifferent++;
		}
	/* What is imported has not changed yet. */
	c.ndifferent += count_rooms_of(b, TABLE_changes);
	arena_free(arena);
	return c.ndifferent == 0;
}

static void
run_down(struct test *t)
{
	for (int i = 0; i < 100 && muc_deadline(t->muc) <= t->now.mono_ms; i++) {
		muc_tick(t->muc, t->now);
		muc_commit(t->muc);
	}
}

/* A service that takes rooms. */
static void
begin(struct test *t)
{
	enum muc_error error;

	test_init(t);
	t->now.wall_ms = NOW;
	test_start(t, &error);
	muc_commit(t->muc);
}

static const char *const nodes[] = { "room0", "room1", "room2", "room3" };

static void
test_same(void)
{
	static const struct import_conf conf = { 0 };
	unsigned nsame = 0, nequal = 0, nsound = 0, nempty = 0, nagain = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct world w;
		struct test t;
		char *there, *here, *again;
		const char *wrong;

		world_init(&w);
		any_rooms(&w);
		begin(&t);
		there = export_all(w.s.store);
		wrong = import_text(t.muc, &conf, there, strlen(there));
		if (wrong != NULL)
			printf("# line %u: %s\n", line_number, wrong);
		here = export_all(t.host.store);
		nsame += wrong == NULL && strcmp(there, here) == 0;
		nequal += are_same(w.s.store, t.host.store, nodes, 4);
		nsound += is_sound(w.s.store) && is_sound(t.host.store);
		/* Once more: all is refused, and nothing has changed. */
		wrong = import_text(t.muc, &conf, there, strlen(there));
		run_down(&t);
		again = export_all(t.host.store);
		nagain += wrong != NULL && strstr(wrong, "is there already") != NULL &&
			  strcmp(here, again) == 0 && is_sound(t.host.store) &&
			  are_same(w.s.store, t.host.store, nodes, 4);
		free(again);
		/* And in place of what is there. */
		{
			const struct import_conf over = { .replace = true };

			wrong = import_text(t.muc, &over, there, strlen(there));
			run_down(&t);
			again = export_all(t.host.store);
			nempty += wrong == NULL && strcmp(again, there) == 0 &&
				  is_sound(t.host.store) &&
				  are_same(w.s.store, t.host.store, nodes, 4);
			free(again);
		}
		free(there);
		free(here);
		test_release(&t);
		world_release(&w);
	}
	is_int(nsame, ROUNDS, "exported, imported and exported: the same text");
	is_int(nequal, ROUNDS, "the same records");
	is_int(nsound, ROUNDS, "both stores are sound");
	is_int(nagain, ROUNDS, "a second time it is refused, and nothing is left of it");
	is_int(nempty, ROUNDS, "or replaces what was there, of which nothing is left");
	is_int(ncomplaints, 0, "nothing that could not be written");
}

/* -- under another address -- */

static char *
replaced(const char *text, const char *old, const char *new)
{
	struct buf b = BUF_INIT;
	const char *at;

	for (; (at = strstr(text, old)) != NULL; text = at + strlen(old)) {
		buf_add(&b, text, (size_t)(at - text));
		buf_adds(&b, new);
	}
	buf_adds(&b, text);
	return buf_steal(&b);
}

#define HEAD   "mucd-export 1\n"
#define ROOM   "room jid=\"a@rooms.example\" created=2026-01-01T00:00:00.000Z secret=" SECRET "\n"
#define VCARD  "vcard payload=\"<vCard xmlns='vcard-temp'><DESC>x</DESC></vCard>\"\n"
#define SECRET "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static void
test_renamed(void)
{
	static const char *const domain[] = { "old.example", "rooms.example", NULL };
	static const char *const room[] = { "a@old.example", "b@rooms.example", NULL };
	static const struct import_conf to_domain = { .renames = domain },
					to_room = { .renames = room };
	static const char text[] = HEAD
	    "room jid=\"a@old.example\" locked=0 created=2026-01-01T00:00:00.000Z secret=" SECRET
	    "\n"
	    "invite time=2026-01-01T00:00:00.000Z invitee=\"x@y\" inviter=\"z@y/r\" "
	    "shown=\"a@old.example/Romeo\" id=\"i\"\n"
	    "end\n";
	struct test t;
	char *here, *want;

	begin(&t);
	is_str(import_text(t.muc, &to_domain, text, strlen(text)), NULL, "another domain");
	is_str(import_text(t.muc, &to_room, text, strlen(text)), NULL, "another name");
	here = export_all(t.host.store);
	want = replaced(here, "b@rooms.example", "a@rooms.example");
	is_int(count_of(here, "shown=\"a@rooms.example/Romeo\""), 1,
	    "what shows the room's address follows");
	is_int(count_of(here, "shown=\"b@rooms.example/Romeo\""), 1, "to the other name, too");
	is_int(count_of(want, SECRET), 2, "the secret of occupants' ids is the same");
	ok(is_sound(t.host.store), "sound");
	free(here);
	free(want);
	test_release(&t);
}

/* -- what is refused -- */

static const struct {
	const char *lines; /* behind HEAD; NULL: without it */
	unsigned line;
	const char *says;
} refused[] = {
	{ "affil jid=\"a@b\" affiliation=owner\n", 2, "stands in no room" },
	{ "end 1\n", 2, "stands in no room" },
	{ "room\n", 2, "field jid: missing" },
	{ "room jid=\"a@rooms.example/x\"\n", 2, "no address of a room" },
	{ "room jid=\"rooms.example\"\n", 2, "no address of a room" },
	{ "room jid=\"A@rooms.example\"\n", 2, "field jid" },
	{ "room jid=a@rooms.example\n", 2, "not in quotes" },
	{ "room jid=\"a@other.example\"\n", 2, "not served" },
	{ ROOM, 2, "has no end" },
	{ ROOM ROOM, 3, "no end" },
	{ ROOM "end\n" ROOM, 4, "twice" },
	{ ROOM "end 2\n", 3, "has 1 lines, not 2" },
	{ ROOM "end x=1\n", 3, "not a number" },
	{ ROOM "nonsense\n", 3, "no such lines" },
	{ ROOM "session jid=\"a@b/c\" nick=\"n\" role=visitor\n", 3, "no such lines" },
	{ ROOM "config muc#roomconfig_whois=\"everybody\"\n", 3, "muc#roomconfig_whois: not one" },
	{ ROOM "config colour=\"red\"\n", 3, "colour: there is none" },
	{ ROOM "config muc#roomconfig_whois=anyone\n", 3, "in quotes" },
	{ ROOM "affil jid=\"a@b\"\n", 3, "field affiliation: missing" },
	{ ROOM "affil affiliation=owner\n", 3, "field jid: missing" },
	{ ROOM "affil jid=\"a@b\" affiliation=\"owner\"\n", 3, "without quotes" },
	{ ROOM "affil jid=\"a@b\" affiliation=king\n", 3, "none of: outcast" },
	{ ROOM "affil jid=\"a@b\" affiliation=-\n", 3, "none of: outcast" },
	{ ROOM "affil jid=\"a@b/c\" affiliation=owner\n", 3, "not a bare JID" },
	{ ROOM "affil jid=\"A@b\" affiliation=owner\n", 3, "not a bare JID" },
	{ ROOM "affil jid=\"a@b\" jid=\"a@b\" affiliation=owner\n", 3, "field jid: twice" },
	{ ROOM "affil jid=\"a@b\" affiliation=owner colour=red\n", 3,
	    "there is none of that name" },
	{ ROOM "affil jid=\"a@b\" affiliation=owner tag3=00\n", 3, "there is none of that name" },
	{ ROOM "affil jid=\"a@b\" affiliation=owner tag99=0g\n", 3, "there is none of that name" },
	{ ROOM "affil jid=\"a@b\" affiliation=owner time=yesterday\n", 3, "not a date" },
	{ ROOM "affil jid=\"a@b\" affiliation=owner time=1960-01-01T00:00:00Z\n", 3, "not a date" },
	{ ROOM "affil jid=\"a@b\" affiliation=outcast nick=\"n\"\n", 3, "outcast has no nick" },
	{ ROOM "affil jid=\"a@b\" affiliation=owner nick=\" n\"\n", 3, "not a nickname" },
	{ ROOM "affil jid=\"a@b\" affiliation=owner\naffil jid=\"a@b\" affiliation=member\n", 4,
	    "one like that" },
	{ ROOM
	    "affil jid=\"a@b\" affiliation=owner nick=\"n\"\naffil jid=\"c@b\" affiliation=member "
	    "nick=\"n\"\n",
	    4, "nick \"n\": twice" },
	{ ROOM "affil jid=\"a@b\" affiliation=owner reason=\"\\x01\"\n", 3, "XML does not have" },
	{ ROOM "affil jid=\"a@b\" affiliation=owner reason=\"\\x00\"\n", 3, "not UTF-8" },
	{ ROOM "affil jid=\"a@b\" affiliation=owner reason=\"\xff\"\n", 3, "not UTF-8" },
	{ ROOM "affil jid=\"a@b\" affiliation=owner reason=\"\\q\"\n", 3, "an escape" },
	{ ROOM "affil jid=\"a@b\" affiliation=owner reason=\"\\x4\"\n", 3, "an escape" },
	{ ROOM "affil jid=\"a@b\" affiliation=owner reason=\"x\n", 3, "without its end" },
	{ ROOM "affil jid=\"a@b\"affiliation=owner\n", 3, "no blank" },
	{ ROOM "affil jid=\"a@b\" affiliation=ow\"ner\n", 3, "in quotes" },
	{ ROOM "affil jid=\"a@b\" owner\n", 3, "\"owner\" is no field" },
	{ ROOM "message id=0197 kind=message payload=\"\"\n", 3, "not an id" },
	{ ROOM "message kind=message payload=\"\"\n", 3, "field id: missing" },
	{ ROOM "message id=01976e2c-0000-7000-8000-000000000000 kind=message payload=\"<body>\"\n",
	    3, "not the children" },
	{ ROOM "message id=01976e2c-0000-7000-8000-000000000000 kind=message "
	       "payload=\"</message><message>\"\n",
	    3, "not the children" },
	{ ROOM "message id=01976e2c-0000-7000-8000-000000000000 kind=message payload=\"<a:b/>\"\n",
	    3, "not the children" },
	{ ROOM "role time=2026-01-01T00:00:00Z role=visitor under=none\n", 3,
	    "field jid: missing" },
	{ ROOM "role sha256=00 time=2026-01-01T00:00:00Z role=visitor under=none\n", 3, "64 hex" },
	{ ROOM "vcard\n", 3, "field payload: missing" },
	{ ROOM "vcard payload=\"<body/>\"\n", 3, "not a vCard" },
	{ ROOM "vcard payload=\"\"\n", 3, "not a vCard" },
	{ ROOM "vcard payload=\"<vCard/>\"\n", 3, "not a vCard" },
	{ ROOM "vcard payload=\"<vCard xmlns='vcard-temp'/><vCard xmlns='vcard-temp'/>\"\n", 3,
	    "not a vCard" },
	{ ROOM "vcard payload=\"<vCard xmlns='vcard-temp'><PHOTO><BINVAL>*</BINVAL></PHOTO>"
	       "</vCard>\"\n",
	    3, "not a vCard" },
	{ ROOM "vcard payload=\"<vCard xmlns='vcard-temp'/>\" sha1=00\n", 3,
	    "there is none of that name" },
	{ ROOM VCARD VCARD, 4, "one like that" },
	{ ROOM "message id=ffffffff-ffff-7fff-bfff-ffffffffffff kind=message payload=\"\"\n", 3,
	    "field id" },
	{ ROOM "subject payload=\"\"\nsubject payload=\"\"\n", 4, "second subject" },
	{ ROOM "subject payload=\"\" id=x\n", 3, "not an id" },
	{ "room jid=\"a@rooms.example\" secret=00\n", 2, "not 64" },
	{ "room jid=\"a@rooms.example\" locked=yes\n", 2, "neither 0 nor 1" },
	{ NULL, 1, "not the first line" },
};

/* Nothing is left of it: what there is, is sound, and empty. */
static bool
is_clean(struct test *t)
{
	bool clean = true;

	run_down(t);
	for (int i = 0; i < TABLE_COUNT; i++)
		clean =
		    clean && (i == TABLE_meta || count_rooms_of(t->host.store, (enum table)i) == 0);
	return clean && is_sound(t->host.store);
}

static void
test_refused(void)
{
	static const struct import_conf conf = { 0 };
	unsigned nclean = 0;

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		struct buf b = BUF_INIT;
		const char *wrong;
		struct test t;

		begin(&t);
		buf_adds(&b, refused[i].lines != NULL ? HEAD : "mucd-export 2\n");
		buf_adds(&b, refused[i].lines != NULL ? refused[i].lines : ROOM "end\n");
		wrong = import_text(t.muc, &conf, b.p, b.len);
		ok(wrong != NULL && strstr(wrong, refused[i].says) != NULL &&
			line_number == refused[i].line,
		    "line %u: %s", line_number, wrong != NULL ? wrong : "taken");
		nclean += is_clean(&t);
		buf_release(&b);
		test_release(&t);
	}
	is_int(nclean, sizeof(refused) / sizeof(*refused), "nothing is left of any of them");
}

/* Cut off anywhere, or with a byte that is another one: all of it or nothing, and never unsound. */
static void
test_garbled(void)
{
	static const struct import_conf conf = { 0 };
	unsigned ncut = 0, nclean = 0, nsound = 0, nround = 0;
	struct world w;
	struct test t;
	char *text;
	size_t n;

	world_init(&w);
	any_room(&w, "room0");
	text = export_all(w.s.store);
	n = strlen(text);
	begin(&t);
	for (size_t i = 0; i + 1 < n; i += 1 + any(60)) {
		nround++;
		/* `end` alone is allowed: a file that was edited. */
		ncut += import_text(t.muc, &conf, text, i) != NULL ||
			strncmp(text + n - 4, "end", 3) == 0 || n - i < 6;
		nclean += is_clean(&t) || n - i < 6;
	}
	test_release(&t);
	is_int(ncut, nround, "a file that is cut off is refused");
	is_int(nclean, nround, "and nothing is left of it");
	nround = 0;
	for (size_t i = 0; i < n; i += 1 + any(40)) {
		char was = text[i];

		begin(&t);
		text[i] = (char)any(256);
		nround++;
		nsound += import_text(t.muc, &conf, text, n) == NULL ? is_sound(t.host.store)
								     : is_clean(&t);
		text[i] = was;
		test_release(&t);
	}
	is_int(nsound, nround, "a garbled file leaves all or nothing");
	free(text);
	world_release(&w);
}

/* A process that dies in the midst of it. */
static void
test_crash(void)
{
	static const struct import_conf conf = { 0 };
	static const char *const lines[] = { "mucd-export 1", "room jid=\"a@rooms.example\"",
		"affil jid=\"x@y\" affiliation=owner nick=\"n\"", "end",
		"room jid=\"b@rooms.example\"", "affil jid=\"x@y\" affiliation=owner nick=\"n\"" };
	enum muc_error error;
	struct import *in;
	struct test t;
	struct muc *dead;

	begin(&t);
	in = import_new(t.muc, &conf, t.now);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		ok(import_line(in, lines[i], strlen(lines[i]), t.now) == NULL, "%s", lines[i]);
		muc_commit(t.muc);
		/* Data of destroyed rooms goes meanwhile, this does not. */
		muc_tick(t.muc, t.now);
		muc_commit(t.muc);
	}
	is_int(count_rooms_of(t.host.store, TABLE_affil), 2, "two rooms have their data");
	is_int(count_rooms_of(t.host.store, TABLE_names), 0, "and no names");
	ok(is_sound(t.host.store), "sound all the same");
	dead = t.muc;
	muc_stream_free(t.stream);
	test_start(&t, &error);
	ok(is_clean(&t), "another process finds the rest, and removes it");
	import_free(in);
	muc_free(dead);
	test_release(&t);
}

/* What is more than a step's worth is written in several, and is the same. */
static void
test_large(void)
{
	static const struct import_conf conf = { 0 };
	struct buf b = BUF_INIT;
	struct export *x;
	struct world w;
	struct test t;
	char *again;
	unsigned nsteps = 0;

	world_init(&w);
	any_room(&w, "room0");
	for (int i = 0; i < 3000; i++) {
		const struct affil member = { .affiliation = AFF_MEMBER,
			.jid = arena_fmt(w.s.arena, "member%d@example.org", i) };
		struct room *r;
		struct jid j;

		jid_split(w.s.arena, "room0@rooms.example", &j);
		r = room_get(&w.s, &j);
		any_message(r);
		affiliation_set(r, &member, NULL);
		end_turn(&w);
		rooms_sweep(&w.s);
		arena_reset(w.s.arena);
	}
	buf_adds(&b, EXPORT_FIRST "\n");
	x = export_new(w.s.store, complain, NULL);
	export_next(x);
	for (enum export_step step = EXPORT_HEAD; step != EXPORT_END; nsteps++)
		step = export_step(x, &b);
	export_free(x);
	ok(nsteps > 10 && b.len > 500000, "%zu bytes in %u steps", b.len, nsteps);
	begin(&t);
	is_str(import_text(t.muc, &conf, b.p, b.len), NULL, "are read");
	again = export_all(t.host.store);
	ok(strlen(again) == b.len && memcmp(again, b.p, b.len) == 0, "and written, the same");
	free(again);
	test_release(&t);
	world_release(&w);
	buf_release(&b);
}

/* A room that is destroyed while it is written. */
static void
test_cut(void)
{
	static const struct import_conf conf = { 0 };
	struct buf b = BUF_INIT;
	struct export *x;
	struct import *in;
	struct world w;
	struct test t;
	struct room *r;
	struct jid j;
	uint64_t n;

	world_init(&w);
	any_room(&w, "room0");
	end_turn(&w);
	x = export_new(w.s.store, complain, NULL);
	ok(export_next(x), "there is a room");
	buf_adds(&b, EXPORT_FIRST "\n");
	is_int(export_step(x, &b), EXPORT_HEAD, "and more of it");
	jid_split(w.s.arena, "room0@rooms.example", &j);
	r = room_get(&w.s, &j);
	room_destroy(r);
	while (rooms_purge(&w.s))
		continue;
	rooms_sweep(&w.s);
	while (export_step(x, &b) != EXPORT_END)
		continue;
	ok(b.len > 5 && memcmp(b.p + b.len - 5, "\ncut\n", 5) == 0,
	    "when it is destroyed meanwhile, it is cut");
	export_free(x);
	begin(&t);
	is_str(import_text(t.muc, &conf, b.p, b.len), NULL, "that can be read");
	ok(is_clean(&t), "and nothing comes of it");
	in = import_new(t.muc, &conf, t.now);
	import_line(in, EXPORT_FIRST, strlen(EXPORT_FIRST), t.now);
	is_str(import_finish(in, t.now, &n), NULL, "so can no room at all");
	is_str(import_line(in, "end", 3, t.now), "it is over", "but behind the end nothing can be");
	import_free(in);
	test_release(&t);
	world_release(&w);
	buf_release(&b);
}

/* -- who is in a room -- */

static const char *
import_over(struct test *t, bool evict)
{
	const struct import_conf conf = { .replace = true, .evict = evict };
	static const char text[] = HEAD "room jid=\"room@rooms.example\"\nend\n";
	const char *wrong = import_text(t->muc, &conf, text, strlen(text));

	run_down(t);
	return wrong;
}

static void
test_occupants(void)
{
	struct test t;
	char *said;

	begin(&t);
	free(test_ask(&t, ENTER("romeo", "Romeo")));
	is_int(count_rooms_of(t.host.store, TABLE_sessions), 1, "somebody is in a room");
	is_str(import_over(&t, false), "room@rooms.example has occupants", "it is not replaced");
	ok(is_sound(t.host.store), "sound");
	is_str(import_over(&t, true), NULL, "unless they are to go");
	is_int(count_rooms_of(t.host.store, TABLE_sessions), 0, "they have gone");
	ok(is_sound(t.host.store), "sound");
	said = test_ask(&t, SAY("romeo", "x"));
	ok(strstr(said, "not-acceptable") != NULL, "which they are told when they say something");
	free(said);
	test_release(&t);
}

/* Takes lines as a service does that goes on meanwhile: each in a turn of its own. */
static void
take_slowly(struct test *t, struct import *in, const char *const *lines)
{
	for (; *lines != NULL; lines++) {
		is_str(import_line(in, *lines, strlen(*lines), t->now), NULL, *lines);
		muc_commit(t->muc);
		run_down(t);
	}
}

/* While rooms come others are made, and end; of the one that is made under the same name there is one. */
static void
test_meanwhile(void)
{
	static const struct import_conf conf = { .actor = "root@console.invalid/1" };
	static const char *const begin_lines[] = { "mucd-export 1", "# two rooms",
		"room jid=\"a@rooms.example\"", "affil jid=\"x@y\" affiliation=owner nick=\"n\"",
		NULL };
	static const char *const end_lines[] = { "end", "room jid=\"room@rooms.example\"", "end",
		NULL };
	struct import *in;
	uint64_t nrooms = 0;
	struct test t;

	for (int round = 0; round < 2; round++) {
		begin(&t);
		in = import_new(t.muc, &conf, t.now);
		take_slowly(&t, in, begin_lines);
		if (round == 0)
			take_slowly(&t, in, end_lines);
		free(test_ask(&t, ENTER("romeo", "Romeo")));
		is_int(count_rooms_of(t.host.store, TABLE_names), 1, "a room is made meanwhile");
		if (round == 0) {
			is_str(import_finish(in, t.now, &nrooms),
			    "room@rooms.example is there already", "it has the name now");
			is_int(import_wrong_line(in), 6, "the line is told");
			import_free(in);
			run_down(&t);
			is_int(count_rooms_of(t.host.store, TABLE_names), 1, "none of the others");
			is_int(
			    count_rooms_of(t.host.store, TABLE_affil), 1, "nothing of it is left");
			is_int(count_rooms_of(t.host.store, TABLE_audit), 0, "nor noted");
		} else {
			take_slowly(&t, in, (const char *[]){ "end", NULL });
			is_str(import_finish(in, t.now, &nrooms), NULL, "nothing is in the way");
			is_int(nrooms, 1, "one room has come");
			import_free(in);
			muc_commit(t.muc);
			run_down(&t);
			is_int(count_rooms_of(t.host.store, TABLE_names), 2, "both are there");
			is_int(count_rooms_of(t.host.store, TABLE_audit), 1, "which is noted");
		}
		is_int(count_rooms_of(t.host.store, TABLE_dead), 0, "nothing waits to be removed");
		ok(is_sound(t.host.store), "sound");
		test_release(&t);
	}
}

#define MANY 1000
#define OWN(room, what)                                                                            \
	"<iq type='set' from='x@y/r' to='" room "@rooms.example' id='o'><query "                   \
	"xmlns='http://jabber.org/protocol/muc#owner'>" what "</query></iq>"

static void
restart(struct test *t)
{
	enum muc_error error;

	test_stop(t);
	test_start(t, &error);
}

/* Rooms of x@y come, and the turn is over in which they are all there. */
static void
import_many(struct test *t, bool replace)
{
	const struct import_conf conf = { .replace = replace, .evict = replace };
	struct import *in = import_new(t->muc, &conf, t->now);
	const char *wrong = import_line(in, "mucd-export 1", 13, t->now);
	char line[64];
	uint64_t n = 0;

	for (int i = 0; i < MANY && wrong == NULL; i++) {
		snprintf(line, sizeof(line), "room jid=\"%d@rooms.example\"", i);
		wrong = import_line(in, line, strlen(line), t->now);
		if (wrong == NULL)
			wrong = import_line(in, "affil jid=\"x@y\" affiliation=owner", 33, t->now);
		if (wrong == NULL)
			wrong = import_line(in, "end", 3, t->now);
	}
	if (wrong == NULL)
		wrong = import_finish(in, t->now, &n);
	is_str(wrong, NULL, "rooms have come");
	is_int(n, MANY, "very many");
	import_free(in);
	muc_commit(t->muc);
}

static bool
is_told(struct test *t, const char *stanza, const char *what)
{
	char *out = test_ask(t, stanza);
	bool is = strstr(out, what) != NULL;

	free(out);
	return is;
}

/* One of them is there, romeo's, and nobody is in it. */
static void
make_empty(struct test *t)
{
	free(test_ask(t, "<presence from='romeo@y/r' to='998@rooms.example/Romeo'>"
			 "<x xmlns='http://jabber.org/protocol/muc'/></presence>"));
	free(test_ask(t, "<iq type='set' from='romeo@y/r' to='998@rooms.example' id='o'><query "
			 "xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' "
			 "type='submit'><field var='FORM_TYPE'>"
			 "<value>http://jabber.org/protocol/muc#roomconfig</value></field>"
			 "<field var='muc#roomconfig_persistentroom'><value>1</value>"
			 "</field></x></query></iq>"));
	free(test_ask(t, "<presence from='romeo@y/r' to='998@rooms.example/Romeo' "
			 "type='unavailable'/>"));
}

/* Each turn gives some of them their names; whoever asks for one has it. */
static void
test_naming(void)
{
	unsigned nnames, nsteps = 0, nsound = 0;
	struct test t;

	begin(&t);
	make_empty(&t);
	is_int(count_rooms_of(t.host.store, TABLE_names), 1, "one of them is there, and empty");
	import_many(&t, true);
	nnames = count_rooms_of(t.host.store, TABLE_names);
	ok(import_goes_on(t.muc) && nnames < MANY / 2, "%u have names after one turn", nnames);
	ok(is_sound(t.host.store), "sound");
	ok(is_told(&t,
	       "<iq type='get' from='a@y/r' to='999@rooms.example' id='i'>"
	       "<query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
	       "muc_open"),
	    "one that has none yet is found");
	ok(is_told(&t,
	       "<presence from='romeo@y/r' to='998@rooms.example/Romeo'>"
	       "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
	       "affiliation='none'"),
	    "of one that is replaced it is the new one that is entered");
	ok(is_told(&t, OWN("997", "<destroy/>"), "type='result'"), "one is destroyed");
	is_int(count_rooms_of(t.host.store, TABLE_names), nnames + 1, "only these have names now");
	restart(&t);
	ok(import_goes_on(t.muc), "it goes on after a restart");
	while (import_goes_on(t.muc)) {
		muc_tick(t.muc, t.now);
		muc_commit(t.muc);
		nsound += is_sound(t.host.store);
		nsteps++;
		restart(&t);
	}
	ok(nsteps > 2 && nsound == nsteps, "sound at each of %u steps, with a restart after each",
	    nsteps);
	run_down(&t);
	is_int(count_rooms_of(t.host.store, TABLE_names), MANY - 1, "all are there but that one");
	is_int(count_rooms_of(t.host.store, TABLE_listed), MANY - 1, "and in the list");
	is_int(count_rooms_of(t.host.store, TABLE_dead), 0, "nothing waits to be removed");
	ok(is_told(&t, OWN("997", ""), "item-not-found"), "what was destroyed stays so");
	ok(is_sound(t.host.store), "sound");
	test_release(&t);
}

/* How often room n of those many is in the text. */
static unsigned
times_in(const char *text, int n)
{
	unsigned times = 0;
	char line[64];

	snprintf(line, sizeof(line), "room jid=\"%d@rooms.example\"", n);
	for (const char *p = text; (p = strstr(p, line)) != NULL; p += strlen(line))
		times++;
	return times;
}

/* They are in what is exported, each once: those that have names, those that wait, one that gets its own meanwhile. */
static void
test_naming_export(void)
{
	struct buf b = BUF_INIT;
	unsigned nonce = 0, n = 0;
	struct export *x;
	struct test t;

	begin(&t);
	make_empty(&t);
	free(test_ask(&t, "<presence from='romeo@y/r' to='another@rooms.example/Romeo'>"
			  "<x xmlns='http://jabber.org/protocol/muc'/></presence>"));
	import_many(&t, true);
	ok(import_goes_on(t.muc), "rooms wait for their names");
	x = export_new(t.host.store, complain, NULL);
	ok(export_room(x, "998@rooms.example"), "one that is to replace another");
	while (export_step(x, &b) != EXPORT_END)
		continue;
	buf_addc(&b, '\0');
	ok(strstr(b.p, "affil jid=\"x@y\" affiliation=owner") != NULL &&
		strstr(b.p, "romeo@y") == NULL && strstr(b.p, "\nend ") != NULL,
	    "it is that which is exported");
	ok(export_room(x, "another@rooms.example"), "one that has its name all the time");
	ok(!export_room(x, "none@rooms.example"), "there is no other");
	export_free(x);
	b.len = 0;
	x = export_new(t.host.store, complain, NULL);
	for (; export_next(x); n++) {
		while (export_step(x, &b) != EXPORT_END)
			continue;
		if (n % 3 == 0) {
			muc_tick(t.muc, t.now);
			muc_commit(t.muc);
		}
		if (n == 10)
			free(test_ask(&t, OWN("990", "<destroy/>")));
	}
	ok(!import_goes_on(t.muc), "all have their names at the end");
	buf_addc(&b, '\0');
	for (int i = 0; i < MANY; i++)
		nonce += times_in(b.p, i) == (i != 990);
	is_int(nonce, MANY, "each is told once, but for what is destroyed before its turn");
	is_int(n, MANY, "and the one that has nothing to do with them");
	is_int(count_of(b.p, "\nend "), MANY, "all of them to their end");
	export_free(x);
	buf_release(&b);
	test_release(&t);
}

struct sized {
	unsigned n, times[MANY]; /* rooms, and how often each of those many was among them */
	uint64_t least, most;	 /* records of one of these */
};

static void
note_size(void *arg, const char *jid, const struct store_room_size *size)
{
	struct sized *z = arg;
	unsigned n;

	z->n++;
	if (sscanf(jid, "%u@rooms.example", &n) != 1 || n >= MANY)
		return;
	z->times[n]++;
	z->least = z->least == 0 || size->records < z->least ? size->records : z->least;
	z->most = size->records > z->most ? size->records : z->most;
}

/* They take room, each once, and what they replace is not there. */
static void
test_naming_sizes(void)
{
	struct sized z = { 0 };
	unsigned nonce = 0;
	struct test t;

	begin(&t);
	make_empty(&t);
	free(test_ask(&t, ENTER("romeo", "Romeo")));
	import_many(&t, true);
	ok(import_goes_on(t.muc), "rooms wait for their names");
	store_rooms(t.host.store, note_size, &z);
	for (int i = 0; i < MANY; i++)
		nonce += z.times[i] == 1;
	is_int(nonce, MANY, "each has a size");
	is_int(z.n, MANY + 1, "and another room");
	ok(z.least == 2 && z.most == 2, "of what there will be of them: %llu records to %llu",
	    (unsigned long long)z.least, (unsigned long long)z.most);
	test_release(&t);
}

/* One of them replaces a room that nobody has used for long: when such rooms are destroyed it is not one. */
static void
test_naming_unused(void)
{
	static const char *const admins[] = { "admin@y", NULL };
	struct test t;

	begin(&t);
	t.conf.admins = admins;
	muc_reload(t.muc, &t.conf);
	make_empty(&t);
	t.now.wall_ms += 100 * DAY_MS;
	muc_tick(t.muc, t.now);
	import_many(&t, true);
	ok(is_told(&t,
	       "<iq type='set' from='admin@y/r' to='rooms.example' id='c'>"
	       "<command xmlns='http://jabber.org/protocol/commands' node='unused-rooms'>"
	       "<x xmlns='jabber:x:data' type='submit'><field var='days'><value>30</value></field>"
	       "<field var='all'><value>1</value></field></x></command></iq>",
	       "Rooms destroyed: 0"),
	    "no unused room is destroyed");
	ok(is_told(&t,
	       "<iq type='get' from='x@y/r' to='998@rooms.example' id='o'>"
	       "<query xmlns='http://jabber.org/protocol/muc#owner'/></iq>",
	       "type='result'"),
	    "the one that has come is there");
	run_down(&t);
	is_int(count_rooms_of(t.host.store, TABLE_names), MANY, "as are all others");
	test_release(&t);
}

/* Their domain leaves the configuration meanwhile, and comes back: nothing is left of the room that is replaced. */
static void
test_naming_unserved(void)
{
	enum muc_error error;
	struct test t;

	begin(&t);
	make_empty(&t);
	free(test_ask(&t, "<presence from='romeo@y/r' to='998@rooms.example/Romeo'>"
			  "<x xmlns='http://jabber.org/protocol/muc'/></presence>"));
	is_int(count_rooms_of(t.host.store, TABLE_sessions), 1, "somebody is in one of them");
	import_many(&t, true);
	test_stop(&t);
	t.muc = muc_new(&t.host, &t.conf, t.now, &error);
	muc_domain_add(t.muc, "other.example");
	ok(import_goes_on(t.muc), "rooms wait for their names, and none of their domain is there");
	run_down(&t);
	ok(!import_goes_on(t.muc), "they get them all the same");
	ok(is_sound(t.host.store), "sound");
	restart(&t);
	run_down(&t);
	is_int(count_rooms_of(t.host.store, TABLE_names), MANY, "all are there");
	is_int(count_rooms_of(t.host.store, TABLE_rooms), MANY, "and no other");
	is_int(count_rooms_of(t.host.store, TABLE_listed), MANY, "in the list, too");
	is_int(count_rooms_of(t.host.store, TABLE_sessions), 0, "nobody is in the one that is new");
	is_int(count_rooms_of(t.host.store, TABLE_dead), 0, "nothing waits to be removed");
	ok(is_sound(t.host.store), "sound");
	test_release(&t);
}

/* Killed before all had their names; then mucctl alone imports others, and first one of the same. */
static void
test_naming_before(void)
{
	static const struct import_conf conf = { 0 };
	static const char *const same[] = { "mucd-export 1", "room jid=\"999@rooms.example\"",
		NULL };
	static const char *const other[] = { "mucd-export 1", "room jid=\"other@rooms.example\"",
		"end", NULL };
	const char *wrong = NULL;
	uint64_t nrooms = 0;
	struct import *in;
	struct test t;

	begin(&t);
	import_many(&t, false);
	restart(&t);
	ok(import_goes_on(t.muc), "rooms wait for their names");
	in = import_new(t.muc, &conf, t.now);
	for (const char *const *l = same; *l != NULL; l++)
		wrong = import_line(in, *l, strlen(*l), t.now);
	ok(wrong != NULL && strstr(wrong, "there already") != NULL, "one that waited is not taken");
	import_free(in);
	muc_commit(t.muc);
	run_down(&t);
	test_release(&t);

	begin(&t);
	import_many(&t, false);
	restart(&t);
	in = import_new(t.muc, &conf, t.now);
	for (const char *const *l = other; *l != NULL; l++)
		import_line(in, *l, strlen(*l), t.now);
	is_str(import_finish(in, t.now, &nrooms), NULL, "another import");
	is_int(nrooms, 1, "one more");
	import_free(in);
	muc_commit(t.muc);
	run_down(&t);
	ok(!import_goes_on(t.muc), "no room waits");
	is_int(count_rooms_of(t.host.store, TABLE_names), MANY + 1, "all of both are there");
	is_int(count_rooms_of(t.host.store, TABLE_rooms), MANY + 1, "with what they are");
	is_int(count_rooms_of(t.host.store, TABLE_dead), 0, "nothing waits to be removed");
	ok(is_sound(t.host.store), "sound");
	test_release(&t);
}

/* A room of which no line says when it was made is made when its lines come, whatever happened last, and when. */
static void
test_created(void)
{
	static const struct import_conf conf = { 0 };
	static const char *const lines[] = { "mucd-export 1", "room jid=\"a@rooms.example\"", "end",
		NULL };
	uint64_t nrooms = 0;
	struct import *in;
	struct test t;
	char *out;

	begin(&t);
	in = import_new(t.muc, &conf, t.now);
	t.now.wall_ms += 60 * 60 * 1000;
	for (const char *const *l = lines; *l != NULL; l++)
		import_line(in, *l, strlen(*l), t.now);
	is_str(import_finish(in, t.now, &nrooms), NULL, "a room comes");
	import_free(in);
	muc_commit(t.muc);
	out = export_all(t.host.store);
	ok(strstr(out, " created=2026-01-01T01:00:00") != NULL, "it is made now");
	free(out);
	test_release(&t);
}

/* One of the name has come and gone. */
static void
test_come_and_gone(void)
{
	static const struct import_conf conf = { 0 };
	static const char *const lines[] = { "mucd-export 1", "room jid=\"room@rooms.example\"",
		NULL };
	struct import *in;
	uint64_t nrooms = 0;
	struct test t;

	for (int round = 0; round < 2; round++) {
		begin(&t);
		in = import_new(t.muc, &conf, t.now);
		take_slowly(&t, in, lines);
		free(test_ask(&t, ENTER("romeo", "Romeo")));
		if (round == 0)
			free(test_ask(&t, "<presence from='romeo@example/r' "
					  "to='room@rooms.example/Romeo' type='unavailable'/>"));
		is_int(count_rooms_of(t.host.store, TABLE_names), round,
		    "one that is made while its lines come");
		take_slowly(&t, in, (const char *[]){ "end", NULL });
		if (round == 0)
			is_str(import_finish(in, t.now, &nrooms), NULL,
			    "and is gone again is in nobody's way");
		else
			is_str(import_finish(in, t.now, &nrooms),
			    "room@rooms.example is there already", "has the name");
		import_free(in);
		muc_commit(t.muc);
		run_down(&t);
		is_int(count_rooms_of(t.host.store, TABLE_names), 1, "there is one of that name");
		ok(is_sound(t.host.store), "sound");
		test_release(&t);
	}
}

static unsigned
almost_full(struct store *s)
{
	(void)s;
	return 95;
}

/* The last of the room is for those who are here. */
static void
test_full(void)
{
	static const struct import_conf conf = { 0 };
	static const char *const lines[] = { "mucd-export 1", "room jid=\"a@rooms.example\"",
		"affil jid=\"x@y\" affiliation=owner nick=\"n\"", NULL };
	struct import *in;
	struct test t;

	begin(&t);
	in = import_new(t.muc, &conf, t.now);
	take_slowly(&t, in, lines);
	t.host.store->fill = almost_full;
	is_str(
	    import_line(in, "end", 3, t.now), "the database is almost full", "no more when it is");
	is_int(import_wrong_line(in), 4, "the line is told");
	import_free(in);
	ok(is_clean(&t), "what came before goes");
	test_release(&t);
}

/* What the operator decides for all rooms holds for those that come, too, now and after a restart. */
static void
test_forced(void)
{
	static const char *const pairs[] = { "publicroom", "0", NULL };
	static const struct import_conf conf = { 0 };
	static const char text[] = HEAD ROOM "config muc#roomconfig_publicroom=\"1\"\nend\n";
	enum muc_error error;
	struct test t;
	char *out;

	test_init(&t);
	t.now.wall_ms = NOW;
	t.conf.room_forced = pairs;
	test_start(&t, &error);
	run_down(&t);
	is_str(import_text(t.muc, &conf, text, strlen(text)), NULL,
	    "a public room, where there is to be none");
	test_stop(&t);
	test_start(&t, &error);
	run_down(&t);
	is_int(count_rooms_of(t.host.store, TABLE_listed), 0, "it is not listed");
	ok(is_sound(t.host.store), "sound");
	out = export_all(t.host.store);
	is_int(count_of(out, "config muc#roomconfig_publicroom=\"1\""), 1,
	    "and still what its owners want");
	free(out);
	test_release(&t);
}

/* -- a store that is not sound -- */

struct nth {
	unsigned n;
	uint8_t key[STORE_KEY_MAX];
	size_t key_len;
	struct buf val;
};

static int
nth_visit(void *arg, struct bytes key, struct bytes val)
{
	struct nth *f = arg;

	if (f->n-- > 0)
		return 0;
	memcpy(f->key, key.p, key.n);
	f->key_len = key.n;
	f->val.len = 0;
	buf_add(&f->val, val.p, val.n);
	return 1;
}

/* What is done to a record in the store; val is a copy of its value, which may be changed. */
typedef void do_harm(struct store *, enum table, struct bytes key, struct buf *val);

static void
take_away(struct store *s, enum table t, struct bytes key, struct buf *val)
{
	(void)val;
	s->del(s, t, key);
}

static void
cut_value(struct store *s, enum table t, struct bytes key, struct buf *val)
{
	s->put(s, t, key, (struct bytes){ val->p, val->len > 0 ? val->len - 1 : 0 });
}

/* The last byte: of a vCard's record, of its last hash. */
static void
alter_value(struct store *s, enum table t, struct bytes key, struct buf *val)
{
	val->p[val->len - 1] ^= 1;
	s->put(s, t, key, (struct bytes){ val->p, val->len });
	val->p[val->len - 1] ^= 1;
}

static struct bytes
cut(struct bytes key)
{
	return (struct bytes){ key.p, key.n - 1 };
}

static void
cut_key(struct store *s, enum table t, struct bytes key, struct buf *val)
{
	s->del(s, t, key);
	s->put(s, t, cut(key), (struct bytes){ val->p, val->len });
}

/* Harms each of `n` records of a table in turn, and mends it; how many are found out. */
static unsigned
found_out(struct store *s, enum table t, do_harm *harm, unsigned *n)
{
	struct nth f = { .val = BUF_INIT };
	struct bytes key;
	unsigned found = 0;

	shows_wrong = false;
	for (*n = 0;; ++*n) {
		f.n = *n;
		if (s->each(s, t, none, none, nth_visit, &f) != STORE_STOP)
			break;
		key = (struct bytes){ f.key, f.key_len };
		harm(s, t, key, &f.val);
		found += !is_sound(s);
		s->del(s, t, cut(key));
		s->put(s, t, key, (struct bytes){ f.val.p, f.val.len });
	}
	shows_wrong = true;
	buf_release(&f.val);
	return found;
}

static void
test_harm(
    struct store *s, const char *what, do_harm *harm, const enum table *tables, size_t ntables)
{
	unsigned n, found;

	for (size_t i = 0; i < ntables; i++) {
		found = found_out(s, tables[i], harm, &n);
		ok(n > 0 && found == n, "each of %u records of %s %s: %u", n,
		    store_table_name(tables[i]), what, found);
	}
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What is on its way: a record of each table that nothing of a room is in. */
static void
put_under_way(struct store *s)
{
	static const char told[] = "rooms.example\0\0\0\0\0\0\0\0\1";
	static const uint8_t gone[8] = { 0xff };
	struct buf b = BUF_INIT;

	rec_put_u64(&b, 1, 2);
	rec_put_u64(&b, 2, 1);
	rec_put_str(&b, 4, "Romeo");
	s->put(
	    s, TABLE_told, (struct bytes){ told, sizeof(told) - 1 }, (struct bytes){ b.p, b.len });
	s->put(s, TABLE_dead, (struct bytes){ gone, sizeof(gone) }, none);
	s->put(s, TABLE_over, (struct bytes){ gone, sizeof(gone) }, none);
	buf_release(&b);
}

/* A name that is one too many, of a room that is there and of one that is not. */
static void
test_names(struct world *w, uint64_t id)
{
	struct store *s = w->s.store;
	const struct bytes name = name_key(w->s.arena, "rooms.example", "alias");

	shows_wrong = false;
	s->put(s, TABLE_names, name, store_key(w->s.arena, id, ""));
	ok(!is_sound(s) && strstr(wrong_first, "another room stands under its name") != NULL, "%s",
	    wrong_first);
	s->put(s, TABLE_names, name, none);
	ok(!is_sound(s), "a name of no room");
	is_str(wrong_first, "names: alias@rooms.example: a name without a room", "told in full");
	s->del(s, TABLE_names, name);
	ok(is_sound(s), "mended");
	shows_wrong = true;
}

static void
test_unsound(void)
{
	static const enum table whole[] = { TABLE_names, TABLE_rooms, TABLE_affil, TABLE_nicks,
		TABLE_listed, TABLE_user, TABLE_gone, TABLE_archive, TABLE_held, TABLE_aging,
		TABLE_meta };
	static const enum table broken[] = { TABLE_names, TABLE_rooms, TABLE_affil, TABLE_nicks,
		TABLE_requests, TABLE_listed, TABLE_sessions, TABLE_user, TABLE_gone, TABLE_archive,
		TABLE_held, TABLE_invites, TABLE_roles, TABLE_spoke, TABLE_blobs, TABLE_bans,
		TABLE_told };
	static const enum table keyed[] = { TABLE_names, TABLE_rooms, TABLE_affil, TABLE_nicks,
		TABLE_requests, TABLE_listed, TABLE_sessions, TABLE_user, TABLE_gone, TABLE_archive,
		TABLE_held, TABLE_aging, TABLE_invites, TABLE_blobs, TABLE_told, TABLE_dead,
		TABLE_over };
	static const enum table hashed[] = { TABLE_blobs };
	struct world w;
	struct room *r;
	struct jid j;

	world_init(&w);
	for (int i = 0; i < 9; i++)
		any_room(&w, arena_fmt(w.s.arena, "room%d", i));
	any_room(&w, "gone");
	jid_split(w.s.arena, "gone@rooms.example", &j);
	r = room_get(&w.s, &j);
	tombstone_set(r, NULL, "romeo@example");
	room_destroy(r);
	while (rooms_purge(&w.s))
		continue;
	rooms_sweep(&w.s);
	any_room(&w, "busy");
	jid_split(w.s.arena, "busy@rooms.example", &j);
	r = room_get(&w.s, &j);
	jid_split(w.s.arena, "romeo@example/r", &j);
	session_save(session_add(r, "Romeo", &j, ROLE_VISITOR, AFF_NONE));
	bans_load(&w.s, NULL);
	ban_set(
	    &w.s, &(struct ban){
		      .target = "*.example", .reason = "spam", .set_ms = NOW, .until_ms = NOW });
	end_turn(&w);
	put_under_way(w.s.store);
	ok(is_sound(w.s.store), "a store with all there may be is sound");
	test_harm(w.s.store, "is missed", take_away, whole, COUNT(whole));
	test_harm(w.s.store, "is found broken", cut_value, broken, COUNT(broken));
	test_harm(w.s.store, "is found under another key", cut_key, keyed, COUNT(keyed));
	test_harm(w.s.store, "with another hash is found out", alter_value, hashed, COUNT(hashed));
	ok(is_sound(w.s.store), "all is mended");
	test_names(&w, r->id);
	room_free(r);
	bans_free(&w.s);
	world_release(&w);
}

static void
test_fates(void)
{
	for (int t = 0; t < TABLE_COUNT; t++)
		ok(table_fates[t] != FATE_NONE,
		    "table %s has a place in exports, or none on purpose",
		    store_table_name((enum table)t));
}

/* -- what cannot be -- */

/* A room that a file has made, with what is said in it and who enters then. */
static char *
told_of(struct test *t, const char *lines)
{
	static const struct import_conf conf = { 0 };
	struct buf b = BUF_INIT;
	const char *wrong;

	begin(t);
	buf_adds(&b, HEAD ROOM);
	buf_adds(&b, lines);
	buf_adds(&b, "end\n");
	wrong = import_text(t->muc, &conf, b.p, b.len);
	buf_release(&b);
	is_str(wrong, NULL, "it is taken");
	return test_ask(t, "<presence from='x@y/r' to='a@rooms.example/X'>"
			   "<x xmlns='http://jabber.org/protocol/muc'/></presence>");
}

/* A stanza that no server takes costs all rooms their link. */
static void
test_too_large(void)
{
	char *lines[3], *long_text = mem_alloc(510001), *out;
	static const char *const what[] = { "a message", "a subject", "a nickname" };

	memset(long_text, 'x', 510000);
	lines[0] = mem_alloc(520000);
	lines[1] = mem_alloc(520000);
	lines[2] = mem_alloc(520000);
	snprintf(lines[0], 520000,
	    "message id=019b76da-a800-7000-8000-000000000000 kind=message nick=\"N\" jid=\"n@y/r\" "
	    "payload=\"<body>%s</body>\"\n",
	    long_text);
	snprintf(
	    lines[1], 520000, "subject payload=\"<subject>%s</subject>\" nick=\"N\"\n", long_text);
	snprintf(
	    lines[2], 520000, "subject payload=\"<subject>S</subject>\" nick=\"%s\"\n", long_text);
	for (int i = 0; i < 3; i++) {
		struct test t;

		out = told_of(&t, lines[i]);
		ok(strstr(out, "<subject") != NULL && strlen(out) < 500000, "%s: %zu bytes",
		    what[i], strlen(out));
		free(out);
		free(lines[i]);
		test_release(&t);
	}
	free(long_text);
}

/* Nor does what is too long in a room keep it from being found. */
static void
test_info(void)
{
	char *text = mem_alloc(510001), *lines = mem_alloc(1100000), *out, *at;
	struct test t;

	memset(text, 'x', 510000);
	at = lines + snprintf(lines, 1100000,
			 "subject payload=\"<subject>S</subject>\" nick=\"N\" text=\"%s\"\n"
			 "vcard payload=\"<vCard xmlns='vcard-temp'>",
			 text);
	for (int i = 0; i < 12000; i++)
		at += sprintf(at, "<PHOTO><BINVAL>QQ==</BINVAL></PHOTO>");
	strcpy(at, "</vCard>\"\n");
	free(told_of(&t, lines));
	out = test_ask(&t, "<iq from='x@y/r' to='a@rooms.example' type='get' id='d'>"
			   "<query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
	ok(strstr(out, "muc#roominfo_avatarhash") != NULL && strstr(out, "type='error'") == NULL,
	    "what a room is can be asked: %zu bytes", strlen(out));
	free(out);
	free(lines);
	free(text);
	test_release(&t);
}

/* Who is to be told of something that no stanza has room for is told nothing else either: it does not come. */
static void
test_too_long(void)
{
	static const struct import_conf conf = { 0 };
	static const char *const starts[] = { "affil jid=\"z@y\" affiliation=outcast reason=\"",
		"request jid=\"q@y\" nick=\"q\" id=\"i\" time=2026-01-01T00:00:00Z faq=\"",
		"invite time=2026-01-01T00:00:00Z invitee=\"x@y\" inviter=\"z@y/r\" "
		"shown=\"a@rooms.example/Z\" id=\"" };
	char *text = mem_alloc(100001);

	memset(text, 'x', 100000);
	for (int i = 0; i < 3; i++) {
		struct buf b = BUF_INIT;
		const char *wrong;
		struct test t;

		begin(&t);
		buf_adds(&b, HEAD ROOM);
		buf_adds(&b, starts[i]);
		buf_adds(&b, text);
		buf_adds(&b, "\"\nend\n");
		wrong = import_text(t.muc, &conf, b.p, b.len);
		ok(wrong != NULL && strstr(wrong, "longer") != NULL && line_number == 3,
		    "line %u: %s", line_number, wrong != NULL ? wrong : "taken");
		buf_release(&b);
		test_release(&t);
	}
	free(text);
}

/* Of more rooms than a command looks at, whoever asks is told that those were not all. */
static void
test_very_many(void)
{
	static const struct import_conf conf = { 0 };
	static const char *const admins[] = { "x@y", NULL };
	struct buf b = BUF_INIT;
	char line[80], *out;
	struct test t;

	begin(&t);
	t.conf.admins = admins;
	muc_reload(t.muc, &t.conf);
	buf_adds(&b, HEAD);
	for (int i = 0; i < 100002; i++) {
		snprintf(line, sizeof(line), "room jid=\"%d@rooms.example\"\nend\n", i);
		buf_adds(&b, line);
	}
	is_str(import_text(t.muc, &conf, b.p, b.len), NULL, "very many rooms");
	out = test_ask(&t, "<iq from='x@y/r' to='rooms.example' type='set' id='c'>"
			   "<command xmlns='http://jabber.org/protocol/commands' node='user-rooms'>"
			   "<x xmlns='jabber:x:data' type='submit'><field var='jid'>"
			   "<value>o@y</value></field></x></command></iq>");
	ok(strstr(out, "Only the first 100000 rooms were looked at") != NULL,
	    "not all: it is said");
	free(out);
	buf_release(&b);
	test_release(&t);
}

/* A room whose configuration comes last keeps what was said for no longer than another one. */
static void
test_days_come_last(void)
{
	struct test t;

	free(told_of(&t, "message id=019b76da-a800-7000-8000-000000000000 kind=message nick=\"N\" "
			 "jid=\"n@y/r\" payload=\"<body>x</body>\"\n"
			 "config x-muc#roomconfig_archivedays=\"1\"\n"));
	is_int(count_rooms_of(t.host.store, TABLE_archive), 1, "a message");
	t.now.wall_ms += INT64_C(3) * 86400000;
	t.now.mono_ms += INT64_C(3) * 86400000;
	run_down(&t);
	is_int(count_rooms_of(t.host.store, TABLE_archive), 0, "has gone when its time is over");
	test_release(&t);
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		chance = strtoull(argv[1], NULL, 10);
	test_fates();
	test_same();
	test_renamed();
	test_too_large();
	test_info();
	test_too_long();
	test_very_many();
	test_days_come_last();
	test_refused();
	test_garbled();
	test_crash();
	test_cut();
	test_large();
	test_occupants();
	test_meanwhile();
	test_naming();
	test_naming_export();
	test_naming_before();
	test_naming_sizes();
	test_naming_unused();
	test_naming_unserved();
	test_created();
	test_come_and_gone();
	test_full();
	test_forced();
	test_unsound();
	return tap_done();
}
