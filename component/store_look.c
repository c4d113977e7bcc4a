/* SPDX-License-Identifier: ISC */
/*
 * store_look.c - whether what is stored can be read
 */
#include "store_look.h"

#include <inttypes.h>

#include "export.h"
#include "log.h"
#include "store_lmdb.h"

#define MOST_BYTES ((size_t)1 << 46) /* it may be as large as it is */
#define SAY_MOST   1000		     /* of what is wrong: the rest is only counted */

static void
wrong(void *arg, const char *table, const char *room, const char *what)
{
	unsigned *said = arg;

	if ((*said)++ < SAY_MOST)
		log_warnx("verify: %s: %s%s%s", table, room != NULL ? room : "",
		    room != NULL ? ": " : "", what);
}

bool
store_look(const char *folder)
{
	struct check_totals t;
	unsigned said = 0;
	char why[512];
	struct store *store = store_lmdb_go_on(folder, MOST_BYTES, why, sizeof why);

	if (store == NULL) {
		log_warnx("verify: %s", why);
		return false;
	}
	store_check(store, wrong, &said, &t);
	store->close(store);
	log_info("verify: %" PRIu64 " records of %" PRIu64 " rooms, %" PRIu64 " wrong", t.records,
	    t.rooms, t.wrong);
	return true;
}
