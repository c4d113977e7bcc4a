/* SPDX-License-Identifier: ISC */
/*
 * why.h - why something cannot be, as a sentence for the operator
 */
#ifndef WHY_H
#define WHY_H

#include <stdbool.h>
#include <stddef.h>

#include "muc.h"

/* Writes the sentence; false, so that it can be returned. */
bool why_not(char *why, size_t cap, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Why muc_new() has refused the database or the configuration. */
const char *why_muc(enum muc_error);

#endif
