/* SPDX-License-Identifier: ISC */
/*
 * sorted.c - orders of rooms, of those who page through them
 */
#include "sorted.h"

#include <stdlib.h>
#include <string.h>

#include "../base/mem.h"

static struct sorted *
find(struct service *s, const char *dialog)
{
	struct sorted *o;

	TAILQ_FOREACH (o, &s->sorted, entry)
		if (strcmp(o->dialog, dialog) == 0)
			return o;
	return NULL;
}

static void
drop(struct service *s, struct sorted *o)
{
	TAILQ_REMOVE(&s->sorted, o, entry);
	s->nsorted--;
	free(o->dialog);
	free(o->ids);
	free(o);
}

/* Which is used stands first. */
const struct sorted *
sorted_find(struct service *s, const char *dialog)
{
	struct sorted *o = find(s, dialog);

	if (o == NULL)
		return NULL;
	TAILQ_REMOVE(&s->sorted, o, entry);
	TAILQ_INSERT_HEAD(&s->sorted, o, entry);
	return o;
}

struct sorted *
sorted_keep(struct service *s, const char *dialog, size_t n)
{
	struct sorted *o;

	sorted_forget(s, dialog);
	if (s->nsorted == SORTED_MOST)
		drop(s, TAILQ_LAST(&s->sorted, sorted_list));
	o = mem_alloc(sizeof(*o));
	o->dialog = mem_strdup(dialog);
	o->ids = mem_alloc((n + 1) * sizeof(*o->ids));
	o->n = n;
	TAILQ_INSERT_HEAD(&s->sorted, o, entry);
	s->nsorted++;
	return o;
}

void
sorted_forget(struct service *s, const char *dialog)
{
	struct sorted *o = find(s, dialog);

	if (o != NULL)
		drop(s, o);
}

void
sorted_free(struct service *s)
{
	while (!TAILQ_EMPTY(&s->sorted))
		drop(s, TAILQ_FIRST(&s->sorted));
}
