/* SPDX-License-Identifier: ISC */
/*
 * log.c - to standard error, the journal or syslog
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/utf8.h"
#include "log.h"

#define LINE_BYTES 2048 /* of one line, escapes included */
#define WAIT_MS	   1000 /* for whoever takes none; the lines behind it do not wait */
#define PAUSE_MS   10

static enum { TO_STDERR, TO_JOURNAL, TO_SYSLOG } where = TO_STDERR;
static enum muc_log level = MUC_LOG_INFO;

/* Not by syslog(3): it connects, and again when syslogd(8) was restarted, which is not ours to do (filter.c). */
static struct {
	char name[32];
	struct sockaddr_un to;
	int fd;
} sys = { .fd = -1 };

static const struct {
	const char *name;
	int priority;
} levels[] = {
	[MUC_LOG_ERROR] = { "error", LOG_ERR },
	[MUC_LOG_WARN] = { "warn", LOG_WARNING },
	[MUC_LOG_INFO] = { "info", LOG_INFO },
	[MUC_LOG_DEBUG] = { "debug", LOG_DEBUG },
};

/* Is standard error a stream of the journal? systemd.exec(5), $JOURNAL_STREAM. */
static bool
is_journal(void)
{
	const char *env = getenv("JOURNAL_STREAM");
	struct stat st;
	unsigned long long dev, ino;

	return env != NULL && sscanf(env, "%llu:%llu", &dev, &ino) == 2 &&
	       fstat(STDERR_FILENO, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

void
log_to_stderr(void)
{
	where = is_journal() ? TO_JOURNAL : TO_STDERR;
}

void
log_to_syslog(const char *name, const char *path)
{
	snprintf(sys.name, sizeof sys.name, "%s", name);
	sys.to.sun_family = AF_UNIX;
	snprintf(sys.to.sun_path, sizeof sys.to.sun_path, "%s", path);
	if (sys.fd == -1)
		sys.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	where = TO_SYSLOG;
}

/* RFC 3164, as syslog(3) writes it; what there is nobody for is lost. False: syslogd(8) is there and takes nothing. */
static bool
send_to_syslog(int priority, const char *seen, int wait_ms)
{
	const struct timespec pause = { 0, PAUSE_MS * 1000000 };
	char line[LINE_BYTES + 128], stamp[32];
	const time_t now = time(NULL);
	struct tm tm;

	strftime(stamp, sizeof stamp, "%b %e %H:%M:%S", localtime_r(&now, &tm));
	snprintf(line, sizeof line, "<%d>%s %s[%ld]: %s", LOG_DAEMON | priority, stamp, sys.name,
	    (long)getpid(), seen);
	while (sendto(sys.fd, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT,
		   (const struct sockaddr *)&sys.to, sizeof sys.to) == -1 &&
	       errno == EAGAIN) {
		if (wait_ms <= 0)
			return false;
		nanosleep(&pause, NULL);
		wait_ms -= PAUSE_MS;
	}
	return true;
}

/* A line is no more than a pipe takes at once. */
static bool
is_taken(int wait_ms)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };

	return poll(&p, 1, wait_ms) != 0;
}

void
log_set_level(enum muc_log least)
{
	level = least;
}

int
log_level_of(const char *name)
{
	for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
		if (strcmp(levels[i].name, name) == 0)
			return (int)i;
	return -1;
}

/*
 * The length of the character at s that may be shown as it is, 0 when there is none: broken UTF-8, controls, and
 * what moves or hides the text around it.
 */
static size_t
showable(const char *s)
{
	const unsigned char first = (unsigned char)*s;
	const size_t n = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
	uint32_t c;

	if (first < 0x80)
		return first >= 0x20 && first < 0x7f && first != '\\';
	if (!utf8_is(s, strnlen(s, n)))
		return 0;
	utf8_decode(s, &c);
	return c < 0xa0 || utf8_hides(c) ? 0 : n;
}

void
log_visible(const char *s, char *out, size_t cap)
{
	static const char hex[] = "0123456789abcdef";
	size_t len = 0, n;

	while (*s != '\0') {
		const unsigned char c = (unsigned char)*s;

		/* Room for the longest escape, the dots and the NUL. */
		if (len + 4 + 3 + 1 > cap) {
			memcpy(out + len, "...", 3);
			len += 3;
			break;
		}
		n = showable(s);
		if (n > 0) {
			memcpy(out + len, s, n);
			len += n;
			s += n;
			continue;
		}
		out[len++] = '\\';
		if (c == '\\') {
			out[len++] = '\\';
		} else {
			out[len++] = 'x';
			out[len++] = hex[c >> 4];
			out[len++] = hex[c & 15];
		}
		s++;
	}
	out[len] = '\0';
}

/* False: nobody takes it, though somebody should. */
static bool
put(enum muc_log urgency, const char *seen, int wait_ms)
{
	const int priority = levels[urgency].priority;
	struct timespec ts;
	char stamp[32];
	struct tm tm;

	if (where == TO_SYSLOG)
		return send_to_syslog(priority, seen, wait_ms);
	if (!is_taken(wait_ms))
		return false;
	if (where == TO_JOURNAL) {
		fprintf(stderr, "<%d>%s\n", priority, seen);
		return true;
	}
	clock_gettime(CLOCK_REALTIME, &ts);
	localtime_r(&ts.tv_sec, &tm);
	strftime(stamp, sizeof stamp, "%Y-%m-%d %H:%M:%S", &tm);
	fprintf(
	    stderr, "%s.%03ld %s: %s\n", stamp, ts.tv_nsec / 1000000, levels[urgency].name, seen);
	return true;
}

void
log_line(enum muc_log urgency, const char *line)
{
	static unsigned nlost;
	char seen[LINE_BYTES];

	if (urgency > level)
		return;
	if (nlost > 0) {
		snprintf(seen, sizeof seen, "%u line%s of the log lost: nobody took it in time",
		    nlost, nlost == 1 ? "" : "s");
		if (!put(MUC_LOG_WARN, seen, 0)) {
			nlost++;
			return;
		}
		nlost = 0;
	}
	log_visible(line, seen, sizeof seen);
	if (!put(urgency, seen, WAIT_MS))
		nlost++;
}

/* error: added as strerror(3) has it; 0: none. */
static void __attribute__((format(printf, 3, 0)))
vlog(enum muc_log urgency, int error, const char *fmt, va_list ap)
{
	char line[LINE_BYTES];
	size_t len;

	if (urgency > level)
		return;
	vsnprintf(line, sizeof line, fmt, ap);
	len = strlen(line);
	if (error != 0)
		snprintf(line + len, sizeof line - len, ": %s", strerror(error));
	log_line(urgency, line);
}

#define LOG_VA(urgency, error)                                                                     \
	do {                                                                                       \
		va_list ap;                                                                        \
		va_start(ap, fmt);                                                                 \
		vlog(urgency, error, fmt, ap);                                                     \
		va_end(ap);                                                                        \
	} while (0)

void
log_warn(const char *fmt, ...)
{
	int error = errno;

	LOG_VA(MUC_LOG_WARN, error);
	errno = error;
}

void
log_warnx(const char *fmt, ...)
{
	LOG_VA(MUC_LOG_WARN, 0);
}

void
log_info(const char *fmt, ...)
{
	LOG_VA(MUC_LOG_INFO, 0);
}

void
log_debug(const char *fmt, ...)
{
	LOG_VA(MUC_LOG_DEBUG, 0);
}

void
fatal(const char *fmt, ...)
{
	int error = errno;

	LOG_VA(MUC_LOG_ERROR, error);
	exit(1);
}

void
fatalx(const char *fmt, ...)
{
	LOG_VA(MUC_LOG_ERROR, 0);
	exit(1);
}
