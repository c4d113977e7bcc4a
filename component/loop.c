/* SPDX-License-Identifier: ISC */
/*
 * loop.c - what mucd does all day
 */
#include <sys/signalfd.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "base/buf.h"
#include "base/mem.h"
#include "control.h"
#include "inq.h"
#include "log.h"
#include "loop.h"
#include "store_lmdb.h"

#define QUEUED_BYTES   ((size_t)8 << 20) /* handling waits while a server is that far behind */
#define TURN_MS	       100		 /* of handling, then it is time to read again */
#define BATCH	       32		 /* pieces of one link before the next has its turn */
#define COMMIT_WAIT_MS 1000
#define COMMIT_SAY_MS  60000
#define STOP_MS	       5000
#define LOOK_MS	       60000 /* from one look at who reads the database to the next */
#define LEAVE_MS       5000  /* for a server to take all, before another mucd goes on */
#define LISTEN_MS      1000  /* for its answer that it has */
#define SLEEP_MS       30000 /* poll(2) does not count the time that a machine sleeps */

/* What loop_run() knows beside struct loop. */
struct run {
	struct loop *lo;
	struct world *w;
	struct pollfd *polls;  /* of the signals, of each link, of the control */
	uint64_t *due_handled; /* per link: what came before the deadline did */
	bool is_due;	       /* muc_tick() waits for that to be handled */
	bool is_late;	       /* muc_late() has more */
	bool is_done;
	int64_t retry_ms, say_ms; /* while halted: the next commit, the next complaint */
	int64_t stop_ms, look_ms;
	size_t stop_queued; /* output that waited when stop_ms was set */
	int64_t leave_ms;   /* while another mucd is to go on: until when it may be tried */
	int64_t watchdog_ms, watchdog_every_ms; /* 0: nobody watches */
	char *status;				/* what systemd was told */
};

void
loop_now(struct muc_now *now)
{
	struct timespec wall, mono;

	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_BOOTTIME, &mono);
	now->wall_ms = (int64_t)wall.tv_sec * 1000 + wall.tv_nsec / 1000000;
	now->mono_ms = (int64_t)mono.tv_sec * 1000 + mono.tv_nsec / 1000000;
}

/* -- what waits -- */

static bool
has_input(const struct loop *lo)
{
	for (size_t i = 0; i < lo->nlinks; i++)
		if (inq_waits(link_input(lo->links[i])))
			return true;
	return control_waits(lo->control);
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Until when there is nothing to do if nothing comes, in mono_ms. */
static int64_t
next_ms(const struct run *r)
{
	const struct loop *lo = r->lo;
	int64_t ms = r->w->now.mono_ms + SLEEP_MS;

	for (size_t i = 0; i < lo->nlinks; i++)
		ms = least(ms, link_deadline(lo->links[i]));
	ms = least(ms, control_deadline(lo->control));
	if (r->watchdog_every_ms != 0)
		ms = least(ms, r->watchdog_ms);
	if (r->w->is_stopping)
		ms = least(ms, r->stop_ms);
	if (r->w->is_halted)
		return least(ms, r->retry_ms);
	if (r->w->is_touched || lo->wants_reload || lo->wants_leave || lo->wants_end ||
	    lo->has_news)
		return 0;
	if (r->w->is_leaving)
		ms = least(ms, r->leave_ms);
	if (r->w->is_listening || r->w->is_paused)
		return ms;
	if (r->is_late || has_input(lo))
		return 0;
	return r->w->is_stopping || r->w->is_leaving ? ms : least(ms, muc_deadline(r->w->muc));
}

static void
wait_for_events(struct run *r)
{
	const struct loop *lo = r->lo;
	nfds_t npolls = lo->nlinks + 1;
	int64_t ms;

	r->w->turn_ends = false;
	r->w->is_paused = muc_queued(r->w->muc) > QUEUED_BYTES;
	for (size_t i = 0; i < lo->nlinks; i++)
		link_poll(lo->links[i], &r->polls[i + 1]);
	npolls += control_poll(lo->control, &r->polls[npolls]);
	ms = next_ms(r) - r->w->now.mono_ms;
	if (poll(r->polls, npolls, ms > 0 ? (int)ms : 0) == -1 && errno != EINTR)
		fatal("poll");
	loop_now(&r->w->now);
}

static void
begin_stop(struct run *r)
{
	log_info("stopping");
	sd_notify(0, "STOPPING=1");
	r->w->is_stopping = true;
	r->stop_ms = r->w->now.mono_ms + STOP_MS;
	r->stop_queued = muc_queued(r->w->muc);
}

static void
take_signal(struct run *r, uint32_t signo)
{
	switch (signo) {
	case SIGHUP:
		r->lo->wants_reload = true;
		break;
	case SIGCHLD:
		r->lo->on_child(r->lo->arg);
		break;
	case SIGUSR2:
		r->lo->wants_leave = true;
		break;
	case SIGUSR1:
		r->lo->wants_end = !r->w->is_stopping;
		break;
	default: /* SIGTERM, SIGINT */
		if (r->w->is_stopping) {
			log_warnx("told to stop again: stopping at once");
			r->is_done = true;
		} else
			begin_stop(r);
		break;
	}
}

static void
take_signals(struct run *r)
{
	struct signalfd_siginfo info;

	while (read(r->lo->signal_fd, &info, sizeof info) == (ssize_t)sizeof info)
		take_signal(r, info.ssi_signo);
}

/* -- a turn -- */

static void
handle_input(struct run *r)
{
	const struct loop *lo = r->lo;
	const int64_t end_ms = r->w->now.mono_ms + TURN_MS;
	bool any = true;

	while (any && !r->w->turn_ends && r->w->now.mono_ms < end_ms) {
		any = false;
		for (size_t i = 0; i < lo->nlinks; i++)
			for (int n = 0; n < BATCH && !r->w->turn_ends; n++) {
				if (!link_handle(lo->links[i]))
					break;
				any = true;
			}
		any |= control_handle(lo->control);
		loop_now(&r->w->now);
	}
}

/* Presences that came when there was no room; with the last of them there is room again. */
static void
handle_late(struct run *r)
{
	const struct loop *lo = r->lo;
	enum muc_input result;

	for (size_t i = 0; i < lo->nlinks; i++)
		if (link_is_refusing(lo->links[i]) && inq_waits(link_input(lo->links[i])))
			return;
	r->is_late = true;
	while (!r->w->turn_ends) {
		r->is_late = muc_late(r->w->muc, r->w->now, &result);
		if (!r->is_late)
			break;
		world_did(r->w, result);
	}
	for (size_t i = 0; i < lo->nlinks && !r->is_late; i++)
		link_accept(lo->links[i]);
}

/* When the deadline comes, everything that has been read by then is handled first. */
static void
note_deadline(struct run *r)
{
	if (r->is_due || muc_deadline(r->w->muc) > r->w->now.mono_ms)
		return;
	r->is_due = true;
	for (size_t i = 0; i < r->lo->nlinks; i++)
		r->due_handled[i] = link_input(r->lo->links[i])->came;
}

static void
tick(struct run *r)
{
	if (!r->is_due || r->w->turn_ends || r->w->is_stopping || r->w->is_leaving)
		return;
	for (size_t i = 0; i < r->lo->nlinks; i++)
		if (link_input(r->lo->links[i])->handled < r->due_handled[i])
			return;
	r->is_due = false;
	world_did(r->w, muc_tick(r->w->muc, r->w->now));
}

static void
commit(struct run *r)
{
	const int64_t now_ms = r->w->now.mono_ms;
	const bool was_halted = r->w->is_halted;

	if (muc_commit(r->w->muc) == MUC_COMMITTED) {
		r->w->is_halted = r->w->is_touched = false;
		if (was_halted)
			log_warnx(
			    "database %s: there is room again, going on", r->w->conf->database);
		return;
	}
	r->w->is_halted = true;
	r->retry_ms = now_ms + COMMIT_WAIT_MS;
	if (was_halted && now_ms < r->say_ms)
		return;
	r->say_ms = now_ms + COMMIT_SAY_MS;
	log_line(MUC_LOG_ERROR, "the database has no room: nothing is handled until it has");
	log_warnx("database %s: %s", r->w->conf->database, store_lmdb_why(r->lo->store));
}

/* It wants to know since when: sd_notify(3). */
void
loop_notify_reloading(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
}

static void
reload(struct run *r)
{
	if (!r->lo->wants_reload)
		return;
	r->lo->wants_reload = false;
	loop_notify_reloading();
	r->lo->on_reload(r->lo->arg);
	sd_notify(0, "READY=1");
	r->w->is_touched = true;
}

static void
hear_news(struct run *r)
{
	if (!r->lo->has_news)
		return;
	r->lo->has_news = false;
	r->lo->on_news(r->lo->arg);
	r->w->is_touched = true;
}

/* All are to leave, and no other mucd goes on. */
static void
end(struct run *r)
{
	const bool is_wanted = r->lo->wants_end;

	r->lo->wants_end = false;
	if (!is_wanted || r->w->is_stopping)
		return;
	log_info("stopping for good: all leave");
	r->lo->is_ending = true;
	r->w->is_leaving = r->w->is_listening = false;
	muc_leave(r->w->muc, r->w->now);
	r->w->is_touched = true;
}

static void
turn(struct run *r)
{
	/* What is read again may be that there is room now. */
	if (r->w->is_halted && r->lo->wants_reload) {
		reload(r);
		r->retry_ms = r->w->now.mono_ms;
	}
	if (r->w->is_halted && r->w->now.mono_ms >= r->retry_ms)
		commit(r);
	if (r->w->is_halted)
		return;
	for (size_t i = 0; i < r->lo->nlinks; i++)
		link_tell(r->lo->links[i]);
	reload(r);
	end(r);
	hear_news(r);
	if (!r->w->is_paused && !r->w->is_listening) {
		note_deadline(r);
		handle_input(r);
		handle_late(r);
		tick(r);
	}
	if (r->w->is_touched)
		commit(r);
	r->lo->on_turn(r->lo->arg);
	if (r->lo->wants_stop && !r->w->is_stopping && !r->w->is_halted)
		begin_stop(r);
}

/* -- the world around -- */

/* Do the servers have all of it? A link that is down has nothing. */
static bool
all_told(const struct run *r)
{
	for (size_t i = 0; i < r->lo->nlinks; i++)
		if (!muc_domain_quiet(r->w->muc, (unsigned)i))
			return false;
	return true;
}

static void
stop(struct run *r)
{
	bool is_over = true;

	if (!r->w->is_stopping)
		return;
	if (r->w->is_halted) {
		log_warnx("stopping with changes that there was no room for; nobody was told of "
			  "them");
		r->is_done = true;
	}
	if (r->w->is_halted || r->w->is_touched || r->is_late || has_input(r->lo))
		is_over = false;
	for (size_t i = 0; i < r->lo->nlinks && is_over; i++)
		if (!link_stop(r->lo->links[i]))
			is_over = false;
	if (is_over) {
		r->is_done = true;
		r->lo->has_left = r->lo->is_ending && r->lo->wants_stop && all_told(r);
		return;
	}
	/* For good is for all: as long as a server takes something, it has time. */
	if (r->lo->is_ending && muc_queued(r->w->muc) < r->stop_queued) {
		r->stop_queued = muc_queued(r->w->muc);
		r->stop_ms = r->w->now.mono_ms + STOP_MS;
	}
	if (r->w->now.mono_ms >= r->stop_ms && !r->is_done) {
		log_warnx("stopping with output that a server does not take");
		r->is_done = true;
	}
}

/* Is nothing left to be handled or written? */
static bool
is_still(const struct run *r)
{
	bool still = !r->w->is_touched && !r->is_late;

	for (size_t i = 0; i < r->lo->nlinks; i++)
		still = still && link_is_still(r->lo->links[i]);
	return still && (r->w->is_listening || !has_input(r->lo));
}

static bool
all_answered(const struct run *r)
{
	for (size_t i = 0; i < r->lo->nlinks; i++)
		if (!link_has_answered(r->lo->links[i]))
			return false;
	return true;
}

static void
stay(struct run *r)
{
	r->w->is_leaving = r->w->is_listening = false;
	r->w->is_touched = true;
}

/*
 * Another mucd is to go on. First all that has been read is handled and all that is told is written; then
 * the servers are asked whether they have taken it, and what comes meanwhile is left to the other one.
 */
static void
leave(struct run *r)
{
	const int64_t now_ms = r->w->now.mono_ms;

	if (r->lo->wants_leave && r->lo->is_ending)
		log_warnx("handing over: not now, all leave");
	else if (r->lo->wants_leave && r->w->is_halted && !r->w->is_leaving)
		log_warnx("handing over: not now, the disk is full");
	if (r->lo->wants_leave && !r->lo->is_ending && !r->w->is_leaving && !r->w->is_stopping &&
	    !r->w->is_halted && r->lo->may_leave(r->lo->arg)) {
		r->w->is_leaving = true;
		r->leave_ms = now_ms + LEAVE_MS;
	}
	r->lo->wants_leave = false;
	if (!r->w->is_leaving)
		return;
	if (r->w->is_stopping || r->w->is_halted || (now_ms >= r->leave_ms && !is_still(r))) {
		log_warnx("handing over: not now, a server does not take what it is told, or the "
			  "disk is full");
		stay(r);
		return;
	}
	if (!is_still(r))
		return;
	if (!r->w->is_listening) {
		r->w->is_listening = true;
		r->leave_ms = now_ms + LISTEN_MS;
		for (size_t i = 0; i < r->lo->nlinks; i++)
			link_ask(r->lo->links[i]);
		return;
	}
	if (!all_answered(r) && now_ms < r->leave_ms)
		return;
	for (size_t i = 0; i < r->lo->nlinks; i++)
		link_trust(r->lo->links[i]);
	commit(r);
	if (!r->w->is_halted)
		r->lo->on_leave(r->lo->arg);
	stay(r);
}

/* Tells systemd how the links are, when that changes, and that the loop still turns. */
static void
notify(struct run *r)
{
	const struct loop *lo = r->lo;
	struct buf b = BUF_INIT;
	char text[1024];
	size_t nup = 0;

	for (size_t i = 0; i < lo->nlinks; i++)
		nup += link_is_up(lo->links[i]);
	snprintf(text, sizeof text, "STATUS=%zu of %zu links up", nup, lo->nlinks);
	buf_adds(&b, text);
	for (size_t i = 0; i < lo->nlinks; i++) {
		log_visible(link_status(lo->links[i]), text, sizeof text);
		buf_adds(&b, "; ");
		buf_adds(&b, text);
	}
	buf_addc(&b, '\0');
	if (r->status == NULL || strcmp(b.p, r->status) != 0) {
		free(r->status);
		r->status = buf_steal(&b);
		sd_notify(0, r->status);
	}
	buf_release(&b);
	if (r->watchdog_every_ms != 0 && r->w->now.mono_ms >= r->watchdog_ms) {
		r->watchdog_ms = r->w->now.mono_ms + r->watchdog_every_ms;
		sd_notify(0, "WATCHDOG=1");
	}
}

/* A minute is not meant to the second: the loop turns at least every SLEEP_MS. */
static void
look(struct run *r)
{
	if (r->w->now.mono_ms < r->look_ms)
		return;
	r->look_ms = r->w->now.mono_ms + LOOK_MS;
	muc_retention_pause(r->w->muc, store_lmdb_look(r->lo->store, r->w->now.mono_ms));
}

void
loop_run(struct loop *lo)
{
	struct run r = { .lo = lo, .w = &lo->w };
	uint64_t watchdog_us = 0;

	r.polls = mem_alloc((lo->nlinks + 1 + CONTROL_POLLS) * sizeof *r.polls);
	r.due_handled = mem_alloc((lo->nlinks + 1) * sizeof *r.due_handled);
	r.polls[0] = (struct pollfd){ .fd = lo->signal_fd, .events = POLLIN };
	if (sd_watchdog_enabled(0, &watchdog_us) > 0)
		r.watchdog_every_ms = (int64_t)(watchdog_us / 2000);
	/* What muc_new() has brought back is a turn, too. */
	lo->w.is_touched = true;
	loop_now(&lo->w.now);
	lo->on_ready(lo->arg);
	sd_notify(0, "READY=1");
	while (!r.is_done) {
		wait_for_events(&r);
		take_signals(&r);
		for (size_t i = 0; i < lo->nlinks; i++)
			link_run(lo->links[i], r.polls[i + 1].revents);
		control_run(lo->control, &r.polls[lo->nlinks + 1]);
		turn(&r);
		for (size_t i = 0; i < lo->nlinks; i++)
			link_flush(lo->links[i]);
		control_flush(lo->control);
		look(&r);
		stop(&r);
		leave(&r);
		notify(&r);
	}
	free(r.status);
	free(r.polls);
	free(r.due_handled);
}
