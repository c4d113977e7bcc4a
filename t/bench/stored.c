/* SPDX-License-Identifier: ISC */
/*
 * stored.c - a database of many rooms that nobody is in
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../component/store_lmdb.h"
#include "../service.h"
#include "host.h"
#include "stored.h"

#define TURN	    1000 /* rooms of a turn */
#define PER_CREATOR 50

static void
end_turn(struct test *t)
{
	char piece[65536];

	if (muc_commit(t->muc) != MUC_COMMITTED)
		die("%s", store_lmdb_why(t->host.store));
	while (muc_drain(t->muc, 0, piece, sizeof(piece)) > 0)
		continue;
}

static void
make_room(struct test *t, unsigned no)
{
	char stanza[1024];
	const unsigned user = no / PER_CREATOR;

	snprintf(stanza, sizeof(stanza),
	    "<presence from='u%u@" USERS_DOMAIN "/r' to='r%u@" ROOMS_DOMAIN "/n'>"
	    "<x xmlns='http://jabber.org/protocol/muc'/></presence>",
	    user, no);
	test_send(t, stanza);
	snprintf(stanza, sizeof(stanza),
	    "<iq from='u%u@" USERS_DOMAIN "/r' to='r%u@" ROOMS_DOMAIN "' type='set' id='c'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'>"
	    "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>"
	    "http://jabber.org/protocol/muc#roomconfig</value></field>"
	    "<field var='muc#roomconfig_persistentroom'><value>1</value></field>"
	    "<field var='muc#roomconfig_roomname'><value>Room %u</value></field></x></query></iq>",
	    user, no, no);
	test_send(t, stanza);
	snprintf(stanza, sizeof(stanza),
	    "<presence from='u%u@" USERS_DOMAIN "/r' to='r%u@" ROOMS_DOMAIN
	    "/n' type='unavailable'/>",
	    user, no);
	test_send(t, stanza);
}

void
stored_make(const char *dir, unsigned nrooms)
{
	struct muc_limits *l;
	struct test t;
	char why[256];
	enum muc_error e;

	test_init(&t);
	t.host.store->close(t.host.store);
	t.host.store = store_lmdb_open(dir, (size_t)1 << 36, why, sizeof(why));
	if (t.host.store == NULL)
		die("%s", why);
	l = &t.conf.limits;
	l->rate_burst = l->rate_per_s = 1000000000;
	l->rate_bytes_burst = l->rate_bytes_per_s = INT64_C(1) << 40;
	l->rooms_per_creator = 100000;
	l->entries_per_min = 1000000000;
	t.muc = muc_new(&t.host, &t.conf, t.now, &e);
	if (t.muc == NULL || muc_domain_add(t.muc, ROOMS_DOMAIN) != 0)
		die("a service cannot be had");
	muc_domain_up(t.muc, 0, t.now);
	t.stream = muc_stream_new(t.muc, 0, HEADER, strlen(HEADER));
	for (unsigned i = 0; i < nrooms; i++) {
		make_room(&t, i);
		if (i % TURN == TURN - 1)
			end_turn(&t);
	}
	end_turn(&t);
	if (muc_stats(t.muc)->rooms_stored != nrooms)
		die("%llu rooms were made, not %u",
		    (unsigned long long)muc_stats(t.muc)->rooms_stored, nrooms);
	test_release(&t);
}
