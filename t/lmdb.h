/* SPDX-License-Identifier: ISC */
/*
 * lmdb.h - databases of a test, in a folder of its own, on a disk of 4 TB
 */
#ifndef T_LMDB_H
#define T_LMDB_H

#include <sys/statvfs.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "../component/store_lmdb.h"
#include "tap.h"

#define MB ((size_t)1 << 20)

static char top[] = "/tmp/mucd-store-XXXXXX";
static char path[64];
static char value[4000];

int
fstatvfs(int fd, struct statvfs *v)
{
	(void)fd;
	*v = (struct statvfs){ .f_frsize = 4096, .f_bavail = 1 << 30 };
	return 0;
}

/* A folder that is not there yet. */
static void
fresh(void)
{
	static int n;

	snprintf(path, sizeof path, "%s/%d", top, n++);
}

static struct store *
reopen(size_t max_bytes)
{
	char why[512] = "";
	struct store *s = store_lmdb_open(path, max_bytes, why, sizeof why);

	if (s == NULL)
		printf("# %s\n", why);
	return s;
}

static struct bytes
str(const char *s)
{
	return (struct bytes){ s, strlen(s) };
}

static struct bytes
number(unsigned n)
{
	static char key[16];

	snprintf(key, sizeof key, "%08u", n);
	return str(key);
}

static void
put(struct store *s, const char *key, const char *val)
{
	s->put(s, TABLE_rooms, str(key), str(val));
}

static bool
has(struct store *s, const char *key, const char *want)
{
	struct bytes val;

	if (s->get(s, TABLE_rooms, str(key), &val) != STORE_OK)
		return want == NULL;
	return want != NULL && val.n == strlen(want) && memcmp(val.p, want, val.n) == 0;
}

/* Puts records of sizeof value from..to. */
static void
put_many(struct store *s, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		s->put(s, TABLE_affil, number(i), (struct bytes){ value, sizeof value });
}

static unsigned
count_many(struct store *s, unsigned to)
{
	struct bytes val;
	unsigned n = 0;

	for (unsigned i = 0; i < to; i++)
		n += s->get(s, TABLE_affil, number(i), &val) == STORE_OK && val.n == sizeof value;
	return n;
}

static bool
lmdb_begin(void)
{
	memset(value, 'v', sizeof value);
	return mkdtemp(top) != NULL;
}

static int
lmdb_done(void)
{
	char command[96];

	snprintf(command, sizeof command, "rm -rf %s", top);
	if (system(command) != 0)
		printf("# %s\n", command);
	return tap_done();
}

#endif
