/* SPDX-License-Identifier: ISC */
/*
 * wiped.c - what is given back to the heap has no password in it
 *
 * free(3) stands before the C library's, and looks. What a store, libxml2 and the C library keep is theirs.
 */
#include <malloc.h>

#include "base/arena.h"
#include "base/mem.h"
#include "room/config.h"
#include "service.h"
#include "tap.h"

#define PASSWORD "Hammersbald"

#ifdef __SANITIZE_ADDRESS__
int
main(void)
{
	printf("1..0 # SKIP free(3) is the sanitizer's\n");
	return 0;
}
#else

void __libc_free(void *);

static bool watches;
static unsigned nfound;

void
free(void *p)
{
	if (watches && p != NULL &&
	    memmem(p, malloc_usable_size(p), PASSWORD, strlen(PASSWORD)) != NULL)
		nfound++;
	__libc_free(p);
}

static void
found(unsigned want, const char *what)
{
	watches = false;
	is_int(nfound, want, what);
	nfound = 0;
	watches = true;
}

static void
test_config(void)
{
	struct config c, copy;
	config_set field;

	config_init(&c);
	config_set_value(&c, "roomsecret", PASSWORD, &field);
	config_copy(&copy, &c);
	config_set_value(&c, "roomsecret", "another", &field);
	found(0, "one that is replaced");
	config_release(&copy);
	config_release(&c);
	found(0, "one of a configuration that is given back");
}

/* All chunks of it: those of usual size, one of its own for what is large, and the one that is kept. */
static void
fill(struct arena *a)
{
	char *large = mem_alloc(200000);

	for (int i = 0; i < 20000; i++)
		arena_strdup(a, PASSWORD);
	memset(large, 'x', 199999);
	memcpy(large + 150000, PASSWORD, strlen(PASSWORD));
	arena_strdup(a, large);
	explicit_bzero(large, 200000);
	free(large);
}

static void
test_arena(void)
{
	struct arena *a = arena_new();

	fill(a);
	arena_reset(a);
	found(5, "an arena that nobody has warned gives chunks back as they are");
	fill(a);
	arena_wipe(a);
	arena_strdup(a, "more");
	fill(a);
	arena_reset(a);
	found(0, "one that is to wipe does so");
	arena_strdup(a, PASSWORD);
	arena_wipe(a);
	arena_free(a);
	found(0, "also at its end");
	a = arena_new();
	fill(a);
	arena_wipe(a);
	arena_reset(a);
	arena_free(a);
	found(0, "and the one that it keeps");
}

static void
told(struct test *t, const char *stanza, const char *piece, const char *what)
{
	char *out = test_ask(t, stanza);

	watches = false;
	if (!ok(strstr(out, piece) != NULL, "%s", what))
		printf("# %s\n", out);
	explicit_bzero(out, strlen(out));
	free(out);
	watches = true;
}

/* How often that is in the heap, given back or not. */
static int
heap_has(const char *what)
{
	const char *p, *end, *from = NULL;
	FILE *f = fopen("/proc/self/maps", "r");
	char line[512], *rest;
	int n = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strstr(line, "[heap]") != NULL) {
			from = (const char *)(uintptr_t)strtoull(line, &rest, 16);
			end = (const char *)(uintptr_t)strtoull(rest + 1, NULL, 16);
		}
	if (f != NULL)
		fclose(f);
	if (from == NULL)
		return -1;
	for (p = from; (p = memmem(p, (size_t)(end - p), what, strlen(what))) != NULL; p++)
		n++;
	return n;
}

static void
test_service(void)
{
	struct test t;

	test_init(&t);
	test_start_unlimited(&t);
	told(&t, ENTER("a", "A"), "code='201'", "a room");
	told(&t,
	    "<iq from='a@example/r' to='room@rooms.example' type='set' id='u'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'>"
	    "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
	    "<value>http://jabber.org/protocol/muc#roomconfig</value></field>"
	    "<field var='muc#roomconfig_roomsecret'><value>" PASSWORD "</value></field>"
	    "</x></query></iq>",
	    "type='result'", "it has a password");
	found(0, "which is wiped");
	told(&t,
	    "<presence from='b@example/r' to='room@rooms.example/B'>"
	    "<x xmlns='http://jabber.org/protocol/muc'><password>" PASSWORD
	    "</password></x></presence>",
	    "code='110'", "somebody gives it");
	found(0, "which is wiped");
	told(&t,
	    "<presence from='c@example/r' to='room@rooms.example/C'>"
	    "<x xmlns='http://jabber.org/protocol/muc'><password>" PASSWORD
	    "X</password></x></presence>",
	    "not-authorized", "somebody gives a wrong one");
	found(0, "which is wiped");
	watches = false;
	/* libxml2 has what it has read, until it reads more. */
	ok(heap_has(PASSWORD "X") <= 1, "and nowhere else");
	watches = true;
	told(&t,
	    "<iq from='a@example/r' to='room@rooms.example' type='get' id='g'>"
	    "<query xmlns='http://jabber.org/protocol/muc#owner'/></iq>",
	    PASSWORD, "an owner reads it");
	found(0, "which is wiped");
	told(&t,
	    "<message from='a@example/r' to='room@rooms.example'>"
	    "<x xmlns='http://jabber.org/protocol/muc#user'><invite to='d@example'/></x></message>",
	    PASSWORD, "an invitation has it");
	found(0, "which is wiped");
	watches = false;
	test_release(&t);
}

int
main(void)
{
	watches = true;
	free(mem_strdup(PASSWORD));
	found(1, "one that is just freed is found");
	mem_free_secret(mem_strdup(PASSWORD));
	found(0, "one that is a secret is not");
	test_config();
	test_arena();
	test_service();
	watches = false;
	return tap_done();
}
#endif
