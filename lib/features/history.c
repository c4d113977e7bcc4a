/* SPDX-License-Identifier: ISC */
/*
 * history.c - what was said before one entered
 *
 * XEP-0045 7.2.13, 7.2.14, 7.9; XEP-0203; what of it is kept: XEP-0313 6.1.2, XEP-0334.
 */
#include "base/date.h"
#include "feature.h"

/* Records that one entry looks at, whatever they are. */
#define MAX_VISITED 5000

/* -- what is kept -- */

struct payload {
	const char *ns, *name;
	enum entry_kind kind;
};

/* 0334 4.1, 4.2: whatever else is in the message. */
static const struct payload never[] = {
	{ NS_HINTS, "no-store", ENTRY_NONE },
	{ NS_HINTS, "no-permanent-store", ENTRY_NONE },
	{ 0 },
};

/* The first that the message has says what it is; with none it is only passed on (chat states). */
static const struct payload kept[] = {
	{ NS_STANZA, "body", ENTRY_MESSAGE },
	{ NS_OMEMO_OLD, "encrypted", ENTRY_MESSAGE },
	{ NS_OMEMO, "encrypted", ENTRY_MESSAGE },
	{ NS_OPENPGP, "openpgp", ENTRY_MESSAGE },
	/* 0447 3.1: a file may come without a body, and without a hint. */
	{ NS_FILES, "file-sharing", ENTRY_MESSAGE },
	{ NS_OOB, "x", ENTRY_MESSAGE },
	{ NS_REACTIONS, "reactions", ENTRY_EVENT },
	{ NS_FASTEN, "apply-to", ENTRY_EVENT },
	{ NS_CORRECT, "replace", ENTRY_EVENT },
	{ NS_FILES, "sources", ENTRY_EVENT },
	{ NS_MARKERS, "received", ENTRY_EVENT },
	{ NS_MARKERS, "displayed", ENTRY_EVENT },
	{ NS_MARKERS, "acknowledged", ENTRY_EVENT },
	{ NS_HINTS, "store", ENTRY_EVENT },
	{ 0 },
};

static const struct payload *
first_of(const struct payload *list, const struct xml *stanza)
{
	for (; list->ns != NULL; list++)
		if (xml_child(stanza, list->ns, list->name) != NULL)
			return list;
	return NULL;
}

bool
history_keeps(const struct plan *p)
{
	return p->room->config.enablearchiving && !service_full(p->s);
}

enum entry_kind
history_kind(const struct plan *p, const struct change *c)
{
	const struct xml *stanza = p->ev->stanza;
	const struct payload *found = first_of(kept, stanza);

	/* XEP-0424 5: it is kept whatever it says, for those who have the message. */
	if (c->kind == CH_RETRACT)
		return p->room->config.enablearchiving ? ENTRY_RETRACTION : ENTRY_NONE;
	if (!history_keeps(p) || first_of(never, stanza) != NULL)
		return ENTRY_NONE;
	if (c->kind == CH_SUBJECT)
		return ENTRY_SUBJECT;
	return found != NULL ? found->kind : ENTRY_NONE;
}

/*
 * 0313 3.5: a client that has seen the id of a chat state goes on from there when it reads the archive, and
 * there it is not. What else is not kept can still be moderated.
 */
bool
history_names(const struct plan *p)
{
	const struct xml *stanza = p->ev->stanza;

	return !p->room->config.enablearchiving || xml_child(stanza, NS_CHATSTATES, NULL) == NULL ||
	       xml_child(stanza, NS_STANZA, "subject") != NULL || first_of(kept, stanza) != NULL;
}

/* -- what is told -- */

void
delay_put(struct xml_pen *pen, const struct room *r, int64_t wall_ms)
{
	pen_open(pen, NS_DELAY, "delay");
	pen_attr(pen, "from", r->jid);
	pen_word(pen, "stamp", date_write(r->service->arena, wall_ms));
	pen_close(pen, "delay");
}

/* What the history is still to be: each limit shrinks as messages are found. */
struct replay {
	struct plan *p;
	const struct session *to;
	uint64_t stanzas, chars, bytes;
	int64_t since_ms;
	unsigned visited;
	size_t used;	    /* of the arena, when it began */
	struct wire **wire; /* the newest first */
	size_t n;
};

/* A number of 7.2.14: digits only. False: it is to be ignored. What is huge stays huge. */
static bool
read_number(const char *s, uint64_t *n)
{
	if (s == NULL || *s == '\0' || strspn(s, "0123456789") != strlen(s))
		return false;
	for (*n = 0; *s != '\0' && *n < UINT64_C(1000000000000); s++)
		*n = *n * 10 + (uint64_t)(*s - '0');
	return true;
}

/* 7.2.14: the smallest that meets all that the client, the room and the service ask for. */
static void
read_wish(struct replay *r, const struct xml *history)
{
	const struct service *s = r->p->s;
	const struct config *config = &r->p->room->config;
	uint64_t n;
	int64_t ms;

	r->stanzas = (uint64_t)s->limits.history_stanzas;
	r->bytes = (uint64_t)s->limits.history_bytes;
	r->chars = UINT64_MAX;
	r->since_ms = INT64_MIN;
	if (config->maxhistoryfetch < r->stanzas)
		r->stanzas = config->maxhistoryfetch;
	if (!config->enablearchiving)
		r->stanzas = 0;
	if (read_number(xml_get(history, "maxstanzas"), &n) && n < r->stanzas)
		r->stanzas = n;
	if (read_number(xml_get(history, "maxchars"), &n))
		r->chars = n;
	if (read_number(xml_get(history, "seconds"), &n)) {
		r->since_ms = s->now.wall_ms - (int64_t)n * 1000;
		r->stanzas = n > 0 ? r->stanzas : 0;
	}
	if (date_read_up(xml_get(history, "since"), &ms) && ms > r->since_ms)
		r->since_ms = ms;
}

/* Characters, not bytes: those that do not continue one. */
static uint64_t
count_chars(const char *p, size_t n)
{
	uint64_t chars = 0;

	for (size_t i = 0; i < n; i++)
		chars += ((unsigned char)p[i] & 0xc0) != 0x80;
	return chars;
}

/* 7.9: what the owner brought from an earlier conversation says itself when it was. */
static struct wire *
replay_wire(const struct plan *p, const struct entry *e)
{
	struct xml_pen pen = { .b = &p->s->written };
	size_t to = pen_stanza(&pen, "message");

	entry_put(&pen, p->room, e);
	if (!e->prior)
		delay_put(&pen, p->room, archive_ms(e->id));
	pen_close(&pen, "message");
	return wire_written(p->s, to);
}

/* Takes a message, if all of it is within the limits; else it is the end: there are no gaps. */
static int
take(void *arg, const struct entry *e)
{
	struct replay *r = arg;
	const struct plan *p = r->p;
	const struct addr *to = r->to->addr;
	uint64_t chars, bytes;
	struct wire *w;

	if (archive_ms(e->id) < r->since_ms || ++r->visited > MAX_VISITED ||
	    arena_used(p->s->arena) - r->used > ARCHIVE_WALK_BYTES)
		return 1;
	if (e->kind != ENTRY_MESSAGE)
		return 0;
	w = replay_wire(p, e);
	chars = count_chars(w->text, w->len) + count_chars(to->text, to->len);
	bytes = (uint64_t)w->len + to->len;
	/* What an import has brought may be more than the server takes. */
	if (chars > r->chars || bytes > r->bytes ||
	    bytes > (uint64_t)p->s->limits.stanza_out_bytes) {
		wire_unref(w);
		return 1;
	}
	r->chars -= chars;
	r->bytes -= bytes;
	r->wire[r->n++] = w;
	return r->n == r->stanzas;
}

/* 7.2.13: after one's own presence, the oldest first. The newest of them are found first. */
static void
on_enter(struct plan *p, const struct change *c)
{
	struct replay r = { .p = p, .to = room_session(p->room, p->ev->from.full) };

	(void)c;
	read_wish(&r, xml_child(p->ev->x, NS_MUC, "history"));
	if (r.stanzas == 0 || r.chars == 0)
		return;
	r.wire = arena_alloc(p->s->arena, (size_t)r.stanzas * sizeof(struct wire *));
	r.used = arena_used(p->s->arena);
	archive_each_back(p->room, p->before, take, &r);
	sender_told(p->s, &p->ev->from, (size_t)p->s->limits.history_bytes - (size_t)r.bytes);
	while (r.n > 0) {
		tell(p, r.wire[--r.n], r.to->addr);
		wire_unref(r.wire[r.n]);
	}
}

const struct feature feature_history = {
	.name = "history",
	.on = { [CH_ENTER] = on_enter, [CH_SYNC] = on_enter },
};
