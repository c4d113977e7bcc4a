/* SPDX-License-Identifier: ISC */
/*
 * map.h - a hash map from strings to pointers
 *
 * Strangers choose the keys (JIDs, nicks), so they are hashed by SipHash-1-3 with a key of
 * the process: collisions cannot be made on purpose. Open addressing, linear probing.
 */
#ifndef MAP_H
#define MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_slot;

struct map {
	struct map_slot *slot; /* NULL while empty: an empty map costs nothing */
	uint32_t nslots, nkeys, ngone;
};

#define MAP_INIT                                                                                   \
	{                                                                                          \
		NULL, 0, 0, 0                                                                      \
	}

/* Sets the hash key of the process, once, before the first map is filled. */
void map_seed(const uint8_t seed[16]);

/* SipHash-1-3 of n bytes under the process's key. */
uint64_t map_hash(const void *p, size_t n);

void map_release(struct map *); /* forgets all; the values are the caller's */

/* The value under key, NULL if there is none. */
void *map_get(const struct map *, const char *key);

/*
 * Puts value (not NULL) under key and returns what stood there before, or NULL. The key is
 * borrowed: it must live and stay as it is while the entry does. Replacing also replaces the
 * borrowed key.
 */
void *map_put(struct map *, const char *key, void *value);

/* Takes the entry out and returns its value, NULL if there was none. */
void *map_del(struct map *, const char *key);

size_t map_count(const struct map *);

/*
 * Walks all values in no order: start with *i = 0; returns NULL at the end. Between two calls
 * entries may be deleted, not put.
 */
void *map_each(const struct map *, uint32_t *i);

/* -- a set of strings: each is its own value, on the heap -- */

/* Makes it what is in the list, which ends with NULL; NULL itself is an empty one. Copies. */
void map_set_take(struct map *, const char *const *list);
void map_set_forget(struct map *);

#endif
