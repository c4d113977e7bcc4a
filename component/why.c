/* SPDX-License-Identifier: ISC */
/*
 * why.c - why something cannot be, as a sentence for the operator
 */
#include "why.h"

#include <stdarg.h>
#include <stdio.h>

bool
why_not(char *why, size_t cap, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, cap, fmt, ap);
	va_end(ap);
	return false;
}
