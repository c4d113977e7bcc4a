/* SPDX-License-Identifier: ISC */
/*
 * view.c - what others get to see of somebody: real addresses, and payloads without forgeries
 */
#include <string.h>

#include "../base/xml_write.h"
#include "room.h"

bool
sees_jid(const struct room *r, const struct occupant *who, const struct occupant *of)
{
	return r->config.whois == WHOIS_ANYONE || who->role == ROLE_MODERATOR || who == of;
}

/* The next node of a tree, in the order in which it is written; NULL: it was the last. */
static struct xml *
next_node(const struct xml *top, struct xml *x)
{
	if (x->child != NULL)
		return x->child;
	while (x->next == NULL) {
		x = x->up;
		if (x == top)
			return NULL;
	}
	return x->next;
}

/* Takes out of this node what names the JID; false: nothing does. */
static bool
take_jid(struct xml *x, const char *bare)
{
	struct xml_attr **at = &x->attr;
	bool any = x->kind == XML_TEXT && strcasestr(x->text, bare) != NULL;

	if (any) {
		x->text = "";
		x->len = 0;
	}
	while (*at != NULL)
		if (strcasestr((*at)->value, bare) != NULL) {
			*at = (*at)->next;
			any = true;
		} else
			at = &(*at)->next;
	return any;
}

const struct xml *
without_jid(struct arena *a, const struct xml *stanza, const char *bare)
{
	struct xml *top = xml_copy(a, NULL, stanza);
	bool any = false;

	for (struct xml *x = top->child; x != NULL; x = next_node(top, x))
		any |= take_jid(x, bare);
	return any ? top : stanza;
}

/* Is the claim `by` (or `from`) one of this room's own? What cannot be read is suspect. */
static bool
claims_room(struct service *s, const char *room, const char *by)
{
	struct jid j;

	if (by == NULL)
		return false;
	by += strspn(by, " \t\r\n");
	by = arena_strndup(s->arena, by, strcspn(by, " \t\r\n"));
	return !jid_prep(s->arena, by, &j) || strcmp(j.bare, room) == 0;
}

/*
 * May only the room say this? XEP-0045 17.3 (muc#user), XEP-0421 4 (occupant-id), XEP-0359 6
 * (stanza-id), XEP-0317 (hats), XEP-0463 (mav), and delays in the room's name.
 */
static bool
is_forgery(struct service *s, const char *room, const struct xml *x)
{
	if (x->ns == NS_MUC_USER || x->ns == NS_OCCUPANT_ID || x->ns == NS_HATS || x->ns == NS_MAV)
		return true;
	if (xml_is(x, NS_SID, "stanza-id"))
		return claims_room(s, room, xml_get(x, "by"));
	if (xml_is(x, NS_DELAY, "delay"))
		return claims_room(s, room, xml_get(x, "from"));
	return false;
}

const char *
clean_payload(
    struct service *s, const char *room, const struct xml *stanza, size_t max, size_t *len)
{
	bool presence = strcmp(stanza->name, "presence") == 0, fits = true;
	struct buf b = BUF_INIT;
	const char *out = NULL;

	for (const struct xml *x = stanza->child; x != NULL && fits; x = x->next) {
		if (x->kind == XML_TEXT && !presence)
			xml_escape(&b, x->text);
		else if (x->kind == XML_ELEMENT && !is_forgery(s, room, x) &&
			 !(presence && x->ns == NS_MUC))
			fits = xml_write_max(&b, x, max - b.len);
		fits = fits && b.len <= max;
	}
	*len = fits ? b.len : 0;
	if (fits)
		out = arena_strndup(s->arena, b.len > 0 ? b.p : "", b.len);
	buf_release(&b);
	return out;
}
