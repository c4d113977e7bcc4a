/* SPDX-License-Identifier: ISC */
/*
 * conf.c - mucd.conf(5), whatever stands in it
 *
 * A configuration that is taken must be good enough to start a service with.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <string.h>
#include <unistd.h>

#include "../component/conf.h"
#include "fuzz.h"

static bool complained;

static void
complaint(const char *line)
{
	HOLDS(line != NULL && *line != '\0');
	complained = true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char path[64];
	const char *bad;
	struct conf *c;
	int fd = memfd_create("mucd.conf", MFD_CLOEXEC);

	HOLDS(fd != -1 && fchmod(fd, 0600) == 0 && write(fd, data, n) == (ssize_t)n);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	complained = false;
	c = conf_read(path, complaint);
	/* What is refused is explained. */
	HOLDS(c != NULL || complained);
	if (c != NULL)
		HOLDS(c->ncomponents > 0 && muc_conf_check(&c->muc, &bad) == MUC_OK);
	conf_free(c);
	close(fd);
	return 0;
}
