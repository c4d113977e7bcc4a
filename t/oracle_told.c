/* SPDX-License-Identifier: ISC */
/*
 * oracle_told.c - what was told before a crash, and so may be told again
 *
 * What is told again must not be more than what was told, or would be told now: not to somebody an address that
 * they could not see while its bearer was there, nor who was there unseen, nor what was said where they were not.
 */
#include <stdio.h>
#include <string.h>

#include "oracle.h"

/* One thing that a client was told: in a line of its own. */
static const char *
line(struct world *w, const struct client *c, const char *from, const char *what, const char *value)
{
	return arena_fmt(w->a, "\n%u %s %s %s\n", c->no, from, what, value);
}

static bool
was_told(const struct world *w, const char *line)
{
	return memmem(w->told.p, w->told.len, line, strlen(line)) != NULL;
}

static const struct xml *
item_of(const struct xml *x)
{
	return xml_child(xml_child(x, NS_MUC_USER, "x"), NS_MUC_USER, "item");
}

static bool
is_groupchat(const struct xml *x)
{
	const char *type = xml_get(x, "type");

	return strcmp(x->name, "message") == 0 && type != NULL && strcmp(type, "groupchat") == 0;
}

/* The model of the room that it comes from, and the nick; NULL: it comes from none. */
static const struct model *
room_of(const struct world *w, const struct xml *x, const char **nick)
{
	const char *from = xml_get(x, "from");
	size_t n;

	for (unsigned i = 0; i < NROOMS; i++) {
		n = strlen(w->model[i].jid);
		if (strncmp(from, w->model[i].jid, n) == 0 && from[n] == '/') {
			*nick = from + n + 1;
			return &w->model[i];
		}
	}
	return NULL;
}

void
told_notes(struct world *w, const struct client *c, const struct xml *x)
{
	const char *from = xml_get(x, "from"), *jid = xml_get(item_of(x), "jid"), *nick,
		   *id = xml_get(x, "id");

	if (room_of(w, x, &nick) == NULL)
		return;
	if (strcmp(x->name, "presence") == 0)
		buf_adds(&w->told, line(w, c, from, "there", ""));
	if (strcmp(x->name, "presence") == 0 && jid != NULL)
		buf_adds(&w->told, line(w, c, from, "jid", jid));
	if (is_groupchat(x) && id != NULL)
		buf_adds(&w->told, line(w, c, from, "says", id));
}

/* Is that what one who is in the room now may see of it? */
static bool
is_so_now(struct world *w, const struct client *c, unsigned room, const char *nick, const char *jid)
{
	const struct room *r = truth_room(w, room);
	const struct session *me = r != NULL ? map_get(&r->sessions, c->full) : NULL;
	const struct occupant *of = r != NULL ? map_get(&r->nicks, nick) : NULL;
	const struct client *whose = jid != NULL ? truth_client(w, jid) : NULL;

	if (me == NULL || of == NULL)
		return false;
	if (jid == NULL)
		return truth_sees(r, me->occupant, of);
	return truth_sees_jid(r, me->occupant, of) && whose != NULL &&
	       (truth_sessions(w, of) & CLIENT(whose->no)) != 0;
}

/* Who was out for a while is told of all who went, also of those who had come meanwhile. */
static bool
enters(const struct world *w, const struct client *c, unsigned room)
{
	for (unsigned i = 0; i < w->ndeeds; i++)
		if (w->deed[i].client == c && w->deed[i].room == room &&
		    w->deed[i].effect == EFFECT_ENTER)
			return true;
	return false;
}

static void
check_presence(
    struct world *w, const struct client *c, unsigned room, const char *nick, const struct xml *x)
{
	const char *from = xml_get(x, "from"), *jid = xml_get(item_of(x), "jid");
	const struct seen *seen = view_nick(&c->view[room], nick);

	/* Its own. */
	if (jid != NULL && strncmp(jid, c->bare, strlen(c->bare)) == 0)
		return;
	if (seen == NULL && !is_so_now(w, c, room, nick, NULL) && !enters(w, c, room) &&
	    !was_told(w, line(w, c, from, "there", "")))
		world_fails(w, c, "is told again of somebody whom it never saw: %s", from);
	if (jid != NULL && (seen == NULL || strcmp(seen->jid, jid) != 0) &&
	    !is_so_now(w, c, room, nick, jid) && !was_told(w, line(w, c, from, "jid", jid)))
		world_fails(
		    w, c, "is told again an address that it never saw: %s of %s", jid, from);
}

void
told_checks(struct world *w, const struct client *c, const struct xml *x)
{
	const char *nick, *id = xml_get(x, "id");
	const struct model *m = room_of(w, x, &nick);
	const struct room *r = m != NULL ? truth_room(w, (unsigned)(m - w->model)) : NULL;

	if (r == NULL)
		return;
	if (strcmp(x->name, "presence") == 0 && item_of(x) != NULL)
		check_presence(w, c, (unsigned)(m - w->model), nick, x);
	if (is_groupchat(x) && id != NULL && xml_child(x, NS_STANZA, "body") != NULL &&
	    truth_config(r, "maxhistoryfetch", 0) == 0 &&
	    !was_told(w, line(w, c, xml_get(x, "from"), "says", id)))
		world_fails(w, c, "is told again what it never heard: %s", id);
}
