/* SPDX-License-Identifier: ISC */
/*
 * foreign.c - data of other servers, whatever stands in it
 */
#include <string.h>

#include "../component/ctl/erl_term.h"
#include "../component/ctl/lua_data.h"
#include "base/arena.h"
#include "fuzz.h"

/* Looks at all that was read: a sanitizer sees what is not there. */
static size_t
weigh_lua(const struct lua *v)
{
	size_t n = 1;

	if (v->type == LUA_STRING) {
		HOLDS(v->string[v->len] == '\0');
		n += v->len;
	}
	for (const struct lua_pair *p = v->pairs; p != NULL; p = p->next)
		n += weigh_lua(&p->key) + weigh_lua(&p->value);
	return n;
}

static size_t
weigh_erl(const struct erl *e)
{
	size_t n = 1, nchildren = 0;

	if (e->text != NULL) {
		HOLDS(e->text[e->len] == '\0');
		n += e->len;
	}
	for (const struct erl *c = e->child; c != NULL; c = c->next) {
		n += weigh_erl(c);
		nchildren++;
	}
	HOLDS(nchildren == e->nchildren);
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data, *why = NULL;
	struct lua_text l = { p, p + n, p };
	struct erl_text t = { p, p + n, p }, skip = t;
	struct arena *a = arena_new();
	const struct erl *e;
	struct lua v;

	if (lua_statement(a, &l, "return", &v, &why))
		HOLDS(weigh_lua(&v) > 0);
	else
		HOLDS(why != NULL);
	HOLDS(lua_line(&l) > 0);
	why = NULL;
	e = erl_read(a, &t, &why);
	if (e != NULL)
		HOLDS(weigh_erl(e) > 0);
	else
		HOLDS(why != NULL);
	while (erl_skip(&skip))
		HOLDS(skip.p <= skip.end);
	arena_free(a);
	return 0;
}
