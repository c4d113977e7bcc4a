/* SPDX-License-Identifier: ISC */
/*
 * tap.h - the Test Anything Protocol, as much of it as a unit test needs
 *
 * main() calls ok() and its kin, and ends with `return tap_done();`.
 */
#ifndef TAP_H
#define TAP_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_run, tap_failed;

static inline bool __attribute__((format(printf, 2, 3))) ok(bool good, const char *fmt, ...)
{
	va_list ap;

	tap_run++;
	if (!good)
		tap_failed++;
	printf("%sok %d - ", good ? "" : "not ", tap_run);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
	return good;
}

/* Equal strings; NULL equals only NULL. */
static inline bool
is_str(const char *got, const char *want, const char *what)
{
	bool good = got == want || (got != NULL && want != NULL && strcmp(got, want) == 0);

	ok(good, "%s", what);
	if (!good)
		printf("# got  %s\n# want %s\n", got != NULL ? got : "NULL",
		    want != NULL ? want : "NULL");
	return good;
}

static inline bool
is_int(intmax_t got, intmax_t want, const char *what)
{
	ok(got == want, "%s", what);
	if (got != want)
		printf("# got  %" PRIdMAX "\n# want %" PRIdMAX "\n", got, want);
	return got == want;
}

static inline int
tap_done(void)
{
	printf("1..%d\n", tap_run);
	return tap_failed != 0;
}

#endif
