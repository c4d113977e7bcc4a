/* SPDX-License-Identifier: ISC */
/*
 * check_held.c - is what archives hold what is counted of them?
 */
#include <string.h>

#include "check.h"

bool
check_is_counting(struct check *c)
{
	static const struct bytes state = { "state", 5 }, archives = { "archives", 8 };
	struct bytes val;
	struct rec f;

	if (check_get(c, TABLE_meta, state, &val) && check_number(LINE_state, "schema", val) < 3)
		return true;
	return check_get(c, TABLE_meta, archives, &val) &&
	       record_find(LINE_archives, "counted-to", val, &f);
}

bool
check_is_kept(struct check *c, struct bytes id)
{
	struct bytes val;

	return check_get(c, TABLE_held, id, &val) && check_number(LINE_held, "ended", val) != 0;
}

static int
hold_visit(void *arg, struct bytes key, struct bytes val)
{
	struct held *h = arg;

	if (h->entries++ == 0 && key.n == ARCHIVE_KEY_LEN)
		h->oldest_ms = archive_ms((const uint8_t *)key.p + 8);
	h->bytes += key.n + val.n;
	return 0;
}

void
check_entry(struct check *c, struct bytes key, struct bytes val)
{
	hold_visit(&c->held, key, val);
}

void
check_held(struct check *c, struct bytes key, struct bytes val)
{
	struct held told = { .room_id = 0 }, h = told;
	const char *jid = key.n == 8 ? check_room_of(c, key) : NULL;
	uint8_t aging[1 + 8 + 8] = { AGING_SAID };
	struct bytes found;

	held_read(&told, val);
	check_record(c, jid, LINE_held, BYTES_NONE, val);
	if (key.n != 8) {
		check_wrong(c, NULL, "a key that is none");
		return;
	}
	c->store->each(c->store, TABLE_archive, key, BYTES_NONE, hold_visit, &h);
	if (!c->counting && (h.entries != told.entries || h.bytes != told.bytes))
		check_wrong(c, jid,
		    "its archive has %llu entries, %llu bytes, and it counts %llu and %llu",
		    (unsigned long long)h.entries, (unsigned long long)h.bytes,
		    (unsigned long long)told.entries, (unsigned long long)told.bytes);
	id_bytes((uint64_t)told.oldest_ms, aging + 1);
	memcpy(aging + 9, key.p, 8);
	if (told.entries > 0 &&
	    (told.oldest_ms != h.oldest_ms ||
		!check_get(c, TABLE_aging, (struct bytes){ aging, sizeof(aging) }, &found)))
		check_wrong(c, jid, "its oldest entry is not where it is looked for");
}

/* Order, time, room. */
void
check_aging(struct check *c, struct bytes key)
{
	const uint8_t *k = key.p;
	struct bytes val;

	if (key.n != 1 + 8 + 8 || k[0] < AGING_SAID || k[0] >= AGING_END)
		check_wrong(c, NULL, "a key that is none");
	else if (!check_get(c, TABLE_held, (struct bytes){ k + 9, 8 }, &val))
		check_wrong(c, NULL, "an archive that holds nothing");
}

void
check_archives(struct check *c)
{
	struct bytes val = BYTES_NONE;

	check_get(c, TABLE_meta, (struct bytes){ "archives", 8 }, &val);
	if (!c->counting && (check_number(LINE_archives, "entries", val) != c->held.entries ||
				check_number(LINE_archives, "bytes", val) != c->held.bytes))
		check_wrong(c, NULL, "what all archives hold is not what is counted of them");
}
