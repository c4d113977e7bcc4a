/* SPDX-License-Identifier: ISC */
/*
 * handshake.c - the words of XEP-0114
 */
#include <string.h>

#include <strophe.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/xml.h"
#include "base/xml_write.h"
#include "handshake.h"
#include "log.h"

void
handshake_header(struct buf *b, const char *domain)
{
	buf_adds(b, "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
		    "xmlns:stream='http://etherx.jabber.org/streams' to='");
	xml_escape(b, domain);
	buf_adds(b, "'>");
}

void
handshake_answer(struct buf *b, const char *id, const char *secret)
{
	unsigned char digest[XMPP_SHA1_DIGEST_SIZE];
	char hex[2 * sizeof digest + 1];
	struct buf both = BUF_INIT;

	/* Reserved at once: growing would leave a copy of the secret behind. */
	buf_reserve(&both, strlen(id) + strlen(secret));
	buf_adds(&both, id);
	buf_adds(&both, secret);
	xmpp_sha1_digest((const unsigned char *)both.p, both.len, digest);
	explicit_bzero(both.p, both.len);
	buf_release(&both);
	digest_hex(digest, sizeof digest, hex);
	buf_adds(b, "<handshake>");
	buf_adds(b, hex);
	buf_adds(b, "</handshake>");
}

bool
handshake_maybe_error(const char *p, size_t n)
{
	static const char plain[] = "<error";

	if (n > sizeof plain && memcmp(p, plain, sizeof plain - 1) == 0)
		return true;
	/* A prefix: whatever the server calls the namespace of streams. */
	for (size_t i = 1; i < n; i++) {
		if (p[i] == ':')
			return true;
		if (strchr(" \t\r\n/>", p[i]) != NULL)
			return false;
	}
	return false;
}

/* RFC 6120 4.9.3, as far as there is more to say than the name. %s is the component. */
static const struct {
	const char *condition, *meaning;
} meanings[] = {
	/* ejabberd says this of a component that it does not know, too. */
	{ "not-authorized", "the server refused the secret of %s (not-authorized): it has another "
			    "one, or does not know the component" },
	{ "host-unknown", "the server does not know the component %s (host-unknown): it is not "
			  "configured there" },
	{ "conflict", "another component is attached to the server as %s (conflict)" },
	{ "system-shutdown", "the server is shutting down (system-shutdown)" },
	{ "not-well-formed", "the server could not read what we sent for %s (not-well-formed)" },
	{ "xml-not-well-formed",
	    "the server could not read what we sent for %s (xml-not-well-formed)" },
};

const char *
handshake_error(struct arena *a, const struct xml *error, const char *domain)
{
	const struct xml *x = xml_child(error, NS_STREAM_ERRORS, NULL);
	const char *text = xml_child_text(error, NS_STREAM_ERRORS, "text");
	const char *meaning = NULL;

	while (x != NULL && strcmp(x->name, "text") == 0)
		x = xml_next(x, NS_STREAM_ERRORS, NULL);
	for (size_t i = 0; x != NULL && i < sizeof meanings / sizeof meanings[0]; i++)
		if (strcmp(meanings[i].condition, x->name) == 0)
			meaning = meanings[i].meaning;
	if (meaning != NULL) {
		const char *at = strstr(meaning, "%s");

		if (at != NULL)
			meaning = arena_cat(a, arena_strndup(a, meaning, (size_t)(at - meaning)),
			    domain, at + 2, NULL);
	} else {
		meaning = arena_cat(a,
		    "the server ended the stream: ", x != NULL ? x->name : "no reason given", NULL);
	}
	if (text == NULL || *text == '\0')
		return meaning;
	return arena_cat(a, meaning, ", \"", text, "\"", NULL);
}
