/* SPDX-License-Identifier: ISC */
/*
 * handover.c - another mucd goes on where this one stops
 */
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/rec.h"
#include "connector.h"
#include "filter.h"
#include "handover.h"
#include "link.h"
#include "log.h"

#define STATE_ENV  "MUCD_HANDOVER"
#define SCHEMA_ENV "MUCD_SCHEMA"
#define FILTER_ENV "MUCD_FILTER"
#define CHECK_MS   3000

enum { /* tags of the state; never reused */
	TAG_SYSLOG = 1,
	TAG_DOMAIN = 2, /* begins a link */
	TAG_FD = 3,
	TAG_PEER = 4,
	TAG_HEADER = 5,
	TAG_INPUT = 6,
	TAG_FILTER = 7, /* FILTER_IS() */
	TAG_CONNECTOR_FD = 8,
	TAG_CONNECTOR_PID = 9,
};

struct handed {
	struct rec domain, peer, header, input; /* present fields; val NULL: it has none */
	int fd;					/* -1: it was taken */
};

struct handover {
	struct buf state;
	bool to_syslog;
	int filter;
	int connector_fd; /* -1: there is none */
	pid_t connector_pid;
	struct handed *v;
	size_t n;
};

/* -- the old one -- */

static void
run_check(const struct handing *h)
{
	char schema[16], filter[16];
	int fd = open("/dev/null", O_RDWR);

	snprintf(schema, sizeof schema, "%d", MUC_SCHEMA);
	snprintf(filter, sizeof filter, "%d", FILTER_VERSION);
	if (fd != -1)
		dup2(fd, STDOUT_FILENO);
	if (setenv(SCHEMA_ENV, schema, 1) == 0 &&
	    (h->filter != FILTER_IS(FILTER_ON) || setenv(FILTER_ENV, filter, 1) == 0))
		execl(h->exe, h->exe, "-n", "-c", h->conf, (char *)NULL);
	_exit(127);
}

/* A program that does not end is ended: we do nothing else meanwhile. */
static int
wait_for(pid_t pid)
{
	const struct timespec pause = { 0, 2000000 };
	int status;

	for (int ms = 0; ms < CHECK_MS; ms += 2) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return status;
		nanosleep(&pause, NULL);
	}
	kill(pid, SIGKILL);
	return waitpid(pid, &status, 0) == pid ? status : -1;
}

bool
handover_check(const struct handing *h)
{
	pid_t pid = fork();
	int status;

	if (pid == -1) {
		log_warn("handing over: fork");
		return false;
	}
	if (pid == 0)
		run_check(h);
	status = wait_for(pid);
	if (status == 0)
		return true;
	if (WIFSIGNALED(status)) {
		log_warnx("%s -n was ended by signal %d: it is not run, this one goes on", h->exe,
		    WTERMSIG(status));
		return false;
	}
	log_warnx("%s -n does not find %s good: it is not run, this one goes on", h->exe, h->conf);
	return false;
}

/* Nothing but what is handed over outlives execve(2). */
static bool
keep(int fd)
{
	return fcntl(fd, F_SETFD, 0) == 0;
}

static void
put_link(struct buf *b, const struct link *l)
{
	struct connection st;

	link_give(l, &st);
	if (st.fd == -1 || !keep(st.fd)) {
		buf_release(&st.input);
		return;
	}
	rec_put_str(b, TAG_DOMAIN, st.domain);
	rec_put_u64(b, TAG_FD, (uint64_t)st.fd);
	rec_put_str(b, TAG_PEER, st.peer);
	rec_put(b, TAG_HEADER, st.header, st.nheader);
	rec_put(b, TAG_INPUT, st.input.p, st.input.len);
	buf_release(&st.input);
}

static bool
write_all(int fd, const struct buf *b)
{
	size_t done = 0;
	ssize_t n;

	while (done < b->len) {
		n = write(fd, b->p + done, b->len - done);
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return lseek(fd, 0, SEEK_SET) == 0;
}

static void
put_connector(struct buf *b, const struct connector *c)
{
	if (c == NULL || connector_pid(c) == 0 || !keep(connector_fd(c)))
		return;
	rec_put_u64(b, TAG_CONNECTOR_FD, (uint64_t)connector_fd(c));
	rec_put_u64(b, TAG_CONNECTOR_PID, (uint64_t)connector_pid(c));
}

void
handover_exec(const struct handing *h)
{
	struct buf b = BUF_INIT;
	char number[16];
	int fd;

	/* Libraries may have opened some that would leak. */
	close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
	fd = memfd_create("mucd", 0);
	if (h->to_syslog)
		rec_put_u64(&b, TAG_SYSLOG, 1);
	rec_put_u64(&b, TAG_FILTER, (uint64_t)h->filter);
	put_connector(&b, h->connector);
	for (size_t i = 0; i < h->nlinks; i++)
		put_link(&b, h->links[i]);
	snprintf(number, sizeof number, "%d", fd);
	if (fd == -1 || !write_all(fd, &b) || setenv(STATE_ENV, number, 1) == -1)
		log_warn("handing over");
	else {
		execl(h->exe, h->exe, "-c", h->conf, (char *)NULL);
		log_warn("handing over: %s", h->exe);
	}
	buf_release(&b);
	unsetenv(STATE_ENV);
	if (fd != -1)
		close(fd);
}

/* -- the new one -- */

static void
read_field(struct handover *h, const struct rec *f)
{
	struct handed *last = h->n > 0 ? &h->v[h->n - 1] : NULL;

	if (f->tag == TAG_SYSLOG)
		h->to_syslog = true;
	if (f->tag == TAG_FILTER)
		h->filter = (int)rec_u64(f);
	if (f->tag == TAG_CONNECTOR_FD)
		h->connector_fd = (int)rec_u64(f);
	if (f->tag == TAG_CONNECTOR_PID)
		h->connector_pid = (pid_t)rec_u64(f);
	if (f->tag == TAG_DOMAIN) {
		h->v = mem_realloc(h->v, (h->n + 1) * sizeof *h->v);
		h->v[h->n++] = (struct handed){ .domain = *f, .fd = -1 };
		return;
	}
	if (last == NULL)
		return;
	if (f->tag == TAG_FD) {
		last->fd = (int)rec_u64(f);
		fcntl(last->fd, F_SETFD, FD_CLOEXEC);
	}
	if (f->tag == TAG_PEER)
		last->peer = *f;
	if (f->tag == TAG_HEADER)
		last->header = *f;
	if (f->tag == TAG_INPUT)
		last->input = *f;
}

struct handover *
handover_read(void)
{
	const char *number = getenv(STATE_ENV);
	struct handover *h;
	struct stat st;
	struct rec f;
	int fd;

	if (number == NULL)
		return NULL;
	fd = atoi(number);
	unsetenv(STATE_ENV);
	h = mem_alloc(sizeof *h);
	h->connector_fd = -1;
	if (fd <= STDERR_FILENO || fstat(fd, &st) == -1 || st.st_size > INT32_MAX) {
		log_warnx("handed over: nothing can be read");
		return h;
	}
	buf_reserve(&h->state, (size_t)st.st_size + 1);
	for (ssize_t n;
	     (n = read(fd, h->state.p + h->state.len, (size_t)st.st_size - h->state.len)) > 0;)
		h->state.len += (size_t)n;
	close(fd);
	rec_init(&f, h->state.p, h->state.len);
	while (rec_next(&f))
		read_field(h, &f);
	return h;
}

bool
handover_to_syslog(const struct handover *h)
{
	return h->to_syslog;
}

int
handover_filter(const struct handover *h)
{
	return h->filter;
}

struct connector *
handover_connector(const struct handover *h)
{
	if (h->connector_fd == -1)
		return NULL;
	return connector_renew(h->connector_fd, h->connector_pid);
}

void
handover_link(struct handover *h, struct link *l)
{
	for (size_t i = 0; i < h->n; i++) {
		struct handed *d = &h->v[i];
		char *peer;

		if (d->fd == -1 || !link_is_of(l, (const char *)d->domain.val, d->domain.len))
			continue;
		peer = mem_strndup((const char *)d->peer.val, d->peer.len);
		link_take(l, d->fd,
		    &(struct connection){
			.peer = peer,
			.header = (const char *)d->header.val,
			.nheader = d->header.len,
			.input = { (char *)(uintptr_t)d->input.val, d->input.len, 0 },
		    });
		free(peer);
		d->fd = -1;
	}
}

void
handover_free(struct handover *h)
{
	if (h == NULL)
		return;
	for (size_t i = 0; i < h->n; i++)
		if (h->v[i].fd != -1)
			close(h->v[i].fd);
	buf_release(&h->state);
	free(h->v);
	free(h);
}

bool
handover_is_asked(void)
{
	return getenv(SCHEMA_ENV) != NULL;
}

const char *
handover_unsuited(void)
{
	const char *schema = getenv(SCHEMA_ENV), *filter = getenv(FILTER_ENV);

	if (schema != NULL && atoi(schema) > MUC_SCHEMA)
		return "the database is a newer mucd's";
	if (filter != NULL && atoi(filter) < FILTER_VERSION)
		return "the filter of the mucd that runs is too narrow: stop it, and start this "
		       "one";
	return NULL;
}
