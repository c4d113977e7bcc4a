/* SPDX-License-Identifier: ISC */
/*
 * check.c - is a store sound?
 *
 * Every table is walked from its first record to its last, and what a record says of others is looked up:
 * nothing is remembered, so a store of any size is checked in the same memory.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/digest.h"
#include "../base/mem.h"
#include "../base/utf8.h"
#include "../base/xml_parse.h"
#include "avatar.h"
#include "check.h"
#include "directory.h"

void
check_wrong(struct check *c, const char *room, const char *fmt, ...)
{
	char what[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	c->totals->wrong++;
	c->wrong(c->arg, store_table_name(c->table), room, what);
}

bool
check_get(struct check *c, enum table t, struct bytes key, struct bytes *val)
{
	return c->store->get(c->store, t, key, val) == STORE_OK;
}

/* A field as a string; NULL: the record has none. */
static char *
text_in_record(struct check *c, enum line line, const char *name, struct bytes val)
{
	struct rec r;

	return record_find(line, name, val, &r) ? rec_str(c->arena, &r) : NULL;
}

uint64_t
check_number(enum line line, const char *name, struct bytes val)
{
	struct rec r;

	return record_find(line, name, val, &r) ? rec_u64(&r) : 0;
}

char *
check_room_of(struct check *c, struct bytes id)
{
	struct bytes val;

	return check_get(c, TABLE_rooms, id, &val) ? text_in_record(c, LINE_room, "jid", val)
						   : NULL;
}

void
check_record(struct check *c, const char *room, enum line line, struct bytes tail, struct bytes val)
{
	const char *why;

	c->line.len = 0;
	record_write(c->arena, &c->reader, &c->line, line, tail, val, &why);
	if (why == NULL)
		why = record_lacks(c->arena, line, val);
	if (why != NULL)
		check_wrong(c, room, "%s", why);
}

/* Is a record under the key that its fields say? */
static bool
is_in_place(struct check *c, enum line line, struct bytes key, struct bytes val)
{
	struct record r = { .val = BUF_INIT };

	switch (line_kinds[line].key) {
	case KEY_JID:
		r.jid = text_in_record(c, line, "jid", val);
		if (r.jid == NULL)
			return true; /* told already */
		break;
	case KEY_INVITE:
		r.invitee = text_in_record(c, line, "invitee", val);
		r.inviter = text_in_record(c, line, "inviter", val);
		if (r.invitee == NULL || r.inviter == NULL)
			return true;
		break;
	case KEY_ROOM:
		break;
	default:
		return true;
	}
	return bytes_cmp(key, record_key(c->arena, bytes_id(key.p), line, &r)) == 0;
}

/* -- rooms, and where they stand -- */

static void
check_name(struct check *c, struct bytes key, struct bytes val)
{
	const char *jid = val.n == 8 ? check_room_of(c, val) : NULL;
	struct jid j;

	c->totals->rooms++;
	if (val.n == 8 && bytes_id(val.p) > c->greatest_id)
		c->greatest_id = bytes_id(val.p);
	if (jid == NULL) {
		check_wrong(c, name_address(c->arena, key), "a name without a room");
		return;
	}
	if (!jid_split(c->arena, jid, &j) || j.node == NULL ||
	    bytes_cmp(name_key(c->arena, j.domain, j.node), key) != 0)
		check_wrong(c, jid, "another room stands under its name");
}

/* How many affiliations a room has stored, and how many of them are owners'. */
struct tally {
	uint64_t n, nowners;
};

static int
tally_visit(void *arg, struct bytes key, struct bytes val)
{
	struct tally *t = arg;

	(void)key;
	t->n++;
	t->nowners += check_number(LINE_affil, "affiliation", val) == AFF_OWNER;
	return 0;
}

static void
check_counts(struct check *c, const char *jid, struct bytes id, struct bytes val)
{
	uint64_t n = check_number(LINE_room, "affiliations", val);
	uint64_t nowners = check_number(LINE_room, "owners", val);
	struct tally t = { 0, 0 };

	c->store->each(c->store, TABLE_affil, id, BYTES_NONE, tally_visit, &t);
	if (t.n != n || t.nowners != nowners)
		check_wrong(c, jid,
		    "it has %llu affiliations, %llu of owners, and counts %llu and %llu",
		    (unsigned long long)t.n, (unsigned long long)t.nowners, (unsigned long long)n,
		    (unsigned long long)nowners);
}

struct settings {
	struct check *check;
	const char *jid;
};

static void
check_setting(void *arg, const char *var, const char *value)
{
	struct settings *s = arg;

	if (value == NULL)
		check_wrong(s->check, s->jid, "%s has none of its values", var);
	else if (!utf8_is_text(value, strlen(value)))
		check_wrong(s->check, s->jid, "%s has a character that XML does not have", var);
}

static void
take_config(struct config *config, struct bytes val)
{
	struct rec r;

	rec_init(&r, val.p, val.n);
	while (rec_next(&r))
		config_read(config, &r);
}

static void
check_config(struct check *c, const char *jid, struct bytes name, struct bytes val)
{
	struct settings s = { c, jid };
	struct config config;
	struct bytes listed;
	struct rec r;

	config_init(&config);
	take_config(&config, val);
	/* What the service has decided for all rooms stands above that. */
	if (record_find(LINE_room, "forced", val, &r))
		take_config(&config, (struct bytes){ r.val, r.len });
	config_each(c->arena, &config, check_setting, &s);
	if (check_get(c, TABLE_listed, name, &listed) !=
	    (config.publicroom && check_number(LINE_room, "locked", val) == 0))
		check_wrong(c, jid,
		    config.publicroom ? "it is public and not listed"
				      : "it is listed and not public");
	config_release(&config);
}

static void
check_creator(struct check *c, const char *jid, uint64_t id, struct bytes val)
{
	struct bytes found;
	const char *creator = text_in_record(c, LINE_room, "creator", val);

	if (creator != NULL &&
	    !check_get(c, TABLE_user, creator_key(c->arena, creator, id), &found))
		check_wrong(c, jid, "it does not count as a room of who created it");
}

static void
check_room(struct check *c, struct bytes key, struct bytes val)
{
	const char *jid = text_in_record(c, LINE_room, "jid", val);
	struct bytes name, id;
	struct jid j;

	check_record(c, jid, LINE_room, BYTES_NONE, val);
	if (record_has(LINE_subject, val))
		check_record(c, jid, LINE_subject, BYTES_NONE, val);
	if (key.n != 8 || jid == NULL || !jid_split(c->arena, jid, &j) || j.node == NULL) {
		check_wrong(c, jid, "it has no address");
		return;
	}
	/* What an import has left goes like a room that was destroyed. */
	if (check_get(c, TABLE_dead, key, &id))
		return;
	name = name_key(c->arena, j.domain, j.node);
	if (!check_get(c, TABLE_names, name, &id) || bytes_cmp(id, key) != 0)
		check_wrong(c, jid, "no name leads to it");
	check_counts(c, jid, key, val);
	check_config(c, jid, name, val);
	check_creator(c, jid, bytes_id(key.p), val);
}

static void
check_listed(struct check *c, struct bytes key, struct bytes val)
{
	struct bytes id;
	const char *name = name_address(c->arena, key),
		   *domain = arena_strndup(c->arena, key.p, key.n);

	check_record(c, name, LINE_listed, BYTES_NONE, val);
	if (!check_get(c, TABLE_names, key, &id))
		check_wrong(c, name, "a room that is not there is listed");
	/* Whether it is as many is looked at with the record that counts them: check_meta(). */
	if (rooms_listed_count(&c->service, domain) == 0)
		check_wrong(c, name, "it is listed and not counted");
}

static void
check_user(struct check *c, struct bytes key, struct bytes val)
{
	const char *jid, *creator = NULL;
	struct bytes id = { (const uint8_t *)key.p + key.n - 8, 8 }, room;

	if (key.n <= 8) {
		check_wrong(c, NULL, "a key that is none");
		return;
	}
	jid = check_room_of(c, id);
	check_record(c, jid, LINE_user, BYTES_NONE, val);
	if (check_get(c, TABLE_rooms, id, &room))
		creator = text_in_record(c, LINE_room, "creator", room);
	if (creator == NULL || bytes_cmp(key, creator_key(c->arena, creator, bytes_id(id.p))) != 0)
		check_wrong(c, jid, "somebody counts as its creator who is not");
}

/* -- what rooms have -- */

static void
check_nick_of(struct check *c, const char *jid, struct bytes key, struct bytes val)
{
	const char *nick = text_in_record(c, LINE_affil, "nick", val);
	const char *owner = text_in_record(c, LINE_affil, "jid", val);
	struct bytes found;

	if (nick == NULL || owner == NULL)
		return;
	if (!check_get(c, TABLE_nicks, store_key(c->arena, bytes_id(key.p), nick), &found) ||
	    bytes_cmp(found, (struct bytes){ owner, strlen(owner) }) != 0)
		check_wrong(c, jid, "the nickname of %s is not reserved", owner);
}

static void
check_nick(struct check *c, const char *jid, struct bytes key, struct bytes val)
{
	const char *owner = arena_strndup(c->arena, val.p, val.n), *nick;
	struct bytes affil;

	nick = check_get(c, TABLE_affil, store_key(c->arena, bytes_id(key.p), owner), &affil)
		   ? text_in_record(c, LINE_affil, "nick", affil)
		   : NULL;
	if (nick == NULL || bytes_cmp(key, store_key(c->arena, bytes_id(key.p), nick)) != 0)
		check_wrong(
		    c, jid, "a nickname is reserved for %s, who has another one or none", owner);
}

static void
check_vcard(struct check *c, const char *jid, struct bytes val)
{
	struct bytes told = BYTES_NONE;
	struct buf hashes = BUF_INIT;
	struct rec f;

	if (record_find(LINE_vcard, "sha1", val, &f))
		told = (struct bytes){ f.val, f.len };
	if (record_find(LINE_vcard, "payload", val, &f) &&
	    (!avatar_read(c->arena, &c->reader, (struct bytes){ f.val, f.len }, &hashes) ||
		bytes_cmp(told, (struct bytes){ hashes.p, hashes.len }) != 0))
		check_wrong(c, jid, "the hashes of its pictures are others");
	buf_release(&hashes);
}

/* A record of a room: its key begins with the room's id. */
static void
check_of_room(struct check *c, enum line line, struct bytes key, struct bytes val)
{
	const struct bytes id = { key.p, 8 };
	struct bytes tail, found;
	const char *jid;

	if (key.n < 8) {
		check_wrong(c, NULL, "a key that is none");
		return;
	}
	/* Its data goes in steps. */
	if (line != LINE_session && check_get(c, TABLE_dead, id, &found))
		return;
	jid = check_room_of(c, id);
	if (jid == NULL && line == LINE_message && check_is_kept(c, id))
		return;
	if (jid == NULL) {
		check_wrong(c, NULL, "a record of room %llu, which is not there",
		    (unsigned long long)bytes_id(id.p));
		return;
	}
	if (line == LINE_COUNT) {
		check_nick(c, jid, key, val);
		return;
	}
	tail = (struct bytes){ (const uint8_t *)key.p + 8, key.n - 8 };
	check_record(c, jid, line, tail, val);
	if (!is_in_place(c, line, key, val))
		check_wrong(c, jid, "a record under a key of another one");
	if (line == LINE_affil)
		check_nick_of(c, jid, key, val);
	if (line == LINE_vcard)
		check_vcard(c, jid, val);
}

/* -- what is left of rooms -- */

/* What a tombstone has besides under its name: NUL, expiry and id; SOH, whose it is, expiry and id. */
struct other_keys {
	uint8_t expiry[1 + 8 + 8], owner[1 + 16 + 8 + 8];
	bool is_owned;
};

static void
other_keys(struct bytes val, struct other_keys *k)
{
	struct rec by;

	memset(k, 0, sizeof(*k));
	id_bytes(check_number(LINE_gone, "until", val), k->expiry + 1);
	id_bytes(check_number(LINE_gone, "id", val), k->expiry + 9);
	k->is_owned = record_find(LINE_gone, "by", val, &by) && by.len == 16;
	if (!k->is_owned)
		return;
	k->owner[0] = 1;
	memcpy(k->owner + 1, by.val, 16);
	memcpy(k->owner + 1 + 16, k->expiry + 1, 16);
}

static bool
leads_to(struct check *c, const uint8_t *key, size_t n, struct bytes name)
{
	struct bytes val;

	return check_get(c, TABLE_gone, (struct bytes){ key, n }, &val) &&
	       bytes_cmp(val, name) == 0;
}

static void
check_gone(struct check *c, struct bytes key, struct bytes val)
{
	const uint8_t kind = *(const uint8_t *)key.p;
	struct bytes stone = kind > 1 ? val : BYTES_NONE;
	struct other_keys k;
	const char *name;

	if (kind <= 1 && !check_get(c, TABLE_gone, val, &stone)) {
		check_wrong(c, NULL, "an expiry without a tombstone");
		return;
	}
	other_keys(stone, &k);
	if (kind == 0 && (key.n != sizeof(k.expiry) || memcmp(key.p, k.expiry, key.n) != 0))
		check_wrong(c, NULL, "an expiry without a tombstone");
	if (kind == 1 &&
	    (!k.is_owned || key.n != sizeof(k.owner) || memcmp(key.p, k.owner, key.n) != 0))
		check_wrong(c, NULL, "somebody's tombstone that is another's");
	if (kind <= 1)
		return;
	c->ngone++;
	name = name_address(c->arena, key);
	check_record(c, name, LINE_gone, BYTES_NONE, val);
	if (!leads_to(c, k.expiry, sizeof(k.expiry), key))
		check_wrong(c, name, "a tombstone that does not expire");
	if (k.is_owned && !leads_to(c, k.owner, sizeof(k.owner), key))
		check_wrong(c, name, "a tombstone that is not counted");
}

static int
count_visit(void *arg, struct bytes key, struct bytes val)
{
	(void)key, (void)val;
	++*(uint64_t *)arg;
	return 0;
}

static void
check_meta(struct check *c, struct bytes key, struct bytes val)
{
	static const char listed[] = "listed";
	const struct bytes head = { listed, sizeof(listed) };
	const char *domain;
	uint64_t n = 0;

	(void)val;
	if (!bytes_begin(key, head))
		return;
	domain =
	    arena_strndup(c->arena, (const char *)key.p + sizeof(listed), key.n - sizeof(listed));
	c->store->each(c->store, TABLE_listed, (struct bytes){ domain, strlen(domain) + 1 },
	    BYTES_NONE, count_visit, &n);
	if (rooms_listed_count(&c->service, domain) != n)
		check_wrong(c, domain, "%llu of its rooms are listed, and it counts %llu",
		    (unsigned long long)n,
		    (unsigned long long)rooms_listed_count(&c->service, domain));
}

/* What the service counts; after all tables. */
static void
check_state(struct check *c)
{
	static const struct bytes state = { "state", 5 };
	uint64_t rooms, gone;
	struct bytes val;

	c->table = TABLE_meta;
	if (!check_get(c, TABLE_meta, state, &val)) {
		/* No mucd has ever committed anything to it. */
		if (c->totals->records > 0)
			check_wrong(c, NULL, "there is no record of the schema");
		return;
	}
	check_record(c, NULL, LINE_state, BYTES_NONE, val);
	rooms = check_number(LINE_state, "rooms", val);
	gone = check_number(LINE_state, "gone", val);
	if (check_number(LINE_state, "next-id", val) <= c->greatest_id)
		check_wrong(c, NULL, "the next room's id is in use");
	if (rooms != c->totals->rooms)
		check_wrong(c, NULL, "there are %llu rooms, and it counts %llu",
		    (unsigned long long)c->totals->rooms, (unsigned long long)rooms);
	if (gone != c->ngone)
		check_wrong(c, NULL, "there are %llu tombstones, and it counts %llu",
		    (unsigned long long)c->ngone, (unsigned long long)gone);
}

/* The kind of record that a table has; LINE_COUNT: it is none of fields. */
static enum line
line_in(enum table t)
{
	int i = 0;

	while (i < LINE_COUNT && line_kinds[i].table != t)
		i++;
	return (enum line)i;
}

/* A domain NUL and a number; a row of fields of which each is told by itself (told.c). */
static void
check_told(struct check *c, struct bytes key, struct bytes val)
{
	const char *nul = memchr(key.p, '\0', key.n);
	struct rec r;

	if (nul == NULL || key.n != (size_t)(nul - (const char *)key.p) + 1 + 8)
		check_wrong(c, NULL, "a key that is none");
	rec_init(&r, val.p, val.n);
	while (rec_next(&r))
		continue;
	if (r.p == NULL)
		check_wrong(c, NULL, "a record that is broken");
}

static int
visit(void *arg, struct bytes key, struct bytes val)
{
	struct check *c = arg;

	arena_reset(c->arena);
	c->totals->records++;
	switch (c->table) {
	case TABLE_meta:
		check_meta(c, key, val);
		break;
	case TABLE_names:
		check_name(c, key, val);
		break;
	case TABLE_rooms:
		check_room(c, key, val);
		break;
	case TABLE_listed:
		check_listed(c, key, val);
		break;
	case TABLE_user:
		check_user(c, key, val);
		break;
	case TABLE_gone:
		check_gone(c, key, val);
		break;
	case TABLE_bans:
	case TABLE_audit:
	case TABLE_commands:
		check_record(c, NULL, line_in(c->table), BYTES_NONE, val);
		break;
	case TABLE_held:
		check_held(c, key, val);
		break;
	case TABLE_aging:
		check_aging(c, key);
		break;
	case TABLE_over:
	case TABLE_dead:
		if (key.n != 8)
			check_wrong(c, NULL, "a key that is none");
		break;
	case TABLE_told:
		check_told(c, key, val);
		break;
	case TABLE_archive:
		check_entry(c, key, val);
		check_of_room(c, LINE_message, key, val);
		break;
	default:
		check_of_room(c, line_in(c->table), key, val);
		break;
	}
	return 0;
}

void
store_check(struct store *store, void (*tell)(void *, const char *, const char *, const char *),
    void *arg, struct check_totals *totals)
{
	struct check *c = mem_alloc(sizeof(*c));

	*totals = (struct check_totals){ 0 };
	c->store = c->service.store = store;
	c->arena = c->service.arena = arena_new();
	c->reader.parser = record_parser_new();
	c->wrong = tell;
	c->arg = arg;
	c->totals = totals;
	c->counting = check_is_counting(c);
	for (int t = 0; t < TABLE_COUNT; t++) {
		c->table = (enum table)t;
		store->each(store, c->table, BYTES_NONE, BYTES_NONE, visit, c);
	}
	check_archives(c);
	check_state(c);
	xml_parser_free(c->reader.parser);
	buf_release(&c->line);
	arena_free(c->arena);
	free(c);
}
