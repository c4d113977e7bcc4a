/* SPDX-License-Identifier: ISC */
/*
 * ask.c - forms, commands, queries of archives, pages: whatever stands in them
 *
 * An input is a list of lines that make requests of an occupant, who owns the room and runs the service:
 *
 *	X NAME		a request of that kind begins (kinds[]): its node, or nothing
 *	f VAR TAB VALUE...	a field of its form
 *	s NAME TAB TEXT	something of its page (XEP-0059)
 *	i NAME TAB VALUE...	an item with such attributes (names and values by turns)
 *	=ACTION		the action of a command
 *	+N		N seconds pass
 *
 * The next request, and the end, sends it. Each is answered once, by a result or an error with its id; what
 * is told is read again by the strict parser, and at the end the store is sound. "%s" stands for the
 * id of the command that is under way, "%i" for the last stanza-id that was given, "%l" for the last page's.
 */
#include "../service.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "base/xml.h"
#include "base/xml_cut.h"
#include "base/xml_parse.h"
#include "base/xml_write.h"
#include "export.h"
#include "fuzz.h"

static const struct kind {
	char letter;
	const char *type, *to, *ns, *name;
} kinds[] = {
	{ 'o', "set", "room@rooms.example", NS_MUC_OWNER, "query" },
	{ 'O', "get", "room@rooms.example", NS_MUC_OWNER, "query" },
	{ 'a', "set", "room@rooms.example", NS_MUC_ADMIN, "query" },
	{ 'A', "get", "room@rooms.example", NS_MUC_ADMIN, "query" },
	{ 'm', "set", "room@rooms.example", NS_MAM, "query" },
	{ 'M', "get", "room@rooms.example", NS_MAM, "query" },
	{ 'r', "set", "room@rooms.example", NS_REGISTER, "query" },
	{ 'd', "get", "rooms.example", NS_DISCO_ITEMS, "query" },
	{ 'D', "get", "room@rooms.example", NS_DISCO_ITEMS, "query" },
	{ 'n', "get", "rooms.example", NS_DISCO_INFO, "query" },
	{ 'N', "get", "room@rooms.example", NS_DISCO_INFO, "query" },
	{ 'c', "set", "rooms.example", NS_COMMANDS, "command" },
	{ 'C', "set", "room@rooms.example", NS_COMMANDS, "command" },
};

struct world {
	struct test t;
	struct arena *a;
	struct xml_parser *parser;
	struct xml *stanza, *x, *form, *set; /* the request that is being made; NULL: none is */
	unsigned nasked, nanswered;
	char id[24], session[64], last_id[64], page_id[300];
};

static void
keep(char *to, size_t max, const char *s)
{
	if (s != NULL && strlen(s) < max)
		memcpy(to, s, strlen(s) + 1);
}

static void
read_told(struct world *w, const char *p, size_t n)
{
	const struct xml *x, *command, *page = NULL;

	HOLDS(xml_parse(w->parser, w->a, p, n, &x) == PARSE_OK);
	HOLDS(n <= (size_t)w->t.conf.limits.stanza_out_bytes);
	keep(w->last_id, sizeof(w->last_id), xml_get(xml_child(x, NS_SID, "stanza-id"), "id"));
	if (!xml_is(x, NS_STANZA, "iq") || xml_get(x, "id") == NULL ||
	    strcmp(xml_get(x, "id"), w->id) != 0)
		return;
	w->nanswered++;
	command = xml_child(x, NS_COMMANDS, "command");
	keep(w->session, sizeof(w->session), xml_get(command, "sessionid"));
	for (const struct xml *c = xml_child(x, NULL, NULL); c != NULL; c = xml_next(c, NULL, NULL))
		if (xml_child(c, NS_RSM, "set") != NULL)
			page = xml_child(c, NS_RSM, "set");
	keep(w->page_id, sizeof(w->page_id), xml_child_text(page, NS_RSM, "last"));
}

static void
turn(struct world *w)
{
	struct xml_cut cut;
	size_t used, n;
	char *out;

	HOLDS(muc_commit(w->t.muc) == MUC_COMMITTED);
	out = test_drain(&w->t, 65536);
	xml_cut_init(&cut, 16 << 20, 1000);
	HOLDS(xml_cut(&cut, HEADER, strlen(HEADER), &used) == CUT_HEADER);
	n = strlen(out);
	for (char *p = out; n > 0; p += used, n -= used) {
		HOLDS(xml_cut(&cut, p, n, &used) == CUT_STANZA);
		read_told(w, p, used);
	}
	free(out);
}

static void
pass(struct world *w, int64_t ms)
{
	w->t.now.mono_ms += ms;
	w->t.now.wall_ms += ms;
	for (unsigned n = 0; muc_deadline(w->t.muc) <= w->t.now.mono_ms; n++) {
		HOLDS(n < 100000);
		muc_tick(w->t.muc, w->t.now);
		turn(w);
	}
}

static void
send_text(struct world *w, const char *stanza)
{
	HOLDS(test_send(&w->t, stanza) != MUC_DISAGREE);
	turn(w);
	pass(w, 1);
}

/* -- making a request -- */

static const char *
filled_in(struct world *w, const char *s)
{
	struct buf b = BUF_INIT;
	const char *p;

	for (; *s != '\0'; s++) {
		p = *s != '%'	  ? NULL
		    : s[1] == 's' ? w->session
		    : s[1] == 'i' ? w->last_id
		    : s[1] == 'l' ? w->page_id
				  : NULL;
		if (p != NULL) {
			buf_adds(&b, p);
			s++;
		} else
			buf_addc(&b, *s);
	}
	p = arena_strndup(w->a, b.len > 0 ? b.p : "", b.len);
	buf_release(&b);
	return p;
}

/* The next word of a line, up to a TAB; NULL: there is none. */
static const char *
word(struct world *w, char **line)
{
	char *s = *line, *tab;

	if (s == NULL)
		return NULL;
	tab = strchr(s, '\t');
	if (tab != NULL)
		*tab++ = '\0';
	*line = tab;
	return filled_in(w, s);
}

static void
ask(struct world *w)
{
	struct buf b = BUF_INIT;

	if (w->stanza == NULL)
		return;
	w->nasked++;
	xml_write(&b, w->stanza);
	w->stanza = NULL;
	HOLDS(muc_input(w->t.muc, w->t.stream, b.p, b.len, w->t.now) != MUC_DISAGREE);
	buf_release(&b);
	turn(w);
	/* A search goes on in steps. */
	for (unsigned i = 0; w->nanswered < w->nasked && i < 100; i++)
		pass(w, 100);
	HOLDS(w->nanswered == w->nasked);
	arena_reset(w->a);
}

static void
begin(struct world *w, const struct kind *k, char *line)
{
	const char *node;

	ask(w);
	node = word(w, &line);
	snprintf(w->id, sizeof(w->id), "q%u", w->nasked);
	w->stanza = xml_new(w->a, NS_STANZA, "iq");
	xml_set(w->a, w->stanza, "from", "romeo@example/r");
	xml_set(w->a, w->stanza, "to", k->to);
	xml_set(w->a, w->stanza, "type", k->type);
	xml_set(w->a, w->stanza, "id", w->id);
	w->x = xml_add(w->a, w->stanza, k->ns, k->name);
	w->form = w->set = NULL;
	if (node != NULL && *node != '\0')
		xml_set(w->a, w->x, "node", node);
	if (k->ns == NS_COMMANDS && w->session[0] != '\0')
		xml_set(w->a, w->x, "sessionid", arena_strdup(w->a, w->session));
}

static void
add_field(struct world *w, char *line)
{
	struct xml *field;
	const char *s;

	if (w->form == NULL) {
		w->form = xml_add(w->a, w->x, NS_DATA, "x");
		xml_set(w->a, w->form, "type", "submit");
	}
	field = xml_add(w->a, w->form, NS_DATA, "field");
	xml_set(w->a, field, "var", word(w, &line));
	while ((s = word(w, &line)) != NULL)
		xml_add_text(w->a, field, NS_DATA, "value", s);
}

/* Names of elements and attributes have to be such. */
static bool
is_name(const char *s)
{
	return s != NULL && *s != '\0' && strlen(s) < 20 &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz-") == strlen(s) && *s != '-';
}

static void
add_page(struct world *w, char *line)
{
	const char *name = word(w, &line);

	if (!is_name(name))
		return;
	if (w->set == NULL)
		w->set = xml_add(w->a, w->x, NS_RSM, "set");
	xml_add_text(w->a, w->set, NS_RSM, name, word(w, &line));
}

static void
add_item(struct world *w, char *line)
{
	struct xml *item = xml_add(w->a, w->x, w->x->ns, "item");
	const char *name, *value;

	while ((name = word(w, &line)) != NULL && (value = word(w, &line)) != NULL)
		if (is_name(name) && strcmp(name, "xmlns") != 0)
			xml_set(w->a, item, name, value);
}

static void
act(struct world *w, char *line)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (*line == kinds[i].letter) {
			begin(w, &kinds[i], line + 1);
			return;
		}
	if (*line == '+') {
		ask(w);
		line[strnlen(line, 7)] = '\0';
		pass(w, strtoll(line + 1, NULL, 10) * 1000);
	}
	if (w->stanza == NULL)
		return;
	if (*line == 'f')
		add_field(w, line + 1);
	if (*line == 's')
		add_page(w, line + 1);
	if (*line == 'i')
		add_item(w, line + 1);
	if (*line == '=')
		xml_set(w->a, w->x, "action", arena_strdup(w->a, line + 1));
}

/* -- the service -- */

#define ROOM_SET(user, query)                                                                      \
	"<iq from='" user "@example/r' to='room@rooms.example' type='set' id='u'>" query "</iq>"

static void
start(struct world *w)
{
	static const char *const admins[] = { "romeo@example", NULL };
	struct muc_limits *l = &w->t.conf.limits;
	enum muc_error error;
	char say[300];

	w->a = arena_new();
	w->parser = xml_parser_new(HEADER, strlen(HEADER));
	test_init(&w->t);
	w->t.conf.admins = admins;
	l->archive_page = 5;
	l->commands_per_user = 3;
	l->items_per_request = 10;
	l->affiliations_per_room = 12;
	l->registrations_per_min = 100000;
	l->refusals_per_s = l->rate_per_s = l->rate_burst = 1000000; /* all is to be answered */
	test_start(&w->t, &error);
	send_text(w, ENTER("romeo", "Romeo"));
	send_text(w, UNLOCK("romeo"));
	send_text(w, ENTER("juliet", "Juliet"));
	send_text(
	    w, ROOM_SET("romeo", "<query xmlns='http://jabber.org/protocol/muc#admin'>"
				 "<item jid='nurse@example' affiliation='member' nick='Nurse'/>"
				 "<item jid='tybalt@example' affiliation='outcast'/></query>"));
	for (int i = 0; i < 12; i++) {
		snprintf(say, sizeof(say),
		    "<message from='%s@example/r' to='room@rooms.example' type='groupchat' "
		    "id='m%d'>"
		    "<body>word%d O</body></message>",
		    i % 2 ? "juliet" : "romeo", i, i);
		send_text(w, say);
	}
}

static void
found(void *arg, const char *table, const char *room, const char *what)
{
	(void)arg;
	fprintf(stderr, "%s: %s: %s\n", table, room != NULL ? room : "-", what);
}

static void
stop(struct world *w)
{
	struct check_totals totals;

	store_check(w->t.host.store, found, NULL, &totals);
	HOLDS(totals.wrong == 0);
	test_release(&w->t);
	xml_parser_free(w->parser);
	arena_free(w->a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct world w = { .nasked = 0 };
	char *text, *line, *nl;

	if (!utf8_is_text((const char *)data, n))
		return 0;
	start(&w);
	text = strndup((const char *)data, n);
	for (line = text; line != NULL; line = nl) {
		nl = strchr(line, '\n');
		if (nl != NULL)
			*nl++ = '\0';
		act(&w, line);
	}
	ask(&w);
	free(text);
	stop(&w);
	return 0;
}
