/* SPDX-License-Identifier: ISC */
/*
 * db_stat.c - `mucctl db stat`: what takes the room in a database
 */
#include "db.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "db_store.h"
#include "export.h"

#define ROOMS_SHOWN 10 /* if it was not said how many */

/* -- the largest rooms -- */

struct room_size {
	char *jid;
	struct store_room_size size;
};

struct largest {
	struct room_size *v; /* [most], the largest first */
	size_t n, most;
	uint64_t nrooms;
};

static void
take_room(void *arg, const char *jid, const struct store_room_size *size)
{
	struct largest *l = arg;
	size_t at;

	l->nrooms++;
	if (l->most == 0 || (l->n == l->most && size->bytes <= l->v[l->n - 1].size.bytes))
		return;
	if (l->n == l->most)
		free(l->v[--l->n].jid);
	for (at = l->n++; at > 0 && l->v[at - 1].size.bytes < size->bytes; at--)
		l->v[at] = l->v[at - 1];
	l->v[at] = (struct room_size){ mem_strdup(jid), *size };
}

static void
say_rooms(const struct db *db, const struct largest *l)
{
	if (db->json)
		printf(",\n \"rooms\": %" PRIu64 ",\n \"largest\": [", l->nrooms);
	else
		printf("\n%" PRIu64 " room%s%s\n", l->nrooms, l->nrooms == 1 ? "" : "s",
		    l->n > 0 ? "; the largest:" : "");
	for (size_t i = 0; i < l->n; i++) {
		const struct room_size *r = &l->v[i];

		if (db->json) {
			fputs(i > 0 ? ",\n  {\"room\": " : "\n  {\"room\": ", stdout);
			db_json(stdout, r->jid);
			printf(", \"records\": %" PRIu64 ", \"bytes\": %" PRIu64
			       ", \"messages\": %" PRIu64 "}",
			    r->size.records, r->size.bytes, r->size.messages);
		} else
			db_say(stdout, "%14" PRIu64 " bytes  %9" PRIu64 " messages  %s",
			    r->size.bytes, r->size.messages, r->jid);
	}
	if (db->json)
		putchar(']');
}

/* -- tables -- */

static void
say_tables(const struct db *db, struct store *s)
{
	MDB_stat st;
	size_t npages;
	bool is_first = true;

	if (db->json)
		fputs(" \"tables\": [", stdout);
	else
		printf("%-10s %12s %10s %14s\n", "table", "records", "pages", "bytes");
	for (int t = 0; t < TABLE_COUNT; t++) {
		const char *name = store_table_name((enum table)t);

		if (!db_store_stat(s, (enum table)t, &st))
			continue;
		npages = st.ms_branch_pages + st.ms_leaf_pages + st.ms_overflow_pages;
		if (db->json)
			printf("%s\n  {\"table\": \"%s\", \"records\": %zu, \"pages\": %zu, "
			       "\"bytes\": %zu}",
			    is_first ? "" : ",", name, st.ms_entries, npages, npages * st.ms_psize);
		else
			printf("%-10s %12zu %10zu %14zu\n", name, st.ms_entries, npages,
			    npages * st.ms_psize);
		is_first = false;
	}
	if (db->json)
		fputs("]", stdout);
}

/* -- the file, and who reads it -- */

struct readers {
	const struct db *db;
	size_t n;
};

static int
say_reader(const char *line, void *arg)
{
	struct readers *r = arg;
	long pid;
	char thread[32], txn[32];

	/* The first line is a heading, or says that there is nobody. */
	if (sscanf(line, " %ld %31s %31s", &pid, thread, txn) != 3 || pid == getpid())
		return 0;
	if (r->db->json)
		printf("%s\n  {\"process\": %ld, \"reads\": %s}", r->n > 0 ? "," : "", pid,
		    *txn == '-' ? "false" : "true");
	else
		printf("  process %ld%s\n", pid, *txn == '-' ? "" : ", reading");
	r->n++;
	return 0;
}

static void
say_file(const struct db *db, struct store *s)
{
	const size_t nfree = db_store_free_pages(s);
	MDB_envinfo info;
	MDB_stat st;
	size_t npages;

	mdb_env_info(db_store_env(s), &info);
	mdb_env_stat(db_store_env(s), &st);
	npages = info.me_last_pgno + 1;
	if (db->json)
		printf("{\"page_bytes\": %u, \"pages\": %zu, \"free_pages\": %zu, "
		       "\"map_bytes\": %zu,\n",
		    st.ms_psize, npages, nfree, info.me_mapsize);
	else
		printf("%zu pages of %u bytes, %zu of them free; the file may fill %zu bytes "
		       "now\n\n",
		    npages, st.ms_psize, nfree, info.me_mapsize);
}

enum ctl_exit
db_stat(const struct db *db)
{
	struct store *s = db_read(db);
	struct readers readers = { .db = db };
	struct largest l = { .most = (size_t)(db->nrooms >= 0 ? db->nrooms : ROOMS_SHOWN) };

	if (s == NULL)
		return CTL_FAILED;
	l.v = mem_alloc((l.most + 1) * sizeof *l.v);
	say_file(db, s);
	say_tables(db, s);
	store_rooms(s, take_room, &l);
	say_rooms(db, &l);
	fputs(db->json ? ",\n \"readers\": [" : "\nreaders:\n", stdout);
	db_store_rest(s);
	mdb_reader_list(db_store_env(s), say_reader, &readers);
	if (db->json)
		fputs("]}\n", stdout);
	else if (readers.n == 0)
		puts("  none");
	for (size_t i = 0; i < l.n; i++)
		free(l.v[i].jid);
	free(l.v);
	s->close(s);
	return db_written(CTL_OK);
}
