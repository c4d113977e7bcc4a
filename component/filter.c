/* SPDX-License-Identifier: ISC */
/*
 * filter.c - which system calls a process may make from now on (seccomp(2))
 *
 * What libc makes of a call differs by its version and the machine, so the tables have each form of it.
 * Where a machine has no such call libseccomp leaves it out.
 */
#include "filter.h"

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

#define NAMESPACES                                                                                 \
	(CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID |              \
	    CLONE_NEWUSER | CLONE_NEWUTS)

/* The flags of clone(2). */
#ifdef __s390__
#	define CLONE_FLAGS 1
#else
#	define CLONE_FLAGS 0
#endif

static const char *const modes[] = {
	[FILTER_ON] = "on",
	[FILTER_LOG] = "log",
	[FILTER_OFF] = "off",
};

/* What every program does, beginning with ld.so(8). */
static const int plain[] = {
	/* memory; for mmap and mprotect see below */
	SCMP_SYS(brk),
	SCMP_SYS(madvise),
	SCMP_SYS(mremap),
	SCMP_SYS(munmap),
	/* files that are open, and what there is */
	SCMP_SYS(access),
	SCMP_SYS(close),
	SCMP_SYS(close_range),
	SCMP_SYS(dup),
	SCMP_SYS(dup2),
	SCMP_SYS(dup3),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(fcntl),
	SCMP_SYS(fcntl64),
	SCMP_SYS(fstat),
	SCMP_SYS(fstat64),
	SCMP_SYS(fstatat64),
	SCMP_SYS(fstatfs),
	SCMP_SYS(fstatfs64),
	SCMP_SYS(getcwd),
	SCMP_SYS(getdents),
	SCMP_SYS(getdents64),
	SCMP_SYS(lseek),
	SCMP_SYS(_llseek),
	SCMP_SYS(lstat),
	SCMP_SYS(lstat64),
	SCMP_SYS(newfstatat),
	SCMP_SYS(pread64),
	SCMP_SYS(preadv),
	SCMP_SYS(read),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(readv),
	SCMP_SYS(stat),
	SCMP_SYS(stat64),
	SCMP_SYS(statfs),
	SCMP_SYS(statfs64),
	SCMP_SYS(statx),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	/* itself */
	SCMP_SYS(arch_prctl),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(futex),
	SCMP_SYS(futex_time64),
	SCMP_SYS(getegid),
	SCMP_SYS(getegid32),
	SCMP_SYS(geteuid),
	SCMP_SYS(geteuid32),
	SCMP_SYS(getgid),
	SCMP_SYS(getgid32),
	SCMP_SYS(getgroups),
	SCMP_SYS(getgroups32),
	SCMP_SYS(getpid),
	SCMP_SYS(getppid),
	SCMP_SYS(getrandom),
	SCMP_SYS(getrlimit),
	SCMP_SYS(gettid),
	SCMP_SYS(getuid),
	SCMP_SYS(getuid32),
	SCMP_SYS(rseq),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_yield),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(set_tid_address),
	SCMP_SYS(sysinfo),
	SCMP_SYS(tgkill),
	SCMP_SYS(ugetrlimit),
	SCMP_SYS(uname),
	/* signals */
	SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(sigreturn),
	/* time */
	SCMP_SYS(clock_getres),
	SCMP_SYS(clock_getres_time64),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_gettime64),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(clock_nanosleep_time64),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(nanosleep),
	SCMP_SYS(time),
	/* waiting, and sockets that are there */
	SCMP_SYS(getpeername),
	SCMP_SYS(getsockname),
	SCMP_SYS(getsockopt),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(ppoll_time64),
	SCMP_SYS(recv),
	SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg),
	SCMP_SYS(send),
	SCMP_SYS(sendmsg),
	SCMP_SYS(sendto),
	SCMP_SYS(setsockopt),
	SCMP_SYS(shutdown),
};

/* To start others, or another program in one's place. */
static const int starting[] = {
	SCMP_SYS(capget),
	SCMP_SYS(capset),
	SCMP_SYS(execve),
	SCMP_SYS(fork),
	SCMP_SYS(seccomp),
	SCMP_SYS(wait4),
	SCMP_SYS(waitid),
	SCMP_SYS(waitpid),
};

/* The daemon's: files of its own, the control, signals, what is handed over. */
static const int daemon_calls[] = {
	SCMP_SYS(open),
	SCMP_SYS(openat),
	SCMP_SYS(chmod),
	SCMP_SYS(fchmod),
	SCMP_SYS(fchmodat),
	SCMP_SYS(chown),
	SCMP_SYS(chown32),
	SCMP_SYS(fchown),
	SCMP_SYS(fchown32),
	SCMP_SYS(fchownat),
	SCMP_SYS(fallocate),
	SCMP_SYS(fdatasync),
	SCMP_SYS(flock),
	SCMP_SYS(fsync),
	SCMP_SYS(ftruncate),
	SCMP_SYS(ftruncate64),
	SCMP_SYS(memfd_create),
	SCMP_SYS(mkdir),
	SCMP_SYS(mkdirat),
	SCMP_SYS(msync),
	SCMP_SYS(pwrite64),
	SCMP_SYS(pwritev),
	SCMP_SYS(rename),
	SCMP_SYS(renameat),
	SCMP_SYS(renameat2),
	SCMP_SYS(rmdir),
	SCMP_SYS(sync_file_range),
	SCMP_SYS(umask),
	SCMP_SYS(unlink),
	SCMP_SYS(unlinkat),
	SCMP_SYS(accept),
	SCMP_SYS(accept4),
	SCMP_SYS(bind),
	SCMP_SYS(listen),
	SCMP_SYS(signalfd),
	SCMP_SYS(signalfd4),
};

/* What sources of names may be in want of: nsswitch.conf(5) says which those are. */
static const int resolver_calls[] = {
	SCMP_SYS(alarm),
	SCMP_SYS(bind), /* of AF_NETLINK: which families have addresses here? */
	SCMP_SYS(connect),
	SCMP_SYS(epoll_create1),
	SCMP_SYS(epoll_ctl),
	SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_wait),
	SCMP_SYS(eventfd2),
	SCMP_SYS(getresgid),
	SCMP_SYS(getresuid),
	SCMP_SYS(recvmmsg),
	SCMP_SYS(sendmmsg),
	SCMP_SYS(setitimer),
	SCMP_SYS(timerfd_create),
	SCMP_SYS(timerfd_settime),
};

static const int prctl_names[] = {
	PR_CAPBSET_DROP, PR_CAPBSET_READ, PR_CAP_AMBIENT, PR_GET_DUMPABLE, PR_SET_DUMPABLE,
	PR_SET_NAME, PR_SET_NO_NEW_PRIVS, PR_SET_PDEATHSIG, PR_SET_SECCOMP,
	0x53564d41, /* PR_SET_VMA: malloc(3) names its memory */
};

#if defined(__SANITIZE_ADDRESS__)
/* AddressSanitizer's: in the end it looks at all memory from a thread of its own. */
static const int sanitizer_calls[] = {
	SCMP_SYS(clone3),
	SCMP_SYS(ioctl),
	SCMP_SYS(kill),
	SCMP_SYS(mprotect),
	SCMP_SYS(personality),
	SCMP_SYS(pipe2),
	SCMP_SYS(prctl),
	SCMP_SYS(prlimit64),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(ptrace),
	SCMP_SYS(setrlimit),
};
#endif

int
filter_mode_of(const char *word)
{
	for (size_t i = 0; word != NULL && i < COUNT(modes); i++)
		if (strcmp(modes[i], word) == 0)
			return (int)i;
	return -1;
}

/* What is built up; error: the first one, or 0. */
struct build {
	scmp_filter_ctx ctx;
	int error;
};

static void
rule(struct build *b, uint32_t action, int nr, const struct scmp_arg_cmp *args, unsigned nargs)
{
	if (b->error == 0)
		b->error = -seccomp_rule_add_array(b->ctx, action, nr, nargs, args);
}

static void
permit(struct build *b, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		rule(b, SCMP_ACT_ALLOW, calls[i], NULL, 0);
}

/* A call if (argument & mask) == value. */
static void
permit_if(struct build *b, int nr, unsigned arg, uint64_t mask, uint64_t value)
{
	const struct scmp_arg_cmp args[] = { SCMP_CMP(arg, SCMP_CMP_MASKED_EQ, mask, value) };

	rule(b, SCMP_ACT_ALLOW, nr, args, 1);
}

static void
permit_socket(struct build *b, int family)
{
	permit_if(b, SCMP_SYS(socket), 0, UINT32_MAX, (uint64_t)family);
}

/* Nothing that was written is executed; what is executed comes from a file. */
static void
permit_memory(struct build *b)
{
	static const int maps[] = { SCMP_SYS(mmap), SCMP_SYS(mmap2) };

	for (size_t i = 0; i < COUNT(maps); i++) {
		const struct scmp_arg_cmp code[] = {
			SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC | PROT_WRITE, PROT_EXEC),
			SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, 0),
		};

		permit_if(b, maps[i], 2, PROT_EXEC, 0);
		rule(b, SCMP_ACT_ALLOW, maps[i], code, COUNT(code));
	}
	permit_if(b, SCMP_SYS(mprotect), 2, PROT_EXEC, 0);
}

static void
permit_all_processes(struct build *b)
{
	permit(b, plain, COUNT(plain));
	permit_memory(b);
	for (size_t i = 0; i < COUNT(prctl_names); i++)
		permit_if(b, SCMP_SYS(prctl), 0, UINT32_MAX, (uint64_t)prctl_names[i]);
	permit_if(b, SCMP_SYS(ioctl), 1, UINT32_MAX, TCGETS);
	/* To ask is no change. */
	permit_if(b, SCMP_SYS(prlimit64), 2, UINT64_MAX, 0);
#if defined(__SANITIZE_ADDRESS__)
	permit(b, sanitizer_calls, COUNT(sanitizer_calls));
#else
	/* Its flags cannot be seen: libc goes on with clone(2). */
	rule(b, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), NULL, 0);
#endif
}

/* Processes and threads, but no namespaces: those have unfiltered things of the kernel in reach. */
static void
permit_starting(struct build *b)
{
	permit(b, starting, COUNT(starting));
	permit_if(b, SCMP_SYS(clone), CLONE_FLAGS, NAMESPACES, 0);
}

/*
 * No connect(2): the connections it has could be turned to other hosts (AF_UNSPEC, then anywhere). libc tries
 * it, for names of groups from nscd(8), and does without.
 */
static void
permit_daemon(struct build *b)
{
	permit_starting(b);
	permit(b, daemon_calls, COUNT(daemon_calls));
	permit_socket(b, AF_UNIX);
	permit_if(b, SCMP_SYS(socketpair), 0, UINT32_MAX, AF_UNIX);
	permit_if(b, SCMP_SYS(kill), 1, UINT32_MAX, SIGKILL);
	rule(b, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(connect), NULL, 0);
}

/* Files are read, not written. */
static void
permit_resolver(struct build *b)
{
	const uint64_t writing = O_ACCMODE | O_CREAT | O_TRUNC;

	permit(b, resolver_calls, COUNT(resolver_calls));
	permit_if(b, SCMP_SYS(open), 1, writing, O_RDONLY);
	permit_if(b, SCMP_SYS(openat), 2, writing, O_RDONLY);
	permit_if(b, SCMP_SYS(ioctl), 1, UINT32_MAX, FIONREAD);
	permit_socket(b, AF_INET);
	permit_socket(b, AF_INET6);
	permit_socket(b, AF_NETLINK);
	permit_socket(b, AF_UNIX);
	/* Threads of its own. */
	permit_if(b, SCMP_SYS(clone), CLONE_FLAGS, NAMESPACES | CLONE_THREAD, CLONE_THREAD);
}

/*
 * Sources of names are programs of others, which may try one way and take another: what they may not do fails.
 * The daemon's own code knows what it does, and is ended.
 */
static uint32_t
refusal(enum filter_of of, enum filter_mode mode)
{
	if (mode == FILTER_LOG)
		return SCMP_ACT_LOG;
	return of == FILTER_DAEMON ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ERRNO(EPERM);
}

bool
filter_load(enum filter_of of, enum filter_mode mode, char *why, size_t cap)
{
	struct build b;

	if (mode == FILTER_OFF)
		return true;
	b = (struct build){ .ctx = seccomp_init(refusal(of, mode)) };
	if (b.ctx == NULL)
		b.error = ENOSYS;
	/* The calls of other machines that this one can play have other numbers. */
	if (b.error == 0)
		b.error = -seccomp_attr_set(b.ctx, SCMP_FLTATR_ACT_BADARCH,
		    mode == FILTER_LOG ? SCMP_ACT_LOG : SCMP_ACT_KILL_PROCESS);
	/* Found by halves, not one by one. */
	if (b.error == 0)
		b.error = -seccomp_attr_set(b.ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (b.error == 0)
		permit_all_processes(&b);
	if (of == FILTER_DAEMON)
		permit_daemon(&b);
	else
		permit_resolver(&b);
	if (of == FILTER_CONNECTOR)
		permit_starting(&b);
	if (b.error == 0)
		b.error = -seccomp_load(b.ctx);
	seccomp_release(b.ctx);
	if (b.error == 0)
		return true;
	snprintf(why, cap,
	    "seccomp: system calls cannot be filtered here: %s; with seccomp = \"off\" in "
	    "mucd.conf "
	    "it is done without",
	    strerror(b.error));
	return false;
}
