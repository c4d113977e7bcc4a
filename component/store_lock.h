/* SPDX-License-Identifier: ISC */
/*
 * store_lock.h - a folder is one process's
 */
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include <sys/types.h>

#include <stddef.h>

/*
 * Takes the folder's lock, which the kernel drops when its holder dies; LMDB's own lock.mdb does not keep a second
 * writer out. Returns what holds it, to be closed; -1 when it cannot be had: why then says so, and errno is
 * EBUSY if another process has it.
 */
int store_lock(int dir_fd, char *why, size_t why_cap);

/* Which process holds the lock, by the descriptor of an open mucd.lock; 0: none. The holder does not notice. */
pid_t store_lock_holder(int fd);

#endif
