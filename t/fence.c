/* SPDX-License-Identifier: ISC */
/*
 * fence.c - fences go out and come back; what stands behind the last one is told again, and nothing else
 */
#include "service.h"
#include "tap.h"

#define FENCE "mucd-fence-"

static void
begin(struct test *t)
{
	enum muc_error error;

	test_init(t);
	t->conf.limits.fence_bytes = 262144;
	t->conf.limits.rate_burst = 1000000;
	t->conf.limits.rate_bytes_burst = 1000000000;
	test_start(t, &error);
}

static void
crash(struct test *t)
{
	enum muc_error error;

	test_stop(t);
	test_start(t, &error);
	muc_commit(t->muc);
}

static void
down_and_up(struct test *t)
{
	muc_domain_down(t->muc, 0, t->now);
	muc_commit(t->muc);
	muc_domain_up(t->muc, 0, t->now);
	muc_commit(t->muc);
}

/* The last fence in what was told; the caller frees it. NULL: there is none. */
static char *
last_fence(const char *out)
{
	const char *id = NULL, *begin, *end;

	for (const char *p = out; (p = strstr(p, FENCE)) != NULL; p++)
		id = p;
	if (id == NULL)
		return NULL;
	for (begin = id; *begin != '<'; begin--)
		;
	end = strchr(begin, '>') + 1;
	return strndup(begin, (size_t)(end - begin));
}

/* Returns the last fence in it, and frees both; false: there is none, or it is not taken. */
static bool
return_fence(struct test *t, char *out)
{
	char *fence = last_fence(out);
	bool taken = fence != NULL && muc_fence(t->muc, fence, strlen(fence), t->now);

	muc_commit(t->muc);
	free(fence);
	free(out);
	return taken;
}

/* Two are in, and all is taken. */
static void
fill(struct test *t)
{
	free(test_ask(t, ENTER("a", "A")));
	free(test_ask(t, UNLOCK("a")));
	t->now.mono_ms += 1000;
	return_fence(t, test_ask(t, ENTER("b", "B")));
}

/* How often each of the letters is said, in the order in which they come: "aabb". */
static char *
said(const char *out)
{
	struct buf b = BUF_INIT;

	for (const char *p = out; (p = strstr(p, "<body>")) != NULL; p++)
		buf_addc(&b, p[6]);
	buf_addc(&b, '\0');
	return buf_steal(&b);
}

static bool
is_said(char *out, const char *want, const char *what)
{
	char *got = said(out);
	bool good = is_str(got, want, what);

	free(got);
	free(out);
	return good;
}

/* Records in table told. */
static int
noted(struct test *t)
{
	return test_count(t, TABLE_told);
}

static void
test_going_out(void)
{
	struct test t;
	char *out, *fence;

	begin(&t);
	out = test_ask(&t, ENTER("a", "A"));
	fence = last_fence(out);
	ok(fence != NULL && strstr(out, fence) + strlen(fence) == out + strlen(out),
	    "a fence goes out behind the first that is told");
	ok(fence != NULL && strstr(fence, "<iq") == fence &&
		strstr(fence, " to='rooms.example'") != NULL &&
		strstr(fence, " from='rooms.example'") != NULL &&
		strstr(fence, " type='result'") != NULL,
	    "it is a result from the domain to itself");
	free(fence);
	free(out);
	t.now.mono_ms += 100;
	out = test_ask(&t, UNLOCK("a"));
	is_int(count_of(out, FENCE), 0, "soon after it there is none");
	free(out);
	is_int(muc_deadline(t.muc) - t.now.mono_ms, 150, "but after a while it is due");
	t.now.mono_ms += 150;
	muc_tick(t.muc, t.now);
	is_int(muc_deadline(t.muc), INT64_MAX, "once");
	muc_commit(t.muc);
	ok(return_fence(&t, test_drain(&t, 65536)), "then it goes out, and comes back");
	is_int((int)muc_stats(t.muc)->fences_back, 1, "it is counted");
	t.now.mono_ms += 10000;
	muc_tick(t.muc, t.now);
	muc_commit(t.muc);
	out = test_drain(&t, 65536);
	is_str(out, "", "where nothing is told there are none");
	free(out);
	t.now.mono_ms += 150000;
	is_int(muc_fence_ask(t.muc, 0, t.now), true, "unless one is asked for");
	out = test_drain(&t, 65536);
	is_int(count_of(out, FENCE), 1, "it is there");
	is_int(muc_fence_since(t.muc, 0) - t.now.mono_ms, 0, "and waited for");
	t.now.mono_ms += 7;
	return_fence(&t, out);
	is_int((int)muc_stats(t.muc)->fence_ms, 7, "how long it was on its way is known");
	is_int(muc_fence_since(t.muc, 0), INT64_MAX, "nothing is waited for");
	test_release(&t);
}

/* Much at once: a fence each 2000 bytes, never within a stanza, in whatever pieces it goes. */
static void
test_by_bytes(size_t step)
{
	struct test t;
	char *out;
	bool broken = false;

	begin(&t);
	t.conf.limits.fence_bytes = 2000;
	muc_reload(t.muc, &t.conf);
	fill(&t);
	for (int i = 0; i < 50; i++)
		test_send(&t, SAY("a", "x"));
	muc_commit(t.muc);
	out = test_drain(&t, step);
	for (const char *p = out; (p = strstr(p, "<iq")) != NULL; p++)
		broken |= p > out && p[-1] != '>';
	is_int(broken, false, "fences stand between stanzas");
	is_int(count_of(out, "</message>"), 100, "all of which are there");
	ok(count_of(out, FENCE) >= 10 && count_of(out, FENCE) <= 25,
	    "in pieces of %zu bytes there are %d fences in %zu bytes", step, count_of(out, FENCE),
	    strlen(out));
	free(out);
	test_release(&t);
}

static void
test_link(void)
{
	struct test t;
	char *out, *old, byte[40];

	begin(&t);
	fill(&t);
	t.now.mono_ms += 1000;
	return_fence(&t, test_ask(&t, SAY("a", "1")));
	down_and_up(&t);
	is_said(test_drain(&t, 65536), "", "what has come back is not told again");
	t.now.mono_ms += 1000;
	old = test_ask(&t, SAY("a", "2"));
	free(test_ask(&t, SAY("a", "3")));
	test_send(&t, SAY("a", "4"));
	muc_commit(t.muc);
	is_int((int)muc_drain(t.muc, 0, byte, sizeof(byte)), sizeof(byte), "a part of a stanza");
	ok(muc_queued(t.muc) > 0, "more waits");
	muc_domain_down(t.muc, 0, t.now);
	test_send(&t, SAY("a", "5"));
	muc_commit(t.muc);
	muc_domain_up(t.muc, 0, t.now);
	out = test_drain(&t, 65536);
	is_said(strdup(out), "22334455", "the rest is told again, before what is new");
	is_int(return_fence(&t, old), true, "a fence of the lost link is ours");
	down_and_up(&t);
	free(out);
	out = test_drain(&t, 65536);
	is_said(strdup(out), "22334455", "but says nothing of this one");
	ok(return_fence(&t, out), "the new one");
	down_and_up(&t);
	is_said(test_drain(&t, 65536), "", "does");
	t.now.mono_ms += 1000;
	free(test_ask(&t, SAY("a", "6")));
	muc_domain_taken(t.muc, 0);
	down_and_up(&t);
	is_said(test_drain(&t, 65536), "", "and so does the good end of a stream");
	test_release(&t);
}

static void
test_crash(void)
{
	struct test t;

	begin(&t);
	fill(&t);
	is_int(noted(&t), 0, "when all has arrived nothing is noted");
	crash(&t);
	is_said(test_drain(&t, 65536), "", "after a crash nothing is told again");
	t.now.mono_ms += 1000;
	test_send(&t, SAY("a", "1"));
	muc_commit(t.muc);
	test_send(&t, SAY("a", "2"));
	crash(&t);
	is_said(test_drain(&t, 65536), "11", "what was committed is told, what was not is not");
	crash(&t);
	test_send(&t, SAY("a", "3"));
	muc_commit(t.muc);
	is_int((int)muc_stats(t.muc)->told_again, 1, "that is counted");
	is_said(test_drain(&t, 65536), "1133", "after another crash again, and before what is new");
	is_int(noted(&t), 2, "both are noted");
	crash(&t);
	ok(return_fence(&t, test_drain(&t, 65536)), "until a fence is back");
	is_int(noted(&t), 0, "then they are not");
	crash(&t);
	is_said(test_drain(&t, 65536), "", "and not told again");
	test_release(&t);
}

/* More than a minute later a message says when it was. */
static void
test_late(void)
{
	struct test t;
	char *out;

	begin(&t);
	fill(&t);
	test_send(&t, SAY("a", "1"));
	muc_commit(t.muc);
	t.now.wall_ms += 50000;
	crash(&t);
	out = test_drain(&t, 65536);
	is_int(count_of(out, "<delay"), 0, "what is told again at once has no delay");
	free(out);
	t.now.wall_ms += 50000;
	crash(&t);
	out = test_drain(&t, 65536);
	is_int(count_of(out, "stamp='2026-01-01T00:00:00.000Z'"), 2, "what is told later has one");
	free(out);
	test_release(&t);
}

static int full;
static enum store_result (*real_commit)(struct store *);

static enum store_result
commit_later(struct store *s)
{
	return full-- > 0 ? STORE_RETRY : real_commit(s);
}

/* While there is no room nothing may be written, and nothing is written twice. */
static void
test_no_room(void)
{
	struct test t;
	char *out;

	begin(&t);
	fill(&t);
	real_commit = t.host.store->commit;
	t.host.store->commit = commit_later;
	t.now.mono_ms += 1000;
	out = test_ask(&t, SAY("a", "1"));
	test_send(&t, SAY("a", "2"));
	full = 2;
	is_int(muc_commit(t.muc), MUC_RETRY, "there is no room");
	return_fence(&t, out);
	is_int(noted(&t), 2, "nothing is removed meanwhile");
	is_int(muc_commit(t.muc), MUC_COMMITTED, "there is room");
	is_int(noted(&t), 2, "what was put is there once");
	muc_commit(t.muc);
	is_int(noted(&t), 1, "then what has arrived goes");
	crash(&t);
	is_said(test_drain(&t, 65536), "22", "and only what has not is told again");
	test_release(&t);
}

/* A server that returns none: what is kept has an end. */
static void
test_no_return(void)
{
	struct test t;
	char *out;
	int fences = 0;

	begin(&t);
	t.conf.limits.unfenced_bytes = 65536;
	muc_reload(t.muc, &t.conf);
	free(test_ask(&t, ENTER("a", "A")));
	free(test_ask(&t, UNLOCK("a")));
	for (int i = 0; i < 1000; i++) {
		t.now.mono_ms += 1000;
		out = test_ask(&t, SAY("a", "x"));
		fences += count_of(out, FENCE);
		free(out);
		muc_tick(t.muc, t.now);
		muc_commit(t.muc);
	}
	ok(fences > 200 && fences <= 256, "%d fences go out, then no more", fences);
	is_int(muc_deadline(t.muc) > t.now.mono_ms, true, "none is due");
	is_int(muc_fence_ask(t.muc, 0, t.now), false, "none can be asked for");
	is_int(muc_fence_since(t.muc, 0), INT64_MAX, "and none is waited for");
	ok(noted(&t) > 100 && noted(&t) < 400, "%d of 1000 turns are noted", noted(&t));
	down_and_up(&t);
	out = test_drain(&t, 65536);
	ok(strlen(out) > 60000 && strlen(out) < 70000, "%zu bytes are told again", strlen(out));
	free(out);
	test_release(&t);
	begin(&t);
	t.conf.limits.fence_bytes = 0;
	muc_reload(t.muc, &t.conf);
	out = test_ask(&t, ENTER("a", "A"));
	is_int(count_of(out, FENCE), 0, "fences can be turned off");
	free(out);
	crash(&t);
	is_said(test_drain(&t, 65536), "", "then nothing is told again");
	test_release(&t);
}

static void
test_forged(void)
{
	static const char other[] = "<iq from='rooms.example' to='rooms.example' type='result' "
				    "id='mucd-fence-00112233445566778899aabbccddeeff-0-1'/>";
	static const char guess[] = "<message from='b@example/r' to='room@rooms.example' "
				    "type='groupchat' id='mucd-fence-0-1'><body>2</body></message>";
	struct test t;

	begin(&t);
	fill(&t);
	t.now.mono_ms += 1000;
	free(test_ask(&t, SAY("a", "1")));
	is_int(muc_fence(t.muc, other, strlen(other), t.now), false, "a fence that is not ours");
	is_int(
	    muc_fence(t.muc, guess, strlen(guess), t.now), false, "a message that looks like one");
	is_said(test_ask(&t, guess), "22", "is a message");
	test_send(&t, other);
	is_int((int)muc_stats(t.muc)->fences_foreign, 1, "somebody else's is counted");
	is_str(t.log, "", "a late one of our own life before is nothing to talk about");
	t.now.mono_ms += 120000;
	test_send(&t, other);
	ok(strstr(t.log, "another mucd") != NULL, "later it betrays another mucd");
	t.log[0] = '\0';
	test_send(&t, other);
	is_str(t.log, "", "which is said once a minute");
	muc_commit(t.muc);
	down_and_up(&t);
	is_said(test_drain(&t, 65536), "1122", "and nothing is taken to have arrived by it");
	test_release(&t);
}

int
main(void)
{
	test_going_out();
	test_by_bytes(65536);
	test_by_bytes(7);
	test_link();
	test_crash();
	test_late();
	test_no_room();
	test_no_return();
	test_forged();
	return tap_done();
}
