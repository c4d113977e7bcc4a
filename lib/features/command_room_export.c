/* SPDX-License-Identifier: ISC */
/*
 * command_room_export.c - an owner takes a room with them, as text
 *
 * mucd-export(5) is the format. A room may be much larger than a stanza, so it comes in pages (XEP-0050 3.4),
 * each from the store as that is then; where the next one begins stands in the dialog, so a restart changes
 * nothing. What belongs together, the affiliations, must be the same on all pages that have them, else the
 * command ends with an error. Of messages each is told as it is when its turn comes, and the last page says
 * if some have gone or were retracted meanwhile.
 *
 * Owners see all addresses and the password anyway (XEP-0045 5.2.1, 10.2). But the key of occupant ids (XEP-0421
 * 4.1) would let them find out, by guessing, who is who also when they are no owners any more, and whom somebody
 * has invited nobody else is told: these only the administrators of the service get, who can read the database.
 */
#include "command.h"
#include "export.h"
#include "room/held.h"

#define HEAD_BYTES  4096 /* of the answer, besides the lines */
#define VALUE_BYTES 24	 /* a line's tags */
#define PAGES_BACK  20	 /* pages that one can go back */
/* So many bytes of a page cost as much as one that is sent: lookups are dearer. */
#define TOLD_FOR_ONE 32

static const struct command_field fields[] = {
	{ .var = "messages", .type = "boolean", .label = SAID("Also what was said"), .def = "1" },
	{ .var = NULL },
};

static const struct command_step steps[] = {
	{ .instructions = SAID("There is the room's password in it, and who said what"),
	    .fields = fields,
	    .essential = true },
};

/* What the dialog knows between two pages, besides what was filled in. */
#define AT    "@at"    /* by page: where it begins, and whether with the rest of a line */
#define AS_OF "@as-of" /* of the first page: what must not change, and what is told if it does */

struct page {
	struct call *call;
	struct export *export;
	unsigned ncomplaints;
	bool continues; /* its first line is the rest of the last one of the page before */
};

static void
complain(void *arg, const char *room, const char *what)
{
	struct page *page = arg;

	page->ncomplaints++;
	service_log(page->call->plan->s, MUC_LOG_WARN, "export of %s: %s", room, what);
}

/* -- what must not change -- */

static const char *
hex_of(struct arena *a, const uint8_t *p, size_t n)
{
	char *hex = arena_alloc(a, 2 * n + 1);

	digest_hex(p, n, hex);
	return hex;
}

static const char *
affiliations_now(struct page *page)
{
	uint8_t digest[EXPORT_DIGEST_LEN];

	export_digest(page->export, digest);
	return hex_of(page->call->plan->s->arena, digest, sizeof(digest));
}

/* It is another one when messages have gone or have become tombstones. */
static const char *
archive_now(const struct page *page)
{
	struct service *s = page->call->plan->s;
	const struct held *h = held_get(s, page->call->plan->room->id);

	return arena_fmt(s->arena, "%s.%lld.%llu", hex_of(s->arena, h->last_id, sizeof(h->last_id)),
	    (long long)h->cleared_ms, (unsigned long long)h->replaced);
}

/* -- the pages -- */

static const char *
given_at(const struct call *c, const char *var, unsigned page, size_t i)
{
	const struct given *g = dialog_given(&c->dialog, var, page);

	return g != NULL && i < g->nvalues ? g->values[i] : NULL;
}

/* Those that nobody can go back to are forgotten: what a dialog holds is limited. */
static void
forget_pages(struct dialog *d)
{
	struct given **end = &d->given;

	while (*end != NULL)
		if (strcmp((*end)->var, AT) == 0 && (*end)->page + PAGES_BACK < d->page)
			*end = (*end)->next;
		else
			end = &(*end)->next;
}

static void
note_place(struct page *page, bool continues)
{
	struct call *c = page->call;
	struct arena *a = c->plan->s->arena;
	const char **values = arena_alloc(a, 2 * sizeof(*values));
	struct buf b = BUF_INIT;

	export_place(page->export, &b);
	values[0] = arena_strndup(a, b.p, b.len);
	values[1] = continues ? "1" : "0";
	buf_release(&b);
	dialog_give(a, &c->dialog, AT, c->dialog.page + 1, values, 2);
	forget_pages(&c->dialog);
}

static enum deny
begin(struct page *page)
{
	struct call *c = page->call;
	struct arena *a = c->plan->s->arena;
	const char **values = arena_alloc(a, 2 * sizeof(*values)), *place;

	if (c->dialog.page == 0) {
		values[0] = affiliations_now(page);
		values[1] = archive_now(page);
		dialog_give(a, &c->dialog, AS_OF, 0, values, 2);
		return OK;
	}
	place = given_at(c, AT, c->dialog.page, 0);
	if (place == NULL)
		return BAD_ACTION;
	page->continues = strcmp(given_at(c, AT, c->dialog.page, 1), "1") == 0;
	/* Destroyed, and made anew under its name? */
	if (!export_resume(page->export, place))
		return CHANGED_SINCE;
	if (export_in_head(page->export) &&
	    strcmp(affiliations_now(page), given_at(c, AS_OF, 0, 0)) != 0)
		return CHANGED_SINCE;
	return OK;
}

static void
add_lines(struct page *page, const struct buf *text)
{
	struct call *c = page->call;
	struct arena *a = c->plan->s->arena;
	struct xml *form = command_result(c, call_say_of(c, "Export of %s", c->plan->room->jid));
	struct xml *field;
	const char *p = text->p, *end = text->p + text->len, *eol;

	if (page->continues)
		form_add_field(a, form, "hidden", "continues", NULL, "1");
	field = form_add_field(
	    a, form, "text-multi", "lines", call_say(c, "Lines of mucd-export(5)"), NULL);
	for (; p < end; p = eol + 1) {
		eol = memchr(p, '\n', (size_t)(end - p));
		if (eol == NULL)
			eol = end;
		form_add_value(a, field, arena_strndup(a, p, (size_t)(eol - p)));
	}
}

/* A page is no flood, but has its price: as those of archives do. */
static void
charge(struct call *c)
{
	user_owe(c->plan->s, c->plan->ev->from.bare, *(size_t *)c->arg / TOLD_FOR_ONE);
}

static void
say_end(struct page *page)
{
	struct call *c = page->call;

	if (page->ncomplaints > 0)
		command_note(c, NOTE_ERROR, call_say(c, "Something cannot be read: see the log"));
	if (strcmp(archive_now(page), given_at(c, AS_OF, 0, 1)) != 0)
		command_note(c, NOTE_WARN,
		    call_say(c, "Some messages have gone or were retracted meanwhile"));
}

static enum deny
write_page(struct page *page)
{
	struct call *c = page->call;
	const struct muc_limits *most = &c->plan->s->limits;
	struct buf text = BUF_INIT;
	size_t *len;
	enum deny deny = begin(page);

	if (deny != OK)
		return deny;
	if (c->dialog.page == 0)
		buf_adds(&text, EXPORT_FIRST "\n");
	c->dialog.more = export_page(page->export, &text,
	    (size_t)most->stanza_out_bytes - HEAD_BYTES - text.len - VALUE_BYTES, VALUE_BYTES);
	if (export_is_torn(page->export)) {
		buf_release(&text);
		return CHANGED_SINCE;
	}
	add_lines(page, &text);
	if (c->dialog.more)
		note_place(page, text.p[text.len - 1] != '\n');
	else
		say_end(page);
	len = arena_alloc(c->plan->s->arena, sizeof(*len));
	*len = text.len;
	c->on = charge;
	c->arg = len;
	buf_release(&text);
	return OK;
}

static enum deny
run(struct call *c)
{
	struct plan *p = c->plan;
	struct page page = { .call = c };
	unsigned without = 0;
	enum deny deny = ITEM_NOT_FOUND;

	if (!call_flag(c, "messages"))
		without |= EXPORT_NO_ARCHIVE;
	if (!service_admin(p->s, p->ev->from.bare))
		without |= EXPORT_NO_SECRET | EXPORT_NO_INVITES;
	page.export = export_new(p->s->store, complain, &page);
	export_leave_out(page.export, without, archive_horizon(p->room));
	if (export_room(page.export, p->room->jid))
		deny = write_page(&page);
	export_free(page.export);
	return deny == CHANGED_SINCE ? call_fault(c, deny, p->room->jid) : deny;
}

static const struct command commands[] = {
	{ .node = "export-room",
	    .name = SAID("Export the room as text"),
	    .where = TO_ROOM,
	    .least = AFF_OWNER,
	    .steps = steps,
	    .nsteps = 1,
	    .run = run },
	{ .node = NULL },
};

const struct feature feature_command_room_export = {
	.name = "command_room_export",
	.commands = commands,
};
