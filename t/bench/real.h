/* SPDX-License-Identifier: ISC */
/*
 * real.h - the same workloads by real clients through a real server
 */
#ifndef REAL_H
#define REAL_H

#include "../../spec/live_server.h"
#include "work.h"

struct real {
	struct took enter, say, one;	 /* n enter; messages to them; one by one */
	double server_cpu_s, mucd_cpu_s; /* while messages were said */
};

#define REAL_CLIENTS 100

/* mucd attached to it, or its own rooms. */
void real_run(enum server_kind, bool with_mucd, struct real *);

#endif
