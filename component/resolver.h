/* SPDX-License-Identifier: ISC */
/*
 * resolver.h - one connection, by a process that does nothing else and ends: connector.h
 */
#ifndef RESOLVER_H
#define RESOLVER_H

#include <stdint.h>

#include "filter.h"

/*
 * Looks for the addresses of host, tries them in turn, each for so long, and answers over `to`. It is given up
 * when nobody wants the answer any more.
 */
void resolver_run(const char *host, int port, uint32_t address_ms, int to, enum filter_mode);

/* Answers that there is no connection. */
void resolver_fail(int to, const char *why);

#endif
