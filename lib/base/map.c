/* SPDX-License-Identifier: ISC */
/*
 * map.c - a hash map from strings to pointers
 *
 * At most three slots of four are taken (by keys or by the marks that deleted ones leave), so a
 * search always ends at an empty slot.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"
#include "mem.h"

#define MIN_SLOTS 8
#define MAX_KEYS  (UINT32_MAX / 4)

struct map_slot {
	const char *key; /* NULL: never used */
	void *value;	 /* NULL, with a key: the entry is gone */
	uint64_t hash;
};

static uint64_t seed_k[2];

void
map_seed(const uint8_t seed[16])
{
	memcpy(seed_k, seed, sizeof(seed_k));
	seed_k[0] = le64toh(seed_k[0]);
	seed_k[1] = le64toh(seed_k[1]);
}

static inline uint64_t
rotl(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static inline void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] = rotl(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] = rotl(v[2], 32);
}

uint64_t
map_hash(const void *p, size_t n)
{
	const uint8_t *at = p;
	uint64_t v[4] = {
		seed_k[0] ^ 0x736f6d6570736575,
		seed_k[1] ^ 0x646f72616e646f6d,
		seed_k[0] ^ 0x6c7967656e657261,
		seed_k[1] ^ 0x7465646279746573,
	};
	uint64_t word, last = (uint64_t)n << 56;
	size_t i;

	for (; n >= 8; n -= 8, at += 8) {
		memcpy(&word, at, 8);
		word = le64toh(word);
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	for (i = 0; i < n; i++)
		last |= (uint64_t)at[i] << (8 * i);
	v[3] ^= last;
	sip_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	sip_round(v);
	sip_round(v);
	sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void
map_release(struct map *m)
{
	free(m->slot);
	*m = (struct map)MAP_INIT;
}

/* The slot of key; NULL if it has none. */
static struct map_slot *
find(const struct map *m, const char *key, uint64_t hash)
{
	struct map_slot *s;
	uint32_t i;

	if (m->nslots == 0)
		return NULL;
	for (i = (uint32_t)hash;; i++) {
		s = &m->slot[i & (m->nslots - 1)];
		if (s->key == NULL)
			return NULL;
		if (s->hash == hash && s->value != NULL && strcmp(s->key, key) == 0)
			return s;
	}
}

void *
map_get(const struct map *m, const char *key)
{
	const struct map_slot *s;

	if (m->nkeys == 0)
		return NULL;
	s = find(m, key, map_hash(key, strlen(key)));
	return s != NULL ? s->value : NULL;
}

static struct map_slot *
unused(const struct map *m, uint64_t hash)
{
	uint32_t i = (uint32_t)hash;

	while (m->slot[i & (m->nslots - 1)].key != NULL)
		i++;
	return &m->slot[i & (m->nslots - 1)];
}

/* Moves all keys to slots of a size that suits their number, and forgets the gone ones. */
static void
resize(struct map *m)
{
	struct map bigger = { .nslots = MIN_SLOTS, .nkeys = m->nkeys };
	uint32_t i;

	if (m->nkeys >= MAX_KEYS)
		mem_die(m->nkeys);
	while (bigger.nslots / 2 <= m->nkeys)
		bigger.nslots *= 2;
	bigger.slot = mem_alloc(bigger.nslots * sizeof(*bigger.slot));
	for (i = 0; i < m->nslots; i++)
		if (m->slot[i].value != NULL)
			*unused(&bigger, m->slot[i].hash) = m->slot[i];
	free(m->slot);
	*m = bigger;
}

void *
map_put(struct map *m, const char *key, void *value)
{
	uint64_t hash = map_hash(key, strlen(key));
	struct map_slot *s = find(m, key, hash);
	void *before;

	if (s != NULL) {
		before = s->value;
		s->key = key;
		s->value = value;
		return before;
	}
	if (m->nkeys + m->ngone >= m->nslots / 4 * 3)
		resize(m);
	s = unused(m, hash);
	s->key = key;
	s->value = value;
	s->hash = hash;
	m->nkeys++;
	return NULL;
}

void *
map_del(struct map *m, const char *key)
{
	struct map_slot *s;
	void *value;

	if (m->nkeys == 0)
		return NULL;
	s = find(m, key, map_hash(key, strlen(key)));
	if (s == NULL)
		return NULL;
	value = s->value;
	s->key = ""; /* the borrowed key may die now */
	s->value = NULL;
	m->nkeys--;
	m->ngone++;
	if (m->nkeys == 0)
		map_release(m);
	return value;
}

size_t
map_count(const struct map *m)
{
	return m->nkeys;
}

void *
map_each(const struct map *m, uint32_t *i)
{
	while (*i < m->nslots) {
		void *value = m->slot[(*i)++].value;

		if (value != NULL)
			return value;
	}
	return NULL;
}

void
map_set_forget(struct map *set)
{
	uint32_t i = 0;

	for (char *s; (s = map_each(set, &i)) != NULL;) {
		map_del(set, s);
		free(s);
	}
	map_release(set);
}

void
map_set_take(struct map *set, const char *const *list)
{
	map_set_forget(set);
	for (; list != NULL && *list != NULL; list++)
		if (map_get(set, *list) == NULL) {
			char *s = mem_strdup(*list);

			map_put(set, s, s);
		}
}
