/* SPDX-License-Identifier: ISC */
/*
 * xml_cut.c - where one stanza ends and the next begins
 *
 * Only what decides where a piece ends is checked here; that names, attributes and characters are
 * sound is the parser's business. But a / that does not close its tag, a < outside of text and
 * the like end the stream: about where such a stanza ends, two readers could disagree.
 */
#include <limits.h>
#include <string.h>

#include "xml_cut.h"

/* Of <?xml ...?> and header, and of </stream:stream>, whatever max_bytes says of stanzas. */
#define HEADER_MAX 16384

enum state {
	START,	/* at the beginning of a piece */
	FIRST,	/* behind its < */
	DECL,	/* in <?xml; match: characters of decl[] seen */
	DECL_2, /* later in it; match: was the last character a question mark? */
	PROLOG, /* between <?xml ...?> and the header */
	HEAD,	/* behind the header's < there */
	TAG,	/* in a start tag */
	SLASH,	/* behind a / in it */
	QUOTED, /* in the value of an attribute, until quote */
	TEXT,	/* in a stanza, outside of tags */
	LT,	/* behind < there */
	BANG,	/* in <![CDATA[; match: characters of cdata[] seen */
	CDATA,	/* match: how many ] were the last characters, at most 2 */
	NAME,	/* behind </ */
	END,	/* in an end tag */
	CLOSED, /* behind </stream:stream> */
	BROKEN,
};

static const char decl[] = "?xml", cdata[] = "![CDATA[";

void
xml_cut_init(struct xml_cut *x, size_t max_bytes, unsigned max_depth)
{
	memset(x, 0, sizeof(*x));
	x->max_bytes = max_bytes;
	x->max_depth = max_depth;
	x->state = START;
}

bool
xml_cut_over(const struct xml_cut *x)
{
	return x->len > x->max_bytes || x->deepest > x->max_depth;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' || c & 0x80;
}

/* A start tag has ended at its >, len bytes from the beginning of the piece. */
static enum cut
opened(struct xml_cut *x, size_t len, bool empty)
{
	if (x->depth == 0) {
		x->depth = 1;
		return empty ? CUT_BAD : CUT_HEADER;
	}
	if (x->depth == 1)
		x->tag_len = len <= x->max_bytes ? len : 0;
	if (x->deepest < x->depth)
		x->deepest = x->depth;
	if (!empty && ++x->depth == UINT_MAX)
		return CUT_BAD;
	x->state = TEXT;
	return x->depth == 1 ? CUT_STANZA : CUT_MORE;
}

/* An end tag has ended at its >. */
static enum cut
closed(struct xml_cut *x)
{
	x->depth--;
	x->state = TEXT;
	if (x->depth == 0)
		return CUT_CLOSE;
	return x->depth == 1 ? CUT_STANZA : CUT_MORE;
}

/* Moves on to that state, or to the end of it all. */
static enum cut
turn(struct xml_cut *x, bool good, enum state state)
{
	x->state = state;
	x->match = 0;
	return good ? CUT_MORE : CUT_BAD;
}

/* The byte behind a <. */
static enum cut
behind_lt(struct xml_cut *x, char c)
{
	bool first = x->state == FIRST;

	if (is_name_start(c))
		return turn(x, true, TAG);
	if (c == '/')
		return turn(x, x->depth > 0, NAME);
	if (c == '?' && first && x->depth == 0) {
		x->state = DECL;
		x->match = 1;
		return CUT_MORE;
	}
	x->state = BANG;
	x->match = 1;
	return c == '!' && x->depth > 1 ? CUT_MORE : CUT_BAD;
}

/* One byte where it does not pay to look for the next that matters. */
static enum cut
step(struct xml_cut *x, char c, size_t len)
{
	switch ((enum state)x->state) {
	case START:
		return turn(x, c == '<', FIRST);
	case FIRST:
	case LT:
		return behind_lt(x, c);
	case DECL:
		if (decl[x->match] == '\0')
			return turn(x, is_space(c), DECL_2);
		return c == decl[x->match++] ? CUT_MORE : CUT_BAD;
	case DECL_2:
		if (x->match && c == '>')
			return turn(x, true, PROLOG);
		x->match = c == '?';
		return CUT_MORE;
	case PROLOG:
		return is_space(c) ? CUT_MORE : turn(x, c == '<', HEAD);
	case HEAD:
		return turn(x, is_name_start(c), TAG);
	case SLASH:
		return c == '>' ? opened(x, len, true) : CUT_BAD;
	case BANG:
		if (c != cdata[x->match++])
			return CUT_BAD;
		return cdata[x->match] == '\0' ? turn(x, true, CDATA) : CUT_MORE;
	case NAME:
		return turn(x, is_name_start(c), END);
	case END:
		if (c == '>')
			return closed(x);
		return c == '<' || c == '/' || c == '"' || c == '\'' ? CUT_BAD : CUT_MORE;
	default:
		return CUT_BAD;
	}
}

/* Bytes of a start tag, outside of quotes. Returns the first that matters, end if none does. */
static const char *
skip_tag(const char *p, const char *end)
{
	while (p < end && *p != '>' && *p != '\'' && *p != '"' && *p != '/' && *p != '<')
		p++;
	return p;
}

/* Skips CDATA up to and with its ]]>. Returns the byte behind it, end if it goes on. */
static const char *
skip_cdata(struct xml_cut *x, const char *p, const char *end)
{
	while (p < end) {
		if (x->match == 0) {
			p = memchr(p, ']', (size_t)(end - p));
			if (p == NULL)
				return end;
		}
		if (*p == '>' && x->match == 2) {
			x->state = TEXT;
			return p + 1;
		}
		if (*p != ']')
			x->match = 0;
		else if (x->match < 2)
			x->match++;
		p++;
	}
	return end;
}

/* Scans on to the end of the piece. Sets *at to the byte behind it, or behind what was scanned. */
static enum cut
scan(struct xml_cut *x, const char **at, const char *end)
{
	const char *p = *at, *start = p;
	enum cut cut = CUT_MORE;

	while (p < end && cut == CUT_MORE) {
		switch ((enum state)x->state) {
		case TEXT:
			p = memchr(p, '<', (size_t)(end - p));
			if (p != NULL)
				x->state = LT;
			p = p != NULL ? p + 1 : end;
			break;
		case QUOTED:
			p = memchr(p, (int)x->quote, (size_t)(end - p));
			if (p != NULL)
				x->state = TAG;
			p = p != NULL ? p + 1 : end;
			break;
		case CDATA:
			p = skip_cdata(x, p, end);
			break;
		case TAG:
			p = skip_tag(p, end);
			if (p == end)
				break;
			if (*p == '>')
				cut = opened(x, x->len + (size_t)(p - start) + 1, false);
			else if (*p == '/')
				x->state = SLASH;
			else
				cut = turn(x, *p != '<', QUOTED);
			x->quote = (unsigned char)*p++;
			break;
		default:
			cut = step(x, *p, x->len + (size_t)(p - start) + 1);
			p++;
		}
	}
	*at = p;
	return cut;
}

/* Header and stream end are kept whole by the caller, so they may not go on for ever. */
static bool
is_too_long(const struct xml_cut *x, enum cut cut)
{
	if (x->len <= HEADER_MAX)
		return false;
	return cut == CUT_HEADER || cut == CUT_CLOSE || x->depth == 0 ||
	       (x->depth == 1 && x->state == END);
}

enum cut
xml_cut(struct xml_cut *x, const char *p, size_t n, size_t *used)
{
	const char *at = p, *end;
	enum cut cut;

	*used = n;
	if (n == 0)
		return CUT_MORE;
	end = p + n;
	if (x->state == START || x->state == CLOSED) {
		while (at < end && is_space(*at))
			at++;
		*used = (size_t)(at - p);
		if (at > p)
			return CUT_SPACE;
		x->tag_len = 0;
	}
	cut = scan(x, &at, end);
	*used = (size_t)(at - p);
	x->len += *used;
	if (is_too_long(x, cut))
		cut = CUT_BAD;
	if (cut == CUT_STANZA && xml_cut_over(x))
		cut = x->len > x->max_bytes ? CUT_LONG : CUT_DEEP;
	if (cut == CUT_MORE)
		return cut;
	x->state = cut == CUT_BAD ? BROKEN : cut == CUT_CLOSE ? CLOSED : START;
	x->len = 0;
	x->deepest = 0;
	return cut;
}
