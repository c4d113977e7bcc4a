/* SPDX-License-Identifier: ISC */
/*
 * conf.h - mucd.conf(5)
 */
#ifndef CONF_H
#define CONF_H

#include <stddef.h>
#include <stdint.h>

#include "filter.h"
#include "muc.h"

/*
 * Numbers that are mucd's own; libmuc's are MUC_LIMITS. NUMBER(name, default, least, greatest, what
 * it is).
 */
#define CONF_NUMBERS(NUMBER)                                                                       \
	NUMBER(database_max, 68719476736, 1048576, 70368744177664, "bytes the database may take")  \
	NUMBER(control_connections, 8, 1, 64, "who may be at the control at once")                 \
	NUMBER(control_idle_s, 600, 1, 86400, "who says nothing there for so long is left")        \
	NUMBER(link_buffer_bytes, 67108864, 1048576, 4294967296, "input that may wait, per link")  \
	NUMBER(link_connect_ms, 10000, 100, 600000, "waiting for a connection, per address")       \
	NUMBER(link_handshake_ms, 30000, 100, 600000, "waiting for the server's handshake")        \
	NUMBER(link_stuck_ms, 60000, 1000, 3600000, "a server that takes no byte is left")         \
	NUMBER(                                                                                    \
	    link_keepalive_s, 150, 1, 86400, "silence before the server is asked for an answer")   \
	NUMBER(link_answer_ms, 60000, 1000, 3600000, "a server that does not answer is left")      \
	NUMBER(retry_first_ms, 1000, 10, 3600000, "longest first wait before connecting again")    \
	NUMBER(retry_greatest_ms, 60000, 10, 3600000, "longest wait before connecting again")

struct conf_component {
	char *domain; /* prepared */
	char *server;
	int port;
	char *secret;
};

struct conf {
	char *database;
	char *control;	     /* path of a socket; NULL: none */
	char *control_group; /* that may use it; NULL: that of mucd */
	char *backup_dir;    /* or NULL */
	char *user;	     /* to be; NULL: whoever starts it */
	enum filter_mode seccomp;
	enum muc_log log_level;
#define NUMBER(name, def, least, greatest, what) int64_t name;
	CONF_NUMBERS(NUMBER)
#undef NUMBER
	struct muc_conf muc; /* its pointers are into this struct conf */
	char **admins, **creators, **reserved_names, **banned;
	char **contacts;		     /* pairs */
	char **room_defaults, **room_forced; /* pairs */
	char *service_name;
	struct conf_component *components;
	size_t ncomponents;
};

/*
 * Reads a file. NULL when there is an error in it, after complaint() was given each as
 * "file:line: what".
 */
struct conf *conf_read(const char *path, void (*complaint)(const char *line));

/* Wipes the secrets; empty strings are left. */
void conf_forget_secrets(struct conf *);

/* Wipes the secrets, too. NULL is allowed. */
void conf_free(struct conf *);

/* The component of that domain, NULL if there is none. */
const struct conf_component *conf_component(const struct conf *, const char *domain);

#endif
