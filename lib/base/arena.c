/* SPDX-License-Identifier: ISC */
/*
 * arena.c - memory that is all given back at once
 *
 * Chunks of one size in a list; what is large gets a chunk of its own. Under AddressSanitizer
 * what has not been handed out is poisoned, so a pointer kept past its turn is found.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
#	include <sanitizer/asan_interface.h>
#else
#	define ASAN_POISON_MEMORY_REGION(p, n)	  ((void)(p), (void)(n))
#	define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

#include "arena.h"
#include "mem.h"

#define CHUNK_BYTES 65536
#define LARGE_BYTES (CHUNK_BYTES / 4) /* so at most a quarter of a chunk is ever wasted */
#define ALIGN	    _Alignof(max_align_t)

struct chunk {
	struct chunk *next;
	size_t nbytes;
	_Alignas(max_align_t) unsigned char mem[];
};

struct arena {
	struct chunk *chunk; /* the one in use, never NULL; behind it the full ones */
	size_t in_use;	     /* bytes of it handed out */
	size_t used;
	bool wipes; /* there is a secret in it */
};

static struct chunk *
chunk_new(size_t nbytes)
{
	struct chunk *c;

	if (nbytes > SIZE_MAX - sizeof(*c))
		nbytes = SIZE_MAX - sizeof(*c);
	c = mem_realloc(NULL, sizeof(*c) + nbytes);
	c->next = NULL;
	c->nbytes = nbytes;
	ASAN_POISON_MEMORY_REGION(c->mem, nbytes);
	return c;
}

static void
chunk_free(struct chunk *c)
{
	ASAN_UNPOISON_MEMORY_REGION(c->mem, c->nbytes);
	free(c);
}

struct arena *
arena_new(void)
{
	struct arena *a = mem_alloc(sizeof(*a));

	a->chunk = chunk_new(CHUNK_BYTES);
	return a;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	arena_reset(a);
	chunk_free(a->chunk);
	free(a);
}

void
arena_wipe(struct arena *a)
{
	a->wipes = true;
}

bool
arena_wipes(const struct arena *a)
{
	return a->wipes;
}

/* All that was handed out. */
static void
wipe(struct arena *a)
{
	size_t nbytes = a->in_use;

	for (struct chunk *c = a->chunk; c != NULL; c = c->next) {
		ASAN_UNPOISON_MEMORY_REGION(c->mem, nbytes);
		explicit_bzero(c->mem, nbytes);
		nbytes = c->next != NULL ? c->next->nbytes : 0;
	}
	a->wipes = false;
}

void
arena_reset(struct arena *a)
{
	struct chunk *c, *next;

	if (a->wipes)
		wipe(a);
	for (c = a->chunk->next; c != NULL; c = next) {
		next = c->next;
		chunk_free(c);
	}
	a->chunk->next = NULL;
	ASAN_POISON_MEMORY_REGION(a->chunk->mem, a->chunk->nbytes);
	a->in_use = 0;
	a->used = 0;
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}

/* Bytes that are not zeroed. */
static void *
take(struct arena *a, size_t nbytes)
{
	struct chunk *c = a->chunk;
	unsigned char *p;

	a->used += nbytes;
	if (nbytes > LARGE_BYTES) {
		c = chunk_new(nbytes);
		c->next = a->chunk->next;
		a->chunk->next = c;
		ASAN_UNPOISON_MEMORY_REGION(c->mem, nbytes);
		return c->mem;
	}
	if (nbytes > c->nbytes - a->in_use) {
		c = chunk_new(CHUNK_BYTES);
		c->next = a->chunk;
		a->chunk = c;
		a->in_use = 0;
	}
	p = c->mem + a->in_use;
	a->in_use += (nbytes + ALIGN - 1) & ~(ALIGN - 1);
	ASAN_UNPOISON_MEMORY_REGION(p, nbytes);
	return p;
}

void *
arena_alloc(struct arena *a, size_t nbytes)
{
	return memset(take(a, nbytes), 0, nbytes);
}

char *
arena_strdup(struct arena *a, const char *s)
{
	size_t n;

	if (s == NULL)
		return NULL;
	n = strlen(s) + 1;
	return memcpy(take(a, n), s, n);
}

char *
arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *copy;

	if (s == NULL)
		return NULL;
	n = strnlen(s, n);
	copy = take(a, n + 1);
	memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

char *
arena_cat(struct arena *a, ...)
{
	va_list ap, again;
	const char *s;
	size_t n = 1;
	char *cat, *p;

	va_start(ap, a);
	va_copy(again, ap);
	while ((s = va_arg(ap, const char *)) != NULL)
		n += strlen(s);
	va_end(ap);
	cat = p = take(a, n);
	while ((s = va_arg(again, const char *)) != NULL)
		p = stpcpy(p, s);
	va_end(again);
	*p = '\0';
	return cat;
}

char *
arena_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char small[128], *s;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < 0)
		abort(); /* more than INT_MAX bytes: no limit of mucd lets that happen */
	s = take(a, (size_t)n + 1);
	if ((size_t)n < sizeof(small))
		memcpy(s, small, (size_t)n + 1);
	else
		vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}
