/* SPDX-License-Identifier: ISC */
/*
 * adhoc.c - which ad-hoc commands there are: XEP-0050 2.2
 */
#include "adhoc.h"

#include <string.h>

#include "base/arena.h"
#include "base/form.h"
#include "base/jid.h"
#include "base/xml.h"
#include "text.h"

struct xml *
adhoc_iq(struct adhoc *ah, const char *type)
{
	struct xml *iq = xml_new(ah->a, NS_STANZA, "iq");

	xml_set(ah->a, iq, "type", type);
	xml_set(ah->a, iq, "to", ah->target);
	return iq;
}

/* The service, or the room: room@conference.example.org, or the room alone when the service is known. */
static const char *
wanted(const struct adhoc *ah)
{
	const struct ctl_options *o = ah->o;
	const char *service = o->service != NULL ? o->service : ah->way->service;

	if (o->room == NULL)
		return service;
	if (strchr(o->room, '@') != NULL)
		return o->room;
	return service != NULL ? arena_cat(ah->a, o->room, "@", service, NULL) : NULL;
}

/* As the address is prepared: so its answers are known by it. */
static enum ctl_exit
find_target(struct adhoc *ah)
{
	const char *name = wanted(ah);
	const bool is_room = ah->o->room != NULL;
	struct jid j;

	if (name == NULL) {
		ctl_complain("which service? -s with %s",
		    ah->way->hint != NULL ? arena_cat(ah->a, "one of: ", ah->way->hint, NULL)
					  : "its domain, as conference.example.org");
		return CTL_USAGE;
	}
	if (!jid_prep(ah->a, name, &j) || j.resource != NULL || (j.node != NULL) != is_room) {
		ctl_complain("%s is not an address of a %s", name, is_room ? "room" : "service");
		return CTL_USAGE;
	}
	ah->target = j.bare;
	return CTL_OK;
}

static size_t
named(const struct adhoc *ah, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < ah->ncommands; i++)
		n += strcmp(text_tail(ah->commands[i].node, "#/:"), name) == 0;
	return n;
}

/* Nodes of others are suspicious: 5. */
static void
read_items(struct adhoc *ah, const struct xml *query)
{
	const struct xml *x = xml_child(query, NS_DISCO_ITEMS, "item");
	size_t n = 0;

	for (; x != NULL; x = xml_next(x, NS_DISCO_ITEMS, "item"))
		n++;
	ah->commands = arena_alloc(ah->a, (n + 1) * sizeof *ah->commands);
	for (x = xml_child(query, NS_DISCO_ITEMS, "item"); x != NULL;
	     x = xml_next(x, NS_DISCO_ITEMS, "item")) {
		const char *jid = xml_get(x, "jid"), *node = xml_get(x, "node");
		const char *title = xml_get(x, "name");

		if (jid != NULL && strcmp(jid, ah->target) == 0 && node != NULL && *node != '\0')
			ah->commands[ah->ncommands++] =
			    (struct command){ node, node, title != NULL ? title : "" };
	}
	for (size_t i = 0; i < ah->ncommands; i++) {
		const char *tail = text_tail(ah->commands[i].node, "#/:");

		if (named(ah, tail) == 1)
			ah->commands[i].name = tail;
	}
}

static enum ctl_exit
read_list(struct adhoc *ah)
{
	struct xml *iq = adhoc_iq(ah, "get");
	struct xml *query = xml_add(ah->a, iq, NS_DISCO_ITEMS, "query");
	const struct xml *x, *error;

	xml_set(ah->a, query, "node", NS_COMMANDS);
	x = way_ask(ah->way, iq);
	if (x == NULL)
		return CTL_FAILED;
	error = xml_child(x, NS_STANZA, "error");
	if (error != NULL) {
		ctl_complain("%s: %s", ah->target, error_text(ah->a, error));
		return CTL_REFUSED;
	}
	read_items(ah, xml_child(x, NS_DISCO_ITEMS, "query"));
	return CTL_OK;
}

enum ctl_exit
adhoc_open(struct adhoc *ah, const struct ctl_options *o)
{
	enum ctl_exit result;

	*ah = (struct adhoc){ .o = o, .a = arena_new() };
	ctl_catch();
	ah->way = way_open(o, ah->a);
	if (ah->way == NULL)
		return ctl_stopping ? CTL_INTERRUPTED : CTL_FAILED;
	result = find_target(ah);
	if (result == CTL_OK)
		result = read_list(ah);
	return ctl_stopping ? CTL_INTERRUPTED : result;
}

void
adhoc_close(struct adhoc *ah)
{
	way_close(ah->way);
	arena_free(ah->a);
}

enum ctl_exit
adhoc_find(const struct adhoc *ah, const char *name, const struct command **found)
{
	for (size_t i = 0; i < ah->ncommands; i++)
		if (strcmp(ah->commands[i].name, name) == 0 ||
		    strcmp(ah->commands[i].node, name) == 0) {
			*found = &ah->commands[i];
			return CTL_OK;
		}
	if (ah->ncommands == 0) {
		ctl_complain("%s has no commands for %s", ah->target,
		    ah->o->account != NULL ? ah->o->account : "you");
		return CTL_REFUSED;
	}
	if (named(ah, name) > 1)
		ctl_complain(
		    "%s: %s has several such commands: give all of its node", name, ah->target);
	else
		ctl_complain("%s: %s has no such command; `mucctl help` lists those it has", name,
		    ah->target);
	return CTL_USAGE;
}

/* XEP-0128, by mucd alone. */
bool
adhoc_has_no_form(struct adhoc *ah, const struct command *command)
{
	struct xml *iq = adhoc_iq(ah, "get");
	struct xml *query = xml_add(ah->a, iq, NS_DISCO_INFO, "query");
	const struct xml *form;
	const char *steps;

	xml_set(ah->a, query, "node", command->node);
	form = xml_child(xml_child(way_ask(ah->way, iq), NS_DISCO_INFO, "query"), NS_DATA, "x");
	for (; form != NULL; form = xml_next(form, NS_DATA, "x")) {
		steps = form_value(form_field(form, "steps"));
		if (form_type_is(form, "mucd:command") && steps != NULL)
			return strcmp(steps, "0") == 0;
	}
	return false;
}
