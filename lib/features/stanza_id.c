/* SPDX-License-Identifier: ISC */
/*
 * stanza_id.c - one name for a message, for all and for ever
 *
 * XEP-0359. Every message to all gets a stanza-id, also what is not kept: replies and moderation
 * name messages by it. Only chat states get none where there is an archive. Claims of others to speak for
 * the room are taken out (room/view.c).
 */
#include "feature.h"
#include "room/fence.h"

/* Was it said before, elsewhere, and does a delay that is not in the room's name say so? 7.9. */
static bool
is_prior(const struct plan *p, const struct change *c)
{
	const struct xml *x;

	if (c->session->occupant->affiliation != AFF_OWNER)
		return false;
	for (x = xml_child(p->ev->stanza, NS_DELAY, "delay"); x != NULL;
	     x = xml_next(x, NS_DELAY, "delay"))
		if (!is_forgery(p->s, p->room->jid, x))
			return true;
	return false;
}

static void
tell_entry(struct plan *p, const struct entry *e)
{
	struct xml_pen pen = { .b = &p->s->written };
	size_t to = pen_stanza(&pen, "message");
	struct wire *w;

	entry_put(&pen, p->room, e);
	pen_close(&pen, "message");
	w = wire_written(p->s, to);
	tell_all(p, w);
	wire_unref(w);
}

void
reflect_entry(struct plan *p, struct entry *e)
{
	const struct told t = { .kind = TOLD_MESSAGE, .room = p->room->id, .id = e->id };

	archive_next_id(p->room, e->id);
	if (e->kind != ENTRY_NONE) {
		archive_add(p->room, e);
		note_told(p->s, p->room->domain_no, &t);
	}
	tell_entry(p, e);
}

void
reflect(struct plan *p, const struct change *c, struct entry *e)
{
	const struct ev *ev = p->ev;

	*e = (struct entry){
		.kind = history_kind(p, c),
		.nick = c->session->occupant->nick,
		.jid = c->session->jid,
		.occupant_id = c->session->occupant->id,
		.msg_id = ev->id != NULL ? ev->id : fresh_id(p->s),
		.lang = xml_lang(ev->stanza),
		.corrects = xml_get(xml_child(ev->stanza, NS_CORRECT, "replace"), "id"),
		.payload = c->text,
		.payload_len = c->text_len,
		.prior = is_prior(p, c),
	};
	if (e->kind != ENTRY_NONE || history_names(p))
		reflect_entry(p, e);
	else
		tell_entry(p, e);
}

static void
add_disco(const struct room *r, struct xml *query)
{
	disco_feature(r->service->arena, query, NS_SID);
}

const struct feature feature_stanza_id = {
	.name = "stanza_id",
	.add_disco = add_disco,
};
