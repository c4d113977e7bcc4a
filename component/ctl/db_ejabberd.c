/* SPDX-License-Identifier: ISC */
/*
 * db_ejabberd.c - rooms of ejabberd's mnesia, as `ejabberdctl dump` of version 23.01 writes them
 *
 * A file of terms, one behind the other: {muc_room, {Name, Host}, Options}, {muc_registered, {{User,
 * Server}, Host}, Nick}, {archive_msg, {Name, Host}, ...}, and of other tables. They stand in no order, so the
 * file is gone through once for where what is.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/xml.h"
#include "base/xml_parse.h"
#include "ctl.h"
#include "db_foreign.h"
#include "erl_term.h"

/* Where a term stands, and whose it is. */
struct place {
	size_t off;
	uint64_t room; /* map_hash() of the room's address */
	uint64_t us;   /* since 1970: when it was said */
	bool is_subject;
};

struct places {
	struct place *v;
	size_t n, cap;
};

struct dump {
	struct foreign *f;
	struct foreign_file file;
	const char *path;
	struct places rooms, messages;
	struct map nicks; /* host NUL bare JID, with a blank for the NUL -> nick */
	uint64_t nnicks, nused;
};

enum how {
	HOW_TEXT,
	HOW_BOOL,
	HOW_NUMBER,
	HOW_ANONYMOUS,
	HOW_ROLES,
	HOW_VCARD,
	HOW_ELSE,  /* is told elsewhere, or holds for the moment alone */
	HOW_FALSE, /* there is nothing like it; noted unless it is false, empty or undefined */
};

static const struct option {
	const char *name, *var;
	enum how how;
} options[] = {
	{ "title", "roomname", HOW_TEXT },
	{ "description", "roomdesc", HOW_TEXT },
	{ "lang", "lang", HOW_TEXT },
	{ "persistent", "persistentroom", HOW_BOOL },
	{ "public", "publicroom", HOW_BOOL },
	{ "members_only", "membersonly", HOW_BOOL },
	{ "allow_user_invites", "allowinvites", HOW_BOOL },
	{ "password_protected", "passwordprotectedroom", HOW_BOOL },
	{ "password", "roomsecret", HOW_TEXT },
	{ "max_users", "maxusers", HOW_NUMBER },
	{ "anonymous", "whois", HOW_ANONYMOUS },
	{ "presence_broadcast", "presencebroadcast", HOW_ROLES },
	{ "allow_voice_requests", "allow_voice_requests", HOW_BOOL },
	{ "allow_visitor_status", "allow_visitor_status", HOW_BOOL },
	{ "allow_visitor_nickchange", "allow_visitor_nickchange", HOW_BOOL },
	{ "allow_change_subj", "changesubject", HOW_BOOL },
	{ "allow_query_users", "allow_query_users", HOW_BOOL },
	{ "mam", "enablearchiving", HOW_BOOL },
	{ "logging", "enablelogging", HOW_BOOL },
	{ "pubsub", "pubsub", HOW_TEXT },
	{ "moderated", NULL, HOW_ELSE },
	{ "members_by_default", NULL, HOW_ELSE },
	{ "allow_private_messages", NULL, HOW_ELSE },
	{ "allow_private_messages_from_visitors", NULL, HOW_ELSE },
	{ "allowpm", NULL, HOW_ELSE },
	{ "affiliations", NULL, HOW_ELSE },
	{ "subject", NULL, HOW_ELSE },
	{ "subject_author", NULL, HOW_ELSE },
	{ "roles", NULL, HOW_ELSE },
	{ "hibernation_time", NULL, HOW_ELSE },
	{ "voice_request_min_interval", NULL, HOW_ELSE },
	{ "public_list", NULL, HOW_ELSE },
	{ "vcard_xupdate", NULL, HOW_ELSE },
	{ "captcha_protected", NULL, HOW_FALSE },
	{ "captcha_whitelist", NULL, HOW_FALSE },
	{ "allow_subscription", NULL, HOW_FALSE },
	{ "subscribers", NULL, HOW_FALSE },
	{ "enable_hats", NULL, HOW_FALSE },
	{ "hats_users", NULL, HOW_FALSE },
	{ "vcard", NULL, HOW_VCARD },
};

#define NOPTIONS (sizeof options / sizeof options[0])

/* -- settings -- */

static void
set_roles(struct foreign *f, const char *var, const struct erl *list)
{
	const char *words = "";

	for (const struct erl *e = erl_at(list, 0); e != NULL; e = e->next)
		if (e->type == ERL_ATOM)
			words =
			    arena_cat(f->arena, words, *words != '\0' ? " " : "", e->text, NULL);
	foreign_set(f, var, words);
}

static bool
is_nothing(const struct erl *v)
{
	return erl_is_atom(v, "false") || erl_is_atom(v, "undefined") || erl_is_atom(v, "none") ||
	       (v->type == ERL_BINARY && v->len == 0) || (v->type == ERL_LIST && v->child == NULL);
}

/* An element, serialised. */
static void
set_vcard(struct foreign *f, const char *text)
{
	static const char header[] = "<stream:stream xmlns='jabber:client' "
				     "xmlns:stream='http://etherx.jabber.org/streams'>";
	struct xml_parser *p;
	const struct xml *x = NULL;

	if (text == NULL || *text == '\0')
		return;
	p = xml_parser_new(header, sizeof header - 1);
	if (xml_parse(p, f->arena, text, strlen(text), &x) != PARSE_OK ||
	    !xml_is(x, NS_VCARD, "vCard"))
		foreign_note(f, "its vCard cannot be read: it is left out");
	else
		foreign_vcard(f, x);
	xml_parser_free(p);
}

static void
set_option(struct foreign *f, const struct option *o, const struct erl *v)
{
	switch (o->how) {
	case HOW_TEXT:
		if (erl_string(v) != NULL)
			foreign_set(f, o->var, erl_string(v));
		break;
	case HOW_BOOL:
		foreign_set_bool(f, o->var, erl_is_atom(v, "true"));
		break;
	case HOW_NUMBER:
		foreign_set(f, o->var,
		    v->type == ERL_INTEGER ? arena_fmt(f->arena, "%lld", (long long)v->integer)
					   : "none");
		break;
	case HOW_ANONYMOUS:
		foreign_set(f, o->var, erl_is_atom(v, "false") ? "anyone" : "moderators");
		break;
	case HOW_ROLES:
		set_roles(f, o->var, v);
		break;
	case HOW_VCARD:
		set_vcard(f, erl_string(v));
		break;
	case HOW_FALSE:
		if (!is_nothing(v))
			foreign_note(f, "there is nothing like its option %s", o->name);
		break;
	case HOW_ELSE:
		break;
	}
}

/* What two options of theirs say together. */
static void
set_together(struct foreign *f, const struct erl *opts)
{
	const struct erl *from_visitors = erl_get(opts, "allow_private_messages_from_visitors");
	const char *who = "anyone";

	/* Where everybody has voice from the start, nobody has to be given it. */
	foreign_set_bool(f, "moderatedroom",
	    erl_is_atom(erl_get(opts, "moderated"), "true") &&
		!erl_is_atom(erl_get(opts, "members_by_default"), "true"));
	if (erl_is_atom(erl_get(opts, "allow_private_messages"), "false"))
		who = "none";
	else if (from_visitors != NULL && !erl_is_atom(from_visitors, "anyone"))
		who = "participants";
	if (erl_get(opts, "allowpm") != NULL && erl_get(opts, "allowpm")->type == ERL_ATOM)
		who = erl_get(opts, "allowpm")->text;
	foreign_set(f, "allowpm", who);
}

static void
set_options(struct foreign *f, const struct erl *opts)
{
	for (const struct erl *e = erl_at(opts, 0); e != NULL; e = e->next) {
		const struct erl *name = erl_at(e, 0), *value = erl_at(e, 1);
		size_t i = 0;

		if (name == NULL || value == NULL || name->type != ERL_ATOM)
			continue;
		while (i < NOPTIONS && strcmp(options[i].name, name->text) != 0)
			i++;
		if (i < NOPTIONS)
			set_option(f, &options[i], value);
		else
			foreign_note(f, "there is nothing like its option %s", name->text);
	}
	set_together(f, opts);
}

/* -- people -- */

/* {User, Server, Resource}, or without the last. NULL: it is none. */
static const char *
jid_of(struct arena *a, const struct erl *e)
{
	const char *user = erl_string(erl_at(e, 0)), *server = erl_string(erl_at(e, 1));
	const char *resource = erl_string(erl_at(e, 2));

	if (user == NULL || server == NULL)
		return NULL;
	return arena_cat(a, user, *user != '\0' ? "@" : "", server,
	    resource != NULL && *resource != '\0' ? "/" : "", resource, NULL);
}

static const char *
nick_key(struct arena *a, const char *host, const char *jid)
{
	return arena_cat(a, host, " ", jid, NULL);
}

static void
add_affils(struct dump *d, const char *host, const struct erl *list)
{
	struct foreign *f = d->f;

	for (const struct erl *e = erl_at(list, 0); e != NULL; e = e->next) {
		const struct erl *what = erl_at(e, 1);
		const char *jid = jid_of(f->arena, erl_at(e, 0)), *nick;
		const char *reason = erl_string(erl_at(what, 1));

		if (what != NULL && what->type == ERL_TUPLE)
			what = what->child;
		if (jid == NULL || what == NULL || what->type != ERL_ATOM)
			continue;
		nick = map_get(&d->nicks, nick_key(f->arena, host, jid));
		d->nused += nick != NULL;
		if (!erl_is_atom(what, "none"))
			foreign_affil(f, jid, what->text, nick, reason);
	}
}

/* [{text, Lang, Text}], or, of older ones, the text itself. */
static void
add_subject(struct foreign *f, const struct erl *opts, int64_t wall_ms)
{
	const struct erl *subject = erl_get(opts, "subject"), *author;
	const char *text = erl_string(subject);

	if (text == NULL)
		text = erl_string(erl_at(erl_at(subject, 0), 2));
	author = erl_get(opts, "subject_author");
	if (author != NULL && author->type == ERL_TUPLE)
		author = author->child;
	if (text != NULL && *text != '\0')
		foreign_subject(f, text, erl_string(author), wall_ms);
}

/* -- messages -- */

static void
set_attrs(struct arena *a, struct xml *x, const struct erl *list)
{
	for (const struct erl *e = erl_at(list, 0); e != NULL; e = e->next) {
		const char *name = erl_string(erl_at(e, 0)), *value = erl_string(erl_at(e, 1));

		if (name == NULL || value == NULL || strncmp(name, "xmlns", 5) == 0)
			continue;
		if (strcmp(name, "xml:lang") == 0)
			xml_set_lang(a, x, value);
		else if (strchr(name, ':') == NULL)
			xml_set(a, x, name, value);
	}
}

static const char *
attr_of(const struct erl *list, const char *want)
{
	for (const struct erl *e = erl_at(list, 0); e != NULL; e = e->next)
		if (erl_string(erl_at(e, 0)) != NULL && strcmp(erl_string(erl_at(e, 0)), want) == 0)
			return erl_string(erl_at(e, 1));
	return NULL;
}

/* {xmlel, Name, Attributes, [children or {xmlcdata, Text}]}; a name with a prefix is none of ours. */
static struct xml *
element(struct arena *a, struct xml *up, const struct erl *e)
{
	const char *name = erl_string(erl_at(e, 1)), *ns = attr_of(erl_at(e, 2), "xmlns");
	struct xml *x;

	if (!erl_is(e, "xmlel", 4) || name == NULL || strchr(name, ':') != NULL)
		return NULL;
	ns = ns != NULL ? foreign_ns(ns) : up != NULL ? up->ns : NS_STANZA;
	x = up != NULL ? xml_add(a, up, ns, name) : xml_new(a, ns, name);
	set_attrs(a, x, erl_at(e, 2));
	for (const struct erl *c = erl_at(erl_at(e, 3), 0); c != NULL; c = c->next)
		if (erl_is(c, "xmlcdata", 2) && erl_string(erl_at(c, 1)) != NULL)
			xml_text_add(a, x, erl_string(erl_at(c, 1)));
		else
			element(a, x, c);
	return x;
}

static void
add_message(struct foreign *f, const struct erl *e, uint64_t us)
{
	struct xml *x = element(f->arena, NULL, erl_at(e, 6));
	const char *nick = erl_string(erl_at(e, 7));

	if (x != NULL && strcmp(x->name, "message") == 0)
		foreign_message(f, (int64_t)(us / 1000),
		    nick != NULL && *nick != '\0' ? nick : NULL, jid_of(f->arena, erl_at(e, 4)), x);
}

/* -- the dump -- */

static void
note_place(struct places *p, size_t off, const char *room, uint64_t us, bool is_subject)
{
	if (p->n == p->cap) {
		p->cap = p->cap > 0 ? 2 * p->cap : 64;
		p->v = mem_realloc(p->v, p->cap * sizeof *p->v);
	}
	p->v[p->n++] = (struct place){ off, map_hash(room, strlen(room)), us, is_subject };
}

static int
by_room(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->room != y->room)
		return x->room < y->room ? -1 : 1;
	if (x->us != y->us)
		return x->us < y->us ? -1 : 1;
	return (x->off > y->off) - (x->off < y->off);
}

/* {Mega, Seconds, Micro} */
static uint64_t
time_of(const struct erl *e)
{
	uint64_t n = 0;

	for (size_t i = 0; i < 3; i++)
		if (erl_at(e, i) != NULL && erl_at(e, i)->integer >= 0)
			n = n * 1000000 + (uint64_t)erl_at(e, i)->integer;
	return n;
}

static void
note_nick(struct dump *d, const struct erl *e)
{
	struct arena *a = d->f->arena;
	const struct erl *who = erl_at(e, 1);
	const char *jid = jid_of(a, erl_at(who, 0)), *host = erl_string(erl_at(who, 1));
	const char *nick = erl_string(erl_at(e, 2)), *key;
	char *entry;

	if (jid == NULL || host == NULL || nick == NULL)
		return;
	key = nick_key(a, host, jid);
	if (map_get(&d->nicks, key) != NULL)
		return;
	/* The nick, and behind it its key. */
	entry = mem_alloc(strlen(nick) + 1 + strlen(key) + 1);
	strcpy(entry, nick);
	strcpy(entry + strlen(nick) + 1, key);
	map_put(&d->nicks, entry + strlen(nick) + 1, entry);
	d->nnicks++;
}

/* Does the text go on like that? */
static bool
begins(const struct erl_text *t, const char *s)
{
	return (size_t)(t->end - t->p) >= strlen(s) && memcmp(t->p, s, strlen(s)) == 0;
}

static bool
is_subject(const struct erl *message)
{
	const struct erl *c = erl_at(erl_at(erl_at(message, 6), 3), 0);

	for (; c != NULL; c = c->next)
		if (erl_is(c, "xmlel", 4) && erl_string(erl_at(c, 1)) != NULL &&
		    strcmp(erl_string(erl_at(c, 1)), "subject") == 0)
			return true;
	return false;
}

static bool
look_at(struct dump *d, struct erl_text *t, const char **why)
{
	const size_t off = (size_t)(t->p - d->file.p);
	const struct erl *e;
	const char *room;

	/* Tables of others may hold what cannot be read, and are none of our business. */
	if (!begins(t, "{muc_room,") && !begins(t, "{muc_registered,") &&
	    !begins(t, "{archive_msg,")) {
		*why = "a term without its end";
		return erl_skip(t);
	}
	e = erl_read(d->f->arena, t, why);
	if (e == NULL)
		return false;
	if (erl_is(e, "muc_registered", 3))
		note_nick(d, e);
	room = jid_of(d->f->arena, erl_at(e, 1));
	if (erl_is(e, "muc_room", 3) && room != NULL)
		note_place(&d->rooms, off, room, 0, false);
	if (erl_is(e, "archive_msg", 9) && room != NULL && erl_is_atom(erl_at(e, 8), "groupchat"))
		note_place(&d->messages, off, room, time_of(erl_at(e, 3)), is_subject(e));
	return true;
}

static bool
look_at_all(struct dump *d)
{
	struct erl_text t = { d->file.p, d->file.p + d->file.n, d->file.p };
	const char *why = "";
	bool good = true;

	while (good && !erl_at_end(&t)) {
		good = look_at(d, &t, &why);
		arena_reset(d->f->arena);
	}
	if (!good)
		ctl_complain("%s:%lu: %s", d->path, erl_line(&t), why);
	if (d->messages.n > 0)
		qsort(d->messages.v, d->messages.n, sizeof *d->messages.v, by_room);
	return good;
}

/* What was read before is read again. */
static const struct erl *
term_at(struct dump *d, struct arena *a, size_t off)
{
	struct erl_text t = { d->file.p + off, d->file.p + d->file.n, d->file.p };
	const char *why;

	return erl_read(a, &t, &why);
}

/* The first message of the room in the sorted row; the end of the row: there is none. */
static size_t
first_message(const struct dump *d, uint64_t room)
{
	size_t low = 0, high = d->messages.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (d->messages.v[mid].room < room)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* When the subject was set is not kept with it; the archive may know, else it is now. */
static int64_t
subject_ms(const struct dump *d, uint64_t room)
{
	int64_t ms = (int64_t)time(NULL) * 1000;

	for (size_t i = first_message(d, room); i < d->messages.n && d->messages.v[i].room == room;
	     i++)
		if (d->messages.v[i].is_subject)
			ms = (int64_t)(d->messages.v[i].us / 1000);
	return ms;
}

static void
add_messages(struct dump *d, const char *room, uint64_t hash)
{
	struct foreign *f = d->f;
	struct arena *of_room = f->arena;
	const struct erl *e;
	const char *of;

	f->arena = arena_new();
	for (size_t i = first_message(d, hash); i < d->messages.n && d->messages.v[i].room == hash;
	     i++) {
		e = term_at(d, f->arena, d->messages.v[i].off);
		of = jid_of(f->arena, erl_at(e, 1));
		if (of != NULL && strcmp(of, room) == 0)
			add_message(f, e, d->messages.v[i].us);
		arena_reset(f->arena);
	}
	arena_free(f->arena);
	f->arena = of_room;
}

static void
convert_room(struct dump *d, const struct place *at)
{
	struct foreign *f = d->f;
	const struct erl *e = term_at(d, f->arena, at->off);
	const struct erl *opts = erl_at(e, 2);
	const char *room = jid_of(f->arena, erl_at(e, 1));

	if (!erl_is_atom(erl_get(opts, "persistent"), "true")) {
		foreign_note(f, "%s: not a room that stays: it is left out", room);
		return;
	}
	if (!foreign_begin(f, room, false))
		return;
	set_options(f, opts);
	add_subject(f, opts, subject_ms(d, at->room));
	add_affils(d, erl_string(erl_at(erl_at(e, 1), 1)), erl_get(opts, "affiliations"));
	add_messages(d, room, at->room);
	foreign_end(f);
}

bool
ejabberd_convert(struct foreign *f, const char *path)
{
	struct dump d = { .f = f, .path = path };
	uint32_t i = 0;
	char *nick;
	bool good;

	if (!foreign_map(path, &d.file))
		return false;
	good = look_at_all(&d);
	for (size_t r = 0; good && r < d.rooms.n; r++)
		convert_room(&d, &d.rooms.v[r]);
	if (good && d.nused == 0 && d.nnicks > 0)
		foreign_note(f, "%llu registered nicknames are of nobody who belongs to a room",
		    (unsigned long long)d.nnicks);
	while ((nick = map_each(&d.nicks, &i)) != NULL)
		free(nick);
	map_release(&d.nicks);
	free(d.rooms.v);
	free(d.messages.v);
	foreign_unmap(&d.file);
	return good;
}
