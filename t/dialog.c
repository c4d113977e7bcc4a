/* SPDX-License-Identifier: ISC */
/*
 * dialog.c - commands under way: ids that cannot be made up, what is kept of them, for how long
 */
#include "room/dialog.h"
#include "service.h"
#include "tap.h"

/* A service without rooms: only what dialogs need of it. */
struct world {
	struct test test;
	struct service s;
};

static void
begin(struct world *w)
{
	memset(&w->s, 0, sizeof(w->s));
	w->s.host = &w->test.host;
	w->s.store = w->test.host.store;
	w->s.arena = arena_new();
	w->s.now = w->test.now;
	w->s.limits = w->test.conf.limits;
	is_int(service_load(&w->s), MUC_OK, "the service is loaded");
}

static void
end(struct world *w)
{
	w->s.store->commit(w->s.store);
	w->test.now = w->s.now;
	arena_free(w->s.arena);
}

static struct dialog
dialog_of(const char *jid, const char *to, const char *node)
{
	return (struct dialog){ .jid = jid, .to = to, .node = node };
}

static enum dialog_found
find(struct world *w, const char *jid, const char *to, const char *node, const char *id)
{
	struct dialog d = dialog_of(jid, to, node);

	return dialog_get(&w->s, &d, id);
}

static const char *
put(struct world *w, const char *jid)
{
	struct dialog d = dialog_of(jid, "rooms.example", "n");

	d.id = dialog_id(&w->s, &d);
	dialog_put(&w->s, &d);
	return d.id;
}

static void
test_ids(struct world *w)
{
	struct dialog d = dialog_of("a@x/r", "rooms.example", "n");
	char id[64], wrong[64];

	snprintf(id, sizeof(id), "%s", put(w, "a@x/r"));
	is_int(dialog_get(&w->s, &d, id), DIALOG_FOUND, "it is found");
	is_int(find(w, "a@x/s", "rooms.example", "n", id), DIALOG_NEVER, "not by another session");
	is_int(find(w, "b@x/r", "rooms.example", "n", id), DIALOG_NEVER, "not by another user");
	is_int(find(w, "a@x/r", "r@rooms.example", "n", id), DIALOG_NEVER, "nor elsewhere");
	is_int(find(w, "a@x/r", "rooms.example", "m", id), DIALOG_NEVER, "nor in another command");
	for (size_t i = 0; i < strlen(id); i++) {
		memcpy(wrong, id, sizeof(wrong));
		wrong[i] = wrong[i] == '0' ? '1' : '0';
		ok(find(w, "a@x/r", "rooms.example", "n", wrong) == DIALOG_NEVER,
		    "none has the id %s", wrong);
	}
	is_int(find(w, "a@x/r", "rooms.example", "n", ""), DIALOG_NEVER, "none is without an id");
	dialog_del(&w->s, &d);
	is_int(find(w, "a@x/r", "rooms.example", "n", id), DIALOG_OVER, "it was one");
	dialog_del(&w->s, &d);
	is_int((int)w->s.ndialogs, 0, "it ends once");
}

static void
test_kept(struct world *w)
{
	struct dialog d = dialog_of("a@x/r", "rooms.example", "n");
	struct dialog got = dialog_of("a@x/r", "rooms.example", "n");
	const char *many[100], *none[1] = { NULL };
	const struct given *g;
	char id[64];

	for (size_t i = 0; i < 100; i++)
		many[i] = arena_fmt(w->s.arena, "value %zu", i);
	d.lang = LANG_FR;
	d.stage = 2;
	d.page = 3;
	d.more = true;
	d.id = dialog_id(&w->s, &d);
	dialog_give(w->s.arena, &d, "many", 0, many, 1);
	dialog_give(w->s.arena, &d, "many", 2, many, 100);
	dialog_give(w->s.arena, &d, "none", 0, none, 0);
	dialog_give(w->s.arena, &d, "many", 0, many + 1, 2);
	dialog_put(&w->s, &d);
	snprintf(id, sizeof(id), "%s", d.id);
	end(w);
	begin(w);
	is_int(dialog_get(&w->s, &got, id), DIALOG_FOUND, "after a restart it is there");
	ok(got.lang == LANG_FR && got.stage == 2 && got.page == 3 && got.more, "where it was");
	g = dialog_given(&got, "many", 0);
	ok(g != NULL && g->nvalues == 2 && strcmp(g->values[1], "value 2") == 0,
	    "what was given last counts");
	g = dialog_given(&got, "many", 2);
	ok(g != NULL && g->nvalues == 100 && strcmp(g->values[99], "value 99") == 0,
	    "what was given on another page, too");
	g = dialog_given(&got, "none", 0);
	ok(g != NULL && g->nvalues == 0, "nothing was given, but for a field");
	ok(dialog_given(&got, "other", 0) == NULL, "for another one nothing");
	w->s.limits.command_bytes = 815;
	ok(!dialog_fits(&w->s, &got), "it is too much by a byte");
	w->s.limits.command_bytes = 816;
	ok(dialog_fits(&w->s, &got), "it is not too much");
	dialog_del(&w->s, &got);
}

static void
test_many(struct world *w)
{
	static char root[] = "root@x";
	char first[64], second[64];

	w->s.limits.commands = 4;
	w->s.limits.commands_per_user = 2;
	snprintf(first, sizeof(first), "%s", put(w, "a@x/r"));
	w->s.now.wall_ms++;
	snprintf(second, sizeof(second), "%s", put(w, "a@x/s"));
	w->s.now.wall_ms++;
	put(w, "a@x/r");
	is_int((int)w->s.ndialogs, 2, "a third one of one user takes the place of another");
	is_int(find(w, "a@x/r", "rooms.example", "n", first), DIALOG_OVER, "of the first");
	is_int(find(w, "a@x/s", "rooms.example", "n", second), DIALOG_FOUND, "not of the second");
	ok(dialog_room(&w->s, "a@xx") && dialog_room(&w->s, "a"), "for others there is room");
	put(w, "b@x/r");
	put(w, "c@x/r");
	ok(!dialog_room(&w->s, "d@x"), "there are four");
	ok(dialog_room(&w->s, "a@x"), "who has two of them may go on");
	map_put(&w->s.admins, "root@x", root);
	ok(dialog_room(&w->s, "root@x"), "and so may an administrator");
	map_release(&w->s.admins);
	w->s.limits.commands_per_user = 1;
	put(w, "a@x/t");
	is_int((int)w->s.ndialogs, 3, "fewer are allowed: as many go");
	w->s.limits.commands_per_user = 2;
	put(w, "a@x/u");
	end(w);
	begin(w);
	is_int((int)w->s.ndialogs, 4, "after a restart, too");
}

static void
test_time(struct world *w)
{
	const int64_t wait_ms = w->s.limits.command_s * 1000;
	char id[64];

	dialogs_expire(&w->s);
	is_int((int)w->s.ndialogs, 4, "none has ended");
	w->s.now.wall_ms += 1000;
	snprintf(id, sizeof(id), "%s", put(w, "e@x/r"));
	is_int(dialogs_due(&w->s) - w->s.now.mono_ms, wait_ms - 1000, "the first ends first");
	w->s.now.wall_ms += wait_ms - 1000;
	is_int(dialogs_due(&w->s), w->s.now.mono_ms, "it is time");
	dialogs_expire(&w->s);
	is_int((int)w->s.ndialogs, 1, "one is left");
	w->s.now.wall_ms += 999;
	is_int(find(w, "e@x/r", "rooms.example", "n", id), DIALOG_FOUND, "for a second");
	w->s.now.wall_ms += 1;
	is_int(find(w, "e@x/r", "rooms.example", "n", id), DIALOG_OVER, "over, and not swept yet");
	end(w);
	begin(w);
	is_int(dialogs_due(&w->s), w->s.now.mono_ms, "a restart does not forget to");
	dialogs_expire(&w->s);
	ok(w->s.ndialogs == 0 && dialogs_due(&w->s) == INT64_MAX, "none is left");
}

int
main(void)
{
	struct world w;

	test_init(&w.test);
	begin(&w);
	test_ids(&w);
	test_kept(&w);
	test_many(&w);
	test_time(&w);
	end(&w);
	w.test.host.store->close(w.test.host.store);
	return tap_done();
}
