/* SPDX-License-Identifier: ISC */
/*
 * chance.c - random bytes of the kernel's
 */
#include "chance.h"

#include <sys/random.h>

#include <errno.h>

#include "log.h"

void
chance_fill(void *unused, void *p, size_t n)
{
	size_t got = 0;
	ssize_t rc;

	(void)unused;
	while (got < n) {
		rc = getrandom((char *)p + got, n - got, 0);
		if (rc == -1 && errno != EINTR)
			fatal("getrandom");
		if (rc > 0)
			got += (size_t)rc;
	}
}
