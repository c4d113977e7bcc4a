/* SPDX-License-Identifier: ISC */
/*
 * mem.h - memory from the heap, or death
 *
 * Whoever is refused memory has nothing sensible left to say to a peer, so running out ends
 * the process, in one place. What makes that safe is that every quantity a stranger controls
 * has a limit; see struct muc_limits.
 */
#ifndef MEM_H
#define MEM_H

#include <stddef.h>

/*
 * Called with the size that could not be had; must not return. The default calls abort(3).
 * A daemon sets it once, before its first allocation, to say so in its log.
 */
extern void (*mem_die)(size_t nbytes);

/* nbytes zeroed bytes, never NULL; the caller frees them with free(3). */
void *mem_alloc(size_t nbytes);

/* As realloc(3), never NULL; new bytes are not zeroed. */
void *mem_realloc(void *p, size_t nbytes);

/* A copy of s, or of its first n bytes plus a NUL; the caller frees it. s must not be NULL. */
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t n);

/* Frees a string of which nothing is to stay in memory; NULL is allowed. */
void mem_free_secret(char *s);

#endif
