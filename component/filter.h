/* SPDX-License-Identifier: ISC */
/*
 * filter.h - which system calls a process may make from now on (seccomp(2))
 *
 * A filter holds for the process and for all that it starts, whatever program that is, and nobody can take it
 * away. So the daemon's has what another mucd needs to start in its place (handover.h), and whoever is gone
 * over to says by FILTER_VERSION whether it can live with the one that is there.
 */
#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>
#include <stddef.h>

/* To be raised when the daemon's filter permits what it did not permit before. */
#define FILTER_VERSION 1

enum filter_of {
	FILTER_DAEMON,	  /* reads what strangers send; speaks over the connections it is given */
	FILTER_CONNECTOR, /* starts resolvers: connector.h */
	FILTER_RESOLVER,  /* looks for addresses and connects */
};

enum filter_mode {
	FILTER_ON,  /* another call ends the daemon; to the two others it fails, with EPERM */
	FILTER_LOG, /* it is made, and the kernel's log has it */
	FILTER_OFF,
};

/* Which one is in force, in a number for another mucd; 0: none. */
#define FILTER_IS(mode) ((mode) == FILTER_OFF ? 0 : FILTER_VERSION * 4 + 1 + (int)(mode))

/* "on", "log", "off"; -1 for anything else. */
int filter_mode_of(const char *word);

/* False when the kernel does not do that: why then is a sentence for the operator. */
bool filter_load(enum filter_of, enum filter_mode, char *why, size_t cap);

#endif
