/* SPDX-License-Identifier: ISC */
/*
 * digest.h - hashes, by libcrypto; hexadecimal; secrets that are compared
 */
#ifndef DIGEST_H
#define DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA1_LEN   20
#define SHA256_LEN 32

/* Not for secrets: XEP-0153 names pictures by it. */
void digest_sha1(const void *p, size_t n, uint8_t out[SHA1_LEN]);

void digest_sha256(const void *p, size_t n, uint8_t out[SHA256_LEN]);

/* HMAC (RFC 2104) with SHA-256. */
void
digest_hmac_sha256(const void *key, size_t nkey, const void *p, size_t n, uint8_t out[SHA256_LEN]);

/* Lower-case hexadecimal of n bytes and a NUL, to out[2 * n + 1]. */
void digest_hex(const uint8_t *p, size_t n, char *out);

/* The value of a digit that digest_hex() writes; -1: it is none. */
int hex_digit(char c);

/* Are two strings equal? Takes as long wherever they differ; only their lengths show. */
bool equal_secret(const char *a, const char *b);

#endif
