/* SPDX-License-Identifier: ISC */
/*
 * subject.c - what the room is about
 *
 * XEP-0045 7.2.15 (on entering), 7.3, 8.1 (changing it).
 */
#include "base/utf8.h"
#include "feature.h"
#include "room/fence.h"

/* 8.1: with a body or a thread it is a message like any other. */
static enum deny
plan_subject(struct plan *p)
{
	const struct xml *x = p->ev->stanza;
	enum deny deny;

	if (xml_child(x, NS_STANZA, "body") != NULL || xml_child(x, NS_STANZA, "thread") != NULL)
		return PASS;
	deny = plan_reflected(p, CH_SUBJECT);
	if (deny == OK &&
	    TAILQ_LAST(&p->changes, change_list)->text_len > (size_t)p->s->limits.subject_bytes)
		return POLICY_VIOLATION;
	return deny;
}

static enum deny
may_subject(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r, (void)c;
	return may(p, MAY_CHANGE_SUBJECT) ? OK : FORBIDDEN;
}

/* What those who come later are told: the subjects in all languages, and nothing else of the message. */
static const char *
subjects_only(struct service *s, const struct xml *stanza, size_t *len)
{
	struct buf b = BUF_INIT;
	const struct xml *x;
	const char *out;

	for (x = xml_child(stanza, NS_STANZA, "subject"); x != NULL;
	     x = xml_next(x, NS_STANZA, "subject"))
		xml_write(&b, x);
	*len = b.len;
	out = arena_strndup(s->arena, b.p, b.len);
	buf_release(&b);
	return out;
}

#define TEXT_BYTES 1024

/* What those are told who are not in: of the first subject a line, and not too much of it. */
static const char *
first_line(struct arena *a, const struct xml *stanza)
{
	const char *s = xml_child_text(stanza, NS_STANZA, "subject");
	return arena_strndup(a, s, utf8_cut(s, strcspn(s, "\r\n"), TEXT_BYTES));
}

/* Where no archive has it, the room still does, and it can be told again. */
static void
on_subject(struct plan *p, const struct change *c)
{
	const struct told told = { .kind = TOLD_SUBJECT, .room = p->room->id };
	struct entry e;

	reflect(p, c, &e);
	if (e.kind == ENTRY_NONE)
		note_told(p->s, p->room->domain_no, &told);
	e.payload = subjects_only(p->s, p->ev->stanza, &e.payload_len);
	room_set_subject(p->room, &e, first_line(p->s->arena, p->ev->stanza));
}

/* The message that set it, reduced to that; its ids are the same. */
static struct wire *
subject_said(struct service *s, const struct room *r)
{
	struct entry e = {
		.kind = ENTRY_SUBJECT,
		.nick = r->subject_nick,
		.jid = r->subject_jid,
		.msg_id = r->subject_msg_id != NULL ? r->subject_msg_id : fresh_id(s),
		.lang = r->subject_lang,
		.payload = r->subject,
		.payload_len = r->subject_len,
	};
	struct xml_pen pen = { .b = &s->written };
	size_t to = pen_stanza(&pen, "message");

	memcpy(e.id, r->subject_id, sizeof(e.id));
	entry_put(&pen, r, &e);
	delay_put(&pen, r, r->subject_ms);
	pen_close(&pen, "message");
	return wire_written(s, to);
}

static struct wire *
subject_never_set(struct service *s, const struct room *r)
{
	struct xml_pen pen = { .b = &s->written };
	size_t to = pen_stanza(&pen, "message");

	pen_attr(&pen, "from", r->jid);
	pen_word(&pen, "type", "groupchat");
	pen_word(&pen, "id", fresh_id(s));
	pen_open(&pen, NULL, "subject");
	pen_close(&pen, "subject");
	pen_close(&pen, "message");
	return wire_written(s, to);
}

/* 7.2.15: always, and last; the delay says when it was set, its `from` is the room. */
void
tell_subject(struct plan *p, const struct session *to)
{
	const struct room *r = p->room;
	const size_t most = (size_t)p->s->limits.stanza_out_bytes;
	struct wire *w = r->subject != NULL ? subject_said(p->s, r) : subject_never_set(p->s, r);

	/* What an import has brought may be more than the server takes; whoever enters waits for one. */
	if (w->len + to->addr->len > most) {
		wire_unref(w);
		w = subject_never_set(p->s, r);
	}
	tell(p, w, to->addr);
	wire_unref(w);
}

static void
on_enter(struct plan *p, const struct change *c)
{
	(void)c;
	tell_subject(p, room_session(p->room, p->ev->from.full));
}

/*
 * 6.4, 14.4: the subject is for everybody only where everybody may come in. Who may change it is asked
 * for under three names.
 */
static void
add_roominfo(const struct plan *p, struct xml *form)
{
	const struct room *r = p->room;
	struct arena *a = p->s->arena;
	const char *changes = r->config.changesubject ? "1" : "0";

	/* What an import has brought may be longer. */
	if (r->subject_text != NULL && strlen(r->subject_text) <= TEXT_BYTES &&
	    r->config.publicroom && !r->config.membersonly && !r->config.passwordprotectedroom &&
	    !room_locked_down(r))
		form_add_field(a, form, "text-single", "muc#roominfo_subject", say(p, "Subject"),
		    r->subject_text);
	form_add_field(a, form, "boolean", "muc#roomconfig_changesubject",
	    say(p, "Participants may change the subject"), changes);
	form_add_field(a, form, "boolean", "muc#roominfo_subjectmod",
	    say(p, "Participants may change the subject"), changes);
	form_add_field(a, form, "boolean", "muc#roominfo_changesubject",
	    say(p, "Participants may change the subject"), changes);
}

static const struct route routes[] = {
	{ KIND_MESSAGE, TO_ROOM, TYPE_GROUPCHAT, NS_STANZA, "subject", NEED_ROOM | NEED_OCCUPANT,
	    plan_subject, NULL },
	{ 0 },
};

const struct feature feature_subject = {
	.name = "subject",
	.routes = routes,
	.may = { [CH_SUBJECT] = may_subject },
	.on = { [CH_SUBJECT] = on_subject, [CH_ENTER] = on_enter, [CH_SYNC] = on_enter },
	.add_roominfo = add_roominfo,
};
