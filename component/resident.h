/* SPDX-License-Identifier: ISC */
/*
 * resident.h - how much memory mucd has of its own
 */
#ifndef RESIDENT_H
#define RESIDENT_H

#include <stdint.h>

/* In bytes; 0: it cannot be known. What muc_host wants, so there is an argument that is of no use. */
uint64_t resident_bytes(void *unused);

#endif
