/* SPDX-License-Identifier: ISC */
/*
 * log.c - component/log.c: what syslogd(8) gets, and what becomes of lines that nobody takes
 */
#include "../component/log.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
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

static bool
is_soon(time_t began)
{
	return time(NULL) - began < 10;
}

/* syslogd(8) is there, and takes nothing. */
static void
test_hung_syslog(void)
{
	const int fd = listen_there();
	const time_t began = time(NULL);
	int nlost = 0, n = 0;

	for (int i = 0; i < 2000; i++)
		log_info("line %d", i);
	ok(is_soon(began), "who does not take the log keeps nobody waiting");
	while (*next(fd) != '\0')
		n++;
	ok(n > 0 && n < 2000, "some lines are lost");
	log_info("at last");
	if (sscanf(strchr(next(fd), ':'), ": %d lines of the log lost", &nlost) != 1)
		nlost = 0;
	ok(n + nlost == 2000, "how many is said when lines are taken again");
	ok(strstr(next(fd), ": at last") != NULL, "and lines come");
	close(fd);
}

/* Standard error is a pipe that nobody reads. */
static void
test_full_pipe(void)
{
	static char text[1 << 17];
	const time_t began = time(NULL);
	const int kept = dup(STDERR_FILENO);
	int fds[2];
	ssize_t n;

	if (pipe(fds) == -1 || dup2(fds[1], STDERR_FILENO) == -1)
		return;
	log_to_stderr();
	for (int i = 0; i < 2000; i++)
		log_info(
		    "%s%d", "a line of some length that fills the pipe before long, number ", i);
	ok(is_soon(began), "who does not read the pipe keeps nobody waiting");
	n = read(fds[0], text, sizeof text - 1);
	ok(n > 0 && text[n - 1] == '\n', "it has whole lines");
	log_info("at last");
	n = read(fds[0], text, sizeof text - 1);
	text[n > 0 ? n : 0] = '\0';
	ok(strstr(text, "lines of the log lost") != NULL && strstr(text, ": at last") != NULL,
	    "how many are lost is said when lines are taken again");
	dup2(kept, STDERR_FILENO);
	close(kept);
	close(fds[0]);
	close(fds[1]);
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
	test_hung_syslog();
	test_full_pipe();
	unlink(sun.sun_path);
	rmdir(dir);
	return tap_done();
}
