/* SPDX-License-Identifier: ISC */
/*
 * resident.h - how much memory mucd has of its own
 */
#ifndef RESIDENT_H
#define RESIDENT_H

#include <stdint.h>

/* In bytes; 0: it cannot be known. What muc_host wants, so there is an argument that is of no use. */
uint64_t resident_bytes(void *unused);

/*
 * What was large and is not needed any more goes back to the kernel, from now on. Else malloc(3) takes ever larger
 * blocks from its heap, as it sees them come and go, and the holes that they leave stay with us.
 */
void resident_gives_back(void);

#endif
