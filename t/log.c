/* SPDX-License-Identifier: ISC */
/*
 * log.c - component/log.c: what syslogd(8) gets
 */
#include "../component/log.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

static struct sockaddr_un sun = { .sun_family = AF_UNIX };

static int
listen_there(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	unlink(sun.sun_path);
	ok(bind(fd, (const struct sockaddr *)&sun, sizeof sun) == 0, "a socket for it");
	return fd;
}

/* The next line, without its time, which is 15 characters and a blank; "" when there is none. */
static const char *
next(int fd)
{
	static char line[4096];
	const ssize_t n = recv(fd, line, sizeof line - 1, 0);
	char *end;

	line[n > 0 ? n : 0] = '\0';
	end = strchr(line, '>');
	if (end != NULL && strlen(end) > 17)
		memmove(end + 1, end + 17, strlen(end + 17) + 1);
	return line;
}

int
main(void)
{
	char dir[] = "/tmp/mucd-log-XXXXXX", want[200];
	int fd;

	if (mkdtemp(dir) == NULL)
		return 1;
	snprintf(sun.sun_path, sizeof sun.sun_path, "%s/log", dir);
	log_to_syslog("mucd", sun.sun_path);
	log_warnx("to nobody");
	fd = listen_there();
	log_warnx("two\nlines of %s", "a stranger");
	snprintf(want, sizeof want, "<28>mucd[%ld]: two\\x0alines of a stranger", (long)getpid());
	is_str(next(fd), want, "a line, as daemon.warning; what nobody took is lost");
	log_debug("less than what is wanted");
	is_str(next(fd), "", "the level holds");
	log_set_level(MUC_LOG_DEBUG);
	log_debug("more");
	snprintf(want, sizeof want, "<31>mucd[%ld]: more", (long)getpid());
	is_str(next(fd), want, "and can be another");
	close(fd);
	log_info("to nobody again");
	fd = listen_there();
	log_info("again");
	snprintf(want, sizeof want, "<30>mucd[%ld]: again", (long)getpid());
	is_str(next(fd), want, "it is there again after syslogd(8) was restarted");
	close(fd);
	unlink(sun.sun_path);
	rmdir(dir);
	return tap_done();
}
