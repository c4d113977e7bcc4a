/* SPDX-License-Identifier: ISC */
/*
 * link_input.c - from the socket to the queue
 */
#include <sys/socket.h>

#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/xml.h"
#include "base/xml_parse.h"
#include "handshake.h"
#include "link_int.h"
#include "log.h"

#define CHUNK_BYTES ((size_t)128 << 10) /* of one read */

/* Of another kind of port: for clients, or for servers. */
static const char *
other_kind(const char *p, size_t n)
{
	static const char *const kinds[] = { "jabber:client", "jabber:server" };

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (memmem(p, n, kinds[i], strlen(kinds[i])) != NULL)
			return kinds[i];
	return NULL;
}

void
link_took_header(struct link *l, const char *p, size_t n)
{
	const char *other = other_kind(p, n), *id;

	l->parser = xml_parser_new(p, n);
	l->incoming = muc_stream_new(l->w->muc, l->domain, p, n);
	l->state = HANDSHAKE;
	l->header.len = 0;
	buf_add(&l->header, p, n);
	if (l->parser == NULL || l->incoming == NULL) {
		link_lose(l, "the server's stream header cannot be read");
		return;
	}
	if (other != NULL) {
		link_lose(l, "this is no port for components, the server speaks %s there", other);
		return;
	}
	/* Without one the server does not want us, and is about to say why. */
	id = xml_get(xml_parser_header(l->parser), "id");
	if (id != NULL)
		handshake_answer(&l->out, id, l->secret);
}

void
link_come_up(struct link *l)
{
	l->state = UP;
	l->up_ms = l->w->now.mono_ms;
	inq_drop_opened(&l->q);
	inq_add(&l->q, &l->incoming, sizeof l->incoming);
	inq_close(&l->q, PIECE_STREAM);
	link_set_status(l, "attached to %s", l->peer);
}

/* What is none of libmuc's business: stream errors, and the handshake. Returns false if it is. */
static bool
took_own(struct link *l, enum piece kind, const char *p, size_t n)
{
	const bool is_handshake = l->state == HANDSHAKE;
	const struct xml *x = NULL;
	struct arena *a;

	if (!is_handshake && (kind != PIECE_STANZA || !handshake_maybe_error(p, n)))
		return false;
	a = arena_new();
	if (kind != PIECE_STANZA || xml_parse(l->parser, a, p, n, &x) != PARSE_OK)
		x = NULL;
	if (xml_is(x, NS_STREAM, "error"))
		link_lose(l, "%s", handshake_error(a, x, l->name));
	else if (is_handshake && xml_is(x, NS_STANZA, "handshake")) {
		link_come_up(l);
		log_info("%s", l->status);
	} else if (is_handshake)
		link_lose(l, "the server's answer to our handshake is none");
	arena_free(a);
	return is_handshake || l->state < UP || l->state == OVER;
}

/* There is no room for it. */
static void
refuse(struct link *l, enum piece kind, const char *p, size_t n)
{
	struct world *w = l->w;
	enum muc_input result;

	if (!l->is_refusing)
		log_warnx("%s: %zu bytes of input wait (link_buffer_bytes), refusing more", l->name,
		    inq_bytes(&l->q));
	l->is_refusing = true;
	if (kind == PIECE_STANZA)
		result = muc_refuse(w->muc, l->incoming, p, n, w->now);
	else
		result = muc_refuse_over(w->muc, l->incoming, p, n, w->now);
	inq_drop_opened(&l->q);
	world_did(w, result);
	if (result == MUC_DISAGREE)
		link_lose(l, "the server sent what can be read in two ways");
}

/* The open piece is a whole stanza, or what is kept of one. */
static void
took_stanza(struct link *l, enum piece kind)
{
	const char *p;
	size_t n;

	p = inq_opened(&l->q, &n);
	/* At once: what waits in the queue may wait for that what was told is known to be taken. */
	if (kind == PIECE_STANZA && l->state >= UP && muc_fence(l->w->muc, p, n, l->w->now)) {
		inq_drop_opened(&l->q);
		l->w->is_touched = true;
		return;
	}
	if (took_own(l, kind, p, n)) {
		inq_drop_opened(&l->q);
		return;
	}
	/* Halted, libmuc refuses nothing; link_may_read() sees to it that not much more comes. */
	if (!l->w->is_halted &&
	    (l->is_refusing || inq_bytes(&l->q) > (size_t)l->w->conf->link_buffer_bytes))
		refuse(l, kind, p, n);
	else
		inq_close(&l->q, kind);
}

/* When we have closed ours before, the server has handled all that we said. */
static void
took_close(struct link *l)
{
	if (l->state == CLOSING) {
		muc_domain_taken(l->w->muc, l->domain);
		l->w->is_touched = true;
		link_end(l);
		return;
	}
	link_lose(l, "the server closed the stream");
}

void
link_took_bytes(struct link *l, const char *p, size_t n)
{
	while (n > 0 && l->state >= HEADER && l->state <= CLOSING) {
		const bool was_over = xml_cut_over(&l->cut);
		const char *piece;
		size_t used, len;
		enum cut cut;

		cut = xml_cut(&l->cut, p, n, &used);
		if (cut != CUT_SPACE && !was_over)
			inq_add(&l->q, p, used);
		switch (cut) {
		case CUT_SPACE:
			break;
		case CUT_MORE:
			/* Of what is too long only the start tag is of use. */
			if (xml_cut_over(&l->cut))
				inq_cut_opened(&l->q, l->cut.tag_len);
			break;
		case CUT_HEADER:
			piece = inq_opened(&l->q, &len);
			link_took_header(l, piece, len);
			inq_drop_opened(&l->q);
			break;
		case CUT_STANZA:
			took_stanza(l, PIECE_STANZA);
			break;
		case CUT_LONG:
		case CUT_DEEP:
			inq_cut_opened(&l->q, l->cut.tag_len);
			took_stanza(l, PIECE_OVER);
			break;
		case CUT_CLOSE:
			took_close(l);
			break;
		case CUT_BAD:
			link_lose(l, "the server sent what is not XMPP");
			break;
		}
		if (cut != CUT_MORE && l->state >= UP) {
			l->cut.max_bytes = (size_t)l->w->conf->muc.limits.stanza_bytes;
			l->cut.max_depth = (unsigned)l->w->conf->muc.limits.stanza_depth;
		}
		p += used;
		n -= used;
	}
}

/*
 * Reading never waits for writing: a server may read nothing until all it writes was taken. But as long as
 * input is handled it may wait for that, which is better than to refuse it.
 */
bool
link_may_read(const struct link *l)
{
	const size_t most = (size_t)l->w->conf->link_buffer_bytes;

	if (l->state < HEADER || l->state > CLOSING || l->w->turn_ends)
		return false;
	if (l->w->is_stopping && l->state != CLOSING)
		return false;
	if (l->w->is_leaving && !l->w->is_listening)
		return false;
	if (l->w->is_halted)
		return !l->is_refusing && inq_bytes(&l->q) <= most;
	return l->w->is_paused || inq_bytes(&l->q) <= most / 2;
}

void
link_read(struct link *l)
{
	static char chunk[CHUNK_BYTES];
	size_t total = 0, most;
	ssize_t n;

	while (total < ROUND_BYTES && link_may_read(l)) {
		if (l->state < UP && l->handshake_bytes == HANDSHAKE_BYTES) {
			link_lose(l, "the server says too much before its handshake");
			return;
		}
		most = l->state >= UP ? sizeof chunk : HANDSHAKE_BYTES - l->handshake_bytes;
		n = recv(l->fd, chunk, most, 0);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN)
			return;
		if (n <= 0 && l->state == CLOSING) {
			if (n == 0)
				took_close(l);
			else
				link_end(l);
			return;
		}
		if (n == -1) {
			link_lose(l, "connection lost: %s", strerror(errno));
			return;
		}
		if (n == 0) {
			link_lose(l, "the server hung up%s",
			    l->state == UP ? "" : " at our handshake; the secret may be wrong");
			return;
		}
		if (l->state < UP)
			l->handshake_bytes += (size_t)n;
		l->read_ms = l->w->now.mono_ms;
		total += (size_t)n;
		link_took_bytes(l, chunk, (size_t)n);
		if ((size_t)n < most)
			return;
	}
}
