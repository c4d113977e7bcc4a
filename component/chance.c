/* SPDX-License-Identifier: ISC */
/*
 * chance.c - random bytes of the kernel's
 */
#include "chance.h"

#include <sys/random.h>

#include <errno.h>
#include <string.h>

#include "log.h"

#define SPARE_BYTES 256

static void
fill(void *p, size_t n)
{
	size_t got = 0;
	ssize_t rc;

	while (got < n) {
		rc = getrandom((char *)p + got, n - got, 0);
		if (rc == -1 && errno != EINTR)
			fatal("getrandom");
		if (rc > 0)
			got += (size_t)rc;
	}
}

/*
 * Most who ask want a few bytes, for each message: the kernel is not asked each time. No process that was
 * forked asks; it would get the same ones.
 */
void
chance_fill(void *unused, void *p, size_t n)
{
	static char spare[SPARE_BYTES];
	static size_t nspare;

	(void)unused;
	if (n > sizeof spare / 4) {
		fill(p, n);
		return;
	}
	if (n > nspare) {
		fill(spare, sizeof spare);
		nspare = sizeof spare;
	}
	nspare -= n;
	memcpy(p, spare + nspare, n);
	explicit_bzero(spare + nspare, n);
}
