/* SPDX-License-Identifier: ISC */
/*
 * way.c - the ways to a service: what both have
 */
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/xml.h"
#include "text.h"
#include "way.h"

int64_t
way_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

struct way *
way_open(const struct ctl_options *o, struct arena *a)
{
	return o->account != NULL ? way_client(o, a) : way_local(o, a);
}

void
way_close(struct way *w)
{
	if (w != NULL)
		w->kind->close(w);
}

/* Ids can be foreseen, so it counts, too, whom an answer comes from. */
static bool
answers(const struct xml *x, const char *id, const char *asked)
{
	const char *from = xml_get(x, "from"), *type = xml_get(x, "type"), *is = xml_get(x, "id");

	return xml_is(x, NS_STANZA, "iq") && is != NULL && strcmp(is, id) == 0 && type != NULL &&
	       (strcmp(type, "result") == 0 || strcmp(type, "error") == 0) && from != NULL &&
	       strcmp(from, asked) == 0;
}

const struct xml *
way_ask(struct way *w, struct xml *iq)
{
	const int64_t until_ms = way_now_ms() + (int64_t)w->o->timeout_s * 1000;
	const char *id = arena_fmt(w->a, "mucctl-%u", ++w->nids), *to = xml_get(iq, "to");
	const struct xml *x;

	xml_set(w->a, iq, "id", id);
	xml_set_lang(w->a, iq, text_lang(w->a));
	if (!w->kind->send(w, iq))
		return NULL;
	while (!ctl_stopping && way_now_ms() < until_ms) {
		if (!w->kind->wait(w, until_ms, &x))
			return NULL;
		if (x != NULL && answers(x, id, to))
			return x;
	}
	if (!ctl_stopping)
		ctl_complain("%s has not answered within %d s", to, w->o->timeout_s);
	return NULL;
}
