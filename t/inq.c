/* SPDX-License-Identifier: ISC */
/*
 * inq.c - the queue of input, the waits between connections, the words of the handshake
 */
#include <stdlib.h>

#include "../component/backoff.h"
#include "../component/handshake.h"
#include "../component/inq.h"
#include "../component/log.h"
#include "base/arena.h"
#include "base/xml.h"
#include "tap.h"

static void
add(struct inq *q, const char *s)
{
	inq_add(q, s, strlen(s));
}

/* Is that the first piece? Takes it out. */
static bool
takes(struct inq *q, enum piece want, const char *s)
{
	enum piece kind;
	const char *p;
	size_t n;

	if (!inq_first(q, &kind, &p, &n))
		return false;
	if (kind != want || n != strlen(s) || memcmp(p, s, n) != 0)
		return false;
	inq_pop(q);
	return true;
}

static void
test_inq(void)
{
	struct inq q = { 0 };
	enum piece kind;
	const char *p;
	size_t n, most = 0;
	bool good = true;

	ok(!inq_waits(&q) && inq_bytes(&q) == 0, "empty");
	add(&q, "on");
	add(&q, "e");
	p = inq_opened(&q, &n);
	ok(n == 3 && memcmp(p, "one", 3) == 0 && !inq_waits(&q), "an open piece does not wait");
	inq_close(&q, PIECE_STANZA);
	add(&q, "two and more");
	inq_cut_opened(&q, 3);
	inq_close(&q, PIECE_OVER);
	inq_close(&q, PIECE_OVER);
	add(&q, "dropped");
	inq_drop_opened(&q);
	add(&q, "three");
	inq_close(&q, PIECE_STANZA);
	ok(takes(&q, PIECE_STANZA, "one") && takes(&q, PIECE_OVER, "two") &&
		takes(&q, PIECE_OVER, ""),
	    "in order");
	add(&q, "op");
	ok(takes(&q, PIECE_STANZA, "three") && !inq_waits(&q), "all but the open one");
	add(&q, "en");
	inq_close(&q, PIECE_STANZA);
	ok(takes(&q, PIECE_STANZA, "open"), "which goes on");
	ok(inq_bytes(&q) == 0 && q.came == 5 && q.handled == 5, "empty again");

	add(&q, "a");
	inq_close(&q, PIECE_STANZA);
	add(&q, "b");
	inq_close(&q, PIECE_STANZA);
	add(&q, "s");
	inq_close(&q, PIECE_STREAM);
	add(&q, "c");
	inq_close(&q, PIECE_STANZA);
	inq_skip_stream(&q);
	ok(inq_first(&q, &kind, &p, &n) && kind == PIECE_STREAM, "skipped to the next stream");
	inq_pop(&q);
	inq_skip_stream(&q);
	ok(!inq_waits(&q), "or to the end");

	for (unsigned i = 0; i < 300000; i++) {
		char text[32];

		snprintf(text, sizeof text, "piece %u", i);
		add(&q, text);
		inq_close(&q, PIECE_STANZA);
		if (i < 1000)
			continue;
		snprintf(text, sizeof text, "piece %u", i - 1000);
		good = good && takes(&q, PIECE_STANZA, text);
		if (q.b.cap > most)
			most = q.b.cap;
	}
	ok(good, "a long queue keeps its order");
	ok(most < 200000, "and is as large as what is in it: %zu", most);
	inq_release(&q);
}

static void
test_backoff(void)
{
	struct backoff b = { 0 };
	int64_t ms[10], sum = 0;

	for (int i = 0; i < 10; i++)
		ms[i] = backoff_next(&b, 1000, 60000, UINT32_MAX);
	ok(ms[0] == 999 && ms[1] == 1999 && ms[5] == 31999, "doubles");
	ok(ms[6] == 59999 && ms[9] == 59999, "up to the greatest");
	b.ntries = 0;
	ok(backoff_next(&b, 1000, 60000, 1U << 31) == 500, "begins anew, and is drawn by lot");
	ok(backoff_next(&b, 1000, 60000, 0) == 50, "but is never nothing");
	b.ntries = 4000000000U;
	ok(backoff_next(&b, 1000, 3600000, UINT32_MAX) == 3599999, "however many tries there were");
	for (uint32_t i = 0; i < 1000; i++)
		sum += backoff_next(&b, 1000, 60000, i * 4294967U);
	ok(sum / 1000 > 29000 && sum / 1000 < 31000, "half of it on average");
}

static void
test_handshake(void)
{
	struct arena *a = arena_new();
	struct xml *x = xml_new(a, NS_STREAM, "error");
	struct buf b = BUF_INIT;
	static const char *const maybe[] = { "<error/>", "<stream:error>", "<s:x a='b'/>", NULL };
	static const char *const no[] = { "<message to='a:b'/>", "<iq>:</iq>", "<presence/>", "<iq",
		NULL };

	/* The example of XEP-0114 3. */
	handshake_answer(&b, "3BF96D32", "test");
	buf_addc(&b, '\0');
	is_str(b.p, "<handshake>aaee83c26aeeafcbabeabfcbcd50df997e0a2a1e</handshake>", "the hash");
	for (size_t i = 0; maybe[i] != NULL; i++)
		ok(handshake_maybe_error(maybe[i], strlen(maybe[i])), "may be one: %s", maybe[i]);
	for (size_t i = 0; no[i] != NULL; i++)
		ok(!handshake_maybe_error(no[i], strlen(no[i])), "is none: %s", no[i]);
	is_str(handshake_error(a, x, "c"), "the server ended the stream: no reason given", "empty");
	xml_add_text(a, x, NS_STREAM_ERRORS, "text", "why");
	xml_add(a, x, NS_STREAM_ERRORS, "conflict");
	is_str(handshake_error(a, x, "c.example.org"),
	    "another component is attached to the server as c.example.org (conflict), \"why\"",
	    "condition and text");
	buf_release(&b);
	arena_free(a);
}

static void
test_visible(void)
{
	char out[64], small[16];

	log_visible("plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", out, sizeof out);
	is_str(out, "plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "text stays");
	log_visible("a\nb\x1b[0m\\\x7f", out, sizeof out);
	is_str(out, "a\\x0ab\\x1b[0m\\\\\\x7f", "controls and backslashes are seen");
	log_visible("\xc2\x85\xe2\x80\xae\xff\xc0\x80\xed\xa0\x80", out, sizeof out);
	is_str(out, "\\xc2\\x85\\xe2\\x80\\xae\\xff\\xc0\\x80\\xed\\xa0\\x80",
	    "so are C1, bidi controls and what is no UTF-8");
	log_visible("0123456789abcdef", small, sizeof small);
	is_str(small, "012345678...", "what does not fit is cut");
	is_int(log_level_of("warn"), MUC_LOG_WARN, "levels by name");
	is_int(log_level_of("nonsense"), -1, "but not of any name");
}

int
main(void)
{
	test_inq();
	test_backoff();
	test_handshake();
	test_visible();
	return tap_done();
}
