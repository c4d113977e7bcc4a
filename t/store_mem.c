/* SPDX-License-Identifier: ISC */
/*
 * store_mem.c - the store in memory keeps what store.h promises
 */
#include "store.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static struct bytes
bytes_of(const char *s)
{
	return (struct bytes){ s, strlen(s) };
}

static char seen[256];
static int stop_after;

static int
see(void *arg, struct bytes key, struct bytes val)
{
	(void)arg, (void)val;
	strncat(seen, key.p, key.n);
	strcat(seen, " ");
	return stop_after > 0 && --stop_after == 0;
}

static const char *
walk(struct store *s, const char *prefix, const char *after)
{
	seen[0] = '\0';
	s->each(s, TABLE_names, bytes_of(prefix), bytes_of(after), see, NULL);
	return seen;
}

static const char *
walk_back(struct store *s, const char *prefix, const char *before)
{
	seen[0] = '\0';
	s->each_back(s, TABLE_names, bytes_of(prefix), bytes_of(before), see, NULL);
	return seen;
}

static int
meddle(void *arg, struct bytes key, struct bytes val)
{
	struct store *s = arg;

	s->put(s, TABLE_meta, key, val);
	return 0;
}

/* How a process ends whose visitor changes something. */
static int
end_of_meddler(struct store *s)
{
	const struct rlimit none = { 0, 0 };
	const struct bytes all = { NULL, 0 };
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &none);
		s->each(s, TABLE_names, all, all, meddle, s);
		_exit(0);
	}
	return waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

int
main(void)
{
	struct store *s = store_mem_new();
	static const char *const keys[] = { "b", "a", "ab", "aa", "c", "aab" };
	struct bytes val;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		s->put(s, TABLE_names, bytes_of(keys[i]), bytes_of("v"));
	is_str(walk(s, "", ""), "a aa aab ab b c ", "in order, a shorter key first");
	is_str(walk(s, "a", ""), "a aa aab ab ", "by prefix");
	is_str(walk(s, "a", "aa"), "aab ab ", "after a key");
	is_str(walk(s, "a", "aaa"), "aab ab ", "after a key that is not there");
	is_str(walk(s, "b", "a"), "b ", "after a key before the prefix");
	is_str(walk(s, "x", ""), "", "nothing of that prefix");
	stop_after = 2;
	is_str(walk(s, "", ""), "a aa ", "until told to stop");
	is_str(walk_back(s, "", ""), "c b ab aab aa a ", "back: in reverse order");
	is_str(walk_back(s, "a", ""), "ab aab aa a ", "back: by prefix");
	is_str(walk_back(s, "c", ""), "c ", "back: the last prefix of all");
	is_str(walk_back(s, "a", "ab"), "aab aa a ", "back: before a key");
	is_str(walk_back(s, "a", "aaa"), "aa a ", "back: before a key that is not there");
	is_str(walk_back(s, "a", "c"), "ab aab aa a ", "back: before a key behind the prefix");
	is_str(walk_back(s, "b", "a"), "", "back: before a key before the prefix");
	is_str(walk_back(s, "a", "a"), "", "back: before the first");
	is_str(walk_back(s, "x", ""), "", "back: nothing of that prefix");
	stop_after = 2;
	is_str(walk_back(s, "", ""), "c b ", "back: until told to stop");
	s->put(s, TABLE_names, bytes_of("a"), bytes_of("new"));
	ok(s->get(s, TABLE_names, bytes_of("a"), &val) == STORE_OK && val.n == 3, "a put replaces");
	is_int(s->get(s, TABLE_rooms, bytes_of("a"), &val), STORE_NONE, "tables are apart");
	s->del(s, TABLE_names, bytes_of("a"));
	s->del(s, TABLE_names, bytes_of("zz"));
	is_int(s->get(s, TABLE_names, bytes_of("a"), &val), STORE_NONE, "deleted");
	s->put(s, TABLE_names, bytes_of("e"), bytes_of(""));
	ok(s->get(s, TABLE_names, bytes_of("e"), &val) == STORE_OK && val.n == 0, "an empty value");
	s->get(s, TABLE_names, bytes_of("b"), &val);
	s->put(s, TABLE_names, bytes_of("f"), val);
	ok(s->get(s, TABLE_names, bytes_of("f"), &val) == STORE_OK && val.n == 1 &&
		*(const char *)val.p == 'v',
	    "a value that was given out is put");
	is_int(end_of_meddler(s), SIGABRT, "a visitor that puts ends the process");
	is_int(s->commit(s), STORE_OK, "commits");
	s->get(s, TABLE_names, bytes_of("b"), &val);
	is_int(s->commit(s), STORE_NONE, "where there was only reading, nothing");
	s->close(s);
	return tap_done();
}
