/* SPDX-License-Identifier: ISC */
/*
 * shim.h - what shim.c, the checker and the tests agree on
 *
 * The log is one struct logged after the other, each followed by `len` bytes. The switches are a file that
 * tests map, too; muctest.py knows its layout.
 */
#ifndef SHIM_H
#define SHIM_H

#include <stdint.h>

enum call {
	CALL_WRITE, /* to the database: bytes at `at` */
	CALL_SYNC, /* of all that was written to it; flag IS_DURABLE on a write says the same of it alone */
	CALL_TRUNCATE, /* it ends at `at` */
	CALL_RESERVE,  /* it reaches to `at` */
	CALL_NAME,     /* it is given its name: before that it is not there */
	CALL_SEND,     /* to a server */
	CALL_RECV,     /* from a server; never counted */
	CALL_START,    /* a process begins; never counted */
	CALL_LAST,     /* a WRITE that IS_DURABLE, as which it is logged: it ends a commit */
	CALL_COUNT,
};

#define IS_DURABLE 1u /* a write by a descriptor with O_DSYNC */

struct logged {
	uint32_t call;
	uint32_t flags;
	int64_t at;
	int64_t len;	/* of the bytes that follow: what was really written, sent, or come */
	int64_t result; /* or -errno */
	uint64_t conn;	/* of SEND, RECV: which connection, by the inode of its socket */
};

enum deed {
	DEED_NONE,
	DEED_FAIL,  /* nothing is done, `error` is returned */
	DEED_SHORT, /* half of it is done, and that is returned */
	DEED_KILL,  /* SIGKILL before it */
	DEED_TEAR,  /* SIGKILL in the middle of it */
	DEED_AFTER, /* SIGKILL behind it */
	DEED_DONE,  /* a write is done, and `error` is returned all the same */
	DEED_FILL,  /* that, and is_full from then on */
};

/* What a test turns while mucd runs. */
struct switches {
	int64_t wall_ms;  /* the wall clock is wrong by that */
	int64_t boot_ms;  /* the machine slept so long */
	uint32_t is_full; /* nothing can be reserved or written: ENOSPC */
	uint32_t deed;
	uint32_t calls; /* which ones count: bits 1 << enum call */
	int32_t error;
	uint64_t nth;  /* of the calls that count, from 1; 0: none */
	uint64_t done; /* of them so far */
	uint64_t ndeeds;
	uint64_t nfull;	 /* calls that failed by is_full */
	uint64_t within; /* calls that have begun and are not in the log yet */
};

#endif
