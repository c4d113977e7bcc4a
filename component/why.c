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

const char *
why_muc(enum muc_error error)
{
	static const char *const texts[] = {
		[MUC_OK] = "no error",
		[MUC_SCHEMA_NEWER] = "it was written by a newer mucd; this one cannot read it",
		[MUC_STORE_BROKEN] = "it holds what cannot be read",
		[MUC_CONF_BAD] = "a default of rooms is wrong",
	};

	return texts[error];
}
