/* SPDX-License-Identifier: ISC */
/*
 * base64.c - bytes written in base64, and read
 */
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/buf.h"
#include "tap.h"

/* What is read behind ">"; NULL: it is no base64. Until the next call. */
static const char *
read_of(const char *s)
{
	static char *text;
	struct buf b = BUF_INIT;
	bool good;

	buf_addc(&b, '>');
	good = base64_read(&b, s);
	free(text);
	text = buf_steal(&b);
	if (!good && strcmp(text, ">") != 0)
		return "something is left of it";
	return good ? text : NULL;
}

/* RFC 4648 10. */
static const struct {
	const char *written, *is;
} vectors[] = {
	{ "", ">" },
	{ "Zg==", ">f" },
	{ "Zm8=", ">fo" },
	{ "Zm9v", ">foo" },
	{ "Zm9vYg==", ">foob" },
	{ "Zm9vYmE=", ">fooba" },
	{ "Zm9vYmFy", ">foobar" },
	{ " Z\nm9\r\n\tvYm\n F y\n", ">foobar" },
	{ "Zg =\n=", ">f" },
	{ "fn5+", ">~~~" },
	{ "Pz8/", ">???" },
};

static const char *const bad[] = { "Z", "Zg", "Zg=", "Zg===", "Zm8",
	"Zm8==", "Zm9v=", "Zm9v==", "Zm9v====", "=", "====", "=Zg=", "Zg==Zg==", "Zg=A",
	"Zh==", "Zm9=", "Zm_v", "Zm-v", "Zm9v.", "Zm\xc3\xa4v", "Zm\vv", "<Zm9v>" };

/* All bytes there are. */
static void
test_bytes(void)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct buf b = BUF_INIT;
	unsigned nright = 0;

	for (unsigned i = 0; i < 256; i++) {
		char s[] = { digits[i >> 2], digits[(i & 3) << 4], '=', '=', '\0' };

		b.len = 0;
		nright += base64_read(&b, s) && b.len == 1 && (unsigned char)b.p[0] == i;
	}
	buf_release(&b);
	is_int(nright, 256, "every byte is read");
}

/* What is written is what RFC 4648 10 has, and is read as it was, whatever the bytes and their number. */
static void
test_write(void)
{
	struct buf text = BUF_INIT, read = BUF_INIT;
	char bytes[256];
	unsigned nright = 0;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(255 - i);
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		text.len = read.len = 0;
		base64_write(&text, bytes, n);
		buf_addc(&text, '\0');
		nright += base64_read(&read, text.p) && read.len == n &&
			  (n == 0 || memcmp(read.p, bytes, n) == 0);
	}
	is_int(nright, sizeof(bytes) + 1, "what is written is read");
	text.len = 0;
	base64_write(&text, "fooba", 5);
	buf_addc(&text, '\0');
	is_str(text.p, "Zm9vYmE=", "fooba");
	buf_release(&text);
	buf_release(&read);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++)
		is_str(read_of(vectors[i].written), vectors[i].is, vectors[i].is);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		is_str(read_of(bad[i]), NULL, bad[i]);
	test_bytes();
	test_write();
	read_of("");
	return tap_done();
}
