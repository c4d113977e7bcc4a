/* SPDX-License-Identifier: ISC */
/*
 * db_prosody.c - rooms of Prosody's internal storage, as version 0.12 writes it
 *
 * A folder for each host, and in it config/ROOM.dat, muc_log/ROOM.list, vcard_muc/ROOM.dat; all but letters and
 * digits of a name stands there as %xx. The folder of one host may be given, or that of all.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/xml.h"
#include "ctl.h"
#include "db_foreign.h"
#include "lua_data.h"

/* How an option of Prosody's becomes one of ours. */
enum how {
	HOW_TEXT,
	HOW_NUMBER,
	HOW_BOOL,
	HOW_NOT,      /* true there is false here */
	HOW_PASSWORD, /* and asking for it */
	HOW_ROLES,
	HOW_SAME, /* a word that means the same here */
	HOW_ELSE, /* is told elsewhere */
};

static const struct option {
	const char *name, *var;
	enum how how;
	const char *def; /* what Prosody does where it is not set; NULL: nothing */
} options[] = {
	{ "name", "roomname", HOW_TEXT, NULL },
	{ "description", "roomdesc", HOW_TEXT, NULL },
	{ "language", "lang", HOW_TEXT, NULL },
	{ "persistent", "persistentroom", HOW_BOOL, "0" },
	{ "hidden", "publicroom", HOW_NOT, "1" },
	{ "members_only", "membersonly", HOW_BOOL, "0" },
	{ "allow_member_invites", "allowinvites", HOW_BOOL, "0" },
	{ "password", "roomsecret", HOW_PASSWORD, NULL },
	{ "whois", "whois", HOW_SAME, "moderators" },
	{ "presence_broadcast", "presencebroadcast", HOW_ROLES, NULL },
	{ "moderated", "moderatedroom", HOW_BOOL, "0" },
	{ "changesubject", "changesubject", HOW_BOOL, "0" },
	{ "history_length", "muc#maxhistoryfetch", HOW_NUMBER, "20" },
	{ "archiving", "enablearchiving", HOW_BOOL, "1" },
	{ "default_history_messages", NULL, HOW_ELSE, NULL },
	{ "locked", NULL, HOW_ELSE, NULL },
	{ "subject", NULL, HOW_ELSE, NULL },
	{ "subject_from", NULL, HOW_ELSE, NULL },
	{ "subject_time", NULL, HOW_ELSE, NULL },
	{ "occupant_id_salt", NULL, HOW_ELSE, NULL },
};

#define NOPTIONS (sizeof options / sizeof options[0])

static char *
path_of(struct arena *a, const char *dir, const char *name, const char *more)
{
	return arena_cat(a, dir, "/", name, more, NULL);
}

/* Reads a file that is `return` and one value. False: there is none, or it was said what is wrong. */
static bool
read_data(struct arena *a, const char *path, struct lua *out)
{
	struct foreign_file file;
	struct lua_text t;
	const char *why;
	bool good;

	if (!foreign_map(path, &file))
		return false;
	t = (struct lua_text){ file.p, file.p + file.n, file.p };
	good = lua_statement(a, &t, "return", out, &why);
	if (good && !lua_at_end(&t)) {
		why = "something behind the data";
		good = false;
	}
	if (!good)
		ctl_complain("%s:%lu: %s", path, lua_line(&t), why);
	foreign_unmap(&file);
	return good;
}

/* -- settings -- */

static void
set_roles(struct foreign *f, const char *var, const struct lua *v)
{
	static const char *const roles[] = { "moderator", "participant", "visitor" };
	const char *words = "";

	for (size_t i = 0; i < 3; i++)
		if (lua_true(v, roles[i]))
			words =
			    arena_cat(f->arena, words, *words != '\0' ? " " : "", roles[i], NULL);
	foreign_set(f, var, words);
}

static void
set_option(struct foreign *f, const struct option *o, const struct lua *v)
{
	switch (o->how) {
	case HOW_TEXT:
	case HOW_SAME:
		if (v->type == LUA_STRING)
			foreign_set(f, o->var, v->string);
		break;
	case HOW_NUMBER:
		if (v->type == LUA_NUMBER && v->number >= 0 && v->number <= UINT32_MAX)
			foreign_set(f, o->var, arena_fmt(f->arena, "%u", (unsigned)v->number));
		break;
	case HOW_BOOL:
	case HOW_NOT:
		foreign_set_bool(
		    f, o->var, (v->type != LUA_BOOL || v->is_true) == (o->how == HOW_BOOL));
		break;
	case HOW_PASSWORD:
		if (v->type == LUA_STRING && v->len > 0) {
			foreign_set_bool(f, "passwordprotectedroom", true);
			foreign_set(f, o->var, v->string);
		}
		break;
	case HOW_ROLES:
		set_roles(f, o->var, v);
		break;
	case HOW_ELSE:
		break;
	}
}

static void
set_options(struct foreign *f, const struct lua *data)
{
	for (const struct option *o = options; o < options + NOPTIONS; o++) {
		const struct lua *v = lua_get(data, o->name);

		if (v != NULL && v->type != LUA_NIL)
			set_option(f, o, v);
		else if (o->def != NULL)
			foreign_set(f, o->var, o->def);
	}
	for (const struct lua_pair *p = data != NULL ? data->pairs : NULL; p != NULL; p = p->next) {
		bool is_known = p->key.type != LUA_STRING;

		for (size_t i = 0; i < NOPTIONS && !is_known; i++)
			is_known = strcmp(options[i].name, p->key.string) == 0;
		if (!is_known)
			foreign_note(f, "there is nothing like its option %s", p->key.string);
	}
}

/* -- people -- */

static void
add_affils(struct foreign *f, const struct lua *room)
{
	const struct lua *old = lua_get(room, "_affiliations");
	const struct lua *more = lua_get(room, "_affiliation_data");
	const struct lua_pair *p = old != NULL ? old->pairs : room->pairs;

	for (; p != NULL; p = p->next)
		if (p->key.type == LUA_STRING && p->value.type == LUA_STRING &&
		    *p->key.string != '_' && strcmp(p->key.string, "jid") != 0)
			foreign_affil(f, p->key.string, p->value.string,
			    lua_string(lua_get(more, p->key.string), "reserved_nickname"), NULL);
}

static const char *
nick_in(const char *occupant)
{
	const char *slash = occupant != NULL ? strchr(occupant, '/') : NULL;

	return slash != NULL ? slash + 1 : NULL;
}

static void
add_subject(struct foreign *f, const struct lua *data)
{
	const struct lua *when = lua_get(data, "subject_time");
	const char *subject = lua_string(data, "subject");
	double s = when != NULL && when->type == LUA_NUMBER ? when->number : 0;

	if (subject != NULL && s >= 0 && s < 1e11)
		foreign_subject(
		    f, subject, nick_in(lua_string(data, "subject_from")), (int64_t)(s * 1000));
}

/* -- messages -- */

/* An attribute in a namespace is namespace, \1, name there. */
static void
set_attr(struct arena *a, struct xml *x, const char *name, const char *value)
{
	const char *local = strchr(name, '\1');
	struct xml_attr *attr;

	if (strcmp(name, "xmlns") == 0)
		return;
	if (strcmp(name, "xml:lang") == 0) {
		xml_set_lang(a, x, value);
		return;
	}
	if (local == NULL) {
		if (strchr(name, ':') == NULL)
			xml_set(a, x, name, value);
		return;
	}
	attr = arena_alloc(a, sizeof *attr);
	attr->ns = arena_strndup(a, name, (size_t)(local - name));
	attr->prefix = "p";
	attr->name = local + 1;
	attr->value = value;
	attr->next = x->attr;
	x->attr = attr;
}

/* A stanza, or an element in one, as Prosody keeps it: children and texts by number, name, attr. */
static struct xml *
element(struct arena *a, struct xml *up, const struct lua *v)
{
	const char *name = lua_string(v, "name"), *ns;
	const struct lua *attr = lua_get(v, "attr");
	struct xml *x;

	if (name == NULL)
		return NULL;
	ns = lua_string(attr, "xmlns");
	ns = ns != NULL ? foreign_ns(ns) : up != NULL ? up->ns : NS_STANZA;
	x = up != NULL ? xml_add(a, up, ns, name) : xml_new(a, ns, name);
	for (const struct lua_pair *p = attr != NULL ? attr->pairs : NULL; p != NULL; p = p->next)
		if (p->key.type == LUA_STRING && p->value.type == LUA_STRING)
			set_attr(a, x, p->key.string, p->value.string);
	for (const struct lua_pair *p = v->pairs; p != NULL; p = p->next) {
		if (p->key.type != LUA_NUMBER)
			continue;
		if (p->value.type == LUA_STRING)
			xml_text_add(a, x, p->value.string);
		else if (p->value.type == LUA_TABLE)
			element(a, x, &p->value);
	}
	return x;
}

static void
add_message(struct foreign *f, const struct lua *item)
{
	const struct lua *when = lua_get(item, "when");
	struct xml *x = element(f->arena, NULL, item);
	const struct xml *who;

	if (x == NULL || strcmp(x->name, "message") != 0 || when == NULL ||
	    when->type != LUA_NUMBER || !(when->number >= 0 && when->number < 1e11))
		return;
	who = xml_child(xml_child(x, NS_MUC_USER, "x"), NS_MUC_USER, "item");
	foreign_message(
	    f, (int64_t)(when->number * 1000), nick_in(xml_get(x, "from")), xml_get(who, "jid"), x);
}

/* False: it cannot be read. */
static bool
add_archive(struct foreign *f, const char *path)
{
	struct arena *of_room = f->arena;
	struct foreign_file file;
	struct lua_text t;
	const char *why;
	struct lua item;
	bool good = true;

	if (!foreign_map(path, &file))
		return false;
	f->arena = arena_new();
	t = (struct lua_text){ file.p, file.p + file.n, file.p };
	while (good && !lua_at_end(&t)) {
		good = lua_statement(f->arena, &t, "item", &item, &why);
		if (good)
			add_message(f, &item);
		arena_reset(f->arena);
	}
	if (!good)
		ctl_complain("%s:%lu: %s", path, lua_line(&t), why);
	arena_free(f->arena);
	f->arena = of_room;
	foreign_unmap(&file);
	return good;
}

/* -- rooms -- */

static bool
exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

/* Of mod_vcard_muc, which many have beside Prosody's own modules. False: it cannot be read. */
static bool
add_vcard(struct foreign *f, const char *path)
{
	struct lua data;

	if (!exists(path))
		return true;
	if (!read_data(f->arena, path, &data))
		return false;
	foreign_vcard(f, element(f->arena, NULL, &data));
	return true;
}

static bool
convert_room(struct foreign *f, const char *host, const char *file)
{
	struct arena *a = f->arena;
	const char *stem = arena_strndup(a, file, strlen(file) - strlen(".dat"));
	const char *archive = path_of(a, host, "muc_log/", arena_cat(a, stem, ".list", NULL));
	const struct lua *data;
	const char *jid;
	struct lua room;

	if (!read_data(a, path_of(a, host, "config/", file), &room))
		return false;
	jid = lua_string(&room, lua_get(&room, "_jid") != NULL ? "_jid" : "jid");
	data = lua_get(&room, "_data");
	if (jid == NULL || lua_true(data, "destroyed") || !lua_true(data, "persistent")) {
		foreign_note(
		    f, "%s: not a room that stays: it is left out", jid != NULL ? jid : file);
		return true;
	}
	if (!foreign_begin(f, jid, lua_true(data, "locked")))
		return true;
	set_options(f, data);
	add_subject(f, data);
	add_affils(f, &room);
	if (!add_vcard(f, path_of(a, host, "vcard_muc/", file)))
		return false;
	if (exists(archive) && !add_archive(f, archive))
		return false;
	foreign_end(f);
	return true;
}

static int
is_data(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 4 && strcmp(d->d_name + n - 4, ".dat") == 0;
}

static int
is_shown(const struct dirent *d)
{
	return *d->d_name != '.';
}

/* Calls convert() for each name in a folder, in order. */
static bool
each_file(struct foreign *f, const char *dir, int (*is_wanted)(const struct dirent *),
    bool (*convert)(struct foreign *, const char *, const char *), const char *host)
{
	struct dirent **names;
	bool good = true;
	int n = scandir(dir, &names, is_wanted, alphasort);

	if (n == -1) {
		ctl_complain("%s: %s", dir, strerror(errno));
		return false;
	}
	for (int i = 0; i < n; i++) {
		good = good && convert(f, host, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	return good;
}

static char *
joined(const char *dir, const char *name)
{
	char *path = mem_alloc(strlen(dir) + 1 + strlen(name) + 1);

	sprintf(path, "%s/%s", dir, name);
	return path;
}

/* A host that has rooms; any other is none of ours. */
static bool
convert_host(struct foreign *f, const char *dir, const char *name)
{
	char *host = joined(dir, name), *config = joined(host, "config");
	bool good = !exists(config) || each_file(f, config, is_data, convert_room, host);

	free(config);
	free(host);
	return good;
}

bool
prosody_convert(struct foreign *f, const char *path)
{
	char *config = joined(path, "config");
	bool good = exists(config) ? each_file(f, config, is_data, convert_room, path)
				   : each_file(f, path, is_shown, convert_host, path);

	free(config);
	return good;
}
