/* SPDX-License-Identifier: ISC */
/*
 * digest.c - hashes and secrets, by libcrypto
 */
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "digest.h"
#include "mem.h"

_Static_assert(SHA1_LEN == SHA_DIGEST_LENGTH, "SHA-1 has 20 bytes");
_Static_assert(SHA256_LEN == SHA256_DIGEST_LENGTH, "SHA-256 has 32 bytes");

void
digest_sha1(const void *p, size_t n, uint8_t out[SHA1_LEN])
{
	SHA1(p, n, out);
}

void
digest_sha256(const void *p, size_t n, uint8_t out[SHA256_LEN])
{
	SHA256(p, n, out);
}

void
digest_hmac_sha256(const void *key, size_t nkey, const void *p, size_t n, uint8_t out[SHA256_LEN])
{
	/* It fails for want of memory alone, and then there is no id to give. */
	if (HMAC(EVP_sha256(), key, (int)nkey, p, n, out, NULL) == NULL)
		mem_die(SHA256_LEN);
}

void
digest_hex(const uint8_t *p, size_t n, char *out)
{
	static const char digit[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < n; i++) {
		*out++ = digit[p[i] >> 4];
		*out++ = digit[p[i] & 15];
	}
	*out = '\0';
}

bool
equal_secret(const char *a, const char *b)
{
	size_t n = strlen(a);

	return n == strlen(b) && CRYPTO_memcmp(a, b, n) == 0;
}
