/* SPDX-License-Identifier: ISC */
/*
 * pass_fd.h - a message, and a descriptor with it, over a socket of AF_UNIX
 */
#ifndef PASS_FD_H
#define PASS_FD_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

/* fd: -1 for none. False with errno; never SIGPIPE. */
bool pass_fd(int sock, const void *p, size_t n, int fd);

/* As recv(2); the descriptor is the caller's, -1 when there is none. */
ssize_t take_fd(int sock, void *p, size_t cap, int *fd);

#endif
