/* SPDX-License-Identifier: ISC */
/*
 * mem.c - memory from the heap, or death
 */
#include <stdlib.h>
#include <string.h>

#include "mem.h"

static void
die(size_t nbytes)
{
	(void)nbytes;
	abort();
}

void (*mem_die)(size_t nbytes) = die;

/* A hook that returns must not let anybody run on with NULL. */
static void
out_of_memory(size_t nbytes)
{
	mem_die(nbytes);
	abort();
}

void *
mem_alloc(size_t nbytes)
{
	void *p = calloc(1, nbytes > 0 ? nbytes : 1);

	if (p == NULL)
		out_of_memory(nbytes);
	return p;
}

void *
mem_realloc(void *p, size_t nbytes)
{
	p = realloc(p, nbytes > 0 ? nbytes : 1);
	if (p == NULL)
		out_of_memory(nbytes);
	return p;
}

char *
mem_strdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(mem_realloc(NULL, n), s, n);
}

char *
mem_strndup(const char *s, size_t n)
{
	char *copy;

	n = strnlen(s, n);
	copy = mem_realloc(NULL, n + 1);
	memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

void
mem_free_secret(char *s)
{
	if (s != NULL)
		explicit_bzero(s, strlen(s));
	free(s);
}
