/* SPDX-License-Identifier: ISC */
/*
 * service.c - what the service knows and counts of itself
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../base/rec.h"
#include "console.h"
#include "dialog.h"
#include "directory.h"
#include "held.h"
#include "naming.h"
#include "record.h"
#include "retracting.h"
#include "room.h"

#define FULL_PERCENT 90

enum { /* tags of the record `state` in table meta; never reused */
	META_SCHEMA = 1,
	META_NEXT_ID = 2,
	META_NROOMS = 3,
	META_NGONE = 20,
	META_SECRET = 21,
	META_NAMING = 22, /* rooms from that id on wait for their names: naming.c */
};

static const struct bytes state_key = { "state", 5 };

void
service_log(struct service *s, enum muc_log level, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	s->host->log(s->host->arg, level, line);
}

void
state_save(struct service *s)
{
	struct buf b = BUF_INIT;

	rec_put_u64(&b, META_SCHEMA, MUC_SCHEMA);
	rec_put_u64(&b, META_NEXT_ID, s->next_id);
	rec_put_u64(&b, META_NROOMS, s->nrooms);
	rec_put_u64(&b, META_NGONE, s->ngone);
	rec_put(&b, META_SECRET, s->secret, sizeof(s->secret));
	if (s->naming != NULL)
		rec_put_u64(&b, META_NAMING, s->import_from);
	s->store->put(s->store, TABLE_meta, state_key, (struct bytes){ b.p, b.len });
	buf_release(&b);
	s->state_unsaved = false;
}

uint64_t
state_naming(struct store *store)
{
	struct bytes val;
	struct rec r;

	if (store->get(store, TABLE_meta, state_key, &val) != STORE_OK ||
	    !record_find(LINE_state, "naming", val, &r))
		return 0;
	return rec_u64(&r);
}

/* What an older mucd did not write yet. */
static void
migrate(struct service *s, uint64_t schema, bool signs)
{
	if (schema < 2)
		rooms_listed_recount(s);
	held_load(s, schema >= 3);
	if (schema < MUC_SCHEMA || !signs)
		state_save(s);
}

static int
any_visit(void *arg, struct bytes key, struct bytes val)
{
	(void)arg, (void)key, (void)val;
	return 1;
}

bool
table_is_empty(const struct service *s, enum table t)
{
	return s->store->each(s->store, t, BYTES_NONE, BYTES_NONE, any_visit, NULL) != STORE_STOP;
}

enum muc_error
service_load(struct service *s)
{
	uint64_t schema = 0;
	bool signs = false;
	struct bytes val;
	struct rec r;

	s->next_id = 1;
	s->gone_first_ms = s->dialogs_until_ms = INT64_MAX;
	s->host->random(s->host->arg, s->secret, sizeof(s->secret));
	if (s->store->get(s->store, TABLE_meta, state_key, &val) != STORE_OK) {
		held_begin(s);
		state_save(s);
		return MUC_OK;
	}
	rec_init(&r, val.p, val.n);
	while (rec_next(&r)) {
		if (r.tag == META_SCHEMA)
			schema = rec_u64(&r);
		else if (r.tag == META_NEXT_ID)
			s->next_id = rec_u64(&r);
		else if (r.tag == META_NROOMS)
			s->nrooms = rec_u64(&r);
		else if (r.tag == META_NGONE)
			s->ngone = rec_u64(&r);
		else if (r.tag == META_SECRET && r.len == sizeof(s->secret)) {
			memcpy(s->secret, r.val, r.len);
			signs = true;
		}
	}
	if (schema > MUC_SCHEMA)
		return MUC_SCHEMA_NEWER;
	if (r.p == NULL || schema == 0) {
		service_log(
		    s, MUC_LOG_ERROR, "database: table meta: cannot read the record of the schema");
		return MUC_STORE_BROKEN;
	}
	s->purging = !table_is_empty(s, TABLE_dead);
	naming_resume(s);
	tombstones_load(s);
	dialogs_load(s);
	retracting_load(s);
	migrate(s, schema, signs);
	return MUC_OK;
}

bool
service_full(struct service *s)
{
	if (!s->fill_known)
		s->fill = s->store->fill(s->store);
	s->fill_known = true;
	return s->fill >= FULL_PERCENT;
}

int64_t
service_due(const struct service *s, int64_t wall_ms)
{
	if (wall_ms == INT64_MAX)
		return INT64_MAX;
	return s->now.mono_ms + (wall_ms > s->now.wall_ms ? wall_ms - s->now.wall_ms : 0);
}

int
service_domain(const struct service *s, const char *domain)
{
	for (unsigned i = 0; i < s->ndomains; i++)
		if (strcmp(s->out[i].domain, domain) == 0)
			return (int)i;
	return -1;
}

bool
service_admin(const struct service *s, const char *bare)
{
	return console_is(bare) || map_get(&s->admins, bare) != NULL;
}

void
service_write(struct service *s)
{
	rooms_write(s);
	if (s->state_unsaved)
		state_save(s);
}
