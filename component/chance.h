/* SPDX-License-Identifier: ISC */
/*
 * chance.h - random bytes of the kernel's
 */
#ifndef CHANCE_H
#define CHANCE_H

#include <stddef.h>

/* Fills it; what muc_host wants, so there is an argument that is of no use. */
void chance_fill(void *unused, void *p, size_t n);

#endif
