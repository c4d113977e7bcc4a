/* SPDX-License-Identifier: ISC */
/*
 * view.c - what others get to see of somebody: real addresses, and payloads without forgeries
 */
#include <string.h>

#include "../base/digest.h"
#include "../base/xml_scan.h"
#include "../base/xml_write.h"
#include "lists.h"
#include "room.h"

bool
sees_jid(const struct room *r, const struct occupant *who, const struct occupant *of)
{
	return r->config.whois == WHOIS_ANYONE || who->role == ROLE_MODERATOR || who == of;
}

unsigned
session_lists(const struct session *s)
{
	const struct occupant *o = s->occupant;

	return s->follows ? room_lists(&o->room->config, o->affiliation, o->role) : 0;
}

/* The next node of a tree, in the order in which it is written; NULL: it was the last. */
static struct xml *
next_node(const struct xml *top, const struct xml *x)
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

bool
role_shown(const struct config *c, enum role r)
{
	return room_lets(c, AFF_NONE, r, MAY_BE_SHOWN);
}

bool
sees_presence(const struct room *r, const struct occupant *who, const struct occupant *of)
{
	return who == of || role_shown(&r->config, of->role);
}

bool
is_muted(const struct occupant *o)
{
	return !room_lets(&o->room->config, AFF_NONE, o->role, MAY_SHOW_STATUS) ||
	       lockdown_mutes(o);
}

const char *
without_status(struct arena *a, const char *payload, size_t n, size_t *len)
{
	const char *at = payload, *end = payload + n, *from = payload;
	char *out = arena_alloc(a, n + 1);
	struct xml_piece x;

	*len = 0;
	while (xml_scan(&at, end, &x)) {
		if (!xml_piece_is(&x, "status"))
			continue;
		memcpy(out + *len, from, (size_t)(x.begin - from));
		*len += (size_t)(x.begin - from);
		from = x.end;
	}
	memcpy(out + *len, from, (size_t)(end - from));
	*len += (size_t)(end - from);
	return out;
}

static bool
is_room(const struct service *s, const char *room, const char *bare)
{
	return strcmp(bare, room) == 0 ||
	       (strchr(bare, '@') == NULL && service_domain(s, bare) >= 0);
}

/*
 * Is the claim `by` (or `from`) this room's own, or the service's, in either writing of the domain? Clients know both for
 * one. What cannot be read is suspect.
 */
static bool
claims_room(struct service *s, const char *room, const char *by)
{
	const char *ways[2];
	struct jid j;

	if (by == NULL)
		return false;
	by += strspn(by, " \t\r\n");
	by = arena_strndup(s->arena, by, strcspn(by, " \t\r\n"));
	if (!jid_prep(s->arena, by, &j) || is_room(s, room, j.bare))
		return true;
	jid_ways(s->arena, j.bare, ways);
	return is_room(s, room, ways[0]) || is_room(s, room, ways[1]);
}

/* Who said it really: XEP-0045 7.2.13, example 34, lets rooms say so. */
static bool
has_ofrom(const struct xml *addresses)
{
	const struct xml *x;

	for (x = xml_child(addresses, NS_ADDRESS, "address"); x != NULL;
	     x = xml_next(x, NS_ADDRESS, "address"))
		if (xml_get(x, "type") != NULL && strcmp(xml_get(x, "type"), "ofrom") == 0)
			return true;
	return false;
}

/* Does it say that a moderator did it, wherever in it? XEP-0425 5; 0.2 of it said so by XEP-0422. */
static bool
says_moderated(const struct xml *x)
{
	for (const struct xml *at = x->child; at != NULL; at = next_node(x, at))
		if (at->ns == NS_MODERATE || at->ns == NS_MODERATE_0)
			return true;
	return false;
}

/*
 * May only the room say this? XEP-0045 17.3 (muc#user), XEP-0421 4 (occupant-id), XEP-0359 6
 * (stanza-id), XEP-0317 (hats), XEP-0463 (mav), XEP-0424 4 and XEP-0425 5 (what a moderator did, and
 * tombstones), and delays in the room's name; where clients still read older forms of these, they, too: XEP-0091,
 * XEP-0424 0.2, the hats that Prosody's modules had. And <error/>, which nothing has that is no error: RFC 6120 8.3.1.
 */
bool
is_forgery(struct service *s, const char *room, const struct xml *x)
{
	if (x->ns == NS_MUC_USER || x->ns == NS_OCCUPANT_ID || x->ns == NS_MAV)
		return true;
	if (x->ns == NS_HATS || x->ns == NS_HATS_OLD)
		return true;
	if (xml_is(x, NS_STANZA, "error"))
		return true;
	if (x->ns == NS_MODERATE || x->ns == NS_MODERATE_0)
		return true;
	if (xml_is(x, NS_RETRACT, "retracted") || xml_is(x, NS_RETRACT_0, "retracted"))
		return true;
	if (x->ns == NS_RETRACT || x->ns == NS_RETRACT_0 || x->ns == NS_FASTEN)
		return says_moderated(x);
	if (xml_is(x, NS_SID, "stanza-id"))
		return claims_room(s, room, xml_get(x, "by"));
	if (xml_is(x, NS_DELAY, "delay") || xml_is(x, NS_DELAY_OLD, "x"))
		return claims_room(s, room, xml_get(x, "from"));
	if (xml_is(x, NS_ADDRESS, "addresses"))
		return has_ofrom(x);
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

char *
occupant_id(struct arena *a, const struct room *r, const char *jid)
{
	uint8_t mac[SHA256_LEN];
	char *id = arena_alloc(a, OCCUPANT_ID_LEN + 1);

	digest_hmac_sha256(r->secret, sizeof(r->secret), jid, strcspn(jid, "/"), mac);
	digest_hex(mac, OCCUPANT_ID_LEN / 2, id);
	return id;
}

void
occupant_id_put(struct xml_pen *pen, const char *id)
{
	pen_open(pen, NS_OCCUPANT_ID, "occupant-id");
	pen_attr(pen, "id", id);
	pen_close(pen, "occupant-id");
}

void
occupant_id_add(struct arena *a, struct xml *stanza, const char *id)
{
	xml_set(a, xml_add(a, stanza, NS_OCCUPANT_ID, "occupant-id"), "id", id);
}
