/* SPDX-License-Identifier: ISC */
/*
 * peer.h - what is measured: a process that attaches itself to the host
 */
#ifndef PEER_H
#define PEER_H

#include <sys/types.h>

#include "host.h"
#include "../../spec/live_proc.h"

enum peer_kind {
	PEER_MUCD,
	PEER_MU_CONFERENCE,
	PEER_RAW,	/* blast.c */
	PEER_OWN_ROOMS, /* of a real server; see real.h */
	PEER_HOP,	/* hop.c */
	PEER_BARE_HOP,
};

struct peer {
	enum peer_kind kind;
	struct proc proc;
	char *dir;
	bool keeps_dir; /* it was there before */
};

bool peer_is_there(enum peer_kind);

/* Starts it and waits until it is attached; returns the seconds that took. dir: of its database; NULL: new. */
double peer_start(struct peer *, enum peer_kind, struct host *, const char *dir);
void peer_stop(struct peer *, struct host *);

/* Writes mucd.conf for that database and link, without any rates. */
void peer_conf(const char *path, const char *dir, const char *domain, int port);

double cpu_s(pid_t);
double peer_cpu_s(const struct peer *); /* used up to now, of all threads */

/* What /proc/PID/status has under that name, in bytes: RssAnon, RssFile. */
double peer_memory(const struct peer *, const char *name);

/* The process of blast.c: sends stanzas of that form until nobody takes them. */
void __attribute__((noreturn)) blast(int port);

/* The process of hop.c: a component that only sends. Bare: the shortest stanzas that do. */
void __attribute__((noreturn)) hop(int port, bool bare);

#define BLAST_USERS 1000
#define BLAST_WRAP  4 /* their ids begin again */

#endif
