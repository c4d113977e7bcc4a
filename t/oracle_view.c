/* SPDX-License-Identifier: ISC */
/*
 * oracle_view.c - the picture of a room that a client has
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "oracle.h"

void
take_text(char *to, const char *text)
{
	snprintf(to, TEXT_MAX, "%s", text != NULL ? text : "");
}

struct seen *
view_nick(const struct view *v, const char *nick)
{
	for (size_t i = 0; i < v->nseen; i++)
		if (strcmp(v->seen[i].nick, nick) == 0)
			return &v->seen[i];
	return NULL;
}

struct seen *
view_add(struct view *v, const char *nick)
{
	struct seen *seen = view_nick(v, nick);

	if (seen == NULL) {
		if (v->nseen == v->cap) {
			v->cap = v->cap > 0 ? 2 * v->cap : 16;
			v->seen = mem_realloc(v->seen, v->cap * sizeof(*v->seen));
		}
		seen = &v->seen[v->nseen++];
	}
	memset(seen, 0, sizeof(*seen));
	take_text(seen->nick, nick);
	return seen;
}

void
view_remove(struct view *v, struct seen *seen)
{
	*seen = v->seen[--v->nseen];
}

/* It is not in the room. */
void
view_clear(struct view *v)
{
	v->in = v->lost = v->open = v->no_subject_yet = false;
	*v->nick = *v->subject = *v->subject_nick = '\0';
	v->nseen = 0;
}

void
view_release(struct view *v)
{
	free(v->seen);
	free(v->due);
}

/* Whoever is not told of again before its own presence comes is not there any more: 7.2.2, 17.3. */
void
view_enters(struct view *v, const char *id)
{
	v->entering = true;
	take_text(v->enters, id);
	for (size_t i = 0; i < v->nseen; i++)
		v->seen[i].stale = true;
}

void
view_expects(struct view *v, const struct due *due)
{
	if (v->lost)
		return;
	if (v->ndue == v->due_cap) {
		v->due_cap = v->due_cap > 0 ? 2 * v->due_cap : 8;
		v->due = mem_realloc(v->due, v->due_cap * sizeof(*v->due));
	}
	v->due[v->ndue++] = *due;
}

void
view_loses(struct view *v)
{
	v->entering = false;
	view_clear(v);
	v->ndue = 0;
	v->lost = true;
}

void
view_stays(struct view *v)
{
	v->entering = false;
	for (size_t i = 0; i < v->nseen; i++)
		v->seen[i].stale = false;
}

void
view_entered(struct view *v)
{
	v->entering = false;
	for (size_t i = v->nseen; i > 0; i--)
		if (v->seen[i - 1].stale)
			view_remove(v, &v->seen[i - 1]);
}

void
view_forgets_jids(struct view *v)
{
	for (size_t i = 0; i < v->nseen; i++)
		if (strcmp(v->seen[i].nick, v->nick) != 0)
			*v->seen[i].jid = '\0';
}
