/* SPDX-License-Identifier: ISC */
/*
 * foreign.c - what other servers have written is read as data, or not at all
 */
#include "../component/ctl/erl_term.h"
#include "../component/ctl/lua_data.h"
#include "base/arena.h"
#include "tap.h"

#include <stdlib.h>

static struct arena *a;

/* A text of exactly that length on the heap: a sanitizer sees whoever reads behind it. */
struct heap {
	char *p;
	size_t n;
};

static struct heap
heap(const char *s, size_t n)
{
	struct heap h = { malloc(n + (n == 0)), n };

	memcpy(h.p, s, n);
	return h;
}

/* -- Lua -- */

static const char *
lua_reads(const char *s, size_t n, struct lua *out)
{
	struct heap h = heap(s, n);
	struct lua_text t = { h.p, h.p + n, h.p };
	const char *why = "something behind it";
	bool good = lua_statement(a, &t, "return", out, &why) && lua_at_end(&t);

	free(h.p);
	return good ? NULL : why;
}

static void
test_lua(void)
{
	static const char text[] =
	    "return {\n\t[\"a b\"] = \"x\\195\\164\\n\\\"\\\\\\0y\";\n\tname = 'it''s' == "
	    "nil;\n};\n";
	static const char good[] =
	    "return { [\"_jid\"] = \"r@h\"; [\"yes\"] = true, no = false; n = -1.5e3;\n"
	    " [3] = nil; \"first\"; { \"deep\"; [\"k\"] = \"\\228\\n\\t\\\"\\'\\\\\" } };";
	struct lua v;
	const struct lua *deep;

	ok(lua_reads(text, sizeof text - 1, &v) != NULL, "an expression is no data");
	is_str(lua_reads(good, sizeof good - 1, &v), NULL, "a table");
	is_str(lua_string(&v, "_jid"), "r@h", "a string under a string");
	ok(lua_true(&v, "yes") && !lua_true(&v, "no") && !lua_true(&v, "none"), "booleans");
	ok(lua_get(&v, "n")->number == -1500, "a number");
	is_str(lua_string(&v, "yes"), NULL, "true is no string");
	deep = NULL;
	for (const struct lua_pair *p = v.pairs; p != NULL; p = p->next)
		if (p->value.type == LUA_TABLE && p->key.number == 2)
			deep = &p->value;
	ok(deep != NULL, "what has no key has the next number");
	is_str(lua_string(deep, "k"), "\xe4\n\t\"'\\", "escapes");
	is_str(lua_reads("return(nil)", 11, &v), NULL, "in brackets");
}

static void
test_lua_refused(void)
{
	static const char *const bad[] = { "", "return", "return {", "return { 1", "return { 1 2 }",
		"return \"x", "return \"\\q\"", "return \"\\999\"", "return \"\\",
		"return { [1 = 2 }", "return { [1] 2 }", "return { a = }", "return os.exit()",
		"return function() end", "return 1 + 1", "return 0x", "return --", "return (1",
		"local x", "return {}; os.exit()", "return \"a\" .. \"b\"", "return { f() }",
		"return [[x]]", "return { ... }" };
	char deep[2 * LUA_DEPTH + 64] = "return ";
	struct lua v;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const char *why = lua_reads(bad[i], strlen(bad[i]), &v);

		ok(why != NULL, "refused: %s: %s", bad[i], why != NULL ? why : "taken");
	}
	for (int i = 0; i < LUA_DEPTH + 1; i++)
		strcat(deep, "{");
	is_str(lua_reads(deep, strlen(deep), &v), "tables too deep in one another", "a deep one");
	arena_reset(a);
}

/* -- Erlang -- */

static const struct erl *
erl_reads(const char *s, size_t n, const char **why)
{
	struct heap h = heap(s, n);
	struct erl_text t = { h.p, h.p + n, h.p };
	const struct erl *e;

	*why = "something behind it";
	e = erl_read(a, &t, why);
	if (e != NULL && !erl_at_end(&t))
		e = NULL;
	free(h.p);
	return e;
}

static void
test_erl(void)
{
	static const char text[] =
	    "% a comment.\n{muc_room,{<<\"a\\\"b\">>,<<>>},[{title,<<195,164,32,\"x\"/utf8>>},\n"
	    "  {n,-12},{f,1.5},{'Odd one',\"s\\x{e4}\\n\"},{m,#{a => 1, <<\"b\">> => []}}]}.\n";
	const char *why;
	const struct erl *e = erl_reads(text, sizeof text - 1, &why), *opts;

	ok(e != NULL, "a term%s%s", e == NULL ? ": " : "", e == NULL ? why : "");
	ok(erl_is(e, "muc_room", 3) && !erl_is(e, "muc_room", 2) && !erl_is(e, "x", 0), "a tuple");
	is_str(erl_string(erl_at(erl_at(e, 1), 0)), "a\"b", "a binary");
	is_str(erl_string(erl_at(erl_at(e, 1), 1)), "", "an empty one");
	opts = erl_at(e, 2);
	is_str(erl_string(erl_get(opts, "title")), "\xc3\xa4 x", "one of bytes and strings");
	is_int(erl_get(opts, "n")->integer, -12, "an integer");
	is_int(erl_get(opts, "f")->type, ERL_FLOAT, "a float");
	is_str(erl_string(erl_get(opts, "Odd one")), "s\xe4\n", "an atom in quotes, escapes");
	is_int((int)erl_get(opts, "m")->nchildren, 2, "a map");
	ok(erl_get(opts, "none") == NULL && erl_at(opts, 99) == NULL && erl_string(opts) == NULL,
	    "what is not there");
	e = erl_reads("1.", 2, &why);
	ok(e != NULL && e->integer == 1, "a full stop behind a number");
}

static void
test_erl_refused(void)
{
	static const char *const bad[] = { "", "a", "{a", "{a,}.", "{a b}.", "[1|2].", "<<1",
		"<<256>>.", "<<\"x>>.", "\"x.", "'x.", "\"\\x{110000}\".", "\"\\x{41.",
		"#Ref<0.1>.", "<0.1.0>.", "fun() -> 1 end.", "X.", "#{a = 1}.", "#{a}.", "1..",
		"-.", "{a} {b}.", "a:b(c).", "$a." };
	char deep[ERL_DEPTH + 64] = "";
	const char *why;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const struct erl *e = erl_reads(bad[i], strlen(bad[i]), &why);

		ok(e == NULL, "refused: %s: %s", bad[i], e == NULL ? why : "taken");
	}
	for (int i = 0; i < ERL_DEPTH + 1; i++)
		strcat(deep, "[");
	ok(erl_reads(deep, strlen(deep), &why) == NULL, "a deep one: %s", why);
}

static void
test_erl_skip(void)
{
	static const char text[] = "{x,\"a. b\",'c. ',<0.1.0>, 1.5}.\n{y}.";
	struct erl_text t = { text, text + sizeof text - 1, text };
	const char *why;

	ok(erl_skip(&t) && erl_is(erl_read(a, &t, &why), "y", 1), "what cannot be read is skipped");
	ok(!erl_skip(&t), "and then there is nothing more");
	t = (struct erl_text){ "\"x. ", text, text };
	t.end = t.p + 4;
	ok(!erl_skip(&t), "a string without its end");
}

int
main(void)
{
	a = arena_new();
	test_lua();
	test_lua_refused();
	test_erl();
	test_erl_refused();
	test_erl_skip();
	arena_free(a);
	return tap_done();
}
