/* SPDX-License-Identifier: ISC */
/*
 * live_proc.h - processes, ports and directories that are there for a while
 */
#ifndef LIVE_PROC_H
#define LIVE_PROC_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct proc {
	pid_t pid; /* 0: none */
};

/* Set by SIGINT, SIGTERM and SIGHUP once live_signals() was called: come to an end. */
extern volatile sig_atomic_t live_stopping;
void live_signals(void); /* also makes orphans of what we started our children */

/* At the very end: waits a moment for what processes that were stopped have left running. */
void live_reap(void);

int64_t live_now_ms(void); /* of a clock that never jumps */
void live_sleep_ms(int ms);

/*
 * Starts argv[0] (found in PATH) in a process group of its own, its output appended to `log`, its
 * standard input empty. env is a list of NAME=value, added to ours. It dies when we die. False, and
 * says why, when it cannot.
 */
bool proc_start(struct proc *, const char *const *argv, const char *const *env, const char *log);

/* Does it still run? If not, *status is what waitpid() says of it, and it is forgotten. */
bool proc_runs(struct proc *, int *status);

/*
 * Sends sig, waits up to 10 s, then kills; what is left of its group is killed too. Returns what
 * waitpid() says of it; 0 when there is none.
 */
int proc_stop(struct proc *, int sig);

/* What became of a process, in words. */
const char *proc_fate(int status);

/*
 * Takes n TCP ports of the loopback interface that nobody uses. Until ports_give() the sockets in fd hold them:
 * a server that sets SO_REUSEADDR may listen there, and nobody gets one by chance. False: not all could be had;
 * fd is to be given back all the same.
 */
bool ports_take(int *port, int *fd, size_t n);
void ports_give(const int *fd, size_t n);

/* Does anybody accept connections there? */
bool port_accepts(int port);

/* A new empty directory below $TMPDIR, which the caller frees; NULL, and says why. */
char *temp_dir(void);
void remove_dir(const char *dir);

/* Writes a file that only we can read; false, and says why. */
bool write_file(const char *path, const char *text, size_t n);

/* The end of a file as TAP comments, at most so many lines. */
void print_tail(const char *path, unsigned lines);

#endif
