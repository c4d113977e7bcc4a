/* SPDX-License-Identifier: ISC */
/*
 * chance.h - random bytes of the kernel's
 */
#ifndef CHANCE_H
#define CHANCE_H

#include <stddef.h>

/*
 * Fills p with n bytes; the first argument is there for struct muc_host. A child gets the bytes that its parent
 * gets.
 */
void chance_fill(void *unused, void *p, size_t n);

#endif
