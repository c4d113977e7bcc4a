/* SPDX-License-Identifier: ISC */
/*
 * digest.c - hashes and secrets
 */
#include "base/digest.h"
#include "tap.h"

static const char *
hmac_of(const void *key, size_t nkey, const void *p, size_t n)
{
	static char hex[2 * SHA256_LEN + 1];
	uint8_t mac[SHA256_LEN];

	digest_hmac_sha256(key, nkey, p, n, mac);
	digest_hex(mac, sizeof(mac), hex);
	return hex;
}

/* RFC 4231 4; the fifth case is about a truncated one. */
static void
test_hmac(void)
{
	uint8_t key[131], data[50];

	memset(key, 0x0b, 20);
	is_str(hmac_of(key, 20, "Hi There", 8),
	    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
	    "HMAC-SHA-256, test case 1");
	is_str(hmac_of("Jefe", 4, "what do ya want for nothing?", 28),
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", "test case 2");
	memset(key, 0xaa, sizeof(key));
	memset(data, 0xdd, sizeof(data));
	is_str(hmac_of(key, 20, data, 50),
	    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe", "test case 3");
	is_str(hmac_of(key, 131, "Test Using Larger Than Block-Size Key - Hash Key First", 54),
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54", "test case 6");
	is_str(hmac_of(key, 131,
		   "This is a test using a larger than block-size key and a larger than "
		   "block-size data. The key needs to be hashed before being used by the "
		   "HMAC algorithm.",
		   152),
	    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2", "test case 7");
	for (uint8_t i = 0; i < 25; i++)
		key[i] = i + 1;
	memset(data, 0xcd, sizeof(data));
	is_str(hmac_of(key, 25, data, 50),
	    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b", "test case 4");
}

static void
test_digits(void)
{
	int right = 0;

	for (int i = 0; i < 16; i++)
		right += hex_digit("0123456789abcdef"[i]) == i;
	is_int(right, 16, "a digit has the value that it is written for");
	ok(hex_digit('A') == -1 && hex_digit('g') == -1 && hex_digit('/') == -1 &&
		hex_digit(':') == -1 && hex_digit('`') == -1 && hex_digit('\0') == -1,
	    "capitals, and what is beside the digits, are none");
}

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

	test_digits();
	test_hmac();

	ok(equal_secret("", ""), "two empty secrets are equal");
	ok(equal_secret("cauldronburn", "cauldronburn"), "so are two alike");
	ok(!equal_secret("cauldronburn", "cauldronburm"), "not when the last byte differs");
	ok(!equal_secret("cauldronburn", "cauldron"), "nor when one is the beginning of the other");
	ok(!equal_secret("", "x"), "nor is the empty one anybody's");
	return tap_done();
}
