/* SPDX-License-Identifier: ISC */
/*
 * command_announce.c - an administrator says something in all rooms, or in some
 *
 * XEP-0133 4.23. It is the room that says it, to those who are in; it is not part of what was said there,
 * so nobody is told it later.
 */
#include "command.h"

static struct wire *
announcement(struct plan *p, const struct change *c, enum lang lang)
{
	struct arena *a = p->s->arena;
	struct xml *x = stanza_new(a, "message", p->room, NULL, "groupchat", fresh_id(p->s));

	if (c->translated)
		xml_set_lang(a, x, lang_tag(lang));
	xml_add_text(a, x, NS_STANZA, "body", text_in(lang, c->reason));
	return wire_new(p->s, x);
}

/* A text of tbl/text.h is said to each in their language; what somebody wrote, as it is. */
static void
on_announce(struct plan *p, const struct change *c)
{
	struct wire *wires[LANG_COUNT] = { NULL };
	struct occupant *o;
	struct session *s;

	TAILQ_FOREACH (o, &p->room->occupants, entry)
		TAILQ_FOREACH (s, &o->sessions, entry) {
			enum lang lang = c->translated ? session_lang(s) : LANG_EN;

			if (wires[lang] == NULL)
				wires[lang] = announcement(p, c, lang);
			tell(p, wires[lang], s->addr);
		}
	wires_unref(wires, LANG_COUNT);
}

void
plan_announced(struct plan *p, const char *english)
{
	struct change *c = plan_add(p, CH_ANNOUNCE);

	c->reason = english;
	c->translated = true;
}

static const struct command_field fields[] = {
	{ .var = "announcement",
	    .type = "text-multi",
	    .label = SAID("Announcement"),
	    .required = true },
	{ .var = "rooms", .type = "text-multi", .label = SAID("Only in these rooms") },
	{ .var = NULL },
};

static const struct command_step steps[] = { { .fields = fields } };

static void
announce(struct call *c, struct room *r, const char *text)
{
	struct jid j;

	if (r->noccupants == 0)
		return;
	jid_split(c->plan->s->arena, r->jid, &j);
	plan_add(plan_deed(c->plan, r, &j), CH_ANNOUNCE)->reason = text;
}

static enum deny
announce_in(struct call *c, const char **rooms, size_t n, const char *text)
{
	struct room *r;
	enum deny deny;

	if (n > (size_t)c->plan->s->limits.items_per_request)
		return POLICY_VIOLATION;
	for (size_t i = 0; i < n; i++) {
		deny = call_room(c, rooms[i], &r);
		if (deny != OK)
			return deny;
		if (plan_names(c->plan, "room/", r->jid))
			announce(c, r, text);
	}
	return OK;
}

static enum deny
run(struct call *c)
{
	struct service *s = c->plan->s;
	const char *text = call_text(c, "announcement");
	enum deny deny = OK;
	struct room *r;
	uint64_t count = 0;
	size_t n;
	const char **rooms = call_values(c, "rooms", &n);

	if (strlen(text) > (size_t)s->limits.reason_bytes)
		return call_fault(c, BAD_PAYLOAD, call_say(c, "Announcement"));
	if (n > 0)
		deny = announce_in(c, rooms, n, text);
	else
		TAILQ_FOREACH (r, &s->busy, entry)
			if (r->domain_no == c->plan->ev->domain_no)
				announce(c, r, text);
	for (const struct plan *deed = c->plan->deeds; deed != NULL; deed = deed->next)
		count++;
	command_note(c, NOTE_INFO, call_say_number(c, "Rooms in which it was said: %s", count));
	call_audit(c, &(struct audit){ .reason = text });
	return deny;
}

static const struct command commands[] = {
	{ .node = "http://jabber.org/protocol/admin#announce",
	    .alias = "announce",
	    .form_type = "http://jabber.org/protocol/admin",
	    .name = SAID("Make an announcement"),
	    .where = TO_SERVICE,
	    .steps = steps,
	    .nsteps = 1,
	    .run = run },
	{ .node = NULL },
};

const struct feature feature_command_announce = {
	.name = "command_announce",
	.on = { [CH_ANNOUNCE] = on_announce },
	.commands = commands,
};
