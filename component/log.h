/* SPDX-License-Identifier: ISC */
/*
 * log.h - what the operator reads
 *
 * As in OpenSMTPD: log_warn() adds the text of errno, log_warnx() does not, fatal() and fatalx()
 * end the process and are for what is wrong here, never for what a peer does. Whatever the
 * arguments bring along, a line stays one line: control characters, broken UTF-8 and characters
 * that turn text around are written as \xNN, a backslash as two.
 *
 * Whoever reads the log and takes nothing for a second keeps nobody waiting any longer: lines are lost until they
 * do again, and then it is said how many.
 */
#ifndef LOG_H
#define LOG_H

#include <stddef.h>

#include "muc.h"

/*
 * To standard error from now on: with the time in front, or with a priority as sd-daemon(3) has
 * it when the journal listens there. This is also how a process that has called nothing logs.
 */
void log_to_stderr(void);
void log_to_syslog(const char *name, const char *path); /* of the socket: _PATH_LOG */

/* Lines less urgent than that are left out. MUC_LOG_INFO if never called. */
void log_set_level(enum muc_log);

/* "error", "warn", "info", "debug"; -1 for anything else. */
int log_level_of(const char *name);

/* One line as it is but for the escaping; what libmuc's host gives as its log function. */
void log_line(enum muc_log, const char *line);

void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warnx(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void fatal(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
void fatalx(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Writes s made visible into out, always with a NUL; what does not fit ends in "...". */
void log_visible(const char *s, char *out, size_t cap);

#endif
