/* SPDX-License-Identifier: ISC */
/*
 * ctl.h - mucctl: what all its parts share
 */
#ifndef CTL_H
#define CTL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;

/* What mucctl exits with; mucctl(1) promises them to scripts. */
enum ctl_exit {
	CTL_OK = 0,
	CTL_REFUSED = 1, /* the service, or what was asked about, says no */
	CTL_FAILED = 2,	 /* it could not be asked, or the work could not be done */
	CTL_USAGE = 64,	 /* what was typed cannot be meant; EX_USAGE of sysexits.h */
	CTL_INTERRUPTED = 130,
};

/* What stands before the command. */
struct ctl_options {
	const char *program;	   /* argv[0] */
	const char *account;	   /* whose; NULL: over the socket of mucd on this machine */
	const char *service;	   /* its domain, or NULL */
	const char *room;	   /* the command is the room's, not the service's; or NULL */
	const char *host;	   /* to connect to, host or host:port; NULL: as DNS says */
	const char *ca;		   /* whom to trust, a file or a folder; NULL: as the system does */
	const char *password_file; /* or NULL */
	const char *socket;	   /* of mucd */
	bool is_local_only;	   /* there is no other way than the socket */
	int timeout_s;		   /* for one answer */
	bool is_json;
	bool is_raw;	   /* of an answer only the lines are wanted, as they are */
	bool asks_nothing; /* even if somebody is there to answer */
};

/*
 * What mucctl does itself, not by asking the service; subcommands[] in mucctl.c has them all.
 * argv[0] is the name, what stood behind it follows; options of its own are for getopt(3), which is
 * reset.
 */
struct ctl_subcommand {
	const char *name;
	const char *args; /* "" if there are none */
	const char *what;
	enum ctl_exit (*run)(const struct ctl_options *, int argc, char **argv);
};

/* The i-th of them that is not run by other programs alone; NULL beyond the last. */
const struct ctl_subcommand *ctl_subcommand(size_t i);

/* One line on standard error, behind "mucctl: ", with control characters made visible. */
void ctl_complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* From now on nothing is said on standard error. */
void ctl_hush(void);

/* Set by SIGINT and SIGTERM, once ctl_catch() was called: what waits is to be given up. */
extern volatile sig_atomic_t ctl_stopping;
void ctl_catch(void);

#endif
