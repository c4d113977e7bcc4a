/* SPDX-License-Identifier: ISC */
/*
 * map.c - a hash map from strings to pointers
 *
 * map_hash() is held to libcrypto's SipHash; a map to a plain array under random deeds.
 */
#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/map.h"
#include "tap.h"

#define NKEYS 2000

static uint64_t
siphash_1_3(const uint8_t key[16], const void *p, size_t n)
{
	unsigned size = 8, c = 1, d = 3;
	OSSL_PARAM params[] = {
		OSSL_PARAM_uint(OSSL_MAC_PARAM_SIZE, &size),
		OSSL_PARAM_uint(OSSL_MAC_PARAM_C_ROUNDS, &c),
		OSSL_PARAM_uint(OSSL_MAC_PARAM_D_ROUNDS, &d),
		OSSL_PARAM_END,
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);
	uint8_t out[8] = { 0 };
	uint64_t h = 0;
	size_t len, i;

	if (EVP_MAC_init(ctx, key, 16, params) != 1 || EVP_MAC_update(ctx, p, n) != 1 ||
	    EVP_MAC_final(ctx, out, &len, sizeof(out)) != 1)
		printf("# libcrypto has no SipHash\n");
	for (i = 0; i < 8; i++)
		h |= (uint64_t)out[i] << (8 * i);
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(mac);
	return h;
}

static void
hash(void)
{
	uint8_t key[16], text[64];
	bool good = true, differs = false;
	uint64_t before;
	size_t i;

	for (i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)(i * 7);
	for (i = 0; i < 16; i++)
		key[i] = (uint8_t)i;
	before = map_hash("room@conference.example.org", 27);
	map_seed(key);
	differs = before != map_hash("room@conference.example.org", 27);
	ok(differs, "the seed matters");
	for (i = 0; i <= sizeof(text); i++)
		good &= map_hash(text, i) == siphash_1_3(key, text, i);
	ok(good, "map_hash is SipHash-1-3, for all lengths from 0 to 64");
}

static void
small(void)
{
	struct map m = MAP_INIT;
	int one, two;
	char key[] = "a";

	ok(map_get(&m, "a") == NULL && map_del(&m, "a") == NULL, "an empty map has nothing");
	ok(m.slot == NULL, "and costs nothing");
	ok(map_put(&m, key, &one) == NULL, "nothing stood there before");
	ok(map_get(&m, "a") == &one, "found by the contents of the key");
	ok(map_put(&m, "a", &two) == &one, "replaced: the old value comes back");
	key[0] = 'x';
	ok(map_get(&m, "a") == &two, "and the new key is the one borrowed");
	ok(map_get(&m, "") == NULL, "the empty key is a key like others");
	map_put(&m, "", &one);
	ok(map_get(&m, "") == &one, "when it is put");
	is_int((intmax_t)map_count(&m), 2, "two keys");
	ok(map_del(&m, "") == &one && map_get(&m, "") == NULL, "and it is gone when deleted");
	ok(map_del(&m, "a") == &two, "deleting returns the value");
	is_int((intmax_t)map_count(&m), 0, "none left");
	map_release(&m);
}

/* Random puts and deletions, and what an array says should be there. */
static void
random_deeds(void)
{
	struct map m = MAP_INIT;
	static char key[NKEYS][16];
	static char values[2][NKEYS];
	char *there[NKEYS] = { NULL }, *value;
	bool good = true;
	uint32_t r = 1, at;
	size_t n = 0, i, seen, deed;

	for (i = 0; i < NKEYS; i++)
		snprintf(key[i], sizeof(key[i]), "user%zu", i);
	for (deed = 0; deed < 400000 && good; deed++) {
		r = r * 1664525 + 1013904223;
		i = (r >> 8) % (deed / 20000 % 2 ? NKEYS : 10);
		value = &values[deed % 2][i];
		if (r >> 31) {
			n += there[i] == NULL;
			good = map_put(&m, key[i], value) == there[i];
			there[i] = value;
		} else {
			n -= there[i] != NULL;
			good = map_del(&m, key[i]) == there[i];
			there[i] = NULL;
		}
		i = (r >> 4) % NKEYS;
		good &= map_get(&m, key[i]) == there[i] && map_count(&m) == n;
	}
	ok(good, "400,000 random deeds leave what they should");
	for (at = 0, seen = 0; (value = map_each(&m, &at)) != NULL; seen++) {
		i = (size_t)(value - (value < values[1] ? values[0] : values[1]));
		good &= map_del(&m, key[i]) == value;
	}
	ok(good && seen == n && map_count(&m) == 0, "all are walked, and deleted on the way");
	ok(m.slot == NULL, "and nothing is kept");
}

/* One entry that comes and goes a million times must not fill the map with marks. */
static void
come_and_go(void)
{
	struct map m = MAP_INIT;
	char key[32];
	int value;
	size_t i;

	map_put(&m, "stays", &value);
	for (i = 0; i < 1000000; i++) {
		snprintf(key, sizeof(key), "nick%zu", i);
		map_put(&m, key, &value);
		map_del(&m, key);
	}
	ok(m.nslots <= 16 && map_count(&m) == 1, "a million who came and went: %u slots", m.nslots);
	map_release(&m);
}

/*
 * A flood of keys that are alike: the longest run of taken slots tells whether they collide. A
 * random function leaves runs of a few hundred at most at this load.
 */
static void
flood(void)
{
	enum { N = 300000 };
	struct map m = MAP_INIT;
	char(*key)[48] = malloc(sizeof(*key) * N);
	size_t i, found = 0, long_search = 0;
	uint32_t at = 0, before;

	for (i = 0; i < N; i++) {
		snprintf(key[i], sizeof(*key), "%024zx@flood.example", i << 20);
		map_put(&m, key[i], key[i]);
	}
	for (i = 0; i < N; i++)
		found += map_get(&m, key[i]) == key[i];
	is_int((intmax_t)found, N, "300,000 keys made alike are all found");
	/* map_each() moves the index by one for each taken slot of a run */
	for (i = 0, before = 0; map_each(&m, &at) != NULL; before = at) {
		i = at == before + 1 ? i + 1 : 0;
		if (i > long_search)
			long_search = i;
	}
	ok(long_search < 2000, "the longest run of taken slots is %zu", long_search);
	map_release(&m);
	free(key);
}

static void
test_set(void)
{
	static const char *const some[] = { "a", "b", "a", NULL };
	struct map m = MAP_INIT;

	map_set_take(&m, some);
	ok(map_count(&m) == 2 && strcmp(map_get(&m, "a"), "a") == 0, "a set has each string once");
	map_set_take(&m, some + 2);
	ok(map_count(&m) == 1 && map_get(&m, "b") == NULL, "another list takes its place");
	map_set_take(&m, NULL);
	ok(map_count(&m) == 0, "no list is an empty one");
	map_set_forget(&m);
}

int
main(void)
{
	hash();
	small();
	random_deeds();
	come_and_go();
	flood();
	test_set();
	return tap_done();
}
