/* SPDX-License-Identifier: ISC */
/*
 * host_route.c - a host server's routing, as far as a component can see it (RFC 6121 8.5)
 *
 * The accounts are those of the script's clients. What is addressed to one of the service's
 * domains goes to the service, also when it comes from there.
 */
#include <string.h>

#include "base/arena.h"
#include "base/xml.h"
#include "host_in.h"
#include "match.h"
#include "scs.h"

static bool
type_is(const struct xml *x, const char *type)
{
	const char *is = xml_get(x, "type");

	return is != NULL && strcmp(is, type) == 0;
}

static struct xml *
readdressed(struct arena *a, const struct xml *x, const char *from, const char *to)
{
	struct xml *copy = xml_copy(a, NULL, x);

	xml_set(a, copy, "from", from);
	xml_set(a, copy, "to", to);
	return copy;
}

/*
 * Sends x back as an error. Presence is dropped instead; errors and results are never answered.
 */
static bool
bounce(struct host *h, const struct xml *x, const char *type, const char *condition)
{
	struct arena *a = h->p->a;
	struct xml *back, *error;

	if (xml_is(x, NS_STANZA, "presence") || type_is(x, "error") || type_is(x, "result"))
		return true;
	back = readdressed(a, x, xml_get(x, "to"), xml_get(x, "from"));
	xml_set(a, back, "type", "error");
	error = xml_add(a, back, NS_STANZA, "error");
	xml_set(a, error, "type", type);
	xml_add(a, error, NS_STANZA_ERRORS, condition);
	return host_route(h, back);
}

static struct seat *
seat_at(const struct play *p, const char *full)
{
	size_t i;

	for (i = 0; i < p->nseats; i++)
		if (p->seat[i].connected && strcmp(p->seat[i].full, full) == 0)
			return &p->seat[i];
	return NULL;
}

static bool
is_local_domain(const struct play *p, const char *domain)
{
	size_t i;

	for (i = 0; i < p->nseats; i++)
		if (strcmp(domain_of(p->a, p->seat[i].client->jid), domain) == 0)
			return true;
	return false;
}

/* To all sessions of an account; *any tells whether there is one. */
static bool
to_account(struct host *h, const char *bare, const struct xml *x, bool *any)
{
	struct play *p = h->p;
	size_t i;

	for (i = 0; i < p->nseats; i++) {
		struct seat *s = &p->seat[i];

		if (!s->connected || strcmp(s->client->jid, bare) != 0)
			continue;
		*any = true;
		if (!play_deliver(p, s, x))
			return false;
	}
	return true;
}

static bool
is_vcard(const struct xml *x, const char *type)
{
	return xml_is(x, NS_STANZA, "iq") && type_is(x, type) &&
	       xml_child(x, NS_VCARD, "vCard") != NULL;
}

/* XEP-0054: what an account's session sets, everybody gets. False: it is neither. */
static bool
vcard(struct host *h, const struct xml *x, const char *bare)
{
	struct arena *a = h->p->a;
	struct vcard *v = h->vcards;
	struct xml *answer;
	bool set = is_vcard(x, "set") && strcmp(bare_of(a, xml_get(x, "from")), bare) == 0;

	while (v != NULL && strcmp(v->bare, bare) != 0)
		v = v->next;
	if (!set && (!is_vcard(x, "get") || v == NULL))
		return false;
	answer = readdressed(a, xml_copy_head(a, x), bare, xml_get(x, "from"));
	xml_set(a, answer, "type", "result");
	if (set) {
		v = arena_alloc(a, sizeof(*v));
		*v = (struct vcard){ bare, xml_child(x, NS_VCARD, "vCard"), h->vcards };
		h->vcards = v;
	} else
		xml_copy(a, answer, v->x);
	return host_route(h, answer);
}

/* RFC 6121 8.5.2 and 8.5.3.2: to a bare JID, or to a session that does not exist. */
static bool
route_to_account(struct host *h, const struct xml *x, const char *to)
{
	const char *bare = bare_of(h->p->a, to);
	bool any = false;

	if (xml_is(x, NS_STANZA, "iq"))
		return (strchr(to, '/') == NULL && vcard(h, x, bare)) ||
		       bounce(h, x, "cancel", "service-unavailable");
	if (type_is(x, "error"))
		return true;
	if (xml_is(x, NS_STANZA, "presence"))
		return strchr(to, '/') != NULL || to_account(h, bare, x, &any);
	if (type_is(x, "groupchat"))
		return bounce(h, x, "cancel", "service-unavailable");
	return to_account(h, bare, x, &any) &&
	       (any || bounce(h, x, "cancel", "service-unavailable"));
}

bool
host_route(struct host *h, const struct xml *x)
{
	struct play *p = h->p;
	const char *to = xml_get(x, "to");
	struct seat *s = seat_at(p, to);

	if (s != NULL)
		return play_deliver(p, s, x);
	if (is_local_domain(p, domain_of(p->a, to)))
		return route_to_account(h, x, to);
	if (!play_is_service(p, to))
		return bounce(h, x, "cancel", "remote-server-not-found");
	if (!h->link_up)
		return bounce(h, x, "wait", "service-unavailable");
	host_input(h, x);
	return true;
}

/* -- sessions -- */

static void
note_directed(struct host *h, const struct seat *s, const struct xml *x)
{
	struct session *session = &h->session[s - h->p->seat];
	const char *to = xml_get(x, "to");
	struct directed **at = &session->directed, *d;

	while (*at != NULL && strcmp((*at)->to, to) != 0)
		at = &(*at)->next;
	if (*at != NULL && type_is(x, "unavailable"))
		*at = (*at)->next;
	else if (*at == NULL && xml_get(x, "type") == NULL) {
		d = arena_alloc(h->p->a, sizeof(*d));
		d->to = to;
		*at = d;
	}
}

bool
host_session_ends(struct host *h, struct seat *s)
{
	struct session *session = &h->session[s - h->p->seat];
	struct arena *a = h->p->a;
	const struct directed *d;

	for (d = session->directed; d != NULL; d = d->next) {
		struct xml *x = xml_new(a, NS_STANZA, "presence");

		xml_set(a, x, "type", "unavailable");
		if (!host_route(h, readdressed(a, x, s->full, d->to)))
			return false;
	}
	session->directed = NULL;
	return true;
}

/* Presence for everybody: the account's own sessions see it, and directed presence ends with it. */
static bool
broadcast(struct host *h, struct seat *s, const struct xml *x)
{
	bool any;

	if (type_is(x, "unavailable") && !host_session_ends(h, s))
		return false;
	return to_account(h, s->client->jid, x, &any);
}

bool
host_from_client(struct host *h, struct seat *s, struct xml *x)
{
	struct arena *a = h->p->a;

	xml_set(a, x, "from", s->full);
	if (xml_get(x, "to") == NULL && xml_is(x, NS_STANZA, "presence"))
		return broadcast(h, s, x);
	if (xml_get(x, "to") == NULL)
		return route_to_account(
		    h, readdressed(a, x, s->full, s->client->jid), s->client->jid);
	if (xml_is(x, NS_STANZA, "presence"))
		note_directed(h, s, x);
	return host_route(h, x);
}
