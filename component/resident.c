/* SPDX-License-Identifier: ISC */
/*
 * resident.c - how much memory mucd has of its own
 */
#include "resident.h"

#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

#define LARGE_BYTES (128 << 10)
#define SPARE_BYTES                                                                                \
	(1 << 20) /* at the end of the heap: what a turn takes the next one takes again */

/* What is resident and of no file: the database is mapped, and its pages are the kernel's to give back. */
uint64_t
resident_bytes(void *unused)
{
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long long resident, shared;
	int n = 0;

	(void)unused;
	if (f != NULL) {
		n = fscanf(f, "%*u %llu %llu", &resident, &shared);
		fclose(f);
	}
	return n == 2 ? (resident - shared) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

void
resident_gives_back(void)
{
	mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	mallopt(M_TRIM_THRESHOLD, SPARE_BYTES);
}
