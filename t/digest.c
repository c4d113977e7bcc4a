/* SPDX-License-Identifier: ISC */
/*
 * digest.c - hashes and secrets
 */
#include "base/digest.h"
#include "tap.h"

int
main(void)
{
	uint8_t hash[SHA256_LEN];
	char hex[2 * SHA256_LEN + 1];

	digest_sha256("abc", 3, hash);
	digest_hex(hash, sizeof(hash), hex);
	is_str(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	    "SHA-256 of abc (FIPS 180-2, B.1)");
	digest_sha256("", 0, hash);
	digest_hex(hash, sizeof(hash), hex);
	is_str(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	    "and of nothing");
	digest_hex(hash, 0, hex);
	is_str(hex, "", "no bytes, no digits");

	ok(equal_secret("", ""), "two empty secrets are equal");
	ok(equal_secret("cauldronburn", "cauldronburn"), "so are two alike");
	ok(!equal_secret("cauldronburn", "cauldronburm"), "not when the last byte differs");
	ok(!equal_secret("cauldronburn", "cauldron"), "nor when one is the beginning of the other");
	ok(!equal_secret("", "x"), "nor is the empty one anybody's");
	return tap_done();
}
