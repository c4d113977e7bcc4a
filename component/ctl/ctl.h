/* SPDX-License-Identifier: ISC */
/*
 * ctl.h - mucctl: what all its parts share
 */
#ifndef CTL_H
#define CTL_H

/* What mucctl exits with; mucctl(1) promises them to scripts. */
enum ctl_exit {
	CTL_OK = 0,
	CTL_REFUSED = 1, /* the service, or what was asked about, says no */
	CTL_FAILED = 2,	 /* it could not be asked, or the work could not be done */
	CTL_USAGE = 64,	 /* what was typed cannot be meant; EX_USAGE of sysexits.h */
};

/* What stands before the command. */
struct ctl_options {
	const char *program; /* argv[0] */
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

/* One line on standard error, behind "mucctl: ", with control characters made visible. */
void ctl_complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
