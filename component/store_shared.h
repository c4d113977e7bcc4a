/* SPDX-License-Identifier: ISC */
/*
 * store_shared.h - lock.mdb, which all who read or write a database write to
 *
 * LMDB maps it and writes to the map, so a write that finds no room is no error that could be handled: the kernel
 * ends the process by SIGBUS. So its blocks are there before it is mapped, and where a file system copies what is
 * written (btrfs) it is told to write this file in place.
 */
#ifndef STORE_SHARED_H
#define STORE_SHARED_H

#include <stddef.h>

/*
 * Opens lock.mdb in an open folder, and makes it so if it is not and nobody has it; to be called before LMDB opens it.
 * -1, with a sentence in why: there is no room for it, or it cannot be made.
 *
 * The descriptor is to be closed after LMDB's environment, not before: whoever closes any descriptor of a file loses
 * all its locks of that file (fcntl(2)), LMDB's as well.
 */
int store_shared_open(int dir_fd, char *why, size_t why_cap);

/*
 * Where nothing of that helps: has the log say why before the kernel ends this process. Another process's SIGBUS is
 * none of its business.
 */
void store_shared_explain(void);

#endif
