/* SPDX-License-Identifier: ISC */
/*
 * digest.c - hashes and secrets, by libcrypto
 */
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "digest.h"
#include "mem.h"

#define BLOCK_LEN 64 /* of SHA-256 */

_Static_assert(SHA1_LEN == SHA_DIGEST_LENGTH, "SHA-1 has 20 bytes");
_Static_assert(SHA256_LEN == SHA256_DIGEST_LENGTH, "SHA-256 has 32 bytes");

void
digest_sha1(const void *p, size_t n, uint8_t out[SHA1_LEN])
{
	SHA1(p, n, out);
}

/* Looked up once: libcrypto's own HMAC() does so each time, which takes longer than all the hashing. */
static struct {
	EVP_MD *md;
	EVP_MD_CTX *ctx;
} sha256;

/* The hash of a, then b. It fails for want of memory alone, and then there is no id to give. */
static void
hash(const void *a, size_t na, const void *b, size_t nb, uint8_t out[SHA256_LEN])
{
	if (sha256.ctx == NULL) {
		sha256.md = EVP_MD_fetch(NULL, "SHA256", NULL);
		sha256.ctx = EVP_MD_CTX_new();
	}
	if (sha256.md == NULL || sha256.ctx == NULL ||
	    EVP_DigestInit_ex2(sha256.ctx, sha256.md, NULL) != 1 ||
	    EVP_DigestUpdate(sha256.ctx, a, na) != 1 || EVP_DigestUpdate(sha256.ctx, b, nb) != 1 ||
	    EVP_DigestFinal_ex(sha256.ctx, out, NULL) != 1)
		mem_die(SHA256_LEN);
}

void
digest_sha256(const void *p, size_t n, uint8_t out[SHA256_LEN])
{
	hash(p, n, "", 0, out);
}

void
digest_hmac_sha256(const void *key, size_t nkey, const void *p, size_t n, uint8_t out[SHA256_LEN])
{
	uint8_t inner[BLOCK_LEN] = { 0 }, outer[BLOCK_LEN];

	if (nkey > BLOCK_LEN)
		digest_sha256(key, nkey, inner);
	else
		memcpy(inner, key, nkey);
	for (size_t i = 0; i < BLOCK_LEN; i++) {
		outer[i] = inner[i] ^ 0x5c;
		inner[i] ^= 0x36;
	}
	hash(inner, BLOCK_LEN, p, n, out);
	hash(outer, BLOCK_LEN, out, SHA256_LEN, out);
	OPENSSL_cleanse(inner, sizeof(inner));
	OPENSSL_cleanse(outer, sizeof(outer));
}

static const char digits[] = "0123456789abcdef";

void
digest_hex(const uint8_t *p, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++) {
		*out++ = digits[p[i] >> 4];
		*out++ = digits[p[i] & 15];
	}
	*out = '\0';
}

int
hex_digit(char c)
{
	const char *d = c != '\0' ? strchr(digits, c) : NULL;

	return d != NULL ? (int)(d - digits) : -1;
}

bool
equal_secret(const char *a, const char *b)
{
	size_t n = strlen(a);

	return n == strlen(b) && CRYPTO_memcmp(a, b, n) == 0;
}
