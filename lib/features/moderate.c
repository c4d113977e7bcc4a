/* SPDX-License-Identifier: ISC */
/*
 * moderate.c - a moderator takes back what somebody else said
 *
 * XEP-0425 0.3: the request (3), what all are told (3.1), who may not (3.2), the tombstone (4). Clients
 * that read 0.2 of it ask and are told by XEP-0422, in the same message.
 */
#include "feature.h"

/* The two forms of a request. */
struct form {
	const char *moderate, *retract; /* namespaces */
};

static const struct form form_1 = { NS_MODERATE, NS_RETRACT };
static const struct form form_0 = { NS_MODERATE_0, NS_RETRACT_0 };

/* Who it was: by the nick for those who are in, by occupant-id whether they are in or not. */
static struct xml *
add_moderated(const struct room *r, const struct moderation *m, struct xml *up, const char *ns)
{
	struct arena *a = r->service->arena;
	struct xml *x = xml_add(a, up, ns, "moderated");

	xml_set(a, x, "by", m->nick != NULL ? arena_cat(a, r->jid, "/", m->nick, NULL) : r->jid);
	occupant_id_add(a, x, occupant_id(a, r, m->bare));
	return x;
}

/* 3.1, example 5. Returns the <retract/>. */
static struct xml *
add_retract(const struct room *r, const struct moderation *m, struct xml *message, const char *id)
{
	struct arena *a = r->service->arena;
	struct xml *x = xml_add(a, message, NS_RETRACT, "retract");

	xml_set(a, x, "id", id);
	add_moderated(r, m, x, NS_MODERATE);
	if (m->reason != NULL)
		xml_add_text(a, x, NS_RETRACT, "reason", m->reason);
	return x;
}

/* The same as 0.2 of the XEP has it. */
static void
add_fastened(const struct room *r, const struct moderation *m, struct xml *message, const char *id)
{
	struct arena *a = r->service->arena;
	struct xml *x = xml_add(a, message, NS_FASTEN, "apply-to"), *moderated;

	xml_set(a, x, "id", id);
	moderated = add_moderated(r, m, x, NS_MODERATE_0);
	xml_add(a, moderated, NS_RETRACT_0, "retract");
	if (m->reason != NULL)
		xml_add_text(a, moderated, NS_MODERATE_0, "reason", m->reason);
}

const struct xml *
moderation_write(const struct room *r, const struct moderation *m, const char *id,
    const char **text, size_t *len)
{
	struct arena *a = r->service->arena;
	struct xml *message = xml_new(a, NS_STANZA, "message"), *retract;
	struct buf b = BUF_INIT;

	retract = add_retract(r, m, message, id);
	add_fastened(r, m, message, id);
	xml_write_children(&b, message);
	*text = arena_strndup(a, b.p, b.len);
	*len = b.len;
	buf_release(&b);
	return retract;
}

static enum deny
add_change(struct plan *p, const struct entry *original, const char *id, const char *reason)
{
	const struct moderation m = { actor_nick(p), p->ev->from.bare, reason };
	struct change *c = plan_add(p, CH_MODERATE);

	c->original = original;
	c->x = moderation_write(p->room, &m, id, &c->text, &c->text_len);
	return c->text_len <= (size_t)p->s->limits.stanza_out_bytes / 2 ? OK : TOO_LARGE;
}

static enum deny
plan_form(struct plan *p, const struct form *form, const struct xml *moderate, const char *id)
{
	const char *reason = xml_child_text(moderate, form->moderate, "reason");
	const struct entry *original;
	enum deny deny;

	if (!may(p, MAY_MODERATE_MESSAGES))
		return NOT_MODERATOR;
	if (xml_child(moderate, form->retract, "retract") == NULL)
		return BAD_REQUEST;
	if (reason != NULL && strlen(reason) > (size_t)p->s->limits.reason_bytes)
		return POLICY_VIOLATION;
	/* What was not kept, by its own hints (XEP-0334), was said all the same. */
	deny = find_original(p, id, true, &original);
	if (deny != OK)
		return deny;
	result_new(p);
	/* Two moderators, or one and the author, may want the same: it is so already. */
	if (original != NULL && original->kind == ENTRY_RETRACTED)
		return OK;
	return add_change(p, original, id, reason != NULL && *reason != '\0' ? reason : NULL);
}

static enum deny
plan_moderate(struct plan *p)
{
	return plan_form(p, &form_1, p->ev->x, xml_get(p->ev->x, "id"));
}

/* 0.2: <moderate/> is fastened to the message. */
static enum deny
plan_fastened(struct plan *p)
{
	const struct xml *moderate = xml_child(p->ev->x, NS_MODERATE_0, "moderate");

	if (moderate == NULL)
		return PASS;
	return plan_form(p, &form_0, moderate, xml_get(p->ev->x, "id"));
}

/* 3.1: all are told by the room, then the result. In a room that keeps nothing that is all. */
static void
on_moderate(struct plan *p, const struct change *c)
{
	bool keeps = c->original != NULL && p->room->config.enablearchiving;
	struct entry e = {
		.kind = keeps ? ENTRY_RETRACTION : ENTRY_NONE,
		.msg_id = fresh_id(p->s),
		.payload = c->text,
		.payload_len = c->text_len,
	};

	p->side = &p->first;
	reflect_entry(p, &e);
	p->side = &p->rest;
	if (c->original != NULL)
		retract_entry(p, c->original, &e, c->x);
}

static const struct route routes[] = {
	{ KIND_IQ, TO_ROOM, TYPE_SET, NS_MODERATE, "moderate", NEED_ROOM, plan_moderate,
	    NS_MODERATE },
	{ KIND_IQ, TO_ROOM, TYPE_SET, NS_FASTEN, "apply-to", NEED_ROOM, plan_fastened,
	    NS_MODERATE_0 },
	{ 0 },
};

const struct feature feature_moderate = {
	.name = "moderate",
	.routes = routes,
	.on = { [CH_MODERATE] = on_moderate },
};
