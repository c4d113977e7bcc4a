/* SPDX-License-Identifier: ISC */
/*
 * password.c - where the password of an account comes from: a file, the environment, somebody
 *
 * Never an argument: everybody on the machine can read those.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "base/mem.h"
#include "way.h"

#define PASSWORD_MAX 1024 /* bytes */

/* The first line of the file. */
static char *
read_file(const char *path)
{
	char line[PASSWORD_MAX + 2] = "";
	char *password = NULL;
	struct stat st;
	FILE *f = fopen(path, "re");

	if (f == NULL || fstat(fileno(f), &st) == -1) {
		ctl_complain("%s: %s", path, strerror(errno));
		goto done;
	}
	if ((st.st_mode & S_IROTH) != 0) {
		ctl_complain(
		    "%s: everybody may read it, and there is a password in it: chmod o-r", path);
		goto done;
	}
	setvbuf(f, NULL, _IONBF, 0);
	if (fgets(line, sizeof line, f) == NULL)
		line[0] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	if (line[0] == '\0' || strlen(line) > PASSWORD_MAX)
		ctl_complain("%s: there is no password in its first line", path);
	else
		password = mem_strdup(line);
done:
	explicit_bzero(line, sizeof line);
	if (f != NULL)
		fclose(f);
	return password;
}

char *
way_password(const struct ctl_options *o)
{
	char *env = getenv("MUCCTL_PASSWORD"), *password;
	char prompt[256];

	if (o->password_file != NULL)
		return read_file(o->password_file);
	if (env != NULL && *env != '\0') {
		password = mem_strdup(env);
		/* /proc/PID/environ has it no longer. */
		explicit_bzero(env, strlen(env));
		return password;
	}
	if (o->asks_nothing || !isatty(STDIN_FILENO)) {
		ctl_complain("no password for %s: --password-file, MUCCTL_PASSWORD, or a terminal",
		    o->account);
		return NULL;
	}
	snprintf(prompt, sizeof prompt, "Password of %.200s: ", o->account);
	return ask_secret(prompt);
}
