/* SPDX-License-Identifier: ISC */
/*
 * db_check.c - `mucctl db check`
 */
#include "db.h"

#include <inttypes.h>

#include "db_store.h"
#include "export.h"

#define SAY_MOST 10000 /* of what is wrong: the rest is only counted */

struct check {
	const struct db *db;
	uint64_t nsaid;
};

static void
say_json(struct check *c, const char *table, const char *room, const char *what)
{
	fputs(c->nsaid > 1 ? ",\n  {\"table\": " : "\n  {\"table\": ", stdout);
	db_json(stdout, table);
	fputs(", \"room\": ", stdout);
	if (room != NULL)
		db_json(stdout, room);
	else
		fputs("null", stdout);
	fputs(", \"wrong\": ", stdout);
	db_json(stdout, what);
	putchar('}');
}

static void
say(void *arg, const char *table, const char *room, const char *what)
{
	struct check *c = arg;

	if (c->nsaid++ >= SAY_MOST)
		return;
	if (c->db->json)
		say_json(c, table, room, what);
	else
		db_say(stdout, "%s: %s%s%s", table, room != NULL ? room : "",
		    room != NULL ? ": " : "", what);
}

enum ctl_exit
db_check(const struct db *db)
{
	struct store *s = db_read(db);
	struct check c = { db, 0 };
	struct check_totals t;

	if (s == NULL)
		return CTL_FAILED;
	if (db->json)
		fputs("{\"found\": [", stdout);
	store_check(s, say, &c, &t);
	s->close(s);
	if (db->json)
		printf("],\n \"rooms\": %" PRIu64 ", \"records\": %" PRIu64 ", \"wrong\": %" PRIu64
		       "}\n",
		    t.rooms, t.records, t.wrong);
	else
		printf("%" PRIu64 " room%s, %" PRIu64 " records, %" PRIu64 " wrong\n", t.rooms,
		    t.rooms == 1 ? "" : "s", t.records, t.wrong);
	return db_written(t.wrong == 0 ? CTL_OK : CTL_REFUSED);
}
