/* SPDX-License-Identifier: ISC */
/*
 * muc_int.h - what muc.c, muc_conf.c, muc_late.c and muc_out.c share
 */
#ifndef MUC_INT_H
#define MUC_INT_H

#include "muc.h"
#include "base/xml_parse.h"
#include "dispatch.h"
#include "room/console.h"

/* A presence that found no room in the input: the last one per sender and addressee. */
struct late {
	TAILQ_ENTRY(late) entry;
	struct muc_stream *stream;
	char *key;
	char *text;
	size_t len;
};

TAILQ_HEAD(late_list, late);

struct muc {
	struct service s; /* the first: unit tests find it there */
	struct muc_host host;
	struct map lates;
	struct late_list late_order;
	size_t late_bytes;
	size_t refusals_bytes; /* told since so much waited at most */
	bool did;	       /* the turn did something */
	bool retries;	       /* the last commit found no room: nothing may be written */
};

/* How the turn goes on. */
enum muc_input muc_turn_state(struct muc *);

/* What can be read of a stanza that libxml2 does not take: its start tag, as xml_parse_tag() has it. */
enum parse muc_parse_head(struct muc_stream *, const char *p, size_t n, const struct xml **);

/* Refuses a stanza by its head. */
typedef void
head_refuser(struct muc *, struct muc_stream *, const struct xml *, size_t nbytes, enum deny);

/* A stanza that is too long or too deep, of which there is the start tag alone. */
enum muc_input muc_over(
    struct muc *, struct muc_stream *, const char *tag, size_t n, struct muc_now, head_refuser *);

/* -- muc_conf.c -- */

/* What muc_reload() has taken is given back. */
void muc_conf_forget(struct muc *);

/* -- muc_late.c -- */

void late_free(struct muc *, struct late *);

/* Refuses by the head, as long as not too many refusals wait to be told. */
head_refuser late_refuse;

struct muc_stream {
	struct xml_parser *parser;
	struct muc *muc;
	struct way way;
};

#endif
