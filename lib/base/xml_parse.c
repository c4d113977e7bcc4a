/* SPDX-License-Identifier: ISC */
/*
 * xml_parse.c - one stanza's bytes to a tree, by libxml2's SAX2 push parser
 *
 * Entities: without a DTD, which a stream cannot have, there are only the five of XML and
 * character references. XML_PARSE_NOENT makes libxml2 replace these in attribute values too, and
 * XML_PARSE_HUGE lifts its own limits: those of xml_cut() hold already. XML_PARSE_OLD10 has names as they
 * were before the fifth edition of XML 1.0: servers read by expat, which knows no other, and would end the
 * stream at a name that is newer.
 *
 * libxml2 2.9 takes some overlong sequences (c1 92 in CDATA), which the host server would not
 * take from us; so what is fed is known to be UTF-8 before.
 */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/dict.h>

#include "arena.h"
#include "buf.h"
#include "mem.h"
#include "once.h"
#include "utf8.h"
#include "xml.h"
#include "xml_parse.h"

/*
 * The context is renewed beyond these. A renewal costs as much as some ten stanzas; so many new
 * names cost much more to bring here.
 */
#define DICT_BYTES  (256 * 1024)
#define DICT_NAMES  8192
#define LARGE_BYTES (256 * 1024) /* a stanza after which buffers are given back */

/*
 * libxml2 2.9 compares each attribute with all earlier ones of its tag, and looks a prefix up
 * in all declarations in force; its dictionary stops growing and is searched in long chains. What
 * is quadratic there is limited here. Depth 1000 with a declaration on each level is possible.
 */
#define MAX_ATTRS    256
#define MAX_DECLARED 1200
#define MAX_NAMES    65536 /* all different */
#define SCAN_BYTES   4096  /* in less there is no room for so many attributes as to hurt */

#define NCACHE 64

struct xml_parser {
	xmlParserCtxt *ctxt;
	char *header; /* its bytes */
	size_t header_len;
	struct arena *header_arena;
	struct xml *head;
	struct {
		const xmlChar *uri; /* interned by libxml2, so its address tells */
		const char *ns;	    /* NS_*, or NULL */
	} cache[NCACHE];
	unsigned depth; /* elements that are open; 1 is the stream */

	/* of the piece being parsed */
	struct arena *arena;
	struct xml *top, *at; /* the stanza, the innermost element that is open */
	struct buf text;      /* character data since the last tag */
	struct once foreign;  /* the namespaces that mucd does not know */
	bool unbound;	      /* namespaces are misused */
	bool disagree;	      /* something besides one whole element */
	int fatal;	      /* the first error of libxml2, or ours */
};

/* There is something besides one whole element. */
static void
disagree(struct xml_parser *p)
{
	p->disagree = true;
	xmlStopParser(p->ctxt);
}

/* There is what libxml2 would take, and a stream may not have. */
static void
refuse(struct xml_parser *p)
{
	p->fatal = XML_ERR_USER_STOP;
	xmlStopParser(p->ctxt);
}

/* The namespace as our own string: for all but the first time a comparison of pointers. */
static const char *
intern_ns(struct xml_parser *p, const xmlChar *uri)
{
	size_t i = ((uintptr_t)uri ^ (uintptr_t)uri >> 6) % NCACHE;

	if (uri == NULL)
		return NS_NONE;
	if (p->cache[i].uri != uri) {
		p->cache[i].uri = uri;
		p->cache[i].ns = ns_known((const char *)uri);
	}
	if (p->cache[i].ns != NULL)
		return p->cache[i].ns;
	return once_copy(&p->foreign, p->arena, (const char *)uri);
}

/* Makes one text node of the character data that has been gathered. */
static void
end_text(struct xml_parser *p)
{
	if (p->text.len == 0)
		return;
	xml_text_add(p->arena, p->at, arena_strndup(p->arena, p->text.p, p->text.len));
	p->text.len = 0;
}

/*
 * The stream's namespace has two names, jabber:client and jabber:component:accept: libxml2 takes two
 * attributes that are one to us, and written again would be one to everybody.
 */
static bool
is_double(const struct xml *x, const struct xml_attr *attr)
{
	const struct xml_attr *a;

	for (a = x->attr; a != attr; a = a->next)
		if (a->ns == attr->ns && strcmp(a->name, attr->name) == 0)
			return true;
	return false;
}

/*
 * libxml2 gives five pointers an attribute: name, prefix, URI, begin and end of the value. A
 * prefix without a URI is declared nowhere: such an attribute must not pass for an unqualified one.
 */
static void
add_attrs(struct xml_parser *p, struct xml *x, int nattrs, const xmlChar **from)
{
	struct xml_attr **at = &x->attr, *attr;

	for (; nattrs > 0; nattrs--, from += 5) {
		const char *name = (const char *)from[0], *value = (const char *)from[3];

		if ((from[1] != NULL && from[2] == NULL) || strchr(name, ':') != NULL) {
			p->unbound = true;
			continue;
		}
		*at = attr = arena_alloc(p->arena, sizeof(*attr));
		at = &attr->next;
		attr->name = arena_strdup(p->arena, name);
		attr->value = arena_strndup(p->arena, value, (size_t)(from[4] - from[3]));
		if (from[1] == NULL)
			continue;
		attr->prefix = arena_strdup(p->arena, (const char *)from[1]);
		attr->ns = intern_ns(p, from[2]);
		if (attr->ns == NS_STANZA && is_double(x, attr))
			p->unbound = true;
	}
}

static void
on_start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int ndeclared,
    const xmlChar **declared, int nattrs, int ndefaulted, const xmlChar **attrs)
{
	struct xml_parser *p = data;
	struct xml *x;
	const char *ns, *local;

	(void)ndeclared, (void)declared, (void)ndefaulted;
	if (++p->depth == 1 && p->head != NULL)
		return; /* the header, fed again */
	if (p->depth == 2 && p->top != NULL) {
		disagree(p);
		return;
	}
	if (p->ctxt->nsNr / 2 > MAX_DECLARED || xmlDictSize(p->ctxt->dict) > MAX_NAMES) {
		refuse(p);
		return;
	}
	end_text(p);
	ns = intern_ns(p, uri);
	if (prefix != NULL && uri == NULL)
		p->unbound = true;
	if (strchr((const char *)name, ':') != NULL) { /* such as "a:b:c", whole */
		p->unbound = true;
		name = (const xmlChar *)"_";
		ns = NS_NONE;
	}
	local = arena_strdup(p->arena, (const char *)name);
	x = p->at != NULL ? xml_add(p->arena, p->at, ns, local) : xml_new(p->arena, ns, local);
	add_attrs(p, x, nattrs, attrs);
	if (p->depth == 1) {
		p->head = x;
		return;
	}
	if (p->depth == 2)
		p->top = x;
	p->at = x;
}

static void
on_end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct xml_parser *p = data;

	(void)name, (void)prefix, (void)uri;
	if (--p->depth == 0) {
		disagree(p);
		return;
	}
	end_text(p);
	p->at = p->at->up;
}

static void
on_text(void *data, const xmlChar *s, int n)
{
	struct xml_parser *p = data;

	if (p->depth > 1)
		buf_add(&p->text, s, (size_t)n);
	else
		disagree(p);
}

static void
on_comment(void *data, const xmlChar *s)
{
	struct xml_parser *p = data;

	(void)s;
	refuse(p);
}

static void
on_instruction(void *data, const xmlChar *target, const xmlChar *s)
{
	(void)target;
	on_comment(data, s);
}

static void
on_doctype(void *data, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	(void)external, (void)system;
	on_comment(data, name);
}

/*
 * All that libxml2 has to say about namespaces but one thing: that a name is no URI does not
 * matter to anybody (Namespaces in XML 1.0, 2.1), and servers pass it on.
 */
static void
on_error(void *data, xmlError *e)
{
	struct xml_parser *p = data;

	if (e->code == XML_ERR_NO_MEMORY)
		mem_die(0);
	if (e->level == XML_ERR_FATAL && p->fatal == XML_ERR_OK)
		p->fatal = e->code;
	if (e->domain == XML_FROM_NAMESPACE && e->level == XML_ERR_ERROR &&
	    e->code != XML_WAR_NS_URI)
		p->unbound = true;
}

/* Has libxml2 nothing against what it was fed, as far as it looked at it? */
static bool
is_sound(const struct xml_parser *p)
{
	return p->ctxt->wellFormed && p->fatal == XML_ERR_OK && !p->disagree;
}

/* Is it back in the stream, with nothing left to look at? */
static bool
is_at_end(const struct xml_parser *p)
{
	return p->depth == 1 && p->ctxt->input->cur == p->ctxt->input->end;
}

/* Makes a piece be parsed into that arena. */
static void
begin(struct xml_parser *p, struct arena *a)
{
	p->arena = a;
	p->top = p->at = NULL;
	p->text.len = 0;
	p->foreign = (struct once){ 0 };
	p->unbound = p->disagree = false;
	p->fatal = XML_ERR_OK;
}

/* A new context, fed the header. False when the header is not one. */
static bool
renew(struct xml_parser *p)
{
	xmlSAXHandler sax = {
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_text,
		.comment = on_comment,
		.processingInstruction = on_instruction,
		.internalSubset = on_doctype,
		.serror = on_error,
	};

	xmlFreeParserCtxt(p->ctxt);
	p->ctxt = xmlCreatePushParserCtxt(&sax, p, NULL, 0, NULL);
	if (p->ctxt == NULL)
		mem_die(sizeof(*p->ctxt));
	xmlCtxtUseOptions(p->ctxt, XML_PARSE_NOENT | XML_PARSE_NONET | XML_PARSE_HUGE |
				       XML_PARSE_IGNORE_ENC | XML_PARSE_OLD10);
	memset(p->cache, 0, sizeof(p->cache));
	p->depth = 0;
	begin(p, p->header_arena);
	xmlParseChunk(p->ctxt, p->header, (int)p->header_len, 0);
	return is_sound(p) && is_at_end(p) && !p->unbound;
}

/* What may be fed: libxml2 counts in int, and takes a NUL for the end here and there. */
static bool
is_text(const char *s, size_t n)
{
	return n <= INT_MAX && memchr(s, '\0', n) == NULL && utf8_is(s, n);
}

struct xml_parser *
xml_parser_new(const char *header, size_t n)
{
	struct xml_parser *p;

	if (!is_text(header, n))
		return NULL;
	p = mem_alloc(sizeof(*p));
	p->header = mem_strndup(header, n);
	p->header_len = n;
	p->header_arena = arena_new();
	if (renew(p))
		return p;
	xml_parser_free(p);
	return NULL;
}

void
xml_parser_wipe(struct xml_parser *p)
{
	if (p->text.p != NULL)
		explicit_bzero(p->text.p, p->text.cap);
}

void
xml_parser_free(struct xml_parser *p)
{
	if (p == NULL)
		return;
	xmlFreeParserCtxt(p->ctxt);
	free(p->header);
	arena_free(p->header_arena);
	buf_release(&p->text);
	free(p);
}

const struct xml *
xml_parser_header(const struct xml_parser *p)
{
	return p->head;
}

/* Does s have a tag with more attributes than libxml2 can be asked to look at? */
static bool
has_many_attrs(const char *s, size_t n)
{
	const char *end = s + n;
	unsigned nattrs;

	while ((s = memchr(s, '<', (size_t)(end - s))) != NULL) {
		if (end - s >= 9 && memcmp(s, "<![CDATA[", 9) == 0) {
			s = memmem(s, (size_t)(end - s), "]]>", 3);
			if (s == NULL)
				return false;
		}
		for (nattrs = 0; s < end && *s != '>'; s++) {
			if (*s != '"' && *s != '\'')
				continue;
			if (++nattrs > MAX_ATTRS)
				return true;
			s = memchr(s + 1, *s, (size_t)(end - s - 1));
			if (s == NULL)
				return false;
		}
	}
	return false;
}

/* Leaves of x, whose namespaces are misused, what is sound: a qualified attribute may be double. */
static void
keep_head(struct xml *x)
{
	struct xml_attr **at = &x->attr;

	x->child = x->last = NULL;
	while (*at != NULL)
		if ((*at)->ns == NULL || (*at)->ns == NS_XML)
			at = &(*at)->next;
		else
			*at = (*at)->next;
}

/*
 * What has become of the piece that was fed. If libxml2 waits for more (for the ; of "&lt </a>"),
 * it is told that nothing comes: it then finds the fault, or only that the end came too soon.
 */
static enum parse
judge(struct xml_parser *p)
{
	if (is_sound(p) && is_at_end(p) && p->top != NULL)
		return p->unbound ? PARSE_UNBOUND : PARSE_OK;
	if (is_sound(p))
		xmlParseChunk(p->ctxt, "", 0, 1);
	if (p->disagree || p->fatal == XML_ERR_DOCUMENT_END)
		return PARSE_DISAGREE;
	return PARSE_BAD;
}

/* Parses the n bytes at s and then those of tail. */
static enum parse
parse(struct xml_parser *p, struct arena *a, const char *s, size_t n, const char *tail,
    const struct xml **out)
{
	enum parse result;

	*out = NULL;
	if (!is_text(s, n) || (n > SCAN_BYTES && has_many_attrs(s, n)))
		return PARSE_BAD;
	begin(p, a);
	xmlParseChunk(p->ctxt, s, (int)n, 0);
	if (*tail != '\0')
		xmlParseChunk(p->ctxt, tail, (int)strlen(tail), 0);
	result = judge(p);
	if (result == PARSE_UNBOUND)
		keep_head(p->top);
	if (result == PARSE_OK || result == PARSE_UNBOUND)
		*out = p->top;
	if (n > LARGE_BYTES)
		buf_release(&p->text);
	if (n > LARGE_BYTES || result == PARSE_BAD || result == PARSE_DISAGREE ||
	    xmlDictSize(p->ctxt->dict) > DICT_NAMES || xmlDictGetUsage(p->ctxt->dict) > DICT_BYTES)
		renew(p);
	return result;
}

enum parse
xml_parse(struct xml_parser *p, struct arena *a, const char *s, size_t n, const struct xml **out)
{
	return parse(p, a, s, n, "", out);
}

enum parse
xml_parse_tag(
    struct xml_parser *p, struct arena *a, const char *s, size_t n, const struct xml **out)
{
	*out = NULL;
	if (n < 3 || s[n - 1] != '>')
		return PARSE_BAD;
	if (s[n - 2] == '/')
		return parse(p, a, s, n, "", out);
	return parse(p, a, s, n - 1, "/>", out);
}
