/* SPDX-License-Identifier: ISC */
/*
 * handshake.h - the words of XEP-0114
 */
#ifndef HANDSHAKE_H
#define HANDSHAKE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;
struct xml;

#define HANDSHAKE_CLOSE "</stream:stream>"

/* Appends our stream header. */
void handshake_header(struct buf *, const char *domain);

/* Appends our <handshake/>: the server's stream id and the secret, hashed. */
void handshake_answer(struct buf *, const char *id, const char *secret);

/* May these bytes of a stanza be a stream error? True is worth a parser's look, false is no. */
bool handshake_maybe_error(const char *p, size_t n);

/* What a <stream:error/> about that component means, for the operator. */
const char *handshake_error(struct arena *, const struct xml *error, const char *domain);

#endif
