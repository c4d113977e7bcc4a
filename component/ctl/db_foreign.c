/* SPDX-License-Identifier: ISC */
/*
 * db_foreign.c - what is made of rooms of any other server
 */
#include "db_foreign.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../chance.h"
#include "base/arena.h"
#include "base/base64.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/jid.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/xml.h"
#include "base/xml_write.h"
#include "ctl.h"
#include "export.h"
#include "muc.h"

static const struct {
	const char *name;
	bool (*convert)(struct foreign *, const char *path);
} servers[] = {
	{ "prosody", prosody_convert },
	{ "ejabberd", ejabberd_convert },
};

static void
forget(struct map *m)
{
	uint32_t i = 0;
	char *s;

	while ((s = map_each(m, &i)) != NULL)
		free(s);
	map_release(m);
}

static void
forget_room(struct foreign *f)
{
	forget(&f->jids);
	forget(&f->nicks);
	free(f->room);
	f->room = NULL;
}

bool
foreign_convert(const char *server, const char *path, FILE *out)
{
	struct foreign f = { .out = out, .line = BUF_INIT };
	bool good = false, known = false;

	f.arena = arena_new();
	for (size_t i = 0; i < sizeof servers / sizeof servers[0]; i++)
		if (strcmp(servers[i].name, server) == 0) {
			known = true;
			fputs(EXPORT_FIRST "\n", out);
			good = servers[i].convert(&f, path);
		}
	if (!known)
		ctl_complain("%s: there is no import from such a server", server);
	else if (good && f.nrooms == 0) {
		ctl_complain("%s: there is no room that stays", path);
		good = false;
	}
	if (good && (fflush(out) != 0 || ferror(out))) {
		ctl_complain("writing: %s", strerror(errno));
		good = false;
	}
	forget_room(&f);
	buf_release(&f.line);
	arena_free(f.arena);
	return good;
}

bool
foreign_map(const char *path, struct foreign_file *m)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p = NULL;

	*m = (struct foreign_file){ "", 0 };
	if (fd == -1 || fstat(fd, &st) == -1) {
		ctl_complain("%s: %s", path, strerror(errno));
		if (fd != -1)
			close(fd);
		return false;
	}
	if (st.st_size > 0) {
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (p == MAP_FAILED) {
			ctl_complain("%s: %s", path, strerror(errno));
			close(fd);
			return false;
		}
		*m = (struct foreign_file){ p, (size_t)st.st_size };
	}
	close(fd);
	return true;
}

void
foreign_unmap(struct foreign_file *m)
{
	if (m->n > 0)
		munmap((void *)(uintptr_t)m->p, m->n);
}

void
foreign_note(const struct foreign *f, const char *fmt, ...)
{
	char what[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	if (f->room != NULL)
		ctl_complain("%s: %s", f->room, what);
	else
		ctl_complain("%s", what);
}

const char *
foreign_ns(const char *uri)
{
	const char *known = ns_known(uri);

	return known != NULL ? known : uri;
}

/* -- lines -- */

static void
begin_line(struct foreign *f, const char *kind)
{
	f->line.len = 0;
	buf_adds(&f->line, kind);
}

static void
end_line(struct foreign *f)
{
	buf_addc(&f->line, '\n');
	fwrite(f->line.p, 1, f->line.len, f->out);
	f->nlines++;
}

static void
add_word(struct foreign *f, const char *name, const char *value)
{
	buf_addc(&f->line, ' ');
	buf_adds(&f->line, name);
	buf_addc(&f->line, '=');
	buf_adds(&f->line, value);
}

static void
add_bytes(struct foreign *f, const char *name, const char *p, size_t n)
{
	add_word(f, name, "");
	export_string(&f->line, p, n);
}

/* Without what XML does not have, and without what is no UTF-8. */
static const char *
clean(struct arena *a, const char *s)
{
	const size_t n = strlen(s);
	const bool is_text = utf8_is(s, n);
	char *out = arena_alloc(a, n + 1);
	size_t len = 0, step;
	uint32_t c;

	for (size_t i = 0; i < n; i += step) {
		c = (unsigned char)s[i];
		step = is_text ? utf8_decode(s + i, &c) : 1;
		if (c == 0xfffe || c == 0xffff || (!is_text && c > '~') ||
		    (c < ' ' && c != '\t' && c != '\n' && c != '\r'))
			continue;
		memcpy(out + len, s + i, step);
		len += step;
	}
	return out;
}

/* NULL is left out. */
static void
add_string(struct foreign *f, const char *name, const char *value)
{
	if (value == NULL)
		return;
	value = clean(f->arena, value);
	add_bytes(f, name, value, strlen(value));
}

/* -- rooms -- */

bool
foreign_begin(struct foreign *f, const char *jid, bool is_locked)
{
	struct jid j;

	if (!jid_prep(f->arena, jid, &j) || j.node == NULL || j.resource != NULL) {
		foreign_note(f, "%s is no address of a room: it is left out", jid);
		return false;
	}
	f->room = mem_strdup(j.full);
	f->nlines = 0;
	f->id_ms = 0;
	f->id_counter = 0;
	begin_line(f, "room");
	add_string(f, "jid", f->room);
	add_word(f, "locked", is_locked ? "1" : "0");
	end_line(f);
	return true;
}

void
foreign_end(struct foreign *f)
{
	fprintf(f->out, "end %llu\n", (unsigned long long)f->nlines);
	forget_room(f);
	f->nrooms++;
	arena_reset(f->arena);
}

/* Its first bytes, as many as it may have; a character is there or not. */
static const char *
cut(struct arena *a, const char *var, const char *value)
{
	char *s = arena_strdup(a, value);
	size_t n = strlen(s);

	while (n > 0 && !muc_option_suits(var, s)) {
		do
			n--;
		while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80);
		s[n] = '\0';
	}
	return s;
}

void
foreign_set(struct foreign *f, const char *var, const char *value)
{
	value = clean(f->arena, value);
	if (!muc_option_suits(var, value)) {
		if (muc_option_suits(var, "x"))
			foreign_note(f, "%s is too long: it is cut", var);
		else
			foreign_note(f, "%s: \"%s\" does not suit it: it is left out", var, value);
		value = muc_option_suits(var, "x") ? cut(f->arena, var, value) : NULL;
	}
	if (value == NULL)
		return;
	begin_line(f, "config");
	add_string(f, var, value);
	end_line(f);
}

void
foreign_set_bool(struct foreign *f, const char *var, bool value)
{
	foreign_set(f, var, value ? "1" : "0");
}

/* The nick, prepared and nobody else's; or NULL, and a note. */
static const char *
free_nick(struct foreign *f, const char *jid, const char *nick)
{
	const char *prepared = jid_nick(f->arena, nick, JID_PART_MAX, false);
	char *own;

	if (prepared == NULL || map_get(&f->nicks, prepared) != NULL) {
		foreign_note(f, "the nickname \"%s\" of %s is %s: it is not reserved", nick, jid,
		    prepared == NULL ? "none" : "another one's, too");
		return NULL;
	}
	own = mem_strdup(prepared);
	map_put(&f->nicks, own, own);
	return own;
}

void
foreign_affil(struct foreign *f, const char *jid, const char *affiliation, const char *nick,
    const char *reason)
{
	static const char *const known[] = { "outcast", "member", "admin", "owner" };
	bool is_known = false;
	struct jid j;
	char *own;

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		is_known = is_known || strcmp(known[i], affiliation) == 0;
	if (!is_known || !jid_prep(f->arena, jid, &j) || j.resource != NULL ||
	    map_get(&f->jids, j.bare) != NULL) {
		foreign_note(f, "%s as %s cannot be: it is left out", jid, affiliation);
		return;
	}
	own = mem_strdup(j.bare);
	map_put(&f->jids, own, own);
	if (nick != NULL && strcmp(affiliation, "outcast") != 0)
		nick = free_nick(f, own, nick);
	else
		nick = NULL;
	begin_line(f, "affil");
	add_string(f, "jid", own);
	add_word(f, "affiliation", affiliation);
	add_string(f, "nick", nick);
	add_string(f, "reason", reason != NULL && *reason != '\0' ? reason : NULL);
	end_line(f);
}

/* -- what the room looks like -- */

/* XEP-0153 4.5: its bytes are in it. */
static bool
is_picture(const struct xml *photo)
{
	const struct xml *binval = xml_child(photo, NS_VCARD, "BINVAL");
	struct buf b = BUF_INIT;
	bool good = xml_child(photo, NS_VCARD, "EXTVAL") == NULL &&
		    xml_child(binval, NULL, NULL) == NULL &&
		    (binval == NULL || base64_read(&b, xml_text(binval)));

	buf_release(&b);
	return good;
}

void
foreign_vcard(struct foreign *f, const struct xml *vcard)
{
	struct muc_limits limits;
	struct buf b = BUF_INIT;
	struct xml *copy;
	int64_t npictures = 0;

	if (!xml_is(vcard, NS_VCARD, "vCard"))
		return;
	muc_limits_default(&limits);
	copy = xml_copy_head(f->arena, vcard);
	for (const struct xml *x = xml_child(vcard, NULL, NULL); x != NULL;
	     x = xml_next(x, NULL, NULL)) {
		const bool is_photo = xml_is(x, NS_VCARD, "PHOTO");

		if (is_photo && (!is_picture(x) || ++npictures > limits.vcard_pictures))
			foreign_note(
			    f, "a picture in its vCard that cannot be one here is left out");
		else
			xml_copy(f->arena, copy, x);
	}
	if (copy->child == NULL)
		return;
	if (!xml_write_max(&b, copy, (size_t)limits.vcard_bytes))
		foreign_note(f, "its vCard is too large: it is left out");
	else {
		begin_line(f, "vcard");
		add_bytes(f, "payload", b.p, b.len);
		end_line(f);
	}
	buf_release(&b);
}

/* -- what was said -- */

static bool
is_ours_to_say(const struct xml *x)
{
	return xml_is(x, NS_OCCUPANT_ID, "occupant-id") || xml_is(x, NS_SID, "stanza-id") ||
	       xml_is(x, NS_MUC_USER, "x");
}

static void
add_payload(struct foreign *f, const struct xml *x)
{
	struct xml *copy = xml_copy_head(f->arena, x);
	struct buf b = BUF_INIT;

	for (const struct xml *c = x->child; c != NULL; c = c->next)
		if (c->kind == XML_ELEMENT && !is_ours_to_say(c))
			xml_copy(f->arena, copy, c);
	xml_write_children(&b, copy);
	add_bytes(f, "payload", b.p, b.len);
	buf_release(&b);
}

#define TEXT_BYTES 1024

/* What those are told who are not in: of the subject a line, and not too much of it. */
static const char *
first_line(struct arena *a, const char *s)
{
	return arena_strndup(a, s, utf8_cut(s, strcspn(s, "\r\n"), TEXT_BYTES));
}

void
foreign_subject(struct foreign *f, const char *subject, const char *nick, int64_t wall_ms)
{
	struct xml *x = xml_new(f->arena, NS_STANZA, "message");

	subject = clean(f->arena, subject);
	xml_add_text(f->arena, x, NS_STANZA, "subject", subject);
	begin_line(f, "subject");
	add_payload(f, x);
	add_string(f, "nick", nick);
	add_word(f, "time", date_write(f->arena, wall_ms));
	add_string(f, "text", first_line(f->arena, subject));
	end_line(f);
}

/* RFC 9562 5.7, rising within a room; what a server had as an id was another kind. */
static void
add_id(struct foreign *f, int64_t ms)
{
	uint8_t id[16];
	char hex[33], text[37];

	if (ms <= f->id_ms) {
		ms = f->id_ms;
		if (++f->id_counter > 0xfff) {
			ms++;
			f->id_counter = 0;
		}
	} else
		f->id_counter = 0;
	f->id_ms = ms;
	for (int i = 0; i < 6; i++)
		id[i] = (uint8_t)(ms >> (40 - 8 * i));
	id[6] = (uint8_t)(0x70 | f->id_counter >> 8);
	id[7] = (uint8_t)f->id_counter;
	chance_fill(NULL, id + 8, 8);
	id[8] = (id[8] & 0x3f) | 0x80;
	digest_hex(id, sizeof id, hex);
	snprintf(text, sizeof text, "%.8s-%.4s-%.4s-%.4s-%s", hex, hex + 8, hex + 12, hex + 16,
	    hex + 20);
	add_word(f, "id", text);
}

void
foreign_message(
    struct foreign *f, int64_t wall_ms, const char *nick, const char *jid, const struct xml *x)
{
	const bool has_body = xml_child(x, NS_STANZA, "body") != NULL;
	const bool has_subject = xml_child(x, NS_STANZA, "subject") != NULL;
	struct jid j;

	begin_line(f, "message");
	add_id(f, wall_ms);
	add_word(f, "kind", has_body ? "message" : has_subject ? "subject" : "event");
	add_string(f, "nick", nick);
	if (jid != NULL && jid_split(f->arena, jid, &j) && jid_prep_bare(f->arena, &j))
		add_string(f, "jid", j.full);
	add_string(f, "msg-id", xml_get(x, "id"));
	add_string(f, "lang", xml_lang(x));
	add_payload(f, x);
	end_line(f);
}
