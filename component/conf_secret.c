/* SPDX-License-Identifier: ISC */
/*
 * conf_secret.c - the secrets of mucd.conf(5)
 */
#include "conf_secret.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

void
secret_wipe(char *s)
{
	if (s != NULL)
		explicit_bzero(s, strlen(s));
}

/* What cfg_getstr() returns is libConfuse's own copy, which it frees as it is. */
void
secret_wipe_option(cfg_t *cfg, const char *name)
{
	secret_wipe((char *)(uintptr_t)cfg_getstr(cfg, name));
}

void
secret_wipe_section(cfg_t *sec)
{
	for (unsigned i = 0; i < cfg_num(sec); i++)
		secret_wipe((char *)(uintptr_t)cfg_opt_getstr(cfg_getnopt(sec, i)));
}

char *
secret_read_file(cfg_t *cfg, const char *path)
{
	char line[SECRET_MAX + 2];
	char *secret = NULL;
	struct stat st;
	ssize_t n;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd == -1 || fstat(fd, &st) == -1) {
		cfg_error(cfg, "secret_file %s: %s", path, strerror(errno));
		goto done;
	}
	if (!S_ISREG(st.st_mode)) {
		cfg_error(cfg, "secret_file %s: not a file", path);
		goto done;
	}
	if ((st.st_mode & S_IROTH) != 0) {
		cfg_error(cfg, "secret_file %s: everybody may read it: chmod o-rwx %s", path, path);
		goto done;
	}
	n = read(fd, line, sizeof line - 1);
	if (n == -1) {
		cfg_error(cfg, "secret_file %s: %s", path, strerror(errno));
		goto done;
	}
	line[n] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	if (line[0] == '\0' || strlen(line) > SECRET_MAX)
		cfg_error(cfg, "secret_file %s: its first line is %s", path,
		    line[0] == '\0' ? "empty" : "too long");
	else
		secret = mem_strdup(line);
	explicit_bzero(line, sizeof line);
done:
	if (fd != -1)
		close(fd);
	return secret;
}
