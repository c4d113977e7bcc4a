/* SPDX-License-Identifier: ISC */
/*
 * jid.c - addresses: node@domain/resource (RFC 7622; stringprep profiles of RFC 6122)
 *
 * Plain ASCII, which most addresses are, is prepared by hand; t/jid.c holds that to what libidn
 * does.
 */
#include <stdint.h>
#include <string.h>

#include <idn-free.h>
#include <idna.h>
#include <stringprep.h>

#include "arena.h"
#include "jid.h"
#include "utf8.h"

#define PATTERN_MAX 256 /* bytes: matching takes as many steps for each byte of the address */

enum profile { NODE, DOMAIN, RESOURCE };

bool
jid_split(struct arena *a, const char *s, struct jid *j)
{
	const char *slash, *at;
	size_t n, nnode, ndomain;

	if (s == NULL)
		return false;
	n = strlen(s);
	slash = strchr(s, '/');
	if (slash != NULL && (slash[1] == '\0' || strlen(slash + 1) > JID_PART_MAX))
		return false;
	if (slash != NULL)
		n = (size_t)(slash - s);
	at = memchr(s, '@', n);
	nnode = at != NULL ? (size_t)(at - s) : 0;
	ndomain = at != NULL ? n - nnode - 1 : n;
	if ((at != NULL && nnode == 0) || nnode > JID_PART_MAX)
		return false;
	if (ndomain == 0 || ndomain > JID_PART_MAX)
		return false;
	j->full = arena_strdup(a, s);
	j->bare = slash != NULL ? arena_strndup(a, s, n) : j->full;
	j->node = at != NULL ? arena_strndup(a, s, nnode) : NULL;
	j->domain = j->bare + n - ndomain;
	j->resource = slash != NULL ? j->full + n + 1 : NULL;
	return true;
}

/* Is c refused by the profile? Of ASCII: RFC 6122 A.5 and B.5, RFC 5891 for a domain (or [::1]). */
static bool
ascii_refused(enum profile profile, unsigned char c)
{
#define N   (1 << NODE)
#define D   (1 << DOMAIN)
#define ALL (N | D | 1 << RESOURCE)
	static const unsigned char refused[256] = {
		[0x00 ... 0x1f] = ALL,
		[0x7f] = ALL,
		[' '] = N | D,
		['!'] = D,
		['"'] = N | D,
		['#'] = D,
		['$'] = D,
		['%'] = D,
		['&'] = N | D,
		['\''] = N | D,
		['('] = D,
		[')'] = D,
		['*'] = D,
		['+'] = D,
		[','] = D,
		['/'] = N | D,
		[':'] = N,
		[';'] = D,
		['<'] = N | D,
		['='] = D,
		['>'] = N | D,
		['?'] = D,
		['@'] = N | D,
		['\\'] = D,
		['^'] = D,
		['`'] = D,
		['{'] = D,
		['|'] = D,
		['}'] = D,
		['~'] = D,
	};
#undef N
#undef D
#undef ALL

	return (refused[c] & 1 << profile) != 0;
}

/* Is it plain ASCII? */
static bool
is_ascii(const char *s)
{
	while (*s != '\0' && !(*s & 0x80))
		s++;
	return *s == '\0';
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* Prepares plain ASCII in place. */
static bool
prep_ascii(enum profile profile, char *s)
{
	for (; *s != '\0'; s++) {
		if (ascii_refused(profile, (unsigned char)*s))
			return false;
		if (profile != RESOURCE && is_upper(*s))
			*s |= 0x20;
	}
	return true;
}

/* Nothing a domain may not have came out of the preparation: U+FF20 becomes '@' in it. */
static bool
is_domain(const char *s)
{
	bool label_empty = true;

	for (; *s != '\0'; s++) {
		if (ascii_refused(DOMAIN, (unsigned char)*s))
			return false;
		if (*s == '.' && label_empty)
			return false;
		label_empty = *s == '.';
	}
	return !label_empty;
}

/*
 * What shows nothing, or a mere blank, or turns the direction of what stands around it: Unicode's
 * Default_Ignorable_Code_Point, the formatting characters of category Cf that have no glyph, line
 * and paragraph separators, and letters and symbols that are drawn as nothing. Blanks that
 * resourceprep makes U+0020 are not here. Sorted.
 */
static const struct range {
	uint32_t first, last;
} unseen[] = {
	{ 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x34f, 0x34f }, { 0x61c, 0x61c },
	{ 0x70f, 0x70f }, { 0x115f, 0x1160 }, /* hangul fillers */
	{ 0x1680, 0x1680 },		      /* ogham space, often drawn as nothing */
	{ 0x17b4, 0x17b5 },		      /* khmer inherent vowels */
	{ 0x180b, 0x180f }, { 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
	{ 0x2800, 0x2800 },			  /* braille, no dots */
	{ 0x3164, 0x3164 },			  /* hangul filler */
	{ 0xfe00, 0xfe0f },			  /* variation selectors */
	{ 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 },	  /* halfwidth hangul filler */
	{ 0xfff0, 0xfffc }, { 0x13430, 0x13455 }, /* egyptian format controls */
	{ 0x16fe4, 0x16fe4 },			  /* khitan filler */
	{ 0x1bca0, 0x1bca3 },			  /* shorthand format controls */
	{ 0x1d159, 0x1d159 },			  /* null notehead */
	{ 0x1d173, 0x1d17a },			  /* musical format controls */
	{ 0xe0000, 0xe0fff },			  /* tags, more variation selectors */
};

static bool
is_in(const struct range *table, size_t n, uint32_t c)
{
	size_t low = 0, high = n, mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (c > table[mid].last)
			low = mid + 1;
		else if (c < table[mid].first)
			high = mid;
		else
			return true;
	}
	return false;
}

static bool
is_unseen(uint32_t c)
{
	if (c < 0x80)
		return c < ' ' || c == 0x7f;
	return is_in(unseen, sizeof(unseen) / sizeof(unseen[0]), c);
}

/*
 * What stands on the letter before it: a canonical combining class in Unicode 3.2, which is that of
 * stringprep, or a compatibility decomposition that begins with one. Sorted.
 */
static const struct range marks[] = { { 0x300, 0x34e }, { 0x360, 0x36f }, { 0x483, 0x486 },
	{ 0x591, 0x5a1 }, { 0x5a3, 0x5b9 }, { 0x5bb, 0x5bd }, { 0x5bf, 0x5bf }, { 0x5c1, 0x5c2 },
	{ 0x5c4, 0x5c4 }, { 0x64b, 0x655 }, { 0x670, 0x670 }, { 0x6d6, 0x6dc }, { 0x6df, 0x6e4 },
	{ 0x6e7, 0x6e8 }, { 0x6ea, 0x6ed }, { 0x711, 0x711 }, { 0x730, 0x74a }, { 0x93c, 0x93c },
	{ 0x94d, 0x94d }, { 0x951, 0x954 }, { 0x9bc, 0x9bc }, { 0x9cd, 0x9cd }, { 0xa3c, 0xa3c },
	{ 0xa4d, 0xa4d }, { 0xabc, 0xabc }, { 0xacd, 0xacd }, { 0xb3c, 0xb3c }, { 0xb4d, 0xb4d },
	{ 0xbcd, 0xbcd }, { 0xc4d, 0xc4d }, { 0xc55, 0xc56 }, { 0xccd, 0xccd }, { 0xd4d, 0xd4d },
	{ 0xdca, 0xdca }, { 0xe38, 0xe3a }, { 0xe48, 0xe4b }, { 0xeb8, 0xeb9 }, { 0xec8, 0xecb },
	{ 0xf18, 0xf19 }, { 0xf35, 0xf35 }, { 0xf37, 0xf37 }, { 0xf39, 0xf39 }, { 0xf71, 0xf75 },
	{ 0xf7a, 0xf7d }, { 0xf80, 0xf84 }, { 0xf86, 0xf87 }, { 0xfc6, 0xfc6 }, { 0x1037, 0x1037 },
	{ 0x1039, 0x1039 }, { 0x1714, 0x1714 }, { 0x1734, 0x1734 }, { 0x17d2, 0x17d2 },
	{ 0x18a9, 0x18a9 }, { 0x20d0, 0x20dc }, { 0x20e1, 0x20e1 }, { 0x20e5, 0x20ea },
	{ 0x302a, 0x302f }, { 0x3099, 0x309a }, { 0xfb1e, 0xfb1e }, { 0xfe20, 0xfe23 },
	{ 0xff9e, 0xff9f }, { 0x1d165, 0x1d169 }, { 0x1d16d, 0x1d172 }, { 0x1d17b, 0x1d182 },
	{ 0x1d185, 0x1d18b }, { 0x1d1aa, 0x1d1ad } };

/*
 * Does a letter carry more marks than any script has (30, as in UAX #15, Stream-Safe Text Format)? libidn
 * sorts those of each letter, in a time that is the square of how many there are. What is mapped to nothing
 * first does not part them.
 */
#define MARKS_MAX 30

static bool
is_piled(const char *s)
{
	uint32_t c;
	unsigned n = 0;

	while (*s != '\0') {
		s += utf8_decode(s, &c);
		if (is_in(marks, sizeof(marks) / sizeof(marks[0]), c)) {
			if (++n > MARKS_MAX)
				return true;
		} else if (!is_unseen(c) && c != 0x1806)
			n = 0;
	}
	return false;
}

/* Prepares s in place, which has room for size bytes. False when the profile refuses it. */
static bool
prep_any(enum profile profile, char *s, size_t size, bool strict)
{
	static const Stringprep_profile *const table[] = {
		[NODE] = stringprep_xmpp_nodeprep,
		[DOMAIN] = stringprep_nameprep,
		[RESOURCE] = stringprep_xmpp_resourceprep,
	};
	Stringprep_profile_flags flags = strict ? STRINGPREP_NO_UNASSIGNED : 0;

	/* A mark may become several; and what was prepared is to be taken again. */
	return !is_piled(s) && stringprep(s, size, flags, table[profile]) == STRINGPREP_OK &&
	       !is_piled(s);
}

/* Would its preparation leave s as it is? Most that we see has been prepared by a server. */
static bool
is_prepared(enum profile profile, const char *s)
{
	const char *c = s;

	for (; *c != '\0'; c++)
		if ((*c & 0x80) != 0 || ascii_refused(profile, (unsigned char)*c) ||
		    (profile != RESOURCE && is_upper(*c)))
			return false;
	return c != s && (profile != DOMAIN || is_domain(s));
}

/* Prepares s, or returns it as it is. NULL when it is refused, empty, or too long before or after. */
static const char *
prep(struct arena *a, enum profile profile, const char *s, bool strict)
{
	char out[JID_PART_MAX + 1];
	size_t n = strlen(s);

	if (n <= JID_PART_MAX && is_prepared(profile, s))
		return s;
	if (n > JID_PART_MAX || !utf8_is(s, n)) /* libidn trusts it to be UTF-8 */
		return NULL;
	if (profile == DOMAIN && n > 0 && s[n - 1] == '.')
		n--; /* RFC 7622 3.2 */
	memcpy(out, s, n);
	out[n] = '\0';
	if (is_ascii(out) ? !prep_ascii(profile, out)
			  : !prep_any(profile, out, sizeof(out), strict))
		return NULL;
	if (out[0] == '\0' || (profile == DOMAIN && !is_domain(out)))
		return NULL;
	return arena_strdup(a, out);
}

bool
jid_prep_bare(struct arena *a, struct jid *j)
{
	struct jid p = *j;

	if (p.node != NULL && (p.node = prep(a, NODE, p.node, false)) == NULL)
		return false;
	if ((p.domain = prep(a, DOMAIN, p.domain, false)) == NULL)
		return false;
	if (p.node == j->node && p.domain == j->domain)
		return true;
	p.bare = p.domain;
	if (p.node != NULL)
		p.bare = arena_cat(a, p.node, "@", p.domain, NULL);
	p.full = p.bare;
	if (p.resource != NULL)
		p.full = arena_cat(a, p.bare, "/", p.resource, NULL);
	*j = p;
	return true;
}

bool
jid_prep(struct arena *a, const char *s, struct jid *j)
{
	struct jid p;

	if (!jid_split(a, s, &p) || !jid_prep_bare(a, &p))
		return false;
	if (p.resource != NULL) {
		p.resource = prep(a, RESOURCE, p.resource, false);
		if (p.resource == NULL)
			return false;
		p.full = arena_cat(a, p.bare, "/", p.resource, NULL);
	}
	*j = p;
	return true;
}

bool
jid_is_of(const char *jid, const char *bare)
{
	for (; *bare != '\0' && *jid == *bare; jid++)
		bare++;
	return *bare == '\0' && (*jid == '\0' || *jid == '/');
}

const char *
jid_domain(const char *bare)
{
	const char *at = strchr(bare, '@');

	return at != NULL ? at + 1 : bare;
}

static const char *
written(struct arena *a, const char *bare, int (*way)(const char *, char **, int))
{
	const char *domain = jid_domain(bare), *other = bare;
	char *out = NULL;

	if (way(domain, &out, IDNA_ALLOW_UNASSIGNED) == IDNA_SUCCESS && strcmp(out, domain) != 0)
		other = arena_cat(a, arena_strndup(a, bare, (size_t)(domain - bare)), out, NULL);
	idn_free(out);
	return other;
}

void
jid_ways(struct arena *a, const char *bare, const char *ways[2])
{
	const char *domain = jid_domain(bare);

	ways[0] = ways[1] = bare;
	if (is_ascii(domain) && strstr(domain, "xn--") == NULL)
		return;
	ways[0] = written(a, bare, idna_to_unicode_8z8z);
	ways[1] = written(a, bare, idna_to_ascii_8z);
}

const char *
jid_pure(struct arena *a, const char *bare)
{
	const char *ways[2];

	jid_ways(a, bare, ways);
	return ways[0] == bare ? bare : ways[1];
}

static bool
is_pattern(const char *s)
{
	const char *at = strchr(s, '@');

	return strlen(s) <= PATTERN_MAX && strpbrk(s, "/ \t\r\n") == NULL && at != s &&
	       (at == NULL || (at[1] != '\0' && strchr(at + 1, '@') == NULL));
}

const char *
jid_target(struct arena *a, const char *s)
{
	struct jid j;

	if (strchr(s, '*') != NULL)
		return is_pattern(s) ? s : NULL;
	return jid_prep(a, s, &j) && j.resource == NULL ? j.bare : NULL;
}

/* What the last * took grows when the rest does not match: no more than strlen(pattern) * strlen(s) steps. */
bool
jid_matches(const char *pattern, const char *bare)
{
	const char *s = bare, *star = NULL, *from = NULL, *at = strchr(bare, '@');

	if (at != NULL && strchr(pattern, '@') == NULL)
		s = at + 1;
	while (*s != '\0')
		if (*pattern == '*') {
			star = ++pattern;
			from = s;
		} else if (*pattern == *s) {
			pattern++;
			s++;
		} else if (star != NULL) {
			pattern = star;
			s = ++from;
		} else
			return false;
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

/*
 * Some invisible characters are how people write: U+FE0F and U+200D in an emoji, U+200C and
 * U+200D between letters of Arabic and the scripts of India. resourceprep maps them to nothing
 * (RFC 3454 B.1), and a server has done so before we see an address; so in a nick from a
 * payload they are let through to be mapped away, where they are wanted: after such a character.
 * The flags spelled with tags (England, Scotland) are refused by resourceprep itself.
 */
static bool
is_wanted(uint32_t c, uint32_t before)
{
	bool emoji = (before >= 0x2190 && before <= 0x2bff) || before == 0x3030 ||
		     before == 0x303d || before == 0x3297 || before == 0x3299 ||
		     (before >= 0x1f000 && before <= 0x1faff);
	bool keycap = before == '#' || before == '*' || (before >= '0' && before <= '9');
	bool joining = (before >= 0x620 && before <= 0x8ff) || (before >= 0x900 && before <= 0xdff);

	if (c == 0xfe0e || c == 0xfe0f)
		return emoji || keycap || before == 0xa9 || before == 0xae || before == 0x203c ||
		       before == 0x2049 || before == 0x2122 || before == 0x2139;
	if (c == 0x200d)
		return emoji || joining || before == 0xfe0f;
	return c == 0x200c && joining;
}

/* Is every character one that people can see, or wanted where it stands? */
static bool
is_seen(const char *s, bool prepared)
{
	uint32_t c, before = 0;

	for (; *s != '\0'; before = c) {
		s += utf8_decode(s, &c);
		if (is_unseen(c) && (prepared || !is_wanted(c, before)))
			return false;
	}
	return true;
}

const char *
jid_nick(struct arena *a, const char *s, size_t max_bytes, bool strict)
{
	const char *nick;
	size_t n;

	if (s == NULL || !utf8_is(s, strlen(s)) || !is_seen(s, false))
		return NULL;
	nick = prep(a, RESOURCE, s, strict);
	if (nick == NULL || !is_seen(nick, true))
		return NULL;
	n = strlen(nick);
	if (n > max_bytes || nick[0] == ' ' || nick[n - 1] == ' ')
		return NULL;
	return arena_strdup(a, nick);
}

char *
jid_uri(struct arena *a, const char *bare, const char *query)
{
	static const char hex[] = "0123456789ABCDEF";
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~@";
	char *escaped = arena_alloc(a, 3 * strlen(bare) + 1), *p = escaped;

	for (; *bare != '\0'; bare++) {
		if (strchr(plain, *bare) != NULL) {
			*p++ = *bare;
			continue;
		}
		*p++ = '%';
		*p++ = hex[(unsigned char)*bare >> 4];
		*p++ = hex[*bare & 15];
	}
	return arena_cat(a, "xmpp:", escaped, "?", query, NULL);
}
